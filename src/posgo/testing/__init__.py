"""
Fakes to test against: PowerOffice Go in memory, over httpx or over real HTTP.
"""

from posgo.clients.limiter import NO_LIMIT
from posgo.testing._clock import VirtualClock
from posgo.testing._go import FakeGo

__all__ = ["NO_LIMIT", "FakeGo", "VirtualClock"]
