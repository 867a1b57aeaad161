"""
What people do to invoices the POS issues itself, as values that can be left out one by one.
"""

from datetime import date, timedelta

import attrs

from posgo.bookkeeping.pos_invoices import invoice_reference
from posgo.models.orders import Order, OrderStatus
from posgo.testing._go.entities import BookedVoucher
from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._orders import Item, found
from posgo.testing.simulate._world import World

__all__ = ["DisownInvoice", "Issue", "ReverseInvoice", "vouchers_of"]

_CREDIT = timedelta(days=14)


def vouchers_of(world: World, order: str) -> list[BookedVoucher]:
    """
    What was ever booked for an order of the POS, by its id there; reversals apart.
    """
    reference = invoice_reference(order)
    return [one for one in world.go.vouchers if one.reference == reference and one.reverses is None]


@attrs.frozen
class Issue(Act):
    """
    The till issues an invoice, or a credit note.

    Attributes:
        order: Mark of the order.
        number: Of the invoice.
        customer: Birth mark of the customer.
        items: What was sold, or taken back.
        day: Its date.
        credits: Number of the invoice it takes back; None for an invoice.
    """

    order: str
    number: int
    customer: str
    items: tuple[Item, ...]
    day: date
    credits: int | None = None

    def do(self, world: World) -> None:
        """
        Let it happen, unless it was issued before, or the till has no such customer or product.
        """
        customer = world.born("pos", "customers", self.customer)
        lines = [line for item in self.items if (line := item.line(world, "pos")) is not None]
        if customer is None or len(lines) < len(self.items) or found(world, "pos", self.order) is not None:
            return
        world.pos.put(
            Order(
                customer=customer,
                purchase_order=self.order,
                lines=lines,
                status=OrderStatus.CONFIRMED,
                invoice_no=self.number,
                invoiced_on=self.day,
                due_on=self.day + _CREDIT,
                credits=self.credits,
            )
        )

    def __str__(self) -> str:
        what = f"credit note {self.number} of {self.credits}" if self.credits else f"invoice {self.number}"
        told = ", ".join(f"{item.quantity} x {item.price}" for item in self.items)
        return f"issues {what} of {self.day} to {self.customer} as {self.order}: {told}"


@attrs.frozen
class _OnVoucher(Act):
    order: str

    def _standing(self, world: World) -> list[BookedVoucher]:
        known = found(world, "pos", self.order)
        return [] if known is None else [one for one in vouchers_of(world, known[0]) if not one.reversed]


@attrs.frozen
class ReverseInvoice(_OnVoucher):
    """
    A person in Go reverses what stands for an invoice of the POS.
    """

    def do(self, world: World) -> None:
        """
        Let it happen, if there is a voucher to be seen.
        """
        for voucher in filter(world.is_seen, self._standing(world)):
            world.go.reverse(voucher.id)
            world.undone.add(self.order)

    def __str__(self) -> str:
        return f"reverses the voucher of {self.order} in go"


@attrs.frozen
class DisownInvoice(_OnVoucher):
    """
    The integration in Go is replaced: the voucher of an invoice can no longer be read by its id.
    """

    def do(self, world: World) -> None:
        """
        Let it happen, if there is a voucher.
        """
        for voucher in self._standing(world):
            world.go.disown(voucher.id)
            world.disowned.add(self.order)

    def __str__(self) -> str:
        return f"lets the voucher of {self.order} be another integration's"
