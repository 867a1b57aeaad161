"""
Calls and listings as values.
"""

import json
from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given, strategies as st

from posgo.clients.calls import Answer, Call, File, Page, collect
from posgo.clients.credentials import GoCredentials
from posgo.clients.go import account_transactions, accounts, customers, departments, products, sales_orders
from posgo.clients.go._query import to_query
from posgo.exceptions import ConfigurationError, ModelError, WireFormatError
from posgo.models.ledger import Department

DAY = date(2026, 3, 14)


def rows(count: int, first: int = 1) -> bytes:
    return json.dumps([{"Id": first + n} for n in range(count)]).encode()


def page(call: Call[Page[Any]], count: int, **headers: str) -> Page[Any]:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return call.read(
        Answer(status=200 if count else 204, headers=named, content=rows(count) if count else b"")
    )


def pagination(link: str | None) -> str:
    return json.dumps({"currentPage": 1, "NextPageLink": link})


def test_target_is_encoded() -> None:
    """
    Parameters and queries cannot break out of their place.
    """
    call = Call(
        method="GET",
        path="/A/{id}",
        parameters={"id": "../x?y"},
        query=(("a", "1&b=2+3"), ("c", "æ")),
        decode=lambda _answer: None,
    )

    assert "/A/..%2Fx%3Fy?a=1%26b%3D2%2B3&c=%C3%A6" == call.target


def test_timestamps_are_utc() -> None:
    """
    A timestamp is sent with a Z, so that no plus sign is lost; one without zone is refused.
    """
    summer = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    call = accounts.list(changed_after=summer)

    assert (("lastChangedDateTimeOffsetGreaterThan", "2026-07-01T10:00:00.000000Z"),) == call.query
    with pytest.raises(ModelError, match="time zone"):
        accounts.list(changed_after=datetime(2026, 7, 1))  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize(
    "build",
    [
        lambda: accounts.list(numbers=[]),
        lambda: accounts.list(numbers=["  "]),
        lambda: departments.list(codes=["1,2"]),
        lambda: departments.list(name=" "),
        lambda: customers.list(reference=""),
        lambda: accounts.list(numbers=[True]),
        lambda: accounts.list(numbers=[1.5]),  # type: ignore[list-item]
        lambda: products.list(codes=[None]),  # type: ignore[list-item]
        lambda: products.list(page_size=0),
        lambda: products.list(page_size=20_001),
        lambda: account_transactions.list(from_date=DAY, to_date=DAY, fields=["nonsense"]),
    ],
)
def test_filters_that_would_return_everything_are_refused(build: Any) -> None:
    """
    Blank and empty filters, values with a comma, and pages Go would refuse are mistakes of the caller.
    """
    with pytest.raises(ModelError):
        build()


def test_filters_are_written_as_go_reads_them() -> None:
    """
    Lists by comma, booleans in lower case, dates plain, repeated values once.
    """
    plain, lists = to_query(
        {"a": True, "b": DAY, "c": Decimal("1.50"), "d": [3, "3", 4], "e": None, "f": "x y"}
    )

    assert (("a", "true"), ("b", "2026-03-14"), ("c", "1.50"), ("f", "x y")) == plain
    assert {"d": ["3", "4"]} == lists


def test_empty_answer_is_an_empty_page() -> None:
    """
    204 without a body means no rows.
    """
    assert Page(items=(), next=None) == page(departments.list(), 0)


def test_header_leads_to_the_next_page() -> None:
    """
    The header's number decides, not the number of rows; only the number is taken from its link.
    """
    call = departments.list(codes=["10"])
    link = "https://evil.example/v2/Departments?codes=99&pageNumber=2"
    first = page(call, 1, x_pagination=pagination(link))
    assert first.next is not None
    last = page(first.next, 5000, x_pagination=pagination(None))

    assert (("codes", "10"), ("PageNumber", "2")) == first.next.query
    assert last.next is None


