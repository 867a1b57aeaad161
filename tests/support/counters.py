"""
A shop with an order at its till, and what people in Go do at the last moment.
"""

from collections.abc import Callable

import attrs
import httpx

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Customer
from posgo.profiles import Profile
from posgo.testing import FakeGo, VirtualClock
from support.shops import Shop


@attrs.define
class Counter:
    """
    A shop whose customer and product are in Go, and an order at its till.
    """

    shop: Shop
    order: str
    product: str

    def say(self, **changes: object) -> None:
        order = self.shop.pos.get(Order, self.order)
        self.shop.pos.put(attrs.evolve(order, **changes), self.order)

    @property
    def ours(self) -> Order:
        order: Order = self.shop.pos.get(Order, self.order)
        return order

    def sync(self) -> dict[str, int]:
        """
        Sync once Go's reads have caught up; say what was written.
        """
        self.shop.clock.advance(5)
        report = self.shop.sync(full=True)
        assert not report.failed
        self.shop.clock.advance(5)
        return report.written


def a_counter(profile: Profile) -> Counter:
    clock = VirtualClock()
    shop = Shop(clock=clock, go=FakeGo(now=clock.utc_now), profile=profile)
    customer = shop.pos.put(Customer(name="Kafe Nord AS", email="post@example.no"))
    product = shop.pos.put(Product(code="BA-12", name="Krus", price="99.90", vat_code="3"))
    shop.sync()
    order = shop.pos.put(Order(customer=customer, lines=[OrderLine(product=product, quantity=3)]))
    return Counter(shop, order, product)


@attrs.define
class AtTheLastMoment(httpx.BaseTransport):
    """
    Lets a person act just before a request.
    """

    go: FakeGo
    act: Callable[[], object]
    before: str = "/createAndSendInvoice"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(self.before):
            self.act()
        return self.go.transport.handle_request(request)
