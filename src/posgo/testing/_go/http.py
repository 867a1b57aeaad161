"""
Requests as Go reads them, and the shapes of its refusals.
"""

from collections.abc import Mapping
from typing import Any, NoReturn
from uuid import UUID

import attrs

from posgo.exceptions import WireFormatError
from posgo.testing._http.messages import ConnectionCutError, Received as AnyReceived, RefusalError, Reply
from posgo.wire.json import loads

__all__ = [
    "ConnectionCutError",
    "Received",
    "RefusalError",
    "Reply",
    "bad_request",
    "conflict",
    "gateway",
    "not_found",
    "referenced_not_found",
]


def _problem(status: int, title: str, detail: str | None, errors: Mapping[str, list[str]] | None) -> NoReturn:
    # Documented in PascalCase, answered in lower case.
    body = {"title": title, "status": status, "detail": detail, "errors": errors}
    raise RefusalError(Reply.of({name: value for name, value in body.items() if value is not None}, status))


def bad_request(
    title: str, detail: str | None = None, errors: Mapping[str, list[str]] | None = None
) -> NoReturn:
    """
    Refuse with 400.
    """
    _problem(400, title, detail, errors)


def not_found(detail: str) -> NoReturn:
    """
    Refuse with Go's own 404: the object in the path does not exist.
    """
    _problem(404, "Not found", detail, None)


def referenced_not_found(detail: str) -> NoReturn:
    """
    Refuse because something the body names does not exist.
    """
    _problem(404, "Object(s) not found", detail, None)


def conflict(title: str, detail: str) -> NoReturn:
    """
    Refuse because the object is in use.
    """
    _problem(409, title, detail, None)


def gateway(status: int, message: str, **headers: str) -> Reply:
    """
    What the gateway in front of Go answers.
    """
    return Reply.of({"statusCode": status, "message": message}, status, **headers)


@attrs.frozen(kw_only=True)
class Received(AnyReceived):
    """
    A request FakeGo received.

    Its path is what stands below ``/v2``, or ``/OAuth/Token`` for the token.
    """

    def asked(self, name: str) -> str | None:
        """
        One query value, by name in any case; None if absent or blank: Go ignores blank filters.
        """
        values = (value for key, value in self.query.items() if key.casefold() == name.casefold())
        return next(values, "").strip() or None

    def json(self) -> Any:
        """
        The body, parsed.
        """
        try:
            return loads(self.content)
        except WireFormatError as error:
            bad_request("One or more validation errors occurred.", None, {"$": [str(error)]})

    @property
    def id(self) -> Any:
        """
        The path's ``{id}``.
        """
        return self.parameters["id"]


def path_value(kind: str, text: str) -> int | str | None:
    """
    Read a value of a path; None if it is of another kind.
    """
    if kind == "int":
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
        return number if number is not None and number < 2**63 else None
    try:
        return str(UUID(text))
    except ValueError:
        return None
