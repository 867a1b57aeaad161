"""
Pure bookkeeping: from a Z-report to a balanced voucher.
"""

from posgo.bookkeeping._settle import settle
from posgo.bookkeeping.accounts import AccountMap

__all__ = ["AccountMap", "settle"]
