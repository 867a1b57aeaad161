"""
A POS in memory.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from posgo.models.pos import ZReport

__all__ = ["FakePos"]

T = TypeVar("T")


class FakePos:
    """
    A point of sale in memory, for tests: what is put in is what a person did there.

    Implements :class:`posgo.PointOfSale`.
    """

    def __init__(self) -> None:
        self._kept: defaultdict[type, dict[str, Any]] = defaultdict(dict)

    def put(self, value: ZReport, id: str | None = None) -> str:  # noqa: A002 - the handle's documented name
        """
        Keep a value as a person at the till would, and return its id; an existing id replaces.
        """
        key = id or str(uuid.uuid4())
        self._kept[type(value)][key] = value
        return key

    def get(self, type: type[T], id: str) -> T:  # noqa: A002 - as above
        """
        The value under an id.

        Raises:
            KeyError: If there is none.
        """
        value: T = self._kept[type][id]
        return value

    def all(self, type: type[T]) -> dict[str, T]:  # noqa: A002 - as above
        """
        Every value of a type by id.
        """
        return dict(self._kept[type])

    def z_reports(self) -> Iterable[ZReport]:
        """
        See :meth:`posgo.PointOfSale.z_reports`.
        """
        return list(self.all(ZReport).values())
