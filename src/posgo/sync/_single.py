"""
Records that stand alone: new ones, and those whose counterpart is gone.
"""

from typing import TypeVar

import attrs

from posgo.models.findings import Severity
from posgo.models.records import Link, Record
from posgo.sync._draft import Draft, Phase
from posgo.sync._fields import is_archived, read, replace, shared_part
from posgo.sync._merge import SYSTEM
from posgo.sync._operations import Change, Conflict, ConflictKind, Kind, Operation
from posgo.sync._policy import OnDeleteChange, OnReceiverEdit, Replica

__all__ = ["create", "settle_deletion"]

T = TypeVar("T")

DELETED = "deleted"
"""The name under which a link notes that its deletion on the receiving side was told."""


def create(draft: Draft[T], source: Replica, record: Record[T], reason: str | None = None) -> None:
    """
    Plan the counterpart of a record that has none.

    It starts with everything both sides can hold, whichever way a field
    flows afterwards: a new record has nothing of its own to protect.
    """
    target = source.other
    pos_id, go_id = (record.id, None) if source is Replica.POS else (None, record.id)
    where = draft.where(pos_id, go_id)
    try:
        value = shared_part(draft.policy, record.value)
    except ValueError as error:
        draft.impossible(where, error)
        return
    if draft.check(record.value, target, where):
        draft.do(
            Phase.CREATE,
            Operation(
                kind=Kind.CREATE,
                replica=target,
                pos_id=pos_id,
                go_id=go_id,
                value=value,
                base=value,
                reason=reason or f"new in {SYSTEM[source]}",
            ),
        )


def settle_deletion(
    draft: Draft[T], link: Link[T], survivor: Replica, record: Record[T] | None, *, merged: bool = False
) -> None:
    """
    Plan a pair one side of which is gone.

    Args:
        draft: Takes the result.
        link: The pair.
        survivor: The side that still has its record.
        record: What was seen of it; None if a delta did not hold it.
        merged: Whether the other record was merged into one that lives on.
    """
    policy, gone = draft.policy, survivor.other
    value = link.base if record is None else record.value
    what = f"{'merged into another' if merged else 'deleted'} in {SYSTEM[gone]}"
    if is_archived(policy, value):
        draft.forget(link, Phase.FORGET, f"{what}, archived in {SYSTEM[survivor]}")
    elif record is not None and _changed(draft, link, survivor, record):
        _delete_change(draft, link, survivor, record, what, may_recreate=not merged)
    elif policy.may_archive(survivor):
        if record is not None and is_archived(policy, link.base):
            _taken_back(draft, link, survivor, what)
        _archive(draft, link, survivor, value, what)
    else:
        _leave_deleted(draft, link, survivor, record, what)


def _changed(draft: Draft[T], link: Link[T], survivor: Replica, record: Record[T]) -> bool:
    """
    Whether the survivor says something new that should have reached the side that deleted.
    """
    for unit in draft.policy.shared:
        if not unit.flows_from(survivor):
            continue
        base = tuple(read(link.base, field) for field in unit.fields)
        own = unit.shared(tuple(read(record.value, field) for field in unit.fields))
        restated = (
            survivor is unit.narrow and unit.flows_from(survivor.other) and unit.lens.restated(base, own)
        )
        if not restated and (
            unit.normal(base) != unit.normal(own) or not set(unit.fields).isdisjoint(link.unagreed)
        ):
            return True
    return False


def _delete_change(  # noqa: PLR0913
    draft: Draft[T], link: Link[T], survivor: Replica, record: Record[T], what: str, *, may_recreate: bool
) -> None:
    choice, chosen = draft.policy.on_delete_change, None
    why = f"{what}, changed in {SYSTEM[survivor]}; it is held for a person"
    if choice is OnDeleteChange.ARCHIVE and draft.policy.may_archive(survivor):
        chosen, why = survivor.other, f"{what}, changed in {SYSTEM[survivor]}; the policy archives it"
        _archive(draft, link, survivor, record.value, why)
    elif choice is OnDeleteChange.RECREATE and may_recreate and survivor.other in draft.policy.creates:
        chosen, why = survivor, f"{what}, changed in {SYSTEM[survivor]}; the policy makes it anew"
        _recreate(draft, link, survivor, record, why)
    draft.dispute(
        [
            Conflict(
                kind=ConflictKind.DELETE_CHANGE,
                pos_id=link.pos_id,
                go_id=link.go_id,
                base=link.base,
                pos=record.value if survivor is Replica.POS else None,
                go=record.value if survivor is Replica.GO else None,
                chosen=chosen,
                why=why,
            )
        ]
    )


def _taken_back(draft: Draft[T], link: Link[T], survivor: Replica, what: str) -> None:
    """
    Record that a person took back into use, where that is not decided, what is archived again now.
    """
    in_use = {survivor: False, survivor.other: None}
    draft.dispute(
        [
            Conflict(
                pos_id=link.pos_id,
                go_id=link.go_id,
                field=draft.policy.archived,
                base=True,
                pos=in_use[Replica.POS],
                go=in_use[Replica.GO],
                chosen=survivor.other,
                why=f"{what}; {SYSTEM[survivor.other]} owns it",
            )
        ]
    )


def _archive(draft: Draft[T], link: Link[T], survivor: Replica, value: T, why: str) -> None:
    field = draft.policy.archived or ""
    draft.do(
        Phase.ARCHIVE,
        Operation(
            kind=Kind.ARCHIVE,
            replica=survivor,
            pos_id=link.pos_id,
            go_id=link.go_id,
            value=replace(value, {field: True}),
            changes=(Change(field=field, old=False, new=True),),
            reason=why,
            agreed={field: True},
        ),
    )
    draft.forget(link, Phase.UNLINK, why)


def _recreate(draft: Draft[T], link: Link[T], survivor: Replica, record: Record[T], why: str) -> None:
    draft.forget(link, Phase.FORGET, why)
    create(draft, survivor, record, why)


def _leave_deleted(
    draft: Draft[T], link: Link[T], survivor: Replica, record: Record[T] | None, what: str
) -> None:
    """
    Deletions do not flow this way: the owning side keeps its record.
    """
    restore = draft.policy.on_receiver_edit is OnReceiverEdit.RESTORE
    if restore and record is not None and survivor.other in draft.policy.creates:
        _recreate(draft, link, survivor, record, f"{what}, which is not where it is decided; restored")
        return
    noted = dict(link.noted)
    if DELETED in noted:
        return
    told = sorted({**noted, DELETED: survivor.other.value}.items())
    draft.link(attrs.evolve(link, noted=told), f"{what}; told once")
    draft.tell(
        "one-way-delete",
        Severity.WARN,
        f"{what}, but deletions do not flow to {SYSTEM[survivor]}",
        f"archive it in {SYSTEM[survivor]} too, or make it anew in {SYSTEM[survivor.other]}",
        where=draft.where(link.pos_id, link.go_id),
    )
