"""
A lease in PostgreSQL is given back however it ends: by Ctrl-C, a cancelled task, or the server's word.
"""

import asyncio
import time
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from posgo.exceptions import LeaseHeldError, StateStoreError
from posgo.state.postgres import AsyncPostgresStore, PostgresStore
from posgo.testing.store_contract import blocking

NOW = timedelta(0)
SOON = timedelta(seconds=5)
WAIT = timedelta(milliseconds=150)
LIMITS = "-c statement_timeout=50"
LOCKING = ["pg_try_advisory_lock", "pg_advisory_lock", "pg_advisory_unlock"]


class Trap:
    """
    Springs once, at a statement with a certain word in it, before or after the server has carried it out.
    """

    def __init__(self, word: str, *, after: bool, error: type[BaseException]) -> None:
        self.word = word
        self.after = after
        self.error: type[BaseException] | None = error

    def pass_by(self, query: Any, *, after: bool) -> None:
        if self.error is not None and after is self.after and f"{self.word}(" in str(query):
            error, self.error = self.error, None
            raise error

    def cursor_factory(self) -> Any:
        trap = self

        class Cursor(psycopg.Cursor[Any]):
            def execute(self, query: Any, *args: Any, **options: Any) -> Any:
                trap.pass_by(query, after=False)
                super().execute(query, *args, **options)
                trap.pass_by(query, after=True)
                return self

        return Cursor

    def async_cursor_factory(self) -> Any:
        trap = self

        class Cursor(psycopg.AsyncCursor[Any]):
            async def execute(self, query: Any, *args: Any, **options: Any) -> Any:
                trap.pass_by(query, after=False)
                await super().execute(query, *args, **options)
                trap.pass_by(query, after=True)
                return self

        return Cursor


def configured(factory: Any) -> Any:
    """
    What a pool does with each of its connections.
    """

    def configure(connection: Any) -> None:
        connection.cursor_factory = factory

    return configure


@pytest.fixture
def others(database: str) -> PostgresStore:
    """
    The store as another worker sees it.
    """
    return PostgresStore(database)


class TestInterrupted:
    """
    A pool never gets a session back that still holds the lock.
    """

    @pytest.mark.parametrize("word", LOCKING)
    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("close_returns", [False, True])
    def test_by_ctrl_c(
        self, database: str, others: PostgresStore, word: str, *, after: bool, close_returns: bool
    ) -> None:
        """
        Wherever it comes while the lease is taken or given back, another worker may enter afterwards.
        """
        factory = Trap(word, after=after, error=KeyboardInterrupt).cursor_factory()
        options: dict[str, Any] = {"configure": configured(factory), "close_returns": close_returns}
        wait = SOON if word == "pg_advisory_lock" else NOW
        with ConnectionPool(database, min_size=1, max_size=1, open=True, **options) as pool:
            store = PostgresStore(pool)
            with pytest.raises(KeyboardInterrupt), store.lease("c", wait=wait):
                pass

            with others.lease("c", wait=SOON):
                pass
            with store.lease("c", wait=SOON):
                pass

    @pytest.mark.parametrize("word", LOCKING)
    @pytest.mark.parametrize("after", [False, True])
    def test_by_a_cancelled_task(
        self, database: str, others: PostgresStore, word: str, *, after: bool
    ) -> None:
        """
        The same with coroutines.
        """
        factory = Trap(word, after=after, error=asyncio.CancelledError).async_cursor_factory()
        wait = SOON if word == "pg_advisory_lock" else NOW

        async def configure(connection: Any) -> None:
            connection.cursor_factory = factory

        async def check() -> None:
            async with AsyncConnectionPool(
                database, min_size=1, max_size=1, open=False, configure=configure
            ) as pool:
                store = AsyncPostgresStore(pool)
                with pytest.raises(asyncio.CancelledError):
                    async with store.lease("c", wait=wait):
                        pass
                with others.lease("c", wait=SOON):
                    pass
                async with store.lease("c", wait=SOON):
                    pass

        asyncio.run(check())

    @pytest.mark.parametrize("wait", [NOW, SOON])
    def test_by_a_task_cancelled_at_any_moment(
        self, database: str, others: PostgresStore, wait: timedelta
    ) -> None:
        """
        Cancelled one turn of the event loop later each time, from before the lease is taken until it is given back,
        and again while it is given back.
        """

        async def run(store: AsyncPostgresStore) -> None:
            async with store.lease("c", wait=wait) as confirm:
                await confirm()

        async def check() -> None:
            async with AsyncConnectionPool(database, min_size=1, max_size=1, open=False) as pool:
                store = AsyncPostgresStore(pool)
                await store.progress("c", "customers")
                for turns, again in product(range(40), range(5)):
                    task = asyncio.create_task(run(store))
                    for wanted in (turns, again):
                        for _ in range(wanted):
                            await asyncio.sleep(0)
                        task.cancel()
                    await asyncio.wait([task])
                    with others.lease("c", wait=SOON):
                        pass

        asyncio.run(check())


