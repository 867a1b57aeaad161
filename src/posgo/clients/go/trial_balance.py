"""
Balances of ledger accounts.
"""

from collections.abc import Iterable
from datetime import date

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import listing
from posgo.models.documents import TrialBalanceLine

__all__ = ["list"]


def list(
    *,
    on: date,
    account_numbers: Iterable[int | str] | None = None,
    department_codes: Iterable[str] | None = None,
    hide_zero: bool | None = None,
) -> Call[Page[TrialBalanceLine]]:
    """
    List balances on a day: is the clearing account back at zero?

    Args:
        on: The day.
        account_numbers: Numbers or ranges; None for all.
        department_codes: Codes, ``"-1"`` for none; None for all.
        hide_zero: Whether to leave out accounts without a balance; None for Go's default.
    """
    return listing(
        "/TrialBalance",
        TrialBalanceLine,
        roles=("TrialBalance", "TrialBalance_Full"),
        filters={
            "date": on,
            "accountNos": account_numbers,
            "departmentCodes": department_codes,
            "hideAccountsWithZeroBalance": hide_zero,
        },
    )
