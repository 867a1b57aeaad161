"""
What every list of Go understands: filters, pages, chosen fields and order.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote, urlencode

from posgo.testing._go.binding import BindingError, instant, on_day
from posgo.testing._go.http import Received, Reply, bad_request

__all__ = ["codes", "flag", "later", "moment", "number_filter", "page", "required_day", "whole"]

T = TypeVar("T")

_DEFAULT_SIZE = 5000
_LARGEST_SIZE = 20_000


def _invalid(name: str, value: str) -> NoReturn:
    bad_request(
        "One or more validation errors occurred.", None, {name: [f"The value '{value}' is not valid."]}
    )


def flag(request: Received, name: str) -> bool | None:
    """
    A boolean filter; None if absent.
    """
    value = request.asked(name)
    if value is None:
        return None
    if value.casefold() not in {"true", "false"}:
        _invalid(name, value)
    return value.casefold() == "true"


def whole(request: Received, name: str, *, smallest: int = -(2**63)) -> int | None:
    """
    A whole number; None if absent.
    """
    value = request.asked(name)
    if value is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,18}", value) or int(value) < smallest:
        _invalid(name, value)
    return int(value)


def _read(request: Received, name: str, kind: Callable[[Any], T]) -> T | None:
    value = request.asked(name)
    if value is None:
        return None
    try:
        return kind(value)
    except BindingError:
        bad_request(
            "One or more validation errors occurred.", None, {name: [f"The value '{value}' is not valid."]}
        )


def moment(request: Received, name: str) -> datetime | None:
    """
    A timestamp filter; None if absent.
    """
    return _read(request, name, instant)


def day(request: Received, name: str) -> date | None:
    """
    A date filter; a time part and an offset are ignored. None if absent.
    """
    return _read(request, name, on_day)


def required_day(request: Received, name: str) -> date:
    """
    A date that must be there.
    """
    value = day(request, name)
    if value is None:
        bad_request(
            "One or more validation errors occurred.", None, {name: [f"The {name} field is required."]}
        )
    return value


def later(request: Received, name: str, stamp: datetime) -> bool:
    """
    Whether a stamp is strictly later than the filter, if there is one.
    """
    after = moment(request, name)
    return after is None or stamp > after


def codes(request: Received, name: str) -> Callable[[str | None], bool]:
    """
    A comma list of codes, ``-1`` for none at all; absent or blank means everything.
    """
    asked = request.asked(name)
    if asked is None:
        return lambda _code: True
    wanted = {code.strip().casefold() for code in asked.split(",")}
    return lambda code: (code.casefold() if code else "-1") in wanted


def number_filter(request: Received, name: str) -> Callable[[int | None], bool]:
    """
    A comma list of numbers and ranges, such as ``1000-1999, 2500, 3000-``.
    """
    asked = request.asked(name)
    if asked is None:
        return lambda _number: True
    ranges: list[tuple[int, int]] = []
    for part in asked.split(","):
        found = re.fullmatch(r"\s*([0-9]{1,18})\s*(?:(-)\s*([0-9]{1,18})?\s*)?", part)
        if found is None:
            _invalid(name, part.strip())
        low = int(found[1])
        high = int(found[3]) if found[3] else (2**63 if found[2] else low)
        ranges.append((low, high))
    return lambda number: number is not None and any(low <= number <= high for low, high in ranges)


def _sort_key(value: Any) -> tuple[int, Any]:
    # Null first; the rest by its own order. One member holds one type.
    if isinstance(value, (bool, int, Decimal)):
        return (1, value)
    return (0, "") if value is None else (1, str(value))


def _ordered(request: Received, rows: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    asked = request.asked("OrderBy")
    for part in reversed(asked.split(",") if asked else []):
        field, _, direction = part.strip().partition(" ")
        if field.casefold() not in names or direction.strip().casefold() not in {"", "asc", "desc"}:
            bad_request("Invalid resourceParameter", f"OrderBy: '{part.strip()}' is not valid")
        name = names[field.casefold()]
        rows = sorted(
            rows, key=lambda row: _sort_key(row.get(name)), reverse=direction.strip().casefold() == "desc"
        )
    return rows


def _chosen(request: Received, names: dict[str, str]) -> Sequence[str] | None:
    asked = request.asked("Fields")
    if asked is None:
        return None
    wanted = [field.strip() for field in asked.split(",")]
    for field in wanted:
        if field.casefold() not in names:
            bad_request("Invalid resourceParameter", f"Fields: '{field}' does not exist")
    return [names[field.casefold()] for field in wanted]


def _next_link(request: Received, number: int) -> str:
    kept = [(name, value) for name, value in request.query.items() if name.casefold() != "pagenumber"]
    return f"https://goapi.poweroffice.net/v2{request.path}?" + urlencode(
        [*kept, ("PageNumber", str(number))], quote_via=quote
    )


def page(request: Received, rows: Iterable[dict[str, Any]], fields: Iterable[str]) -> Reply:
    """
    Answer one page of rows.

    Args:
        request: Its page, field and order parameters are honoured.
        rows: All rows that match, in Go's own order.
        fields: Every member such a row can have.
    """
    names = {name.casefold(): name for name in fields}
    size = whole(request, "PageSize", smallest=1) or _DEFAULT_SIZE
    number = whole(request, "PageNumber", smallest=1) or 1
    if size > _LARGEST_SIZE:
        bad_request("Invalid resourceParameter", f"PageSize may not be larger than {_LARGEST_SIZE}")
    chosen = _chosen(request, names)
    flag(request, "UseDatabaseValidation")
    ordered = _ordered(request, list(rows), names)
    shown = ordered[(number - 1) * size : number * size]
    if not shown:
        return Reply(status=204)
    link = _next_link(request, number + 1) if number * size < len(ordered) else None
    if chosen is not None:
        shown = [{name: row[name] for name in chosen if name in row} for row in shown]
    return Reply.of(shown, X_Pagination=_pagination(link, number, size, len(ordered)))


def _pagination(link: str | None, number: int, size: int, total: int) -> str:
    # Header values are ASCII: escape what a query may hold.
    head = f'"currentPage":{number},"pageSize":{size},"totalCount":{total}'
    return f'{{{head},"nextPageLink":' + (f'"{link}"' if link else "null") + "}"
