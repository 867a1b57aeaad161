"""
Converters and validators that more than one model uses.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import attrs

from posgo.exceptions import ModelError
from posgo.models._money import EXACT

__all__ = [
    "identifier",
    "kind",
    "not_blank",
    "optional_plain_date",
    "organization_number",
    "plain_date",
    "rows",
    "text",
    "to_optional_line",
    "to_optional_text",
    "to_percent",
    "to_tuple",
    "whole",
]

# Registers are named in at most this (SAF-T String100); no system has longer numbers.
_LONGEST_ID = 100

# Twice what SAF-T allows; finer than any rate ever was.
_FINEST_RATE = Decimal("0.000001")


def text(value: object) -> str:
    """
    Take an id or a name: a text or a whole number, without surrounding blanks.
    """
    if isinstance(value, str):
        if not value.isascii():
            _encodable(value)
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ModelError(f"{value!r} is neither text nor a whole number")


def _encodable(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        # JSON can smuggle in half a character; no ledger, hash or file takes it.
        raise ModelError(f"{value!r} holds half a character (a lone surrogate)") from None


def to_optional_line(value: object) -> str | None:
    """
    Take words for people as one line; None and blank are None.

    Line breaks and characters that cannot be seen become blanks: a till's
    words end up on terminals, in logs and in the ledger.
    """
    if value is None:
        return None
    words = text(value)
    if not words.isprintable():
        words = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(words.split()) or None


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
    try:
        return tuple(values)
    except TypeError:
        raise ModelError(f"several values are expected, not one {type(values).__name__}") from None


def whole(value: int) -> int:
    """
    Take a whole number; refuse text, floats and booleans.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ModelError(f"{value!r} is not a whole number")
    return value


def to_percent(value: Decimal | int | str) -> Decimal:
    """
    Take a VAT rate in per cent, so that 25, 25.0 and 25.00 are one rate, printed as 25.

    Raises:
        ModelError: For floats, for what is no number, and outside 0 to 100.
    """
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise ModelError(f"{value!r} is not a VAT rate: give a Decimal, an int or a text")
    try:
        rate = Decimal(value)
    except InvalidOperation:
        raise ModelError(f"{value!r} is not a VAT rate: not a number with a decimal point") from None
    if (
        not rate.is_finite()
        or not 0 <= rate <= 100
        or rate != (exact := rate.quantize(_FINEST_RATE, context=EXACT))
    ):
        raise ModelError(
            f"{value!r} is not a VAT rate: 0 to 100 per cent is expected, with at most six decimals"
        )
    return Decimal(f"{abs(exact):f}".rstrip("0").rstrip("."))


def kind(wanted: type) -> Callable[[object, "attrs.Attribute[Any]", Any], None]:
    """
    Make a validator that refuses a value of another kind. It is not shown: it may be somebody's name.
    """

    def refuse_others(instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if not isinstance(value, wanted):
            raise ModelError(
                f"{type(instance).__name__}.{attribute.name} takes {wanted.__name__}, not {type(value).__name__}"
            )

    return refuse_others


def rows(wanted: type) -> Callable[[object, "attrs.Attribute[Any]", tuple[Any, ...]], None]:
    """
    As :func:`kind`, for every member of a tuple.
    """
    refuse_others = kind(wanted)

    def refuse_any_other(
        instance: object, attribute: "attrs.Attribute[Any]", values: tuple[Any, ...]
    ) -> None:
        for value in values:
            refuse_others(instance, attribute, value)

    return refuse_any_other


def not_blank(instance: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    """
    Refuse an empty text.
    """
    if not value:
        raise ModelError(f"{type(instance).__name__}.{attribute.name} must not be blank")


def plain_date(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """
    Refuse what is not a date, and a datetime, which is one to Python only.
    """
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ModelError(f"{type(instance).__name__}.{attribute.name} must be a date without a time")


def optional_plain_date(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """
    As :func:`plain_date`; None is allowed.
    """
    if value is not None:
        plain_date(instance, attribute, value)


def identifier(instance: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    """
    Refuse an id that is empty or longer than any system has.
    """
    not_blank(instance, attribute, value)
    if len(value) > _LONGEST_ID:
        raise ModelError(
            f"{type(instance).__name__}.{attribute.name} is longer than {_LONGEST_ID} characters: {value[:40]!r}…"
        )


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
        # Not shown: eleven digits here are somebody's national identity number.
        raise ModelError(
            f"not an organisation number: nine digits are expected, not {len(stripped)} characters"
        )
    return stripped
