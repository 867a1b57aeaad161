"""
Customers. Go cannot be searched by name, e-mail, telephone or organisation number.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import delete as delete_, post, read, update as update_
from posgo.models.contacts import InvoiceRecipient, SubledgerAccount
from posgo.models.parties import Customer
from posgo.models.records import Record
from posgo.procedure import Procedure
from posgo.wire.model import structure_record, structure_records
from posgo.wire.writing import Change, post_body, without_none

__all__ = ["create", "delete", "get", "list", "recipient", "recipients", "subledger_accounts", "update"]

_PATH = "/Customers"
_READ = ("Customer", "Customer_Full")
_WRITE = ("Customer_Full",)


def _record(value: Any) -> Record[Customer]:
    return structure_record(value, Customer)


def _records(value: Any) -> tuple[Record[Customer], ...]:
    return structure_records(value, Customer)


def list(
    *,
    numbers: Iterable[int | str] | None = None,
    reference: str | None = None,
    external_numbers: Iterable[int | str] | None = None,
    group_ids: Iterable[int] | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[Record[Customer]]]:
    """
    List customers, archived ones included.

    Args:
        numbers: Customer numbers, or ranges such as ``"10000-10999"``; None for all.
        reference: Only the one with this external reference.
        external_numbers: External numbers or ranges; None for all.
        group_ids: Only those in these groups, by Go's id; None for all.
        created_after: Only those made later than this instant, exclusive.
        changed_after: Only those changed later than this instant, exclusive. Go does not count a change of
            address or of a contact person as one.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        _records,
        roles=_READ,
        filters={
            "customerNos": numbers,
            "externalImportReference": reference,
            "externalNos": external_numbers,
            "contactGroupIds": group_ids,
            "customerCreatedDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
        },
        page_size=page_size,
    )


def get(id: int | str) -> Call[Record[Customer]]:
    """
    Read one customer by Go's id.
    """
    return read(f"{_PATH}/{{id}}", _record, roles=_READ, parameters={"id": id})


def recipient(id: int | str) -> Call[InvoiceRecipient]:
    """
    Read what decides how an invoice reaches a customer, by Go's id.
    """
    return read(f"{_PATH}/{{id}}", InvoiceRecipient, roles=_READ, parameters={"id": id})


def recipients(*, reference: str) -> Call[Page[InvoiceRecipient]]:
    """
    List what decides how an invoice reaches a customer: those with an external reference, of which there is one at most.
    """
    return listing(_PATH, InvoiceRecipient, roles=_READ, filters={"externalImportReference": reference})


def subledger_accounts(*, numbers: Iterable[int | str] | None = None) -> Call[Page[SubledgerAccount]]:
    """
    List what journal lines carry as the account of a customer.

    Args:
        numbers: Customer numbers or ranges; None for all.
    """
    return listing(
        _PATH,
        SubledgerAccount,
        roles=_READ,
        filters={"customerNos": numbers},
        fields=("Id", "Number", "SubledgerAccountId"),
    )


def create(
    value: Customer,
    *,
    reference: str | None = None,
    delivery_type: str | None = None,
    payment_term_id: int | None = None,
    department_id: int | None = None,
    number_series_id: str | None = None,
) -> Call[Record[Customer]]:
    """
    Create a customer.

    Args:
        value: The customer. An address without postcode or city is left out, for Go takes no half one.
        reference: External reference, at most 50 characters and unique: by it a lost answer is looked up.
        delivery_type: How invoices are delivered, such as ``"PdfByEmail"`` or ``"Print"``; None lets Go choose.
        payment_term_id: Go's id; None takes the company's default.
        department_id: Go's id; None for none.
        number_series_id: The series Go takes the number from; None takes the default one.
    """
    more = {
        "ExternalImportReference": reference,
        "InvoiceDeliveryType": delivery_type,
        "PaymentTermId": payment_term_id,
        "DepartmentId": department_id,
        "SubLedgerNumberSeriesId": number_series_id,
    }
    body = {**(post_body(value) or {}), **without_none(more)}
    return post(_PATH, _record, body, roles=_WRITE)


def update(
    id: int | str,
    old: Customer,
    new: Customer,
    *,
    reference: str | None = None,
    seen: Callable[[Record[Customer]], None] | None = None,
) -> Procedure[Record[Customer]]:
    """
    Change what differs between two values of one customer.

    Args:
        id: Go's id.
        old: What the customer is believed to be.
        new: What it shall be.
        reference: An external reference to set as well; None leaves it as it is.
        seen: Is shown the customer as it is now and raises if it is not as expected; Go then refuses the change
            if somebody was faster. None changes it whatever it says.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    extra = (Change("/ExternalImportReference", None, reference),) if reference is not None else ()
    return update_(
        f"{_PATH}/{{id}}",
        _record,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": id},
        extra=extra,
        seen=seen,
    )


def delete(id: int | str) -> Call[None]:
    """
    Delete a customer. Refused with :class:`~posgo.exceptions.ConflictError` once anything hangs on it: archive it then.
    """
    return delete_(f"{_PATH}/{{id}}", roles=_WRITE, parameters={"id": id})
