"""
When to try again: a pure value. It sleeps never, draws no random number and reads no clock.
"""

import enum
from datetime import timedelta

import attrs

from posgo.exceptions import ModelError

__all__ = ["FailureKind", "RetryPolicy"]


class FailureKind(enum.Enum):
    """
    What a failed attempt leaves behind.
    """

    NOT_SENT = "not sent"
    """The server was never reached: certainly not carried out."""

    THROTTLED = "throttled"
    """429: certainly not carried out."""

    IN_DOUBT = "in doubt"
    """No answer, or a 5xx: it may have been carried out."""

    REFUSED = "refused"
    """A clear no. Asking again changes nothing."""


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """
    How often and after how long a failed request is tried again.

    Delays double from one attempt to the next, up to the longest one. Jitter
    shortens them by up to half, so that many clients do not return at once.

    Attributes:
        attempts: Tries in all, the first one counted. 1 means never again.
        first_delay: Delay after the first failure, before jitter.
        longest_delay: Cap of the doubling.
        longest_retry_after: A server asking for more patience than this is not waited for.
    """

    attempts: int = 5
    first_delay: timedelta = timedelta(milliseconds=500)
    longest_delay: timedelta = timedelta(seconds=15)
    longest_retry_after: timedelta = timedelta(seconds=60)

    def __attrs_post_init__(self) -> None:
        if self.attempts < 1:
            raise ModelError("RetryPolicy.attempts must be 1 or more; 1 means never try again")
        if min(self.first_delay, self.longest_delay, self.longest_retry_after) < timedelta(0):
            raise ModelError("the delays of a RetryPolicy must not be negative")

    def delay(
        self,
        attempt: int,
        kind: FailureKind,
        *,
        jitter: float,
        retry_after: timedelta | None = None,
        repeatable: bool = True,
    ) -> timedelta | None:
        """
        Say how long to wait before the next attempt; None means to stop.

        Args:
            attempt: How many attempts have failed, 1 after the first.
            kind: What the last failure left behind.
            jitter: From 0 (inclusive) to 1 (exclusive), drawn by the caller.
            retry_after: What the server asked for; None if nothing.
            repeatable: Whether the request may be repeated in doubt.
        """
        certain = kind in {FailureKind.NOT_SENT, FailureKind.THROTTLED}
        may_repeat = certain or (kind is FailureKind.IN_DOUBT and repeatable)
        if attempt >= self.attempts or not may_repeat:
            return None
        backoff: timedelta = min(self.first_delay * (1 << min(attempt - 1, 32)), self.longest_delay)
        if retry_after is None:
            return backoff * (1 - jitter / 2)
        # Never sooner than asked for; jitter only adds.
        patient = retry_after <= self.longest_retry_after
        return retry_after + self.first_delay * jitter if patient else None
