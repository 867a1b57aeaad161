"""
Groups of contacts.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.contacts import ContactGroup
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/ContactGroups"
_READ = ("ContactGroup", "ContactGroup_Full")
_WRITE = ("ContactGroup_Full",)


def list(
    *,
    names: Iterable[str] | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[ContactGroup]]:
    """
    List contact groups.

    Args:
        names: Only these names, none with a comma; None for all.
        created_after: Only those made later than this instant, exclusive.
        changed_after: Only those changed later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        ContactGroup,
        roles=_READ,
        filters={
            "names": names,
            "createdDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
        },
        page_size=page_size,
    )


def get(id: int) -> Call[ContactGroup]:
    """
    Read one contact group by Go's id.
    """
    return read("/ContactGroups/{id}", ContactGroup, roles=_READ, parameters={"id": id})


def create(value: ContactGroup) -> Call[ContactGroup]:
    """
    Create a contact group.
    """
    return create_(_PATH, value, roles=_WRITE)


def update(old: ContactGroup, new: ContactGroup) -> Procedure[ContactGroup]:
    """
    Change what differs between two values of one contact group.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/ContactGroups/{id}",
        ContactGroup,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
    )


def delete(id: int) -> Call[None]:
    """
    Delete a contact group. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_("/ContactGroups/{id}", roles=_WRITE, parameters={"id": id})
