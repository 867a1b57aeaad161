"""
Customers, their persons, addresses and groups.
"""

import re
from collections.abc import Callable
from typing import NoReturn

from posgo.testing._go import binding as b
from posgo.testing._go.company import Company, Row
from posgo.testing._go.http import Received, bad_request, referenced_not_found
from posgo.testing._go.listing import codes, later, moment, number_filter
from posgo.testing._go.routing import Endpoint
from posgo.testing._go.tables import Kind
from posgo.testing._go.terms import dto, in_window

__all__ = ["CUSTOMERS", "ENDPOINTS"]

_TITLE = "Customer validation error(s)"
_EMAIL = re.compile(r"[^@\s;]+@[^@\s;]+\.[^@\s;]+")
_STAMPS = " CreatedDateTimeOffset LastChangedDateTimeOffset Id"

_STREET: dict[b.Kind, str] = {
    b.text(200): "AddressLine1 AddressLine2",
    b.text(100): "City",
    b.text(50): "ZipCode",
    b.any_text: "CountryCode",
}
_ADDRESS = dto(_STREET, "City", "ZipCode")
_CONTACT_ADDRESS = b.Dto({**b.named(_STREET), "ExternalCode": b.text(50)}, ("City", "ZipCode"))
_STREET_NAMES = ("AddressLine1", "AddressLine2", "City", "ZipCode", "CountryCode", "ExternalCode")

_WRITABLE: dict[b.Kind, str] = {
    b.any_text: (
        "CurrencyCode EmailAddress FirstName InvoiceEmailAddress LastName LegalName Name NationalIdNumber "
        "OrganizationNumber PaymentReminderEmailAddress PhoneNumber WebsiteUrl"
    ),
    b.text(50): "ExternalImportReference",
    b.text(2000): "InvoiceEmailAddressCC",
    b.int64: (
        "DeliveryTermId DepartmentId ExternalNumber InvoiceBrandingThemeId Number PaymentTermId SalesPersonEmployeeId"
    ),
    b.number: "Allowance BillableRate",
    b.on_day: "CustomerSince DateOfBirth",
    b.truth: (
        "DoNotAddLatePaymentFees DoNotAddLatePaymentInterest DoNotAutomatePaymentNotifications IsArchived IsPerson "
        "IsVatFree SendPaymentReminders TransferToDebtCollectionAgency UseInvoiceFee"
    ),
    b.list_of(b.int64): "ContactGroupIds",
    b.nested(_CONTACT_ADDRESS): "MailAddress",
    b.one_of(
        "PdfByEmail", "Print", "EHF", "AvtaleGiro", "External", "Efaktura", "Factoring"
    ): "InvoiceDeliveryType",
    b.one_of("PdfByEmail", "Print"): "ReminderDeliveryType NoticeOfDebtCollectionDeliveryType",
}
_TWINS: dict[b.Kind, str] = {
    b.any_text: "DeliveryTerm DepartmentCode InvoiceBrandingThemeCode",
    b.int32: "PaymentTerm",
    b.int64: "SalesPersonEmployeeNumber",
    b.uuid: "SubLedgerNumberSeriesId",
}


def _refuse(detail: str) -> NoReturn:
    bad_request(_TITLE, detail)


def _check_name(row: Row) -> None:
    needed = ("FirstName", "LastName") if row["IsPerson"] else ("Name",)
    for name in needed:
        if not (row[name] or "").strip():
            _refuse(f"{name} is required")


def _check_emails(row: Row) -> None:
    for name in ("EmailAddress", "InvoiceEmailAddress", "PaymentReminderEmailAddress"):
        if row[name] and not _EMAIL.fullmatch(row[name]):
            _refuse(f"{name} is not a valid e-mail address")


def _check_unique(company: Company, row: Row) -> None:
    for name in ("ExternalImportReference", "ExternalNumber", "Number"):
        others = company.table("Customers").values()
        twin = next((one for one in others if one[name] == row[name] and one["Id"] != row["Id"]), None)
        if row[name] is not None and twin is not None:
            _refuse(f"{name} '{row[name]}' is already used by contact id {twin['Id']}")


