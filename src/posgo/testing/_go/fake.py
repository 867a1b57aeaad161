"""
The fake itself: one client company behind one front door.
"""

import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, unquote, urlsplit

from posgo.clients.credentials import GoCredentials
from posgo.testing._go import (
    accounts,
    auth,
    documents,
    goods,
    invoices,
    journals,
    ledger,
    orders,
    parties,
    receivables,
    sending,
    terms,
    transactions,
)
from posgo.testing._go.company import Company, RowAmounts
from posgo.testing._go.entities import Account, BookedVoucher
from posgo.testing._go.faults import faulty_reply
from posgo.testing._go.http import (
    ConnectionCutError,
    Received,
    RefusalError,
    Reply,
    bad_request,
    gateway,
    not_found,
)
from posgo.testing._go.routing import Endpoint, Router
from posgo.testing._http.faults import Fault, Match, Script
from posgo.testing._http.server import serve
from posgo.testing._http.transport import FakeTransport

__all__ = ["FakeGo"]

_SUBJECTS = (
    accounts,
    auth,
    documents,
    goods,
    invoices,
    journals,
    ledger,
    orders,
    parties,
    receivables,
    sending,
    terms,
    transactions,
)
_ROUTER = Router(endpoint for subject in _SUBJECTS for endpoint in subject.ENDPOINTS)
_TOKEN_PATH = "/OAuth/Token"  # noqa: S105
# Beyond this the real gateway finds no such endpoint.
_LONGEST_URL = 2000


def _utc_now() -> datetime:
    return datetime.now(UTC)


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
        now: Tells the time (UTC); None for the computer's clock.

    Attributes:
        credentials: Keys that open it; the subscription key is its own.
        requests: Every request received, in order.
        transport: An httpx transport, sync and async, that leads here.
    """

    def __init__(
        self,
        organization_number: str = "999999999",
        *,
        row_amounts: str = "net",
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.credentials = GoCredentials(*(str(uuid.uuid4()) for _ in range(3)))
        self.requests: list[Received] = []
        self.transport = FakeTransport(self.answer)
        self._company = Company(organization_number, now or _utc_now)
        self._company.row_amounts = RowAmounts(row_amounts)
        self._company.privileges = auth.PRIVILEGES
        terms.DEPARTMENTS.add(self._company, {"Code": "10", "Name": "Butikk", "IsActive": True})
        goods.GROUPS.add(self._company, {"Code": "STD", "Name": "Standard"})
        self._gate = auth.Gate(self.credentials, now or _utc_now)
        self._faults: Script[Fault] = Script()
        self._lock = threading.RLock()

    # -- what a person in Go sees and does --------------------------------------

    @property
    def vouchers(self) -> tuple[BookedVoucher, ...]:
        """
        The vouchers posted directly, and reversals, in the order they were booked.
        """
        return tuple(self._company.vouchers)

    @property
    def lock_date(self) -> date | None:
        """
        The last locked day; None if nothing is locked. May be set.
        """
        return self._company.lock_date

    @lock_date.setter
    def lock_date(self, value: date | None) -> None:
        self._company.lock_date = value

    @property
    def privileges(self) -> frozenset[str]:
        """
        What the integration may do; a token made before a change keeps the old ones. May be set.
        """
        return self._company.privileges

    @privileges.setter
    def privileges(self, value: frozenset[str]) -> None:
        self._company.privileges = frozenset(value)

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
        with self._lock:
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
        with self._lock:
            for one in self._company.vouchers:
                if voucher in {one.voucher_no, one.id} and not one.reversed:
                    return self._company.reverse(one, by_integration=False)
        raise LookupError(f"there is no unreversed voucher {voucher!r}")

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
            path: Only requests to this path (``/Vouchers/CashJournals``, ``/OAuth/Token``), its template, or below
                it; None for any.
        """
        with self._lock:
            self._faults.add(
                Match(method=method, path=path), Fault(status=status, after_effect=after_effect), times
            )

    # -- the front door -----------------------------------------------------------

    @contextlib.contextmanager
    def serve(self) -> Iterator[str]:
        """
        Serve real HTTP on this machine, as long as the block lasts. Yields the base URL for a client.
        """
        with serve(self.answer) as url:
            yield url

    def answer(self, method: str, url: str, headers: dict[str, str], content: bytes) -> Reply:
        """
        Answer one request. For transports of one's own.

        Raises:
            ConnectionCutError: If the connection is to end without an answer.
        """
        split = urlsplit(url)
        request = Received(
            method=method.upper(),
            path=_api_path(split.path),
            query=dict(parse_qsl(split.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in headers.items()},
            content=content,
        )
        with self._lock:
            self.requests.append(request)
            fault = self._fault(request)
            if fault is None:
                return self._answered(request, len(url))
            if fault.after_effect:
                self._answered(request, len(url))
            if fault.status is None:
                raise ConnectionCutError
            return faulty_reply(fault.status)

    def _fault(self, request: Received) -> Fault | None:
        found = _ROUTER.find(request)
        template = found[0].path if found else request.path
        return self._faults.take(request, template)

    def _answered(self, request: Received, url_length: int) -> Reply:
        refused = self._gate.refuses_subscription(request)
        if refused is not None:
            return refused
        if request.path.casefold() == _TOKEN_PATH.casefold() and request.method == "POST":
            return self._gate.issue(request, self._company.privileges)
        found = _ROUTER.find(request)
        if found is None or url_length > _LONGEST_URL:
            return gateway(404, "Resource not found")
        try:
            return self._served(*found)
        except RefusalError as refusal:
            return refusal.reply

    def _served(self, endpoint: Endpoint, request: Received) -> Reply:
        if endpoint.bearer:
            privileges = self._gate.privileges(request)
            if privileges is None:
                return Reply(status=401, headers={"WWW-Authenticate": "Bearer"})
            if endpoint.roles and privileges.isdisjoint(endpoint.roles):
                return Reply(status=403)
        if odata := next((name for name in request.query if name.startswith("$")), None):
            bad_request("Invalid query", f"The query parameter '{odata}' is not supported")
        if None in request.parameters.values():
            not_found("The id is not valid")
        return endpoint.answer(self._company, request)


def _api_path(path: str) -> str:
    path = unquote(path)
    lowered = path.casefold()
    if lowered.endswith(_TOKEN_PATH.casefold()):
        return _TOKEN_PATH
    start = lowered.find("/v2/")
    return path[start + 3 :] if start >= 0 else path
