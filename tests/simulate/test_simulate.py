"""
Simulated worlds: everything happens in them, and the promises hold.
"""

import itertools

import pytest

from posgo.testing.simulate import Outcome, replay, run, shrunk

SEEDS = 150

# How many seeds it takes at most.
CAUGHT = {
    "cursor saved before results": 400,
    "no look-up before repeat": 200,
    "base not updated": 100,
    "intents not stored": 200,
    "conflicts not recorded": 500,
}


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


def caught(bug: str, within: int) -> Outcome:
    """
    The first seed a bug is caught by that is sound without it.
    """
    outcomes = (run(seed, with_bug=bug) for seed in itertools.count())
    broken = (outcome for outcome in itertools.islice(outcomes, within) if outcome.violations)
    return next(outcome for outcome in broken if not run(outcome.scenario.seed).violations)


@pytest.mark.parametrize("bug", CAUGHT)
def test_deliberate_bugs_are_caught(bug: str) -> None:
    """
    A simulator that cannot fail proves nothing: a deliberate bug breaks a promise soon.
    """
    assert caught(bug, CAUGHT[bug]).violations


def test_a_failure_is_made_small() -> None:
    """
    What can be left out of a failure is left out, and what remains still fails.
    """
    failing = caught("base not updated", within=100)
    small = shrunk(failing, with_bug="base not updated")

    assert len(small.scenario.acts) < len(failing.scenario.acts)
    assert small.violations
    assert small.trace == replay(small.scenario, with_bug="base not updated").trace
