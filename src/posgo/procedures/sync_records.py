"""
What a run remembers in the store beside its links.
"""

from collections.abc import Iterable
from typing import Any

from posgo.models.records import Link
from posgo.procedures.in_sight import DISPUTED, HELD, UNTOLD, pair_in_sight
from posgo.procedures.sync_desk import SyncDesk
from posgo.state import ConflictRecord, IntentRecord
from posgo.sync import Conflict, Operation, Replica
from posgo.wire.stored import dump

__all__ = ["conflict_of", "disputed_of", "held_of", "intent_of", "untold_of"]


def intent_of(desk: SyncDesk[Any], operation: Operation[Any]) -> IntentRecord:
    """
    What is about to be written, so that the next run knows that it may have been.
    """
    side = operation.replica or Replica.GO
    reference = operation.reference or f"{operation.pos_id}/{operation.go_id}"
    return IntentRecord(
        kind=desk.kind,
        side=side.value,
        reference=reference,
        operation=desk.care.intent(operation),
        planned_at=desk.now,
        pos_id=operation.pos_id,
        go_id=operation.go_id,
    )


def held_of(desk: SyncDesk[Any], replica: Replica, own_id: str, links: Iterable[Link[Any]]) -> IntentRecord:
    """
    What keeps a record in sight that waits, and its counterpart: neither may be told of again.
    """
    own = "pos_id" if replica is Replica.POS else "go_id"
    pair = next((link for link in links if getattr(link, own) == own_id), None)
    return IntentRecord(
        kind=desk.kind,
        side=replica.other.value,
        reference=f"{HELD} {own_id}",
        operation=HELD,
        planned_at=desk.now,
        pos_id=pair.pos_id if pair else own_id if replica is Replica.POS else None,
        go_id=pair.go_id if pair else own_id if replica is Replica.GO else None,
    )


def disputed_of(desk: SyncDesk[Any], pos_id: str, go_id: str) -> IntentRecord:
    """
    What keeps the two records of a held conflict together.
    """
    return pair_in_sight(DISPUTED, desk.kind, desk.now, pos_id, go_id)


def untold_of(desk: SyncDesk[Any], pos_id: str, go_id: str) -> IntentRecord:
    """
    What keeps two records in sight of which something is told for the first time.
    """
    return pair_in_sight(UNTOLD, desk.kind, desk.now, pos_id, go_id)


def conflict_of(desk: SyncDesk[Any], conflict: Conflict) -> ConflictRecord:
    """
    Two changes that excluded each other, and what was chosen.
    """
    return ConflictRecord(
        kind=desk.kind,
        pos_id=conflict.pos_id,
        go_id=conflict.go_id,
        field=conflict.field,
        base=_text_of(conflict.base),
        pos=_text_of(conflict.pos),
        go=_text_of(conflict.go),
        chosen=conflict.chosen.value if conflict.chosen else None,
        why=conflict.why,
        seen_at=desk.now,
    )


def _text_of(value: Any) -> str | None:
    return None if value is None else dump(value)
