"""
Connections to SQLite files: private from the first, and refused where a fork has made them worthless.

SQLite notes in memory which locks a process holds. A forked process inherits
the note, and none of the locks: what it writes may be overwritten by others.
"""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

__all__ = ["FORKED", "Files", "connected", "files", "is_forked"]

FORKED = (
    "this process was forked while a lease was held or the store was at work, and has inherited none of its locks; "
    "nothing was written; start workers by spawn, or fork them before the run"
)
Files: TypeAlias = tuple[tuple[int, int] | None, ...]

# SQLite counts milliseconds in 31 bits.
_LONGEST = timedelta(days=24)
_MAKING = threading.Lock()
# Each with the process that opened it. Those of a parent stay for ever: closing them is use, too.
_OPEN: list[tuple[int, sqlite3.Connection]] = []


def is_forked() -> bool:
    """
    Whether this process was forked while its parent had a connection open.
    """
    own = os.getpid()
    return any(opener != own for opener, _ in _OPEN)


@contextmanager
def connected(path: Path, wait: timedelta) -> Iterator[sqlite3.Connection]:
    """
    Keep a connection, each statement of which commits, until the context ends; that rolls back what is open.

    Args:
        path: The file; it is made when missing.
        wait: How long to wait for whoever has locked it: 24 days at most.
    """
    _make(path)
    # A lease may be released by another thread than took it; every other
    # connection lives and dies in one call.
    db = sqlite3.connect(
        path,
        timeout=max(min(wait, _LONGEST).total_seconds(), 0),
        isolation_level=None,
        check_same_thread=False,
    )
    opened = (os.getpid(), db)
    _OPEN.append(opened)
    try:
        yield db
    finally:
        if opened[0] == os.getpid():
            db.close()
            _OPEN.remove(opened)


def files(path: Path, *beside: str) -> Files:
    """
    Which files these are, whatever they are called; None for one that is missing.
    """
    found: list[tuple[int, int] | None] = []
    for end in ("", *beside):
        try:
            status = path.with_name(f"{path.name}{end}").stat()
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((status.st_dev, status.st_ino))
    return tuple(found)


def _make(path: Path) -> None:
    """
    Make a file that nobody else can read, if it is missing.

    Raises:
        PermissionError: If it is there and must not be written: said now, not in the middle of a run.
    """
    # One that is there is not opened: closing it would give up SQLite's locks on it.
    # Nor does a thread connect to one that another has not closed yet.
    with _MAKING:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None
