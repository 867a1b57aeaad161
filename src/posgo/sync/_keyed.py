"""
The three-way merge of many things in one field: rows that bear a name of their own.

Each row is merged by itself, and each field of a row both sides changed. The
order of rows is a change like any other; rows that are new stay by the
neighbour they were put after.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from posgo.exceptions import ModelError
from posgo.sync._lens import Values
from posgo.sync._merger import Merged, Question
from posgo.sync._operations import Conflict
from posgo.sync._policy import Authority, Replica
from posgo.sync._rows import Row, interleave, rows_of

__all__ = ["Keyed"]

Items: TypeAlias = dict[Replica, Any]
"""What each side says of something; None if it does not have it."""

Order: TypeAlias = Sequence[Row]


@attrs.frozen(kw_only=True)
class Keyed:
    """
    Merges one field holding a tuple of attrs values, row by row.

    A row whose name was removed on one side and changed on the other, and a
    field changed differently on both, are conflicts: ``lines[a1]``,
    ``lines[a1].quantity``. The unit's authority decides them; held, each side
    keeps that part as it has it, and the rest merges.

    A row without a name is recognised by saying the same as one that lacks
    its counterpart, and takes over its name. Two records that just met may
    know one row by two names: then the owner's stays, or else the fuller side's.

    Attributes:
        key: The field that names an element within the tuple; None in an element that has no name yet.
    """

    key: str

    def merge(self, question: Question) -> Merged:
        """
        See :meth:`Merger.merge`.
        """
        return _Merge(question, self.key).run()

    def decided(self, base: Values | None, path: str, value: Any) -> Values:
        """
        See :meth:`Merger.decided`. Order follows the losing side; rows follow it by name.
        """
        items: list[Any] = list(base[0]) if base else []
        field, bracket, named = path.partition("[")
        if not bracket:
            order = {getattr(item, self.key): place for place, item in enumerate(value)}
            items.sort(key=lambda item: order.get(getattr(item, self.key), len(order)))
            return (tuple(items),)
        name, _, part = named.rpartition("]")
        places = {getattr(item, self.key): place for place, item in enumerate(items)}
        at = places.get(name, len(items))
        if part and name not in places:
            raise ModelError(f"{field} have no {name} any more: something has changed since; look again")
        if part:
            value = attrs.evolve(items[at], **{part.removeprefix("."): value})
        items[at : at + 1] = [] if value is None else [value]
        return (tuple(items),)

    def takes(self, old: Any, new: Any) -> bool:
        """
        See :meth:`Merger.takes`: whether an element is gone or says something else.
        """
        left = list(new)
        unnamed = [attrs.evolve(item, **{self.key: None}) for item in new]
        return any(item not in (unnamed if getattr(item, self.key) is None else left) for item in old)


@attrs.frozen
class _Settled:
    """
    What became of one row: what each side is to say of it, and what the base becomes.
    """

    says: Items
    base: Any


class _Merge:
    """
    Works one question out.
    """

    def __init__(self, question: Question, key: str) -> None:
        self.question = question
        self.unit = question.unit
        self.field = question.unit.fields[0]
        self.key = key
        self.conflicts: list[Conflict] = []
        self.left = False

    def run(self) -> Merged:
        question = self.question
        owner = self.unit.direction.owner
        first = owner or self.unit.narrow.other
        lists: dict[str, Sequence[Any]] = {
            "base": question.base[0] if question.base else (),
            **{side: question.sides[side][0] for side in (first, first.other)},
        }
        found = rows_of(lists, self.key, just_met=question.base is None)
        rows = dict.fromkeys(row for listed in found.values() for row in listed)
        settled = {row: self._settle(row) for row in rows}
        orders, agreed = self._orders(found)
        says = {side: (_there(settled[row].says[side] for row in orders[side]),) for side in Replica}
        if owner is not None:
            # That a row has a name by now is no change of the owner's.
            says[owner] = question.sides[owner]
        return Merged(
            says=says,
            base=(_there(settled[row].base for row in agreed),),
            conflicts=tuple(self.conflicts),
            left=self.left,
        )

    # -- rows ------------------------------------------------------------------------

    def _settle(self, row: Row) -> _Settled:
        name = row.name(self.key)
        items = {where: attrs.evolve(item, **{self.key: name}) for where, item in row.items.items()}
        base, sides = items.get("base"), {side: items.get(side) for side in Replica}
        path = f"{self.field}[{name}]"
        if base is None or None in sides.values():
            what = "both made it" if base is None else "removed on one side, changed on the other"
            return self._decide(path, what, base, sides)
        return self._parts(path, base, sides)

    def _decide(self, path: str, what: str, base: Any, sides: Items) -> _Settled:
        """
        One thing, whole: a row that is not everywhere, or one field of a row.
        """
        changed = [side for side in Replica if sides[side] != base]
        if sides[Replica.POS] == sides[Replica.GO]:
            return _Settled(sides, sides[Replica.POS])
        if len(changed) == 1 and not self.unit.flows_from(changed[0]):
            self.left = True
            return _Settled(sides, base)
        winner = changed[0] if len(changed) == 1 else self._dispute(path, what, base, sides)
        if winner is None:
            return _Settled(sides, base)
        return _Settled(dict.fromkeys(Replica, sides[winner]), sides[winner])

    def _parts(self, path: str, base: Any, sides: Items) -> _Settled:
        """
        A row that is everywhere, field by field; whole if its fields would not fit together.
        """
        before, left = len(self.conflicts), self.left
        fields = [field.name for field in attrs.fields(type(base))]
        parts = {
            field: self._decide(
                f"{path}.{field}",
                "both changed it",
                getattr(base, field),
                {side: getattr(sides[side], field) for side in Replica},
            )
            for field in fields
        }
        try:
            return _Settled(
                {side: attrs.evolve(base, **{f: parts[f].says[side] for f in fields}) for side in Replica},
                attrs.evolve(base, **{f: parts[f].base for f in fields}),
            )
        except ValueError:
            del self.conflicts[before:]
            self.left = left
            return self._decide(path, "their changes do not fit together", base, sides)

    def _dispute(self, path: str, what: str, base: Any, each: Mapping[Replica, Any]) -> Replica | None:
        verdict = self.question.dispute(what)
        self.conflicts.append(
            self.question.conflict(path, base, each, chosen=verdict.winner, why=verdict.why)
        )
        return verdict.winner

    # -- order -----------------------------------------------------------------------

    def _orders(self, found: Mapping[str, Order]) -> tuple[dict[Replica, Order], Order]:
        """
        In which order each side is to say its rows, and the base.
        """
        base = found["base"]
        lead = self._lead({side: found[side] for side in Replica}, base)
        if lead is not None:
            merged = self._interleave(found[lead], found[lead.other], lead)
            return dict.fromkeys(Replica, merged), merged
        own = {side: self._interleave(found[side], found[side.other], side) for side in Replica}
        return own, self._interleave(base, own[self.unit.narrow.other], self.unit.narrow.other)

    def _lead(self, lists: Mapping[Replica, Order], base: Order) -> Replica | None:
        """
        The side whose order stands; None if each keeps its own.
        """
        common = set(lists[Replica.POS]) & set(lists[Replica.GO])
        if _only(lists[Replica.POS], common) == _only(lists[Replica.GO], common):
            return self.unit.narrow.other
        known = common & set(base)
        moved = [side for side in Replica if _only(lists[side], known) != _only(base, known)]
        if not moved:
            # Rows that just met never had an order in common: there is none to lose.
            return self._first or self.unit.narrow.other
        if len(moved) == 1 and not self.unit.flows_from(moved[0]):
            self.left = True
            return None
        if len(moved) == 1:
            return moved[0]
        each = {side: self.question.sides[side][0] for side in Replica}
        return self._dispute(self.field, "both moved rows", (self.question.base or (None,))[0], each)

    @property
    def _first(self) -> Replica | None:
        """
        The side that decides, whatever was changed when; None if there is none.
        """
        owner, authority = self.unit.direction.owner, self.unit.authority
        if owner is None and authority in (Authority.POS, Authority.GO):
            return Replica(authority)
        return owner

    def _interleave(self, lead: Order, other: Order, side: Replica) -> Order:
        """
        One order of two. The deciding side's new rows come first; where nobody decides, their names do.
        """
        first = self._first

        def leads(own: Order, theirs: Order) -> bool:
            if first is not None:
                return first is side
            return [row.sign(self.key) for row in own] <= [row.sign(self.key) for row in theirs]

        return interleave(lead, other, leads)


def _only(order: Order, rows: set[Row]) -> Order:
    return [row for row in order if row in rows]


def _there(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(item for item in items if item is not None)
