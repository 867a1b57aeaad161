"""
Invoices in Go, made as an integration makes them, and what a till says when they are paid.
"""

from decimal import Decimal
from typing import Any

import attrs

from posgo.clients.go_client import GoClient
from posgo.models.catalog import Product
from posgo.models.go_orders import SalesOrder, SalesOrderLine
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Customer
from posgo.models.pos import InvoicePayment, Tender, VatRow, ZReport
from posgo.models.records import Link, pos_reference
from posgo.state import Changes, LinkRecord, StateStore
from posgo.testing import NO_LIMIT, FakeGo, VirtualClock
from support.zreports import a_day

__all__ = ["Invoicing", "a_paid_day", "balances", "paid"]


@attrs.define
class Invoicing:
    """
    An integration that makes invoices in a company, and remembers them as a sync would.

    Attributes:
        go: The company.
        store: Where the links go.
        clock: The time.
    """

    go: FakeGo
    store: StateStore
    clock: VirtualClock = attrs.Factory(VirtualClock)

    def client(self) -> GoClient:
        return GoClient(self.go.credentials, transport=self.go.transport, limiter=NO_LIMIT, clock=self.clock)

    def customer(self, pos_id: str, *, linked: bool = True) -> int:
        """
        A customer in Go, linked with the POS's.
        """
        value = Customer(name=f"Kunde {pos_id}", email=f"{pos_id}@example.no")
        go_id = self.go.put(value)
        if linked:
            self.link("customers", Link(pos_id=pos_id, go_id=go_id, base=value))
        return int(go_id)

    def invoice(
        self,
        customer: int,
        order: str = "o1",
        *,
        price: str = "500.00",
        quantity: int = 1,
        linked: bool = True,
        **facts: Any,
    ) -> int:
        """
        An invoice of one line, sent and delivered; gives its number.
        """
        product = self.go.put(Product(name="Vare", price=Decimal(price), vat_code="3"))
        line = SalesOrderLine(product_id=int(product), quantity=Decimal(quantity), reference="1")
        reference = pos_reference(order)
        known: dict[str, Any] = {
            "customer_id": customer,
            "reference": reference,
            "matching_reference": reference,
        }
        with self.client() as go:
            made = go.sales_orders.create(SalesOrder(lines=[line], **known | facts))
            go.sales_orders.send(made.id)
            state = go.sales_orders.sent_state(made.id)
        assert state is not None
        assert state.invoice_no is not None
        if linked:
            base = Order(
                customer="c1", invoice_no=state.invoice_no, lines=[OrderLine(text="Vare", reference="1")]
            )
            self.link("orders", Link(pos_id=order, go_id=made.id, base=base))
        return int(state.invoice_no)

    def link(self, kind: str, link: Link[Any]) -> None:
        with self.client() as go:
            client = go.integration.get().client_id
        version = self.store.links(client, kind).version
        self.store.commit(client, Changes(put=(LinkRecord(kind=kind, link=link),)), expected_version=version)


def paid(amount: Any, **facts: Any) -> InvoicePayment:
    return InvoicePayment(amount=amount, **{"tender": "12002"} | facts)


def a_paid_day(*payments: InvoicePayment, counted: bool = False, number: int = 1) -> ZReport:
    """
    ``a_day`` in 2026 on which invoices were paid as well; ``counted`` in the VAT rows, too, as sales at 25 %.
    """
    z = a_day(number)
    rows, total = list(z.vat_rows), z.total
    if counted:
        payments = tuple(attrs.evolve(each, sales=[_sold(each.amount)]) for each in payments)
        rows += [row for each in payments for row in each.sales]
        total += sum(each.amount for each in payments)
    return attrs.evolve(
        z,
        vat_rows=rows,
        total=total,
        closed_at=z.closed_at.replace(year=2026, month=3, day=14),
        tenders=[*z.tenders, *(Tender(code=each.tender, amount=each.amount, number=1) for each in payments)],
        grand_totals=None,
        invoice_payments=payments,
    )


def _sold(amount: Decimal) -> VatRow:
    vat = (amount / 5).quantize(Decimal("0.01"))
    return VatRow(vat_code="3", percent=25, amount=amount - vat, vat=vat)


def balances(go: FakeGo) -> dict[int, Decimal]:
    """
    What is open of each invoice.
    """
    return {invoice.invoice_no: invoice.balance for invoice in go.invoices}
