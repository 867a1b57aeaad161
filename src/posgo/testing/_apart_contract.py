"""
What every store keeps apart: client companies, kinds, and keys that differ in one part.
"""

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from posgo.state import Changes, CursorRecord, LinkRecord, StateRecord, StateStore
from posgo.testing._store_examples import (
    NOON,
    NOTHING,
    add,
    as_told,
    conflict,
    cursor,
    everything,
    intent,
    one_of_each,
    pair,
    run,
    settlement,
    tombstone,
)

__all__ = ["ApartContract"]

TOMORROW = NOON + timedelta(days=1)


def _put(store: StateStore, records: tuple[StateRecord, ...]) -> None:
    add(store, *(record for record in records if isinstance(record, (LinkRecord, CursorRecord))))


def _drop(store: StateStore, records: tuple[StateRecord, ...]) -> None:
    version = store.settlements("c", []).version
    store.commit("c", Changes(drop=[record.key for record in records]), expected_version=version)


def _expire(store: StateStore, _: object) -> None:
    version = store.settlements("c", []).version
    store.commit("c", Changes(expire=TOMORROW), expected_version=version)


def _forget(store: StateStore, _: object) -> None:
    # Link, intent, conflict and tombstone: of this company and kind alone.
    assert 4 == store.forget("c", "customers", pos_id="p1")


# Expiry is of all kinds.
IN_A_KIND = (_put, _drop, _forget)
IN_A_COMPANY = (*IN_A_KIND, _expire)


class ApartContract:
    """
    The part of :class:`posgo.testing.store_contract.StoreContract` about what must not meet.
    """

    def test_client_companies_and_kinds_do_not_meet(self, store: StateStore, other: StateStore) -> None:
        """
        One merchant's state is not another's, nor customers' state products', versions included.
        """
        add(store, settlement(), pair(), cursor("1"), intent(), conflict(), run(), tombstone())

        assert NOTHING == everything(other, client="d") == everything(other, kind="products")
        assert (0, {}) == (
            other.progress("d", "customers").version,
            other.settlements("d", ["r1"]).settlements,
        )
        assert 0 == other.forget("d", "customers", pos_id="p1") + other.forget("c", "orders", pos_id="p1")
        assert 0 == other.progress("d", "customers").version
        assert 1 == len(other.links("c", "customers").links)

    def test_the_same_keys_mean_something_else_elsewhere(self, store: StateStore, other: StateStore) -> None:
        """
        Two companies and two kinds with the same keys each read their own, all of it and by ids.
        """
        places = [(client, kind) for client in ("c", "d") for kind in ("customers", "products")]
        written = {place: one_of_each("'s ".join(place), kind=place[1]) for place in places}
        for (client, _), records in written.items():
            add(store, *records, client=client)

        for (client, kind), records in written.items():
            told = as_told(records)
            assert told == everything(other, client=client, kind=kind)
            by_ids = {"pos_ids": ["p1", "p2"]}, {"go_ids": ["g1"]}, {"pos_ids": ["p1"], "go_ids": ["g1"]}
            assert [told[0]] * 3 == [other.links(client, kind, **ids).links for ids in by_ids]
        assert {2} == {other.progress(*place).version for place in places}

    def test_settlements_are_a_companys_own(self, store: StateStore, other: StateStore) -> None:
        """
        By reference, and by what came before on a cash point of the same name.
        """
        days = [settlement(number=str(day), closed_at=NOON.replace(day=day)) for day in (1, 2, 3)]
        first, second, third = days
        add(store, first, attrs.evolve(third, reference="r3"), client="c")
        add(store, second, client="d")

        assert {"r1": first} == other.settlements("c", ["r1"]).settlements
        assert {"r1": second} == other.settlements("d", ["r1", "r3"]).settlements
        assert first == other.previous_settlement("c", "till 1", NOON.replace(day=3))
        assert second == other.previous_settlement("d", "till 1", NOON.replace(day=4))
        assert None is other.previous_settlement("d", "till 1", NOON.replace(day=2))

    @pytest.mark.parametrize("act", IN_A_COMPANY)
    def test_what_one_company_does_leaves_anothers_alone(
        self, store: StateStore, other: StateStore, act: Callable[..., None]
    ) -> None:
        """
        Put, drop, expire and forget work on one client company, whatever keys another has.
        """
        for client in ("c", "d"):
            add(store, *one_of_each(client), settlement(number=client), client=client)

        act(other, (*one_of_each("new"), settlement(number="new")))

        assert as_told(one_of_each("d")) == everything(store, client="d")
        assert {"r1": settlement(number="d")} == store.settlements("d", ["r1"]).settlements
        assert (2, 1) == (
            store.progress("c", "customers").version,
            store.progress("d", "customers").version,
        )

    @pytest.mark.parametrize("act", IN_A_KIND)
    def test_what_is_done_to_a_kind_leaves_another_alone(
        self, store: StateStore, other: StateStore, act: Callable[..., None]
    ) -> None:
        """
        Put, drop and forget work on one kind, whatever ids another has.
        """
        for kind in ("customers", "products"):
            add(store, *one_of_each(kind, kind))

        act(other, one_of_each("new"))

        assert as_told(one_of_each("products", "products")) == everything(store, kind="products")

    def test_every_part_of_a_key_counts(self, store: StateStore, other: StateStore) -> None:
        """
        Records whose keys differ in one part are two: put beside each other, and dropped one by one.
        """
        kept = (
            *(pair("p1", "g2"), pair("p2", "g1")),
            *(cursor("2", side="pos"),),
            *(intent("2"), intent(side="pos")),
            *(tombstone("1", "b", "pos"), tombstone("2", "c", "pos")),
            *(run(started_at=NOON + timedelta(microseconds=1)),),
            *(conflict(field="e", pos_id="p0"), conflict(go_id="g2"), conflict(pos_id="p2")),
        )
        dropped = (pair(), cursor("1"), intent(), tombstone("1"), run(), conflict())
        add(store, *dropped, *kept)
        assert [3, 2, 3, 3, 2, 4] == _counts(other)

        _drop(other, dropped)

        assert as_told(kept) == everything(store)

    def test_keys_do_not_run_together(self, store: StateStore, other: StateStore) -> None:
        """
        However ids are joined to one text, where one ends and the next begins is not lost.
        """
        marks = ":|/,;-_.#&=+~^\\'\" \t\n\x1e\x1f\u2028"
        ids = [each for mark in marks for each in ((f"a{mark}b", "c"), ("a", f"b{mark}c"), (f"a{mark}", "c"))]
        ids = sorted({each for each in ids if each[0] == each[0].strip()} | {("a", "bc"), ("ab", "c")})
        pairs = [pair(*each, name=ascii(each)) for each in ids]
        conflicts = [conflict(pos_id=pos_id, go_id=go_id) for pos_id, go_id in ids]
        add(store, *pairs, *conflicts)

        assert as_told([*pairs, *conflicts]) == everything(other)
        _drop(other, (*pairs[::2], *conflicts[::2]))
        assert as_told([*pairs[1::2], *conflicts[1::2]]) == everything(store)


def _counts(store: StateStore) -> list[int]:
    links, cursors, intents, tombstones, history = everything(store)
    return [len(each) for each in (links, cursors, intents, tombstones, history.runs, history.conflicts)]
