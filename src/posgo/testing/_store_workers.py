"""
Processes and threads that work on a store at once, and die at it.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import timedelta
from functools import partial
from multiprocessing.context import SpawnContext
from types import TracebackType
from typing import Any, TypeAlias, cast

from posgo.exceptions import LeaseHeldError, StaleStateError
from posgo.state import AsyncStateStore, Changes, StateStore
from posgo.testing._store_examples import cursor, pair, settlement

__all__ = [
    "AT_ONCE",
    "BATCH",
    "PATIENT",
    "Blocking",
    "Opener",
    "assert_serial",
    "blocking",
    "hold_for_ever",
    "kill_at_work",
    "read_of_one_moment",
    "rewrite_until",
    "tell_whether_held",
    "work",
    "work_in_process",
    "work_under_lease",
]

Opener: TypeAlias = Callable[[], StateStore]
"""Opens the store under test: another view of the same memory each time, in any process."""


AT_ONCE = timedelta(0)
PATIENT = timedelta(seconds=60)
BATCH = 200


def work(store: StateStore, worker: int, commits: int) -> None:
    """
    Commit so many times, each commit saying which version it was made on.
    """
    for step in range(commits):
        while True:
            version = store.settlements("c", []).version
            mark = str(version + 1)
            changes = (
                settlement(f"{worker}-{step}", number=str(version)),
                cursor(mark, "last", "pos"),
                cursor(mark, "last", "go"),
            )
            try:
                store.commit("c", Changes(put=changes), expected_version=version)
            except StaleStateError:
                continue
            break


def assert_serial(store: StateStore, workers: int, commits: int) -> None:
    """
    Every commit of :func:`work` is there, and each was made on another version.
    """
    total = workers * commits
    references = [f"{worker}-{step}" for worker in range(workers) for step in range(commits)]
    loaded = store.settlements("c", references)
    assert (total, total) == (loaded.version, len(loaded.settlements))
    assert set(range(total)) == {int(record.number) for record in loaded.settlements.values()}
    assert {"pos": str(total), "go": str(total)} == store.progress("c", "last").cursors


def work_in_process(opener: Opener, worker: int, commits: int) -> None:
    work(opener(), worker, commits)


def rewrite(store: StateStore, version: int) -> int:
    """
    Commit a batch of links and a cursor that all say which version they are of.
    """
    mark = str(version + 1)
    batch = [pair(f"p{number}", f"g{number}", mark) for number in range(BATCH)]
    return store.commit("c", Changes(put=[*batch, cursor(mark)]), expected_version=version)


def rewrite_until(store: StateStore, done: threading.Event) -> None:
    """
    :func:`rewrite` without a pause.
    """
    version = 0
    while not done.is_set():
        version = rewrite(store, version)


def read_of_one_moment(store: StateStore) -> int:
    """
    Read what :func:`rewrite` writes; tell the version, which all that was read is of.
    """
    some = store.links("c", "customers", pos_ids=["p0"], go_ids=[f"g{BATCH - 1}"])
    assert {str(some.version)} == {link.base.name for link in some.links} or not some.version
    progress = store.progress("c", "customers")
    assert {"go": str(progress.version)} == progress.cursors or not progress.version
    return progress.version


def _rewrite_for_ever(opener: Opener, confirmed: Any) -> None:
    store = opener()
    version = store.settlements("c", []).version
    while True:
        confirmed.value = version = rewrite(store, version)


def kill_at_work(context: SpawnContext, opener: Opener, delay: timedelta) -> int:
    """
    Kill a process that commits without a pause; tell the last version it was confirmed.
    """
    confirmed: Any = context.Value("q", 0)
    process = context.Process(target=_rewrite_for_ever, args=(opener, confirmed))
    process.start()
    deadline = time.monotonic() + PATIENT.total_seconds()
    while not confirmed.value and process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(delay.total_seconds())
    process.kill()
    process.join()
    return int(confirmed.value)


def work_under_lease(opener: Opener, client: str, commits: int, begun: Any = None) -> None:
    """
    Commit so many times on a client company, each time under a lease.
    """
    for version in range(commits):
        store = opener()
        with store.lease(client, wait=PATIENT) as confirm:
            if begun is not None:
                begun.set()
            store.commit(client, Changes(put=[cursor(str(version))]), expected_version=version)
            if confirm is not None:
                confirm()


def tell_whether_held(opener: Opener, held: Any) -> None:
    """
    Try to take the lease; say 1 if it is held, 0 if not.
    """
    try:
        with opener().lease("c", wait=AT_ONCE):
            held.value = 0
    except LeaseHeldError:
        held.value = 1


def hold_for_ever(opener: Opener, held: Any) -> None:
    with opener().lease("c", wait=AT_ONCE):
        held.set()
        threading.Event().wait()


class _BlockingLease(AbstractContextManager[Callable[[], object] | None]):
    def __init__(self, lease: AbstractAsyncContextManager[Any], wait: Callable[[Any], Any]) -> None:
        self._lease = lease
        self._wait = wait

    def __enter__(self) -> Callable[[], object] | None:
        confirm = self._wait(self._lease.__aenter__())
        return confirm and (lambda: self._wait(confirm()))

    def __exit__(
        self, of: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        # The lease is told how its body ended, as "async with" would.
        held_back: bool | None = self._wait(self._lease.__aexit__(of, error, trace))
        return held_back


class Blocking:
    """
    An asynchronous store with an event loop of its own, to be held to the same promises.

    Attributes:
        store: The store whose methods are coroutines.
    """

    def __init__(self, store: AsyncStateStore) -> None:
        self.store = store
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.store, name)
        return lambda *args, **options: self._wait(method(*args, **options))

    def lease(self, client: str, *, wait: timedelta) -> AbstractContextManager[Callable[[], object] | None]:
        """
        See :meth:`posgo.StateStore.lease`.
        """
        return _BlockingLease(self.store.lease(client, wait=wait), self._wait)

    def _wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


def blocking(opener: Callable[[], AsyncStateStore]) -> Opener:
    """
    An opener of an asynchronous store, for :class:`StoreContract`.
    """
    return partial(_open_blocking, opener)


def _open_blocking(opener: Callable[[], AsyncStateStore]) -> StateStore:
    return cast("StateStore", Blocking(opener()))
