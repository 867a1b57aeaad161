"""
A store whose process is killed at a statement of its choice.

It stands in a module that a fresh process can import: a test module cannot be.
"""

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from posgo.state import Changes, SqliteStore

__all__ = ["committed", "killed_at", "only_opened"]

# Forked from a server that runs no thread: forking beside threads is an error from Python 3.12 on.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["__main__", "posgo.state"])


class _Dying(SqliteStore):
    """
    Statements are counted over all connections.
    """

    left = 0

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with super()._connection() as db:
            db.set_trace_callback(self._count)
            yield db

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.set_trace_callback(self._count)
        super()._prepare(db)

    @classmethod
    def _count(cls, _statement: str) -> None:
        cls.left -= 1
        if not cls.left:
            os.kill(os.getpid(), signal.SIGKILL)


def killed_at(statement: int, use: Callable[[SqliteStore], object], path: Path) -> int:
    """
    Use the store at a path in a process that dies at its n-th statement.

    Returns:
        How the process ended: 0 if it had fewer statements to make.
    """
    process = _CONTEXT.Process(target=_use, args=(statement, use, path))
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def _use(statement: int, use: Callable[[SqliteStore], object], path: Path) -> None:
    _Dying.left = statement
    use(_Dying(path))


def only_opened(_store: SqliteStore) -> None:
    """
    Do nothing but open it.
    """


def committed(store: SqliteStore, *, changes: Changes, expected_version: int) -> None:
    """
    Commit to it.
    """
    store.commit("c", changes, expected_version=expected_version)
