"""
Lines merged row by row: what a person is told of a conflict and decides, and the order of lines.
"""

from typing import Any

import attrs
import pytest
from hypothesis import given

from posgo.models.orders import Order, OrderLine
from posgo.models.records import Link
from posgo.sync import Authority, Direction, Plan, Policy, Replica, advance, plan, resolve
from posgo.sync.policies import orders
from support.order_cases import A, B, C, line
from support.order_world import OrderWorld, order_worlds
from support.sync_build import holds, linked, pair_plan, rules, written

POS, GO = Replica.POS, Replica.GO
HOLD = orders(authority=Authority.HOLD)
Lines = tuple[OrderLine, ...]


def order(*lines: OrderLine) -> Order:
    return Order(customer="kari", lines=lines)


def planned(policy: Policy[Order], base: Lines, pos: Lines, go: Lines) -> Plan[Order]:
    return pair_plan(policy, order(*base), order(*pos), order(*go))


def results(made: Plan[Order]) -> dict[Replica | None, Lines]:
    """
    The lines each side is written.
    """
    return {
        operation.replica: change.new
        for operation in made.operations
        for change in operation.changes
        if change.field == "lines"
    }


def agreed(made: Plan[Order], *base: OrderLine) -> Lines:
    """
    The lines both agree on once the plan is carried out.
    """
    link: Link[Order] | None = linked(order(*base))
    for operation in made.operations:
        assert link is not None
        link = advance(link, operation)
    assert link is not None
    assert link.base is not None
    return link.base.lines


def one_way(owner: Direction) -> Policy[Order]:
    """
    Orders whose lines flow from one side only.
    """
    policy = orders()
    shared = [
        attrs.evolve(unit, direction=owner, authority=None) if unit.name == "lines" else unit
        for unit in policy.shared
    ]
    return attrs.evolve(policy, shared=shared)


MUG = OrderLine(reference="m", product="mug", text="blue")
GOODS, WORDS = attrs.evolve(MUG, text=None), attrs.evolve(MUG, product=None)


class TestConflicts:
    """
    What is recorded of a conflict in lines.
    """

    @pytest.mark.parametrize(
        ("base", "pos", "go", "expected"),
        [
            (
                (A,),
                (A, line("b", quantity=2)),
                (A, line("b", quantity=3)),
                ("lines[b]", None, line("b", quantity=2), line("b", quantity=3), "both made it"),
            ),
            (
                (A, B),
                (A,),
                (A, line("b", quantity=3)),
                ("lines[b]", B, None, line("b", quantity=3), "removed on one side, changed on the other"),
            ),
            (
                (A, B),
                (A, line("b", quantity=2)),
                (A, line("b", quantity=3)),
                ("lines[b].quantity", 1, 2, 3, "both changed it"),
            ),
            (
                (MUG,),
                (attrs.evolve(GOODS, quantity=2),),
                (attrs.evolve(WORDS, quantity=3),),
                (
                    "lines[m]",
                    MUG,
                    attrs.evolve(GOODS, quantity=2),
                    attrs.evolve(WORDS, quantity=3),
                    "their changes do not fit together",
                ),
            ),
            (
                (A, B, C),
                (C, A, B),
                (A, C, B),
                ("lines", (A, B, C), (C, A, B), (A, C, B), "both moved rows"),
            ),
        ],
        ids=lambda each: each[4] if isinstance(each, tuple) and isinstance(each[-1], str) else "",
    )
    def test_it_is_told_in_full(self, base: Lines, pos: Lines, go: Lines, expected: tuple[Any, ...]) -> None:
        """
        One conflict: its path, what was agreed on, what each side says, and why nobody won.
        """
        *said, why = expected
        (conflict,) = planned(HOLD, base, pos, go).conflicts

        assert said == [conflict.field, conflict.base, conflict.pos, conflict.go]
        assert (f"{why}; it is held for a person", None) == (conflict.why, conflict.chosen)

    def test_a_line_decided_whole_is_no_edit_left_alone(self) -> None:
        """
        Where lines only arrive, a line whose fields do not fit together is the owner's, and no longer an edit there.
        """
        made = planned(one_way(Direction.POS_TO_GO), (MUG,), (GOODS,), (WORDS,))

        assert [("update", GO, {"lines": (GOODS,)})] == written(made)
        assert [("lines[m]", POS)] == [(each.field, each.chosen) for each in made.conflicts]
        assert "one-way-edit" not in rules(made)

    def test_an_edit_left_alone_before_it_stays_one(self) -> None:
        """
        What was noticed of other lines is not forgotten with it.
        """
        made = planned(one_way(Direction.POS_TO_GO), (A, MUG), (A, GOODS), (line("a", quantity=2), WORDS))

        assert [("update", GO, {"lines": (line("a", quantity=2), GOODS)})] == [
            each for each in written(made) if each[1]
        ]
        assert "one-way-edit" in rules(made)


