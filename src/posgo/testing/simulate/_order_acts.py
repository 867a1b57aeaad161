"""
What people do to orders and invoices, as values that can be left out one by one.
"""

import abc
from decimal import Decimal
from typing import Any

import attrs

from posgo.models.orders import Order, OrderStatus
from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._orders import Item, found, goods, standing_in_go
from posgo.testing.simulate._world import World

__all__ = [
    "AddLine",
    "ChangeLine",
    "Credit",
    "DeleteOrder",
    "DropLine",
    "EditOrder",
    "FailDelivery",
    "MakeStatus",
    "PayByBank",
    "Send",
    "TakeOrder",
]

_OPEN = frozenset({OrderStatus.DRAFT, OrderStatus.CONFIRMED})


@attrs.frozen
class TakeOrder(Act):
    """
    A person takes an order on one side.
    """

    side: str
    order: str
    customer: str
    items: tuple[Item, ...]

    def do(self, world: World) -> None:
        """
        Let it happen, unless the order is there, or that side does not know the customer.
        """
        customer = world.born(self.side, "customers", self.customer)
        if customer is None or found(world, self.side, self.order) is not None:
            return
        lines = [line for item in self.items if (line := item.line(world, self.side)) is not None]
        world.side(self.side).put(Order(customer=customer, purchase_order=self.order, lines=lines))
        world.lines |= {line.text or "": self.order for line in lines}

    def __str__(self) -> str:
        told = ", ".join(f"{item.mark} {item.quantity} x {item.price}" for item in self.items)
        return f"takes order {self.order} of {self.customer} in {self.side}: {told}"


@attrs.frozen
class _OnOrder(Act):
    """
    Something done to an order that one side has, if it may be done there now.

    Attributes:
        side: Where.
        order: Mark of the order.
    """

    side: str
    order: str

    def do(self, world: World) -> None:
        """
        Let it happen, if it can.
        """
        known = found(world, self.side, self.order)
        if known is None or not self.may(known[1]):
            return
        own_id, order = known
        try:
            new = self.made_of(order, world)
            world.side(self.side).put(new, own_id)
        except LookupError:
            return  # It is being sent.
        self.note(order, new, world)

    def may(self, order: Order) -> bool:
        """
        Whether that side lets it be done: Go locks what is confirmed, the till what is invoiced.
        """
        return order.status is OrderStatus.DRAFT or (self.side == "pos" and order.status in _OPEN)

    @abc.abstractmethod
    def made_of(self, order: Order, world: World) -> Order:
        """
        The order as it is afterwards.
        """

    def note(self, before: Order, after: Order, world: World) -> None:
        """
        Remember what people did.
        """


@attrs.frozen
class AddLine(_OnOrder):
    """
    A person adds a line.
    """

    item: Item
    place: int

    def made_of(self, order: Order, world: World) -> Order:
        """
        See :class:`_OnOrder`.
        """
        line = self.item.line(world, self.side)
        lines = list(order.lines)
        lines[self.place : self.place] = [line] if line is not None else []
        return attrs.evolve(order, lines=lines)

    def note(self, before: Order, after: Order, world: World) -> None:
        """
        See :class:`_OnOrder`.
        """
        if len(after.lines) > len(before.lines):
            world.lines[self.item.mark] = self.order

    def __str__(self) -> str:
        item = self.item
        return f"adds {item.mark} {item.quantity} x {item.price} to {self.order} in {self.side}"


@attrs.frozen
class ChangeLine(_OnOrder):
    """
    A person changes a line.
    """

    place: int
    field: str
    value: Any

    def made_of(self, order: Order, world: World) -> Order:
        """
        See :class:`_OnOrder`.
        """
        rows = [line for line in goods(order) if line.product is not None]
        if not rows:
            return order
        old = rows[self.place % len(rows)]
        new = attrs.evolve(old, **{self.field: self.value})
        return attrs.evolve(order, lines=[new if line is old else line for line in order.lines])

    def __str__(self) -> str:
        return f"makes {self.field} of line {self.place} of {self.order} in {self.side} {self.value}"


@attrs.frozen
class DropLine(_OnOrder):
    """
    A person removes a line.
    """

    place: int

    def made_of(self, order: Order, world: World) -> Order:
        """
        See :class:`_OnOrder`.
        """
        rows = goods(order)
        gone = rows[self.place % len(rows)] if rows else None
        return attrs.evolve(order, lines=[line for line in order.lines if line is not gone])

    def note(self, before: Order, after: Order, world: World) -> None:
        """
        See :class:`_OnOrder`.
        """
        world.dropped |= {line.text or "" for line in before.lines if line not in after.lines}

    def __str__(self) -> str:
        return f"removes line {self.place} of {self.order} in {self.side}"


