"""
Shelf prices through Go's prices and back.
"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from posgo.exceptions import ModelError
from posgo.models.ledger import VatCode
from posgo.models.prices import net_price, shelf_price, vat_rates

RATES = [Decimal(25), Decimal(15), Decimal(12), Decimal("11.11"), Decimal(0)]


@pytest.mark.parametrize("percent", RATES)
class TestRoundTrip:
    """
    No shelf price is changed by going to Go and coming back.
    """

    def test_every_price_up_to_two_thousand(self, percent: Decimal) -> None:
        """
        Exhaustive, in steps of one øre up to 100, and of prime steps up to 2 000.
        """
        prices = [Decimal(ore) / 100 for ore in (*range(10_001), *range(10_001, 200_001, 17))]

        assert [] == [price for price in prices if price != shelf_price(net_price(price, percent), percent)]

    @given(ore=st.integers(-(10**19), 10**19))
    def test_every_price_of_any_size(self, percent: Decimal, ore: int) -> None:
        """
        There is no price above which it stops holding, and returns have prices too.
        """
        price = Decimal(ore).scaleb(-2)

        assert price == shelf_price(net_price(price, percent), percent)

    @given(ore=st.integers(0, 10**11))
    def test_through_a_double(self, percent: Decimal, ore: int) -> None:
        """
        Go's prices travel as binary doubles; below a thousand million NOK that changes nothing.
        """
        price = Decimal(ore).scaleb(-2)
        net = Decimal(repr(float(net_price(price, percent))))

        assert price == shelf_price(net, percent)

    @given(ore=st.integers(0, 10**9))
    def test_what_comes_back_is_stable(self, percent: Decimal, ore: int) -> None:
        """
        A Go that keeps two decimals may change a price once, and never twice.
        """
        price = Decimal(ore).scaleb(-2)
        once = shelf_price(net_price(price, percent, decimals=2), percent)

        assert once == shelf_price(net_price(once, percent, decimals=2), percent)


class TestPrices:
    """
    Examples and refusals.
    """

    @pytest.mark.parametrize(
        ("net", "shelf", "percent"),
        [
            ("80.000000", "100.00", "25"),
            ("9.000090", "10.00", "11.11"),
            ("10.00", "10.00", "0"),
            ("-8", "-10", "25"),
        ],
    )
    def test_examples(self, net: str, shelf: str, percent: str) -> None:
        """
        Six decimals, rounded half up.
        """
        assert Decimal(net) == net_price(Decimal(shelf), Decimal(percent))

    def test_half_an_ore_is_rounded_up(self) -> None:
        """
        As shops and ledgers round.
        """
        assert Decimal("0.13") == shelf_price(Decimal("0.1"), Decimal(25))

    @pytest.mark.parametrize("percent", [Decimal(-1), Decimal(101)])
    def test_rates_are_rates(self, percent: Decimal) -> None:
        """
        A VAT rate is 0 to 100 per cent.
        """
        with pytest.raises(ModelError, match="not a VAT rate"):
            net_price(Decimal(1), percent)

    @pytest.mark.parametrize("decimals", [1, 7])
    def test_decimals_are_two_to_six(self, decimals: int) -> None:
        """
        Fewer would lose øre; more Go does not promise to keep.
        """
        with pytest.raises(ModelError, match="2 to 6 decimals"):
            net_price(Decimal(1), Decimal(25), decimals=decimals)

    @pytest.mark.parametrize("exact", [Decimal("0.01"), Decimal(100)])
    def test_all_allowed_decimals(self, exact: Decimal) -> None:
        """
        Two and six are allowed themselves.
        """
        assert exact == net_price(exact, Decimal(0), decimals=2) == net_price(exact, Decimal(0), decimals=6)


class TestRates:
    """
    The rate of a code on a day.
    """

    CODES = (
        VatCode(id=1, code="31", percent=Decimal(15), valid_to=date(2025, 12, 31)),
        VatCode(id=2, code="31", percent=Decimal(12), valid_from=date(2026, 1, 1)),
        VatCode(id=3, code="3", percent=Decimal(25)),
    )

    @pytest.mark.parametrize(("percent", "day"), [(15, date(2025, 12, 31)), (12, date(2026, 1, 1))])
    def test_rates_change_and_codes_stay(self, percent: int, day: date) -> None:
        """
        The window of the rate decides.
        """
        assert {"31": Decimal(percent), "3": Decimal(25)} == vat_rates(self.CODES, day)

    def test_two_rates_at_once_are_refused(self) -> None:
        """
        One of them would be picked by accident.
        """
        codes = (*self.CODES, VatCode(id=4, code="3", percent=Decimal(24)))

        with pytest.raises(ModelError, match="VAT code 3 has two rates on 2026-01-01: 25 and 24"):
            vat_rates(codes, date(2026, 1, 1))
