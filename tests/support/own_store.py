"""
A vendor's store as docs/how-to/own-state-store.md has it: one table of documents, here in SQLite.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from posgo.exceptions import LeaseHeldError, ModelError, StaleStateError
from posgo.state import (
    Changes,
    ConflictRecord,
    CursorRecord,
    History,
    IntentRecord,
    LinkRecord,
    Loaded,
    LoadedLinks,
    Progress,
    RunRecord,
    SettlementRecord,
    StateRecord,
    TombstoneRecord,
    dump_record,
    history_of,
    instant,
    load_record,
    progress_of,
)
from posgo.wire.stored import model_of

__all__ = ["OwnStore"]

R = TypeVar("R", bound=StateRecord)

SCHEMA = """
CREATE TABLE IF NOT EXISTS clients (client TEXT PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    client TEXT NOT NULL, class TEXT NOT NULL, key TEXT NOT NULL,
    kind TEXT, pos_id TEXT, go_id TEXT, cash_point TEXT, at TEXT, document TEXT NOT NULL,
    PRIMARY KEY (client, class, key)
);
CREATE INDEX IF NOT EXISTS by_pos_id ON records (client, class, kind, pos_id);
CREATE INDEX IF NOT EXISTS by_go_id ON records (client, class, kind, go_id);
CREATE INDEX IF NOT EXISTS by_time ON records (client, class, cash_point, at);
"""
PUT = """
INSERT INTO records (client, class, key, kind, pos_id, go_id, cash_point, at, document)
VALUES (:client, :class, :key, :kind, :pos_id, :go_id, :cash_point, :at, :document)
ON CONFLICT (client, class, key) DO UPDATE SET at = excluded.at, pos_id = excluded.pos_id,
    go_id = excluded.go_id, cash_point = excluded.cash_point, document = excluded.document
