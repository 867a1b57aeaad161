"""
Staying below Go's limit: ten requests in any second per subscription key.

The key is shared by all client companies of a vendor, so the default limiter
is one per key and process, however many clients there are. Requests are
spaced evenly (the generic cell rate algorithm without bursts): whatever
second one looks at, it never holds more than the limit.

A limiter does not wait. A request takes a ticket and asks how long to wait
until it is answered 0.0; the client sleeps in its own colour in between, and
hands the ticket back when the wait is cancelled.
"""

import bisect
import itertools
import threading
import time
from collections.abc import Callable
from typing import Protocol

from posgo.clients.calls import Priority
from posgo.exceptions import ModelError

__all__ = ["NO_LIMIT", "Limiter", "RateLimiter", "Ticket", "shared_limiter"]

Ticket = tuple[int, int]
"""Priority and order of arrival: the smaller one goes first."""

GO_PER_SECOND = 10
# Requests sent evenly do not arrive evenly; this much is left to the network.
_HEADROOM = 0.03


class Limiter(Protocol):
    """
    Lets requests pass at a rate. Called by clients, from any thread or task; must not block.

    A limiter shared by several processes implements these four methods over
    whatever they share.
    """

    def enter(self, priority: Priority) -> Ticket:
        """
        Join the queue.
        """
        ...

    def ask(self, ticket: Ticket) -> float:
        """
        Say how many seconds to wait before asking again. 0.0 lets the request pass and takes the ticket.
        """
        ...

    def leave(self, ticket: Ticket) -> None:
        """
        Give up waiting. Harmless for a ticket that has passed.
        """
        ...

    def throttled(self, seconds: float) -> None:
        """
        Hear that the server refused a request as too many, and wants this much patience.
        """
        ...


class RateLimiter:
    """
    Evenly spaced requests, the most urgent first, first come first served among equals.

    Args:
        per_second: Requests let through per second, at most.
        clock: Seconds of a clock that never goes back.
    """

    def __init__(
        self,
        per_second: float = GO_PER_SECOND * (1 - _HEADROOM),
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if per_second <= 0:
            raise ModelError("a rate must be more than 0 requests per second")
        self._interval = 1 / per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: list[Ticket] = []
        self._free_at = clock()

    def enter(self, priority: Priority) -> Ticket:
        """
        Join the queue behind the equally urgent.
        """
        with self._lock:
            ticket = (int(priority), next(self._numbers))
            bisect.insort(self._waiting, ticket)
            return ticket

    def ask(self, ticket: Ticket) -> float:
        """
        Say how many seconds to wait before asking again; 0.0 lets the request pass.
        """
        with self._lock:
            now = self._clock()
            position = bisect.bisect_left(self._waiting, ticket)
            # Whoever's time has come passes, even if somebody ahead sleeps late:
            # one stopped task must not stop all others.
            wait = self._free_at + position * self._interval - now
            if wait > 0:
                return wait
            del self._waiting[position]
            self._free_at = max(self._free_at, now) + self._interval
            return 0.0

    def leave(self, ticket: Ticket) -> None:
        """
        Give up waiting.
        """
        with self._lock:
            position = bisect.bisect_left(self._waiting, ticket)
            if self._waiting[position : position + 1] == [ticket]:
                del self._waiting[position]

    def throttled(self, seconds: float) -> None:
        """
        Let nobody pass for so long: somebody else uses the same key.
        """
        with self._lock:
            self._free_at = max(self._free_at, self._clock() + seconds)


class _NoLimit:
    def enter(self, priority: Priority) -> Ticket:
        return (int(priority), 0)

    def ask(self, ticket: Ticket) -> float:  # noqa: ARG002
        return 0.0

    def leave(self, ticket: Ticket) -> None:
        pass

    def throttled(self, seconds: float) -> None:
        pass

    def __repr__(self) -> str:
        return "NO_LIMIT"


NO_LIMIT: Limiter = _NoLimit()
"""Lets every request pass at once: for fakes."""

# Kept for as long as the process lives: a limiter forgotten between two
# short-lived clients would forget what the first one spent.
_shared: dict[str, RateLimiter] = {}
_shared_lock = threading.Lock()


def shared_limiter(subscription_key: str) -> Limiter:
    """
    The limiter all clients of this process with that key share.
    """
    with _shared_lock:
        return _shared.setdefault(subscription_key, RateLimiter())
