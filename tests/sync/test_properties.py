"""
What holds for every world: convergence, silence, no lost update, mirror, order.
"""

import random
from collections import Counter

from hypothesis import given, note, strategies as st

from posgo.models.findings import Severity
from posgo.models.records import Snapshot
from posgo.sync import Conflict, Kind, Operation, Plan, Replica, plan, resolve
from posgo.sync._fields import read
from support.sync_regressions import once_broken
from support.sync_strategies import edits, worlds
from support.sync_world import Thing, World, facts, mirrored_plan


def unequal(world: World, made: Plan[Thing]) -> list[tuple[str, str, str]]:
    """
    Linked pairs and units that are not alike and that nobody was told of.
    """
    told = {(c.pos_id, c.go_id, c.field) for c in made.conflicts if c.is_held}
    deleted = {(c.pos_id, c.go_id) for c in made.conflicts if c.field is None}
    found = []
    for pair, link in world.links.items():
        sides = dict(zip(Replica, pair, strict=True))
        if pair in deleted or any(own_id not in world.sides[side] for side, own_id in sides.items()):
            continue
        noted = dict(link.noted)
        for unit in world.policy.shared:
            values = [
                tuple(read(world.sides[side][own_id].value, each) for each in unit.fields)
                for side, own_id in sides.items()
            ]
            shared = [unit.normal(unit.shared(each)) for each in values]
            excused = unit.fields[0] in noted or any((*pair, field) in told for field in unit.fields)
            if shared[0] != shared[1] and not excused:
                found.append((*pair, unit.name))
    return found


class TestConvergence:
    """
    Promise 1: one sync makes both sides alike, and the next has nothing to do.
    """

    @once_broken
    @given(world=worlds())
    def test_a_second_plan_is_empty(self, world: World) -> None:
        """
        Whatever was there before.
        """
        first = world.plan()
        note(str(first))
        world.carry_out(first)
        second = world.plan()
        note(str(second))

        assert second.operations == ()
        assert unequal(world, second) == []

    @given(world=worlds(), data=st.data())
    def test_histories(self, world: World, data: st.DataObject) -> None:
        """
        Edits, deletions and new records between runs, reads that are stale, runs that stop half-way.
        """
        for _ in range(data.draw(st.integers(1, 3))):
            seen = world.plan()
            for side in Replica:
                for own_id in list(world.sides[side]):
                    what = data.draw(st.sampled_from(["keep", "keep", "edit", "delete"]))
                    if what == "edit":
                        world.put(side, own_id, data.draw(edits(world.sides[side][own_id].value)))
                    elif what == "delete":
                        del world.sides[side][own_id]
            if data.draw(st.booleans()):
                seen = world.plan()
                for operation in seen.operations[: data.draw(st.integers(0, len(seen.operations)))]:
                    world.do(operation)
            else:
                world.carry_out(seen)
        world.carry_out(world.plan())
        settled = world.plan()
        note(str(settled))

        assert settled.operations == ()
        assert unequal(world, settled) == []


class TestNoLostUpdate:
    """
    Promise 2: what is overwritten was the base, or blank, or stands in a conflict.
    """

    @once_broken
    @given(world=worlds())
    def test_every_overwritten_value_is_accounted_for(self, world: World) -> None:
        """
        For every field of every update.
        """
        made = world.plan()
        note(str(made))
        recorded = {(c.pos_id, c.go_id, c.field): c for c in made.conflicts}
        whole = {(c.pos_id, c.go_id) for c in made.conflicts if c.field is None}
        for operation in made.operations:
            # A deletion that met a change is recorded with the whole record.
            if (
                operation.kind not in (Kind.UPDATE, Kind.ARCHIVE)
                or (operation.pos_id, operation.go_id) in whole
            ):
                continue
            for change in operation.changes:
                conflict = recorded.get((operation.pos_id or "", operation.go_id or "", change.field))

                assert _accounted_for(world, operation, change.field, change.old, conflict)


def _accounted_for(
    world: World, operation: Operation[Thing], field: str, old: object, conflict: Conflict | None
) -> bool:
    assert operation.replica is not None
    unit = world.policy.unit_of(field)
    if conflict is not None:
        assert old == (conflict.pos if operation.replica is Replica.POS else conflict.go)
        return True
    link = world.links.get((operation.pos_id or "", operation.go_id or ""))
    record = world.sides[operation.replica][operation.id or ""]
    values = unit.normal(unit.shared(tuple(read(record.value, each) for each in unit.fields)))
    place = unit.fields.index(field)
    if link is None or field in link.unagreed:
        # Just met: blanks are filled, also in parts of a nested value.
        return values[place] is None or type(values[place]).__name__ == "Place"
    return values == unit.normal(tuple(read(link.base, each) for each in unit.fields))


