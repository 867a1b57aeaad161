"""
The arithmetic of VAT: the one place where bookkeeping rounds.
"""

from decimal import ROUND_HALF_UP, Decimal

from posgo.bookkeeping.accounts import PosProperties, VatRows
from posgo.models._money import ORE
from posgo.models.pos import VatRow

__all__ = ["gross", "round_half_up", "vat_in"]


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


def gross(row: VatRow, pos: PosProperties) -> Decimal:
    """
    Sales of a VAT row including VAT, in the configured reading.
    """
    return row.amount if pos.vat_rows is VatRows.GROSS else row.amount + row.vat