@pytest.mark.parametrize(
    "header", ["", "nonsense", "[]", "{}", '{"nextPageLink": "/x"}', '{"nextPageLink": 7}']
)
def test_full_page_is_followed_without_header(header: str) -> None:
    """
    Without a readable header a full page means there may be more, a short one the end.
    """
    headers = {"x_pagination": header} if header else {}
    full = page(departments.list(), 5000, **headers)

    assert full.next is not None
    assert (("PageNumber", "2"),) == full.next.query
    assert page(full.next, 1, **headers).next is None


def test_pages_in_a_circle_are_refused() -> None:
    """
    A next page that is not later would never end.
    """
    with pytest.raises(WireFormatError, match="page 1"):
        page(departments.list(), 1, x_pagination=pagination("/v2/Departments?PageNumber=1"))


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=900, unique=True), st.booleans())
def test_long_lists_lose_nothing(numbers: list[int], extra: bool) -> None:  # noqa: FBT001
    """
    However a list is split, every value is asked for once, and no address is too long.
    """
    after = datetime(2026, 1, 1, tzinfo=UTC) if extra else None
    call: Call[Page[Any]] | None = accounts.list(numbers=numbers, changed_after=after)
    asked: list[int] = []
    while call is not None:
        query = parse_qs(call.target.partition("?")[2])
        asked += [int(number) for number in unquote(query["accountNos"][0]).split(",")]
        assert len(call.target) < 1_800
        assert ("lastChangedDateTimeOffsetGreaterThan" in query) == extra
        call = page(call, 0).next

    assert numbers == asked


def test_value_too_long_for_any_address() -> None:
    """
    What cannot be split is refused, not sent into a misleading 404.
    """
    with pytest.raises(ModelError, match="too long"):
        departments.list(codes=["x" * 2000])


def test_collect_reads_to_the_end() -> None:
    """
    A procedure collects all pages.
    """
    steps: Generator[Any, Any, list[Department]] = collect(departments.list(page_size=2))
    first = next(steps)
    second = steps.send(page(first, 2))
    with pytest.raises(StopIteration) as stop:
        steps.send(page(second, 1))

    assert [1, 2, 1] == [row.id for row in stop.value.value]


def test_unreadable_answer_of_a_write_says_it_was_carried_out() -> None:
    """
    The voucher is booked, only its answer cannot be read.
    """
    write = sales_orders.send("x")
    read = sales_orders.get("x")
    for answer in (Answer(status=200, content=b"{"), Answer(status=200, unreadable="broken")):
        for call, happened in ((write, True), (read, False)):
            with pytest.raises(WireFormatError) as raised:
                call.read(answer)
            assert happened == raised.value.may_have_happened
            assert f"Go: {call.method} {call.path}" == raised.value.request
            assert str(raised.value).startswith(f"Go: {call.method} {call.path}: $: ")


def test_files_show_no_content() -> None:
    """
    A Z-report in a traceback shows its name only.
    """
    assert "secret" not in repr(File(name="z.pdf", content=b"secret"))


# -- keys ---------------------------------------------------------------------------


def test_keys_from_the_environment() -> None:
    """
    Read from four variables, blanks at the ends stripped; all missing ones are named at once.
    """
    environ = {
        "POSGO_APPLICATION_KEY": " a ",
        "POSGO_CLIENT_KEY": "b",
        "POSGO_SUBSCRIPTION_KEY": "c\n",
        "POSGO_SECONDARY_SUBSCRIPTION_KEY": "d",
    }
    with pytest.raises(ConfigurationError) as raised:
        GoCredentials.from_env({"POSGO_CLIENT_KEY": "b", "POSGO_SUBSCRIPTION_KEY": " "})

    assert GoCredentials("a", "b", "c", "d") == GoCredentials.from_env(environ)
    assert ("set POSGO_APPLICATION_KEY", "set POSGO_SUBSCRIPTION_KEY") == raised.value.problems
    assert "GoCredentials()" == repr(GoCredentials.from_env(environ))


@pytest.mark.parametrize("bad", ["", "a b", "a\r\nX: y", "nøkkel", None, 7])
def test_keys_that_cannot_travel_are_refused(bad: Any) -> None:
    """
    A key that would break a header is refused without being told.
    """
    with pytest.raises(ConfigurationError) as raised:
        GoCredentials("a", bad, "c")

    assert "client_key" in str(raised.value)
    assert not bad or str(bad) not in str(raised.value)
