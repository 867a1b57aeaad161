"""
A POS in memory, split by subject.
"""

from posgo.testing._pos.fake import FakePos

__all__ = ["FakePos"]
