"""
The chart, VAT codes, departments and settings.
"""

from typing import Any

from posgo.testing._go.chart import account_type
from posgo.testing._go.company import Company
from posgo.testing._go.entities import Account, DepartmentEntity, VatRow
from posgo.testing._go.http import Received, Reply, not_found
from posgo.testing._go.listing import codes, flag, later, number_filter, page
from posgo.testing._go.routing import Endpoint, endpoint

__all__ = ["ENDPOINTS"]

_COMMON = ("CommonServices", "CommonServices_Full")
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
_VAT_FIELDS = [
    "BaseVatCodeId",
    "Code",
    "Description",
    "Id",
    "IsActive",
    "IsCustom",
    "Name",
    "Rate",
    "ValidFrom",
    "ValidTo",
    "VatBasisRatio",
    "VatBasisRatioValidFrom",
    "VatBasisRatios",
]
_DEPARTMENT_FIELDS = [
    "Code",
    "CreatedDateTimeOffset",
    "CreatedFromImportJournalId",
    "Id",
    "IsActive",
    "LastChangedDateTimeOffset",
    "ManagerEmployeeId",
    "ManagerEmployeeNo",
    "Name",
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


def vat_row(row: VatRow) -> dict[str, Any]:
    """
    A VAT code as Go shows it.
    """
    return {
        "Id": row.id,
        "Code": row.code,
        "Name": row.name,
        "Description": None,
        "Rate": row.rate,
        "ValidFrom": row.valid_from.isoformat(),
        "ValidTo": row.valid_to.isoformat() if row.valid_to else None,
        "IsActive": True,
        "IsCustom": False,
        "BaseVatCodeId": None,
    }


def department_row(department: DepartmentEntity) -> dict[str, Any]:
    """
    A department as Go shows it.
    """
    return {
        "Id": department.id,
        "Code": department.code,
        "Name": department.name,
        "IsActive": department.active,
        "ManagerEmployeeId": None,
        "ManagerEmployeeNo": None,
        "CreatedFromImportJournalId": None,
        "CreatedDateTimeOffset": department.created_at.isoformat(),
        "LastChangedDateTimeOffset": department.changed_at.isoformat(),
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
    account = company.accounts.get(request.id)
    if account is None:
        not_found(f"General ledger account with id {request.id} was not found")
    return Reply.of(account_row(company, account))


@endpoint("GET", "/VatCodes", *_COMMON)
def list_vat_codes(company: Company, request: Received) -> Reply:
    """
    VAT codes, the expired ones on request.
    """
    today, expired, active = company.today(), flag(request, "includeExpired"), flag(request, "isActive")
    rows = [vat_row(row) for row in company.vat_rows if expired or row.covers(today)]
    return page(request, rows if active is not False else [], _VAT_FIELDS)


@endpoint("GET", "/Departments", "Department", "Department_Full")
def list_departments(company: Company, request: Received) -> Reply:
    """
    Departments.
    """
    code, active, name = codes(request, "codes"), flag(request, "isActive"), request.asked("name")
    rows = [
        department_row(one)
        for one in company.departments.values()
        if code(one.code)
        and (active is None or one.active is active)
        and (name is None or name.casefold() in one.name.casefold())
        and later(request, "createdDateTimeOffsetGreaterThan", one.created_at)
        and later(request, "lastChangedDateTimeOffsetGreaterThan", one.changed_at)
    ]
    return page(request, rows, _DEPARTMENT_FIELDS)


@endpoint("GET", "/Departments/{id:int}", "Department", "Department_Full")
def get_department(company: Company, request: Received) -> Reply:
    """
    One department.
    """
    department = company.departments.get(request.id)
    if department is None:
        not_found(f"Department with id {request.id} was not found")
    return Reply.of(department_row(department))


@endpoint("GET", "/LockDateSettings", *_COMMON)
def get_lock_date(company: Company, _request: Received) -> Reply:
    """
    The lock date; left out when nothing is locked.
    """
    return Reply.of({"LockDate": company.lock_date.isoformat()} if company.lock_date else {})


@endpoint("GET", "/OrganizationSettings", *_COMMON)
def get_organization(company: Company, _request: Received) -> Reply:
    """
    The company.
    """
    return Reply.of(
        {
            "Id": company.id,
            "Name": company.name,
            "LegalName": company.name,
            "OrganizationNumber": company.organization_number,
            "EmailAddress": None,
            "PhoneNumber": None,
            "WebsiteUrl": None,
            "InvoiceInboxEhf": False,
            "InvoiceInboxEmail": False,
            "IsAgricultureClient": False,
            "MailAddressIsDeliveryAddress": True,
        }
    )


@endpoint("GET", "/VatSettings", *_COMMON)
def get_vat_settings(company: Company, _request: Received) -> Reply:
    """
    VAT settings.
    """
    return Reply.of(
        {
            "IsVatRegistered": company.vat_registered,
            "VatNumber": company.organization_number if company.vat_registered else None,
            "VatPeriod": "BiMonthly",
            "UseVatCompensation": False,
            "ReportVatReturnManually": False,
            "RoundingAccountId": None,
            "RoundingAccountNo": None,
        }
    )


@endpoint("GET", "/FinancialSettings", *_COMMON)
def get_financial_settings(company: Company, _request: Received) -> Reply:
    """
    Bookkeeping settings.
    """
    return Reply.of(
        {
            "ConversionDate": company.conversion_date.isoformat(),
            "CurrencyCode": "NOK",
            "FinancialYearEndMonth": "December",
            "UseTrustAccountManagement": False,
        }
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    list_accounts,
    get_account,
    list_vat_codes,
    list_departments,
    get_department,
    get_lock_date,
    get_organization,
    get_vat_settings,
    get_financial_settings,
)
