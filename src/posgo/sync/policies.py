"""
Policies for customers, products and orders, ready to be used or changed.

They are plain values: ``attrs.evolve`` one, or build your own from the
pieces. A profile is a few of them:

.. code-block:: python

    customers()                                        # both ways
    products()                                         # both ways
    products(direction=Direction.POS_TO_GO)            # articles flow to Go only
    orders(creates=())                                 # only what is invoiced by hand is followed
"""

from collections.abc import Iterable
from typing import TypeVar

import attrs

from posgo.models._check_digits import gtin_is_valid, organization_number_is_valid
from posgo.models.catalog import Product
from posgo.models.findings import Severity
from posgo.models.orders import Order, OrderStatus
from posgo.models.parties import Customer
from posgo.sync._keyed import Keyed
from posgo.sync._lens import COMPLETE_ADDRESS, FIRST_OF_MANY, IDENTITY, Lens, Values, truncated
from posgo.sync._merger import Merger
from posgo.sync._policy import Authority, Check, Direction, Key, Policy, Replica, Seal, Unit
from posgo.sync._status import StatusMerge
from posgo.sync.order_life import LEDGER

__all__ = ["customers", "kept_at", "orders", "phone", "products", "with_lens"]

T = TypeVar("T")


_PUNCTUATION = str.maketrans("", "", " \u00a0-\u2013.()/")


def phone(value: str | None) -> str | None:
    """
    A telephone number as it is compared: without blanks and punctuation, ``00`` as ``+``, ``+47`` left out.
    """
    digits = (value or "").translate(_PUNCTUATION)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return digits.removeprefix("+47") if len(digits) == len("+4722225555") else digits or None


def _names(wide: Values) -> Values:
    name, is_person, first, last = wide
    if not is_person:
        return name, False, None, None
    return (None, True, first, last) if first or last else wide


def _put_names(wide: Values, narrow: Values) -> Values:
    if _names(wide) == narrow:
        return wide
    _, is_person, first, last = narrow
    if is_person and wide[0] is not None and (first or last):
        # A POS that keeps the name as one text too gets the new one.
        return " ".join(part for part in (first, last) if part), True, first, last
    return narrow


NAMES = Lens(get=_names, put=_put_names)
"""Go holds one name of a company, or the two names of a person."""


def _email_and_name(customer: Customer) -> tuple[str, str] | None:
    name = " ".join(customer.full_name.split()).casefold()
    return (customer.email.casefold(), name) if customer.email else None


def _organization_number(customer: Customer) -> str | None:
    return customer.organization_number


def _code(product: Product) -> str | None:
    return product.code


def _first_gtin(product: Product) -> str | None:
    return product.gtins[0] if product.gtins else None


def _has_both_names(customer: Customer) -> bool:
    return not customer.is_person or bool(customer.first_name and customer.last_name)


def _organization_number_is_right(customer: Customer) -> bool:
    number = customer.organization_number
    return number is None or organization_number_is_valid(number)


def _address_is_complete(customer: Customer) -> bool:
    return customer.address is None or bool(customer.address.zip_code and customer.address.city)


def _has_code(product: Product) -> bool:
    return product.code is not None


def _gtins_are_right(product: Product) -> bool:
    return all(map(gtin_is_valid, product.gtins))


CUSTOMER_CHECKS: tuple[Check[Customer], ...] = (
    Check(
        rule="person-without-names",
        holds=_has_both_names,
        message="a person in Go needs both first and last name",
        remedy="give both names in the POS, or make it a company",
        fields=("is_person", "first_name", "last_name"),
        replica=Replica.GO,
        severity=Severity.BLOCK,
    ),
    Check(
        rule="organization-number",
        holds=_organization_number_is_right,
        message="the check digit of the organisation number is wrong",
        remedy="look it up in Brønnøysundregistrene and correct it",
        fields="organization_number",
    ),
    Check(
        rule="incomplete-address",
        holds=_address_is_complete,
        message="Go takes an address only with postcode and city, so this one stays in the POS",
        remedy="give postcode and city",
        fields="address",
    ),
)

