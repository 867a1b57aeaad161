"""
Turning one order into its invoice while the cashier waits, exactly once, whatever stops in between.

The intent is stored before the order is made in Go, and the pair before the
order is sent. Go refuses a second order with the same reference, and an
order becomes one invoice with the order's own id. So whatever was lost is
found again: by the link, by the reference, or by what Go matches payments by.
"""

from decimal import Decimal
from typing import Any

import attrs

from posgo.clients.go import sales_orders
from posgo.clients.pos.requests import FetchRecord, UpdateRecord
from posgo.exceptions import (
    ApiError,
    ConfigurationError,
    DuplicateReferenceError,
    InvoiceRefusedError,
    LockedPeriodError,
    MissingPrivilegeError,
    RejectedError,
    WireFormatError,
)
from posgo.models._money import NOK_0
from posgo.models.findings import Finding
from posgo.models.go_orders import SalesOrder
from posgo.models.invoices import OutgoingInvoice
from posgo.models.orders import Order, OrderStatus
from posgo.models.records import Record
from posgo.procedure import Procedure, ask, pause
from posgo.procedures import _invoice_findings as say
from posgo.procedures._invoice_case import InvoiceDesk, InvoiceResult, refusal
from posgo.procedures._invoice_credited import Credited, read_credited
from posgo.procedures._invoice_draft import money_findings, read_draft, write_draft
from posgo.procedures._invoice_lookup import Standing, by_id, by_reference, named_by_pos
from posgo.procedures._invoice_memory import Memory
from posgo.procedures._invoice_preflight import Prepared, period_findings_now, prepare
from posgo.procedures._invoice_sending import Sending, is_done, is_under_way
from posgo.procedures.booked_invoices import book_invoice
from posgo.procedures.order_writing import OrderWriter
from posgo.profiles import Invoicing
from posgo.sync.order_life import OPEN
from posgo.sync.policies import orders

__all__ = ["InvoiceDesk", "InvoiceResult", "invoice_order"]

_INVOICED = (OrderStatus.INVOICED, OrderStatus.CREDITED)


def invoice_order(desk: InvoiceDesk, order_id: str) -> Procedure[InvoiceResult]:
    """
    Invoice one order, or answer the invoice it has.

    Raises:
        InvoiceError: If it is not invoiced, or not yet.
        ApiError: If Go or the POS could not be asked. Nothing is lost: call again.
    """
    record = yield from ask(FetchRecord(Order, order_id))
    if record is None:
        raise refusal(order_id, "", say.order_missing(order_id))
    if desk.profile.invoicing is Invoicing.POS:
        if desk.accounts is None:
            problem = "booking the POS's invoices needs an account map: give Runner(accounts=…)"
            raise ConfigurationError("runner", (problem,))
        return (yield from book_invoice(desk, desk.accounts, record))
    memory = yield from Memory.load(order_id, desk.now, desk.profile.orders or orders())
    case = _Case(desk=desk, record=record, memory=memory)
    try:
        return (yield from case.run())
    except MissingPrivilegeError as error:
        raise case.refused(say.may_not_send(error)) from error


