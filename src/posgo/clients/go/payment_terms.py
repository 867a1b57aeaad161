"""
How long customers may wait.
"""

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.terms import PaymentTerm
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/PaymentTerms"
_READ = ("CommonServices", "CommonServices_Full")
_WRITE = ("CommonServices_Full",)


def list(*, page_size: int = DEFAULT_PAGE_SIZE) -> Call[Page[PaymentTerm]]:
    """
    List payment terms.

    Args:
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        PaymentTerm,
        roles=_READ,
        filters={},
        page_size=page_size,
    )


def get(id: int) -> Call[PaymentTerm]:
    """
    Read one payment term by Go's id.
    """
    return read("/PaymentTerms/{id}", PaymentTerm, roles=_READ, parameters={"id": id})


def create(value: PaymentTerm) -> Call[PaymentTerm]:
    """
    Create a payment term.
    """
    return create_(_PATH, value, roles=_WRITE)


def update(old: PaymentTerm, new: PaymentTerm) -> Procedure[PaymentTerm]:
    """
    Change what differs between two values of one payment term.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/PaymentTerms/{id}",
        PaymentTerm,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
    )


def delete(id: int) -> Call[None]:
    """
    Delete a payment term. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_("/PaymentTerms/{id}", roles=_WRITE, parameters={"id": id})
