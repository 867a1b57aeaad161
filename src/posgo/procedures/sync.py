"""
Keeping one kind of record alike on both sides: read, plan, carry out, remember.

Nothing pending is carried over: what is to be done is worked out anew from
what both sides say. The intent to write is stored before anything is sent,
so that the next run knows that something may be on its way, and which
records to look at again. Cursors move last, with the results they cover.

Go's reads lag behind its writes. A run that reads too soon would take what
it wrote a moment ago for somebody's edit back, so a run that wrote to Go
waits before it ends, and one that finds intents of a run that did not end
waits before it reads.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import attrs

from posgo.clients.events import tell
from posgo.exceptions import (
    ApiError,
    AuthenticationError,
    DuplicateReferenceError,
    MissingPrivilegeError,
    RejectedError,
    WireFormatError,
)
from posgo.models.records import Link, Record, Snapshot, go_reference, pos_reference
from posgo.procedure import Procedure, ask, pause
from posgo.procedures.outcome import Failed, KindReport, remedy
from posgo.procedures.progress import ProgressHook, SyncPhase, SyncProgress, log_progress
from posgo.procedures.sides import Seen, Side
from posgo.state import (
    Changes,
    CommitChanges,
    ConflictRecord,
    CursorRecord,
    IntentRecord,
    Key,
    LinkRecord,
    LoadLinks,
    LoadProgress,
    Progress,
    TombstoneRecord,
)
from posgo.sync import Kind, Operation, Plan, Policy, Replica, advance, plan
from posgo.sync._fields import read, replace
from posgo.wire.stored import dump

__all__ = ["SyncDesk", "sync_kind"]

T = TypeVar("T")

_MOST_ROUNDS = 3
"""How often a delta is planned again with records it turned out to need."""

_BATCH = 50
"""Links of new pairs per commit: durable commits cost more than the requests between them."""


@attrs.frozen(kw_only=True)
class SyncDesk(Generic[T]):
    """
    What keeping one kind alike needs.

    Attributes:
        kind: ``"customers"``, ``"products"`` or ``"orders"``.
        pos: The POS's side of it.
        go: Go's side of it.
        policy: The rules.
        now: The time (UTC), for the record only; nothing is decided by it.
        full: Whether to look at everything, not only at what changed.
        approve: Id of a plan the guard refused and a person has approved; None if none.
        dry_run: Whether to stop after planning.
        look_up_after: How long to wait before looking for a creation in doubt.
        keep_conflicts: How long conflicts are remembered.
        on_progress: Hears how far the sync has got.
    """

    kind: str
    pos: Side[T]
    go: Side[T]
    policy: Policy[T]
    now: datetime
    full: bool = False
    approve: str | None = None
    dry_run: bool = False
    look_up_after: timedelta = timedelta(seconds=2)
    keep_conflicts: timedelta = timedelta(days=90)
    on_progress: ProgressHook = log_progress

    def side(self, replica: Replica) -> Side[T]:
        """
        The side of a replica.
        """
        return self.pos if replica is Replica.POS else self.go

    def tell(self, phase: SyncPhase, done: int = 0, total: int | None = None) -> None:
        """
        Tell how far the sync has got.
        """
        tell(self.on_progress, SyncProgress(kind=self.kind, phase=phase, done=done, total=total))


@attrs.frozen(kw_only=True)
class _Look(Generic[T]):
    """
    Both sides and the links between, as seen in one run.
    """

    seen: dict[Replica, Seen[T]]
    records: dict[Replica, dict[str, Record[T]]]
    links: tuple[Link[T], ...]
    progress: Progress
    complete: bool

    def snapshot(self, replica: Replica) -> Snapshot[T]:
        merged = {
            stone.loser: stone.winner for stone in self.progress.tombstones if stone.side == replica.value
        }
        return Snapshot(records=self.records[replica], complete=self.complete, merged=merged)


def sync_kind(desk: SyncDesk[T]) -> Procedure[KindReport]:
    """
    Make one kind of record alike on both sides.
    """
    progress = yield from ask(LoadProgress(desk.kind))
    if progress.intents:
        yield from pause(desk.look_up_after, "an earlier run may have written, and Go's reads lag")
    look = yield from _look(desk, progress, full=desk.full)
    if not look.complete and _unknown_links(look):
        # Somebody of ours has been here before and this store does not know: it is older than the data.
        look = yield from _look(desk, progress, full=True)
    look, planned = yield from _plan(desk, look)
    if not look.complete and _meets_strangers(look, planned):
        # Whom a record new to us belongs to, only the whole can tell: its counterpart
        # may stand there unchanged, held back because several would have fitted.
        look, planned = yield from _plan(desk, (yield from _look(desk, progress, full=True)))
    approved = desk.approve is not None and desk.approve == planned.plan_id
    if approved:
        planned = planned.approve(planned.plan_id)
    if desk.dry_run:
        return KindReport(
            kind=desk.kind,
            plan=planned,
            written={},
            complete=look.complete,
            approved=approved,
            dry_run=True,
        )
    run = _Run(desk=desk, look=look, plan=planned, approved=approved, version=progress.version)
    yield from run.carry_out()
    return run.report()


def _look(desk: SyncDesk[T], progress: Progress, *, full: bool) -> Procedure[_Look[T]]:
    full = full or not {"pos", "go"} <= progress.cursors.keys()
    seen: dict[Replica, Seen[T]] = {}
    for replica in Replica:
        desk.tell(SyncPhase.READING, sum(len(each.records) for each in seen.values()))
        seen[replica] = yield from desk.side(replica).read(None if full else progress.cursors[replica.value])
    complete = all(each.complete for each in seen.values())
    if not complete and any(each.complete for each in seen.values()):
        # One side has begun anew: the other one must be seen whole as well.
        return (yield from _look(desk, progress, full=True))
    records = {replica: {record.id: record for record in seen[replica].records} for replica in Replica}
    if not complete:
        yield from _fetch_left_over(desk, progress, records)
    links = yield from _links(desk, records, every=complete)
    return _Look(seen=seen, records=records, links=links, progress=progress, complete=complete)


def _fetch_left_over(
    desk: SyncDesk[T], progress: Progress, records: dict[Replica, dict[str, Record[T]]]
) -> Procedure[None]:
    """
    Add what an earlier run did not get done: its records may not have changed since.
    """
    for intent in progress.intents:
        for replica, own_id in ((Replica.POS, intent.pos_id), (Replica.GO, intent.go_id)):
            if own_id is not None and own_id not in records[replica]:
                record = yield from desk.side(replica).fetch(own_id)
                if record is not None:
                    records[replica][own_id] = record


def _links(
    desk: SyncDesk[T], records: dict[Replica, dict[str, Record[T]]], *, every: bool
) -> Procedure[tuple[Link[T], ...]]:
    if every:
        loaded = yield from ask(LoadLinks(desk.kind))
    else:
        ids = {replica: tuple(records[replica]) for replica in Replica}
        loaded = yield from ask(LoadLinks(desk.kind, pos_ids=ids[Replica.POS], go_ids=ids[Replica.GO]))
    return loaded.links


def _unlinked(look: _Look[T], replica: Replica) -> list[Record[T]]:
    linked = {link.pos_id if replica is Replica.POS else link.go_id for link in look.links}
    return [record for own_id, record in look.records[replica].items() if own_id not in linked]


def _unknown_links(look: _Look[T]) -> bool:
    """
    Whether a record names a counterpart of ours that the store knows nothing of.
    """
    planned = {intent.reference for intent in look.progress.intents}
    return any(
        record.reference is not None
        and record.reference.startswith("pos:" if replica is Replica.GO else "go:")
        and record.reference not in planned
        for replica in Replica
        for record in _unlinked(look, replica)
    )


def _meets_strangers(look: _Look[T], planned: Plan[T]) -> bool:
    """
    Whether a record is to be made, or two are to be linked for the first time.
    """
    known = {(link.pos_id, link.go_id) for link in look.links}
    return any(
        operation.kind in (Kind.CREATE, Kind.LINK) and (operation.pos_id, operation.go_id) not in known
        for operation in (*planned.operations, *planned.withheld)
    )


def _plan(desk: SyncDesk[T], look: _Look[T]) -> Procedure[tuple[_Look[T], Plan[T]]]:
    """
    Plan; a delta is planned again with the records it turns out to need.
    """
    if not look.complete:
        for replica in Replica:
            new = [record.value for record in _unlinked(look, replica.other)]
            if new:
                for record in (yield from desk.side(replica).candidates(new)):
                    look.records[replica].setdefault(record.id, record)
        look = attrs.evolve(look, links=(yield from _links(desk, look.records, every=False)))
    planned = _planned(desk, look)
    for _ in range(_MOST_ROUNDS):
        missing = [(side, own_id) for side, own_id in planned.needs if own_id not in look.records[side]]
        if not missing:
            break
        for side, own_id in missing:
            found = yield from desk.side(side).fetch(own_id)
            if found is not None:
                look.records[side][own_id] = found
        look = attrs.evolve(look, links=(yield from _links(desk, look.records, every=look.complete)))
        planned = _planned(desk, look)
    return look, planned


def _planned(desk: SyncDesk[T], look: _Look[T]) -> Plan[T]:
    return plan(look.links, pos=look.snapshot(Replica.POS), go=look.snapshot(Replica.GO), policy=desk.policy)


@attrs.define(kw_only=True)
class _Run(Generic[T]):
    """
    A plan being carried out.
    """

    desk: SyncDesk[T]
    look: _Look[T]
    plan: Plan[T]
    approved: bool
    version: int
    written: dict[str, int] = attrs.Factory(dict)
    failed: list[Failed] = attrs.Factory(list)
    stopped: bool = False
    wrote_to_go: bool = False
    links: dict[tuple[str, str], Link[T]] = attrs.Factory(dict)
    intents: dict[Key, None] = attrs.Factory(dict)
    left: set[tuple[str | None, str | None]] = attrs.Factory(set)
    unsaved: dict[Key, LinkRecord | None] = attrs.Factory(dict)
    tried: int = 0
    total: int = 0
    following: bool = False
    made: dict[Replica, dict[str, Record[T]]] = attrs.Factory(lambda: {replica: {} for replica in Replica})

    def report(self) -> KindReport:
        return KindReport(
            kind=self.desk.kind,
            plan=self.plan,
            written=self.written,
            failed=tuple(self.failed),
            complete=self.look.complete,
            approved=self.approved,
            stopped=self.stopped,
        )

    def carry_out(self) -> Procedure[None]:
        """
        Carry the plan out, and what follows from it.

        Go allocates numbers: what a side made of a new record is to be alike as well when the run ends.
        """
        self.links = {(link.pos_id, link.go_id): link for link in self.look.links}
        self.intents = dict.fromkeys(intent.key for intent in self.look.progress.intents)
        yield from self._carry_out(self.plan)
        for _ in range(_MOST_ROUNDS):
            if self.stopped or not any(self.made.values()):
                break
            self.following = True
            yield from self._carry_out(self._follow_up())
        # What a person has not approved yet must be seen again: cursors stay.
        if not (self.stopped or self.plan.withheld):
            if self.wrote_to_go:
                yield from pause(self.desk.look_up_after, "Go's reads lag behind its writes")
            yield from self._finish()
        self.desk.tell(SyncPhase.DONE, self.tried, self.total)

    def _follow_up(self) -> Plan[T]:
        made, self.made = self.made, {replica: {} for replica in Replica}
        links = [
            link
            for link in self.links.values()
            if link.pos_id in made[Replica.POS] or link.go_id in made[Replica.GO]
        ]
        pos, go = (Snapshot(records=made[replica], complete=False) for replica in Replica)
        return plan(links, pos=pos, go=go, policy=self.desk.policy)

    def _carry_out(self, planned: Plan[T]) -> Procedure[None]:
        yield from self._store_intents(planned)
        self.total += len(planned.operations)
        for operation in planned.operations:
            if self.stopped:
                break
            self.desk.tell(SyncPhase.WRITING, self.tried, self.total)
            self.tried += 1
            if (operation.pos_id, operation.go_id) in self.left:
                continue
            try:
                yield from self._do(operation)
            except (ApiError, WireFormatError) as error:
                yield from self._fail(operation, error)
        yield from self._save()

    def _store_intents(self, planned: Plan[T]) -> Procedure[None]:
        wanted = {
            intent.key: intent
            for operation in planned.operations
            if operation.replica is not None
            for intent in [_intent(self.desk, operation)]
        }
        new: list[Any] = [intent for key, intent in wanted.items() if key not in self.intents]
        # What is about to be overwritten stands in the store before it is gone from its side.
        new += [_conflict(self.desk, conflict) for conflict in planned.conflicts if not conflict.is_held]
        if new:
            yield from self._commit(put=new)
        self.intents |= dict.fromkeys(wanted)

    def _do(self, operation: Operation[T]) -> Procedure[None]:
        match operation.kind:
            case Kind.LINK:
                yield from self._link(operation)
            case Kind.CREATE:
                yield from self._create(operation)
            case Kind.UPDATE | Kind.ARCHIVE:
                yield from self._change(operation)
            case Kind.UNLINK:
                yield from self._unlink(operation)
        self.wrote_to_go |= operation.replica is Replica.GO or Replica.GO in operation.write_reference
        name = " ".join(filter(None, (operation.kind, operation.replica)))
        self.written[name] = self.written.get(name, 0) + 1

    def _link(self, operation: Operation[T]) -> Procedure[None]:
        assert operation.pos_id is not None and operation.go_id is not None  # noqa: PT018, S101 - a link names both
        references = {Replica.POS: go_reference(operation.go_id), Replica.GO: pos_reference(operation.pos_id)}
        for replica in operation.write_reference:
            own_id = operation.pos_id if replica is Replica.POS else operation.go_id
            record = self.look.records[replica][own_id]
            yield from self.desk.side(replica).refer(record, references[replica])
        yield from self._confirm(operation)

    def _create(self, operation: Operation[T]) -> Procedure[None]:
        assert operation.replica is not None and operation.value is not None  # noqa: PT018, S101
        assert operation.reference is not None  # noqa: S101 - a created record names its counterpart
        record = yield from self._made(self.desk.side(operation.replica), operation)
        yield from self._confirm(operation, new_id=record.id)
        self.made[operation.replica][record.id] = record

    def _made(self, side: Side[T], operation: Operation[T]) -> Procedure[Record[T]]:
        assert operation.value is not None and operation.reference is not None  # noqa: PT018, S101
        value = self._with_owned(operation, operation.value)
        try:
            return (yield from side.create(value, operation.reference))
        except (ApiError, WireFormatError) as error:
            if not (error.may_have_happened or isinstance(error, DuplicateReferenceError)):
                raise
            yield from pause(self.desk.look_up_after, "a creation is in doubt, and reads lag")
            record = yield from side.find(value, operation.reference)
            if record is not None:
                return record
            if isinstance(error, DuplicateReferenceError):
                raise
            return (yield from side.create(value, operation.reference))

    def _with_owned(self, operation: Operation[T], value: T) -> T:
        """
        What is to be made, with what only its source keeps: Go files a new product by the POS's group.
        """
        source = Replica.GO if operation.replica is Replica.POS else Replica.POS
        own_id = operation.pos_id if source is Replica.POS else operation.go_id
        record = self.look.records[source].get(own_id or "")
        if record is None:
            return value
        owned = [field for field, owner in self.desk.policy.owned.items() if owner is source]
        return replace(value, {field: read(record.value, field) for field in owned})

    def _change(self, operation: Operation[T]) -> Procedure[None]:
        assert operation.replica is not None and operation.id is not None  # noqa: PT018, S101
        assert operation.value is not None  # noqa: S101 - an update says what the record becomes
        yield from self.desk.side(operation.replica).change(operation.id, operation.value, operation.changes)
        yield from self._confirm(operation)

    def _unlink(self, operation: Operation[T]) -> Procedure[None]:
        yield from self._confirm(operation)

    def _confirm(self, operation: Operation[T], *, new_id: str | None = None) -> Procedure[None]:
        """
        Move the link as far as this operation was confirmed.
        """
        pair = (operation.pos_id or new_id or "", operation.go_id or new_id or "")
        before = self.links.get(pair)
        after = advance(before, operation, new_id=new_id)
        known = after or before
        if after is not None:
            self.links[pair] = after
        elif before is not None:
            del self.links[pair]
        if known is not None:
            key = LinkRecord(kind=self.desk.kind, link=known).key
            self.unsaved[key] = None if after is None else LinkRecord(kind=self.desk.kind, link=after)
        # A new pair whose link is lost is found again by its reference or code. A base that lags behind
        # what was written is not: somebody's next edit would look like a conflict.
        may_wait = self.following or operation.kind in {Kind.CREATE, Kind.LINK}
        if not may_wait or len(self.unsaved) >= _BATCH:
            yield from self._save()

    def _save(self) -> Procedure[None]:
        if self.unsaved:
            yield from self._commit()

    def _fail(self, operation: Operation[T], error: ApiError | WireFormatError) -> Procedure[None]:
        self.failed.append(Failed(operation=operation, error=error, remedy=remedy(operation, error)))
        self.left.add((operation.pos_id, operation.go_id))
        intent = _intent(self.desk, operation)
        attempts = int(error.may_have_happened)
        yield from self._commit(
            put=[attrs.evolve(intent, attempts=attempts, last_error=type(error).__name__)]
        )
        # What would meet every other record as well ends the run; cursors stay.
        self.stopped = isinstance(error, ApiError) and (
            not isinstance(error, RejectedError)
            or isinstance(error, (AuthenticationError, MissingPrivilegeError))
        )

    def _finish(self) -> Procedure[None]:
        """
        Move the cursors, with everything a later run should know.
        """
        put: list[Any] = [
            CursorRecord(kind=self.desk.kind, side=replica.value, position=cursor)
            for replica in Replica
            if (cursor := self.look.seen[replica].cursor) is not None
            and cursor != self.look.progress.cursors.get(replica.value)
        ]
        put += [
            TombstoneRecord(
                kind=self.desk.kind, side=stone.replica.value, loser=stone.loser, winner=stone.winner
            )
            for stone in self.plan.tombstones
        ]
        put += [_conflict(self.desk, conflict) for conflict in self.plan.conflicts]
        left = {_intent(self.desk, failed.operation).key for failed in self.failed}
        settled = [key for key in self.intents if key not in left]
        if put or settled:
            expire = self.desk.now - self.desk.keep_conflicts
            yield from self._commit(put=put, drop=settled, expire=expire)

    def _commit(
        self, *, put: Iterable[Any] = (), drop: Iterable[Any] = (), expire: datetime | None = None
    ) -> Procedure[None]:
        linked = [record for record in self.unsaved.values() if record is not None]
        unlinked = [key for key, record in self.unsaved.items() if record is None]
        changes = Changes(put=[*linked, *put], drop=[*unlinked, *drop], expire=expire)
        self.version = yield from ask(CommitChanges(changes, self.version))
        self.unsaved = {}


def _intent(desk: SyncDesk[Any], operation: Operation[Any]) -> IntentRecord:
    side = operation.replica or Replica.GO
    reference = operation.reference or f"{operation.pos_id}/{operation.go_id}"
    return IntentRecord(
        kind=desk.kind,
        side=side.value,
        reference=reference,
        operation=operation.kind.value,
        planned_at=desk.now,
        pos_id=operation.pos_id,
        go_id=operation.go_id,
    )


def _conflict(desk: SyncDesk[Any], conflict: Any) -> ConflictRecord:
    return ConflictRecord(
        kind=desk.kind,
        pos_id=conflict.pos_id,
        go_id=conflict.go_id,
        field=conflict.field,
        base=_told(conflict.base),
        pos=_told(conflict.pos),
        go=_told(conflict.go),
        chosen=conflict.chosen.value if conflict.chosen else None,
        why=conflict.why,
        seen_at=desk.now,
    )


def _told(value: Any) -> str | None:
    return None if value is None else dump(value)
