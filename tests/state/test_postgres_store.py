"""
What only a server can get wrong: versions, privileges, transactions of others, and being away.
"""

import asyncio
import hashlib
import pickle
import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from posgo import AsyncGoClient, AsyncRunner, Customer, GoClient, Runner
from posgo.exceptions import LeaseHeldError, StaleStateError, StateStoreError
from posgo.profiles import PRESSIS_POS
from posgo.state import Changes, StateStore
from posgo.state._postgres import translated
from posgo.state.postgres import SCHEMA, AsyncPostgresStore, PostgresStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from posgo.testing._http.messages import Reply
from posgo.testing._http.transport import FakeTransport
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
from posgo.testing.store_contract import blocking
from support.postgres import Server, start

NOW = timedelta(0)
SETTINGS_REFUSED = "the connection settings are refused; check .*sslmode"
NO_PRIVILEGE = (
    r"may not use or make .*posgo\.state\.postgres\.SCHEMA .*"
    r"GRANT SELECT, INSERT, UPDATE, DELETE on them to this role"
)
GRANTS = re.compile(r"```sql\n(GRANT .*?)```", re.DOTALL)
STATE_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "state-store.md"
NO_CONNECTION = r"the pool had no free connection in time; nothing was written; .*two for every runner"
OPENERS: list[Callable[[str], StateStore]] = [
    PostgresStore,
    lambda conninfo: blocking(partial(AsyncPostgresStore, conninfo))(),
]


@pytest.fixture(params=OPENERS, ids=["blocking", "asynchronous"])
def open_store(request: pytest.FixtureRequest) -> Callable[[str], StateStore]:
    opener: Callable[[str], StateStore] = request.param
    return opener


def sql(database: str, *statements: str) -> list[tuple[Any, ...]]:
    """
    Run statements; give the rows of the last one.
    """
    with psycopg.connect(database, autocommit=True) as connection:
        cursors = [connection.execute(statement.encode()) for statement in statements]
        return cursors[-1].fetchall() if cursors[-1].description else []


def sync_blocking(go: FakeGo, pos: FakePos, database: str, transport: Any) -> None:
    client = GoClient(go.credentials, transport=transport, limiter=NO_LIMIT)
    store = PostgresStore(database)
    Runner(go=client, pos=pos, store=store, profile=PRESSIS_POS, clock=VirtualClock()).sync_customers()


def sync_asynchronously(go: FakeGo, pos: FakePos, database: str, transport: Any) -> None:
    async def sync() -> None:
        async with AsyncGoClient(go.credentials, transport=transport, limiter=NO_LIMIT) as client:
            store = AsyncPostgresStore(database)
            runner = AsyncRunner(go=client, pos=pos, store=store, profile=PRESSIS_POS, clock=VirtualClock())
            await runner.sync_customers()

    asyncio.run(sync())


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


