"""
What every store promises somebody who wants to be forgotten.
"""

import pytest

from posgo.exceptions import ModelError, StaleStateError
from posgo.state import Changes, StateRecord, StateStore
from posgo.testing._store_examples import (
    NOTHING,
    add,
    conflict,
    everything,
    intent,
    pair,
    settlement,
    tombstone,
)

__all__ = ["ErasureContract"]


class ErasureContract:
    """
    The part of :class:`posgo.testing.store_contract.StoreContract` that is about erasure.
    """

    @pytest.mark.parametrize("known", [{}, {"pos_id": None, "go_id": None}, {"pos_id": "", "go_id": ""}])
    def test_forgetting_nobody_is_refused(self, store: StateStore, known: dict[str, str]) -> None:
        """
        Without an id nothing is erased, and who asked must not believe that something was.
        """
        add(store, pair(), intent(), conflict())

        with pytest.raises(ModelError, match="pos_id"):
            store.forget("c", "customers", **known)

        assert 1 == store.progress("c", "customers").version

    @pytest.mark.parametrize("known", [{"pos_id": "p1"}, {"go_id": "g1"}, {"pos_id": "p1", "go_id": "g1"}])
    def test_forgetting_leaves_no_trace(
        self, store: StateStore, other: StateStore, known: dict[str, str]
    ) -> None:
        """
        Links, intents, conflicts and tombstones go, found through either id; others' stay.
        """
        gone = (
            pair(),
            intent("by pos id", pos_id="p1"),
            intent("by go id", side="pos", go_id="g1"),
            conflict(),
            conflict(field="email"),
            tombstone("g1", "g2"),
            tombstone("p0", "p1", "pos"),
        )
        kept = (
            pair("p2", "g3"),
            intent("x", pos_id="g1"),
            conflict(pos_id="p2", go_id="g3"),
            tombstone("p1", "g9"),
        )
        add(store, *kept, settlement())
        expected = everything(store)
        add(store, *gone)

        assert len(gone) == other.forget("c", "customers", **known)

        assert expected == everything(store)
        assert 0 == other.forget("c", "customers", **known)
        assert 1 == len(store.settlements("c", ["r1"]).settlements)

    @pytest.mark.parametrize(
        "pairing",
        [pair(), intent("pairing", pos_id="p1", go_id="g1"), conflict()],
        ids=["link", "intent", "conflict"],
    )
    @pytest.mark.parametrize("known", [{"pos_id": "p1"}, {"go_id": "g1"}], ids=["pos", "go"])
    def test_whatever_pairs_two_ids_tells_both(
        self, store: StateStore, other: StateStore, known: dict[str, str], pairing: StateRecord
    ) -> None:
        """
        The id on the other side is learnt from a link, an intent or a conflict, whichever is there.
        """
        add(
            store,
            pairing,
            intent("by pos id", pos_id="p1"),
            intent("by go id", go_id="g1"),
            conflict(go_id="g9", field="email"),
            conflict(pos_id="p9", field="email"),
        )

        assert 5 == other.forget("c", "customers", **known)
        assert NOTHING == everything(store)

    @pytest.mark.parametrize(
        "known",
        [{"go_id": "g0"}, {"go_id": "g1"}, {"go_id": "g2"}, {"pos_id": "p1"}],
        ids=["loser", "middle", "winner", "pos"],
    )
    def test_merged_ids_are_one_persons(
        self, store: StateStore, other: StateStore, known: dict[str, str]
    ) -> None:
        """
        Tombstones are followed to the id that lives on and to those merged into it, as far as they go.
        """
        add(
            store,
            pair("p1", "g2"),
            tombstone("g1", "g2"),
            tombstone("g0", "g1"),
            conflict(pos_id="p8", go_id="g0"),
            conflict(pos_id="p9", go_id="g1"),
            intent("by pos id", pos_id="p1"),
            intent("by merged id", side="pos", go_id="g0"),
        )

        assert 7 == other.forget("c", "customers", **known)
        assert NOTHING == everything(store)

    def test_merged_ids_of_the_pos_too(self, store: StateStore, other: StateStore) -> None:
        """
        The same on the other side.
        """
        add(store, pair("p2", "g1"), tombstone("p1", "p2", "pos"), conflict(pos_id="p1", go_id="g9"))

        assert 3 == other.forget("c", "customers", pos_id="p2")
        assert NOTHING == everything(store)

    def test_forgetting_stops_whoever_has_read(self, store: StateStore, other: StateStore) -> None:
        """
        A runner at work cannot write back what was forgotten meanwhile.
        """
        add(store, pair())
        version = store.links("c", "customers").version
        other.forget("c", "customers", pos_id="p1")

        assert version + 1 == store.links("c", "customers").version
        with pytest.raises(StaleStateError):
            store.commit("c", Changes(put=[pair()]), expected_version=version)
