"""
Who orders at the till while runners are killed, adds to it, and asks for the bill.
"""

import random
from decimal import Decimal
from pathlib import Path

import attrs

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Customer
from support.soak.shop import Shop

__all__ = ["BIRTHS", "Bill", "Guests"]

_CUSTOMER = Customer(name="Regulars AS", email="regulars@example.no", invoice_email="regulars@born.no")
_DISH = Product(
    code="DISH",
    name="Dish of the day",
    description="dish",
    price=Decimal("125.00"),
    vat_code="3",
    gtins=("7038010009457", "7035620025037"),
    images=("https://example.no/1.png",),
)

BIRTHS = (("customers", "regulars@born.no"), ("products", "dish"))
"""The customer and the product of every order, which nobody edits."""


@attrs.define
class Bill:
    """
    What somebody has ordered.

    Attributes:
        order: The order's id in the POS.
        dishes: How many dishes.
        asked: Whether they have asked for an invoice; nothing is added after that.
    """

    order: str
    dishes: int
    asked: bool = False

    @property
    def total(self) -> Decimal:
        """
        NOK including VAT.
        """
        return self.dishes * Decimal("125.00")


class Guests:
    """
    Guests, one act at a time.

    Args:
        shop: Where.
        source: Decides what they do.
        asked: The file that lists the orders an invoice was asked for, a line each.

    Attributes:
        bills: Every order, by the mark it was taken with.
    """

    def __init__(self, shop: Shop, source: random.Random, asked: Path) -> None:
        self._shop = shop
        self._random = source
        self._asked = asked
        self._customer = self._dish = ""
        self.bills: dict[str, Bill] = {}

    def open(self) -> None:
        """
        A customer and a dish.
        """
        self._asked.touch()
        self._shop.enter("pos", _CUSTOMER)
        self._shop.enter("pos", _DISH)
        self._customer = self._shop.born("pos", *BIRTHS[0]) or ""
        self._dish = self._shop.born("pos", *BIRTHS[1]) or ""

    def act(self) -> None:
        """
        Do one thing.
        """
        waiting = [bill for bill in self.bills.values() if not bill.asked]
        if not waiting or self._random.random() < 0.3:
            self._order()
            return
        bill = self._random.choice(waiting)
        if self._random.random() < 0.5:
            self._add(bill)
        else:
            self._ask(bill)

    def _order(self) -> None:
        mark = f"order {len(self.bills) + 1}"
        dishes = self._random.randint(1, 3)
        order = Order(customer=self._customer, purchase_order=mark, lines=[self._line(dishes)])
        with self._shop.lock:
            self.bills[mark] = Bill(self._shop.pos.put(order), dishes)

    def _add(self, bill: Bill) -> None:
        with self._shop.lock:
            order = self._shop.pos.get(Order, bill.order)
            self._shop.pos.put(attrs.evolve(order, lines=[*order.lines, self._line(1)]), bill.order)
            bill.dishes += 1

    def _ask(self, bill: Bill) -> None:
        bill.asked = True
        with self._asked.open("a") as file:
            file.write(f"{bill.order}\n")

    def _line(self, dishes: int) -> OrderLine:
        return OrderLine(product=self._dish, quantity=dishes, unit_price=_DISH.price)
