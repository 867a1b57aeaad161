"""
Departments, Go's usual dimension for a shop.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.ledger import Department
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/Departments"
_READ = ("Department", "Department_Full")
_WRITE = ("Department_Full",)


def list(
    *,
    codes: Iterable[str] | None = None,
    name: str | None = None,
    is_active: bool | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[Department]]:
    """
    List departments.

    Args:
        codes: Only these codes; None for all.
        name: Only those whose name holds this text; None for all.
        is_active: Only those that may (or may not) be used; None for both.
        created_after: Only those made later than this instant, exclusive.
        changed_after: Only those changed later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        Department,
        roles=_READ,
        filters={
            "codes": codes,
            "name": name,
            "isActive": is_active,
            "createdDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
        },
        page_size=page_size,
    )


def get(id: int) -> Call[Department]:
    """
    Read one department by Go's id.
    """
    return read("/Departments/{id}", Department, roles=_READ, parameters={"id": id})


def create(value: Department) -> Call[Department]:
    """
    Create a department.
    """
    return create_(_PATH, value, roles=_WRITE)


def update(old: Department, new: Department) -> Procedure[Department]:
    """
    Change what differs between two values of one department.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/Departments/{id}",
        Department,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
    )


def delete(id: int) -> Call[None]:
    """
    Delete a department. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_("/Departments/{id}", roles=_WRITE, parameters={"id": id})