class TestDecided:
    """
    What a person decided is what both agree on from then on.
    """

    @pytest.mark.parametrize("reference", ["b", "b[1]", "[b", "b].text"])
    def test_a_line_in_the_middle(self, reference: str) -> None:
        """
        The base says what the losing side says of that line, whatever it is called, and nothing else has changed.
        """
        held = [line(reference, quantity=number) for number in (1, 2, 3)]
        made = planned(HOLD, *((A, each, C) for each in held))
        link = resolve(linked(order(A, held[0], C)), made.conflicts, choose=POS, policy=HOLD)
        assert link is not None

        assert order(A, held[2], C) == link.base
        assert made == Plan.from_json(made.to_json(), Order)

    def test_another_field_alone(self) -> None:
        """
        Lines never agreed on wait for their own decision.
        """
        ours, theirs = (attrs.evolve(order(each), reference=each.reference) for each in (A, B))
        link = Link(pos_id="p1", go_id="g1", base=order(C), unagreed=("lines", "reference"))
        made = plan([link], pos=holds({"p1": ours}), go=holds({"g1": theirs}), policy=HOLD)
        conflicts = [each for each in made.conflicts if each.field == "reference"]
        decided = resolve(link, conflicts, choose=POS, policy=HOLD)
        assert decided is not None
        assert decided.base is not None

        assert ("b", ("lines",)) == (decided.base.reference, decided.unagreed)

    def test_a_line_that_is_gone(self) -> None:
        """
        Removed here, changed there, and the change stands: the base has it no more, but all the others.
        """
        made = planned(HOLD, (A, B, C), (A, C), (A, line("b", quantity=2), C))
        link = resolve(linked(order(A, B, C)), made.conflicts, choose=GO, policy=HOLD)
        assert link is not None

        assert order(A, C) == link.base

    def test_the_order_of_what_only_one_has(self) -> None:
        """
        Lines the losing side does not have come after those it has.
        """
        d = line("d")
        made = planned(HOLD, (d, A, B, C), (B, A, C), (d, A, C, B))
        link = resolve(linked(order(d, A, B, C)), made.conflicts, choose=GO, policy=HOLD)
        assert link is not None

        assert order(B, A, C, d) == link.base

    @given(world=order_worlds())
    def test_decided_by_a_person_or_by_the_policy(self, world: OrderWorld) -> None:
        """
        Held and then decided for one side, lines end as if that side had had the authority.
        """
        base, pos, go = (
            order(*(each for each in value.lines if each.reference is not None))
            for value in (
                next((link.base for link in world.links.values() if link.base), order()),
                world.sides[POS]["p1"].value,
                world.sides[GO]["g1"].value,
            )
        )
        expected = pair_plan(orders(authority=Authority.POS), base, pos, go)
        held = pair_plan(HOLD, base, pos, go)
        link: Link[Order] | None = linked(base)
        sides = {POS: pos, GO: go}
        for operation in held.operations:
            assert link is not None
            link = advance(link, operation)
        sides |= {side: order(*lines) for side, lines in results(held).items() if side}
        assert link is not None
        link = resolve(link, held.conflicts, choose=POS, policy=HOLD) if held.conflicts else link
        assert link is not None
        decided = plan([link], pos=holds({"p1": sides[POS]}), go=holds({"g1": sides[GO]}), policy=HOLD)

        assert decided.conflicts == ()
        for side in Replica:
            as_decided = results(decided).get(side, sides[side].lines)
            by_policy = results(expected).get(side, {POS: pos, GO: go}[side].lines)
            assert {each.reference: each for each in by_policy} == {
                each.reference: each for each in as_decided
            }


class TestOrder:
    """
    Whose order of lines stands.
    """

    def test_moved_alike_is_agreed_on(self) -> None:
        """
        Both moved a line to the same place: that is the base's order, and a later move of one side is no conflict.
        """
        moved = (C, A, B)
        base = agreed(planned(HOLD, (A, B, C), moved, moved), A, B, C)
        later = planned(HOLD, base, moved, (B, C, A))

        assert moved == base
        assert (later.conflicts, {POS: (B, C, A)}) == ((), results(later))

    @pytest.mark.parametrize(("direction", "owner"), [("pos-to-go", POS), ("go-to-pos", GO)])
    def test_the_owner_moves_lines(self, direction: str, owner: Replica) -> None:
        """
        Where lines flow one way, the owner's order is written to the other, and no edit is told.
        """
        sides = {owner: (B, A), owner.other: (A, B)}
        made = planned(one_way(Direction(direction)), (A, B), sides[POS], sides[GO])

        assert {owner.other: (B, A)} == results(made)
        assert rules(made) == []

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            # By their names, whatever they say.
            (line("p", text="z"), line("q", text="a")),
            (line("1", text="z"), line("2", text="a")),
            # Without a name before those with one, and by what they say.
            (line(None, text="z"), line("1", text="a")),
            (line(None, text="a"), line(None, text="z")),
        ],
    )
    def test_new_lines_where_nobody_decides(self, first: OrderLine, second: OrderLine) -> None:
        """
        After one neighbour they come in an order of their own, whoever added which.
        """
        expected = (A, first, second)
        for pos, go in ((first, second), (second, first)):
            made = planned(HOLD, (A,), (A, pos), (A, go))

            assert {POS: expected, GO: expected} == results(made)
