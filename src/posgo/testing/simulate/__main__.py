"""
Run simulations: ``python -m posgo.testing.simulate --seeds 2000``.
"""

import argparse
import sys
from collections import Counter

from posgo.testing.simulate._bugs import BUGS
from posgo.testing.simulate._shrinking import shrunk
from posgo.testing.simulate._simulation import Outcome, replay, run
from posgo.testing.simulate._sites import missed, yield_sites

__all__ = ["main"]

_MOST_FAILURES = 5


def main(arguments: list[str] | None = None) -> int:
    """
    Simulate seeds, tell what was met and what broke; 1 if anything did.
    """
    options = _parser().parse_args(arguments)
    faults: Counter[str] = Counter()
    crashed: set[tuple[str, int]] = set()
    failures: list[Outcome] = []
    done = 0
    for seed in range(options.start, options.start + options.seeds):
        outcome = run(seed, with_bug=options.bug)
        done += 1
        faults += outcome.faults
        crashed |= outcome.crashed
        if outcome.violations:
            failures.append(outcome)
            _tell(outcome, options.bug)
        if len(failures) == _MOST_FAILURES:
            break
    _sum_up(done, faults, crashed, len(failures))
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m posgo.testing.simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many seeds to run")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--bug", choices=sorted(BUGS), help="a deliberate bug, to see it caught")
    return parser


def _tell(outcome: Outcome, bug: str | None) -> None:
    small = shrunk(outcome, with_bug=bug)
    same = replay(small.scenario, with_bug=bug).trace == small.trace
    print(small)
    print(
        "  replayed: the same, step for step"
        if same
        else "  REPLAYED DIFFERENTLY: something is not decided by the seed"
    )
    print(f"  the whole seed: {', '.join(outcome.violations)}\n")


def _sum_up(done: int, faults: Counter[str], crashed: set[tuple[str, int]], violations: int) -> None:
    sites, never = yield_sites(), missed(crashed)
    print(f"{done} seeds, {sum(faults.values())} faults, {violations} with broken promises")
    for name, count in sorted(faults.items()):
        print(f"  {count:7} {name}")
    print(f"processes were killed at {len(sites) - len(never)} of the {len(sites)} places procedures wait at")
    for name, lines in never:
        print(f"  never at {name}:{lines.start}")


if __name__ == "__main__":
    sys.exit(main())
