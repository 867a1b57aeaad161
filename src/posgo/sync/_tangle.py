"""
Links that turned out to mean one record: merged away by a system, or made twice by accident.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import attrs

from posgo.models.findings import Severity
from posgo.models.records import Link
from posgo.sync._draft import Draft, Phase
from posgo.sync._operations import Tombstone
from posgo.sync._policy import Replica

__all__ = ["Orphan", "follow_merges", "id_in", "pair_of", "untangle"]

T = TypeVar("T")

Orphan: TypeAlias = tuple[Link[T], Replica]
"""A link one side of which is gone, and the side that survives."""


def id_in(link: Link[T], side: Replica) -> str:
    """
    The id a link knows its record by on one side.
    """
    return link.pos_id if side is Replica.POS else link.go_id


def pair_of(link: Link[T]) -> tuple[str, str]:
    """
    Both ids, to sort by.
    """
    return link.pos_id, link.go_id


MERGED = "merged into another record"


def follow_merges(draft: Draft[T], links: list[Link[T]]) -> tuple[list[Link[T]], list[Orphan[T]]]:
    """
    Let links follow records that were merged into others.

    A link whose new pair is free moves there. One whose winner has a
    counterpart already is the loser on the other side too: that record is
    to go the way of a deleted one's. Where the other side's record is gone,
    the winner is a record of its own; where the winner is, the pair stays
    as it is, and is one that lost a side.

    Returns:
        The links that stand, and those whose other record remains without a pair.
    """
    if not any(snapshot.merged for snapshot in draft.snapshots.values()):
        return links, []
    standing = [link for link in links if not _merged_sides(draft, link)]
    taken = {side: {id_in(link, side): link for link in standing} for side in Replica}
    orphans: list[Orphan[T]] = []
    for link in sorted((each for each in links if _merged_sides(draft, each)), key=pair_of):
        sides = _merged_sides(draft, link)
        now = {side: draft.living(side, id_in(link, side)) for side in Replica}
        winner = taken[sides[0]].get(now[sides[0]])
        gone = [side for side in Replica if draft.is_gone(side, now[side])]
        if gone and set(gone) <= set(sides):
            standing.append(link)
        elif gone:
            draft.forget(link, Phase.FORGET, MERGED)
        elif all(now[side] not in taken[side] for side in Replica):
            moved = attrs.evolve(link, pos_id=now[Replica.POS], go_id=now[Replica.GO])
            draft.forget(link, Phase.FORGET, MERGED)
            draft.link(moved, MERGED)
            standing.append(moved)
            for side in Replica:
                taken[side][now[side]] = moved
        elif winner is None or len(sides) == 2:
            draft.forget(link, Phase.FORGET, MERGED)
        else:
            survivor = sides[0].other
            draft.tombstones.append(
                Tombstone(replica=survivor, loser=id_in(link, survivor), winner=id_in(winner, survivor))
            )
            orphans.append((link, survivor))
    return standing, orphans


def _merged_sides(draft: Draft[T], link: Link[T]) -> list[Replica]:
    return [side for side in Replica if id_in(link, side) in draft.snapshots[side].merged]


def untangle(draft: Draft[T], links: Sequence[Link[T]], odd: list[Link[T]], alone: int) -> list[Link[T]]:
    """
    Take links that share a record with another out of those to be planned.

    Where all but one of them lost their other record, that one stands.
    Otherwise a person has to say which pair is right.

    Args:
        draft: Takes findings and tombstones.
        links: All links.
        odd: Those that need a look.
        alone: Records no link names. With it, shared ones are noticed without counting every id.
    """
    seen = sum(len(snapshot.records) for snapshot in draft.snapshots.values()) - alone
    unseen = [
        (side, id_in(link, side))
        for link in odd
        for side in Replica
        if draft.record(side, id_in(link, side)) is None
    ]
    if seen + len(unseen) == 2 * len(links) and len(unseen) == len(set(unseen)):
        return odd
    counts = Counter((side, id_in(link, side)) for link in links for side in Replica)
    tangled = [link for link in links if any(counts[side, id_in(link, side)] > 1 for side in Replica)]
    standing = _standing(draft, tangled)
    apart = [link for link in odd if link not in tangled]
    return apart + standing


def _standing(draft: Draft[T], tangled: Sequence[Link[T]]) -> list[Link[T]]:
    """
    Of links that share records, the one that stands; or none, with a finding.
    """
    whole = [link for link in tangled if not any(draft.is_gone(side, id_in(link, side)) for side in Replica)]
    standing = []
    for link in sorted(tangled, key=pair_of):
        rivals = [each for each in whole if _meets(each, link)]
        if link in whole and len(rivals) == 1:
            standing.append(link)
        elif link not in whole and len(rivals) == 1:
            _bury(draft, link, rivals[0])
        else:
            draft.tell(
                "duplicate-link",
                Severity.BLOCK,
                f"{draft.policy.noun} pos {link.pos_id} and go {link.go_id} are linked, and one of them to another as well",
                "remove the link that is wrong; until then none of them is touched",
                where=draft.where(link.pos_id, link.go_id),
            )
    return standing


def _meets(link: Link[T], other: Link[T]) -> bool:
    return any(id_in(link, side) == id_in(other, side) for side in Replica)


def _bury(draft: Draft[T], link: Link[T], winner: Link[T]) -> None:
    draft.forget(link, Phase.FORGET, "its other record is gone, and this one has another counterpart")
    for side in Replica:
        if id_in(link, side) != id_in(winner, side):
            draft.tombstones.append(
                Tombstone(replica=side, loser=id_in(link, side), winner=id_in(winner, side))
            )
