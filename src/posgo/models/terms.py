"""
What a client company has set up: terms, themes, currencies, number series, dimensions.

An ``id`` of 0 belongs to a value Go has not seen yet.
"""

from datetime import date, datetime
from decimal import Decimal

import attrs

__all__ = [
    "BrandingTheme",
    "Currency",
    "CurrencyRate",
    "DeliveryTerm",
    "Location",
    "NumberSeries",
    "PaymentTerm",
    "Project",
]


@attrs.frozen(kw_only=True)
class PaymentTerm:
    """
    How long a customer may wait.

    Attributes:
        id: Go's id.
        name: Name.
        credit_days: Days from invoice to due date.
        is_active: Whether it may be used.
        is_default: Whether invoices take it unless told otherwise.
    """

    id: int = 0
    name: str
    credit_days: int
    is_active: bool = True
    is_default: bool = False


@attrs.frozen(kw_only=True)
class DeliveryTerm:
    """
    How goods are delivered, as a text on invoices.

    Attributes:
        id: Go's id.
        name: Name.
        is_default: Whether invoices take it unless told otherwise.
    """

    id: int = 0
    name: str
    is_default: bool = False


@attrs.frozen(kw_only=True)
class BrandingTheme:
    """
    How an invoice looks.

    Attributes:
        id: Go's id.
        code: The code people use; None if none.
        name: Name; None if none.
        language_code: Such as ``"nb"``; None if none.
        is_default: Whether invoices take it unless told otherwise.
    """

    id: int
    code: str | None = None
    name: str | None = None
    language_code: str | None = None
    is_default: bool = False


@attrs.frozen(kw_only=True)
class Currency:
    """
    A currency.

    Attributes:
        code: ISO 4217.
        notation: As people write it; None if none.
        is_active: Whether it is shown in Go; the API takes it either way.
    """

    code: str
    notation: str | None = None
    is_active: bool = True


@attrs.frozen(kw_only=True)
class CurrencyRate:
    """
    What one currency costs in another, by the European Central Bank.

    Attributes:
        currency_code: ISO 4217; None if Go does not say.
        exchange_rate: Price of ``exchange_base`` units.
        reverse_exchange_rate: The rate the other way.
        exchange_base: How many units the rate is for.
        rate_date: Day of the rate.
    """

    currency_code: str | None = None
    exchange_rate: Decimal
    reverse_exchange_rate: Decimal
    exchange_base: int
    rate_date: date


@attrs.frozen(kw_only=True)
class NumberSeries:
    """
    Numbers that customers, suppliers or employees take.

    Attributes:
        id: Go's id (a UUID).
        name: Name; None if none.
        kind: ``"Customer"``, ``"Supplier"`` or ``"Employee"``; open: Go may add kinds.
        first: First number, inclusive.
        last: Last number, inclusive.
        account: Ledger account behind the subledger.
        is_default: Whether Go takes numbers from it unless told otherwise.
    """

    id: str
    name: str | None = None
    kind: str | None = None
    first: int
    last: int
    account: int
    is_default: bool = False


@attrs.frozen(kw_only=True)
class Location:
    """
    A location, a dimension of postings.

    Attributes:
        id: Go's id, which journal lines carry.
        code: The code people use; None lets Go make one.
        name: Name.
        is_active: Whether it may be used. Go's own default for a new one would be False.
    """

    id: int = 0
    code: str | None = None
    name: str
    is_active: bool = True


@attrs.frozen(kw_only=True)
class Project:
    """
    A project, a dimension of postings.

    Attributes:
        id: Go's id, which journal lines carry.
        code: The code people use, ``parent.child`` for a sub-project; None if none.
        name: Name.
        parent_id: Go's id of the project this is part of; None if of none.
        customer_id: Go's id of the customer; None if of none.
        department_id: Go's id of the department; None if of none.
        status: Such as ``"Active"``; open: Go may add some. None if Go does not say.
        is_active: Whether it may be used.
        start_date: First day; None if open.
        end_date: Last day; None if open.
        changed_at: When Go last changed it (UTC); None before Go has seen it.
    """

    id: int = 0
    code: str | None = None
    name: str
    parent_id: int | None = None
    customer_id: int | None = None
    department_id: int | None = None
    status: str | None = None
    is_active: bool = True
    start_date: date | None = None
    end_date: date | None = None
    changed_at: datetime | None = None
