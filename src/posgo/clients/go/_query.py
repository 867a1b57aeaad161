"""
Filters as Go reads them in a query string.
"""

import enum
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from posgo.clients.calls import Query
from posgo.exceptions import ModelError

__all__ = ["Filter", "to_query"]

Filter = str | bool | int | Decimal | date | datetime | enum.Enum | Iterable[str | int | enum.Enum] | None


def _item(name: str, value: object) -> str:
    plain = value.value if isinstance(value, enum.Enum) else value
    if isinstance(plain, bool) or not isinstance(plain, (str, int)):
        raise ModelError(f"{name}: texts and whole numbers are expected, not {type(plain).__name__}")
    text = str(plain).strip()
    if not text:
        raise ModelError(f"{name}: a blank filter would return everything; leave it out to mean that")
    return text


def _items(name: str, values: Iterable[object]) -> list[str]:
    items = list(dict.fromkeys(_item(name, value) for value in values))
    if not items:
        raise ModelError(f"{name}: an empty filter would return everything; pass None to mean that")
    if with_comma := next((item for item in items if "," in item), None):
        raise ModelError(f"{name}: Go separates values by commas, so {with_comma!r} cannot be asked for")
    return items


def _scalar(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ModelError(f"{name}: a timestamp needs a time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _item(name, value)


def to_query(filters: Mapping[str, Filter]) -> tuple[Query, dict[str, list[str]]]:
    """
    Split filters into those that are written as they are, and lists that may need several requests.

    Args:
        filters: By Go's name. None leaves a filter out.

    Raises:
        ModelError: For blank and empty filters, because Go would return everything.
    """
    plain: list[tuple[str, str]] = []
    lists: dict[str, list[str]] = {}
    for name, value in filters.items():
        if value is None:
            continue
        if isinstance(value, Iterable) and not isinstance(value, str):
            lists[name] = _items(name, value)
        else:
            plain.append((name, _scalar(name, value)))
    return tuple(plain), lists
