"""
Sales orders as requests see them.
"""

from collections.abc import Callable

from posgo.testing._go.company import Company, Row
from posgo.testing._go.http import Received, Reply, bad_request, conflict, not_found
from posgo.testing._go.listing import codes, flag, later, moment, number_filter, page
from posgo.testing._go.order_rules import (
    LINE_FIELDS,
    LINE_PATCH,
    LINE_POST,
    ORDER_FIELDS,
    ORDER_PATCH,
    ORDER_POST,
    TITLE,
    add_order,
    check_credit,
    check_line,
    check_order,
    editable,
    in_order,
    line_row,
    new_line,
    order_row,
    the_order,
    under_way,
)
from posgo.testing._go.patching import patched
from posgo.testing._go.routing import Endpoint, endpoint
from posgo.testing._go.tables import shown

__all__ = ["ENDPOINTS"]

_READ = ("SalesOrders", "SalesOrders_Full")
_WRITE = "SalesOrders_Full"


def _wanted(request: Received) -> Callable[[Row], bool]:
    number, by_number = number_filter(request, "customerNos"), request.asked("customerNos")
    department, project = codes(request, "departmentCodes"), codes(request, "projectCodes")
    status, ours = request.asked("orderStatus"), flag(request, "onlyCreatedByCurrentIntegration")
    if status is not None and status.casefold() not in {"draft", "confirmed"}:
        bad_request(TITLE, f"The value '{status}' is not valid for orderStatus")
    flag(request, "showInherited")
    flag(request, "includeSubProject")
    moment(request, "lastChangedDateTimeOffsetGreaterThan")

    def wanted(row: Row) -> bool:
        return (
            (by_number is None or number(row.get("CustomerNo")))
            and department(row.get("DepartmentCode"))
            and project(row.get("ProjectCode"))
            and (status is None or row["SalesOrderStatus"].casefold() == status.casefold())
            and (not ours or row["IsCreatedByCurrentIntegration"])
        )

    return wanted


@endpoint("GET", "/SalesOrders", *_READ)
def list_orders(company: Company, request: Received) -> Reply:
    """
    Headers of orders that are not sent yet.
    """
    wanted = _wanted(request)
    rows = (
        order_row(company, order)
        for order in company.table("SalesOrders").values()
        if not order.get("invoiced")
        and later(request, "lastChangedDateTimeOffsetGreaterThan", order["LastChangedDateTimeOffset"])
    )
    return page(request, [row for row in rows if wanted(row)], ORDER_FIELDS)


@endpoint("POST", "/SalesOrders/Complete", _WRITE)
def create_order(company: Company, request: Received) -> Reply:
    """
    Create an order with its lines.
    """
    order = add_order(company, ORDER_POST.read(request.json()), check_credit)
    return Reply.of(order_row(company, order, lines=True), 201)


@endpoint("GET", "/SalesOrders/{id:uuid}", *_READ)
def get_order(company: Company, request: Received) -> Reply:
    """
    A header.
    """
    flag(request, "showInherited")
    return Reply.of(order_row(company, the_order(company, request)))


@endpoint("GET", "/SalesOrders/{id:uuid}/Complete", *_READ)
def get_complete(company: Company, request: Received) -> Reply:
    """
    A header with its lines.
    """
    flag(request, "showInherited")
    return Reply.of(order_row(company, the_order(company, request), lines=True))


@endpoint("PATCH", "/SalesOrders/{id:uuid}", _WRITE)
def patch_order(company: Company, request: Received) -> Reply:
    """
    Change a header. A confirmed order takes only a new status.
    """
    order = the_order(company, request)
    members = patched(shown(order), request.json(), ORDER_PATCH, "SalesOrder")
    if members.keys() - {"SalesOrderStatus"} or under_way(order):
        editable(order)
    new = {**order, **{name: value for name, value in members.items() if name not in company.ignored_members}}
    check_order(company, new)
    check_credit(company, new)
    if members:
        new["LastChangedDateTimeOffset"] = company.stamp()
    company.table("SalesOrders")[order["Id"]] = new
    return Reply.of(order_row(company, new))


@endpoint("DELETE", "/SalesOrders/{id:uuid}", _WRITE)
def delete_order(company: Company, request: Received) -> Reply:
    """
    Delete an order and its lines, before it is sent.
    """
    order = company.table("SalesOrders").get(request.id)
    if order is None:
        not_found(f"Sales order with id {request.id} was not found")
    if under_way(order):
        conflict("Sales order conflict", "The sales order is sent and cannot be deleted")
    del company.table("SalesOrders")[order["Id"]]
    return Reply()


def _line(company: Company, request: Received) -> tuple[Row, Row]:
    order = the_order(company, request)
    wanted = request.parameters["lineId"]
    line = next((one for one in order["SalesOrderLines"] if one["Id"] == wanted), None)
    if line is None:
        not_found(f"Sales order line with id {wanted} was not found")
    return order, line


@endpoint("GET", "/SalesOrders/{id:uuid}/Lines", *_READ)
def list_lines(company: Company, request: Received) -> Reply:
    """
    The lines of an order.
    """
    order = the_order(company, request)
    return page(request, [line_row(company, order, line) for line in order["SalesOrderLines"]], LINE_FIELDS)


@endpoint("POST", "/SalesOrders/{id:uuid}/Lines", _WRITE)
def create_line(company: Company, request: Received) -> Reply:
    """
    Add a line to a draft.
    """
    order = the_order(company, request)
    line = new_line(company, order, LINE_POST.read(request.json()))
    editable(order)
    order["SalesOrderLines"] = in_order([*order["SalesOrderLines"], line])
    company.touch_order(order)
    return Reply.of(line_row(company, order, line), 201)


@endpoint("GET", "/SalesOrders/{id:uuid}/Lines/{lineId:uuid}", *_READ)
def get_line(company: Company, request: Received) -> Reply:
    """
    One line.
    """
    return Reply.of(line_row(company, *_line(company, request)))


@endpoint("PATCH", "/SalesOrders/{id:uuid}/Lines/{lineId:uuid}", _WRITE)
def patch_line(company: Company, request: Received) -> Reply:
    """
    Change a line of a draft.
    """
    order, line = _line(company, request)
    members = patched(shown(line), request.json(), LINE_PATCH, "SalesOrderLine")
    editable(order)
    new = {**line, **{name: value for name, value in members.items() if name not in company.ignored_members}}
    check_line(company, order, new)
    order["SalesOrderLines"] = in_order(new if one is line else one for one in order["SalesOrderLines"])
    company.touch_order(order)
    return Reply.of(line_row(company, order, new))


@endpoint("DELETE", "/SalesOrders/{id:uuid}/Lines/{lineId:uuid}", _WRITE)
def delete_line(company: Company, request: Received) -> Reply:
    """
    Delete a line of a draft.
    """
    order, line = _line(company, request)
    editable(order)
    order["SalesOrderLines"] = [one for one in order["SalesOrderLines"] if one is not line]
    company.touch_order(order)
    return Reply()


ENDPOINTS: tuple[Endpoint, ...] = (
    list_orders,
    create_order,
    get_order,
    get_complete,
    patch_order,
    delete_order,
    list_lines,
    create_line,
    get_line,
    patch_line,
    delete_line,
)
