"""
What the client does when things go wrong: tokens, keys, throttling, faults, doubt.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any

import attrs
import httpx
import pytest

from posgo.clients.calls import BodyKind, Call, Priority, Repeat
from posgo.clients.events import RequestDone, RetryPlanned
from posgo.clients.go import integration
from posgo.clients.go_client import AsyncGoClient, GoClient
from posgo.clients.limiter import NO_LIMIT, RateLimiter
from posgo.clients.retry import RetryPolicy
from posgo.exceptions import (
    ApiError,
    ConfigurationError,
    Missing,
    NotFoundError,
    RateLimitedError,
    ServerError,
    TransportError,
    WireFormatError,
)
from posgo.procedure import Procedure, Request, ask, pause
from posgo.testing import FakeGo, VirtualClock
from support.colours import Shop, copied, paths
from support.ledger import entry

INFO = "/ClientIntegrationInformation"
JOURNALS = "/Vouchers/CashJournals"


# -- repetition and doubt -----------------------------------------------------------


def test_throttled_request_waits_as_asked(shop: Shop, go: Any, fake: Any) -> None:
    """
    A 429 is waited out, also for a write: it was certainly not carried out.
    """
    shop.do(go.integration.get())
    fake.fail_next(429, path=JOURNALS)
    before = shop.clock.monotonic()
    shop.do(go.vouchers.post(entry(fake)))

    assert 1 == len(fake.vouchers)
    assert 1 <= shop.clock.monotonic() - before < 2


def test_throttling_ends_in_an_error_in_the_end(shop: Shop, fake: Any) -> None:
    """
    Patience is limited, and the error says how long to wait.
    """
    go = shop.client(retry=RetryPolicy(attempts=2))
    fake.fail_next(429, times=2, path=INFO)
    error = shop.failure(go.integration.get, RateLimitedError)

    assert (timedelta(seconds=1), False, 429) == (error.retry_after, error.may_have_happened, error.status)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, None])
def test_read_is_repeated(shop: Shop, go: Any, fake: Any, status: int | None) -> None:
    """
    A read that failed on their side, or got no answer, is repeated with growing delays.
    """
    shop.do(go.integration.get())
    fake.fail_next(status, times=3, path=INFO)
    before = shop.clock.monotonic()

    assert shop.do(go.integration.get()).client_id
    assert 1.5 < shop.clock.monotonic() - before <= 3.5


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize(("status", "kind"), [(500, ServerError), (503, ServerError), (None, TransportError)])
def test_write_in_doubt_is_not_repeated(
    shop: Shop, go: Any, fake: Any, status: int | None, kind: type[ApiError], *, after_effect: bool
) -> None:
    """
    Nobody knows whether it was booked: the client does not try again, and the error says so.
    """
    fake.fail_next(status, after_effect=after_effect, path=JOURNALS)
    error = shop.failure(lambda: go.vouchers.post(entry(fake)), kind)

    assert (True, status) == (error.may_have_happened, error.status)
    assert after_effect == (len(fake.vouchers) == 1)
    assert 1 == paths(fake).count(JOURNALS)
    assert "look before repeating" in str(error)
    assert str(error) == str(copied(error))


def test_read_that_fails_says_nothing_happened(shop: Shop, fake: Any) -> None:
    """
    A read changes nothing, so nothing can have happened.
    """
    go = shop.client(retry=RetryPolicy(attempts=1))
    fake.fail_next(path=INFO)

    assert not shop.failure(go.integration.get, TransportError).may_have_happened


@attrs.define
class Unreachable(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """
    Fails before a connection stands, a few times.
    """

    inner: Any
    times: int
    error: type[httpx.RequestError] = httpx.ConnectError

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._fail(request)
        response: httpx.Response = self.inner.handle_request(request)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._fail(request)
        response: httpx.Response = await self.inner.handle_async_request(request)
        return response

    def _fail(self, request: httpx.Request) -> None:
        if request.url.path.endswith(JOURNALS) and self.times:
            self.times -= 1
            raise self.error("no", request=request)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_write_that_never_left_is_repeated(shop: Shop, fake: Any, error: type[httpx.RequestError]) -> None:
    """
    Without a connection nothing was carried out, so a write may be tried again.
    """
    go = shop.client(transport=Unreachable(fake.transport, 2, error))
    shop.do(go.vouchers.post(entry(fake)))

    assert 1 == len(fake.vouchers)


def test_write_that_never_left_ends_without_doubt(shop: Shop, fake: Any) -> None:
    """
    The error of an unreachable server says that nothing happened.
    """
    go = shop.client(transport=Unreachable(fake.transport, 99))

    assert not shop.failure(lambda: go.vouchers.post(entry(fake)), TransportError).may_have_happened


def test_cut_connection_over_real_http(shop: Shop, fake: Any) -> None:
    """
    Over a real connection a cut after the effect is in doubt, and the same voucher is refused afterwards.
    """
    with fake.serve() as url:
        go = shop.client(base_url=url, transport=None)
        fake.fail_next(after_effect=True, path=JOURNALS)

        assert shop.failure(lambda: go.vouchers.post(entry(fake)), TransportError).may_have_happened
        assert 1 == len(fake.vouchers)
        shop.do(go.close())


def test_redirect_is_no_answer_of_go(shop: Shop, fake: Any) -> None:
    """
    A redirect is not followed: the token would go along.
    """
    elsewhere = httpx.MockTransport(
        lambda _request: httpx.Response(302, headers={"Location": "https://evil"})
    )
    go = shop.client(transport=elsewhere)

    assert 302 == shop.failure(go.integration.get, ApiError).status


@pytest.mark.parametrize(("act", "happened"), [("read", False), ("write", True)])
def test_broken_compression_is_told(shop: Shop, fake: Any, act: str, *, happened: bool) -> None:
    """
    An answer that cannot be decompressed is unreadable, and a write behind it was carried out.
    """
    body = b'{"access_token": "a", "expires_in": 600}'

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("Token"):
            return httpx.Response(200, content=body)
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Garbage())

    go = shop.client(transport=httpx.MockTransport(answer))
    call = go.integration.get if act == "read" else lambda: go.vouchers.post(entry(fake))

    assert happened == shop.failure(call, WireFormatError).may_have_happened


class Garbage(httpx.SyncByteStream, httpx.AsyncByteStream):
    """
    Bytes that are not what the headers promise.
    """

    def __iter__(self) -> Iterator[bytes]:
        yield b"not gzip"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"not gzip"


# -- tokens and keys ------------------------------------------------------------------


# -- the three meanings of 404 -----------------------------------------------------------


def unknown_endpoint() -> Call[None]:
    return Call(method="GET", path="/VatCode", decode=lambda _answer: None)


def test_missing_endpoint_is_told_apart(shop: Shop, fake: Any) -> None:
    """
    The gateway's 404 means the address, not the object; so does an address that is too long.
    """
    go = shop.client(transport=fake.transport)
    missing = shop.failure(lambda: go.send(unknown_endpoint()), NotFoundError)
    long = attrs.evolve(integration.get(), query=(("x", "y" * 2000),))

    assert Missing.ENDPOINT is missing.missing
    assert Missing.ENDPOINT is shop.failure(lambda: go.send(long), NotFoundError).missing
    assert "too long" in str(missing)


# -- together --------------------------------------------------------------------------------


def test_limiter_keeps_below_the_limit(clock: VirtualClock, fake: FakeGo) -> None:
    """
    Sixty seconds at the limit: at least 95 % of it is used, the token included, with not one 429.
    """
    fake.requests_per_second = 10
    limiter = RateLimiter(clock=clock.monotonic)
    retries: list[Any] = []
    go = GoClient(
        fake.credentials,
        transport=fake.transport,
        limiter=limiter,
        clock=clock,
        on_event=lambda event: retries.append(event) if isinstance(event, RetryPlanned) else None,
    )
    while clock.monotonic() < 60:
        go.integration.get()

    assert [] == retries
    assert 570 <= len(fake.requests) <= 601


def test_throttling_holds_back_everybody(shop: Shop, fake: Any) -> None:
    """
    A 429 means somebody else uses the key: every client of the process waits.
    """
    limiter = RateLimiter(clock=shop.clock.monotonic)
    first = shop.client(limiter=limiter, retry=RetryPolicy(attempts=1))
    second = shop.client(limiter=limiter)
    fake.fail_next(429, path=INFO)
    shop.failure(first.integration.get, RateLimitedError)
    before = shop.clock.monotonic()
    shop.do(second.settings.lock_date())

    assert shop.clock.monotonic() - before >= 1


def test_waiting_for_the_limit_can_be_cancelled(fake: FakeGo) -> None:
    """
    A cancelled task leaves the queue, and nobody waits behind it.
    """
    clock = VirtualClock()
    limiter = RateLimiter(clock=clock.monotonic)

    class Stopped(VirtualClock):
        async def sleep_async(self, seconds: float) -> None:
            await asyncio.Event().wait()

    go = AsyncGoClient(fake.credentials, transport=fake.transport, limiter=limiter, clock=Stopped())

    async def work() -> None:
        limiter.ask(limiter.enter(Priority.NORMAL))
        task = asyncio.create_task(go.integration.get())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert [] == limiter._waiting
    assert [] == fake.requests


# -- hooks -------------------------------------------------------------------------------------


def test_every_request_and_repetition_is_told(shop: Shop, fake: Any) -> None:
    """
    Events carry method, template, status, attempt and time, and nothing of anybody.
    """
    events: list[Any] = []
    go = shop.client(on_event=events.append)
    shop.do(go.integration.get())
    events.clear()
    fake.fail_next(503, path="/Departments")
    fake.latency = timedelta(0)
    shop.failure(lambda: go.departments.get(1234567), NotFoundError)

    assert [
        ("GET", "/Departments/{id}", 503, 1),
        ("GET", "/Departments/{id}", 503, 1),
        ("GET", "/Departments/{id}", 404, 2),
    ] == [(event.method, event.path, event.status, event.attempt) for event in events]
    assert [RequestDone, RetryPlanned, RequestDone] == [type(event) for event in events]
    assert not any("1234567" in repr(event) for event in events)


def test_failing_hook_hides_nothing(shop: Shop, fake: Any, caplog: pytest.LogCaptureFixture) -> None:
    """
    A hook that raises is logged; the voucher is booked and told as booked.
    """

    def hook(_event: object) -> None:
        raise RuntimeError("metrics are down")

    with caplog.at_level(logging.ERROR, "posgo"):
        posted = shop.do(shop.client(on_event=hook).vouchers.post(entry(fake)))

    assert 1 == posted.number
    assert "an event hook failed" in caplog.text


def test_log_holds_no_secret(shop: Shop, go: Any, fake: Any, caplog: pytest.LogCaptureFixture) -> None:
    """
    The log tells what was asked and what came of it, with no key, token or reference.
    """
    with caplog.at_level(logging.DEBUG, "posgo"):
        fake.fail_next(429, path=JOURNALS)
        shop.do(go.vouchers.post(entry(fake)))
        shop.failure(lambda: go.vouchers.post(entry(fake)), ApiError)
    keys = [key for key in attrs.astuple(fake.credentials) if key]

    assert "POST /Vouchers/CashJournals: 201" in caplog.text
    assert "trying again" in caplog.text
    assert not any(key in caplog.text for key in (*keys, "z-1042", "fake-"))
    assert not any(key in f"{go!r}{go.vouchers!r}{fake.credentials!r}" for key in keys)


# -- the client itself ------------------------------------------------------------------------------


def test_client_works_as_a_block(fake: FakeGo) -> None:
    """
    With and without ``with``; after the block its connections are closed.
    """
    with GoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT) as go:
        assert go.integration.get().client_id

    async def work() -> str:
        async with AsyncGoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT) as client:
            return (await client.integration.get()).client_id

    assert asyncio.run(work())


@pytest.mark.parametrize(
    "base_url", ["", "goapi.poweroffice.net", "ftp://a", "https://user:pw@host", "https://h?x=1"]
)
def test_base_url_must_be_an_address(shop: Shop, base_url: str) -> None:
    """
    A base address that is none is refused at once, without repeating it.
    """
    with pytest.raises(ConfigurationError) as raised:
        shop.client(base_url=base_url)

    assert "pw" not in str(raised.value)


def test_latency_beyond_the_timeout(shop: Shop) -> None:
    """
    A server that answers too late is a missing answer.
    """
    fake = FakeGo(sleep=lambda _seconds: None)
    fake.latency = timedelta(seconds=5)
    slow: Callable[..., Any] = shop.client(
        credentials=fake.credentials, transport=fake.transport
    ).integration.get

    assert shop.do(slow()).client_id


def test_procedures_are_carried_out(shop: Shop, go: Any, fake: Any) -> None:
    """
    A client answers a procedure's calls and pauses, and gives it its errors to handle.
    """

    def count() -> Procedure[int]:
        yield from pause(timedelta(seconds=2), "the replica lags")
        try:
            yield from ask(
                Call(method="GET", path="/Departments/{id}", parameters={"id": "1"}, decode=lambda _a: 1)
            )
        except NotFoundError:
            return len((yield from ask(integration.get())).privileges)
        return 0

    before = shop.clock.monotonic()

    assert len(fake.privileges) == shop.do(go.run(count()))
    assert before + 2 == shop.clock.monotonic()


def test_unknown_request_is_a_mistake(shop: Shop, go: Any) -> None:
    """
    What is no call and no pause cannot be answered by a client.
    """

    def ask_for_the_moon() -> Procedure[None]:
        yield from ask(Request[None]())

    shop.failure(lambda: go.run(ask_for_the_moon()), TypeError)


def test_empty_post_has_a_length() -> None:
    """
    A POST without a body says so: gateways refuse one without a length.
    """
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"access_token": "a", "expires_in": 60})

    go = GoClient(FakeGo().credentials, transport=httpx.MockTransport(answer), limiter=NO_LIMIT)
    go.send(
        Call(method="POST", path="/x", decode=lambda _a: None, body_kind=BodyKind.NONE, repeat=Repeat.SAFE)
    )

    assert "0" == seen[-1].headers["content-length"]
