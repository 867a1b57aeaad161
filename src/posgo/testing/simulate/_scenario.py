"""
From one integer to everything that is going to happen.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.profiles import OPEN_ONE, PRESSIS_POS, Profile
from posgo.testing.simulate._acts import (
    Act,
    Archive,
    Backup,
    Close,
    Delete,
    Edit,
    Enter,
    Jump,
    Lose,
    Restore,
    Reverse,
    Start,
    Strike,
)
from posgo.testing.simulate._faults import Fault
from posgo.testing.simulate._world import World, a_z_report

__all__ = ["Scenario", "scenario"]

BEFORE = -10
"""Well before the first run."""

_RUN = 45
"""Steps a run takes, about."""

_ORG_NUMBERS = ("974760673", "971032081", "985399077", "983544622")
_CRASHES = (Fault.CRASH, Fault.CRASH, Fault.CRASH_AFTER, Fault.CRASH_AFTER, Fault.CRASH_LATE)
_MISHAPS = (
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


@attrs.frozen(kw_only=True)
class Scenario:
    """
    Everything that is going to happen.

    Attributes:
        seed: Where it came from.
        profile: How the two systems work together.
        lag: How far Go's reads are behind its writes.
        go_ahead: How far Go's clock is ahead.
        pos_ahead: How far the POS's clock is ahead.
        acts: What happens, in order.
    """

    seed: int
    profile: Profile
    lag: timedelta
    go_ahead: timedelta
    pos_ahead: timedelta
    acts: tuple[Act, ...]

    @property
    def needs_sweep(self) -> bool:
        """
        Whether something happens that no delta tells of: an address in Go, a deletion, a store older than the data.
        """
        return any(
            isinstance(act, (Delete, Restore, Lose))
            or (isinstance(act, Edit) and act.side == "go" and act.field == "address")
            for act in self.acts
        )

    def world(self) -> World:
        """
        A fresh world for it to happen in.
        """
        return World(profile=self.profile, lag=self.lag, go_ahead=self.go_ahead, pos_ahead=self.pos_ahead)


def scenario(seed: int) -> Scenario:
    """
    Work out what a seed means. The same seed always means the same.
    """
    draw = _Draw(random.Random(seed))
    profile = PRESSIS_POS if draw.chance(0.75) else OPEN_ONE
    lag = timedelta(seconds=draw.random.choice((0, 0, 0.3, 1)))
    go_ahead, pos_ahead = (timedelta(seconds=draw.random.choice((0, 0, -7, 90, -5000))) for _ in range(2))
    acts = sorted(draw.acts(one_way_products=profile is OPEN_ONE), key=lambda act: act.at)
    return Scenario(
        seed=seed, profile=profile, lag=lag, go_ahead=go_ahead, pos_ahead=pos_ahead, acts=tuple(acts)
    )


class _Draw:
    """
    Draws a scenario.
    """

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.births: list[tuple[str, str]] = []
        self.count = 0
        self.end = 0

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def acts(self, *, one_way_products: bool) -> Iterator[Act]:
        sides: dict[str, tuple[str, ...]] = {
            "customers": ("pos", "go"),
            "products": ("pos",) if one_way_products else ("pos", "go"),
        }
        starts = list(self._starts())
        self.end = starts[-1].at + _RUN
        for kind, count in (
            ("customers", self.random.randint(0, 3)),
            ("products", self.random.randint(0, 3)),
        ):
            for _ in range(count):
                yield from self._enter(kind, sides[kind])
        yield from starts
        if self.births:
            for _ in range(self.random.randint(0, 8)):
                yield self._touch(sides)
        yield from self._days()
        yield from self._faults()
        yield from self._operator()

    def _starts(self) -> Iterator[Start]:
        at = 0
        for _ in range(self.random.randint(2, 5)):
            yield Start(at, self.random.choice(("sync", "sync", "sync", "sweep", "settle")))
            # Now and then before the run before has ended: on another machine.
            at += self.random.randint(5, _RUN) if self.chance(0.25) else self.random.randint(_RUN, 2 * _RUN)

    def _moment(self) -> int:
        return self.random.randint(0, self.end)

    # -- records ---------------------------------------------------------------------

    def _enter(self, kind: str, sides: tuple[str, ...]) -> Iterator[Act]:
        meet = len(sides) > 1 and self.chance(0.3)
        # What is entered on both sides at once, while a run is under way, nobody can tell from two strangers.
        at = BEFORE if meet or self.chance(0.7) else self._moment()
        value = self._customer() if kind == "customers" else self._product()
        if kind == "customers" and (meet or self.chance(0.2)):
            number = self.random.choice(_ORG_NUMBERS)
            value = attrs.evolve(value, organization_number=number)  # type: ignore[arg-type]
        for side in sides if meet else (self.random.choice(sides),):
            yield Enter(at, side, value if side == "go" else self._richer(value))
            if meet:
                value = self._differing(value)

    def _differing(self, value: Any) -> Any:
        """
        The same record as somebody else would have entered it: in part, and in part differently.
        """
        if self.chance(0.3):
            return value
        return attrs.evolve(value, name=f"Name {self._next()}")

    def _richer(self, value: Any) -> Any:
        if isinstance(value, Product) and self.chance(0.5):
            return attrs.evolve(
                value,
                gtins=("7038010009457", "7035620025037"),
                images=("https://example.no/1.png",),
                group="04",
            )
        return value

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _customer(self) -> Customer:
        birth = f"c{self._next()}@born.no"
        self.births.append(("customers", birth))
        number = self._next()
        return Customer(name=f"Name {number}", email=f"e{number}@example.no", invoice_email=birth)

    def _product(self) -> Product:
        birth = f"p{self._next()}"
        self.births.append(("products", birth))
        number = self._next()
        return Product(
            code=f"K{number}" if self.chance(0.8) else f"K,{number}",
            name=f"Name {number}",
            description=birth,
            price=Decimal(number) + Decimal("0.90"),
            vat_code="3",
        )

    def _touch(self, sides: dict[str, tuple[str, ...]]) -> Act:
        kind, birth = self.random.choice(self.births)
        side = self.random.choice(sides[kind])
        if self.chance(0.1):
            return Archive(self._moment(), side, kind, birth)
        if self.chance(0.05):
            return Delete(self._moment(), kind, birth)
        field, value = self._customer_edit() if kind == "customers" else self._product_edit()
        return Edit(self._moment(), side, kind, birth, field, value)

    def _customer_edit(self) -> tuple[str, Any]:
        number = self._next()
        return self.random.choice(
            (
                ("name", f"Name {number}"),
                ("phone", f"{22000000 + number}"),
                ("phone", f"{22000000 + number}"),
                ("email", f"e{number}@example.no"),
                ("address", Address(line1=f"Gate {number}", zip_code="0150", city="Oslo")),
                ("address", None),
            )
        )

    def _product_edit(self) -> tuple[str, Any]:
        number = self._next()
        return self.random.choice(
            (
                ("name", f"Name {number}"),
                ("price", Decimal(number) + Decimal("0.50")),
                ("price", Decimal(number) + Decimal("0.50")),
                ("unit", self.random.choice(("EA", "KGM", "LTR", "MTR", "HUR"))),
                ("gtins", ("7038010009457",)),
                ("gtins", ()),
            )
        )

    # -- days, faults, operators -----------------------------------------------------------

    def _days(self) -> Iterator[Act]:
        for number in range(1, self.random.randint(0, 3) + 1):
            sold = Decimal(0) if self.chance(0.1) else Decimal(self.random.randint(1, 40000) * 5) / 100
            yield Close(0 if self.chance(0.6) else self._moment(), a_z_report(number, sold=sold))
            if self.chance(0.2):
                yield Reverse(self._moment(), number)

    def _faults(self) -> Iterator[Act]:
        for _ in range(self.random.choice((0, 1, 1, 2, 3, 6))):
            yield Strike(self._moment(), self.random.choice(_MISHAPS), self.chance(0.6))
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 3))):
            at = self._moment()
            yield Strike(at, self.random.choice(_CRASHES), self.chance(0.4))
            # Whoever watches it starts it again, soon or later.
            yield Start(at + self.random.choice((1, 2, 30)), self.random.choice(("sync", "sync", "settle")))

    def _operator(self) -> Iterator[Act]:
        if self.chance(0.15):
            yield Backup(self._moment())
            yield Restore(self._moment())
        if self.chance(0.1):
            yield Lose(self._moment())
        if self.chance(0.2):
            yield Jump(self._moment(), self.random.choice((-86400, -30, 45, 7200)))
