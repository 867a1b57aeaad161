"""
Records to try a store with.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

from posgo.models.parties import Customer
from posgo.models.records import Link
from posgo.state import (
    Changes,
    ConflictRecord,
    CursorRecord,
    History,
    IntentRecord,
    LinkRecord,
    RunRecord,
    SettlementRecord,
    SettlementState,
    StateStore,
    TombstoneRecord,
)

__all__ = [
    "LONG_AGO",
    "NOON",
    "NOTHING",
    "add",
    "conflict",
    "cursor",
    "everything",
    "intent",
    "pair",
    "run",
    "settlement",
    "tombstone",
]

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def settlement(reference: str = "r1", **changes: Any) -> SettlementRecord:
    """
    A settlement to store.
    """
    record = SettlementRecord(
        reference=reference,
        cash_point="till 1",
        number="7",
        closed_at=NOON,
        business_day=date(2026, 3, 14),
        fingerprint="f",
        state=SettlementState.SENDING,
    )
    return attrs.evolve(record, **changes)


def pair(pos_id: str = "p1", go_id: str = "g1", name: str = "Ada", kind: str = "customers") -> LinkRecord:
    """
    A link to store.
    """
    return LinkRecord(kind=kind, link=Link(pos_id=pos_id, go_id=go_id, base=Customer(name=name)))


def intent(reference: str = "pos:p1", **changes: Any) -> IntentRecord:
    """
    An intent to store.
    """
    record = IntentRecord(
        kind="customers", side="go", reference=reference, operation='{"name":"Ada"}', planned_at=NOON
    )
    return attrs.evolve(record, **changes)


def conflict(**changes: Any) -> ConflictRecord:
    """
    A conflict to store.
    """
    record = ConflictRecord(
        kind="customers",
        pos_id="p1",
        go_id="g1",
        field="name",
        base='"Ada"',
        pos='"A"',
        go='"B"',
        seen_at=NOON,
    )
    return attrs.evolve(record, **changes)


def cursor(position: str, kind: str = "customers", side: str = "go") -> CursorRecord:
    """
    A cursor to store.
    """
    return CursorRecord(kind=kind, side=side, position=position)


def tombstone(loser: str = "g8", winner: str = "g9", side: str = "go") -> TombstoneRecord:
    """
    A tombstone to store.
    """
    return TombstoneRecord(kind="customers", side=side, loser=loser, winner=winner)


def run(hours: int = 0, **changes: Any) -> RunRecord:
    """
    A run to store, begun some hours after noon.
    """
    return attrs.evolve(RunRecord(kind="customers", started_at=NOON + timedelta(hours=hours)), **changes)


def add(store: StateStore, *records: Any, client: str = "c") -> int:
    """
    Commit records on top of whatever is there.
    """
    version = store.settlements(client, []).version
    return store.commit(client, Changes(put=records), expected_version=version)


def everything(store: StateStore, client: str = "c", kind: str = "customers") -> tuple[Any, ...]:
    """
    All a store tells of a kind, without the version.
    """
    progress = store.progress(client, kind)
    return (
        store.links(client, kind).links,
        dict(progress.cursors),
        progress.intents,
        progress.tombstones,
        store.history(client, kind, since=LONG_AGO),
    )


NOTHING: tuple[Any, ...] = ((), {}, (), (), History(runs=(), conflicts=()))
