"""
The rules of the merge, one by one, on linked pairs.
"""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from posgo.models.records import Link, Record, Snapshot
from posgo.sync import (
    Authority,
    ConflictKind,
    Direction,
    Kind,
    Lens,
    OnDeleteChange,
    OnReceiverEdit,
    Plan,
    Policy,
    Replica,
    Unit,
    advance,
    plan,
)
from support.sync_build import holds, linked, pair_plan, rules, written
from support.sync_world import EPOCH, Place, Thing, World, thing_policy

POS, GO = Replica.POS, Replica.GO
BASE = Thing(code="1", name="thing")


def both(policy: Policy[Thing], **changed: tuple[Any, Any]) -> Plan[Thing]:
    """
    Plan one pair whose sides changed these fields to these values.
    """
    pos = attrs.evolve(BASE, **{name: values[0] for name, values in changed.items()})
    go = attrs.evolve(BASE, **{name: values[1] for name, values in changed.items()})
    return pair_plan(policy, BASE, pos, go)


class TestAuthority:
    """
    Who decides when both sides changed a field differently.
    """

    @pytest.mark.parametrize(
        ("authority", "winner", "why"),
        [
            (Authority.POS, POS, "both changed it; the POS has the authority"),
            (Authority.GO, GO, "both changed it; Go has the authority"),
            (Authority.HOLD, None, "both changed it; it is held for a person"),
            (None, None, "both changed it; it is held for a person"),
            (Authority.NEWEST, None, "both changed it; which is newest is not known, so it is held"),
        ],
    )
    def test_conflict(self, authority: Authority | None, winner: Replica | None, why: str) -> None:
        """
        It is recorded with base, both values, the choice and the rule.
        """
        made = both(thing_policy(name=authority), name=("other", "third"))
        (conflict,) = made.conflicts

        assert (ConflictKind.FIELD, "p1", "g1", "name") == (
            conflict.kind,
            conflict.pos_id,
            conflict.go_id,
            conflict.field,
        )
        assert ("thing", "other", "third", winner, why) == (
            conflict.base,
            conflict.pos,
            conflict.go,
            conflict.chosen,
            conflict.why,
        )
        assert conflict.is_held is (winner is None)
        values = {POS: "other", GO: "third"}
        expected = [("update", winner.other, {"name": values[winner]})] if winner else []
        assert expected == written(made)

    @pytest.mark.parametrize(
        ("pos_at", "go_at", "skew", "winner"),
        [
            (1, 2, 0, GO),
            (2, 1, 0, POS),
            (1, 1, 0, None),
            (None, 1, 0, None),
            (1, None, 0, None),
            (0, 10, 10, GO),
            (10, 0, 11, None),
            (0, 10, 11, None),
        ],
    )
    def test_newest(self, pos_at: int | None, go_at: int | None, skew: int, winner: Replica | None) -> None:
        """
        Only where both stamps are known and far enough apart.
        """

        def record(own_id: str, name: str, at: int | None) -> Snapshot[Thing]:
            stamp = None if at is None else EPOCH + timedelta(seconds=at)
            value = attrs.evolve(BASE, name=name)
            return Snapshot.of([Record(id=own_id, value=value, changed_at=stamp)], complete=True)

        made = plan(
            [linked(BASE)],
            pos=record("p1", "other", pos_at),
            go=record("g1", "third", go_at),
            policy=thing_policy(name=Authority.NEWEST, clock_skew=timedelta(seconds=skew)),
        )

        assert [winner] == [conflict.chosen for conflict in made.conflicts]
        if winner:
            assert f"the newest is {'the POS' if winner is POS else 'Go'}'s" in made.conflicts[0].why

    def test_identical_changes_are_agreement(self) -> None:
        """
        Nothing is written but the base, without which the next edit would look like a conflict.
        """
        made = both(thing_policy(), name=("other", "other"))

        assert [("link", None, {})] == written(made)
        assert () == made.conflicts
        assert "other" == made.operations[0].base.name  # type: ignore[union-attr]


