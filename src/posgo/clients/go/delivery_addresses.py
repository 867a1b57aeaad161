"""
Where goods go. Changes of theirs do not move the stamp of the customer.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.contacts import DeliveryAddress
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/ContactDeliveryAddresses"
_READ = (
    "ContactDeliveryAddress",
    "ContactDeliveryAddress_Full",
    "Customer",
    "Customer_Full",
    "Supplier",
    "Supplier_Full",
    "Employee",
    "Employee_Full",
)
_WRITE = ("ContactDeliveryAddress_Full", "Customer_Full", "Supplier_Full", "Employee_Full")


def list(
    *,
    contact_ids: Iterable[int] | None = None,
    external_codes: Iterable[str] | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[DeliveryAddress]]:
    """
    List delivery addresses.

    Args:
        contact_ids: Only those of these customers, by Go's id; None for all.
        external_codes: Only those with these codes of ours; None for all.
        created_after: Only those made later than this instant, exclusive.
        changed_after: Only those changed later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        DeliveryAddress,
        roles=_READ,
        filters={
            "contactIds": contact_ids,
            "externalCodes": external_codes,
            "createdDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
        },
        page_size=page_size,
    )


def get(contact_id: int, id: int) -> Call[DeliveryAddress]:
    """
    Read one delivery address by Go's id.
    """
    return read(
        "/ContactDeliveryAddresses/{contactId}/{id}",
        DeliveryAddress,
        roles=_READ,
        parameters={"contactId": contact_id, "id": id},
    )


def create(contact_id: int, value: DeliveryAddress) -> Call[DeliveryAddress]:
    """
    Create a delivery address of a customer.
    """
    return create_(f"{_PATH}/{{contactId}}", value, roles=_WRITE, parameters={"contactId": contact_id})


def update(old: DeliveryAddress, new: DeliveryAddress) -> Procedure[DeliveryAddress]:
    """
    Change what differs between two values of one delivery address.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/ContactDeliveryAddresses/{contactId}/{id}",
        DeliveryAddress,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"contactId": old.contact_id, "id": old.id},
    )


def delete(contact_id: int, id: int) -> Call[None]:
    """
    Delete a delivery address. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_(
        "/ContactDeliveryAddresses/{contactId}/{id}",
        roles=_WRITE,
        parameters={"contactId": contact_id, "id": id},
    )
