"""
Fakes to test against: PowerOffice Go in memory, over httpx or over real HTTP.
"""

from posgo.clients.limiter import NO_LIMIT
from posgo.testing._clock import VirtualClock
from posgo.testing._go import FakeGo
from posgo.testing._pos import FakePos

__all__ = ["NO_LIMIT", "FakeGo", "FakePos", "VirtualClock"]
