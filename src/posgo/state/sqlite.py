"""
The embedded store: one SQLite file, any number of instances, threads and processes.

Every operation opens its own connection and closes it. That costs a tenth of
a millisecond and spares the caller every question of threads, forks and
closing. The lease is a lock of the operating system on a file beside the
database, so it ends with the process, however that dies.
"""

import hashlib
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from posgo.exceptions import LeaseHeldError, StaleStateError, StateStoreError
from posgo.state._records import Changes, Loaded, SettlementRecord, SettlementState

__all__ = ["SqliteStore"]

_SCHEMA_VERSION = 1
# Written into the file's header, so that a foreign database is not taken for ours.
_APPLICATION_ID = 0x706F7367
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS clients (
    client TEXT PRIMARY KEY,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settlements (
    client TEXT NOT NULL,
    reference TEXT NOT NULL,
    cash_point TEXT NOT NULL,
    number TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    business_day TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    voucher_id TEXT,
    voucher_no INTEGER,
    grand_sales TEXT,
    grand_returns TEXT,
    PRIMARY KEY (client, reference)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS settlements_by_till ON settlements (client, cash_point, closed_at);
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_SCHEMA_VERSION};
COMMIT;
"""
_COLUMNS = (
    "reference, cash_point, number, closed_at, business_day, fingerprint, "
    "state, voucher_id, voucher_no, grand_sales, grand_returns"
)
# Commits are short; one that waits longer than this has met a hung process.
_BUSY = timedelta(seconds=30)
# SQLite's limit on variables was 999 for a long time.
_CHUNK = 900


class SqliteStore:
    """
    A :class:`StateStore` in one SQLite file.

    Any number of instances, threads and processes may share the file; it
    must lie on a local disk, because network file systems do not lock
    reliably. The file is readable by its owner only. No call to close is
    required.

    Args:
        path: The file; it is made when missing. Its folder must exist.

    Raises:
        StateStoreError: If the file cannot be used, is no store of posgo, or was written by a newer posgo.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).absolute()
        if str(path) == ":memory:":
            raise StateStoreError(":memory:", "a store in memory is posgo.MemoryStore()")
        with self._connection() as db:
            self._prepare(db)

    def __repr__(self) -> str:
        return f"SqliteStore({str(self._path)!r})"

    @contextmanager
    def lease(self, client: str, *, wait: timedelta) -> Iterator[None]:
        """
        See :meth:`StateStore.lease`.
        """
        name = hashlib.sha256(client.encode()).hexdigest()[:16]
        path = self._path.with_name(f"{self._path.name}.{name}.lease")
        with self._translated():
            db = _connect(path, wait)
        with closing(db):
            with self._translated():
                self._lock(db)
            yield  # outside the translation: what the caller raises is the caller's

    def _lock(self, db: sqlite3.Connection) -> None:
        try:
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise LeaseHeldError(
                str(self._path), "another runner is at work on this client company; try again later"
            ) from None

    def settlements(self, client: str, references: Collection[str]) -> Loaded:
        """
        See :meth:`StateStore.settlements`.
        """
        wanted = list(dict.fromkeys(references))
        found: dict[str, SettlementRecord] = {}
        with self._connection() as db:
            db.execute("BEGIN")  # one snapshot for the version and the records
            version = _version(db, client)
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                rows = db.execute(
                    f"SELECT {_COLUMNS} FROM settlements "  # noqa: S608 - only constants and question marks
                    f"WHERE client = ? AND reference IN ({', '.join('?' * len(chunk))})",
                    (client, *chunk),
                )
                found.update((row[0], _record(row)) for row in rows)
        return Loaded(version=version, settlements=found)

    def previous_settlement(self, client: str, cash_point: str, before: datetime) -> SettlementRecord | None:
        """
        See :meth:`StateStore.previous_settlement`.
        """
        with self._connection() as db:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM settlements "  # noqa: S608 - only constants
                "WHERE client = ? AND cash_point = ? AND closed_at < ? ORDER BY closed_at DESC LIMIT 1",
                (client, cash_point, _instant(before)),
            ).fetchone()
        return None if row is None else _record(row)

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        See :meth:`StateStore.commit`.
        """
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            if _version(db, client) != expected_version:
                raise StaleStateError(str(self._path), "another runner committed first; run again")
            db.executemany(
                f"REPLACE INTO settlements (client, {_COLUMNS}) VALUES ({', '.join('?' * 12)})",  # noqa: S608
                [(client, *_row(record)) for record in changes.put],
            )
            db.executemany(
                "DELETE FROM settlements WHERE client = ? AND reference = ?",
                [(client, reference) for reference in changes.drop],
            )
            db.execute("REPLACE INTO clients (client, version) VALUES (?, ?)", (client, expected_version + 1))
            db.execute("COMMIT")
        return expected_version + 1

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # Closing rolls back what was not committed.
        with self._translated(), closing(_connect(self._path, _BUSY)) as db:
            # A commit is on the disk before it returns: intents are worth nothing otherwise.
            db.execute("PRAGMA synchronous = FULL")
            yield db

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StateStoreError(str(self._path), _explained(error)) from error
        except OSError as error:
            raise StateStoreError(
                str(self._path), f"the state file cannot be opened: {error.strerror}"
            ) from error

    def _prepare(self, db: sqlite3.Connection) -> None:
        application = db.execute("PRAGMA application_id").fetchone()[0]
        schema = db.execute("PRAGMA user_version").fetchone()[0]
        if (application, schema) == (_APPLICATION_ID, _SCHEMA_VERSION):
            return
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != _APPLICATION_ID and tables:
            raise StateStoreError(str(self._path), "this is another program's database; choose another file")
        if schema > _SCHEMA_VERSION:
            raise StateStoreError(
                str(self._path), f"it was written by a newer posgo (schema {schema}); update posgo"
            )
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(_SCHEMA)


def _connect(path: Path, wait: timedelta) -> sqlite3.Connection:
    # Made by us rather than by SQLite, so that nobody else can read it.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    # A lease may be released by another thread than took it; every other
    # connection lives and dies in one call.
    return sqlite3.connect(
        path, timeout=max(wait.total_seconds(), 0), isolation_level=None, check_same_thread=False
    )


def _explained(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    reasons = {
        sqlite3.SQLITE_NOTADB: "this is no state file of posgo, or it is damaged; restore it or choose another file",
        sqlite3.SQLITE_CORRUPT: "the state file is damaged; restore it, or move it away: posgo finds its vouchers in Go",
        sqlite3.SQLITE_READONLY: "the state file is read-only; nothing was written",
        sqlite3.SQLITE_FULL: "the disk is full; nothing was written",
        sqlite3.SQLITE_BUSY: f"another process held the file for {_BUSY.total_seconds():g} s; nothing was written",
        sqlite3.SQLITE_CANTOPEN: "the state file cannot be opened; check that its folder exists and may be written",
    }
    return reasons.get(code, f"the state file cannot be used: {error}")


def _version(db: sqlite3.Connection, client: str) -> int:
    row = db.execute("SELECT version FROM clients WHERE client = ?", (client,)).fetchone()
    return 0 if row is None else int(row[0])


def _instant(value: datetime) -> str:
    # Fixed width, so that text order is time order.
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _row(record: SettlementRecord) -> tuple[Any, ...]:
    return (
        record.reference,
        record.cash_point,
        record.number,
        _instant(record.closed_at),
        record.business_day.isoformat(),
        record.fingerprint,
        record.state.value,
        record.voucher_id,
        record.voucher_no,
        None if record.grand_sales is None else str(record.grand_sales),
        None if record.grand_returns is None else str(record.grand_returns),
    )


def _record(row: tuple[Any, ...]) -> SettlementRecord:
    return SettlementRecord(
        reference=row[0],
        cash_point=row[1],
        number=row[2],
        closed_at=datetime.fromisoformat(row[3]),
        business_day=date.fromisoformat(row[4]),
        fingerprint=row[5],
        state=SettlementState(row[6]),
        voucher_id=row[7],
        voucher_no=row[8],
        grand_sales=row[9],
        grand_returns=row[10],
    )
