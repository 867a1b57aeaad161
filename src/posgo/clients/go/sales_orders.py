"""
Sales orders: a draft, its lines and attachments, and the invoice it becomes.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from posgo.clients.calls import BodyKind, Call, File, Page, Repeat
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import delete as delete_, post, read, update as update_
from posgo.models.go_orders import Attachment, SalesOrder, SalesOrderLine, SendRequest, SentState
from posgo.procedure import Procedure
from posgo.wire.json import loads
from posgo.wire.model import structure, structure_rows
from posgo.wire.writing import post_body, without_none

__all__ = [
    "attach",
    "attachments",
    "create",
    "create_line",
    "current_line",
    "delete",
    "delete_attachment",
    "delete_line",
    "download_attachment",
    "get",
    "get_header",
    "get_line",
    "lines",
    "list",
    "send",
    "sent_state",
    "update",
    "update_line",
]

_PATH = "/SalesOrders"
_ONE = "/SalesOrders/{id}"
_LINES = "/SalesOrders/{id}/Lines"
_LINE = "/SalesOrders/{id}/Lines/{lineId}"
_ATTACHMENTS = "/SalesOrders/{salesOrderId}/attachments"
_READ = ("SalesOrders", "SalesOrders_Full")
_WRITE = ("SalesOrders_Full",)
_READ_FILES = ("SalesOrderAttachment", "SalesOrderAttachment_Full")
_WRITE_FILES = ("SalesOrderAttachment_Full",)


def list(
    *,
    customer_numbers: Iterable[int | str] | None = None,
    department_codes: Iterable[str] | None = None,
    project_codes: Iterable[str] | None = None,
    status: str | None = None,
    changed_after: datetime | None = None,
    only_ours: bool | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[SalesOrder]]:
    """
    List orders without their lines. There is no filter on references: list and compare.

    Args:
        customer_numbers: Numbers or ranges; None for all.
        department_codes: Codes, ``"-1"`` for none; None for all.
        project_codes: Codes, ``"-1"`` for none; None for all.
        status: ``"Draft"`` or ``"Confirmed"``; None for both.
        changed_after: Only those changed later than this instant, exclusive.
        only_ours: Whether to list only what this integration made; None for Go's default.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        SalesOrder,
        roles=_READ,
        filters={
            "customerNos": customer_numbers,
            "departmentCodes": department_codes,
            "projectCodes": project_codes,
            "orderStatus": status,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
            "onlyCreatedByCurrentIntegration": only_ours,
        },
        page_size=page_size,
    )


def get(id: str) -> Call[SalesOrder]:
    """
    Read one order with its lines.
    """
    return read(f"{_ONE}/Complete", SalesOrder, roles=_READ, parameters={"id": id})


def get_header(id: str) -> Call[SalesOrder]:
    """
    Read one order without its lines.
    """
    return read(_ONE, SalesOrder, roles=_READ, parameters={"id": id})


def create(value: SalesOrder) -> Call[SalesOrder]:
    """
    Create an order with its lines. In doubt, list our own orders and look for its reference.
    """
    return post(f"{_PATH}/Complete", SalesOrder, post_body(value), roles=_WRITE)


def update(old: SalesOrder, new: SalesOrder, *, guard: bool = False) -> Procedure[SalesOrder]:
    """
    Change what differs between two values of one order's header. Lines have calls of their own.

    Args:
        old: The order as it was read.
        new: The order as it shall be.
        guard: Whether Go is told to refuse if what is changed is no longer as it was read.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        _ONE,
        SalesOrder,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
        guard=guard,
    )


def delete(id: str) -> Call[None]:
    """
    Delete an order and its lines. Refused with :class:`~posgo.exceptions.ConflictError` once it is sent.
    """
    return delete_(_ONE, roles=_WRITE, parameters={"id": id})


# -- lines ---------------------------------------------------------------------


def lines(id: str) -> Call[Page[SalesOrderLine]]:
    """
    List the lines of an order.
    """
    return listing(_LINES, SalesOrderLine, roles=_READ, filters={}, parameters={"id": id})


def get_line(id: str, line_id: str) -> Call[SalesOrderLine]:
    """
    Read one line of an order.
    """
    return read(_LINE, SalesOrderLine, roles=_READ, parameters={"id": id, "lineId": line_id})


def create_line(id: str, value: SalesOrderLine) -> Call[SalesOrderLine]:
    """
    Add a line to a draft.
    """
    return post(_LINES, SalesOrderLine, post_body(value), roles=_WRITE, parameters={"id": id})


def update_line(
    id: str, old: SalesOrderLine, new: SalesOrderLine, *, guard: bool = False
) -> Procedure[SalesOrderLine]:
    """
    Change what differs between two values of one line.

    Args:
        id: The order.
        old: The line as it was read.
        new: The line as it is to be.
        guard: Whether Go is told to refuse if what is changed is no longer as it was read.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        _LINE,
        SalesOrderLine,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": id, "lineId": old.id},
        guard=guard,
    )


