"""
Intents of which nothing is in doubt: they keep records in sight until something has been told, read or decided.
"""

from datetime import datetime

from posgo.state import IntentRecord
from posgo.sync import Replica

__all__ = ["DISPUTED", "HELD", "SAFE", "UNREAD", "UNTOLD", "pair_in_sight"]

HELD = "held"
"""What an intent is called that keeps a record in sight that waits: neither it nor its counterpart may be told again."""

DISPUTED = "disputed"
"""What an intent is called that keeps both halves of a held conflict together."""

UNREAD = "unread"
"""
What an intent is called that has the next sync read what was invoiced.

A person may have edited the order between our last look at it and the request to send it, which Go carries out
without a condition.
"""

UNTOLD = "untold"
"""What an intent is called that keeps a pair in sight of which something is told for the first time."""

SAFE = frozenset({HELD, DISPUTED, UNREAD, UNTOLD})
"""All of them: nothing may be on its way."""


def pair_in_sight(why: str, kind: str, now: datetime, pos_id: str, go_id: str) -> IntentRecord:
    """
    What keeps two records in sight.

    Args:
        why: :data:`DISPUTED`, :data:`UNREAD` or :data:`UNTOLD`.
        kind: Of record.
        now: The time (UTC).
        pos_id: The POS's id.
        go_id: Go's id.
    """
    return IntentRecord(
        kind=kind,
        side=Replica.GO.value,
        reference=f"{why} {pos_id}/{go_id}",
        operation=why,
        planned_at=now,
        pos_id=pos_id,
        go_id=go_id,
    )
