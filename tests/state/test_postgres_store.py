"""
What only a server can get wrong: versions, privileges, transactions of others, and being away.
"""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from posgo.exceptions import LeaseHeldError, StaleStateError, StateStoreError
from posgo.state import Changes, StateStore
from posgo.state.postgres import SCHEMA, AsyncPostgresStore, PostgresStore
from posgo.testing._store_examples import (
    NOON,
    add,
    conflict,
    cursor,
    everything,
    intent,
    pair,
    run,
    settlement,
    tombstone,
)
from support.postgres import sql

NOW = timedelta(0)
GRANTS = re.compile(r"```sql\n(GRANT .*?)```", re.DOTALL)
STATE_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "state-store.md"


class TestTables:
    """
    Made once, by whoever comes first, in one version.
    """

    def test_many_may_make_them_at_once(self, database: str, open_store: Callable[[str], StateStore]) -> None:
        """
        Whoever comes second waits for the first, and nobody fails.
        """
        with ThreadPoolExecutor(6) as pool:
            versions = list(
                pool.map(lambda _: open_store(database).progress("c", "customers").version, range(6))
            )

        assert [0] * 6 == versions

    def test_another_version_is_refused(self, database: str, open_store: Callable[[str], StateStore]) -> None:
        """
        An older posgo does not write into a newer one's tables.
        """
        PostgresStore(database)
        sql(database, "UPDATE posgo_schema SET version = 99")

        with pytest.raises(StateStoreError, match="schema 99, and this posgo works with 2; update posgo"):
            open_store(database).progress("c", "customers")

    def test_the_owner_can_make_them(self, database: str) -> None:
        """
        ``SCHEMA`` and the documented grants are all a role without the right to create needs from one who has it.
        """
        (grants,) = GRANTS.findall(STATE_PAGE.read_text(encoding="utf-8"))
        sql(database, SCHEMA, "CREATE ROLE till LOGIN", "REVOKE ALL ON SCHEMA public FROM public", grants)
        store = PostgresStore(database.replace("user=postgres", "user=till"))

        add(store, pair(), settlement(), cursor("1"), intent(), conflict(), run(), tombstone())
        store.commit(
            "c",
            Changes(put=[pair()], drop=[cursor("1").key], expire=NOON + timedelta(days=1)),
            expected_version=1,
        )
        assert 1 == store.forget("c", "customers", pos_id="p1")
        sql(database, "DROP OWNED BY till", "DROP ROLE till")

    def test_they_lie_where_the_session_looks_first(self, database: str) -> None:
        """
        Two stores live apart in two schemas of one database.
        """
        sql(database, "CREATE SCHEMA one", "CREATE SCHEMA two")
        one, two = (PostgresStore(f"{database} options='-c search_path={name}'") for name in ("one", "two"))
        add(one, pair())

        assert ((), 0) == (two.links("c", "customers").links, two.progress("c", "customers").version)

    def test_some_links_are_searched_for(self, database: str) -> None:
        """
        PostgreSQL looks links up in an index from either side, once there are many.
        """
        store = PostgresStore(database)
        add(store, *(pair(f"p{number}", f"g{number}") for number in range(5000)))
        sql(database, "ANALYZE posgo_links")

        for side in ("pos_id", "go_id"):
            query = f"EXPLAIN SELECT base FROM posgo_links WHERE client = 'c' AND kind = 'customers' AND {side} = ANY('{{p1,p2}}')"  # noqa: S608
            assert not any("Seq Scan" in row[0] for row in sql(database, query))


