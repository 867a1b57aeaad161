"""
How members of Go's JSON become fields of models: names, types and what null means.

Answers are read tolerantly where Go may grow (unknown members are dropped,
unknown enum members survive as text, null and absent are the same) and
strictly where a wrong value would reach the books: a text is no number and a
fraction is no id.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, override

from posgo.exceptions import ModelError, WireFormatError
from posgo.models.records import Record

__all__ = [
    "Member",
    "member_names",
    "members",
    "pascal",
    "structure",
    "structure_rows",
    "to_date",
    "to_decimal",
    "to_instant",
]

T = TypeVar("T")


def pascal(name: str) -> str:
    """
    Name a field as Go does: ``posting_date`` is ``PostingDate``.
    """
    return "".join(part.capitalize() for part in name.split("_"))


@attrs.frozen
class Member:
    """
    How one field stands in the JSON when not simply in PascalCase.

    Attributes:
        name: Name of the member.
        read: Turns its value into the field's, instead of what the field's type would do.
    """

    name: str
    read: Callable[[Any], Any] | None = None


def _problem(expected: str, value: object) -> ModelError:
    # Values may be personal data; their type is enough to find the fault.
    found = {bool: "true or false", str: "a text", dict: "an object", list: "a list", type(None): "null"}
    return ModelError(f"{expected} expected, but there is {found.get(type(value), 'a number')}")


def _integer(value: object, _type: object) -> int:
    if type(value) is int:
        return value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    raise _problem("a whole number", value)


def to_decimal(value: object, _type: object = None) -> Decimal:
    """
    Read a number.
    """
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    raise _problem("a number", value)


def _text(value: object, _type: object) -> str:
    if isinstance(value, str):
        return value
    raise _problem("a text", value)


def _truth(value: object, _type: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _problem("true or false", value)


def to_date(value: object, _type: object = None) -> date:
    """
    Read a date. Go sometimes lets a time part follow; it carries no meaning.
    """
    try:
        return date.fromisoformat(_text(value, str)[:10])
    except ValueError as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError("a date YYYY-MM-DD expected, but there is another text") from error


def to_instant(value: object, _type: object = None) -> datetime:
    """
    Read a timestamp as UTC. Go writes a blank or a ``T`` between date and time; without an offset it is UTC.
    """
    try:
        instant = datetime.fromisoformat(_text(value, str))
        if instant.tzinfo is UTC:
            return instant
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError("a timestamp expected, but there is another text") from error


_MEMBERS: dict[type, Mapping[str, Member]] = {}
_REQUIRED: dict[type, tuple[str, ...]] = {}


def members(model: type, required: Iterable[str] = (), **named: str | Member) -> None:
    """
    State how a model's fields are called in the JSON, where PascalCase does not say it.

    Args:
        model: The model.
        required: Fields that answers must hold although the model has a default for them.
        named: Names by field.
    """
    _MEMBERS[model] = {
        field: member if isinstance(member, Member) else Member(member) for field, member in named.items()
    }
    _REQUIRED[model] = tuple(member_name(model, field) for field in required)


def member_name(model: type, field: str) -> str:
    """
    Name a field of a model as Go does.
    """
    member = _MEMBERS.get(model, {}).get(field)
    return member.name if member else pascal(field)


def _without_none(annotation: Any) -> Any:
    """
    What a field holds when it is not None: nulls never reach the reading of a field.
    """
    held = [one for one in get_args(annotation) if one is not NoneType]
    return held[0] if isinstance(annotation, UnionType) and len(held) == 1 else annotation


def _override(model: type, field: "attrs.Attribute[Any]", converter: cattrs.Converter) -> Any:
    member = _MEMBERS.get(model, {}).get(field.name)
    read = member.read if member else None
    if read is None:
        hook = converter.get_structure_hook(_without_none(field.type))
        return override(rename=member_name(model, field.name), struct_hook=hook)
    return override(rename=member_name(model, field.name), struct_hook=lambda value, _type: read(value))


def _reader_of(converter: cattrs.Converter) -> Callable[[type], Callable[[Any, Any], Any]]:
    def build(model: type) -> Callable[[Any, Any], Any]:
        overrides: dict[str, Any] = {
            field.name: _override(model, field, converter) for field in attrs.fields(model)
        }
        read_members: Callable[[Any, Any], Any] = make_dict_structure_fn(model, converter, **overrides)

        def read_object(value: Any, _type: Any) -> Any:
            if not isinstance(value, dict):
                raise _problem("an object", value)
            # Null and absent mean the same: the field's default. Most members
            # of Go's objects are no field of ours, so only ours are looked at.
            given = {name: member for name in wanted if (member := value.get(name)) is not None}
            for name in required:
                if name not in given:
                    raise KeyError(name)
            return read_members(given, model)

        wanted = tuple(member_name(model, field.name) for field in attrs.fields(model))
        required = _REQUIRED.get(model, ())
        return read_object

    return build


def _converter(*, detailed: bool) -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=detailed, prefer_attrib_converters=False)
    converter.register_structure_hook_factory(attrs.has, _reader_of(converter))
    for type_, hook in (
        (int, _integer),
        (Decimal, to_decimal),
        (str, _text),
        (bool, _truth),
        (date, to_date),
        (datetime, to_instant),
    ):
        converter.register_structure_hook(type_, hook)
    return converter


# The quick one reads; the careful one reads again, only to say where the fault is.
_QUICK = _converter(detailed=False)
_CAREFUL = _converter(detailed=True)
_FAULTS = (KeyError, ValueError, TypeError, InvalidOperation)


def _say(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "the member is missing"
    if isinstance(error, ModelError):
        return re.sub(r"'[^']*'|\"[^\"]*\"", "the value", str(error))
    return "the value has the wrong type"


def _locate(error: BaseException, path: str) -> tuple[str, str]:
    while isinstance(error, cattrs.BaseValidationError):
        inner = error.exceptions[0]
        note = next((n for n in getattr(inner, "__notes__", ()) if hasattr(n, "type")), None)
        if isinstance(note, cattrs.AttributeValidationNote):
            owner = getattr(error, "cl", None)
            path += "." + (member_name(owner, note.name) if isinstance(owner, type) else pascal(note.name))
        elif isinstance(note, cattrs.IterableValidationNote):
            path += f"[{note.index}]"
        error = inner
    if isinstance(error, KeyError) and error.args:
        member = str(error.args[0])
        path = path if path.endswith(f".{member}") else f"{path}.{member}"
    return path, _say(error) if isinstance(error, Exception) else "unreadable"


def structure(value: Any, model: type[T], path: str = "$") -> T:
    """
    Read a parsed JSON value as a model.

    Raises:
        WireFormatError: With the path of the first fault, such as ``$.VoucherNo``.
    """
    try:
        return _QUICK.structure(value, model)
    except _FAULTS as fault:
        try:
            _CAREFUL.structure(value, model)
        except (*_FAULTS, cattrs.BaseValidationError) as located:
            raise WireFormatError(*_locate(located, path)) from fault
        raise


def structure_rows(value: Any, model: type[T]) -> tuple[T, ...]:
    """
    Read a parsed JSON list as models, faults told as ``$[3].VoucherNo``.
    """
    read: Callable[[Any, Any], T] = _QUICK.get_structure_hook(model)
    return _each(value, lambda row: read(row, model), lambda row, path: structure(row, model, path))


def _each(value: Any, quick: Callable[[Any], T], careful: Callable[[Any, str], T]) -> tuple[T, ...]:
    if not isinstance(value, list):
        raise WireFormatError("$", str(_problem("a list", value)))
    try:
        return tuple([quick(row) for row in value])
    except _FAULTS:
        return tuple(careful(row, f"$[{index}]") for index, row in enumerate(value))


@attrs.frozen(kw_only=True)
class _Keys:
    # What a record holds beside its value.
    id: int
    changed_at: datetime | None = None
    reference: str | None = None


members(_Keys, changed_at="LastChangedDateTimeOffset", reference="ExternalImportReference")


def structure_record(value: Any, model: type[T], path: str = "$") -> Record[T]:
    """
    Read a parsed JSON object as a record: the value, its id, its stamp and its reference.
    """
    keys, read = structure(value, _Keys, path), structure(value, model, path)
    return Record(id=str(keys.id), value=read, changed_at=keys.changed_at, reference=keys.reference)


def structure_records(value: Any, model: type[T]) -> tuple[Record[T], ...]:
    """
    Read a parsed JSON list as records.
    """
    read_value: Callable[[Any, Any], T] = _QUICK.get_structure_hook(model)

    def quick(row: Any) -> Record[T]:
        value = read_value(row, model)
        changed_at, reference = row.get("LastChangedDateTimeOffset"), row.get("ExternalImportReference")
        return Record(
            id=str(_integer(row["Id"], int)),
            value=value,
            changed_at=None if changed_at is None else to_instant(changed_at),
            reference=None if reference is None else _text(reference, str),
        )

    return _each(value, quick, lambda row, at: structure_record(row, model, at))


def member_names(model: type, fields: Iterable[str]) -> tuple[str, ...]:
    """
    Name fields of a model as Go does.

    Raises:
        ModelError: For a name that is no field of the model.
    """
    known = {field.name for field in attrs.fields(model)}
    wanted = tuple(dict.fromkeys(fields))
    if unknown := [name for name in wanted if name not in known]:
        raise ModelError(f"{model.__name__} has no field {unknown[0]!r}; it has {', '.join(sorted(known))}")
    return tuple(member_name(model, name) for name in wanted)
