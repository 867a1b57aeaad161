"""
The drivers: what they do beside carrying out procedures.
"""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from posgo.clients.clock import SystemClock
from posgo.clients.go_client import AsyncGoClient, GoClient
from posgo.clients.pos import Feed
from posgo.exceptions import ConfigurationError, ModelError, StaleStateError
from posgo.models.orders import Order
from posgo.models.parties import Customer
from posgo.models.pos import ZReport
from posgo.models.vouchers import SettlementStatus
from posgo.procedure import Procedure, Request, ask
from posgo.profiles import OPEN_ONE, PRESSIS_POS
from posgo.runner import AsyncRunner, Runner
from posgo.state import Changes, Loaded, MemoryStore, SettlementRecord
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from support.zreports import ACCOUNTS, a_day, accounts

POSTED = SettlementStatus.POSTED


def a_runner(go: FakeGo, **options: Any) -> Runner:
    client = GoClient(go.credentials, transport=go.transport, limiter=NO_LIMIT)
    return Runner(
        go=client, **{"store": MemoryStore(), "profile": OPEN_ONE, "accounts": accounts(), **options}
    )


def an_async_runner(go: FakeGo, **options: Any) -> AsyncRunner:
    client = AsyncGoClient(go.credentials, transport=go.transport, limiter=NO_LIMIT)
    return AsyncRunner(
        go=client, **{"store": MemoryStore(), "profile": OPEN_ONE, "accounts": accounts(), **options}
    )


class AsyncStore:
    """
    A store of a vendor whose database speaks asyncio.
    """

    def __init__(self) -> None:
        self.inner = MemoryStore()

    @asynccontextmanager
    async def lease(self, client: str, *, wait: timedelta) -> AsyncIterator[None]:
        with self.inner.lease(client, wait=wait):
            yield

    async def settlements(self, client: str, references: Collection[str]) -> Loaded:
        return self.inner.settlements(client, references)

    async def previous_settlement(
        self, client: str, cash_point: str, before: datetime
    ) -> SettlementRecord | None:
        return self.inner.previous_settlement(client, cash_point, before)

    async def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        return self.inner.commit(client, changes, expected_version=expected_version)


class AsyncPos:
    """
    A POS adapter with coroutines.
    """

    async def z_reports(self, cursor: str | None = None) -> Feed[ZReport]:
        return Feed(items=[a_day()], cursor="1", from_start=True)


class TestCompany:
    """
    With the keys of another company nothing is done, if the runner is told whose it is.
    """

    @pytest.mark.parametrize(
        ("number", "told"),
        [("974760673", "organisation number 974760673"), ("", "no valid organisation number")],
    )
    @pytest.mark.parametrize("operation", ["sync", "invoice", "settle", "settle_finished"])
    def test_nothing_is_read_or_written(self, number: str, told: str, operation: str) -> None:
        """
        Customers of one merchant must not come into another's ledger, nor an invoice be sent in its name.
        """
        pos = FakePos()
        order = pos.put(Order(customer=pos.put(Customer(name="Buyer", email="buyer@example.no"))))
        arguments = {"invoice": (order,), "settle": (a_day(),)}.get(operation, ())
        go = FakeGo(organization_number=number)
        runner = a_runner(go, pos=pos, profile=PRESSIS_POS, organization_number="999 999 999 MVA")

        with pytest.raises(ConfigurationError, match=f"{told}.* 999999999.* client key"):
            getattr(runner, operation)(*arguments)

        assert {"GET"} == {each.method for each in go.requests if "Token" not in each.path}
        assert {} == go.all(Customer)

    def test_asked_once(self) -> None:
        """
        The right company is asked for its number once in a runner's life.
        """
        go = FakeGo(organization_number="999999999")
        runner = a_runner(go, pos=FakePos(), organization_number="999999999")
        runner.sync()
        runner.sync()

        assert 1 == sum(each.path.endswith("/OrganizationSettings") for each in go.requests)

    def test_a_corrected_number_lets_the_runner_go_on(self) -> None:
        """
        Nothing is refused by what is remembered: what was corrected in Go holds for the next call.
        """
        go = FakeGo(organization_number="")
        runner = a_runner(go, pos=FakePos(), organization_number="999999999")
        with pytest.raises(ConfigurationError, match="no valid organisation number"):
            runner.sync()

        go._company.organization_number = "999999999"

        assert runner.sync().is_clean

    def test_not_asked_where_nobody_says(self) -> None:
        """
        None asks nothing.
        """
        go = FakeGo(organization_number="974760673")

        assert a_runner(go, pos=FakePos()).sync().is_clean
        assert not any(each.path.endswith("/OrganizationSettings") for each in go.requests)

    def test_the_asynchronous_one_looks_as_well(self) -> None:
        """
        Both drivers ask before they take the lease.
        """
        runner = an_async_runner(
            FakeGo(organization_number="974760673"), pos=FakePos(), organization_number="999999999"
        )

        with pytest.raises(ConfigurationError, match="client key"):
            asyncio.run(runner.sync())

    def test_the_check_tells(self) -> None:
        """
        Before the first night, as a finding among the others.
        """
        runner = a_runner(FakeGo(organization_number="974760673"), organization_number="999999999")

        assert "wrong-company" in {finding.rule for finding in runner.check().findings if finding.blocks}

    def test_what_is_no_number_is_refused(self) -> None:
        """
        A slip would refuse every company.
        """
        with pytest.raises(ModelError, match="nine digits"):
            a_runner(FakeGo(), organization_number="12345")


