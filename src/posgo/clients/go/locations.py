"""
Locations, a dimension of postings.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.terms import Location
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/Locations"
_READ = ("Location", "Location_Full")
_WRITE = ("Location_Full",)


def list(
    *,
    codes: Iterable[str] | None = None,
    created_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[Location]]:
    """
    List locations.

    Args:
        codes: Only these codes; None for all.
        created_after: Only those made later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        Location,
        roles=_READ,
        filters={
            "codes": codes,
            "createdDateTimeOffsetGreaterThan": created_after,
        },
        page_size=page_size,
    )


def get(id: int) -> Call[Location]:
    """
    Read one location by Go's id.
    """
    return read("/Locations/{id}", Location, roles=_READ, parameters={"id": id})


def create(value: Location) -> Call[Location]:
    """
    Create a location.
    """
    return create_(_PATH, value, roles=_WRITE)


def update(old: Location, new: Location) -> Procedure[Location]:
    """
    Change what differs between two values of one location.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/Locations/{id}",
        Location,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
    )


def delete(id: int) -> Call[None]:
    """
    Delete a location. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_("/Locations/{id}", roles=_WRITE, parameters={"id": id})
