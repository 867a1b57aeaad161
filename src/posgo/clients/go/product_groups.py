"""
Groups of products, from which they inherit.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.go_products import ProductGroup
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/ProductGroups"
_READ = ("Product", "Product_Full")
_WRITE = ("Product_Full",)


def list(
    *,
    codes: Iterable[str] | None = None,
    names: Iterable[str] | None = None,
    product_type: str | None = None,
    is_archived: bool | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[ProductGroup]]:
    """
    List product groups.

    Args:
        codes: Only these codes; None for all.
        names: Only these names, none with a comma; None for all.
        product_type: ``"Product"`` or ``"Service"``; None for both.
        is_archived: Only those that are (or are not) archived; None for both.
        created_after: Only those made later than this instant, exclusive.
        changed_after: Only those changed later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        ProductGroup,
        roles=_READ,
        filters={
            "codes": codes,
            "names": names,
            "type": product_type,
            "isArchived": is_archived,
            "createdDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
        },
        page_size=page_size,
    )


def get(id: int) -> Call[ProductGroup]:
    """
    Read one product group by Go's id.
    """
    return read("/ProductGroups/{id}", ProductGroup, roles=_READ, parameters={"id": id})


def create(value: ProductGroup) -> Call[ProductGroup]:
    """
    Create a product group.
    """
    return create_(_PATH, value, roles=_WRITE)


def update(old: ProductGroup, new: ProductGroup) -> Procedure[ProductGroup]:
    """
    Change what differs between two values of one product group.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/ProductGroups/{id}",
        ProductGroup,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
    )


def delete(id: int) -> Call[None]:
    """
    Delete a product group. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_("/ProductGroups/{id}", roles=_WRITE, parameters={"id": id})
