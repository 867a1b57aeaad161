"""
The identity of a settlement, as the ledger knows it.
"""

import uuid

from posgo.bookkeeping.accounts import AccountMap
from posgo.models.pos import ZReport

__all__ = ["REVISION", "settlement_reference", "z_number"]

# Frozen for ever: another namespace would book every Z-report a second time.
_NAMESPACE = uuid.UUID("6f9c1a5e-3f0b-5b7e-9d50-0c4b1f0a7d1e")

REVISION = 1
"""Revision of a settlement that was never corrected."""


def z_number(z: ZReport) -> str:
    """
    The Z-number without leading zeros: ``0042`` and ``42`` are one report.
    """
    return z.number.lstrip("0") or "0"


def settlement_reference(z: ZReport, accounts: AccountMap, revision: int = REVISION) -> str:
    """
    The reference of a Z-report's voucher: the same report always gives the same one.

    Built from what identifies the report, never from its figures, so that a
    report that changed is noticed instead of booked beside the first.
    """
    name = "\x1f".join((z.company, accounts.canonical(z.cash_point), z_number(z), str(revision)))
    return str(uuid.uuid5(_NAMESPACE, name))
