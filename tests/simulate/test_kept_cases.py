"""
What simulations once found, in the fewest acts that show it. Each breaks a promise when its mend is undone.
"""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.models.parties import Customer
from posgo.profiles import OPEN_ONE, PRESSIS_POS
from posgo.testing.simulate import replay
from posgo.testing.simulate._acts import Act, Edit, Enter
from posgo.testing.simulate._days import Close, Reverse
from posgo.testing.simulate._draw import BEFORE, Draw
from posgo.testing.simulate._faults import Fault
from posgo.testing.simulate._machines import CutOff, Lose, Meanwhile, Start, Strike
from posgo.testing.simulate._scenario import Scenario
from posgo.testing.simulate._world import a_z_report

# The same code thousands of times: tracing it shows nothing more and takes as long again.
pytestmark = pytest.mark.no_cover

AT_ONCE = timedelta(0)
ORG = "974760673"


def a_scenario(*acts: Act, **more: Any) -> Scenario:
    """
    These acts in an otherwise plain world.
    """
    plain = Scenario(
        seed=1,
        profile=PRESSIS_POS,
        lag=AT_ONCE,
        go_ahead=AT_ONCE,
        pos_ahead=AT_ONCE,
        machines_ahead=(AT_ONCE, AT_ONCE),
        lease_wait=10.0,
        keeps_runners=False,
        runs_on=0.9,
        acts=acts,
    )
    return attrs.evolve(plain, **more)


def a_customer(mark: str, **more: Any) -> Customer:
    return Customer(
        name=f"Name of {mark}", email=f"{mark}@example.no", invoice_email=f"{mark}@born.no", **more
    )


def edits(at: int, side: str, field: str, value: Any, mark: str = "one") -> Edit:
    return Edit(at, side, "customers", f"{mark}@born.no", field, value)


def products(count: int) -> list[Act]:
    draw = Draw(random.Random(1), {"products": ("pos",)})  # noqa: S311
    return [Enter(BEFORE, "pos", draw.record("products")) for _ in range(count)]


HELD_BACK_THEN_EDITED = a_scenario(
    Enter(BEFORE, "pos", a_customer("one", organization_number=ORG)),
    Enter(BEFORE, "pos", a_customer("two", organization_number=ORG)),
    Enter(BEFORE, "go", a_customer("three", organization_number=ORG)),
    Start(0, "sync"),
    edits(60, "pos", "phone", "22225555"),
    Start(60, "sync"),
    Start(120, "sync"),
)
"""A customer held back as ambiguous was made anew by a delta, in which its rivals did not stand."""

EDITED_IN_GO_MEANWHILE = a_scenario(
    Enter(BEFORE, "pos", a_customer("one")),
    Start(0, "sync"),
    edits(60, "pos", "phone", "22225555"),
    Meanwhile(60, "GET /Customers/{id}", edits(60, "go", "phone", "33336666")),
    Start(60, "sync"),
)
"""An edit in Go after the run had read was overwritten."""

EDITED_IN_GO_AT_THE_LAST_MOMENT = a_scenario(
    Enter(BEFORE, "pos", a_customer("one")),
    Start(0, "sync"),
    edits(60, "pos", "phone", "22225555"),
    Meanwhile(60, "PATCH /Customers", edits(60, "go", "phone", "33336666")),
    Start(60, "sync"),
)
"""The same, between the last look and the write."""

ENDED_AFTER_OVERWRITING = a_scenario(
    Enter(BEFORE, "pos", a_customer("one")),
    Start(0, "sync"),
    edits(60, "pos", "phone", "22225555"),
    edits(60, "go", "phone", "33336666"),
    Strike(60, Fault.CRASH_AFTER, on="PATCH /Customers"),
    Start(60, "sync"),
)
"""A value that lost a conflict was recorded when the run ended, so that a crash forgot it."""

