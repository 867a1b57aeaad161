"""
What every store refuses to be asked: what would silently find nothing, or another thing than meant.
"""

from datetime import datetime

from posgo.exceptions import ModelError
from posgo.models._dates import to_utc
from posgo.wire.stored import model_of

__all__ = ["history_since", "one_record"]


def history_since(kind: str, since: datetime) -> datetime:
    """
    The instant (UTC) a history is asked for from.

    Raises:
        ModelError: If posgo has no such kind, or the instant no time zone.
    """
    model_of(kind)
    return to_utc(since)


def one_record(kind: str, pos_id: str | None, go_id: str | None) -> None:
    """
    Make sure that a record to be forgotten is named.

    Raises:
        ModelError: If posgo has no such kind, or no id is given.
    """
    model_of(kind)
    if not (pos_id or go_id):
        raise ModelError(f"which of the {kind} is to be forgotten? Give its pos_id, its go_id or both")