@attrs.define(kw_only=True)
class _Case:
    """
    One order on its way.

    Attributes:
        desk: Settings, and what is remembered of Go.
        record: The order, by the POS.
        memory: What the store knows of it.
        credited: The invoice it takes back; None if it takes none back, or Go has none with that number.
        findings: What somebody should look at.
    """

    desk: InvoiceDesk
    record: Record[Order]
    memory: Memory
    credited: Credited | None = None
    findings: list[Finding] = attrs.Factory(list)

    @property
    def order(self) -> Order:
        return self.record.value

    def refused(self, *findings: Finding) -> InvoiceRefusedError:
        return refusal(self.record.id, self.order.customer, *findings)

    # -- the way ------------------------------------------------------------------

    def run(self) -> Procedure[InvoiceResult]:
        if self.memory.in_doubt:
            yield from self._let_reads_catch_up()
        yield from self._read_credited()
        standing = yield from self._look()
        if standing is not None and self._is_settled(standing):
            return (yield from self._take_up(standing))
        prepared = yield from self._prepare(standing)
        if standing is None:
            made = yield from self._make(prepared)
            if made is not None:
                return (yield from self._place(prepared, made, Standing()))
            # Made by a call that nobody remembers.
            standing = yield from self._look_harder()
            if self._is_settled(standing):
                return (yield from self._take_up(standing))
            prepared = yield from self._prepare(standing)
        assert standing.draft is not None  # noqa: S101 - settled otherwise
        return (yield from self._place(prepared, standing.draft, standing))

    def _prepare(self, standing: Standing | None) -> Procedure[Prepared]:
        return prepare(self.desk, self.record, standing.draft if standing else None, self.credited)

    def _let_reads_catch_up(self) -> Procedure[None]:
        yield from pause(self.desk.look_up_after, "an earlier request may have written, and Go's reads lag")

    # -- what Go holds --------------------------------------------------------------

    def _look(self) -> Procedure[Standing | None]:
        go_id = self.memory.go_id or named_by_pos(self.record)
        in_doubt = self.memory.in_doubt
        if go_id is None:
            seen = self.credited.since if self.credited else None
            found = yield from by_reference(self.record, self._matching(), drafts=in_doubt, seen=seen)
        else:
            invoiced = self._says_invoiced()
            found = yield from by_id(go_id, invoice_first=invoiced, ask_state=in_doubt)
            if found is None:
                yield from self._let_reads_catch_up()
                found = yield from by_id(go_id, invoice_first=True, ask_state=True)
        if found is None and self._says_invoiced():
            raise self.refused(say.invoice_missing(self.order))
        if found is None and go_id is not None:
            cancelled = self.order.status is OrderStatus.CANCELLED
            gone = say.order_findings(self.order) if cancelled else [say.draft_deleted(self.record.id)]
            raise self.refused(*gone)
        return found

    def _look_harder(self) -> Procedure[Standing]:
        """
        Go refuses the reference as used: find out by what.
        """
        yield from self._let_reads_catch_up()
        found = yield from by_reference(self.record, self._matching(), drafts=True)
        if found is None:
            raise self.refused(say.reference_taken(self.record.id))
        return found

    def _read_credited(self) -> Procedure[None]:
        if self.order.credits is not None:
            self.credited = yield from read_credited(self.order.credits)

    def _matching(self) -> str | None:
        return self.credited.invoice.matching_reference if self.credited else None

    def _says_invoiced(self) -> bool:
        return self.order.invoice_no is not None or self.order.status in _INVOICED

    @staticmethod
    def _is_settled(standing: Standing) -> bool:
        """
        Whether nothing is left to be asked of Go but to wait.
        """
        return standing.invoice is not None or is_done(standing.state) or is_under_way(standing.state)

    def _take_up(self, standing: Standing) -> Procedure[InvoiceResult]:
        if standing.invoice is not None:
            return (yield from self._answer(standing.invoice))
        assert standing.draft is not None  # noqa: S101 - one of the two
        total = standing.draft.total_amount
        return (
            yield from self._wait(
                standing.draft.id,
                NOK_0 if total is None else total,
                standing,
                as_sent=self.memory.was_sent(self.order),
            )
        )

    # -- the order in Go --------------------------------------------------------------

    def _make(self, prepared: Prepared) -> Procedure[SalesOrder | None]:
        """
        Make the order in Go; None if Go has it already.
        """
        yield from self.memory.intend(self.order)
        attempt = 0
        while True:
            attempt += 1
            try:
                return (yield from ask(sales_orders.create(prepared.wanted)))
            except DuplicateReferenceError:
                return None
            except RejectedError as error:
                raise (yield from self._given_up(error)) from error
            except (ApiError, WireFormatError) as error:
                if not error.may_have_happened:
                    yield from self.memory.settle()
                    raise
                yield from self._let_reads_catch_up()
                found = yield from by_reference(self.record, self._matching(), drafts=True)
                if found is not None:
                    return None
                if attempt >= self.desk.attempts:
                    raise

    def _place(self, prepared: Prepared, shown: SalesOrder, standing: Standing) -> Procedure[InvoiceResult]:
        """
        Have the order in Go say what the POS says; then send it.
        """
        made, like = standing.draft is None, self.order
        if not made:
            reading = read_draft(prepared.forms, shown, self.order, self.memory.agreed(self.order))
            if reading.edited:
                raise self.refused(say.changed_in_go(reading.edited, shown.number))
            like = reading.like
            yield from self.memory.intend(self.order, shown.id)
        writer = OrderWriter(forms=prepared.forms, shown=shown, like=like)
        try:
            yield from write_draft(prepared, self.order, writer, made=made)
        except RejectedError as error:
            written = made or writer.shown != shown
            raise (yield from self._given_up(error, written=written)) from error
        yield from self.memory.pair(self.order, writer.shown)
        told = tuple(money_findings(prepared, self.order, writer.shown))
        if any(finding.blocks for finding in told):
            yield from self.memory.settle()
            self.desk.books.forget()  # the rates reckoned with may be those of yesterday
            raise self.refused(*told)
        self.findings += told
        yield from self._send(prepared, writer.shown.id, standing)
        return (yield from self._wait(writer.shown.id, say.total_of(writer.shown), standing))

    # -- the invoice ----------------------------------------------------------------------

    def _send(self, prepared: Prepared, go_id: str, standing: Standing) -> Procedure[None]:
        try:
            yield from self._sending(go_id, standing).send(prepared.delivery, prepared.address)
        except RejectedError as error:
            raise (yield from self._given_up(error)) from error

    def _sending(self, go_id: str, standing: Standing) -> Sending:
        return Sending(
            desk=self.desk,
            order_id=self.record.id,
            go_id=go_id,
            before=None if is_under_way(standing.state) or is_done(standing.state) else standing.state,
            fresh=standing.draft is None,
        )

    def _wait(
        self, go_id: str, total: Decimal, standing: Standing, *, as_sent: bool = True
    ) -> Procedure[InvoiceResult]:
        before = is_done(standing.state)
        state = yield from self._sending(go_id, standing).wait()
        assert state.invoice_no is not None  # noqa: S101 - it is waited for
        result = InvoiceResult(
            order_id=self.record.id,
            go_id=go_id,
            invoice_no=state.invoice_no,
            due_date=state.due_date,
            delivery_type=state.delivery_type,
            total=total,
            already_invoiced=before,
        )
        return (yield from self._conclude(result, as_sent=as_sent))

    def _answer(self, invoice: OutgoingInvoice) -> Procedure[InvoiceResult]:
        """
        What Go has invoiced is answered as it stands.
        """
        if invoice.invoice_no is None:
            raise self.refused(say.invoice_missing(self.order))
        if invoice.is_reversed:
            self.findings.append(say.invoice_reversed(invoice.invoice_no))
        total = invoice.total_amount
        result = InvoiceResult(
            order_id=self.record.id,
            go_id=invoice.id,
            invoice_no=invoice.invoice_no,
            due_date=invoice.due_date,
            delivery_type=invoice.delivery_type,
            total=NOK_0 if total is None else total,
            already_invoiced=True,
        )
        return (yield from self._conclude(result, as_sent=self.memory.was_sent(self.order)))

    def _conclude(self, result: InvoiceResult, *, as_sent: bool = True) -> Procedure[InvoiceResult]:
        """
        Tell the POS, and remember the pair. The invoice stands whether the POS answers or not.

        Args:
            result: The invoice.
            as_sent: Whether it has the lines the POS has. If somebody else sent it, nobody knows: the
                pair stays as it was agreed on, and the next sync reads what was invoiced.
        """
        said: dict[str, Any] = {"invoice_no": result.invoice_no}
        if self.order.status in OPEN:
            said["status"] = OrderStatus.INVOICED
        news = {name: value for name, value in said.items() if getattr(self.order, name) != value}
        try:
            if news:
                seen = {name: getattr(self.order, name) for name in news}
                yield from ask(UpdateRecord(Order, self.record.id, news, expected=seen))
        except (ApiError, WireFormatError) as error:
            self.findings.append(say.pos_not_told(error))
            as_sent = False
        known = said if as_sent else {}
        unread = as_sent and self.desk.profile.orders is not None
        yield from self.memory.conclude(self.order, result.go_id, agreed=as_sent, unread=unread, **known)
        return attrs.evolve(result, findings=self.findings)

    # -- refusals ---------------------------------------------------------------------------

    def _given_up(self, error: RejectedError, *, written: bool = False) -> Procedure[InvoiceRefusedError]:
        """
        Go said no, so nothing is in doubt any more; the order, if there is one, stays paired.

        Args:
            error: What Go said.
            written: Whether some of it was written before: the intent stays, by which that is known for ours.
        """
        if not written:
            yield from self.memory.settle()
        self.desk.books.forget()
        if isinstance(error, MissingPrivilegeError):
            return self.refused(say.may_not_send(error))
        if isinstance(error, LockedPeriodError):
            locked = yield from period_findings_now(self.desk)
            if locked:
                return self.refused(*locked)
        return self.refused(say.refused_by_go(error))
