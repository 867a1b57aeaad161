"""
What every state store promises, as tests to run against yours.

Subclass :class:`StoreContract` in a test module and say how to open the store:

.. code-block:: python

    class TestOurStore(StoreContract):
        @pytest.fixture
        def opener(self, our_database):
            return partial(OurStore, our_database.url)

It needs pytest. Processes are started and killed by it, so the opener must
survive pickling: a class with arguments in a ``functools.partial`` does.
"""

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import ClassVar

import attrs
import pytest

from posgo.exceptions import ModelError, StaleStateError
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Address, Customer
from posgo.models.records import Link
from posgo.state import (
    Changes,
    CursorRecord,
    History,
    Key,
    LinkRecord,
    Progress,
    SettlementState,
    StateStore,
)
from posgo.testing._apart_contract import ApartContract
from posgo.testing._erasure_contract import ErasureContract
from posgo.testing._lease_contract import LeaseContract
from posgo.testing._store_examples import (
    LONG_AGO,
    NOON,
    NOTHING,
    add,
    conflict,
    cursor,
    everything,
    intent,
    pair,
    run,
    settlement,
    tombstone,
)
from posgo.testing._store_workers import (
    BATCH,
    Blocking,
    Opener,
    assert_serial,
    blocking,
    kill_at_work,
    read_of_one_moment,
    rewrite_until,
    work,
    work_in_process,
)
from posgo.testing._values_contract import ValuesContract

__all__ = ["Blocking", "Opener", "StoreContract", "blocking"]

# ``POSGO_SOAK=1`` takes the full measure: minutes instead of seconds.
SOAK = bool(os.environ.get("POSGO_SOAK"))
PROCESSES = 4
COMMITS = 1000 if SOAK else 15
KILLS = 30 if SOAK else 2
MOMENTS = 1000 if SOAK else 30


