"""
What the store remembers of an order that is being invoiced: the pair it forms with Go's, and the intent to write.

Both are those a sync of orders keeps, so that either takes up what the other left.
"""

from datetime import datetime
from typing import Any

import attrs

from posgo.exceptions import WireFormatError
from posgo.models.go_orders import SalesOrder
from posgo.models.orders import Order, OrderStatus
from posgo.models.records import Link, pos_reference
from posgo.procedure import Procedure, ask
from posgo.procedures.in_sight import SAFE, UNREAD, pair_in_sight
from posgo.state import (
    Changes,
    CommitChanges,
    IntentRecord,
    Key,
    LinkRecord,
    LoadLinks,
    LoadProgress,
)
from posgo.sync import Policy
from posgo.sync._fields import read, replace, shared_part
from posgo.wire.stored import dump, load

__all__ = ["ISSUED_BY_POS", "Memory"]

ISSUED_BY_POS = "invoices"
"""Kind of the pairs of invoices the POS issued itself with their vouchers, which no sync looks at."""

_DRAFT = "Draft"


@attrs.define(kw_only=True)
class Memory:
    """
    What is known of one order.

    Attributes:
        kind: ``"orders"``, or :data:`ISSUED_BY_POS`.
        order_id: The POS's id.
        now: The time (UTC).
        policy: What both sides share of an order.
        link: The pair it forms with an order of Go; None as long as there is none.
        intent: What an earlier call was about to do; None if nothing is in doubt.
        version: Of the store; the next commit expects it.
    """

    kind: str
    order_id: str
    now: datetime
    policy: Policy[Order]
    link: Link[Order] | None
    intent: IntentRecord | None
    version: int

    @classmethod
    def load(
        cls, order_id: str, now: datetime, policy: Policy[Order], kind: str = "orders"
    ) -> "Procedure[Memory]":
        """
        Ask the store.
        """
        loaded = yield from ask(LoadLinks(kind, pos_ids=(order_id,)))
        progress = yield from ask(LoadProgress(kind))
        return cls(
            kind=kind,
            order_id=order_id,
            now=now,
            policy=policy,
            link=loaded.links[0] if loaded.links else None,
            intent=next(
                (
                    each
                    for each in progress.intents
                    # What a sync could not tell the till is the sync's to tell.
                    if each.pos_id == order_id and each.side == "go" and each.operation not in SAFE
                ),
                None,
            ),
            version=progress.version,
        )

    @property
    def in_doubt(self) -> bool:
        """
        Whether something may be on its way.
        """
        return self.intent is not None

    @property
    def go_id(self) -> str | None:
        """
        Go's id of the order; None if it is not known.
        """
        return self.link.go_id if self.link else self.intent.go_id if self.intent else None

    def agreed(self, order: Order) -> tuple[Order, ...]:
        """
        What Go may say without anybody having edited it there.

        Args:
            order: The order as the POS has it. It stands for what both never agreed on.
        """
        if self.link is None:
            return self._intended()
        own = {field: read(order, field) for field in self.link.unagreed}
        return (replace(self.link.base, own), *self._intended())

    def was_sent(self, order: Order) -> bool:
        """
        Whether an earlier call was about to send what the POS says now; what the invoice gave it does not count.

        It was once the pair says so as well: before that Go's order may have been written in part.
        """
        if self.link is None or self.link.unagreed:
            return False
        base = self.link.base
        return self._shared(order, status=base.status, invoice_no=base.invoice_no) == base and any(
            attrs.evolve(each, status=order.status, invoice_no=order.invoice_no) == order
            for each in self._intended()
        )

    def _intended(self) -> tuple[Order, ...]:
        try:
            return (load(self.intent.operation, Order),) if self.intent else ()
        except WireFormatError:
            return ()  # a sync's, which says only what kind of write it was

    def intend(self, order: Order, go_id: str | None = None) -> Procedure[None]:
        """
        Store what is about to be written to Go.
        """
        self.intent = IntentRecord(
            kind=self.kind,
            side="go",
            reference=pos_reference(self.order_id),
            operation=dump(order),
            planned_at=self.now,
            pos_id=self.order_id,
            go_id=go_id,
        )
        yield from self._commit(put=(self.intent,))

    def pair(self, order: Order, made: SalesOrder) -> Procedure[None]:
        """
        Store the pair, and that its invoice is about to be asked for.
        """
        status = OrderStatus.DRAFT if made.status == _DRAFT else OrderStatus.CONFIRMED
        self.link = Link(pos_id=self.order_id, go_id=made.id, base=self._shared(order, status=status))
        assert self.intent is not None  # noqa: S101 - the order was made or changed by one
        self.intent = attrs.evolve(self.intent, go_id=made.id)
        yield from self._commit(put=(self.intent, LinkRecord(kind=self.kind, link=self.link)))

    def settle(self) -> Procedure[None]:
        """
        Forget the intent: Go said no.
        """
        if self.in_doubt:
            yield from self._commit()

    def conclude(
        self, order: Order, go_id: str, *, agreed: bool = True, unread: bool = False, **said: Any
    ) -> Procedure[None]:
        """
        Store what both sides agree on now, and forget the intent; nothing if it is known already.

        Args:
            order: The order, by the POS.
            go_id: Go's id.
            agreed: Whether the invoice says what the order says. If nobody knows, a new pair has agreed on nothing.
            unread: Whether the next sync is to read what was invoiced, because it may have been edited meanwhile.
            said: What the POS took of the invoice.
        """
        unagreed = () if agreed else sorted(name for unit in self.policy.shared for name in unit.fields)
        base = attrs.evolve(self.link.base, **said) if self.link else self._shared(order, **said)
        link = (
            attrs.evolve(self.link, base=base)
            if self.link
            else Link(pos_id=self.order_id, go_id=go_id, base=base, unagreed=unagreed)
        )
        if link != self.link or self.in_doubt:
            self.link = link
            put = (pair_in_sight(UNREAD, self.kind, self.now, self.order_id, go_id),) if unread else ()
            yield from self._commit(put=(LinkRecord(kind=self.kind, link=link), *put))

    def _commit(self, put: tuple[Any, ...] = ()) -> Procedure[None]:
        """
        An intent that is not put again is dropped.
        """
        drop: tuple[Key, ...] = ()
        if self.intent is not None and self.intent not in put:
            drop, self.intent = (self.intent.key,), None
        self.version = yield from ask(CommitChanges(Changes(put=put, drop=drop), self.version))

    def _shared(self, order: Order, **said: Any) -> Order:
        """
        What both sides can agree on of an order.
        """
        return attrs.evolve(shared_part(self.policy, order), **{"invoice_no": None, **said})
