"""
Ids, numbers and rates on their way into a model.
"""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from posgo.exceptions import ModelError
from posgo.models._checks import (
    organization_number,
    text,
    to_optional_line,
    to_optional_text,
    to_percent,
    to_tuple,
    whole,
)


class TestText:
    """
    Ids and names.
    """

    @pytest.mark.parametrize(
        ("value", "kept"), [(" a ", "a"), (42, "42"), (-1, "-1"), ("", ""), ("ø", "ø"), ("a b", "a b")]
    )
    def test_kept(self, value: Any, kept: str) -> None:
        """
        A text without surrounding blanks; a whole number as text.
        """
        assert text(value) == kept
        assert to_optional_text(value) == (kept or None)

    @pytest.mark.parametrize("value", [True, 1.5, None, b"a", [], Decimal(1)])
    def test_refused(self, value: Any) -> None:
        """
        Anything else is a slip.
        """
        with pytest.raises(ModelError, match="neither text nor a whole number"):
            text(value)

    def test_half_a_character(self) -> None:
        """
        What JSON can hold but no hash and no file takes is refused at the door.
        """
        with pytest.raises(ModelError, match="half a character"):
            text("kasse \ud800")

    def test_none(self) -> None:
        """
        None is None where it may be.
        """
        assert to_optional_text(None) is None
        assert to_optional_text("  ") is None


class TestLine:
    """
    A till's words for people.
    """

    @pytest.mark.parametrize(
        ("value", "line"),
        [
            ("Bankkort", "Bankkort"),
            ("  Bank \n\t kort ", "Bank kort"),
            ("\x1b[31mRed\x07", "[31mRed"),
            ("Øl \N{RIGHT-TO-LEFT OVERRIDE}", "Øl"),
            ("Caf\N{LATIN SMALL LETTER E WITH ACUTE}", "Café"),
            (" \n ", None),
            (None, None),
        ],
    )
    def test_one_line(self, value: str | None, line: str | None) -> None:
        """
        Nothing in them moves a cursor or breaks a line.
        """
        assert to_optional_line(value) == line


class TestPercent:
    """
    VAT rates.
    """

    @pytest.mark.parametrize(
        ("value", "printed"),
        [
            (25, "25"),
            ("25.00", "25"),
            (Decimal("25.0"), "25"),
            ("2.5E+1", "25"),
            (100, "100"),
            ("11.110", "11.11"),
            (0, "0"),
            ("0.00", "0"),
            ("-0", "0"),
            ("0E-50", "0"),
            ("10", "10"),
            ("0.000001", "0.000001"),
        ],
    )
    def test_one_way_to_print(self, value: Any, printed: str) -> None:
        """
        The same rate is printed the same, because the account map has it as a key.
        """
        assert str(to_percent(value)) == printed

    @pytest.mark.parametrize(
        "value",
        [25.0, True, None, "25,0", "abc", "", "NaN", "sNaN", "inf", -1, "100.01", "0.0000001", "1E-999"],
    )
    def test_refused(self, value: Any) -> None:
        """
        Anything that is no rate is one clear error.
        """
        with pytest.raises(ModelError, match="is not a VAT rate"):
            to_percent(value)

    @given(st.decimals(0, 100, places=4))
    def test_value_is_kept(self, rate: Decimal) -> None:
        """
        The value never changes, and taking it twice changes nothing more.
        """
        assert to_percent(rate) == rate
        assert str(to_percent(to_percent(rate))) == str(to_percent(rate))


class TestOrganizationNumber:
    """
    Nine digits, however they are written.
    """

    @pytest.mark.parametrize(
        "value",
        [
            "999999999",
            999999999,
            "999 999 999",
            "NO999999999MVA",
            "no 999 999 999 mva",
            "999\N{NO-BREAK SPACE}999999",
        ],
    )
    def test_taken(self, value: Any) -> None:
        """
        Blanks, country and VAT suffix are no part of it; the check digit is not tested.
        """
        assert organization_number(value) == "999999999"

    @pytest.mark.parametrize(
        "value", ["", "99999999", "9999999999", "999.999.999", "SE999999999", "९९९९९९९९९"]
    )
    def test_refused(self, value: str) -> None:
        """
        Anything else is refused.
        """
        with pytest.raises(ModelError, match="nine digits are expected"):
            organization_number(value)

    def test_a_national_identity_number_is_not_repeated(self) -> None:
        """
        Errors are logged; personal data is not.
        """
        with pytest.raises(ModelError, match="not 11 characters") as caught:
            organization_number("01017012345")
        assert "01017" not in repr(caught.value)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, Decimal(1)])
def test_whole_numbers_only(value: Any) -> None:
    """
    Counts are whole numbers, not what Python would take for them.
    """
    assert whole(3) == 3
    with pytest.raises(ModelError, match="is not a whole number"):
        whole(value)


def test_any_iterable_becomes_a_tuple() -> None:
    """
    Rows may come from a generator.
    """
    assert to_tuple(number for number in (1, 2)) == (1, 2)
