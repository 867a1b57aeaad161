"""
A till and a ledger that know each other, and processes that invoice between them and may be stopped.
"""

import pickle
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.clients.go_client import GoClient
from posgo.clients.retry import RetryPolicy
from posgo.exceptions import InvoiceError, InvoiceRefusedError, PosgoError
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Customer
from posgo.models.records import Link, pos_reference
from posgo.procedures.books import Books
from posgo.procedures.invoicing import InvoiceDesk, InvoiceResult, invoice_order
from posgo.profiles import OPEN_ONE, Profile
from posgo.state import Changes, LinkRecord, MemoryStore, StateStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from support.driving import Driver, StoppedError
from support.zreports import accounts

Stop = tuple[int, bool]

CLIENT = "client"
BUYER = Customer(name="Kafe Nord AS", email="post@example.no")
MUG = Product(code="BA-12", name="Krus", price=Decimal("99.90"), vat_code="3")
BREAD = Product(code="B-1", name="Brød", price=Decimal("46.00"), vat_code="31")
ROUNDING = Product(code="ORE", name="Øreavrunding", vat_code="7")
PROFILE = attrs.evolve(OPEN_ONE, rounding_product="ORE")


@attrs.define
class Till:
    """
    A POS, a Go and a store that live on while processes come and go. Reads of Go are a second old.

    Attributes:
        profile: How the two work together.
        settings: Of the ledger.
        goods: The POS's ids of products, by code.
        buyer: The POS's id of the customer.
        theirs: Go's ids of customers and products, by the POS's.
    """

    profile: Profile = PROFILE
    settings: Mapping[str, Any] = attrs.Factory(dict)
    clock: VirtualClock = attrs.Factory(VirtualClock)
    pos: FakePos = attrs.Factory(FakePos)
    store: StateStore = attrs.Factory(MemoryStore)
    go: FakeGo = attrs.field(init=False)
    goods: dict[str, str] = attrs.Factory(dict)
    buyer: str = ""
    theirs: dict[str, str] = attrs.Factory(dict)
    transport: Any = None

    def __attrs_post_init__(self) -> None:
        self.go = FakeGo(now=self.clock.utc_now, **self.settings)
        self.go.put(ROUNDING)
        self.buyer = self.introduce("customers", BUYER)
        self.goods = {str(each.code): self.introduce("products", each) for each in (MUG, BREAD)}
        self.go.replica_lag = timedelta(seconds=1)
        self.clock.advance(5)

    def introduce(self, kind: str, value: Any) -> str:
        """
        Make a record on both sides, linked as a sync leaves it.
        """
        own_id, go_id = self.pos.put(value), self.go.put(value)
        self.theirs[own_id] = go_id
        self.link(kind, own_id, go_id, value)
        if kind == "customers":
            client = self.client()
            known = client.customers.get(go_id)
            client.customers.update(go_id, known.value, known.value, reference=pos_reference(own_id))
        return own_id

    def link(self, kind: str, own_id: str, go_id: str, base: Any, unagreed: tuple[str, ...] = ()) -> None:
        """
        Have the store know a pair.
        """
        version = self.store.links(CLIENT, kind).version
        put = LinkRecord(kind=kind, link=Link(pos_id=own_id, go_id=go_id, base=base, unagreed=unagreed))
        self.store.commit(CLIENT, Changes(put=[put]), expected_version=version)

    def links(self, kind: str = "orders") -> tuple[Link[Any], ...]:
        """
        The pairs the store knows.
        """
        return self.store.links(CLIENT, kind).links

    def client(self) -> GoClient:
        """
        A client that tries everything once.
        """
        return GoClient(
            self.go.credentials,
            transport=self.transport or self.go.transport,
            limiter=NO_LIMIT,
            retry=RetryPolicy(attempts=1),
            clock=self.clock,
        )

    def line(self, code: str = "BA-12", **more: Any) -> OrderLine:
        """
        A line of goods.
        """
        return OrderLine(product=self.goods[code], **more)

    def order(self, *lines: OrderLine, **more: Any) -> str:
        """
        Ring up an order.
        """
        wanted = lines or (self.line(quantity=3, reference="1"), OrderLine(text="God påske", reference="2"))
        return self.pos.put(Order(customer=self.buyer, lines=wanted, **more))

    def forget(self) -> None:
        """
        Lose the store.
        """
        self.store = MemoryStore()

    def process(
        self, order_id: str, stop: Stop | None = None, **desk: Any
    ) -> tuple[InvoiceResult | None, int]:
        """
        Begin a process that invoices one order and may be stopped; say how many requests it made.
        """
        at, carried_out = stop or (None, False)
        driver = Driver(self.client(), self.store, at, carried_out, pos=self.pos, clock=self.clock)
        chosen = InvoiceDesk(
            **{
                "profile": self.profile,
                "accounts": accounts(),
                "books": Books(),
                "now": self.clock.utc_now(),
                **desk,
            }
        )
        try:
            return driver.drive(invoice_order(chosen, order_id)), len(driver.asked)
        except StoppedError:
            return None, len(driver.asked)

    def invoice(self, order_id: str, **desk: Any) -> InvoiceResult:
        """
        Invoice one order to its end.
        """
        result, _ = self.process(order_id, **desk)
        assert result is not None
        return result

    def writes(self) -> list[tuple[str, str]]:
        """
        Every write Go received about orders.
        """
        return [
            (each.method, each.path)
            for each in self.go.requests
            if each.method != "GET" and "SalesOrders" in each.path
        ]


def refused(till: Till, order: str, kind: type[PosgoError] = InvoiceRefusedError, **desk: Any) -> Any:
    """
    The error an invoice ends with, shipped to another process and back.
    """
    with pytest.raises(kind) as caught:
        till.invoice(order, **desk)
    return pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes


def rules(error: InvoiceError) -> list[str]:
    return [finding.rule for finding in error.findings]


def edit(till: Till, order: str, **changes: Any) -> None:
    till.pos.put(attrs.evolve(till.pos.get(Order, order), **changes), order)


def in_go(till: Till, order: str) -> str:
    """
    Have the order stand in Go as a sync leaves it; say its id.
    """
    ours = till.pos.get(Order, order)
    lines = [attrs.evolve(line, product=line.product and till.theirs[line.product]) for line in ours.lines]
    go_id = till.go.put(attrs.evolve(ours, customer=till.theirs[ours.customer], lines=lines))
    till.link("orders", order, go_id, ours)
    till.clock.advance(5)
    return go_id
