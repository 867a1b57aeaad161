"""
Booking an invoice the POS issued itself, exactly once, whatever stops in between.

As with a settlement the intent is stored before the voucher is sent, what was
sent without an answer is looked up by its reference before it is sent again,
and a voucher Go already holds counts only if it says the same.
"""

from collections.abc import Mapping

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.ledger import period_findings, resolve
from posgo.bookkeeping.pos_invoices import InvoiceSettings, invoice_reference, invoice_voucher
from posgo.clients.calls import collect
from posgo.clients.go import customers, vouchers
from posgo.clients.pos.requests import FetchRecord, UpdateRecord
from posgo.exceptions import (
    ApiError,
    DuplicateReferenceError,
    InvoiceRefusedError,
    LockedPeriodError,
    MissingPrivilegeError,
    NotFoundError,
    RejectedError,
    WireFormatError,
)
from posgo.models._money import NOK_0
from posgo.models.catalog import Product
from posgo.models.contacts import InvoiceRecipient
from posgo.models.findings import Finding
from posgo.models.ledger import JournalEntry, PostedVoucher
from posgo.models.orders import Order, OrderStatus
from posgo.models.records import Record, pos_reference
from posgo.models.vouchers import Journal, Voucher
from posgo.procedure import Procedure, ask, pause
from posgo.procedures import _invoice_findings as say
from posgo.procedures._comparison import says_the_same
from posgo.procedures._invoice_case import InvoiceDesk, InvoiceResult, refusal
from posgo.procedures._invoice_memory import ISSUED_BY_POS, Memory
from posgo.procedures.books import Found, find_voucher, read_ledger, swept_voucher
from posgo.procedures.order_books import read_departments
from posgo.state import LoadLinks
from posgo.sync.order_life import OPEN
from posgo.sync.policies import orders

__all__ = ["book_invoice"]


def book_invoice(desk: InvoiceDesk, accounts: AccountMap, record: Record[Order]) -> Procedure[InvoiceResult]:
    """
    Book the invoice of one order, or answer that it is booked.

    Raises:
        InvoiceRefusedError: With everything that is to be mended.
        ApiError: If Go or the POS could not be asked, or it is still in doubt. Nothing is lost: call again.
    """
    policy = desk.profile.orders or orders()
    memory = yield from Memory.load(record.id, desk.now, policy, ISSUED_BY_POS)
    case = _Booking(desk=desk, accounts=accounts, record=record, memory=memory)
    try:
        return (yield from case.run())
    except MissingPrivilegeError as error:
        raise case.refused(say.may_not_send(error)) from error