def _check_number(company: Company, row: Row) -> None:
    series = [one for one in company.series_rows() if one["SubLedgerNumberSeriesType"] == "Customer"]
    chosen = row.pop("SubLedgerNumberSeriesId", None)
    if chosen is not None and chosen not in {one["Id"] for one in series}:
        referenced_not_found(f"Number series with id {chosen} was not found")
    if row["Number"] is None:
        row["Number"] = company.next_customer_number()
    if not any(one["FromInclusive"] <= row["Number"] <= one["ToInclusive"] for one in series):
        _refuse(f"Number {row['Number']} is not inside a customer number series")


def _check_references(company: Company, row: Row) -> None:
    if row["PaymentTermId"] is None and row["PaymentTerm"] is not None:
        row["PaymentTermId"] = company.by("PaymentTerms", "CreditDays", row["PaymentTerm"])
    if row["DepartmentId"] is None and row["DepartmentCode"] is not None:
        row["DepartmentId"] = company.by("Departments", "Code", row["DepartmentCode"])
    if row["DeliveryTermId"] is None and row["DeliveryTerm"] is not None:
        row["DeliveryTermId"] = company.by("DeliveryTerms", "Name", row["DeliveryTerm"])
    company.refuse_unknown(
        row, PaymentTermId="PaymentTerms", DepartmentId="Departments", DeliveryTermId="DeliveryTerms"
    )
    for group in row["ContactGroupIds"] or ():
        if group not in company.table("ContactGroups"):
            referenced_not_found(f"Contact group with id {group} was not found")
    # Kept by id; the twins are shown from it.
    row.update(PaymentTerm=None, DepartmentCode=None, DeliveryTerm=None)


def _check_delivery(row: Row, old: Row | None) -> None:
    kind = row["InvoiceDeliveryType"]
    mail = row["EmailAddress"] or row["InvoiceEmailAddress"]
    if kind is None:
        row["InvoiceDeliveryType"] = "PdfByEmail" if mail else "Print"
    elif old is not None and old["InvoiceDeliveryType"] == kind:
        return
    elif kind == "PdfByEmail" and not mail:
        _refuse("InvoiceDeliveryType PdfByEmail requires an e-mail address")
    elif kind == "EHF" and not row["OrganizationNumber"]:
        _refuse("InvoiceDeliveryType EHF requires an organization number registered in ELMA")
    elif kind in {"AvtaleGiro", "Efaktura"}:
        _refuse(f"InvoiceDeliveryType {kind} cannot be set by the API")


def _check_address(company: Company, row: Row, old: Row | None) -> None:
    address = row["MailAddress"]
    before = old["MailAddress"] if old else None
    if address is None or address == before:
        return
    code = address.get("ExternalCode")
    taken = (r["MailAddress"] for r in company.table("Customers").values() if r["Id"] != row["Id"])
    if code is not None and any(other and other.get("ExternalCode") == code for other in taken):
        _refuse(f"ExternalCode '{code}' is already in use")
    row["MailAddress"] = {
        "CountryCode": "NO",
        **{name: address[name] for name in _STREET_NAMES if address.get(name) is not None},
        "Id": before["Id"] if before else company.new_id(),
        "LastChangedDateTimeOffset": company.stamp(),
    }


def _check_allowance(row: Row) -> None:
    if row["Allowance"] is not None and not -1000 <= row["Allowance"] <= 100:
        _refuse("Allowance must be between -1000 and 100")


def _check_customer(company: Company, row: Row, old: Row | None) -> None:
    if old is None:
        row["SubledgerAccountId"] = company.new_id()
        row["ContactCreatedDateTimeOffset"] = row["CustomerCreatedDateTimeOffset"] = row[
            "CreatedDateTimeOffset"
        ]
    _check_name(row)
    _check_emails(row)
    _check_number(company, row)
    _check_unique(company, row)
    if company.checks_references:
        _check_references(company, row)
    _check_delivery(row, old)
    _check_address(company, row, old)
    _check_allowance(row)
    if row["IsArchived"] and not (old and old["IsArchived"]) and company.subledger.balance_of(row["Id"]):
        _refuse("The customer has a balance and cannot be archived")


