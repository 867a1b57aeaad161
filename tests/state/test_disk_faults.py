"""
What a runner does when its state file is in trouble: one sentence with the remedy, and nothing twice.
"""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from posgo import Customer, GoClient, Runner
from posgo.exceptions import StateStoreError
from posgo.profiles import PRESSIS_POS
from posgo.state import Changes, SqliteStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from support.zreports import a_day, accounts

Damage = Callable[[Path], object]

resource = pytest.importorskip("resource", reason="POSIX limits; there, a file in use can be removed too")

TABLES = "clients", "settlements", "links", "cursors", "intents", "conflicts", "runs", "tombstones"
RELINK = "restore a backup, or move it away with its -wal and -shm: posgo finds its records again"


class Site:
    """
    A shop whose runner has a state file, and work to do.

    Attributes:
        path: The file.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state.sqlite3"
        self.go, self.pos, self.clock = FakeGo(), FakePos(), VirtualClock()
        self.people = 0
        for side in (self.go, self.pos) * 4:
            self.enter(side)
        self.days = 0
        self.close_day()
        self.run()
        SqliteStore(self.path).backup(folder / "backup")
        # What the next run has to do: on either side, new records and edits, and a day.
        for side in (self.go, self.pos):
            self.enter(side)
            own_id, value = next(iter(side.all(Customer).items()))
            side.put(attrs.evolve(value, phone=f"2200000{self.people % 10}"), own_id)
        self.close_day()

    def enter(self, side: FakeGo | FakePos) -> None:
        self.people += 1
        side.put(Customer(name=f"Name {self.people}", email=f"e{self.people}@example.no"))

    def close_day(self) -> None:
        self.days += 1
        self.pos.put(a_day(self.days))

    def run(self, store: SqliteStore | None = None) -> None:
        """
        Sync and settle.
        """
        go = GoClient(self.go.credentials, transport=self.go.transport, limiter=NO_LIMIT, clock=self.clock)
        runner = Runner(
            go=go,
            pos=self.pos,
            store=store or SqliteStore(self.path),
            profile=attrs.evolve(PRESSIS_POS, products=None),
            accounts=accounts(),
            clock=self.clock,
        )
        assert runner.sync().is_clean
        assert runner.settle_finished().is_clean

    def move_away(self) -> None:
        for each in self.path.parent.glob(f"{self.path.name}*"):
            shutil.rmtree(each) if each.is_dir() else each.unlink()

    @property
    def writes(self) -> int:
        asked = [request for request in (*self.go.requests, *self.pos.requests) if request.method != "GET"]
        return len([request for request in asked if "Token" not in request.path])

    def check(self) -> None:
        """
        Everybody once on either side, both alike, every day booked once.
        """
        ours, theirs = (
            sorted((value.email, value.name, value.phone) for value in side.all(Customer).values())
            for side in (self.pos, self.go)
        )
        assert ours == theirs
        assert self.people == len(ours)
        assert self.days == len(self.go.vouchers)


def stopped(site: Site, store: SqliteStore | None = None) -> str | None:
    """
    Run; say what stopped it, if something of the store's did.
    """
    try:
        site.run(store)
    except StateStoreError as error:
        return str(error)
    return None


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def overwritten(start: int, length: int) -> Damage:
    def damage(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(start)
            file.write(b"\xa5" * length)

    return damage


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 8192 * 4096)


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_another_programs(path: Path) -> None:
    path.unlink()
    sql(path, "CREATE TABLE theirs (x)")


def made_by_a_newer_posgo(path: Path) -> None:
    sql(path, "PRAGMA user_version = 99")


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


AT_REST: list[tuple[Damage, str]] = [
    (overwritten(0, 100), f"no state file of posgo, or it is damaged; choose another file, or {RELINK}"),
    (overwritten(100, 3000), f"the state file is damaged; {RELINK}"),
    (overwritten(4096, 4096 * 8), f"the state file is damaged; {RELINK}"),
    (cut, f"the state file is damaged; {RELINK}"),
    (lambda path: os.truncate(path, 50), "damaged"),
    (lambda path: path.write_text("accounts = 1\n" * 300), "no state file of posgo"),
    (lambda path: path.write_text("notes"), "no state file of posgo"),
    (made_another_programs, "another program's database; choose another file"),
    (made_by_a_newer_posgo, r"newer posgo \(schema 99\); update posgo"),
    (made_a_folder, "cannot be opened"),
]


class TestFoundDamaged:
    """
    Something happened to the file while nobody was at work.
    """

    @pytest.mark.parametrize(("damage", "says"), AT_REST)
    def test_it_is_told_before_anything_is_written(self, site: Site, damage: Damage, says: str) -> None:
        """
        One sentence names file, trouble and remedy; with the remedy everything is linked again, and nobody is there twice.
        """
        damage(site.path)
        writes = site.writes

        with pytest.raises(StateStoreError, match=f"state.sqlite3: .*{says}"):
            site.run()
        assert writes == site.writes

        site.move_away()
        site.run()
        site.check()

    @pytest.mark.parametrize(
        "damage", [lambda path: os.truncate(path, 0), Path.unlink], ids=["empty", "gone"]
    )
    def test_an_empty_file_is_a_new_store(self, site: Site, damage: Damage) -> None:
        """
        Nothing needs to be told: what it knew is found again.
        """
        damage(site.path)

        site.run()

        site.check()

    def test_wherever_it_is_overwritten(self, tmp_path: Path) -> None:
        """
        Damage that is not met does no harm; what is met is told; and no page of the file can make anything happen twice.
        """
        told = 0
        for number in range(10):
            (folder := tmp_path / str(number)).mkdir()
            site = Site(folder)
            overwritten(4096 * (number + 1) + 97 * number, 300)(site.path)
            if stopped(site) is not None:
                told += 1
                site.move_away()
                site.run()
            site.check()

        assert 0 < told

    def test_an_older_file_is_brought_up_to_date(self, site: Site) -> None:
        """
        A file of version 1 knows its settlements still, and its pairs are found again.
        """
        sql(
            site.path,
            "CREATE TABLE clients AS SELECT client, version FROM posgo_clients",
            "CREATE TABLE settlements AS SELECT * FROM posgo_settlements",
            *(f"DROP TABLE posgo_{name}" for name in TABLES),
            "PRAGMA user_version = 1",
        )

        site.run()

        site.check()


class Meddled(SqliteStore):
    """
    A store to whose file something happens around a commit.
    """

    def __init__(self, path: Path, at: int, act: Damage, *, after: bool = False) -> None:
        self.left, self.act, self.after = at, act, after
        super().__init__(path)

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        self.left -= 1
        if not self.left and not self.after:
            self.act(self._path)
        version = super().commit(client, changes, expected_version=expected_version)
        if not self.left and self.after:
            self.act(self._path)
        return version


def removed(*ends: str) -> Damage:
    def remove(path: Path) -> None:
        for end in ends:
            path.with_name(f"{path.name}{end}").unlink()

    return remove


def replaced(path: Path) -> None:
    shutil.copy(path.with_name("backup"), path.with_name("new"))
    path.with_name("new").replace(path)


def lease_removed(path: Path) -> None:
    for each in path.parent.glob("*.lease"):
        each.unlink()


IN_USE = {
    "replaced": replaced,
    "gone": removed(""),
    "log gone": removed("-wal"),
    "log and index gone": removed("-wal", "-shm"),
    "all gone": removed("", "-wal", "-shm"),
}


class TestInUse:
    """
    Something happens to the file in the middle of a run.
    """

    @pytest.mark.parametrize("after", [False, True], ids=["before a commit", "after a commit"])
    @pytest.mark.parametrize("act", IN_USE.values(), ids=IN_USE)
    def test_the_run_stops_at_once(self, tmp_path: Path, act: Damage, *, after: bool) -> None:
        """
        Nothing more is written to either side, the sentence says why, and the next run mends it.
        """
        # The last commit of a run has nothing after it to be stopped.
        for at in (1, 3):
            (folder := tmp_path / str(at)).mkdir()
            site = Site(folder)
            happened: list[int] = []

            def do(path: Path, site: Site = site, happened: list[int] = happened) -> None:
                act(path)
                happened.append(site.writes)

            with pytest.raises(
                StateStoreError, match=r"removed or replaced while a runner was at work.*run again"
            ):
                site.run(Meddled(site.path, at, do, after=after))

            assert happened == [site.writes]
            site.run()
            site.check()
            with closing(sqlite3.connect(site.path)) as db:
                assert [("ok",)] == db.execute("PRAGMA integrity_check").fetchall()

    def test_without_its_lease_a_run_stops(self, site: Site) -> None:
        """
        Another runner could take a new one, so nothing more is written.
        """
        with pytest.raises(StateStoreError, match=r"\.lease: the lease was removed .*run again"):
            site.run(Meddled(site.path, 1, lease_removed))

        site.run()
        site.check()

    def test_a_newer_posgo_at_work_is_told(self, site: Site) -> None:
        """
        An update of the file under a running process stops it.
        """
        with pytest.raises(StateStoreError, match="update posgo"):
            site.run(Meddled(site.path, 3, made_by_a_newer_posgo))

        sql(site.path, "PRAGMA user_version = 2")
        site.run()
        site.check()

    def test_a_log_lost_in_a_crash_is_an_older_store(self, tmp_path: Path) -> None:
        """
        Whatever commits went with it: what the file does not know is found, not made again.
        """
        for at in range(1, 8):
            (folder := tmp_path / str(at)).mkdir()
            site = Site(folder)
            site.run(
                Meddled(site.path, at, lambda path: shutil.copy(path, path.with_name("rest")), after=True)
            )
            site.move_away()
            (folder / "rest").rename(site.path)

            site.run()

            site.check()


class Limited(SqliteStore):
    """
    A store that may not write any further at one of its commits.
    """

    def __init__(self, path: Path, at: int, limit: Callable[[sqlite3.Connection], Any]) -> None:
        self.left, self.limit = at, limit
        super().__init__(path)

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        self.left -= 1
        return super().commit(client, changes, expected_version=expected_version)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with super()._connection() as db:
            if self.left:
                yield db
                return
            with self.limit(db):
                yield db


@contextmanager
def no_space(_db: sqlite3.Connection) -> Iterator[None]:
    """
    Let no file grow, as on a full disk.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_pages(db: sqlite3.Connection) -> Iterator[None]:
    """
    Let the database not grow, as under a quota.
    """
    db.execute("PRAGMA max_page_count = 1")
    yield


