"""
A store that forgets when the process ends: for tests, previews and the demo.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, TypeVar

import attrs

from posgo.exceptions import LeaseHeldError, StaleStateError
from posgo.models._dates import to_utc
from posgo.state._asked import history_since, one_record
from posgo.state._operations import HELD, STALE, merged_ids
from posgo.state._records import (
    Changes,
    ConflictRecord,
    CursorRecord,
    History,
    IntentRecord,
    Key,
    LinkRecord,
    Loaded,
    LoadedLinks,
    Progress,
    RunRecord,
    SettlementRecord,
    StateRecord,
    TombstoneRecord,
    history_of,
    progress_of,
)

__all__ = ["MemoryStore"]

R = TypeVar("R", LinkRecord, CursorRecord, IntentRecord, ConflictRecord, RunRecord, TombstoneRecord)
S = TypeVar("S", bound=StateRecord)

_NAME = "memory store"


@attrs.define
class _Company:
    """
    What is known of one client company. Links can be found by the ids they hold.
    """

    version: int = 0
    records: dict[Key, StateRecord] = attrs.Factory(dict)
    holders: dict[tuple[str, str, str], set[Key]] = attrs.Factory(dict)

    def copy(self) -> "_Company":
        holders = {place: set(keys) for place, keys in self.holders.items()}
        return _Company(self.version, dict(self.records), holders)

    def put(self, record: StateRecord) -> None:
        self.records[record.key] = record
        for place in _places(record):
            self.holders.setdefault(place, set()).add(record.key)

    def drop(self, key: Key) -> None:
        record = self.records.pop(key, None)
        for place in _places(record):
            self.holders[place].discard(key)

    def all(self, of: type[R], kind: str) -> list[R]:
        records = [record for record in self.records.values() if isinstance(record, of)]
        return [record for record in records if record.kind == kind]

    def links(self, kind: str, side: str, ids: Collection[str]) -> Iterator[LinkRecord]:
        for own_id in ids:
            for key in self.holders.get((kind, side, own_id), ()):
                record = self.records[key]
                if isinstance(record, LinkRecord):
                    yield record

    def expired(self, before: datetime) -> list[Key]:
        return [
            key
            for key, record in self.records.items()
            if (isinstance(record, ConflictRecord) and record.seen_at < before)
            or (isinstance(record, RunRecord) and record.started_at < before)
        ]

    def personal(self, kind: str) -> Iterator[LinkRecord | IntentRecord | ConflictRecord]:
        yield from self.all(LinkRecord, kind)
        yield from self.all(IntentRecord, kind)
        yield from self.all(ConflictRecord, kind)

    def traces(self, kind: str, pos_id: str | None, go_id: str | None) -> list[Key]:
        tombstones = self.all(TombstoneRecord, kind)
        ids = {
            "pos": merged_ids([pos_id], "pos", tombstones),
            "go": merged_ids([go_id], "go", tombstones),
        }
        pairs = [pair for pair in map(_pair, self.personal(kind)) if _names(pair, ids)]
        ids = {
            "pos": merged_ids([*ids["pos"], *(pos for pos, _ in pairs)], "pos", tombstones),
            "go": merged_ids([*ids["go"], *(go for _, go in pairs)], "go", tombstones),
        }
        held = [record.key for record in self.personal(kind) if _names(_pair(record), ids)]
        merged = [
            record.key
            for record in tombstones
            if not {record.loser, record.winner}.isdisjoint(ids[record.side])
        ]
        return held + merged


def _own(record: S) -> S:
    """
    The record, whose counts nobody else can change.
    """
    return attrs.evolve(record) if isinstance(record, RunRecord) else record


def _places(record: StateRecord | None) -> tuple[tuple[str, str, str], ...]:
    if not isinstance(record, LinkRecord):
        return ()
    return (record.kind, "pos", record.link.pos_id), (record.kind, "go", record.link.go_id)


def _pair(record: LinkRecord | IntentRecord | ConflictRecord) -> tuple[str | None, str | None]:
    holder = record.link if isinstance(record, LinkRecord) else record
    return holder.pos_id, holder.go_id


def _names(pair: tuple[str | None, str | None], ids: dict[str, list[str]]) -> bool:
    return pair[0] in ids["pos"] or pair[1] in ids["go"]


class MemoryStore:
    """
    A :class:`StateStore` in memory. Safe under threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._leases: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._companies: dict[str, _Company] = {}

    def __repr__(self) -> str:
        return f"MemoryStore({len(self._companies)} client companies)"

    @contextmanager
    def lease(self, client: str, *, wait: timedelta) -> Iterator[None]:
        """
        See :meth:`StateStore.lease`.
        """
        with self._lock:
            lease = self._leases[client]
        if not lease.acquire(timeout=min(max(wait.total_seconds(), 0), threading.TIMEOUT_MAX)):
            raise LeaseHeldError(_NAME, HELD)
        try:
            yield
        finally:
            lease.release()

    def settlements(self, client: str, references: Collection[str]) -> Loaded:
        """
        See :meth:`StateStore.settlements`.
        """
        with self._company(client) as company:
            keys = (Key(SettlementRecord, (reference,)) for reference in references)
            found = [company.records[key] for key in keys if key in company.records]
            records = {record.reference: record for record in found if isinstance(record, SettlementRecord)}
            return Loaded(version=company.version, settlements=records)

    def previous_settlement(self, client: str, cash_point: str, before: datetime) -> SettlementRecord | None:
        """
        See :meth:`StateStore.previous_settlement`.
        """
        before = to_utc(before)
        with self._company(client) as company:
            earlier = (
                record
                for record in company.records.values()
                if isinstance(record, SettlementRecord)
                and record.cash_point == cash_point
                and record.closed_at < before
            )
            return max(earlier, key=lambda record: record.closed_at, default=None)

    def links(
        self,
        client: str,
        kind: str,
        *,
        pos_ids: Collection[str] | None = None,
        go_ids: Collection[str] | None = None,
    ) -> LoadedLinks:
        """
        See :meth:`StateStore.links`.
        """
        with self._company(client) as company:
            if pos_ids is None and go_ids is None:
                records: Iterable[LinkRecord] = company.all(LinkRecord, kind)
            else:
                either = chain(
                    company.links(kind, "pos", pos_ids or ()), company.links(kind, "go", go_ids or ())
                )
                records = {record.key: record for record in either}.values()
            links = sorted((record.link for record in records), key=lambda link: (link.pos_id, link.go_id))
            return LoadedLinks(version=company.version, links=tuple(links))

    def progress(self, client: str, kind: str) -> Progress:
        """
        See :meth:`StateStore.progress`.
        """
        with self._company(client) as company:
            return progress_of(
                company.version,
                company.all(CursorRecord, kind),
                company.all(IntentRecord, kind),
                company.all(TombstoneRecord, kind),
            )

    def history(self, client: str, kind: str, *, since: datetime) -> History:
        """
        See :meth:`StateStore.history`.
        """
        since = history_since(kind, since)
        with self._company(client) as company:
            return history_of(
                [_own(run) for run in company.all(RunRecord, kind) if run.started_at >= since],
                [conflict for conflict in company.all(ConflictRecord, kind) if conflict.seen_at >= since],
            )

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        See :meth:`StateStore.commit`.
        """
        with self._company(client) as company:
            if company.version != expected_version:
                raise StaleStateError(_NAME, STALE)
            # Read whole before anything changes: all of it counts, or none.
            dropped, put = set(changes.drop), {record.key: _own(record) for record in changes.put}
            for key in dropped:
                company.drop(key)
            for key in company.expired(changes.expire) if changes.expire is not None else ():
                company.drop(key)
            for record in put.values():
                company.put(record)
            company.version += 1
            self._companies[client] = company
            return company.version

    def forget(self, client: str, kind: str, *, pos_id: str | None = None, go_id: str | None = None) -> int:
        """
        See :meth:`StateStore.forget`.
        """
        one_record(kind, pos_id, go_id)
        with self._company(client) as company:
            if not company.version:
                return 0
            traces = company.traces(kind, pos_id, go_id)
            for key in traces:
                company.drop(key)
            company.version += 1
            return len(traces)

    def snapshot(self) -> object:
        """
        Remember everything as it is now, for :meth:`restore`.
        """
        with self._lock:
            return {client: company.copy() for client, company in self._companies.items()}

    def restore(self, snapshot: object) -> None:
        """
        Go back to a :meth:`snapshot`, as somebody does who restores an older backup.
        """
        with self._lock:
            copies: Any = snapshot
            self._companies = {client: company.copy() for client, company in copies.items()}

    @contextmanager
    def _company(self, client: str) -> Iterator[_Company]:
        """
        A client company, while nobody else sees or changes it; a new one is kept once something is committed.
        """
        with self._lock:
            yield self._companies.get(client) or _Company()
