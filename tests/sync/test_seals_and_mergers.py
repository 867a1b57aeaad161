"""
Units that merge themselves, and records that belong to one side by now.
"""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.exceptions import ConfigurationError, ModelError
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.records import Link, Record, Snapshot
from posgo.sync import (
    FIRST_OF_MANY,
    Authority,
    Direction,
    Guard,
    Keyed,
    Kind,
    OnReceiverEdit,
    Operation,
    Plan,
    Policy,
    Replica,
    Unit,
    advance,
    plan,
    resolve,
)
from posgo.sync.policies import orders
from support.sync_build import holds, linked, pair_plan, rules, written
from support.sync_world import World

S = OrderStatus


def order(*lines: OrderLine, **fields: Any) -> Order:
    return Order(customer=fields.pop("customer", "kari"), lines=lines, **fields)


def line(reference: str | None, quantity: int = 1, **fields: Any) -> OrderLine:
    return OrderLine(
        reference=reference, quantity=Decimal(quantity), text=fields.pop("text", "a line"), **fields
    )


A, B, C = line("a"), line("b"), line("c")
HOLD = orders(authority=Authority.HOLD)


def done(link: Link[Order], made: Plan[Order], count: int | None = None) -> Link[Order]:
    """
    The link after the first operations were confirmed.
    """
    for operation in made.operations[:count]:
        after = advance(link, operation)
        assert after is not None
        link = after
    return link


def of(made: Plan[Order], side: Replica | None) -> list[Operation[Order]]:
    return [operation for operation in made.operations if operation.replica is side]


class TestBothSides:
    """
    One unit written to both sides.
    """

    def test_the_base_moves_with_the_second(self) -> None:
        """
        Go first, then the POS; only then do both say it.
        """
        base, pos, go = order(A), order(A, line("p")), order(A, line("g"))
        made = pair_plan(orders(), base, pos, go)
        link = linked(base)

        assert [Replica.GO, Replica.POS] == [operation.replica for operation in made.operations]
        assert base == done(link, made, 1).base
        assert order(A, line("p"), line("g")) == done(link, made).base

    def test_half_of_it_leaves_the_other_half(self) -> None:
        """
        Stopped between the two, the next plan writes the second and nothing else.
        """
        base, pos, go = order(A), order(A, line("p")), order(line("a", 2))
        first = pair_plan(orders(), base, pos, go)
        both = of(first, Replica.GO)[0].value
        again = pair_plan(orders(), base, pos, attrs.evolve(go, lines=both.lines if both else ()))

        assert [("update", Replica.POS, {"lines": (line("a", 2), line("p"))})] == written(again)

    def test_undo_puts_the_lines_back(self) -> None:
        """
        What was overwritten stands in the plan, whole.
        """
        made = pair_plan(orders(), order(A, B), order(A), order(A, B))

        assert [("update", Replica.GO, {"lines": (A, B)})] == written(made.undo())


