"""
The world a simulation takes place in: a POS, a Go and a store, which outlive every process.
"""

import random
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.identity import settlement_reference
from posgo.exceptions import PosgoError
from posgo.models.catalog import Product
from posgo.models.orders import Order
from posgo.models.parties import Customer
from posgo.models.pos import Count, GrandTotals, InvoicePayment, Tender, VatRow, ZReport
from posgo.models.records import Link
from posgo.profiles import PRESSIS_POS, Profile
from posgo.state import MemoryStore
from posgo.testing._clock import VirtualClock
from posgo.testing._go import FakeGo, terms
from posgo.testing._go.entities import BookedVoucher
from posgo.testing._pos import FakePos

__all__ = [
    "CARD",
    "CASH",
    "COMPANY",
    "CUSTOMERS",
    "LOCATIONS",
    "MODELS",
    "MOST_ROUNDED",
    "ROUNDING",
    "SALES",
    "Lease",
    "Machine",
    "World",
    "a_z_report",
    "birth_of",
]

MODELS: dict[str, Any] = {"customers": Customer, "products": Product}
"""The kinds whose records live on; what becomes of orders is another matter."""

_ALL = {**MODELS, "orders": Order}

COMPANY = "999999999"
"""Organisation number of the shop."""

CASH, CARD, SALES, CUSTOMERS, ROUNDING = 1900, 1910, 3000, 1500, 7740

MOST_ROUNDED = Decimal("0.60")
"""NOK of one payment that may be rounded away: half a krone of cash, and an øre a line."""

LOCATIONS = ("L1", "L2")
"""Codes of the locations Go has."""

_ACCOUNTS = """
[sales]
"3"  = 3000
"31" = 3030

[tenders]
"12001" = 1900
"12002" = 1910

[pos]
vat_rows = "net"
settle_from = "2020-01-01"

[other]
cash_rounding = 7740

[invoices]
partial  = "bank_journal"
overpaid = "on_account"
not_open = "on_account"

[cash_points."*"]
department = "10"
"""

# The same, by somebody who forgot that cards are taken as well.
_GAP = _ACCOUNTS.replace('"12002" = 1910\n', "")

ACCOUNTS, WITHOUT_CARDS = map(AccountMap.from_toml, (_ACCOUNTS, _GAP))

_NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class JumpingClock:
    """
    A computer's clock over the world's time: it may be wrong, and may be put right.

    Args:
        world: The true time.
        off: How far it is ahead at first.
    """

    def __init__(self, world: VirtualClock, off: timedelta = timedelta(0)) -> None:
        self._world = world
        self.off = off

    def monotonic(self) -> float:
        """
        Seconds that never go back.
        """
        return self._world.monotonic()

    def utc_now(self) -> datetime:
        """
        The time of day it shows.
        """
        return self._world.utc_now() + self.off

    def sleep(self, seconds: float) -> None:
        """
        Let time pass.
        """
        self._world.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """
        Let time pass.
        """
        self._world.advance(seconds)


@attrs.define(eq=False)
class Machine:
    """
    A computer runners are started on.

    Attributes:
        clock: What it shows.
        kept: A runner that is kept from one run to the next, with its token and what it remembers; None if there is none.
    """

    clock: JumpingClock
    kept: Any = None


class Lease:
    """
    Who may work on the client company, as a database tells it: whoever holds it may be cut off and not notice.
    """

    def __init__(self) -> None:
        self._holder: object | None = None
        self._cut_off: set[object] = set()

    def take(self, who: object) -> bool:
        """
        Get it, unless somebody else has it.
        """
        if self._holder is None:
            self._holder = who
        return self._holder is who

    def free(self, who: object) -> None:
        """
        Give it back; whoever was cut off has nothing to give back.
        """
        self._cut_off.discard(who)
        if self._holder is who:
            self._holder = None

    def break_off(self) -> None:
        """
        End the connection it hangs on. Whoever held it goes on.
        """
        if self._holder is not None:
            self._cut_off.add(self._holder)
            self._holder = None

    def is_cut_off(self, who: object) -> bool:
        """
        Whether somebody works on without it.
        """
        return who in self._cut_off


@attrs.define
class _Late:
    at: float
    effect: Callable[[], object]


