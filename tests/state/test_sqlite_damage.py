"""
Damage, a full disk, foreign files, and places that cannot be written: one sentence each.
"""

import itertools
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from posgo.exceptions import StateStoreError
from posgo.state import Changes, SqliteStore
from posgo.testing._store_examples import (
    add,
    conflict,
    cursor,
    everything,
    pair,
    settlement,
)
from support.sqlite_files import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


def unmeasured() -> dict[str, str]:
    """
    An environment in which coverage is not measured: it writes files too, where nothing may be written.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


class TestDamage:
    """
    One sentence each, and nothing half-written.
    """

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"not a database at all" * 100, "no state file"),
            (b"SQLite format 3\x00" + b"\xff" * 4000, "cannot be used|no state file|damaged"),
        ],
    )
    def test_a_foreign_file_is_refused_and_kept(self, path: Path, content: bytes, says: str) -> None:
        """
        What is no state file is named and not touched.
        """
        path.write_bytes(content)

        with pytest.raises(StateStoreError, match=says):
            SqliteStore(path)

        assert content == path.read_bytes()

    def test_a_damaged_file_is_named(self, path: Path) -> None:
        """
        Damage found later gives one sentence with the way out, and no record of nonsense.
        """
        store = SqliteStore(path)
        add(store, *(settlement(f"r{number}") for number in range(500)))
        with opened(path) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(4096 * 4)
            file.write(b"\xa5" * (path.stat().st_size - 4096 * 4))

        with pytest.raises(StateStoreError, match=r"damaged|cannot be used"):
            store.settlements("c", [f"r{number}" for number in range(500)])

    @pytest.mark.parametrize(
        ("table", "column", "value"),
        [
            ("posgo_links", "base", '{"name": '),
            ("posgo_links", "base", '{"email": "Secret"}'),
            ("posgo_links", "noted", "Secret"),
            ("posgo_links", "kind", "suppliers"),
            ("posgo_cursors", "side", "Secret"),
            ("posgo_conflicts", "seen_at", "Secret"),
        ],
    )
    def test_a_damaged_row_is_named_without_what_it_says(
        self, path: Path, table: str, column: str, value: str
    ) -> None:
        """
        The sentence names the table, the way out, and nothing personal.
        """
        store = SqliteStore(path)
        add(store, pair(), cursor("1"), conflict())
        with opened(path) as db:
            db.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608 - made of constants
        kind = value if column == "kind" else "customers"

        with pytest.raises(StateStoreError, match=f"a row of {table} is damaged .*restore") as caught:
            everything(store, kind=kind)

        assert "Secret" not in str(caught.value)
        assert None is caught.value.__cause__

    def test_a_missing_folder_is_named(self, tmp_path: Path) -> None:
        """
        The error names the file and says what is wrong: no permission helps.
        """
        (tmp_path / "file").touch()
        for folder, reason in ("nowhere", "No such file"), ("file", "Not a directory"):
            says = f"{folder}.*cannot be opened.*{reason}.*; name a folder that exists, or make it"
            with pytest.raises(StateStoreError, match=says):
                SqliteStore(tmp_path / folder / "s")
            with pytest.raises(StateStoreError, match=says):
                SqliteStore(tmp_path / "s").backup(tmp_path / folder / "copy")

    @pytest.mark.parametrize(
        "path",
        [
            "postgresql://till:hemmelig@db.example/posgo",
            "host=db.example user=till password=hemmelig",
            "file:///hemmelig/state.sqlite3",
        ],
    )
    def test_a_connection_string_is_no_file_and_is_not_repeated(self, path: str, tmp_path: Path) -> None:
        """
        A string meant for a server is not made a file whose name tells a password, in no message either.
        """
        uses: list[Callable[[str | Path], object]] = [SqliteStore, SqliteStore(tmp_path / "s").backup]
        given: list[str | Path] = [path, Path(path)]
        for use, told in itertools.product(uses, given):
            with pytest.raises(
                StateStoreError, match=r"a file is expected.*posgo\.state\.postgres\.PostgresStore"
            ) as caught:
                use(told)
            assert "hemmelig" not in f"{caught.value!r}{caught.value.store}"

    def test_no_path_holds_a_nul(self, path: Path) -> None:
        """
        It would end the name in the middle.
        """
        uses: list[Callable[[str], object]] = [SqliteStore, SqliteStore(path).backup]
        for use in uses:
            with pytest.raises(StateStoreError, match="NUL"):
                use(f"{path}\0x")

    def test_a_full_disk_changes_nothing(self, path: Path) -> None:
        """
        What does not fit is refused whole, and what was there can be read and added to.
        """
        store = SqliteStore(path)
        add(store, pair(), cursor("1"))

        class Full(SqliteStore):
            @contextmanager
            def _connection(self) -> Iterator[sqlite3.Connection]:
                with super()._connection() as db:
                    db.execute("PRAGMA max_page_count = 40")
                    yield db

        batch = [pair(f"p{number}", name="x" * 1000) for number in range(500)]
        with pytest.raises(StateStoreError, match="the disk is full; nothing was written"):
            Full(path).commit("c", Changes(put=[*batch, cursor("2")]), expected_version=1)

        assert (pair().link,) == store.links("c", "customers").links
        assert {"go": "1"} == store.progress("c", "customers").cursors
        assert 2 == add(store, cursor("2"))

    def test_a_disk_that_fails_changes_nothing(self, path: Path) -> None:
        """
        An error of the device in the middle of a commit is told in one sentence.
        """
        store = SqliteStore(path)
        add(store, pair())
        script = (
            "import resource, sys\n"
            "from posgo.state import Changes, SqliteStore\n"
            "from posgo.testing._store_examples import pair\n"
            "store = SqliteStore(sys.argv[1])\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
            "store.commit('c', Changes(put=[pair(f'p{n}', name='x' * 1000) for n in range(900)]), expected_version=1)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)],
            check=False,
            capture_output=True,
            text=True,
            env=unmeasured(),
        )

        assert "the disk failed or is full; nothing was written" in done.stderr.splitlines()[-1]
        assert (pair().link,) == store.links("c", "customers").links

    @pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
    @pytest.mark.parametrize(
        ("file", "around", "says"),
        [
            (
                0o444,
                0o555,
                "cannot be opened for writing: Permission denied; let the user that runs posgo write",
            ),
            (
                0o444,
                0o777,
                "cannot be opened for writing: Permission denied; let the user that runs posgo write",
            ),
            (
                0o666,
                0o555,
                "read-only; nothing was written; let the user that runs posgo write to it and to its folder",
            ),
        ],
    )
    def test_a_read_only_file_or_folder_is_named(self, file: int, around: int, says: str) -> None:
        """
        Who may not write learns it when opening, not in the middle of a run.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state.sqlite3"
            add(SqliteStore(path), pair())
            path.chmod(file)
            Path(folder).chmod(around)
            before = path.read_bytes()
            # Root may write anywhere; nobody may not.
            code = (
                "import os, sys\nfrom posgo.state import SqliteStore\n"
                "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
                "SqliteStore(sys.argv[1])"
            )
            done = subprocess.run(
                [sys.executable, "-c", code, str(path)],
                check=False,
                capture_output=True,
                text=True,
                env=unmeasured(),
            )
            Path(folder).chmod(0o755)

            assert says in done.stderr.splitlines()[-1]
            assert before == path.read_bytes()

    @pytest.mark.parametrize("record", [cursor("\ud800"), settlement(voucher_no=2**63)])
    def test_what_no_database_takes_is_refused(self, path: Path, record: Any) -> None:
        """
        Half a character, or a number beyond 63 bits, is one clear error.
        """
        store = SqliteStore(path)

        with pytest.raises(StateStoreError, match="no database takes; nothing was written"):
            add(store, pair(), record)

        assert 0 == store.progress("c", "customers").version

    def test_a_hung_process_is_told(self, path: Path) -> None:
        """
        Somebody who never ends a transaction is an error after a while, not for ever.
        """

        class Hasty(SqliteStore):
            _busy = timedelta(milliseconds=20)

        store = Hasty(path)
        with opened(path) as db:
            db.execute("BEGIN IMMEDIATE")
            with pytest.raises(StateStoreError, match="another process held the file"):
                add(store, pair())
