"""
The calls of the POS contract over HTTP, each stated once.
"""

import io
from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from posgo import saft
from posgo.clients.calls import POS, Answer, BodyKind, Call, Query
from posgo.clients.pos.protocol import Thing
from posgo.exceptions import FileFormatError, ModelError, WireFormatError
from posgo.models._checks import text
from posgo.models.feeds import Feed
from posgo.models.pos import ZReport
from posgo.models.records import Record
from posgo.wire.json import loads
from posgo.wire.pos import (
    COLLECTIONS,
    Change,
    change_json,
    creation_json,
    read_feed,
    read_record,
    read_z_reports,
    to_reference,
)

__all__ = ["changes", "create", "fetch", "find", "update", "z_reports"]

T = TypeVar("T")

_JSON = "application/json"
_SAF_T = ("application/xml", "text/xml")


@attrs.frozen(kw_only=True, repr=False)
class _PosCall(Call[T]):
    root: str = ""
    system: str = POS


def _collection(type: type) -> str:  # noqa: A002
    try:
        return f"/{COLLECTIONS[type]}"
    except KeyError:
        raise ModelError("a POS keeps Customer, Product and Order; Z-reports are final") from None


def _segment(name: str, value: str) -> dict[str, str]:
    # Servers and proxies read a segment of dots as a way up, encoded or not.
    said = text(value)
    if not said.strip("."):
        raise ModelError(f"{name} must hold more than dots")
    return {name: said}


def _position(cursor: str | None, page_size: int) -> Query:
    limit = ("limit", str(page_size))
    return (limit,) if cursor is None else (("cursor", cursor), limit)


def changes(type: type[Thing], cursor: str | None, page_size: int) -> Call[Feed[Record[Thing]]]:  # noqa: A002
    """
    State :meth:`posgo.PointOfSale.changes`.
    """
    return _PosCall(
        method="GET",
        path=_collection(type),
        query=_position(cursor, page_size),
        decode=lambda answer: read_feed(loads(answer.content), type),
    )


def fetch(type: type[Thing], id: str) -> Call[Record[Thing]]:  # noqa: A002
    """
    State :meth:`posgo.PointOfSale.fetch`.
    """
    return _PosCall(
        method="GET",
        path=f"{_collection(type)}/{{id}}",
        parameters=_segment("id", id),
        decode=lambda answer: read_record(loads(answer.content), type),
    )


def find(type: type[Thing], reference: str) -> Call[Record[Thing]]:  # noqa: A002
    """
    State :meth:`posgo.PointOfSale.find`.
    """
    return _PosCall(
        method="GET",
        path=f"{_collection(type)}/by-reference/{{reference}}",
        parameters=_segment("reference", to_reference(reference)),
        decode=lambda answer: read_record(loads(answer.content), type),
    )


def create(value: Thing, reference: str) -> Call[Record[Thing]]:
    """
    State :meth:`posgo.PointOfSale.create`. The reference makes it safe to repeat.
    """
    model = type(value)
    return _PosCall(
        method="POST",
        path=_collection(model),
        body=creation_json(value, to_reference(reference)),
        body_kind=BodyKind.JSON,
        decode=lambda answer: read_record(loads(answer.content), model),
    )


def update(
    type: type[Thing],  # noqa: A002
    id: str,  # noqa: A002
    changes: Mapping[str, Any],
    expected: Mapping[str, Any] | None,
    reference: str | None,
) -> Call[Record[Thing]]:
    """
    State :meth:`posgo.PointOfSale.update`. Twice does what once does.
    """
    change = Change(
        changes=changes,
        expected=expected or {},
        reference=None if reference is None else to_reference(reference),
    )
    return _PosCall(
        method="PATCH",
        path=f"{_collection(type)}/{{id}}",
        parameters=_segment("id", id),
        body=change_json(change, type),
        body_kind=BodyKind.JSON,
        decode=lambda answer: read_record(loads(answer.content), type),
    )


def z_reports(cursor: str | None, page_size: int) -> Call[Feed[ZReport]]:
    """
    State :meth:`posgo.PointOfSale.z_reports`. The POS answers in JSON or with a SAF-T file.
    """
    return _PosCall(
        method="GET",
        path="/z-reports",
        query=_position(cursor, page_size),
        accept=", ".join((_JSON, *_SAF_T)),
        decode=_read_z_reports,
    )


def _read_z_reports(answer: Answer) -> Feed[ZReport]:
    media = answer.headers.get("content-type", "").partition(";")[0].strip().casefold()
    return _read_saf_t(answer) if media in _SAF_T else read_z_reports(loads(answer.content))


def _read_saf_t(answer: Answer) -> Feed[ZReport]:
    # A file has no room for the position; it stands in the headers.
    try:
        reports = saft.read(io.BytesIO(answer.content)).z_reports
    except FileFormatError as error:
        raise WireFormatError("$", str(error)) from error
    try:
        return Feed(
            items=reports,
            cursor=answer.headers.get("pos-cursor", ""),
            more=_header_flag(answer, "pos-more"),
            from_start=_header_flag(answer, "pos-from-start"),
        )
    except ModelError as error:
        raise WireFormatError("Pos-Cursor", str(error)) from error


def _header_flag(answer: Answer, name: str) -> bool:
    said = answer.headers.get(name, "false").strip().casefold()
    if said not in {"true", "false"}:
        raise WireFormatError(name, "true or false expected")
    return said == "true"
