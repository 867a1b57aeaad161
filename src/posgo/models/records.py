"""
One thing in two systems: copies, listings of copies, and the pairs they form.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Generic, TypeVar

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import not_blank, text, to_optional_text
from posgo.models._dates import to_utc
from posgo.models._fields import to_texts

__all__ = ["Link", "Record", "Snapshot", "go_reference", "pos_reference"]

T = TypeVar("T")

# Go's ExternalImportReference.
_REFERENCE_LENGTH = 50


def _to_utc(value: datetime | None) -> datetime | None:
    return None if value is None else to_utc(value)


@attrs.frozen(kw_only=True)
class Record(Generic[T]):
    """
    One replica's copy of one thing.

    Attributes:
        id: Its id in that replica.
        value: What it says.
        changed_at:
            When that replica last changed it, by that replica's clock (UTC);
            None if it does not say. Only "newest wins" looks at it.
        reference:
            The counterpart this copy says it has, as it is written there:
            in Go ``ExternalImportReference``, in the POS the reference given
            when it was made; see :func:`pos_reference` and :func:`go_reference`.
            Somebody else's text is kept as it is. None if blank.
    """

    id: str = attrs.field(converter=text, validator=not_blank)
    value: T
    changed_at: datetime | None = attrs.field(default=None, converter=_to_utc)
    reference: str | None = attrs.field(default=None, converter=to_optional_text)


@attrs.frozen(kw_only=True)
class Snapshot(Generic[T]):
    """
    What was seen of one replica.

    Attributes:
        records: Copies by their id, archived ones included.
        complete:
            True for a listing known to be whole: **absent is gone**. False
            for a delta: **absent is unchanged**. There is no default: say
            True only when the listing was read to its end without drift.
        merged:
            Ids this replica has merged away, each with the id that lives on.
            References to the former mean the latter.
        total:
            How many records the replica holds; None if not known. A complete
            snapshot knows. With a delta it lets the guard tell a hundred
            edits among a hundred thousand from a hundred among a hundred.
    """

    records: Mapping[str, Record[T]]
    complete: bool
    merged: Mapping[str, str] = attrs.field(factory=lambda: MappingProxyType({}))
    total: int | None = None

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.complete, bool):
            raise ModelError("Snapshot.complete must be True or False")
        for key, record in self.records.items():
            if key != record.id:
                raise ModelError(f"the record with id {record.id!r} stands under the key {key!r}")

    @classmethod
    def of(cls, records: Iterable[Record[T]], *, complete: bool) -> "Snapshot[T]":
        """
        Gather records, whose later copy wins when an id comes twice.
        """
        return cls(records={record.id: record for record in records}, complete=complete)


def _to_pairs(pairs: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, told) for name, told in pairs)


@attrs.frozen(kw_only=True)
class Link(Generic[T]):
    """
    Two copies of one thing, and what both sides last agreed on.

    Attributes:
        pos_id: Its id in the POS.
        go_id: Its id in Go.
        base:
            What both last agreed on: shared fields only, as both sides can
            hold them; what is not shared stands at its default. Not in the
            ``repr``: it may be personal data.
        unagreed:
            Shared fields the two have never agreed on: both were filled,
            and differently, when they met, and nobody has decided yet. What
            ``base`` says of them means nothing.
        noted:
            What has been told once and is left alone: pairs of a field (or
            ``"deleted"``) and a fingerprint of what was told about it.
    """

    pos_id: str = attrs.field(converter=text, validator=not_blank)
    go_id: str = attrs.field(converter=text, validator=not_blank)
    base: T = attrs.field(repr=False)
    unagreed: tuple[str, ...] = attrs.field(default=(), converter=to_texts)
    noted: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_to_pairs)


def pos_reference(pos_id: str) -> str:
    """
    What Go's copy says of its counterpart in the POS: ``pos:<id>``.

    Go takes 50 characters, and separates the references it is asked for by commas; a text that is longer or
    holds one keeps the prefix and 46 digits of the SHA-256 of the id.
    """
    return _reference("pos:", pos_id)


def go_reference(go_id: str) -> str:
    """
    What the POS's copy says of its counterpart in Go: ``go:<id>``, made as :func:`pos_reference`.
    """
    return _reference("go:", go_id)


def _reference(prefix: str, own_id: str) -> str:
    if len(prefix) + len(own_id) <= _REFERENCE_LENGTH and "," not in own_id:
        return prefix + own_id
    digest = hashlib.sha256(own_id.encode()).hexdigest()
    return prefix + digest[: _REFERENCE_LENGTH - len(prefix)]
