"""
Domain models put into the company and taken out of it, as a person in Go would type and read them.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from posgo.exceptions import ModelError
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.testing._go.chart import account_type
from posgo.testing._go.company import ORE, Company, Row
from posgo.testing._go.goods import PRODUCTS, inherited, sales_account
from posgo.testing._go.invoices import credited_amount, invoice_balance
from posgo.testing._go.order_rules import add_order, line_amounts, new_line, under_way
from posgo.testing._go.parties import CUSTOMERS
from posgo.testing._go.tables import shown
from posgo.wire.model import structure
from posgo.wire.writing import post_body

__all__ = ["Handles"]

T = TypeVar("T")

# Prices without VAT are kept with six decimals, as Go is sent them.
_SIX = Decimal("0.000001")
_TABLES = {Customer: "Customers", Product: "Products", Order: "SalesOrders"}


class Handles:
    """
    Reads and writes a company in models. References to other records are not checked.
    """

    def __init__(self, company: Company) -> None:
        self._company = company

    def put(self, value: object, id: str | None = None) -> str:  # noqa: A002
        """
        Create a value, or change the one with that id.
        """
        company = self._company
        company.checks_references = False
        try:
            match value:
                case Customer():
                    return self._put(CUSTOMERS, self._customer_members(value), id)
                case Product():
                    return self._put(PRODUCTS, self._product_members(value), id)
                case Order():
                    return self._put_order(value, id)
        finally:
            company.checks_references = True
        raise ModelError(f"a {type(value).__name__} cannot be put into Go")

    def get(self, model: type[T], id: str) -> T:  # noqa: A002
        """
        The value with that id.

        Raises:
            LookupError: If there is none.
        """
        for key, row in self._rows(model):
            if key == id:
                value: T = self._read(model, row)
                return value
        raise LookupError(f"there is no {model.__name__} {id!r} in Go")

    def all(self, model: type[T]) -> dict[str, T]:
        """
        All values by id, archived ones included.
        """
        return {key: self._read(model, row) for key, row in self._rows(model)}

    def archive(self, model: type[Any], id: str) -> None:  # noqa: A002
        """
        Take a customer or a product out of use.
        """
        kind = {Customer: CUSTOMERS, Product: PRODUCTS}.get(model)
        row = dict(self._rows(model)).get(id)
        if kind is None or row is None:
            raise LookupError(f"there is no {model.__name__} {id!r} to archive in Go")
        kind.change(self._company, row, {"IsArchived": True})

    def _rows(self, model: type[Any]) -> Iterator[tuple[str, Row]]:
        if model not in _TABLES:
            raise ModelError(f"Go holds no {model.__name__}")
        return ((str(key), row) for key, row in self._company.table(_TABLES[model]).items())

    def _put(self, kind: Any, members: Row, id: str | None) -> str:  # noqa: A002
        if id is None:
            return str(kind.add(self._company, members)["Id"])
        row = self._company.table(kind.table)[int(id)]
        return str(kind.change(self._company, row, members)["Id"])

    # -- customers -----------------------------------------------------------

    def _customer_members(self, value: Customer) -> Row:
        written = CUSTOMERS.post.read(post_body(value))
        cleared = dict.fromkeys(
            (
                "Name",
                "FirstName",
                "LastName",
                "OrganizationNumber",
                "EmailAddress",
                "InvoiceEmailAddress",
                "PhoneNumber",
                "MailAddress",
            )
        )
        return {**cleared, **written}

    # -- products --------------------------------------------------------------

    def _product_members(self, value: Product) -> Row:
        account = self._income_account(value.vat_code) if value.vat_code else None
        rate = self._company.vat_on(value.vat_code or "3", self._company.today()).rate
        price = value.price
        return {
            "Code": value.code,
            "Name": value.name,
            "Description": value.description,
            "Gtin": value.gtins[0] if value.gtins else None,
            "UnitOfMeasureCode": value.unit,
            "UnitPrice": None if price is None else (price / (1 + rate)).quantize(_SIX, ROUND_HALF_UP),
            "UnitCost": value.cost,
            "StandardSalesAccountId": account,
            "IsArchived": value.archived,
        }

    def _income_account(self, vat_code: str) -> int:
        accounts = sorted(self._company.accounts.values(), key=lambda one: one.number)
        for account in accounts:
            if account_type(account.number) == "Income" and account.vat_code == vat_code:
                return account.id
        raise ModelError(f"no income account in Go has VAT code {vat_code!r}")

    def _product_rate(self, product: Row | None) -> tuple[str, Decimal]:
        account = sales_account(self._company, product, standard=True)
        vat = self._company.vat_on(account.vat_code, self._company.today())
        return vat.code, vat.rate

    def _gross(self, net: Decimal | None, rate: Decimal) -> Decimal | None:
        return None if net is None else (net * (1 + rate)).quantize(ORE, ROUND_HALF_UP)

    def _read_product(self, row: Row) -> Product:
        code, rate = self._product_rate(row)
        return Product(
            code=row["Code"],
            name=row["Name"],
            description=row["Description"],
            gtins=(row["Gtin"],) if row["Gtin"] else (),
            unit=row["UnitOfMeasureCode"],
            price=self._gross(row["UnitPrice"], rate),
            cost=None if row["UnitCost"] is None else row["UnitCost"].quantize(ORE, ROUND_HALF_UP),
            vat_code=code if row["StandardSalesAccountId"] is not None else None,
            archived=row["IsArchived"],
        )

    # -- orders ----------------------------------------------------------------

    def _line_members(self, line: OrderLine) -> Row:
        product_id = int(line.product) if line.product else None
        product = self._company.table("Products").get(product_id)
        _, rate = self._product_rate(product)
        price = line.unit_price
        if price is None and product is not None:
            net = inherited(self._company, product, "UnitPrice")
        else:
            net = None if price is None else (price / (1 + rate)).quantize(_SIX, ROUND_HALF_UP)
        is_text = line.product is None and price is None
        return {
            "LineType": "Text" if is_text else "Normal",
            "ProductId": product_id,
            "Description": line.text,
            "Quantity": None if is_text else line.quantity,
            "ProductUnitPrice": net,
            "Allowance": line.discount_percent,
            "ExternalImportReference": line.reference,
        }

    def _order_members(self, value: Order) -> Row:
        departments = self._company.table("Departments").values()
        department = next((row["Id"] for row in departments if row["Code"] == value.department), None)
        locations = self._company.table("Locations").values()
        location = next((row["Id"] for row in locations if row["Code"] == value.location), None)
        return {
            "CustomerId": int(value.customer),
            "SalesOrderStatus": "Draft" if value.status is OrderStatus.DRAFT else "Confirmed",
            "CustomerReference": value.reference,
            "PurchaseOrderReference": value.purchase_order,
            "RelatedInvoiceNo": value.credits,
            "SalesOrderDate": value.ordered_on,
            "DeliveryDate": value.delivered_on,
            "DepartmentId": department if value.department else None,
            "LocationId": location if value.location else None,
        }

    def _put_order(self, value: Order, id: str | None) -> str:  # noqa: A002
        company, members = self._company, self._order_members(value)
        lines = [self._line_members(line) for line in value.lines]
        if id is None:
            # A person made it, not the integration.
            order = add_order(company, {**members, "IsCreatedByCurrentIntegration": False})
        else:
            order = company.table("SalesOrders")[id]
            if order.get("invoiced") or under_way(order):
                raise LookupError(f"order {id!r} in Go is sent, so nobody can change it")
            order.update(members, LastChangedDateTimeOffset=company.stamp())
        before, order["SalesOrderLines"] = order["SalesOrderLines"], []
        for line in lines:
            order["SalesOrderLines"].append(new_line(company, order, line))
        _keep_ids(before, order["SalesOrderLines"])
        return str(order["Id"])

    def _status(self, order: Row) -> OrderStatus:
        invoice = self._company.table("OutgoingInvoices").get(order["Id"])
        if invoice is None:
            return OrderStatus.DRAFT if order["SalesOrderStatus"] == "Draft" else OrderStatus.CONFIRMED
        voucher = self._company.voucher(invoice["Id"])
        balance = invoice_balance(self._company, invoice)
        if voucher is not None and voucher.reversed:
            return OrderStatus.CREDITED
        if balance == 0:
            whole = invoice["TotalAmount"]
            credited = credited_amount(self._company, invoice)
            return OrderStatus.CREDITED if 0 < whole <= credited else OrderStatus.PAID
        return OrderStatus.PART_PAID if abs(balance) < abs(invoice["TotalAmount"]) else OrderStatus.INVOICED

    def _read_line(self, order: Row, line: Row) -> OrderLine:
        rate = line_amounts(self._company, order, line)["vat"].rate
        return OrderLine(
            product=str(line["ProductId"]) if line["ProductId"] is not None else None,
            text=line["Description"],
            quantity=line["Quantity"] if line["Quantity"] is not None else Decimal(1),
            unit_price=self._gross(line["ProductUnitPrice"], rate),
            discount_percent=line["Allowance"] or Decimal(0),
            reference=line["ExternalImportReference"],
        )

    def _read_order(self, row: Row) -> Order:
        invoice = self._company.table("OutgoingInvoices").get(row["Id"])
        department = self._company.table("Departments").get(row["DepartmentId"])
        location = self._company.table("Locations").get(row["LocationId"])
        return Order(
            customer=str(row["CustomerId"]),
            lines=tuple(self._read_line(row, line) for line in row["SalesOrderLines"]),
            status=self._status(row),
            number=row["SalesOrderNo"],
            invoice_no=invoice["InvoiceNo"] if invoice else None,
            credits=row["RelatedInvoiceNo"],
            reference=row["CustomerReference"],
            purchase_order=row["PurchaseOrderReference"],
            ordered_on=row["SalesOrderDate"],
            delivered_on=row["DeliveryDate"],
            department=department["Code"] if department else None,
            location=location["Code"] if location else None,
        )

    def _read(self, model: type[Any], row: Row) -> Any:
        if model is Product:
            return self._read_product(row)
        if model is Order:
            return self._read_order(row)
        return structure({name: shown(value) for name, value in row.items()}, model)


def _keep_ids(before: Iterable[Row], after: Iterable[Row]) -> None:
    """
    A person changes lines; nobody types them anew. Those that stayed as they were are found first.
    """
    left, new = list(before), list(after)
    for same in (_unchanged_line, _same_line):
        for line in list(new):
            twin = next((one for one in left if same(one, line)), None)
            if twin is not None:
                left.remove(twin)
                new.remove(line)
                line["Id"] = twin["Id"]


def _unchanged_line(one: Row, other: Row) -> bool:
    names = (
        "ExternalImportReference",
        "ProductId",
        "Description",
        "Quantity",
        "ProductUnitPrice",
        "Allowance",
    )
    return all(one[name] == other[name] for name in names)


def _same_line(one: Row, other: Row) -> bool:
    names = ("ExternalImportReference", "ProductId") if other["ExternalImportReference"] is None else None
    return all(one[name] == other[name] for name in names or ("ExternalImportReference",))
