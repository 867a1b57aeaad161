"""
Making a failure small: what can be left out and it still fails, is left out.
"""

from collections.abc import Callable

import attrs

from posgo.testing.simulate._scenario import Scenario
from posgo.testing.simulate._simulation import Outcome, replay

__all__ = ["shrunk"]


def shrunk(failing: Outcome, *, with_bug: str | None = None) -> Outcome:
    """
    The same failure with as few acts as possible: each is left out in turn, until none can be.
    """
    smallest = failing
    shorter: Outcome | None = failing
    while shorter is not None:
        smallest = shorter
        shorter = _without_one(smallest.scenario, lambda less: replay(less, with_bug=with_bug))
    return smallest


def _without_one(what: Scenario, again: Callable[[Scenario], Outcome]) -> Outcome | None:
    # From the end: what comes late is most often innocent.
    for place in reversed(range(len(what.acts))):
        outcome = again(attrs.evolve(what, acts=what.acts[:place] + what.acts[place + 1 :]))
        if outcome.violations:
            return outcome
    return None
