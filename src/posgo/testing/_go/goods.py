"""
Products and their groups. VAT follows from the sales account.
"""

from collections.abc import Callable
from decimal import Decimal

from posgo.models.units import UNITS
from posgo.testing._go import binding as b
from posgo.testing._go.company import Company, Row
from posgo.testing._go.entities import Account
from posgo.testing._go.http import Received, bad_request, referenced_not_found
from posgo.testing._go.listing import codes, flag, later, moment
from posgo.testing._go.routing import Endpoint
from posgo.testing._go.tables import Kind
from posgo.testing._go.terms import in_window

__all__ = ["ENDPOINTS", "PRODUCTS", "sales_account"]

_STAMPS = " CreatedFromImportJournalId CreatedDateTimeOffset LastChangedDateTimeOffset Id"
_TYPES = b.one_of("Product", "Service")
_SHARED: dict[b.Kind, str] = {
    b.text(400): "Name",
    b.any_text: "Description",
    b.int64: "StandardSalesAccountId OptionalSalesAccountId",
    b.number: "UnitPrice UnitCost",
    b.truth: "IsArchived",
    b.one_of(*UNITS): "UnitOfMeasureCode",
    _TYPES: "ProductType",
}
_TWINS: dict[b.Kind, str] = {b.int64: "StandardSalesAccount OptionalSalesAccount"}
_FARMING = b.one_of("None", "Finance", "Farming", "Forestry", "FurAnimals", "OtherIndustries", "Private")
_FARMED = dict.fromkeys(
    ("StandardSalesAccountAgricultureDepartment", "OptionalSalesAccountAgricultureDepartment"), _FARMING
)
_SALES_ACCOUNTS = (
    ("StandardSalesAccountId", "StandardSalesAccount"),
    ("OptionalSalesAccountId", "OptionalSalesAccount"),
)
# What the company's sales settings name where neither product nor group says anything.
_DEFAULT_SALES_ACCOUNTS = (3000, 3100)


def _resolve_accounts(company: Company, row: Row) -> None:
    for by_id, by_number in _SALES_ACCOUNTS:
        if row[by_id] is None and row[by_number] is not None:
            account = company.account(row[by_number])
            if account is None:
                referenced_not_found(f"Account with number {row[by_number]} was not found")
            row[by_id] = account.id
        if row[by_id] is not None and row[by_id] not in company.accounts:
            referenced_not_found(f"Account with id {row[by_id]} was not found")
        row[by_number] = None


def _show(company: Company, row: Row) -> Row:
    full = dict(row)
    for by_id, by_number in _SALES_ACCOUNTS:
        account = company.accounts.get(row[by_id])
        full[by_number] = account.number if account else None
    if "ProductGroupId" in row:
        group = company.table("ProductGroups").get(row["ProductGroupId"])
        full["ProductGroupCode"] = group["Code"] if group else None
        full["StockAvailable"] = (
            None if row["StockOnHand"] is None else row["StockOnHand"] - company.reserved(row["Id"])
        )
    return full


def _check_group(company: Company, row: Row, _old: Row | None) -> None:
    _resolve_accounts(company, row)


def _check_product(company: Company, row: Row, old: Row | None) -> None:
    _resolve_accounts(company, row)
    groups = company.table("ProductGroups")
    if row["ProductGroupId"] is None and row["ProductGroupCode"] is not None:
        row["ProductGroupId"] = company.by("ProductGroups", "Code", row["ProductGroupCode"])
    if row["ProductGroupId"] is None:
        row["ProductGroupId"] = next(iter(groups))
    row["ProductGroupCode"] = None
    company.refuse_unknown(row, ProductGroupId="ProductGroups")
    if not (row["Name"] or "").strip():
        bad_request("Product validation error(s)", "Name is required")
    stock = row["StockOnHand"]
    if stock is not None and not row["IsStockItem"]:
        bad_request("Product validation error(s)", "StockOnHand can only be set on a stock item")
    if stock is not None and (old is None or old["StockOnHand"] != stock):
        row["StockOnHandLastChangedDatetimeOffset"] = company.stamp()


