"""
The planner: what both sides agreed on, and what each says now, to what is to be done.

A full sweep looks at every pair once and keeps nothing of those that are
plainly alike. A delta looks at the pairs it is given. Both are one function:
only the meaning of absence differs, and the snapshots say which it is.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from posgo.models.records import Link, Snapshot
from posgo.sync._document import Plan
from posgo.sync._draft import Draft, Phase
from posgo.sync._fields import is_archived
from posgo.sync._match import Match, Matcher, Pool
from posgo.sync._pairs import merge_pair
from posgo.sync._policy import Policy, Replica
from posgo.sync._single import create, settle_deletion
from posgo.sync._tangle import Orphan, follow_merges, id_in, untangle

__all__ = ["plan"]

T = TypeVar("T")


def plan(base: Iterable[Link[T]], *, pos: Snapshot[T], go: Snapshot[T], policy: Policy[T]) -> Plan[T]:
    """
    Plan what makes both sides alike.

    Pure: it reads its arguments and nothing else, and the order of links and
    records does not matter.

    Args:
        base:
            The links. A full sweep needs all of them. A delta needs those
            that name one of its records: the store finds them by the
            records' ids, an index on each side.
        pos:
            What was seen of the POS. An unlinked record can only be matched
            with what the other snapshot holds, so the caller of a delta adds
            the candidates it can look up (by reference, by code).
        go: What was seen of Go.
        policy: The rules.

    Returns:
        The plan. It is empty when nothing is to be done.
    """
    draft = Draft(policy, pos, go)
    links, losers = follow_merges(draft, list(base))
    draft.pairs = len(links)
    odd, pools = _sweep(draft, links)
    odd = untangle(draft, links, odd, sum(map(len, pools.values())))
    for link, survivor in losers:
        record = pools[survivor].pop(id_in(link, survivor), None)
        settle_deletion(draft, link, survivor, record, merged=True)
    _meet(draft, pools, _whole(draft, odd))
    return draft.plan()


def _whole(draft: Draft[T], links: Iterable[Link[T]]) -> list[Orphan[T]]:
    """
    Plan the pairs that are whole, and return those that are not.
    """
    orphans: list[Orphan[T]] = []
    for link in links:
        gone = [side for side in Replica if draft.is_gone(side, id_in(link, side))]
        if not gone:
            merge_pair(draft, link, {side: draft.record(side, id_in(link, side)) for side in Replica})
        elif len(gone) == 2:
            draft.forget(link, Phase.FORGET, "deleted on both sides")
        else:
            orphans.append((link, gone[0].other))
    return orphans


def _sweep(draft: Draft[T], links: Sequence[Link[T]]) -> tuple[list[Link[T]], dict[Replica, Pool[T]]]:
    """
    Find the links that need a look, and the records no link names.
    """
    same = draft.compare.same
    pool_pos, pool_go = (dict(snapshot.records) for snapshot in draft.snapshots.values())
    take_pos, take_go = pool_pos.pop, pool_go.pop
    odd = []
    for link in links:
        ours, theirs = take_pos(link.pos_id, None), take_go(link.go_id, None)
        if (
            ours is None
            or theirs is None
            or not same(link.base, ours.value, theirs.value)
            or link.noted
            or link.unagreed
        ):
            odd.append(link)
    return odd, {Replica.POS: pool_pos, Replica.GO: pool_go}


def _meet(draft: Draft[T], pools: dict[Replica, Pool[T]], orphans: list[Orphan[T]]) -> None:
    """
    Match the unlinked, with each other and with those whose counterpart is gone; the rest is new or deleted.
    """
    widowed = _join(draft, pools, orphans)
    matcher = Matcher(draft, pools)
    matcher.run()
    draft.pairs += len(matcher.matches)
    for match in matcher.matches:
        for side in Replica:
            left = widowed[side].pop(match.ids[side], None)
            if left is not None:
                draft.forget(left, Phase.FORGET, "its counterpart was deleted and made anew")
        _pair(draft, match)
    for side, links in widowed.items():
        for own_id, link in links.items():
            record = pools[side].pop(own_id, None)
            if own_id not in matcher.held[side]:
                settle_deletion(draft, link, side, record)
    matcher.warn_of_shared_keys()
    for side, pool in pools.items():
        _make(draft, side, pool)


def _make(draft: Draft[T], side: Replica, pool: Pool[T]) -> None:
    """
    Plan counterparts of what is new and in use.
    """
    if side.other in draft.policy.creates:
        for record in pool.values():
            if not is_archived(draft.policy, record.value):
                create(draft, side, record)


def _pair(draft: Draft[T], match: Match) -> None:
    """
    Plan two records that just met. Their link has no base yet; one of the values stands in for it.
    """
    records = {side: draft.snapshots[side].records[match.ids[side]] for side in Replica}
    link = Link(pos_id=match.pos_id, go_id=match.go_id, base=records[Replica.POS].value)
    merge_pair(draft, link, records, met=match.why)


def _join(
    draft: Draft[T], pools: dict[Replica, Pool[T]], orphans: list[Orphan[T]]
) -> dict[Replica, dict[str, Link[T]]]:
    """
    Let records whose counterpart is gone stand beside those that never had one.
    """
    for side, pool in pools.items():
        for merged in draft.snapshots[side].merged.keys() & pool.keys():
            del pool[merged]
    widowed: dict[Replica, dict[str, Link[T]]] = {side: {} for side in Replica}
    for link, survivor in orphans:
        own_id = id_in(link, survivor)
        widowed[survivor][own_id] = link
        record = draft.record(survivor, own_id)
        if record is not None:
            pools[survivor][own_id] = record
    return widowed
