"""
How links move: confirmed operations, and people who decide.
"""

import attrs
import pytest

from posgo.exceptions import ModelError
from posgo.models.records import Link
from posgo.sync import Authority, Kind, Operation, Replica, advance, plan, resolve
from posgo.sync._links import news
from support.sync_build import holds, linked, pair_plan
from support.sync_world import Thing, World, thing_policy

POS, GO = Replica.POS, Replica.GO
BASE = Thing(code="1", name="thing")
HOLD = thing_policy(name=Authority.HOLD, pair=Authority.HOLD, tags=Authority.HOLD)


def held(world: World) -> list[str | None]:
    return [conflict.field for conflict in world.plan().conflicts]


class TestAdvance:
    """
    The base moves by what was confirmed, and by nothing else.
    """

    def test_a_created_record_gets_its_link(self) -> None:
        """
        With what was sent as base, so that what the system made of it is its own edit.
        """
        (create,) = plan([], pos=holds({"p1": BASE}), go=holds({}), policy=HOLD).operations

        assert Link(pos_id="p1", go_id="g7", base=BASE) == advance(None, create, new_id="g7")

    def test_the_other_side_too(self) -> None:
        """
        The new id goes where it belongs.
        """
        (create,) = plan([], pos=holds({}), go=holds({"g1": BASE}), policy=HOLD).operations

        assert Link(pos_id="p7", go_id="g1", base=BASE) == advance(None, create, new_id="p7")

    def test_what_a_system_allocates_flows_back(self) -> None:
        """
        A number Go gives is Go's edit, and reaches the POS in the next plan.
        """
        world = World(policy=HOLD)
        world.put(POS, "p1", BASE)
        world.carry_out(world.plan())
        ((own_id, record),) = world.sides[GO].items()
        world.put(GO, own_id, attrs.evolve(record.value, mark="10001"))
        made = world.plan()

        assert [("update", POS, "mark")] == [(o.kind, o.replica, o.changes[0].field) for o in made.operations]

    def test_an_update_moves_its_fields_alone(self) -> None:
        """
        What was told and what was never agreed on is settled for them, and stays for others.
        """
        link = Link(
            pos_id="p1",
            go_id="g1",
            base=BASE,
            unagreed=("name", "left"),
            noted=(("name", "x"), ("note", "y")),
        )
        update: Operation[Thing] = Operation(kind=Kind.UPDATE, replica=GO, agreed={"name": "other"})
        expected = Link(
            pos_id="p1",
            go_id="g1",
            base=attrs.evolve(BASE, name="other"),
            unagreed=("left",),
            noted=(("note", "y"),),
        )

        assert expected == advance(link, update)

    def test_unlink_forgets(self) -> None:
        """
        The pair is no pair.
        """
        assert None is advance(linked(BASE), Operation(kind=Kind.UNLINK))

    @pytest.mark.parametrize(
        ("words", "operation"),
        [
            ("give new_id", Operation[Thing](kind=Kind.CREATE, replica=GO, pos_id="p1", base=BASE)),
            ("give the link", Operation[Thing](kind=Kind.UPDATE, replica=GO)),
            ("give the link", Operation[Thing](kind=Kind.ARCHIVE, replica=GO)),
            ("names both records", Operation[Thing](kind=Kind.LINK, pos_id="p1", base=BASE)),
            ("names both records", Operation[Thing](kind=Kind.LINK, go_id="g1", base=BASE)),
            ("names both records", Operation[Thing](kind=Kind.LINK, pos_id="p1", go_id="g1")),
        ],
    )
    def test_what_is_missing_is_asked_for(self, words: str, operation: Operation[Thing]) -> None:
        """
        A link of half a pair would lose the other half.
        """
        with pytest.raises(ModelError, match=words):
            advance(None, operation)


