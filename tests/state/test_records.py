"""
What records say of themselves.
"""

from pathlib import Path
from typing import Any

import pytest

from posgo import Address, Customer, Link, Order, OrderLine, Product
from posgo.procedures.in_sight import SAFE
from posgo.state import Changes, LinkRecord
from posgo.testing._store_examples import conflict, intent, settlement

STATE_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "state-store.md"
SECRETS = [
    Customer(name="Hemmelig", organization_number="910293847", address=Address(city="Hemmelig")),
    Product(name="Hemmelig", price="910293847"),
    Order(customer="c1", lines=[OrderLine(text="Hemmelig", unit_price="910293847")]),
]


@pytest.mark.parametrize(
    "record",
    [
        *(
            LinkRecord(
                kind="customers",
                link=Link(pos_id="p1", go_id="g1", base=base, unagreed=["email"], noted=[["phone", "f00"]]),
            )
            for base in SECRETS
        ),
        intent(operation='{"name":"Hemmelig"}', pos_id="p1", go_id="g1", last_error="email phone f00"),
        conflict(field="email phone f00", base='"Hemmelig"', pos="910293847", go='"Hemmelig"'),
    ],
)
def test_a_record_shows_ids_and_names_of_fields(record: Any) -> None:
    """
    A log or a traceback tells which record it was and what stands open about it, never what it says.
    """
    for shown in (repr(record), repr(Changes(put=[record]))):
        assert [] == [each for each in ("Hemmelig", "910293847") if each in shown]
        assert [] == [each for each in ("p1", "g1", "email", "phone", "f00") if each not in shown]


@pytest.mark.parametrize("operation", sorted(SAFE))
def test_what_is_no_write_is_explained(operation: str) -> None:
    """
    Who looks into the store for support finds every intent that is no write on the page, and learns what it waits for.
    """
    assert f"| `{operation} …` | " in STATE_PAGE.read_text(encoding="utf-8")


def test_a_settlement_shows_no_amounts() -> None:
    """
    The running totals of a till are the shop's turnover.
    """
    shown = repr(settlement(grand_sales="910293847.00", grand_returns="910293847.50", voucher_no=17))

    assert "910293847" not in shown
    assert [] == [each for each in ("r1", "till 1", "voucher_no=17", "SENDING") if each not in shown]
