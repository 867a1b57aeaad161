"""
Looking at both sides of one kind of record, and planning what is to be done.
"""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

import attrs

from posgo.models.findings import Finding
from posgo.models.records import Link, Record, Snapshot, go_reference, pos_reference
from posgo.procedure import Procedure, ask
from posgo.procedures.in_sight import DISPUTED, HELD, SAFE
from posgo.procedures.progress import SyncPhase
from posgo.procedures.sides import Seen
from posgo.procedures.sync_desk import HeldRecord, SyncDesk
from posgo.state import LoadLinks, Progress
from posgo.sync import Kind, Plan, Replica, plan

__all__ = [
    "Look",
    "beside",
    "lacks_its_counterpart",
    "look",
    "meets_strangers",
    "plan_for",
    "stirs_strangers",
    "unknown_links",
]

T = TypeVar("T")

_MOST_ROUNDS = 3
"""How often a delta is planned again with records it turned out to need."""


@attrs.frozen(kw_only=True)
class Look(Generic[T]):
    """
    Both sides and the links between, as seen in one run.
    """

    seen: dict[Replica, Seen[T]]
    records: dict[Replica, dict[str, Record[T]]]
    links: tuple[Link[T], ...]
    progress: Progress
    complete: bool
    waiting: tuple[Link[T], ...]

    def snapshot(self, replica: Replica) -> Snapshot[T]:
        """
        What was seen of one side.
        """
        merged = {
            stone.loser: stone.winner for stone in self.progress.tombstones if stone.side == replica.value
        }
        return Snapshot(records=self.records[replica], complete=self.complete, merged=merged)


def look(desk: SyncDesk[T], progress: Progress, *, full: bool) -> Procedure[Look[T]]:
    """
    Read both sides, and the links between what was read.
    """
    full = full or not {"pos", "go"} <= progress.cursors.keys()
    seen: dict[Replica, Seen[T]] = {}
    for replica in Replica:
        desk.tell(SyncPhase.READING, sum(len(each.records) for each in seen.values()))
        seen[replica] = yield from desk.side(replica).read(None if full else progress.cursors[replica.value])
    complete = all(each.complete for each in seen.values())
    if not complete and any(each.complete for each in seen.values()):
        # One side has begun anew: the other one must be seen whole as well.
        return (yield from look(desk, progress, full=True))
    records = {replica: {record.id: record for record in seen[replica].records} for replica in Replica}
    if not complete:
        yield from _fetch_left_over(desk, progress, records)
    links, waiting = yield from _links(desk, records, every=complete)
    return Look(
        seen=seen, records=records, links=links, progress=progress, complete=complete, waiting=waiting
    )


def _fetch_left_over(
    desk: SyncDesk[T], progress: Progress, records: dict[Replica, dict[str, Record[T]]]
) -> Procedure[None]:
    """
    Add what an earlier run did not get done: its records may not have changed since.

    Where a conflict is held, what one side says is not what both last agreed on:
    if one of the two is seen, so must be the other.
    """
    for intent in progress.intents:
        is_seen = intent.pos_id in records[Replica.POS] or intent.go_id in records[Replica.GO]
        if intent.operation == DISPUTED and not is_seen:
            continue
        for replica, own_id in ((Replica.POS, intent.pos_id), (Replica.GO, intent.go_id)):
            if own_id is not None and own_id not in records[replica]:
                record = yield from desk.side(replica).fetch(own_id)
                if record is not None:
                    records[replica][own_id] = record


def _links(
    desk: SyncDesk[T], records: dict[Replica, dict[str, Record[T]]], *, every: bool
) -> Procedure[tuple[tuple[Link[T], ...], tuple[Link[T], ...]]]:
    """
    The links of what was read, and those of pairs that must wait.
    """
    if every:
        loaded = yield from ask(LoadLinks(desk.kind))
    else:
        ids = {replica: tuple(records[replica]) for replica in Replica}
        ids = {replica: (*ids[replica], *desk.care.held[replica]) for replica in Replica}
        loaded = yield from ask(LoadLinks(desk.kind, pos_ids=ids[Replica.POS], go_ids=ids[Replica.GO]))
    waiting = tuple(link for link in loaded.links if _waits(desk, link, records))
    _hold_copies(desk, records, loaded.links, waiting)
    return tuple(link for link in loaded.links if link not in waiting), waiting


def beside(desk: SyncDesk[T]) -> tuple[Finding, ...]:
    """
    What was found beside the plan: why records wait, and what else the kind has to tell.
    """
    waiting = (finding for each in desk.care.held.values() for held in each.values() for finding in held.why)
    return tuple(dict.fromkeys((*waiting, *desk.care.findings)))


def _waits(desk: SyncDesk[T], link: Link[T], records: dict[Replica, dict[str, Record[T]]]) -> bool:
    """
    Whether a pair must wait; then neither half of it is looked at.
    """
    held = desk.care.held
    if link.pos_id not in held[Replica.POS] and link.go_id not in held[Replica.GO]:
        return False
    records[Replica.POS].pop(link.pos_id, None)
    records[Replica.GO].pop(link.go_id, None)
    return True


