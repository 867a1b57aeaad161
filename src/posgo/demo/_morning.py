"""
The morning of a made-up shop: a till and an embedded Go are made alike.
"""

import textwrap
from collections.abc import Callable
from decimal import Decimal

import attrs

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.procedures.report import SyncReport
from posgo.runner import Runner
from posgo.testing import FakeGo, FakePos

__all__ = ["Shop", "open_shop", "show_told"]

_WIDTH = 98

_GULL = Customer(name="Fjord og Fjell AS", organization_number="974760673", email="post@fjord.example")


@attrs.frozen(kw_only=True)
class Shop:
    """
    A made-up shop.

    Attributes:
        till: Its till.
        fake: The embedded Go.
        runner: Keeps them alike.
        show: Takes what is to be shown, in lines.
    """

    till: FakePos
    fake: FakeGo
    runner: Runner
    show: Callable[[str], object]

    def tell(self, told: object) -> None:
        """
        Show something, indented and folded.
        """
        show_told(told, self.show)


def open_shop(shop: Shop) -> bool:
    """
    Make till and Go alike, twice, then settle a conflict.

    Returns:
        Whether the first run was clean, the second silent, and the conflict was settled.
    """
    _fill(shop.till, shop.fake)
    shop.show("MORNING. A till and Go know some of the same customers and articles.")
    _show_sides(shop)
    shop.show("What a sync would do, before anything is written:")
    for plan in shop.runner.sync(dry_run=True).plans.values():
        if not plan.is_empty:
            shop.tell(plan)
    shop.show("\nCarried out:")
    first = shop.runner.sync()
    shop.tell(first)
    _show_sides(shop)
    shop.show("The same once more:")
    second = shop.runner.sync()
    shop.tell(second)
    conflict = _disagree(shop)
    shop.show("")
    return first.is_clean and not second.written and conflict.is_clean and len(conflict.conflicts) == 1


def _fill(till: FakePos, fake: FakeGo) -> None:
    till.put(attrs.evolve(_GULL, phone="22 22 55 55"))
    till.put(Customer(is_person=True, first_name="Kari", last_name="Nordmann", email="kari@example.no"))
    till.put(
        Product(code="K-1", name="Coffee beans, 250 g", price=Decimal("129.00"), vat_code="31", unit="EA")
    )
    till.put(Product(code="K-2", name="Mug", price=Decimal("149.90"), vat_code="3", unit="EA"))
    fake.put(attrs.evolve(_GULL, address=Address(line1="Kaia 3", zip_code="8006", city="Bodø")))
    fake.put(Customer(name="Havna Hotell AS", email="post@havna.example"))
    fake.put(Product(code="G-1", name="Gift wrapping", price=Decimal("40.00"), vat_code="3", unit="EA"))


def _disagree(shop: Shop) -> SyncReport:
    """
    Change one telephone number on both sides, and sync.
    """
    for side, phone in ((shop.till, "22 22 55 66"), (shop.fake, "22 22 55 77")):
        own_id, value = next(
            (own_id, value) for own_id, value in side.all(Customer).items() if value.name == _GULL.name
        )
        side.put(attrs.evolve(value, phone=phone), own_id)
    shop.show(f"\nSomebody changes the telephone of {_GULL.name} in both systems, differently:")
    report = shop.runner.sync()
    shop.tell(report)
    [left] = {value.phone for value in shop.fake.all(Customer).values() if value.name == _GULL.name}
    shop.show(f"In this profile the till decides: Go now says {left}. Both numbers are in the report.")
    return report


def _show_sides(shop: Shop) -> None:
    for name, side in (("till", shop.till), ("Go", shop.fake)):
        customers = ", ".join(sorted(each.full_name for each in side.all(Customer).values()))
        products = ", ".join(sorted(each.code or "" for each in side.all(Product).values()))
        shop.tell(f"{name}: {customers}; articles {products}")
    shop.show("")


def show_told(told: object, show: Callable[[str], object]) -> None:
    """
    Show something, indented and folded.
    """
    for line in str(told).splitlines():
        indent = len(line) - len(line.lstrip()) + 2
        wrapped = textwrap.wrap(
            line, _WIDTH, initial_indent="  ", subsequent_indent=" " * (indent + 2), break_long_words=False
        )
        show("\n".join(wrapped))
