"""
What an invoice costs, counted over real HTTP, and the same answer from both runners.
"""

from collections.abc import Iterator
from decimal import ROUND_DOWN
from typing import Any

import attrs
import pytest

from posgo.clients.go_client import GoClient
from posgo.exceptions import ConfigurationError
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Customer
from posgo.profiles import OPEN_ONE
from posgo.runner import Runner
from posgo.state import MemoryStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from support.shops import Colour, Shop
from support.zreports import accounts

BUYER = Customer(name="Kafe Nord AS", email="post@example.no")
BREAD = Product(code="B-1", name="Brød", price="46.05", vat_code="31")
PROFILE = attrs.evolve(OPEN_ONE, rounding_product="ORE")
POLL = "/SalesOrders/sentState"


@attrs.frozen
class Counter:
    """
    A runner over real HTTP whose memory is warm, and a till to ring up orders at.
    """

    go: FakeGo
    pos: FakePos
    runner: Runner
    customer: str
    product: str

    def order(self, *, priced: bool = True, **more: Any) -> str:
        price = BREAD.price if priced else None
        line = OrderLine(product=self.product, quantity=more.pop("quantity", 1), unit_price=price)
        return self.pos.put(Order(customer=self.customer, lines=[line], **more))

    def cost(self, order: str) -> tuple[int, int]:
        """
        How many requests an invoice makes to Go, polls aside, and to the POS.
        """
        before, heard = len(self.go.requests), len(self.pos.requests)
        self.runner.invoice(order)
        asked = [each for each in self.go.requests[before:] if each.path != POLL]
        return len(asked), len(self.pos.requests) - heard


def counter(**settings: Any) -> Iterator[Counter]:
    clock = VirtualClock()
    go, pos = FakeGo(now=clock.utc_now, **settings), FakePos()
    go.put(Product(code="ORE", name="Øreavrunding", vat_code="7"))
    customer, product = pos.put(BUYER), pos.put(BREAD)
    with go.serve() as url:
        client = GoClient(go.credentials, base_url=url, limiter=NO_LIMIT, clock=clock)
        runner = Runner(
            go=client, pos=pos, store=MemoryStore(), profile=PROFILE, accounts=accounts(), clock=clock
        )
        runner.sync_customers()
        runner.sync_products()
        till = Counter(go, pos, runner, customer, product)
        runner.invoice(till.order())
        yield till


@pytest.fixture
def till() -> Iterator[Counter]:
    yield from counter()


@pytest.fixture
def other_till() -> Iterator[Counter]:
    """
    Go rounds otherwise than posgo reckons with.
    """
    yield from counter(line_rounding=ROUND_DOWN)


class TestBudget:
    """
    At most five requests to Go with warm memory, polling aside: what the reference says.
    """

    def test_a_new_order(self, till: Counter) -> None:
        """
        Is it invoiced, who is the customer, the order, send it.
        """
        assert (4, 2) == till.cost(till.order())

    def test_a_line_without_a_price(self, till: Counter) -> None:
        """
        The POS is asked whether the product still costs what Go was told.
        """
        assert (4, 3) == till.cost(till.order(priced=False))

    def test_the_ore_cost_one_more(self, other_till: Counter) -> None:
        """
        Where Go rounds otherwise.
        """
        assert (5, 2) == other_till.cost(other_till.order())

    def test_an_invoiced_order(self, till: Counter) -> None:
        """
        The invoice is read.
        """
        order = till.order()
        till.cost(order)

        assert (1, 1) == till.cost(order)

    def test_a_credit_note(self, till: Counter) -> None:
        """
        The invoice it takes back is read as well.
        """
        assert (5, 2) == till.cost(till.order(credits=10_001, quantity=-1))

    def test_a_draft_that_stands_in_go(self, till: Counter) -> None:
        """
        It is read, and sent.
        """
        order = till.order()
        till.go.may_send_invoices = False
        with pytest.raises(Exception, match="may not"):
            till.runner.invoice(order)
        till.go.may_send_invoices = True
        till.runner.clock.sleep(1)  # what was forgotten with the refusal is read below
        till.runner.invoice(till.order())

        assert (3, 2) == till.cost(order)


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_both_runners_invoice(colour: Colour) -> None:
    """
    One procedure, two drivers.
    """
    clock = VirtualClock()
    shop = Shop(
        colour=colour, clock=clock, go=FakeGo(now=clock.utc_now), profile=attrs.evolve(OPEN_ONE, orders=None)
    )
    customer, product = shop.pos.put(BUYER), shop.pos.put(BREAD)
    shop.sync()
    order = shop.pos.put(Order(customer=customer, lines=[OrderLine(product=product)]))
    result = shop.invoice(order)

    assert (10_001, order) == (result.invoice_no, result.order_id)
    assert 10_001 == shop.pos.get(Order, order).invoice_no


@pytest.mark.parametrize(
    ("options", "words"),
    [({"pos": None}, "none is connected"), ({"dry_run": True}, "a dry run makes no invoice")],
)
def test_what_a_runner_needs(options: dict[str, Any], words: str) -> None:
    """
    A POS to read the order from, and leave to write.
    """
    go = FakeGo()
    client = GoClient(go.credentials, transport=go.transport, limiter=NO_LIMIT)
    runner = Runner(
        **{"go": client, "pos": FakePos(), "store": MemoryStore(), "profile": OPEN_ONE, **options}
    )

    with pytest.raises(ConfigurationError, match=words):
        runner.invoice("1")
