"""
The two clients of PowerOffice Go: drivers of one algorithm, one per colour.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

import attrs
import httpx

from posgo.clients.calls import Answer, Call, Page, Priority
from posgo.clients.clock import Clock, SystemClock
from posgo.clients.credentials import Environment, GoCredentials
from posgo.clients.events import EventHook, log_event
from posgo.clients.failures import NoAnswer
from posgo.clients.flow import Exchange, Flow, Renewal, SendingFlow, Turn, Wait
from posgo.clients.limiter import Limiter, shared_limiter
from posgo.clients.resources import GoResources
from posgo.clients.retry import RetryPolicy
from posgo.clients.surface import AsyncSender, SyncSender
from posgo.exceptions import ConfigurationError, PosgoError, WireFormatError
from posgo.procedure import Pause, Procedure, Request

__all__ = ["AsyncGoClient", "GoClient", "Timeouts"]

T = TypeVar("T")

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

    def _for_httpx(self) -> httpx.Timeout:
        return httpx.Timeout(self.read.total_seconds(), connect=self.connect.total_seconds())


def _root(environment: Environment, base_url: str | None) -> str:
    if base_url is None:
        return environment.value
    url = httpx.URL(base_url)
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.userinfo:
        raise ConfigurationError(
            "base_url", (f"give an address such as {environment.value}, without query and user name",)
        )
    return base_url.rstrip("/")


def _no_answer(error: httpx.RequestError) -> NoAnswer:
    if isinstance(error, httpx.DecodingError):
        raise WireFormatError("$", "the content encoding of the answer is broken") from error
    return NoAnswer(sent=not isinstance(error, _NOT_SENT), cause=error)


def _answer(response: httpx.Response) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status_code, headers=headers, content=response.content)


class GoClient(GoResources[SyncSender]):
    """
    PowerOffice Go, for code that waits. Safe to share between threads; share it, so that they share its token.

    Works with and without ``with``; leaving the block closes its connections.

    Args:
        credentials: Keys of one client company.
        environment: Demo or production; the keys belong to one of them.
        base_url: Another address to stand for ``https://goapi.poweroffice.net/Demo``; wins over ``environment``.
        transport: An httpx transport, such as that of a fake; None for the network.
        limiter: What keeps below the rate limit; None for the one this process shares per subscription key.
        retry: When to try again.
        timeout: How long to wait for the server.
        priority: Of calls that name none, in the queue for the rate limit.
        on_event: Hears of every request and every repetition; writes a log by default.
        clock: Tells and passes time.
    """

    def __init__(  # noqa: PLR0913
        self,
        credentials: GoCredentials,
        *,
        environment: Environment = Environment.DEMO,
        base_url: str | None = None,
        transport: httpx.BaseTransport | None = None,
        limiter: Limiter | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008
        timeout: Timeouts = Timeouts(),
        priority: Priority = Priority.NORMAL,
        on_event: EventHook = log_event,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(self)
        self._clock = clock or SystemClock()
        self._flow = SendingFlow(
            credentials=credentials,
            base_url=_root(environment, base_url),
            policy=retry,
            clock=self._clock,
            priority=priority,
            hook=on_event,
        )
        self._limiter = limiter or shared_limiter(credentials.subscription_key)
        self._renewing = threading.Lock()
        self._http = httpx.Client(transport=transport, timeout=timeout._for_httpx())  # noqa: SLF001

    def send(self, call: Call[T]) -> T:
        """
        Send one call and return its result.

        Raises:
            ApiError: If it did not succeed; ``may_have_happened`` says whether it may have been carried out.
            WireFormatError: If it succeeded, but its answer cannot be read.
        """
        return self._drive(self._flow.send(call))

    def run(self, procedure: Procedure[T]) -> T:
        """
        Send the calls of a procedure, one after the other.
        """
        advance: Callable[[Any], Request[Any]] = procedure.send
        answer: Any = None
        while True:
            try:
                request = advance(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result
            try:
                advance, answer = procedure.send, self._answer_request(request)
            except PosgoError as error:
                # The procedure may know what to do about it.
                advance, answer = procedure.throw, error

    def iterate(self, call: Call[Page[T]]) -> Iterator[T]:
        """
        Yield the rows of a listing, asking for a page when its first row is wanted.
        """
        following: Call[Page[T]] | None = call
        while following is not None:
            page = self.send(following)
            yield from page.items
            following = page.next

    def invalidate_token(self) -> None:
        """
        Ask for a new access token before the next request: privileges changed.
        """
        self._flow.invalidate_token()

    def close(self) -> None:
        """
        Close the connections.
        """
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._flow.base_url}>"

    def _answer_request(self, request: Request[Any]) -> Any:
        if isinstance(request, Pause):
            return self._clock.sleep(request.duration.total_seconds())
        if isinstance(request, Call):
            return self.send(request)
        raise TypeError(f"a Go client cannot answer {request!r}")

    def _drive(self, flow: Flow[T]) -> T:
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
                case Wait():
                    self._clock.sleep(step.duration.total_seconds())
                case Renewal():
                    with self._renewing:
                        outcome = self._drive(step.steps)

    def _take_turn(self, priority: Priority) -> None:
        ticket = self._limiter.enter(priority)
        try:
            while (seconds := self._limiter.ask(ticket)) > 0:
                self._clock.sleep(seconds)
        finally:
            self._limiter.leave(ticket)

    def _exchange(self, step: Exchange) -> Answer | NoAnswer:
        try:
            response = self._http.request(
                step.method, step.url, headers=step.headers, content=step.content, follow_redirects=False
            )
        except httpx.RequestError as error:
            return _no_answer(error)
        return _answer(response)


class AsyncGoClient(GoResources[AsyncSender]):
    """
    PowerOffice Go, for code that awaits. Same names and arguments as :class:`GoClient`; belongs to one event loop.

    Works with and without ``async with``; leaving the block closes its connections.
    """

    def __init__(  # noqa: PLR0913
        self,
        credentials: GoCredentials,
        *,
        environment: Environment = Environment.DEMO,
        base_url: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        limiter: Limiter | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008
        timeout: Timeouts = Timeouts(),
        priority: Priority = Priority.NORMAL,
        on_event: EventHook = log_event,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(self)
        self._clock = clock or SystemClock()
        self._flow = SendingFlow(
            credentials=credentials,
            base_url=_root(environment, base_url),
            policy=retry,
            clock=self._clock,
            priority=priority,
            hook=on_event,
        )
        self._limiter = limiter or shared_limiter(credentials.subscription_key)
        self._renewing = asyncio.Lock()
        self._http = httpx.AsyncClient(transport=transport, timeout=timeout._for_httpx())  # noqa: SLF001

    async def send(self, call: Call[T]) -> T:
        """
        Send one call and return its result.

        Raises:
            ApiError: If it did not succeed; ``may_have_happened`` says whether it may have been carried out.
            WireFormatError: If it succeeded, but its answer cannot be read.
        """
        return await self._drive(self._flow.send(call))

    async def run(self, procedure: Procedure[T]) -> T:
        """
        Send the calls of a procedure, one after the other.
        """
        advance: Callable[[Any], Request[Any]] = procedure.send
        answer: Any = None
        while True:
            try:
                request = advance(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result
            try:
                advance, answer = procedure.send, await self._answer_request(request)
            except PosgoError as error:
                # The procedure may know what to do about it.
                advance, answer = procedure.throw, error

    async def iterate(self, call: Call[Page[T]]) -> AsyncIterator[T]:
        """
        Yield the rows of a listing, asking for a page when its first row is wanted.
        """
        following: Call[Page[T]] | None = call
        while following is not None:
            page = await self.send(following)
            for row in page.items:
                yield row
            following = page.next

    def invalidate_token(self) -> None:
        """
        Ask for a new access token before the next request: privileges changed.
        """
        self._flow.invalidate_token()

    async def close(self) -> None:
        """
        Close the connections.
        """
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._flow.base_url}>"

    async def _answer_request(self, request: Request[Any]) -> Any:
        if isinstance(request, Pause):
            return await self._clock.sleep_async(request.duration.total_seconds())
        if isinstance(request, Call):
            return await self.send(request)
        raise TypeError(f"a Go client cannot answer {request!r}")

    async def _drive(self, flow: Flow[T]) -> T:
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
                case Wait():
                    await self._clock.sleep_async(step.duration.total_seconds())
                case Renewal():
                    async with self._renewing:
                        outcome = await self._drive(step.steps)

    async def _take_turn(self, priority: Priority) -> None:
        ticket = self._limiter.enter(priority)
        try:
            while (seconds := self._limiter.ask(ticket)) > 0:
                await self._clock.sleep_async(seconds)
        finally:
            self._limiter.leave(ticket)

    async def _exchange(self, step: Exchange) -> Answer | NoAnswer:
        try:
            response = await self._http.request(
                step.method, step.url, headers=step.headers, content=step.content, follow_redirects=False
            )
        except httpx.RequestError as error:
            return _no_answer(error)
        return _answer(response)
