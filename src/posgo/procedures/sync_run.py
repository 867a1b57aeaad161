"""
Carrying a plan out: intents first, then each operation and the link it moves, cursors last.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar

import attrs

from posgo.exceptions import (
    ApiError,
    AuthenticationError,
    DuplicateReferenceError,
    MissingPrivilegeError,
    RejectedError,
    StaleStateError,
    WireFormatError,
)
from posgo.models.findings import Finding, Severity
from posgo.models.records import Link, Record, Snapshot, go_reference, pos_reference
from posgo.procedure import Procedure, ask, pause
from posgo.procedures.in_sight import DISPUTED, UNREAD
from posgo.procedures.outcome import Failed, KindReport, remedy
from posgo.procedures.progress import SyncPhase
from posgo.procedures.sides import Side
from posgo.procedures.sync_desk import SyncDesk
from posgo.procedures.sync_look import Look, beside
from posgo.procedures.sync_records import conflict_of, disputed_of, held_of, intent_of, untold_of
from posgo.state import (
    Changes,
    CommitChanges,
    CursorRecord,
    IntentRecord,
    Key,
    LinkRecord,
    LoadLinks,
    RunRecord,
    TombstoneRecord,
)
from posgo.state._operations import STALE
from posgo.sync import Kind, Operation, Plan, Replica, advance, plan
from posgo.sync._fields import read, replace
from posgo.sync._links import news

__all__ = ["Run"]

T = TypeVar("T")

_MOST_ROUNDS = 3
"""How often what follows from a plan is planned."""

_BATCH = 50
"""Links of new pairs per commit: durable commits cost more than the requests between them."""


@attrs.define(kw_only=True)
class Run(Generic[T]):
    """
    A plan being carried out.
    """

    desk: SyncDesk[T]
    look: Look[T]
    plan: Plan[T]
    approved: bool
    version: int
    written: dict[str, int] = attrs.Factory(dict)
    failed: list[Failed] = attrs.Factory(list)
    stopped: bool = False
    wrote_to_go: bool = False
    links: dict[tuple[str, str], Link[T]] = attrs.Factory(dict)
    intents: dict[Key, str] = attrs.Factory(dict)
    unmended: list[Finding] = attrs.Factory(list)
    kept: set[Key] = attrs.Factory(set)
    left: set[tuple[str | None, str | None]] = attrs.Factory(set)
    unsaved: dict[Key, LinkRecord | None] = attrs.Factory(dict)
    untold: dict[tuple[str, str], frozenset[tuple[str, str]]] = attrs.Factory(dict)
    tried: int = 0
    total: int = 0
    following: bool = False
    followed: list[Plan[T]] = attrs.Factory(list)
    made: dict[Replica, dict[str, Record[T]]] = attrs.Factory(lambda: {replica: {} for replica in Replica})
    begun: bool = False

    def report(self) -> KindReport:
        """
        What was done.
        """
        return KindReport(
            kind=self.desk.kind,
            plan=self.plan,
            written=self.written,
            failed=tuple(self.failed),
            complete=self.look.complete,
            approved=self.approved,
            stopped=self.stopped,
            beside=(*beside(self.desk), *self.unmended),
            followed=tuple(self.followed),
        )

    def carry_out(self) -> Procedure[None]:
        """
        Carry the plan out, and what follows from it.

        Go allocates numbers: what a side made of a new record is to be alike as well when the run ends.
        """
        self.links = {(link.pos_id, link.go_id): link for link in self.look.links}
        self.intents = {intent.key: intent.operation for intent in self.look.progress.intents}
        yield from self._carry_out(self.plan)
        for _ in range(_MOST_ROUNDS):
            if self.stopped or not any(self.made.values()):
                break
            self.following = True
            self.followed.append(self._follow_up())
            yield from self._carry_out(self.followed[-1])
        if not self.stopped:
            yield from self._mend()
        # What a person has not approved yet must be seen again: cursors stay.
        if not (self.stopped or self.plan.withheld):
            if self.wrote_to_go:
                yield from pause(self.desk.look_up_after, "Go's reads lag behind its writes")
            yield from self._finish()
        elif self._has_tried:
            yield from self._commit(put=[self._run_record()])
        self._note()
        self.desk.tell(SyncPhase.DONE, self.tried, self.total)

    def _mend(self) -> Procedure[None]:
        try:
            written = yield from self.desk.care.mend(self.links.values(), self._intend)
        except (ApiError, WireFormatError) as error:
            self.stopped = True
            self.unmended.append(_not_mended(error))
            return
        if written:
            self.wrote_to_go = True
            self.written["mend go"] = written

    def _intend(self, intent: IntentRecord, *, keep: bool = False) -> Procedure[None]:
        if keep:
            self.kept.add(intent.key)
        if self.intents.get(intent.key) != intent.operation:
            yield from self._commit(put=[intent, *self._beginning()])
            self.intents[intent.key] = intent.operation

    def _beginning(self) -> list[RunRecord]:
        """
        What is left of a run that does not come to its end; once.
        """
        if self.begun:
            return []
        self.begun = True
        return [RunRecord(kind=self.desk.kind, started_at=self.desk.now, outcome="begun")]

    def _follow_up(self) -> Plan[T]:
        made, self.made = self.made, {replica: {} for replica in Replica}
        links = [
            link
            for link in self.links.values()
            if link.pos_id in made[Replica.POS] or link.go_id in made[Replica.GO]
        ]
        pos, go = (
            Snapshot(records=self._counterparts(links, replica) | made[replica], complete=False)
            for replica in Replica
        )
        return plan(links, pos=pos, go=go, policy=self.desk.policy)

    def _counterparts(self, links: Iterable[Link[T]], replica: Replica) -> dict[str, Record[T]]:
        known = self.look.records[replica]
        ids = (link.pos_id if replica is Replica.POS else link.go_id for link in links)
        return {own_id: known[own_id] for own_id in ids if own_id in known}

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
            for intent in [intent_of(self.desk, operation)]
        }
        new: list[Any] = [
            intent for key, intent in wanted.items() if self.intents.get(key) != intent.operation
        ]
        # What is about to be overwritten stands in the store before it is gone from its side.
        new += [conflict_of(self.desk, conflict) for conflict in planned.conflicts if not conflict.is_held]
        if wanted:
            new += self._beginning()
        if new:
            yield from self._commit(put=new)
        self.intents |= {key: intent.operation for key, intent in wanted.items()}

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
        replica, reference = operation.replica, operation.reference
        side = self.desk.side(replica)
        value = self._with_owned(operation, operation.value)
        try:
            record = yield from self._make(side, value, reference)
        except (ApiError, WireFormatError) as error:
            found = yield from self._found(side, value, reference, error)
            if found is not None:
                # Whoever made it: nobody knows when, nor what it said then. The two just met.
                fields = [field for unit in self.desk.policy.shared for field in unit.fields]
                operation = attrs.evolve(operation, unagreed=tuple(fields))
            record = found or (yield from self._make(side, value, reference))
        yield from self._confirm(operation, new_id=record.id)
        self.made[replica][record.id] = record

    def _found(
        self, side: Side[T], value: T, reference: str, error: ApiError | WireFormatError
    ) -> Procedure[Record[T] | None]:
        """
        The record that is there although making it failed; None if it is to be made again.
        """
        taken = isinstance(error, DuplicateReferenceError)
        if not (error.may_have_happened or taken):
            raise error
        yield from pause(self.desk.look_up_after, "a creation is in doubt, and reads lag")
        record = yield from side.find(value, reference)
        if record is None and taken:
            raise error
        return record

    def _make(self, side: Side[T], value: T, reference: str) -> Procedure[Record[T]]:
        """
        Make a record, unless another runner has taken over: Go makes a product as often as it is asked to.
        """
        loaded = yield from ask(LoadLinks(self.desk.kind, pos_ids=(), go_ids=()))
        if loaded.version != self.version:
            raise StaleStateError("state store", STALE)
        return (yield from side.create(value, reference))

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
            record = LinkRecord(kind=self.desk.kind, link=self._without_news(before, known))
            self.unsaved[record.key] = None if after is None else record
        # A new pair whose link is lost is found again by its reference or code. A base that lags behind
        # what was written is not: somebody's next edit would look like a conflict.
        may_wait = self.following or operation.kind in {Kind.CREATE, Kind.LINK}
        if not may_wait or len(self.unsaved) >= _BATCH:
            yield from self._save()

    def _without_news(self, before: Link[T] | None, link: Link[T]) -> Link[T]:
        """
        The link without what is told for the first time in this run.
        """
        pair = (link.pos_id, link.go_id)
        untold = self.untold.get(pair, frozenset()) | news(before, link)
        if not untold:
            return link
        self.untold[pair] = untold
        return attrs.evolve(link, noted=[note for note in link.noted if note not in untold])

    def _note(self) -> None:
        """
        Leave to be stored when the report is handed over: what was told for the first time.
        """
        links = self._untold_links()
        notes = [LinkRecord(kind=self.desk.kind, link=link) for link in links]
        told = [untold_of(self.desk, link.pos_id, link.go_id).key for link in links]
        self.desk.notes.add(notes, told, self.version)

    @property
    def _has_tried(self) -> bool:
        return bool(self.begun or self.written or self.failed)

    def _untold_links(self) -> list[Link[T]]:
        return [self.links[pair] for pair in self.untold if pair in self.links]

    def _run_record(self) -> RunRecord:
        return RunRecord(
            kind=self.desk.kind,
            started_at=self.desk.now,
            ended_at=self.desk.clock(),
            outcome="stopped" if self.stopped else "some failed" if self.failed else "done",
            counts=self.written,
        )

    def _save(self) -> Procedure[None]:
        if self.unsaved:
            yield from self._commit()

    def _fail(self, operation: Operation[T], error: ApiError | WireFormatError) -> Procedure[None]:
        self.failed.append(Failed(operation=operation, error=error, remedy=remedy(operation, error)))
        self.left.add((operation.pos_id, operation.go_id))
        intent = intent_of(self.desk, operation)
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
        if self._has_tried:
            put.append(self._run_record())
        conflicts = self.report().conflicts
        put += [conflict_of(self.desk, conflict) for conflict in conflicts]
        left = {intent_of(self.desk, failed.operation).key for failed in self.failed}
        held = [
            held_of(self.desk, replica, own_id, self.look.waiting)
            for replica, waiting in self.desk.care.held.items()
            for own_id in waiting
        ]
        held += [
            disputed_of(self.desk, conflict.pos_id, conflict.go_id)
            for conflict in conflicts
            if conflict.is_held
        ]
        # The cursors move past what is told for the first time before it is told.
        held += [untold_of(self.desk, link.pos_id, link.go_id) for link in self._untold_links()]
        put += [
            intent for intent in {each.key: each for each in held}.values() if intent.key not in self.intents
        ]
        left |= {intent.key for intent in held} | self.kept
        left |= {
            intent.key
            for intent in self.look.progress.intents
            if self._is_unseen_dispute(intent) or self._waits_unread(intent)
        }
        settled = [key for key in self.intents if key not in left]
        # A company where nothing happens any more forgets as well.
        if put or settled or self.desk.full:
            expire = self.desk.now - self.desk.keep_history
            yield from self._commit(put=put, drop=settled, expire=expire)

    def _waits_unread(self, intent: IntentRecord) -> bool:
        """
        Whether what was invoiced could not be read yet. What the till refused is kept by the intent of that write.
        """
        return intent.operation == UNREAD and intent.go_id in self.desk.care.held[Replica.GO]

    def _is_unseen_dispute(self, intent: IntentRecord) -> bool:
        seen = self.look.records
        is_seen = intent.pos_id in seen[Replica.POS] or intent.go_id in seen[Replica.GO]
        return intent.operation == DISPUTED and not (is_seen or self.look.complete)

    def _commit(
        self, *, put: Iterable[Any] = (), drop: Iterable[Any] = (), expire: datetime | None = None
    ) -> Procedure[None]:
        linked = [record for record in self.unsaved.values() if record is not None]
        unlinked = [key for key, record in self.unsaved.items() if record is None]
        changes = Changes(put=[*linked, *put], drop=[*unlinked, *drop], expire=expire)
        self.version = yield from ask(CommitChanges(changes, self.version))
        self.unsaved = {}


def _not_mended(error: ApiError | WireFormatError) -> Finding:
    return Finding(
        rule="not-finished",
        severity=Severity.WARN,
        message=f"the run ended while it put orders in Go right: {error}",
        remedy="Nothing is lost; run again.",
    )
