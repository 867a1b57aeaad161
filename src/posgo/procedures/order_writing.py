"""
Writing one order in Go: header, lines one by one, the øre, and the lock.
"""

from collections.abc import Iterable, Iterator

import attrs

from posgo.clients.calls import GO
from posgo.clients.go import sales_orders
from posgo.exceptions import RejectedError
from posgo.models._money import NOK_0
from posgo.models.findings import Finding, Severity
from posgo.models.go_orders import SalesOrder, SalesOrderLine
from posgo.models.orders import Order, OrderStatus
from posgo.procedure import Procedure, ask
from posgo.procedures.order_forms import OrderForms
from posgo.procedures.order_lines import (
    Edit,
    corrections,
    difference,
    edits,
    most_difference,
    rounding_edits,
)

__all__ = ["OrderWriter"]

_DRAFT = "Draft"
_CONFIRMED = "Confirmed"
_TYPED = ("product_id", "description", "quantity", "unit_price", "discount_percent")
"""What a person types on a line."""


@attrs.define(kw_only=True)
class OrderWriter:
    """
    One order in Go, and what is written to it.

    Attributes:
        forms: The translation.
        shown: The order as Go shows it; moves with every answer.
        like: What both sides last agreed on; None if nothing yet.
    """

    forms: OrderForms
    shown: SalesOrder
    like: Order | None

    @property
    def order(self) -> Order:
        """
        What Go's order says now.
        """
        return self.forms.to_order(self.shown, like=self.like)

    def write(self, order: Order) -> Procedure[None]:
        """
        Make it say what an order says. A locked one is opened if more than its status changes.
        """
        header = self._header(order)
        lines = edits(self.forms, self.shown, order, self.like)
        if header != self.shown or lines:
            yield from self._open()
            yield from self._put_header(attrs.evolve(self._header(order), status=self.shown.status))
            yield from self._put_lines(lines)
        self.like = order
        yield from self._finish(order)

    def relate(self, wanted: SalesOrder) -> Procedure[None]:
        """
        Make it take back the invoice it shall, and carry what Go matches the two by. A locked one is opened, and left open.

        Args:
            wanted: What it shall say; of its references only ours or a blank one is replaced.
        """
        new = attrs.evolve(self.shown, related_invoice_no=wanted.related_invoice_no)
        if new != self.shown or (
            wanted.related_invoice_no is not None
            and self.shown.matching_reference in (None, wanted.reference)
        ):
            new = attrs.evolve(new, matching_reference=wanted.matching_reference)
        if new != self.shown:
            yield from self._open()
            yield from self._put_header(attrs.evolve(new, status=self.shown.status))

    def finish(self, order: Order, reference: str) -> Procedure[None]:
        """
        Put right what no plan speaks of: references, names of lines, prices under another VAT, the øre.

        Args:
            order: What it says, with the status it shall have.
            reference: Its own, written where it has none.
        """
        yield from self._open()
        yield from self._put_header(self._referred(reference))
        yield from self._finish(order)

    def is_finished(self, order: Order, reference: str) -> bool:
        """
        Whether there is nothing to put right.
        """
        return (
            self._referred(reference) == self.shown
            and not corrections(self.forms, self.shown, order)
            and not self._rounding(order)
            and self.shown.status == _status(order)
        )

    def needs_opening(self, order: Order) -> bool:
        """
        Whether what is not right is about money: names alone are no reason to open a confirmed order.
        """
        prices = any(
            edit.old is not None and edit.new is not None and edit.old.unit_price != edit.new.unit_price
            for edit in corrections(self.forms, self.shown, order)
        )
        return prices or bool(self._rounding(order))

    def findings(self, order: Order) -> Iterator[Finding]:
        """
        What of the øre is left.
        """
        off = self.forms.receipt(order) - sum(
            (line.total_amount or NOK_0 for line in self.shown.lines), NOK_0
        )
        if off:
            yield Finding(
                rule="ore-difference",
                severity=Severity.WARN,
                message=f"order {self.shown.number} comes to another amount in Go than on the receipt",
                remedy="Name a product on a sales account without VAT for rounding (Profile.rounding_product); "
                "if there is one, compare prices and discounts of the order on both sides.",
                expected=self.forms.receipt(order),
                actual=self.forms.receipt(order) - off,
                where=f"order {self.shown.number}",
            )

    # -- parts -----------------------------------------------------------------------

    def _finish(self, order: Order) -> Procedure[None]:
        wrong = corrections(self.forms, self.shown, order)
        if wrong or self._rounding(order):
            yield from self._open()
            yield from self._put_lines(wrong)
            yield from self._put_lines(self._rounding(order))
        if self.shown.status != _status(order):
            yield from self._put_header(attrs.evolve(self.shown, status=_status(order)))

    def _rounding(self, order: Order) -> tuple[Edit, ...]:
        lacking = difference(self.forms, self.shown, order)
        # More than rounding explains is somebody's mistake, not ours to hide.
        return rounding_edits(
            self.forms, self.shown, lacking if abs(lacking) <= most_difference(order) else NOK_0
        )

    def _header(self, order: Order) -> SalesOrder:
        sent = self.forms.to_go(attrs.evolve(order, lines=()), "")
        return attrs.evolve(
            self.shown,
            customer_id=sent.customer_id,
            order_date=sent.order_date,
            delivery_date=sent.delivery_date,
            customer_reference=sent.customer_reference,
            purchase_order=sent.purchase_order,
            department_id=sent.department_id,
            location_id=sent.location_id,
        )

    def _referred(self, reference: str) -> SalesOrder:
        return attrs.evolve(
            self.shown,
            reference=self.shown.reference or reference,
            matching_reference=self.shown.matching_reference or reference,
        )

    def _open(self) -> Procedure[None]:
        if self.shown.status == _CONFIRMED:
            yield from self._put_header(attrs.evolve(self.shown, status=_DRAFT))

    def _put_header(self, new: SalesOrder) -> Procedure[None]:
        if new != self.shown:
            told = yield from sales_orders.update(self.shown, new, guard=True)
            self.shown = attrs.evolve(told, lines=self.shown.lines)

    def _put_lines(self, wanted: Iterable[Edit]) -> Procedure[None]:
        for edit in wanted:
            self.shown = attrs.evolve(self.shown, lines=(yield from self._put_line(edit)))

    def _put_line(self, edit: Edit) -> Procedure[tuple[SalesOrderLine, ...]]:
        lines = list(self.shown.lines)
        if edit.old is None:
            assert edit.new is not None  # noqa: S101 - an edit makes, changes or deletes
            return (*lines, (yield from ask(sales_orders.create_line(self.shown.id, edit.new))))
        at = next(place for place, line in enumerate(lines) if line.id == edit.old.id)
        if edit.new is None:
            yield from self._delete_line(edit.old)
            return (*lines[:at], *lines[at + 1 :])
        told = yield from self._change_line(edit.old, edit.new, unpriced=edit.unpriced)
        return (*lines[:at], told, *lines[at + 1 :])

    def _change_line(
        self, old: SalesOrderLine, new: SalesOrderLine, *, unpriced: bool
    ) -> Procedure[SalesOrderLine]:
        """
        Change a line that is as it was read.

        Whether Go holds a price it shows as the product's is not known: if it refuses the one, the line has none of
        its own, or somebody has typed another.
        """
        try:
            return (yield from sales_orders.update_line(self.shown.id, old, new, guard=True))
        except RejectedError:
            if not unpriced or new.unit_price == old.unit_price:
                raise
        blank = attrs.evolve(old, unit_price=None)
        return (yield from sales_orders.update_line(self.shown.id, blank, new, guard=True))

    def _delete_line(self, line: SalesOrderLine) -> Procedure[None]:
        # Go deletes without a condition, and its reads may not show yet what a person has just typed.
        now = yield from ask(sales_orders.current_line(self.shown.id, line))
        if any(getattr(now, name) != getattr(line, name) for name in _TYPED):
            raise RejectedError(
                method="DELETE",
                path="/SalesOrders/{id}/Lines/{lineId}",
                system=GO,
                may_have_happened=False,
                detail="the line was changed in Go since it was read",
            )
        yield from ask(sales_orders.delete_line(self.shown.id, line.id))


def _status(order: Order) -> str:
    return _DRAFT if order.status is OrderStatus.DRAFT else _CONFIRMED
