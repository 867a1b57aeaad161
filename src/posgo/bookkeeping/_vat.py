"""
The arithmetic of VAT: the one place where bookkeeping rounds.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from posgo.bookkeeping.accounts import VatRows
from posgo.models._money import NOK_0, ORE
from posgo.models.pos import VatRow

__all__ = ["gross", "gross_of_all", "other_reading", "round_half_up", "vat_in"]


def round_half_up(amount: Decimal) -> Decimal:
    """
    Round to whole øre, half away from zero, as invoices and ledgers in Norway do.
    """
    return amount.quantize(ORE, rounding=ROUND_HALF_UP)


def vat_in(amount: Decimal, percent: Decimal) -> Decimal:
    """
    The VAT inside a gross amount, as a ledger that is given the gross computes it.
    """
    return round_half_up(amount * percent / (100 + percent))


def gross(row: VatRow, reading: VatRows) -> Decimal:
    """
    Sales of a VAT row including VAT, in the given reading.
    """
    return row.amount if reading is VatRows.GROSS else row.amount + row.vat


def gross_of_all(rows: Iterable[VatRow], reading: VatRows) -> Decimal:
    """
    Sales of all rows including VAT, in the given reading.
    """
    return sum((gross(row, reading) for row in rows), NOK_0)


def other_reading(reading: VatRows) -> VatRows:
    """
    The reading that is not configured. It decides nothing; remedies mention it.
    """
    return VatRows.NET if reading is VatRows.GROSS else VatRows.GROSS