PRODUCT_CHECKS: tuple[Check[Product], ...] = (
    Check(
        rule="no-key",
        holds=_has_code,
        message="a product without a code could not be found again, so it is not made on the other side",
        remedy="give it a code",
        fields="code",
        severity=Severity.BLOCK,
    ),
    Check(
        rule="gtin",
        holds=_gtins_are_right,
        message="the check digit of a bar code is wrong",
        remedy="scan it again",
        fields="gtins",
    ),
)


_PAID = (OrderStatus.PART_PAID, OrderStatus.PAID)


def _is_unpaid_or_invoiced(order: Order) -> bool:
    return order.status not in _PAID


def _is_open(order: Order) -> bool:
    return order.status not in (OrderStatus.INVOICED, OrderStatus.CREDITED)


ORDER_CHECKS: tuple[Check[Order], ...] = (
    Check(
        rule="paid-before-invoice",
        holds=_is_unpaid_or_invoiced,
        message="the order is paid in the POS, but Go has not invoiced it",
        remedy="invoice it, or cancel the order if it was rung up as a cash sale",
        fields="status",
        replica=Replica.GO,
        severity=Severity.BLOCK,
    ),
    Check(
        rule="status-ahead",
        holds=_is_open,
        message="the order is invoiced or credited in the POS, but Go has no order of it",
        remedy="set the status back in the POS if Go is to invoice it",
        fields="status",
        replica=Replica.GO,
        severity=Severity.BLOCK,
    ),
)


def _is_cancelled(order: Order) -> bool:
    return order.status is OrderStatus.CANCELLED


def _invoiced(go: Order, _pos: Order) -> bool:
    return go.status in LEDGER


def _cancelled(go: Order, _pos: Order) -> bool:
    return _is_cancelled(go)


def _cancelled_in_pos(go: Order, pos: Order) -> bool:
    return _is_cancelled(go) and _is_cancelled(pos)


def _confirmed(go: Order, _pos: Order) -> bool:
    return go.status is OrderStatus.CONFIRMED


_ORDER_SEALS: tuple[Seal[Order], ...] = (
    Seal(
        owner=Replica.GO,
        holds=_invoiced,
        spares="status",
        rule="invoiced-order-changed",
        message="was changed in the POS after the order had been invoiced",
        remedy="credit the invoice or make a new order; what Go has invoiced stays",
    ),
    # Who cancels an order may well empty it too. What Go adds meanwhile is still shown.
    Seal(owner=Replica.GO, holds=_cancelled_in_pos, spares="status"),
    Seal(
        owner=Replica.GO,
        holds=_cancelled,
        spares="status",
        rule="cancelled-order-changed",
        message="was changed in the POS, but the order was cancelled in Go",
        remedy="make a new order if it is wanted",
    ),
)

_LOCKED: Seal[Order] = Seal(
    owner=Replica.GO,
    holds=_confirmed,
    spares="status",
    rule="confirmed-order-changed",
    message="was changed in the POS, but the order is confirmed, and locked in Go",
    remedy="set it back to draft to have the change carried over",
)


def _creates(direction: Direction) -> Iterable[Replica]:
    return Replica if direction.owner is None else (direction.owner.other,)


def customers(
    *, direction: Direction = Direction.BOTH, authority: Authority = Authority.POS
) -> Policy[Customer]:
    """
    Customers, recognised by organisation number, then by e-mail and name.

    Go allocates customer numbers, so Go decides about them.

    Args:
        direction: Which way customers flow.
        authority: Who decides when both sides changed a field differently.
    """
    decides = authority if direction is Direction.BOTH else None
    number = Authority.GO if direction is Direction.BOTH else None

    def unit(*fields: str, lens: Lens = IDENTITY, decides: Authority | None = decides) -> Unit:
        return Unit(fields=fields, direction=direction, authority=decides, lens=lens)

    return Policy(
        model=Customer,
        shared=(
            unit("name", "is_person", "first_name", "last_name", lens=NAMES),
            unit("organization_number"),
            unit("email"),
            unit("invoice_email"),
            attrs.evolve(unit("phone"), normalise=phone),
            unit("address", lens=COMPLETE_ADDRESS),
            unit("number", decides=number),
            unit("is_vat_free"),
            unit("archived"),
        ),
        keys=(
            Key(name="organisation number", read=_organization_number, decisive=True),
            Key(name="e-mail and name", read=_email_and_name),
        ),
        checks=CUSTOMER_CHECKS,
        creates=_creates(direction),
    )


