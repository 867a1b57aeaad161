"""
Orders and their lines, as values.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from posgo.exceptions import ModelError
from posgo.models.orders import Order, OrderLine, OrderStatus


class TestOrder:
    """
    Orders are normalised and refused with one sentence.
    """

    def test_defaults(self) -> None:
        """
        An order is a draft without lines until somebody says more.
        """
        order = Order(customer=17)

        assert (order.customer, order.lines, order.status) == ("17", (), OrderStatus.DRAFT)

    def test_quantities_are_exact_and_prices_are_ore(self) -> None:
        """
        2, 2.0 and 2.000 are one quantity; 80 and 80.00 one price.
        """
        expected = OrderLine(product="p", quantity=Decimal(2), unit_price="80.00", discount_percent=10)

        line = OrderLine(product="p", quantity="2.000", unit_price=80, discount_percent=Decimal("10.0"))

        assert expected == line
        assert (str(line.quantity), str(OrderLine(text="x", quantity="0.1250").quantity)) == ("2", "0.125")

    def test_status_by_its_word(self) -> None:
        """
        A status may be given as the word both sides use.
        """
        assert OrderStatus.PART_PAID is Order(customer="c", status="part-paid").status

    @pytest.mark.parametrize(
        ("words", "fields"),
        [
            ("product or a text", {}),
            ("exact number", {"product": "p", "quantity": 0.1}),
            ("exact number", {"product": "p", "quantity": True}),
            ("decimal point", {"product": "p", "quantity": "a few"}),
            ("finite", {"product": "p", "quantity": "NaN"}),
            ("not a discount", {"product": "p", "discount_percent": 101}),
            ("not a discount", {"product": "p", "discount_percent": -1001}),
            ("floats lose", {"product": "p", "unit_price": 1.5}),
        ],
    )
    def test_lines_refuse_nonsense(self, words: str, fields: dict[str, Any]) -> None:
        """
        Floats, infinities and lines of nothing.
        """
        with pytest.raises(ModelError, match=words):
            OrderLine(**fields)

    def test_line_references_are_unique(self) -> None:
        """
        Two lines of one reference could not be told apart; lines without one can.
        """
        blank, line = OrderLine(text="a"), OrderLine(text="b", reference="7")

        assert (blank, blank, line) == Order(customer="c", lines=[blank, blank, line]).lines
        with pytest.raises(ModelError, match="unique in the order: 7"):
            Order(customer="c", lines=(line, line))

    @pytest.mark.parametrize("day", [datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01"])
    def test_dates_are_dates(self, day: Any) -> None:
        """
        An instant is no date.
        """
        assert date(2026, 1, 1) == Order(customer="c", ordered_on=date(2026, 1, 1)).ordered_on
        with pytest.raises(ModelError, match="date without a time"):
            Order(customer="c", delivered_on=day)

    def test_texts_of_people_are_not_in_repr(self) -> None:
        """
        A reference is often a person's name.
        """
        assert "Q" not in repr(Order(customer="c", reference="Q", note="Q"))


@pytest.mark.parametrize("lines", [None, "ab", [None], [{"product": "17"}]])
def test_lines_must_be_lines(lines: Any) -> None:
    """
    Anything else is refused as every other wrong value is.
    """
    with pytest.raises(ModelError):
        Order(customer="17", lines=lines)
