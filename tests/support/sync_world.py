"""
Two replicas in memory, a model with every kind of field, and what it means to carry out a plan.
"""

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import attrs

from posgo.models.findings import Severity
from posgo.models.records import Link, Record, Snapshot
from posgo.sync import (
    FIRST_OF_MANY,
    Authority,
    Check,
    Conflict,
    Direction,
    Guard,
    Key,
    Kind,
    OnDeleteChange,
    OnReceiverEdit,
    Operation,
    Plan,
    Policy,
    Replica,
    StatusMerge,
    Tombstone,
    Unit,
    advance,
    plan,
    truncated,
)
from posgo.sync._fields import read, replace

T = TypeVar("T")

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Place:
    """
    A nested value.
    """

    street: str | None = None
    town: str | None = None


def _said(place: Place | None) -> Place | None:
    return place if place and (place.street or place.town) else None


@attrs.frozen(kw_only=True)
class Thing:
    """
    A model with a field of every kind.
    """

    code: str | None = None
    mark: str | None = None
    name: str = "thing"
    left: str | None = None
    right: str | None = None
    tags: tuple[str, ...] = ()
    long: str | None = None
    place: Place | None = attrs.field(default=None, converter=_said)
    note: str | None = None
    picture: str | None = None
    ledger: str | None = None
    archived: bool = False


def _code(thing: Thing) -> str | None:
    return thing.code


def _mark(thing: Thing) -> str | None:
    return thing.mark


def _has_code(thing: Thing) -> bool:
    return thing.code is not None


CHECK: Check[Thing] = Check(
    rule="no-key",
    holds=_has_code,
    message="no code",
    remedy="give one",
    fields="code",
    severity=Severity.BLOCK,
)


def thing_policy(
    *,
    name: Authority | None = Authority.POS,
    pair: Authority | None = Authority.GO,
    tags: Authority | None = Authority.POS,
    place: Authority | None = Authority.HOLD,
    note: Direction = Direction.POS_TO_GO,
    archived: Direction = Direction.BOTH,
    narrow: Replica = Replica.GO,
    by_part: bool = False,
    creates: Iterable[Replica] = Replica,
    references: Iterable[Replica] = (),
    checks: tuple[Check[Thing], ...] = (),
    on_receiver_edit: OnReceiverEdit = OnReceiverEdit.LEAVE,
    on_delete_change: OnDeleteChange = OnDeleteChange.HOLD,
    clock_skew: timedelta = timedelta(0),
) -> Policy[Thing]:
    """
    A policy for things: one unit of every kind, no guard.
    """
    parts = [Unit(fields=("place.street",), authority=place), Unit(fields=("place.town",), authority=place)]
    return Policy(
        model=Thing,
        shared=(
            Unit(fields=("code",), authority=Authority.POS),
            Unit(fields=("mark",), authority=Authority.POS),
            Unit(fields=("name",), authority=name, narrow=narrow),
            Unit(fields=("left", "right"), authority=pair),
            Unit(fields=("tags",), authority=tags, lens=FIRST_OF_MANY, narrow=narrow),
            Unit(fields=("long",), authority=Authority.GO, lens=truncated(3), narrow=narrow),
            *(parts if by_part else [Unit(fields=("place",), authority=place)]),
            Unit(fields=("note",), direction=note),
            Unit(
                fields=("archived",), direction=archived, authority=None if archived.owner else Authority.POS
            ),
        ),
        owned={"picture": Replica.POS, "ledger": Replica.GO},
        keys=(Key(name="code", read=_code), Key(name="mark", read=_mark)),
        checks=checks,
        creates=frozenset(creates),
        references=frozenset(references),
        on_receiver_edit=on_receiver_edit,
        on_delete_change=on_delete_change,
        clock_skew=clock_skew,
        guard=Guard(percent=100),
    )


class StaleError(Exception):
    """
    A record says something else than the plan saw.
    """


