"""
The POS behind the fake: what it keeps, what a person does at it, and what the contract does.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from posgo.clients.pos.adapters import missing, other_reference, reference_taken, updated
from posgo.exceptions import ModelError
from posgo.models.catalog import Product
from posgo.models.feeds import Feed
from posgo.models.orders import Order, OrderStatus
from posgo.models.parties import Customer
from posgo.models.pos import ZReport
from posgo.models.records import Record
from posgo.testing._pos.shelf import Shelf

__all__ = ["Till"]

_KINDS: tuple[type, ...] = (Customer, Product, Order)


class Till:
    """
    Customers, products, orders and Z-reports in memory.

    Args:
        now: Tells the time (UTC).
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._epoch = uuid.uuid4().hex[:8]
        self._ids = 0
        self._lines = 0
        self._records: dict[type, Shelf[Record[Any]]] = {kind: Shelf(self._epoch) for kind in _KINDS}
        self._z_reports: Shelf[ZReport] = Shelf(self._epoch)
        self._carriers: dict[tuple[type, str], str] = {}

    # -- what a person does ---------------------------------------------------

    def put(self, value: Any, id: str | None) -> str:  # noqa: A002
        """
        Enter a value, or save a record as a whole. Saving without a change moves nothing.
        """
        key = self._new_id(type(value)) if id is None else id
        if isinstance(value, ZReport):
            self._z_reports.put(key, value)
            return key
        shelf = self._shelf(type(value))
        known = shelf.get(key)
        if known is None:
            known = Record(id=key, value=None)
        self._save(shelf, known, self._complete(value))
        return key

    def value(self, type: type, id: str) -> Any:  # noqa: A002
        """
        What a record says.
        """
        found = self._z_reports.get(id) if type is ZReport else self._shelf(type).get(id)
        if found is None:
            raise KeyError(id)
        return found.value if isinstance(found, Record) else found

    def values(self, type: type) -> dict[str, Any]:  # noqa: A002
        """
        What all records say, by id.
        """
        if type is ZReport:
            return dict(self._z_reports)
        return {key: record.value for key, record in self._shelf(type)}

    def archive(self, type: type, id: str) -> None:  # noqa: A002
        """
        Take a record out of use. An order cannot be archived: it is cancelled.
        """
        known = self._shelf(type).get(id)
        if known is None:
            raise KeyError(id)
        gone = {"status": OrderStatus.CANCELLED} if type is Order else {"archived": True}
        self.put(attrs.evolve(known.value, **gone), id)

    def delete(self, type: type, id: str) -> None:  # noqa: A002
        """
        Delete a record for good.
        """
        record = self._shelf(type).remove(id)
        if record.reference is not None:
            del self._carriers[type, record.reference]

    # -- what the contract does -------------------------------------------------

    def changes(self, type: type, cursor: str | None, size: int) -> Feed[Record[Any]]:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.changes`.
        """
        return self._shelf(type).feed(cursor, size)

    def z_reports(self, cursor: str | None, size: int) -> Feed[ZReport]:
        """
        See :meth:`posgo.PointOfSale.z_reports`.
        """
        return self._z_reports.feed(cursor, size)

    def fetch(self, type: type, id: str) -> Record[Any] | None:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.fetch`.
        """
        return self._shelf(type).get(id)

    def find(self, type: type, reference: str) -> Record[Any] | None:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.find`.
        """
        carrier = self._carriers.get((type, reference))
        return None if carrier is None else self._shelf(type).get(carrier)

    def create(self, value: Any, reference: str) -> Record[Any]:
        """
        See :meth:`posgo.PointOfSale.create`.
        """
        known = self.find(type(value), reference)
        if known is not None:
            return known
        empty = Record(id=self._new_id(type(value)), value=None, reference=reference)
        return self._save(self._shelf(type(value)), empty, self._complete(value))

    def update(
        self,
        type: type,  # noqa: A002
        id: str,  # noqa: A002
        changes: Mapping[str, Any],
        expected: Mapping[str, Any] | None,
        reference: str | None,
    ) -> Record[Any]:
        """
        See :meth:`posgo.PointOfSale.update`.
        """
        shelf = self._shelf(type)
        known = shelf.get(id)
        if known is None:
            raise missing(type)
        value = self._complete(updated(known.value, changes, expected))
        if reference is not None:
            self._check_reference(known, type, reference)
        return self._save(shelf, attrs.evolve(known, reference=reference or known.reference), value)

    # -- parts ----------------------------------------------------------------------

    def _check_reference(self, record: Record[Any], type: type, reference: str) -> None:  # noqa: A002
        if record.reference is not None and record.reference != reference:
            raise other_reference(type)
        carrier = self.find(type, reference)
        if carrier is not None and carrier.id != record.id:
            raise reference_taken(type)

    def _save(self, shelf: Shelf[Record[Any]], record: Record[Any], value: Any) -> Record[Any]:
        saved = attrs.evolve(record, value=value, changed_at=self._now())
        known = shelf.get(record.id)
        if known is not None and (known.value, known.reference) == (saved.value, saved.reference):
            return known
        shelf.put(saved.id, saved)
        if saved.reference is not None:
            self._carriers[type(value), saved.reference] = saved.id
        return saved

    def _complete(self, value: Any) -> Any:
        """
        Give every line of an order an id, as every POS does.
        """
        if not isinstance(value, Order) or all(line.reference for line in value.lines):
            return value
        return attrs.evolve(value, lines=[self._named(line) for line in value.lines])

    def _named(self, line: Any) -> Any:
        if line.reference:
            return line
        self._lines += 1
        return attrs.evolve(line, reference=f"line-{self._lines}")

    def _new_id(self, type: type) -> str:  # noqa: A002
        self._ids += 1
        return f"{type.__name__.lower()}-{self._ids}"

    def _shelf(self, type: type) -> Shelf[Record[Any]]:  # noqa: A002
        try:
            return self._records[type]
        except KeyError:
            raise ModelError("a POS keeps Customer, Product and Order; Z-reports are final") from None
