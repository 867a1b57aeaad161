"""
Models as the JSON of the POS contract, and back: one rule per type, none per model.

Members are named as the fields are. Amounts and quantities are texts
(``"12.50"``), because JSON readers turn numbers into floats and floats lose
øre. Days are ``YYYY-MM-DD``, instants RFC 3339 with an offset. A member that
is absent or null stands for the field's default, and unknown members are
passed over, so that either side may grow first.
"""

import enum
import itertools
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from posgo.exceptions import ModelError, WireFormatError
from posgo.models.pos import ZReport

__all__ = ["canonical", "read", "read_members", "to_json", "write_members"]

T = TypeVar("T")

_Read = Callable[[Any], Any]

_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
# A value quoted in an error may be personal data; the path is enough to find it.
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
# What posgo finds about a report is not for the POS to say.
_UNIONS = {types.UnionType, typing.Union}
_PLAIN = {str, int, bool}
_UNSAID: Mapping[Any, frozenset[str]] = {ZReport: frozenset({"findings"})}


class _MisfitError(Exception):
    """
    Something is not as agreed. Grows its path while it travels outwards.
    """

    def __init__(self, problem: str, path: str = "") -> None:
        self.problem = problem
        self.path = path
        super().__init__(problem)

    def inside(self, part: str) -> "_MisfitError":
        return _MisfitError(self.problem, part + self.path)


def _expected(what: str, value: object) -> _MisfitError:
    found = {
        bool: "true or false",
        str: "another text",
        dict: "an object",
        list: "a list",
        type(None): "null",
    }
    return _MisfitError(f"{what} expected, but there is {found.get(type(value), 'a number')}")


# -- reading -----------------------------------------------------------------


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _expected("a text", value)
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise _expected("a whole number", value)
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _expected("true or false", value)
    return value


def _number(value: Any) -> Decimal:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise _expected('a number written as a text, such as "12.50",', value)
    return Decimal(value)


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # Such as the 30th of February: refused like any other text.
    raise _expected("a day YYYY-MM-DD", value)


def _instant(value: Any) -> datetime:
    try:
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # No such day or hour, or beyond the calendar.
    raise _expected("an instant with an offset, such as 2026-03-14T23:55:00+01:00,", value)


_SCALARS: Mapping[Any, _Read] = {
    str: _text,
    int: _whole,
    bool: _truth,
    Decimal: _number,
    date: _day,
    datetime: _instant,
}


# Readers are made once per type; what they are made from never changes.
_readers: dict[Any, _Read] = {}
_known_fields: dict[Any, tuple["attrs.Attribute[Any]", ...]] = {}


def _reader(kind: Any) -> _Read:
    if kind not in _readers:
        _readers[kind] = _new_reader(kind)
    return _readers[kind]


def _new_reader(kind: Any) -> _Read:
    if kind in _SCALARS:
        return _SCALARS[kind]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in _UNIONS:
        return _optional(_reader(_present(kind)))
    if origin is tuple:
        return _list_of(_reader(inner[0])) if inner[1] is ... else _row_of([_reader(one) for one in inner])
    if issubclass(kind, enum.Enum):
        return _one_of(kind)
    return _object(kind)


def _present(kind: Any) -> Any:
    """
    The type of a value that is known not to be null.
    """
    if typing.get_origin(kind) not in _UNIONS:
        return kind
    (some,) = (one for one in typing.get_args(kind) if one is not types.NoneType)
    return some


def _optional(some: _Read) -> _Read:
    return lambda value: None if value is None else some(value)


def _each(readers: Iterable[_Read], values: list[Any]) -> tuple[Any, ...]:
    read: list[Any] = []
    try:
        for reader, value in zip(readers, values, strict=False):
            read.append(reader(value))
    except _MisfitError as misfit:
        raise misfit.inside(f"[{len(read)}]") from misfit
    return tuple(read)


def _list_of(item: _Read) -> _Read:
    def read_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _expected("a list", value)
        return _each(itertools.repeat(item), value)

    return read_list


