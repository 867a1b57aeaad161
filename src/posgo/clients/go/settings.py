"""
Settings of the client company. Read only.
"""

from datetime import date

from posgo.clients.calls import Call
from posgo.clients.go._single import read
from posgo.models.ledger import FinancialSettings, OrganizationSettings, VatSettings
from posgo.wire.json import loads
from posgo.wire.ledger import read_lock_date

__all__ = ["ROLES", "financial", "lock_date", "organization", "vat"]

ROLES = ("CommonServices", "CommonServices_Full")


def organization() -> Call[OrganizationSettings]:
    """
    Read the organisation number and name: is this the company we mean?
    """
    return read("/OrganizationSettings", OrganizationSettings, roles=ROLES)


def lock_date() -> Call[date | None]:
    """
    Read the lock date. Nothing may be posted on or before it; None means nothing is locked.
    """
    return Call(
        method="GET",
        path="/LockDateSettings",
        roles=ROLES,
        decode=lambda answer: read_lock_date(loads(answer.content)),
    )


def vat() -> Call[VatSettings]:
    """
    Read whether the company is registered for VAT, and how it reports.
    """
    return read("/VatSettings", VatSettings, roles=ROLES)


def financial() -> Call[FinancialSettings]:
    """
    Read the first day that may be posted to, and other bookkeeping settings.
    """
    return read("/FinancialSettings", FinancialSettings, roles=ROLES)
