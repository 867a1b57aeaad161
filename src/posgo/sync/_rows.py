"""
Rows of several lists that are the same thing, and an order they have in common.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

__all__ = ["Row", "interleave", "rows_of"]

K = TypeVar("K")


@attrs.define(eq=False)
class Row:
    """
    One thing, as the lists have it.

    Attributes:
        items: What each list says of it, by the list's name, in the lists' order.
    """

    items: dict[str, Any] = attrs.Factory(dict)

    def name(self, key: str) -> str | None:
        """
        What the first list that names it calls it; None if none does.
        """
        names = (getattr(item, key) for item in self.items.values())
        return next((name for name in names if name is not None), None)

    def sign(self, key: str) -> tuple[str, str]:
        """
        Something to sort by that does not depend on whose lists they are.
        """
        return self.name(key) or "", repr(next(iter(self.items.values())))

    def says(self, item: Any, key: str, *, by_any_name: bool) -> bool:
        """
        Whether a list says the same as an element that may be this row under another name, or none.
        """
        return any(
            (by_any_name or None in (getattr(held, key), getattr(item, key)))
            and attrs.evolve(held, **{key: None}) == attrs.evolve(item, **{key: None})
            for held in self.items.values()
        )


def rows_of(lists: Mapping[str, Sequence[Any]], key: str, *, just_met: bool) -> dict[str, list[Row]]:
    """
    Find the rows of all lists: by name, and without a name by what they say.

    Args:
        lists: Lists of attrs values, by name. Where they name a row differently, the first list is right.
        key: The field that holds an element's name.
        just_met: Whether elements of different names may be the same thing.

    Returns:
        For each list its rows, in its order.
    """
    rows: list[Row] = []
    named: dict[str, Row] = {}
    found: dict[str, list[Row]] = {}
    for where, items in lists.items():
        own: dict[int, Row] = {}
        for place, item in enumerate(items):
            if getattr(item, key) in named:
                own[place] = named[getattr(item, key)]
                own[place].items[where] = item
        for place, item in enumerate(items):
            if place not in own:
                own[place] = _recognised(rows, where, item, key, just_met=just_met)
                own[place].items[where] = item
                if getattr(item, key) is not None:
                    named[getattr(item, key)] = own[place]
        found[where] = [own[place] for place in range(len(items))]
    return found


def _recognised(rows: list[Row], where: str, item: Any, key: str, *, just_met: bool) -> Row:
    for row in rows:
        if where not in row.items and row.says(item, key, by_any_name=just_met):
            return row
    rows.append(Row())
    return rows[-1]


def interleave(
    lead: Sequence[K], other: Sequence[K], leads: Callable[[Sequence[K], Sequence[K]], bool]
) -> list[K]:
    """
    The order of one list, with what only the other has put after the same neighbour as there.

    Args:
        lead: The list whose order stands.
        other: The other list.
        leads: Whether, of two runs of elements that follow one neighbour, the leading list's comes first.
    """
    common = set(lead) & set(other)
    following = _runs(other, common)
    merged: list[K] = []
    for neighbour, own in _runs(lead, common).items():
        merged += [] if neighbour is None else [neighbour]
        theirs = following[neighbour]
        merged += own + theirs if leads(own, theirs) else theirs + own
    return merged


def _runs(order: Sequence[K], common: set[K]) -> dict[K | None, list[K]]:
    """
    What one list alone has, by the common element before it.
    """
    neighbour: K | None = None
    runs: dict[K | None, list[K]] = {neighbour: []}
    for element in order:
        if element in common:
            neighbour = element
            runs[neighbour] = []
        else:
            runs[neighbour].append(element)
    return runs