class TestCancelledByTheServer:
    """
    A look whether the lease still stands, that the server cancels, is told, and the lease is given back.
    """

    def test_while_blocking(self, database: str, others: PostgresStore) -> None:
        """
        One sentence of the store's, and the pooled session is of use again.
        """
        with ConnectionPool(database, min_size=1, max_size=1, open=True) as pool:
            store = PostgresStore(pool)
            with pool.connection() as connection:
                connection.cursor_factory = Cancelled
            with pytest.raises(StateStoreError, match="run again"), store.lease("c", wait=NOW) as confirm:
                confirm()

            with others.lease("c", wait=SOON):
                pass

    def test_with_coroutines(self, database: str, others: PostgresStore) -> None:
        """
        Likewise.
        """

        async def check() -> None:
            async with AsyncConnectionPool(database, min_size=1, max_size=1, open=False) as pool:
                store = AsyncPostgresStore(pool)
                await store.progress("c", "customers")
                async with pool.connection() as connection:
                    connection.cursor_factory = AsyncCancelled
                with pytest.raises(StateStoreError, match="run again"):
                    async with store.lease("c", wait=NOW) as confirm:
                        await confirm()
                with others.lease("c", wait=SOON):
                    pass

        asyncio.run(check())


_CANCEL = b"SELECT pg_cancel_backend(pg_backend_pid())"


class Cancelled(psycopg.Cursor[Any]):
    """
    A cursor whose plainest statement the server cancels.
    """

    def execute(self, query: Any, *args: Any, **options: Any) -> Any:
        return super().execute(_CANCEL if query == "SELECT 1" else query, *args, **options)


class AsyncCancelled(psycopg.AsyncCursor[Any]):
    """
    As :class:`Cancelled`.
    """

    async def execute(self, query: Any, *args: Any, **options: Any) -> Any:
        return await super().execute(_CANCEL if query == "SELECT 1" else query, *args, **options)


class TestWaiting:
    """
    How long to wait for a lease is the caller's word, whatever limits the role has.
    """

    @pytest.mark.parametrize("coroutines", [False, True])
    @pytest.mark.parametrize("limit", ["statement_timeout", "transaction_timeout"])
    def test_outlasts_the_limits_of_the_role(
        self, database: str, others: PostgresStore, limit: str, *, coroutines: bool
    ) -> None:
        """
        A limit far shorter than the wait does not end it: a held lease is told as held, after the wait.
        """
        with psycopg.connect(database) as connection:
            if connection.execute("SELECT current_setting(%s, true)", (limit,)).fetchone() == (None,):
                pytest.skip(f"this server is older than {limit}")
        conninfo = make_conninfo(database, options=f"-c {limit}=50")
        store = blocking(partial(AsyncPostgresStore, conninfo))() if coroutines else PostgresStore(conninfo)
        begun = time.monotonic()

        with others.lease("c", wait=NOW), pytest.raises(LeaseHeldError), store.lease("c", wait=WAIT):
            pytest.fail("entered a lease that is held")
        assert WAIT.total_seconds() <= time.monotonic() - begun

    def test_leaves_the_limits_as_they_were(self, database: str) -> None:
        """
        Once the lease is held, the session has its own limits again.
        """
        with ConnectionPool(
            make_conninfo(database, options=LIMITS), min_size=1, max_size=1, open=True
        ) as pool:
            with PostgresStore(pool).lease("c", wait=WAIT):
                pass
            with pool.connection() as connection:
                told = connection.execute(
                    "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
                )
                assert ("50ms", "0") == told.fetchone()
