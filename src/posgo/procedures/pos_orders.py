"""
Orders in the POS: which of them must wait, and what is gone presented as cancelled.
"""

from collections.abc import Iterable

import attrs

from posgo.clients.pos.requests import FetchRecord
from posgo.models.findings import Finding, Severity
from posgo.models.orders import Order, OrderStatus
from posgo.models.records import Link, Record, pos_reference
from posgo.procedure import Procedure, ask
from posgo.procedures.order_books import Translator
from posgo.procedures.sides import PosSide, Seen
from posgo.state import LoadLinks
from posgo.sync import Change, Replica
from posgo.sync.order_life import OPEN

__all__ = ["PosOrders"]

_OF_INVOICES = frozenset({"status", "invoice_no"})
"""What an order of Go goes on to tell once it is an invoice: nothing of it is anybody's edit."""


@attrs.define
class PosOrders:
    """
    Orders in the POS.

    Attributes:
        translator: Knows what can be translated.
    """

    translator: Translator
    _gone: set[str] = attrs.field(factory=set, init=False)
    _pos: PosSide[Order] = attrs.field(factory=lambda: PosSide(Order), init=False)

    def read(self, cursor: str | None) -> Procedure[Seen[Order]]:
        """
        See :meth:`Side.read`.
        """
        seen = yield from self._pos.read(cursor)
        records = yield from self._translatable(seen.records)
        self.translator.at_till |= {
            name: record.value
            for record in records
            for name in (pos_reference(record.id), record.reference)
            if name is not None
        }
        if seen.complete:
            links = (yield from ask(LoadLinks("orders"))).links
            there = {record.id for record in seen.records}
            records += [self._deleted(link) for link in links if link.pos_id not in there]
        return attrs.evolve(seen, records=tuple(records))

    def _translatable(self, records: Iterable[Record[Order]]) -> Procedure[list[Record[Order]]]:
        records = tuple(records)
        forms = None
        # What is invoiced or cancelled is not written to Go any more.
        open_orders = [record.value for record in records if record.value.status in OPEN]
        if open_orders:
            forms = yield from self.translator.learn(orders=open_orders)
        return [
            record
            for record in records
            if not self.translator.hold(
                Replica.POS,
                record.id,
                record.reference,
                forms.missing(record.value) if forms and record.value.status in OPEN else (),
            )
        ]

    def fetch(self, id: str) -> Procedure[Record[Order] | None]:  # noqa: A002
        """
        See :meth:`Side.fetch`. A linked order the POS no longer has is cancelled.
        """
        record = yield from ask(FetchRecord(Order, id))
        if record is None:
            links = (yield from ask(LoadLinks("orders", pos_ids=(id,), go_ids=()))).links
            return self._deleted(links[0]) if links else None
        translatable = yield from self._translatable([record])
        return translatable[0] if translatable else None

    def candidates(self, values: Iterable[Order]) -> Procedure[list[Record[Order]]]:
        """
        See :meth:`Side.candidates`.
        """
        return (yield from self._pos.candidates(values))

    def find(self, value: Order, reference: str) -> Procedure[Record[Order] | None]:
        """
        See :meth:`Side.find`.
        """
        return (yield from self._pos.find(value, reference))

    def create(self, value: Order, reference: str) -> Procedure[Record[Order]]:
        """
        See :meth:`Side.create`.
        """
        return (yield from self._pos.create(value, reference))

    def change(self, id: str, value: Order, changes: Iterable[Change]) -> Procedure[None]:  # noqa: A002
        """
        See :meth:`Side.change`. An order the POS has deleted cannot hear of anything any more, which is told.
        """
        changes = tuple(changes)
        if id not in self._gone:
            yield from self._pos.change(id, value, changes)
        elif unheard := [change.field for change in changes if change.field not in _OF_INVOICES]:
            self.translator.findings.append(_unheard(id, unheard))

    def refer(self, record: Record[Order], reference: str) -> Procedure[None]:
        """
        See :meth:`Side.refer`.
        """
        yield from self._pos.refer(record, reference)

    def _deleted(self, link: Link[Order]) -> Record[Order]:
        """
        What the POS would say of an order it has deleted: that it is cancelled. An invoice stays what it is.
        """
        self._gone.add(link.pos_id)
        is_open = link.base.status in OPEN
        value = attrs.evolve(link.base, status=OrderStatus.CANCELLED) if is_open else link.base
        return Record(id=link.pos_id, value=value)


def _unheard(pos_id: str, fields: Iterable[str]) -> Finding:
    return Finding(
        rule="deleted-order-changed",
        severity=Severity.WARN,
        message=f"an order was changed in Go ({', '.join(fields)}) after it had been deleted in the POS",
        remedy="Take a new order if it is wanted: it is deleted in Go as well.",
        where=f"pos {pos_id}",
    )
