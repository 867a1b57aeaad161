"""
Mergers and lenses of one's own: what they may leave unsaid, and what becomes of an answer that does not fit.
"""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from posgo.models.findings import Severity
from posgo.models.records import Link
from posgo.sync import (
    IDENTITY,
    Authority,
    Conflict,
    Lens,
    Merged,
    OnReceiverEdit,
    Policy,
    Question,
    Replica,
    Unit,
    plan,
    resolve,
    truncated,
)
from posgo.sync._fields import shared_part
from posgo.sync._merge import Moment
from support.sync_build import holds, linked, pair_plan, written
from support.sync_world import Place, Thing, thing_policy

POS, GO = Replica.POS, Replica.GO
NEVER = Moment(changed_at={}, clock_skew=timedelta(0), on_receiver_edit=OnReceiverEdit.LEAVE)


@attrs.frozen(kw_only=True)
class Card:
    """
    Two fields, and a set.
    """

    left: str | None = None
    right: str | None = None
    tags: frozenset[str] = frozenset()


@attrs.frozen
class Sets:
    """
    Merges a set element by element; or answers one of its parts with nothing.
    """

    short: str = ""

    def merge(self, question: Question) -> Merged:
        base = question.base[0] if question.base else frozenset()
        pos, go = question.sides[POS][0], question.sides[GO][0]
        both = ((pos | go) - (base - pos) - (base - go),)
        whole = {part: () if part == self.short else both for part in ("says", "base")}
        return Merged(says=dict.fromkeys(Replica, whole["says"]), base=whole["base"])

    def decided(self, base: Any, path: str, value: Any) -> Any:
        return (value,)

    def takes(self, old: Any, new: Any) -> bool:
        return not old <= new


@attrs.frozen
class Last:
    """
    The unit's authority decides; the loser is recorded under a path of the merger's own.
    """

    short: bool = False

    def merge(self, question: Question) -> Merged:
        sides = question.sides
        if sides[POS] == sides[GO]:
            return Merged(says=sides, base=sides[POS])
        verdict = question.dispute("both wrote on it")
        says = {side: each[0] for side, each in sides.items()}
        conflict = question.conflict("tags[all]", "was", says, chosen=verdict.winner, why=verdict.why)
        wins = sides if verdict.winner is None else dict.fromkeys(Replica, sides[verdict.winner])
        return Merged(
            says=wins, base=question.base if verdict.winner is None else wins[POS], conflicts=(conflict,)
        )

    def decided(self, base: Any, path: str, value: Any) -> Any:
        return () if self.short else (value,)

    def takes(self, old: Any, new: Any) -> bool:
        return False


def card_policy(*, lens: Lens = IDENTITY, **tags: Any) -> Policy[Card]:
    return Policy(
        model=Card,
        shared=(
            Unit(fields=("left", "right"), authority=Authority.POS, lens=lens),
            Unit(fields="tags", **tags),
        ),
        archived=None,
    )


def tagged(*tags: str) -> Card:
    return Card(tags=frozenset(tags))


class TestMerger:
    """
    A unit that merges itself.
    """

    def test_what_it_may_leave_unsaid(self) -> None:
        """
        What each side is to say and the base are an answer; the rest is nothing.
        """
        whole = Merged(says={}, base=None, conflicts=(), findings=(), left=False, opens=None, why=None)

        assert whole == Merged(says={}, base=None)

    def test_it_is_asked_about_nothing_opened(self) -> None:
        """
        Unless the question says so.
        """
        asked = Question(unit=Unit(fields="tags"), pos_id="p1", go_id="g1", base=None, sides={}, moment=NEVER)

        assert attrs.evolve(asked, opened=False) == asked

    def test_both_sides_are_written(self) -> None:
        """
        Elements made and removed on either side, for the reason that the other changed.
        """
        made = pair_plan(
            card_policy(merger=Sets()), tagged("a", "b"), tagged("a", "c"), tagged("a", "b", "d")
        )
        merged = {"tags": frozenset("acd")}

        assert [("update", GO, merged), ("update", POS, merged)] == written(made)
        assert ["tags: changed in the POS", "tags: changed in Go"] == [
            each.reason for each in made.operations
        ]

    @pytest.mark.parametrize(
        ("authority", "winner", "why"),
        [
            (Authority.GO, GO, "both wrote on it; Go has the authority"),
            (Authority.HOLD, None, "both wrote on it; it is held for a person"),
        ],
    )
    def test_its_conflicts(self, authority: Authority, winner: Replica | None, why: str) -> None:
        """
        They are recorded as it says, of the pair it was asked about.
        """
        made = pair_plan(card_policy(merger=Last(), authority=authority), tagged(), tagged("p"), tagged("g"))
        expected = Conflict(
            pos_id="p1",
            go_id="g1",
            field="tags[all]",
            base="was",
            pos=frozenset("p"),
            go=frozenset("g"),
            chosen=winner,
            why=why,
        )

        assert (expected,) == made.conflicts


