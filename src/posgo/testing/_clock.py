"""
Time that passes only when somebody sleeps.
"""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

__all__ = ["VirtualClock"]


class VirtualClock:
    """
    A clock for clients and fakes in tests: sleeping moves it and takes no time.

    Args:
        start: What it shows first (UTC).
    """

    def __init__(self, start: datetime = datetime(2026, 3, 14, 12, tzinfo=UTC)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """
        Seconds since it was made.
        """
        return self._elapsed

    def utc_now(self) -> datetime:
        """
        The time of day it shows.
        """
        return self._start + timedelta(seconds=self._elapsed)

    def advance(self, seconds: float) -> None:
        """
        Let time pass.
        """
        with self._lock:
            self._elapsed += seconds

    def sleep(self, seconds: float) -> None:
        """
        Let time pass.
        """
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """
        Let time pass, and other tasks run.
        """
        self.advance(seconds)
        await asyncio.sleep(0)
