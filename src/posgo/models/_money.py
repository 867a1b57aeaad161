"""
Amounts in NOK: ``Decimal``, whole øre, never rounded on the way in.

Rounding is a decision of bookkeeping and stands there, with its rule cited.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import reduce
from typing import Any

import attrs

from posgo.exceptions import AmountError

__all__ = ["EXACT", "NOK_0", "ORE", "format_nok", "nonzero", "to_nok", "to_optional_nok", "total"]

NOK_0 = Decimal("0.00")
ORE = Decimal("0.01")

EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
"""
Arithmetic that loses nothing of any amount, whatever the caller's own decimal context is.
"""

# xsd Amount2decimals allows 20 digits, two of them behind the point.
_LIMIT = Decimal(10) ** 18


def to_nok(value: Decimal | int | str) -> Decimal:
    """
    Take an amount that is a whole number of øre by value.

    Args:
        value: For example ``Decimal("1234.560")``, ``1234`` or ``"1234.56"``.

    Returns:
        The amount with exactly two decimals.

    Raises:
        AmountError: For floats, for anything finer than one øre, and for what is no number.
    """
    if isinstance(value, Decimal):
        amount = value
    elif isinstance(value, bool) or not isinstance(value, (int, str)):
        raise AmountError(value, "give a Decimal, an int or a text; floats lose øre")
    else:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            raise AmountError(value, "not a number with a decimal point") from None
    if not amount.is_finite():
        raise AmountError(value, "not a finite number")
    if amount.copy_abs() >= _LIMIT:
        raise AmountError(value, "more than 18 digits before the point")
    whole = amount.quantize(ORE, context=EXACT)
    if whole != amount:
        raise AmountError(value, "finer than one øre")
    return whole or NOK_0  # minus zero becomes zero


def to_optional_nok(value: Decimal | int | str | None) -> Decimal | None:
    """
    As :func:`to_nok`; None stays None.
    """
    return None if value is None else to_nok(value)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """
    Add amounts, losing nothing whatever the caller's own decimal context is.
    """
    return reduce(EXACT.add, amounts, NOK_0)


def nonzero(_instance: object, attribute: "attrs.Attribute[Any]", value: Decimal) -> None:
    """
    Refuse zero: a posting of nothing is refused by every ledger.
    """
    if not value:
        raise AmountError(value, f"{attribute.name} must not be zero")


def format_nok(amount: Decimal) -> str:
    """
    Write an amount for people: ``-1 234.50``.
    """
    return f"{amount:,.2f}".replace(",", " ")
