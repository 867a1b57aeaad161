"""
Converters and validators that more than one model uses.
"""

from collections.abc import Iterable
from typing import Any

import attrs

from posgo.exceptions import ModelError

__all__ = ["not_blank", "organization_number", "text", "to_optional_text", "to_tuple"]


def text(value: object) -> str:
    """
    Take an id or a name: a text or a whole number, without surrounding blanks.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ModelError(f"{value!r} is neither text nor a whole number")


def to_optional_text(value: object) -> str | None:
    """
    As :func:`text`; None and blank are None.
    """
    return None if value is None else text(value) or None


def to_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    """
    Take any iterable of values; keep a tuple.

    Untyped, because type checkers do not carry a type variable through an
    attrs converter; the field's own type says what is kept.
    """
    return tuple(values)


def not_blank(instance: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    """
    Refuse an empty text.
    """
    if not value:
        raise ModelError(f"{type(instance).__name__}.{attribute.name} must not be blank")


def organization_number(value: object) -> str:
    """
    Take a Norwegian organisation number: nine digits.

    Blanks, a leading ``NO`` and a trailing ``MVA`` are stripped. The check
    digit is not tested here: a wrong one is a finding, not a refusal.

    Raises:
        ModelError: If nine digits do not remain.
    """
    stripped = "".join(text(value).upper().split()).removeprefix("NO").removesuffix("MVA")
    if len(stripped) != 9 or not (stripped.isascii() and stripped.isdigit()):
        raise ModelError(f"{value!r} is not an organisation number: nine digits are expected")
    return stripped