class TestUnits:
    """
    Fields that change as one.
    """

    def test_both_fields_go_to_the_winner(self) -> None:
        """
        Left changed here and right there is one conflict of the unit, told for each field.
        """
        made = both(thing_policy(pair=Authority.GO), left=("a", None), right=(None, "b"))

        assert [("left", "a", None), ("right", None, "b")] == [(c.field, c.pos, c.go) for c in made.conflicts]
        assert [("update", "pos", {"left": None, "right": "b"})] == written(made)

    def test_a_field_nobody_touched_is_in_no_conflict(self) -> None:
        """
        Only what differs from something is told.
        """
        made = both(thing_policy(pair=Authority.GO), left=("a", "b"))

        assert ["left"] == [conflict.field for conflict in made.conflicts]

    def test_agreed_covers_the_whole_unit(self) -> None:
        """
        The base of a unit moves as one, also for the field that was equal already.
        """
        made = both(thing_policy(), left=("a", None))

        assert {"left": "a", "right": None} == made.operations[0].agreed
        assert ("left",) == tuple(change.field for change in made.operations[0].changes)

    @pytest.mark.parametrize("by_part", [True, False])
    def test_nested_values_whole_or_by_part(self, *, by_part: bool) -> None:
        """
        By part, a street here and a town there are no conflict.
        """
        policy = thing_policy(by_part=by_part, place=Authority.POS)
        made = both(policy, place=(Place(street="s"), Place(town="t")))

        if by_part:
            assert [
                ("update", "go", {"place.street": "s"}),
                ("update", "pos", {"place.town": "t"}),
            ] == written(made)
            assert [Place(street="s", town="t")] * 2 == [
                each.value.place for each in made.operations if each.value
            ]
        else:
            assert [("update", "go", {"place": Place(street="s")})] == written(made)
            assert 1 == len(made.conflicts)

    def test_a_part_is_made_where_there_was_nothing(self) -> None:
        """
        The nested value comes into being with its first part.
        """
        made = both(thing_policy(by_part=True), place=(Place(town="t"), None))

        assert [Place(town="t")] == [each.value.place for each in made.operations if each.value]
        assert [("place.town", None, "t")] == [(c.field, c.old, c.new) for c in made.operations[0].changes]

    def test_one_reason_per_rule(self) -> None:
        """
        A person reads why, not how.
        """
        made = both(thing_policy(), name=("other", "thing"), left=("a", None), mark=("m", "n"))

        assert "mark: both changed it; the POS has the authority; name, left: changed in the POS" == (
            made.operations[0].reason
        )


class TestHold:
    """
    A held conflict waits, alone.
    """

    POLICY = thing_policy(name=Authority.HOLD)

    def test_it_is_quiet_and_blocks_nothing_else(self) -> None:
        """
        It is told every time, writes nothing, and other fields flow.
        """
        world = World(policy=self.POLICY, links={("p1", "g1"): linked(BASE)})
        world.put(POS, "p1", attrs.evolve(BASE, name="other", left="a"))
        world.put(GO, "g1", attrs.evolve(BASE, name="third"))
        first = world.plan()
        world.carry_out(first)
        second = world.plan()

        assert [("update", "go", {"left": "a"})] == written(first)
        assert second.is_empty
        assert 1 == len(first.conflicts) == len(second.conflicts)
        assert "thing" == world.links["p1", "g1"].base.name

    @pytest.mark.parametrize(("pos", "go"), [("other", "other"), ("third", "third")])
    def test_a_person_settles_it_by_an_edit(self, pos: str, go: str) -> None:
        """
        Equal is agreed.
        """
        made = both(self.POLICY, name=(pos, go))

        assert () == made.conflicts
        assert [("link", None, {})] == written(made)

    def test_records_that_met_may_never_have_agreed(self) -> None:
        """
        The link remembers that; afterwards an edit of one side alone is still a conflict, until both are equal.
        """
        world = World(policy=self.POLICY)
        world.put(POS, "p1", attrs.evolve(BASE, name="other"))
        world.put(GO, "g1", attrs.evolve(BASE, name="third"))
        world.carry_out(world.plan())
        assert ["name"] == list(world.links["p1", "g1"].unagreed)

        world.put(POS, "p1", attrs.evolve(BASE, name="fourth"))
        again = world.plan()
        assert [None] == [conflict.chosen for conflict in again.conflicts]
        assert again.is_empty

        world.put(POS, "p1", attrs.evolve(BASE, name="third"))
        world.carry_out(world.plan())
        assert [] == list(world.links["p1", "g1"].unagreed)
        assert "third" == world.links["p1", "g1"].base.name