def _customers_wanted(_company: Company, request: Received) -> Callable[[Row], bool]:
    number, external = number_filter(request, "customerNos"), number_filter(request, "externalNos")
    reference, group = request.asked("externalImportReference"), codes(request, "contactGroupIds")
    groups_asked = request.asked("contactGroupIds")
    moment(request, "customerCreatedDateTimeOffsetGreaterThan")
    moment(request, "lastChangedDateTimeOffsetGreaterThan")
    return lambda row: (
        number(row["Number"])
        and external(row["ExternalNumber"])
        and (reference is None or row["ExternalImportReference"] == reference)
        and (groups_asked is None or any(group(str(one)) for one in row["ContactGroupIds"] or ()))
        and later(request, "customerCreatedDateTimeOffsetGreaterThan", row["CustomerCreatedDateTimeOffset"])
        and later(request, "lastChangedDateTimeOffsetGreaterThan", row["LastChangedDateTimeOffset"])
    )


def _customer_in_use(company: Company, row: Row) -> str | None:
    if company.subledger.has_entries(row["Id"]):
        return "The customer has transactions"
    if any(order["CustomerId"] == row["Id"] for order in company.table("SalesOrders").values()):
        return "The customer has sales orders"
    return None


def _show_customer(company: Company, row: Row) -> Row:
    term = company.table("PaymentTerms").get(row["PaymentTermId"])
    department = company.table("Departments").get(row["DepartmentId"])
    return {
        **row,
        "NationalIdNumber": "hidden" if row["NationalIdNumber"] else None,
        "PaymentTerm": term["CreditDays"] if term else None,
        "DepartmentCode": department["Code"] if department else None,
    }


_FIELDS = " ".join((*b.named(_WRITABLE), *b.named(_TWINS))).replace(" SubLedgerNumberSeriesId", "")
CUSTOMERS = Kind(
    name="Customer",
    path="/Customers",
    table="Customers",
    fields=(
        f"{_FIELDS} Id IsActive SubledgerAccountId CreatedFromImportJournalId ContactCreatedDateTimeOffset "
        "CustomerCreatedDateTimeOffset LastChangedDateTimeOffset"
    ),
    post=b.Dto({**b.named(_WRITABLE), **b.named(_TWINS)}),
    patch=b.Dto(b.named(_WRITABLE), nested_members=_STREET_NAMES),
    defaults={
        "CurrencyCode": "NOK",
        "IsPerson": False,
        "IsArchived": False,
        "IsActive": True,
        "IsVatFree": False,
        "SendPaymentReminders": True,
        "TransferToDebtCollectionAgency": True,
        "UseInvoiceFee": True,
        "DoNotAddLatePaymentFees": False,
        "DoNotAddLatePaymentInterest": False,
        "DoNotAutomatePaymentNotifications": False,
        "ContactGroupIds": [],
    },
    read=("Customer", "Customer_Full"),
    write=("Customer_Full",),
    wanted=_customers_wanted,
    check=_check_customer,
    in_use=_customer_in_use,
    show=_show_customer,
    # Go's blind spot: a new address is no change of the customer.
    still=frozenset({"MailAddress"}),
)


def _of_contact(row: Row, request: Received) -> bool:
    return codes(request, "contactIds")(str(row["ContactId"])) and codes(request, "externalCodes")(
        row["ExternalCode"]
    )


def _parts_wanted(_company: Company, request: Received) -> Callable[[Row], bool]:
    window = in_window(request)
    return lambda row: window(row) and _of_contact(row, request)


def _unique_external_code(company: Company, table: str, row: Row) -> None:
    code = row["ExternalCode"]
    if code is not None and any(
        other["ExternalCode"] == code and other["Id"] != row["Id"] for other in company.table(table).values()
    ):
        bad_request("Contact validation error(s)", f"ExternalCode '{code}' is already in use")