class World:
    """
    Everything that lives on while processes come and go.

    Args:
        profile: How the two systems work together.
        lag: How far Go's reads are behind its writes.
        go_ahead: How far Go's clock is ahead.
        pos_ahead: How far the POS's clock is ahead.
        machines_ahead: How far the clocks of the machines are ahead, one for each.
        delivery: How long Go takes to deliver an invoice.
        line_edits_move_orders: Whether a changed line moves what Go tells of an order.

    Attributes:
        clock: The true time.
        machines: The computers runners are started on.
        lease: Who may work on the client company.
        crowded: Whether more than one process is at work, so that waiting is done bit by bit.
        go: The client company.
        pos: The till.
        store: The runners' memory.
        client: Go's id of the client company, once somebody has asked for it.
        accounts: The account map.
        forgotten: Kind and link of every pair the store was made to forget: what the two had agreed on.
        closed: Every report the till ever closed, by Z-number; the last one is what it tells now.
        reversed_numbers: Z-numbers whose voucher a person has reversed.
        lines: Mark of the order of every line a person wrote, by the line's own.
        dropped: Marks of lines a person removed.
        sent: Marks of orders a person in Go sent.
        sent_otherwise: Marks of orders a person edited in Go between a run's last look and its request to send.
        paid_by_bank: Marks of orders whose invoice was paid by bank, at least in part.
        credited: Marks of orders whose invoice a person took back.
        taken_back: Mark of the order a credit note of the till takes back, by the note's own.
        till_payments: Invoices paid at the till that no Z-report tells yet.
        undone: Marks of orders whose invoice, issued by the POS, a person has reversed in Go.
        disowned: Marks of such orders whose voucher was ever another integration's.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        profile: Profile = PRESSIS_POS,
        lag: timedelta = timedelta(0),
        go_ahead: timedelta = timedelta(0),
        pos_ahead: timedelta = timedelta(0),
        machines_ahead: Iterable[timedelta] = (timedelta(0), timedelta(0)),
        delivery: timedelta = timedelta(0),
        line_edits_move_orders: bool = True,
    ) -> None:
        self.profile = profile
        self.accounts = ACCOUNTS
        self.clock = VirtualClock(_NOON)
        self.machines = tuple(Machine(JumpingClock(self.clock, ahead)) for ahead in machines_ahead)
        self.lease = Lease()
        self.crowded = False
        ids = random.Random(1)
        self.go = FakeGo(
            organization_number=COMPANY,
            now=lambda: self.clock.utc_now() + go_ahead,
            new_uuid=lambda: uuid.UUID(int=ids.getrandbits(128)),
            line_edits_move_orders=line_edits_move_orders,
        )
        self.go.delivery_delay = delivery
        terms.DEPARTMENTS.add(self.go._company, {"Code": "20", "Name": "Verksted", "IsActive": True})
        for code in LOCATIONS:
            terms.LOCATIONS.add(self.go._company, {"Code": code, "Name": code, "IsActive": True})
        if lag:
            self.go.replica_lag = lag
        self.pos = FakePos(now=lambda: self.clock.utc_now() + pos_ahead)
        self.store = MemoryStore()
        self.client = ""
        self.forgotten: list[tuple[str, Link[Any]]] = []
        self.closed: dict[int, list[ZReport]] = {}
        self.reversed_numbers: set[int] = set()
        self.lines: dict[str, str] = {}
        self.dropped: set[str] = set()
        self.sent: set[str] = set()
        self.sent_otherwise: set[str] = set()
        self.paid_by_bank: set[str] = set()
        self.credited: set[str] = set()
        self.taken_back: dict[str, str] = {}
        self.till_payments: list[InvoicePayment] = []
        self.undone: set[str] = set()
        self.disowned: set[str] = set()
        self._empty = self.store.snapshot()
        self._backup = self._empty
        self._late: list[_Late] = []

    def side(self, name: str) -> FakeGo | FakePos:
        """
        A side by its name.
        """
        return self.go if name == "go" else self.pos

    def born(self, side: str, kind: str, birth: str) -> str | None:
        """
        Id of the record with a birth mark on one side; None if there is none.
        """
        records = self.side(side).all(_ALL[kind])
        return next((own_id for own_id, value in records.items() if birth_of(value) == birth), None)

    def twin_of(self, kind: str, go_id: str) -> str | None:
        """
        The POS's id of what has the birth mark of a record in Go; None if there is none.
        """
        value = self.go.all(_ALL[kind]).get(go_id)
        return None if value is None else self.born("pos", kind, birth_of(value) or "")

    def vouchers_of(self, number: int) -> list[BookedVoucher]:
        """
        What was ever posted for a Z-number, reversals apart.
        """
        names = {settlement_reference(a_z_report(number, sold=Decimal(0)), self.accounts)}
        return [one for one in self.go.vouchers if one.reference in names and one.reverses is None]

    def is_seen(self, voucher: BookedVoucher) -> bool:
        """
        Whether Go's reads show a voucher by now. Nobody takes back what is posted in that very second.
        """
        return voucher.created_at + self.go.replica_lag <= self.go._company.now()

    # -- time --------------------------------------------------------------------

    def pass_time(self, seconds: float) -> None:
        """
        Let time pass, and what was under way arrive.
        """
        end = self.clock.monotonic() + seconds
        for late in sorted((each for each in self._late if each.at <= end), key=lambda each: each.at):
            self._late.remove(late)
            # At its own time: Go's lagging reads count from there.
            self.clock.advance(max(0.0, late.at - self.clock.monotonic()))
            # What comes too late is refused, and whom that would have been told is gone.
            with suppress(PosgoError):
                late.effect()
        self.clock.advance(end - self.clock.monotonic())

    def come_to_rest(self, seconds: float) -> None:
        """
        Let time pass, Go finish what it was sending, and its reads show it.
        """
        self.pass_time(seconds)
        self.go._door.deliver_due()
        self.pass_time(self.go.replica_lag.total_seconds())

    def arrive_later(self, seconds: float, effect: Callable[[], object]) -> None:
        """
        Let a request take its effect after a while.
        """
        self._late.append(_Late(self.clock.monotonic() + seconds, effect))

    # -- the settings, as a bookkeeper treats them ---------------------------------

    def forget_cards(self) -> None:
        """
        Begin anew with an account map that has a gap.
        """
        self._begin_with(WITHOUT_CARDS)

    def open_everything(self) -> None:
        """
        Mend the account map, open every period, and let Go heed what it is told.
        """
        self._begin_with(ACCOUNTS)
        self.go.lock_date = None
        self.go.ignore_changes_of()
        self.go._company.delivery_failures.clear()

    def _begin_with(self, accounts: AccountMap) -> None:
        if accounts is not self.accounts:
            self.accounts = accounts
            self.shut_down()

    def shut_down(self) -> None:
        """
        End every runner that was kept.
        """
        for machine in self.machines:
            machine.kept = None

    # -- the store, as its operator treats it --------------------------------------

    def back_up(self) -> None:
        """
        Take a backup of the store.
        """
        self._backup = self.store.snapshot()

    def restore(self) -> None:
        """
        Put the last backup in place of the store, which takes a while; an empty store if there is none.
        """
        self.shut_down()
        self.pass_time(30)
        self.store.restore(self._backup)

    def lose(self) -> None:
        """
        Begin with an empty store.
        """
        self.shut_down()
        self.store.restore(self._empty)


def birth_of(value: Any) -> str | None:
    """
    The mark a record got when it was first entered, and that nobody edits: it tells duplicates from strangers.
    """
    name = {Customer: "invoice_email", Order: "purchase_order"}.get(type(value), "description")
    mark: str | None = getattr(value, name)
    return mark


def a_z_report(number: int, *, sold: Decimal) -> ZReport:
    """
    A business day of till 1 that sold so much at 25 %, half of it paid by card; 0 for a day without sales.
    """
    vat = (sold / 5).quantize(Decimal("0.01"))
    card = (sold / 2).quantize(Decimal("0.01"))
    return ZReport(
        company=COMPANY,
        cash_point="till 1",
        number=number,
        closed_at=datetime(2020, 1, 1, 21, 30) + timedelta(days=number - 1),  # noqa: DTZ001 - Norwegian local time
        vat_rows=[VatRow(vat_code="3", percent=25, amount=sold - vat, vat=vat)] if sold else (),
        tenders=[
            Tender(code="12001", amount=sold - card, number=1),
            Tender(code="12002", amount=card, number=1),
        ]
        if sold
        else (),
        total=sold,
        receipts=2 if sold else 0,
        returns=Count(),
        grand_totals=GrandTotals(sales=sold * number, returns=0, net=sold * number),
    )
