"""
An order that stands in Go: held against what the POS says now, brought to that, and its money checked.
"""

from collections.abc import Iterable, Iterator

import attrs

from posgo.models.findings import Finding
from posgo.models.go_orders import SalesOrder
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.records import go_reference
from posgo.procedure import Procedure
from posgo.procedures import _invoice_findings as say
from posgo.procedures._invoice_preflight import Prepared
from posgo.procedures.order_forms import OrderForms, line_reference
from posgo.procedures.order_lines import difference, most_difference
from posgo.procedures.order_writing import OrderWriter

__all__ = ["money_findings", "read_draft", "write_draft"]

_HEADER = ("customer", "reference", "purchase_order", "ordered_on", "delivered_on", "department", "location")


@attrs.frozen(kw_only=True)
class Reading:
    """
    An order in Go, read by what is known of it.

    Attributes:
        edited: What somebody changed there and the POS has not heard of; overwriting it would lose it.
        like: What it says line by line, texts and prices that were left to the product told from stated ones.
    """

    edited: tuple[str, ...]
    like: Order


def read_draft(forms: OrderForms, draft: SalesOrder, order: Order, before: Iterable[Order]) -> Reading:
    """
    Tell what a person wrote in Go from what this side did, to its end or not.

    Args:
        forms: The translation.
        draft: The order as Go has it, lines included.
        order: The order as the POS has it.
        before: What an earlier call was about to write, and what both last agreed on.
    """
    if forms.strangers(draft):
        return Reading(edited=("lines",), like=order)
    seen = [(forms.to_order(draft, like=each), each) for each in (order, *before)]
    header = [
        name for name in _HEADER if all(getattr(theirs, name) != getattr(ours, name) for theirs, ours in seen)
    ]
    lines = [(_by_reference(theirs), _by_reference(ours)) for theirs, ours in seen]
    references = dict.fromkeys(name for pair in lines for each in pair for name in each)
    known = {
        name: [ours.get(name) for theirs, ours in lines if theirs.get(name) == ours.get(name)]
        for name in references
    }
    edited = (*header, *(f"lines[{name}]" for name, ours in known.items() if not ours))
    said = [ours[0] for ours in known.values() if ours and ours[0] is not None]
    return Reading(edited=edited, like=attrs.evolve(order, lines=said))


def _by_reference(order: Order) -> dict[str | None, OrderLine]:
    return {line.reference: line for line in order.lines}


def write_draft(prepared: Prepared, order: Order, writer: OrderWriter, *, made: bool) -> Procedure[None]:
    """
    Bring an order in Go to what the POS says, the øre included. A confirmed one stays confirmed.

    Args:
        prepared: The translation, and what Go is told of the order beside its lines.
        order: The order as the POS has it.
        writer: The order in Go.
        made: Whether it was made just now, and so says everything but the øre.
    """
    status = OrderStatus.DRAFT if writer.shown.status == "Draft" else OrderStatus.CONFIRMED
    target, reference = attrs.evolve(order, status=status), prepared.wanted.reference or ""
    if not made:
        yield from writer.relate(prepared.wanted)
        yield from writer.write(target)
    if not writer.is_finished(target, reference):
        yield from writer.finish(target, reference)


def money_findings(prepared: Prepared, order: Order, shown: SalesOrder) -> Iterator[Finding]:
    """
    Whether Go charges the customer what the shop does: VAT by VAT, and to the øre.
    """
    forms = prepared.forms
    sold = {line_reference(line.reference): line for line in order.lines}
    for line in shown.lines:
        ours = sold.get(line.reference or go_reference(line.id))
        if ours is None or ours.product is None or line.vat_rate is None:
            continue
        expected, actual = forms.rate(order.customer, ours.product), line.vat_rate.scaleb(2)
        if expected != actual:
            yield say.other_vat(ours.product, expected, actual)
    total = say.total_of(shown)
    if abs(difference(forms, shown, order)) > most_difference(order):
        yield say.total_differs(prepared.receipt, total)
    elif total != prepared.receipt:
        yield say.ore_difference(prepared.receipt, total)
