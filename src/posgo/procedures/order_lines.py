"""
What is to be written to the lines of an order in Go, so that they say what an order says.
"""

from decimal import Decimal

import attrs

from posgo.models._money import NOK_0, ORE
from posgo.models.go_orders import SalesOrder, SalesOrderLine
from posgo.models.orders import Order, OrderLine
from posgo.models.prices import net_price
from posgo.models.records import go_reference
from posgo.procedures.order_forms import ROUNDING, OrderForms, line_reference

__all__ = ["Edit", "corrections", "difference", "edits", "most_difference", "rounding_edits"]


@attrs.frozen
class Edit:
    """
    One request about one line.

    Attributes:
        old: The line as Go shows it; None if it is to be made.
        new: The line as it shall be; None if it is to be deleted.
        unpriced: Whether the price Go shows may be the product's, and the line's own blank.
    """

    old: SalesOrderLine | None
    new: SalesOrderLine | None
    unpriced: bool = False


def edits(forms: OrderForms, shown: SalesOrder, order: Order, like: Order | None) -> tuple[Edit, ...]:
    """
    The edits that make Go's lines those of an order. Each says nothing but what differs.

    Args:
        forms: The translation.
        shown: The order as Go shows it.
        order: What it shall say.
        like: What both sides last agreed on; see :meth:`OrderForms.to_order`.
    """
    now = {line.reference: line for line in forms.to_order(shown, like).lines}
    goods = [line for line in shown.lines if line.reference != ROUNDING]
    by_name = {line.reference or go_reference(line.id): line for line in goods}
    found = [by_name.pop(line_reference(line.reference) or "", None) for line in order.lines]
    gone = [Edit(line, None) for line in by_name.values()]
    rewritten: list[Edit] = []
    place = -1
    for line, old in zip(order.lines, found, strict=True):
        place += 1
        if old is None:
            rewritten.append(Edit(None, forms.to_go_line(order, line, place)))
            continue
        # A line that stands behind the one before it stays where it is.
        place = max(place, old.sort_order or 0)
        before = now[line.reference]
        new = attrs.evolve(_rewritten(forms, order, before, line, old), sort_order=place)
        if new != old:
            rewritten.append(Edit(old, new, unpriced=before.unit_price is None))
    return (*gone, *rewritten)


def _rewritten(
    forms: OrderForms, order: Order, before: OrderLine, line: OrderLine, old: SalesOrderLine
) -> SalesOrderLine:
    reference = line_reference(line.reference)
    if line == before:
        return attrs.evolve(old, reference=old.reference or reference)
    sent = forms.to_go_line(order, line, 0)
    new = attrs.evolve(old, reference=reference, line_type=sent.line_type)
    if line.product != before.product:
        new = attrs.evolve(new, product_id=sent.product_id)
    if line.text != before.text or line.product != before.product:
        # Nothing said is what Go says itself; told so, its answer would look as if it had ignored it.
        new = attrs.evolve(new, description=sent.description or forms.name(line.product))
    if line.quantity != before.quantity or sent.line_type != old.line_type:
        new = attrs.evolve(new, quantity=sent.quantity)
    # A text has no discount, and Go shows its customer's where none is said.
    if sent.discount_percent not in (None, old.discount_percent or 0):
        new = attrs.evolve(new, discount_percent=sent.discount_percent)
    if line.unit_price != before.unit_price or line.product != before.product:
        own = None if line.product is None else forms.own_net_price(line.product)
        new = attrs.evolve(new, unit_price=own if sent.unit_price is None else sent.unit_price)
    return new


def corrections(forms: OrderForms, shown: SalesOrder, order: Order) -> tuple[Edit, ...]:
    """
    The edits that name Go's lines, and that set a price anew where Go charges another VAT than was reckoned with.
    """
    told = {line_reference(line.reference): line for line in order.lines}
    corrected = []
    for old in shown.lines:
        line = told.get(old.reference or go_reference(old.id))
        if line is None:
            continue
        new = attrs.evolve(old, reference=old.reference or go_reference(old.id))
        expected = forms.rate(order.customer, line.product)
        actual = expected if old.vat_rate is None else old.vat_rate.scaleb(2)
        if (
            line.unit_price is not None
            and actual != expected
            and old.unit_price == net_price(line.unit_price, expected)
        ):
            new = attrs.evolve(new, unit_price=net_price(line.unit_price, actual))
        if new != old:
            corrected.append(Edit(old, new))
    return tuple(corrected)


def difference(forms: OrderForms, shown: SalesOrder, order: Order) -> Decimal:
    """
    The øre Go's own lines lack of the receipt; negative if they are too much.
    """
    goods = (line.total_amount or NOK_0 for line in shown.lines if line.reference != ROUNDING)
    return forms.receipt(order) - sum(goods, NOK_0)


def most_difference(order: Order) -> Decimal:
    """
    How many øre rounding alone can explain: net and VAT of each line are rounded by themselves.
    """
    return ORE * (len(order.lines) + 1)


def rounding_edits(forms: OrderForms, shown: SalesOrder, lacking: Decimal) -> tuple[Edit, ...]:
    """
    The edit that closes a difference to the receipt; none if it is closed, or there is nothing to close it with.

    Args:
        forms: The translation.
        shown: The order as Go shows it.
        lacking: See :func:`difference`; 0 takes a rounding line away.
    """
    old = next((line for line in shown.lines if line.reference == ROUNDING), None)
    last = max((line.sort_order or 0 for line in shown.lines if line is not old), default=-1)
    new = forms.rounding_line(lacking, last + 1)
    if old is None:
        return (Edit(None, new),) if new else ()
    if new is None:
        return (Edit(old, None),) if not lacking else ()
    if old.total_amount == lacking and (old.sort_order or 0) > last:
        return ()
    return (
        Edit(
            old,
            attrs.evolve(new, id=old.id, description=old.description, unit=old.unit, unit_cost=old.unit_cost),
        ),
    )
