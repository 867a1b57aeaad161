"""
What a plan consists of: operations, conflicts, and ids that turned out to mean another record.

All of it is values. ``repr`` shows ids and field names only; ``str``, HTML
and JSON hold the values themselves, personal data included, because they are
made for the person who approves the plan.
"""

import enum
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import attrs

from posgo.models.records import go_reference, pos_reference
from posgo.sync import _text
from posgo.sync._policy import Replica

__all__ = ["Change", "Conflict", "ConflictKind", "Kind", "Operation", "Tombstone"]

T = TypeVar("T")


class Kind(enum.StrEnum):
    """
    What an operation does.
    """

    LINK = "link"
    """Remember a pair, or what it has come to agree on. Writes no value to either side."""

    CREATE = "create"
    """Make a record on the side named."""

    UPDATE = "update"
    """Change fields of a record."""

    ARCHIVE = "archive"
    """Take a record out of use."""

    UNLINK = "unlink"
    """Forget a pair."""


@attrs.frozen(kw_only=True)
class Change:
    """
    One field of an update.

    Attributes:
        field: Its name; ``"address.city"`` is a part of a nested value.
        old: What the record says now, as far as was seen.
        new: What it is to say.
    """

    field: str
    old: Any = attrs.field(repr=False)
    new: Any = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Operation(Generic[T]):
    """
    One step of a plan.

    Operations are carried out in their order. When one fails, those of the
    same pair that follow are left to the next plan; others go on.

    Attributes:
        kind: What it does.
        replica: The side it is carried out on; None for the link store.
        pos_id: The record's id in the POS; None if it is to be made there.
        go_id: The record's id in Go; None if it is to be made there.
        value:
            Create: what the new record says. Update and archive: what the
            record says afterwards, as far as was seen; write ``changes``,
            not this. None for link and unlink.
        changes: Fields of an update or archive, each with the value it had.
        reason: Why, in words.
        base: Link and create: what the link's base becomes.
        unagreed: Link and create: see ``Link.unagreed``.
        noted: Link and create: see ``Link.noted``.
        agreed: Update and archive: what the base becomes for these fields once it is done.
        write_reference: Link: sides whose record is to be told its counterpart, because it names none.
    """

    kind: Kind = attrs.field(converter=Kind)
    replica: Replica | None = attrs.field(default=None, converter=attrs.converters.optional(Replica))
    pos_id: str | None = None
    go_id: str | None = None
    value: T | None = attrs.field(default=None, repr=False)
    changes: tuple[Change, ...] = ()
    reason: str = ""
    base: T | None = attrs.field(default=None, repr=False)
    unagreed: tuple[str, ...] = ()
    noted: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    agreed: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    write_reference: tuple[Replica, ...] = ()

    @property
    def id(self) -> str | None:
        """
        The record's id on the side the operation is carried out on; None before it has one.
        """
        return self.pos_id if self.replica is Replica.POS else self.go_id

    @property
    def reference(self) -> str | None:
        """
        What a created record carries to name its counterpart, and what makes a repetition recognisable.
        """
        if self.replica is Replica.GO and self.pos_id is not None:
            return pos_reference(self.pos_id)
        if self.replica is Replica.POS and self.go_id is not None:
            return go_reference(self.go_id)
        return None

    def __str__(self) -> str:
        return _text.operation(self)


class ConflictKind(enum.StrEnum):
    """
    What collided.
    """

    FIELD = "field"
    """Both sides say something different."""

    DELETE_CHANGE = "delete/change"
    """One side deleted what the other changed."""


@attrs.frozen(kw_only=True)
class Conflict:
    """
    Two changes that exclude each other, and what was chosen.

    Attributes:
        kind: What collided.
        pos_id: The record's id in the POS.
        go_id: The record's id in Go.
        field: The field; None when a whole record was deleted.
        base: What both last agreed on; None also when they never did.
        pos: What the POS says; None if it was deleted there.
        go: What Go says; None if it was deleted there.
        chosen: The side that wins; None while it is held for a person.
        why: The rule that chose, in words.
    """

    kind: ConflictKind = ConflictKind.FIELD
    pos_id: str
    go_id: str
    field: str | None = None
    base: Any = attrs.field(default=None, repr=False)
    pos: Any = attrs.field(default=None, repr=False)
    go: Any = attrs.field(default=None, repr=False)
    chosen: Replica | None = None
    why: str = ""

    @property
    def is_held(self) -> bool:
        """
        Whether it waits for a person.
        """
        return self.chosen is None

    def __str__(self) -> str:
        return _text.conflict(self)


@attrs.frozen(kw_only=True)
class Tombstone:
    """
    Two records turned out to be one: what is said of the loser is meant of the winner.

    Attributes:
        replica: The side they live on.
        loser: The id that is no longer used.
        winner: The id that lives on.
    """

    replica: Replica
    loser: str
    winner: str
