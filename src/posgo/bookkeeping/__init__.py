"""
Pure bookkeeping: from a Z-report to a balanced voucher.
"""

from posgo.bookkeeping._settle import settle
from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.payouts import settle_payout

__all__ = ["AccountMap", "settle", "settle_payout"]
