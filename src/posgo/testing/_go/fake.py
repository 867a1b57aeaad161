"""
The fake itself: one client company, as tests hold it.
"""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

import attrs

from posgo.clients.credentials import GoCredentials
from posgo.testing._go import auth, goods, people, terms
from posgo.testing._go.company import Company, RowAmounts
from posgo.testing._go.door import Door, Garbled, Slow
from posgo.testing._go.entities import Account, BookedVoucher
from posgo.testing._go.handles import Handles
from posgo.testing._go.http import Received, Reply
from posgo.testing._go.invoices import invoice_balance
from posgo.testing._go.journals import SEGMENTS
from posgo.testing._http.faults import Fault, Match
from posgo.testing._http.server import serve
from posgo.testing._http.transport import FakeTransport

__all__ = ["FakeGo", "Invoice"]

T = TypeVar("T")

_DIRECT = frozenset(kind for kind, _ in SEGMENTS.values())


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _is_journal(voucher: BookedVoucher) -> bool:
    return (voucher.reverses or voucher).voucher_type in _DIRECT


@attrs.frozen(kw_only=True)
class Invoice:
    """
    An invoice, as a person in Go sees it.

    Attributes:
        id: Go's id.
        invoice_no: Its number.
        customer_no: Customer number.
        total: NOK including VAT.
        balance: NOK still open.
    """

    id: str
    invoice_no: int
    customer_no: int
    total: Decimal
    balance: Decimal


