"""
A sync may end between any two requests, and any request may take effect unseen.
"""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo import profiles
from posgo.clients.go_client import GoClient
from posgo.clients.retry import RetryPolicy
from posgo.models.catalog import Product
from posgo.models.parties import Customer
from posgo.procedures.books import Books
from posgo.procedures.kinds import SyncKit, sync
from posgo.procedures.report import SyncReport
from posgo.state import MemoryStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from support.driving import Driver, StoppedError
from support.zreports import accounts

# The same code thousands of times: tracing it shows nothing more and takes as long again.
pytestmark = pytest.mark.no_cover

# More requests than one run of this world makes.
MOST = 45
STOPS = tuple(itertools.product(range(1, MOST + 1), (False, True)))
KINDS = ("customers", "products")


def a_customer(name: str, **more: Any) -> Customer:
    return Customer(name=name, email=f"{name}@example.no", **more)


def a_product(code: str, **more: Any) -> Product:
    return Product(code=code, name=f"Product {code}", price=Decimal("99.90"), vat_code="3", **more)


class World:
    """
    A POS, a Go and a store that live on while processes come and go.
    """

    def __init__(self, profile: profiles.Profile = profiles.PRESSIS_POS) -> None:
        self.profile = profile
        self.clock = VirtualClock()
        self.go = FakeGo(now=self.clock.utc_now)
        self.pos = FakePos()
        # Every read shows Go as it was a second ago, and time passes only where posgo waits.
        self.go.replica_lag = timedelta(seconds=1)
        self.store = MemoryStore()
        self.transport = self.go.transport

    def process(
        self, stop: tuple[int, bool] | None = None, *, full: bool = False
    ) -> tuple[SyncReport | None, int]:
        """
        Begin a process that syncs once and may be stopped; say how many requests it made.
        """
        client = GoClient(
            self.go.credentials,
            transport=self.transport,
            limiter=NO_LIMIT,
            retry=RetryPolicy(attempts=1),
            clock=self.clock,
        )
        at, carried_out = stop or (None, False)
        driver = Driver(client, self.store, at, carried_out, pos=self.pos, clock=self.clock)
        kit = SyncKit(
            profile=self.profile,
            accounts=accounts(),
            books=Books(),
            now=datetime(2026, 3, 14, tzinfo=UTC),
            clock=self.clock.utc_now,
            full=full,
        )
        try:
            return driver.drive(sync(kit, KINDS)), len(driver.asked)
        except StoppedError:
            return None, len(driver.asked)

    def edit_in_go(self, model: Any, own_id: str, **changes: Any) -> None:
        """
        What a person in Go does, long enough ago to be seen.
        """
        self.go.put(attrs.evolve(self.go.get(model, own_id), **changes), own_id)
        self.clock.advance(5)

    def check(self) -> None:
        """
        Nobody twice, nothing lost, both sides equal, and silence.
        """
        for model in (Customer, Product):
            ours, theirs = (
                sorted(map(said, side.all(model).values()), key=repr) for side in (self.pos, self.go)
            )
            assert ours == theirs
        quiet, _ = self.process(full=True)
        assert quiet is not None
        assert {} == quiet.written

    def check_nobody_twice(self) -> None:
        """
        Every e-mail address and every code stands once on either side.
        """
        for side in (self.pos, self.go):
            customers, products = side.all(Customer).values(), side.all(Product).values()
            for names in ([each.email for each in customers], [each.code for each in products]):
                assert len(set(names)) == len(names)


def said(value: Any) -> Any:
    """
    What both sides can hold of a value.
    """
    return value if isinstance(value, Customer) else attrs.evolve(value, images=(), gtins=value.gtins[:1])


