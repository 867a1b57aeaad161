"""
The ledger's objects in Go's JSON.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from posgo.exceptions import ModelError, UnbalancedVoucherError, WireFormatError
from posgo.models.ledger import (
    AccountTransaction,
    IntegrationInformation,
    JournalEntry,
    JournalLine,
    LedgerAccount,
    PostedVoucher,
    VatCode,
)
from posgo.models.vouchers import Journal
from posgo.wire.model import Member, members, to_date, to_decimal
from posgo.wire.writing import without_none

__all__ = ["journal_entry_body", "read_lock_date"]


def _percent(rate: object) -> Decimal:
    # Go's rates are fractions of 1.
    return (to_decimal(rate) * 100).normalize() + 0


members(
    LedgerAccount,
    number="AccountNo",
    vat_id="VatCodeId",
    vat_code_locked="IsVatCodeLocked",
    active="IsActive",
    department_required="IsDepartmentRequired",
    project_required="IsProjectRequired",
)
members(VatCode, percent=Member("Rate", _percent), active="IsActive")
members(
    IntegrationInformation,
    privileges="ValidPrivileges",
    missing_privileges="InvalidPrivileges",
    subscriptions="ActiveClientSubscriptions",
)
members(
    JournalLine,
    amount="CurrencyAmount",
    text="Description",
    matching_reference="CustomMatchingReference",
    reference="ExternalLineReference",
)
members(
    PostedVoucher,
    number="VoucherNo",
    date="VoucherDate",
    reference="ExternalImportReference",
    reversed="IsReversed",
    lines="VoucherLines",
)
members(
    AccountTransaction,
    reference="ExternalImportReference",
    reversed="IsReversed",
    account="AccountNo",
)


def read_lock_date(value: Any) -> dt.date | None:
    """
    Read the lock date. None means that nothing is locked, which Go may say by null, by leaving it out, or by year 1.
    """
    if not isinstance(value, dict):
        raise WireFormatError("$", "an object expected")
    date = value.get("LockDate")
    try:
        locked = None if date is None else to_date(date)
    except ModelError as error:
        raise WireFormatError("$.LockDate", str(error)) from error
    return None if locked == dt.date.min else locked


def _line(line: JournalLine, entry: JournalEntry) -> dict[str, Any]:
    members_ = {
        "AccountId": line.account_id,
        "VatId": line.vat_id,
        "PostingDate": entry.date.isoformat(),
        "CurrencyAmount": line.amount,
        "Description": line.text,
        "DepartmentId": line.department_id,
        "CustomMatchingReference": line.matching_reference,
        "InvoiceNo": line.invoice_no,
        "ProjectId": line.project_id,
        "LocationId": line.location_id,
        "ExternalLineReference": line.reference,
    }
    return without_none(members_)


def journal_entry_body(journal: Journal, entry: JournalEntry) -> dict[str, Any]:
    """
    Write a journal entry.

    Raises:
        ModelError:
            If the entry has no lines, a line of zero, lines that do not sum
            to 0.00, or names an invoice outside a bank journal.
    """
    if not entry.lines:
        raise ModelError(f"a {journal.value} needs lines")
    if not all(line.amount for line in entry.lines):
        raise ModelError(f"a {journal.value} must not hold lines of zero; Go refuses them")
    if journal is not Journal.BANK and any(line.invoice_no is not None for line in entry.lines):
        # Elsewhere Go drops it without a word, and the invoice stays open.
        raise ModelError(
            f"a {journal.value} cannot name invoices; use a bank journal or a matching reference"
        )
    residual = sum(line.amount for line in entry.lines)
    if residual:
        raise UnbalancedVoucherError(Decimal(residual))
    return without_none(
        {
            "VoucherDate": entry.date.isoformat(),
            "CurrencyCode": "NOK",
            "Description": entry.text,
            "ExternalImportReference": entry.reference,
            "ImportedVoucherNo": entry.imported_no,
            "SaftBatchId": entry.batch,
            "SaftSourceId": entry.source_system,
            "VoucherLines": [_line(line, entry) for line in entry.lines],
        }
    )
