"""
First contact: which unlinked records are the same thing.

Keys are asked in order, the references records carry first. One record on
each side is a match. More is an ambiguity: it is told, naming all of them,
and none of them is touched before a person has sorted it out. Nothing is
ever guessed.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeAlias, TypeVar

import attrs

from posgo.models.findings import Severity
from posgo.models.records import Record, go_reference, pos_reference
from posgo.sync._draft import Draft
from posgo.sync._fields import is_archived
from posgo.sync._merge import SYSTEM
from posgo.sync._policy import Key, Replica

__all__ = ["Match", "Matcher", "Pool"]

T = TypeVar("T")

Pool: TypeAlias = dict[str, Record[T]]
"""Records of one side that have no counterpart, by id."""

Node: TypeAlias = tuple[Replica, str]
"""A record: its side and its id there."""

Group: TypeAlias = dict[Replica, list[str]]
"""Records of both sides that say the same of a key."""


@attrs.frozen
class Match:
    """
    Two records that are the same thing.

    Attributes:
        pos_id: In the POS.
        go_id: In Go.
        why: How they were recognised.
    """

    pos_id: str
    go_id: str
    why: str

    @property
    def ids(self) -> dict[Replica, str]:
        """
        Both ids, by side.
        """
        return {Replica.POS: self.pos_id, Replica.GO: self.go_id}


class Matcher(Generic[T]):
    """
    Takes matches and ambiguities out of two pools; what is left is new.
    """

    def __init__(self, draft: Draft[T], pools: Mapping[Replica, Pool[T]]) -> None:
        self.draft = draft
        self.pools = pools
        self.matches: list[Match] = []
        self.held: dict[Replica, set[str]] = {side: set() for side in Replica}
        self.at_rest: dict[Replica, set[str]] = {side: set() for side in Replica}
        self.named: dict[Replica, Mapping[str, str]] = {}

    def run(self) -> None:
        """
        Ask all keys in order.
        """
        claims = self._claims()
        self._refuse(claims)
        self._ask("reference", list(self._references(claims)), ())
        # An archived record steps back behind one in use, and what it says it is was taken.
        self._refuse(claims)
        for place, key in enumerate(self.draft.policy.keys):
            decisive = [earlier for earlier in self.draft.policy.keys[:place] if earlier.decisive]
            self._ask(key.name, list(self._groups(key)), decisive)

    def _ask(self, name: str, groups: list[Group], decisive: Sequence[Key[T]]) -> None:
        for everyone in groups:
            group = self._in_use(everyone)
            pos_ids, go_ids = group[Replica.POS], group[Replica.GO]
            if not pos_ids or not go_ids:
                continue
            if self._is_archived(Replica.POS, pos_ids[0]) and self._is_archived(Replica.GO, go_ids[0]):
                # Out of use on both sides: there is nothing to keep alike, and neither is something else.
                for side, ids in group.items():
                    self.at_rest[side].update(ids)
                continue
            if len(pos_ids) > 1 or len(go_ids) > 1:
                self._hold(group, f"share one {name}")
            elif contradicted := self._contradiction(pos_ids[0], go_ids[0], decisive):
                self._hold(group, f"share one {name}, but not their {contradicted}")
            else:
                self.matches.append(Match(pos_ids[0], go_ids[0], f"same {name}"))
                self._take(group)

    def _take(self, group: Group) -> None:
        for side, ids in group.items():
            for own_id in ids:
                self.pools[side].pop(own_id, None)

    def _hold(self, group: Group, what: str) -> None:
        names = " and ".join(
            f"{side} {', '.join(sorted(ids))}" for side, ids in sorted(group.items(), reverse=True)
        )
        self.draft.tell(
            "ambiguous",
            Severity.BLOCK,
            f"{self.draft.policy.noun}s {names} {what}",
            "tell them apart, or merge or archive those that are one too many; until then none of them is touched",
            where=f"{self.draft.policy.noun} {names}",
        )
        for side, ids in group.items():
            self.held[side].update(ids)
        self._take(group)

    def warn_of_shared_keys(self) -> None:
        """
        Tell of records that are new, and share a key with others that are: each gets its own counterpart.
        """
        for key in self.draft.policy.keys:
            for group in self._groups(key):
                for side, ids in self._in_use(group).items():
                    if len(ids) > 1 and not self._is_archived(side, ids[0]):
                        self._warn(key.name, side, ", ".join(sorted(ids)))

    def _warn(self, name: str, side: Replica, names: str) -> None:
        if side.other in self.draft.policy.creates:
            self.draft.tell(
                "shared-key",
                Severity.WARN,
                f"{self.draft.policy.noun}s {names} in {SYSTEM[side]} share one {name}",
                "merge them if they are the same; departments of one company may share one",
                where=f"{self.draft.policy.noun} {side} {names}",
            )

    def _in_use(self, group: Group) -> Group:
        """
        Leave archived records out where others of their side are in use: a duplicate is often archived.
        """
        in_use = {
            side: [each for each in ids if not self._is_archived(side, each)] for side, ids in group.items()
        }
        return {side: in_use[side] or ids for side, ids in group.items()}

    def _is_archived(self, side: Replica, own_id: str) -> bool:
        return is_archived(self.draft.policy, self.pools[side][own_id].value)

    def _contradiction(self, pos_id: str, go_id: str, decisive: Sequence[Key[T]]) -> str | None:
        pos, go = self.pools[Replica.POS][pos_id].value, self.pools[Replica.GO][go_id].value
        for key in decisive:
            ours, theirs = key.read(pos), key.read(go)
            if ours is not None and theirs is not None and ours != theirs:
                return key.name
        return None

    def _groups(self, key: Key[T]) -> Iterator[Group]:
        groups: dict[Hashable, Group] = defaultdict(lambda: {side: [] for side in Replica})
        for side, pool in self.pools.items():
            for own_id, record in pool.items():
                value = key.read(record.value)
                if value is not None and own_id not in self.at_rest[side]:
                    groups[value][side].append(own_id)
        yield from groups.values()

    def _references(self, claims: Mapping[Node, Node]) -> Iterator[Group]:
        """
        Group the records that name each other, however long the chain.
        """
        neighbours: dict[Node, set[Node]] = defaultdict(set)
        for claimant, named in claims.items():
            if self._is_free(claimant):
                neighbours[claimant].add(named)
                neighbours[named].add(claimant)
        yield from _components(neighbours)

    def _refuse(self, claims: Mapping[Node, Node]) -> None:
        """
        Hold those who say they are what has a counterpart, or what says so wrongly itself.
        """
        standing = {claimant: named for claimant, named in claims.items() if self._is_free(claimant)}
        refused: set[Node] = set()
        while (
            spoken_for := {
                claimant
                for claimant, named in standing.items()
                if named in refused or not self._is_free(named)
            }
            - refused
        ):
            refused |= spoken_for
        for claimant in sorted(refused):
            self._hold_claimant(claimant, claims[claimant])

    def _is_free(self, node: Node) -> bool:
        side, own_id = node
        return own_id in self.pools[side]

    def _claims(self) -> dict[Node, Node]:
        """
        Which unlinked record names which record of the other side.
        """
        claims = {}
        for side, pool in self.pools.items():
            for own_id, record in pool.items():
                named = self._named(side.other, record.reference)
                if named is not None:
                    claims[side, own_id] = (side.other, named)
        return claims

    def _named(self, side: Replica, reference: str | None) -> str | None:
        """
        The record on this side that a reference names; None if it is somebody else's or gone.
        """
        prefix = f"{side}:"
        if reference is None or not reference.startswith(prefix):
            return None
        own_id = self.draft.living(side, reference.removeprefix(prefix))
        known = self.draft.snapshots[side].records
        if own_id in known:
            return own_id
        # A hashed reference cannot be read; it can only be recognised.
        return self._references_to(side).get(reference)

    def _references_to(self, side: Replica) -> Mapping[str, str]:
        """
        Every record of this side by the reference that names it: worked out once, and only if somebody asks.
        """
        if side not in self.named:
            make = pos_reference if side is Replica.POS else go_reference
            self.named[side] = {make(own_id): own_id for own_id in self.draft.snapshots[side].records}
        return self.named[side]

    def _hold_claimant(self, claimant: Node, named: Node) -> None:
        (side, own_id), (other, other_id) = claimant, named
        self.draft.tell(
            "already-linked",
            Severity.BLOCK,
            f"{self.draft.policy.noun} {side} {own_id} says it is {other} {other_id}, which is spoken for",
            f"archive {side} {own_id}, or clear its reference if it is a thing of its own",
            where=f"{self.draft.policy.noun} {side} {own_id}",
        )
        self.held[side].add(own_id)
        del self.pools[side][own_id]


def _components(neighbours: Mapping[Node, set[Node]]) -> Iterator[Group]:
    unseen = set(neighbours)
    while unseen:
        group: Group = {side: [] for side in Replica}
        waiting = [unseen.pop()]
        while waiting:
            side, own_id = waiting.pop()
            group[side].append(own_id)
            fresh = neighbours[side, own_id] & unseen
            unseen -= fresh
            waiting.extend(fresh)
        yield group
