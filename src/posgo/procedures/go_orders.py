"""
Orders in Go: drafts read with their lines, invoices followed, and what is gone presented as cancelled.

A draft becomes an invoice with the same id. Orders are written line by line;
a confirmed one is locked, so it is opened, changed and confirmed again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import attrs

from posgo.clients.calls import GO, collect
from posgo.clients.go import outgoing_invoices, sales_orders
from posgo.clients.pos.requests import FetchRecord
from posgo.exceptions import DuplicateReferenceError, NotFoundError, RejectedError
from posgo.models.findings import Finding, Severity
from posgo.models.go_orders import SalesOrder
from posgo.models.invoices import OutgoingInvoice
from posgo.models.orders import Order, OrderStatus
from posgo.models.records import Link, Record, go_reference, pos_reference
from posgo.procedure import Procedure, ask
from posgo.procedures.order_books import Translator
from posgo.procedures.order_forms import ROUNDING, OrderForms, line_reference
from posgo.procedures.order_invoices import followed
from posgo.procedures.order_position import Position
from posgo.procedures.order_writing import OrderWriter
from posgo.procedures.sides import SWEEP_PAGE, Seen, changed_in_go, expect
from posgo.procedures.sync_desk import Commit, HeldRecord
from posgo.state import IntentRecord, LoadLinks
from posgo.sync import Change, Kind, Operation, Replica
from posgo.sync.order_life import LEDGER, OPEN

__all__ = ["CONFIRMING", "GoOrders"]

CONFIRMING = "confirm"
"""What an intent is called whose order may stand open in Go for a moment, though it is confirmed."""


@attrs.define(kw_only=True)
class GoOrders:
    """
    Orders in Go.

    Attributes:
        translator: Translates them, and knows which must wait.
        overlap: How far behind the last stamp seen a poll begins again.
        now: The time (UTC): whether a sweep of all drafts is due, and nothing else, is decided by it.
        sweep_every: How often all drafts are read: whether a changed line moves an order's stamp is not known.
        makes: Whether orders of people in Go are made in the POS; others need no lines.
        reopens: Whether a confirmed order may be opened, changed and confirmed again.
        unfinished: Go's ids of orders that were being changed and perhaps stand open, though they are confirmed.
        unread: Go's ids of invoices that may say something else than what both sides agreed on when they were sent.
    """

    translator: Translator
    overlap: timedelta
    now: datetime
    sweep_every: timedelta
    makes: bool = True
    reopens: bool = True
    unfinished: set[str] = attrs.Factory(set)
    unread: set[str] = attrs.Factory(set)
    _shown: dict[str, SalesOrder] = attrs.field(factory=dict, init=False)
    _links: dict[str, Link[Order]] = attrs.field(factory=dict, init=False)
    _typed: dict[str, Order] = attrs.field(factory=dict, init=False)

    @property
    def findings(self) -> list[Finding]:
        """
        See :meth:`Care.findings`.
        """
        return self.translator.findings

    # -- reading -------------------------------------------------------------------

    def read(self, cursor: str | None) -> Procedure[Seen[Order]]:
        """
        See :meth:`Side.read`. Invoices nobody linked are not shown: the POS needs no order for them.
        """
        position = None if cursor is None else Position.read(cursor)
        sweep = position is None or self.now - position.swept_at >= self.sweep_every
        headers = yield from self._headers(None if sweep else position)
        invoices = yield from self._invoices(position)
        yield from self._load_links(None if sweep else [*headers, *invoices])
        recent = {} if position is None else position.recent
        # An order sent between two answers stands in both: what became of it counts.
        drafts = {own_id: each for own_id, each in headers.items() if own_id not in invoices}
        records = yield from self._open(drafts, {} if sweep else recent)
        told = {
            own_id: each
            for own_id, each in invoices.items()
            if own_id not in recent or recent[own_id] != each.balance_changed_at
        }
        records += yield from self._followed(told, news=position is not None)
        if sweep:
            there = {*headers, *invoices}
            records += yield from self._vanished(
                [link for link in self._links.values() if link.go_id not in there], every=position is None
            )
        return Seen(
            records=tuple({record.id: record for record in records}.values()),
            complete=position is None,
            cursor=self._moved(position, headers, invoices, swept=sweep).write(),
        )

    def _headers(self, position: Position | None) -> Procedure[dict[str, SalesOrder]]:
        if position is None:
            call = sales_orders.list(page_size=SWEEP_PAGE)
        else:
            call = sales_orders.list(changed_after=self._behind(position.orders))
        return {each.id: each for each in (yield from collect(call))}

    def _invoices(self, position: Position | None) -> Procedure[dict[str, OutgoingInvoice]]:
        if position is None:
            call = outgoing_invoices.list(page_size=SWEEP_PAGE)
        else:
            call = outgoing_invoices.list(balance_changed_after=self._behind(position.invoices))
        return {each.id: each for each in (yield from collect(call))}

    def _behind(self, stamp: datetime | None) -> datetime | None:
        return None if stamp is None else stamp - self.overlap

    def _moved(
        self,
        position: Position | None,
        headers: Mapping[str, SalesOrder],
        invoices: Mapping[str, OutgoingInvoice],
        *,
        swept: bool,
    ) -> Position:
        before = position or Position(swept_at=self.now)
        orders = {each.id: each.changed_at for each in headers.values() if each.changed_at}
        balances = {each.id: each.balance_changed_at for each in invoices.values() if each.balance_changed_at}
        moved = before.moved(orders, balances, self.overlap)
        return attrs.evolve(moved, swept_at=self.now) if swept else moved

    def _load_links(self, ids: Iterable[str] | None) -> Procedure[None]:
        if ids is None:
            loaded = yield from ask(LoadLinks("orders"))
        else:
            new = tuple(own_id for own_id in dict.fromkeys(ids) if own_id not in self._links)
            if not new:
                return
            loaded = yield from ask(LoadLinks("orders", pos_ids=(), go_ids=new))
        self._links |= {link.go_id: link for link in loaded.links}

    def _open(
        self, headers: Mapping[str, SalesOrder], known: Mapping[str, datetime]
    ) -> Procedure[list[Record[Order]]]:
        """
        Orders that are not invoiced, with their lines.
        """
        for header in headers.values():
            if known.get(header.id) != header.changed_at and self._concerns_us(header):
                shown = yield from self._complete(header.id)
                if shown is not None:
                    self._shown[shown.id] = shown
                else:
                    self.translator.hold(Replica.GO, header.id, header.reference, (_on_its_way(header),))
        read = [self._shown[own_id] for own_id in headers if own_id in self._shown]
        if not read:
            return []
        for each in read:
            yield from self._ask_for_names(each)
        forms = yield from self.translator.learn(sales=read)
        return [
            self._record(forms, each)
            for each in read
            if not self.translator.hold(Replica.GO, each.id, each.reference, forms.strangers(each))
        ]

    def _concerns_us(self, header: SalesOrder) -> bool:
        return self.makes or header.id in self._links or (header.reference or "").startswith("pos:")

    def _complete(self, own_id: str) -> Procedure[SalesOrder | None]:
        try:
            return (yield from ask(sales_orders.get(own_id)))
        except NotFoundError:
            return None

    def _record(self, forms: OrderForms, shown: SalesOrder) -> Record[Order]:
        link = self._links.get(shown.id)
        value = forms.to_order(shown, like=self._like(shown))
        if link is not None and shown.id in self.unfinished and link.base.status is OrderStatus.CONFIRMED:
            # Open because we were at work on it, not because anybody wanted it open.
            value = attrs.evolve(value, status=OrderStatus.CONFIRMED)
        return Record(id=shown.id, value=value, changed_at=shown.changed_at, reference=shown.reference)

    def _like(self, shown: SalesOrder) -> Order | None:
        """
        What both sides last agreed on; if that is forgotten, the order of the POS that it names.
        """
        link = self._links.get(shown.id)
        if link is None:
            return self.translator.at_till.get(shown.reference or "")
        return self._with_names(link.base, shown)

    def _with_names(self, base: Order, shown: SalesOrder) -> Order:
        """
        What both sides agreed on, and the lines of the POS that were on their way when it was written down.
        """
        typed = self._typed.get(shown.id)
        if typed is None:
            return base
        known = {line.reference for line in base.lines}
        late = (line for line in typed.lines if line.reference is not None and line.reference not in known)
        return attrs.evolve(base, lines=(*base.lines, *late))

    def _ask_for_names(self, shown: SalesOrder) -> Procedure[None]:
        """
        Look at the POS's order if Go's has lines named by the POS that nobody remembers: their writing was in doubt.
        """
        link = self._links.get(shown.id)
        if link is None:
            return
        known = {ROUNDING, None, *(line_reference(line.reference) for line in link.base.lines)}
        if all(line.reference in known or _is_of_go(line.reference) for line in shown.lines):
            return
        record = yield from ask(FetchRecord(Order, link.pos_id))
        if record is not None:
            self._typed[shown.id] = record.value

    def _followed(
        self, invoices: Mapping[str, OutgoingInvoice], *, news: bool
    ) -> Procedure[list[Record[Order]]]:
        """
        Invoices of linked orders, and of those of the POS whose link was lost.
        """
        linked = {pos_reference(link.pos_id) for link in self._links.values()}
        credited = {each.match_id for each in invoices.values() if each.is_credit_note}
        records = []
        for own_id, invoice in invoices.items():
            link = self._links.get(own_id)
            at_till = self.translator.at_till
            like = at_till.get(invoice.reference or "") or at_till.get(go_reference(own_id))
            if link is not None:
                # A pair that has agreed on nothing yet knows what the POS says, and not how Go's was settled.
                agreed = not link.unagreed
                base, told = self._base(link), news or not agreed
                record = yield from followed(self.translator, invoice, base, news=told, agreed=agreed)
            elif like is not None and invoice.reference not in linked:
                # What the POS calls paid may have been credited meanwhile.
                told = news or invoice.match_id in credited
                record = yield from followed(self.translator, invoice, like, news=told, agreed=False)
            else:
                continue
            records += [] if record is None else [record]
        return records

    def _base(self, link: Link[Order]) -> Order:
        """
        What both sides agreed on; as not invoiced yet, if what was invoiced is to be read.

        To be read, it is taken with the lines the POS got from Go by a run that ended before it wrote that down: an
        invoice has new ids for its lines.
        """
        base = link.base
        if link.go_id in self.unread and base.status in LEDGER:
            base = attrs.evolve(base, status=OrderStatus.CONFIRMED)
        at_till = self.translator.at_till.get(pos_reference(link.pos_id))
        if base.status not in OPEN or at_till is None:
            return base
        known = {line.reference for line in base.lines}
        brought = (
            line for line in at_till.lines if _is_of_go(line.reference) and line.reference not in known
        )
        return attrs.evolve(base, lines=(*base.lines, *brought))

    def _vanished(self, links: Iterable[Link[Order]], *, every: bool) -> Procedure[list[Record[Order]]]:
        """
        Linked orders Go did not list: sent meanwhile, or deleted.
        """
        records = []
        for link in links:
            if link.base.status in OPEN:
                record = yield from self.fetch(link.go_id)
                records += [record] if record is not None else []
            elif every:
                records.append(Record(id=link.go_id, value=link.base))
        return records

    def fetch(self, id: str) -> Procedure[Record[Order] | None]:  # noqa: A002
        """
        See :meth:`Side.fetch`. An order of ours that Go no longer has is cancelled.
        """
        yield from self._load_links([id])
        shown = yield from self._complete(id)
        if shown is not None:
            self._shown[id] = shown
            yield from self._ask_for_names(shown)
            forms = yield from self.translator.learn(sales=[shown])
            held = self.translator.hold(Replica.GO, id, shown.reference, forms.strangers(shown))
            return None if held else self._record(forms, shown)
        link = self._links.get(id)
        # Made in the POS by a run that did not live to remember it.
        like = self._base(link) if link is not None else self.translator.at_till.get(go_reference(id))
        if like is None:
            return None
        try:
            invoice = yield from ask(outgoing_invoices.get(id))
        except NotFoundError:
            return (yield from self._gone(id, like))
        agreed = link is not None and not link.unagreed
        return (yield from followed(self.translator, invoice, like, news=True, agreed=agreed))

    def _gone(self, own_id: str, like: Order) -> Procedure[Record[Order]]:
        try:
            state = yield from ask(sales_orders.sent_state(own_id))
        except NotFoundError:
            state = None
        value = like
        if state is None or (state.sent_at is None and not state.is_processing):
            value = attrs.evolve(value, status=OrderStatus.CANCELLED)
        # Else it is on its way: what it becomes is told when it is there.
        return Record(id=own_id, value=value)

    def candidates(self, values: Iterable[Order]) -> Procedure[list[Record[Order]]]:  # noqa: ARG002
        """
        See :meth:`Side.candidates`. Orders are known by their references alone.
        """
        return []
        yield

    def find(self, value: Order, reference: str) -> Procedure[Record[Order] | None]:
        """
        See :meth:`Side.find`. There is no filter on references: our own are listed; then invoices, by what they match.
        """
        ours = yield from collect(sales_orders.list(only_ours=True, page_size=SWEEP_PAGE))
        for header in ours:
            if header.reference == reference:
                shown = yield from self._complete(header.id)
                if shown is not None:
                    return (yield from self._made(shown, value))
        invoice = yield from self._invoice_of(reference)
        if invoice is None:
            return None
        return (yield from followed(self.translator, invoice, value, news=True, agreed=False))

    def _invoice_of(self, reference: str) -> Procedure[OutgoingInvoice | None]:
        """
        The invoice an order of ours became before our memory was lost; None if there is none.
        """
        invoices = yield from collect(outgoing_invoices.list(matching_references=[reference]))
        ours = [each for each in invoices if reference in (each.reference, each.matching_reference)]
        return min(ours, key=lambda each: (each.reference != reference, each.voucher_no or 0), default=None)

    # -- writing -------------------------------------------------------------------

    def create(self, value: Order, reference: str) -> Procedure[Record[Order]]:
        """
        See :meth:`Side.create`. Looks for an invoice first, of which Go does not know that it was the order's:
        there is never a second one for an order.
        """
        forms = yield from self.translator.learn(orders=[value])
        missing = forms.missing(value)
        if missing:
            raise _refused("POST", "; ".join(finding.message for finding in missing))
        if (yield from self._invoice_of(reference)) is not None:
            raise _taken(reference)
        sent = attrs.evolve(forms.to_go(value, ""), reference=reference, matching_reference=reference)
        return (yield from self._made((yield from ask(sales_orders.create(sent))), value))

    def _made(self, shown: SalesOrder, value: Order) -> Procedure[Record[Order]]:
        self._shown[shown.id] = shown
        forms = yield from self.translator.learn(orders=[value], sales=[shown])
        # Somebody in Go may have added what the POS does not know yet.
        waits = self.translator.hold(Replica.GO, shown.id, shown.reference, forms.strangers(shown))
        return Record(
            id=shown.id,
            value=value if waits else forms.to_order(shown, like=value),
            changed_at=shown.changed_at,
            reference=shown.reference,
        )

    def change(self, id: str, value: Order, changes: Iterable[Change]) -> Procedure[None]:  # noqa: A002
        """
        See :meth:`Side.change`.

        Raises:
            ConflictError: If the order is no longer as the plan saw it.
            RejectedError: If it names what Go does not have, or is locked.
        """
        changes = tuple(changes)
        yield from self._load_links([id])
        before = self._shown.get(id)
        shown = yield from ask(sales_orders.get(id))
        yield from self._ask_for_names(shown)
        forms = yield from self.translator.learn(orders=[value], sales=[shown])
        # Somebody may have added what the POS does not know since it was read.
        if obstacles := (*forms.missing(value), *forms.strangers(shown)):
            raise _refused("PATCH", "; ".join(finding.message for finding in obstacles))
        now = self._record(forms, shown).value
        expect(now, changes)
        # What the plan does not change stays as Go has it by now.
        names = {change.field.partition(".")[0].partition("[")[0] for change in changes}
        value = attrs.evolve(now, **{name: getattr(value, name) for name in names})
        if not self.reopens and shown.status == "Confirmed" and value.status is OrderStatus.CONFIRMED:
            raise _refused("PATCH", "the order is confirmed in Go, and posgo is not to open it")
        self._shown[id] = shown
        if value.status is OrderStatus.CANCELLED:
            # Go deletes without a condition, and all there is.
            if before is not None and self._record(forms, before).value != now:
                raise changed_in_go(Order, "changed in the meantime, and about to be deleted")
            yield from ask(sales_orders.delete(id))
            del self._shown[id]
            return
        writer = OrderWriter(forms=forms, shown=shown, like=self._like(shown))
        if value.status is OrderStatus.CONFIRMED:
            self.unfinished.add(id)
        try:
            yield from writer.write(value)
        finally:
            self._shown[id] = writer.shown
        self.unfinished.discard(id)

    def refer(self, record: Record[Order], reference: str) -> Procedure[None]:  # noqa: ARG002
        """
        See :meth:`Side.refer`. References are written with the rest that :meth:`mend` puts right.
        """
        return
        yield

    # -- care ------------------------------------------------------------------------

    @property
    def held(self) -> Mapping[Replica, dict[str, HeldRecord]]:
        """
        See :meth:`Care.held`.
        """
        return self.translator.held

    def intent(self, operation: Operation[Order]) -> str:
        """
        See :meth:`Care.intent`. What is to be confirmed in the end may stand open before.
        """
        value = operation.value
        if operation.kind is Kind.UPDATE and operation.replica is Replica.GO and value is not None:
            return CONFIRMING if value.status is OrderStatus.CONFIRMED else operation.kind.value
        return operation.kind.value

    def mend(self, links: Iterable[Link[Order]], commit: Commit) -> Procedure[int]:
        """
        See :meth:`Care.mend`: references, names of lines, the øre, and confirming what was opened.
        """
        mended = 0
        for link in links:
            shown = self._shown.get(link.go_id)
            if shown is not None and link.go_id not in self.held[Replica.GO]:
                mended += yield from self._mend(link, shown, commit)
        return mended

    def _mend(self, link: Link[Order], shown: SalesOrder, commit: Commit) -> Procedure[int]:
        forms = yield from self.translator.learn(sales=[shown])
        writer = OrderWriter(forms=forms, shown=shown, like=self._with_names(link.base, shown))
        agreed = self._record(forms, shown).value.status
        wanted = attrs.evolve(writer.order, status=agreed)
        if writer.is_finished(wanted, pos_reference(link.pos_id)):
            self.findings.extend(writer.findings(wanted))
            return 0
        if wanted.status is OrderStatus.CONFIRMED:
            if shown.status == "Confirmed" and not (self.reopens and writer.needs_opening(wanted)):
                self.findings.extend(writer.findings(wanted))
                return 0
            yield from commit(_confirming(link, self.now))
        try:
            yield from writer.finish(wanted, pos_reference(link.pos_id))
        except RejectedError as error:
            yield from commit(_confirming(link, self.now), keep=True)
            self.findings.append(_not_mended(shown, error))
        else:
            self.findings.extend(writer.findings(wanted))
        self._shown[link.go_id] = writer.shown
        return 1


def _confirming(link: Link[Order], now: datetime) -> IntentRecord:
    return IntentRecord(
        kind="orders",
        side=Replica.GO.value,
        reference=f"{link.pos_id}/{link.go_id}",
        operation=CONFIRMING,
        planned_at=now,
        pos_id=link.pos_id,
        go_id=link.go_id,
    )


def _is_of_go(reference: str | None) -> bool:
    return (reference or "").startswith(go_reference(""))


def _refused(method: str, detail: str) -> RejectedError:
    return RejectedError(
        method=method, path="/SalesOrders", system=GO, may_have_happened=False, detail=detail
    )


def _taken(reference: str) -> DuplicateReferenceError:
    return DuplicateReferenceError(
        method="POST",
        path="/SalesOrders",
        system=GO,
        may_have_happened=False,
        detail=f"order {reference} has been invoiced",
    )


def _on_its_way(header: SalesOrder) -> Finding:
    return Finding(
        rule="order-on-its-way",
        severity=Severity.INFO,
        message=f"order {header.number} in Go was sent or deleted while it was being read, so it waits",
        remedy="Nothing: the next run sees what became of it.",
        where=f"order {header.number}",
    )


def _not_mended(shown: SalesOrder, error: RejectedError) -> Finding:
    return Finding(
        rule="order-unfinished",
        severity=Severity.WARN,
        message=f"order {shown.number} in Go could not be put right: {error}",
        remedy="Look at it in Go; the next run tries again.",
        where=f"order {shown.number}",
    )
