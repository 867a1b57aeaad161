"""
The one place where bookkeeping rounds.
"""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from posgo.bookkeeping._vat import gross, gross_of_all, other_reading, round_half_up, vat_in
from posgo.bookkeeping.accounts import VatRows
from posgo.models.pos import VatRow


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.004", "0.00"),
        ("0.005", "0.01"),
        ("0.045", "0.05"),
        ("-0.045", "-0.05"),
        ("-0.0449", "-0.04"),
        ("1", "1.00"),
    ],
)
def test_half_goes_away_from_zero(amount: str, rounded: str) -> None:
    """
    Half an øre is rounded up in magnitude, for sales and returns alike.
    """
    assert str(round_half_up(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    ("amount", "percent", "vat"),
    [
        ("102.80", "15", "13.41"),
        ("411.40", "25", "82.28"),
        ("0.42", "12", "0.05"),
        ("-0.42", "12", "-0.05"),
        ("111.11", "11.11", "11.11"),
        ("100.00", "0", "0.00"),
    ],
)
def test_vat_inside_a_gross_amount(amount: str, percent: str, vat: str) -> None:
    """
    As a ledger computes it that is given the gross.
    """
    assert vat_in(Decimal(amount), Decimal(percent)) == Decimal(vat)


@given(st.integers(-(10**8), 10**8), st.sampled_from((0, 12, 15, 25)))
def test_vat_is_within_half_an_ore(ore: int, percent: int) -> None:
    """
    Never further than half an øre from the exact share, and mirrored for returns.
    """
    amount = Decimal(ore).scaleb(-2)
    vat = vat_in(amount, Decimal(percent))

    assert abs(vat * (100 + percent) - amount * percent) * 200 <= 100 + percent
    assert vat_in(-amount, Decimal(percent)) == -vat


def test_readings() -> None:
    """
    Net adds the VAT, gross holds it already; each is the other's other.
    """
    rows = [VatRow(percent=25, amount=100, vat=25), VatRow(percent=0, amount=10, vat=0)]

    assert [gross(rows[0], reading) for reading in VatRows] == [Decimal(125), Decimal(100)]
    assert [gross_of_all(rows, reading) for reading in VatRows] == [Decimal(135), Decimal(110)]
    assert [other_reading(reading) for reading in VatRows] == [VatRows.GROSS, VatRows.NET]
