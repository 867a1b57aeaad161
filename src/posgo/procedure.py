"""
Procedures: multi-step work written once, driven by anyone.

A procedure is a generator that yields *requests* (a call to Go or the POS, a
store operation, a pause) and receives their answers. It does no I/O itself,
so the sync runner, the async runner and the tests drive the same body, and a
driver that stops at any yield shows what a crash there would leave behind.

.. code-block:: python

    def voucher_numbers(day: date) -> Procedure[list[int]]:
        rows = yield from ask(account_transactions.list(from_date=day, to_date=day))
        return sorted({row.voucher_no for row in rows})

A procedure never yields in a ``finally`` block: a driver that stops for good
closes the generator, and nothing may be asked then.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

__all__ = ["Pause", "Procedure", "Request", "ask", "pause"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Request(Generic[T_co]):
    """
    Something a procedure asks its driver for. ``T_co`` is the type of the answer.
    """

    __slots__ = ()


Procedure: TypeAlias = Generator[Request[Any], Any, T]
"""A generator of requests that returns a ``T``."""


def ask(request: Request[T]) -> Procedure[T]:
    """
    Ask one request and return its answer, with its type. Use with ``yield from``.
    """
    answer: T = yield request
    return answer


@attrs.frozen
class Pause(Request[None]):
    """
    Wait. A driver decides how; a test does not wait at all.

    Attributes:
        duration: How long.
        reason: Why, for logs.
    """

    duration: timedelta
    reason: str


def pause(duration: timedelta, reason: str) -> Procedure[None]:
    """
    Wait for a while. Use with ``yield from``.
    """
    yield from ask(Pause(duration, reason))
