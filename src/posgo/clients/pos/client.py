"""
The two clients of the POS contract over HTTP: one statement of each call, one per colour.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import attrs
import httpx

from posgo.clients.calls import Answer, Call, Priority
from posgo.clients.clock import Clock, SystemClock
from posgo.clients.drivers import AsyncDriver, SyncDriver, Timeouts, base_address
from posgo.clients.events import EventHook, log_event
from posgo.clients.failures import NoAnswer
from posgo.clients.limiter import NO_LIMIT, Limiter
from posgo.clients.pos import calls
from posgo.clients.pos.failures import pos_refusal
from posgo.clients.pos.keys import Keys, SigningKey, bearer, nobody, signed
from posgo.clients.pos.protocol import Thing
from posgo.clients.retry import RetryPolicy
from posgo.clients.sending import Attempts, Exchange, Flow
from posgo.exceptions import ConfigurationError, Missing, NotFoundError
from posgo.models.feeds import Feed
from posgo.models.pos import ZReport
from posgo.models.records import Record

__all__ = ["AsyncPosClient", "PosClient"]

T = TypeVar("T")

_PAGE_SIZE = 1000
_LARGEST_PAGE_SIZE = 10_000
_EXAMPLE = "https://pos.example/posgo"


@attrs.frozen(kw_only=True)
class _PosFlow:
    """
    The steps that turn a call into its result.
    """

    attempts: Attempts
    keys: Keys = attrs.field(repr=False)

    def send(self, call: Call[T]) -> Flow[T]:
        answer = yield from self.attempts.until_answered(call, self._once, pos_refusal)
        return call.read(answer)

    def look_up(self, call: Call[T]) -> Flow[T | None]:
        """
        As :meth:`send`; None if there is no such record.
        """
        try:
            return (yield from self.send(call))
        except NotFoundError as error:
            if error.missing is not Missing.OBJECT:
                raise
            return None

    def _once(self, call: Call[Any], attempt: int) -> Flow[Answer | NoAnswer]:
        return self.attempts.exchanged(call, attempt, self._signed)

    def _signed(self, exchange: Exchange) -> Mapping[str, str]:
        return self.keys(exchange, self.attempts.clock.utc_now())


def _keys(token: str | None, signing_key: SigningKey | None) -> Keys:
    if token is not None and signing_key is not None:
        raise ConfigurationError("token", ("give either a token or a signing key",))
    if signing_key is not None:
        return signed(signing_key)
    return nobody if token is None else bearer(token)


def _page_size(asked: int) -> int:
    if not 1 <= asked <= _LARGEST_PAGE_SIZE:
        raise ConfigurationError("page_size", (f"give a whole number from 1 to {_LARGEST_PAGE_SIZE}",))
    return asked


class PosClient:
    """
    A POS behind the HTTP contract, for code that waits. Implements :class:`posgo.PointOfSale`.

    The contract is ``pos-contract.openapi.json`` in the reference. Creations
    and updates may be repeated without harm, so what lost its answer is asked
    again here; an error that remains says whether a write may have been
    carried out. Safe to share between threads. Works with and without
    ``with``; leaving the block closes its connections.

    Args:
        base_url: What the contract's paths stand below, such as ``https://pos.example/posgo``.
        token: Sent as bearer token; None sends none.
        signing_key: Signs every request, instead of a token; None signs none.
        transport: An httpx transport, such as that of a fake; None for the network.
        limiter: What keeps below a rate limit of the POS; None for no limit.
        retry: When to try again.
        timeout: How long to wait for the POS.
        page_size: Records asked for in one request, 1 to 10 000; the POS may send fewer.
        on_event: Hears of every request and every repetition; writes a log by default.
        clock: Tells and passes time.

    Raises:
        ConfigurationError: If the address, the keys or the page size cannot be used.
    """

    def __init__(  # noqa: PLR0913
        self,
        base_url: str,
        *,
        token: str | None = None,
        signing_key: SigningKey | None = None,
        transport: httpx.BaseTransport | None = None,
        limiter: Limiter | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008
        timeout: Timeouts = Timeouts(),  # noqa: B008
        page_size: int = _PAGE_SIZE,
        on_event: EventHook = log_event,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or SystemClock()
        attempts = Attempts(
            base_url=base_address(base_url, _EXAMPLE),
            policy=retry,
            clock=clock,
            priority=Priority.NORMAL,
            hook=on_event,
        )
        self._flow = _PosFlow(attempts=attempts, keys=_keys(token, signing_key))
        self._page_size = _page_size(page_size)
        self._driver = SyncDriver(transport, timeout, clock, limiter or NO_LIMIT)

    def changes(self, type: type[Thing], cursor: str | None = None) -> Feed[Record[Thing]]:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.changes`.
        """
        call = calls.changes(type, cursor, self._page_size)
        return self._driver.drive(self._flow.send(call))

    def fetch(self, type: type[Thing], id: str) -> Record[Thing] | None:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.fetch`.
        """
        flow = self._flow.look_up(calls.fetch(type, id))
        return self._driver.drive(flow)

    def find(self, type: type[Thing], reference: str) -> Record[Thing] | None:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.find`.
        """
        flow = self._flow.look_up(calls.find(type, reference))
        return self._driver.drive(flow)

    def create(self, value: Thing, *, reference: str) -> Record[Thing]:
        """
        See :meth:`posgo.PointOfSale.create`.
        """
        return self._driver.drive(self._flow.send(calls.create(value, reference)))

    def update(
        self,
        type: type[Thing],  # noqa: A002
        id: str,  # noqa: A002
        changes: Mapping[str, Any],
        *,
        expected: Mapping[str, Any] | None = None,
        reference: str | None = None,
    ) -> Record[Thing]:
        """
        See :meth:`posgo.PointOfSale.update`.
        """
        call = calls.update(type, id, changes, expected, reference)
        return self._driver.drive(self._flow.send(call))

    def z_reports(self, cursor: str | None = None) -> Feed[ZReport]:
        """
        See :meth:`posgo.PointOfSale.z_reports`.
        """
        call = calls.z_reports(cursor, self._page_size)
        return self._driver.drive(self._flow.send(call))

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


class AsyncPosClient:
    """
    A POS behind the HTTP contract, for code that awaits. Implements :class:`posgo.AsyncPointOfSale`.

    Same arguments as :class:`PosClient`; belongs to one event loop. Works with
    and without ``async with``; leaving the block closes its connections.
    """

    def __init__(  # noqa: PLR0913
        self,
        base_url: str,
        *,
        token: str | None = None,
        signing_key: SigningKey | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        limiter: Limiter | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008
        timeout: Timeouts = Timeouts(),  # noqa: B008
        page_size: int = _PAGE_SIZE,
        on_event: EventHook = log_event,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or SystemClock()
        attempts = Attempts(
            base_url=base_address(base_url, _EXAMPLE),
            policy=retry,
            clock=clock,
            priority=Priority.NORMAL,
            hook=on_event,
        )
        self._flow = _PosFlow(attempts=attempts, keys=_keys(token, signing_key))
        self._page_size = _page_size(page_size)
        self._driver = AsyncDriver(transport, timeout, clock, limiter or NO_LIMIT)

    async def changes(self, type: type[Thing], cursor: str | None = None) -> Feed[Record[Thing]]:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.changes`.
        """
        call = calls.changes(type, cursor, self._page_size)
        return await self._driver.drive(self._flow.send(call))

    async def fetch(self, type: type[Thing], id: str) -> Record[Thing] | None:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.fetch`.
        """
        flow = self._flow.look_up(calls.fetch(type, id))
        return await self._driver.drive(flow)

    async def find(self, type: type[Thing], reference: str) -> Record[Thing] | None:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.find`.
        """
        flow = self._flow.look_up(calls.find(type, reference))
        return await self._driver.drive(flow)

    async def create(self, value: Thing, *, reference: str) -> Record[Thing]:
        """
        See :meth:`posgo.PointOfSale.create`.
        """
        return await self._driver.drive(self._flow.send(calls.create(value, reference)))

    async def update(
        self,
        type: type[Thing],  # noqa: A002
        id: str,  # noqa: A002
        changes: Mapping[str, Any],
        *,
        expected: Mapping[str, Any] | None = None,
        reference: str | None = None,
    ) -> Record[Thing]:
        """
        See :meth:`posgo.PointOfSale.update`.
        """
        call = calls.update(type, id, changes, expected, reference)
        return await self._driver.drive(self._flow.send(call))

    async def z_reports(self, cursor: str | None = None) -> Feed[ZReport]:
        """
        See :meth:`posgo.PointOfSale.z_reports`.
        """
        call = calls.z_reports(cursor, self._page_size)
        return await self._driver.drive(self._flow.send(call))

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