def beginnings(wide: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(each[:3] for each in wide)


BEGINNINGS = Lens(get=beginnings, put=IDENTITY.put)


class TestPart:
    """
    A lens on a part of a nested value.
    """

    @pytest.mark.parametrize(
        ("street", "expected"),
        [("Storgata", []), ("Storgate", []), ("Torget", [("update", GO, {"place.street": "Tor"})])],
    )
    def test_what_cannot_be_held_is_no_edit(self, street: str, expected: list[Any]) -> None:
        """
        It is given the part, never the whole.
        """
        base = Thing(code="1", place=Place(street="Sto", town="Oslo"))
        shared = [
            attrs.evolve(unit, lens=BEGINNINGS) if unit.name == "place.street" else unit
            for unit in thing_policy(by_part=True).shared
        ]
        pos = attrs.evolve(base, place=Place(street=street, town="Oslo"))

        assert expected == written(pair_plan(attrs.evolve(thing_policy(), shared=shared), base, pos, base))


def filled(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(each for each in values if each is not None)


def filled_up(_wide: tuple[Any, ...], narrow: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*narrow, None, None)[:2]


def both_sides(wide: tuple[Any, ...], narrow: tuple[Any, ...]) -> tuple[Any, ...]:
    return wide + narrow


DROPS_BLANKS = Lens(get=filled, put=filled_up)
GROWS = Lens(get=IDENTITY.get, put=both_sides)


class TestAnotherNumberOfValues:
    """
    An answer that has not one value for each field is never taken for a shorter one.
    """

    @pytest.mark.parametrize(
        ("policy", "link", "pos", "go"),
        [
            pytest.param(
                card_policy(lens=DROPS_BLANKS),
                linked(Card(left="a", right="b")),
                *(Card(left="a"), Card(left="a", right="b")),
                id="to be written to the narrow side",
            ),
            pytest.param(
                card_policy(lens=GROWS),
                linked(Card(left="a", right="b")),
                *(Card(left="a", right="b"), Card(left="a", right="x")),
                id="to be written to the wide side",
            ),
            pytest.param(
                card_policy(lens=DROPS_BLANKS),
                linked(Card(left="a", right="b")),
                *(Card(left="a", right="b"), Card(left="x")),
                id="to be agreed on after the write",
            ),
            pytest.param(
                card_policy(lens=DROPS_BLANKS),
                linked(Card(left="a", right="b")),
                *(Card(left="a"), Card(left="a")),
                id="agreed on",
            ),
            pytest.param(
                card_policy(lens=DROPS_BLANKS),
                Link(pos_id="p1", go_id="g1", base=Card(), unagreed=("left", "right")),
                *(Card(left=""), Card(left="a", right="b")),
                id="at first contact",
            ),
            pytest.param(
                card_policy(merger=Sets("says")),
                linked(tagged("a")),
                *(tagged("b"), tagged("c")),
                id="of a merger, to be written",
            ),
            pytest.param(
                card_policy(merger=Sets("base")),
                linked(tagged("a")),
                *(tagged("b"), tagged("b")),
                id="of a merger, agreed on",
            ),
            pytest.param(
                card_policy(merger=Sets("base")),
                linked(tagged("a")),
                *(tagged("b"), tagged("c")),
                id="of a merger, after the write",
            ),
        ],
    )
    def test_the_pair_waits(self, policy: Policy[Card], link: Link[Card], pos: Card, go: Card) -> None:
        """
        Nothing is written, and the finding names the pair.
        """
        made = plan([link], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=policy)

        assert ((), ()) == (made.operations, made.conflicts)
        assert [("impossible-value", Severity.BLOCK, "card pos p1 / go g1")] == [
            (finding.rule, finding.severity, finding.where) for finding in made.findings
        ]

    def test_a_decision(self) -> None:
        """
        A person's decision that would move the base by half is an error.
        """
        policy = card_policy(lens=DROPS_BLANKS)
        conflict = Conflict(
            pos_id="p1", go_id="g1", field="right", base="b", pos="c", go=None, chosen=None, why="held"
        )
        with pytest.raises(ValueError, match="shorter"):
            resolve(linked(Card(left="a", right="b")), [conflict], choose=POS, policy=policy)

    def test_a_decision_of_a_merger(self) -> None:
        """
        As little as one that answers nothing.
        """
        policy = card_policy(merger=Last(short=True), authority=Authority.HOLD)
        made = pair_plan(policy, tagged(), tagged("p"), tagged("g"))
        with pytest.raises(ValueError, match="shorter"):
            resolve(linked(tagged()), made.conflicts, choose=POS, policy=policy)

    def test_texts_that_are_cut(self) -> None:
        """
        A lens that ships says so itself.
        """
        with pytest.raises(ValueError, match="shorter"):
            truncated(3).put(("long", "text"), ("lon",))

    def test_what_both_can_hold(self) -> None:
        """
        A base made of one side's values says them all, or is none.
        """
        with pytest.raises(ValueError, match="shorter"):
            shared_part(card_policy(lens=DROPS_BLANKS), Card(left="a"))