class TestHeld:
    """
    Conflicts on paths, and the person who decides them.
    """

    BASE = order(A, B, C)
    POS = order(line("a", 2), line("b", text="ours"), line("p"))
    GO = order(line("a", 3), line("b", 5), line("c", 4))

    def test_the_rest_merges(self) -> None:
        """
        A field, and a line removed here and changed there, wait; everything else is carried over.
        """
        made = pair_plan(HOLD, self.BASE, self.POS, self.GO)
        merged = line("b", 5, text="ours")

        assert ["lines[a].quantity", "lines[c]"] == [conflict.field for conflict in made.conflicts]
        assert all(conflict.is_held for conflict in made.conflicts)
        assert {
            Replica.GO: (line("a", 3), merged, line("c", 4), line("p")),
            Replica.POS: (line("a", 2), merged, line("p")),
        } == {operation.replica: operation.changes[0].new for operation in made.operations}
        assert order(A, merged, C, line("p")) == done(linked(self.BASE), made).base

    @pytest.mark.parametrize(
        ("choose", "expected"),
        [
            (Replica.POS, (line("a", 2), line("b", 5, text="ours"), line("p"))),
            (Replica.GO, (line("a", 3), line("b", 5, text="ours"), line("c", 4), line("p"))),
        ],
    )
    def test_a_person_decides(self, choose: Replica, expected: tuple[OrderLine, ...]) -> None:
        """
        The chosen side's part is written to the other, and nothing is left to be decided.
        """
        made = pair_plan(HOLD, self.BASE, self.POS, self.GO)
        sides = {operation.replica: operation.changes[0].new for operation in made.operations}
        link = resolve(done(linked(self.BASE), made), made.conflicts, choose=choose, policy=HOLD)
        assert link is not None
        pos, go = (
            holds({each: order(*sides[side])}) for each, side in (("p1", Replica.POS), ("g1", Replica.GO))
        )
        decided = plan([link], pos=pos, go=go, policy=HOLD)

        assert [("update", choose.other, {"lines": expected})] == written(decided)
        assert decided.conflicts == ()

    def test_a_person_decides_the_order(self) -> None:
        """
        Both moved lines: the base takes the losing side's order.
        """
        base, pos, go = order(A, B, C), order(C, A, B), order(A, C, B)
        made = pair_plan(HOLD, base, pos, go)
        link = resolve(linked(base), made.conflicts, choose=Replica.POS, policy=HOLD)
        assert link is not None

        assert ["lines"] == [conflict.field for conflict in made.conflicts]
        assert go == link.base
        decided = plan([link], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=HOLD)
        assert [("update", Replica.GO, {"lines": (C, A, B)})] == written(decided)

    def test_a_line_made_on_both_sides_is_one_conflict(self) -> None:
        """
        It is decided whole: there is no base to tell who changed which field.
        """
        made = pair_plan(HOLD, order(), order(A), order(line("a", 2)))
        link = resolve(linked(order()), made.conflicts, choose=Replica.GO, policy=HOLD)
        assert link is not None

        assert ["lines[a]"] == [conflict.field for conflict in made.conflicts]
        assert order(A) == link.base

    def test_a_status_held_is_decided(self) -> None:
        """
        The base takes what the losing side says.
        """
        sides = [order(status=status) for status in (S.CONFIRMED, S.CANCELLED)]
        made = pair_plan(HOLD, order(), *sides)
        link = resolve(linked(order()), made.conflicts, choose=Replica.GO, policy=HOLD)
        assert link is not None
        decided = plan([link], pos=holds({"p1": sides[0]}), go=holds({"g1": sides[1]}), policy=HOLD)

        assert [("archive", Replica.POS, {"status": S.CANCELLED})] == written(decided)

    def test_never_agreed_starts_from_nothing(self) -> None:
        """
        Lines the two never agreed on have no base to be decided in but the one that is made.
        """
        link = attrs.evolve(linked(order(C)), unagreed=("lines",))
        sides = {"pos": holds({"p1": order(A)}), "go": holds({"g1": order(line("a", 2))})}
        made = plan([link], policy=HOLD, **sides)
        decided = resolve(link, made.conflicts, choose=Replica.POS, policy=HOLD)
        assert decided is not None

        assert (order(line("a", 2)), ()) == (decided.base, decided.unagreed)

    def test_what_is_gone_is_not_decided(self) -> None:
        """
        A field of a line the base has no more: somebody has moved on, and is told.
        """
        made = pair_plan(HOLD, self.BASE, self.POS, self.GO)
        with pytest.raises(ModelError, match="lines have no a any more"):
            resolve(linked(order(C)), made.conflicts[:1], choose=Replica.POS, policy=HOLD)


class TestRows:
    """
    Lines that are hard to tell.
    """

    def test_fields_that_do_not_fit_together_are_one(self) -> None:
        """
        The goods taken off here and the text there would leave a line of nothing: it is decided whole.
        """
        both = OrderLine(reference="a", product="mug", text="blue")
        goods, words = attrs.evolve(both, text=None), attrs.evolve(both, product=None)
        made = pair_plan(orders(), order(both), order(goods), order(words))

        assert [("update", Replica.GO, {"lines": (goods,)})] == written(made)
        assert [("lines[a]", Replica.POS)] == [(each.field, each.chosen) for each in made.conflicts]

    def test_a_reference_is_told_to_the_side_that_has_none(self) -> None:
        """
        A line written without one comes back with Go's, and the POS learns it.
        """
        made = pair_plan(
            orders(), order(A, line(None, 2)), order(A, line(None, 2)), order(A, line("go:7", 2))
        )

        assert [("update", Replica.POS, {"lines": (A, line("go:7", 2))})] == written(made)

    def test_two_names_for_a_line_without_one(self) -> None:
        """
        Both sides gave it a reference: the POS's is the line's.
        """
        made = pair_plan(orders(), order(line(None)), order(line("p")), order(line("go:7")))

        assert [("update", Replica.GO, {"lines": (line("p"),)})] == written(made)

    def test_equal_lines_are_not_one(self) -> None:
        """
        Twice the same, without references, is two.
        """
        made = pair_plan(orders(), order(A), order(A, line(None, 2), line(None, 2)), order(A, line(None, 2)))

        assert [("update", Replica.GO, {"lines": (A, line(None, 2), line(None, 2))})] == written(made)

    def test_strangers_that_say_the_same_are_one_when_they_meet(self) -> None:
        """
        After the store was lost, lines are recognised whatever each side calls them.
        """
        made = plan(
            [],
            pos=holds({"p1": order(A, B)}),
            go=Snapshot.of(
                [Record(id="g1", value=order(line("x"), line("y")), reference="pos:p1")], complete=True
            ),
            policy=orders(),
        )

        assert [("link", None, {}), ("update", Replica.GO, {"lines": (A, B)})] == written(made)


