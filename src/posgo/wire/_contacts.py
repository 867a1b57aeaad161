"""
Customers and what belongs to them in Go's JSON.
"""

from typing import Any

from posgo.exceptions import ModelError
from posgo.models.contacts import (
    ContactGroup,
    ContactPerson,
    DeliveryAddress,
    InvoiceRecipient,
    SubledgerAccount,
)
from posgo.models.parties import Address, Customer
from posgo.wire.model import Member, members
from posgo.wire.writing import without_none, writable


def _country(value: Any) -> str:
    # A country Go knows and we do not must not keep the customer away.
    return (
        value if isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha() else "NO"
    )


def _organization_number(value: Any) -> str | None:
    # Foreign customers have other numbers; they are not ours to judge, and not ours to send.
    if not isinstance(value, str):
        raise ModelError("a text expected")
    if len(value) == 9 and value.isascii() and value.isdigit():
        return value
    digits = "".join(value.upper().split()).removeprefix("NO").removesuffix("MVA")
    return digits if len(digits) == 9 and digits.isascii() and digits.isdigit() else None


members(Address, line1="AddressLine1", line2="AddressLine2", country=Member("CountryCode", _country))


def _address_body(address: Address) -> dict[str, Any] | None:
    # Go holds only addresses with both; half of one is left out.
    if not (address.zip_code and address.city):
        return None
    return without_none(
        {
            "AddressLine1": address.line1,
            "AddressLine2": address.line2,
            "ZipCode": address.zip_code,
            "City": address.city,
            "CountryCode": address.country,
        }
    )


writable(Address, writer=_address_body)

members(
    Customer,
    organization_number=Member("OrganizationNumber", _organization_number),
    email="EmailAddress",
    invoice_email="InvoiceEmailAddress",
    phone="PhoneNumber",
    address="MailAddress",
    archived="IsArchived",
)
writable(
    Customer,
    "name",
    "is_person",
    "first_name",
    "last_name",
    "organization_number",
    "email",
    "invoice_email",
    "phone",
    "address",
    "number",
    "is_vat_free",
    "archived",
)

members(
    ContactPerson,
    required=("id", "contact_id"),
    email="EmailAddress",
    phone="PhoneNumber",
    address="MailAddress",
    changed_at="LastChangedDateTimeOffset",
)
writable(
    ContactPerson,
    "first_name",
    "last_name",
    "email",
    "phone",
    "title",
    "external_code",
    "is_active",
    "is_default",
    "address",
)

members(
    DeliveryAddress,
    required=("id", "contact_id"),
    line1="AddressLine1",
    line2="AddressLine2",
    country="CountryCode",
    changed_at="LastChangedDateTimeOffset",
)
writable(DeliveryAddress, "line1", "line2", "zip_code", "city", "country", "external_code", "is_primary")

members(ContactGroup, required=("id",))
writable(ContactGroup, "name")

members(SubledgerAccount, customer_id="Id", account_id="SubledgerAccountId")
members(
    InvoiceRecipient,
    customer_id="Id",
    archived="IsArchived",
    active="IsActive",
    delivery_type="InvoiceDeliveryType",
    email="EmailAddress",
    invoice_email="InvoiceEmailAddress",
    account_id="SubledgerAccountId",
)
