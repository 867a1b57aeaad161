"""
How goods are delivered.
"""

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.terms import DeliveryTerm
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/DeliveryTerms"
_READ = ("CommonServices", "CommonServices_Full")
_WRITE = ("CommonServices_Full",)


def list(*, page_size: int = DEFAULT_PAGE_SIZE) -> Call[Page[DeliveryTerm]]:
    """
    List delivery terms.

    Args:
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        DeliveryTerm,
        roles=_READ,
        filters={},
        page_size=page_size,
    )


def get(id: int) -> Call[DeliveryTerm]:
    """
    Read one delivery term by Go's id.
    """
    return read("/DeliveryTerms/{id}", DeliveryTerm, roles=_READ, parameters={"id": id})


def create(value: DeliveryTerm) -> Call[DeliveryTerm]:
    """
    Create a delivery term.
    """
    return create_(_PATH, value, roles=_WRITE)


def update(old: DeliveryTerm, new: DeliveryTerm) -> Procedure[DeliveryTerm]:
    """
    Change what differs between two values of one delivery term.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/DeliveryTerms/{id}",
        DeliveryTerm,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
    )


def delete(id: int) -> Call[None]:
    """
    Delete a delivery term. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_("/DeliveryTerms/{id}", roles=_WRITE, parameters={"id": id})
