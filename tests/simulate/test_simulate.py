"""
Simulated worlds: everything happens in them, and the promises hold.
"""

import pytest

from posgo.testing.simulate import BUGS, replay, run, shrunk
from posgo.testing.simulate.__main__ import seeds_needed

SEEDS = 100

SEARCHED = 300
"""Seeds within which a search finds every deliberate bug."""


def test_the_promises_hold() -> None:
    """
    Whatever a seed decides, nobody stands twice, nothing is lost, and every day is booked once.
    """
    outcomes = [run(seed) for seed in range(SEEDS)]

    assert [] == [str(outcome) for outcome in outcomes if outcome.violations]


def test_a_seed_replays_exactly() -> None:
    """
    The same seed gives the same steps.
    """
    for seed in range(12):
        assert run(seed).trace == run(seed).trace


@pytest.mark.parametrize("bug", BUGS)
def test_deliberate_bugs_are_caught(bug: str) -> None:
    """
    A simulator that cannot fail proves nothing: a search finds a seed in which a deliberate bug breaks a promise.
    """
    needed = seeds_needed(bug, range(SEARCHED))

    assert needed is not None
    assert () == run(needed - 1).violations


def test_a_failure_is_made_small() -> None:
    """
    What can be left out of a failure is left out, and what remains still fails.
    """
    bug = "base not updated"
    failing = next(outcome for seed in range(SEARCHED) if (outcome := run(seed, with_bug=bug)).violations)
    small = shrunk(failing, with_bug=bug)

    assert len(small.scenario.acts) < len(failing.scenario.acts)
    assert small.violations
    assert small.trace == replay(small.scenario, with_bug=bug).trace
