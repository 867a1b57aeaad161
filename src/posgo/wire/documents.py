"""
Documentation, drafts, balances and onboarding in Go's JSON.
"""

from typing import Any

from posgo.exceptions import ModelError
from posgo.models.documents import (
    DraftEntry,
    DraftLine,
    OnboardedClient,
    Onboarding,
    OnboardingLink,
    TrialBalanceLine,
    VoucherDocumentation,
)
from posgo.wire.model import members
from posgo.wire.writing import without_none

__all__ = ["draft_body"]

members(VoucherDocumentation)
members(TrialBalanceLine, account="AccountNo", name="AccountName")
members(OnboardingLink, url="TemporaryUrl", valid_until="ValidUntilDateTimeOffset")
members(OnboardedClient, name="ClientName", organization_number="ClientOrganizationNumber")
members(Onboarding, clients="OnboardedClientsInformation")


def _line(line: DraftLine) -> dict[str, Any]:
    if line.amount <= 0:
        raise ModelError("a draft line's amount must be above zero: its sides say the direction")
    if line.debit_account_id is None and line.credit_account_id is None:
        raise ModelError("a draft line needs a debit or a credit account")
    return without_none(
        {
            "CurrencyAmount": line.amount,
            "DebitAccountId": line.debit_account_id,
            "DebitVatId": line.debit_vat_id,
            "CreditAccountId": line.credit_account_id,
            "CreditVatId": line.credit_vat_id,
            "Description": line.text,
            "DepartmentId": line.department_id,
            "InvoiceNo": line.invoice_no,
        }
    )


def draft_body(entry: DraftEntry, lines_name: str) -> dict[str, Any]:
    """
    Write a draft. Under a wrong name of the lines Go makes an empty draft without a word.
    """
    if not entry.lines:
        raise ModelError("a draft needs lines")
    return without_none(
        {
            "VoucherDate": entry.date.isoformat(),
            "CurrencyCode": "NOK",
            "Description": entry.text,
            "Comment": entry.comment,
            "DepartmentId": entry.department_id,
            lines_name: [_line(line) for line in entry.lines],
        }
    )
