"""
Sales orders: what they hold, what Go computes of them, and what it refuses.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from posgo.models.units import UNITS
from posgo.testing._go import binding as b
from posgo.testing._go.company import ORE, Company, Row
from posgo.testing._go.goods import inherited, sales_account
from posgo.testing._go.http import Received, bad_request, not_found
from posgo.testing._go.journals import VAT_RETURN
from posgo.testing._go.tables import shown

__all__ = [
    "LINE_FIELDS",
    "LINE_PATCH",
    "LINE_POST",
    "ORDER_FIELDS",
    "ORDER_PATCH",
    "ORDER_POST",
    "TITLE",
    "add_order",
    "check_credit",
    "check_line",
    "check_order",
    "editable",
    "in_order",
    "line_amounts",
    "line_row",
    "new_line",
    "order_row",
    "order_totals",
    "the_order",
    "under_way",
]

TITLE = "Sales order validation error(s)"
_STATUS = b.one_of("Draft", "Confirmed")

_ORDER: dict[b.Kind, str] = {
    b.int64: (
        "BrandingThemeId ContactDeliveryAddressId CustomerId CustomerReferenceContactPersonId DeliveryTermId "
        "DepartmentId Dim1Id Dim2Id Dim3Id ImportedOrderNo LocationId PaymentTermId ProjectId RelatedInvoiceNo "
        "SalesPersonEmployeeId"
    ),
    b.any_text: (
        "ContractNo CurrencyCode CustomMatchingReference CustomerReference ExternalImportReference "
        "PurchaseOrderReference"
    ),
    b.number: "CurrencyExchangeRate",
    b.on_day: "DeliveryDate SalesOrderDate",
    _STATUS: "SalesOrderStatus",
}
_ORDER_TWINS: dict[b.Kind, str] = {
    b.any_text: "BrandingThemeCode DeliveryTerm DepartmentCode Dim1Code Dim2Code Dim3Code LocationCode ProjectCode",
    b.int64: "CustomerNo SalesPersonEmployeeNumber",
    b.int32: "PaymentTerm",
}
_ACCRUAL_MEMBERS: dict[b.Kind, str] = {
    b.int64: "BalanceAccountId BalanceAccountNo ResultAccountId ResultAccountNo",
    b.on_day: "FromDate ToDate",
    b.truth: "IsActive",
}
_ACCRUAL = b.Dto(b.named(_ACCRUAL_MEMBERS), ("FromDate", "ToDate"))
_LINE: dict[b.Kind, str] = {
    b.int64: "DepartmentId Dim1Id Dim2Id Dim3Id LocationId ProductId ProjectId SellersReferenceEmployeeId",
    b.int32: "SortOrder",
    b.number: "Allowance ProductUnitCost ProductUnitPrice Quantity",
    b.any_text: "Description ExternalImportReference",
    b.truth: "UseStandardSalesAccount",
    b.one_of("Normal", "Text", "Summary", "InvoiceFee", "TotalHours"): "LineType",
    b.one_of(*UNITS): "UnitOfMeasureCode",
    VAT_RETURN: "VatReturnSpecification",
    b.nested(_ACCRUAL): "Accrual",
}
_LINE_TWINS: dict[b.Kind, str] = {
    b.any_text: "DepartmentCode Dim1Code Dim2Code Dim3Code LocationCode ProductCode ProjectCode",
    b.int64: "SellersReferenceEmployeeNo",
}
LINE_POST = b.Dto({**b.named(_LINE), **b.named(_LINE_TWINS)})
LINE_PATCH = b.Dto(b.named(_LINE), nested_members=tuple(b.named(_ACCRUAL_MEMBERS)))
ORDER_POST = b.Dto(
    {**b.named(_ORDER), **b.named(_ORDER_TWINS), "SalesOrderLines": b.list_of(b.nested(LINE_POST))}
)
ORDER_PATCH = b.Dto(b.named(_ORDER))
ORDER_FIELDS = (
    *b.named(_ORDER),
    *b.named(_ORDER_TWINS),
    *(
        [
            "Id",
            "CreatedDateTimeOffset",
            "LastChangedDateTimeOffset",
            "IsCreatedByCurrentIntegration",
            "SalesOrderNo",
        ]
    ),
    *(["LineCount", "NetAmount", "TotalAmount"]),
)
LINE_FIELDS = (
    *b.named(_LINE),
    *b.named(_LINE_TWINS),
    *(["Id", "SalesOrderId", "NetAmount", "TotalAmount", "VatAmount", "VatCode", "VatId", "VatRate"]),
)


# -- amounts ---------------------------------------------------------------


def _price(company: Company, product: Row | None, line: Row) -> Decimal:
    if line["ProductUnitPrice"] is not None or product is None:
        return line["ProductUnitPrice"] or Decimal(0)
    return inherited(company, product, "UnitPrice") or Decimal(0)


def line_amounts(company: Company, order: Row, line: Row) -> Row:
    """
    What Go computes of a line: account, VAT, and amounts, each rounded by itself.
    """
    customer = company.table("Customers").get(order["CustomerId"])
    product = company.table("Products").get(line["ProductId"])
    standard = line["UseStandardSalesAccount"]
    if standard is None:
        standard = not (customer and customer["IsVatFree"])
    account = sales_account(company, product, standard=standard)
    vat = company.vat_on(account.vat_code, order["SalesOrderDate"] or company.today())
    discount = line["Allowance"]
    if discount is None:
        discount = (customer and customer["Allowance"]) or Decimal(0)
    factor = (line["Quantity"] or Decimal(0)) * (1 - discount / 100)
    net = (_price(company, product, line) * factor).quantize(ORE, rounding=company.line_rounding)
    tax = (net * vat.rate).quantize(ORE, rounding=company.line_rounding)
    amounts = {"NetAmount": net, "VatAmount": tax, "TotalAmount": net + tax, "Allowance": discount}
    return {"account": account, "vat": vat, **amounts}


def order_totals(company: Company, order: Row) -> tuple[Decimal, Decimal]:
    """
    Net and total of an order.
    """
    rows = [line_amounts(company, order, line) for line in order["SalesOrderLines"]]
    zero = Decimal("0.00")
    return sum((row["NetAmount"] for row in rows), zero), sum((row["TotalAmount"] for row in rows), zero)


# -- rows -------------------------------------------------------------------


def _shown(row: Row, fields: tuple[str, ...]) -> Row:
    return {name: shown(row[name]) for name in fields if row.get(name) is not None}


def line_row(company: Company, order: Row, line: Row) -> Row:
    """
    A line as Go shows it.
    """
    computed = line_amounts(company, order, line)
    product = company.table("Products").get(line["ProductId"])
    full = {
        **line,
        **{name: computed[name] for name in ("NetAmount", "VatAmount", "TotalAmount", "Allowance")},
        "SalesOrderId": order["Id"],
        "ProductCode": product["Code"] if product else None,
        "ProductUnitPrice": _price(company, product, line),
    }
    if line["LineType"] == "Normal":
        vat = computed["vat"]
        full |= {"VatCode": vat.code, "VatId": vat.id, "VatRate": vat.rate}
    return _shown(full, LINE_FIELDS)


def order_row(company: Company, order: Row, *, lines: bool = False) -> Row:
    """
    An order as Go shows it.
    """
    net, total = order_totals(company, order)
    customer = company.table("Customers").get(order["CustomerId"])
    department = company.table("Departments").get(order["DepartmentId"])
    full = {
        **order,
        "CustomerNo": customer["Number"] if customer else None,
        "DepartmentCode": department["Code"] if department else None,
        "LineCount": len(order["SalesOrderLines"]),
        "NetAmount": net,
        "TotalAmount": total,
    }
    row = _shown(full, ORDER_FIELDS)
    if lines:
        row["SalesOrderLines"] = [line_row(company, order, line) for line in order["SalesOrderLines"]]
    return row


# -- rules ---------------------------------------------------------------------


def new_line(company: Company, order: Row, members: Row) -> Row:
    """
    Make a line of what was sent.
    """
    line: Row = {**dict.fromkeys(LINE_FIELDS), **members, "Id": company.new_uuid()}
    if line["ProductId"] is None and line["ProductCode"] is not None:
        line["ProductId"] = company.by("Products", "Code", line["ProductCode"])
    if line["SortOrder"] is None:
        line["SortOrder"] = len(order["SalesOrderLines"])
    check_line(company, order, line)
    return line


def check_line(company: Company, order: Row, line: Row) -> None:
    """
    Refuse a line that breaks a rule, and complete it.
    """
    company.refuse_unknown(
        line, ProductId="Products", DepartmentId="Departments", ProjectId="Projects", LocationId="Locations"
    )
    line["LineType"] = line["LineType"] or (
        "Text" if line["ProductId"] is None and line["Quantity"] is None else "Normal"
    )
    if line["ProductId"] is not None and line["Quantity"] is None:
        bad_request(TITLE, "Quantity is required on lines with a product")
    if line["Allowance"] is not None and not -1000 <= line["Allowance"] <= 100:
        bad_request(TITLE, "Allowance must be between -1000 and 100")
    product = company.table("Products").get(line["ProductId"])
    if line["Description"] is None and product is not None:
        line["Description"] = product["Name"]
    reference = line["ExternalImportReference"]
    others = (one for one in order["SalesOrderLines"] if one["Id"] != line["Id"])
    if reference is not None and any(one["ExternalImportReference"] == reference for one in others):
        bad_request(
            TITLE, f"ExternalImportReference '{reference}' is already used by another line of the order"
        )


def check_order(company: Company, order: Row) -> None:
    """
    Refuse a header that breaks a rule, and turn codes into ids.
    """
    if order["CustomerId"] is None and order["CustomerNo"] is not None:
        order["CustomerId"] = company.by("Customers", "Number", order["CustomerNo"])
    if order["DepartmentId"] is None and order["DepartmentCode"] is not None:
        order["DepartmentId"] = company.by("Departments", "Code", order["DepartmentCode"])
    if order["PaymentTermId"] is None and order["PaymentTerm"] is not None:
        order["PaymentTermId"] = company.by("PaymentTerms", "CreditDays", order["PaymentTerm"])
    order.update(CustomerNo=None, DepartmentCode=None, PaymentTerm=None)
    company.refuse_unknown(
        order,
        CustomerId="Customers",
        DepartmentId="Departments",
        PaymentTermId="PaymentTerms",
        ContactDeliveryAddressId="DeliveryAddresses",
        ProjectId="Projects",
        LocationId="Locations",
    )
    if order["CurrencyCode"] not in {None, "NOK"}:
        bad_request(TITLE, "This client company sells in NOK only")
    reference = order["ExternalImportReference"]
    others = (one for one in company.table("SalesOrders").values() if one["Id"] != order["Id"])
    if reference is not None and any(one["ExternalImportReference"] == reference for one in others):
        bad_request(TITLE, f"ExternalImportReference '{reference}' is already used by another sales order")


def add_order(
    company: Company, members: Row, check: Callable[[Company, Row], None] = lambda _company, _order: None
) -> Row:
    """
    Create an order with its lines, if it passes a check.
    """
    stamp = company.stamp()
    order: Row = {
        **dict.fromkeys((*ORDER_FIELDS, "request")),
        "SalesOrderStatus": "Draft",
        "CurrencyCode": "NOK",
        "IsCreatedByCurrentIntegration": True,
        **{name: value for name, value in members.items() if name != "SalesOrderLines"},
        "Id": company.new_uuid(),
        "SalesOrderLines": [],
        "CreatedDateTimeOffset": stamp,
        "LastChangedDateTimeOffset": stamp,
    }
    check_order(company, order)
    for line in members.get("SalesOrderLines", ()):
        order["SalesOrderLines"].append(new_line(company, order, line))
    order["SalesOrderLines"] = in_order(order["SalesOrderLines"])
    check(company, order)
    order["SalesOrderNo"] = company.next_order_no()
    company.table("SalesOrders")[order["Id"]] = order
    return order


def in_order(lines: Iterable[Row]) -> list[Row]:
    """
    Lines by their own place; those without one come last.
    """
    return sorted(lines, key=lambda line: (line["SortOrder"] is None, line["SortOrder"] or 0))


def the_order(company: Company, request: Received, *, name: str = "id") -> Row:
    """
    The order of a request's path, or a refusal. One that became an invoice is no order any more.
    """
    order = company.table("SalesOrders").get(request.parameters[name])
    if order is None or order.get("invoiced"):
        not_found(f"Sales order with id {request.parameters[name]} was not found")
    return order


def editable(order: Row) -> None:
    """
    Refuse changes of an order that is confirmed or being sent.
    """
    if order["SalesOrderStatus"] == "Confirmed":
        bad_request(TITLE, "A confirmed sales order is locked; set it back to Draft first")
    if under_way(order):
        bad_request(TITLE, "The sales order is being sent")


def under_way(order: Row) -> bool:
    """
    Whether an order was asked to be sent, and that did not fail.
    """
    return order["request"] is not None and order["request"]["error"] is None


def check_credit(company: Company, order: Row) -> None:
    """
    Refuse the number of a credited invoice on what is no credit note.
    """
    if order["RelatedInvoiceNo"] is not None and order_totals(company, order)[1] >= 0:
        bad_request(TITLE, "RelatedInvoiceNo can only be set for credit note drafts")
