"""
One kind of thing a POS keeps, in the order it last changed.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import Generic, TypeVar

import attrs

from posgo.models.feeds import Feed

__all__ = ["Shelf"]

T = TypeVar("T")


@attrs.frozen
class _Placed(Generic[T]):
    item: T
    position: int


class Shelf(Generic[T]):
    """
    Things by id. What is put moves to the end, so that a cursor is a position.

    Args:
        epoch: Names this shelf in its cursors: those of another one are not known here.
    """

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch
        self._placed: dict[str, _Placed[T]] = {}
        self._position = 0

    def put(self, id: str, item: T) -> None:  # noqa: A002
        """
        Place something behind everything else.
        """
        self._position += 1
        self._placed.pop(id, None)
        self._placed[id] = _Placed(item, self._position)

    def get(self, id: str) -> T | None:  # noqa: A002
        """
        The thing with that id; None if there is none.
        """
        placed = self._placed.get(id)
        return None if placed is None else placed.item

    def remove(self, id: str) -> T:  # noqa: A002
        """
        Take a thing away, leaving no trace.

        Raises:
            KeyError: If there is none.
        """
        return self._placed.pop(id).item

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return ((key, placed.item) for key, placed in self._placed.items())

    def feed(self, cursor: str | None, size: int) -> Feed[T]:
        """
        What was placed after a cursor, at most so many things.
        """
        since = self._since(cursor)
        # From the end, because little is new as a rule.
        newer = list(
            takewhile(lambda placed: placed.position > (since or 0), reversed(self._placed.values()))
        )
        told = newer[::-1][:size]
        last = told[-1].position if told else self._position
        return Feed(
            items=[placed.item for placed in told],
            cursor=f"{self._epoch}-{last}",
            more=len(newer) > size,
            from_start=since is None,
        )

    def _since(self, cursor: str | None) -> int | None:
        epoch, _, position = (cursor or "").rpartition("-")
        known = epoch == self._epoch and position.isascii() and position.isdigit() and len(position) < 20
        return int(position) if known else None
