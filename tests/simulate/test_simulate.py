"""
Simulated worlds: everything happens in them, and the promises hold.
"""

import pytest

from posgo.testing.simulate import BUGS, replay, run, shrunk

SEEDS = 150

# A seed each bug is caught by.
CAUGHT = {
    "cursor saved before results": 41,
    "no look-up before repeat": 3,
    "base not updated": 0,
    "timed-out POST repeated": 1243,
    "lease ignored": 1116,
    "intents not stored": 83,
    "conflicts not recorded": 6,
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


@pytest.mark.parametrize("bug", BUGS)
def test_deliberate_bugs_are_caught(bug: str) -> None:
    """
    A simulator that cannot fail proves nothing: a deliberate bug breaks a promise that holds without it.
    """
    assert run(CAUGHT[bug], with_bug=bug).violations
    assert () == run(CAUGHT[bug]).violations


def test_a_failure_is_made_small() -> None:
    """
    What can be left out of a failure is left out, and what remains still fails.
    """
    failing = run(CAUGHT["base not updated"], with_bug="base not updated")
    small = shrunk(failing, with_bug="base not updated")

    assert len(small.scenario.acts) < len(failing.scenario.acts)
    assert small.violations
    assert small.trace == replay(small.scenario, with_bug="base not updated").trace