class TestOneWay:
    """
    Fields that flow one way.
    """

    def world(self, policy: Policy[Thing]) -> World:
        world = World(policy=policy, links={("p1", "g1"): linked(BASE)})
        world.put(POS, "p1", BASE)
        world.put(GO, "g1", attrs.evolve(BASE, note="mine"))
        return world

    def test_an_edit_on_the_receiving_side_is_told_once(self) -> None:
        """
        And left: the next plan says nothing, and another edit is told again.
        """
        world = self.world(thing_policy())
        first = world.plan()
        world.carry_out(first)
        second = world.plan()
        world.put(GO, "g1", attrs.evolve(BASE, note="yours"))
        third = world.plan()

        assert (["one-way-edit"], [], ["one-way-edit"]) == (rules(first), rules(second), rules(third))
        assert [("link", None, {})] == written(first)
        assert second.is_empty
        assert "thing pos p1 / go g1" == first.findings[0].where
        assert "note was edited in Go, but note flows pos to go only" == first.findings[0].message

    def test_the_owner_s_next_change_overwrites_it_and_is_recorded(self) -> None:
        """
        Both changed, and the owner is right.
        """
        world = self.world(thing_policy())
        world.carry_out(world.plan())
        world.put(POS, "p1", attrs.evolve(BASE, note="owner"))
        made = world.plan()
        world.carry_out(made)

        assert [("update", "go", {"note": "owner"})] == written(made)
        assert [("mine", POS, "both changed it; the POS owns it")] == [
            (c.go, c.chosen, c.why) for c in made.conflicts
        ]
        assert () == world.links["p1", "g1"].noted

    def test_agreement_forgets_what_was_told(self) -> None:
        """
        The receiving side's person put it back.
        """
        world = self.world(thing_policy())
        world.carry_out(world.plan())
        world.put(GO, "g1", BASE)
        world.carry_out(world.plan())

        assert () == world.links["p1", "g1"].noted

    def test_restore_writes_it_back(self) -> None:
        """
        With the edit in a conflict.
        """
        world = self.world(thing_policy(on_receiver_edit=OnReceiverEdit.RESTORE))
        made = world.plan()

        assert [("update", "go", {"note": None})] == written(made)
        assert [("mine", POS)] == [(conflict.go, conflict.chosen) for conflict in made.conflicts]

    @pytest.mark.parametrize("reaction", list(OnReceiverEdit))
    @pytest.mark.parametrize(
        ("direction", "receiver"), [(Direction.POS_TO_GO, GO), (Direction.GO_TO_POS, POS)]
    )
    def test_a_blank_owner_erases_nothing_at_first_contact(
        self, direction: Direction, receiver: Replica, reaction: OnReceiverEdit
    ) -> None:
        """
        Neither now nor in the next plan.
        """
        world = World(policy=thing_policy(note=direction, on_receiver_edit=reaction))
        for side, own_id in ((POS, "p1"), (GO, "g1")):
            world.put(side, own_id, attrs.evolve(BASE, note="mine" if side is receiver else None))
        first = world.plan()
        world.carry_out(first)

        assert ["one-way-edit"] == rules(first)
        assert None is world.links["p1", "g1"].base.note
        assert world.plan().is_empty
        assert {receiver: ["mine"], receiver.other: [None]} == {
            side: [record.value.note for record in records.values()] for side, records in world.sides.items()
        }

    def test_a_new_record_starts_with_everything(self) -> None:
        """
        Whichever way its fields flow later.
        """
        world = World(policy=thing_policy())
        world.put(GO, "g1", attrs.evolve(BASE, note="mine", ledger="kept in Go"))
        world.carry_out(world.plan())
        (made,) = world.sides[POS].values()

        assert attrs.evolve(BASE, note="mine") == made.value
        assert world.plan().is_empty

    @pytest.mark.parametrize("reaction", list(OnReceiverEdit))
    def test_a_deletion_on_the_receiving_side(self, reaction: OnReceiverEdit) -> None:
        """
        Told once and left, or made anew.
        """
        policy = thing_policy(archived=Direction.POS_TO_GO, on_receiver_edit=reaction)
        world = World(policy=policy, links={("p1", "g1"): linked(BASE)})
        world.put(POS, "p1", BASE)
        first = world.plan()
        world.carry_out(first)

        if reaction is OnReceiverEdit.LEAVE:
            assert ["one-way-delete"] == rules(first)
            assert (("deleted", "go"),) == world.links["p1", "g1"].noted
            assert [] == rules(world.plan())
        else:
            assert [Kind.UNLINK, Kind.CREATE] == [operation.kind for operation in first.operations]
        assert world.plan().is_empty

    def test_a_deletion_undone_is_forgotten(self) -> None:
        """
        So that a second one is told again.
        """
        world = World(policy=thing_policy(archived=Direction.POS_TO_GO), links={("p1", "g1"): linked(BASE)})
        world.put(POS, "p1", BASE)
        world.carry_out(world.plan())
        world.put(GO, "g1", BASE)
        world.carry_out(world.plan())

        assert () == world.links["p1", "g1"].noted


