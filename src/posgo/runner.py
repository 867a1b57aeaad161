"""
The runners: small drivers that carry out procedures, one blocking, one asynchronous.

They hold no rules. A driver answers each request a procedure yields: a call
goes to Go, a store request to the store, a POS request to the POS, and a
pause waits. Whoever has a transport of their own writes another one.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from contextvars import copy_context
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.clients.calls import Call
from posgo.clients.clock import Clock, SystemClock
from posgo.clients.go_client import AsyncGoClient, GoClient
from posgo.clients.pos.protocol import AsyncPointOfSale, PointOfSale
from posgo.clients.pos.requests import PosRequest
from posgo.exceptions import ConfigurationError, PosgoError
from posgo.models._dates import to_oslo
from posgo.models._fields import to_optional_organization_number
from posgo.models.pos import CashCount, ZReport
from posgo.procedure import Pause, Procedure, Request
from posgo.procedures._case import Desk, SettlementResult
from posgo.procedures._invoice_case import InvoiceDesk, InvoiceResult
from posgo.procedures.books import Books, confirm_company, read_identity
from posgo.procedures.finished import SettlementReport, settle_all, settle_finished
from posgo.procedures.invoicing import invoice_order
from posgo.procedures.kinds import SyncKit, kinds_of, sync
from posgo.procedures.preflight import CheckReport, Preflight, check
from posgo.procedures.progress import ProgressHook, log_progress
from posgo.procedures.report import SyncReport
from posgo.procedures.settlement import settle_z_report
from posgo.profiles import Invoicing, Profile
from posgo.state import AsyncStateStore, StateStore, StoreRequest

__all__ = ["AsyncRunner", "Runner"]

T = TypeVar("T")

Confirm: TypeAlias = Callable[[], object] | None
"""Raises if a lease was lost; None if that cannot be told."""

_NO_POS = "no POS is connected: give Runner(pos=…), or the Z-reports themselves to settle_all()"
_NO_POS_TO_INVOICE = "orders are read from the POS, and none is connected: give Runner(pos=…)"
_NO_DRY_INVOICE = "a dry run makes no invoice: use a runner without dry_run"
_NO_ACCOUNTS = "settling needs an account map: give Runner(accounts=AccountMap.from_toml(…))"


@attrs.define(kw_only=True, eq=False, repr=False, slots=False)
class _Core:
    """
    What both runners are made of: settings, and procedures composed from them.
    """

    store: StateStore | AsyncStateStore
    profile: Profile
    accounts: AccountMap | None = None
    organization_number: str | None = attrs.field(default=None, converter=to_optional_organization_number)
    dry_run: bool = False
    look_up_after: timedelta = timedelta(seconds=2)
    lease_wait: timedelta = timedelta(seconds=10)
    remember_for: timedelta = timedelta(minutes=15)
    invoice_patience: timedelta = timedelta(seconds=30)
    keep_history: timedelta = timedelta(days=90)
    on_progress: ProgressHook = log_progress
    clock: Clock = attrs.Factory(SystemClock)
    _books: Books = attrs.field(factory=Books, init=False)
    _forget_at: float = attrs.field(default=float("-inf"), init=False)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(profile={self.profile.name!r}, store={self.store!r})"

    def _identity(self) -> Procedure[str]:
        information = yield from read_identity(self._books)
        if self.organization_number is not None:
            yield from confirm_company(self._books, self.organization_number)
        return information.client_id

    def _settlement(
        self, z: ZReport, count: CashCount | None, previous: ZReport | None, *, dry_run: bool | None
    ) -> Procedure[SettlementResult]:
        return settle_z_report(self._desk(dry_run=dry_run), z, count=count, previous=previous)

    def _settlements(self, pos: object, *, dry_run: bool | None) -> Procedure[SettlementReport]:
        if pos is None:
            raise ConfigurationError("runner", (_NO_POS,))
        return settle_finished(self._desk(dry_run=dry_run))

    def _sync(
        self,
        pos: object,
        kinds: Iterable[str] | None,
        *,
        full: bool,
        approve: str | None,
        dry_run: bool | None,
    ) -> Procedure[SyncReport]:
        if pos is None:
            raise ConfigurationError("runner", (_NO_POS,))
        self._refresh()
        kit = SyncKit(
            profile=self.profile,
            accounts=self.accounts,
            books=self._books,
            now=self.clock.utc_now(),
            clock=self.clock.utc_now,
            full=full,
            approve=approve,
            dry_run=self.dry_run if dry_run is None else dry_run,
            look_up_after=self.look_up_after,
            keep_history=self.keep_history,
            on_progress=self.on_progress,
        )
        return sync(kit, kinds_of(self.profile) if kinds is None else kinds)

    def _invoice(self, pos: object, order_id: str) -> Procedure[InvoiceResult]:
        if pos is None:
            raise ConfigurationError("runner", (_NO_POS_TO_INVOICE,))
        if self.dry_run:
            raise ConfigurationError("runner", (_NO_DRY_INVOICE,))
        self._refresh()
        desk = InvoiceDesk(
            profile=self.profile,
            accounts=self.accounts,
            books=self._books,
            now=self.clock.utc_now(),
            look_up_after=self.look_up_after,
            patience=self.invoice_patience,
        )
        return invoice_order(desk, order_id)

    def _check(self, pos: object) -> Procedure[CheckReport]:
        today = to_oslo(self.clock.utc_now()).date()
        return check(
            Preflight(
                profile=self.profile,
                accounts=self.accounts,
                has_pos=pos is not None,
                today=today,
                organization_number=self.organization_number,
            )
        )

    def _refresh(self) -> None:
        if self.clock.monotonic() >= self._forget_at:
            self._books.forget()
            self._forget_at = self.clock.monotonic() + self.remember_for.total_seconds()

    def _desk(self, *, dry_run: bool | None) -> Desk:
        if self.accounts is None:
            raise ConfigurationError("runner", (_NO_ACCOUNTS,))
        self._refresh()
        return Desk(
            accounts=self.accounts,
            books=self._books,
            journal=self.profile.journal,
            today=to_oslo(self.clock.utc_now()).date(),
            pos_issues=self.profile.invoicing is Invoicing.POS,
            dry_run=self.dry_run if dry_run is None else dry_run,
            look_up_after=self.look_up_after,
        )


@attrs.define(kw_only=True, eq=False, repr=False, slots=False)
class Runner(_Core):
    """
    Keeps one POS and one client company in Go alike, and settles its Z-reports.

    Nothing runs by itself: call it from a cron job, a queue or a button. A
    runner may be kept or made anew for every run; what must not be forgotten
    is in the store and in Go. Make one runner per thread; runners may share
    client and store.

    Attributes:
        go: Client of the client company.
        pos: The POS; None if Z-reports are given to :meth:`settle`.
        store: Where state is kept between runs.
        profile: How the two systems work together.
        accounts: The account map; needed to settle.
        organization_number:
            Of the company the POS is of, nine digits: with the keys of another company nothing is read from the POS
            nor written to either side. None asks nobody; a Z-report is settled only in its own company all the same.
        dry_run: True never writes, neither to Go nor to the store.
        look_up_after: How long to wait before looking for a write whose answer was lost.
        lease_wait: How long to wait for another runner at work on the same client company.
        remember_for:
            How long chart, VAT codes and lock date are remembered between
            settlements. Nothing is blocked on what is remembered: it is read again first.
        invoice_patience: How long :meth:`invoice` waits for Go to deliver.
        keep_history:
            How long the store remembers conflicts, which hold the values of
            both sides, and runs. A sync forgets what is older when it has
            something to store, a full one always.
        on_progress:
            Hears how far a sync has got; by default the logger ``posgo.sync``, which
            is silent until somebody configures it. No personal data.
        clock: Tells and passes time.
    """

    go: GoClient
    pos: PointOfSale | None = None
    store: StateStore

    def settle(
        self,
        z: ZReport,
        *,
        count: CashCount | None = None,
        previous: ZReport | None = None,
        dry_run: bool | None = None,
    ) -> SettlementResult:
        """
        Post one Z-report to Go exactly once.

        Args:
            z: The Z-report.
            count: The drawer as counted; None if it was not.
            previous: The Z-report before it; None takes what the store remembers.
            dry_run: Overrides the runner's own setting; None does not.

        Raises:
            ConfigurationError: If the runner has no account map.
            ApiError: If Go could not be asked, the keys are wrong, or a voucher is still in doubt.
                Nothing is lost: the next run takes it up.
            LeaseHeldError: If another runner is at work on this client company.
            StateStoreError: If the store cannot be used.
        """
        return self._run(self._settlement(z, count, previous, dry_run=dry_run))

    def settle_finished(self, *, dry_run: bool | None = None) -> SettlementReport:
        """
        Post every finished Z-report of the POS that is not booked yet. Safe to run again, every night.

        Business days before ``[pos] settle_from`` are listed as skipped.

        Args:
            dry_run: Overrides the runner's own setting; None does not.

        Raises:
            ConfigurationError: If there is no POS, no account map, or no ``settle_from`` in it.
            ApiError: If Go could not be asked who we are, or the keys are wrong.
                What stops a single Z-report is in the report instead.
            LeaseHeldError: If another runner is at work on this client company.
            StateStoreError: If the store cannot be used.
        """
        return self._run(self._settlements(self.pos, dry_run=dry_run))

    def settle_all(self, z_reports: Iterable[ZReport], *, dry_run: bool | None = None) -> SettlementReport:
        """
        Post the given Z-reports, such as those of a file. Safe to run again.

        Business days before ``[pos] settle_from`` are listed as skipped, if the account map has it.

        Args:
            z_reports: The Z-reports, in any order.
            dry_run: Overrides the runner's own setting; None does not.

        Raises:
            ConfigurationError: If the runner has no account map.
            ApiError: As for :meth:`settle_finished`.
            LeaseHeldError: If another runner is at work on this client company.
            StateStoreError: If the store cannot be used.
        """
        return self._run(settle_all(self._desk(dry_run=dry_run), z_reports))

    def sync(
        self, *, full: bool = False, approve: str | None = None, dry_run: bool | None = None
    ) -> SyncReport:
        """
        Make everything the profile names alike on both sides.

        Only what changed since the last run is looked at. Run it in full
        once a night: Go does not tell of changed addresses, nor of what was
        deleted.

        Args:
            full: Whether to look at everything.
            approve: Id of a plan that was held back because it changes too much at once; None approves nothing.
            dry_run: Overrides the runner's own setting; None does not. True plans only.

        Raises:
            ConfigurationError: If there is no POS, or the profile has no rules for what was asked.
            ModelError: If the approved plan is not what would be done now; nothing was written.
            ApiError: If a side could not be read. What stops a single record is in the report instead.
            LeaseHeldError: If another runner is at work on this client company.
            StateStoreError: If the store cannot be used.
        """
        return self._run(self._sync(self.pos, None, full=full, approve=approve, dry_run=dry_run))

    def sync_customers(
        self, *, full: bool = False, approve: str | None = None, dry_run: bool | None = None
    ) -> SyncReport:
        """
        See :meth:`sync`.
        """
        return self._run(self._sync(self.pos, ["customers"], full=full, approve=approve, dry_run=dry_run))

    def sync_products(
        self, *, full: bool = False, approve: str | None = None, dry_run: bool | None = None
    ) -> SyncReport:
        """
        See :meth:`sync`.
        """
        return self._run(self._sync(self.pos, ["products"], full=full, approve=approve, dry_run=dry_run))

    def sync_orders(
        self, *, full: bool = False, approve: str | None = None, dry_run: bool | None = None
    ) -> SyncReport:
        """
        See :meth:`sync`. Orders name customers and products: sync those first.
        """
        return self._run(self._sync(self.pos, ["orders"], full=full, approve=approve, dry_run=dry_run))

    def invoice(self, order_id: str) -> InvoiceResult:
        """
        Invoice one order of the POS at once, and answer with the invoice.

        It is checked first, made in Go or brought up to date there, sent, and waited
        for. Calling again is safe at any time, whatever stopped the call before: an
        order that is invoiced is answered with the invoice it has, and one under way
        is waited for. There is never a second order and never a second invoice.

        An order that names the invoice it ``credits`` becomes a credit note.

        Args:
            order_id: The order's id in the POS.

        Raises:
            CustomerNotInGoError: If the customer does not exist in Go, or is archived there.
            InvoiceRefusedError: If anything else is to be mended; its ``findings`` tell all of it.
            InvoiceNotDeliveredError: If Go could not deliver the invoice.
            InvoiceInProgressError: If Go was still at it when ``invoice_patience`` ended.
            ConfigurationError: If there is no POS, or the runner is for dry runs.
            ApiError: If the POS or Go could not be asked. Nothing is lost: call again.
            LeaseHeldError: If another runner is at work on this client company. Nothing was done: call again.
            StateStoreError: If the store cannot be used.
        """
        return self._run(self._invoice(self.pos, order_id))

    def check(self) -> CheckReport:
        """
        Tell everything that would stop a settlement or a sync, with its remedy. Never writes.

        Looks at privileges and Go modules, organisation number, chart, VAT
        codes, departments, lock date and number series, and at what the POS
        sells and is paid with. Neither store nor lease is touched, so it may
        run beside anything.

        Sends at most ten requests to Go (four more if orders are kept alike, and one for every further 200
        accounts and every privilege refused), and reads the POS's finished Z-reports and, if
        they are kept alike, its products, to their end.

        Raises:
            AuthenticationError: If the keys of Go or of the POS do not work.
            ApiError: If Go could not be asked. A POS that does not answer is a finding.
            WireFormatError: If Go's answer could not be read.
        """
        # The token may be older than the privileges, and than the end of the keys.
        self.go.invalidate_token()
        return self._drive(self._check(self.pos), client="")

    def _run(self, procedure: Procedure[T]) -> T:
        client = self._drive(self._identity(), client="")
        with self.store.lease(client, wait=self.lease_wait) as confirm:
            return self._drive(procedure, client, confirm)

    def _drive(self, procedure: Procedure[T], client: str, confirm: Confirm = None) -> T:
        try:
            request = next(procedure)
            while True:
                try:
                    if confirm is not None and _writes(request):
                        confirm()
                    answer = self._answer(request, client)
                except PosgoError as error:
                    request = procedure.throw(error)
                else:
                    request = procedure.send(answer)
        except StopIteration as stop:
            result: T = stop.value
            return result

    def _answer(self, request: Request[Any], client: str) -> Any:
        match request:
            case Call():
                return self.go.send(request)
            case StoreRequest():
                return request.on(self.store, client)
            case PosRequest() if self.pos is not None:
                return request.on(self.pos)
            case Pause():
                return self.clock.sleep(request.duration.total_seconds())
        raise TypeError(f"this driver cannot answer {request!r}")


@attrs.define(kw_only=True, eq=False, repr=False, slots=False)
class AsyncRunner(_Core):
    """
    :class:`Runner` with coroutines: the same names, the same procedures.

    Stores and POS adapters may be synchronous (they are called in a thread)
    or have coroutines for methods; the lease of such a store is an
    asynchronous context manager. A task that is cancelled during a call in a
    thread ends when that call has, and keeps its lease until then.

    Attributes:
        go: Asynchronous client of the client company.
        pos: The POS, synchronous or not; None if Z-reports are given to :meth:`settle`.
        store: Where state is kept between runs, synchronous or not.
    """

    go: AsyncGoClient
    pos: PointOfSale | AsyncPointOfSale | None = None

    async def settle(
        self,
        z: ZReport,
        *,
        count: CashCount | None = None,
        previous: ZReport | None = None,
        dry_run: bool | None = None,
    ) -> SettlementResult:
        """
        See :meth:`Runner.settle`.
        """
        return await self._run(self._settlement(z, count, previous, dry_run=dry_run))

    async def settle_finished(self, *, dry_run: bool | None = None) -> SettlementReport:
        """
        See :meth:`Runner.settle_finished`.
        """
        return await self._run(self._settlements(self.pos, dry_run=dry_run))

    async def settle_all(
        self, z_reports: Iterable[ZReport], *, dry_run: bool | None = None
    ) -> SettlementReport:
        """
        See :meth:`Runner.settle_all`.
        """
        return await self._run(settle_all(self._desk(dry_run=dry_run), z_reports))

    async def sync(
        self, *, full: bool = False, approve: str | None = None, dry_run: bool | None = None
    ) -> SyncReport:
        """
        See :meth:`Runner.sync`.
        """
        return await self._run(self._sync(self.pos, None, full=full, approve=approve, dry_run=dry_run))

    async def sync_customers(
        self, *, full: bool = False, approve: str | None = None, dry_run: bool | None = None
    ) -> SyncReport:
        """
        See :meth:`Runner.sync`.
        """
        return await self._run(
            self._sync(self.pos, ["customers"], full=full, approve=approve, dry_run=dry_run)
        )

    async def sync_products(
        self, *, full: bool = False, approve: str | None = None, dry_run: bool | None = None
    ) -> SyncReport:
        """
        See :meth:`Runner.sync`.
        """
        return await self._run(
            self._sync(self.pos, ["products"], full=full, approve=approve, dry_run=dry_run)
        )

    async def sync_orders(
        self, *, full: bool = False, approve: str | None = None, dry_run: bool | None = None
    ) -> SyncReport:
        """
        See :meth:`Runner.sync`.
        """
        return await self._run(self._sync(self.pos, ["orders"], full=full, approve=approve, dry_run=dry_run))

    async def invoice(self, order_id: str) -> InvoiceResult:
        """
        See :meth:`Runner.invoice`.
        """
        return await self._run(self._invoice(self.pos, order_id))

    async def check(self) -> CheckReport:
        """
        See :meth:`Runner.check`.
        """
        self.go.invalidate_token()
        return await self._drive(self._check(self.pos), client="")

    async def _run(self, procedure: Procedure[T]) -> T:
        client = await self._drive(self._identity(), client="")
        async with _leased(self.store.lease(client, wait=self.lease_wait)) as confirm:
            return await self._drive(procedure, client, confirm)

    async def _drive(self, procedure: Procedure[T], client: str, confirm: Confirm = None) -> T:
        try:
            request = next(procedure)
            while True:
                try:
                    if confirm is not None and _writes(request):
                        await _in_thread(confirm)
                    answer = await self._answer(request, client)
                except PosgoError as error:
                    request = procedure.throw(error)
                else:
                    request = procedure.send(answer)
        except StopIteration as stop:
            result: T = stop.value
            return result

    async def _answer(self, request: Request[Any], client: str) -> Any:
        match request:
            case Call():
                return await self.go.send(request)
            case StoreRequest():
                return await _in_thread(request.on, self.store, client)
            case PosRequest() if self.pos is not None:
                return await _in_thread(request.on, self.pos)
            case Pause():
                return await self.clock.sleep_async(request.duration.total_seconds())
        raise TypeError(f"this driver cannot answer {request!r}")


def _writes(request: Request[Any]) -> bool:
    """
    Whether a request changes something in Go or in the POS. A commit looks for itself.
    """
    return isinstance(request, (Call, PosRequest)) and request.writes


async def _in_thread(operation: Callable[..., Any], *args: Any) -> Any:
    """
    Call in a thread; what comes back as an awaitable is awaited here.

    A task cancelled meanwhile ends when the call has: a thread cannot be
    stopped, and what it still writes must not outlive the lease.
    """
    # No task of its own, which the end of the event loop would cancel.
    call = asyncio.get_running_loop().run_in_executor(None, copy_context().run, operation, *args)
    try:
        answer = await asyncio.shield(call)
    except asyncio.CancelledError:
        while not call.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([call])
        # Looked at, or the event loop would report it as forgotten.
        call.exception()
        raise
    return await answer if inspect.isawaitable(answer) else answer


@asynccontextmanager
async def _leased(lease: Any) -> AsyncIterator[Confirm]:
    """
    Hold a lease, asynchronous or not.
    """
    if hasattr(lease, "__aenter__"):
        async with lease as confirm:
            yield confirm
        return
    entered = await _enter(lease)
    try:
        yield entered
    finally:
        lease.__exit__(None, None, None)


async def _enter(lease: AbstractContextManager[Confirm]) -> Confirm:
    entering = asyncio.ensure_future(asyncio.to_thread(lease.__enter__))
    try:
        return await asyncio.shield(entering)
    except asyncio.CancelledError:
        # The thread cannot be cancelled: what it still gets is given back.
        entering.add_done_callback(
            lambda entered: entered.cancelled() or entered.exception() or lease.__exit__(None, None, None)
        )
        raise
