"""
What customers owe and have paid. Read only: Go matches by itself when an entry is posted.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._query import Filter
from posgo.models.invoices import CustomerBalance, LedgerEntry

__all__ = ["balances", "matched_entries", "open_items", "statement"]

_PATH = "/Customerledger"
_READ = ("CustomerLedger", "CustomerLedger_Full")


def _entry_filters(
    *,
    customer_numbers: Iterable[int | str] | None,
    invoice_numbers: Iterable[str] | None,
    matching_references: Iterable[str] | None,
    voucher_types: Iterable[str] | None,
    created_after: datetime | None,
    changed_after: datetime | None,
    only_ours: bool | None,
) -> Mapping[str, Filter]:
    return {
        "customerNos": customer_numbers,
        "invoiceNos": invoice_numbers,
        "customMatchingReferences": matching_references,
        "voucherTypes": voucher_types,
        "createdDateTimeOffsetGreaterThan": created_after,
        "lastChangedDateTimeOffsetGreaterThan": changed_after,
        "onlyCreatedByCurrentIntegration": only_ours,
    }


def open_items(
    *,
    on: date,
    customer_numbers: Iterable[int | str] | None = None,
    invoice_numbers: Iterable[str] | None = None,
    matching_references: Iterable[str] | None = None,
    voucher_types: Iterable[str] | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    only_ours: bool | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[LedgerEntry]]:
    """
    List entries with a balance.

    Args:
        on: The day whose balances are told.
        customer_numbers: Numbers or ranges; None for all.
        invoice_numbers: None for all.
        matching_references: None for all.
        voucher_types: Such as ``"OutgoingInvoice"``; None for all.
        created_after: Only those booked later than this instant, exclusive.
        changed_after: Only those matched otherwise later than this instant, exclusive.
        only_ours: Only those this integration made; None for Go's default.
        page_size: Rows per request, at most 20 000.
    """
    filters = _entry_filters(
        customer_numbers=customer_numbers,
        invoice_numbers=invoice_numbers,
        matching_references=matching_references,
        voucher_types=voucher_types,
        created_after=created_after,
        changed_after=changed_after,
        only_ours=only_ours,
    )
    path, chosen = f"{_PATH}/OpenItems", {"date": on, **filters}
    return listing(path, LedgerEntry, roles=_READ, filters=chosen, page_size=page_size)


def statement(
    *,
    from_date: date,
    to_date: date,
    customer_numbers: Iterable[int | str] | None = None,
    invoice_numbers: Iterable[str] | None = None,
    matching_references: Iterable[str] | None = None,
    voucher_types: Iterable[str] | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    only_ours: bool | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[LedgerEntry]]:
    """
    List all entries of a period, open or not. Arguments as of :func:`open_items`; both dates are inclusive.
    """
    filters = _entry_filters(
        customer_numbers=customer_numbers,
        invoice_numbers=invoice_numbers,
        matching_references=matching_references,
        voucher_types=voucher_types,
        created_after=created_after,
        changed_after=changed_after,
        only_ours=only_ours,
    )
    path, chosen = f"{_PATH}/Statement", {"fromDate": from_date, "toDate": to_date, **filters}
    return listing(path, LedgerEntry, roles=_READ, filters=chosen, page_size=page_size)


def matched_entries(match_id: int) -> Call[Page[LedgerEntry]]:
    """
    List the entries that are matched with each other.
    """
    path, chosen = f"{_PATH}/EntriesByMatchId", {"matchId": match_id}
    return listing(path, LedgerEntry, roles=_READ, filters=chosen)


def balances(
    *, on: date, group_ids: Iterable[int] | None = None, only_open: bool | None = None
) -> Call[Page[CustomerBalance]]:
    """
    List what each customer owes on a day. Customers without any entry never appear.

    Args:
        on: The day.
        group_ids: Only customers in these groups, by Go's id; None for all.
        only_open: Only customers with open items; None for Go's default.
    """
    path = f"{_PATH}/CustomerBalances"
    chosen: Mapping[str, Filter] = {
        "date": on,
        "contactGroupIds": group_ids,
        "includeOnlyOpenItems": only_open,
    }
    return listing(path, CustomerBalance, roles=_READ, filters=chosen)
