"""
Objects with the usual life: listed, created, read, patched and deleted.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import attrs

from posgo.testing._go.binding import Dto
from posgo.testing._go.company import Company, Row
from posgo.testing._go.http import Received, Reply, bad_request, conflict, not_found
from posgo.testing._go.listing import page
from posgo.testing._go.patching import patched
from posgo.testing._go.routing import Endpoint, endpoint

__all__ = ["Kind", "Row", "everything", "shown"]

Filter = Callable[[Row], bool]


def shown(value: Any) -> Any:
    """
    A value as JSON shows it.
    """
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {name: shown(member) for name, member in value.items()}
    return value


def everything(_company: Company, _request: Received) -> Filter:
    """
    No filter.
    """
    return lambda _row: True


def _nothing(_company: Company, _row: Row, _old: Row | None) -> None:
    """
    No rule.
    """


def _unused(_company: Company, _row: Row) -> str | None:
    return None


@attrs.frozen(kw_only=True)
class Kind:
    """
    A kind of object and its rules.

    Attributes:
        name: As messages call it.
        path: Of the list; with ``{contactId:int}`` in ``created_at`` when objects belong to a contact.
        table: Name of the table in the company.
        fields: Every member its rows can have.
        post: What may be sent when creating.
        patch: What may be changed.
        defaults: Members a new row starts with.
        read: Privileges for reading.
        write: Privileges for writing.
        wanted: Makes a filter from a request.
        check: Refuses a row that breaks a rule, and completes it. Is given the row as it was, None when new.
        in_use: Says why a row cannot be deleted; None if it can.
        parent: Path parameter and member naming the contact it belongs to; None if it belongs to none.
        still: Members whose change does not move the stamp.
        created: Status of a creation.
        deleted: Status of a deletion.
        echoes: Whether a patch is answered with the object.
    """

    name: str
    path: str
    table: str
    fields: str
    post: Dto
    patch: Dto
    defaults: Mapping[str, Any] = attrs.field(factory=dict)
    read: tuple[str, ...]
    write: tuple[str, ...]
    wanted: Callable[[Company, Received], Filter] = everything
    check: Callable[[Company, Row, Row | None], None] = _nothing
    in_use: Callable[[Company, Row], str | None] = _unused
    show: Callable[[Company, Row], Row] = attrs.field(default=lambda _company, row: row)
    parent: tuple[str, str] | None = None
    still: frozenset[str] = frozenset()
    created: int = 201
    deleted: int = 200
    echoes: bool = True

    # -- what people and requests do alike ---------------------------------

    def add(self, company: Company, members: Mapping[str, Any]) -> Row:
        """
        Create a row.
        """
        stamp = company.stamp()
        row: Row = {
            **dict.fromkeys(self.fields.split()),
            **self.defaults,
            **members,
            "Id": company.new_id(),
            "CreatedDateTimeOffset": stamp,
            "LastChangedDateTimeOffset": stamp,
        }
        self.check(company, row, None)
        company.table(self.table)[row["Id"]] = row
        return row

    def change(self, company: Company, row: Row, members: Mapping[str, Any]) -> Row:
        """
        Change members of a row.
        """
        members = {name: value for name, value in members.items() if name not in company.ignored_members}
        changed = {name: value for name, value in members.items() if row.get(name) != value}
        new = {**row, **changed}
        self.check(company, new, row)
        if changed.keys() - self.still:
            new["LastChangedDateTimeOffset"] = company.stamp()
        company.table(self.table)[row["Id"]] = new
        return new

    def row(self, company: Company, request: Received) -> Row:
        """
        The row of a request's path, or a refusal.
        """
        row = company.table(self.table).get(request.id)
        if row is None or (self.parent and row[self.parent[1]] != request.parameters[self.parent[0]]):
            not_found(f"{self.name} with id {request.id} was not found")
        return row

    def reply(self, company: Company, row: Row, status: int = 200) -> Reply:
        """
        Answer a row.
        """
        return Reply.of(self.shown(company, row), status)

    def shown(self, company: Company, row: Row) -> Row:
        """
        A row as an answer shows it: members that are null are left out, for not all of them may be.
        """
        names = set(self.fields.split())
        full = self.show(company, row)
        return {name: shown(full[name]) for name in full if name in names and full[name] is not None}

    # -- endpoints ---------------------------------------------------------

    def endpoints(self) -> Iterator[Endpoint]:
        """
        The five usual ones.
        """
        parent = f"/{{{self.parent[0]}:int}}" if self.parent else ""
        one = f"{self.path}{parent}/{{id:int}}"
        yield endpoint("GET", self.path, *self.read)(self._list)
        yield endpoint("POST", f"{self.path}{parent}", *self.write)(self._create)
        yield endpoint("GET", one, *self.read)(self._get)
        yield endpoint("PATCH", one, *self.write)(self._patch)
        yield endpoint("DELETE", one, *self.write)(self._delete)

    def _list(self, company: Company, request: Received) -> Reply:
        wanted = self.wanted(company, request)
        rows = [self.shown(company, row) for row in company.table(self.table).values() if wanted(row)]
        return page(request, rows, self.fields.split())

    def _create(self, company: Company, request: Received) -> Reply:
        members = self.post.read(request.json())
        if self.parent:
            contact = request.parameters[self.parent[0]]
            if contact not in company.table("Customers"):
                not_found(f"Contact with id {contact} was not found")
            members[self.parent[1]] = contact
        return self.reply(company, self.add(company, members), self.created)

    def _get(self, company: Company, request: Received) -> Reply:
        if request.asked("Fields"):
            bad_request("Invalid resourceParameter", "Fields cannot be used here")
        return self.reply(company, self.row(company, request))

    def _patch(self, company: Company, request: Received) -> Reply:
        row = self.row(company, request)
        members = patched(
            shown({**row, **self.show(company, row)}), request.json(), self.patch, self.name.replace(" ", "")
        )
        changed = self.change(company, row, members)
        return self.reply(company, changed) if self.echoes else Reply()

    def _delete(self, company: Company, request: Received) -> Reply:
        row = self.row(company, request)
        reason = self.in_use(company, row)
        if reason is not None:
            conflict(f"{self.name} conflict", reason)
        del company.table(self.table)[row["Id"]]
        return Reply(status=self.deleted)