class TestDeleteChange:
    """
    Deleted here, changed there.
    """

    @pytest.mark.parametrize(
        ("reaction", "chosen", "kinds"),
        [
            (OnDeleteChange.HOLD, None, []),
            (OnDeleteChange.ARCHIVE, POS, ["archive", "unlink"]),
            (OnDeleteChange.RECREATE, GO, ["unlink", "create"]),
        ],
    )
    def test_policy_decides(self, reaction: OnDeleteChange, chosen: Replica | None, kinds: list[str]) -> None:
        """
        Held by default. What was deleted and what was changed stand in the conflict.
        """
        changed = attrs.evolve(BASE, name="other")
        policy = thing_policy(on_delete_change=reaction)
        made = plan([linked(BASE)], pos=holds({}), go=holds({"g1": changed}), policy=policy)
        (conflict,) = made.conflicts

        assert kinds == [operation.kind for operation in made.operations]
        assert (ConflictKind.DELETE_CHANGE, None, BASE, None, changed, chosen) == (
            conflict.kind,
            conflict.field,
            conflict.base,
            conflict.pos,
            conflict.go,
            conflict.chosen,
        )
        assert conflict.why.startswith("deleted in the POS, changed in Go; ")

    @pytest.mark.parametrize(
        ("reaction", "facts"),
        [
            (OnDeleteChange.RECREATE, {"creates": [POS]}),
            (OnDeleteChange.ARCHIVE, {"archived": Direction.GO_TO_POS}),
        ],
    )
    def test_what_may_not_be_done_is_held(self, reaction: OnDeleteChange, facts: dict[str, Any]) -> None:
        """
        A policy's reaction does not lift its other limits.
        """
        policy = thing_policy(on_delete_change=reaction, **facts)
        changed = attrs.evolve(BASE, name="other")
        sides = {POS: holds({"p1": changed}), GO: holds({})}
        if reaction is OnDeleteChange.ARCHIVE:
            sides = {POS: holds({}), GO: holds({"g1": changed})}
        made = plan([linked(BASE)], pos=sides[POS], go=sides[GO], policy=policy)

        assert [None] == [conflict.chosen for conflict in made.conflicts]
        assert made.is_empty

    def test_a_field_never_agreed_on_is_a_change(self) -> None:
        """
        A deletion must not settle what a person has to.
        """
        link = Link(pos_id="p1", go_id="g1", base=BASE, unagreed=("name",))
        made = plan([link], pos=holds({}), go=holds({"g1": BASE}), policy=thing_policy())

        assert 1 == len(made.conflicts)

    def test_what_does_not_flow_back_is_no_change(self) -> None:
        """
        The receiving side's own note does not stop a deletion by the owner.
        """
        made = plan(
            [linked(BASE)],
            pos=holds({}),
            go=holds({"g1": attrs.evolve(BASE, note="x")}),
            policy=thing_policy(),
        )

        assert [Kind.ARCHIVE, Kind.UNLINK] == [operation.kind for operation in made.operations]
        assert [("archived", False, True)] == [(c.field, c.old, c.new) for c in made.operations[0].changes]

    @pytest.mark.parametrize(
        ("direction", "pos", "go", "sides"),
        [
            (Direction.GO_TO_POS, {"p1": BASE}, {}, (False, None, GO)),
            (Direction.POS_TO_GO, {}, {"g1": BASE}, (None, False, POS)),
        ],
    )
    def test_taken_back_where_it_is_not_decided(
        self, direction: Direction, pos: dict[str, Thing], go: dict[str, Thing], sides: tuple[Any, ...]
    ) -> None:
        """
        The owner's deletion archives it again; what a person did is recorded.
        """
        base = attrs.evolve(BASE, archived=True)
        made = plan([linked(base)], pos=holds(pos), go=holds(go), policy=thing_policy(archived=direction))
        (conflict,) = made.conflicts

        assert [Kind.ARCHIVE, Kind.UNLINK] == [operation.kind for operation in made.operations]
        assert ("p1", "g1", "archived", True) == (
            conflict.pos_id,
            conflict.go_id,
            conflict.field,
            conflict.base,
        )
        assert sides == (conflict.pos, conflict.go, conflict.chosen)
        assert conflict.why.endswith("owns it")

    def test_what_an_archiving_says_and_settles(self) -> None:
        """
        The record as it will be, and the base's field.
        """
        made = plan([linked(BASE)], pos=holds({}), go=holds({"g1": BASE}), policy=thing_policy())
        archive = made.operations[0]

        assert (attrs.evolve(BASE, archived=True), {"archived": True}) == (archive.value, archive.agreed)

    def test_an_owner_s_change_meets_the_receiver_s_deletion(self) -> None:
        """
        What flows one way counts as a change on the side it flows from.
        """
        made = plan(
            [linked(BASE)],
            pos=holds({"p1": attrs.evolve(BASE, note="x")}),
            go=holds({}),
            policy=thing_policy(),
        )

        assert [ConflictKind.DELETE_CHANGE] == [conflict.kind for conflict in made.conflicts]

    def test_a_change_after_what_does_not_flow(self) -> None:
        """
        Every unit is looked at, also behind one that flows the other way.
        """
        go = attrs.evolve(BASE, note="x", archived=False, code="2")
        policy = thing_policy()
        policy = attrs.evolve(policy, shared=sorted(policy.shared, key=lambda unit: unit.name != "note"))
        made = plan([linked(BASE)], pos=holds({}), go=holds({"g1": go}), policy=policy)

        assert [ConflictKind.DELETE_CHANGE] == [conflict.kind for conflict in made.conflicts]

    def test_without_an_archived_field_nothing_is_archived(self) -> None:
        """
        The pair is kept and told of once, so that the record is not made anew.
        """
        policy: Policy[Place] = Policy(
            model=Place, shared=(Unit(fields="street"), Unit(fields="town")), archived=None
        )
        world = World(policy=policy, links={("p1", "g1"): linked(Place(town="t"))})
        world.put(POS, "p1", Place(town="t"))
        first = world.plan()
        world.carry_out(first)

        assert ["one-way-delete"] == rules(first)
        assert world.plan().is_empty


