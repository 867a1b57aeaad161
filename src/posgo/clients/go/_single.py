"""
Calls about one object: read, create, delete.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from posgo.clients.calls import Answer, BodyKind, Call, Repeat
from posgo.wire.json import loads
from posgo.wire.model import structure

__all__ = ["create", "decode_nothing", "delete", "read"]

T = TypeVar("T")


def decode_nothing(_answer: Answer) -> None:
    """
    Take any success as done.
    """


def read(
    path: str,
    model: type[T],
    *,
    roles: tuple[str, ...],
    parameters: Mapping[str, object] | None = None,
    query: tuple[tuple[str, str], ...] = (),
) -> Call[T]:
    """
    State the reading of one object.
    """
    return Call(
        method="GET",
        path=path,
        parameters={name: str(value) for name, value in (parameters or {}).items()},
        query=query,
        roles=roles,
        decode=lambda answer: structure(loads(answer.content), model),
    )


def create(
    path: str,
    model: type[T],
    body: Any,
    *,
    roles: tuple[str, ...],
    parameters: Mapping[str, object] | None = None,
) -> Call[T]:
    """
    State the creation of one object. In doubt it is looked up, never repeated.
    """
    return Call(
        method="POST",
        path=path,
        parameters={name: str(value) for name, value in (parameters or {}).items()},
        body=body,
        body_kind=BodyKind.JSON,
        repeat=Repeat.AFTER_LOOK_UP,
        roles=roles,
        decode=lambda answer: structure(loads(answer.content), model),
    )


def delete(path: str, *, roles: tuple[str, ...], parameters: Mapping[str, object]) -> Call[None]:
    """
    State a deletion. In doubt it is not repeated: the second try would find nothing and look like a mistake.
    """
    return Call(
        method="DELETE",
        path=path,
        parameters={name: str(value) for name, value in parameters.items()},
        repeat=Repeat.AFTER_LOOK_UP,
        roles=roles,
        decode=decode_nothing,
    )
