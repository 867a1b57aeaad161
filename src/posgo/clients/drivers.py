"""
The two drivers of every flow: one waits, one awaits. They hold no rules.
"""

import asyncio
import threading
import weakref
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import attrs
import httpx

from posgo.clients.calls import Answer, Priority
from posgo.clients.clock import Clock
from posgo.clients.failures import NoAnswer
from posgo.clients.limiter import Limiter
from posgo.clients.sending import Exchange, Flow, Renewal, Throttled, Turn, Wait
from posgo.exceptions import ConfigurationError

__all__ = ["AsyncDriver", "SyncDriver", "Timeouts", "base_address"]

T = TypeVar("T")
H = TypeVar("H", httpx.Client, httpx.AsyncClient)

# These never reached the server: nothing can have been carried out.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


@attrs.frozen(kw_only=True)
class Timeouts:
    """
    How long to wait for the server.

    Attributes:
        connect: For a connection, a place in the pool included.
        read: Between two pieces of an answer, and for the first one. Posting a voucher may take Go a while.
    """

    connect: timedelta = timedelta(seconds=10)
    read: timedelta = timedelta(seconds=60)

    def for_httpx(self) -> httpx.Timeout:
        """
        As httpx takes it.
        """
        return httpx.Timeout(self.read.total_seconds(), connect=self.connect.total_seconds())


def base_address(base_url: str, example: str) -> str:
    """
    Take the address calls stand below, without a slash at its end.

    Raises:
        ConfigurationError: If it is no plain HTTP address; it is not repeated, for it may hold a password.
    """
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.userinfo:
        raise ConfigurationError(
            "base_url", (f"give an address such as {example}, without query and user name",)
        )
    return base_url.rstrip("/")


def _opened(make: Callable[[], H]) -> H:
    """
    Make an HTTP client, which takes proxies and certificates from the environment.

    Raises:
        ConfigurationError: If they cannot be used; they are not repeated, for a proxy's address may hold a password.
    """
    try:
        return make()
    except ImportError:
        problem = "a SOCKS proxy in ALL_PROXY, HTTP_PROXY or HTTPS_PROXY needs the package httpx[socks]"
    except (OSError, ValueError, httpx.InvalidURL) as error:
        problem = (
            "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE or SSL_CERT_DIR cannot be used "
            f"({type(error).__name__}); correct or unset it"
        )
    raise ConfigurationError("environment", (problem,))


def _no_answer(error: httpx.RequestError) -> NoAnswer:
    return NoAnswer(sent=not isinstance(error, _NOT_SENT), cause=error)


def _answer(response: httpx.Response, *, readable: bool) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    if readable:
        return Answer(status=response.status_code, headers=headers, content=response.content)
    # The status came all the same: a write may have been carried out.
    problem = "the content encoding of the answer is broken"
    return Answer(status=response.status_code, headers=headers, unreadable=problem)


class SyncDriver:
    """
    Performs steps while the caller waits. Safe to share between threads.

    Args:
        transport: An httpx transport; None for the network.
        timeout: How long to wait for the server.
        clock: Passes time.
        limiter: Gives turns.
    """

    def __init__(
        self, transport: httpx.BaseTransport | None, timeout: Timeouts, clock: Clock, limiter: Limiter
    ) -> None:
        self._clock = clock
        self._limiter = limiter
        self._renewing = threading.Lock()
        self._http = _opened(lambda: httpx.Client(transport=transport, timeout=timeout.for_httpx()))
        if transport is None:
            # Nobody has to close a client. A transport of the caller's may be shared, and stays open.
            weakref.finalize(self, self._http.close)

    def close(self) -> None:
        """
        Close the connections.
        """
        self._http.close()

    def drive(self, flow: Flow[T]) -> T:
        """
        Perform the steps of a flow and return its result.
        """
        outcome: Any = None
        while True:
            try:
                step = flow.send(outcome)
            except StopIteration as stop:
                result: T = stop.value
                return result
            outcome = None
            match step:
                case Exchange():
                    outcome = self._exchange(step)
                case Turn():
                    self._take_turn(step.priority)
                case Throttled():
                    self._limiter.throttled(step.patience.total_seconds())
                case Wait():
                    self._clock.sleep(step.duration.total_seconds())
                case Renewal():
                    with self._renewing:
                        outcome = self.drive(step.steps)

    def _take_turn(self, priority: Priority) -> None:
        ticket = self._limiter.enter(priority)
        try:
            while (seconds := self._limiter.ask(ticket)) > 0:
                self._clock.sleep(seconds)
        finally:
            self._limiter.leave(ticket)

    def _exchange(self, step: Exchange) -> Answer | NoAnswer:
        try:
            with self._http.stream(
                step.method, step.url, headers=step.headers, content=step.content, follow_redirects=False
            ) as response:
                try:
                    response.read()
                except httpx.DecodingError:
                    return _answer(response, readable=False)
                return _answer(response, readable=True)
        except httpx.RequestError as error:
            return _no_answer(error)


class AsyncDriver:
    """
    As :class:`SyncDriver`, for callers that await. Belongs to one event loop.
    """

    def __init__(
        self, transport: httpx.AsyncBaseTransport | None, timeout: Timeouts, clock: Clock, limiter: Limiter
    ) -> None:
        self._clock = clock
        self._limiter = limiter
        self._renewing = asyncio.Lock()
        self._http = _opened(lambda: httpx.AsyncClient(transport=transport, timeout=timeout.for_httpx()))

    async def close(self) -> None:
        """
        Close the connections.
        """
        await self._http.aclose()

    async def drive(self, flow: Flow[T]) -> T:
        """
        Perform the steps of a flow and return its result.
        """
        outcome: Any = None
        while True:
            try:
                step = flow.send(outcome)
            except StopIteration as stop:
                result: T = stop.value
                return result
            outcome = None
            match step:
                case Exchange():
                    outcome = await self._exchange(step)
                case Turn():
                    await self._take_turn(step.priority)
                case Throttled():
                    self._limiter.throttled(step.patience.total_seconds())
                case Wait():
                    await self._clock.sleep_async(step.duration.total_seconds())
                case Renewal():
                    async with self._renewing:
                        outcome = await self.drive(step.steps)

    async def _take_turn(self, priority: Priority) -> None:
        ticket = self._limiter.enter(priority)
        try:
            while (seconds := self._limiter.ask(ticket)) > 0:
                await self._clock.sleep_async(seconds)
        finally:
            self._limiter.leave(ticket)

    async def _exchange(self, step: Exchange) -> Answer | NoAnswer:
        try:
            async with self._http.stream(
                step.method, step.url, headers=step.headers, content=step.content, follow_redirects=False
            ) as response:
                try:
                    await response.aread()
                except httpx.DecodingError:
                    return _answer(response, readable=False)
                return _answer(response, readable=True)
        except httpx.RequestError as error:
            return _no_answer(error)