class TestFirstContact:
    """
    Two orders that just met are alike after one plan, whatever each was when they met.
    """

    @pytest.mark.parametrize(
        ("pos", "go"),
        [
            # The same line under two names, when the names are no longer ours to give.
            (order(line("p"), status=S.DRAFT), order(line("go:7"), status=S.INVOICED)),
            # Ahead of the books, with a line for a confirmed order: the note of its opening once stayed.
            (order(A, status=S.INVOICED), order(status=S.CONFIRMED)),
            # Nobody decides the order of lines that never had one in common.
            (order(A, B), order(B, A)),
        ],
    )
    @pytest.mark.parametrize("authority", list(Authority))
    def test_a_second_plan_is_empty(self, pos: Order, go: Order, authority: Authority) -> None:
        """
        As histories found them.
        """
        world = World(policy=orders(authority=authority))
        world.put(Replica.POS, "p1", pos)
        world.sides[Replica.GO]["g1"] = Record(id="g1", value=go, reference="pos:p1")
        world.carry_out(world.plan())

        assert world.plan().operations == ()


class TestReopening:
    """
    A confirmed order is locked in Go: a late line opens it, and what is stopped half-way is finished.
    """

    BASE = order(A, status=S.CONFIRMED)
    LATE = order(A, B, status=S.CONFIRMED)

    def test_the_link_knows_beforehand(self) -> None:
        """
        The note stands from before the change until it is confirmed.
        """
        made = pair_plan(orders(), self.BASE, self.LATE, self.BASE)

        assert [Kind.LINK, Kind.UPDATE] == [operation.kind for operation in made.operations]
        assert (("status", "opened"),) == done(linked(self.BASE), made, 1).noted
        assert linked(self.LATE) == done(linked(self.BASE), made)

    @pytest.mark.parametrize("lines", [(A,), (A, B)])
    def test_a_draft_of_ours_is_confirmed_again(self, lines: tuple[OrderLine, ...]) -> None:
        """
        Stopped after it was opened, or after the lines were written: the rest is done, the draft is nobody's wish.
        """
        link = done(linked(self.BASE), pair_plan(orders(), self.BASE, self.LATE, self.BASE), 1)
        half = order(*lines, status=S.DRAFT)
        again = plan([link], pos=holds({"p1": self.LATE}), go=holds({"g1": half}), policy=orders())

        changes = {} if lines == self.LATE.lines else {"lines": self.LATE.lines}
        assert [{**changes, "status": S.CONFIRMED}] == [
            {change.field: change.new for change in operation.changes} for operation in of(again, Replica.GO)
        ]
        assert of(again, Replica.POS) == []
        assert linked(self.LATE) == done(link, again)

    def test_a_draft_of_a_person_is_followed(self) -> None:
        """
        Without the note, Go's draft is somebody's re-opening.
        """
        made = pair_plan(orders(), self.BASE, self.BASE, order(A, status=S.DRAFT))

        assert [("update", Replica.POS, {"status": S.DRAFT})] == written(made)

    def test_confirmed_by_a_person_meanwhile(self) -> None:
        """
        Go was confirmed by hand while the POS had a late line: the status flows, and so does the line.
        """
        base = order(A)
        made = pair_plan(orders(), base, order(A, B), self.BASE)
        link = done(linked(base), made, 1)
        half = plan([link], pos=holds({"p1": order(A, B)}), go=holds({"g1": base}), policy=orders())

        assert [("update", Replica.GO, {"status": S.CONFIRMED, "lines": (A, B)})] == written(half)[:1]
        assert [("update", Replica.POS, {"status": S.CONFIRMED})] == written(half)[1:]

    def test_not_allowed_it_waits(self) -> None:
        """
        The late line is told once, stays in the POS, and flows when the order is a draft again.
        """
        policy = orders(reopen_confirmed=False)
        made = pair_plan(policy, self.BASE, self.LATE, self.BASE)
        link = done(linked(self.BASE), made)
        again = plan([link], pos=holds({"p1": self.LATE}), go=holds({"g1": self.BASE}), policy=policy)
        draft = plan([link], pos=holds({"p1": order(A, B)}), go=holds({"g1": self.BASE}), policy=policy)

        assert ["confirmed-order-changed"] == rules(made)
        assert (again.operations, again.findings) == ((), ())
        assert [{"status": S.DRAFT, "lines": (A, B)}] == [each for _, side, each in written(draft) if side]


