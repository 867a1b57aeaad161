"""
Drawing what people do to orders.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from posgo.models.catalog import Product
from posgo.models.orders import OrderStatus
from posgo.testing.simulate._acts import Act, Enter
from posgo.testing.simulate._draw import BEFORE, Draw
from posgo.testing.simulate._order_acts import (
    AddLine,
    ChangeLine,
    Credit,
    DropLine,
    EditOrder,
    MakeStatus,
    PayByBank,
    Send,
    TakeOrder,
)
from posgo.testing.simulate._orders import Item
from posgo.testing.simulate._till_acts import CloseTill, PayAtTill
from posgo.testing.simulate._world import LOCATIONS

__all__ = ["OrderDraw"]

_ROUNDING = Product(
    code="OREAVRUNDING", name="Rounding", description="rounding", price=Decimal(0), vat_code="5"
)


class OrderDraw(Draw):
    """
    Draws acts of a shop that takes orders.

    Attributes:
        order_sides: Where people take orders.
        orders: Marks of the orders taken so far.
    """

    order_sides: tuple[str, ...] = ("pos", "go")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.orders: list[str] = []
        self._days = 0

    def stock(self) -> Iterator[Act]:
        """
        What must be there before anybody can order anything.
        """
        yield Enter(BEFORE, "go", _ROUNDING)
        for kind in ("customers", *(["products"] * 2)):
            for _ in range(self.number(1, 2)):
                yield Enter(BEFORE, "pos", self.record(kind))

    def takes(self, at: int | None = None, side: str | None = None) -> Iterator[TakeOrder]:
        """
        Somebody takes an order, most often before the first run or soon after it.
        """
        if at is None:
            at = BEFORE if self.chance(0.4) else self.moment()
        mark = f"o{self.next()}"
        side = side or ("pos" if at == BEFORE else self.choice(self.order_sides))
        items = tuple(self.item() for _ in range(self.number(0, 3)))
        self.orders.append(mark)
        yield TakeOrder(at, side, mark, self._born("customers"), items)

    def item(self) -> Item:
        """
        A new line.
        """
        mine = self.next()
        if self.chance(0.1):
            return Item(f"line {mine}", None)
        return Item(
            f"line {mine}", self._born("products"), Decimal(mine), Decimal(self.next()) + self.choice(_CENTS)
        )

    def does(self, at: int | None = None, mark: str | None = None) -> Act:
        """
        Somebody does something with an order.
        """
        at = self.moment() if at is None else at
        mark = self.choice(self.orders) if mark is None else mark
        dice = self.random.random()
        if dice < 0.55:
            return self.edits(at, self.choice(("pos", "go")), mark)
        if dice < 0.85:
            return self.moves_on(at, mark)
        return self.pays(at, mark)

    def edits(self, at: int, side: str, mark: str) -> Act:
        """
        Somebody changes what an order says.
        """
        dice, place = self.random.random(), self.number(0, 3)
        if dice < 0.3:
            return AddLine(at, side, mark, self.item(), place)
        if dice < 0.75:
            return ChangeLine(at, side, mark, place, *self._line_edit())
        if dice < 0.85:
            return DropLine(at, side, mark, place)
        return EditOrder(at, side, mark, *self._header_edit())

    def moves_on(self, at: int, mark: str) -> Act:
        """
        Somebody confirms an order, opens it again, gives it up, or sends it.
        """
        dice, side = self.random.random(), self.choice(("pos", "go"))
        if dice < 0.35:
            return MakeStatus(at, side, mark, OrderStatus.CONFIRMED)
        if dice < 0.5:
            return MakeStatus(at, side, mark, OrderStatus.DRAFT)
        if dice < 0.62:
            return MakeStatus(at, side, mark, OrderStatus.CANCELLED)
        return Send(at, mark)

    def pays(self, at: int, mark: str) -> Act:
        """
        Somebody pays an invoice, or takes it back.
        """
        dice = self.random.random()
        if dice < 0.6:
            return PayAtTill(
                at, mark, self.choice((Decimal(1), Decimal(0), Decimal("0.3"))), self.chance(0.7)
            )
        if dice < 0.85:
            return PayByBank(at, mark, self.choice((Decimal(1), Decimal("0.4"))))
        return Credit(at, mark)

    def days(self) -> Iterator[CloseTill]:
        """
        A few days are closed.
        """
        for number in range(1, self.number(0, 3) + 1):
            yield self.closes(self.end * number // 3)

    def closes(self, at: int) -> CloseTill:
        """
        A day is closed.
        """
        self._days += 1
        return CloseTill(at, self._days, Decimal(self.number(0, 4000) * 5) / 100)

    def _born(self, kind: str) -> str:
        return self.choice([birth for of, birth in self.births if of == kind])

    def _line_edit(self) -> tuple[str, Any]:
        mine = self.next()
        return self.choice(
            (
                ("quantity", Decimal(mine)),
                ("unit_price", Decimal(mine) + self.choice(_CENTS)),
                ("discount_percent", Decimal(mine) / 10),
            )
        )

    def _header_edit(self) -> tuple[str, Any]:
        mine = self.next()
        return self.choice(
            (
                ("reference", f"ref {mine}"),
                ("delivered_on", date(2026, 1, 1) + timedelta(days=mine)),
                ("department", self.choice(("10", "20"))),
                ("location", self.choice(LOCATIONS)),
            )
        )


_CENTS = (Decimal("0.90"), Decimal("0.50"), Decimal("0.35"), Decimal("0.00"))
