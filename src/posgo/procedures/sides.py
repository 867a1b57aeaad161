"""
The two sides of a sync, alike: what can be asked of the POS and of Go about one kind of record.

A side speaks domain models and answers with records; what its system calls
things, and what it cannot do, stays inside.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import attrs

from posgo.clients.calls import GO, collect
from posgo.clients.go import customers, number_series
from posgo.clients.pos.protocol import Thing
from posgo.clients.pos.requests import (
    CreateRecord,
    FetchRecord,
    FindRecord,
    ReadChanges,
    UpdateRecord,
    read_to_end,
)
from posgo.exceptions import ConflictError, MissingPrivilegeError, NotFoundError, RejectedError
from posgo.models.parties import Customer
from posgo.models.records import Record
from posgo.models.terms import NumberSeries
from posgo.procedure import Procedure, ask
from posgo.sync import Change
from posgo.sync._fields import read, replace

__all__ = [
    "SWEEP_PAGE",
    "GoCustomers",
    "PosSide",
    "Seen",
    "Side",
    "changed_in_go",
    "expect",
    "newest_cursor",
    "value_before",
]

T = TypeVar("T")

SWEEP_PAGE = 20_000
"""Rows per request of a full sweep: the most Go gives."""


@attrs.frozen(kw_only=True)
class Seen(Generic[T]):
    """
    What a side told.

    Attributes:
        records: As they are now.
        complete: Whether these are all it has.
        cursor: Where to read on; None if there is nothing to read on from yet.
    """

    records: tuple[Record[T], ...]
    complete: bool
    cursor: str | None


class Side(Protocol[T]):
    """
    One replica of one kind of record.
    """

    def read(self, cursor: str | None) -> Procedure[Seen[T]]:
        """
        What changed since a cursor; everything without one.
        """
        ...

    def fetch(self, id: str) -> Procedure[Record[T] | None]:  # noqa: A002
        """
        One record as it is now; None if there is none.
        """
        ...

    def candidates(self, values: Iterable[T]) -> Procedure[list[Record[T]]]:
        """
        Records that may be counterparts of new ones and that nothing else would find: same natural key.
        """
        ...

    def find(self, value: T, reference: str) -> Procedure[Record[T] | None]:
        """
        The record a creation in doubt may have made, or that stood in its way; None if there is none.
        """
        ...

    def create(self, value: T, reference: str) -> Procedure[Record[T]]:
        """
        Make a record.

        Raises:
            DuplicateReferenceError: If there is one with this reference, whatever it says.
        """
        ...

    def change(self, id: str, value: T, changes: Iterable[Change]) -> Procedure[None]:  # noqa: A002
        """
        Change fields of a record, of which ``value`` says how it is to look.
        """
        ...

    def refer(self, record: Record[T], reference: str) -> Procedure[None]:
        """
        Tell a record its counterpart.
        """
        ...


@attrs.frozen
class PosSide(Generic[Thing]):
    """
    One kind of record in the POS.
    """

    type: type[Thing]

    def read(self, cursor: str | None) -> Procedure[Seen[Thing]]:
        """
        See :meth:`Side.read`. A POS that forgot the cursor tells everything.
        """
        feed = yield from read_to_end(ReadChanges(self.type, cursor))
        return Seen(records=feed.items, complete=feed.from_start, cursor=feed.cursor)

    def fetch(self, id: str) -> Procedure[Record[Thing] | None]:  # noqa: A002
        """
        See :meth:`Side.fetch`.
        """
        return (yield from ask(FetchRecord(self.type, id)))

    def candidates(self, values: Iterable[Thing]) -> Procedure[list[Record[Thing]]]:  # noqa: ARG002
        """
        See :meth:`Side.candidates`. The POS makes a record once per reference, so none are needed.
        """
        return []
        yield

    def find(self, value: Thing, reference: str) -> Procedure[Record[Thing] | None]:  # noqa: ARG002
        """
        See :meth:`Side.find`.
        """
        return (yield from ask(FindRecord(self.type, reference)))

    def create(self, value: Thing, reference: str) -> Procedure[Record[Thing]]:
        """
        See :meth:`Side.create`.
        """
        return (yield from ask(CreateRecord(value, reference=reference)))

    def change(self, id: str, value: Thing, changes: Iterable[Change]) -> Procedure[None]:  # noqa: A002
        """
        See :meth:`Side.change`. A part of a nested value is written with the whole of it.
        """
        new: dict[str, Any] = {}
        old: dict[str, Any] = {}
        for change in changes:
            field, _, part = change.field.partition(".")
            new[field] = getattr(value, field)
            if not part:
                old[field] = change.old
        yield from ask(UpdateRecord(self.type, id, new, expected=old))

    def refer(self, record: Record[Thing], reference: str) -> Procedure[None]:
        """
        See :meth:`Side.refer`.
        """
        yield from ask(UpdateRecord(self.type, record.id, {}, reference=reference))


@attrs.frozen(kw_only=True)
class GoCustomers:
    """
    Customers in Go.

    Go's stamp does not move when an address changes, so a delta does not see
    that; the sweep does.

    Attributes:
        overlap: How far behind the last stamp seen a poll begins again: Go's filters are exclusive and its reads lag.
        series: Its number series; asked for when a number is first given, and kept for the run.
    """

    overlap: timedelta
    series: list[NumberSeries] = attrs.Factory(list)

    def read(self, cursor: str | None) -> Procedure[Seen[Customer]]:
        """
        See :meth:`Side.read`.
        """
        if cursor is None:
            call = customers.list(page_size=SWEEP_PAGE)
        else:
            call = customers.list(changed_after=datetime.fromisoformat(cursor) - self.overlap)
        rows = yield from collect(call)
        return Seen(records=tuple(rows), complete=cursor is None, cursor=newest_cursor(rows, cursor))

    def fetch(self, id: str) -> Procedure[Record[Customer] | None]:  # noqa: A002
        """
        See :meth:`Side.fetch`.
        """
        try:
            return (yield from ask(customers.get(id)))
        except NotFoundError:
            return None

    def candidates(self, values: Iterable[Customer]) -> Procedure[list[Record[Customer]]]:  # noqa: ARG002
        """
        See :meth:`Side.candidates`. Go refuses a second customer with the same reference, so none are needed.
        """
        return []
        yield

    def find(self, value: Customer, reference: str) -> Procedure[Record[Customer] | None]:  # noqa: ARG002
        """
        See :meth:`Side.find`.
        """
        rows = yield from collect(customers.list(reference=reference))
        return rows[0] if rows else None

    def create(self, value: Customer, reference: str) -> Procedure[Record[Customer]]:
        """
        See :meth:`Side.create`. Without an e-mail address invoices are printed; Go would refuse to mail them.
        """
        if value.number is not None:
            yield from self._fit(value.number)
        delivery = None if value.email or value.invoice_email else "Print"
        return (yield from ask(customers.create(value, reference=reference, delivery_type=delivery)))

    def _fit(self, number: int) -> Procedure[None]:
        """
        Refuse a number outside every series here, where it can be said which there are.
        """
        if not self.series:
            try:
                self.series.extend((yield from collect(number_series.list(kind="Customer"))))
            except MissingPrivilegeError:
                return  # Who may not read them hears it from Go.
        if any(each.first <= number <= each.last for each in self.series):
            return
        known = ", ".join(f"{each.name or 'unnamed'} {each.first}-{each.last}" for each in self.series)
        raise RejectedError(
            method="POST",
            path="/Customers",
            system=GO,
            may_have_happened=False,
            detail=f"customer number {number} is outside every number series of customers in Go ({known or 'none'})",
        )

    def change(self, id: str, value: Customer, changes: Iterable[Change]) -> Procedure[None]:  # noqa: A002
        """
        See :meth:`Side.change`.
        """
        changes = tuple(changes)
        yield from customers.update(
            id, value_before(value, changes), value, seen=lambda now: expect(now.value, changes)
        )

    def refer(self, record: Record[Customer], reference: str) -> Procedure[None]:
        """
        See :meth:`Side.refer`.
        """
        yield from customers.update(
            record.id, record.value, record.value, reference=reference, seen=_unreferred(reference)
        )


def newest_cursor(records: Iterable[Record[Any]], cursor: str | None) -> str | None:
    """
    The latest stamp seen, by the server's clock and never by ours.
    """
    stamps = [record.changed_at for record in records if record.changed_at is not None]
    if cursor is not None:
        stamps.append(datetime.fromisoformat(cursor))
    return max(stamps).isoformat() if stamps else None


def expect(value: object, changes: Iterable[Change]) -> None:
    """
    See that what is about to be changed still says what the plan was made for.

    Raises:
        ConflictError: If a field says something else, and not yet what it shall say either.
    """
    stale = [change.field for change in changes if read(value, change.field) not in (change.old, change.new)]
    if stale:
        raise changed_in_go(type(value), f"changed in the meantime: {', '.join(stale)}")


def changed_in_go(model: type, detail: str) -> ConflictError:
    """
    Say that a record in Go is not as the plan saw it; nothing was written.
    """
    return ConflictError(
        method="update", path=model.__name__, system=GO, may_have_happened=False, detail=detail
    )


def _unreferred(reference: str) -> Callable[[Record[Any]], None]:
    def expect_none(record: Record[Any]) -> None:
        if record.reference not in (None, reference):
            raise changed_in_go(type(record.value), "the record carries another reference")

    return expect_none


def value_before(value: T, changes: Iterable[Change]) -> T:
    """
    What a record said before changes that lead to ``value``.
    """
    old: Mapping[str, Any] = {change.field: change.old for change in changes}
    return replace(value, old)
