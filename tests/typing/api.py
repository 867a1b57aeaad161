"""
The public names as their users' type checkers see them.

Never run: mypy and pyright read it. One function per subject; ``assert_type``
states the exact type a user gets.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type

from posgo import (
    AccountMap,
    Address,
    AsyncGoClient,
    AsyncPointOfSale,
    AsyncPosClient,
    AsyncRunner,
    CashCount,
    Conflict,
    Customer,
    Environment,
    Finding,
    GoClient,
    GoCredentials,
    InvoicePayment,
    Link,
    MemoryStore,
    Operation,
    Order,
    OrderLine,
    OrderStatus,
    Plan,
    PointOfSale,
    Policy,
    PosClient,
    Posting,
    Product,
    Profile,
    Record,
    RetryPolicy,
    Runner,
    Settlement,
    SettlementStatus,
    Severity,
    Snapshot,
    SqliteStore,
    StateStore,
    Voucher,
    ZReport,
    exceptions,
    plan,
    profiles,
    saft,
)
from posgo.bookkeeping import settle, settle_payout
from posgo.clients.pos import Feed, missing
from posgo.clients.pos.protocol import Thing
from posgo.models.invoices import OpenItem
from posgo.models.ledger import LedgerAccount
from posgo.models.payouts import Payout, PayoutFee
from posgo.models.pos import Tender, VatRow
from posgo.procedures.finished import SettlementReport
from posgo.procedures.invoicing import InvoiceResult
from posgo.procedures.outcome import Failed
from posgo.procedures.report import SyncReport
from posgo.procedures.settlement import SettlementResult
from posgo.state import AsyncStateStore
from posgo.sync import Replica, advance, resolve
from posgo.sync.policies import customers
from posgo.testing import NO_LIMIT, FakeGo, FakePos


def z_report() -> ZReport:
    """
    Amounts may be given as text, whole numbers or decimals, and are decimals afterwards.
    """
    z = ZReport(
        company="999999999",
        cash_point="1",
        number="42",
        closed_at=datetime(2026, 1, 2, 17, 0, tzinfo=UTC),
        vat_rows=[VatRow(vat_code="3", percent=Decimal(25), amount="80.00", vat=20)],
        tenders=[Tender(code="12001", number=1, amount=Decimal(100))],
        total=100,
        invoice_payments=[InvoicePayment(amount=100, tender="12002", invoice_no=7)],
    )
    assert_type(z.number, str)
    assert_type(z.closed_at, datetime)
    assert_type(z.total, Decimal)
    assert_type(z.vat_rows, tuple[VatRow, ...])
    assert_type(z.tenders, tuple[Tender, ...])
    assert_type(z.invoice_payments, tuple[InvoicePayment, ...])
    assert_type(z.findings, tuple[Finding, ...])
    return z


def account_map() -> AccountMap:
    """
    A path and a text are both fine.
    """
    assert_type(AccountMap.from_toml(Path("accounts.toml")), AccountMap)
    return AccountMap.from_toml('[pos]\nvat_rows = "net"\n')


def settlement() -> None:
    """
    A settlement without a voucher has to be thought of: ``voucher`` may be None.
    """
    count = CashCount(counted="1200.00", counted_by="Kari")
    items = [OpenItem(invoice_no=7, balance="100.00", customer="c", matching_reference="pos:o")]
    result = settle(z_report(), account_map(), count=count, previous=z_report(), open_items=items)

    assert_type(result, Settlement)
    assert_type(result.voucher, Voucher | None)
    assert_type(result.postable, bool)
    assert_type(result.findings, tuple[Finding, ...])
    if result.voucher is not None:
        assert_type(result.voucher.date, date)
        assert_type(result.voucher.postings, tuple[Posting, ...])
        posting = result.voucher.postings[0]
        assert_type(posting.account, int)
        assert_type(posting.amount, Decimal)
        assert_type(posting.vat_code, str | None)
        assert_type(posting.invoice_no, int | None)


def payout() -> Settlement:
    """
    Amounts of a payout may be given as text, too.
    """
    report = Payout(
        provider="Vipps",
        reference="1",
        paid_on=date(2026, 3, 17),
        gross="100.00",
        fees=[PayoutFee(amount=2)],
        net=98,
    )
    return settle_payout(report, account_map(), clearing_balance=Decimal(100))


def voucher_by_hand() -> Voucher:
    """
    Postings may be given as any iterable.
    """
    debit = Posting(account=1900, amount="100.00")
    credit = Posting(account=3000, amount=-100, vat_code="3")
    return Voucher(date=date(2026, 1, 2), reference="r", text="Z 42", postings=[debit, credit])


def saft_file() -> None:
    """
    A path, as text or not, and an open binary file are all fine.
    """
    file = saft.read("till.xml")
    with Path("till.xml").open("rb") as opened:
        assert_type(saft.read(opened), saft.AuditFile)

    assert_type(file, saft.AuditFile)
    assert_type(saft.read(Path("till.xml")), saft.AuditFile)
    assert_type(file.company, str)
    assert_type(file.z_reports, tuple[ZReport, ...])
    assert_type(file.findings, tuple[Finding, ...])
    assert_type(file.transactions(), Iterator[saft.Transaction])


def stores() -> tuple[StateStore, ...]:
    """
    The stores that come along are what the protocol asks for.
    """
    return MemoryStore(), SqliteStore("posgo.sqlite3"), SqliteStore(Path("posgo.sqlite3"))


class Till:
    """
    A vendor's adapter inherits nothing.
    """

    def changes(self, type: type[Thing], cursor: str | None = None) -> Feed[Record[Thing]]:  # noqa: A002
        """
        Feeds are given in any iterable.
        """
        return Feed(items=[], cursor="1", from_start=cursor is None)

    def fetch(self, type: type[Thing], id: str) -> Record[Thing] | None:  # noqa: A002
        """
        Nothing is known here.
        """
        return None

    def find(self, type: type[Thing], reference: str) -> Record[Thing] | None:  # noqa: A002
        """
        Nothing is known here.
        """
        return None

    def create(self, value: Thing, *, reference: str) -> Record[Thing]:
        """
        A record keeps the type of its value.
        """
        return Record(id="1", value=value, reference=reference)

    def update(
        self,
        type: type[Thing],  # noqa: A002
        id: str,  # noqa: A002
        changes: Mapping[str, Any],
        *,
        expected: Mapping[str, Any] | None = None,
        reference: str | None = None,
    ) -> Record[Thing]:
        """
        Refusals are errors of posgo.
        """
        raise missing(type)

    def z_reports(self, cursor: str | None = None) -> Feed[ZReport]:
        """
        The same feeds, of Z-reports.
        """
        return Feed(items=[z_report()], cursor="1", from_start=True)


class AsyncTill:
    """
    As :class:`Till`, with coroutines.
    """

    async def changes(self, type: type[Thing], cursor: str | None = None) -> Feed[Record[Thing]]:  # noqa: A002
        """
        See :class:`Till`.
        """
        return Till().changes(type, cursor)

    async def fetch(self, type: type[Thing], id: str) -> Record[Thing] | None:  # noqa: A002
        """
        See :class:`Till`.
        """
        return Till().fetch(type, id)

    async def find(self, type: type[Thing], reference: str) -> Record[Thing] | None:  # noqa: A002
        """
        See :class:`Till`.
        """
        return Till().find(type, reference)

    async def create(self, value: Thing, *, reference: str) -> Record[Thing]:
        """
        See :class:`Till`.
        """
        return Till().create(value, reference=reference)

    async def update(
        self,
        type: type[Thing],  # noqa: A002
        id: str,  # noqa: A002
        changes: Mapping[str, Any],
        *,
        expected: Mapping[str, Any] | None = None,
        reference: str | None = None,
    ) -> Record[Thing]:
        """
        See :class:`Till`.
        """
        return Till().update(type, id, changes, expected=expected, reference=reference)

    async def z_reports(self, cursor: str | None = None) -> Feed[ZReport]:
        """
        See :class:`Till`.
        """
        return Till().z_reports(cursor)


def adapters() -> list[PointOfSale]:
    """
    The protocol is met by shape: by an adapter, by the client and by the fake.
    """
    return [Till(), PosClient("https://pos.example", token="t"), FakePos()]


def async_adapters() -> list[AsyncPointOfSale]:
    """
    As with :func:`adapters`, for those with coroutines.
    """
    return [AsyncTill(), AsyncPosClient("https://pos.example", transport=FakePos().transport)]


def point_of_sale(pos: PointOfSale) -> None:
    """
    What posgo asks of a POS keeps the type it asked for.
    """
    assert_type(pos.z_reports(), Feed[ZReport])
    assert_type(pos.changes(Customer), Feed[Record[Customer]])
    assert_type(pos.changes(Customer).items, tuple[Record[Customer], ...])
    assert_type(pos.find(Product, "go:1"), Record[Product] | None)
    assert_type(pos.create(Order(customer="1"), reference="go:2"), Record[Order])
    assert_type(pos.update(Product, "7", {"name": "Te"}, expected={"name": "Kaffe"}), Record[Product])


async def async_point_of_sale(pos: AsyncPointOfSale) -> None:
    """
    The same answers, awaited.
    """
    assert_type(await pos.changes(Customer, "7"), Feed[Record[Customer]])
    assert_type(await pos.fetch(Order, "7"), Record[Order] | None)


def pos_handles(pos: FakePos) -> None:
    """
    Handles of the fake speak models.
    """
    assert_type(pos.put(Customer(name="Ola")), str)
    assert_type(pos.put(z_report()), str)
    assert_type(pos.get(Product, "1"), Product)
    assert_type(pos.all(ZReport), dict[str, ZReport])


def profile() -> None:
    """
    Profiles are plain values.
    """
    assert_type(profiles.OPEN_ONE, Profile)
    assert_type(profiles.PRESSIS_POS.name, str)


def clients() -> tuple[GoClient, AsyncGoClient]:
    """
    One transport of the fake serves both colours.
    """
    keys = GoCredentials(application_key="a", client_key="c", subscription_key="s")
    production = GoClient(keys, environment=Environment.PRODUCTION, retry=RetryPolicy())
    assert_type(production, GoClient)

    go = FakeGo()
    assert_type(go.credentials, GoCredentials)
    return (
        GoClient(go.credentials, transport=go.transport, limiter=NO_LIMIT),
        AsyncGoClient(go.credentials, transport=go.transport, limiter=NO_LIMIT),
    )


def resources(go: GoClient) -> None:
    """
    A listing is lazy; its rows have their type.
    """
    assert_type(go.accounts.list(), Iterator[LedgerAccount])
    assert_type(go.settings.lock_date(), date | None)
    assert_type(go.customers.list(numbers=[10_000]), Iterator[Record[Customer]])
    assert_type(go.customers.update("1", Customer(name="a"), Customer(name="b")), Record[Customer])
    with go as entered:
        assert_type(entered, GoClient)


async def async_resources(go: AsyncGoClient) -> None:
    """
    The same names, awaited.
    """
    assert_type(go.accounts.list(), AsyncIterator[LedgerAccount])
    assert_type(await go.settings.lock_date(), date | None)
    assert_type(go.customers.list(numbers=[10_000]), AsyncIterator[Record[Customer]])
    assert_type(await go.customers.update("1", Customer(name="a"), Customer(name="b")), Record[Customer])
    async with go as entered:
        assert_type(entered, AsyncGoClient)


def runner(go: GoClient) -> None:
    """
    Fakes stand in for real systems without a cast.
    """
    runner = Runner(
        go=go, pos=FakePos(), store=MemoryStore(), profile=profiles.OPEN_ONE, accounts=account_map()
    )
    result = runner.settle(z_report(), count=CashCount(counted=100, counted_by="Kari"), dry_run=True)

    assert_type(result, SettlementResult)
    assert_type(result.status, SettlementStatus | None)
    assert_type(result.voucher_no, int | None)
    assert_type(runner.settle_finished(), SettlementReport)
    assert_type(runner.settle_finished().is_clean, bool)
    invoice = runner.invoice("order-1")
    assert_type(invoice, InvoiceResult)
    assert_type(invoice.invoice_no, int)
    assert_type(invoice.due_date, date | None)
    assert_type(invoice.delivery_type, str | None)
    assert_type(invoice.total, Decimal)
    assert_type(runner.sync_orders(full=True), SyncReport)


async def async_runner(go: AsyncGoClient) -> None:
    """
    POS and store may be of either colour.
    """
    for pos in (Till(), AsyncTill(), None):
        runner = AsyncRunner(go=go, pos=pos, store=SqliteStore("posgo.sqlite3"), profile=profiles.PRESSIS_POS)
        assert_type(await runner.settle(z_report()), SettlementResult)
        assert_type(await runner.settle_finished(), SettlementReport)
        assert_type(await runner.invoice("order-1"), InvoiceResult)
        assert_type(await runner.sync_orders(), SyncReport)


def finding(found: Finding) -> None:
    """
    Findings are made for programs and for people.
    """
    assert_type(found.rule, str)
    assert_type(found.severity, Severity)
    assert_type(found.message, str)
    assert_type(found.remedy, str)
    assert_type(found.expected, Decimal | str | None)
    assert_type(found.where, str | None)


def status(result: SettlementStatus) -> str:
    """
    A match over the status is known to be exhaustive.
    """
    match result:
        case SettlementStatus.POSTED | SettlementStatus.ALREADY_POSTED:
            return "in the books"
        case SettlementStatus.NOTHING_TO_POST:
            return "a day of zeros"
        case SettlementStatus.BLOCKED:
            return "see the findings"


def records() -> None:
    """
    A copy knows the type of what it is a copy of.
    """
    customer = Customer(name="Kaffebaren AS", address=Address(zip_code="0150", city="Oslo"))
    record = Record(id="7", value=customer)
    snapshot = Snapshot(records={"7": record}, complete=True)
    link = Link(pos_id="7", go_id="100", base=customer)

    assert_type(record, Record[Customer])
    assert_type(record.value, Customer)
    assert_type(record.changed_at, datetime | None)
    assert_type(snapshot, Snapshot[Customer])
    assert_type(snapshot.records, Mapping[str, Record[Customer]])
    assert_type(link.base, Customer)
    assert_type(customer.address, Address | None)
    assert_type(customer.archived, bool)


def product() -> None:
    """
    None is a price inherited from the group.
    """
    mug = Product(code="K1", name="Krus", gtins=["7038010000010"], price="149.00")

    assert_type(mug.price, Decimal | None)
    assert_type(mug.gtins, tuple[str, ...])


def order() -> None:
    """
    Lines may be given as any iterable.
    """
    line = OrderLine(text="Krus", quantity=2, unit_price="149.00")
    draft = Order(customer="7", lines=[line])

    assert_type(draft.lines, tuple[OrderLine, ...])
    assert_type(draft.status, OrderStatus)
    assert_type(draft.lines[0].quantity, Decimal)


def errors(error: exceptions.PosgoError) -> None:
    """
    Facts are attributes, so that nobody parses a message.
    """
    if isinstance(error, exceptions.ConfigurationError):
        assert_type(error.problems, tuple[str, ...])
    if isinstance(error, exceptions.ApiError):
        assert_type(error.may_have_happened, bool)
        assert_type(error.status, int | None)
    if isinstance(error, exceptions.UnbalancedVoucherError):
        assert_type(error.residual, Decimal)


def engine(pos: Snapshot[Customer], go: Snapshot[Customer], links: list[Link[Customer]]) -> Plan[Customer]:
    """
    A plan is of the same values as its snapshots, links and policy.
    """
    policy = customers()
    assert_type(policy, Policy[Customer])
    made = plan(links, pos=pos, go=go, policy=policy)
    assert_type(made, Plan[Customer])
    assert_type(made.operations, tuple[Operation[Customer], ...])
    assert_type(made.conflicts, tuple[Conflict, ...])
    assert_type(made.summary(), dict[str, int])
    assert_type(advance(links[0], made.operations[0]), Link[Customer] | None)
    assert_type(resolve(links[0], made.conflicts, choose=Replica.POS, policy=policy), Link[Customer] | None)
    return made


def kept_alike(runner: Runner) -> None:
    """
    A report holds values of the library, and says in two words whether somebody has to look.
    """
    runner.on_progress = lambda progress: print(progress.kind, progress.done, progress.total)  # noqa: T201
    report = runner.sync(full=True)
    assert_type(report, SyncReport)
    assert_type(report.is_clean, bool)
    assert_type(report.conflicts, tuple[Conflict, ...])
    assert_type(report.findings, tuple[Finding, ...])
    assert_type(report.failed, tuple[Failed, ...])
    assert_type(report.written, dict[str, int])


async def kept_alike_asynchronously(go: AsyncGoClient, pos: PointOfSale, store: AsyncStateStore) -> None:
    """
    Stores with coroutines are as good as others.
    """
    runner = AsyncRunner(go=go, pos=pos, store=store, profile=profiles.PRESSIS_POS)
    assert_type(await runner.sync(), SyncReport)
