"""
Invoices and credit notes Go has sent. Read only.
"""

from collections.abc import Iterable
from datetime import date, datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import read
from posgo.models.invoices import OutgoingInvoice, OutgoingInvoiceLine

__all__ = ["get", "lines", "list"]

_PATH = "/OutgoingInvoices"
_READ = ("OutgoingInvoice", "OutgoingInvoice_Full")


def list(
    *,
    balance_changed_after: datetime | None = None,
    sent_after: datetime | None = None,
    from_date: date | None = None,
    to_date: date | None = None,
    ids: Iterable[str] | None = None,
    invoice_numbers: Iterable[int | str] | None = None,
    voucher_numbers: Iterable[int | str] | None = None,
    customer_numbers: Iterable[int | str] | None = None,
    matching_references: Iterable[str] | None = None,
    department_codes: Iterable[str] | None = None,
    project_codes: Iterable[str] | None = None,
    only_unpaid: bool | None = None,
    only_ours: bool | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[OutgoingInvoice]]:
    """
    List invoices.

    Args:
        balance_changed_after: Only those whose balance changed later than this instant, exclusive: the light way
            to hear of payments.
        sent_after: Only those delivered later than this instant, exclusive.
        from_date: First voucher date, inclusive.
        to_date: Last voucher date, inclusive.
        ids: Go's ids; None for all.
        invoice_numbers: Numbers or ranges; None for all.
        voucher_numbers: Numbers or ranges; None for all.
        customer_numbers: Numbers or ranges; None for all.
        matching_references: None for all.
        department_codes: Codes, ``"-1"`` for none; None for all.
        project_codes: Codes, ``"-1"`` for none; None for all.
        only_unpaid: Only those with a balance other than zero; None for Go's default.
        only_ours: Only those this integration made; None for Go's default.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        OutgoingInvoice,
        roles=_READ,
        filters={
            "balanceLastChangedDateTimeOffsetGreaterThan": balance_changed_after,
            "sentDateTimeOffsetGreaterThan": sent_after,
            "fromDate": from_date,
            "toDate": to_date,
            "invoiceIds": ids,
            "invoiceNos": invoice_numbers,
            "voucherNos": voucher_numbers,
            "customerNos": customer_numbers,
            "customMatchingReferences": matching_references,
            "departmentCodes": department_codes,
            "projectCodes": project_codes,
            "onlyUnpaidInvoices": only_unpaid,
            "onlyCreatedByCurrentIntegration": only_ours,
        },
        page_size=page_size,
    )


def get(id: str) -> Call[OutgoingInvoice]:
    """
    Read one invoice by Go's id, which is that of the order it came from.
    """
    return read(f"{_PATH}/{{id}}", OutgoingInvoice, roles=_READ, parameters={"id": id})


def lines(id: str) -> Call[Page[OutgoingInvoiceLine]]:
    """
    List the lines of an invoice; they may be incomplete for imported ones.
    """
    return listing(
        f"{_PATH}/{{id}}/Lines", OutgoingInvoiceLine, roles=_READ, filters={}, parameters={"id": id}
    )