@contextmanager
def read_only(db: sqlite3.Connection) -> Iterator[None]:
    """
    Let nothing be written, as where a disk was remounted after an error.
    """
    db.execute("PRAGMA query_only = ON")
    yield


class TestNoRoom:
    """
    The disk is full, or turns read-only, in the middle of a run.
    """

    @pytest.mark.parametrize(
        ("limit", "says"),
        [
            (
                no_space,
                "the disk failed or is full; nothing was written; make room or mend it, and run again",
            ),
            (
                read_only,
                "the state file is read-only; nothing was written; let the user that runs posgo write to it and to its folder",
            ),
        ],
    )
    def test_the_run_stops_and_the_next_goes_on(
        self, tmp_path: Path, limit: Callable[[sqlite3.Connection], Any], says: str
    ) -> None:
        """
        At whichever commit: what was sent before it is recognised when there is room again.
        """
        for at in itertools.count(1):
            (folder := tmp_path / str(at)).mkdir()
            site = Site(folder)
            told = stopped(site, Limited(site.path, at, limit))
            if told is None:
                break
            assert f"{site.path}: {says}" == told
            site.run()
            site.check()

        assert at > 6

    def test_a_quota_is_told(self, site: Site) -> None:
        """
        More pairs than there is room for stop the run; with room they are found, not made again.
        """
        for _ in range(150):
            site.enter(site.pos)

        with pytest.raises(
            StateStoreError, match="the disk is full; nothing was written; make room and run again"
        ):
            site.run(Limited(site.path, 1, no_pages))

        site.run()
        site.check()
