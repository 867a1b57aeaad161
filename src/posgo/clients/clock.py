"""
Time as clients use it: read and slept through in one place, so tests need not wait.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """
    Tells time and passes it. Called by clients, from any thread or task.
    """

    def monotonic(self) -> float:
        """
        Seconds of a clock that never goes back.
        """
        ...

    def utc_now(self) -> datetime:
        """
        The time of day, in UTC.
        """
        ...

    def sleep(self, seconds: float) -> None:
        """
        Block this thread for so long.
        """
        ...

    async def sleep_async(self, seconds: float) -> None:
        """
        Suspend this task for so long.
        """
        ...


class SystemClock:
    """
    The computer's clock.
    """

    def monotonic(self) -> float:
        """
        Seconds of a clock that never goes back.
        """
        return time.monotonic()

    def utc_now(self) -> datetime:
        """
        The time of day, in UTC.
        """
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """
        Block this thread for so long.
        """
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """
        Suspend this task for so long.
        """
        await asyncio.sleep(seconds)