@attrs.define
class World:
    """
    Both replicas and the link store.
    """

    policy: Policy[Any]
    sides: dict[Replica, dict[str, Record[Any]]] = attrs.Factory(lambda: {side: {} for side in Replica})
    links: dict[tuple[str, str], Link[Any]] = attrs.Factory(dict)
    numbers: Any = attrs.Factory(lambda: itertools.count(100))

    def snapshot(self, side: Replica, only: Iterable[str] | None = None) -> Snapshot[Any]:
        """
        A complete listing, or a delta of some records.
        """
        records = self.sides[side]
        if only is None:
            return Snapshot(records=dict(records), complete=True)
        return Snapshot(records={each: records[each] for each in only if each in records}, complete=False)

    def plan(self) -> Plan[Any]:
        """
        A full sweep.
        """
        pos, go = (self.snapshot(side) for side in Replica)
        return plan(self.links.values(), pos=pos, go=go, policy=self.policy)

    def put(self, side: Replica, own_id: str, value: Any, *, at: int = 0) -> None:
        """
        What a person does in one system.
        """
        held = self.sides[side].get(own_id)
        reference = held.reference if held else None
        self.sides[side][own_id] = Record(
            id=own_id, value=value, changed_at=EPOCH + timedelta(seconds=at), reference=reference
        )

    def carry_out(self, made: Plan[Any]) -> None:
        """
        Apply operations in order; those of a pair that failed are left.
        """
        failed: set[tuple[str | None, str | None]] = set()
        for operation in made.operations:
            pair = (operation.pos_id, operation.go_id)
            if pair in failed:
                continue
            try:
                self.do(operation)
            except StaleError:
                failed.add(pair)

    def do(self, operation: Operation[Any], *, remember: bool = True) -> None:
        """
        One operation, as a system would carry it out; ``remember`` is whether its result reached the store.
        """
        new_id = None
        if operation.kind is Kind.CREATE:
            new_id = self._create(operation)
        elif operation.kind in (Kind.UPDATE, Kind.ARCHIVE):
            self._update(operation)
        elif operation.kind is Kind.LINK:
            # Linking what was deleted meanwhile is refused by whoever looks.
            there = operation.pos_id in self.sides[Replica.POS] and operation.go_id in self.sides[Replica.GO]
            if not there and (operation.pos_id, operation.go_id) not in self.links:
                raise StaleError
            for side in operation.write_reference:
                self._refer(side, operation)
        if remember:
            self._remember(operation, new_id)

    def _remember(self, operation: Operation[Any], new_id: str | None) -> None:
        pair = (operation.pos_id or new_id or "", operation.go_id or new_id or "")
        link = advance(self.links.get(pair), operation, new_id=new_id)
        self.links.pop(pair, None)
        if link is not None:
            self.links[link.pos_id, link.go_id] = link

    def _create(self, operation: Operation[Any]) -> str:
        assert operation.replica is not None
        new_id = f"{operation.replica}{next(self.numbers)}"
        assert new_id not in self.sides[operation.replica]
        reference = operation.reference if operation.replica in self.policy.references else None
        self.sides[operation.replica][new_id] = Record(id=new_id, value=operation.value, reference=reference)
        return new_id

    def _update(self, operation: Operation[Any]) -> None:
        assert operation.replica is not None
        record = self.sides[operation.replica].get(operation.id or "")
        if record is None or any(read(record.value, each.field) != each.old for each in operation.changes):
            raise StaleError
        value = replace(record.value, {change.field: change.new for change in operation.changes})
        self.sides[operation.replica][record.id] = attrs.evolve(record, value=value)

    def _refer(self, side: Replica, operation: Operation[Any]) -> None:
        own_id = operation.pos_id if side is Replica.POS else operation.go_id
        told = attrs.evolve(operation, replica=side).reference
        record = self.sides[side][own_id or ""]
        assert record.reference is None
        self.sides[side][record.id] = attrs.evolve(record, reference=told)


