"""
The POS contract over HTTP, as FakePos serves it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import unquote

import attrs

from posgo.clients.pos.failures import Code
from posgo.exceptions import (
    ConflictError,
    DuplicateReferenceError,
    NotFoundError,
    PosgoError,
    WireFormatError,
)
from posgo.testing._http.messages import Received, RefusalError, Reply
from posgo.testing._pos.till import Till
from posgo.wire.json import loads
from posgo.wire.pos import COLLECTIONS, feed_json, read_change, read_creation, record_json
from posgo.wire.pos_values import to_json

__all__ = ["Door", "problem"]

_LARGEST_PAGE = 10_000
_MODELS = {name: model for model, name in COLLECTIONS.items()}
_TITLES = {
    Code.INVALID: "The request is not as agreed",
    Code.UNAUTHORIZED: "Who asks is not known",
    Code.NOT_FOUND: "There is no such record",
    Code.CHANGED_MEANWHILE: "Somebody else was faster",
    Code.REFERENCE_TAKEN: "The reference is taken",
    Code.METHOD_NOT_ALLOWED: "The path does not take this method",
}
_STATUSES = {
    Code.INVALID: 422,
    Code.UNAUTHORIZED: 401,
    Code.NOT_FOUND: 404,
    Code.CHANGED_MEANWHILE: 409,
    Code.REFERENCE_TAKEN: 409,
    Code.METHOD_NOT_ALLOWED: 405,
}


def problem(code: Code, detail: str | None = None, **headers: str) -> Reply:
    """
    Refuse as RFC 9457 has it.
    """
    body = {"type": "about:blank", "title": _TITLES[code], "status": _STATUSES[code], "code": code.value}
    reply = Reply.of(body if detail is None else {**body, "detail": detail}, _STATUSES[code], **headers)
    return attrs.evolve(reply, headers={**reply.headers, "Content-Type": "application/problem+json"})


def _refuse(code: Code, detail: str | None = None, **headers: str) -> NoReturn:
    raise RefusalError(problem(code, detail, **headers))


def _code(error: PosgoError) -> Code:
    match error:
        case NotFoundError():
            return Code.NOT_FOUND
        case DuplicateReferenceError():
            return Code.REFERENCE_TAKEN
        case ConflictError():
            return Code.CHANGED_MEANWHILE
        case _:
            return Code.INVALID


def _described(error: PosgoError) -> str:
    return (
        str(error)
        if isinstance(error, WireFormatError)
        else getattr(error, "detail", None) or "not a value it can hold"
    )


@attrs.frozen
class Door:
    """
    Turns requests into what the till does, and what it says into answers.

    Attributes:
        till: Who does it.
    """

    till: Till

    def template(self, path: str) -> str:
        """
        The path with its ids left out.
        """
        match _segments(path):
            case [name, "by-reference", _] if name in _MODELS:
                return f"/{name}/by-reference/{{reference}}"
            case [name, _] if name in _MODELS:
                return f"/{name}/{{id}}"
            case _:
                return path

    def answer(self, request: Received, page_size: int) -> Reply:
        """
        Answer a request from somebody who may ask.
        """
        try:
            return self._routed(request, page_size)
        except RefusalError as refusal:
            return refusal.reply
        except PosgoError as error:
            return problem(_code(error), _described(error))

    def _routed(self, request: Received, page_size: int) -> Reply:
        match _segments(request.path):
            case ["z-reports"]:
                answers: Mapping[str, Callable[[], Reply]] = {
                    "GET": lambda: self._z_reports(request, page_size)
                }
            case [name] if name in _MODELS:
                answers = {
                    "GET": lambda: self._changes(_MODELS[name], request, page_size),
                    "POST": lambda: self._create(_MODELS[name], request),
                }
            case [name, "by-reference", reference] if name in _MODELS:
                answers = {"GET": lambda: _found(self.till.find(_MODELS[name], reference))}
            case [name, id] if name in _MODELS:
                answers = {
                    "GET": lambda: _found(self.till.fetch(_MODELS[name], id)),
                    "PATCH": lambda: self._update(_MODELS[name], id, request),
                }
            case _:
                # No word of the contract: this is not one of its paths.
                return Reply(status=404)
        if request.method not in answers:
            _refuse(Code.METHOD_NOT_ALLOWED, Allow=", ".join(answers))
        return answers[request.method]()

    def _changes(self, model: type, request: Received, page_size: int) -> Reply:
        feed = self.till.changes(model, *_position(request, page_size))
        return Reply.of(feed_json(feed, "records", record_json))

    def _z_reports(self, request: Received, page_size: int) -> Reply:
        feed = self.till.z_reports(*_position(request, page_size))
        return Reply.of(feed_json(feed, "z_reports", to_json))

    def _create(self, model: type, request: Received) -> Reply:
        value: Any
        value, reference = read_creation(_body(request), model)
        status = 200 if self.till.find(model, reference) else 201
        return Reply.of(record_json(self.till.create(value, reference)), status)

    def _update(self, model: type, id: str, request: Received) -> Reply:  # noqa: A002
        change = read_change(_body(request), model)
        record = self.till.update(model, id, change.changes, change.expected, change.reference)
        return Reply.of(record_json(record))


def _segments(path: str) -> list[str]:
    return [unquote(segment) for segment in path.strip("/").split("/")]


def _found(record: Any) -> Reply:
    if record is None:
        _refuse(Code.NOT_FOUND)
    return Reply.of(record_json(record))


def _body(request: Received) -> Any:
    media = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if media != "application/json":
        _refuse(Code.INVALID, "a body of application/json is expected")
    return loads(request.content)


def _position(request: Received, page_size: int) -> tuple[str | None, int]:
    cursor, limit = request.query.get("cursor"), request.query.get("limit", str(page_size))
    if not limit.isascii() or not limit.isdigit() or len(limit) > 5 or not 1 <= int(limit) <= _LARGEST_PAGE:
        _refuse(Code.INVALID, f"limit is a whole number from 1 to {_LARGEST_PAGE}")
    return cursor, min(int(limit), page_size)
