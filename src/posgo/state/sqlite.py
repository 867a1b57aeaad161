"""
The embedded store: one SQLite file, any number of instances, threads and processes.

Every operation opens its own connection and closes it. That costs a tenth of
a millisecond and spares the caller every question of threads, closing, and
forks between operations. The lease is a lock of the operating system on a
file beside the database, so it ends with the process, however that dies. A
process forked under one has its connections without its locks, and is refused.

Neither file is ever opened but by SQLite. On POSIX systems a process that
closes any descriptor of a file loses all its locks on that file: another
process would then take the log away from under it.
"""

import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from posgo.exceptions import LeaseHeldError, StateStoreError
from posgo.state._connections import FORKED, Files, connected, files, is_forked
from posgo.state._operations import HELD, Answer, Operation, Operations, Statement
from posgo.state._records import Changes, History, Loaded, LoadedLinks, Progress, SettlementRecord
from posgo.state._sqlite import RELINK, file_at, translated
from posgo.state._tables import SCHEMA, SCHEMA_VERSION

__all__ = ["SqliteStore"]

T = TypeVar("T")

# Written into the file's header, so that a foreign database is not taken for ours.
_APPLICATION_ID = 0x706F7367
_LEASE_GONE = (
    "the lease was removed while a runner was at work, so another may be at work too; "
    "nothing more was written; run again"
)
_REPLACED = (
    "the state file, its -wal or its -shm was removed or replaced while a runner was at work; "
    "nothing more was written; stop the runners before you restore a backup, and run again"
)
# What version 1 lacks comes from the current schema; what it had is moved over.
_FROM_VERSION_1 = """
INSERT INTO posgo_clients SELECT client, version FROM clients;
INSERT INTO posgo_settlements SELECT client, reference, cash_point, number, closed_at, business_day,
    fingerprint, state, voucher_id, voucher_no, grand_sales, grand_returns FROM settlements;
DROP TABLE settlements;
DROP TABLE clients;
"""
_MIGRATIONS = {0: SCHEMA, 1: SCHEMA + _FROM_VERSION_1}


