"""
Drawing what people do from one source of chance.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.testing.simulate._acts import Act, Archive, Delete, Edit, Enter, Forget
from posgo.testing.simulate._faults import Fault

__all__ = ["BEFORE", "CRASHES", "MISHAPS", "RUN", "Draw"]

T = TypeVar("T")

BEFORE = -10
"""Well before the first run."""

RUN = 45
"""Steps a run takes, about."""

CRASHES = (Fault.CRASH, Fault.CRASH, Fault.CRASH_AFTER, Fault.CRASH_AFTER, Fault.CRASH_LATE)
MISHAPS = (
    Fault.LOST,
    Fault.UNANSWERED,
    Fault.UNANSWERED,
    Fault.LATE,
    Fault.TWICE,
    Fault.THROTTLED,
    Fault.FAILED,
    Fault.FAILED_AFTER,
    Fault.GARBLED,
)
"""How a process ends, and what else becomes of a request: as often as each is drawn."""

_ORG_NUMBERS = ("974760673", "971032081", "985399077", "983544622")
_UNITS = ("EA", "KGM", "LTR", "MTR", "HUR")


class Draw:
    """
    Draws acts.

    Args:
        source: Of chance.
        sides: Where people enter and edit records, by kind.

    Attributes:
        births: Kind and birth mark of every record entered so far.
        end: The step about which the last run ends.
    """

    def __init__(self, source: random.Random, sides: Mapping[str, tuple[str, ...]]) -> None:
        self.random = source
        self.sides = sides
        self.births: list[tuple[str, str]] = []
        self.end = 0
        self._count = 0

    def chance(self, probability: float) -> bool:
        """
        True so often.
        """
        return self.random.random() < probability

    def choice(self, among: Sequence[T]) -> T:
        """
        One of them.
        """
        return self.random.choice(among)

    def number(self, least: int, most: int) -> int:
        """
        A number between two, both included.
        """
        return self.random.randint(least, most)

    def moment(self) -> int:
        """
        A step before everything has ended.
        """
        return self.number(0, self.end)

    def next(self) -> int:
        """
        A number never drawn before, so that every value is somebody's own.
        """
        self._count += 1
        return self._count

    # -- records ---------------------------------------------------------------------

    def enters(self, kind: str) -> Iterator[Act]:
        """
        Somebody enters a record; now and then on both sides.
        """
        sides = self.sides[kind]
        meet = len(sides) > 1 and self.chance(0.3)
        # What is entered on both sides at once, while a run is under way, nobody can tell from two strangers.
        at = BEFORE if meet or self.chance(0.7) else self.moment()
        value = self.record(kind)
        if kind == "customers" and (meet or self.chance(0.2)):
            value = attrs.evolve(value, organization_number=self.choice(_ORG_NUMBERS))
        for side in sides if meet else (self.choice(sides),):
            yield Enter(at, side, value if side == "go" else self._richer(value))
            if meet and self.chance(0.7):
                # As somebody else would have entered it: in part, and in part differently.
                value = attrs.evolve(value, name=f"Name {self.next()}")

    def record(self, kind: str) -> Any:
        """
        A new record, with its birth mark.
        """
        return self._customer() if kind == "customers" else self._product()

    def edit(self, at: int, side: str, kind: str, birth: str, *, field: str | None = None) -> Edit:
        """
        An edit of one field; None draws which.
        """
        edits = self._customer_edits() if kind == "customers" else self._product_edits()
        name, value = self.choice([each for each in edits if field in (None, each[0])])
        return Edit(at, side, kind, birth, name, value)

    def touches(self) -> Act:
        """
        Somebody does something to a record that was entered.
        """
        kind, birth = self.choice(self.births)
        side = self.choice(self.sides[kind])
        dice = self.random.random()
        if dice < 0.1:
            return Archive(self.moment(), side, kind, birth)
        if dice < 0.14:
            return Delete(self.moment(), kind, birth)
        if dice < 0.16:
            return Forget(self.moment(), kind, birth)
        return self.edit(self.moment(), side if dice < 0.97 else "go", kind, birth)

    def _richer(self, value: Any) -> Any:
        if isinstance(value, Product) and self.chance(0.5):
            images = ("https://example.no/1.png",)
            return attrs.evolve(value, gtins=("7038010009457", "7035620025037"), images=images, group="04")
        return value

    def _customer(self) -> Customer:
        birth = f"c{self.next()}@born.no"
        self.births.append(("customers", birth))
        mine = self.next()
        number = 15_000 + mine if self.chance(0.1) else None
        return Customer(name=f"Name {mine}", email=f"e{mine}@example.no", invoice_email=birth, number=number)

    def _product(self) -> Product:
        birth = f"p{self.next()}"
        self.births.append(("products", birth))
        mine = self.next()
        return Product(
            code=f"K{mine}" if self.chance(0.8) else f"K,{mine}",
            name=f"Name {mine}",
            description=birth,
            price=Decimal(mine) + Decimal("0.90"),
            vat_code="3",
        )

    def _customer_edits(self) -> list[tuple[str, Any]]:
        mine = self.next()
        return [
            ("name", f"Name {mine}"),
            ("phone", f"{22000000 + mine}"),
            ("phone", f"{22000000 + mine}"),
            ("email", f"e{mine}@example.no"),
            ("address", Address(line1=f"Gate {mine}", zip_code="0150", city="Oslo")),
            ("address", None),
        ]

    def _product_edits(self) -> list[tuple[str, Any]]:
        mine = self.next()
        return [
            ("name", f"Name {mine}"),
            ("price", Decimal(mine) + Decimal("0.50")),
            ("price", Decimal(mine) + Decimal("0.50")),
            ("unit", self.choice(_UNITS)),
            ("gtins", ("7038010009457",)),
            ("gtins", ()),
        ]
