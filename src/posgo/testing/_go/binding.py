"""
How Go binds bodies: names in any case, unknown members dropped in silence, wrong types refused.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from posgo.testing._go.http import bad_request

__all__ = [
    "Dto",
    "any_text",
    "instant",
    "int32",
    "int64",
    "list_of",
    "named",
    "nested",
    "number",
    "on_day",
    "one_of",
    "percentage",
    "text",
    "truth",
    "uuid",
]

Kind = Callable[[Any], Any]


class BindingError(Exception):
    """
    A member has the wrong type. Holds messages by path.
    """

    def __init__(self, problems: dict[str, list[str]]) -> None:
        self.problems = problems
        super().__init__(problems)


def _refuse(message: str) -> BindingError:
    return BindingError({"": [message]})


def _whole(bits: int) -> Kind:
    limit = 1 << (bits - 1)

    def bind(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise _refuse(f"The JSON value could not be converted to System.Int{bits}.")
        exact = Decimal(value)
        if not -limit <= exact < limit or exact != exact.to_integral_value():
            raise _refuse(f"The JSON value could not be converted to System.Int{bits}.")
        return int(exact)

    return bind


int32, int64 = _whole(32), _whole(64)


def number(value: Any) -> Decimal:
    """
    Bind a double.
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, Decimal))
        or abs(Decimal(value)) > Decimal("1e18")
    ):
        raise _refuse("The JSON value could not be converted to System.Double.")
    return Decimal(repr(float(value)))


def percentage(value: Any) -> int:
    """
    Bind a whole number from 0 to 100.
    """
    if not 0 <= int32(value) <= 100:
        raise _refuse("The field must be between 0 and 100.")
    return int(value)


def truth(value: Any) -> bool:
    """
    Bind a bool.
    """
    if not isinstance(value, bool):
        raise _refuse("The JSON value could not be converted to System.Boolean.")
    return value


def any_text(value: Any) -> str:
    """
    Bind a text of any length.
    """
    if not isinstance(value, str):
        raise _refuse("The JSON value could not be converted to System.String.")
    return value


def text(longest: int) -> Kind:
    """
    Bind a text up to a length.
    """

    def bind(value: Any) -> str:
        if len(any_text(value)) > longest:
            raise _refuse(f"The field must be a string with a maximum length of {longest}.")
        return str(value)

    return bind


def on_day(value: Any) -> date:
    """
    Bind a date; a time part is ignored.
    """
    try:
        return date.fromisoformat(re.sub(r"[T ].*", "", any_text(value)))
    except ValueError:
        raise _refuse("The JSON value could not be converted to System.DateOnly.") from None


def instant(value: Any) -> datetime:
    """
    Bind a timestamp.
    """
    try:
        read = datetime.fromisoformat(any_text(value).strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refuse("The JSON value could not be converted to System.DateTimeOffset.") from None


def uuid(value: Any) -> str:
    """
    Bind a UUID.
    """
    try:
        return str(UUID(any_text(value)))
    except ValueError:
        raise _refuse("The JSON value could not be converted to System.Guid.") from None


def one_of(*names: str) -> Kind:
    """
    Bind an enum: by name in any case. Numbers are refused.
    """
    known = {name.casefold(): name for name in names}

    def bind(value: Any) -> str:
        if isinstance(value, (int, Decimal)):
            raise _refuse("Enums may not be sent as integers.")
        if not isinstance(value, str) or value.casefold() not in known:
            raise _refuse(f"The value is not one of {', '.join(names)}.")
        return known[value.casefold()]

    return bind


def list_of(kind: Kind) -> Kind:
    """
    Bind a list.
    """

    def bind(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _refuse("The JSON value could not be converted to a list.")
        bound, problems = [], {}
        for index, item in enumerate(value):
            try:
                bound.append(kind(item))
            except BindingError as error:
                problems.update({f"[{index}]{path}": texts for path, texts in error.problems.items()})
        if problems:
            raise BindingError(problems)
        return bound

    return bind


@attrs.frozen
class Dto:
    """
    What a body may hold.

    Attributes:
        members: Kinds by PascalCase name.
        required: Names that must be there.
        nested_members: Names a patch may reach inside its members.
    """

    members: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    nested_members: tuple[str, ...] = ()

    def bind(self, value: Any) -> dict[str, Any]:
        """
        Bind an object. Null means absent.
        """
        if not isinstance(value, dict):
            raise _refuse("The JSON value could not be converted to an object.")
        names = {name.casefold(): name for name in self.members}
        given = {names[key.casefold()]: item for key, item in value.items() if key.casefold() in names}
        bound: dict[str, Any] = {}
        problems: dict[str, list[str]] = {}
        for name, item in given.items():
            try:
                if item is not None:
                    bound[name] = self.members[name](item)
            except BindingError as error:
                problems.update({f".{name}{path}": texts for path, texts in error.problems.items()})
        for name in self.required:
            if given.get(name) is None:
                problems[f".{name}"] = [f"The {name} field is required."]
        if problems:
            raise BindingError(problems)
        return bound

    def read(self, body: Any) -> dict[str, Any]:
        """
        Bind the body of a request, or refuse it with 400.
        """
        try:
            return self.bind(body)
        except BindingError as error:
            problems = {path.lstrip(".") or "$": texts for path, texts in error.problems.items()}
            bad_request("One or more validation errors occurred.", None, problems)


def nested(dto: Dto) -> Kind:
    """
    Bind an object inside another.
    """
    return dto.bind


def named(kinds: Mapping[Kind, str]) -> dict[str, Kind]:
    """
    Write members by kind: the names of each kind in one text.
    """
    return {name: kind for kind, names in kinds.items() for name in names.split()}
