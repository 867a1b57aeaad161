"""
Whole stories, told with public names only, in the words of those who asked for them.
"""

from datetime import datetime
from decimal import Decimal

import attrs
import pytest

from posgo import (
    AccountMap,
    Customer,
    GoClient,
    InvoicePayment,
    MemoryStore,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    Profile,
    Runner,
    SettlementStatus,
    ZReport,
    exceptions,
    profiles,
)
from posgo.models.pos import Tender, VatRow
from posgo.models.terms import Location
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock

ACCOUNTS = AccountMap.from_toml("""
[sales]
"3" = 3000
[tenders]
"12001" = 1900
"12002" = 1910
[other]
cash_rounding = 7740
[pos]
vat_rows = "net"
settle_from = "2026-01-01"
invoiced_sales_in_z = true
""")


@attrs.define
class Town:
    """
    A shop and its ledger, with a customer and two articles that both know.
    """

    profile: Profile
    clock: VirtualClock = attrs.Factory(VirtualClock)
    go: FakeGo = attrs.field(init=False)
    pos: FakePos = attrs.Factory(FakePos)
    runner: Runner = attrs.field(init=False)
    anna: str = ""
    mug: str = ""
    pot: str = ""

    def __attrs_post_init__(self) -> None:
        self.go = FakeGo(now=self.clock.utc_now)
        self.runner = Runner(
            go=GoClient(self.go.credentials, transport=self.go.transport, limiter=NO_LIMIT),
            pos=self.pos,
            store=MemoryStore(),
            profile=self.profile,
            accounts=ACCOUNTS,
            clock=self.clock,
        )
        self.anna = self.pos.put(Customer(name="Annas Kafé AS", email="anna@example.no"))
        self.mug = self.pos.put(Product(code="M-1", name="Mug", price=Decimal("149.90"), vat_code="3"))
        self.pot = self.pos.put(Product(code="P-1", name="Pot", price=Decimal("499.00"), vat_code="3"))
        assert self.runner.sync().is_clean

    def in_go(self, code: str) -> str:
        """
        Go's id of an article.
        """
        return next(own_id for own_id, value in self.go.all(Product).items() if value.code == code)

    def order_in_go(self) -> Order:
        """
        The only order in Go.
        """
        (order,) = self.go.all(Order).values()
        return order

    def edit(self, order_id: str, **changes: object) -> None:
        """
        A cashier edits an order.
        """
        self.pos.put(attrs.evolve(self.pos.get(Order, order_id), **changes), order_id)  # type: ignore[arg-type]

    def add_line(self, order_id: str, line: OrderLine) -> None:
        """
        A cashier adds a line.
        """
        self.edit(order_id, lines=(*self.pos.get(Order, order_id).lines, line))


