"""
The two clients of PowerOffice Go: one algorithm, one per colour.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from posgo.clients.calls import Call, Page, Priority
from posgo.clients.clock import Clock, SystemClock
from posgo.clients.credentials import Environment, GoCredentials
from posgo.clients.drivers import AsyncDriver, SyncDriver, Timeouts, base_address
from posgo.clients.events import EventHook, log_event
from posgo.clients.flow import SendingFlow
from posgo.clients.limiter import Limiter, shared_limiter
from posgo.clients.resources import GoResources
from posgo.clients.retry import RetryPolicy
from posgo.clients.sending import Attempts
from posgo.clients.surface import AsyncSender, SyncSender
from posgo.exceptions import PosgoError
from posgo.procedure import Pause, Procedure, Request

__all__ = ["AsyncGoClient", "GoClient", "Timeouts"]

T = TypeVar("T")


def _root(environment: Environment, base_url: str | None) -> str:
    return environment.value if base_url is None else base_address(base_url, environment.value)


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
        timeout: Timeouts = Timeouts(),  # noqa: B008
        priority: Priority = Priority.NORMAL,
        on_event: EventHook = log_event,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(self)
        self._clock = clock or SystemClock()
        attempts = Attempts(
            base_url=_root(environment, base_url),
            policy=retry,
            clock=self._clock,
            priority=priority,
            hook=on_event,
        )
        self._flow = SendingFlow(credentials=credentials, attempts=attempts)
        self._driver = SyncDriver(
            transport, timeout, self._clock, limiter or shared_limiter(credentials.subscription_key)
        )

    def send(self, call: Call[T]) -> T:
        """
        Send one call and return its result.

        Raises:
            ApiError: If it did not succeed; ``may_have_happened`` says whether it may have been carried out.
            WireFormatError: If it succeeded, but its answer cannot be read.
        """
        return self._driver.drive(self._flow.send(call))

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
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._flow.attempts.base_url}>"

    def _answer_request(self, request: Request[Any]) -> Any:
        if isinstance(request, Pause):
            return self._clock.sleep(request.duration.total_seconds())
        if isinstance(request, Call):
            return self.send(request)
        raise TypeError(f"a Go client cannot answer {request!r}")


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
        timeout: Timeouts = Timeouts(),  # noqa: B008
        priority: Priority = Priority.NORMAL,
        on_event: EventHook = log_event,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(self)
        self._clock = clock or SystemClock()
        attempts = Attempts(
            base_url=_root(environment, base_url),
            policy=retry,
            clock=self._clock,
            priority=priority,
            hook=on_event,
        )
        self._flow = SendingFlow(credentials=credentials, attempts=attempts)
        self._driver = AsyncDriver(
            transport, timeout, self._clock, limiter or shared_limiter(credentials.subscription_key)
        )

    async def send(self, call: Call[T]) -> T:
        """
        Send one call and return its result.

        Raises:
            ApiError: If it did not succeed; ``may_have_happened`` says whether it may have been carried out.
            WireFormatError: If it succeeded, but its answer cannot be read.
        """
        return await self._driver.drive(self._flow.send(call))

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
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._flow.attempts.base_url}>"

    async def _answer_request(self, request: Request[Any]) -> Any:
        if isinstance(request, Pause):
            return await self._clock.sleep_async(request.duration.total_seconds())
        if isinstance(request, Call):
            return await self.send(request)
        raise TypeError(f"a Go client cannot answer {request!r}")
