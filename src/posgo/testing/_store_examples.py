"""
Records to try a store with.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

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
    StateRecord,
    StateStore,
    TombstoneRecord,
)
from posgo.wire.stored import model_of

__all__ = [
    "LONG_AGO",
    "NOON",
    "NOTHING",
    "ODD_IDS",
    "add",
    "as_told",
    "conflict",
    "cursor",
    "everything",
    "intent",
    "one_of_each",
    "pair",
    "run",
    "settlement",
    "tombstone",
]

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

# Neighbours are the same to a database that folds case, accents, composition or emoji, that compares as
# numbers or with wildcards, or that splits at commas.
ODD_IDS = (
    *("a", "A", "\u00e5", "\u00c5", "a\u030a", "ss", "\u00df", "\U0001f600", "\U0001f601"),
    *("7", "007", "7.0", "+7", "10", "9", "1e1"),
    *("_", "%", "a%", "?", "%s", ":a", "$1", "[]", '["a"]', "null", "None"),
    *("a,b", "b", "a:b", "a'b", "a''b", 'a"b', "a\\b", "a\\\\b", "a b", "a  b", "a\tb", "a\nb", "../a"),
)


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
    return LinkRecord(kind=kind, link=Link(pos_id=pos_id, go_id=go_id, base=model_of(kind)(name=name)))


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


def tombstone(
    loser: str = "g8", winner: str = "g9", side: str = "go", kind: str = "customers"
) -> TombstoneRecord:
    """
    A tombstone to store.
    """
    return TombstoneRecord(kind=kind, side=side, loser=loser, winner=winner)


def run(hours: int = 0, **changes: Any) -> RunRecord:
    """
    A run to store, begun some hours after noon.
    """
    return attrs.evolve(RunRecord(kind="customers", started_at=NOON + timedelta(hours=hours)), **changes)


def one_of_each(mark: str, kind: str = "customers") -> tuple[StateRecord, ...]:
    """
    A record of every class, whose keys are the same whatever the mark, and whose values are not.

    None of them is left when ``p1`` is forgotten, but for the run and the cursor.
    """
    return (
        pair(name=mark, kind=kind),
        cursor(mark, kind),
        intent(kind=kind, operation=mark, pos_id="p1"),
        tombstone("g1", mark, kind=kind),
        run(kind=kind, outcome=mark),
        conflict(kind=kind, why=mark),
    )


def as_told(records: Iterable[StateRecord]) -> tuple[Any, ...]:
    """
    What :func:`everything` is to give where these are all there is of a kind, in the order a store tells them.
    """
    by_class: dict[type[Any], tuple[Any, ...]] = defaultdict(tuple)
    for record in records:
        by_class[type(record)] += (record,)
    return (
        tuple(record.link for record in by_class[LinkRecord]),
        {record.side: record.position for record in by_class[CursorRecord]},
        by_class[IntentRecord],
        by_class[TombstoneRecord],
        History(runs=by_class[RunRecord], conflicts=by_class[ConflictRecord]),
    )


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
