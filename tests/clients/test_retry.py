"""
The retry policy as a table and as properties.
"""

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from posgo.clients.retry import FailureKind, RetryPolicy
from posgo.exceptions import ModelError

jitters = st.floats(0, 1, exclude_max=True)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kind", "repeatable", "again"),
    [
        (FailureKind.NOT_SENT, True, True),
        (FailureKind.NOT_SENT, False, True),
        (FailureKind.THROTTLED, True, True),
        (FailureKind.THROTTLED, False, True),
        (FailureKind.IN_DOUBT, True, True),
        (FailureKind.IN_DOUBT, False, False),
        (FailureKind.REFUSED, True, False),
        (FailureKind.REFUSED, False, False),
    ],
)
def test_what_may_be_repeated(kind: FailureKind, repeatable: bool, again: bool) -> None:  # noqa: FBT001
    """
    In doubt only what is safe; a clear no never; what was certainly not carried out always.
    """
    delay = RetryPolicy().delay(1, kind, jitter=0, repeatable=repeatable)

    assert again == (delay is not None)


@given(st.integers(1, 100), jitters, st.sampled_from([FailureKind.NOT_SENT, FailureKind.IN_DOUBT]))
def test_delays_are_bounded(attempt: int, jitter: float, kind: FailureKind) -> None:
    """
    Never longer than the longest delay, never shorter than half the first one, and limited in number.
    """
    policy = RetryPolicy(attempts=50)
    delay = policy.delay(attempt, kind, jitter=jitter)

    assert (attempt >= 50) == (delay is None)
    assert delay is None or policy.first_delay / 2 <= delay <= policy.longest_delay


@given(st.integers(1, 20), jitters)
def test_delays_grow(attempt: int, jitter: float) -> None:
    """
    With the same jitter the next delay is no shorter.
    """
    policy = RetryPolicy(attempts=99)
    delays = [policy.delay(n, FailureKind.NOT_SENT, jitter=jitter) for n in (attempt, attempt + 1)]

    assert delays[0] is not None
    assert delays[1] is not None
    assert delays[0] <= delays[1]


@given(st.integers(0, 60), jitters)
def test_servers_wish_is_honoured(seconds: int, jitter: float) -> None:
    """
    Never sooner than asked for.
    """
    delay = RetryPolicy().delay(
        1, FailureKind.THROTTLED, jitter=jitter, retry_after=timedelta(seconds=seconds)
    )

    assert delay is not None
    assert timedelta(0) <= delay - timedelta(seconds=seconds) <= timedelta(milliseconds=500)


def test_too_much_patience_is_not_waited_for() -> None:
    """
    A server that asks for an hour is told as an error instead.
    """
    hour = timedelta(hours=1)

    assert RetryPolicy().delay(1, FailureKind.THROTTLED, jitter=0, retry_after=hour) is None


@pytest.mark.parametrize(
    "wrong", [{"attempts": 0}, {"first_delay": -SECOND}, {"longest_retry_after": -SECOND}]
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    """
    A policy that could never send, or waits backwards, cannot be made.
    """
    with pytest.raises(ModelError):
        RetryPolicy(**wrong)  # type: ignore[arg-type]
