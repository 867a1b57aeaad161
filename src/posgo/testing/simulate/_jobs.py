"""
Many seeds, one after the other or spread over processes: what they came to is the same.
"""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import attrs

from posgo.testing.simulate._simulation import run

__all__ = ["Met", "met_by"]

_AT_A_TIME = 25
"""Seeds a process is given at a time."""


@attrs.frozen(kw_only=True)
class Met:
    """
    What counts of one seed.

    Attributes:
        seed: Which.
        faults: How often each kind of fault was met.
        crashed: Lines of procedures a process was killed at.
        failed: Whether a promise was broken.
    """

    seed: int
    faults: Counter[str]
    crashed: frozenset[tuple[str, int]]
    failed: bool


def met_by(seeds: range, bug: str | None, jobs: int) -> Iterator[Met]:
    """
    Simulate seeds, and tell of each in their order.

    Args:
        seeds: Which.
        bug: Name of a deliberate bug; None for none.
        jobs: In how many processes. Whoever stops asking stops them all.
    """
    one = partial(_met, bug=bug)
    if jobs == 1:
        yield from map(one, seeds)
        return
    # Begun anew rather than forked: the same on every system.
    pool = ProcessPoolExecutor(
        jobs,
        multiprocessing.get_context("spawn"),
        # Ctrl-C is for the one who asked.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        yield from pool.map(one, seeds, chunksize=_AT_A_TIME)
    finally:
        pool.shutdown(cancel_futures=True)


def _met(seed: int, bug: str | None) -> Met:
    outcome = run(seed, with_bug=bug)
    return Met(seed=seed, faults=outcome.faults, crashed=outcome.crashed, failed=bool(outcome.violations))
