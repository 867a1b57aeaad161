"""
What a client tells about its work: one event per request and per repetition.

Events hold method, path template, status and times: no ids, no names, no keys.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias, TypeVar

import attrs

__all__ = ["Event", "EventHook", "RequestDone", "RetryPlanned", "log_event", "tell"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class RequestDone:
    """
    A request was answered, or ended without an answer.

    Attributes:
        method: HTTP method.
        path: Path template; ``/OAuth/Token`` for the access token.
        status: HTTP status; None if there was no answer.
        duration: From sending to the end of the answer; waiting for the limiter is not in it.
        attempt: 1 for the first try.
    """

    method: str
    path: str
    status: int | None
    duration: timedelta
    attempt: int


@attrs.frozen(kw_only=True)
class RetryPlanned:
    """
    A request failed and will be tried again.

    Attributes:
        method: HTTP method.
        path: Path template.
        status: HTTP status of the failed try; None if there was no answer.
        attempt: Which try failed, 1 for the first.
        delay: How long the client waits now.
    """

    method: str
    path: str
    status: int | None
    attempt: int
    delay: timedelta


Event: TypeAlias = RequestDone | RetryPlanned

EventHook: TypeAlias = Callable[[Event], None]
"""Called in the thread or task of the request. It should be quick; what it raises is logged, not raised."""

# A library does not decide where its log goes; without this, warnings go to stderr.
logging.getLogger("posgo").addHandler(logging.NullHandler())
_logger = logging.getLogger("posgo.clients")


def log_event(event: Event) -> None:
    """
    Write an event to the logger ``posgo.clients``: requests as DEBUG, repetitions as WARNING.
    """
    outcome = "no answer" if event.status is None else str(event.status)
    if isinstance(event, RequestDone):
        _logger.debug(
            "%s %s: %s in %.3f s (attempt %d)",
            event.method,
            event.path,
            outcome,
            event.duration.total_seconds(),
            event.attempt,
        )
    else:
        _logger.warning(
            "%s %s: %s; trying again in %.1f s (attempt %d failed)",
            event.method,
            event.path,
            outcome,
            event.delay.total_seconds(),
            event.attempt,
        )


def tell(hook: Callable[[T], None], event: T) -> None:
    """
    Call a hook; its failure must not hide the outcome of a request that may have booked something.
    """
    try:
        hook(event)
    except Exception:
        _logger.exception("an event hook failed; what it was told of is not affected")
