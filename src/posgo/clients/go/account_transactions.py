"""
What the general ledger holds, row by row: the way to find a voucher by its reference.
"""

from collections.abc import Iterable
from datetime import date, datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.models.ledger import AccountTransaction
from posgo.wire.model import member_names

__all__ = ["list"]


def list(
    *,
    from_date: date,
    to_date: date,
    voucher_types: Iterable[str] | None = None,
    account_numbers: Iterable[int | str] | None = None,
    voucher_numbers: Iterable[int | str] | None = None,
    vat_codes: Iterable[str] | None = None,
    department_codes: Iterable[str] | None = None,
    project_codes: Iterable[str] | None = None,
    product_codes: Iterable[str] | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    fields: Iterable[str] = (),
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[AccountTransaction]]:
    """
    List booked rows by posting date.

    Args:
        from_date: First posting date, inclusive.
        to_date: Last posting date, inclusive.
        voucher_types: Such as ``"CashJournal"``; None for all.
        account_numbers: Numbers or ranges; None for all.
        voucher_numbers: Numbers or ranges; None for all.
        vat_codes: Standard codes; None for all.
        department_codes: Codes, ``"-1"`` for rows without one; None for all.
        project_codes: Codes, ``"-1"`` for rows without one; None for all.
        product_codes: Codes, ``"-1"`` for rows without one; None for all.
        created_after: Only rows booked later than this instant, exclusive.
        changed_after: Only rows changed later than this instant, exclusive.
        fields: Fields of :class:`~posgo.models.ledger.AccountTransaction` to ask for, such as ``"reference"``;
            the others stay None. The voucher's id always comes along. None given means all.
        page_size: Rows per request, at most 20 000.
    """
    wanted = tuple(fields)
    return listing(
        "/AccountTransactions",
        AccountTransaction,
        roles=("AccountTransaction", "AccountTransaction_Full"),
        filters={
            "fromDate": from_date,
            "toDate": to_date,
            "voucherTypes": voucher_types,
            "accountNos": account_numbers,
            "voucherNos": voucher_numbers,
            "vatCodes": vat_codes,
            "departmentCodes": department_codes,
            "projectCodes": project_codes,
            "productCodes": product_codes,
            "createdDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
        },
        fields=member_names(AccountTransaction, ("voucher_id", *wanted)) if wanted else (),
        page_size=page_size,
    )