def products(
    *, direction: Direction = Direction.BOTH, authority: Authority = Authority.POS, vat: Lens = IDENTITY
) -> Policy[Product]:
    """
    Products, recognised by code, then by their first bar code. Pictures and groups stay in the POS.

    Args:
        direction: Which way products flow.
        authority: Who decides when both sides changed a field differently.
        vat: The price as Go can hold it, made by :func:`posgo.sync.vat_price` with today's rates.
    """
    decides = authority if direction is Direction.BOTH else None

    def unit(*fields: str, lens: Lens = IDENTITY) -> Unit:
        return Unit(fields=fields, direction=direction, authority=decides, lens=lens)

    return Policy(
        model=Product,
        shared=(
            unit("code", lens=truncated(100)),
            unit("name", lens=truncated(400)),
            unit("description"),
            unit("gtins", lens=FIRST_OF_MANY),
            unit("unit"),
            unit("price", "vat_code", lens=vat),
            unit("cost"),
            unit("archived"),
        ),
        owned={"images": Replica.POS, "group": Replica.POS},
        keys=(Key(name="product code", read=_code), Key(name="bar code", read=_first_gtin)),
        checks=PRODUCT_CHECKS,
        creates=_creates(direction),
        references=(),
    )


def orders(
    *,
    authority: Authority = Authority.POS,
    creates: Iterable[Replica] = tuple(Replica),
    reopen_confirmed: bool = True,
) -> Policy[Order]:
    """
    Orders, both ways until they are invoiced; from then on Go says what they are.

    Both sides are read with the POS's ids of customers and products. What is
    deleted on a side is read as cancelled there, so nothing is ever absent.
    Lines merge one by one, and the status by :mod:`posgo.sync.order_life`.

    Args:
        authority: Who decides when both sides changed a field, or a field of a line, differently.
        creates: Sides on which orders may be made.
        reopen_confirmed:
            Whether a change in the POS may open a confirmed order in Go and
            lock it again. If not, the change is told and waits until the
            order is a draft.
    """

    def unit(field: str, merger: Merger | None = None) -> Unit:
        return Unit(fields=field, authority=authority, merger=merger)

    return Policy(
        model=Order,
        shared=(
            unit("status", StatusMerge()),
            unit("customer"),
            unit("lines", Keyed(key="reference")),
            unit("reference"),
            unit("purchase_order"),
            unit("ordered_on"),
            unit("delivered_on"),
            unit("department"),
            unit("location"),
            Unit(fields="invoice_no", direction=Direction.GO_TO_POS),
        ),
        owned=dict.fromkeys(("number", "note", "credits", "invoiced_on", "due_on"), Replica.POS),
        checks=ORDER_CHECKS,
        creates=creates,
        archived=None,
        ended=_is_cancelled,
        seals=_ORDER_SEALS if reopen_confirmed else (*_ORDER_SEALS, _LOCKED),
    )


def kept_at(policy: Policy[T], field: str, replica: Replica) -> Policy[T]:
    """
    The same policy, with one shared field owned by one side instead.

    For a field the other side cannot hold: the VAT code of products, say,
    when no sales account is known for it.
    """
    unit = policy.unit_of(field)
    rest = tuple(name for name in unit.fields if name != field)
    # A lens sees all fields of its unit; with one gone it has nothing to look at.
    shared = (attrs.evolve(unit, fields=rest, lens=IDENTITY),) if rest else ()
    at = policy.shared.index(unit)
    return attrs.evolve(
        policy,
        shared=(*policy.shared[:at], *shared, *policy.shared[at + 1 :]),
        owned={**policy.owned, field: replica},
    )


def with_lens(policy: Policy[T], field: str, lens: Lens) -> Policy[T]:
    """
    The same policy, with another lens on the unit of a field: today's VAT rates on the price, say.
    """
    unit = policy.unit_of(field)
    shared = tuple(attrs.evolve(each, lens=lens) if each is unit else each for each in policy.shared)
    return attrs.evolve(policy, shared=shared)
