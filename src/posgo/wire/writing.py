"""
From models to bodies: what is created, and what is changed.
"""

import datetime as dt
import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from posgo.exceptions import ModelError
from posgo.wire.model import member_name

__all__ = ["Change", "changes", "kept_old_value", "post_body", "unchanged", "without_none", "writable"]

_POSTED: dict[type, tuple[str, ...]] = {}
_PATCHED: dict[type, tuple[str, ...]] = {}
_WRITERS: dict[type, Callable[[Any], dict[str, Any] | None]] = {}


def writable(
    model: type,
    *fields: str,
    post_only: Iterable[str] = (),
    writer: Callable[[Any], dict[str, Any] | None] | None = None,
) -> None:
    """
    State which fields of a model Go lets us set.

    Args:
        model: The model.
        fields: Set when created and changed later.
        post_only: Set when created, never changed.
        writer: Writes the whole value, where the fields alone do not say it; None leaves it out.
    """
    _PATCHED[model] = fields
    _POSTED[model] = (*fields, *post_only)
    if writer is not None:
        _WRITERS[model] = writer


def without_none(body: Mapping[str, Any]) -> dict[str, Any]:
    """
    Leave out what is not said: Go takes an omitted member as its default, and null not everywhere.
    """
    return {name: member for name, member in body.items() if member is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return post_body(value) if attrs.has(type(value)) else value


def _members(value: Any, fields: Iterable[str]) -> dict[str, Any]:
    model = type(value)
    return {member_name(model, field): _plain(getattr(value, field)) for field in fields}


def post_body(value: Any) -> dict[str, Any] | None:
    """
    Write a value to be created; what is None is left out.
    """
    writer = _WRITERS.get(type(value))
    return writer(value) if writer else without_none(_members(value, _POSTED[type(value)]))


@attrs.frozen
class Change:
    """
    One field of a change.

    Attributes:
        path: JSON pointer, such as ``/MailAddress/City``.
        old: What it was believed to be.
        new: What it shall be.
    """

    path: str
    old: Any
    new: Any

    @property
    def operation(self) -> dict[str, Any]:
        """
        The change as an operation of a JSON patch.
        """
        if self.new is None and isinstance(self.old, dict):
            # An object may be gone, but not null.
            return {"op": "remove", "path": self.path}
        return {"op": "replace", "path": self.path, "value": self.new}


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterable[Change]:
    for name in new:
        before, after = old.get(name), new[name]
        path = f"{prefix}/{name}"
        if isinstance(before, dict) and isinstance(after, dict):
            missing: dict[str, Any] = dict.fromkeys(before)
            yield from _differences(before, {**missing, **after}, path)
        elif before != after:
            yield Change(path, before, after)


def changes(old: Any, new: Any) -> tuple[Change, ...]:
    """
    Say what differs between two values of one model, in fields Go lets us change.

    Raises:
        ModelError: If the values are of different things, or differ in what cannot be changed.
    """
    model = type(old)
    if type(new) is not model:
        raise ModelError(f"{type(new).__name__} cannot replace {model.__name__}")
    fields = _PATCHED[model]
    fixed = [
        name for name in _POSTED[model] if name not in fields and getattr(old, name) != getattr(new, name)
    ]
    if fixed:
        raise ModelError(f"{model.__name__}.{fixed[0]} cannot be changed in Go")
    if getattr(old, "id", None) != getattr(new, "id", None):
        raise ModelError(f"the two values of {model.__name__} have different ids")
    return tuple(_differences(_members(old, fields), _members(new, fields)))


def _normal(value: Any) -> Any:
    # Go trims texts and formats telephone numbers and organisation numbers its own way.
    if isinstance(value, str):
        return "".join(value.split()).casefold() or None
    return value


def _at(body: Any, path: str) -> Any:
    for name in path.strip("/").split("/"):
        found = body if isinstance(body, dict) else {}
        body = next((value for key, value in found.items() if key.casefold() == name.casefold()), None)
    return body


def kept_old_value(asked: Iterable[Change], answer: Any) -> tuple[str, ...]:
    """
    Name the fields that still have their old value in the changed object.

    Go has been seen to answer a change with success and to ignore it.
    """
    return tuple(
        change.path
        for change in asked
        if _normal(_at(answer, change.path)) != _normal(change.new)
        and _agrees(_at(answer, change.path), change.old)
    )


def unchanged(path: str, body: Any) -> Iterable[dict[str, Any]]:
    """
    Operations of a JSON patch that test whether a member still says what an object said when it was read.

    Args:
        path: JSON pointer.
        body: The object, as Go answered it.
    """
    value = _at(body, path)
    if isinstance(value, dict):
        for name in value:
            yield from unchanged(f"{path}/{name}", body)
    elif not isinstance(value, list):
        yield {"op": "test", "path": path, "value": value}


def _agrees(found: Any, old: Any) -> bool:
    if isinstance(found, dict) and isinstance(old, dict):
        return all(_normal(found.get(name)) == _normal(value) for name, value in old.items())
    return bool(_normal(found) == _normal(old))
