"""
What surrounds the SQLite store: which paths are files, and what its errors mean.
"""

import errno
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from posgo.exceptions import ModelError, StateStoreError
from posgo.state._operations import UNTAKEN

__all__ = ["RELINK", "file_at", "translated"]

RELINK = "restore a backup, or move it away with its -wal and -shm: posgo finds its records again"
# Of a Path, which has one slash, as well; a drive of Windows has one letter.
_CONNECTION_STRING = re.compile(r"^\s*[\w+.-]{2,}:/|\bpassword\s*=")
_PERMISSIONS = "let the user that runs posgo write to it and to its folder"
_FOLDER = "name a folder that exists, or make it"
_REMEDIES = {errno.ENOENT: _FOLDER, errno.ENOTDIR: _FOLDER, errno.EISDIR: "name a file, not a folder"}


def file_at(path: str | os.PathLike[str]) -> Path:
    """
    Where a file lies.

    Raises:
        StateStoreError: If no file can lie there. The path is not repeated: it may be a connection string.
    """
    told = os.fspath(path)
    if _CONNECTION_STRING.search(told):
        raise StateStoreError(
            "SQLite",
            "a file is expected, and this is a connection string; give a path, or use "
            "posgo.state.postgres.PostgresStore",
        )
    if "\0" in told:
        raise StateStoreError("SQLite", "no path holds a NUL character; choose another")
    return Path(path).absolute()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """
    Turn errors of a file into ours.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise StateStoreError(str(path), _explained(error)) from error
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, _PERMISSIONS)
        raise StateStoreError(
            str(path), f"the state file cannot be opened for writing: {error.strerror}; {remedy}"
        ) from error
    except (UnicodeEncodeError, OverflowError) as error:
        if isinstance(error, ModelError):
            raise
        raise StateStoreError(str(path), UNTAKEN) from None


def _explained(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    reasons = {
        sqlite3.SQLITE_NOTADB: f"this is no state file of posgo, or it is damaged; choose another file, or {RELINK}",
        sqlite3.SQLITE_CORRUPT: f"the state file is damaged; {RELINK}",
        sqlite3.SQLITE_READONLY: f"the state file is read-only; nothing was written; {_PERMISSIONS}",
        sqlite3.SQLITE_FULL: "the disk is full; nothing was written; make room and run again",
        sqlite3.SQLITE_IOERR: "the disk failed or is full; nothing was written; make room or mend it, and run again",
        sqlite3.SQLITE_BUSY: "another process held the file for too long; nothing was written, run again",
        sqlite3.SQLITE_CANTOPEN: "the state file cannot be opened; name a file, in a folder that exists and may be written",
    }
    return reasons.get(code, f"the state file cannot be used: {error}")
