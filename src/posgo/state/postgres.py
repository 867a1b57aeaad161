"""
The store of a fleet: one PostgreSQL database, any number of workers and client companies.

It needs ``pip install posgo[postgres]``.

Why a commit is safe at PostgreSQL's default isolation: its first statement
moves the version row of the client company, if that holds the expected
version. The row stays locked to the end of the transaction, so of two
commits the second waits, sees the row the first has written, and finds that
its expectation does not hold. Nothing of a client company is written without
that lock, and nothing read before it is relied on, because its version would
be older. That makes commits of one client company as good as serial, and
those of two independent. A session at a stricter level gets the same answer
as a serialization failure, which is told as a stale commit too.

The lease is an advisory lock on a connection of its own. It ends with the
session, so with the process; also with a session the server ends while the
process goes on. So a runner asks on that connection, before every write to
Go and the POS, whether it still stands: a trip to the database beside a
request that takes a hundred times as long. A connection pooler between us must keep
sessions apart ("session" mode) for the connection of the lease.
"""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    closing,
    contextmanager,
    suppress,
)
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias, TypeVar

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.errors import LockNotAvailable
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from posgo.exceptions import LeaseHeldError, StateStoreError
from posgo.state._operations import HELD, Answer, Operation, Operations, Statement
from posgo.state._postgres import (
    SCHEMA,
    SNAPSHOT,
    dialect,
    lock_key,
    milliseconds,
    place,
    prepare,
    translated,
)
from posgo.state._records import Changes, History, Loaded, LoadedLinks, Progress, SettlementRecord

__all__ = ["SCHEMA", "AsyncPool", "AsyncPostgresStore", "Pool", "PostgresStore"]

T = TypeVar("T")

_Session: TypeAlias = Connection[Any]
_AsyncSession: TypeAlias = AsyncConnection[Any]

_TRY = "SELECT pg_try_advisory_lock(%s)"
_LOCK = "SELECT pg_advisory_lock(%s)"
_UNLOCK = "SELECT pg_advisory_unlock(%s)"
# The caller says how long to wait; limits of the role's are for statements that work. PostgreSQL 17 has one more.
_LIMIT = """
SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true),
    CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL
        THEN set_config('transaction_timeout', '0', true) END
"""
_POOLED = "PostgreSQL"
# Any statement makes psycopg begin the caller's transaction, so that ours is a part of it and commits nothing.
_BEGIN = "SELECT 1"
_LOST = (
    "the lease was lost with the connection that held it, so another runner may be at work; "
    "nothing more was written; check that the server runs, and run again"
)


class Pool(Protocol):
    """
    Where connections come from and go back to, such as a ``psycopg_pool.ConnectionPool``.
    """

    def connection(self) -> AbstractContextManager[Connection[Any]]:
        """
        Lend a connection.
        """
        ...


class AsyncPool(Protocol):
    """
    As :class:`Pool`, such as a ``psycopg_pool.AsyncConnectionPool``.
    """

    def connection(self) -> AbstractAsyncContextManager[AsyncConnection[Any]]:
        """
        Lend a connection.
        """
        ...


