"""
The process may end between any two requests of a day with paid invoices, and the day is booked once all the same.
"""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from posgo.models.pos import ZReport
from posgo.models.vouchers import SettlementStatus
from posgo.procedures._case import SettlementResult
from posgo.state import MemoryStore
from posgo.testing import FakeGo, VirtualClock
from support.invoices import Invoicing, a_paid_day, balances, paid
from support.settling import Stop, settled
from support.zreports import ACCOUNTS, accounts

# The same code thousands of times: tracing it shows nothing more and takes as long again.
pytestmark = pytest.mark.no_cover

# More requests than one such settlement makes, its look-ups after doubt included.
MOST = 22
STOPS = tuple(itertools.product(range(1, MOST + 1), (False, True)))
RULED = accounts(ACCOUNTS + '[invoices]\npartial = "bank_journal"\n')


class World:
    """
    Go with two open invoices and a store, that live on while processes come and go.
    """

    def __init__(self, validated: Callable[..., Any]) -> None:
        clock = VirtualClock()
        self.go = FakeGo(now=clock.utc_now)
        self.store = MemoryStore()
        invoicing = Invoicing(self.go, self.store, clock)
        customer = invoicing.customer("c1")
        self.whole = invoicing.invoice(customer, "o1")
        self.part = invoicing.invoice(customer, "o2", price="80.00", linked=False)
        self._transport = validated(self.go.transport)

    def day(self, part: int = 80) -> ZReport:
        return a_paid_day(
            paid(500, invoice_no=self.whole, customer="c1"), paid(part, order="o2", customer="c1")
        )

    def process(
        self, stop: Stop | None = None, z: ZReport | None = None
    ) -> tuple[SettlementResult | None, int]:
        """
        Begin a process that settles the day and may be stopped; say how many requests it made.
        """
        return settled(self.go, self.store, self._transport, RULED, z or self.day(), stop)

    def check(self, last: SettlementResult | None, left: int = 0) -> None:
        assert last is not None
        assert last.status in (SettlementStatus.POSTED, SettlementStatus.ALREADY_POSTED), last.findings
        [voucher] = self.go.vouchers
        assert voucher.voucher_no == last.voucher_no
        assert {self.whole: 0, self.part: left} == balances(self.go)


def unvalidated() -> World:
    """
    A world whose requests are the same as those that were held against the description.
    """
    return World(lambda transport: transport)


@pytest.fixture
def world(validated: Callable[..., Any]) -> World:
    return World(validated)


@pytest.mark.parametrize("stop", STOPS, ids=str)
@pytest.mark.parametrize("part", [80, 30], ids=["cash journal", "bank journal"])
def test_stopped_once(stop: Stop, part: int) -> None:
    """
    Wherever the process ends, the next one leaves one voucher, knows its number, and the invoices are paid.
    """
    world = unvalidated()
    z = world.day(part)
    world.process(stop, z)
    last, _ = world.process(z=z)

    world.check(last, 80 - part)


@pytest.mark.parametrize("stop", STOPS, ids=str)
@pytest.mark.parametrize("part", [80, 30], ids=["cash journal", "bank journal"])
def test_stopped_and_the_store_lost(world: World, stop: Stop, part: int) -> None:
    """
    The same, when the store is gone as well.
    """
    z = world.day(part)
    world.process(stop, z)
    world.store = MemoryStore()
    last, _ = world.process(z=z)

    world.check(last, 80 - part)


def test_stopped_twice() -> None:
    """
    Two processes that end, at any two places, leave one voucher behind for the third.
    """
    for first, second in itertools.product(STOPS[::8], STOPS[::6]):
        world = unvalidated()
        world.process(first)
        world.process(second)
        last, _ = world.process()
        world.check(last)


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_other_payments_meanwhile(stop: Stop) -> None:
    """
    Payments changed after a crash are posted in one version only, never in both.
    """
    world = unvalidated()
    world.process(stop)
    last, _ = world.process(z=world.day(30))

    assert last is not None
    [voucher] = world.go.vouchers
    if last.status is SettlementStatus.BLOCKED:
        assert ["reference-reused"] == [finding.rule for finding in last.findings if finding.blocks]
        assert "CashJournal" == voucher.voucher_type
    else:
        assert "BankJournal" == voucher.voucher_type


def test_every_request_was_stopped_at(world: World) -> None:
    """
    The range of stops covers such a settlement to its end, doubt included.
    """
    world.go.fail_next(None, path="/Vouchers/CashJournals", method="POST")
    _, asked = world.process()

    assert 14 < asked <= MOST
