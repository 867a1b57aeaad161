"""
Listings: pages, and lists of values too long for one address.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import attrs

from posgo.clients.calls import Answer, Call, Page, Query
from posgo.clients.go._query import Filter, to_query
from posgo.exceptions import ModelError, WireFormatError
from posgo.wire.json import loads
from posgo.wire.model import structure_rows

__all__ = ["DEFAULT_PAGE_SIZE", "LARGEST_PAGE_SIZE", "listing"]

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 5000
LARGEST_PAGE_SIZE = 20_000
# Go's gateway answers 404 to addresses beyond some 2 000 characters. The base
# address and the page parameters come on top of what is measured here.
_LONGEST_QUERY = 1_700


def _batches(name: str, values: list[str], room: int) -> Iterator[list[str]]:
    batch: list[str] = []
    used = len(name) + 2
    for value in values:
        # A comma is three characters when encoded.
        length = len(quote(value, safe="")) + 3
        if batch and used + length > room:
            yield batch
            batch, used = [], len(name) + 2
        batch.append(value)
        used += length
    yield batch


def _queries(filters: Mapping[str, Filter]) -> tuple[Query, ...]:
    plain, lists = to_query(filters)
    longest = max(lists, key=lambda name: sum(len(value) + 3 for value in lists[name]), default=None)
    fixed = plain + tuple((name, ",".join(values)) for name, values in lists.items() if name != longest)
    room = _LONGEST_QUERY - len(urlencode(fixed, quote_via=quote))
    if longest is None:
        queries: tuple[Query, ...] = (fixed,)
    else:
        queries = tuple(
            (*fixed, (longest, ",".join(batch))) for batch in _batches(longest, lists[longest], room)
        )
    if any(len(urlencode(query, quote_via=quote)) > _LONGEST_QUERY for query in queries):
        raise ModelError("the filters are too long for one address; ask with fewer or shorter values")
    return queries


def _next_link(answer: Answer) -> str | None:
    """
    The link to the next page in the ``X-Pagination`` header: blank on the last page, None if the header says nothing.
    """
    try:
        told = loads(answer.headers.get("x-pagination", "").encode())
    except WireFormatError:
        return None
    if not isinstance(told, dict):
        return None
    links = [value for name, value in told.items() if name.casefold() == "nextpagelink"]
    return str(links[0] or "") if links else None


def _following_page(answer: Answer, current: int, *, full: bool) -> int | None:
    """
    The number of the next page; None on the last one.
    """
    link = _next_link(answer)
    if link == "":
        return None
    # Only the number is taken: a link may lead to another host, and the token must not.
    query = {name.casefold(): value for name, value in parse_qsl(urlsplit(link or "").query)}
    number = query.get("pagenumber", "")
    if not re.fullmatch("[0-9]{1,9}", number):
        return current + 1 if full else None
    if int(number) <= current:
        raise WireFormatError("X-Pagination", f"after page {current} it names page {number} as the next")
    return int(number)


@attrs.frozen(kw_only=True)
class _Listing(Generic[T]):
    path: str
    parameters: Mapping[str, str]
    roles: tuple[str, ...]
    read_rows: Callable[[Any], tuple[T, ...]]
    queries: tuple[Query, ...]
    page_size: int

    def page(self, batch: int, number: int) -> Call[Page[T]]:
        extra: Query = () if number == 1 else (("PageNumber", str(number)),)
        if self.page_size != DEFAULT_PAGE_SIZE:
            extra += (("PageSize", str(self.page_size)),)
        return Call(
            method="GET",
            path=self.path,
            parameters=self.parameters,
            query=self.queries[batch] + extra,
            roles=self.roles,
            decode=lambda answer: self._read(answer, batch, number),
        )

    def _read(self, answer: Answer, batch: int, number: int) -> Page[T]:
        # Go answers 204 without a body when nothing matches.
        empty = answer.status == 204 or not answer.content
        items = () if empty else self.read_rows(loads(answer.content))
        following = _following_page(answer, number, full=len(items) >= self.page_size)
        if following is not None and items:
            return Page(items=items, next=self.page(batch, following))
        return Page(items=items, next=self.page(batch + 1, 1) if batch + 1 < len(self.queries) else None)


def listing(
    path: str,
    row: type[T] | Callable[[Any], tuple[T, ...]],
    *,
    roles: tuple[str, ...],
    filters: Mapping[str, Filter],
    parameters: Mapping[str, str] | None = None,
    fields: Iterable[str] = (),
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[T]]:
    """
    State a listing.

    A list of values too long for one address is split over several requests,
    whose rows follow each other.

    Args:
        path: Path template.
        row: Model of a row, or a function that reads all rows of a page.
        roles: Privileges of which any one suffices.
        filters: By Go's name; None leaves one out.
        parameters: Values for the path template.
        fields: Go's names of the members wanted; none means all.
        page_size: Rows per request, at most 20 000.
    """
    if not 1 <= page_size <= LARGEST_PAGE_SIZE:
        raise ModelError(f"page_size must be from 1 to {LARGEST_PAGE_SIZE}")
    wanted = ",".join(fields)
    chosen = {**filters, "Fields": wanted or None}
    read_rows = (lambda value: structure_rows(value, row)) if isinstance(row, type) else row
    rows: _Listing[T] = _Listing(
        path=path,
        parameters=parameters or {},
        roles=roles,
        read_rows=read_rows,
        queries=_queries(chosen),
        page_size=page_size,
    )
    return rows.page(0, 1)
