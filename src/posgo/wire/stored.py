"""
Values as posgo's own memory keeps them: one JSON text per value.

What is at its default is left out, and what a newer posgo may have added is
ignored. Defaults are part of the public contract, so leaving them out keeps
its meaning. Amounts and quantities are texts, because JSON has no decimals;
so are instants, in UTC and of fixed width. The text is ASCII: databases differ in which characters they take.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, TypeVar

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn

from posgo.exceptions import ModelError, WireFormatError
from posgo.models._dates import to_utc
from posgo.models.catalog import Product
from posgo.models.orders import Order
from posgo.models.parties import Customer

__all__ = ["MODELS", "dump", "instant", "load", "model_of"]

T = TypeVar("T")

MODELS: Mapping[str, type[Any]] = MappingProxyType(
    {"customers": Customer, "products": Product, "orders": Order, "invoices": Order}
)
"""The class of the values of each kind."""


def instant(value: datetime) -> str:
    """
    Write an instant as text of fixed width in UTC, so that text order is time order.

    Raises:
        ModelError: If it has no time zone.
    """
    return to_utc(value).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _read_instant(text: str, _type: object) -> datetime:
    value = datetime.fromisoformat(text)
    if value.utcoffset() is None:
        raise ValueError
    return value


def _as_it_is(value: Any, _type: object) -> Any:
    # The models refuse what has the wrong type; coercing would hide damage.
    return value


def _decimal(text: Any, _type: object) -> Decimal:
    if not isinstance(text, str):
        raise TypeError
    return Decimal(text)


def _reader_of(converter: Converter) -> Callable[[type], Callable[[Any, Any], Any]]:
    def build(model: type) -> Callable[[Any, Any], Any]:
        read: Callable[[Any, Any], Any] = make_dict_structure_fn(model, converter)

        def read_object(members: Any, _type: Any) -> Any:
            if not isinstance(members, dict):
                raise TypeError
            return read(members, model)

        return read_object

    return build


def _converter() -> Converter:
    converter = Converter(omit_if_default=True, detailed_validation=False)
    converter.register_structure_hook_factory(attrs.has, _reader_of(converter))
    for plain in (str, str | None, int, int | None, bool):
        converter.register_structure_hook(plain, _as_it_is)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, _decimal)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    # A datetime is a date to Python; as one it would lose its time.
    converter.register_unstructure_hook(datetime, instant)
    converter.register_structure_hook(datetime, _read_instant)
    return converter


_CONVERTER = _converter()
_FAULTS = (ValueError, TypeError, KeyError, AttributeError, InvalidOperation)


def model_of(kind: str) -> type[Any]:
    """
    The class of a kind's values.

    Raises:
        ModelError: If posgo has no such kind.
    """
    try:
        return MODELS[kind]
    except KeyError:
        raise ModelError(f"{kind!r} is no kind of record: {', '.join(MODELS)} are expected") from None


def dump(value: object) -> str:
    """
    Write a value: the same text for equal values.

    Raises:
        ModelError: If it holds a datetime without a time zone.
    """
    return json.dumps(_CONVERTER.unstructure(value), sort_keys=True, separators=(",", ":"))


def load(text: str, model: type[T]) -> T:
    """
    Read what :func:`dump` wrote, in this version of posgo or another.

    Raises:
        WireFormatError: If it is no such value. The text is not repeated: it may hold personal data.
    """
    try:
        return _CONVERTER.structure(json.loads(text), model)
    except _FAULTS as error:
        raise WireFormatError("$", f"this is no stored {model.__name__} ({type(error).__name__})") from None
