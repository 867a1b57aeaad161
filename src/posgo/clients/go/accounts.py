"""
The chart of accounts.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import delete as delete_, post, read, update as update_
from posgo.models.ledger import LedgerAccount
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/GeneralLedgerAccounts"
_READ = ("GeneralLedgerAccount", "GeneralLedgerAccount_Full")
_WRITE = ("GeneralLedgerAccount_Full",)


def list(
    *,
    numbers: Iterable[int | str] | None = None,
    changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[LedgerAccount]]:
    """
    List accounts.

    Args:
        numbers: Account numbers, or ranges such as ``"3000-3999"`` and ``"3000-"``; None for all.
        changed_after: Only those changed later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        LedgerAccount,
        roles=_READ,
        filters={"accountNos": numbers, "lastChangedDateTimeOffsetGreaterThan": changed_after},
        page_size=page_size,
    )


def get(id: int) -> Call[LedgerAccount]:
    """
    Read one account by Go's id.
    """
    return read(f"{_PATH}/{{id}}", LedgerAccount, roles=_READ, parameters={"id": id})


def create(
    *, number: int, name: str, vat_code: str = "0", vat_code_locked: bool = False
) -> Call[LedgerAccount]:
    """
    Add an account to the chart.

    Args:
        number: Its number, never to be changed.
        name: Its name.
        vat_code: Standard VAT code set on it.
        vat_code_locked: Whether lines on it may carry no other.
    """
    body = {
        "AccountNo": number,
        "Name": name,
        "VatCode": vat_code,
        "IsVatCodeLocked": vat_code_locked,
        "IsActive": True,
    }
    return post(_PATH, LedgerAccount, body, roles=_WRITE)


def update(old: LedgerAccount, new: LedgerAccount) -> Procedure[LedgerAccount]:
    """
    Change what differs between two values of one account. Its VAT code is changed by ``vat_id``.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        f"{_PATH}/{{id}}",
        LedgerAccount,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
    )


def delete(id: int) -> Call[None]:
    """
    Delete an account. Refused with :class:`~posgo.exceptions.ConflictError` once it is used.
    """
    return delete_(f"{_PATH}/{{id}}", roles=_WRITE, parameters={"id": id})
