"""
Calls about one object: read, create, change, delete.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from posgo.clients.calls import Answer, BodyKind, Call, Query, Repeat
from posgo.exceptions import PatchIgnoredError
from posgo.procedure import Procedure, ask
from posgo.wire.json import loads
from posgo.wire.model import structure
from posgo.wire.writing import Change, changes, kept_old_value, post_body, unchanged

__all__ = ["create", "decode_nothing", "delete", "post", "read", "update"]

T = TypeVar("T")

Reader = Callable[[Any], T]
"""Turns a parsed answer into a result."""


def decode_nothing(_answer: Answer) -> None:
    """
    Take any success as done.
    """


def _texts(parameters: Mapping[str, object] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (parameters or {}).items()}


def _reader(model: type[T] | Reader[T]) -> Reader[T]:
    return (lambda value: structure(value, model)) if isinstance(model, type) else model


def read(
    path: str,
    model: type[T] | Reader[T],
    *,
    roles: tuple[str, ...],
    parameters: Mapping[str, object] | None = None,
    query: Query = (),
) -> Call[T]:
    """
    State the reading of one object.
    """
    reader = _reader(model)
    return Call(
        method="GET",
        path=path,
        parameters=_texts(parameters),
        query=query,
        roles=roles,
        decode=lambda answer: reader(loads(answer.content)),
    )


def post(
    path: str,
    model: type[T] | Reader[T],
    body: Any,
    *,
    roles: tuple[str, ...],
    parameters: Mapping[str, object] | None = None,
) -> Call[T]:
    """
    State a POST. In doubt it is looked up, never repeated.
    """
    reader = _reader(model)
    return Call(
        method="POST",
        path=path,
        parameters=_texts(parameters),
        body=body,
        body_kind=BodyKind.JSON,
        repeat=Repeat.AFTER_LOOK_UP,
        roles=roles,
        decode=lambda answer: reader(loads(answer.content)),
    )


def create(
    path: str, value: T, *, roles: tuple[str, ...], parameters: Mapping[str, object] | None = None
) -> Call[T]:
    """
    State the creation of a value, which comes back as Go made it.
    """
    return post(path, type(value), post_body(value), roles=roles, parameters=parameters)


def delete(path: str, *, roles: tuple[str, ...], parameters: Mapping[str, object]) -> Call[None]:
    """
    State a deletion. In doubt it is not repeated: the second try would find nothing and look like a mistake.
    """
    return Call(
        method="DELETE",
        path=path,
        parameters=_texts(parameters),
        repeat=Repeat.AFTER_LOOK_UP,
        roles=roles,
        decode=decode_nothing,
    )


def _raw(answer: Answer) -> Any:
    return loads(answer.content) if answer.content else None


def update(
    path: str,
    model: type[T] | Reader[T],
    *,
    old: Any,
    new: Any,
    read_roles: tuple[str, ...],
    write_roles: tuple[str, ...],
    parameters: Mapping[str, object],
    extra: tuple[Change, ...] = (),
    seen: Callable[[T], None] | None = None,
    guard: bool = False,
) -> Procedure[T]:
    """
    Change the fields that differ, and compare what Go answers with what was asked.

    Sends nothing but a read if nothing differs. With ``seen`` the object is
    read first and shown to it, which raises if it is not as expected; Go is
    then told to refuse the change if somebody was faster. ``guard`` tells it
    so without reading: ``old`` was read a moment ago.

    Raises:
        PatchIgnoredError: If fields kept their old value.
    """
    asked = (*changes(old, new), *extra)
    fetch: Call[Any] = read(path, _identity, roles=read_roles, parameters=parameters)
    tests = [{"op": "test", "path": change.path, "value": change.old} for change in asked if guard]
    if asked and seen is not None:
        now = yield from ask(fetch)
        seen(_reader(model)(now))
        tests = [test for change in asked for test in unchanged(change.path, now)]
    patch: Call[Any] = Call(
        method="PATCH",
        path=path,
        parameters=_texts(parameters),
        body=[*tests, *(change.operation for change in asked)],
        body_kind=BodyKind.JSON_PATCH,
        # Replacing a value twice is replacing it once.
        repeat=Repeat.SAFE,
        roles=write_roles,
        decode=_raw,
    )
    answered = (yield from ask(patch)) if asked else None
    if answered is None:
        # Some resources answer a change without the object.
        answered = yield from ask(fetch)
    if ignored := kept_old_value(asked, answered):
        raise PatchIgnoredError(
            fields=ignored,
            method="PATCH",
            path=path,
            system=patch.system,
            may_have_happened=len(ignored) < len(asked),
            status=200,
        )
    return _reader(model)(answered)


def _identity(value: Any) -> Any:
    return value
