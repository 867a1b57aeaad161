"""
JSON as bytes: read strictly, with decimals; written with the one float of posgo.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from posgo.exceptions import ModelError, WireFormatError

__all__ = ["dumps", "loads", "to_number"]

# Go sends and takes IEEE doubles, which carry 15 significant decimal digits.
_DOUBLE_DIGITS = 15


def _refuse_constant(name: str) -> NoReturn:
    raise WireFormatError("$", f"{name} is no number in JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise WireFormatError("$", f"the member {twice[:50]!r} stands twice in one object")
    return members


_LISTS = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
_OBJECTS = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)


def loads(content: bytes) -> Any:
    """
    Read one JSON document. Numbers with a point or an exponent become ``Decimal``.

    A single object, on whose word something may be booked, is also refused if
    a member stands in it twice. Lists, which are long, are read at full speed.

    Raises:
        WireFormatError: For anything but one well-formed UTF-8 document.
    """
    try:
        # Some gateways put a byte-order mark in front.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WireFormatError("$", f"byte {error.start} is not UTF-8") from error
    try:
        return (_LISTS if text[:1] == "[" else _OBJECTS).decode(text)
    except json.JSONDecodeError as error:
        raise WireFormatError("$", f"not JSON at character {error.pos}: {error.msg}") from error
    except RecursionError as error:
        raise WireFormatError("$", "nested too deeply") from error
    except ValueError as error:
        # int() refuses thousands of digits.
        raise WireFormatError("$", "holds a number with too many digits") from error


def to_number(value: Decimal) -> float | int:
    """
    Turn a decimal into the JSON number Go takes: the only float in posgo.

    Every whole-øre amount of up to 15 digits is printed exactly.

    Raises:
        ModelError: If the number has more digits than a double carries.
    """
    if value.is_finite() and Decimal(repr(number := float(value))) == value:
        return int(number) if number.is_integer() and abs(number) < 10**_DOUBLE_DIGITS else number
    raise ModelError(f"{value} has more digits than Go can take")


def _plain(value: object) -> object:
    # What most values are is asked first: whether something is a mapping is a dear question.
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal):
        return to_number(value)
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        raise ModelError(f"{value!r} is a float; give a Decimal, floats lose øre")
    return value


def dumps(value: object) -> bytes:
    """
    Write a document of mappings, lists, texts, whole numbers, decimals and None.

    Raises:
        ModelError: For floats, and for a decimal with more digits than a double carries.
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode()
