"""
The status of orders, merged: what a person is told of it, and what counts as agreed on while both sides wait.
"""

import itertools

import pytest

from posgo.models.findings import Finding, Severity
from posgo.models.orders import Order, OrderStatus
from posgo.models.records import Link
from posgo.sync import Authority, Plan, Replica, StatusMerge, advance, plan
from posgo.sync.order_life import LEDGER, may, may_reach
from posgo.sync.policies import orders
from support.order_cases import A, B
from support.sync_build import holds, linked

S = OrderStatus
POS, GO = Replica.POS, Replica.GO
OPEN = [status for status in S if status not in LEDGER]
HOLD = orders(authority=Authority.HOLD)
DECIDED = orders(authority=Authority.GO)


def order(status: OrderStatus, *, late: bool = False) -> Order:
    return Order(customer="kari", lines=(A, B) if late else (A,), status=status)


def link_of(base: OrderStatus | None) -> Link[Order]:
    """
    A pair that agreed on this status; None if on all but the status.
    """
    if base is None:
        return Link(pos_id="p1", go_id="g1", base=order(S.DRAFT), unagreed=("status",))
    return linked(order(base))


def planned(link: Link[Order], pos: Order, go: Order) -> Plan[Order]:
    return plan([link], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=HOLD)


def done(link: Link[Order] | None, made: Plan[Order]) -> Link[Order]:
    """
    The link after all operations were confirmed.
    """
    for operation in made.operations:
        assert link is not None
        link = advance(link, operation)
    assert link is not None
    return link


class TestWhy:
    """
    The reason of a write, and of a conflict.
    """

    @pytest.mark.parametrize(
        ("base", "pos", "go", "expected"),
        [
            (S.DRAFT, S.CONFIRMED, S.DRAFT, "confirmed in the POS"),
            (S.DRAFT, S.DRAFT, S.CANCELLED, "cancelled in Go"),
            (S.CONFIRMED, S.CONFIRMED, S.INVOICED, "invoiced in Go"),
            (S.DRAFT, S.CANCELLED, S.INVOICED, "cancelled in the POS; the ledger of Go decides"),
        ],
    )
    def test_one_side_is_followed(self, base: S, pos: S, go: S, expected: str) -> None:
        """
        It says what happened, and where.
        """
        made = planned(link_of(base), order(pos), order(go))

        assert [f"status: {expected}"] == [operation.reason for operation in made.operations]

    @pytest.mark.parametrize(
        ("base", "pos", "go", "expected"),
        [
            (S.DRAFT, S.CANCELLED, S.INVOICED, "cancelled in the POS; the ledger of Go decides"),
            (S.DRAFT, S.CONFIRMED, S.CANCELLED, "both changed it; it is held for a person"),
            (None, S.CONFIRMED, S.DRAFT, "they differed when the two records met; it is held for a person"),
        ],
    )
    def test_a_conflict(self, base: S | None, pos: S, go: S, expected: str) -> None:
        """
        With both statuses and the one agreed on, if there is one.
        """
        (conflict,) = planned(link_of(base), order(pos), order(go)).conflicts

        assert (base, pos, go, expected) == (conflict.base, conflict.pos, conflict.go, conflict.why)

    def test_a_cancellation_wins(self) -> None:
        """
        Whoever has the authority, and it says so.
        """
        (conflict,) = plan(
            [link_of(S.DRAFT)],
            pos=holds({"p1": order(S.CANCELLED)}),
            go=holds({"g1": order(S.CONFIRMED)}),
            policy=DECIDED,
        ).conflicts

        assert (POS, "both changed it; what is cancelled is not taken up again") == (
            conflict.chosen,
            conflict.why,
        )

    def test_locked_again(self) -> None:
        """
        A draft the engine itself opened for a late line is confirmed again, for that reason.
        """
        link, late = link_of(S.CONFIRMED), order(S.CONFIRMED, late=True)
        opened = advance(link, planned(link, late, order(S.CONFIRMED)).operations[0])
        assert opened is not None
        (operation,) = planned(opened, late, order(S.DRAFT)).operations

        assert "lines: changed in the POS; status: locked again after a late change" == "; ".join(
            sorted(operation.reason.split("; "))
        )