def test_an_order_from_the_first_line_to_the_settlement() -> None:
    """
    PressisPOS: lines are added at any time on either side; paid at the till it is unpaid in Go until the settlement.
    """
    town = Town(profiles.PRESSIS_POS)
    order_id = town.pos.put(
        Order(customer=town.anna, lines=(OrderLine(product=town.mug, quantity=2, unit_price="149.90"),))
    )
    town.runner.sync_orders()

    # A line is added on each side.
    (go_id,) = town.go.all(Order)
    theirs = town.go.get(Order, go_id)
    wrapping = OrderLine(text="Gift wrapping")
    town.go.put(attrs.evolve(theirs, lines=(*theirs.lines, wrapping)), go_id)
    town.add_line(order_id, OrderLine(product=town.pot, unit_price="499.00"))
    report = town.runner.sync_orders()
    assert report.is_clean, report
    assert [2, 1, 1] == sorted((line.quantity for line in town.pos.get(Order, order_id).lines), reverse=True)
    assert len(town.order_in_go().lines) == 3

    # It is agreed; a late line comes in all the same; then it is invoiced.
    town.edit(order_id, status=OrderStatus.CONFIRMED)
    town.runner.sync_orders()
    assert OrderStatus.CONFIRMED is town.order_in_go().status
    town.add_line(order_id, OrderLine(product=town.mug, quantity=1, unit_price="149.90"))
    town.runner.sync_orders()
    assert OrderStatus.CONFIRMED is town.order_in_go().status
    assert len(town.order_in_go().lines) == 4
    invoice = town.runner.invoice(order_id)
    assert OrderStatus.INVOICED is town.order_in_go().status
    assert OrderStatus.INVOICED is town.pos.get(Order, order_id).status
    (sent,) = town.go.invoices
    receipt = 3 * Decimal("149.90") + Decimal("499.00")
    assert (invoice.invoice_no, receipt) == (sent.invoice_no, sent.balance)

    # Paid at the till with a card: Go does not know until the day is settled.
    town.edit(order_id, status=OrderStatus.PAID)
    assert town.runner.sync_orders().is_clean
    assert OrderStatus.INVOICED is town.order_in_go().status
    assert OrderStatus.PAID is town.pos.get(Order, order_id).status
    town.pos.put(_a_day(receipt, invoice.invoice_no, order_id, town.anna))
    (settled,) = town.runner.settle_finished().results
    assert SettlementStatus.POSTED is settled.status, settled

    # All the payments of the day stand in one voucher, the invoice is paid, and its sale is not booked again.
    (voucher,) = town.go.vouchers
    assert OrderStatus.PAID is town.order_in_go().status
    assert [0] == [each.balance for each in town.go.invoices]
    assert Decimal("-250.00") == sum(line.amount for line in voucher.lines if line.account == 3000)
    assert 250 + receipt == sum(line.amount for line in voucher.lines if line.account in (1900, 1910))

    # And then nothing more happens.
    (again,) = town.runner.settle_finished().results
    assert SettlementStatus.ALREADY_POSTED is again.status
    town.runner.sync()
    quiet = town.runner.sync()
    assert quiet.is_clean
    assert not quiet.written
    assert OrderStatus.PAID is town.pos.get(Order, order_id).status


def test_an_order_keeps_its_department_and_location() -> None:
    """
    Where an order belongs is the same on both sides, whichever side says so; a place Go does not know is named.
    """
    town = Town(profiles.PRESSIS_POS)
    for code in ("north", "south"):
        town.runner.go.locations.create(Location(code=code, name=code))
    order_id = town.pos.put(
        Order(
            customer=town.anna,
            lines=(OrderLine(product=town.mug, unit_price="149.90"),),
            department="10",
            location="north",
        )
    )
    assert town.runner.sync_orders().is_clean
    (go_id,) = town.go.all(Order)
    assert ("10", "north") == (town.order_in_go().department, town.order_in_go().location)

    town.go.put(attrs.evolve(town.order_in_go(), location="south"), go_id)
    town.runner.sync_orders()
    assert "south" == town.pos.get(Order, order_id).location

    town.edit(order_id, location="nowhere")
    report = town.runner.sync_orders()
    assert ["order-location"] == [finding.rule for finding in report.findings]
    assert "south" == town.order_in_go().location


def test_an_invoice_for_an_unknown_customer_answers_at_once() -> None:
    """
    Open One: the invoice of a customer Go does not know is refused at once, naming what to do; nothing is made.
    """
    town = Town(profiles.OPEN_ONE)
    stranger = town.pos.put(Customer(name="Ukjent AS"))
    order_id = town.pos.put(
        Order(customer=stranger, lines=(OrderLine(product=town.mug, unit_price="149.90"),))
    )

    with pytest.raises(exceptions.CustomerNotInGoError) as caught:
        town.runner.invoice(order_id)

    assert order_id in str(caught.value)
    assert stranger in str(caught.value)
    assert "sync_customers" in str(caught.value)
    assert "Ukjent" not in str(caught.value)
    assert {} == town.go.all(Order)

    # What was asked for is done, and the same call works.
    town.runner.sync_customers()
    invoice = town.runner.invoice(order_id)
    assert [invoice.invoice_no] == [each.invoice_no for each in town.go.invoices]
    assert invoice.invoice_no == town.runner.invoice(order_id).invoice_no
    assert 1 == len(town.go.invoices)


