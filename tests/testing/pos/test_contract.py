"""
The contract suite, run as a vendor runs it: against the fake in process and behind both clients.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from posgo import AsyncPosClient, PosClient
from posgo.testing import FakePos, PointOfSaleContract
from support.pos_contract import PosValidatingTransport
from support.zreports import a_day


class _OfTheFake(PointOfSaleContract):
    @pytest.fixture
    def shop(self) -> FakePos:
        shop = FakePos(page_size=2)
        for number in (1, 2, 3):
            shop.put(a_day(number))
        return shop

    @pytest.fixture(autouse=True)
    def _person(self, shop: FakePos) -> None:
        self._shop = shop

    def enter(self, pos: Any, value: Any) -> str | None:
        return self._shop.put(value)


class TestInProcess(_OfTheFake):
    """
    The fake is a POS as it is.
    """

    @pytest.fixture
    def pos(self, shop: FakePos) -> FakePos:
        return shop


class TestOverTransport(_OfTheFake):
    """
    The client is a POS, whatever is behind it; what it sends and is sent is as described.
    """

    @pytest.fixture
    def pos(self, shop: FakePos) -> PosClient:
        return PosClient("https://pos.example", transport=PosValidatingTransport(shop.transport))


class TestOverHttp(_OfTheFake):
    """
    Real HTTP makes no difference.
    """

    @pytest.fixture
    def pos(self, shop: FakePos) -> Iterator[PosClient]:
        with shop.serve(token="secret") as url, PosClient(url, token="secret") as client:
            yield client


class TestAsync(_OfTheFake):
    """
    Nor does asynchronous code.
    """

    @pytest.fixture
    def pos(self, shop: FakePos) -> AsyncPosClient:
        return AsyncPosClient("https://pos.example", transport=PosValidatingTransport(shop.transport))