class TestConfiguration:
    """
    What is missing is said before anything is asked.
    """

    def test_settling_needs_an_account_map(self) -> None:
        """
        The sentence says what to give.
        """
        go = FakeGo()

        with pytest.raises(ConfigurationError, match=r"AccountMap\.from_toml"):
            a_runner(go, accounts=None).settle(a_day())

        assert [] == go.requests

    def test_finished_reports_need_a_pos(self) -> None:
        """
        Without a POS there is nobody to ask.
        """
        with pytest.raises(ConfigurationError, match="no POS"):
            a_runner(FakeGo()).settle_finished()

    def test_finished_reports_need_a_first_day(self) -> None:
        """
        Without settle_from the first night would book years that were booked by hand.
        """
        unguarded = accounts(ACCOUNTS.replace('settle_from = "2020-01-01"', ""))

        with pytest.raises(ConfigurationError, match="settle_from"):
            a_runner(FakeGo(), pos=FakePos(), accounts=unguarded).settle_finished()

    def test_a_request_nobody_answers_is_named(self) -> None:
        """
        A driver does not guess what a foreign request means.
        """

        class Foreign(Request[None]):
            pass

        def procedure() -> Procedure[None]:
            yield from ask(Foreign())

        with pytest.raises(TypeError, match="Foreign"):
            a_runner(FakeGo())._drive(procedure(), "client")

    def test_no_secret_shows(self) -> None:
        """
        A runner in a log shows profile and store, no keys.
        """
        go = FakeGo()

        shown = repr(a_runner(go)) + repr(an_async_runner(go))

        assert "Open One" in shown
        assert go.credentials.client_key not in shown


class TestMemory:
    """
    What is remembered of the ledger is remembered for a while.
    """

    def test_the_ledger_is_read_again_after_a_while(self) -> None:
        """
        A runner kept for days does not live on a chart of last week.
        """
        go, clock = FakeGo(), VirtualClock()
        runner = a_runner(go, clock=clock)
        runner.settle(a_day(1))
        clock.advance(16 * 60)
        before = len(go.requests)

        runner.settle(a_day(2))

        assert "/GeneralLedgerAccounts" in {request.path for request in go.requests[before:]}

    def test_an_earlier_day_is_swept_too(self) -> None:
        """
        Days before those already looked through cost one more look, not none.
        """
        go = FakeGo()
        first = a_runner(go)
        assert POSTED is first.settle(a_day(1)).status
        second = a_runner(go)
        assert POSTED is second.settle(a_day(9)).status

        assert SettlementStatus.ALREADY_POSTED is second.settle(a_day(1)).status
        assert 2 == len(go.vouchers)

    def test_a_day_far_ahead_is_swept_too(self) -> None:
        """
        The sweep's horizon moves with the days settled.
        """
        go = FakeGo()
        a_runner(go).settle(a_day(900))
        runner = a_runner(go)
        runner.settle(a_day(1))

        assert SettlementStatus.ALREADY_POSTED is runner.settle(a_day(900)).status


