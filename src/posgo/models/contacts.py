"""
Around a customer in Go: persons, delivery addresses, groups, and the subledger account.

An ``id`` of 0 belongs to a value Go has not seen yet. Names, e-mail,
telephone and addresses are personal data and never part of a ``repr``.
"""

from datetime import datetime

import attrs

from posgo.models.parties import Address

__all__ = ["ContactGroup", "ContactPerson", "DeliveryAddress", "InvoiceRecipient", "SubledgerAccount"]


@attrs.frozen(kw_only=True)
class ContactPerson:
    """
    A person at a company.

    Attributes:
        id: Go's id.
        contact_id: Go's id of the company; 0 before Go has seen it.
        first_name: First name.
        last_name: Last name.
        email: E-mail; None if none.
        phone: Telephone; None if none.
        title: Title; None if none.
        external_code: A code of ours, unique, at most 50 characters; None if none.
        is_active: Whether the person is still there; None leaves it to Go.
        is_default: Whether this is the first one to ask; None leaves it to Go.
        address: Postal address; None if none.
        changed_at: When Go last changed it (UTC); None before Go has seen it.
    """

    id: int = 0
    contact_id: int = 0
    first_name: str = attrs.field(repr=False)
    last_name: str = attrs.field(repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    phone: str | None = attrs.field(default=None, repr=False)
    title: str | None = None
    external_code: str | None = None
    is_active: bool | None = None
    is_default: bool | None = None
    address: Address | None = attrs.field(default=None, repr=False)
    changed_at: datetime | None = None


@attrs.frozen(kw_only=True)
class DeliveryAddress:
    """
    Where goods go.

    Attributes:
        id: Go's id.
        contact_id: Go's id of the customer; 0 before Go has seen it.
        line1: Street and number; None if none.
        line2: A second line; None if none.
        zip_code: Postcode.
        city: Post town.
        country: ISO 3166 alpha-2 code; None means Norway.
        external_code: A code of ours, unique, at most 50 characters; None if none.
        is_primary: Whether orders take it unless told otherwise; the first one becomes it. None leaves it to Go.
        changed_at: When Go last changed it (UTC); None before Go has seen it.
    """

    id: int = 0
    contact_id: int = 0
    line1: str | None = attrs.field(default=None, repr=False)
    line2: str | None = attrs.field(default=None, repr=False)
    zip_code: str = attrs.field(repr=False)
    city: str = attrs.field(repr=False)
    country: str | None = None
    external_code: str | None = None
    is_primary: bool | None = None
    changed_at: datetime | None = None


@attrs.frozen(kw_only=True)
class ContactGroup:
    """
    A group of contacts.

    Attributes:
        id: Go's id.
        name: Name, at most 400 characters.
    """

    id: int = 0
    name: str


@attrs.frozen(kw_only=True)
class SubledgerAccount:
    """
    Where a customer's postings go.

    Attributes:
        customer_id: Go's id of the customer.
        number: Customer number; None if Go gives none.
        account_id: What a journal line carries as its account. **Not** the customer number.
    """

    customer_id: int
    number: int | None = None
    account_id: int


@attrs.frozen(kw_only=True)
class InvoiceRecipient:
    """
    What of a customer decides whether and how an invoice reaches it.

    Attributes:
        customer_id: Go's id.
        number: Customer number; None if Go does not say.
        archived: Whether the customer is out of use.
        active: False if it is no customer any more, only a supplier.
        delivery_type: How its invoices are delivered, such as ``"EHF"`` or ``"Print"``; open. None if Go does not say.
        email: Its address; None if none.
        invoice_email: Where its invoices go; None means ``email``.
        is_vat_free: Whether invoices to it carry no VAT.
        account_id: What journal lines carry as its account; None if Go does not say.
    """

    customer_id: int
    number: int | None = None
    archived: bool = False
    active: bool = True
    delivery_type: str | None = None
    email: str | None = attrs.field(default=None, repr=False)
    invoice_email: str | None = attrs.field(default=None, repr=False)
    is_vat_free: bool = False
    account_id: int | None = None