def current_line(id: str, line: SalesOrderLine) -> Call[SalesOrderLine]:
    """
    Have Go say what a line of a draft says now: reads may lag behind, what answers a change does not.

    For what is to be done without a condition next, such as deleting it. The line's place is written anew, and nothing
    else.

    Args:
        id: The order.
        line: The line as it was read. It is answered itself where Go answers nothing.

    Raises:
        NotFoundError: If there is no such line any more.
        RejectedError: If the order is a draft no more.
    """
    return Call(
        method="PATCH",
        path=_LINE,
        parameters={"id": id, "lineId": line.id},
        body=[{"op": "replace", "path": "/SortOrder", "value": line.sort_order or 0}],
        body_kind=BodyKind.JSON_PATCH,
        # Writing a place twice is writing it once.
        repeat=Repeat.SAFE,
        roles=_WRITE,
        decode=lambda answer: structure(loads(answer.content), SalesOrderLine) if answer.content else line,
    )


def delete_line(id: str, line_id: str) -> Call[None]:
    """
    Delete a line of a draft.
    """
    return delete_(_LINE, roles=_WRITE, parameters={"id": id, "lineId": line_id})


# -- attachments ----------------------------------------------------------------


def attachments(id: str) -> Call[Page[Attachment]]:
    """
    List the files on an order.
    """
    return listing(_ATTACHMENTS, Attachment, roles=_READ_FILES, filters={}, parameters={"salesOrderId": id})


def attach(id: str, file: File) -> Call[Attachment]:
    """
    Put a file on an order.
    """
    return Call(
        method="POST",
        path=_ATTACHMENTS,
        parameters={"salesOrderId": str(id)},
        body=file,
        body_kind=BodyKind.MULTIPART,
        repeat=Repeat.AFTER_LOOK_UP,
        roles=_WRITE_FILES,
        decode=lambda answer: structure(loads(answer.content), Attachment),
    )


def download_attachment(id: str, attachment_id: int) -> Call[bytes]:
    """
    Read the bytes of a file.
    """
    return Call(
        method="GET",
        path=f"{_ATTACHMENTS}/{{id}}",
        parameters={"salesOrderId": str(id), "id": str(attachment_id)},
        roles=_READ_FILES,
        decode=lambda answer: answer.content,
    )


def delete_attachment(id: str, attachment_id: int) -> Call[None]:
    """
    Take a file off an order.
    """
    parameters = {"salesOrderId": id, "id": attachment_id}
    return delete_(f"{_ATTACHMENTS}/{{id}}", roles=_WRITE_FILES, parameters=parameters)


# -- sending ------------------------------------------------------------------------


def send(
    id: str,
    *,
    delivery_type: str | None = None,
    email: str | None = None,
    due_date: date | None = None,
    voucher_date: date | None = None,
) -> Call[SendRequest]:
    """
    Turn an order into an invoice and deliver it. Ask :func:`sent_state` how far it has come, also in doubt.

    Args:
        id: Go's id of the order.
        delivery_type: ``"PdfByEmail"``, ``"PdfPrintForDownload"`` (nothing is delivered) or ``"Auto"``; None is Auto.
        email: Where to, if Go finds no other way; supply it with Auto.
        due_date: None follows from the payment term.
        voucher_date: None is today.
    """
    body = {
        "DeliveryType": delivery_type,
        "EmailAddress": email,
        "OverrideDueDate": due_date.isoformat() if due_date else None,
        "VoucherDate": voucher_date.isoformat() if voucher_date else None,
    }
    return post(
        f"{_ONE}/createAndSendInvoice", SendRequest, without_none(body), roles=_WRITE, parameters={"id": id}
    )


def _states(value: Any) -> SentState | None:
    rows = structure_rows(value, SentState)
    return rows[0] if rows else None


def sent_state(id: str) -> Call[SentState | None]:
    """
    Ask how far an invoice has come; None if Go knows of no request to send it. Poll after 1 s, 4 s, 10 s.
    """
    return Call(
        method="GET",
        path=f"{_PATH}/sentState",
        query=(("id", str(id)),),
        roles=_WRITE,
        decode=lambda answer: _states(loads(answer.content)) if answer.content else None,
    )
