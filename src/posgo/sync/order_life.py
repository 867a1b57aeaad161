"""
The life of an order: which status may follow which, who may make it so, and why.

Until it is invoiced an order belongs to both sides. From then on Go's ledger
says what it is; a till that takes payment is ahead of the ledger until the
settlement is booked. The table is data: the merge asks it, and the
documentation draws it.
"""

from collections.abc import Iterable

import attrs

from posgo.models.orders import OrderStatus
from posgo.sync._policy import Replica

__all__ = ["LEDGER", "OPEN", "PAYABLE", "TRANSITIONS", "Transition", "may", "may_reach"]

OPEN = (OrderStatus.DRAFT, OrderStatus.CONFIRMED)
"""Statuses of an order that may still become an invoice."""

PAYABLE = (OrderStatus.INVOICED, OrderStatus.PART_PAID, OrderStatus.PAID)
"""Statuses of an invoice, from nothing paid to all."""

LEDGER = (*PAYABLE, OrderStatus.CREDITED)
"""Statuses that are facts of the ledger."""


def _to_sides(sides: Iterable[Replica]) -> frozenset[Replica]:
    return frozenset(map(Replica, sides))


@attrs.frozen
class Transition:
    """
    One step in the life of an order.

    Attributes:
        before: The status it starts from.
        after: The status it leads to.
        sides: Who may make it.
        why: What happened, in words.
    """

    before: OrderStatus
    after: OrderStatus
    sides: frozenset[Replica] = attrs.field(converter=_to_sides)
    why: str

    @property
    def waits(self) -> bool:
        """
        Whether the POS may make it ahead of the ledger: it is not written to Go, but booked by the settlement.
        """
        return self.after in LEDGER and Replica.POS in self.sides


_S = OrderStatus
_BOTH, _GO = tuple(Replica), (Replica.GO,)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_S.DRAFT, _S.CONFIRMED, _BOTH, "agreed with the customer, and locked"),
    Transition(_S.CONFIRMED, _S.DRAFT, _BOTH, "opened again for a change"),
    Transition(_S.DRAFT, _S.CANCELLED, _BOTH, "given up, or its draft deleted"),
    Transition(_S.CONFIRMED, _S.CANCELLED, _BOTH, "given up, or its draft deleted"),
    Transition(_S.DRAFT, _S.INVOICED, _GO, "its invoice was sent"),
    Transition(_S.CONFIRMED, _S.INVOICED, _GO, "its invoice was sent"),
    Transition(_S.CANCELLED, _S.INVOICED, _GO, "its draft was gone because an invoice came of it"),
    Transition(_S.INVOICED, _S.PART_PAID, _BOTH, "some of it was paid"),
    Transition(_S.INVOICED, _S.PAID, _BOTH, "all of it was paid"),
    Transition(_S.PART_PAID, _S.PAID, _BOTH, "the rest of it was paid"),
    Transition(_S.PART_PAID, _S.INVOICED, _BOTH, "what was paid was paid back"),
    Transition(_S.PAID, _S.PART_PAID, _BOTH, "some of it was paid back"),
    Transition(_S.PAID, _S.INVOICED, _BOTH, "all of it was paid back"),
    *(Transition(before, _S.CREDITED, _GO, "a credit note took it back") for before in PAYABLE),
    *(Transition(_S.CREDITED, after, _GO, "its credit note was taken back") for after in PAYABLE),
)
"""Every step there is. What is not here is nobody's to make."""


def may(side: Replica, before: OrderStatus, after: OrderStatus) -> bool:
    """
    Whether this side may take an order from one status to the other in one step.
    """
    return any((t.before, t.after) == (before, after) and side in t.sides for t in TRANSITIONS)


def may_reach(side: Replica, before: OrderStatus, after: OrderStatus) -> bool:
    """
    Whether this side may have taken an order from one status to the other, in any number of steps.

    Between two runs a draft may have been confirmed, sent and paid; only the last of it is seen.
    """
    reached, fresh = {before}, {before}
    while fresh:
        fresh = {t.after for t in TRANSITIONS if side in t.sides and t.before in fresh} - reached
        reached |= fresh
    return after in reached
