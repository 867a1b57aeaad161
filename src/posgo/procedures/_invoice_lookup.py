"""
What Go holds of an order of the POS: its draft, or the invoice it became.
"""

from collections.abc import Iterable

import attrs

from posgo.clients.calls import collect
from posgo.clients.go import outgoing_invoices, sales_orders
from posgo.exceptions import NotFoundError
from posgo.models.go_orders import SalesOrder, SentState
from posgo.models.invoices import OutgoingInvoice
from posgo.models.orders import Order
from posgo.models.records import Record, go_reference, pos_reference
from posgo.procedure import Procedure, ask
from posgo.procedures._invoice_sending import how_far

__all__ = ["Standing", "by_id", "by_reference", "named_by_pos"]

_GO = go_reference("")


@attrs.frozen(kw_only=True)
class Standing:
    """
    An order as Go holds it: one of the two.

    Attributes:
        invoice: The invoice.
        draft: The order, lines included.
        state: How far the order has come on its way; None if it was not asked for, or never sent.
    """

    invoice: OutgoingInvoice | None = None
    draft: SalesOrder | None = None
    state: SentState | None = None


def named_by_pos(record: Record[Order]) -> str | None:
    """
    Go's id of the counterpart that the POS's own copy names; None if it names none.
    """
    reference = record.reference or ""
    return reference.removeprefix(_GO) if reference.startswith(_GO) else None


def by_id(go_id: str, *, invoice_first: bool, ask_state: bool) -> Procedure[Standing | None]:
    """
    The order with an id, whichever it is by now; None if Go shows neither.

    Args:
        go_id: Go's id, the same of both.
        invoice_first: Which to look for first.
        ask_state: Whether an earlier call may have sent it.
    """
    for look in (_invoice, _draft) if invoice_first else (_draft, _invoice):
        found: Standing | None = yield from look(go_id)
        if found is not None:
            return (yield from _with_state(found)) if ask_state else found
    return None


def _draft(go_id: str) -> Procedure[Standing | None]:
    try:
        return Standing(draft=(yield from ask(sales_orders.get(go_id))))
    except NotFoundError:
        return None


def _invoice(go_id: str) -> Procedure[Standing | None]:
    try:
        return Standing(invoice=(yield from ask(outgoing_invoices.get(go_id))))
    except NotFoundError:
        return None


def _with_state(found: Standing) -> Procedure[Standing]:
    if found.draft is None:
        return found
    return attrs.evolve(found, state=(yield from how_far(found.draft.id)))


def by_reference(
    record: Record[Order],
    matching: str | None,
    *,
    drafts: bool,
    seen: Iterable[OutgoingInvoice] | None = None,
) -> Procedure[Standing | None]:
    """
    The order that carries our reference; None if Go shows none.

    Args:
        record: The order, by the POS.
        matching: What Go matches the credited invoice's payments by, which a credit note takes over; None if
            nothing is credited.
        drafts: Whether to look among orders as well, which takes listing them.
        seen: Invoices read just now, it among them if there is one; None asks for them.
    """
    ours = pos_reference(record.id)
    wanted = dict.fromkeys((ours, *([matching] if matching else [])))
    if seen is None:
        seen = yield from collect(outgoing_invoices.list(matching_references=[*wanted]))
    for row in seen:
        if row.reference == ours or (row.reference is None and _is_of(row, record, ours)):
            return Standing(invoice=row)
    if not drafts:
        return None
    headers = yield from collect(sales_orders.list(only_ours=True))
    known = next((each for each in headers if each.reference == ours), None)
    if known is None:
        return None
    found = yield from _draft(known.id)
    return None if found is None else (yield from _with_state(found))


def _is_of(row: OutgoingInvoice, record: Record[Order], ours: str) -> bool:
    """
    Whether an invoice a person made from a draft of ours is this order's.
    """
    return row.matching_reference == ours and row.is_credit_note == (record.value.credits is not None)