class TestOneCounterpart:
    """
    Promise 3 for records: nobody gets two.
    """

    @once_broken
    @given(world=worlds())
    def test_links_are_one_to_one(self, world: World) -> None:
        """
        After a sync every record stands in at most one pair.
        """
        world.carry_out(world.plan())
        for place in range(2):
            assert all(count == 1 for count in Counter(pair[place] for pair in world.links).values())

    @once_broken
    @given(world=worlds())
    def test_only_who_is_new_is_told_to_share_a_key(self, world: World) -> None:
        """
        Who was recognised by something else has its counterpart, and is no candidate for merging.
        """
        made = world.plan()
        pairs = {(each.pos_id, each.go_id) for each in made.operations if each.kind is Kind.LINK}
        met = {f"{side} {own_id}" for pair in pairs for side, own_id in zip(Replica, pair, strict=True)}
        for finding in made.findings:
            if finding.rule == "shared-key":
                *_, side, names = (finding.where or "").split(" ", 2)

                assert met.isdisjoint(f"{side} {name}" for name in names.split(", "))

    @given(world=worlds(), data=st.data())
    def test_a_create_whose_answer_was_lost_is_recognised(self, world: World, data: st.DataObject) -> None:
        """
        Where both sides carry references, a record made just before a crash is not made again.
        """
        made = world.plan()
        creates = [each for each in made.operations if each.kind is Kind.CREATE]
        if not creates or world.policy.references != set(Replica):
            return
        lost = data.draw(st.sampled_from(creates))
        world.do(lost, remember=False)
        again = [each for each in world.plan().operations if each.kind is Kind.CREATE]

        assert lost.reference not in [each.reference for each in again]


class TestDecisions:
    """
    A person decides once.
    """

    @given(world=worlds(), choose=st.sampled_from(Replica))
    def test_what_was_decided_is_not_asked_again(self, world: World, choose: Replica) -> None:
        """
        Each held conflict of a pair is settled by one choice, and the other pairs go on as before.
        """
        world.carry_out(world.plan())
        held: dict[tuple[str, str], list[Conflict]] = {}
        for conflict in world.plan().conflicts:
            held.setdefault((conflict.pos_id, conflict.go_id), []).append(conflict)
        for pair, conflicts in held.items():
            link = resolve(world.links.pop(pair), conflicts, choose=choose, policy=world.policy)
            if link is not None:
                world.links[pair] = link
        decided = world.plan()
        note(str(decided))
        world.carry_out(decided)
        settled = world.plan()
        note(str(settled))

        assert held.keys().isdisjoint((each.pos_id, each.go_id) for each in decided.conflicts)
        assert () == settled.operations
        assert unequal(world, settled) == []


class TestTurns:
    """
    Stopping between any two operations leaves nothing wrong.
    """

    @once_broken
    @given(world=worlds())
    def test_operations_come_in_their_turn(self, world: World) -> None:
        """
        Pairs that stand in the way are forgotten first, those archived only after that.
        """
        made = world.plan()
        turns = [None, Kind.LINK, Kind.CREATE, Kind.UPDATE, Kind.ARCHIVE]
        archived = {(each.pos_id, each.go_id) for each in made.operations if each.kind is Kind.ARCHIVE}
        came = [
            ((each.pos_id, each.go_id) in archived) * len(turns)
            if each.kind is Kind.UNLINK
            else turns.index(each.kind)
            for each in made.operations
        ]

        assert sorted(came) == came


class TestSymmetry:
    """
    Promise 6: the planner favours neither side and no order.
    """

    @once_broken
    @given(world=worlds())
    def test_mirror(self, world: World) -> None:
        """
        Exchanging the sides of everything exchanges the sides of the plan.
        """
        made = world.plan()
        sides = {side: world.snapshot(side) for side in Replica}
        mirrored = mirrored_plan(world.links.values(), sides, world.policy)

        assert facts(made, mirror=True) == facts(mirrored)

    @given(world=worlds(), seed=st.integers(0, 100))
    def test_order(self, world: World, seed: int) -> None:
        """
        The order of links and records changes nothing, not even the order of operations.
        """
        shuffle = random.Random(seed)  # noqa: S311
        links = list(world.links.values())
        shuffle.shuffle(links)
        sides = []
        for side in Replica:
            records = list(world.sides[side].values())
            shuffle.shuffle(records)
            sides.append(Snapshot.of(records, complete=True))
        shuffled = plan(links, pos=sides[0], go=sides[1], policy=world.policy)

        assert world.plan() == shuffled
        assert world.plan().plan_id == shuffled.plan_id


class TestWords:
    """
    A person reads why.
    """

    @once_broken
    @given(world=worlds())
    def test_everything_says_what_and_why(self, world: World) -> None:
        """
        Operations and conflicts have reasons, findings all their parts.
        """
        made = world.plan()

        assert all(operation.reason and "None" not in operation.reason for operation in made.operations)
        assert all(conflict.why and conflict.pos_id and conflict.go_id for conflict in made.conflicts)
        for finding in made.findings:
            assert isinstance(finding.severity, Severity)
            assert all(
                isinstance(text, str) and text for text in (finding.message, finding.remedy, finding.where)
            )
            assert "None" not in f"{finding.message}{finding.where}"


class TestDocument:
    """
    Plans are documents.
    """

    @once_broken
    @given(world=worlds())
    def test_json_round_trip(self, world: World) -> None:
        """
        What is written is read back, value for value.
        """
        made = world.plan()

        assert made == Plan.from_json(made.to_json(), Thing)

    @once_broken
    @given(world=worlds())
    def test_undo_puts_back_what_was_overwritten(self, world: World) -> None:
        """
        Every field of every record that was updated says again what it said.
        """
        before = {side: dict(records) for side, records in world.sides.items()}
        made = world.plan()
        world.carry_out(made)
        for operation in made.undo().operations:
            world._update(operation)
        for side, records in before.items():
            for own_id, record in records.items():
                assert record.value == world.sides[side][own_id].value