class PostgresStore:
    """
    A :class:`posgo.StateStore` in a PostgreSQL database (12 or newer).

    The tables are made when missing, in the first schema of the session's
    ``search_path``; their names begin with ``posgo_``. The server's
    ``synchronous_commit`` must not be off.

    Args:
        source:
            A connection string, or a pool of the caller's, which the caller
            opens and closes. With a string each operation opens and closes
            its own connection: nothing to close, safe under threads and
            forks. A pool spares those milliseconds. It needs more connections
            than there are runners at once, and two for each to keep none
            waiting: a lease, and the wait for one, holds a connection, and
            every read and commit borrows another.

    Raises:
        StateStoreError: If the database cannot be used, or its tables are those of another version.
    """

    def __init__(self, source: str | Pool) -> None:
        self._source: str | Pool = source
        self._name = place(source) if isinstance(source, str) else _POOLED
        self._operations = Operations(self._name)
        self._callers: _Session | None = None
        self._carry_out(prepare(self._name))

    def __repr__(self) -> str:
        return f"PostgresStore({self._name!r})"

    def within(self, connection: Connection[Any]) -> "PostgresStore":
        """
        This store on a connection of the caller's, so that its commits are part of their transaction.

        What is committed to it counts when the caller commits; other runners
        of the client company wait until then. A lease still has a connection
        of its own. In autocommit, open a transaction first: without one each
        operation is its own.
        """
        bound = copy.copy(self)
        bound._callers = connection  # noqa: SLF001 - of our own class
        return bound

    @contextmanager
    def lease(self, client: str, *, wait: timedelta) -> Iterator[Callable[[], None]]:
        """
        See :meth:`posgo.StateStore.lease`.
        """
        key = lock_key(client)
        with ExitStack() as stack:
            with translated(self._name):
                connection = stack.enter_context(self._own())
            # Until the server says no: who is interrupted meanwhile may have it.
            taken = True
            try:
                with translated(self._name):
                    taken = self._take(connection, key, wait)
                if not taken:
                    raise LeaseHeldError(self._name, HELD)
                # Outside the translation: what the caller raises is the caller's.
                yield lambda: self._confirm(connection)
            finally:
                if taken:
                    self._give_back(connection, key)

    @staticmethod
    def _give_back(connection: _Session, key: int) -> None:
        with _ended_by_failure(connection):
            # A statement that failed before leaves a transaction in which nothing else can be said.
            connection.rollback()
            connection.execute(_UNLOCK, (key,))
            connection.commit()

    def _confirm(self, connection: _Session) -> None:
        try:
            connection.execute(_BEGIN)
            connection.commit()
        except psycopg.Error:
            raise StateStoreError(self._name, _LOST) from None

    @staticmethod
    def _take(connection: _Session, key: int, wait: timedelta) -> bool:
        try:
            with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
                if wait > timedelta(0):
                    cursor.execute(_LIMIT, (milliseconds(wait),))
                    cursor.execute(_LOCK, (key,))
                    return True
                taken = cursor.execute(_TRY, (key,)).fetchone()
        except LockNotAvailable:
            return False
        return bool(taken and taken[0])

    def settlements(self, client: str, references: Collection[str]) -> Loaded:
        """
        See :meth:`posgo.StateStore.settlements`.
        """
        return self._read(self._operations.settlements(client, references))

    def previous_settlement(self, client: str, cash_point: str, before: datetime) -> SettlementRecord | None:
        """
        See :meth:`posgo.StateStore.previous_settlement`.
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
        See :meth:`posgo.StateStore.links`.
        """
        return self._read(self._operations.links(client, kind, pos_ids, go_ids))

    def progress(self, client: str, kind: str) -> Progress:
        """
        See :meth:`posgo.StateStore.progress`.
        """
        return self._read(self._operations.progress(client, kind))

    def history(self, client: str, kind: str, *, since: datetime) -> History:
        """
        See :meth:`posgo.StateStore.history`.
        """
        return self._read(self._operations.history(client, kind, since))

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        See :meth:`posgo.StateStore.commit`.
        """
        return self._carry_out(self._operations.commit(client, changes, expected_version))

    def forget(self, client: str, kind: str, *, pos_id: str | None = None, go_id: str | None = None) -> int:
        """
        See :meth:`posgo.StateStore.forget`.

        The rows are deleted; PostgreSQL reuses their space at its next
        vacuum, and write-ahead logs and backups keep them for as long as
        they are kept.
        """
        return self._carry_out(self._operations.forget(client, kind, pos_id, go_id))

    def _read(self, operation: Operation[T]) -> T:
        # In a transaction of the caller's, the level is the caller's.
        return self._carry_out(operation, first=None if self._callers else SNAPSHOT)

    def _carry_out(self, operation: Operation[T], *, first: str | None = None) -> T:
        with (
            translated(self._name),
            self._session() as connection,
            connection.transaction(),
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            if first is not None:
                cursor.execute(first)
            try:
                statement = next(operation)
                while True:
                    statement = operation.send(self._answer(cursor, statement))
            except StopIteration as stop:
                result: T = stop.value
                return result

    @contextmanager
    def _session(self) -> Iterator[_Session]:
        if self._callers is None:
            with self._own() as connection:
                yield connection
        else:
            if _is_to_begin(self._callers):
                self._callers.execute(_BEGIN)
            yield self._callers

    def _own(self) -> AbstractContextManager[_Session]:
        if isinstance(self._source, str):
            return closing(psycopg.connect(self._source))
        return self._source.connection()

    @staticmethod
    def _answer(cursor: psycopg.Cursor[Any], statement: Statement) -> Answer:
        if statement.rows is not None:
            cursor.executemany(dialect(statement.sql), statement.rows)
        else:
            cursor.execute(dialect(statement.sql), statement.values)
        return Answer(cursor.fetchall() if cursor.description else [], cursor.rowcount)


class AsyncPostgresStore:
    """
    :class:`PostgresStore` with coroutines: the same names, tables and locks.

    The tables are made, or their version checked, before the first operation,
    on a connection of its own.

    Args:
        source: A connection string, or a pool of the caller's, which the caller opens and closes.

    Raises:
        StateStoreError: If the connection string cannot be read.
    """

    def __init__(self, source: str | AsyncPool) -> None:
        self._source: str | AsyncPool = source
        self._name = place(source) if isinstance(source, str) else _POOLED
        self._operations = Operations(self._name)
        self._callers: _AsyncSession | None = None
        # Shared with the copies within() makes.
        self._prepared = asyncio.Event()

    def __repr__(self) -> str:
        return f"AsyncPostgresStore({self._name!r})"

    def within(self, connection: AsyncConnection[Any]) -> "AsyncPostgresStore":
        """
        See :meth:`PostgresStore.within`.
        """
        bound = copy.copy(self)
        bound._callers = connection  # noqa: SLF001 - of our own class
        return bound

    @asynccontextmanager
    async def lease(
        self, client: str, *, wait: timedelta
    ) -> AsyncIterator[Callable[[], Coroutine[Any, Any, None]]]:
        """
        See :meth:`posgo.StateStore.lease`.
        """
        key = lock_key(client)
        async with AsyncExitStack() as stack:
            with translated(self._name):
                connection = await stack.enter_async_context(self._own())
            # Until the server says no: who is interrupted meanwhile may have it.
            taken = True
            try:
                with translated(self._name):
                    taken = await self._take(connection, key, wait)
                if not taken:
                    raise LeaseHeldError(self._name, HELD)
                # Outside the translation: what the caller raises is the caller's.
                yield lambda: self._confirm(connection)
            finally:
                if taken:
                    await self._give_back(connection, key)

    @staticmethod
    async def _give_back(connection: _AsyncSession, key: int) -> None:
        with _ended_by_failure(connection):
            # A statement that failed before leaves a transaction in which nothing else can be said.
            await connection.rollback()
            await connection.execute(_UNLOCK, (key,))
            await connection.commit()

    async def _confirm(self, connection: _AsyncSession) -> None:
        try:
            await connection.execute(_BEGIN)
            await connection.commit()
        except psycopg.Error:
            raise StateStoreError(self._name, _LOST) from None

    @staticmethod
    async def _take(connection: _AsyncSession, key: int, wait: timedelta) -> bool:
        try:
            async with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
                if wait > timedelta(0):
                    await cursor.execute(_LIMIT, (milliseconds(wait),))
                    await cursor.execute(_LOCK, (key,))
                    return True
                taken = await (await cursor.execute(_TRY, (key,))).fetchone()
        except LockNotAvailable:
            return False
        return bool(taken and taken[0])

    async def settlements(self, client: str, references: Collection[str]) -> Loaded:
        """
        See :meth:`posgo.StateStore.settlements`.
        """
        return await self._read(self._operations.settlements(client, references))

    async def previous_settlement(
        self, client: str, cash_point: str, before: datetime
    ) -> SettlementRecord | None:
        """
        See :meth:`posgo.StateStore.previous_settlement`.
        """
        return await self._read(self._operations.previous_settlement(client, cash_point, before))

    async def links(
        self,
        client: str,
        kind: str,
        *,
        pos_ids: Collection[str] | None = None,
        go_ids: Collection[str] | None = None,
    ) -> LoadedLinks:
        """
        See :meth:`posgo.StateStore.links`.
        """
        return await self._read(self._operations.links(client, kind, pos_ids, go_ids))

    async def progress(self, client: str, kind: str) -> Progress:
        """
        See :meth:`posgo.StateStore.progress`.
        """
        return await self._read(self._operations.progress(client, kind))

    async def history(self, client: str, kind: str, *, since: datetime) -> History:
        """
        See :meth:`posgo.StateStore.history`.
        """
        return await self._read(self._operations.history(client, kind, since))

    async def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        See :meth:`posgo.StateStore.commit`.
        """
        return await self._carry_out(self._operations.commit(client, changes, expected_version))

    async def forget(
        self, client: str, kind: str, *, pos_id: str | None = None, go_id: str | None = None
    ) -> int:
        """
        See :meth:`PostgresStore.forget`.
        """
        return await self._carry_out(self._operations.forget(client, kind, pos_id, go_id))

    async def _read(self, operation: Operation[T]) -> T:
        # In a transaction of the caller's, the level is the caller's.
        return await self._carry_out(operation, first=None if self._callers else SNAPSHOT)

    async def _carry_out(self, operation: Operation[T], *, first: str | None = None) -> T:
        if not self._prepared.is_set():
            # Not in a transaction of the caller's, which may be rolled back.
            await self._converse(self._own(), prepare(self._name), None)
            self._prepared.set()
        return await self._converse(self._session(), operation, first)

    async def _converse(
        self, session: AbstractAsyncContextManager[_AsyncSession], operation: Operation[T], first: str | None
    ) -> T:
        with translated(self._name):
            async with (
                session as connection,
                connection.transaction(),
                connection.cursor(row_factory=tuple_row) as cursor,
            ):
                if first is not None:
                    await cursor.execute(first)
                try:
                    statement = next(operation)
                    while True:
                        statement = operation.send(await self._answer(cursor, statement))
                except StopIteration as stop:
                    result: T = stop.value
                    return result

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[_AsyncSession]:
        if self._callers is None:
            async with self._own() as connection:
                yield connection
        else:
            if _is_to_begin(self._callers):
                await self._callers.execute(_BEGIN)
            yield self._callers

    def _own(self) -> AbstractAsyncContextManager[_AsyncSession]:
        return _connected(self._source) if isinstance(self._source, str) else self._source.connection()

    @staticmethod
    async def _answer(cursor: psycopg.AsyncCursor[Any], statement: Statement) -> Answer:
        if statement.rows is not None:
            await cursor.executemany(dialect(statement.sql), statement.rows)
        else:
            await cursor.execute(dialect(statement.sql), statement.values)
        return Answer(await cursor.fetchall() if cursor.description else [], cursor.rowcount)


def _is_to_begin(connection: _Session | _AsyncSession) -> bool:
    return not connection.autocommit and connection.info.transaction_status is TransactionStatus.IDLE


@contextmanager
def _ended_by_failure(connection: _Session | _AsyncSession) -> Iterator[None]:
    """
    End a session that may still hold a lock, which ends with it; a pool then opens another.
    """
    with suppress(psycopg.Error):
        try:
            yield
        except BaseException:
            # Not by close(), with which a pool may want its connection back.
            connection.pgconn.finish()
            raise


@asynccontextmanager
async def _connected(conninfo: str) -> AsyncIterator[_AsyncSession]:
    connection = await AsyncConnection.connect(conninfo)
    try:
        yield connection
    finally:
        await connection.close()
