"""
Products: one bar code, prices without VAT, and VAT by way of the sales account.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.go_products import GoProduct
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/Products"
_READ = ("Product", "Product_Full")
_WRITE = ("Product_Full",)


def list(
    *,
    codes: Iterable[str] | None = None,
    names: Iterable[str] | None = None,
    group_codes: Iterable[str] | None = None,
    product_type: str | None = None,
    is_archived: bool | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    stock_changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[GoProduct]]:
    """
    List products.

    Args:
        codes: Only these codes; None for all.
        names: Only these names, none with a comma; None for all.
        group_codes: Only those in these groups; None for all.
        product_type: ``"Product"`` or ``"Service"``; None for both.
        is_archived: Only those that are (or are not) archived; None for both.
        created_after: Only those made later than this instant, exclusive.
        changed_after: Only those changed later than this instant, exclusive.
        stock_changed_after: Only those whose stock changed later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        GoProduct,
        roles=_READ,
        filters={
            "codes": codes,
            "names": names,
            "productGroupCodes": group_codes,
            "type": product_type,
            "isArchived": is_archived,
            "createdDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
            "stockOnHandLastChangedDatetimeOffsetGreaterThan": stock_changed_after,
        },
        page_size=page_size,
    )


def get(id: int) -> Call[GoProduct]:
    """
    Read one product by Go's id.
    """
    return read("/Products/{id}", GoProduct, roles=_READ, parameters={"id": id})


def create(value: GoProduct) -> Call[GoProduct]:
    """
    Create a product.
    """
    return create_(_PATH, value, roles=_WRITE)


def update(
    old: GoProduct, new: GoProduct, *, seen: Callable[[GoProduct], None] | None = None
) -> Procedure[GoProduct]:
    """
    Change what differs between two values of one product.

    Args:
        old: What the product is believed to be.
        new: What it shall be.
        seen: Is shown the product as it is now and raises if it is not as expected; Go then refuses the change
            if somebody was faster. None changes it whatever it says.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/Products/{id}",
        GoProduct,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
        seen=seen,
    )


def delete(id: int) -> Call[None]:
    """
    Delete a product. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_("/Products/{id}", roles=_WRITE, parameters={"id": id})