def first_meeting() -> World:
    """
    New records on both sides, and one that both have.
    """
    world = World()
    world.pos.put(a_customer("in-the-pos"))
    world.go.put(a_customer("in-go"))
    world.pos.put(a_customer("both", organization_number="974760673"))
    world.go.put(a_customer("both", organization_number="974760673", phone="22225555"))
    world.pos.put(a_product("A"))
    world.go.put(a_product("B"))
    world.clock.advance(5)
    return world


def a_busy_day() -> World:
    """
    Linked records edited on either side, one archived, and new ones.
    """
    world = World()
    customer, product = world.pos.put(a_customer("one")), world.pos.put(a_product("A"))
    other = world.go.put(a_customer("two"))
    world.clock.advance(5)
    world.process()
    world.pos.put(attrs.evolve(world.pos.get(Customer, customer), phone="1"), customer)
    world.edit_in_go(Customer, other, phone="2")
    world.pos.put(attrs.evolve(world.pos.get(Product, product), price=Decimal("12.50")), product)
    world.pos.put(a_customer("three"))
    world.go.put(a_product("C"))
    world.clock.advance(5)
    world.pos.archive(Customer, customer)
    return world


@pytest.mark.parametrize("make", [first_meeting, a_busy_day], ids=lambda make: make.__name__)
class TestStopped:
    """
    Wherever a process ends, the next one leaves both sides equal and nobody twice.
    """

    def test_anywhere(self, make: Any) -> None:
        """
        Before a request, and after its effect with the answer lost.
        """
        for stop in STOPS:
            world = make()
            world.process(stop)
            world.process()
            world.check()

    def test_anywhere_and_the_store_lost(self, make: Any) -> None:
        """
        The same, when the next process knows nothing. Only what Go refused, because the process did not see it yet
        and nothing told it to wait, is left to a third; nobody stands twice before that either.
        """
        for stop in STOPS[::5]:
            world = make()
            world.process(stop)
            world.store = MemoryStore()
            report, _ = world.process()
            world.check_nobody_twice()
            assert report is not None
            if report.failed:
                world.process()
            world.check()

    def test_twice(self, make: Any) -> None:
        """
        Two processes that end, one after the other.
        """
        for first, second in itertools.product(STOPS[::17], STOPS[::13]):
            world = make()
            world.process(first)
            world.process(second)
            world.process()
            world.check()

    def test_every_request_is_covered(self, make: Any) -> None:
        """
        The range of stops reaches the end of a run.
        """
        _, asked = make().process()

        assert 15 < asked <= MOST


def an_article_edited_in_go() -> World:
    """
    Edited where it only arrives, and another new one, so that there is something to write after it.
    """
    world = World(profiles.OPEN_ONE)
    world.pos.put(a_product("A"))
    world.clock.advance(5)
    world.process()
    ((own_id, _),) = world.go.all(Product).items()
    world.edit_in_go(Product, own_id, name="Edited in Go")
    world.pos.put(a_customer("new"))
    world.pos.put(a_product("B"))
    world.clock.advance(5)
    return world


class TestToldOnce:
    """
    What is told once is told to somebody: a process that ends before it hands its report over has told nobody.
    """

    def test_wherever_a_process_ended(self) -> None:
        """
        Told by the first run that comes to an end, and by no other. Only when its very last request was carried out
        and not answered is there nothing left that would tell.
        """
        _, last = an_article_edited_in_go().process()
        for stop in STOPS:
            world = an_article_edited_in_go()
            reports = [world.process(stop)[0]]
            # So long that no poll looks back as far as the edit.
            world.clock.advance(3600)
            reports += [world.process()[0], world.process(full=True)[0]]
            told = [finding.rule for report in reports if report is not None for finding in report.findings]

            assert ([] if stop == (last, True) else ["one-way-edit"]) == told, stop

    def test_and_keeps_nothing_in_sight_afterwards(self) -> None:
        """
        Once it is told, the pair is like any other: no later run looks at it again because of that.
        """
        world = an_article_edited_in_go()
        world.process()

        assert () == world.store.progress("client", "products").intents