LATE_AND_LAGGING = a_scenario(
    *products(1),
    Strike(0, Fault.LATE, on="POST /Products"),
    Start(0, "products"),
    lag=timedelta(seconds=1),
)
"""A request under way took its effect when a pause had ended, and not at its own time."""


LOST_AT_ONCE = a_scenario(
    *products(1),
    Strike(0, Fault.CRASH_AFTER, on="POST /Products"),
    Start(0, "products"),
    Lose(13),
    Start(13, "products"),
    lag=timedelta(seconds=1),
)
"""A process that ended with its store, and came back before Go showed what it had made, made it again."""

CUT_OFF_FROM_THE_LEASE = a_scenario(
    *products(12),
    Start(0, "products", 0),
    Start(1, "products", 1),
    Meanwhile(0, "POST /Products", CutOff(0)),
)
"""A runner that had lost its lease went on making products beside the one that had got it."""

TOLD_TO_NOBODY = a_scenario(
    *products(1),
    Start(0, "products"),
    Edit(60, "go", "products", "p1", "name", "Edited in Go"),
    Strike(60, Fault.CRASH, on="CommitChanges Cursor"),
    Start(60, "products"),
    profile=attrs.evolve(OPEN_ONE, orders=None),
)
"""What is told once was noted before it was told, by a run that ended before it could tell anybody."""

TOLD_THOUGH_THE_STORE_FAILED = a_scenario(
    *products(1),
    Start(0, "products"),
    Edit(60, "go", "products", "p1", "name", "Edited in Go"),
    Strike(60, Fault.GARBLED, on="CommitChanges Link -Intent"),
    Start(60, "products"),
    profile=attrs.evolve(OPEN_ONE, orders=None),
)
"""What was noted as told was told to nobody: the note's own answer was lost, and the report with it."""

TOLD_BEFORE_SOMEBODY_APPROVED = a_scenario(
    *(Enter(BEFORE, "pos", a_customer(f"c{number}")) for number in range(11)),
    *products(1),
    Start(0, "sync"),
    *(edits(60, "pos", "name", f"Name {number}", f"c{number}") for number in range(11)),
    Edit(60, "go", "products", "p1", "name", "Edited in Go"),
    Strike(60, Fault.CRASH_AFTER, on="CommitChanges Link -Intent"),
    Start(60, "approve"),
    profile=attrs.evolve(OPEN_ONE, orders=None),
)
"""No promise is broken: the report of the first of two calls was handed over when the process ended."""

REVERSED_AT_ONCE = a_scenario(
    Close(0, a_z_report(7, sold=Decimal(100))),
    Strike(10, Fault.CRASH_AFTER, on="POST /Vouchers"),
    Start(10, "settle"),
    Lose(26),
    Meanwhile(26, "GET /AccountTransactions", Reverse(26, 7)),
    Start(26, "settle"),
    lag=timedelta(seconds=10),
)
"""No promise is broken: nobody takes back a voucher in the very second it was posted, before Go's reads show it."""


CASES = {
    "held back, then edited": HELD_BACK_THEN_EDITED,
    "edited in Go meanwhile": EDITED_IN_GO_MEANWHILE,
    "edited in Go at the last moment": EDITED_IN_GO_AT_THE_LAST_MOMENT,
    "ended after overwriting": ENDED_AFTER_OVERWRITING,
    "late and lagging": LATE_AND_LAGGING,
    "lost at once": LOST_AT_ONCE,
    "cut off from the lease": CUT_OFF_FROM_THE_LEASE,
    "told to nobody": TOLD_TO_NOBODY,
    "told though the store failed": TOLD_THOUGH_THE_STORE_FAILED,
    "told before somebody approved": TOLD_BEFORE_SOMEBODY_APPROVED,
    "reversed at once": REVERSED_AT_ONCE,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_does_not_come_back(case: Scenario) -> None:
    """
    The promises hold, whoever moves first.
    """
    outcomes = [replay(attrs.evolve(case, seed=seed)) for seed in range(12)]

    assert [] == [str(outcome) for outcome in outcomes if outcome.violations]