def _row_of(items: list[_Read]) -> _Read:
    def read_row(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(items):
            raise _expected(f"a list of {len(items)}", value)
        return _each(items, value)

    return read_row


def _one_of(kind: type[enum.Enum]) -> _Read:
    known = {member.value: member for member in kind}

    def read_member(value: Any) -> enum.Enum:
        if not isinstance(value, str) or value not in known:
            raise _expected(f"one of {', '.join(known)}", value)
        return known[value]

    return read_member


def _fields(model: Any) -> tuple["attrs.Attribute[Any]", ...]:
    if model not in _known_fields:
        unsaid = _UNSAID.get(model, frozenset())
        _known_fields[model] = tuple(field for field in attrs.fields(model) if field.name not in unsaid)
    return _known_fields[model]


def _converted(field: "attrs.Attribute[Any]", value: Any) -> Any:
    converter: Any = field.converter
    return value if converter is None else converter(value)


def _object(model: type) -> _Read:
    readers = {field.name: _reader(_present(field.type)) for field in _fields(model)}
    required = [field.name for field in _fields(model) if field.default is attrs.NOTHING]

    def read_object(value: Any) -> Any:
        given = _given(value, readers)
        for name in required:
            if name not in given:
                raise _MisfitError("the member is missing", f".{name}")
        return _built(model, given)

    return read_object


def _given(value: Any, readers: Mapping[str, _Read], *, nulls: bool = False) -> dict[str, Any]:
    """
    The known members of an object, read; those that are null only if ``nulls`` mean something.
    """
    if not isinstance(value, dict):
        raise _expected("an object", value)
    given: dict[str, Any] = {}
    name = ""
    try:
        for name, member in value.items():
            if name in readers and (nulls or member is not None):
                given[name] = readers[name](member)
    except _MisfitError as misfit:
        raise misfit.inside(f".{name}") from misfit
    return given


def _built(model: type, given: dict[str, Any]) -> Any:
    try:
        return model(**given)
    except ModelError as error:
        raise _MisfitError(_QUOTED.sub("the value", str(error)), _culprit(model, given)) from error


def _culprit(model: type, given: Mapping[str, Any]) -> str:
    """
    The path of the field whose converter refuses; blank if only the whole is wrong.
    """
    for field in _fields(model):
        try:
            if field.name in given:
                _converted(field, given[field.name])
        except ModelError:
            return f".{field.name}"
    return ""


def read(value: Any, model: type[T], path: str = "$") -> T:
    """
    Read a parsed JSON value as a model.

    Raises:
        WireFormatError: With the path of the first fault, such as ``$.lines[2].quantity``.
    """
    try:
        result: T = _reader(model)(value)
    except _MisfitError as misfit:
        raise WireFormatError(path + misfit.path, misfit.problem) from misfit
    return result


def read_members(value: Any, model: type, path: str = "$") -> dict[str, Any]:
    """
    Read some members of a model, such as those of a change. Null is a value here: it blanks the field.

    Unknown members are passed over.

    Raises:
        WireFormatError: With the path of the first fault.
    """
    readers = {field.name: _member_reader(field) for field in _fields(model)}
    try:
        return _given(value, readers, nulls=True)
    except _MisfitError as misfit:
        raise WireFormatError(path + misfit.path, misfit.problem) from misfit


def _member_reader(field: "attrs.Attribute[Any]") -> _Read:
    def read_member(value: Any) -> Any:
        given = _reader(field.type)(value)
        try:
            return _converted(field, given)
        except ModelError as error:
            raise _MisfitError(_QUOTED.sub("the value", str(error))) from error

    return read_member


# -- writing -----------------------------------------------------------------


def to_json(value: Any) -> Any:
    """
    Write a model, or what stands in one, as JSON. What is None is left out of objects.
    """
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    named = ((field.name, getattr(value, field.name)) for field in _fields(type(value)))
    return {name: to_json(member) for name, member in named if member is not None}


def canonical(members: Mapping[str, Any], model: type) -> dict[str, Any]:
    """
    Write some members of a model the one way the model writes them.

    Raises:
        ModelError: For a name that is no field of the model, and for a value it cannot hold.
    """
    fields = {field.name: field for field in _fields(model)}
    if unknown := sorted(members.keys() - fields.keys()):
        raise ModelError(f"{model.__name__} has no field {unknown[0]!r}; it has {', '.join(fields)}")
    return {name: _checked(fields[name], value, model) for name, value in members.items()}


def _checked(field: "attrs.Attribute[Any]", value: Any, model: Any) -> Any:
    converted = _converted(field, value)
    if field.validator is not None:
        # Validators name the model in their sentence; they look at nothing else of it.
        field.validator(model.__new__(model), field, converted)
    return converted


def write_members(members: Mapping[str, Any], model: type) -> dict[str, Any]:
    """
    Write some members of a model, such as those of a change. None is written as null.

    Raises:
        ModelError: As for :func:`canonical`.
    """
    return {name: to_json(value) for name, value in canonical(members, model).items()}
