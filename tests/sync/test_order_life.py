"""
The life of an order: its transitions, and what the merge makes of every status there can be.
"""

import importlib.util
import itertools
import tomllib
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from posgo.models.orders import Order, OrderStatus
from posgo.sync import Authority, Replica
from posgo.sync.order_life import LEDGER, PAYABLE, TRANSITIONS, Transition, may, may_reach
from posgo.sync.policies import orders
from support.order_cases import KNOWN, NEW, NOBODY, lines_cell, status_cell
from support.sync_build import pair_plan, rules, written

HERE = Path(__file__).parent
STATUS = tomllib.loads((HERE / "status_table.toml").read_text(encoding="utf-8"))
LINES = tomllib.loads((HERE / "lines_table.toml").read_text(encoding="utf-8"))
DOCS = Path(__file__).parents[2] / "docs"
S = OrderStatus


class TestTransitions:
    """
    The table of transitions, and the questions asked of it.
    """

    def test_each_stands_once(self) -> None:
        """
        One row per step, and none that leads nowhere.
        """
        steps = [(each.before, each.after) for each in TRANSITIONS]

        assert len(steps) == len(set(steps))
        assert all(before is not after for before, after in steps)
        assert all(each.why and each.sides for each in TRANSITIONS)

    def test_the_books_are_kept_in_go(self) -> None:
        """
        Only Go invoices and credits; the till may only say that an invoice was paid, or paid back.
        """
        tills = [each for each in TRANSITIONS if each.after in LEDGER and Replica.POS in each.sides]

        assert {(each.before, each.after) for each in tills} == set(itertools.permutations(PAYABLE, 2))
        assert all(each.waits for each in tills)
        assert not any(each.waits for each in TRANSITIONS if each not in tills)

    def test_sides_are_a_set(self) -> None:
        """
        Whatever they are given as, in whatever order.
        """
        step = Transition(S.DRAFT, S.CONFIRMED, list(Replica), "agreed")

        assert frozenset(Replica) == step.sides

    def test_nobody_takes_up_what_is_cancelled(self) -> None:
        """
        The only way from there is the invoice the draft had become.
        """
        assert [S.INVOICED] == [each.after for each in TRANSITIONS if each.before is S.CANCELLED]

    @pytest.mark.parametrize(
        ("side", "before", "after", "expected"),
        [
            (Replica.POS, S.DRAFT, S.CONFIRMED, True),
            (Replica.GO, S.DRAFT, S.INVOICED, True),
            (Replica.POS, S.DRAFT, S.INVOICED, False),
            (Replica.GO, S.DRAFT, S.PAID, False),
            (Replica.GO, S.DRAFT, S.DRAFT, False),
        ],
    )
    def test_one_step(self, side: Replica, before: S, after: S, expected: bool) -> None:  # noqa: FBT001
        """
        A step is there for a side, or it is not.
        """
        assert expected is may(side, before, after)

    @pytest.mark.parametrize("side", list(Replica))
    def test_many_steps_are_the_closure_of_one(self, side: Replica) -> None:
        """
        Reached is what a chain of steps leads to; nothing less, nothing more.
        """
        reached = {(status, status) for status in S}
        for _ in S:
            reached |= {
                (start, after)
                for (start, middle), after in itertools.product(reached, S)
                if may(side, middle, after)
            }

        assert reached == {(a, b) for a, b in itertools.product(S, S) if may_reach(side, a, b)}


class TestStatusTable:
    """
    Every combination of what was agreed on and what each side says has one outcome.
    """

    @pytest.mark.parametrize("base", [*(status.value for status in S), NOBODY])
    def test_cells(self, base: str) -> None:
        """
        The plan says what the table says, for all 49 pairs of statuses.
        """
        found = {pos.value: {go.value: status_cell(base, pos, go) for go in S} for pos in S}

        assert STATUS[base] == found

    def test_no_base_is_missing(self) -> None:
        """
        Seven statuses, and none.
        """
        assert {*(status.value for status in S), NOBODY} == set(STATUS)

    @pytest.mark.parametrize("authority", list(Authority))
    def test_go_is_written_before_the_invoice_only(self, authority: Authority) -> None:
        """
        Whoever has the authority: no ledger status is ever written to Go, and none in Go is overwritten.
        """
        for base, pos, go in itertools.product(S, repeat=3):
            values = [Order(customer="kari", status=status) for status in (base, pos, go)]
            made = pair_plan(orders(authority=authority), *values)
            for _, side, changes in written(made):
                if side is Replica.GO:
                    assert changes["status"] not in LEDGER
                    assert go not in LEDGER

    def test_a_payment_at_the_till_is_not_taken_back(self) -> None:
        """
        Paid in the POS, invoiced in Go: both stay, silently, until the settlement is booked.
        """
        invoiced, paid = (Order(customer="kari", status=status) for status in (S.INVOICED, S.PAID))
        waits = pair_plan(orders(), invoiced, paid, invoiced)
        settled = pair_plan(orders(), invoiced, paid, paid)

        assert (waits.operations, waits.findings, waits.conflicts) == ((), (), ())
        assert [("link", None, {})] == written(settled)

    def test_a_held_cancellation_waits_for_a_person(self) -> None:
        """
        Confirmed here, cancelled there, and nobody decides: both stay.
        """
        draft = Order(customer="kari")
        sides = [attrs.evolve(draft, status=status) for status in (S.CONFIRMED, S.CANCELLED)]
        made = pair_plan(orders(authority=Authority.HOLD), draft, *sides)

        assert made.operations == ()
        assert [("status", None)] == [(each.field, each.chosen) for each in made.conflicts]
        assert rules(made) == []


class TestLinesTable:
    """
    The table of lines.
    """

    @pytest.mark.parametrize(("section", "states"), [("known", KNOWN), ("new", NEW)])
    def test_cells(self, section: str, states: tuple[str, ...]) -> None:
        """
        The plan says what the table says, and no cell is missing.
        """
        found = {pos: {go: lines_cell(section, pos, go) for go in states} for pos in states}

        assert LINES[section] == found


def test_the_page_is_current() -> None:
    """
    Diagram and tables show the data the tests prove; run docs/render_order_life.py when this fails.
    """
    renderer = _module(DOCS / "render_order_life.py")

    assert renderer.render() == (DOCS / "reference" / "order-life.md").read_text(encoding="utf-8")


def test_the_drawing_shows_every_status_and_step() -> None:
    """
    Seven boxes, and one arrow per transition.
    """
    page = _module(DOCS / "render_order_life.py").render()

    assert len(S) == page.count("<rect ")
    assert len(TRANSITIONS) == page.count("marker-end")


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
