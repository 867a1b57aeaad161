"""
Run simulations: ``python -m posgo.testing.simulate --seeds 2000``.
"""

import argparse
import os
import sys
from collections import Counter

from posgo.testing.simulate._bugs import BUGS
from posgo.testing.simulate._jobs import met_by
from posgo.testing.simulate._shrinking import shrunk
from posgo.testing.simulate._simulation import Outcome, replay, run
from posgo.testing.simulate._sites import missed, yield_sites

__all__ = ["main", "seeds_needed"]

_MOST_FAILURES = 5


def main(arguments: list[str] | None = None) -> int:
    """
    Simulate seeds, tell what was met and what broke; 1 if anything did, 130 if somebody stopped it before the end.
    """
    options = _parser().parse_args(arguments)
    seeds = range(options.start, options.start + options.seeds)
    try:
        return _hunt(seeds, options.jobs) if options.bugs else _simulate(seeds, options.bug, options.jobs)
    except KeyboardInterrupt:
        return 130


def seeds_needed(bug: str, seeds: range, jobs: int = 1) -> int | None:
    """
    How many seeds it takes until a deliberate bug breaks a promise; None if no seed shows it.
    """
    return next((number for number, met in enumerate(met_by(seeds, bug, jobs), 1) if met.failed), None)


def _parser() -> argparse.ArgumentParser:
    # An abbreviated --seeds would look like the one seed to run.
    parser = argparse.ArgumentParser(
        prog="python -m posgo.testing.simulate", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--seeds", type=_count, default=2000, help="how many seeds to run")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=_count, default=1, help="in how many processes")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--bug", choices=sorted(BUGS), help="a deliberate bug, to see it caught")
    which.add_argument(
        "--bugs", action="store_true", help="every deliberate bug in turn, each until it is caught"
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no count: a number is expected, 1 or more")
    return int(text)


def _hunt(seeds: range, jobs: int) -> int:
    """
    Let every deliberate bug be caught; 1 if one is not.
    """
    uncaught = 0
    for bug in BUGS:
        needed = seeds_needed(bug, seeds, jobs)
        uncaught += needed is None
        said = f"NOT CAUGHT in {len(seeds)} seeds" if needed is None else f"caught within {needed} seeds"
        print(f"  {bug:28} {said}", flush=True)
    return 1 if uncaught else 0


def _simulate(seeds: range, bug: str | None, jobs: int) -> int:
    faults: Counter[str] = Counter()
    crashed: Counter[tuple[str, int]] = Counter()
    failures = done = 0
    try:
        for met in met_by(seeds, bug, jobs):
            done += 1
            faults += met.faults
            crashed.update(met.crashed)
            if met.failed:
                failures += 1
                _tell(run(met.seed, with_bug=bug), bug)
            if failures == _MOST_FAILURES:
                break
    finally:
        # Whoever stops a long run wants to know what it came to.
        _sum_up(done, faults, crashed, failures)
    return 1 if failures else 0


def _tell(outcome: Outcome, bug: str | None) -> None:
    small = shrunk(outcome, with_bug=bug)
    same = replay(small.scenario, with_bug=bug).trace == small.trace
    print(small)
    print(
        "  replayed: the same, step for step"
        if same
        else "  REPLAYED DIFFERENTLY: something is not decided by the seed"
    )
    print(f"  the whole seed: {', '.join(outcome.violations)}")
    which = f' --bug "{bug}"' if bug else ""
    print(
        f"  again: python -m posgo.testing.simulate --seeds 1 --start {outcome.scenario.seed}{which}\n",
        flush=True,
    )


def _sum_up(done: int, faults: Counter[str], crashed: Counter[tuple[str, int]], violations: int) -> None:
    sites, never = yield_sites(), missed(crashed)
    print(f"{done} seeds, {sum(faults.values())} faults, {violations} with broken promises")
    for name, count in sorted(faults.items()):
        print(f"  {count:7} {name}")
    print(f"processes were killed at {len(sites) - len(never)} of the {len(sites)} places procedures wait at")
    for name, lines in never:
        print(f"  never at {name}:{lines.start}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        # Whoever reads has read enough; the interpreter shall not try again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
