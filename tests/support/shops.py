"""
A shop with a till, a ledger and a store: what runner tests act on, in both colours.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal

import attrs

from posgo.bookkeeping import AccountMap
from posgo.clients.go_client import AsyncGoClient, GoClient
from posgo.clients.retry import RetryPolicy
from posgo.models.pos import CashCount, ZReport
from posgo.procedures._case import SettlementResult
from posgo.procedures._invoice_case import InvoiceResult
from posgo.procedures.finished import SettlementReport
from posgo.procedures.preflight import CheckReport
from posgo.procedures.report import SyncReport
from posgo.profiles import OPEN_ONE, Profile
from posgo.runner import AsyncRunner, Runner
from posgo.state import MemoryStore, StateStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from support.zreports import accounts

Colour = Literal["sync", "async"]


@attrs.define
class Shop:
    """
    Everything a settlement meets, and a runner of either colour over it.

    Attributes:
        colour: Which runner.
        go: The ledger.
        transport: How the ledger is reached.
        pos: The till.
        store: The runner's memory.
        accounts: The account map.
        keep_history: How long the runner remembers what it did.
        clock: Moves when somebody waits, and only then.
    """

    colour: Colour = "sync"
    go: FakeGo = attrs.Factory(FakeGo)
    transport: Any = None
    pos: Any = attrs.Factory(FakePos)
    store: StateStore = attrs.Factory(MemoryStore)
    accounts: AccountMap | None = attrs.Factory(accounts)
    profile: Profile = OPEN_ONE
    credentials: Any = None
    keep_history: timedelta = timedelta(days=90)
    clock: VirtualClock = attrs.Factory(VirtualClock)
    _runner: Any = None

    def settle(
        self, z: ZReport, *, dry_run: bool | None = None, count: CashCount | None = None
    ) -> SettlementResult:
        result: SettlementResult = self._call("settle", z, dry_run=dry_run, count=count)
        return result

    def settle_finished(self) -> SettlementReport:
        report: SettlementReport = self._call("settle_finished")
        return report

    def settle_all(self, z_reports: Iterable[ZReport]) -> SettlementReport:
        report: SettlementReport = self._call("settle_all", z_reports)
        return report

    def sync(
        self, *, full: bool = False, dry_run: bool | None = None, approve: str | None = None
    ) -> SyncReport:
        report: SyncReport = self._call("sync", full=full, dry_run=dry_run, approve=approve)
        return report

    def invoice(self, order_id: str) -> InvoiceResult:
        result: InvoiceResult = self._call("invoice", order_id)
        return result

    def check(self) -> CheckReport:
        report: CheckReport = self._call("check")
        return report

    def restart(self) -> None:
        """
        Begin a new run: nothing is remembered but what the store and Go hold.
        """
        self._runner = None

    def lose_state(self) -> None:
        """
        Restart with an empty store.
        """
        self.store = MemoryStore()
        self.restart()

    def forget_state(self) -> None:
        """
        Empty the store under a runner that goes on.
        """
        self.store = MemoryStore()
        self._sync().store = self.store

    def _call(self, name: str, *args: Any, **options: Any) -> Any:
        if self.colour == "sync":
            return getattr(self._sync(), name)(*args, **options)
        return asyncio.run(self._async(name, *args, **options))

    def _sync(self) -> Runner:
        if self._runner is None:
            self._runner = Runner(go=GoClient(**self._client_options()), **self._runner_options())
        runner: Runner = self._runner
        return runner

    async def _async(self, name: str, *args: Any, **options: Any) -> Any:
        # Connections belong to an event loop, and every call here has its own.
        async with AsyncGoClient(**self._client_options()) as client:
            runner = AsyncRunner(go=client, **self._runner_options())
            return await getattr(runner, name)(*args, **options)

    def _client_options(self) -> dict[str, Any]:
        return {
            "credentials": self.credentials or self.go.credentials,
            "transport": self.transport or self.go.transport,
            "limiter": NO_LIMIT,
            "retry": RetryPolicy(attempts=3),
            "clock": self.clock,
        }

    def _runner_options(self) -> dict[str, Any]:
        return {
            "pos": self.pos,
            "store": self.store,
            "profile": self.profile,
            "accounts": self.accounts,
            "lease_wait": timedelta(0),
            "keep_history": self.keep_history,
            "clock": self.clock,
        }


def posts(go: FakeGo) -> int:
    """
    How often a voucher was sent.
    """
    return sum(1 for request in go.requests if request.method == "POST" and "/Vouchers/" in request.path)
