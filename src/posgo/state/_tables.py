"""
Records as rows of tables: the same for every SQL database.

A row holds texts, whole numbers and None. Instants are texts of fixed width
in UTC, so that text order is time order in every collation.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

from posgo.exceptions import StateStoreError, WireFormatError
from posgo.models.records import Link
from posgo.state._records import (
    ConflictRecord,
    CursorRecord,
    IntentRecord,
    LinkRecord,
    RunRecord,
    SettlementRecord,
    SettlementState,
    StateRecord,
    TombstoneRecord,
)
from posgo.wire import stored
from posgo.wire.stored import instant

__all__ = ["SCHEMA", "SCHEMA_VERSION", "TABLES", "Row", "Table", "table_of"]

R = TypeVar("R")

Row: TypeAlias = tuple[Any, ...]

SCHEMA_VERSION = 2

SCHEMA = """
CREATE TABLE posgo_clients (
    client TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (client)
);
CREATE TABLE posgo_settlements (
    client TEXT NOT NULL,
    reference TEXT NOT NULL,
    cash_point TEXT NOT NULL,
    number TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    business_day TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    voucher_id TEXT,
    voucher_no BIGINT,
    grand_sales TEXT,
    grand_returns TEXT,
    PRIMARY KEY (client, reference)
);
CREATE INDEX posgo_settlements_by_till ON posgo_settlements (client, cash_point, closed_at);
CREATE TABLE posgo_links (
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    pos_id TEXT NOT NULL,
    go_id TEXT NOT NULL,
    base TEXT NOT NULL,
    unagreed TEXT NOT NULL,
    noted TEXT NOT NULL,
    PRIMARY KEY (client, kind, pos_id, go_id)
);
CREATE INDEX posgo_links_by_go_id ON posgo_links (client, kind, go_id);
CREATE TABLE posgo_cursors (
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    side TEXT NOT NULL,
    position TEXT NOT NULL,
    PRIMARY KEY (client, kind, side)
);
CREATE TABLE posgo_intents (
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    side TEXT NOT NULL,
    reference TEXT NOT NULL,
    operation TEXT NOT NULL,
    planned_at TEXT NOT NULL,
    pos_id TEXT,
    go_id TEXT,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    PRIMARY KEY (client, kind, side, reference)
);
CREATE TABLE posgo_conflicts (
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    pos_id TEXT NOT NULL,
    go_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    field TEXT,
    base TEXT,
    pos TEXT,
    go TEXT,
    chosen TEXT,
    why TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (client, kind, pos_id, go_id, digest)
);
CREATE INDEX posgo_conflicts_by_time ON posgo_conflicts (client, seen_at);
CREATE TABLE posgo_runs (
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    outcome TEXT NOT NULL,
    counts TEXT NOT NULL,
    PRIMARY KEY (client, kind, started_at)
);
CREATE INDEX posgo_runs_by_time ON posgo_runs (client, started_at);
CREATE TABLE posgo_tombstones (
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    side TEXT NOT NULL,
    loser TEXT NOT NULL,
    winner TEXT NOT NULL,
    PRIMARY KEY (client, kind, side, loser)
);
"""
"""All tables, in SQL that SQLite and PostgreSQL read alike."""


def _instant_or_none(value: datetime | None) -> str | None:
    return None if value is None else instant(value)


def _datetime_or_none(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@attrs.frozen(kw_only=True)
class Table(Generic[R]):
    """
    How records of one class lie in their table.

    Attributes:
        name: The table.
        columns: Its columns, without the client company's.
        key: How many of the columns, from the left, are the key.
        write: Makes a row of a record.
        read: Makes a record of a row.
    """

    name: str
    columns: tuple[str, ...] = attrs.field(converter=_words)
    key: int
    write: Callable[[R], Row]
    read: Callable[[Row], R]

    @property
    def key_columns(self) -> tuple[str, ...]:
        """
        The columns of the key.
        """
        return self.columns[: self.key]

    def records(self, rows: list[Row], store: str) -> list[R]:
        """
        Read rows.

        Raises:
            StateStoreError: If a row is damaged.
        """
        try:
            return [self.read(row) for row in rows]
        except (WireFormatError, ValueError, TypeError, LookupError) as error:
            # What is in the row may be personal data, and is not told.
            raise StateStoreError(
                store,
                f"a row of {self.name} is damaged ({type(error).__name__}); "
                "restore a backup, or start with an empty store: posgo finds its records again",
            ) from None


def _list(text: str) -> list[Any]:
    # Nearly all are empty, and there may be a hundred thousand.
    elements: list[Any] = [] if text == "[]" else json.loads(text)
    return elements


def _write_settlement(record: SettlementRecord) -> Row:
    return (
        record.reference,
        record.cash_point,
        record.number,
        instant(record.closed_at),
        record.business_day.isoformat(),
        record.fingerprint,
        record.state.value,
        record.voucher_id,
        record.voucher_no,
        None if record.grand_sales is None else str(record.grand_sales),
        None if record.grand_returns is None else str(record.grand_returns),
    )


def _read_settlement(row: Row) -> SettlementRecord:
    return SettlementRecord(
        reference=row[0],
        cash_point=row[1],
        number=row[2],
        closed_at=datetime.fromisoformat(row[3]),
        business_day=date.fromisoformat(row[4]),
        fingerprint=row[5],
        state=SettlementState(row[6]),
        voucher_id=row[7],
        voucher_no=row[8],
        grand_sales=row[9],
        grand_returns=row[10],
    )


def _write_link(record: LinkRecord) -> Row:
    link = record.link
    return (
        record.kind,
        link.pos_id,
        link.go_id,
        stored.dump(link.base),
        _json(link.unagreed),
        _json(link.noted),
    )


def _read_link(row: Row) -> LinkRecord:
    kind, pos_id, go_id, base, unagreed, noted = row
    link: Link[Any] = Link(
        pos_id=pos_id,
        go_id=go_id,
        base=stored.load(base, stored.model_of(kind)),
        unagreed=_list(unagreed),
        noted=_list(noted),
    )
    return LinkRecord(kind=kind, link=link)


def _write_intent(record: IntentRecord) -> Row:
    return (
        record.kind,
        record.side,
        record.reference,
        record.operation,
        instant(record.planned_at),
        record.pos_id,
        record.go_id,
        record.attempts,
        record.last_error,
    )


def _read_intent(row: Row) -> IntentRecord:
    return IntentRecord(
        kind=row[0],
        side=row[1],
        reference=row[2],
        operation=row[3],
        planned_at=datetime.fromisoformat(row[4]),
        pos_id=row[5],
        go_id=row[6],
        attempts=row[7],
        last_error=row[8],
    )


def _write_conflict(record: ConflictRecord) -> Row:
    return (
        record.kind,
        record.pos_id,
        record.go_id,
        record.digest,
        record.field,
        record.base,
        record.pos,
        record.go,
        record.chosen,
        record.why,
        instant(record.seen_at),
    )


def _read_conflict(row: Row) -> ConflictRecord:
    return ConflictRecord(
        kind=row[0],
        pos_id=row[1],
        go_id=row[2],
        field=row[4],
        base=row[5],
        pos=row[6],
        go=row[7],
        chosen=row[8],
        why=row[9],
        seen_at=datetime.fromisoformat(row[10]),
    )


def _write_run(record: RunRecord) -> Row:
    return (
        record.kind,
        instant(record.started_at),
        _instant_or_none(record.ended_at),
        record.outcome,
        _json(record.counts),
    )


def _read_run(row: Row) -> RunRecord:
    return RunRecord(
        kind=row[0],
        started_at=datetime.fromisoformat(row[1]),
        ended_at=_datetime_or_none(row[2]),
        outcome=row[3],
        counts=json.loads(row[4]),
    )


TABLES: dict[type[StateRecord], Table[Any]] = {
    SettlementRecord: Table(
        name="posgo_settlements",
        columns="reference cash_point number closed_at business_day fingerprint "
        "state voucher_id voucher_no grand_sales grand_returns",
        key=1,
        write=_write_settlement,
        read=_read_settlement,
    ),
    LinkRecord: Table(
        name="posgo_links",
        columns="kind pos_id go_id base unagreed noted",
        key=3,
        write=_write_link,
        read=_read_link,
    ),
    CursorRecord: Table(
        name="posgo_cursors",
        columns="kind side position",
        key=2,
        write=lambda record: (record.kind, record.side, record.position),
        read=lambda row: CursorRecord(kind=row[0], side=row[1], position=row[2]),
    ),
    IntentRecord: Table(
        name="posgo_intents",
        columns="kind side reference operation planned_at pos_id go_id attempts last_error",
        key=3,
        write=_write_intent,
        read=_read_intent,
    ),
    ConflictRecord: Table(
        name="posgo_conflicts",
        columns="kind pos_id go_id digest field base pos go chosen why seen_at",
        key=4,
        write=_write_conflict,
        read=_read_conflict,
    ),
    RunRecord: Table(
        name="posgo_runs",
        columns="kind started_at ended_at outcome counts",
        key=2,
        write=_write_run,
        read=_read_run,
    ),
    TombstoneRecord: Table(
        name="posgo_tombstones",
        columns="kind side loser winner",
        key=3,
        write=lambda record: (record.kind, record.side, record.loser, record.winner),
        read=lambda row: TombstoneRecord(kind=row[0], side=row[1], loser=row[2], winner=row[3]),
    ),
}
"""The table of each class of record."""


def table_of(record_class: type[StateRecord]) -> Table[Any]:
    """
    The table of a class of record.
    """
    return TABLES[record_class]