class TestSealed:
    """
    What is invoiced belongs to Go.
    """

    INVOICED = order(A, status=S.INVOICED, invoice_no=7)

    def test_an_edit_in_the_pos_is_told_once(self) -> None:
        """
        Header and lines are left as they are, and never sent.
        """
        edited = attrs.evolve(self.INVOICED, lines=(A, B), customer="ola")
        made = pair_plan(orders(), self.INVOICED, edited, self.INVOICED)
        again = plan(
            [done(linked(self.INVOICED), made)],
            pos=holds({"p1": edited}),
            go=holds({"g1": self.INVOICED}),
            policy=orders(),
        )

        assert [("link", None, {})] == written(made)
        assert ["invoiced-order-changed"] * 2 == rules(made)
        assert (again.operations, again.findings) == ((), ())

    def test_what_went_into_the_invoice_flows_to_the_pos(self) -> None:
        """
        Go's user changed the draft and sent it: the POS gets all of it, its own edit stays and is told.
        """
        made = pair_plan(
            orders(), order(A), order(A, B), attrs.evolve(self.INVOICED, lines=(line("a", 2), C))
        )

        assert {"status": S.INVOICED, "lines": (line("a", 2), C, B), "invoice_no": 7} == {
            field: new for _, side, changes in written(made) if side for field, new in changes.items()
        }
        assert ["invoiced-order-changed"] == rules(made)

    def test_both_changed_a_line_and_it_was_invoiced(self) -> None:
        """
        The invoice wins, and the POS's value is recorded.
        """
        go = attrs.evolve(self.INVOICED, lines=(line("a", 2),))
        made = pair_plan(orders(authority=Authority.POS), order(A), order(line("a", 3)), go)

        assert [("lines[a].quantity", Replica.GO, 3)] == [
            (each.field, each.chosen, each.pos) for each in made.conflicts
        ]

    def test_moved_lines_are_left_as_well(self) -> None:
        """
        Another order in the POS is an edit like any other; Go's is what the invoice prints.
        """
        base = attrs.evolve(self.INVOICED, lines=(A, B))
        moved = attrs.evolve(base, lines=(B, A))
        made = pair_plan(orders(), base, moved, base)

        assert ["invoiced-order-changed"] == rules(made)
        assert [("link", None, {})] == written(made)

    def test_a_reference_is_not_written_to_an_invoice(self) -> None:
        """
        Lines of an invoice may come without the order's references; they are known by what they say, and left.
        """
        nameless = attrs.evolve(self.INVOICED, lines=(line(None),))
        made = pair_plan(orders(), self.INVOICED, self.INVOICED, nameless)

        assert (made.operations, made.findings) == ((), ())

    def test_a_cancelled_order_gives_up_its_edits(self) -> None:
        """
        Cancelled and emptied in the POS: the draft goes, nothing is told; what Go added is still shown.
        """
        made = pair_plan(orders(), order(A), order(status=S.CANCELLED), order(A, B))

        assert [
            ("update", Replica.POS, {"lines": (B,)}),
            ("archive", Replica.GO, {"status": S.CANCELLED}),
        ] == [each for each in written(made) if each[1]]
        assert made.findings == ()

    def test_cancelled_in_go_while_it_was_changed(self) -> None:
        """
        The cancellation flows; the edit stays in the POS and is told.
        """
        made = pair_plan(orders(), order(A), order(A, B), order(A, status=S.CANCELLED))

        assert ["cancelled-order-changed"] == rules(made)
        assert [("archive", Replica.POS, {"status": S.CANCELLED})] == [
            each for each in written(made) if each[1]
        ]

    def test_nothing_is_restored(self) -> None:
        """
        A policy that restores edits on receiving sides does not write over what people did to a sealed record.
        """
        policy = attrs.evolve(orders(), on_receiver_edit=OnReceiverEdit.RESTORE)
        edited = attrs.evolve(self.INVOICED, customer="ola")
        made = pair_plan(policy, self.INVOICED, edited, self.INVOICED)

        assert [("link", None, {})] == written(made)


