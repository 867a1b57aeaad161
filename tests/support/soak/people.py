"""
Who works in the POS and in Go while runners are killed: what they enter, edit and close, by a seed.
"""

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from support.soak.guests import BIRTHS, Guests
from support.soak.shop import MODELS, Shop
from support.zreports import a_day

__all__ = ["People"]

_GTINS = ("7038010009457", "7035620025037")
_ORG_NUMBERS = ("974760673", "971032081")


class People:
    """
    People at work, one act at a time.

    Args:
        shop: Where.
        source: Decides what they do.
        both_ways: Whether articles and orders are kept in Go too.
        asked: The file that lists the orders an invoice was asked for.

    Attributes:
        births: Every record entered, by kind and birth mark.
        days: What each Z-number sold.
        guests: Who orders at the till.
        orders_both_ways: Whether every order is kept in Go too.
    """

    def __init__(self, shop: Shop, source: random.Random, asked: Path, *, both_ways: bool) -> None:
        self._shop = shop
        self._random = source
        self._sides = {
            "customers": ("pos", "go"),
            "products": ("pos", "go") if both_ways else ("pos",),
        }
        self._count = 0
        self.orders_both_ways = both_ways
        self.births: list[tuple[str, str]] = []
        self.guests = Guests(shop, source, asked)
        self.days: dict[int, Decimal] = {}

    def open(self) -> None:
        """
        What is there before the first run: records on either side, and customers both sides know.
        """
        for number in _ORG_NUMBERS:
            known = attrs.evolve(self._customer(), organization_number=number)
            self._shop.enter("pos", known)
            self._shop.enter("go", attrs.evolve(known, phone=self._phone(), email=None))
        for _ in range(3):
            self._enter()
        self.guests.open()
        self._close_day()

    def everybody(self) -> list[tuple[str, str]]:
        """
        Every record entered, those nobody edits included, by kind and birth mark.
        """
        return [*self.births, *BIRTHS]

    def act(self) -> None:
        """
        Do one thing.
        """
        chance = self._random.random()
        if chance < 0.3:
            self._enter()
        elif chance < 0.4:
            self._close_day()
        elif chance < 0.7:
            self.guests.act()
        else:
            self._edit()

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _phone(self) -> str:
        return str(22_000_000 + self._next())

    def _enter(self) -> None:
        # What nothing but our own care makes once: Go takes a second product with the same code.
        kind = self._random.choice(("customers", "products", "products"))
        side = self._random.choice(self._sides[kind])
        self._shop.enter(side, self._customer() if kind == "customers" else self._product(side))

    def _customer(self) -> Customer:
        birth = f"c{self._next()}@born.no"
        self.births.append(("customers", birth))
        number = self._next()
        return Customer(name=f"Name {number}", email=f"e{number}@example.no", invoice_email=birth)

    def _product(self, side: str) -> Product:
        birth = f"p{self._next()}"
        self.births.append(("products", birth))
        number = self._next()
        price = Decimal(number) + Decimal("0.50")
        bare = Product(code=f"K{number}", name=f"Name {number}", description=birth, price=price, vat_code="3")
        if side == "go":
            return bare
        return attrs.evolve(bare, gtins=_GTINS, images=("https://example.no/1.png",))

    def _edit(self) -> None:
        kind, birth = self._random.choice(self.births)
        side = self._random.choice(self._sides[kind])
        changes = self._changes(kind, side)
        with self._shop.lock:
            own_id = self._shop.born(side, kind, birth)
            if own_id is not None:
                value = self._shop.side(side).get(MODELS[kind], own_id)
                self._shop.enter(side, attrs.evolve(value, **changes), own_id)

    def _changes(self, kind: str, side: str) -> dict[str, Any]:
        number = self._next()
        if kind == "products":
            field, value = self._random.choice(
                (("name", f"Name {number}"), ("price", Decimal(number) + Decimal("0.90")), ("unit", "KGM"))
            )
            return {field: value}
        choices: list[dict[str, Any]] = [
            {"name": f"Name {number}"},
            {"phone": self._phone()},
            {"email": f"e{number}@example.no"},
            {"archived": self._random.random() < 0.3},
        ]
        if side == "pos":
            # Go tells of no changed address, but to a sweep.
            choices.append({"address": Address(line1=f"Gate {number}", zip_code="0150", city="Oslo")})
        return self._random.choice(choices)

    def _close_day(self) -> None:
        number = len(self.days) + 1
        self.days[number] = sold = Decimal(self._random.randint(1, 9999) * 5)
        with self._shop.lock:
            self._shop.pos.put(a_day(number, sold=f"{sold}.00"))
