"""
The morning of a made-up shop: a till and an embedded Go are made alike.
"""

import textwrap
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.clients.go_client import GoClient
from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.procedures.report import SyncReport
from posgo.profiles import PRESSIS_POS
from posgo.runner import Runner
from posgo.state import MemoryStore
from posgo.testing import FakeGo, FakePos

__all__ = ["open_shop"]

_WIDTH = 98

_GULL = Customer(name="Fjord og Fjell AS", organization_number="974760673", email="post@fjord.example")


def open_shop(fake: FakeGo, go: GoClient, accounts: AccountMap, show: Callable[[str], object]) -> bool:
    """
    Make till and Go alike, twice, then settle a conflict.

    Args:
        fake: The embedded Go.
        go: A client of it.
        accounts: The account map, which knows the sales accounts.
        show: Takes what is to be shown, in lines.

    Returns:
        Whether the first run was clean, the second silent, and the conflict was settled.
    """
    till = FakePos()
    _fill(till, fake)
    runner = Runner(
        go=go,
        pos=till,
        store=MemoryStore(),
        profile=attrs.evolve(PRESSIS_POS, orders=None),  # Nobody has ordered anything yet.
        accounts=accounts,
        look_up_after=timedelta(0),  # This Go shows at once what was written.
    )
    show("MORNING. A till and Go know some of the same customers and articles.")
    _show_sides(till, fake, show)
    show("What a sync would do, before anything is written:")
    for plan in runner.sync(dry_run=True).plans.values():
        _show(plan, show)
    show("\nCarried out:")
    first = runner.sync()
    _show(first, show)
    _show_sides(till, fake, show)
    show("The same once more:")
    second = runner.sync()
    _show(second, show)
    conflict = _disagree(till, fake, runner, show)
    show("")
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


def _disagree(till: FakePos, fake: FakeGo, runner: Runner, show: Callable[[str], object]) -> SyncReport:
    """
    Change one telephone number on both sides, and sync.
    """
    for side, phone in ((till, "22 22 55 66"), (fake, "22 22 55 77")):
        own_id, value = next(
            (own_id, value) for own_id, value in side.all(Customer).items() if value.name == _GULL.name
        )
        side.put(attrs.evolve(value, phone=phone), own_id)
    show(f"\nSomebody changes the telephone of {_GULL.name} in both systems, differently:")
    report = runner.sync()
    _show(report, show)
    [left] = {value.phone for value in fake.all(Customer).values() if value.name == _GULL.name}
    show(f"In this profile the till decides: Go now says {left}. Both numbers are in the report.")
    return report


def _show_sides(till: FakePos, fake: FakeGo, show: Callable[[str], object]) -> None:
    for name, side in (("till", till), ("Go", fake)):
        customers = ", ".join(sorted(each.full_name for each in side.all(Customer).values()))
        products = ", ".join(sorted(each.code or "" for each in side.all(Product).values()))
        _show(f"{name}: {customers}; articles {products}", show)
    show("")


def _show(told: object, show: Callable[[str], object]) -> None:
    for line in str(told).splitlines():
        indent = len(line) - len(line.lstrip()) + 2
        wrapped = textwrap.wrap(
            line, _WIDTH, initial_indent="  ", subsequent_indent=" " * (indent + 2), break_long_words=False
        )
        show("\n".join(wrapped))
