"""
Products in Go: shelf prices through sales accounts, one bar code, codes as keys.

Go has no VAT code on a product. It follows from the sales account: of the
product, else of its group, else of the company, which the API does not tell.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.clients.calls import collect
from posgo.clients.go import accounts, product_groups, products, vat_codes
from posgo.exceptions import NotFoundError
from posgo.models.catalog import Product
from posgo.models.findings import Severity
from posgo.models.go_products import GoProduct
from posgo.models.prices import net_price, shelf_price, vat_rates
from posgo.models.records import Record
from posgo.models.units import UNITS
from posgo.procedure import Procedure, ask
from posgo.procedures.sides import SWEEP_PAGE, Seen, expect, newest_cursor, value_before
from posgo.sync import Change, Check, Lens, Policy, Replica, vat_price
from posgo.sync.policies import with_lens

__all__ = ["Catalog", "GoProducts", "product_policy", "read_catalog"]


@attrs.frozen(kw_only=True)
class Catalog:
    """
    What translates a product: which account stands for which VAT code, and its rate.

    Attributes:
        codes: VAT code by Go's id of a sales account.
        account_ids: Go's id of the sales account by VAT code; empty without an account map.
        group_codes: VAT code by Go's id of a product group.
        group_ids: Go's id of a product group in use, by its code, else by its name.
        rates: Per cent by VAT code, today.
        default_code: VAT code of products for which neither they nor their group name an account.
    """

    codes: Mapping[int, str]
    account_ids: Mapping[str, int]
    group_codes: Mapping[int, str]
    group_ids: Mapping[str, int]
    rates: Mapping[str, Decimal]
    default_code: str

    def vat_code(self, product: GoProduct) -> str:
        """
        The VAT code Go will charge.
        """
        if product.sales_account_id is not None:
            return self.codes.get(product.sales_account_id, self.default_code)
        return self.group_codes.get(product.group_id or 0, self.default_code)

    def to_product(self, product: GoProduct) -> Product:
        """
        Go's product as both sides speak of it.
        """
        code = self.vat_code(product)
        rate = self.rates.get(code)
        price = product.unit_price
        return Product(
            code=product.code,
            name=product.name,
            description=product.description,
            gtins=(product.gtin,) if product.gtin else (),
            unit=product.unit,
            price=None if price is None or rate is None else shelf_price(price, rate),
            cost=product.unit_cost,
            vat_code=code,
            archived=product.is_archived,
        )

    def to_go(self, product: Product, id: int = 0) -> GoProduct:  # noqa: A002
        """
        A product as Go is told it.

        Pictures and further bar codes stay in the POS. Stock is left alone. A new product is filed
        under the group of Go whose code or name its group is; afterwards the group is Go's own affair.
        """
        account_id = self.account_ids.get(product.vat_code or self.default_code)
        # Without an account for the code Go charges the default one's VAT.
        charged = product.vat_code if account_id is not None else None
        rate = self.rates.get(charged or self.default_code)
        return GoProduct(
            id=id,
            code=product.code,
            name=product.name or product.code or "",
            description=product.description,
            gtin=product.gtins[0] if product.gtins else None,
            group_id=self.group_ids.get(product.group or ""),
            sales_account_id=account_id,
            unit_price=None if product.price is None or rate is None else net_price(product.price, rate),
            unit_cost=product.cost,
            unit=product.unit,
            is_archived=product.archived,
        )


def read_catalog(account_map: AccountMap | None, today: date, default_code: str) -> Procedure[Catalog]:
    """
    Read chart, product groups and VAT codes.
    """
    chart = yield from collect(accounts.list())
    groups = yield from collect(product_groups.list())
    rates = vat_rates((yield from collect(vat_codes.list(include_expired=True))), today)
    by_number = {account.number: account for account in chart}
    mapped = account_map.sales_accounts() if account_map else {}
    account_ids = {code: by_number[number].id for code, number in mapped.items() if number in by_number}
    codes = {account.id: account.vat_code for account in chart if account.vat_code is not None}
    group_codes = {
        group.id: codes[group.sales_account_id] for group in groups if group.sales_account_id in codes
    }
    in_use = [group for group in groups if not group.is_archived]
    group_ids = {group.name: group.id for group in in_use if group.name is not None}
    group_ids |= {group.code: group.id for group in in_use if group.code is not None}
    return Catalog(
        codes=codes,
        account_ids=account_ids,
        group_codes=group_codes,
        group_ids=group_ids,
        rates=rates,
        default_code=default_code,
    )


@attrs.frozen(kw_only=True)
class GoProducts:
    """
    Products in Go.

    Attributes:
        catalog: What translates them.
        overlap: How far behind the last stamp seen a poll begins again.
    """

    catalog: Catalog
    overlap: timedelta

    def read(self, cursor: str | None) -> Procedure[Seen[Product]]:
        """
        See :meth:`Side.read`.
        """
        if cursor is None:
            call = products.list(page_size=SWEEP_PAGE)
        else:
            call = products.list(changed_after=datetime.fromisoformat(cursor) - self.overlap)
        records = [self._record(each) for each in (yield from collect(call))]
        return Seen(records=tuple(records), complete=cursor is None, cursor=newest_cursor(records, cursor))

    def fetch(self, id: str) -> Procedure[Record[Product] | None]:  # noqa: A002
        """
        See :meth:`Side.fetch`.
        """
        try:
            return self._record((yield from ask(products.get(int(id)))))
        except NotFoundError:
            return None

    def candidates(self, values: Iterable[Product]) -> Procedure[list[Record[Product]]]:
        """
        See :meth:`Side.candidates`: the products with the same codes.
        """
        codes = sorted({value.code for value in values if value.code is not None})
        return (yield from self._with_codes(codes))

    def find(self, value: Product, reference: str) -> Procedure[Record[Product] | None]:  # noqa: ARG002
        """
        See :meth:`Side.find`. Go keeps no reference on a product: the code is its key.
        """
        found = yield from self._with_codes([value.code] if value.code else [])
        return found[0] if found else None

    def create(self, value: Product, reference: str) -> Procedure[Record[Product]]:  # noqa: ARG002
        """
        See :meth:`Side.create`.
        """
        return self._record((yield from ask(products.create(self.catalog.to_go(value)))))

    def change(self, id: str, value: Product, changes: Iterable[Change]) -> Procedure[None]:  # noqa: A002
        """
        See :meth:`Side.change`.
        """
        changes = tuple(changes)
        old = self.catalog.to_go(value_before(value, changes), int(id))
        yield from products.update(
            old,
            self.catalog.to_go(value, int(id)),
            seen=lambda now: expect(self.catalog.to_product(now), changes),
        )

    def refer(self, record: Record[Product], reference: str) -> Procedure[None]:  # noqa: ARG002
        """
        See :meth:`Side.refer`. There is no place for it.
        """
        return
        yield

    def _with_codes(self, codes: list[str]) -> Procedure[list[Record[Product]]]:
        # A comma separates codes in a filter, so one with a comma is found by listing.
        plain = [code for code in codes if "," not in code]
        found = (yield from collect(products.list(codes=plain))) if plain else []
        if len(plain) < len(codes):
            wanted = set(codes) - set(plain)
            found += [
                each
                for each in (yield from collect(products.list(page_size=SWEEP_PAGE)))
                if each.code in wanted
            ]
        return [self._record(each) for each in found]

    def _record(self, product: GoProduct) -> Record[Product]:
        return Record(
            id=str(product.id), value=self.catalog.to_product(product), changed_at=product.changed_at
        )


def product_policy(policy: Policy[Product], catalog: Catalog) -> Policy[Product]:
    """
    A policy for products that sees prices and VAT codes as this Go can hold them.
    """
    seen = with_lens(policy, "price", _price_lens(catalog))
    if "unit" not in policy.owned:
        seen = with_lens(seen, "unit", _KNOWN_UNIT)
    return attrs.evolve(seen, checks=(*seen.checks, _has_account(catalog), _HAS_UNIT))


def _known_unit(wide: tuple[str | None]) -> tuple[str | None]:
    return wide if wide[0] in UNITS else (None,)


# Go has a list of units; one of the POS's own stays there until Go names another.
_KNOWN_UNIT = Lens(get=_known_unit, put=lambda wide, narrow: wide if _known_unit(wide) == narrow else narrow)

_HAS_UNIT: Check[Product] = Check(
    rule="unit",
    holds=lambda product: product.unit is None or product.unit in UNITS,
    message="Go does not know the unit of this product, so it stays in the POS",
    remedy="use one of Go's codes, such as EA (piece), KGM, LTR or HUR, if Go is to show it",
    fields="unit",
    replica=Replica.GO,
)


def _price_lens(catalog: Catalog) -> Lens:
    lens = vat_price(catalog.rates)

    def shown(wide: tuple[Decimal | None, str | None]) -> tuple[Decimal | None, str | None]:
        price, code = wide
        # A product that names no VAT code is charged the default one's.
        seen: tuple[Decimal | None, str | None] = lens.get((price, code or catalog.default_code))
        return seen

    return attrs.evolve(lens, get=shown, put=lambda wide, narrow: wide if shown(wide) == narrow else narrow)


def _has_account(catalog: Catalog) -> Check[Product]:
    def holds(product: Product) -> bool:
        code = product.vat_code or catalog.default_code
        return code in catalog.account_ids or code == catalog.default_code

    return Check(
        rule="no-sales-account",
        holds=holds,
        message="no sales account is known for the VAT code of this product, and Go would charge another VAT",
        remedy="name one under [sales] in the account map",
        fields="vat_code",
        replica=Replica.GO,
        severity=Severity.BLOCK,
    )
