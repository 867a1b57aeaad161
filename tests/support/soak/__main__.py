"""
Many kills, in worlds of a few each: ``python -m support.soak --kills 210``. Ends with 1 if a promise was broken.
"""

import argparse
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from support.soak.killing import Outcome, soak
from support.soak.stores import STORES

_KILLS = 15
"""Kills per world."""

_LAGS = (0.0, 0.0, 0.4)
"""Seconds Go's reads are behind its writes, from world to world."""


def main() -> int:
    """
    Run worlds until there were enough kills, and print what came of it.
    """
    options = _options()
    outcomes = [
        _world(number, options) for number in range(options.seed, options.seed + -(-options.kills // _KILLS))
    ]
    kills = sum((outcome.kills for outcome in outcomes), Counter[str]())
    print(f"\n{kills.total()} kills:")
    for phase, count in kills.most_common():
        print(f"{count:6} {phase}")
    for name in ("logs", "started", "records", "vouchers", "orders", "invoices", "conflicts"):
        print(f"{sum(getattr(outcome, name) for outcome in outcomes):6} {_MEANINGS[name]}")
    violations = [each for outcome in outcomes for each in outcome.violations]
    print(f"{len(violations):6} broken promises")
    return bool(violations)


_MEANINGS = {
    "logs": "of them left commits in SQLite's log for the next process to find",
    "started": "processes started",
    "records": "records entered by people",
    "vouchers": "vouchers booked, one per closed day",
    "orders": "orders taken at the till",
    "invoices": "invoices sent, one per order it was asked for",
    "conflicts": "values standing in recorded conflicts",
}


def _world(seed: int, options: argparse.Namespace) -> Outcome:
    begun = time.monotonic()
    lag = _LAGS[seed % len(_LAGS)] if options.lag is None else options.lag
    with tempfile.TemporaryDirectory() as folder:
        outcome = soak(seed, _KILLS, Path(folder), bug=options.bug, lag=timedelta(seconds=lag))
    print(
        f"world {seed}: {outcome.kills.total()} kills, Go's reads {lag:g} s late, "
        f"{len(outcome.violations)} broken promises ({time.monotonic() - begun:.0f} s)",
        flush=True,
    )
    for each in outcome.violations:
        print(f"  {each}")
    return outcome


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m support.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=210, help="at least so many")
    parser.add_argument("--seed", type=int, default=0, help="the first world")
    parser.add_argument(
        "--bug", choices=[name for name in STORES if name], help="a deliberate bug of the store"
    )
    parser.add_argument("--lag", type=float, help="seconds Go's reads are behind its writes; else it varies")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