class SqliteStore:
    """
    A :class:`StateStore` in one SQLite file.

    Any number of instances, threads and processes may share the file; it
    must lie on a local disk, because network file systems do not lock
    reliably. The file is readable by its owner only. No call to close is
    required.

    A process forked while a lease was held, or while another thread was at
    work, cannot use any: start workers by spawn, or fork them before the run.

    Args:
        path:
            The file; it is made when missing. Its folder must exist. Symbolic
            links are followed once, here: what they lead to is the store.

    Raises:
        StateStoreError: If the file cannot be used, is no store of posgo, or was written by a newer posgo.
    """

    # Commits are short; one that waits longer than this has met a hung process.
    _busy: ClassVar[timedelta] = timedelta(seconds=30)

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if str(path) == ":memory:":
            raise StateStoreError(":memory:", "a store in memory is posgo.MemoryStore()")
        self._path = _resolved(path)
        self._operations = Operations(str(self._path))
        self._leased: list[Files] = []
        with self._connection():
            pass

    def __repr__(self) -> str:
        return f"SqliteStore({str(self._path)!r})"

    @contextmanager
    def lease(self, client: str, *, wait: timedelta) -> Iterator[Callable[[], None]]:
        """
        See :meth:`StateStore.lease`.

        While it is held, a file that was removed or replaced is an error: two
        databases would share one log. A wait of more than 24 days is one of 24 days.
        """
        self._expect_the_same()
        with translated(self._path):
            name = hashlib.sha256(client.encode()).hexdigest()[:16]
        path = self._path.with_name(f"{self._path.name}.{name}.lease")
        with ExitStack() as stack:
            with translated(path):
                db = stack.enter_context(connected(path, wait))
                self._lock(db)
                taken = files(path)
            with translated(self._path):
                stack.enter_context(self._kept())
            # Outside the translation: what the caller raises is the caller's.
            yield lambda: self._confirm(path, taken)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """
        Keep the file open.

        While somebody does, SQLite does not copy its log back with every
        connection that closes: a commit waits for the disk once, not thrice.
        """
        with connected(self._path, self._busy) as db:
            self._prepare(db)
            # A restored backup is a file without a log.
            db.execute("PRAGMA journal_mode = WAL").fetchone()
            db.execute("PRAGMA user_version").fetchone()
            kept = files(self._path, "-wal", "-shm")
            self._leased.append(kept)
            try:
                yield
            finally:
                self._leased.remove(kept)

    def _confirm(self, path: Path, taken: Files) -> None:
        if files(path) != taken:
            raise StateStoreError(str(path), _LEASE_GONE)
        self._expect_the_same()

    def _expect_the_same(self) -> None:
        if is_forked():
            raise StateStoreError(str(self._path), FORKED)
        if self._leased and {files(self._path, "-wal", "-shm")} != set(self._leased):
            raise StateStoreError(str(self._path), _REPLACED)

    def _lock(self, db: sqlite3.Connection) -> None:
        try:
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise LeaseHeldError(str(self._path), HELD) from None

    def settlements(self, client: str, references: Collection[str]) -> Loaded:
        """
        See :meth:`StateStore.settlements`.
        """
        return self._read(self._operations.settlements(client, references))

    def previous_settlement(self, client: str, cash_point: str, before: datetime) -> SettlementRecord | None:
        """
        See :meth:`StateStore.previous_settlement`.
        """
        return self._read(self._operations.previous_settlement(client, cash_point, before))

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
        return self._read(self._operations.links(client, kind, pos_ids, go_ids))

    def progress(self, client: str, kind: str) -> Progress:
        """
        See :meth:`StateStore.progress`.
        """
        return self._read(self._operations.progress(client, kind))

    def history(self, client: str, kind: str, *, since: datetime) -> History:
        """
        See :meth:`StateStore.history`.
        """
        return self._read(self._operations.history(client, kind, since))

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        See :meth:`StateStore.commit`.
        """
        with self._connection() as db:
            return _write(db, self._operations.commit(client, changes, expected_version))

    def forget(self, client: str, kind: str, *, pos_id: str | None = None, go_id: str | None = None) -> int:
        """
        See :meth:`StateStore.forget`.

        The file is rewritten, so that no byte of what is forgotten stays in
        it. Backups made before keep theirs. The rewrite takes as much room
        again as the file while it lasts.

        Raises:
            StateStoreError: If the file cannot be used, or could not be rewritten; that is said then.
        """
        with self._connection() as db:
            erased = _write(db, self._operations.forget(client, kind, pos_id, go_id))
            try:
                # Rows moved between pages leave copies in unused space, which only a rewrite removes.
                db.execute("VACUUM")
                busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error as error:
                raise self._not_rewritten(f"the file could not be rewritten ({error})") from error
        if busy:
            raise self._not_rewritten("another process was reading")
        return erased

    def _not_rewritten(self, why: str) -> StateStoreError:
        return StateStoreError(
            str(self._path),
            f"the record is forgotten, but {why}, so its bytes are still in the file or beside it; "
            "forget it again to remove them",
        )

    def backup(self, path: str | os.PathLike[str]) -> None:
        """
        Copy the store while it is in use. The copy is whole, or is not there.

        It holds no cursors: a runner that works from a restored copy reads
        both sides in full first, as the world has moved on since.

        Args:
            path:
                Where to. A file there is replaced once the copy is whole. Two
                backups to one file do not meet; one that is killed may leave a
                ``.partial`` beside it, which nobody reads.

        Raises:
            StateStoreError: If either file cannot be used, or the target is a store in use.
        """
        target = _resolved(path)
        partial = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
        # What fails within, fails at the copy.
        with self._connection() as db, translated(target):
            self._expect_unused(target)
            try:
                with connected(partial, self._busy) as copy:
                    db.backup(copy)
                    copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
                    copy.execute("DELETE FROM posgo_cursors")
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)

    def _expect_unused(self, target: Path) -> None:
        ours = target.exists() and target.samefile(self._path)
        if ours or target.with_name(f"{target.name}-wal").exists():
            raise StateStoreError(str(target), "this is a store in use; choose another file for the copy")

    def _read(self, operation: Operation[T]) -> T:
        with self._connection() as db:
            db.execute("BEGIN")  # one snapshot for the version and the records
            return _carry_out(db, operation)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # Closing rolls back what was not committed.
        self._expect_the_same()
        with translated(self._path), connected(self._path, self._busy) as db:
            # A commit is on the disk before it returns: intents are worth nothing otherwise.
            db.execute("PRAGMA synchronous = FULL")
            # What is replaced, dropped or expired may be personal data.
            db.execute("PRAGMA secure_delete = ON")
            self._prepare(db)
            yield db

    def _prepare(self, db: sqlite3.Connection) -> None:
        """
        Make sure that this is our file in our version; also when it was removed or updated meanwhile.
        """
        if self._schema(db) == SCHEMA_VERSION:
            return
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        found = self._schema(db)  # another process may have been faster
        if found != SCHEMA_VERSION:
            for statement in _MIGRATIONS[found].split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.execute("COMMIT")

    def _schema(self, db: sqlite3.Connection) -> int:
        application: int = db.execute("PRAGMA application_id").fetchone()[0]
        schema: int = db.execute("PRAGMA user_version").fetchone()[0]
        if application != _APPLICATION_ID:
            if schema or db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise StateStoreError(
                    str(self._path), "this is another program's database; choose another file"
                )
        elif schema > SCHEMA_VERSION:
            raise StateStoreError(
                str(self._path), f"it was written by a newer posgo (schema {schema}); update posgo"
            )
        elif schema < 0:
            raise StateStoreError(str(self._path), f"the state file is damaged (schema {schema}); {RELINK}")
        return schema


def _resolved(path: str | os.PathLike[str]) -> Path:
    """
    Where a file lies, whatever links lead to it: its lease and its log lie beside it.
    """
    named = file_at(path)
    with translated(named):
        return Path(os.path.realpath(named))


def _write(db: sqlite3.Connection, operation: Operation[T]) -> T:
    db.execute("BEGIN IMMEDIATE")
    answer = _carry_out(db, operation)
    db.execute("COMMIT")
    return answer


def _carry_out(db: sqlite3.Connection, operation: Operation[T]) -> T:
    try:
        statement = next(operation)
        while True:
            statement = operation.send(_answer(db, statement))
    except StopIteration as stop:
        result: T = stop.value
        return result


def _answer(db: sqlite3.Connection, statement: Statement) -> Answer:
    sql = statement.sql.replace("= ANY(?)", "IN (SELECT value FROM json_each(?))")
    if statement.rows is not None:
        cursor = db.executemany(sql, ([_value(value) for value in row] for row in statement.rows))
    else:
        cursor = db.execute(sql, [_value(value) for value in statement.values])
    return Answer(cursor.fetchall(), cursor.rowcount)


def _value(value: Any) -> Any:
    """
    A value as SQLite takes it.

    Raises:
        UnicodeEncodeError: If it holds a NUL, at which SQLite would cut it short in a list.
    """
    if isinstance(value, list):
        return json.dumps([_value(each) for each in value], ensure_ascii=False)
    if isinstance(value, str) and "\0" in value:
        raise UnicodeEncodeError("sqlite", value, value.index("\0"), value.index("\0") + 1, "a NUL")
    return value
