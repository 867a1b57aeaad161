"""
Situations that chance alone would hardly ever bring about, each a few acts that belong together.

To bring another one about, write a function that yields acts and name it in :data:`PLOTS`.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import attrs

from posgo.testing.simulate._acts import Act, Edit, Enter, Ignore
from posgo.testing.simulate._days import Close, Disown, Lock, Reverse, Unmap
from posgo.testing.simulate._draw import BEFORE, CRASHES, RUN, Draw
from posgo.testing.simulate._ends import ends_in
from posgo.testing.simulate._faults import Fault
from posgo.testing.simulate._machines import CutOff, Idle, Jump, Lose, Meanwhile, Stall, Start, Strike
from posgo.testing.simulate._world import a_z_report

__all__ = ["PLOTS", "a_sale", "days"]

_DOUBTS = (Fault.UNANSWERED, Fault.UNANSWERED, Fault.LATE, Fault.FAILED_AFTER, Fault.GARBLED, Fault.LOST)

_WRITES = (
    "POST /Customers",
    "POST /Products",
    "POST /Vouchers",
    "PATCH /Customers",
    "PATCH /Products",
    "CreateRecord",
    "UpdateRecord",
    "CommitChanges Link",
    "CommitChanges Intent",
    "CommitChanges Cursor",
    "CommitChanges Conflict",
    "CommitChanges Settlement",
)
_READS = (
    "pause",
    "lease",
    "FindRecord",
    "FetchRecord",
    "LoadProgress",
    "LoadLinks",
    "LoadSettlements",
    "LoadPreviousSettlement",
    "ReadChanges",
    "ReadZReports",
    "GET /Customers",
    "GET /Customers/{id}",
    "GET /Products",
    "GET /Products/{id}",
    "GET /ProductGroups",
    "GET /SubLedgerNumberSeries",
    "GET /GeneralLedgerAccounts",
    "GET /VatCodes",
    "GET /Departments",
    "GET /LockDateSettings",
    "GET /AccountTransactions",
    "GET /Vouchers",
)
_LOOKS = {
    "POST /Customers": "GET /Customers",
    "POST /Products": "GET /Products",
    "POST /Vouchers": "GET /AccountTransactions",
    "CreateRecord": "FindRecord",
}
"""Creations, and how they are looked for."""


def _doubt(draw: Draw, at: int) -> Iterator[Act]:
    """
    A creation that nobody answers, and perhaps an end, or the same again, while it is looked for.
    """
    on, look = draw.choice(list(_LOOKS.items()))
    errand = "settle" if on == "POST /Vouchers" else "sync"
    yield from _work_for(draw, at, on)
    dice = draw.random.random()
    first = Strike(at, draw.choice(_DOUBTS), on=on)
    if dice < 0.4:
        then = Strike(at, draw.choice(CRASHES), on=draw.choice(("pause", look, look)))
        yield attrs.evolve(first, then=(then,))
    elif dice < 0.55:
        yield attrs.evolve(first, then=(Strike(at, draw.choice(_DOUBTS), on=on),))
    elif dice < 0.75:
        # A process whose store is as short-lived as itself.
        yield Strike(at, draw.choice(CRASHES), on=on, then=(Lose(at), Start(at, errand)))
    else:
        yield first
    yield Start(at, errand)
    yield Start(at + draw.choice((RUN // 2, RUN)), errand)


def _end(draw: Draw, at: int) -> Iterator[Act]:
    """
    A process that ends at one request in particular, and another that goes on.
    """
    on = draw.choice(_WRITES + _READS)
    errand = draw.choice(("sync", "sync", "sweep", "settle", "settle the last", "check"))
    yield from _work_for(draw, at, on)
    if draw.chance(0.5):
        yield Idle(at, draw.choice((40, 3600)))
    yield Strike(at, draw.choice(CRASHES), on=on)
    yield Start(at, errand)
    yield Start(at + draw.choice((1, 30)), errand)


def _twins(draw: Draw, at: int) -> Iterator[Act]:
    """
    Two runners at once on one client company, one of which is held up, most often before it makes something.
    """
    made = draw.choice(
        ("POST /Customers", "POST /Products", "POST /Products", "POST /Vouchers", "CreateRecord")
    )
    errand = "settle" if made == "POST /Vouchers" else draw.choice(("sync", "sync", "sweep"))
    yield from _work_for(draw, at, made)
    if draw.births and draw.chance(0.4):
        yield draw.edit(at, "pos", *draw.choice(draw.births))
    yield Start(at, errand, 0)
    yield Start(at + draw.choice((0, 1, 10, RUN // 2)), errand, 1)
    on = made if draw.chance(0.7) else draw.choice((*_WRITES[-5:], "PATCH"))
    yield Stall(at, on, draw.choice((10, 40, 80, 80)))


def _cut_off(draw: Draw, at: int) -> Iterator[Act]:
    """
    A runner with much to do that loses its lease and does not know, and another one that gets it.
    """
    kind = draw.choice(("customers", "products", "products"))
    errand = draw.choice(("sync", "sync", "sweep"))
    for _ in range(draw.choice((1, 3, 8))):
        yield Enter(at, "pos", draw.record(kind))
    yield Start(at, errand, 0)
    yield Start(at + draw.choice((1, 10)), errand, 1)
    yield Meanwhile(at, draw.choice((*_WRITES[:8], "POST", "POST /Products", "LoadLinks")), CutOff(at))
    yield Start(at + RUN, errand, 1)


def _second_thoughts(draw: Draw, at: int) -> Iterator[Act]:
    """
    Edits of one field on both sides, a run that settles them, and the loser edits again.
    """
    kind, birth = draw.choice(draw.births or [("customers", "nobody")])
    first = draw.edit(at, "pos", kind, birth)
    yield first
    yield draw.edit(at, "go", kind, birth, field=first.field)
    yield Start(at, "sync")
    later = at + RUN + draw.number(0, 20)
    if draw.chance(0.5):
        yield Idle(later, draw.choice((40, 3600)))
    yield draw.edit(later, draw.choice(("pos", "go")), kind, birth, field=first.field)
    yield Start(later, "sync")


def _overtaken(draw: Draw, at: int) -> Iterator[Act]:
    """
    An edit in Go between a run's reading and its writing.
    """
    kind, birth = draw.choice(draw.births or [("customers", "nobody")])
    edit = draw.edit(at, "pos", kind, birth)
    yield edit
    on = draw.choice((f"PATCH /{kind.capitalize()}", f"GET /{kind.capitalize()}/{{id}}"))
    yield Meanwhile(at, on, draw.edit(at, "go", kind, birth, field=edit.field))
    yield Start(at, "sync")
    yield Start(at + RUN, "sync")


def _left_over(draw: Draw, at: int) -> Iterator[Act]:
    """
    A change Go does not carry out, and a later run that has to look both records up, because no delta tells of them.
    """
    kind, birth = draw.choice(draw.births or [("customers", "nobody")])
    yield Start(at, "sync")
    yield Ignore(at + RUN)
    yield draw.edit(at + RUN, "pos", kind, birth, field="name")
    yield Start(at + RUN, "sync")
    later = at + 2 * RUN
    yield Idle(later, draw.choice((40, 3600)))
    # What is new in Go moves the cursor past the record that was left over.
    yield Enter(later, "go", draw.record("customers"))
    if kind == "products":
        yield Enter(later, draw.choice(draw.sides[kind]), draw.record(kind))
        yield from (draw.edit(later, "go", *each) for each in draw.births if each[1] != birth)
    yield Start(later, "sync")
    if draw.chance(0.8):
        on = draw.choice((f"GET /{kind.capitalize()}/{{id}}", "FetchRecord"))
        yield Strike(later + 2 * RUN, draw.choice(CRASHES), on=on)
    yield Start(later + 2 * RUN, "sync")
    yield Start(later + 2 * RUN + 20, "sync")


def _first_contact(draw: Draw, at: int) -> Iterator[Act]:
    """
    A customer both sides have had before us, and an end while the two are told of each other.
    """
    value = attrs.evolve(draw.record("customers"), organization_number="987654325")
    for side in draw.sides["customers"]:
        yield Enter(BEFORE, side, value)
    on = draw.choice(("UpdateRecord", "PATCH /Customers", "GET /Customers/{id}", "CommitChanges Link"))
    yield Strike(0, draw.choice(CRASHES), on=on)
    if draw.chance(0.3):
        yield draw.edit(at, draw.choice(draw.sides["customers"]), "customers", value.invoice_email)
    yield Start(draw.choice((1, 30)), "sync")


def _long_ago(draw: Draw, at: int) -> Iterator[Act]:
    """
    Time goes by, so that what changes next is not in sight of what changed before.
    """
    yield Idle(at, draw.choice((40, 1300, 90_000)))
    for kind, birth in draw.births[-2:]:
        yield draw.edit(at + draw.number(0, 3), draw.choice(draw.sides[kind]), kind, birth)
    yield Start(at + 1, draw.choice(("sync", "customers", "products")))


def _back_to_number_one(draw: Draw, at: int) -> Iterator[Act]:
    """
    A till that begins its numbers anew.
    """
    yield from a_sale(draw, at, 1)
    yield Start(at, "settle")
    yield from a_sale(draw, at + draw.choice((1, 10, RUN)), 1)
    yield Start(at + RUN + 10, draw.choice(("settle", "settle the last")))


def _undone(draw: Draw, at: int) -> Iterator[Act]:
    """
    A voucher a person reversed, or that is another integration's now, and perhaps a store that knows nothing of it.
    """
    number = 7
    yield from a_sale(draw, at, number)
    yield Start(at, "settle")
    later = at + RUN
    what = draw.choice(("reversed", "disowned", "disowned", "both"))
    if what != "reversed":
        yield Disown(later, number)
    if what != "disowned":
        yield Reverse(later, number)
    if draw.chance(0.5):
        yield Lose(later)
    errand = draw.choice(("settle", "settle the last"))
    if draw.chance(0.6):
        end = Strike(
            later, draw.choice(CRASHES), on=draw.choice(("GET /AccountTransactions", "GET /Vouchers"))
        )
        yield draw.choice((end, Strike(later, Fault.TWICE, on="GET /Vouchers", then=(end,))))
        yield Start(later, errand)
    if draw.chance(0.5):
        yield ends_in(draw, later, "_comparison.py")
        yield Start(later, errand)
    yield Start(later + draw.choice((1, RUN)), errand)


def _bookkeeper(draw: Draw, at: int) -> Iterator[Act]:
    """
    A period that is locked or an account map with a gap, when a day is to be settled.
    """
    yield from a_sale(draw, at, 2)
    if draw.chance(0.5):
        yield Lock(at + draw.choice((0, 10, 20)), date(2020, 1, draw.number(1, 3)))
    else:
        yield Unmap(at + draw.choice((0, 1)))
    if draw.chance(0.5):
        yield Strike(at, draw.choice(CRASHES), on=draw.choice(("POST /Vouchers", "CommitChanges", "GET /")))
    yield Start(at, draw.choice(("settle", "settle the last", "check")))
    yield Start(at + RUN, "settle")


def _so_many(draw: Draw, at: int) -> Iterator[Act]:
    """
    More at once than is done without asking.
    """
    customers = [draw.record("customers") for _ in range(12)]
    for value in customers:
        yield Enter(BEFORE, "pos", value)
    yield Start(at, "sync")
    for value in customers:
        yield Edit(at + 3 * RUN, "pos", "customers", value.invoice_email, "name", f"Name {draw.next()}")
    yield Start(at + 3 * RUN, draw.choice(("sync", "approve")))
    if draw.chance(0.5):
        yield draw.edit(at + 3 * RUN + draw.number(5, 40), "go", *draw.choice(draw.births))


def _clocks(draw: Draw, at: int) -> Iterator[Act]:
    """
    A computer's clock is set in the middle of everything.
    """
    for _ in range(draw.number(1, 2)):
        yield Jump(at + draw.number(0, RUN), draw.choice((-86400, -30, 45, 7200)), draw.number(0, 1))
    yield Start(at, "sync", draw.number(0, 1))


def _work_for(draw: Draw, at: int, on: str) -> Iterator[Act]:
    """
    What must be there for a run to come to a request.
    """
    kind = "products" if "Product" in on else "customers"
    if "Voucher" in on or "Settlement" in on or "AccountTransactions" in on:
        yield from a_sale(draw, at, draw.number(1, 3))
    elif on.startswith(("PATCH", "UpdateRecord")) and draw.births:
        kind, birth = draw.choice([each for each in draw.births if each[0] == kind] or draw.births)
        yield draw.edit(at, "pos" if on.startswith("PATCH") else draw.choice(draw.sides[kind]), kind, birth)
    elif on == "GET /SubLedgerNumberSeries":
        yield Enter(at, "pos", attrs.evolve(draw.record("customers"), number=15_000 + draw.next()))
    elif on == "FetchRecord":
        marks = [birth for kind, birth in draw.births if kind == "products"]
        yield Idle(at, 40)
        yield draw.edit(at, "go", "products", draw.choice(marks or ["nobody"]), field="price")
    elif on == "CreateRecord":
        kind = draw.choice([each for each, sides in draw.sides.items() if "go" in sides])
        yield Enter(at, "go", draw.record(kind))
    else:
        if "POST" not in on:
            kind = draw.choice(("customers", "products"))
        yield Enter(at, "pos", draw.record(kind))


def a_sale(draw: Draw, at: int, number: int) -> Iterator[Act]:
    """
    A day is closed.
    """
    sold = Decimal(0) if draw.chance(0.1) else Decimal(draw.number(1, 40000) * 5) / 100
    yield Close(at, a_z_report(number, sold=sold))


def days(draw: Draw) -> Iterator[Act]:
    """
    A few days are closed, one after the other.
    """
    for number in range(1, draw.number(0, 3) + 1):
        yield from a_sale(draw, 0 if draw.chance(0.6) else draw.moment(), number)
        if draw.chance(0.1):
            yield Reverse(draw.moment(), number)


Plot = Callable[[Draw, int], Iterator[Act]]

PLOTS: dict[Plot, int] = {
    _doubt: 6,
    _end: 8,
    _twins: 9,
    _cut_off: 3,
    _second_thoughts: 4,
    _long_ago: 3,
    _overtaken: 4,
    _left_over: 5,
    _first_contact: 3,
    _undone: 4,
    _bookkeeper: 2,
    _back_to_number_one: 1,
    _clocks: 1,
    _so_many: 1,
}
"""Each plot, and how often it is drawn."""