@attrs.define(kw_only=True)
class _Booking:
    """
    One invoice of the POS on its way into the books.

    Attributes:
        desk: Settings, and what is remembered of Go.
        accounts: The account map.
        record: The order, by the POS.
        memory: What the store knows of it.
        findings: What somebody should look at.
    """

    desk: InvoiceDesk
    accounts: AccountMap
    record: Record[Order]
    memory: Memory
    findings: list[Finding] = attrs.Factory(list)

    @property
    def order(self) -> Order:
        return self.record.value

    @property
    def journal(self) -> Journal:
        return self.desk.profile.invoice_journal

    @property
    def reference(self) -> str:
        return invoice_reference(self.record.id)

    def refused(self, *findings: Finding) -> InvoiceRefusedError:
        return refusal(self.record.id, self.order.customer, *findings)

    # -- the way -----------------------------------------------------------------

    def run(self) -> Procedure[InvoiceResult]:
        if self.memory.link is not None:
            return (yield from self._booked_before(self.memory.link.go_id, self.memory.link.base))
        voucher, entry = yield from self._prepare()
        if self.memory.in_doubt:
            found = yield from self._find_after_doubt(voucher)
        else:
            found = yield from swept_voucher(self.desk.books, self.reference, voucher.date)
        if found is not None:
            return (yield from self._held(entry, found))
        locked = yield from self._locked(voucher)
        if locked:
            # Perhaps only as it is remembered.
            self.desk.books.forget()
            locked = yield from self._locked(voucher)
        if locked:
            raise self.refused(*locked)
        return (yield from self._post(voucher, entry))

    def _locked(self, voucher: Voucher) -> Procedure[tuple[Finding, ...]]:
        view = yield from read_ledger(self.desk.books, self.accounts)
        return tuple(period_findings(voucher.date, view))

    def _booked_before(self, voucher_id: str, base: Order) -> Procedure[InvoiceResult]:
        number = base.invoice_no or self.order.invoice_no or 0
        posted = yield from self._shown(voucher_id)
        if posted is None:
            # It may have been posted a moment ago.
            yield from pause(self.desk.look_up_after, "Go's reads lag behind its writes")
            posted = yield from self._shown(voucher_id)
        if posted is None:
            raise self.refused(say.voucher_missing(number))
        if posted.reversed:
            raise self.refused(say.voucher_reversed(number, posted.number))
        if _sold(base) != _sold(self.order):
            self.findings.append(say.changed_since_booked(number))
        return (yield from self._conclude(posted, number, before=True))

    def _shown(self, voucher_id: str) -> Procedure[PostedVoucher | None]:
        try:
            return (yield from ask(vouchers.get(self.journal, voucher_id)))
        except NotFoundError:
            return None

    def _find_after_doubt(self, voucher: Voucher) -> Procedure[Found | None]:
        yield from pause(self.desk.look_up_after, "Go's reads lag behind its writes")
        return (yield from find_voucher(self.reference, voucher.date))

    def _held(self, entry: JournalEntry, found: Found, *, before: bool = True) -> Procedure[InvoiceResult]:
        number = self.order.invoice_no
        posted = yield from self._posted(found)
        if found.reversed or (posted is not None and posted.reversed):
            raise self.refused(say.voucher_reversed(number, found.voucher_no))
        if posted is None or not says_the_same(entry, posted):
            raise self.refused(say.other_booking(number, found.voucher_no))
        return (yield from self._conclude(posted, number or 0, before=before))

    def _posted(self, found: Found) -> Procedure[PostedVoucher | None]:
        if found.journal is None or found.reversed:
            return None
        try:
            return (yield from ask(vouchers.get(found.journal, found.voucher_id)))
        except NotFoundError:
            return None  # another integration's, whose lines cannot be compared

    def _post(self, voucher: Voucher, entry: JournalEntry) -> Procedure[InvoiceResult]:
        yield from self.memory.intend(self.order)
        attempt = 0
        while True:
            attempt += 1
            try:
                posted = yield from ask(vouchers.post(self.journal, entry))
            except DuplicateReferenceError:
                found = yield from self._find_after_doubt(voucher)
                if found is None:
                    raise self.refused(say.other_booking(self.order.invoice_no, None)) from None
                return (yield from self._held(entry, found, before=attempt == 1))
            except (ApiError, WireFormatError) as error:
                if not error.may_have_happened:
                    raise (yield from self._given_up(error, voucher)) from error
                found = yield from self._find_after_doubt(voucher)
                if found is not None:
                    return (yield from self._held(entry, found, before=False))
                if attempt >= self.desk.attempts:
                    raise
            else:
                self.desk.books.remember(self.reference, posted, self.journal)
                return (yield from self._conclude(posted, self.order.invoice_no or 0, before=False))

    def _given_up(
        self, error: ApiError | WireFormatError, voucher: Voucher
    ) -> Procedure[InvoiceRefusedError | ApiError | WireFormatError]:
        """
        It was not booked. What a person can mend is told; the rest is raised as it is.
        """
        yield from self.memory.settle()
        self.desk.books.forget()
        if isinstance(error, LockedPeriodError):
            locked = yield from self._locked(voucher)
            if locked:
                return self.refused(*locked)
        if isinstance(error, RejectedError) and not isinstance(error, MissingPrivilegeError):
            return self.refused(say.refused_by_go(error))
        return error

    def _conclude(self, posted: PostedVoucher, number: int, *, before: bool) -> Procedure[InvoiceResult]:
        """
        Tell the POS that it is booked, and remember the voucher. It stands whether the POS answers or not.
        """
        if self.order.status in OPEN:
            try:
                said = {"status": OrderStatus.INVOICED}
                seen = {"status": self.order.status}
                yield from ask(UpdateRecord(Order, self.record.id, said, expected=seen))
            except (ApiError, WireFormatError) as error:
                self.findings.append(say.pos_not_told(error))
        yield from self.memory.conclude(self.order, posted.id, invoice_no=number)
        return InvoiceResult(
            order_id=self.record.id,
            go_id=posted.id,
            invoice_no=number,
            due_date=self.order.due_on,
            total=sum((line.amount for line in posted.lines if line.matching_reference), NOK_0),
            already_invoiced=before,
            findings=self.findings,
        )

    # -- pre-flight ------------------------------------------------------------------

    def _prepare(self) -> Procedure[tuple[Voucher, JournalEntry]]:
        """
        The voucher, held against the ledger; against the ledger as it is now, before anything blocks.
        """
        remembered = self.desk.books.view is not None
        prepared = yield from self._prepare_once()
        if isinstance(prepared, list) and remembered:
            self.desk.books.forget()
            prepared = yield from self._prepare_once()
        if isinstance(prepared, list):
            raise self.refused(*prepared)
        return prepared

    def _prepare_once(self) -> Procedure[tuple[Voucher, JournalEntry] | list[Finding]]:
        findings = [finding for finding in say.order_findings(self.order) if finding.rule != "order-empty"]
        recipient = yield from self._recipient()
        findings += self._customer_findings(recipient)
        settings = InvoiceSettings(
            accounts=self.accounts,
            default_vat_code=self.desk.profile.default_vat_code,
            vat_free=recipient.is_vat_free if recipient else False,
            matching_reference=(yield from self._credited_reference()),
        )
        goods = yield from self._goods()
        made = invoice_voucher(self.order, self.record.id, goods, settings)
        findings += [*made.findings, *_sign_findings(self.order, made.voucher)]
        if made.voucher is None or recipient is None:
            return findings
        view = yield from read_ledger(self.desk.books, self.accounts)
        if self.order.department is not None:
            rooms = yield from read_departments(self.desk.books)
            view = attrs.evolve(view, departments={room.code: room for room in rooms if room.code})
        own = {self.order.customer: recipient.account_id} if recipient.account_id is not None else {}
        resolution = resolve(made.voucher, view, customers=own, journal=self.journal)
        findings += resolution.findings
        if resolution.entry is None or any(finding.blocks for finding in findings):
            return findings
        return made.voucher, resolution.entry

    def _recipient(self) -> Procedure[InvoiceRecipient | None]:
        loaded = yield from ask(LoadLinks("customers", pos_ids=(self.order.customer,)))
        if not loaded.links:
            reference = pos_reference(self.order.customer)
            found = yield from collect(customers.recipients(reference=reference))
            return found[0] if found else None
        try:
            return (yield from ask(customers.recipient(loaded.links[0].go_id)))
        except NotFoundError:
            return None

    def _customer_findings(self, recipient: InvoiceRecipient | None) -> list[Finding]:
        if recipient is None:
            return [say.customer_missing(self.order.customer)]
        if recipient.archived or not recipient.active:
            return [say.customer_archived(self.order.customer)]
        return []

    def _goods(self) -> Procedure[Mapping[str, Product]]:
        """
        The products the order names, as the POS sells them.
        """
        goods: dict[str, Product] = {}
        for own_id in dict.fromkeys(line.product for line in self.order.lines if line.product):
            record = yield from ask(FetchRecord(Product, own_id))
            if record is not None:
                goods[own_id] = record.value
        return goods

    def _credited_reference(self) -> Procedure[str | None]:
        """
        What Go matches the invoice a credit note takes back by: that of its order, if it was booked here.
        """
        if self.order.credits is None:
            return None
        loaded = yield from ask(LoadLinks(ISSUED_BY_POS))
        booked = (link for link in loaded.links if link.base.invoice_no == self.order.credits)
        link = next(booked, None)
        if link is None:
            told = say.credited_unmatched(self.order.credits)
            self.findings += [told] if told not in self.findings else []
            return None
        return pos_reference(link.pos_id)


def _sign_findings(order: Order, voucher: Voucher | None) -> list[Finding]:
    """
    Whether a credit note is one; what it takes back is the POS's own affair.
    """
    if voucher is None:
        return []
    total = voucher.postings[0].amount
    return [
        finding for finding in say.credit_findings(order, total, None) if finding.rule != "credited-missing"
    ]


def _sold(order: Order) -> tuple[object, ...]:
    """
    What decides about an order's voucher.
    """
    lines = ((line.product, line.quantity, line.unit_price, line.discount_percent) for line in order.lines)
    return order.customer, *lines
