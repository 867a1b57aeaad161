"""
The merge of lines against a second one that is slow and obvious, and its laws.
"""

import itertools

import attrs
from hypothesis import example, given, strategies as st

from posgo.models.orders import Order, OrderLine
from posgo.sync import Authority, Replica
from posgo.sync._rows import interleave
from posgo.sync.policies import orders
from support.order_cases import A, B, C, line
from support.order_world import edited_lines, lines
from support.reference_lines import merge
from support.sync_build import pair_plan

Lines = tuple[OrderLine, ...]
DECIDING = st.sampled_from([Authority.POS, Authority.GO, Authority.HOLD])


def named(values: Lines, side: str) -> Lines:
    """
    The same lines, each with a text, so that no two changes leave a line of nothing, and a reference.
    """
    return tuple(
        attrs.evolve(each, text=each.text or "words", reference=each.reference or f"{side}{place}")
        for place, each in enumerate(values)
    )


@st.composite
def three(draw: st.DrawFn) -> tuple[Lines, Lines, Lines]:
    """
    A base and two edited sides, on which the same line may have been made.
    """
    base = draw(lines())
    sides = [draw(edited_lines(base, draw(st.sampled_from([side, "new"])))) for side in ("pos", "go")]
    return named(base, "base"), named(sides[0], "our"), named(sides[1], "their")


def planned(
    base: Lines, pos: Lines, go: Lines, authority: Authority
) -> tuple[dict[Replica, Lines], dict[str, object]]:
    """
    What the planner leaves on each side, and its conflicts, those about order left out.
    """
    made = pair_plan(
        orders(authority=authority), *(Order(customer="kari", lines=each) for each in (base, pos, go))
    )
    sides = {Replica.POS: pos, Replica.GO: go}
    for operation in made.operations:
        for change in operation.changes:
            assert operation.replica is not None
            sides[operation.replica] = change.new
    return sides, {each.field or "": each.chosen for each in made.conflicts if each.field != "lines"}


class TestReference:
    """
    Two merges, one opinion.
    """

    @given(sides=three(), authority=DECIDING)
    # An empty side once swallowed what the other had added.
    @example(sides=((A,), (), (A, B)), authority=Authority.POS)
    @example(sides=((), (), (A,)), authority=Authority.HOLD)
    # A conflict was once told three times.
    @example(
        sides=((A, B, C), (A, line("b", quantity=2), C), (A, line("b", quantity=3), C)),
        authority=Authority.HOLD,
    )
    def test_both_merges_say_the_same(self, sides: tuple[Lines, Lines, Lines], authority: Authority) -> None:
        """
        Every line, every field and every conflict.
        """
        base, pos, go = ({each.reference or "": each for each in side} for side in sides)
        expected, conflicts = merge(base, pos, go, authority)
        result, found = planned(*sides, authority)

        assert expected == {side: {each.reference: each for each in result[side]} for side in Replica}
        assert conflicts == found


class TestOrder:
    """
    The order of lines.
    """

    @given(sides=three(), authority=DECIDING)
    def test_a_side_that_moved_nothing_yields(
        self, sides: tuple[Lines, Lines, Lines], authority: Authority
    ) -> None:
        """
        Lines the POS has in the base's order stand in Go's, where both have them.
        """
        base, pos, go = sides
        known = {each.reference for each in base}
        common = {each.reference for each in pos} & {each.reference for each in go} & known
        if [n for n in names(base) if n in common] != [n for n in names(pos) if n in common]:
            return
        result, _ = planned(base, pos, go, authority)

        assert [n for n in names(go) if n in common] == [n for n in names(result[Replica.POS]) if n in common]

    def test_new_lines_stay_by_their_neighbours(self) -> None:
        """
        Wherever each side put its own: after the same line as there.
        """
        places = range(4)
        for ours, theirs in itertools.product(places, places):
            pos, go = [A, B, C], [A, B, C]
            pos.insert(ours, line("p"))
            go.insert(theirs, line("g"))
            result, conflicts = planned((A, B, C), tuple(pos), tuple(go), Authority.POS)
            merged = names(result[Replica.GO])

            assert conflicts == {}
            assert merged == names(result[Replica.POS])
            assert [n for n in merged if n != "g"] == names(tuple(pos))
            assert [n for n in merged if n != "p"] == names(tuple(go))

    @given(lead=st.permutations("abcd"), other=st.permutations("abcdxy"), cut=st.integers(0, 4))
    def test_interleaved_keeps_the_leading_order(self, lead: list[str], other: list[str], cut: int) -> None:
        """
        Nothing is lost or doubled, and the leading list's order stands.
        """
        lead = lead[cut:]
        merged = interleave(lead, other, lambda own, theirs: list(own) <= list(theirs))

        assert sorted({*lead, *other}) == sorted(merged)
        assert lead == [each for each in merged if each in lead]


def names(values: Lines) -> list[str | None]:
    return [each.reference for each in values]