class TestNew:
    """
    Which orders get a counterpart.
    """

    @pytest.mark.parametrize(
        ("status", "made", "told"),
        [
            (S.DRAFT, 1, []),
            (S.CONFIRMED, 1, []),
            (S.CANCELLED, 0, []),
            (S.PAID, 0, ["paid-before-invoice"]),
            (S.PART_PAID, 0, ["paid-before-invoice"]),
            (S.INVOICED, 0, ["status-ahead"]),
            (S.CREDITED, 0, ["status-ahead"]),
        ],
    )
    def test_made_in_go(self, status: OrderStatus, made: int, told: list[str]) -> None:
        """
        Only what may become an invoice of Go's.
        """
        planned = plan([], pos=holds({"p1": order(A, status=status)}), go=holds({}), policy=orders())

        assert made == len(planned.operations)
        assert told == rules(planned)

    def test_none_by_a_sync_that_makes_none(self) -> None:
        """
        Orders that are only followed are made by invoicing them.
        """
        planned = plan([], pos=holds({"p1": order(A)}), go=holds({"g1": order(B)}), policy=orders(creates=()))

        assert planned.operations == ()


class TestDeltas:
    """
    A delta that shows one side.
    """

    def test_both_sides_are_needed(self) -> None:
        """
        What is held or locked on the other side stands in no base, so it is asked for.
        """
        made = plan(
            [linked(order(A))],
            pos=holds({"p1": order(A, B)}, complete=False),
            go=holds({}, complete=False),
            policy=orders(),
        )

        assert (((Replica.GO, "g1"),), ()) == (made.needs, made.operations)

    def test_an_own_write_needs_nothing(self) -> None:
        """
        What comes back as it was written is not looked up.
        """
        made = plan(
            [linked(order(A))],
            pos=holds({}, complete=False),
            go=holds({"g1": order(A)}, complete=False),
            policy=orders(),
        )

        assert (made.needs, made.operations) == ((), ())


class TestGuard:
    """
    What counts as a value taken away.
    """

    @pytest.mark.parametrize(
        ("pos", "refused"),
        [
            (order(A, B, line("p")), False),
            (order(B, A), False),
            (order(line("a", 2), B), True),
            (order(A), True),
            (order(A, B, status=S.CONFIRMED), False),
            (order(A, B, status=S.CANCELLED), True),
        ],
    )
    def test_strikes(self, pos: Order, refused: bool) -> None:  # noqa: FBT001
        """
        More lines and a later status are none; a line changed or gone, and a cancellation, are.
        """
        policy = attrs.evolve(orders(), guard=Guard(percent=0, count=0))

        assert refused is bool(pair_plan(policy, order(A, B), pos, order(A, B)).withheld)

    def test_lines_without_references(self) -> None:
        """
        They are still there if one says the same.
        """
        keyed = Keyed(key="reference")

        assert not keyed.takes((line(None),), (A, B))
        assert keyed.takes((line(None, 2),), (A, B))


class TestPolicy:
    """
    What cannot be meant.
    """

    def test_a_merger_takes_no_lens(self) -> None:
        """
        Both would answer what the other side can hold.
        """
        keyed = Unit(fields="lines", lens=FIRST_OF_MANY, merger=Keyed(key="reference"))
        with pytest.raises(ConfigurationError, match="lines merges itself, so it takes no lens"):
            attrs.evolve(orders(), shared=[keyed if u.name == "lines" else u for u in orders().shared])

    def test_lines_may_flow_one_way(self) -> None:
        """
        A merger keeps the direction of its unit: edits where they only arrive are told and left.
        """
        base = orders()
        shared = [
            attrs.evolve(u, direction=Direction.POS_TO_GO, authority=None) if u.name == "lines" else u
            for u in base.shared
        ]
        policy: Policy[Order] = attrs.evolve(base, shared=shared)
        made = pair_plan(policy, order(A, B), order(A, line("b", 2)), order(line("a", 3), B))

        assert [("update", Replica.GO, {"lines": (line("a", 3), line("b", 2))})] == [
            each for each in written(made) if each[1]
        ]
        assert ["one-way-edit"] == rules(made)


class TestText:
    """
    What a person reads.
    """

    def test_a_status_is_a_word(self) -> None:
        """
        Not the name of a class.
        """
        made = pair_plan(orders(), order(), order(status=S.CANCELLED), order(status=S.CONFIRMED))

        assert "base draft; pos cancelled; go confirmed" in str(made)