def mirrored_policy(policy: Policy[T]) -> Policy[T]:
    """
    The same rules with the two sides exchanged.
    """
    ways = {Direction.POS_TO_GO: Direction.GO_TO_POS, Direction.GO_TO_POS: Direction.POS_TO_GO}
    decides = {Authority.POS: Authority.GO, Authority.GO: Authority.POS}
    return attrs.evolve(
        policy,
        shared=[
            attrs.evolve(
                unit,
                direction=ways.get(unit.direction, unit.direction),
                authority=decides.get(unit.authority, unit.authority) if unit.authority else None,
                narrow=unit.narrow.other,
                merger=StatusMerge(books=unit.merger.books.other)
                if isinstance(unit.merger, StatusMerge)
                else unit.merger,
            )
            for unit in policy.shared
        ],
        seals=[attrs.evolve(seal, owner=seal.owner.other) for seal in policy.seals],
        owned={field: side.other for field, side in policy.owned.items()},
        checks=[
            attrs.evolve(check, replica=check.replica and check.replica.other) for check in policy.checks
        ],
        creates={side.other for side in policy.creates},
        references={side.other for side in policy.references},
    )


def mirrored_record(record: Record[T]) -> Record[T]:
    """
    The same copy on the other side.
    """
    swap = {"pos:": "go:", "go:": "pos:"}
    reference = record.reference
    for prefix, other in swap.items():
        if record.reference and record.reference.startswith(prefix):
            reference = other + record.reference.removeprefix(prefix)
    return attrs.evolve(record, reference=reference)


def mirrored_link(link: Link[T]) -> Link[T]:
    """
    The same pair with the two sides exchanged.
    """
    told = {"pos": "go", "go": "pos"}
    noted = tuple((name, told[mark] if name == "deleted" else mark) for name, mark in link.noted)
    return attrs.evolve(link, pos_id=link.go_id, go_id=link.pos_id, noted=noted)


def facts(made: Plan[Any], *, mirror: bool = False) -> dict[str, set[Any]]:
    """
    What a plan says, without order and words; or what its mirror image would say.
    """

    def side(replica: Replica | None) -> Replica | None:
        return replica.other if mirror and replica else replica

    def ids(item: Operation[Any] | Conflict) -> tuple[str | None, str | None]:
        return (item.go_id, item.pos_id) if mirror else (item.pos_id, item.go_id)

    def told(noted: Iterable[tuple[str, str]]) -> frozenset[tuple[str, Any]]:
        return frozenset((name, side(Replica(mark)) if name == "deleted" else mark) for name, mark in noted)

    def change(operation: Operation[Any]) -> tuple[Any, ...]:
        return (
            operation.kind,
            side(operation.replica),
            *ids(operation),
            operation.value,
            frozenset((each.field, each.old, each.new) for each in operation.changes),
            operation.base,
            frozenset(operation.unagreed),
            told(operation.noted),
            frozenset(operation.agreed.items()),
            frozenset(map(side, operation.write_reference)),
        )

    def collision(conflict: Conflict) -> tuple[Any, ...]:
        values = (conflict.go, conflict.pos) if mirror else (conflict.pos, conflict.go)
        return (conflict.kind, *ids(conflict), conflict.field, conflict.base, *values, side(conflict.chosen))

    def tomb(stone: Tombstone) -> tuple[Any, ...]:
        return (side(stone.replica), stone.loser, stone.winner)

    return {
        "operations": set(map(change, (*made.operations, *made.withheld))),
        "conflicts": set(map(collision, made.conflicts)),
        "findings": {finding.rule for finding in made.findings},
        "tombstones": set(map(tomb, made.tombstones)),
        "needs": {(side(replica), own_id) for replica, own_id in made.needs},
    }


def mirrored_plan(
    links: Iterable[Link[T]], sides: Mapping[Replica, Snapshot[T]], policy: Policy[T]
) -> Plan[T]:
    """
    Plan with the two sides exchanged.
    """
    swapped = {
        side.other: attrs.evolve(
            snapshot, records={each: mirrored_record(record) for each, record in snapshot.records.items()}
        )
        for side, snapshot in sides.items()
    }
    return plan(
        [mirrored_link(link) for link in links],
        pos=swapped[Replica.POS],
        go=swapped[Replica.GO],
        policy=mirrored_policy(policy),
    )
