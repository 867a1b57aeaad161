"""
What both colours of the PostgreSQL store share: names, tables, locks and errors.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from posgo.exceptions import StaleStateError, StateStoreError
from posgo.state._operations import STALE, UNTAKEN, Operation, Statement
from posgo.state._tables import SCHEMA as TABLES, SCHEMA_VERSION

__all__ = ["SCHEMA", "SNAPSHOT", "dialect", "lock_key", "milliseconds", "place", "prepare", "translated"]

SCHEMA = f"""{TABLES}
CREATE TABLE posgo_schema (
    version BIGINT NOT NULL
);
INSERT INTO posgo_schema (version) VALUES ({SCHEMA_VERSION});
"""  # noqa: S608 - made of constants
"""All tables, for a database whose roles may not create any: the owner runs it once."""

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
"""Makes all statements of an operation see one moment."""

# A password with characters that mean something in a URL ends up in these, and from there in messages.
_HARMLESS = {"host": r"[\w.,:/-]*", "port": r"[\d,]*", "dbname": r"[\w.-]*"}


def dialect(sql: str) -> str:
    """
    Spell a statement the way psycopg wants it.
    """
    return sql.replace("?", "%s")


def place(conninfo: str) -> str:
    """
    What errors call a database: its name and where it is, never who connects.

    Raises:
        StateStoreError: If the connection string cannot be read. It is not repeated: it may hold a password.
    """
    try:
        told = conninfo_to_dict(conninfo)
    except psycopg.Error:
        told = {"host": "@"}
    parts = {name: str(told.get(name) or "") for name in _HARMLESS}
    if not all(re.fullmatch(_HARMLESS[name], part) for name, part in parts.items()):
        raise StateStoreError(
            "PostgreSQL",
            "the connection string cannot be read; check the names of its settings, percent-encode special "
            "characters in a postgresql:// address, or quote values with blanks in host=… dbname=…",
        )
    where = ":".join(filter(None, (parts["host"], parts["port"])))
    return " ".join(filter(None, ("PostgreSQL", parts["dbname"], where and f"on {where}")))


def lock_key(client: str) -> int:
    """
    The advisory lock of a client company's lease.
    """
    return int.from_bytes(hashlib.sha256(f"posgo lease {client}".encode()).digest()[:8], "big", signed=True)


def milliseconds(wait: timedelta) -> str:
    """
    A ``lock_timeout``, which is at least 1: 0 would mean to wait for ever.
    """
    return str(min(max(int(wait / timedelta(milliseconds=1)), 1), 2**31 - 1))


def prepare(store: str) -> Operation[None]:
    """
    Make the tables if there are none.

    Raises:
        StateStoreError: If they are those of another version.
    """
    found = yield from _schema_version()
    if found is None:
        # Whoever comes second waits here, and then finds what the first has made.
        yield Statement("SELECT pg_advisory_xact_lock(?)", (lock_key("the tables"),))
        found = yield from _schema_version()
    if found is None:
        for statement in SCHEMA.split(";")[:-1]:
            yield Statement(statement)
    elif found != SCHEMA_VERSION:
        raise StateStoreError(
            store, f"its tables have schema {found}, and this posgo works with {SCHEMA_VERSION}; update posgo"
        )


_HAS_TABLES = "SELECT 1 FROM pg_catalog.pg_class WHERE relname = 'posgo_schema' AND pg_table_is_visible(oid)"


def _schema_version() -> Operation[int | None]:
    # Asked of the catalogue by a query: a look-up by name may be answered from the session's cache,
    # which does not know what was made while it waited for the lock.
    answer = yield Statement(_HAS_TABLES)
    if not answer.rows:
        return None
    answer = yield Statement("SELECT max(version) FROM posgo_schema")
    return int(answer.rows[0][0] or 0)


@contextmanager
def translated(store: str) -> Iterator[None]:
    """
    Turn the database's errors into ours. Theirs are not chained: they may repeat values and passwords.
    """
    try:
        yield
    except (errors.SerializationFailure, errors.DeadlockDetected):
        raise StaleStateError(store, STALE) from None
    except psycopg.Error as error:
        raise StateStoreError(store, _explained(error)) from None
    except UnicodeEncodeError:
        raise StateStoreError(store, UNTAKEN) from None


_SETTINGS = (
    "the connection settings are refused; check their values in the connection string, the service file "
    "and the PG… variables, such as sslmode, service, port and options"
)
_REASONS = (
    ("22", UNTAKEN),
    ("25006", "the database is read-only, such as a standby server; nothing was written"),
    ("28", "the server refused the user or the password"),
    ("3D000", "the server has no such database"),
    (
        "3F000",
        (
            "the search_path names no schema that exists and that this role may use; make one and "
            "GRANT USAGE on it to this role, or name another"
        ),
    ),
    (
        "42501",
        (
            "this role may not use or make posgo's tables; let their owner run posgo.state.postgres.SCHEMA if "
            "there are none, and GRANT SELECT, INSERT, UPDATE, DELETE on them to this role"
        ),
    ),
    ("42704", _SETTINGS),
    ("42P01", "posgo's tables are gone; restore a backup, or make a new store to start with an empty one"),
    ("53", "the server is out of disk, memory or connections; nothing was written"),
    (
        "54",
        "an id or text given is too long for PostgreSQL, whose keys hold some 2700 bytes; nothing was written",
    ),
    ("57014", "the server cancelled the operation, such as by its statement_timeout; nothing was written"),
)
# What a server says before it gives codes, in the words of its untranslated messages.
_REFUSALS = (
    ("28", ("authentication", "password", "pg_hba.conf", "role ")),
    # With its quote: "the database system is shutting down" is no missing database.
    ("3D000", ('database "',)),
    ("42704", ("parameter",)),
    ("53", ("too many", "remaining connection slots")),
)
# What the client library says before a server is asked, or trusted; likewise in untranslated words.
_UNTRIED = (
    (
        (
            "no encrypted connection to the server as the settings ask for; check sslmode and sslrootcert in the "
            "connection string, and the server's certificate"
        ),
        ("certificate file", "certificate verify", "server certificate", "SSL was required"),
    ),
    (
        _SETTINGS,
        (
            ": invalid ",
            "bad value for",
            "definition of service",
            "service file",
            "could not parse",
            "could not match",
        ),
    ),
)
_CONNECTING = ("connection failed: ", "connection is bad: ", "bad value for", "could not match")
_GONE = (
    "the server cannot be reached, or the connection was lost; a commit under way may or may not have happened. "
    "Check that the server runs, and run again"
)

_NO_CONNECTION = (
    "the pool had no free connection in time; nothing was written; "
    "give it two for every runner at once, check that the server runs, and run again"
)
# By name: a store on a connection string works without psycopg_pool.
_POOL = {
    "PoolClosed": "the pool is closed, or not open yet; open it before the store uses it, and close it afterwards",
    "PoolTimeout": _NO_CONNECTION,
    "TooManyRequests": _NO_CONNECTION,
}


def _explained(error: psycopg.Error) -> str:
    if type(error).__name__ in _POOL:
        return _POOL[type(error).__name__]
    code = error.sqlstate or _code_of_refusal(error)
    for prefix, reason in _REASONS:
        if code is not None and code.startswith(prefix):
            return reason
    if code is None and (untried := _untried(str(error))) is not None:
        return untried
    if isinstance(error, psycopg.DataError):
        return UNTAKEN
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return _GONE
    return f"the database refused: {type(error).__name__} ({code or 'no code'}); nothing was written"


def _untried(said: str) -> str | None:
    # A connection that is lost later may be so in the middle of a commit.
    if not said.startswith(_CONNECTING):
        return None
    return next((reason for reason, words in _UNTRIED if any(word in said for word in words)), None)


def _code_of_refusal(error: psycopg.Error) -> str | None:
    said: Any = str(error)
    if "FATAL" not in said and "no password" not in said:
        return None
    return next((code for code, words in _REFUSALS if any(word in said for word in words)), None)