class StoreContract(ApartContract, ErasureContract, LeaseContract, ValuesContract):
    """
    The promises. Subclass it and give the fixture ``opener``.

    Attributes:
        shared: Whether other processes can open the same memory. A database says True.
        longest_id:
            How many characters of an id the store takes: 300 unless yours says otherwise.
            Longer ones it must refuse, never cut.
    """

    shared: ClassVar[bool] = True

    @pytest.fixture
    def opener(self) -> Opener:
        """
        How to open the store: yours to give.
        """
        pytest.fail(f"{type(self).__name__} has no fixture named opener")

    @pytest.fixture
    def store(self, opener: Opener) -> StateStore:
        """
        The store under test, with nothing in it.
        """
        return opener()

    @pytest.fixture
    def other(self, opener: Opener) -> StateStore:
        """
        Another view of the same memory.
        """
        return opener()

    @pytest.fixture
    def shared_opener(self, opener: Opener) -> Opener:
        """
        An opener for other processes.
        """
        if not self.shared:
            pytest.skip("other processes cannot open this store")
        return opener

    # Commits

    def test_everything_is_read_back_whole(self, store: StateStore, other: StateStore) -> None:
        """
        Each record one view commits in one mix is read by another, with every field.
        """
        posted = settlement(
            state=SettlementState.POSTED,
            voucher_id="v",
            voucher_no=2**40,
            grand_sales="1000.00",
            grand_returns="10.50",
        )
        link = attrs.evolve(pair().link, unagreed=["email"], noted=[["phone", "f00"], ["deleted", "b4"]])
        sent = intent(pos_id="p1", go_id="g1", attempts=2, last_error="timed out")
        ended = run(ended_at=NOON + timedelta(minutes=1), outcome="clean", counts={"create go": 3})
        held, won = conflict(), conflict(field=None, base=None, pos=None, chosen="go", why="Go owns it")
        mix = (
            posted,
            LinkRecord(kind="customers", link=link),
            cursor("2026-03-14T12:00:00Z"),
            cursor("17", side="pos"),
            sent,
            held,
            won,
            ended,
            tombstone(),
        )

        assert 1 == store.commit("c", Changes(put=mix), expected_version=0)

        assert {"r1": posted} == other.settlements("c", ["r1", "r2"]).settlements
        assert (link,) == other.links("c", "customers").links
        expected = Progress(
            version=1,
            cursors={"go": "2026-03-14T12:00:00Z", "pos": "17"},
            intents=(sent,),
            tombstones=(tombstone(),),
        )
        assert expected == other.progress("c", "customers")
        history = other.history("c", "customers", since=NOON)
        assert ((ended,), {held, won}) == (history.runs, set(history.conflicts))

    def test_values_of_every_kind_lose_nothing(self, store: StateStore, other: StateStore) -> None:
        """
        Decimals, dates, tuples and nested values come back equal, and so do letters no shop expects.
        """
        bases = {
            "customers": Customer(
                name="Åse 'O\"\x00\x1f\U0001f600 %s ?", address=Address(city="Ås", line1="%(x)s")
            ),
            "products": Product(name="x", price="1234.50", gtins=["7038010000010", "7"], images=["a", "b"]),
            "orders": Order(
                customer="7",
                lines=[OrderLine(product="9", quantity="0.3333333333", unit_price="0.10", reference="1")],
                ordered_on=date(2026, 3, 14),
            ),
        }
        links = {kind: Link(pos_id="p", go_id="g", base=base) for kind, base in bases.items()}
        add(store, *(LinkRecord(kind=kind, link=link) for kind, link in links.items()))

        assert links == {kind: other.links("c", kind).links[0] for kind in links}

    def test_a_put_replaces(self, store: StateStore, other: StateStore) -> None:
        """
        A record with the same key takes the old one's place; of several in one commit the last counts.
        """
        add(store, settlement(number="1"), pair(name="Ada"), cursor("1"), intent(attempts=1))
        newest = (settlement(number="3"), pair(name="Eve"), cursor("3"), intent(attempts=3))
        add(other, settlement(number="2"), pair(name="Bob"), cursor("2"), intent(attempts=2), *newest)

        progress = store.progress("c", "customers")
        assert {"r1": newest[0]} == store.settlements("c", ["r1"]).settlements
        assert (newest[1].link,) == store.links("c", "customers").links
        assert ({"go": "3"}, (newest[3],)) == (progress.cursors, progress.intents)

    def test_a_replaced_record_is_found_by_what_it_says_now(
        self, store: StateStore, other: StateStore
    ) -> None:
        """
        By its new time, cash point and ids, and not by the old ones.
        """
        later = NOON + timedelta(hours=1)
        add(store, settlement(), conflict(), intent(pos_id="p7"), intent("2", go_id="g7"))
        moved = settlement(cash_point="till 2", closed_at=later)
        add(store, moved, conflict(seen_at=later), intent(pos_id="p8"), intent("2", go_id="g8"))

        assert None is other.previous_settlement("c", "till 1", later + timedelta(hours=1))
        assert None is other.previous_settlement("c", "till 2", later)
        assert moved == other.previous_settlement("c", "till 2", later + timedelta(hours=1))
        other.commit("c", Changes(expire=later), expected_version=2)
        assert (conflict(seen_at=later),) == other.history("c", "customers", since=later).conflicts
        assert 0 == other.forget("c", "customers", pos_id="p7", go_id="g7")
        assert 2 == other.forget("c", "customers", pos_id="p8", go_id="g8")

    def test_a_drop_forgets(self, store: StateStore, other: StateStore) -> None:
        """
        Records of every class are dropped by key; one that is not there is no error.
        """
        records = (settlement(), pair(), cursor("1"), intent(), conflict(), run(), tombstone())
        add(store, *records)
        absent = (settlement("r9").key, pair("p9").key, Key(CursorRecord, ("orders", "pos")))

        other.commit("c", Changes(drop=[*(record.key for record in records), *absent]), expected_version=1)

        assert {} == store.settlements("c", ["r1"]).settlements
        assert NOTHING == everything(store)

    def test_what_is_put_is_there_afterwards(self, store: StateStore) -> None:
        """
        Drop and expire come before put, so a commit never loses what it brings.
        """
        add(store, pair(name="Ada"), conflict(), run())
        everything_late = NOON + timedelta(days=1)

        store.commit(
            "c",
            Changes(put=[pair(name="Bob"), conflict(), run()], drop=[pair().key], expire=everything_late),
            expected_version=1,
        )

        assert (pair(name="Bob").link,) == store.links("c", "customers").links
        assert History(runs=(run(),), conflicts=(conflict(),)) == store.history(
            "c", "customers", since=LONG_AGO
        )

    def test_a_stale_commit_changes_nothing(self, store: StateStore, other: StateStore) -> None:
        """
        Who worked from an older version, or a newer one than there is, is told, and nothing of theirs is kept.
        """
        add(store, settlement(), pair(), cursor("1"))
        before = everything(store)
        theirs = Changes(
            put=[settlement("r2"), pair("p2"), cursor("2")], drop=[settlement().key, pair().key], expire=NOON
        )

        for version in (0, 2, 7):
            with pytest.raises(StaleStateError):
                other.commit("c", theirs, expected_version=version)
        with pytest.raises(StaleStateError):
            other.commit("nobody", theirs, expected_version=1)

        loaded = store.settlements("c", ["r1", "r2"])
        assert (1, {"r1": settlement()}) == (loaded.version, loaded.settlements)
        assert before == everything(store)
        assert 0 == store.progress("nobody", "customers").version

    def test_versions_count_commits(self, store: StateStore, other: StateStore) -> None:
        """
        Every commit, an empty one too, makes the version one higher, and every read tells it.
        """
        assert [1, 2, 3] == [store.commit("c", Changes(), expected_version=version) for version in range(3)]
        assert {3} == {
            other.settlements("c", []).version,
            other.links("c", "customers").version,
            other.links("c", "orders", pos_ids=["p"]).version,
            other.progress("c", "products").version,
        }

    # Settlements

    def test_many_references_are_read_at_once(self, store: StateStore) -> None:
        """
        A year of settlements can be asked for in one go, a reference twice too.
        """
        records = [settlement(f"r{number}") for number in range(2500)]
        add(store, *records)

        asked = [*(record.reference for record in records), "r1", "r1"]
        assert 2500 == len(store.settlements("c", asked).settlements)

    def test_the_previous_settlement_is_the_latest_before(self, store: StateStore, other: StateStore) -> None:
        """
        By closing time, on the same cash point, and strictly before.
        """
        days = [settlement(f"r{day}", closed_at=NOON.replace(day=day)) for day in (1, 2, 3)]
        add(store, *days, settlement("x", cash_point="till 2", closed_at=NOON.replace(day=2, hour=13)))

        assert days[1] == other.previous_settlement("c", "till 1", NOON.replace(day=3))
        assert None is other.previous_settlement("c", "till 1", NOON.replace(day=1))

    # Links

    def test_links_are_found_from_either_side(self, store: StateStore, other: StateStore) -> None:
        """
        By POS ids, by Go ids, by both at once, or all of them, in the order of their ids.
        """
        records = [pair(f"p{number}", f"g{9 - number}") for number in (3, 1, 2)]
        add(store, *records)
        third, first, second = (record.link for record in records)

        assert (first, second, third) == other.links("c", "customers").links
        assert (first, third) == other.links("c", "customers", pos_ids=["p3", "p1", "p7"]).links
        assert (first,) == other.links("c", "customers", go_ids={"g8"}).links
        assert (first, second) == other.links("c", "customers", pos_ids=("p1",), go_ids=("g8", "g7")).links
        assert () == other.links("c", "customers", pos_ids=[]).links
        assert () == other.links("c", "customers", pos_ids=[], go_ids=[]).links

    def test_a_store_does_not_judge_links(self, store: StateStore) -> None:
        """
        Two links of one record are both kept: untangling them is not the store's.
        """
        tangled = [pair("p1", "g1"), pair("p1", "g2"), pair("p2", "g1")]
        add(store, *tangled)

        links = tuple(record.link for record in tangled)
        assert links == store.links("c", "customers").links
        assert (links[0], links[2]) == store.links("c", "customers", go_ids=["g1"]).links

    def test_a_dropped_link_is_not_found_by_either_id(self, store: StateStore) -> None:
        """
        No index outlives what it points at, and a pair can move to another id.
        """
        add(store, pair("p1", "g1"), pair("p1", "g2"))
        changes = Changes(put=[pair("p3", "g2")], drop=[pair("p1", "g1").key, pair("p1", "g2").key])
        store.commit("c", changes, expected_version=1)

        assert () == store.links("c", "customers", pos_ids=["p1"], go_ids=["g1"]).links
        assert (pair("p3", "g2").link,) == store.links("c", "customers", go_ids=["g2"]).links

    # Progress and history

    def test_progress_is_in_order(self, store: StateStore) -> None:
        """
        Intents by age, so that they are taken up as they were planned; tombstones by side and id.
        """
        late, early = intent("a", planned_at=NOON + timedelta(seconds=1)), intent("b")
        same_time = intent("b", side="pos")
        add(store, late, early, same_time, tombstone("p1", "p2", "pos"), tombstone("g2"), tombstone("g1"))

        progress = store.progress("c", "customers")

        assert (early, same_time, late) == progress.intents
        assert ["g1", "g2", "p1"] == [each.loser for each in progress.tombstones]

    def test_history_is_newest_first_and_bounded_by_time(self, store: StateStore) -> None:
        """
        What began or was seen at the instant asked for, or later.
        """
        runs = [run(hours) for hours in range(3)]
        conflicts = [
            conflict(pos_id=f"p{hours}", seen_at=NOON + timedelta(hours=hours)) for hours in range(3)
        ]
        add(store, *runs, *conflicts)

        since = NOON + timedelta(hours=1)
        expected = History(runs=(runs[2], runs[1]), conflicts=(conflicts[2], conflicts[1]))
        assert expected == store.history("c", "customers", since=since)

    def test_the_same_conflict_is_one_record(self, store: StateStore) -> None:
        """
        Seen again, it is seen later; decided, it is decided; with other values it is another.
        """
        seen, again = conflict(), conflict(seen_at=NOON + timedelta(hours=1), chosen="pos")
        elsewhere = conflict(pos='"C"')
        add(store, seen, elsewhere)
        add(store, again)

        assert (again, elsewhere) == store.history("c", "customers", since=LONG_AGO).conflicts

    def test_history_expires(self, store: StateStore) -> None:
        """
        Conflicts and runs of every kind older than the limit are gone; nothing else is.
        """
        old = (
            run(),
            conflict(),
            run(kind="orders"),
            pair(),
            intent(),
            cursor("1"),
            tombstone(),
            settlement(),
        )
        new = (run(2), conflict(pos='"C"', seen_at=NOON + timedelta(hours=2)))
        add(store, *old, *new)

        store.commit("c", Changes(expire=NOON + timedelta(hours=2)), expected_version=1)

        assert (
            (pair().link,),
            {"go": "1"},
            (intent(),),
            (tombstone(),),
            History(runs=new[:1], conflicts=new[1:]),
        ) == everything(store)
        assert NOTHING == everything(store, kind="orders")
        assert 1 == len(store.settlements("c", ["r1"]).settlements)

    @pytest.mark.parametrize("kind", ["customer", "Customers", "suppliers", ""])
    def test_an_unknown_kind_is_refused(self, store: StateStore, kind: str) -> None:
        """
        Who misspells a kind is told those there are, not that nothing happened to it, or that nothing was to be erased.
        """
        add(store, pair(), run())

        for ask in (
            lambda: store.history("c", kind, since=LONG_AGO),
            lambda: store.forget("c", kind, pos_id="p1"),
            lambda: store.forget("nobody", kind, pos_id="p1"),
        ):
            with pytest.raises(ModelError, match="customers, products, orders, invoices are expected"):
                ask()
        assert 1 == store.progress("c", "customers").version

    def test_an_instant_without_a_zone_is_refused(self, store: StateStore) -> None:
        """
        It would mean another moment on every computer.
        """
        add(store, settlement(), run())
        noon = NOON.replace(tzinfo=None)

        for ask in (
            lambda: store.history("c", "customers", since=noon),
            lambda: store.history("nobody", "customers", since=noon),
            lambda: store.previous_settlement("c", "till 1", noon),
            lambda: store.previous_settlement("nobody", "till 1", noon),
        ):
            with pytest.raises(ModelError, match="give a datetime with a time zone"):
                ask()

    # Concurrency

    def test_concurrent_threads_lose_nothing(self, store: StateStore, other: StateStore) -> None:
        """
        Four threads on two views: every confirmed commit is there, in one order.
        """
        with ThreadPoolExecutor(PROCESSES) as pool:
            list(pool.map(lambda number: work((store, other)[number % 2], number, 10), range(PROCESSES)))

        assert_serial(store, PROCESSES, 10)

    def test_concurrent_processes_lose_nothing(self, shared_opener: Opener) -> None:
        """
        Four processes commit again and again: none is lost, and none interleaves with another.
        """
        context = multiprocessing.get_context("spawn")
        store = shared_opener()
        workers = [
            context.Process(target=work_in_process, args=(shared_opener, number, COMMITS))
            for number in range(PROCESSES)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(600)

        assert [0] * PROCESSES == [worker.exitcode for worker in workers]
        assert_serial(store, PROCESSES, COMMITS)

    def test_reads_are_of_one_moment(self, store: StateStore, other: StateStore) -> None:
        """
        What is read beside a writer at work was true at the version told with it: the whole commit, or nothing.
        """
        done = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(rewrite_until, store, done)
            try:
                # At every moment of many commits.
                while read_of_one_moment(other) < MOMENTS and not writing.done():
                    pass
            finally:
                done.set()
            writing.result()

    def test_a_killed_process_leaves_all_or_nothing(self, shared_opener: Opener) -> None:
        """
        Killed at work on commits, again and again: what was confirmed is there, and nothing is there in part.
        """
        context = multiprocessing.get_context("spawn")
        for delay in range(KILLS):
            confirmed = kill_at_work(context, shared_opener, timedelta(milliseconds=3 * delay))

            store = shared_opener()
            loaded = store.links("c", "customers")
            written = {link.base.name for link in loaded.links}
            assert 0 < confirmed <= loaded.version
            assert ({str(loaded.version)}, BATCH) == (written, len(loaded.links))
            assert {"go": str(loaded.version)} == store.progress("c", "customers").cursors
