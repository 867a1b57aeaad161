"""
Products.
"""

from decimal import Decimal
from typing import Any

import pytest

from posgo.exceptions import AmountError, ModelError
from posgo.models.catalog import Product


class TestProduct:
    """
    A product is normalised and refused with one sentence.
    """

    def test_normalised(self) -> None:
        """
        Blank is None, bar codes lose blanks and repetitions and keep their order, prices are øre.
        """
        expected = Product(code="12", name="Mug", gtins=("2", "1"), price="80", cost=Decimal("31.5"))

        assert expected == Product(
            code=12,
            name=" Mug ",
            description=" ",
            gtins=[" 2", "1", "2", ""],
            price=Decimal("80.000"),
            cost="31.50",
        )

    @pytest.mark.parametrize(
        ("error", "words", "fields"),
        [
            (ModelError, "name must not be blank", {"name": " "}),
            (AmountError, "floats lose øre", {"name": "Mug", "price": 80.0}),
            (AmountError, "finer than one øre", {"name": "Mug", "price": "80.001"}),
            (AmountError, "floats lose øre", {"name": "Mug", "cost": 1.0}),
            (ModelError, "not the single text", {"name": "Mug", "gtins": "7038010000000"}),
            (ModelError, "neither text nor", {"name": "Mug", "gtins": (7.0,)}),
            (ModelError, "archived must be True or False", {"name": "Mug", "archived": "no"}),
        ],
    )
    def test_nonsense_is_refused(self, error: type[ModelError], words: str, fields: dict[str, Any]) -> None:
        """
        Floats, blanks and a text in place of a tuple of texts.
        """
        with pytest.raises(error, match=words):
            Product(**fields)
