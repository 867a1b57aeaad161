"""
What a store on an SQL database does, statement by statement, without a connection.

Each operation is a generator that yields statements and receives answers, so
one body serves SQLite and PostgreSQL, blocking and asynchronous. The SQL is
what both databases read alike, but for two spellings a driver replaces:
``?`` for a value, and ``= ANY(?)`` for membership in a list of texts.

An operation runs in one transaction. Versions are read before what they
vouch for: what was changed in between makes the next commit stale, so even
the weakest isolation cannot let a torn read be built upon.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import attrs

from posgo.exceptions import StaleStateError
from posgo.models._checks import to_tuple
from posgo.state._asked import history_since, one_record
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
from posgo.state._tables import Row, Table, table_of
from posgo.wire.stored import instant

__all__ = ["HELD", "STALE", "UNTAKEN", "Answer", "Operation", "Operations", "Statement", "merged_ids"]

T = TypeVar("T")

HELD = "another runner is at work on this client company; try again later"
STALE = "another runner committed first; run again"
UNTAKEN = "an id, text or number given is one no database takes; nothing was written"


@attrs.frozen
class Statement:
    """
    One SQL statement.

    Attributes:
        sql: Its text.
        values: A row of values; a list among them is a list of texts.
        rows: Carry the statement out once for each of these rows instead.
    """

    sql: str
    values: Sequence[Any] = ()
    rows: tuple[Row, ...] | None = attrs.field(default=None, converter=attrs.converters.optional(to_tuple))


@attrs.frozen
class Answer:
    """
    What the database said.

    Attributes:
        rows: What was selected.
        count: How many rows were changed.
    """

    rows: list[Row]
    count: int


Operation: TypeAlias = Generator[Statement, Answer, T]
"""A generator of statements that returns a ``T``."""


@attrs.frozen
class Operations:
    """
    The operations of one store.

    Attributes:
        store: What errors call the store.
    """

    store: str

    def settlements(self, client: str, references: Collection[str]) -> Operation[Loaded]:
        """
        See :meth:`posgo.StateStore.settlements`.
        """
        version = yield from _version(client)
        where = "reference = ANY(?)"
        found = yield from self._select(SettlementRecord, client, where, [*references])
        return Loaded(version=version, settlements={record.reference: record for record in found})

    def previous_settlement(
        self, client: str, cash_point: str, before: datetime
    ) -> Operation[SettlementRecord | None]:
        """
        See :meth:`posgo.StateStore.previous_settlement`.
        """
        where = "cash_point = ? AND closed_at < ? ORDER BY closed_at DESC LIMIT 1"
        found = yield from self._select(SettlementRecord, client, where, cash_point, instant(before))
        return found[0] if found else None

    def links(
        self, client: str, kind: str, pos_ids: Collection[str] | None, go_ids: Collection[str] | None
    ) -> Operation[LoadedLinks]:
        """
        See :meth:`posgo.StateStore.links`.
        """
        version = yield from _version(client)
        if pos_ids is None and go_ids is None:
            found = yield from self._select(LinkRecord, client, "kind = ?", kind)
        else:
            found = yield from self._having(LinkRecord, client, kind, pos_ids or (), go_ids or ())
        links = sorted((record.link for record in found), key=lambda link: (link.pos_id, link.go_id))
        return LoadedLinks(version=version, links=tuple(links))

    def progress(self, client: str, kind: str) -> Operation[Progress]:
        """
        See :meth:`posgo.StateStore.progress`.
        """
        version = yield from _version(client)
        cursors = yield from self._select(CursorRecord, client, "kind = ?", kind)
        intents = yield from self._select(IntentRecord, client, "kind = ?", kind)
        tombstones = yield from self._select(TombstoneRecord, client, "kind = ?", kind)
        return progress_of(version, cursors, intents, tombstones)

    def history(self, client: str, kind: str, since: datetime) -> Operation[History]:
        """
        See :meth:`posgo.StateStore.history`.
        """
        first = instant(history_since(kind, since))
        runs = yield from self._select(RunRecord, client, "kind = ? AND started_at >= ?", kind, first)
        conflicts = yield from self._select(ConflictRecord, client, "kind = ? AND seen_at >= ?", kind, first)
        return history_of(runs, conflicts)

    def commit(self, client: str, changes: Changes, expected_version: int) -> Operation[int]:
        """
        See :meth:`posgo.StateStore.commit`.
        """
        if expected_version == 0:
            yield Statement(_FIRST, (client,))
        # The row stays locked to the end, so commits of one client company follow each other.
        moved = yield Statement(_MOVE, (client, expected_version))
        if moved.count != 1:
            raise StaleStateError(self.store, STALE)
        yield from _changing(client, changes)
        return expected_version + 1

    def forget(self, client: str, kind: str, pos_id: str | None, go_id: str | None) -> Operation[int]:
        """
        See :meth:`posgo.StateStore.forget`.
        """
        one_record(kind, pos_id, go_id)
        # Who has read what is to be forgotten must not write it back.
        known = yield Statement("UPDATE posgo_clients SET version = version + 1 WHERE client = ?", (client,))
        if not known.count:
            return 0
        sides = yield from self._both_sides(client, kind, pos_id, go_id)
        erased = 0
        for statement in _erasing(client, kind, *sides):
            erased += (yield statement).count
        return erased

    def _both_sides(
        self, client: str, kind: str, pos_id: str | None, go_id: str | None
    ) -> Operation[tuple[list[str], list[str]]]:
        """
        The ids of a person on both sides, learnt from whatever pairs them, with what was merged into them.
        """
        tombstones = yield from self._select(TombstoneRecord, client, "kind = ?", kind)
        pos_ids, go_ids = merged_ids([pos_id], "pos", tombstones), merged_ids([go_id], "go", tombstones)
        pairs: list[Row] = []
        for of in _PERSONAL:
            answer = yield Statement(
                f"SELECT pos_id, go_id FROM {table_of(of).name} "  # noqa: S608
                "WHERE client = ? AND kind = ? AND (pos_id = ANY(?) OR go_id = ANY(?))",
                (client, kind, pos_ids, go_ids),
            )
            pairs += answer.rows
        return (
            merged_ids([*pos_ids, *(pos for pos, _ in pairs)], "pos", tombstones),
            merged_ids([*go_ids, *(go for _, go in pairs)], "go", tombstones),
        )

    def _select(self, of: type[StateRecord], client: str, where: str, *values: Any) -> Operation[list[Any]]:
        table = table_of(of)
        answer = yield Statement(
            f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE client = ? AND {where}",  # noqa: S608
            (client, *values),
        )
        return table.records(answer.rows, self.store)

    def _having(
        self, of: type[StateRecord], client: str, kind: str, pos_ids: Collection[str], go_ids: Collection[str]
    ) -> Operation[list[Any]]:
        found: dict[Key, StateRecord] = {}
        for column, ids in (("pos_id", pos_ids), ("go_id", go_ids)):
            if ids:
                where = f"kind = ? AND {column} = ANY(?)"
                records = yield from self._select(of, client, where, kind, [*ids])
                found.update((record.key, record) for record in records)
        return list(found.values())


_FIRST = "INSERT INTO posgo_clients (client, version) VALUES (?, 0) ON CONFLICT (client) DO NOTHING"
_MOVE = "UPDATE posgo_clients SET version = version + 1 WHERE client = ? AND version = ?"
_EXPIRING = ("posgo_conflicts", "seen_at"), ("posgo_runs", "started_at")
_PERSONAL = (LinkRecord, IntentRecord, ConflictRecord)


def _version(client: str) -> Operation[int]:
    answer = yield Statement("SELECT version FROM posgo_clients WHERE client = ?", (client,))
    return int(answer.rows[0][0]) if answer.rows else 0


def _changing(client: str, changes: Changes) -> Operation[None]:
    """
    The statements that drop, expire and put, one per table concerned.
    """
    for of, keys in _by_class((key.of, key.parts) for key in changes.drop):
        table = table_of(of)
        named = " AND ".join(f"{column} = ?" for column in table.key_columns)
        yield Statement(
            f"DELETE FROM {table.name} WHERE client = ? AND {named}",  # noqa: S608
            rows=((client, *key) for key in keys),
        )
    if changes.expire is not None:
        for name, stamp in _EXPIRING:
            sql = f"DELETE FROM {name} WHERE client = ? AND {stamp} < ?"  # noqa: S608
            yield Statement(sql, (client, instant(changes.expire)))
    for of, records in _by_class((type(record), record) for record in changes.put):
        table = table_of(of)
        yield Statement(_upsert(table), rows=((client, *table.write(record)) for record in records))


def _by_class(pairs: Iterable[tuple[type[StateRecord], T]]) -> Iterable[tuple[type[StateRecord], list[T]]]:
    groups: dict[type[StateRecord], list[T]] = {}
    for of, member in pairs:
        groups.setdefault(of, []).append(member)
    return groups.items()


def _upsert(table: Table[Any]) -> str:
    columns = ("client", *table.columns)
    changed = ", ".join(f"{column} = excluded.{column}" for column in table.columns[table.key :])
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "  # noqa: S608
        f"ON CONFLICT (client, {', '.join(table.key_columns)}) DO UPDATE SET {changed}"
    )


def merged_ids(ids: Iterable[str | None], side: str, tombstones: Iterable[TombstoneRecord]) -> list[str]:
    """
    The ids given on a side, None left out, and those merged with them either way, however many merges ago.
    """
    others: dict[str, list[str]] = {}
    for tombstone in tombstones:
        if tombstone.side == side:
            others.setdefault(tombstone.winner, []).append(tombstone.loser)
            others.setdefault(tombstone.loser, []).append(tombstone.winner)
    known: dict[str, None] = {}
    waiting = [each for each in ids if each is not None]
    while waiting:
        each = waiting.pop()
        if each not in known:
            known[each] = None
            waiting += others.get(each, [])
    return list(known)


def _erasing(client: str, kind: str, pos_ids: list[str], go_ids: list[str]) -> Iterator[Statement]:
    for side, ids in (("pos", pos_ids), ("go", go_ids)):
        for of in _PERSONAL:
            yield Statement(
                f"DELETE FROM {table_of(of).name} WHERE client = ? AND kind = ? AND {side}_id = ANY(?)",  # noqa: S608
                (client, kind, ids),
            )
        for end in ("loser", "winner"):
            yield Statement(
                f"DELETE FROM posgo_tombstones WHERE client = ? AND kind = ? AND side = ? AND {end} = ANY(?)",  # noqa: S608
                (client, kind, side, ids),
            )
