"""
The contract suite, run as a vendor runs it: against the fake in process and behind both clients.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
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


class Plain(FakePos):
    """
    A POS that does not say when something changed.
    """

    def changes(self, type: Any, cursor: str | None = None) -> Any:  # noqa: A002
        feed = super().changes(type, cursor)
        return attrs.evolve(feed, items=[_unstamped(one) for one in feed.items])

    def fetch(self, type: Any, id: str) -> Any:  # noqa: A002
        return _unstamped(super().fetch(type, id))

    def find(self, type: Any, reference: str) -> Any:  # noqa: A002
        return _unstamped(super().find(type, reference))

    def create(self, value: Any, *, reference: str) -> Any:
        return _unstamped(super().create(value, reference=reference))

    def update(self, type: Any, id: str, changes: Mapping[str, Any], **options: Any) -> Any:  # noqa: A002
        return _unstamped(super().update(type, id, changes, **options))


def _unstamped(record: Any) -> Any:
    return None if record is None else attrs.evolve(record, changed_at=None)


class TestPlain(PointOfSaleContract):
    """
    Stamps are not required, nor a way for tests to act as people.
    """

    @pytest.fixture
    def pos(self) -> FakePos:
        return Plain()