class FakeGo:
    """
    A client company of PowerOffice Go in memory, quirks included.

    Fresh, it holds a small NS 4102 chart, VAT codes since 2005 with their
    historic rates, department ``"10"`` and every privilege; nothing is locked
    and nothing is booked.

    Args:
        organization_number: Of the company.
        row_amounts:
            What ``Amount`` of an account transaction shows where there is VAT:
            unverified, so a setting. ``"net"`` (with a row of its own for the
            VAT) or ``"gross"``.
        line_rounding: How net and VAT of an order line are each rounded, as :mod:`decimal` names it; unverified.
        partial_matching: Whether a part payment with the same reference is matched; unverified.
        line_edits_move_orders: Whether a changed line moves the order's stamp; unverified.
        sending_moves_balances: Whether a new invoice counts as one whose balance changed; unverified.
        now: Tells the time (UTC); None for the computer's clock.
        sleep: Passes the time that :attr:`latency` takes.
        new_uuid: Gives the ids of orders, lines and vouchers.

    Attributes:
        credentials: Keys that open it; the subscription key is its own.
        transport: An httpx transport, sync and async, that leads here.
    """

    def __init__(  # noqa: PLR0913
        self,
        organization_number: str = "999999999",
        *,
        row_amounts: str = "net",
        line_rounding: str = ROUND_HALF_UP,
        partial_matching: bool = False,
        line_edits_move_orders: bool = True,
        sending_moves_balances: bool = True,
        now: Callable[[], datetime] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        new_uuid: Callable[[], uuid.UUID] = uuid.uuid4,
    ) -> None:
        tell = now or _utc_now
        self.credentials = GoCredentials(*(str(uuid.uuid4()) for _ in range(3)))
        self._company = Company(organization_number, tell, new_uuid)
        self._company.row_amounts = RowAmounts(row_amounts)
        self._company.line_rounding = line_rounding
        self._company.line_edits_move_orders = line_edits_move_orders
        self._company.sending_moves_balances = sending_moves_balances
        self._company.subledger.partial_matching = partial_matching
        self._company.privileges = auth.PRIVILEGES
        terms.DEPARTMENTS.add(self._company, {"Code": "10", "Name": "Butikk", "IsActive": True})
        goods.GROUPS.add(self._company, {"Code": "STD", "Name": "Standard"})
        self._gate = auth.Gate(self.credentials, tell)
        self._door = Door(self._company, self._gate, tell, sleep)
        self._handles = Handles(self._company)
        self.transport = FakeTransport(self._door.answer)

    @property
    def requests(self) -> list[Received]:
        """
        Every request received, in order, each with ``method`` and ``path``.
        """
        return self._door.requests

    def answer(self, method: str, url: str, headers: dict[str, str], content: bytes) -> Reply:
        """
        Answer one request. For transports of one's own.

        Raises:
            ConnectionCutError: If the connection is to end without an answer.
        """
        return self._door.answer(method, url, headers, content)

    # -- what a person in Go sees and does --------------------------------------

    @property
    def vouchers(self) -> tuple[BookedVoucher, ...]:
        """
        The vouchers posted directly, and their reversals, in the order they were booked.
        """
        return tuple(voucher for voucher in self._company.vouchers if _is_journal(voucher))

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """
        The invoices and credit notes sent, in the order they were booked.
        """
        rows = self._company.table("OutgoingInvoices").values()
        return tuple(
            Invoice(
                id=row["Id"],
                invoice_no=row["InvoiceNo"],
                customer_no=row["CustomerNo"],
                total=row["TotalAmount"],
                balance=invoice_balance(self._company, row),
            )
            for row in rows
        )

    def put(self, value: object, id: str | None = None) -> str:  # noqa: A002
        """
        Create or change a :class:`~posgo.Customer`, :class:`~posgo.Product` or :class:`~posgo.Order`, as a person
        in Go would.

        A product takes the lowest income account with its VAT code, and its price is converted through it.
        References to other records are not checked.

        Args:
            value: What it shall be.
            id: The one to change; None creates one.

        Returns:
            Its id.

        Raises:
            LookupError: If it is an order that is sent.
        """
        with self._door.lock:
            key = self._handles.put(value, id)
            self._door.remember()
            return key

    def get(self, model: type[T], id: str) -> T:  # noqa: A002
        """
        Read a record as a model.

        Raises:
            LookupError: If there is none with that id.
        """
        with self._door.lock:
            value: T = self._handles.get(model, id)
            return value

    def all(self, model: type[T]) -> dict[str, T]:
        """
        Read all records of a kind by id, archived ones included.
        """
        with self._door.lock:
            return self._handles.all(model)

    def archive(self, model: type[object], id: str) -> None:  # noqa: A002
        """
        Archive a customer or a product.
        """
        with self._door.lock:
            self._handles.archive(model, id)
            self._door.remember()

    def delete(self, order: str) -> None:
        """
        Delete an order that is not sent.

        Raises:
            LookupError: If there is no such order, or it is sent.
        """
        with self._door.lock:
            people.delete_order(self._company, order)
            self._door.remember()

    def send(self, order: str) -> int:
        """
        Send an order in Go's user interface, and return the number of the invoice. It counts as made by that person.

        Raises:
            LookupError: If there is no such order, or it is sent.
        """
        with self._door.lock:
            number = people.send(self._company, order)
            self._door.remember()
            return number

    def pay(self, invoice_no: int, amount: Decimal | None = None) -> None:
        """
        Book that a customer has paid an invoice by bank.

        Args:
            invoice_no: Number of the invoice.
            amount: NOK; None pays all that is open.

        Raises:
            LookupError: If there is no such invoice.
        """
        with self._door.lock:
            people.pay(self._company, invoice_no, amount)
            self._door.remember()

    def credit(self, invoice_no: int) -> int:
        """
        Take an invoice back by a credit note matched with it, and return the number of that.

        Raises:
            LookupError: If there is no such invoice.
        """
        with self._door.lock:
            number = people.credit(self._company, invoice_no)
            self._door.remember()
            return number

    @property
    def may_send_invoices(self) -> bool:
        """
        Whether the integration has the privilege to send invoices. May be set.
        """
        return self._company.may_send_invoices

    @may_send_invoices.setter
    def may_send_invoices(self, value: bool) -> None:
        self._company.may_send_invoices = value

    @property
    def delivery_delay(self) -> timedelta:
        """
        How long an invoice is under way before it is numbered, booked and delivered. May be set.

        Without one (at first) it is delivered at the first question how far it has come.
        """
        return self._company.delivery_delay

    @delivery_delay.setter
    def delivery_delay(self, value: timedelta) -> None:
        self._company.delivery_delay = value

    def fail_deliveries(self, reason: str, *, times: int = 1) -> None:
        """
        Let the next invoices be taken, but not delivered: the order stays, and may be sent again.

        Args:
            reason: What Go says of it.
            times: How many of them fail.
        """
        with self._door.lock:
            self._company.delivery_failures += [reason] * times

    def onboard(self) -> str:
        """
        Let a user accept the integration; returns the token that is brought back to the integrator.
        """
        token = uuid.uuid4().hex
        self._company.onboarding_tokens[token] = self.credentials.client_key
        return token

    @property
    def lock_date(self) -> date | None:
        """
        The last locked day; None if nothing is locked. May be set.
        """
        return self._company.lock_date

    @lock_date.setter
    def lock_date(self, value: date | None) -> None:
        self._company.lock_date = value
        self._door.remember()

    @property
    def privileges(self) -> frozenset[str]:
        """
        What the integration may do; a token made before a change keeps the old ones. May be set.
        """
        return self._company.privileges

    @privileges.setter
    def privileges(self, value: frozenset[str]) -> None:
        self._company.privileges = frozenset(value)
        self._door.remember()

    def add_account(  # noqa: PLR0913
        self,
        no: int,
        *,
        name: str | None = None,
        vat_code: str | None = None,
        vat_code_locked: bool = False,
        department_required: bool = False,
        project_required: bool = False,
    ) -> Account:
        """
        Add a ledger account, or replace the one with that number.

        Args:
            no: Account number.
            name: Its name; None makes one up.
            vat_code: Standard (SAF-T) code; None is code 0.
            vat_code_locked: Whether lines may carry no other code.
            department_required: Whether lines must carry a department.
            project_required: Whether lines must carry a project.
        """
        with self._door.lock:
            return self._company.put_account(
                no,
                name=name,
                vat_code=vat_code,
                vat_code_locked=vat_code_locked,
                department_required=department_required,
                project_required=project_required,
            )

    def reverse(self, voucher: int | str) -> BookedVoucher:
        """
        Reverse a voucher as a person in Go does, by its number or id.

        Raises:
            LookupError: If there is no such voucher, or it is reversed already.
        """
        with self._door.lock:
            for one in self._company.vouchers:
                if voucher in {one.voucher_no, one.id} and not one.reversed:
                    opposite = self._company.reverse(one, by_integration=False)
                    self._door.remember()
                    return opposite
        raise LookupError(f"there is no unreversed voucher {voucher!r}")

    def disown(self, voucher: int | str) -> None:
        """
        Let a voucher, by its number or id, count as entered by somebody else, as after a change of integrations.
        """
        with self._door.lock:
            for one in self._company.vouchers:
                if voucher in {one.voucher_no, one.id}:
                    one.by_integration = False
            self._door.remember()

    def revoke_tokens(self) -> None:
        """
        Make every access token given out so far invalid.
        """
        self._gate.revoke_tokens()

    # -- faults ---------------------------------------------------------------

    def fail_next(
        self,
        status: int | None = None,
        *,
        after_effect: bool = False,
        times: int = 1,
        method: str | None = None,
        path: str | None = None,
    ) -> None:
        """
        Let the next matching requests fail.

        Args:
            status: What they are answered; None means no answer: a timeout, or a cut connection over real HTTP.
            after_effect: Whether they are carried out first.
            times: How many of them fail.
            method: Only requests with this method; None for any.
            path: Only requests to this path, its template, or below it, with or without what stands before it
                (``/Vouchers/CashJournals`` or ``CashJournals``; ``/OAuth/Token``); None for any.
        """
        fault = Fault(status=status, after_effect=after_effect)
        with self._door.lock:
            self._door.faults.add(Match(method=method, path=path), fault, times)

    def garble_next(
        self, content: bytes, *, times: int = 1, method: str | None = None, path: str | None = None
    ) -> None:
        """
        Let the next matching requests be carried out, but answered with another body.
        """
        fault = Garbled(status=None, after_effect=True, content=content)
        with self._door.lock:
            self._door.faults.add(Match(method=method, path=path), fault, times)

    def slow_next(
        self, pause: timedelta, *, times: int = 1, method: str | None = None, path: str | None = None
    ) -> None:
        """
        Let the next matching requests be carried out, but answered with a pause in the middle of the body.

        Over real HTTP the pause is real. Through :attr:`transport` nobody waits: a client less patient
        than the pause gives up at once.
        """
        fault = Slow(status=None, after_effect=True, pause=pause.total_seconds())
        with self._door.lock:
            self._door.faults.add(Match(method=method, path=path), fault, times)

    def ignore_changes_of(self, *members: str) -> None:
        """
        Answer changes of these members (Go's names) with success, and ignore them; without any, heed all again.
        """
        self._company.ignored_members = self._company.ignored_members | set(members) if members else set()

    @property
    def latency(self) -> timedelta:
        """
        How long every answer takes. May be set.
        """
        return self._door.latency

    @latency.setter
    def latency(self, value: timedelta) -> None:
        self._door.latency = value

    @property
    def requests_per_second(self) -> int | None:
        """
        More requests than so many in one second are refused; None (at first) lets all pass. May be set.
        """
        return self._door.requests_per_second

    @requests_per_second.setter
    def requests_per_second(self, value: int | None) -> None:
        self._door.requests_per_second = value

    @property
    def replica_lag(self) -> timedelta:
        """
        How far reads are behind writes. May be set; from then on.
        """
        return self._door.replica_lag

    @replica_lag.setter
    def replica_lag(self, value: timedelta) -> None:
        self._door.replica_lag = value
        self._door.remember()

    @contextlib.contextmanager
    def serve(self) -> Iterator[str]:
        """
        Serve real HTTP on this machine, as long as the block lasts. Yields the base URL for a client.
        """
        with serve(self._door.answer) as url:
            yield url