"""
HOLDS = "(pos_id IN (SELECT value FROM json_each(:pos)) OR go_id IN (SELECT value FROM json_each(:go)))"
PERSONAL = "class IN ('LinkRecord', 'IntentRecord', 'ConflictRecord')"
TIMES = ("closed_at", "started_at", "seen_at")


class OwnStore:
    """
    A :class:`posgo.StateStore`.

    Args:
        path: The database.
        fault: A piece of SQL, and what stands there instead: a mistake for the contract to find.
    """

    def __init__(self, path: str, fault: tuple[str, str] = ("", "")) -> None:
        self._path = path
        self._fault = fault
        with closing(self._connect()) as db:
            db.executescript(SCHEMA.replace(*self._fault))

    @contextmanager
    def lease(self, client: str, *, wait: timedelta) -> Iterator[None]:
        path = f"{self._path}.{hashlib.sha256(client.encode()).hexdigest()}"
        with closing(sqlite3.connect(path, timeout=max(wait.total_seconds(), 0))) as db:
            try:
                db.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise LeaseHeldError(self._path, "another runner is at work") from None
            yield

    def settlements(self, client: str, references: Collection[str]) -> Loaded:
        keys = json.dumps([json.dumps([reference]) for reference in references])
        with self._transaction("BEGIN") as run:
            where = "key IN (SELECT value FROM json_each(:keys))"
            found = _select(run, SettlementRecord, where, client=client, keys=keys)
            return Loaded(version=_version(run, client), settlements={each.reference: each for each in found})

    def previous_settlement(self, client: str, cash_point: str, before: datetime) -> SettlementRecord | None:
        where = "cash_point = :cash_point AND at < :before ORDER BY at DESC LIMIT 1"
        with self._transaction("BEGIN") as run:
            values = {"client": client, "cash_point": cash_point, "before": instant(before)}
            return next(iter(_select(run, SettlementRecord, where, **values)), None)

    def links(
        self,
        client: str,
        kind: str,
        *,
        pos_ids: Collection[str] | None = None,
        go_ids: Collection[str] | None = None,
    ) -> LoadedLinks:
        where = "kind = :kind" if pos_ids is None and go_ids is None else f"kind = :kind AND {HOLDS}"
        ids = {"pos": json.dumps([*(pos_ids or ())]), "go": json.dumps([*(go_ids or ())])}
        with self._transaction("BEGIN") as run:
            found = _select(run, LinkRecord, where, client=client, kind=kind, **ids)
            links = sorted((each.link for each in found), key=lambda link: (link.pos_id, link.go_id))
            return LoadedLinks(version=_version(run, client), links=tuple(links))

    def progress(self, client: str, kind: str) -> Progress:
        with self._transaction("BEGIN") as run:
            return progress_of(
                _version(run, client),
                _select(run, CursorRecord, "kind = :kind", client=client, kind=kind),
                _select(run, IntentRecord, "kind = :kind", client=client, kind=kind),
                _select(run, TombstoneRecord, "kind = :kind", client=client, kind=kind),
            )

    def history(self, client: str, kind: str, *, since: datetime) -> History:
        model_of(kind)
        where = "kind = :kind AND at >= :since"
        values = {"client": client, "kind": kind, "since": instant(since)}
        with self._transaction("BEGIN") as run:
            return history_of(
                _select(run, RunRecord, where, **values), _select(run, ConflictRecord, where, **values)
            )

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        with self._transaction("BEGIN IMMEDIATE") as run:
            if expected_version == 0:
                run("INSERT INTO clients VALUES (:client, 0) ON CONFLICT (client) DO NOTHING", client=client)
            move = "UPDATE clients SET version = version + 1 WHERE client = :client AND version = :expected"
            if not run(move, client=client, expected=expected_version).rowcount:
                raise StaleStateError(self._path, "another runner committed first")
            for key in changes.drop:
                drop = "DELETE FROM records WHERE client = :client AND class = :class AND key = :key"
                run(drop, client=client, key=key.text, **{"class": key.of.__name__})
            if changes.expire is not None:
                run(
                    "DELETE FROM records WHERE client = :client AND at < :expire "
                    "AND class IN ('RunRecord', 'ConflictRecord')",
                    client=client,
                    expire=instant(changes.expire),
                )
            for record in changes.put:
                run(PUT, client=client, **_columns(record))
        return expected_version + 1

    def forget(self, client: str, kind: str, *, pos_id: str | None = None, go_id: str | None = None) -> int:
        model_of(kind)
        if not (pos_id or go_id):
            raise ModelError("nobody is named: give pos_id, go_id or both")
        with self._transaction("BEGIN IMMEDIATE") as run:
            if not run(
                "UPDATE clients SET version = version + 1 WHERE client = :client", client=client
            ).rowcount:
                return 0
            merged = _select(run, TombstoneRecord, "kind = :kind", client=client, kind=kind)
            ids = {"pos": {pos_id} - {None}, "go": {go_id} - {None}}
            _follow(merged, ids)
            _learn(run, client, kind, ids)
            _follow(merged, ids)
            erased = run(
                f"DELETE FROM records WHERE client = :client AND kind = :kind AND {PERSONAL} AND {HOLDS}",  # noqa: S608
                client=client,
                kind=kind,
                **_json(ids),
            ).rowcount
            for each in merged:
                if each.loser in ids[each.side]:
                    drop = "DELETE FROM records WHERE client = :client AND class = 'TombstoneRecord' AND key = :key"
                    erased += run(drop, client=client, key=each.key.text).rowcount
            return int(erased)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Callable[..., sqlite3.Cursor]]:
        with closing(self._connect()) as db:
            db.execute(begin)
            yield lambda sql, **values: db.execute(sql.replace(*self._fault), values)
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=60, isolation_level=None)


_Run = Callable[..., sqlite3.Cursor]


def _version(run: _Run, client: str) -> int:
    row = run("SELECT version FROM clients WHERE client = :client", client=client).fetchone()
    return row[0] if row else 0


def _select(run: _Run, of: type[R], where: str, **values: Any) -> list[R]:
    sql = f"SELECT document FROM records WHERE client = :client AND class = '{of.__name__}' AND {where}"  # noqa: S608
    return [load_record(document, of) for (document,) in run(sql, **values).fetchall()]


def _learn(run: _Run, client: str, kind: str, ids: dict[str, set[Any]]) -> None:
    sql = f"SELECT pos_id, go_id FROM records WHERE client = :client AND kind = :kind AND {PERSONAL} AND {HOLDS}"  # noqa: S608
    for pos_id, go_id in run(sql, client=client, kind=kind, **_json(ids)).fetchall():
        ids["pos"] |= {pos_id} - {None}
        ids["go"] |= {go_id} - {None}


def _follow(merged: list[TombstoneRecord], ids: dict[str, set[Any]]) -> None:
    known = -1
    while known < (known := sum(map(len, ids.values()))):
        for each in merged:
            if {each.loser, each.winner} & ids[each.side]:
                ids[each.side] |= {each.loser, each.winner}


def _json(ids: dict[str, set[Any]]) -> dict[str, str]:
    return {side: json.dumps(sorted(known)) for side, known in ids.items()}


def _columns(record: StateRecord) -> dict[str, str | None]:
    holder = record.link if isinstance(record, LinkRecord) else record
    times = [getattr(record, name) for name in TIMES if hasattr(record, name)]
    return {
        "class": type(record).__name__,
        "key": record.key.text,
        "kind": getattr(record, "kind", None),
        "pos_id": getattr(holder, "pos_id", None),
        "go_id": getattr(holder, "go_id", None),
        "cash_point": getattr(record, "cash_point", None),
        "at": instant(times[0]) if times else None,
        "document": dump_record(record),
    }
