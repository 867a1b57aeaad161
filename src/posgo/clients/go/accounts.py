"""
The chart of accounts.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import listing
from posgo.clients.go._single import read
from posgo.models.ledger import LedgerAccount

__all__ = ["get", "list"]

_READ = ("GeneralLedgerAccount", "GeneralLedgerAccount_Full")


def list(  # noqa: A001
    *, numbers: Iterable[int | str] | None = None, changed_after: datetime | None = None
) -> Call[Page[LedgerAccount]]:
    """
    List accounts.

    Args:
        numbers: Account numbers, or ranges such as ``"3000-3999"`` and ``"3000-"``; None for all.
        changed_after: Only those changed later than this instant, exclusive.
    """
    return listing(
        "/GeneralLedgerAccounts",
        LedgerAccount,
        roles=_READ,
        filters={"accountNos": numbers, "lastChangedDateTimeOffsetGreaterThan": changed_after},
    )


def get(id: int) -> Call[LedgerAccount]:  # noqa: A002
    """
    Read one account by Go's id.
    """
    return read("/GeneralLedgerAccounts/{id}", LedgerAccount, roles=_READ, parameters={"id": id})
