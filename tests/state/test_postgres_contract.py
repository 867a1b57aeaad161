"""
The PostgreSQL store keeps the promises of every store: alone, pooled and with coroutines.
"""

from collections.abc import Iterator
from functools import partial

import pytest
from psycopg_pool import ConnectionPool

from posgo.state.postgres import AsyncPostgresStore, PostgresStore
from posgo.testing.store_contract import Opener, StoreContract, blocking


class TestPostgresStore(StoreContract):
    """
    All promises, with a connection per operation.
    """

    @pytest.fixture
    def opener(self, database: str) -> Opener:
        return partial(PostgresStore, database)


class TestPooledPostgresStore(StoreContract):
    """
    All promises but those about processes, on a pool that everybody shares.
    """

    shared = False

    @pytest.fixture
    def opener(self, database: str) -> Iterator[Opener]:
        with ConnectionPool(database, min_size=1, max_size=8, open=True) as pool:
            yield partial(PostgresStore, pool)


class TestAsyncPostgresStore(StoreContract):
    """
    All promises, with coroutines.
    """

    @pytest.fixture
    def opener(self, database: str) -> Opener:
        return blocking(partial(AsyncPostgresStore, database))