def _hold_copies(
    desk: SyncDesk[T],
    records: dict[Replica, dict[str, Record[T]]],
    links: tuple[Link[T], ...],
    waiting: tuple[Link[T], ...],
) -> None:
    """
    Have those wait as well that nobody linked and that are copies of what waits, by what one of the two says.

    A copy that is planned without the other would be taken for something new, and made on that side a second time.
    """
    held = desk.care.held
    names = {pos_reference(link.pos_id) for link in waiting} | {go_reference(link.go_id) for link in waiting}
    for replica in Replica:
        for own_id, each in held[replica].items():
            names |= _names(replica, own_id, each.reference)
    while names:
        copies = [
            (replica, record)
            for replica in Replica
            for record in _unlinked(links, records, replica)
            if not names.isdisjoint(_names(replica, record.id, record.reference))
        ]
        names = set()
        for replica, record in copies:
            held[replica][record.id] = HeldRecord(record.reference)
            del records[replica][record.id]
            names |= _names(replica, record.id, record.reference)


def _names(replica: Replica, own_id: str, reference: str | None) -> set[str]:
    """
    How a record is known to its counterpart, and how it knows it.
    """
    own = pos_reference(own_id) if replica is Replica.POS else go_reference(own_id)
    return {own} if reference is None else {own, reference}


def _unlinked(
    links: Iterable[Link[T]], records: Mapping[Replica, Mapping[str, Record[T]]], replica: Replica
) -> list[Record[T]]:
    linked = {link.pos_id if replica is Replica.POS else link.go_id for link in links}
    return [record for own_id, record in records[replica].items() if own_id not in linked]


def unknown_links(view: Look[T]) -> bool:
    """
    Whether a record names a counterpart of ours that the store knows nothing of.
    """
    planned = {intent.reference for intent in view.progress.intents}
    return any(
        record.reference is not None
        and record.reference.startswith("pos:" if replica is Replica.GO else "go:")
        and record.reference not in planned
        for replica in Replica
        for record in _unlinked(view.links, view.records, replica)
    )


def meets_strangers(view: Look[T], planned: Plan[T]) -> bool:
    """
    Whether a record is to be made, or two are to be linked for the first time.
    """
    known = {(link.pos_id, link.go_id) for link in view.links}
    return any(
        operation.kind in (Kind.CREATE, Kind.LINK) and (operation.pos_id, operation.go_id) not in known
        for operation in (*planned.operations, *planned.withheld)
    )


def stirs_strangers(view: Look[T]) -> bool:
    """
    Whether a record nobody has linked changed: those it kept from meeting, because several would have fitted, may do so now.

    What Go's overlapping polls tell once more is no change.
    """
    return any(
        view.seen[side].cursor != view.progress.cursors.get(side.value)
        and not {record.id for record in view.seen[side].records}.isdisjoint(
            record.id for record in _unlinked(view.links, view.records, side)
        )
        for side in Replica
    )


def lacks_its_counterpart(view: Look[T], planned: Plan[T]) -> bool:
    """
    Whether a record that had to wait, or whose writing was in doubt, is there and meets nobody.

    Its counterpart was left out with it when everything was looked at, or made since: no delta need tell of it.
    """
    left = [each for each in view.progress.intents if each.operation == HELD or each.operation not in SAFE]
    ids = {Replica.POS: {each.pos_id for each in left}, Replica.GO: {each.go_id for each in left}}
    pairs = [each for each in planned.operations if each.pos_id is not None and each.go_id is not None]
    met = {Replica.POS: {each.pos_id for each in pairs}, Replica.GO: {each.go_id for each in pairs}}
    return any(
        record.id in ids[side] - met[side]
        for side in Replica
        for record in _unlinked(view.links, view.records, side)
    )


def plan_for(desk: SyncDesk[T], view: Look[T]) -> Procedure[tuple[Look[T], Plan[T]]]:
    """
    Plan; a delta is planned again with the records it turns out to need.
    """
    if not view.complete:
        for replica in Replica:
            new = [record.value for record in _unlinked(view.links, view.records, replica.other)]
            if new:
                for record in (yield from desk.side(replica).candidates(new)):
                    view.records[replica].setdefault(record.id, record)
        view = yield from _relinked(desk, view, every=False)
    planned = _planned(desk, view)
    for _ in range(_MOST_ROUNDS):
        missing = [(side, own_id) for side, own_id in planned.needs if own_id not in view.records[side]]
        if not missing:
            break
        for side, own_id in missing:
            found = yield from desk.side(side).fetch(own_id)
            if found is not None:
                view.records[side][own_id] = found
        view = yield from _relinked(desk, view, every=view.complete)
        planned = _planned(desk, view)
    return view, planned


def _relinked(desk: SyncDesk[T], view: Look[T], *, every: bool) -> Procedure[Look[T]]:
    links, waiting = yield from _links(desk, view.records, every=every)
    return attrs.evolve(view, links=links, waiting=waiting)


def _planned(desk: SyncDesk[T], view: Look[T]) -> Plan[T]:
    return plan(view.links, pos=view.snapshot(Replica.POS), go=view.snapshot(Replica.GO), policy=desk.policy)
