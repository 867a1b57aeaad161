"""
A PostgreSQL server for tests that need one, brought up when first asked for.
"""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from posgo.state import StateStore
from posgo.state.postgres import AsyncPostgresStore, PostgresStore
from posgo.testing.store_contract import blocking
from support.postgres import Server, start


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """
    A server that lives as long as the tests; skipped, with the reason, if this machine cannot run one.
    """
    with start() as server:
        yield server


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    """
    The connection string of an empty database.
    """
    with postgres.database() as conninfo:
        yield conninfo


_OPENERS: list[Callable[[str], StateStore]] = [
    PostgresStore,
    lambda conninfo: blocking(partial(AsyncPostgresStore, conninfo))(),
]


@pytest.fixture(params=_OPENERS, ids=["blocking", "asynchronous"])
def open_store(request: pytest.FixtureRequest) -> Callable[[str], StateStore]:
    """
    Opens a store on a database: the blocking one, and the asynchronous one made to block.
    """
    opener: Callable[[str], StateStore] = request.param
    return opener
