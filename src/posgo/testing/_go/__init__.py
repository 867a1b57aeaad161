"""
PowerOffice Go in memory, split by subject.
"""

from posgo.testing._go.fake import FakeGo

__all__ = ["FakeGo"]
