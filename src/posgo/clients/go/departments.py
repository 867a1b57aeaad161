"""
Departments, Go's usual dimension for a shop.
"""

from collections.abc import Iterable

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import listing
from posgo.clients.go._single import read
from posgo.models.ledger import Department

__all__ = ["get", "list"]

_READ = ("Department", "Department_Full")


def list(*, codes: Iterable[str] | None = None, is_active: bool | None = None) -> Call[Page[Department]]:  # noqa: A001
    """
    List departments.

    Args:
        codes: Only these codes; None for all.
        is_active: Only those that may (or may not) be used; None for both.
    """
    return listing("/Departments", Department, roles=_READ, filters={"codes": codes, "isActive": is_active})


def get(id: int) -> Call[Department]:  # noqa: A002
    """
    Read one department by Go's id.
    """
    return read("/Departments/{id}", Department, roles=_READ, parameters={"id": id})
