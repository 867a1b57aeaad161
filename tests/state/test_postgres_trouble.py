"""
What PostgreSQL refuses, and a server that goes away: one clear sentence each.
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
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from posgo import AsyncGoClient, AsyncRunner, Customer, GoClient, Runner
from posgo.exceptions import StateStoreError
from posgo.profiles import PRESSIS_POS
from posgo.state import Changes, StateStore
from posgo.state._postgres import translated
from posgo.state.postgres import AsyncPostgresStore, PostgresStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from posgo.testing._http.messages import Reply
from posgo.testing._http.transport import FakeTransport
from posgo.testing._store_examples import (
    add,
    conflict,
    cursor,
    everything,
    pair,
)
from support.postgres import Server, sql, start

NOW = timedelta(0)
SETTINGS_REFUSED = "the connection settings are refused; check .*sslmode"
NO_PRIVILEGE = (
    r"may not use or make .*posgo\.state\.postgres\.SCHEMA .*"
    r"GRANT SELECT, INSERT, UPDATE, DELETE on them to this role"
)
NO_CONNECTION = r"the pool had no free connection in time; nothing was written; .*two for every runner"


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
            pool.wait()  # the first connection may take longer than that
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
                await pool.wait()
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
