"""
Projects, a dimension of postings.
"""

from collections.abc import Iterable
from datetime import datetime

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import DEFAULT_PAGE_SIZE, listing
from posgo.clients.go._single import create as create_, delete as delete_, read, update as update_
from posgo.models.terms import Project
from posgo.procedure import Procedure

__all__ = ["create", "delete", "get", "list", "update"]

_PATH = "/Projects"
_READ = ("Project", "Project_Full")
_WRITE = ("Project_Full",)


def list(
    *,
    codes: Iterable[str] | None = None,
    name: str | None = None,
    customer_numbers: Iterable[int | str] | None = None,
    department_codes: Iterable[str] | None = None,
    status: str | None = None,
    without_archived: bool | None = None,
    created_after: datetime | None = None,
    changed_after: datetime | None = None,
    page_size: int = DEFAULT_PAGE_SIZE,
) -> Call[Page[Project]]:
    """
    List projects.

    Args:
        codes: Only these codes; None for all.
        name: Only those whose name holds this text; None for all.
        customer_numbers: Only those of these customers, numbers or ranges; None for all.
        department_codes: Only those of these departments, ``"-1"`` for none; None for all.
        status: Such as ``"Active"``; None for all.
        without_archived: Whether to leave archived ones out; None for Go's default.
        created_after: Only those made later than this instant, exclusive.
        changed_after: Only those changed later than this instant, exclusive.
        page_size: Rows per request, at most 20 000.
    """
    return listing(
        _PATH,
        Project,
        roles=_READ,
        filters={
            "projectCodes": codes,
            "name": name,
            "customerNos": customer_numbers,
            "departmentCodes": department_codes,
            "status": status,
            "excludeArchivedProject": without_archived,
            "createdDateTimeOffsetGreaterThan": created_after,
            "lastChangedDateTimeOffsetGreaterThan": changed_after,
        },
        page_size=page_size,
    )


def get(id: int) -> Call[Project]:
    """
    Read one project by Go's id.
    """
    return read("/Projects/{id}", Project, roles=_READ, parameters={"id": id})


def create(value: Project) -> Call[Project]:
    """
    Create a project.
    """
    return create_(_PATH, value, roles=_WRITE)


def update(old: Project, new: Project) -> Procedure[Project]:
    """
    Change what differs between two values of one project.

    Raises:
        PatchIgnoredError: If Go answered with success, but fields kept their old value.
    """
    return update_(
        "/Projects/{id}",
        Project,
        old=old,
        new=new,
        read_roles=_READ,
        write_roles=_WRITE,
        parameters={"id": old.id},
    )


def delete(id: int) -> Call[None]:
    """
    Delete a project. Refused with :class:`~posgo.exceptions.ConflictError` while it is in use.
    """
    return delete_("/Projects/{id}", roles=_WRITE, parameters={"id": id})
