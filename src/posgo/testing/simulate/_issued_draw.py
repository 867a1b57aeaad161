"""
Drawing a shop whose POS issues invoices itself, and the situations they get into.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs

from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._days import Lock
from posgo.testing.simulate._draw import BEFORE, CRASHES, RUN
from posgo.testing.simulate._ends import ends_in
from posgo.testing.simulate._faults import Fault
from posgo.testing.simulate._issued import DisownInvoice, Issue, ReverseInvoice
from posgo.testing.simulate._machines import Lose, Start, Strike
from posgo.testing.simulate._order_draw import OrderDraw
from posgo.testing.simulate._till_acts import PayAtTill

__all__ = ["ISSUED_ERRANDS", "ISSUED_PLOTS", "IssuedDraw", "issued_acts"]

ISSUED_ERRANDS = ("invoice",) * 3 + ("invoices",) * 3 + ("sync", "sweep", "settle", "check")
"""What runs are started for."""

_TODAY = date(2026, 3, 14)
_DOUBTS = (Fault.UNANSWERED, Fault.UNANSWERED, Fault.LATE, Fault.FAILED_AFTER, Fault.GARBLED, Fault.LOST)
_SHARES = (Decimal(1), Decimal(0), Decimal("0.3"))


class IssuedDraw(OrderDraw):
    """
    Draws acts of a shop whose POS issues invoices itself.

    Attributes:
        issued: Every invoice issued so far, credit notes apart.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.issued: list[Issue] = []

    def issues(self, at: int | None = None) -> Iterator[Act]:
        """
        The till issues an invoice.
        """
        if at is None:
            at = BEFORE if self.chance(0.4) else self.moment()
        items = tuple(self.item() for _ in range(self.number(0, 2)))
        sold = attrs.evolve(self.item(), product=self._born("products"), price=Decimal(self.next()))
        day = _TODAY - timedelta(days=self.number(0, 12))
        number = 4000 + self.next()
        act = Issue(at, f"i{number}", number, self._born("customers"), (sold, *items), day)
        self.issued.append(act)
        yield act

    def takes_back(self, at: int) -> Iterator[Act]:
        """
        The till issues a credit note, over all of an invoice or its first line.
        """
        sold = self.choice(self.issued)
        number = 4000 + self.next()
        items = sold.items if self.chance(0.7) else sold.items[:1]
        back = tuple(
            attrs.evolve(item, mark=f"{item.mark} back", quantity=-item.quantity) if item.product else item
            for item in items
        )
        yield Issue(at, f"i{number}", number, sold.customer, back, _TODAY, credits=sold.number)

    def befalls(self, at: int, mark: str) -> Act:
        """
        What people in Go and at the till do with an invoice.
        """
        dice = self.random.random()
        if dice < 0.5:
            return PayAtTill(at, mark, self.choice(_SHARES), by_number=False)
        return ReverseInvoice(at, mark) if dice < 0.75 else DisownInvoice(at, mark)


def issued_acts(draw: IssuedDraw) -> Iterator[Act]:
    """
    What is issued, edited and closed beside the plots.
    """
    for _ in range(draw.number(1, 3)):
        yield from draw.issues()
    for _ in range(draw.number(0, 2)):
        kind, birth = draw.choice(draw.births)
        yield draw.edit(draw.moment(), draw.choice(draw.sides[kind]), kind, birth)
    for _ in range(draw.choice((0, 0, 1, 2))):
        yield draw.befalls(draw.moment(), draw.choice(draw.issued).order)
    yield from draw.days()


def _doubt(draw: IssuedDraw, at: int) -> Iterator[Act]:
    """
    A voucher nobody answers for, and perhaps an end while it is looked for.
    """
    yield from draw.issues(at)
    look = draw.choice(("pause", "GET /AccountTransactions", "GET /Vouchers", "UpdateRecord Order", "Commit"))
    then = Strike(at, draw.choice(CRASHES), on=look)
    fault = draw.choice((*CRASHES, *_DOUBTS))
    yield Strike(at, fault, on="POST /Vouchers/ManualJournals", then=(then,) if draw.chance(0.5) else ())
    yield Start(at, "invoice")
    yield Start(at + draw.choice((1, RUN // 2, RUN)), draw.choice(("invoice", "invoices")))


def _again(draw: IssuedDraw, at: int) -> Iterator[Act]:
    """
    An invoice that is asked for again, by a store that knows of it or one that does not, after a person was at it.
    """
    yield from draw.issues(at)
    mark = draw.issued[-1].order
    yield Start(at, "invoice")
    later = at + RUN
    if draw.chance(0.25):
        yield DisownInvoice(later, mark)
    if draw.chance(0.6):
        yield draw.befalls(later, mark)
    if draw.chance(0.4):
        yield Lose(later)
        if draw.chance(0.5):
            yield Start(later, "sync")
    if draw.chance(0.3):
        yield ends_in(draw, later, "booked_invoices.py")
    yield Start(later, draw.choice(("invoice", "invoices")))
    yield Start(later + RUN, "invoices")


def _taken_back(draw: IssuedDraw, at: int) -> Iterator[Act]:
    """
    An invoice, and a credit note of it, in this order or, by a store that was lost, in neither.
    """
    yield from draw.issues(at)
    if draw.chance(0.8):
        yield Start(at, "invoice")
    later = at + RUN
    if draw.chance(0.2):
        yield Lose(later)
    yield from draw.takes_back(later)
    if draw.chance(0.3):
        yield Strike(later, draw.choice((*CRASHES, *_DOUBTS)), on="POST /Vouchers/ManualJournals")
    yield Start(later, "invoice")
    yield Start(later + RUN, "invoices")


def _paid(draw: IssuedDraw, at: int) -> Iterator[Act]:
    """
    An invoice paid at the till and settled, by the number of its order.
    """
    yield from draw.issues(at)
    mark = draw.issued[-1].order
    yield Start(at, "invoice")
    later = at + RUN
    yield PayAtTill(later, mark, draw.choice(_SHARES), by_number=False)
    yield draw.closes(later)
    if draw.chance(0.2):
        yield ReverseInvoice(later, mark)
    if draw.chance(0.4):
        on = draw.choice(("POST /Vouchers", "GET /Customerledger", "GET /OutgoingInvoices", "CommitChanges"))
        yield Strike(later, draw.choice((*CRASHES, *_DOUBTS)), on=on)
    yield Start(later, "settle")
    yield Start(later + RUN, "settle")


def _locked(draw: IssuedDraw, at: int) -> Iterator[Act]:
    """
    A period that is locked before an invoice is booked, or just then.
    """
    yield from draw.issues(at)
    yield Lock(at + draw.choice((0, 5, 10, 15)), _TODAY - timedelta(days=draw.number(0, 6)))
    yield Start(at, "invoice")
    yield Start(at + RUN, "invoices")


Plot = Callable[[IssuedDraw, int], Iterator[Act]]

ISSUED_PLOTS: dict[Plot, int] = {_doubt: 5, _again: 5, _taken_back: 4, _paid: 4, _locked: 1}
"""Each plot, and how often it is drawn."""