@attrs.frozen(kw_only=True)
class Range:
    """
    A model whose fields depend on each other.
    """

    low: int = 0
    high: int = 9
    archived: bool = False

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"{self.low} > {self.high}")


class TestImpossible:
    """
    Fields that depend on each other, shared apart.
    """

    def policy(self) -> Policy[Range]:
        return Policy(model=Range, shared=(Unit(fields="low"), Unit(fields="high"), Unit(fields="archived")))

    def test_one_bad_record_does_not_stop_the_others(self) -> None:
        """
        It is told without its values, and left.
        """
        links = [linked(Range()), linked(Range(), "p2", "g2")]
        pos = holds({"p1": Range(low=8), "p2": Range(low=1)})
        made = plan(links, pos=pos, go=holds({"g1": Range(high=5), "g2": Range()}), policy=self.policy())

        assert ["impossible-value"] == rules(made)
        assert "ValueError" in made.findings[0].message
        assert [("update", "go", {"low": 1})] == written(made)

    def test_a_new_record_that_cannot_be_held(self) -> None:
        """
        The same for a record that is to be made.
        """

        def tens(values: tuple[Any, ...]) -> tuple[Any, ...]:
            return (values[0] * 10,)

        shared = (Unit(fields="low", lens=Lens(get=tens)), Unit(fields="high"), Unit(fields="archived"))
        made = plan(
            [], pos=holds({"p1": Range(low=2)}), go=holds({}), policy=Policy(model=Range, shared=shared)
        )

        assert ["impossible-value"] == rules(made)
        assert made.is_empty


class TestArchived:
    """
    Archived is a field.
    """

    def test_taken_back_into_use(self) -> None:
        """
        It is an update, together with what else changed.
        """
        base = attrs.evolve(BASE, archived=True)
        made = pair_plan(thing_policy(), base, attrs.evolve(BASE, name="other"), base)

        assert [("update", "go", {"name": "other", "archived": False})] == written(made)
        assert {"name": "other", "archived": False} == made.operations[0].agreed

    def test_confirmed_field_by_field(self) -> None:
        """
        The update and the archiving of one record move the base each for itself.
        """
        made = pair_plan(thing_policy(), BASE, attrs.evolve(BASE, name="other", archived=True), BASE)
        update, archive = made.operations
        half = advance(linked(BASE), update)
        assert half is not None
        whole = advance(half, archive)
        assert whole is not None

        assert ("other", False, True) == (half.base.name, half.base.archived, whole.base.archived)
        assert (False, True) == (update.value.archived, archive.value.archived)  # type: ignore[union-attr]