class TestResolve:
    """
    A person's decision is a move of the base.
    """

    def world(self, pos: Thing, go: Thing, *, met: bool = False) -> World:
        world = World(policy=HOLD)
        world.put(POS, "p1", pos)
        world.put(GO, "g1", go)
        if met:
            world.carry_out(world.plan())
        else:
            world.links["p1", "g1"] = linked(BASE)
        return world

    @pytest.mark.parametrize("choose", list(Replica))
    @pytest.mark.parametrize("met", [True, False])
    def test_the_chosen_side_is_written(self, choose: Replica, *, met: bool) -> None:
        """
        In the next plan, without a conflict; then it is quiet.
        """
        pos = attrs.evolve(BASE, name="other", left="a", tags=("x", "y"))
        go = attrs.evolve(BASE, name="third", left="b", tags=("z",))
        world = self.world(pos, go, met=met)
        conflicts = world.plan().conflicts
        assert {"name", "left", "tags"} <= {conflict.field for conflict in conflicts}
        link = resolve(world.links["p1", "g1"], conflicts, choose=choose, policy=HOLD)
        assert link is not None
        world.links["p1", "g1"] = link
        world.carry_out(world.plan())

        assert [] == held(world)
        assert world.plan().is_empty
        chosen = {POS: pos, GO: go}[choose]
        for own_id, side in (("p1", POS), ("g1", GO)):
            said = world.sides[side][own_id].value
            assert (chosen.name, chosen.left, chosen.tags[:1]) == (said.name, said.left, said.tags[:1])
        assert "y" in world.sides[POS]["p1"].value.tags

    def test_one_conflict_of_several(self) -> None:
        """
        The others wait on.
        """
        world = self.world(
            attrs.evolve(BASE, name="other", left="a"), attrs.evolve(BASE, name="third", left="b")
        )
        chosen = [conflict for conflict in world.plan().conflicts if conflict.field == "name"]
        link = resolve(world.links["p1", "g1"], chosen, choose=GO, policy=HOLD)
        assert link is not None
        world.links["p1", "g1"] = link
        world.carry_out(world.plan())

        assert "left" in held(world)
        assert "name" not in held(world)

    def test_the_loser_changed_again(self) -> None:
        """
        Then nobody has decided about that.
        """
        world = self.world(attrs.evolve(BASE, name="other"), attrs.evolve(BASE, name="third"))
        link = resolve(world.links["p1", "g1"], world.plan().conflicts, choose=POS, policy=HOLD)
        assert link is not None
        world.links["p1", "g1"] = link
        world.put(GO, "g1", attrs.evolve(BASE, name="other yet"))

        assert ["name"] == held(world)

    def test_a_conflict_of_another_pair_is_refused(self) -> None:
        """
        A base must not take another record's value.
        """
        made = pair_plan(HOLD, BASE, attrs.evolve(BASE, name="other"), attrs.evolve(BASE, name="third"))

        with pytest.raises(ModelError, match="not of the pair pos p2 and go g2"):
            resolve(linked(BASE, "p2", "g2"), made.conflicts, choose=POS, policy=HOLD)

    @pytest.mark.parametrize("gone", list(Replica))
    @pytest.mark.parametrize("choose", list(Replica))
    def test_a_deletion(self, gone: Replica, choose: Replica) -> None:
        """
        Choosing the side that deleted archives the other; choosing the other makes the record anew.
        """
        world = World(policy=HOLD, links={("p1", "g1"): linked(BASE)})
        world.put(gone.other, "p1" if gone is GO else "g1", attrs.evolve(BASE, name="other"))
        link = resolve(world.links["p1", "g1"], world.plan().conflicts, choose=choose, policy=HOLD)
        world.links = {} if link is None else {("p1", "g1"): link}
        made = world.plan()
        expected = (
            [(Kind.ARCHIVE, gone.other), (Kind.UNLINK, None)] if choose is gone else [(Kind.CREATE, gone)]
        )

        assert expected == [(operation.kind, operation.replica) for operation in made.operations]
        assert () == made.conflicts


class TestNews:
    """
    What a link notes that a person has yet to be told.
    """

    TOLD = (("left", "0123"), ("deleted", "go"))
    OPENED = ("status", "opened")

    @pytest.mark.parametrize(
        ("before", "expected"),
        [
            (None, set(TOLD)),
            ((), set(TOLD)),
            (TOLD[:1], set(TOLD[1:])),
            (TOLD, set()),
            # Another edit of the same field is news again.
            ((("left", "4567"), *TOLD[1:]), set(TOLD[:1])),
        ],
    )
    def test_what_was_not_noted_before(
        self, before: tuple[tuple[str, str], ...] | None, expected: set[tuple[str, str]]
    ) -> None:
        """
        But never that a side was opened for a change: nobody is told of that.
        """
        link = None if before is None else attrs.evolve(linked(BASE), noted=before)
        after = attrs.evolve(linked(BASE), noted=(*self.TOLD, self.OPENED))

        assert expected == news(link, after)
