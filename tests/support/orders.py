"""
A small shop's goods and customers in Go, and orders of them as a POS has them.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st

from posgo.bookkeeping import AccountMap
from posgo.clients.calls import Call, collect
from posgo.clients.go import departments
from posgo.clients.go_client import GoClient
from posgo.clients.retry import RetryPolicy
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Customer
from posgo.models.records import Link
from posgo.procedure import Pause, Procedure
from posgo.procedures.catalog import read_catalog
from posgo.procedures.order_forms import OrderForms
from posgo.testing import NO_LIMIT, FakeGo, VirtualClock

ACCOUNTS = """
[sales]
"3"  = 3000
"31" = 3030
"32" = 3060
"33" = 3050
"0%" = { vat_code = "5", account = 3100 }
"7" = 3900

[tenders]
"12001" = 1900

[pos]
vat_rows = "net"
"""
CODES = ("3", "31", "33", "32", "5")
"""VAT codes at 25, 15, 12, 11.11 and 0 per cent."""

ROUNDING_CODE = "ORE"


@attrs.define
class Shop:
    """
    A company in Go with a product at each rate, and the translation that knows them.

    The POS's ids are ``buyer``, ``free`` (of VAT) and ``p-<VAT code>``.
    """

    go: FakeGo
    clock: VirtualClock
    forms: OrderForms
    client: GoClient

    def ask(self, call: Any) -> Any:
        """
        Send a call, or run a procedure of calls.
        """
        return self.client.send(call) if isinstance(call, Call) else self.run(call)

    def run(self, procedure: Procedure[Any]) -> Any:
        """
        Drive a procedure that asks nothing but Go.
        """
        return drive(self.client, procedure)


def drive(client: GoClient, procedure: Procedure[Any]) -> Any:
    answer: Any = None
    while True:
        try:
            request = procedure.send(answer)
        except StopIteration as stop:
            return stop.value
        answer = None if isinstance(request, Pause) else client.send(request)  # type: ignore[arg-type]


def a_shop(*, rounding: bool = True, **settings: Any) -> Shop:
    """
    A shop, with a product for the øre rounding line unless it has none.
    """
    clock = VirtualClock()
    clock.advance((datetime(2026, 3, 14, tzinfo=UTC) - clock.utc_now()).total_seconds())
    go = FakeGo(now=clock.utc_now, **settings)
    go.add_account(3060, vat_code="32")
    account_map = AccountMap.from_toml(ACCOUNTS)
    client = GoClient(
        go.credentials, transport=go.transport, limiter=NO_LIMIT, retry=RetryPolicy(attempts=1), clock=clock
    )
    customers = [
        Link(pos_id=name, go_id=go.put(value), base=value)
        for name, value in (
            ("buyer", Customer(name="Buyer", email="buyer@example.no")),
            ("free", Customer(name="Free", email="free@example.no", is_vat_free=True)),
        )
    ]
    products = [
        Link(pos_id=f"p-{code}", go_id=go.put(value), base=value)
        for code in CODES
        for value in [Product(code=f"P{code}", name=f"Goods {code}", price=Decimal("99.90"), vat_code=code)]
    ]
    ore = go.put(Product(code=ROUNDING_CODE, name="Øreavrunding", vat_code="7"))
    forms = OrderForms(
        catalog=drive(client, read_catalog(account_map, date(2026, 3, 14), "3")),
        customers=customers,
        products=products,
        departments=drive(client, collect(departments.list())),
        rounding_product=int(ore) if rounding else None,
    )
    return Shop(go=go, clock=clock, forms=forms, client=client)


def _ore(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda ore: Decimal(ore).scaleb(-2))


discounts = st.sampled_from(
    [Decimal(0)] * 3 + [Decimal(text) for text in ("10", "12.5", "33.33", "100", "-15")]
)
quantities = st.one_of(
    st.integers(-5, 20).map(Decimal), st.integers(-2000, 9999).map(lambda grams: Decimal(grams).scaleb(-3))
)
goods = st.builds(
    OrderLine,
    product=st.sampled_from([f"p-{code}" for code in CODES]),
    text=st.sampled_from([None, "as agreed"]),
    quantity=quantities,
    unit_price=st.one_of(st.none(), _ore(0, 2_000_000)),
    discount_percent=discounts,
)
texts = st.builds(OrderLine, text=st.sampled_from(["Happy Easter", "Table 4"]), quantity=st.integers(1, 3))
loose = st.builds(
    OrderLine,
    text=st.just("Repair"),
    quantity=quantities,
    unit_price=_ore(0, 99_999),
    discount_percent=discounts,
)


def _named(lines: list[OrderLine]) -> list[OrderLine]:
    return [attrs.evolve(line, reference=f"line-{at}") for at, line in enumerate(lines)]


def orders() -> st.SearchStrategy[Order]:
    """
    Orders of the shop's goods, lines named as every POS names them.
    """
    return st.builds(
        Order,
        customer=st.sampled_from(["buyer", "buyer", "free"]),
        lines=st.lists(st.one_of(goods, goods, texts, loose), max_size=8).map(_named),
        status=st.sampled_from(["draft", "confirmed"]),
        reference=st.sampled_from([None, "Kari"]),
        purchase_order=st.sampled_from([None, "PO-7"]),
        ordered_on=st.sampled_from([None, date(2026, 3, 14)]),
        delivered_on=st.sampled_from([None, date(2026, 3, 20)]),
        department=st.sampled_from([None, "10"]),
    )
