"""
Number series of customers, suppliers and employees. Read only.
"""

from collections.abc import Iterable

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import listing
from posgo.clients.go._single import read
from posgo.models.terms import NumberSeries

__all__ = ["get", "list"]

_READ = ("CommonServices", "CommonServices_Full")


def list(
    *,
    kind: str | None = None,
    is_default: bool | None = None,
    account_numbers: Iterable[int | str] | None = None,
) -> Call[Page[NumberSeries]]:
    """
    List number series.

    Args:
        kind: ``"Customer"``, ``"Supplier"`` or ``"Employee"``, written exactly so; None for all.
        is_default: Only the (or all but the) default ones; None for both.
        account_numbers: Only those behind these ledger accounts; None for all.
    """
    return listing(
        "/SubLedgerNumberSeries",
        NumberSeries,
        roles=_READ,
        filters={
            "subLedgerNumberSeriesType": kind,
            "isDefault": is_default,
            "generalLedgerAccountNos": account_numbers,
        },
    )


def get(id: str) -> Call[NumberSeries]:
    """
    Read one number series by Go's id.
    """
    return read("/SubLedgerNumberSeries/{id}", NumberSeries, roles=_READ, parameters={"id": id})
