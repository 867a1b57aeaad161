"""
What happens at the till to what is invoiced: it is paid, taken back, and told by the report of the day.
"""

from decimal import Decimal

import attrs

from posgo.models._dates import to_oslo
from posgo.models.orders import Order, OrderStatus
from posgo.models.pos import InvoicePayment, Tender, VatRow
from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._orders import found, goods, receipt
from posgo.testing.simulate._world import World, a_z_report

__all__ = ["CloseTill", "PayAtTill", "TakeBack"]

_CASH, _CARD = "12001", "12002"


@attrs.frozen
class TakeBack(Act):
    """
    A customer brings everything back: an order that credits the invoice of another one.

    Attributes:
        order: Mark of the new order.
        of: Mark of the order that is taken back.
        named: Whether the new order says at once which invoice it takes back; if it is there, it says so now.
    """

    order: str
    of: str
    named: bool = True

    def do(self, world: World) -> None:
        """
        Let it happen, if the till knows of an invoice that charged something.
        """
        sold, back = found(world, "pos", self.of), found(world, "pos", self.order)
        if sold is None or sold[1].invoice_no is None or receipt(sold[1]) <= 0:
            return
        number = sold[1].invoice_no if self.named else None
        if back is not None:
            world.pos.put(attrs.evolve(back[1], credits=number), back[0])
            return
        lines = [
            attrs.evolve(line, text=f"{line.text} back", quantity=-line.quantity, reference=None)
            for line in goods(sold[1])
            if line.product is not None
        ]
        order = Order(customer=sold[1].customer, purchase_order=self.order, lines=lines, credits=number)
        world.pos.put(order)
        world.lines |= {line.text or "": self.order for line in lines}
        world.taken_back[self.order] = self.of

    def __str__(self) -> str:
        return f"takes {self.of} back as {self.order}{'' if self.named else ', without saying so'}"


@attrs.frozen
class PayAtTill(Act):
    """
    A customer pays an invoice at the till: the next Z-report tells.

    Attributes:
        order: Mark of the order.
        card: Share paid by card; the rest is cash.
        by_number: Whether the till names the invoice by its number, too.
    """

    order: str
    card: Decimal
    by_number: bool = True

    def do(self, world: World) -> None:
        """
        Let it happen, if the till knows of an unpaid invoice.
        """
        known = found(world, "pos", self.order)
        if known is None or known[1].status is not OrderStatus.INVOICED or receipt(known[1]) <= 0:
            return
        own_id, order = known
        amount = receipt(order)
        card = (amount * self.card).quantize(Decimal("0.01"))
        parts = [(tender, part) for tender, part in ((_CARD, card), (_CASH, amount - card)) if part]
        world.till_payments += [
            InvoicePayment(
                order=own_id,
                invoice_no=order.invoice_no if self.by_number else None,
                customer=order.customer,
                amount=part,
                tender=tender,
                sales=() if number else (_sold(amount),),
            )
            for number, (tender, part) in enumerate(parts)
        ]
        world.pos.put(attrs.evolve(order, status=OrderStatus.PAID), own_id)

    def __str__(self) -> str:
        return f"takes payment of {self.order} at the till, {self.card} of it by card"


@attrs.frozen
class CloseTill(Act):
    """
    A day is closed at the till, with the invoices that were paid there since.
    """

    number: int
    sold: Decimal

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        z = a_z_report(self.number, sold=self.sold)
        payments, world.till_payments = tuple(world.till_payments), []
        rows = [*z.vat_rows, *(row for each in payments for row in each.sales)]
        z = attrs.evolve(
            z,
            closed_at=to_oslo(world.clock.utc_now()),
            vat_rows=rows,
            tenders=[
                *z.tenders,
                *(Tender(code=each.tender, amount=each.amount, number=1) for each in payments),
            ],
            total=z.total + sum((each.amount for each in payments), Decimal(0)),
            receipts=z.receipts + len(payments),
            grand_totals=None,
            invoice_payments=payments,
        )
        world.pos.put(z)
        world.closed.setdefault(self.number, []).append(z)

    def __str__(self) -> str:
        return f"closes Z {self.number} with {self.sold} and the invoices paid"


def _sold(amount: Decimal) -> VatRow:
    vat = (amount / 5).quantize(Decimal("0.01"))
    return VatRow(vat_code="3", percent=25, amount=amount - vat, vat=vat)