def _check_person(company: Company, row: Row, _old: Row | None) -> None:
    contact = company.table("Customers")[row["ContactId"]]
    if contact["IsPerson"]:
        bad_request("Contact person validation error(s)", "Only companies have contact persons")
    if row["EmailAddress"] and not _EMAIL.fullmatch(row["EmailAddress"]):
        bad_request("Contact person validation error(s)", "EmailAddress is not a valid e-mail address")
    if row["MailAddress"] is not None:
        row["MailAddress"] = {name: row["MailAddress"].get(name) for name in _STREET_NAMES[:5]}
    _unique_external_code(company, "ContactPersons", row)


_PERSON: dict[b.Kind, str] = {
    b.any_text: "EmailAddress FirstName LastName PhoneNumber Title",
    b.text(50): "ExternalCode",
    b.truth: "IsActive IsDefault",
    b.nested(_ADDRESS): "MailAddress",
}
_PERSONS = Kind(
    name="Contact person",
    path="/ContactPersons",
    table="ContactPersons",
    fields=" ".join(b.named(_PERSON)) + " ContactId" + _STAMPS,
    post=dto(_PERSON, "FirstName", "LastName"),
    patch=b.Dto(b.named(_PERSON), ("FirstName", "LastName"), _STREET_NAMES),
    defaults={"IsActive": True, "IsDefault": False},
    read=("ContactPerson", "ContactPerson_Full", "Customer", "Customer_Full", "Supplier", "Supplier_Full"),
    write=("ContactPerson_Full", "Customer_Full", "Supplier_Full"),
    wanted=_parts_wanted,
    check=_check_person,
    parent=("contactId", "ContactId"),
)


def _check_place(company: Company, row: Row, _old: Row | None) -> None:
    row["CountryCode"] = row["CountryCode"] or "NO"
    places = [
        one
        for one in company.table("DeliveryAddresses").values()
        if one["ContactId"] == row["ContactId"] and one["Id"] != row["Id"]
    ]
    if not any(one["IsPrimary"] for one in places):
        row["IsPrimary"] = True
    elif row["IsPrimary"]:
        for one in places:
            one["IsPrimary"] = False
    _unique_external_code(company, "DeliveryAddresses", row)


_PLACE: dict[b.Kind, str] = {**_STREET, b.truth: "IsPrimary"}
_PLACE_MEMBERS = {**b.named(_PLACE), "ExternalCode": b.text(50)}
_PLACES = Kind(
    name="Contact delivery address",
    path="/ContactDeliveryAddresses",
    table="DeliveryAddresses",
    fields=" ".join(_PLACE_MEMBERS) + " ContactId" + _STAMPS,
    post=b.Dto(_PLACE_MEMBERS, ("City", "ZipCode")),
    patch=b.Dto(_PLACE_MEMBERS, ("City", "ZipCode")),
    defaults={"IsPrimary": False},
    read=(
        "ContactDeliveryAddress",
        "ContactDeliveryAddress_Full",
        "Customer",
        "Customer_Full",
        "Supplier",
        "Supplier_Full",
        "Employee",
        "Employee_Full",
    ),
    write=("ContactDeliveryAddress_Full", "Customer_Full", "Supplier_Full", "Employee_Full"),
    wanted=_parts_wanted,
    check=_check_place,
    parent=("contactId", "ContactId"),
)


def _group_in_use(company: Company, row: Row) -> str | None:
    used = any(row["Id"] in (one["ContactGroupIds"] or ()) for one in company.table("Customers").values())
    return "The contact group has contacts" if used else None


def _groups_wanted(_company: Company, request: Received) -> Callable[[Row], bool]:
    name, window = codes(request, "names"), in_window(request)
    return lambda row: name(row["Name"]) and window(row)


_GROUP: dict[b.Kind, str] = {b.text(400): "Name"}
_GROUPS = Kind(
    name="Contact group",
    path="/ContactGroups",
    table="ContactGroups",
    fields="Name" + _STAMPS,
    post=dto(_GROUP, "Name"),
    patch=dto(_GROUP, "Name"),
    read=("ContactGroup", "ContactGroup_Full"),
    write=("ContactGroup_Full",),
    wanted=_groups_wanted,
    in_use=_group_in_use,
)

ENDPOINTS: tuple[Endpoint, ...] = tuple(
    one for kind in (CUSTOMERS, _PERSONS, _PLACES, _GROUPS) for one in kind.endpoints()
)
