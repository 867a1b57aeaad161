"""
Amounts: whole øre by value, or refused; never rounded.
"""

import decimal
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from posgo.exceptions import AmountError
from posgo.models._money import NOK_0, format_nok, to_nok, to_optional_nok

ORE = st.integers(-(10**20) + 1, 10**20 - 1)


class TestToNok:
    """
    What is an amount, and what is not.
    """

    @given(ore=ORE, zeros=st.integers(0, 30))
    def test_every_whole_ore_is_kept(self, ore: int, zeros: int) -> None:
        """
        Any amount of up to twenty digits, however many zeros follow it, is exact with two decimals.
        """
        written = f"{Decimal(ore).scaleb(-2, context=decimal.Context(prec=30)):f}" + "0" * zeros
        amount = to_nok(written)

        assert amount * 100 == ore
        assert amount.as_tuple().exponent == -2
        assert to_nok(Decimal(written)) == amount

    @given(ore=ORE, prec=st.integers(1, 40))
    def test_the_callers_decimal_context_does_not_matter(self, ore: int, prec: int) -> None:
        """
        A program that computes with few digits elsewhere loses none here.
        """
        amount = Decimal(f"{ore}E-2")
        with decimal.localcontext() as context:
            context.prec, context.rounding = prec, decimal.ROUND_UP

            assert str(to_nok(amount)) == f"{amount:f}"

    @pytest.mark.parametrize(
        ("value", "amount"),
        [
            (1234, "1234.00"),
            ("1234.5", "1234.50"),
            (" +514.20 ", "514.20"),
            (Decimal("1234.560"), "1234.56"),
            (Decimal("-0.400"), "-0.40"),
            (Decimal("-0.00"), "0.00"),
            ("-0", "0.00"),
            (Decimal("1E+3"), "1000.00"),
            (Decimal("0E-50"), "0.00"),
            ("999999999999999999.99", "999999999999999999.99"),
        ],
    )
    def test_accepted(self, value: Any, amount: str) -> None:
        """
        Whole øre by value; minus zero is zero.
        """
        assert str(to_nok(value)) == amount

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            (1.5, "floats lose øre"),
            (True, "floats lose øre"),
            (None, "give a Decimal"),
            ([1], "give a Decimal"),
            ("1234,56", "not a number with a decimal point"),
            ("", "not a number"),
            ("1 000", "not a number"),
            ("abc", "not a number"),
            ("NaN", "not a finite number"),
            (Decimal("sNaN"), "not a finite number"),
            (Decimal("-Infinity"), "not a finite number"),
            ("0.001", "finer than one øre"),
            (Decimal("-0.401"), "finer than one øre"),
            (Decimal("1E-999999"), "finer than one øre"),
            ("1000000000000000000", "more than 18 digits"),
            (Decimal("-1E+18"), "more than 18 digits"),
            (Decimal("1E+999999"), "more than 18 digits"),
        ],
    )
    def test_refused(self, value: Any, reason: str) -> None:
        """
        One error, which names the value and why.
        """
        with pytest.raises(AmountError, match=reason) as caught:
            to_nok(value)
        assert caught.value.value == repr(value)

    def test_optional(self) -> None:
        """
        None stays None, everything else is an amount.
        """
        assert to_optional_nok(None) is None
        assert to_optional_nok(1) == Decimal("1.00")


@pytest.mark.parametrize(
    ("amount", "written"),
    [("0", "0.00"), ("-1234.5", "-1 234.50"), ("1234567.89", "1 234 567.89"), ("-0.40", "-0.40")],
)
def test_format(amount: str, written: str) -> None:
    """
    Amounts for people have blanks between thousands and always two decimals.
    """
    assert format_nok(Decimal(amount)) == written
    assert str(NOK_0) == "0.00"