class TestTransactions:
    """
    Others' transactions, and ours in them.
    """

    def test_a_commit_can_be_part_of_the_callers(self, database: str) -> None:
        """
        It counts when the caller commits, together with what else the caller wrote.
        """
        store = PostgresStore(database)
        sql(database, "CREATE TABLE jobs (name TEXT)")
        with psycopg.connect(database) as connection:
            connection.execute("INSERT INTO jobs VALUES ('next run')")
            assert 1 == add(store.within(connection), pair())
            assert () == store.links("c", "customers").links
            connection.commit()

        assert (pair().link,) == store.links("c", "customers").links
        assert [("next run",)] == sql(database, "SELECT name FROM jobs")

    def test_the_caller_can_take_it_back(self, database: str) -> None:
        """
        A rollback undoes it; a stale commit inside spoils nothing else of the caller's transaction.
        """
        store = PostgresStore(database)
        sql(database, "CREATE TABLE jobs (name TEXT)")
        with psycopg.connect(database) as connection:
            add(store.within(connection), pair())
            connection.rollback()
            connection.execute("INSERT INTO jobs VALUES ('kept')")
            with pytest.raises(StaleStateError):
                store.within(connection).commit("c", Changes(put=[pair()]), expected_version=7)

        assert 0 == store.progress("c", "customers").version
        assert [("kept",)] == sql(database, "SELECT name FROM jobs")

    def test_with_coroutines_too(self, database: str) -> None:
        """
        The asynchronous store joins a transaction in the same way.
        """

        async def check() -> tuple[int, int]:
            store = AsyncPostgresStore(database)
            async with await psycopg.AsyncConnection.connect(database) as connection:
                bound = store.within(connection)
                await bound.commit("c", Changes(put=[pair()]), expected_version=0)
                inside = (await bound.links("c", "customers")).version
                await connection.rollback()
            return inside, (await store.links("c", "customers")).version

        assert (1, 0) == asyncio.run(check())

    def test_a_first_operation_taken_back_leaves_the_tables(self, database: str) -> None:
        """
        The tables are made apart from the caller's transaction, so that its rollback does not take them along.
        """

        async def check() -> list[int]:
            store = AsyncPostgresStore(database)
            async with await psycopg.AsyncConnection.connect(database) as connection:
                bound = store.within(connection)
                first = await bound.commit("c", Changes(put=[pair()]), expected_version=0)
                await connection.rollback()
                stores = bound, store.within(connection), store
                return [first, *[(await each.progress("c", "customers")).version for each in stores]]

        assert [1, 0, 0, 0] == asyncio.run(check())

    def test_the_tables_are_looked_at_once(self, database: str) -> None:
        """
        What one transaction of the caller's has found serves every later one.
        """

        async def check() -> int:
            async with AsyncConnectionPool(database, min_size=1, max_size=2, open=False) as pool:
                store = AsyncPostgresStore(pool)
                async with await psycopg.AsyncConnection.connect(database) as connection:
                    for _ in range(3):
                        await store.within(connection).progress("c", "customers")
                return pool.get_stats()["requests_num"]

        assert 1 == asyncio.run(check())

    def test_a_stricter_level_is_told_as_stale(self, database: str) -> None:
        """
        A serialization failure is what it means: somebody committed first.
        """
        store = PostgresStore(database)
        add(store, pair())
        with psycopg.connect(database) as connection:
            connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            bound = store.within(connection)
            version = bound.progress("c", "customers").version
            add(store, pair("p2"))
            with pytest.raises(StaleStateError):
                bound.commit("c", Changes(put=[pair("p3")]), expected_version=version)

    def test_rows_of_any_shape_are_read(self, database: str) -> None:
        """
        A pool whose connections give dictionaries serves as well.
        """
        options = {"row_factory": psycopg.rows.dict_row}
        with ConnectionPool(database, min_size=1, kwargs=options, open=True) as pool:
            store = PostgresStore(pool)
            add(store, pair(), cursor("1"))
            assert (pair().link,) == everything(store)[0]

    def test_an_asynchronous_pool_serves(self, database: str) -> None:
        """
        Its connections go back after each operation, and after a lease.
        """

        async def check() -> tuple[int, ...]:
            async with AsyncConnectionPool(database, min_size=1, max_size=2, open=False) as pool:
                store = AsyncPostgresStore(pool)
                for version in range(5):
                    async with store.lease("c", wait=NOW):
                        await store.commit("c", Changes(put=[pair()]), expected_version=version)
                with pytest.raises(LeaseHeldError):
                    async with store.lease("c", wait=NOW), store.lease("c", wait=NOW):
                        pytest.fail("entered a lease that is held")
                return (await store.progress("c", "customers")).version, pool.get_stats()["requests_num"]

        assert 5 == asyncio.run(check())[0]

    def test_two_connections_are_enough_for_a_runner(self, database: str) -> None:
        """
        One for its lease, and one for each of its reads and commits, as the documentation says.
        """
        with ConnectionPool(database, min_size=1, max_size=2, open=True, timeout=5) as pool:
            store = PostgresStore(pool)
            with store.lease("c", wait=NOW) as confirm:
                confirm()
                assert (1, 1) == (add(store, pair()), store.progress("c", "customers").version)
