"""
Forgetting reaches what is kept under ids that were merged away, in every store.
"""

from pathlib import Path

import pytest

from posgo.state import MemoryStore, SqliteStore, StateStore
from posgo.testing._store_examples import NOTHING, add, conflict, everything, intent, pair, tombstone


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> StateStore:
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "state.sqlite3")
    postgres = pytest.importorskip("posgo.state.postgres", reason="psycopg is not installed")
    made: StateStore = postgres.PostgresStore(request.getfixturevalue("database"))
    return made


@pytest.mark.parametrize(
    "known",
    [{"pos_id": "p2"}, {"pos_id": "p0"}, {"go_id": "g3"}, {"go_id": "g1"}, {"pos_id": "p2", "go_id": "g3"}],
)
def test_what_was_merged_with_a_record_is_forgotten_with_it(store: StateStore, known: dict[str, str]) -> None:
    """
    However many merges ago, in either direction, on either side, and in a circle, too.
    """
    add(
        store,
        pair("p2", "g3"),
        *(tombstone("g1", "g2"), tombstone("g2", "g3"), tombstone("g0", "g2"), tombstone("g2b", "g0")),
        *(
            tombstone("p1", "p2", side="pos"),
            tombstone("p0", "p1", side="pos"),
            tombstone("p2", "p0", side="pos"),
        ),
        conflict(pos_id="p8", go_id="g2b"),
        conflict(pos_id="p0", go_id="g8"),
        intent("x", go_id="g1"),
        intent("y", pos_id="p1"),
    )

    assert 12 == store.forget("c", "customers", **known)

    assert NOTHING == everything(store)


def test_ids_that_only_look_alike_are_not_forgotten(store: StateStore) -> None:
    """
    Those of the other side and of another kind are others'.
    """
    others = (pair("g1", "x1"), tombstone("g0", "g1", side="pos"), pair("p3", "g2", kind="products"))
    add(store, *others)
    expected = everything(store), everything(store, kind="products")
    add(store, pair("p1", "g1"), tombstone("g1", "g2"))

    assert 2 == store.forget("c", "customers", go_id="g1")

    assert expected == (everything(store), everything(store, kind="products"))
