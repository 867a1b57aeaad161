"""
Fakes to test against, in memory, over httpx or over real HTTP, and the contract a POS is held to.
"""

from posgo.clients.limiter import NO_LIMIT
from posgo.testing._clock import VirtualClock
from posgo.testing._go import FakeGo
from posgo.testing._pos import FakePos
from posgo.testing.contracts import PointOfSaleContract

__all__ = ["NO_LIMIT", "FakeGo", "FakePos", "PointOfSaleContract", "VirtualClock"]
