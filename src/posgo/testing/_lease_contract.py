"""
What every lease promises: one runner at a time on a client company, and never a dead one.
"""

import asyncio
import multiprocessing
import os
import threading
import time
from datetime import timedelta

import pytest

from posgo.exceptions import LeaseHeldError
from posgo.state import Changes, StateStore
from posgo.testing._store_examples import ODD_IDS
from posgo.testing._store_workers import (
    AT_ONCE,
    PATIENT,
    Opener,
    hold_for_ever,
    tell_whether_held,
    work_under_lease,
)

__all__ = ["LeaseContract"]

# Longer than a runner that is alive may be taken for dead. A day of silence would prove more.
SILENCE = timedelta(seconds=30 if os.environ.get("POSGO_SOAK") else 2.5)


class LeaseContract:
    """
    The part of :class:`posgo.testing.store_contract.StoreContract` that is about leases.
    """

    def test_a_second_runner_is_told(self, store: StateStore, other: StateStore) -> None:
        """
        Who may not wait, or not long enough, learns that somebody is at work.
        """
        with store.lease("c", wait=AT_ONCE):
            for wait in (AT_ONCE, timedelta(seconds=-1), timedelta(milliseconds=20)):
                with pytest.raises(LeaseHeldError), other.lease("c", wait=wait):
                    pytest.fail("entered a lease that is held")

    def test_a_lease_ends_with_its_context(self, store: StateStore, other: StateStore) -> None:
        """
        Also by an error of the caller's, which stays what it is; and who was told before may enter then.
        """
        with pytest.raises(OSError, match="theirs"), store.lease("c", wait=AT_ONCE):
            raise OSError("theirs")
        with other.lease("c", wait=AT_ONCE), pytest.raises(LeaseHeldError), store.lease("c", wait=AT_ONCE):
            pytest.fail("entered a lease that is held")
        with store.lease("c", wait=AT_ONCE):
            pass

    @pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
    def test_a_lease_ends_however_its_context_does(
        self, store: StateStore, other: StateStore, end: type[BaseException]
    ) -> None:
        """
        Whoever is stopped at work, or whose task is cancelled, leaves the company to others at once.
        """
        with pytest.raises(end), store.lease("c", wait=AT_ONCE):
            raise end
        with other.lease("c", wait=AT_ONCE):
            pass

    def test_a_lease_lasts_as_long_as_its_holder(self, store: StateStore, other: StateStore) -> None:
        """
        It does not expire while its holder is silent: one long request must not let a second runner in.
        """
        with store.lease("c", wait=AT_ONCE) as confirm:
            begun = time.monotonic()
            with pytest.raises(LeaseHeldError), other.lease("c", wait=SILENCE):
                pytest.fail("entered a lease whose holder lives")
            # Timers of databases are coarse.
            assert SILENCE.total_seconds() - 0.2 < time.monotonic() - begun
            if confirm is not None:
                confirm()

    def test_companies_that_look_alike_are_leased_apart(self, store: StateStore, other: StateStore) -> None:
        """
        A lease is of the very company it names.
        """
        first = ODD_IDS[0]
        with store.lease(first, wait=AT_ONCE):
            for client in ODD_IDS[1:]:
                with other.lease(client, wait=AT_ONCE):
                    pass

    def test_client_companies_are_leased_apart(self, store: StateStore, other: StateStore) -> None:
        """
        One merchant's run does not hold up another's, nor its own commits.
        """
        with store.lease("c", wait=AT_ONCE), other.lease("d", wait=AT_ONCE):
            assert 1 == store.commit("c", Changes(), expected_version=0)

    def test_who_waits_gets_it(self, store: StateStore, other: StateStore) -> None:
        """
        A runner that may wait enters when the other leaves.
        """
        entered = threading.Event()

        def second() -> None:
            with other.lease("c", wait=PATIENT):
                entered.set()

        thread = threading.Thread(target=second)
        with store.lease("c", wait=AT_ONCE):
            thread.start()
            assert not entered.wait(0.05)
        thread.join(60)

        assert entered.is_set()

    def test_a_killed_runner_blocks_nobody(self, shared_opener: Opener) -> None:
        """
        The lease ends with the process, even by SIGKILL.
        """
        context = multiprocessing.get_context("spawn")
        held = context.Event()
        process = context.Process(target=hold_for_ever, args=(shared_opener, held))
        process.start()
        store = shared_opener()
        assert held.wait(60)
        with pytest.raises(LeaseHeldError), store.lease("c", wait=AT_ONCE):
            pytest.fail("entered a lease another process holds")
        process.kill()
        process.join()

        # A database may need a moment to notice that its client is gone.
        with store.lease("c", wait=PATIENT):
            pass

    def test_a_held_lease_can_be_confirmed(self, store: StateStore) -> None:
        """
        Where a lease gives a function, it has nothing to say as long as all is well.
        """
        with store.lease("c", wait=AT_ONCE) as confirm:
            store.commit("c", Changes(), expected_version=0)
            if confirm is not None:
                confirm()
                confirm()

    def test_trying_again_does_not_end_it(
        self, store: StateStore, other: StateStore, shared_opener: Opener
    ) -> None:
        """
        Who holds a lease keeps it from other processes, whatever its own process tries meanwhile.
        """
        context = multiprocessing.get_context("spawn")
        held = context.Value("i", -1)
        with store.lease("c", wait=AT_ONCE):
            for view in (store, other):
                with pytest.raises(LeaseHeldError), view.lease("c", wait=AT_ONCE):
                    pytest.fail("entered a lease that is held")
            process = context.Process(target=tell_whether_held, args=(shared_opener, held))
            process.start()
            process.join(PATIENT.total_seconds())

        assert 1 == held.value

    def test_two_companies_at_work_lose_nothing(self, store: StateStore, shared_opener: Opener) -> None:
        """
        A process at work on one client company loses nothing to those that come and go for another.
        """
        context = multiprocessing.get_context("spawn")
        begun = context.Event()
        process = context.Process(target=work_under_lease, args=(shared_opener, "d", 40, begun))
        process.start()
        assert begun.wait(PATIENT.total_seconds())
        work_under_lease(lambda: store, "c", 40)
        process.join(PATIENT.total_seconds())

        view = shared_opener()
        assert (0, 40, 40) == (
            process.exitcode,
            view.progress("c", "customers").version,
            view.progress("d", "customers").version,
        )
