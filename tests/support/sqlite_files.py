"""
State files looked at past the store.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

NOW = timedelta(0)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """
    The database itself, whose every statement commits.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db