def _wanted(_company: Company, request: Received) -> Callable[[Row], bool]:
    code, name = codes(request, "codes"), codes(request, "names")
    archived, kind, window = flag(request, "isArchived"), request.asked("type"), in_window(request)
    if kind is not None and kind.casefold() not in {"product", "service"}:
        bad_request(
            "One or more validation errors occurred.", None, {"type": [f"The value '{kind}' is not valid."]}
        )
    return lambda row: (
        code(row["Code"])
        and name(row["Name"])
        and (archived is None or row["IsArchived"] is archived)
        and (kind is None or row["ProductType"].casefold() == kind.casefold())
        and window(row)
    )


def _products_wanted(company: Company, request: Received) -> Callable[[Row], bool]:
    shared, group = _wanted(company, request), codes(request, "productGroupCodes")
    name = "stockOnHandLastChangedDatetimeOffsetGreaterThan"
    after = moment(request, name)
    return lambda row: (
        shared(row)
        and group(company.table("ProductGroups")[row["ProductGroupId"]]["Code"])
        and (
            after is None
            or (
                row["StockOnHandLastChangedDatetimeOffset"] is not None
                and later(request, name, row["StockOnHandLastChangedDatetimeOffset"])
            )
        )
    )


def _product_in_use(company: Company, row: Row) -> str | None:
    used = any(
        line["ProductId"] == row["Id"]
        for order in company.table("SalesOrders").values()
        for line in order["SalesOrderLines"]
    )
    return "The product is used by sales orders" if used or row["Id"] in company.invoiced_products else None


def _group_in_use(company: Company, row: Row) -> str | None:
    used = any(product["ProductGroupId"] == row["Id"] for product in company.table("Products").values())
    return "The product group has products" if used else None


_GROUP = {**b.named(_SHARED), "Code": b.text(200)}
GROUPS = Kind(
    name="Product group",
    path="/ProductGroups",
    table="ProductGroups",
    fields=" ".join((*_GROUP, *b.named(_TWINS), *_FARMED)) + _STAMPS,
    post=b.Dto({**_GROUP, **b.named(_TWINS), **_FARMED}),
    patch=b.Dto(_GROUP),
    defaults={"IsArchived": False, "ProductType": "Product"},
    read=("Product", "Product_Full"),
    write=("Product_Full",),
    wanted=_wanted,
    check=_check_group,
    in_use=_group_in_use,
    show=_show,
)
_PRODUCT = {
    **b.named(_SHARED),
    "Code": b.text(100),
    "Gtin": b.any_text,
    "ProductGroupId": b.int64,
    "IsStockItem": b.truth,
    "StockOnHand": b.number,
}
_PRODUCT_POST = {**_PRODUCT, **b.named(_TWINS), **_FARMED, "ProductGroupCode": b.any_text}
PRODUCTS = Kind(
    name="Product",
    path="/Products",
    table="Products",
    fields=" ".join(_PRODUCT_POST) + " StockAvailable StockOnHandLastChangedDatetimeOffset" + _STAMPS,
    post=b.Dto(_PRODUCT_POST, ("Name",)),
    patch=b.Dto(_PRODUCT, ("Name",)),
    defaults={"IsArchived": False, "ProductType": "Product", "IsStockItem": False},
    read=("Product", "Product_Full"),
    write=("Product_Full",),
    wanted=_products_wanted,
    check=_check_product,
    in_use=_product_in_use,
    show=_show,
    # Go's blind spot: stock is no change of the product.
    still=frozenset({"StockOnHand"}),
    created=200,
)


def sales_account(company: Company, product: Row | None, *, standard: bool) -> Account:
    """
    The account a line is booked on: of the product, else of its group, else of the company.
    """
    member = "StandardSalesAccountId" if standard else "OptionalSalesAccountId"
    group = company.table("ProductGroups")[product["ProductGroupId"]] if product else None
    for owner in (product, group):
        if owner is not None and owner[member] is not None:
            return company.accounts[owner[member]]
    account = company.account(_DEFAULT_SALES_ACCOUNTS[0 if standard else 1])
    if account is None:
        bad_request("Sales order validation error(s)", "The client has no sales account")
    return account


def inherited(company: Company, product: Row, member: str) -> Decimal | None:
    """
    A price or cost of a product, or of its group.
    """
    group = company.table("ProductGroups")[product["ProductGroupId"]]
    value: Decimal | None = product[member] if product[member] is not None else group[member]
    return value


ENDPOINTS: tuple[Endpoint, ...] = (*GROUPS.endpoints(), *PRODUCTS.endpoints())
