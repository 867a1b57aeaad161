"""
VAT codes and settings.
"""

from typing import Any

from posgo.testing._go.company import Company
from posgo.testing._go.entities import VatRow
from posgo.testing._go.http import Received, Reply
from posgo.testing._go.listing import flag, page
from posgo.testing._go.routing import Endpoint, endpoint

__all__ = ["ENDPOINTS"]

_COMMON = ("CommonServices", "CommonServices_Full")
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


@endpoint("GET", "/VatCodes", *_COMMON)
def list_vat_codes(company: Company, request: Received) -> Reply:
    """
    VAT codes, the expired ones on request.
    """
    today, expired, active = company.today(), flag(request, "includeExpired"), flag(request, "isActive")
    rows = [vat_row(row) for row in company.vat_rows if expired or row.covers(today)]
    return page(request, rows if active is not False else [], _VAT_FIELDS)


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
    list_vat_codes,
    get_lock_date,
    get_organization,
    get_vat_settings,
    get_financial_settings,
)
