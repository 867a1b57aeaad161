"""
A PostgreSQL server for tests that need one, brought up when first asked for.
"""

from collections.abc import Iterator

import pytest

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
