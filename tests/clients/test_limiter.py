"""
The rate limiter: no second over the limit, the urgent first, nobody forgotten.
"""

import pytest
from hypothesis import given, strategies as st

from posgo.clients.calls import Priority
from posgo.clients.limiter import NO_LIMIT, RateLimiter, shared_limiter
from posgo.exceptions import ModelError
from posgo.testing import VirtualClock


def pass_time(limiter: RateLimiter, clock: VirtualClock, priority: Priority = Priority.NORMAL) -> float:
    """
    Wait until a request may pass; say when that was.
    """
    ticket = limiter.enter(priority)
    while (seconds := limiter.ask(ticket)) > 0:
        clock.sleep(seconds)
    return clock.monotonic()


@given(st.lists(st.floats(0, 2), min_size=30, max_size=80))
def test_no_second_holds_more_than_ten(idle: list[float]) -> None:
    """
    Whatever the pauses between requests, no sliding second holds more than ten.
    """
    clock = VirtualClock()
    limiter = RateLimiter(clock=clock.monotonic)
    passed = []
    for pause in idle:
        clock.sleep(pause if pause > 1.5 else 0)
        passed.append(pass_time(limiter, clock))

    assert all(later - earlier >= 1 for earlier, later in zip(passed, passed[10:], strict=False))


def test_urgent_goes_first() -> None:
    """
    A cashier who is waiting goes before a nightly poll that came earlier; equals keep their order.
    """
    clock = VirtualClock()
    limiter = RateLimiter(per_second=1, clock=clock.monotonic)
    limiter.ask(limiter.enter(Priority.NORMAL))
    nightly, second, cashier = (
        limiter.enter(priority) for priority in (Priority.BACKGROUND, Priority.BACKGROUND, Priority.IMMEDIATE)
    )

    assert [2, 3, 1] == [round(limiter.ask(ticket)) for ticket in (nightly, second, cashier)]


def test_leaving_moves_the_others_up() -> None:
    """
    Who gives up is not waited for; leaving twice does no harm.
    """
    clock = VirtualClock()
    limiter = RateLimiter(per_second=1, clock=clock.monotonic)
    limiter.ask(limiter.enter(Priority.NORMAL))
    first, second = limiter.enter(Priority.NORMAL), limiter.enter(Priority.NORMAL)
    limiter.leave(first)
    limiter.leave(first)

    assert 1 == round(limiter.ask(second))


def test_sleeper_at_the_head_holds_up_nobody() -> None:
    """
    A stopped task at the head of the queue costs its own turn, not everybody's.
    """
    clock = VirtualClock()
    limiter = RateLimiter(per_second=1, clock=clock.monotonic)
    limiter.ask(limiter.enter(Priority.NORMAL))
    limiter.enter(Priority.NORMAL)
    awake = limiter.enter(Priority.NORMAL)
    clock.sleep(limiter.ask(awake))

    assert 0.0 == limiter.ask(awake)


def test_throttled_means_somebody_else_uses_the_key() -> None:
    """
    After a 429 nobody passes for as long as was asked.
    """
    clock = VirtualClock()
    limiter = RateLimiter(clock=clock.monotonic)
    limiter.throttled(5)

    assert 5 == pass_time(limiter, clock)


def test_one_limiter_per_subscription_key() -> None:
    """
    All clients of a process share the limiter of their key, and keep it between two of them.
    """
    assert shared_limiter("a") is shared_limiter("a")
    assert shared_limiter("a") is not shared_limiter("b")


def test_no_limit_never_waits() -> None:
    """
    Fakes need no limit.
    """
    NO_LIMIT.throttled(9)
    ticket = NO_LIMIT.enter(Priority.BACKGROUND)
    NO_LIMIT.leave(ticket)

    assert (0.0, "NO_LIMIT") == (NO_LIMIT.ask(ticket), repr(NO_LIMIT))


def test_rate_must_be_one() -> None:
    """
    No requests at all is no rate.
    """
    with pytest.raises(ModelError):
        RateLimiter(0)
