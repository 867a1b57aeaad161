"""
How links move: by operations that were carried out, and by people who decide.

The base moves field by field, and only by what is known: an operation that
was not confirmed moves nothing, so the next plan asks for it again.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import attrs

from posgo.exceptions import ModelError
from posgo.models.records import Link
from posgo.sync._fields import read, replace, shared_part
from posgo.sync._merger import Merger
from posgo.sync._operations import Conflict, Kind, Operation
from posgo.sync._policy import Policy, Replica, Unit

__all__ = ["OPENED", "advance", "news", "resolve"]

T = TypeVar("T")

OPENED = "opened"
"""What a link notes of a side that was opened for a change, under the field that locks it."""


def advance(link: Link[T] | None, operation: Operation[T], *, new_id: str | None = None) -> Link[T] | None:
    """
    The link after an operation was confirmed.

    The base takes what was *sent*. Whatever a system made of it (a number it
    allocated, a text it shortened) is then an edit of that system, and the
    next plan treats it as one.

    Args:
        link: The pair's link before; None if it has none.
        operation: What was carried out.
        new_id: The id of the record that was created.

    Returns:
        The link to store; None if the pair is no longer linked.

    Raises:
        ModelError: If a created record has no id, or an update has no link.
    """
    if operation.kind is Kind.UNLINK:
        return None
    if operation.kind is Kind.CREATE:
        if new_id is None:
            raise ModelError("a record that was created has an id: give new_id")
        operation = attrs.evolve(
            operation, pos_id=operation.pos_id or new_id, go_id=operation.go_id or new_id
        )
    if operation.kind in (Kind.LINK, Kind.CREATE):
        return _asked_for(operation)
    if link is None:
        raise ModelError(f"an {operation.kind} moves the base of a link: give the link")
    return _settled(link, operation.agreed)


def _asked_for(operation: Operation[T]) -> Link[T]:
    if operation.pos_id is None or operation.go_id is None or operation.base is None:
        raise ModelError(f"a {operation.kind} operation names both records and what they agree on")
    return Link(
        pos_id=operation.pos_id,
        go_id=operation.go_id,
        base=operation.base,
        unagreed=operation.unagreed,
        noted=operation.noted,
    )


def _settled(link: Link[T], agreed: Mapping[str, Any]) -> Link[T]:
    return attrs.evolve(
        link,
        base=replace(link.base, agreed),
        unagreed=tuple(field for field in link.unagreed if field not in agreed),
        noted=tuple((name, told) for name, told in link.noted if name not in agreed),
    )


def news(before: Link[T] | None, after: Link[T]) -> frozenset[tuple[str, str]]:
    """
    What a link notes that is told for the first time, and must not be stored before it is told.

    Args:
        before: The pair's link before; None if it had none.
        after: The link with its notes.
    """
    known = () if before is None else before.noted
    return frozenset(note for note in after.noted if note not in known and note[1] != OPENED)


def resolve(
    link: Link[T], conflicts: Iterable[Conflict], *, choose: Replica, policy: Policy[T]
) -> Link[T] | None:
    """
    The link after a person has decided.

    The base takes what the losing side says now, so the next plan sees one
    side changed and writes it to the other. If the losing side changes again
    before that, the conflict is back, as it should be.

    Args:
        link: The pair's link.
        conflicts: The conflicts decided, those of one change unit together.
        choose: The side whose value, or deletion, wins.
        policy: The policy they were planned with.

    Returns:
        The link to store; None if the pair is no longer linked: a record
        that is wanted where it was deleted is then made anew.

    Raises:
        ModelError: If a conflict belongs to another pair.
    """
    decided = {conflict.field: conflict for conflict in conflicts}
    if any((c.pos_id, c.go_id) != (link.pos_id, link.go_id) for c in decided.values()):
        raise ModelError(f"a conflict given is not of the pair pos {link.pos_id} and go {link.go_id}")
    deletion = decided.get(None)
    if deletion is not None:
        return _resolved_deletion(link, deletion, choose, policy)
    loser = choose.other
    agreed: dict[str, Any] = {}
    for unit in policy.shared:
        if unit.merger is not None:
            agreed.update(_decided(link, unit, unit.merger, decided.values(), loser))
            continue
        own = {field: decided[field] for field in unit.fields if field in decided}
        if own:
            values = tuple(
                getattr(own[field], loser) if field in own else read(link.base, field)
                for field in unit.fields
            )
            agreed.update(zip(unit.fields, unit.shared(values), strict=True))
    return _settled(link, agreed)


def _decided(
    link: Link[T], unit: Unit, merger: Merger, conflicts: Iterable[Conflict], loser: Replica
) -> Mapping[str, Any]:
    """
    What the base of a unit that merges itself becomes, one conflict in it after the other.
    """
    unknown = not set(unit.fields).isdisjoint(link.unagreed)
    base = None if unknown else tuple(read(link.base, field) for field in unit.fields)
    own = [c for c in conflicts if c.field is not None and c.field.partition("[")[0] in unit.fields]
    for conflict in own:
        base = merger.decided(base, conflict.field or "", getattr(conflict, loser))
    return dict(zip(unit.fields, base, strict=True)) if own and base is not None else {}


def _resolved_deletion(
    link: Link[T], conflict: Conflict, choose: Replica, policy: Policy[T]
) -> Link[T] | None:
    survivor = Replica.GO if conflict.pos is None else Replica.POS
    if choose is survivor:
        return None
    return attrs.evolve(link, base=shared_part(policy, getattr(conflict, survivor)), unagreed=())
