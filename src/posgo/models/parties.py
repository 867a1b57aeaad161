"""
Whom a shop sells to: customers and their addresses.

Names, e-mail, telephone and address are personal data: they are fields like
any other, and never part of a ``repr``.
"""

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import to_optional_text
from posgo.models._fields import flag, optional_whole_number, to_country, to_optional_organization_number

__all__ = ["Address", "Customer"]


@attrs.frozen(kw_only=True)
class Address:
    """
    A postal address.

    Go holds only addresses with both postcode and city; an incomplete one
    stays where it is.

    Attributes:
        line1: Street and number, or a box.
        line2: A second line.
        zip_code: Postcode as text; Norwegian ones have four digits, zeros in front included.
        city: Post town.
        country: ISO 3166 alpha-2 code, in capitals.
    """

    line1: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    line2: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    zip_code: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    city: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    country: str = attrs.field(default="NO", converter=to_country)


def _to_address(value: object) -> Address | None:
    if value is not None and not isinstance(value, Address):
        raise ModelError("Customer.address must be an Address or None")
    # A country alone is no address: it is there by default.
    return value if value and (value.line1 or value.line2 or value.zip_code or value.city) else None


@attrs.frozen(kw_only=True)
class Customer:
    """
    Somebody a shop may sell to on credit: a company or a person.

    A value: the same customer has one id in the POS and another in Go, and
    both live in :class:`posgo.Record`.

    Attributes:
        name: Name of a company. A person may have it instead of, or beside, the two names.
        is_person: Whether this is a person. Go then wants both first and last name.
        first_name: First name of a person.
        last_name: Last name of a person.
        organization_number:
            Nine digits; blanks, ``NO`` and ``MVA`` are stripped. A wrong
            check digit is a finding of the engine, not an error.
        email: Where letters go.
        invoice_email: Where invoices go; None means ``email``.
        phone: As written; compared without blanks and without ``+47``.
        address: Postal address; one that says nothing is None.
        number:
            Customer number, which is the number of the customer's ledger
            account. None lets Go take the next free one of its series.
        is_vat_free: Whether invoices to this customer carry no VAT.
        archived: Whether it is out of use.
    """

    name: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    is_person: bool = attrs.field(default=False, validator=flag)
    first_name: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    last_name: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    organization_number: str | None = attrs.field(default=None, converter=to_optional_organization_number)
    email: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    invoice_email: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    phone: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    address: Address | None = attrs.field(default=None, converter=_to_address, repr=False)
    number: int | None = attrs.field(default=None, validator=optional_whole_number)
    is_vat_free: bool = attrs.field(default=False, validator=flag)
    archived: bool = attrs.field(default=False, validator=flag)

    def __attrs_post_init__(self) -> None:
        if self.name is None and not (self.is_person and (self.first_name or self.last_name)):
            raise ModelError(
                "a customer needs a name: give name, or is_person=True with first_name and last_name"
            )

    @property
    def full_name(self) -> str:
        """
        The name as one text. Personal data: for letters and screens, not for logs.
        """
        parts = (self.first_name, self.last_name) if self.is_person else ()
        return " ".join(part for part in parts if part) or self.name or ""
