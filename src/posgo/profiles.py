"""
Profiles: how two systems work together, as plain values anyone can copy and change.

.. code-block:: python

    import attrs
    from posgo import profiles
    from posgo.models.vouchers import Journal

    ours = attrs.evolve(profiles.OPEN_ONE, name="ours", journal=Journal.MANUAL)
"""

import enum
from datetime import timedelta

import attrs

from posgo.models.catalog import Product
from posgo.models.orders import Order
from posgo.models.parties import Customer
from posgo.models.vouchers import Journal
from posgo.sync import Direction, Policy
from posgo.sync.policies import customers, orders, products

__all__ = ["OPEN_ONE", "PRESSIS_POS", "Invoicing", "Profile"]


class Invoicing(enum.Enum):
    """
    Who issues the invoices of a shop.
    """

    GO = "go"
    """Go: numbers, books and delivers them."""

    POS = "pos"
    """The POS, in a series of numbers of its own; they are only booked in Go."""


@attrs.frozen(kw_only=True)
class Profile:
    """
    How one POS and Go work together.

    Attributes:
        name: For logs and reports.
        customers: Rules for customers; None if they are not kept alike.
        products: Rules for products; None if they are not kept alike.
        orders: Rules for orders; None if they are not kept alike.
        journal: The kind of voucher settlements are posted as; the integration needs its privilege.
        default_vat_code:
            VAT code of products for which neither they nor their group name
            a sales account in Go. The API does not tell which account Go
            takes then.
        invoicing: Who issues invoices.
        invoice_journal: The kind of voucher an invoice of the POS is booked as; the integration needs its privilege.
        overlap: How far behind the last stamp seen a poll of Go begins again, because its reads lag.
        rounding_product:
            Code of the product in Go whose line closes the øre between Go's
            total and the receipt; its sales account must be without VAT.
            None leaves the difference, with a finding.
        sweep_drafts_every:
            How often all open orders in Go are read: whether a changed line
            moves what a poll goes by is not known.
    """

    name: str
    customers: Policy[Customer] | None = None
    products: Policy[Product] | None = None
    orders: Policy[Order] | None = None
    journal: Journal = Journal.CASH
    default_vat_code: str = "3"
    invoicing: Invoicing = Invoicing.GO
    invoice_journal: Journal = Journal.MANUAL
    overlap: timedelta = timedelta(seconds=30)
    rounding_product: str | None = "OREAVRUNDING"
    sweep_drafts_every: timedelta = timedelta(hours=1)


PRESSIS_POS = Profile(name="PressisPOS", customers=customers(), products=products(), orders=orders())
"""Customers, products and orders both ways; the first bar code is shared, pictures stay in the POS."""

OPEN_ONE = Profile(
    name="Open One",
    customers=customers(),
    products=products(direction=Direction.POS_TO_GO),
    orders=orders(creates=()),
)
"""
Customers both ways; articles flow from the POS to Go, and what is edited in Go is reported.

A sync makes no orders: what the till invoices is followed, until it is paid.
"""
