"""
The messages of the POS contract: records, feeds, creations and changes.

``docs/reference/pos-contract.openapi.json`` describes them.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import attrs

from posgo.exceptions import ModelError, WireFormatError
from posgo.models.catalog import Product
from posgo.models.feeds import Feed
from posgo.models.orders import Order
from posgo.models.parties import Customer
from posgo.models.pos import ZReport
from posgo.models.records import Record
from posgo.wire.pos_values import read, read_members, to_json, write_members

__all__ = [
    "COLLECTIONS",
    "Change",
    "change_json",
    "creation_json",
    "feed_json",
    "read_change",
    "read_creation",
    "read_feed",
    "read_record",
    "read_z_reports",
    "record_json",
    "to_reference",
]

T = TypeVar("T")

_REFERENCE = re.compile(r"[!-~]{1,100}")

COLLECTIONS: Mapping[type, str] = {Customer: "customers", Product: "products", Order: "orders"}
"""Where in the contract each kind of thing is found."""


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WireFormatError(path, "an object expected")
    return value


@attrs.frozen(kw_only=True)
class _Keys:
    # What a record holds beside its value.
    id: str
    changed_at: datetime | None = None
    reference: str | None = None


@attrs.frozen(kw_only=True)
class _Position:
    # What a feed holds beside its items.
    cursor: str
    more: bool
    from_start: bool = False


# -- records and feeds ---------------------------------------------------------


def record_json(record: Record[Any]) -> dict[str, Any]:
    """
    Write a record.
    """
    keys = _Keys(id=record.id, changed_at=record.changed_at, reference=record.reference)
    return {**to_json(keys), "value": to_json(record.value)}


def read_record(value: Any, model: type[T], path: str = "$") -> Record[T]:
    """
    Read a record.

    Raises:
        WireFormatError: With the path of the first fault, such as ``$.value.name``.
    """
    keys = read(value, _Keys, path)
    said = read(value.get("value"), model, f"{path}.value")
    try:
        return Record(id=keys.id, value=said, changed_at=keys.changed_at, reference=keys.reference)
    except ModelError as error:
        raise WireFormatError(f"{path}.id", str(error)) from error


def feed_json(feed: Feed[Any], name: str, write: Callable[[Any], Any]) -> dict[str, Any]:
    """
    Write a feed whose items stand under a name.
    """
    return {
        name: [write(item) for item in feed.items],
        "cursor": feed.cursor,
        "more": feed.more,
        "from_start": feed.from_start,
    }


def _read_items(value: Any, name: str, read_item: Callable[[Any, str], T]) -> Feed[T]:
    position = read(value, _Position)
    items = value.get(name)
    if not isinstance(items, list):
        raise WireFormatError(f"$.{name}", "a list expected")
    told = [read_item(item, f"$.{name}[{index}]") for index, item in enumerate(items)]
    try:
        return Feed(items=told, cursor=position.cursor, more=position.more, from_start=position.from_start)
    except ModelError as error:
        raise WireFormatError("$.cursor", str(error)) from error


def read_feed(value: Any, model: type[T]) -> Feed[Record[T]]:
    """
    Read a feed of records.

    Raises:
        WireFormatError: With the path of the first fault, such as ``$.records[3].value.name``.
    """
    return _read_items(value, "records", lambda item, path: read_record(item, model, path))


def read_z_reports(value: Any) -> Feed[ZReport]:
    """
    Read a feed of Z-reports.

    Raises:
        WireFormatError: With the path of the first fault, such as ``$.z_reports[0].tenders[1].amount``.
    """
    return _read_items(value, "z_reports", lambda item, path: read(item, ZReport, path))


# -- writes --------------------------------------------------------------------


def creation_json(value: Any, reference: str) -> dict[str, Any]:
    """
    Write what creates a record.
    """
    return {"reference": reference, "value": to_json(value)}


def read_creation(body: Any, model: type[T]) -> tuple[T, str]:
    """
    Read what creates a record: the value, and the reference that must be made but once.
    """
    members = _object(body, "$")
    reference = _reference(members)
    if reference is None:
        raise WireFormatError("$.reference", "the member is missing")
    return read(members.get("value"), model, "$.value"), reference


@attrs.frozen(kw_only=True)
class Change:
    """
    A change of one record.

    Attributes:
        changes: New values by field.
        expected: Values the fields are believed to have; empty if nothing is believed.
        reference: The reference to write where there is none; None to leave it alone.
    """

    changes: Mapping[str, Any] = attrs.field(repr=False)
    expected: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    reference: str | None = None


def change_json(change: Change, model: type) -> dict[str, Any]:
    """
    Write a change.

    Raises:
        ModelError: For a name that is no field of the model, and for a value it cannot hold.
    """
    body: dict[str, Any] = {"changes": write_members(change.changes, model)}
    if change.expected:
        body["expected"] = write_members(change.expected, model)
    if change.reference is not None:
        body["reference"] = change.reference
    return body


def read_change(body: Any, model: type) -> Change:
    """
    Read a change. What it does not hold is not changed.
    """
    members = _object(body, "$")
    return Change(
        changes=read_members(members.get("changes", {}), model, "$.changes"),
        expected=read_members(members.get("expected", {}), model, "$.expected"),
        reference=_reference(members),
    )


def to_reference(value: object) -> str:
    """
    Take a reference posgo writes: 1 to 100 printable ASCII characters without blanks.

    Raises:
        ModelError: For anything else.
    """
    if isinstance(value, str) and _REFERENCE.fullmatch(value):
        return value
    raise ModelError("a reference is a text of 1 to 100 printable ASCII characters without blanks")


def _reference(members: Mapping[str, Any]) -> str | None:
    given = members.get("reference")
    try:
        return None if given is None else to_reference(given)
    except ModelError as error:
        raise WireFormatError("$.reference", str(error)) from error
