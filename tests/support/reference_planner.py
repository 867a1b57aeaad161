"""
A second planner: slow, obvious, and written from the rules alone.

It knows no lens tricks, no order and no speed. It answers in plain facts, to
be compared with those of the real one: what is written where, what is
linked, what collides, and whom nobody may touch.
"""

from collections.abc import Hashable
from typing import Any

import attrs

from posgo.models.records import Link, go_reference, pos_reference
from posgo.sync import Authority, OnDeleteChange, OnReceiverEdit, Replica, Unit
from posgo.sync._fields import fingerprint, read
from posgo.sync._lens import covered
from support.sync_world import World

Fact = tuple[Any, ...]
POS, GO = Replica.POS, Replica.GO
Pair = tuple[str, str]


@attrs.define
class Reference:
    """
    The rules, one after the other, over a world of complete listings.
    """

    world: World
    facts: set[Fact] = attrs.Factory(set)
    held: set[tuple[Replica, str]] = attrs.Factory(set)

    def run(self) -> set[Fact]:
        """
        Say what is to be done.
        """
        free = {side: set(records) for side, records in self.world.sides.items()}
        widowed = self.linked(free)
        for pos_id, go_id in self.meet(free):
            for node in ((POS, pos_id), (GO, go_id)):
                free[node[0]].discard(node[1])
                lost = widowed.pop(node, None)
                if lost is not None:
                    self.facts.add(("unlink", lost.pos_id, lost.go_id))
            self.pair(pos_id, go_id, None)
        for (side, own_id), link in widowed.items():
            free[side].discard(own_id)
            if (side, own_id) not in self.held:
                self.deleted(side, own_id, link)
        for side in Replica:
            for own_id in free[side]:
                if (side, own_id) not in self.held and not self.value(side, own_id).archived:
                    self.create(side, own_id)
        return self.facts

    def linked(self, free: dict[Replica, set[str]]) -> dict[tuple[Replica, str], Link[Any]]:
        """
        Decide the pairs that are whole; return those that lost a side.
        """
        widowed: dict[tuple[Replica, str], Link[Any]] = {}
        for (pos_id, go_id), link in self.world.links.items():
            there = [node for node in ((POS, pos_id), (GO, go_id)) if node[1] in self.world.sides[node[0]]]
            if len(there) == 2:
                self.pair(pos_id, go_id, link)
                free[POS].discard(pos_id)
                free[GO].discard(go_id)
            elif there:
                widowed[there[0]] = link
            else:
                self.facts.add(("unlink", pos_id, go_id))
        return widowed

    def value(self, side: Replica, own_id: str) -> Any:
        return self.world.sides[side][own_id].value

    def parts(self, unit: Unit, value: Any) -> tuple[Any, ...]:
        """
        A unit as both can hold it, normalised.
        """
        return unit.normal(unit.lens.get(tuple(read(value, field) for field in unit.fields)))

    # -- who is who -----------------------------------------------------------------

    def meet(self, free: dict[Replica, set[str]]) -> list[Pair]:
        """
        Ask the keys in order, each of what the ones before have left.
        """
        left = {side: set(ids) for side, ids in free.items()}
        self.refuse_claims(left)
        pairs: list[Pair] = []
        keys: list[Any] = [None, *self.world.policy.keys]
        for key in keys:
            for group in self.groups(key, left):
                active = self.in_use(group)
                if not active[POS] or not active[GO]:
                    continue
                if all(self.value(side, own_id).archived for side in Replica for own_id in active[side]):
                    continue
                if len(active[POS]) == 1 and len(active[GO]) == 1:
                    pairs.append((next(iter(active[POS])), next(iter(active[GO]))))
                else:
                    self.held |= {(side, own_id) for side in Replica for own_id in active[side]}
                for side in Replica:
                    left[side] -= active[side]
            if key is None:
                self.refuse_claims(left)
        return pairs

    def named(self, side: Replica, own_id: str) -> str | None:
        """
        The record of the other side this one says it is.
        """
        make = go_reference if side is POS else pos_reference
        reference = self.world.sides[side][own_id].reference
        return next((each for each in self.world.sides[side.other] if make(each) == reference), None)

    def refuse_claims(self, left: dict[Replica, set[str]]) -> None:
        """
        Nobody may claim to be what has a counterpart, or what claims so wrongly itself.
        """
        again = True
        while again:
            again = False
            for side in Replica:
                for own_id in sorted(left[side]):
                    named = self.named(side, own_id)
                    if named is not None and named not in left[side.other]:
                        left[side].discard(own_id)
                        self.held.add((side, own_id))
                        again = True

    def groups(self, key: Any, left: dict[Replica, set[str]]) -> list[dict[Replica, set[str]]]:
        """
        Those who say the same of a key, or name each other.
        """
        if key is not None:
            named: dict[Hashable, dict[Replica, set[str]]] = {}
            for side in Replica:
                for own_id in left[side]:
                    value = key.read(self.value(side, own_id))
                    if value is not None:
                        named.setdefault(value, {POS: set(), GO: set()})[side].add(own_id)
            return list(named.values())
        groups = [{side: {own_id}, side.other: set[str]()} for side in Replica for own_id in left[side]]
        for side in Replica:
            for own_id in left[side]:
                other = self.named(side, own_id)
                if other is not None:
                    mine = next(group for group in groups if own_id in group[side])
                    theirs = next(group for group in groups if other in group[side.other])
                    if mine is not theirs:
                        groups.remove(theirs)
                        for each in Replica:
                            mine[each] |= theirs[each]
        return [group for group in groups if len(group[POS]) + len(group[GO]) > 1]

    def in_use(self, group: dict[Replica, set[str]]) -> dict[Replica, set[str]]:
        return {
            side: {own_id for own_id in ids if not self.value(side, own_id).archived} or ids
            for side, ids in group.items()
        }

    # -- one pair -------------------------------------------------------------------

    def pair(self, pos_id: str, go_id: str, link: Link[Any] | None) -> None:
        """
        Decide every unit of a pair.
        """
        if link is None:
            self.facts.add(("link", pos_id, go_id))
        for unit in self.world.policy.shared:
            self.unit(unit, pos_id, go_id, link)

    def unit(self, unit: Unit, pos_id: str, go_id: str, link: Link[Any] | None) -> None:
        values = {POS: self.value(POS, pos_id), GO: self.value(GO, go_id)}
        says = {side: self.parts(unit, value) for side, value in values.items()}
        if says[POS] == says[GO]:
            return
        owner = unit.direction.owner
        known = link is not None and not set(unit.fields) & set(link.unagreed)
        changed = [
            side for side in Replica if not known or link is None or says[side] != self.parts(unit, link.base)
        ]
        if len(changed) == 1:
            winner = changed[0]
            if owner is not None and winner is not owner:
                mark = fingerprint(says[winner])
                told = link is not None and dict(link.noted).get(unit.fields[0]) == mark
                if self.world.policy.on_receiver_edit is OnReceiverEdit.LEAVE or told:
                    return
                winner = owner
                self.facts.add(("conflict", pos_id, go_id, unit.fields[0], owner))
        elif not known and (filler := self.filler(says)) is not None:
            if owner not in (None, filler):
                return
            winner = filler
        else:
            decided = owner or self.decide(unit, pos_id, go_id)
            self.facts.add(("conflict", pos_id, go_id, unit.fields[0], decided))
            if decided is None:
                return
            winner = decided
        self.write(unit, pos_id, go_id, winner)

    def filler(self, says: dict[Replica, tuple[Any, ...]]) -> Replica | None:
        """
        The side that says everything the other says, and more.
        """
        for side in Replica:
            if all(covered(less, more) for less, more in zip(says[side.other], says[side], strict=True)):
                return side
        return None

    def decide(self, unit: Unit, pos_id: str, go_id: str) -> Replica | None:
        if unit.authority is Authority.POS:
            return POS
        if unit.authority is Authority.GO:
            return GO
        if unit.authority is Authority.NEWEST:
            pos = self.world.sides[POS][pos_id].changed_at
            go = self.world.sides[GO][go_id].changed_at
            if pos and go and pos != go and abs(pos - go) >= self.world.policy.clock_skew:
                return POS if pos > go else GO
        return None

    def write(self, unit: Unit, pos_id: str, go_id: str, winner: Replica) -> None:
        """
        Say which side is told; a lens may make it both.
        """
        self.facts.add(("write", pos_id, go_id, winner.other, unit.fields[0]))
        if winner is unit.narrow:
            wide = self.value(winner.other, pos_id if winner is GO else go_id)
            narrow = self.value(winner, go_id if winner is GO else pos_id)
            raw = tuple(read(wide, field) for field in unit.fields)
            carried = unit.lens.put(raw, unit.lens.get(tuple(read(narrow, field) for field in unit.fields)))
            if unit.normal(unit.lens.get(carried)) != self.parts(unit, narrow):
                self.facts.add(("write", pos_id, go_id, winner, unit.fields[0]))

    # -- one record -----------------------------------------------------------------

    def create(self, side: Replica, own_id: str) -> bool:
        policy = self.world.policy
        value = self.value(side, own_id)
        refused = [check for check in policy.checks if not check.holds(value)]
        if side.other in policy.creates and not refused:
            self.facts.add(("create", side.other, own_id))
            return True
        return False

    def deleted(self, side: Replica, own_id: str, link: Link[Any]) -> None:
        """
        The other side's record is gone.
        """
        policy, value = self.world.policy, self.value(side, own_id)
        unlink = ("unlink", link.pos_id, link.go_id)
        if value.archived:
            self.facts.add(unlink)
            return
        changed = any(
            unit.direction.owner in (None, side)
            and (
                self.parts(unit, value) != self.parts(unit, link.base)
                or set(unit.fields) & set(link.unagreed)
            )
            for unit in policy.shared
        )
        may_archive = policy.unit_of("archived").direction.owner in (None, side.other)
        archive = ("write", link.pos_id, link.go_id, side, "archived")
        if changed:
            chosen = None
            if policy.on_delete_change is OnDeleteChange.ARCHIVE and may_archive:
                chosen = side.other
                self.facts |= {archive, unlink}
            elif policy.on_delete_change is OnDeleteChange.RECREATE and side.other in policy.creates:
                chosen = side
                self.facts.add(unlink)
                self.create(side, own_id)
            self.facts.add(("conflict", link.pos_id, link.go_id, None, chosen))
        elif may_archive:
            self.facts |= {archive, unlink}
            if link.base.archived:
                self.facts.add(("conflict", link.pos_id, link.go_id, "archived", side.other))
        elif policy.on_receiver_edit is OnReceiverEdit.RESTORE and side.other in policy.creates:
            self.facts.add(unlink)
            self.create(side, own_id)
