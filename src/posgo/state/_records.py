"""
What posgo remembers of one client company: records, and what is read and changed at once.
"""

import enum
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import not_blank, text, to_optional_text, to_tuple
from posgo.models._dates import to_utc
from posgo.models._money import to_optional_nok
from posgo.models.records import Link
from posgo.wire.stored import instant

__all__ = [
    "Changes",
    "ConflictRecord",
    "CursorRecord",
    "History",
    "IntentRecord",
    "Key",
    "LinkRecord",
    "Loaded",
    "LoadedLinks",
    "Progress",
    "RunRecord",
    "SettlementRecord",
    "SettlementState",
    "StateRecord",
    "TombstoneRecord",
    "history_of",
    "progress_of",
]


class SettlementState(enum.Enum):
    """
    How far a settlement got.
    """

    SENDING = "sending"
    """The intent is stored. The voucher may be in Go: look before sending it again."""

    POSTED = "posted"
    """Go confirmed the voucher."""

    NOTHING = "nothing"
    """A day of zeros, settled without a voucher."""


def _to_side(value: object) -> str:
    side = str(value)
    if side not in ("pos", "go"):
        raise ModelError(f"{value!r} is no side: pos or go is expected")
    return side


def _to_counts(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(counts)


def _named(**options: Any) -> Any:
    return attrs.field(converter=text, validator=not_blank, **options)


@attrs.frozen
class Key:
    """
    What names one record among those of a client company.

    Attributes:
        of: The class of the record.
        parts: Its key fields as texts, in the order the class states.
    """

    of: "type[StateRecord]"
    parts: tuple[str, ...] = attrs.field(converter=to_tuple)

    @property
    def text(self) -> str:
        """
        The parts as one text, a JSON list in ASCII: different for different keys, which joined parts are not.
        """
        return json.dumps(self.parts, separators=(",", ":"))


@attrs.frozen(kw_only=True)
class SettlementRecord:
    """
    One Z-report's settlement. It holds no personal data and no secrets.

    Attributes:
        reference: The voucher's reference in Go. The key.
        cash_point: The till, by the id posgo knows it by.
        number: Z-number without leading zeros.
        closed_at: When the Z-report was made (UTC).
        business_day: The day it belongs to.
        fingerprint:
            Hash of the Z-report's figures. The same reference with another
            fingerprint is another report under a used number.
        state: How far it got.
        voucher_id: Go's id of the voucher; None before it is known.
        voucher_no: Its number in Go; None before it is known.
        grand_sales: Running total of sales in NOK; None if the till has none.
        grand_returns: Running total of returns in NOK, a magnitude; None if the till has none.
    """

    reference: str
    cash_point: str
    number: str
    closed_at: datetime = attrs.field(converter=to_utc)
    business_day: date
    fingerprint: str
    state: SettlementState
    voucher_id: str | None = None
    voucher_no: int | None = None
    grand_sales: Decimal | None = attrs.field(default=None, converter=to_optional_nok, repr=False)
    grand_returns: Decimal | None = attrs.field(default=None, converter=to_optional_nok, repr=False)

    @property
    def key(self) -> Key:
        """
        The reference.
        """
        return Key(SettlementRecord, (self.reference,))


@attrs.frozen(kw_only=True)
class LinkRecord:
    """
    A pair of records and what both sides last agreed on.

    Attributes:
        kind: ``"customers"``, ``"products"``, ``"orders"``, or ``"invoices"`` the POS issued itself.
        link: The pair. Its base may hold personal data.
    """

    kind: str = _named()
    link: Link[Any]

    @property
    def key(self) -> Key:
        """
        Kind and both ids: a store does not decide which of two links of one record is right.
        """
        return Key(LinkRecord, (self.kind, self.link.pos_id, self.link.go_id))


@attrs.frozen(kw_only=True)
class CursorRecord:
    """
    How far a side's changes have been read.

    Attributes:
        kind: What was read.
        side: ``"pos"`` or ``"go"``.
        position: Where to read on, as that side says it; nobody else looks inside.
    """

    kind: str = _named()
    side: str = attrs.field(converter=_to_side)
    position: str

    @property
    def key(self) -> Key:
        """
        Kind and side.
        """
        return Key(CursorRecord, (self.kind, self.side))


@attrs.frozen(kw_only=True)
class IntentRecord:
    """
    A write that was about to be sent. It may have been carried out: look before repeating it.

    Those whose ``operation`` is ``"held"``, ``"disputed"``, ``"unread"`` or
    ``"untold"`` are no writes: they keep records in sight until something has
    been mended, decided, read or told.

    Attributes:
        kind: What is written.
        side: ``"pos"`` or ``"go"``, where it is written.
        reference: What the write is recognised by on that side; unique among the intents of a kind and side.
        operation: The write, in a word or as JSON, or what keeps the records in sight. It may hold personal data.
        planned_at: When it was first to be sent (UTC).
        pos_id: The record's id in the POS; None if it is to be made there.
        go_id: The record's id in Go; None if it is to be made there.
        attempts: How many attempts may have been carried out though they failed; a sync counts the last one only.
        last_error: What the last attempt met, without personal data; None if nothing yet.
    """

    kind: str = _named()
    side: str = attrs.field(converter=_to_side)
    reference: str = _named()
    operation: str = attrs.field(repr=False)
    planned_at: datetime = attrs.field(converter=to_utc)
    pos_id: str | None = attrs.field(default=None, converter=to_optional_text)
    go_id: str | None = attrs.field(default=None, converter=to_optional_text)
    attempts: int = 0
    last_error: str | None = None

    @property
    def key(self) -> Key:
        """
        Kind, side and reference.
        """
        return Key(IntentRecord, (self.kind, self.side, self.reference))


@attrs.frozen(kw_only=True)
class ConflictRecord:
    """
    Two changes that excluded each other, with the values that lost. History: it expires.

    The same conflict seen again is the same record, seen later.

    Attributes:
        kind: What it is about.
        pos_id: The record's id in the POS.
        go_id: The record's id in Go.
        field: The field; None when a whole record was deleted.
        base: What both last agreed on, as JSON; None if they never did. May be personal data, as the next two.
        pos: What the POS said, as JSON; None if it was deleted there.
        go: What Go said, as JSON; None if it was deleted there.
        chosen: ``"pos"`` or ``"go"``, the side that won; None while it is held for a person.
        why: The rule that chose, in words.
        seen_at: When it was last seen (UTC).
    """

    kind: str = _named()
    pos_id: str = _named()
    go_id: str = _named()
    field: str | None = None
    base: str | None = attrs.field(default=None, repr=False)
    pos: str | None = attrs.field(default=None, repr=False)
    go: str | None = attrs.field(default=None, repr=False)
    chosen: str | None = attrs.field(default=None, converter=attrs.converters.optional(_to_side))
    why: str = ""
    seen_at: datetime = attrs.field(converter=to_utc)

    @property
    def digest(self) -> str:
        """
        A short text that is the same for the same collision, whoever wins it.
        """
        said = repr((self.field, self.base, self.pos, self.go))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def key(self) -> Key:
        """
        Kind, both ids, and the digest.
        """
        return Key(ConflictRecord, (self.kind, self.pos_id, self.go_id, self.digest))


@attrs.frozen(kw_only=True)
class RunRecord:
    """
    One run and how it ended. History: it expires. It holds no personal data.

    posgo leaves one for each kind of record a sync is about to write, and completes it when it has; a poll that found
    nothing to do leaves none.

    Attributes:
        kind: What it was about, such as ``"customers"``.
        started_at: When it began (UTC).
        ended_at: When it ended (UTC); None if that is not known.
        outcome:
            How it ended, in a word or two: ``"done"``, ``"some failed"``, ``"stopped"``; ``"begun"`` while it is at work,
            and if its process was ended before it was done.
        counts: What it did, such as ``{"create go": 3}``.
    """

    kind: str = _named()
    started_at: datetime = attrs.field(converter=to_utc)
    ended_at: datetime | None = attrs.field(default=None, converter=attrs.converters.optional(to_utc))
    outcome: str = ""
    counts: Mapping[str, int] = attrs.field(factory=dict, converter=_to_counts, hash=False)

    @property
    def key(self) -> Key:
        """
        Kind and start.
        """
        return Key(RunRecord, (self.kind, instant(self.started_at)))


@attrs.frozen(kw_only=True)
class TombstoneRecord:
    """
    An id a side has merged away.

    Attributes:
        kind: What the record was.
        side: ``"pos"`` or ``"go"``, where it lived.
        loser: The id that is no longer used.
        winner: The id that lives on.
    """

    kind: str = _named()
    side: str = attrs.field(converter=_to_side)
    loser: str = _named()
    winner: str = _named()

    @property
    def key(self) -> Key:
        """
        Kind, side and the id no longer used.
        """
        return Key(TombstoneRecord, (self.kind, self.side, self.loser))


StateRecord: TypeAlias = (
    SettlementRecord | LinkRecord | CursorRecord | IntentRecord | ConflictRecord | RunRecord | TombstoneRecord
)
"""Anything a store keeps. Each has a ``key``."""


@attrs.frozen(kw_only=True)
class Changes:
    """
    What one commit changes. All of it, or nothing.

    Carried out in this order: drop, expire, put. So what is put is there afterwards.

    Attributes:
        put: Records to write, replacing those with the same key; the last one counts.
        drop: Keys of records to forget; one that is not there is no error.
        expire: Forget conflicts last seen, and runs begun, before this instant (UTC); None forgets none.
    """

    put: tuple[StateRecord, ...] = attrs.field(default=(), converter=to_tuple)
    drop: tuple[Key, ...] = attrs.field(default=(), converter=to_tuple)
    expire: datetime | None = attrs.field(default=None, converter=attrs.converters.optional(to_utc))


@attrs.frozen(kw_only=True)
class Loaded:
    """
    Settlements, and the version they were true at.

    Attributes:
        version: Number of commits of this client company so far; the next commit expects it.
        settlements: The records asked for, by reference; those that do not exist are missing.
    """

    version: int
    settlements: dict[str, SettlementRecord]


@attrs.frozen(kw_only=True)
class LoadedLinks:
    """
    Links, and the version they were true at.

    Attributes:
        version: As in :class:`Loaded`.
        links: In the order of their ids in the POS, then in Go, as Python compares texts.
    """

    version: int
    links: tuple[Link[Any], ...]


@attrs.frozen(kw_only=True)
class Progress:
    """
    How far the work on one kind has come, and the version that was true at.

    Attributes:
        version: As in :class:`Loaded`. 0 means that this store knows nothing of the client company.
        cursors:
            Where to read on, by side. A side without one has never been read
            to its end, or this is a restored backup: read all of it first.
        intents: Writes whose fate is not known, oldest first; those of one instant by side and reference.
        tombstones: Merged ids, in the order of side and id.
    """

    version: int
    cursors: Mapping[str, str] = attrs.field(hash=False)
    intents: tuple[IntentRecord, ...]
    tombstones: tuple[TombstoneRecord, ...]


@attrs.frozen(kw_only=True)
class History:
    """
    What happened to one kind, newest first.

    Attributes:
        runs: By when they began.
        conflicts: By when they were last seen; those of one instant by ids in the POS, in Go, and digest.
    """

    runs: tuple[RunRecord, ...]
    conflicts: tuple[ConflictRecord, ...]


def progress_of(
    version: int,
    cursors: Iterable[CursorRecord],
    intents: Iterable[IntentRecord],
    tombstones: Iterable[TombstoneRecord],
) -> Progress:
    """
    Bring records into the order :class:`Progress` promises.
    """
    return Progress(
        version=version,
        cursors={cursor.side: cursor.position for cursor in cursors},
        intents=tuple(sorted(intents, key=lambda each: (each.planned_at, each.side, each.reference))),
        tombstones=tuple(sorted(tombstones, key=lambda each: (each.side, each.loser))),
    )


def history_of(runs: Iterable[RunRecord], conflicts: Iterable[ConflictRecord]) -> History:
    """
    Bring records into the order :class:`History` promises.
    """
    ordered = sorted(conflicts, key=lambda each: (each.pos_id, each.go_id, each.digest))
    return History(
        runs=tuple(sorted(runs, key=lambda run: run.started_at, reverse=True)),
        conflicts=tuple(sorted(ordered, key=lambda each: each.seen_at, reverse=True)),
    )
