"""
Converters and validators of what is bought and by whom.

They refuse with one sentence naming the field, and never repeat personal data.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import organization_number, text

__all__ = [
    "flag",
    "optional_whole_number",
    "to_country",
    "to_decimal",
    "to_optional_organization_number",
    "to_texts",
]


def flag(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """
    Refuse anything but True and False: the text ``"false"`` is true in Python.
    """
    if not isinstance(value, bool):
        raise ModelError(
            f"{type(instance).__name__}.{attribute.name} must be True or False, not {type(value).__name__}"
        )


def optional_whole_number(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """
    Refuse anything but None and a whole number above zero.
    """
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ModelError(f"{type(instance).__name__}.{attribute.name} must be a whole number above zero")


def to_optional_organization_number(value: object) -> str | None:
    """
    As :func:`posgo.models._checks.organization_number`; None and blank are None.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return organization_number(value)


def to_country(value: object) -> str:
    """
    Take an ISO 3166 alpha-2 country code, in capitals; None and blank are Norway.
    """
    code = "NO" if value is None else text(value).upper() or "NO"
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        raise ModelError("a country is two letters (ISO 3166), for example NO")
    return code


def to_texts(values: Iterable[object]) -> tuple[str, ...]:
    """
    Take texts, without surrounding blanks; blank ones and repetitions are left out.

    Raises:
        ModelError: For a single text, whose letters would become elements.
    """
    if isinstance(values, str):
        raise ModelError(f"give a tuple of texts, not the single text {values!r}")
    return tuple(dict.fromkeys(stripped for value in values if (stripped := text(value))))


def to_decimal(value: Decimal | int | str) -> Decimal:
    """
    Take a finite decimal number of any precision; 2, 2.0 and 2.00 are one value.

    Raises:
        ModelError: For floats and for what is no number.
    """
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise ModelError(f"{value!r} is not an exact number: give a Decimal, an int or a text")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ModelError(f"{value!r} is not a number with a decimal point") from None
    if not number.is_finite():
        raise ModelError(f"{value!r} is not a finite number")
    whole = number.to_integral_value()
    return whole + 0 if whole == number else number.normalize()
