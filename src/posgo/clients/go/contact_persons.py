"""
Persons at a company. Changes of theirs do not move the stamp of the company.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.contacts import ContactPerson
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/ContactPersons"
_READ = (
    "ContactPerson",
    "ContactPerson_Full",
    "Customer",
    "Customer_Full",
    "Supplier",
    "Supplier_Full",
)
_WRITE = ("ContactPerson_Full", "Customer_Full", "Supplier_Full")


def list(
    *,
    contact_ids: Iterable[int] | None = None,
    external_codes: Iterable[str] | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[ContactPerson]]:
    """
    List contact persons.

    Args:
        contact_ids: Only those of these customers, by Go's id; None for all.
        external_codes: Only those with these codes of ours; None for all.
        created_after: Only those made later than this instant, exclusive.
        changed_after: Only those changed later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        ContactPerson,
        roles=_READ,
        filters={
            "contactIds": contact_ids,
            "externalCodes": external_codes,
            "createdDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
        },
        page_size=page_size,
    )


def get(contact_id: int, id: int) -> Call[ContactPerson]:
    """
    Read one contact person by Go's id.
    """
    return read(
        "/ContactPersons/{contactId}/{id}",
        ContactPerson,
        roles=_READ,
        parameters={"contactId": contact_id, "id": id},
    )


def create(contact_id: int, value: ContactPerson) -> Call[ContactPerson]:
    """
    Create a contact person of a customer.
    """
    return create_(f"{_PATH}/{{contactId}}", value, roles=_WRITE, parameters={"contactId": contact_id})


def update(old: ContactPerson, new: ContactPerson) -> Procedure[ContactPerson]:
    """
    Change what differs between two values of one contact person.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/ContactPersons/{contactId}/{id}",
        ContactPerson,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"contactId": old.contact_id, "id": old.id},
    )


def delete(contact_id: int, id: int) -> Call[None]:
    """
    Delete a contact person. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_(
        "/ContactPersons/{contactId}/{id}", roles=_WRITE, parameters={"contactId": contact_id, "id": id}
    )