class TestAsync:
    """
    What only coroutines can get wrong.
    """

    def test_coroutine_stores_and_adapters(self) -> None:
        """
        A store and a POS whose methods are coroutines work as synchronous ones do.
        """
        runner = an_async_runner(FakeGo(), store=AsyncStore(), pos=AsyncPos())

        assert [POSTED] == [result.status for result in asyncio.run(runner.settle_finished())]

    def test_two_at_once_book_once(self) -> None:
        """
        Tasks that settle the same report at the same time wait for each other.
        """
        go, store = FakeGo(), MemoryStore()

        async def both() -> list[Any]:
            runners = [an_async_runner(go, store=store) for _ in range(5)]
            return await asyncio.gather(*(runner.settle(a_day()) for runner in runners))

        statuses = [result.status for result in asyncio.run(both())]

        assert 1 == statuses.count(POSTED)
        assert 4 == statuses.count(SettlementStatus.ALREADY_POSTED)
        assert 1 == len(go.vouchers)

    def test_a_cancelled_wait_gives_the_lease_back(self) -> None:
        """
        A task cancelled while it waits for the lease does not keep it for ever.
        """
        store = MemoryStore()
        go = FakeGo()
        held, release = threading.Event(), threading.Event()

        def other_runner() -> None:
            with GoClient(go.credentials, transport=go.transport, limiter=NO_LIMIT) as client:
                identity = client.integration.get().client_id
            with store.lease(identity, wait=timedelta(0)):
                held.set()
                release.wait(20)

        async def cancelled() -> None:
            task = asyncio.create_task(an_async_runner(go, store=store).settle(a_day()))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            release.set()
            await asyncio.to_thread(thread.join)

        thread = threading.Thread(target=other_runner)
        thread.start()
        assert held.wait(20)
        asyncio.run(cancelled())

        assert POSTED is a_runner(go, store=store).settle(a_day()).status

    @pytest.mark.parametrize("cancelled", ["once", "twice", "with the event loop"])
    @pytest.mark.parametrize("fails", [False, True])
    def test_a_cancelled_run_keeps_its_lease_until_its_write_has_landed(
        self, cancelled: str, *, fails: bool
    ) -> None:
        """
        A call in a thread cannot be stopped, so nobody else begins before it ends; and no error of it is left behind.
        """
        events: list[str] = []
        started, release = threading.Event(), threading.Event()

        class SlowPos(FakePos):
            def create(self, value: Any, *, reference: str) -> Any:
                started.set()
                assert release.wait(20)
                created = super().create(value, reference=reference)
                events.append("write landed")
                if fails:
                    raise ModelError("the till refuses")
                return created

        class Watched(MemoryStore):
            @contextmanager
            def lease(self, client: str, *, wait: timedelta) -> Iterator[None]:
                with super().lease(client, wait=wait):
                    yield
                events.append("lease left")

        async def release_when_cancelled() -> None:
            try:
                await asyncio.sleep(3600)
            finally:
                for _ in range(50):
                    await asyncio.sleep(0)
                release.set()

        async def run() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _, told: events.append(told["message"]))
            runner = an_async_runner(go, profile=PRESSIS_POS, store=Watched(), pos=SlowPos())
            tasks: list[asyncio.Task[Any]] = [asyncio.create_task(runner.sync_customers())]
            assert await asyncio.to_thread(started.wait, 20)
            tasks.append(asyncio.create_task(release_when_cancelled()))
            await asyncio.sleep(0)
            for _ in range({"once": 1, "twice": 2}.get(cancelled, 0)):
                tasks[0].cancel()
                await asyncio.sleep(0)
            if cancelled != "with the event loop":
                tasks[1].cancel()
                await asyncio.wait(tasks)

        go = FakeGo()
        go.put(Customer(name="Kafé Nordlys"))
        asyncio.run(run())
        gc.collect()

        assert ["write landed", "lease left"] == events

    def test_errors_of_the_store_reach_the_caller(self) -> None:
        """
        What the store refuses is raised as it is, in either colour.
        """

        class Stale(MemoryStore):
            def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
                raise StaleStateError("store", "somebody committed first")

        go = FakeGo()
        with pytest.raises(StaleStateError):
            asyncio.run(an_async_runner(go, store=Stale()).settle(a_day()))
        with pytest.raises(StaleStateError):
            a_runner(go, store=Stale()).settle(a_day())

        assert 0 == len(go.vouchers)

    def test_the_computers_clock_is_the_default(self) -> None:
        """
        Nothing needs to be given to wait for real.
        """
        assert isinstance(a_runner(FakeGo()).clock, SystemClock)
