"""
An invoice the POS issued itself stands in the books once, as the POS says it.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import httpx
import pytest

from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.pos_invoices import InvoiceSettings, invoice_reference, invoice_voucher
from posgo.exceptions import (
    ConfigurationError,
    CustomerNotInGoError,
    InvoiceRefusedError,
    TransportError,
)
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.models.vouchers import SettlementStatus
from posgo.procedures._needs import Preflight, needs
from posgo.procedures.books import Books
from posgo.profiles import Invoicing
from posgo.testing import FakeGo
from support import invoices
from support.invoices import a_paid_day, balances, paid
from support.shops import Shop
from support.tills import BUYER, CLIENT, MUG, PROFILE, Stop, Till

DAY = date(2026, 3, 13)
ACCOUNTS = AccountMap.from_toml(
    """
    [sales]
    "3" = 3000
    "31" = 3030
    "0%" = { vat_code = "5", account = 3100 }
    [tenders]
    "12001" = 1900
    [pos]
    vat_rows = "net"
    """
)
OURS = attrs.evolve(PROFILE, invoicing=Invoicing.POS, orders=None)


def a_till() -> Till:
    return Till(profile=OURS)


def issued(till: Till, *lines: OrderLine, **more: Any) -> str:
    """
    Issue an invoice at the till: two mugs and a loaf, unless told otherwise.
    """
    sold = lines or (till.line(quantity=2), till.line("B-1", discount_percent=50), OrderLine(text="Takk"))
    return till.order(*sold, **{"invoice_no": 4711, "invoiced_on": DAY, "due_on": date(2026, 3, 27), **more})


def booked(till: Till) -> list[list[tuple[int, Decimal, str]]]:
    return [[(line.account, line.amount, line.vat_code) for line in voucher] for voucher in till.go.vouchers]


def rules(till: Till, order: str, kind: Any = InvoiceRefusedError, **desk: Any) -> list[str]:
    with pytest.raises(kind) as caught:
        book(till, order, **desk)
    return [finding.rule for finding in caught.value.findings]


def book(till: Till, order: str, **desk: Any) -> Any:
    return till.invoice(order, **{"accounts": ACCOUNTS, **desk})


@pytest.fixture
def till(validated: Callable[..., Any]) -> Till:
    till = a_till()
    till.transport = validated(till.go.transport)
    till.go.replica_lag = timedelta(0)
    return till


class TestVoucher:
    """
    What an order becomes.
    """

    def test_the_customer_owes_what_was_sold(self, till: Till) -> None:
        """
        One debit on the customer's account with reference and due day, one credit per sales account and VAT code.
        """
        order = issued(till, department="10")
        result = book(till, order)
        [voucher] = till.go.vouchers

        assert [
            [(1500, Decimal("222.80"), "0"), (3000, Decimal("-199.80"), "3"), (3030, Decimal("-23.00"), "31")]
        ] == booked(till)
        assert (f"pos:{order}", till.theirs[till.buyer]) == (
            voucher.lines[0].matching_reference,
            str(voucher.lines[0].customer_id),
        )
        assert ("Invoice 4711, due 2026-03-27", 4711, DAY, "ManualJournal") == (
            voucher.text,
            voucher.imported_no,
            voucher.date,
            voucher.voucher_type,
        )
        assert {"10"} == {line.department for line in voucher}
        assert (4711, date(2026, 3, 27), None, Decimal("222.80"), voucher.id, False) == (
            result.invoice_no,
            result.due_date,
            result.delivery_type,
            result.total,
            result.go_id,
            result.already_invoiced,
        )
        assert OrderStatus.INVOICED is till.pos.get(Order, order).status
        assert () == till.go.invoices

    def test_a_credit_note_is_matched_with_its_invoice(self, till: Till) -> None:
        """
        The signs turn, and Go settles the two by the reference of the first order.
        """
        book(till, issued(till, till.line(quantity=1)))
        back = issued(till, till.line(quantity=-1), credits=4711, invoice_no=4712)
        result = book(till, back)
        client = till.client()

        assert result.is_credit_note
        assert [(1500, Decimal("-99.90"), "0"), (3000, Decimal("99.90"), "3")] == booked(till)[1]
        assert "Credit note 4712, credits invoice 4711, due 2026-03-27" == till.go.vouchers[1].text
        assert [] == list(client.customer_ledger.open_items(on=date(2026, 12, 31)))

    def test_the_same_order_has_the_same_reference(self) -> None:
        """
        Frozen for ever: another one would book every invoice a second time.
        """
        assert "da372dfe-d293-5e8f-98f1-2cffa919fa01" == invoice_reference("order-1")

    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({"invoice_no": None}, "invoice-undated"),
            ({"invoiced_on": None}, "invoice-undated"),
            ({"lines": ()}, "order-empty"),
            ({"lines": (OrderLine(product="nobody's"),)}, "product-missing"),
            ({"lines": (OrderLine(product="wine"),)}, "unmapped-vat"),
        ],
    )
    def test_what_cannot_be_booked(self, changes: dict[str, Any], rule: str) -> None:
        """
        Number, date, lines, products and accounts are needed; the findings say which is not there.
        """
        order = Order(customer="c", lines=(OrderLine(product="mug"),), invoice_no=1, invoiced_on=DAY)
        order = attrs.evolve(order, **changes)
        goods = {"mug": MUG, "wine": Product(code="W", name="Vin", vat_code="33", price=1)}
        made = invoice_voucher(order, "1", goods, InvoiceSettings(accounts=ACCOUNTS))

        assert None is made.voucher
        assert [rule] == [finding.rule for finding in made.findings]

    def test_rates_of_zero_have_an_account_too(self) -> None:
        """
        A line of the map by rate serves its VAT code.
        """
        book_ = Product(code="BK", name="Bok", vat_code="5", price=100)
        order = Order(customer="c", lines=(OrderLine(product="b"),), invoice_no=1, invoiced_on=DAY)
        made = invoice_voucher(order, "1", {"b": book_}, InvoiceSettings(accounts=ACCOUNTS))

        assert made.voucher is not None
        assert [(3100, "5")] == [(each.account, each.vat_code) for each in made.voucher.postings[1:]]


class TestRefused:
    """
    Everything amiss is told at once, and nothing is booked.
    """

    def test_everything_at_once(self, till: Till) -> None:
        """
        Customer, VAT and dates in one error.
        """
        till.buyer = till.pos.put(Customer(name="Ukjent"))
        order = issued(till, OrderLine(product="nobody's"), invoiced_on=None, status=OrderStatus.CANCELLED)

        assert {"customer-not-in-go", "product-missing", "invoice-undated", "order-cancelled"} == set(
            rules(till, order, CustomerNotInGoError)
        )
        assert () == till.go.vouchers

    def test_a_customer_out_of_use(self, till: Till) -> None:
        """
        Archived, or gone.
        """
        till.go.archive(Customer, till.theirs[till.buyer])
        assert ["customer-archived"] == rules(till, issued(till), CustomerNotInGoError)
        till.client().customers.delete(till.theirs[till.buyer])
        assert ["customer-not-in-go"] == rules(till, issued(till), CustomerNotInGoError)

    def test_a_customer_without_vat(self, till: Till) -> None:
        """
        The map does not say where that goes, and posgo does not guess.
        """
        till.buyer = till.introduce("customers", attrs.evolve(BUYER, is_vat_free=True))

        assert ["vat-free-invoice"] == rules(till, issued(till))

    @pytest.mark.parametrize(
        ("credits_", "quantity", "rule"), [(None, -1, "credits-nothing"), (7, 1, "credit-not-negative")]
    )
    def test_signs(self, till: Till, credits_: int | None, quantity: int, rule: str) -> None:
        """
        A credit note is negative and names an invoice, and nothing else does.
        """
        assert [rule] == rules(till, issued(till, till.line(quantity=quantity), credits=credits_))

    def test_the_ledger_has_the_last_word(self, till: Till) -> None:
        """
        Lock date, department and privilege; what is remembered is read again first.
        """
        books = Books()
        till.go.lock_date = DAY
        order = issued(till)
        assert ["locked-period"] == rules(till, order, books=books)
        till.go.lock_date = None
        assert ["department-missing"] == rules(till, issued(till, department="99"), books=books)
        till.go.privileges -= {"ManualVoucher_Full"}
        assert ["missing-privilege"] == rules(till, order)
        assert () == till.go.vouchers

    def test_a_period_locked_meanwhile(self, till: Till) -> None:
        """
        Go's refusal is told with the lock date, and nothing is left in doubt.
        """
        books = Books()
        book(till, issued(till), books=books)
        till.go.lock_date = DAY
        order = issued(till, invoice_no=4712)

        assert ["locked-period"] == rules(till, order, books=books)
        assert () == till.store.progress(CLIENT, "invoices").intents

    def test_a_period_opened_again(self, till: Till) -> None:
        """
        A lock date that is remembered blocks nothing once it is gone.
        """
        books = Books()
        till.go.lock_date = DAY
        order = issued(till)
        assert ["locked-period"] == rules(till, order, books=books)
        till.go.lock_date = None

        assert 4711 == book(till, order, books=books).invoice_no

    def test_go_refuses(self, till: Till) -> None:
        """
        In its own words.
        """
        till.go.fail_next(400, path="/Vouchers/ManualJournals", method="POST")

        assert ["refused-by-go"] == rules(till, issued(till))

    def test_without_an_account_map(self, till: Till) -> None:
        """
        Nobody could say where sales go.
        """
        with pytest.raises(ConfigurationError, match="account map"):
            book(till, issued(till), accounts=None)


class TestOnce:
    """
    Booked once, whoever asks how often.
    """

    def test_again(self, till: Till) -> None:
        """
        The same answer, and no write.
        """
        order = issued(till)
        first = book(till, order)

        assert attrs.evolve(first, already_invoiced=True) == book(till, order)
        assert 1 == len(till.go.vouchers)

    def test_the_store_is_lost(self, till: Till) -> None:
        """
        Found in Go by its reference, it counts if it says the same.
        """
        order = issued(till)
        first = book(till, order)
        till.forget()

        assert attrs.evolve(first, already_invoiced=True) == book(till, order)
        till.forget()
        till.pos.put(attrs.evolve(till.pos.get(Order, order), lines=(till.line(quantity=9),)), order)
        assert ["reference-reused"] == rules(till, order)
        assert 1 == len(till.go.vouchers)

    def test_reversed_by_a_person(self, till: Till) -> None:
        """
        That is not undone, with the store or without.
        """
        order = issued(till)
        result = book(till, order)
        till.go.reverse(result.go_id)

        assert ["reversed-in-go"] == rules(till, order)
        till.forget()
        assert ["reversed-in-go"] == rules(till, order)

    def test_a_voucher_of_another_company(self, till: Till) -> None:
        """
        What the store says and Go does not show is told.
        """
        order = issued(till)
        till.link("invoices", order, "5f3e7bf5-0000-4000-8000-000000000000", till.pos.get(Order, order))

        assert ["voucher-missing"] == rules(till, order)

    def test_somebody_elses_voucher(self, till: Till) -> None:
        """
        Lines that cannot be read cannot be compared.
        """
        order = issued(till)
        book(till, order)
        till.go.disown(till.go.vouchers[0].id)
        till.forget()

        assert ["reference-reused"] == rules(till, order)

    def test_go_refuses_what_it_does_not_show(self, till: Till) -> None:
        """
        A reference that is taken, and nothing to be seen of it.
        """
        order = issued(till)
        book(till, order)
        till.forget()
        books = Books(swept_from=date(2020, 1, 1), swept_to=date(2030, 1, 1))
        till.pos.put(attrs.evolve(till.pos.get(Order, order), invoiced_on=date(2026, 3, 14)), order)

        assert ["reference-reused"] == rules(till, order, books=books)

    def test_no_answer_twice(self, till: Till) -> None:
        """
        In doubt it is looked up, sent once more, and then told; the next call takes it up.
        """
        order = issued(till)
        till.go.fail_next(None, path="/Vouchers/ManualJournals", method="POST", times=2)
        with pytest.raises(TransportError):
            book(till, order)

        assert 4711 == book(till, order).invoice_no
        assert 1 == len(till.go.vouchers)

    def test_the_pos_does_not_answer(self, till: Till) -> None:
        """
        It is booked all the same; the next call tells the POS.
        """
        order = issued(till)
        till.pos.fail_next(503, method="PATCH")

        assert ["pos-not-told"] == [finding.rule for finding in book(till, order).findings]
        assert () == book(till, order).findings
        assert OrderStatus.INVOICED is till.pos.get(Order, order).status

    def test_changed_after_it_was_booked(self, till: Till) -> None:
        """
        What is booked stays; that the order says something else by now is told.
        """
        order = issued(till)
        book(till, order)
        till.pos.put(attrs.evolve(till.pos.get(Order, order), lines=[till.line(quantity=5)]), order)

        assert ["invoiced-order-changed"] == [finding.rule for finding in book(till, order).findings]
        assert 1 == len(till.go.vouchers)

    def test_a_credit_note_of_what_nobody_remembers(self, till: Till) -> None:
        """
        It is booked; that it is matched with nothing is told once.
        """
        book(till, issued(till))
        till.forget()
        back = issued(till, till.line(quantity=-1), credits=4711, invoice_no=4712)

        assert ["credited-unmatched"] == [finding.rule for finding in book(till, back).findings]
        assert 2 == len(till.go.vouchers)

    def test_requests(self, till: Till) -> None:
        """
        With warm memory: the customer, and the voucher.
        """
        books = Books()
        book(till, issued(till), books=books)
        before = len(till.go.requests)
        book(till, issued(till, invoice_no=4712), books=books)

        asked = Counter(each.method for each in till.go.requests[before:] if "Token" not in each.path)
        assert {"GET": 1, "POST": 1} == asked


@pytest.mark.parametrize("numbered", [False, True], ids=["by its order", "by its own number as well"])
@pytest.mark.parametrize("forgets", [False, True], ids=["remembered", "forgotten"])
def test_it_is_paid_at_the_till(numbered: bool, forgets: bool) -> None:  # noqa: FBT001
    """
    The order is what it is known by in Go, whose own invoice of the same number is another one.
    """
    till = a_till()
    till.go.replica_lag = timedelta(0)
    order = issued(till, till.line(quantity=2))
    shop = Shop(go=till.go, pos=till.pos, store=till.store, profile=OURS, clock=till.clock)
    shop.invoice(order)
    till.clock.advance(5)
    payment = paid("199.80", order=order, customer=till.buyer, invoice_no=4711 if numbered else None)
    z = a_paid_day(payment)
    first = shop.settle(z)
    if forgets:
        shop.lose_state()
    again = shop.settle(z)

    assert [SettlementStatus.POSTED, SettlementStatus.ALREADY_POSTED] == [first.status, again.status]
    assert first.voucher_id == again.voucher_id
    owed, credit = (line for voucher in till.go.vouchers for line in voucher.lines if line.matching_reference)
    assert (owed.customer_id, -owed.amount, f"pos:{order}") == (
        credit.customer_id,
        credit.amount,
        credit.matching_reference,
    )


def test_nobody_remembers_that_the_pos_issued_it() -> None:
    """
    With the store lost before it was paid, Go's own invoice of the same number, to the same customer, stays open.
    """
    till = a_till()
    till.go.replica_lag = timedelta(0)
    go = invoices.Invoicing(till.go, till.store, till.clock)
    number = go.invoice(int(till.theirs[till.buyer]), "another", price="199.80")
    order = issued(till, till.line(quantity=2), invoice_no=number)
    shop = Shop(go=till.go, pos=till.pos, store=till.store, profile=OURS, clock=till.clock)
    shop.invoice(order)
    till.clock.advance(5)
    shop.lose_state()
    open_before = balances(till.go)
    z = a_paid_day(paid("199.80", order=order, customer=till.buyer, invoice_no=number))

    assert [SettlementStatus.POSTED, SettlementStatus.ALREADY_POSTED] == [
        shop.settle(z).status for _ in range(2)
    ]
    assert open_before == balances(till.go)
    assert f"pos:{order}" in {line.matching_reference for line in till.go.vouchers[-1].lines}


class _LosesAnAnswer(httpx.BaseTransport):
    """
    Books the first voucher, and nobody hears of it.
    """

    def __init__(self, go: FakeGo) -> None:
        self._go, self._left = go.transport, 1

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._go.handle_request(request)
        if self._left and request.method == "POST" and "/Vouchers/" in request.url.path:
            self._left = 0
            raise httpx.ReadTimeout("no answer", request=request)
        return answer


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "answer lost"])
@pytest.mark.parametrize("forgets", ["nothing", "before", "after"])
def test_an_order_go_invoiced_is_paid_too(forgets: str, answered: bool) -> None:  # noqa: FBT001
    """
    An order invoiced by Go before the POS took over is known by its order, or by what a sync saw of it.
    """
    till = a_till()
    till.go.replica_lag = timedelta(0)
    go = invoices.Invoicing(till.go, till.store, till.clock)
    order = till.order()
    number = go.invoice(int(till.theirs[till.buyer]), order, price="500.00")
    till.clock.advance(5)
    transport = None if answered else _LosesAnAnswer(till.go)
    shop = Shop(
        go=till.go, pos=till.pos, store=till.store, profile=OURS, clock=till.clock, transport=transport
    )
    if forgets == "before":
        shop.lose_state()
    z = a_paid_day(paid("500.00", order=order, customer=till.buyer, invoice_no=4711))
    first = shop.settle(z)
    if forgets == "after":
        shop.lose_state()
    again = shop.settle(z)

    assert [SettlementStatus.POSTED, SettlementStatus.ALREADY_POSTED] == [first.status, again.status]
    assert ((), ()) == (first.findings, again.findings)
    assert {number: 0} == balances(till.go)


def test_an_order_go_invoiced_under_another_reference_is_paid_too() -> None:
    """
    What a sync saw of it is enough, then and when the day is looked at again.
    """
    till = a_till()
    till.go.replica_lag = timedelta(0)
    go = invoices.Invoicing(till.go, till.store, till.clock)
    order = till.order()
    buyer = int(till.theirs[till.buyer])
    number = go.invoice(buyer, order, price="500.00", reference="web 7", matching_reference="web 7")
    till.clock.advance(5)
    shop = Shop(go=till.go, pos=till.pos, store=till.store, profile=OURS, clock=till.clock)
    z = a_paid_day(paid("500.00", order=order, customer=till.buyer, invoice_no=4711))
    first, again = shop.settle(z), shop.settle(z)

    assert [SettlementStatus.POSTED, SettlementStatus.ALREADY_POSTED] == [first.status, again.status]
    assert ((), ()) == (first.findings, again.findings)
    assert {number: 0} == balances(till.go)


def test_an_invoice_of_go_is_paid_by_its_number() -> None:
    """
    What names no order at the till is an invoice somebody made in Go.
    """
    till = a_till()
    till.go.replica_lag = timedelta(0)
    go = invoices.Invoicing(till.go, till.store, till.clock)
    number = go.invoice(int(till.theirs[till.buyer]), "another", price="500.00")
    till.clock.advance(5)
    shop = Shop(go=till.go, pos=till.pos, store=till.store, profile=OURS, clock=till.clock)
    z = a_paid_day(paid("500.00", customer=till.buyer, invoice_no=number))

    assert [SettlementStatus.POSTED, SettlementStatus.ALREADY_POSTED] == [
        shop.settle(z).status for _ in range(2)
    ]
    assert {number: 0} == balances(till.go)


def test_the_preflight_asks_for_what_it_takes() -> None:
    """
    The journal's privilege, and that to find the customer, before the first invoice.
    """
    needed = needs(Preflight(profile=OURS, accounts=ACCOUNTS, has_pos=True, today=DAY))

    assert "book the POS's invoices (ManualJournal)" in needed["ManualVoucher_Full",]
    assert "book the POS's invoices" not in str(
        needs(Preflight(profile=PROFILE, accounts=ACCOUNTS, has_pos=True, today=DAY))
    )


def stops(till: Till, order: str) -> tuple[Stop, ...]:
    _, asked = till.process(order, accounts=ACCOUNTS)
    return tuple(itertools.product(range(1, asked + 4), (False, True)))


@pytest.mark.parametrize("lost", [False, True], ids=["stored", "store lost"])
def test_stopped_anywhere(lost: bool) -> None:  # noqa: FBT001
    """
    Wherever one or two processes end, with their store or without, the next call leaves exactly one voucher.
    """
    clean = a_till()
    every = stops(clean, issued(clean))
    for first, second in [*((stop, None) for stop in every), *itertools.product(every[::3], every[::5])]:
        till = a_till()
        order = issued(till)
        for stop in filter(None, (first, second)):
            till.process(order, stop, accounts=ACCOUNTS)
            if lost:
                till.forget()
        result = book(till, order)
        [voucher] = till.go.vouchers

        assert (voucher.id, 4711) == (result.go_id, result.invoice_no)
        assert () == till.store.progress(CLIENT, "invoices").intents
        assert OrderStatus.INVOICED is till.pos.get(Order, order).status
