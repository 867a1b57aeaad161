"""
One test body for the sync and the async client.
"""

import asyncio
import pickle
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import attrs
import pytest

from posgo.clients.go_client import AsyncGoClient, GoClient
from posgo.exceptions import ApiError
from posgo.testing import NO_LIMIT, FakeGo, VirtualClock


async def _all(rows: AsyncIterator[Any]) -> list[Any]:
    return [row async for row in rows]


@attrs.frozen
class Shop:
    """
    A client and the fake it talks to, in one of the two colours.

    Attributes:
        fake: What answers.
        clock: Moves when a client sleeps, and only then.
        colour: ``GoClient`` or ``AsyncGoClient``.
        wrap: Put around the fake's transport.
    """

    fake: FakeGo
    clock: VirtualClock
    colour: Callable[..., Any]
    wrap: Callable[[Any], Any]
    _runner: asyncio.Runner

    def client(self, **options: Any) -> Any:
        """
        Make a client.
        """
        chosen = {
            "credentials": self.fake.credentials,
            "transport": self.wrap(self.fake.transport),
            "limiter": NO_LIMIT,
            "clock": self.clock,
            **options,
        }
        return self.colour(chosen.pop("credentials"), **chosen)

    def do(self, result: Any) -> Any:
        """
        Finish what a client began: await it, or read an iterator to its end.
        """
        if isinstance(result, Coroutine):
            return self._runner.run(result)
        if isinstance(result, AsyncIterator):
            return self._runner.run(_all(result))
        return list(result) if isinstance(result, Iterator) else result

    def failure(self, act: Callable[[], Any], kind: type[BaseException]) -> Any:
        """
        The error an action ends in.
        """
        with pytest.raises(kind) as raised:
            self.do(act())
        return raised.value


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def fake(clock: VirtualClock) -> FakeGo:
    return FakeGo(now=clock.utc_now)


@pytest.fixture(params=[GoClient, AsyncGoClient], ids=["sync", "async"])
def shop(
    request: pytest.FixtureRequest, fake: FakeGo, clock: VirtualClock, validated: Callable[[Any], Any]
) -> Iterator[Shop]:
    with asyncio.Runner() as runner:
        yield Shop(fake, clock, request.param, validated, runner)


@pytest.fixture
def go(shop: Shop) -> Any:
    return shop.client()


def paths(fake: FakeGo) -> list[str]:
    """
    The paths it was asked for, in order.
    """
    return [request.path for request in fake.requests]


def copied(error: ApiError) -> ApiError:
    """
    The error as another process receives it.
    """
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert isinstance(twin, ApiError)
    return twin
