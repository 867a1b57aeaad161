"""
Shops in which something is missing or amiss, and what a pre-flight tells of them.
"""

from collections.abc import Callable
from typing import Any

import attrs

from posgo.models.catalog import Product
from posgo.testing._go.ledger import vat_row
from posgo.wire.json import dumps
from support.shops import Colour, Shop
from support.zreports import ACCOUNTS, a_day, accounts

World = Callable[[Shop], object]


def a_ready_shop(colour: Colour, validated: Callable[..., object]) -> Shop:
    """
    A shop that is ready: a day on the till, a product, and an account map for both.
    """
    made = Shop(colour=colour)
    made.transport = validated(made.go.transport)
    made.pos.put(a_day())
    made.pos.put(Product(code="K-10", name="Kaffe", vat_code="31"))
    made.pos.put(Product(code="K-11", name="Te"))
    made.go.put(Product(code="OREAVRUNDING", name="Øreavrunding", vat_code="5"))
    return made


def told(shop: Shop) -> list[tuple[str, str]]:
    return [(finding.severity.name, finding.rule) for finding in shop.check().findings]


def lacking(*privileges: str) -> World:
    def world(shop: Shop) -> None:
        shop.go.privileges -= {name for each in privileges for name in (each, f"{each}_Full")}

    return world


def rounding(**changes: Any) -> World:
    """
    Another product for øre rounding.
    """

    def world(shop: Shop) -> None:
        own_id = next(iter(shop.go.all(Product)), None)
        product = Product(code="OREAVRUNDING", name="Øreavrunding", vat_code="5")
        shop.go.put(attrs.evolve(product, **changes), own_id)

    return world


def unrounded(shop: Shop) -> None:
    """
    No product for øre rounding.
    """
    shop.profile = attrs.evolve(shop.profile, rounding_product=None)


def mapped(*changes: tuple[str, str]) -> World:
    """
    Another account map.
    """

    def world(shop: Shop) -> None:
        text = ACCOUNTS
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        shop.accounts = accounts(text)

    return world


def account(number: int, **facts: Any) -> World:
    return lambda shop: shop.go.add_account(number, **facts)


def company(**facts: Any) -> World:
    """
    Another company in Go, or another state of it.
    """

    def world(shop: Shop) -> None:
        for name, value in facts.items():
            setattr(shop.go._company, name, value)

    return world


def without_vat_code(code: str) -> World:
    """
    A Go that does not show a VAT code.
    """

    def world(shop: Shop) -> None:
        rows = [vat_row(row) for row in shop.go._company.vat_rows if row.code != code]
        shop.go.garble_next(dumps(rows), path="/VatCodes")

    return world


def series(*rows: dict[str, Any]) -> World:
    """
    Other number series than the one for customers.
    """

    def world(shop: Shop) -> None:
        (usual,) = shop.go._company.series_rows()
        shop.go.garble_next(dumps([usual | row for row in rows]), path="/SubLedgerNumberSeries")

    return world


def day(**facts: Any) -> World:
    return lambda shop: shop.pos.put(attrs.evolve(a_day(2), **facts))


SUPPLIERS = {"SubLedgerNumberSeriesType": "Supplier", "GeneralLedgerAccountNo": 2400}
