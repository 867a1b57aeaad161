"""
The embedded store keeps the promises of every store.
"""

from functools import partial
from pathlib import Path

import pytest

from posgo.state import SqliteStore
from posgo.testing.store_contract import Opener, StoreContract


class TestSqliteStore(StoreContract):
    """
    All promises, among instances, threads and processes.
    """

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        return partial(SqliteStore, tmp_path / "state.sqlite3")
