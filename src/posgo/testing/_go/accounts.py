"""
The chart of accounts.
"""

from typing import Any

from posgo.models.units import UNITS
from posgo.testing._go import binding as b
from posgo.testing._go.chart import account_type
from posgo.testing._go.company import Company
from posgo.testing._go.entities import Account
from posgo.testing._go.http import Received, Reply, bad_request, conflict, not_found, referenced_not_found
from posgo.testing._go.journals import VAT_RETURN
from posgo.testing._go.listing import later, number_filter, page
from posgo.testing._go.patching import patched
from posgo.testing._go.routing import Endpoint, endpoint

__all__ = ["ENDPOINTS"]

_ACCOUNT_FIELDS = [
    "AccountNo",
    "AgricultureDepartment",
    "CurrencyCode",
    "DepartmentCode",
    "DepartmentId",
    "GeneralLedgerAccountType",
    "Id",
    "IsActive",
    "IsDepartmentRequired",
    "IsProjectRequired",
    "IsVatCodeLocked",
    "LastChangedDateTimeOffset",
    "Name",
    "Unit1",
    "Unit2",
    "VatCode",
    "VatCodeId",
    "VatReturnSpecification",
]


def account_row(company: Company, account: Account) -> dict[str, Any]:
    """
    An account as Go shows it.
    """
    return {
        "Id": account.id,
        "AccountNo": account.number,
        "Name": account.name,
        "VatCode": account.vat_code,
        "VatCodeId": company.vat_on(account.vat_code, company.today()).id,
        "IsVatCodeLocked": account.vat_code_locked,
        "IsActive": account.active,
        "IsDepartmentRequired": account.department_required,
        "IsProjectRequired": account.project_required,
        "GeneralLedgerAccountType": account_type(account.number),
        "CurrencyCode": None,
        "DepartmentId": None,
        "DepartmentCode": None,
        "VatReturnSpecification": "None",
        "LastChangedDateTimeOffset": account.changed_at.isoformat(),
    }


@endpoint("GET", "/GeneralLedgerAccounts", "GeneralLedgerAccount", "GeneralLedgerAccount_Full")
def list_accounts(company: Company, request: Received) -> Reply:
    """
    The chart, by number.
    """
    wanted = number_filter(request, "accountNos")
    rows = [
        account_row(company, account)
        for account in sorted(company.accounts.values(), key=lambda one: one.number)
        if wanted(account.number)
        and later(request, "lastChangedDateTimeOffsetGreaterThan", account.changed_at)
    ]
    return page(request, rows, _ACCOUNT_FIELDS)


@endpoint("GET", "/GeneralLedgerAccounts/{id:int}", "GeneralLedgerAccount", "GeneralLedgerAccount_Full")
def get_account(company: Company, request: Received) -> Reply:
    """
    One account.
    """
    if request.asked("Fields"):
        bad_request("Invalid resourceParameter", "Fields cannot be used here")
    return Reply.of(account_row(company, _account(company, request)))


def _account(company: Company, request: Received) -> Account:
    account = company.accounts.get(request.id)
    if account is None:
        not_found(f"General ledger account with id {request.id} was not found")
    return account


_FLAGS = {
    "IsVatCodeLocked": "vat_code_locked",
    "IsActive": "active",
    "IsDepartmentRequired": "department_required",
    "IsProjectRequired": "project_required",
}
_PATCH: dict[b.Kind, str] = {
    b.any_text: "Name CurrencyCode",
    b.truth: " ".join(_FLAGS),
    b.int64: "DepartmentId",
    b.int32: "VatCodeId",
    b.one_of(*UNITS): "Unit1 Unit2",
    VAT_RETURN: "VatReturnSpecification",
}
_PATCH_DTO = b.Dto(b.named(_PATCH), ("Name",))
_FARMING = b.one_of("None", "Finance", "Farming", "Forestry", "FurAnimals", "OtherIndustries", "Private")
_POST_DTO = b.Dto(
    {
        **b.named(_PATCH),
        "AccountNo": b.int64,
        "VatCode": b.any_text,
        "DepartmentCode": b.any_text,
        "AgricultureDepartment": _FARMING,
    },
    ("AccountNo", "Name", "IsActive"),
)
_TITLE = "General ledger account validation error(s)"


def _vat_code(company: Company, body: dict[str, Any]) -> str | None:
    if "VatCodeId" in body:
        row = next((row for row in company.vat_rows if row.id == body["VatCodeId"]), None)
    else:
        row = next((row for row in company.vat_rows if row.code == body.get("VatCode")), None)
    if row is None and ("VatCodeId" in body or "VatCode" in body):
        referenced_not_found("The vat code was not found")
    return row.code if row else None


def _set(account: Account, members: dict[str, Any]) -> None:
    for member, field in _FLAGS.items():
        if members.get(member) is not None:
            setattr(account, field, members[member])


@endpoint("POST", "/GeneralLedgerAccounts", "GeneralLedgerAccount_Full")
def create_account(company: Company, request: Received) -> Reply:
    """
    Add an account to the chart.
    """
    body = _POST_DTO.read(request.json())
    number, vat_code = body["AccountNo"], _vat_code(company, body)
    if vat_code is None:
        bad_request(_TITLE, "VatCode or VatCodeId is required")
    if not 1000 <= number <= 9_999_999 or company.account(number) is not None:
        bad_request(_TITLE, f"AccountNo {number} is not free")
    account = company.put_account(number, name=body["Name"], vat_code=vat_code)
    _set(account, body)
    return Reply.of(account_row(company, account), 201)


@endpoint("PATCH", "/GeneralLedgerAccounts/{id:int}", "GeneralLedgerAccount_Full")
def patch_account(company: Company, request: Received) -> Reply:
    """
    Change an account.
    """
    account = _account(company, request)
    members = patched(account_row(company, account), request.json(), _PATCH_DTO, "GeneralLedgerAccount")
    if members.get("VatCodeId") is not None:
        account.vat_code = _vat_code(company, members) or account.vat_code
    account.name = members.get("Name", account.name)
    _set(account, members)
    if members:
        account.changed_at = company.stamp()
    return Reply.of(account_row(company, account))


@endpoint("DELETE", "/GeneralLedgerAccounts/{id:int}", "GeneralLedgerAccount_Full")
def delete_account(company: Company, request: Received) -> Reply:
    """
    Delete an account nothing hangs on.
    """
    account = _account(company, request)
    if account.control or any(line.account == account.number for v in company.vouchers for line in v.lines):
        conflict("General ledger account conflict", f"Account {account.number} is in use")
    owners = (*company.table("Products").values(), *company.table("ProductGroups").values())
    if any(account.id in {one["StandardSalesAccountId"], one["OptionalSalesAccountId"]} for one in owners):
        conflict("General ledger account conflict", f"Account {account.number} is in use by products")
    del company.accounts[account.id]
    return Reply()


ENDPOINTS: tuple[Endpoint, ...] = (list_accounts, get_account, create_account, patch_account, delete_account)