@attrs.frozen
class EditOrder(_OnOrder):
    """
    A person edits a field of the order itself.
    """

    field: str
    value: Any

    def made_of(self, order: Order, world: World) -> Order:
        """
        See :class:`_OnOrder`.
        """
        return attrs.evolve(order, **{self.field: self.value})

    def __str__(self) -> str:
        return f"makes {self.field} of {self.order} in {self.side} {self.value}"


@attrs.frozen
class MakeStatus(_OnOrder):
    """
    A person confirms an order, opens it again or gives it up, which in Go deletes it.
    """

    status: OrderStatus

    @property
    def unseen(self) -> bool:
        """
        Nobody tells of a draft that is gone.
        """
        return self.side == "go" and self.status is OrderStatus.CANCELLED

    def may(self, order: Order) -> bool:
        """
        Whether that side lets it be done.
        """
        return order.status in _OPEN

    def do(self, world: World) -> None:
        """
        Let it happen, if it can.
        """
        known = found(world, self.side, self.order)
        if self.side == "pos" or self.status is not OrderStatus.CANCELLED:
            super().do(world)
        elif known is not None:
            try:
                world.go.delete(known[0])
            except LookupError:
                return  # It is sent.
            # What stood there alone went with it, though a lost store may have the order made again.
            world.dropped |= {line.text or "" for line in known[1].lines}

    def made_of(self, order: Order, world: World) -> Order:
        """
        See :class:`_OnOrder`.
        """
        return attrs.evolve(order, status=self.status)

    def __str__(self) -> str:
        return f"makes {self.order} {self.status.value} in {self.side}"


@attrs.frozen
class DeleteOrder(Act):
    """
    A person deletes an open order in the POS.
    """

    order: str

    @property
    def unseen(self) -> bool:
        """
        See :attr:`Act.unseen`.
        """
        return True

    def do(self, world: World) -> None:
        """
        Let it happen, if it is there and not invoiced.
        """
        known = found(world, "pos", self.order)
        if known is not None and known[1].status in _OPEN:
            world.pos.delete(Order, known[0])
            # What stood there alone went with it, though a lost store may have the order made again.
            world.dropped |= {line.text or "" for line in known[1].lines}

    def __str__(self) -> str:
        return f"deletes {self.order} in pos"


@attrs.frozen
class Send(Act):
    """
    A person in Go sends an order.
    """

    order: str

    def do(self, world: World) -> None:
        """
        Let it happen, if there is one with lines.
        """
        known = found(world, "go", self.order)
        if known is None or not goods(known[1]):
            return
        try:
            world.go.send(known[0])
        except LookupError:
            return  # It is sent.
        world.sent.add(self.order)

    def __str__(self) -> str:
        return f"sends {self.order} in go"


@attrs.frozen
class FailDelivery(Act):
    """
    The next invoice is taken by Go, but not delivered.
    """

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.go.fail_deliveries("the post is on strike")

    def __str__(self) -> str:
        return "lets the next delivery fail"


@attrs.frozen
class PayByBank(Act):
    """
    A customer pays an invoice by bank, or a part of it.
    """

    order: str
    part: Decimal

    def do(self, world: World) -> None:
        """
        Let it happen, if something is open.
        """
        there = standing_in_go(world, self.order)
        if there is None or there.invoice_no is None or there.balance <= 0:
            return
        amount = (there.balance * self.part).quantize(Decimal("0.01"))
        if amount:
            world.go.pay(there.invoice_no, amount)
            world.paid_by_bank.add(self.order)

    def __str__(self) -> str:
        return f"pays {self.part} of what is open of {self.order} by bank"


@attrs.frozen
class Credit(Act):
    """
    A person in Go takes an invoice back.
    """

    order: str

    def do(self, world: World) -> None:
        """
        Let it happen, if something is open.
        """
        there = standing_in_go(world, self.order)
        if there is None or there.invoice_no is None or there.balance <= 0:
            return
        world.go.credit(there.invoice_no)
        world.credited.add(self.order)

    def __str__(self) -> str:
        return f"credits the invoice of {self.order} in go"