def test_what_was_added_and_sent_in_go_reaches_the_till_although_it_asked_for_the_number_first() -> None:
    """
    A bookkeeper adds a line to a draft and sends it; the cashier asks for the invoice before any sync ran.
    """
    town = Town(profiles.PRESSIS_POS)
    order_id = town.pos.put(Order(customer=town.anna, lines=[OrderLine(product=town.mug, quantity=2)]))
    town.runner.sync_orders()
    (go_id,) = town.go.all(Order)
    lines = town.order_in_go().lines
    town.go.put(attrs.evolve(town.order_in_go(), lines=(*lines, OrderLine(product=town.in_go("P-1")))), go_id)
    number = town.go.send(go_id)

    assert number == town.runner.invoice(order_id).invoice_no
    town.runner.sync_orders()
    assert [town.mug, town.pot] == [line.product for line in town.pos.get(Order, order_id).lines]
    assert not town.runner.sync_orders().written


def test_an_invoice_credited_in_go_is_credited_on_both_sides() -> None:
    """
    What a person sees of it in either system is the same word.
    """
    town = Town(profiles.PRESSIS_POS)
    order_id = town.pos.put(Order(customer=town.anna, lines=[OrderLine(product=town.mug, quantity=2)]))
    invoice = town.runner.invoice(order_id)
    town.go.credit(invoice.invoice_no)
    town.runner.sync_orders()

    assert OrderStatus.CREDITED is town.pos.get(Order, order_id).status
    assert OrderStatus.CREDITED is town.go.get(Order, invoice.go_id).status


def test_the_nightly_job_settles_what_is_finished() -> None:
    """
    Open One: the nightly job settles finished Z-reports, and running it again books nothing.
    """
    town = Town(profiles.OPEN_ONE)
    order_id = town.pos.put(
        Order(customer=town.anna, lines=(OrderLine(product=town.mug, unit_price="149.90"),))
    )
    invoice = town.runner.invoice(order_id)
    town.pos.put(_a_day(Decimal("149.90"), invoice.invoice_no, order_id, town.anna))

    assert [SettlementStatus.POSTED] == [each.status for each in town.runner.settle_finished().results]
    assert [SettlementStatus.ALREADY_POSTED] == [
        each.status for each in town.runner.settle_finished().results
    ]
    assert 1 == len(town.go.vouchers)
    assert [0] == [each.balance for each in town.go.invoices]

    town.runner.sync()
    assert OrderStatus.PAID is town.pos.get(Order, order_id).status


def _a_day(paid: Decimal, invoice_no: int, order_id: str, customer: str) -> ZReport:
    """
    A day of 250.00 in cash, and one invoice paid by card, whose sale the till counts as well.
    """
    invoiced = _row(paid)
    sold = _row(Decimal("250.00"))
    return ZReport(
        company="999999999",
        cash_point="till 1",
        number=1,
        closed_at=datetime(2026, 3, 14, 21, 30),  # noqa: DTZ001 - Norwegian local time
        vat_rows=[attrs.evolve(sold, amount=sold.amount + invoiced.amount, vat=sold.vat + invoiced.vat)],
        tenders=[
            Tender(code="12001", amount=250, number=1),
            Tender(code="12002", amount=paid, number=1),
        ],
        total=250 + paid,
        receipts=2,
        invoice_payments=[
            InvoicePayment(
                order=order_id,
                invoice_no=invoice_no,
                customer=customer,
                amount=paid,
                tender="12002",
                sales=[invoiced],
            )
        ],
    )


def _row(gross: Decimal) -> VatRow:
    vat = (gross / 5).quantize(Decimal("0.01"))
    return VatRow(vat_code="3", percent=25, amount=gross - vat, vat=vat)