class TestFindings:
    """
    What a person should know of a status that cannot be, or is not so yet.
    """

    @pytest.mark.parametrize(
        ("base", "pos", "go", "rule", "message", "remedy"),
        [
            (
                *(S.CANCELLED, S.DRAFT, S.CANCELLED, "impossible-status"),
                "the order went from cancelled to draft in the POS, which cannot be",
                "make a new order if it is wanted again; this one is left as each side has it",
            ),
            (
                *(S.INVOICED, S.INVOICED, S.DRAFT, "impossible-status"),
                "the order went from invoiced to draft in Go, which cannot be",
                "make a new order if it is wanted again; this one is left as each side has it",
            ),
            (
                *(S.DRAFT, S.PAID, S.DRAFT, "paid-before-invoice"),
                "the order is paid in the POS, but Go has not invoiced it",
                "invoice it, or cancel the order if it was rung up as a cash sale",
            ),
            (
                *(S.INVOICED, S.CREDITED, S.INVOICED, "status-ahead"),
                "the order is credited in the POS, but not in Go",
                "see to it in Go, or set the status back in the POS",
            ),
        ],
    )
    def test_in_words(self, base: S, pos: S, go: S, rule: str, message: str, remedy: str) -> None:
        """
        What happened, where, and what to do; nothing is written.
        """
        made = planned(link_of(base), order(pos), order(go))
        expected = Finding(
            rule=rule,
            severity=Severity.WARN,
            message=message,
            remedy=remedy,
            where="order pos p1 / go g1",
        )

        assert ((expected,), ()) == (made.findings, made.operations)


class TestAgreed:
    """
    What counts as agreed on while both sides stay as they are.
    """

    @pytest.mark.parametrize(
        ("base", "pos", "go", "expected"),
        [
            # Never agreed, and the till is ahead: what the books say counts until they say more.
            (None, S.PAID, S.DRAFT, S.DRAFT),
            (None, S.PAID, S.CONFIRMED, S.CONFIRMED),
            # Agreed before: that stands, though the books have gone on.
            (S.DRAFT, S.PAID, S.CONFIRMED, S.DRAFT),
            # Paid while the invoice was sent: agreed is that there is one.
            (S.DRAFT, S.PAID, S.INVOICED, S.INVOICED),
            (None, S.PAID, S.PART_PAID, S.INVOICED),
            # What the ledger agreed on is not moved by a payment that waits.
            (S.INVOICED, S.PAID, S.PART_PAID, S.INVOICED),
            (S.PART_PAID, S.PAID, S.PART_PAID, S.PART_PAID),
            (S.CREDITED, S.PAID, S.INVOICED, S.CREDITED),
        ],
    )
    def test_while_it_waits(self, base: S | None, pos: S, go: S, expected: S) -> None:
        """
        Neither status is written, and the next plan asks for nothing.
        """
        link = link_of(base)
        made = planned(link, order(pos), order(go))
        after = done(link, made)

        assert [] == [operation for operation in made.operations if operation.replica]
        assert (order(expected), ()) == (after.base, after.unagreed)
        assert bool(made.operations) is (after != link)
        assert planned(after, order(pos), order(go)).operations == ()

    def test_a_payment_taken_back_at_the_till(self) -> None:
        """
        Never agreed, said to be paid, and set back: the till follows the books without a conflict.
        """
        link = link_of(None)
        link = done(link, planned(link, order(S.PAID), order(S.DRAFT)))
        (operation,) = planned(link, order(S.DRAFT), order(S.CONFIRMED)).operations

        assert (POS, "status: confirmed in Go") == (operation.replica, operation.reason)

    def test_a_conflict_from_the_first_is_held(self) -> None:
        """
        Nothing is agreed on until a person has decided.
        """
        link = link_of(None)
        after = done(link, planned(link, order(S.CONFIRMED), order(S.DRAFT)))

        assert link == after

    def test_never_agreed_until_the_second_side_says_it(self) -> None:
        """
        Opened for a late line first, the status is agreed on only when the till has been told of it.
        """
        link: Link[Order] | None = link_of(None)
        made = plan(
            [link_of(None)],
            pos=holds({"p1": order(S.DRAFT, late=True)}),
            go=holds({"g1": order(S.CONFIRMED)}),
            policy=DECIDED,
        )
        seen = []
        for operation in made.operations:
            assert link is not None
            link = advance(link, operation)
            assert link is not None
            seen.append((operation.replica, link.unagreed, link.noted))

        opened = (("status", "opened"),)
        assert [(None, ("status",), opened), (GO, ("status",), opened), (POS, (), ())] == seen
        assert link == linked(order(S.CONFIRMED, late=True))


class TestRoles:
    """
    Whose the steps are.
    """

    def test_before_the_invoice_both_may_make_the_same_steps(self) -> None:
        """
        So the merge need not ask who made one.
        """
        for before, after in itertools.product(OPEN, repeat=2):
            assert may(POS, before, after) is may(GO, before, after)
            assert may_reach(POS, before, after) is may_reach(GO, before, after)

    def test_only_a_cancellation_takes_something_away(self) -> None:
        """
        Any other status is a step on, or back.
        """
        assert [S.CANCELLED] == [status for status in S if StatusMerge().takes(S.DRAFT, status)]