class TestTrouble:
    """
    One sentence each, with no password and no value in it.
    """

    def test_a_lost_connection_ends_the_lease(
        self, database: str, open_store: Callable[[str], StateStore]
    ) -> None:
        """
        Another may enter, and whoever lost it leaves without an error of its own.
        """
        store, other = open_store(database), PostgresStore(database)
        with store.lease("c", wait=NOW):
            sql(database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
            with other.lease("c", wait=timedelta(seconds=30)):
                pass

    @pytest.mark.parametrize("sync", [sync_blocking, sync_asynchronously])
    def test_a_run_that_lost_its_lease_writes_no_more(
        self, database: str, sync: Callable[[FakeGo, FakePos, str, Any], object]
    ) -> None:
        """
        A session ended by the server in the middle of a run is noticed before the next write, not at the next commit.
        """
        go, pos = FakeGo(), FakePos()
        for number in range(5):
            pos.put(Customer(name=f"Name {number}"))

        def answer(method: str, url: str, headers: dict[str, str], content: bytes) -> Reply:
            reply = go.answer(method, url, headers, content)
            if method == "POST" and url.endswith("/Customers"):
                sql(database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
            return reply

        with pytest.raises(
            StateStoreError, match=r"the lease was lost .*nothing more was written.*run again"
        ):
            sync(go, pos, database, FakeTransport(answer))

        assert 1 == len(go.all(Customer))
        sync(go, pos, database, go.transport)
        assert 5 == len(go.all(Customer))

    def test_a_pool_without_a_free_connection_is_named(self, database: str) -> None:
        """
        A pool no larger than its runners starves them; the server is not blamed, and the way out is a larger pool.
        """
        with ConnectionPool(database, min_size=1, max_size=1, open=True, timeout=0.1, max_waiting=1) as pool:
            store = PostgresStore(pool)
            with store.lease("c", wait=NOW):
                with pytest.raises(StateStoreError, match=NO_CONNECTION) as late:
                    add(store, pair())
                with ThreadPoolExecutor(2) as runners:
                    told = [
                        runner.exception() for runner in [runners.submit(add, store, pair()) for _ in "ab"]
                    ]
            assert {str(late.value)} == {str(error) for error in told}
        with pytest.raises(StateStoreError, match="the pool is closed, or not open yet; open it before"):
            add(store, pair())

    def test_an_asynchronous_pool_without_a_free_connection_is_named(self, database: str) -> None:
        """
        In the same words.
        """

        async def check() -> None:
            async with AsyncConnectionPool(database, min_size=1, max_size=1, open=False, timeout=0.1) as pool:
                store = AsyncPostgresStore(pool)
                async with store.lease("c", wait=NOW):
                    await store.progress("c", "customers")

        with pytest.raises(StateStoreError, match=NO_CONNECTION):
            asyncio.run(check())

    @pytest.mark.parametrize(
        "conninfo",
        [
            "postgresql://till:p@ssword@db.example/posgo",
            "postgresql://till:pass/word@db.example/posgo",
            "postgresql://till@p:password@db.example/posgo",
            "host=db.example password=pass word dbname=posgo",
            "password='password",
            "postgresql://till:pass%zzword@db.example/posgo",
            "sqlite:///var/password.db",
            "host=db.example passwd=password",
        ],
    )
    def test_a_garbled_connection_string_is_not_repeated(
        self, conninfo: str, open_store: Callable[[str], StateStore]
    ) -> None:
        """
        Where a password's own characters end up in other places, nothing of it is told, and every way out is.
        """
        with pytest.raises(
            StateStoreError, match=r"check the names of its settings, percent-encode .*quote"
        ) as caught:
            open_store(conninfo).progress("c", "customers")

        assert "word" not in str(caught.value)
        assert None is caught.value.__cause__

    def test_names_hold_no_secrets(self, database: str) -> None:
        """
        The store says which database it is, never who connects and with what.
        """
        conninfo = f"{database} password=hemmelig"
        names = {repr(PostgresStore(conninfo)), repr(AsyncPostgresStore(conninfo))}

        assert not [name for name in names if "hemmelig" in name or "user" in name]
        with ConnectionPool(conninfo, min_size=1, open=True) as pool:
            assert "PostgresStore('PostgreSQL')" == repr(PostgresStore(pool))

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"dbname": "nowhere"}, "no such database"),
            ({"user": "nobody"}, "refused the user or the password"),
            ({"host": "127.0.0.1", "port": "1"}, "cannot be reached"),
            ({"options": "-c default_transaction_read_only=on"}, "read-only"),
            ({"options": "-c search_path=nowhere"}, "search_path names no schema"),
            ({"sslmode": "hunter3"}, SETTINGS_REFUSED),
            ({"service": "hunter3"}, SETTINGS_REFUSED),
            ({"port": "99999"}, SETTINGS_REFUSED),
            ({"connect_timeout": "hunter3"}, SETTINGS_REFUSED),
            ({"host": "127.0.0.1", "hostaddr": "127.0.0.1,127.0.0.2"}, SETTINGS_REFUSED),
            ({"options": "-c hunter3=1"}, SETTINGS_REFUSED),
            ({"options": "-c statement_timeout=1 -c lock_timeout=1"}, "cancelled|refused: LockNotAvailable"),
        ],
    )
    def test_refusals_are_told_apart(
        self,
        database: str,
        changed: dict[str, str],
        says: str,
        open_store: Callable[[str], StateStore],
    ) -> None:
        """
        A missing database, a wrong role, nobody listening, a standby: each with its own words.
        """
        conninfo = psycopg.conninfo.make_conninfo(database, password="hemmelig", **changed)
        with psycopg.connect(database) as busy:
            busy.execute("SELECT pg_advisory_xact_lock(-1)")
            if "timeout" in changed.get("options", ""):
                PostgresStore(database)
                busy.execute("LOCK TABLE posgo_schema")
            with pytest.raises(StateStoreError, match=says) as caught:
                open_store(conninfo).commit("c", Changes(put=[pair()]), expected_version=0)

        assert not re.search("hemmelig|hunter3", "".join(map(repr, (caught.value, caught.value.__cause__))))
        assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))  # noqa: S301 - our own

    @pytest.mark.parametrize("answer", [b"S", b"N"], ids=["no root certificate", "a server without TLS"])
    def test_a_failed_encryption_is_named(
        self, answer: bytes, tmp_path: Path, open_store: Callable[[str], StateStore]
    ) -> None:
        """
        A server that is reached, and cannot be trusted as the connection string asks, is not one that is away.
        """
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            conninfo = f"host=127.0.0.1 port={port} sslmode=verify-full sslrootcert={tmp_path}/hunter3"

            def greet() -> None:
                with listening.accept()[0] as connection:
                    connection.recv(8)
                    connection.sendall(answer)
                    connection.recv(1)

            with ThreadPoolExecutor(1) as server:
                server.submit(greet)
                with pytest.raises(
                    StateStoreError, match=r"no encrypted connection.*check sslmode"
                ) as caught:
                    open_store(conninfo).progress("c", "customers")

        assert "hunter3" not in str(caught.value)

    def test_a_wrong_password_is_named(self, postgres: Server, database: str) -> None:
        """
        Without repeating it.
        """
        rules = postgres.folder / "data" / "pg_hba.conf"
        before = rules.read_text()
        rules.write_text(f"local all locked scram-sha-256\n{before}")
        try:
            sql(database, "CREATE ROLE locked LOGIN PASSWORD 'right'", "SELECT pg_reload_conf()")
            for password in ({"password": "hemmelig"}, {}):
                conninfo = psycopg.conninfo.make_conninfo(database, user="locked", **password)
                with pytest.raises(StateStoreError, match="refused the user or the password") as caught:
                    PostgresStore(conninfo)
                assert "hemmelig" not in str(caught.value)
        finally:
            rules.write_text(before)
            sql(database, "DROP ROLE locked", "SELECT pg_reload_conf()")

    def test_privileges_and_missing_tables_are_named(self, database: str) -> None:
        """
        With the remedy.
        """
        store = PostgresStore(database)
        sql(database, "CREATE ROLE poor LOGIN", "CREATE SCHEMA closed")
        for path in ("public", "closed,public"):
            options = f"options='-c search_path={path}'"
            with pytest.raises(StateStoreError, match=NO_PRIVILEGE):
                PostgresStore(f"{database.replace('user=postgres', 'user=poor')} {options}")
        with pytest.raises(StateStoreError, match=r"search_path names no schema .*may use.*GRANT USAGE"):
            PostgresStore(f"{database.replace('user=postgres', 'user=poor')} options='-c search_path=closed'")
        sql(database, "DROP ROLE poor", "DROP TABLE posgo_links")
        with pytest.raises(StateStoreError, match="tables are gone"):
            store.links("c", "customers")

    @pytest.mark.parametrize("value", ["\x00", "\ud800"])
    def test_what_no_database_takes_is_refused(
        self, database: str, value: str, open_store: Callable[[str], StateStore]
    ) -> None:
        """
        A NUL or half a character in an opaque text is one clear error, and nothing is written.
        """
        store = open_store(database)

        with pytest.raises(StateStoreError, match="no database takes; nothing was written"):
            add(store, pair(), cursor(value))

        assert 0 == store.progress("c", "customers").version

    def test_an_id_too_long_for_an_index_is_refused(
        self, database: str, open_store: Callable[[str], StateStore]
    ) -> None:
        """
        Told as what it is, not as a server out of reach, and nothing is written.
        """
        store = open_store(database)
        # Digests, because the server compresses what repeats itself.
        long = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(100))

        with pytest.raises(StateStoreError, match=r"too long for PostgreSQL.*nothing was written"):
            add(store, pair(long))

        assert 0 == store.progress("c", "customers").version

    def test_a_damaged_row_is_named_without_what_it_says(self, database: str) -> None:
        """
        As in every SQL store.
        """
        store = PostgresStore(database)
        add(store, conflict())
        sql(database, "UPDATE posgo_conflicts SET seen_at = '9 Hemmelig'")

        with pytest.raises(StateStoreError, match="a row of posgo_conflicts is damaged") as caught:
            everything(store)

        assert "Hemmelig" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ('FATAL:  database "shop" does not exist', "no such database"),
        ("FATAL:  the database system is shutting down", "may or may not have happened"),
        ("FATAL:  the database system is starting up", "may or may not have happened"),
    ],
)
def test_a_server_that_goes_or_comes_is_not_a_missing_database(said: str, means: str) -> None:
    """
    What a server says before it gives codes is told apart by its words.
    """
    with pytest.raises(StateStoreError, match=means), translated("store"):
        raise psycopg.OperationalError(f"connection to server failed: {said}")


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("connection failed: SSL error: certificate verify failed", "no encrypted connection"),
        ("consuming input failed: SSL error: certificate verify failed", "may or may not have happened"),
        ("connection failed: could not receive data: Connection refused", "may or may not have happened"),
    ],
)
def test_only_who_never_connected_has_wrong_settings(said: str, means: str) -> None:
    """
    A connection lost at work may be lost in the middle of a commit, whatever broke it.
    """
    with pytest.raises(StateStoreError, match=means), translated("store"):
        raise psycopg.OperationalError(said)


class TestServerCrash:
    """
    The server itself may die.
    """

    def test_what_was_confirmed_survives_and_the_rest_is_told(self) -> None:
        """
        Stopped as by a crash in the middle of commits: every confirmed one is there after the restart.
        """
        with start() as server:
            store = PostgresStore(server.conninfo())
            confirmed, told = [0], []

            def commit_until_told() -> None:
                try:
                    while True:
                        mark = cursor(str(confirmed[0] + 1))
                        confirmed[0] = store.commit("c", Changes(put=[mark]), expected_version=confirmed[0])
                except StateStoreError as error:
                    told.append(str(error))

            writer = threading.Thread(target=commit_until_told)
            writer.start()
            while not confirmed[0]:
                pass
            server.stop("immediate")
            writer.join(60)
            server.start()

            progress = store.progress("c", "customers")
            assert progress.version in (confirmed[0], confirmed[0] + 1)
            assert {"go": str(progress.version)} == progress.cursors
            (sentence,) = told
            assert "may or may not have happened" in sentence
