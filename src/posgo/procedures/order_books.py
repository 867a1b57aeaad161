"""
What translating orders takes, learnt as it is needed: links of those they name, dimensions, the rounding product.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeVar

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.clients.calls import collect
from posgo.clients.go import departments, locations, products
from posgo.exceptions import MissingPrivilegeError
from posgo.models.findings import Finding
from posgo.models.go_orders import SalesOrder
from posgo.models.go_products import GoProduct
from posgo.models.ledger import Department
from posgo.models.orders import Order
from posgo.models.records import Link
from posgo.models.terms import Location
from posgo.procedure import Procedure, ask
from posgo.procedures.books import Books
from posgo.procedures.catalog import Catalog, read_catalog
from posgo.procedures.order_forms import OrderForms
from posgo.procedures.sync_desk import HeldRecord
from posgo.state import LoadLinks
from posgo.sync import Replica

__all__ = ["Translator", "find_rounding_product", "is_without_vat", "read_departments", "the_catalog"]

T = TypeVar("T")


def the_catalog(
    books: Books, account_map: AccountMap | None, today: date, default_code: str
) -> Procedure[Catalog]:
    """
    What translates products, read once and remembered.
    """
    if books.catalog is None:
        books.catalog = yield from read_catalog(account_map, today, default_code)
    return books.catalog


def read_departments(books: Books) -> Procedure[tuple[Department, ...]]:
    """
    All departments, read once and remembered; none if they may not be read.
    """
    if books.departments is None:
        try:
            books.departments = tuple((yield from collect(departments.list())))
        except MissingPrivilegeError:
            # Orders that name one wait, and say so; the others go on.
            books.departments = ()
    return books.departments


def read_locations(books: Books) -> Procedure[tuple[Location, ...]]:
    """
    All locations, as :func:`read_departments`.
    """
    if books.locations is None:
        try:
            books.locations = tuple((yield from collect(locations.list())))
        except MissingPrivilegeError:
            books.locations = ()
    return books.locations


def find_rounding_product(catalog: Catalog, code: str | None) -> Procedure[int | None]:
    """
    Go's id of the product that øre rounding lines are for; None if there is none in use that is sold without VAT.
    """
    found = (yield from collect(products.list(codes=[code]))) if code is not None else []
    return min((each.id for each in found if is_without_vat(catalog, each)), default=None)


def is_without_vat(catalog: Catalog, product: GoProduct) -> bool:
    """
    Whether a product can stand for some øre: in use, and sold without VAT.
    """
    return not product.is_archived and catalog.rates.get(catalog.vat_code(product)) == 0


@attrs.define(kw_only=True)
class Translator:
    """
    A translation that grows: each link is asked for once in a run, and nothing is read that no order names.

    Attributes:
        books: What is remembered of Go.
        accounts: The account map; None if there is none.
        today: Norwegian date, for VAT rates.
        default_vat_code: VAT code of what names no sales account.
        rounding_product: Code of the product of øre rounding lines; None if there is none.
        at_till:
            Orders of the POS that were read and can be translated, by what Go's copy says of them, or they of it.
        held: Orders that cannot be translated now, by side and id there.
        findings: What else a person should know.
    """

    books: Books
    accounts: AccountMap | None
    today: date
    default_vat_code: str
    rounding_product: str | None
    at_till: dict[str, Order] = attrs.Factory(dict)
    held: dict[Replica, dict[str, HeldRecord]] = attrs.Factory(lambda: {replica: {} for replica in Replica})
    findings: list[Finding] = attrs.Factory(list)
    _links: dict[str, dict[str, Link[object]]] = attrs.field(
        factory=lambda: {"customers": {}, "products": {}}, init=False
    )
    _asked: set[tuple[str, Replica, str]] = attrs.field(factory=set, init=False)
    _forms: OrderForms | None = attrs.field(default=None, init=False)

    def learn(self, orders: Iterable[Order] = (), sales: Iterable[SalesOrder] = ()) -> Procedure[OrderForms]:
        """
        The translation of these orders, as far as there is one.
        """
        orders, sales = tuple(orders), tuple(sales)
        wanted = {
            ("customers", Replica.POS): {order.customer for order in orders},
            ("products", Replica.POS): {
                line.product for order in orders for line in order.lines if line.product is not None
            },
            ("customers", Replica.GO): {
                str(each.customer_id) for each in sales if each.customer_id is not None
            },
            ("products", Replica.GO): {
                str(line.product_id) for each in sales for line in each.lines if line.product_id is not None
            },
        }
        for (kind, replica), ids in wanted.items():
            yield from self._load(kind, replica, ids)
        if any(order.department for order in orders) or any(each.department_id for each in sales):
            yield from self._read_departments()
        if any(order.location for order in orders) or any(each.location_id for each in sales):
            yield from self._read_locations()
        return (yield from self.forms())

    def forms(self) -> Procedure[OrderForms]:
        """
        The translation of everything learnt so far.
        """
        if self._forms is None:
            catalog = yield from the_catalog(self.books, self.accounts, self.today, self.default_vat_code)
            if self.books.rounding is None:
                self.books.rounding = (yield from find_rounding_product(catalog, self.rounding_product)) or 0
            self._forms = OrderForms(
                catalog=catalog,
                customers=self._links["customers"].values(),
                products=self._links["products"].values(),
                departments=self.books.departments or (),
                locations=self.books.locations or (),
                rounding_product=self.books.rounding or None,
            )
        return self._forms

    def hold(self, replica: Replica, own_id: str, reference: str | None, why: Collection[Finding]) -> bool:
        """
        Note whether an order, which says this of its counterpart, must wait, and say so.
        """
        self.held[replica].pop(own_id, None)
        if why:
            self.held[replica][own_id] = HeldRecord(reference, tuple(why))
        return bool(why)

    def _load(self, kind: str, replica: Replica, ids: set[str]) -> Procedure[None]:
        new = tuple(sorted(each for each in ids if (kind, replica, each) not in self._asked))
        if not new:
            return
        self._asked |= {(kind, replica, each) for each in new}
        of_pos = replica is Replica.POS
        found = yield from ask(LoadLinks(kind, pos_ids=new if of_pos else (), go_ids=() if of_pos else new))
        self._links[kind] |= {link.pos_id: link for link in found.links}
        self._forms = None

    def _read_locations(self) -> Procedure[None]:
        if self.books.locations is None:
            yield from read_locations(self.books)
            self._forms = None

    def _read_departments(self) -> Procedure[None]:
        if self.books.departments is None:
            yield from read_departments(self.books)
            self._forms = None
