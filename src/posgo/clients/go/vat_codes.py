"""
VAT codes. One code has several rows, one per rate and window of validity.
"""

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import listing
from posgo.models.ledger import VatCode

__all__ = ["list"]


def list(*, include_expired: bool = True, is_active: bool | None = None) -> Call[Page[VatCode]]:
    """
    List VAT codes.

    Args:
        include_expired: Also those no longer valid: a settlement of last year needs last year's.
        is_active: Only those the company does (or does not) use; None for both.
    """
    return listing(
        "/VatCodes",
        VatCode,
        roles=("CommonServices", "CommonServices_Full"),
        filters={"includeExpired": include_expired, "isActive": is_active},
    )
