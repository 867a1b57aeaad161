"""
The process may end between any two requests, and any request may take effect unseen.
"""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from posgo.models.pos import ZReport
from posgo.models.vouchers import SettlementStatus
from posgo.procedures._case import SettlementResult
from posgo.state import MemoryStore
from posgo.testing import FakeGo
from support.settling import Stop, settled
from support.zreports import a_day, accounts, zero_day

# The same code thousands of times: tracing it shows nothing more and takes as long again.
pytestmark = pytest.mark.no_cover

# More requests than one settlement makes, its look-ups after doubt included.
MOST = 16


class World:
    """
    Go and a store that live on while processes come and go.
    """

    def __init__(self, validated: Callable[..., Any]) -> None:
        self.go = FakeGo()
        self.store = MemoryStore()
        self._transport = validated(self.go.transport)

    def process(
        self, stop: Stop | None = None, z: ZReport | None = None
    ) -> tuple[SettlementResult | None, int]:
        """
        Begin a process that settles one day and may be stopped; say how many requests it made.
        """
        return settled(self.go, self.store, self._transport, accounts(), z or a_day(), stop)


STOPS = tuple(itertools.product(range(1, MOST + 1), (False, True)))


@pytest.fixture
def world(validated: Callable[..., Any]) -> World:
    return World(validated)


def check(world: World, last: SettlementResult | None) -> None:
    assert last is not None
    assert last.status in (SettlementStatus.POSTED, SettlementStatus.ALREADY_POSTED)
    [voucher] = world.go.vouchers
    assert voucher.voucher_no == last.voucher_no


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_stopped_once(world: World, stop: Stop) -> None:
    """
    Wherever the process ends, the next one leaves exactly one voucher and knows its number.
    """
    world.process(stop)
    last, _ = world.process()

    check(world, last)


def test_stopped_twice() -> None:
    """
    Two processes that end, at any two places, leave one voucher behind for the third.
    """
    for first, second in itertools.product(STOPS, repeat=2):
        world = World(lambda transport: transport)  # each request was held against the description above
        world.process(first)
        world.process(second)
        last, _ = world.process()
        check(world, last)


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_stopped_and_the_store_lost(world: World, stop: Stop) -> None:
    """
    The same, when the store is gone as well.
    """
    world.process(stop)
    world.store = MemoryStore()
    last, _ = world.process()

    check(world, last)


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_another_report_meanwhile(world: World, stop: Stop) -> None:
    """
    A report changed after a crash is posted in one version only, never in both.
    """
    world.process(stop)
    last, _ = world.process(z=a_day(sold="250.00"))

    assert last is not None
    posted = [line.amount for voucher in world.go.vouchers for line in voucher.lines if line.account == 3000]
    assert 1 == len(posted)
    if last.status is SettlementStatus.BLOCKED:
        assert ["reference-reused"] == [finding.rule for finding in last.findings if finding.blocks]
    else:
        assert -250 == posted[0]


def test_every_request_was_stopped_at(world: World) -> None:
    """
    The range of stops covers a settlement to its end, doubt included.
    """
    world.go.fail_next(None, path="/Vouchers/CashJournals", method="POST")
    _, asked = world.process()

    assert 9 < asked <= MOST


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_a_day_of_zeros(world: World, stop: Stop) -> None:
    """
    A day without amounts is settled without a voucher, wherever the process ends.
    """
    world.process(stop, zero_day())
    result, _ = world.process(z=zero_day())

    assert result is not None
    assert SettlementStatus.NOTHING_TO_POST is result.status
    assert 0 == len(world.go.vouchers)
