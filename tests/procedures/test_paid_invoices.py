"""
An invoice of Go that is paid at the till is paid in Go after the settlement, once, whatever happens on the way.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import httpx
import pytest

from posgo.exceptions import MissingPrivilegeError
from posgo.models.ledger import JournalEntry, JournalLine
from posgo.models.orders import Order
from posgo.models.pos import Direction, InvoicePayment, Movement, ZReport
from posgo.models.records import Link
from posgo.models.vouchers import Journal, SettlementStatus
from posgo.profiles import OPEN_ONE
from posgo.testing import FakeGo, VirtualClock
from support.invoices import Invoicing, a_paid_day, balances, paid
from support.shops import Colour, Shop, posts
from support.zreports import ACCOUNTS, a_day, accounts

POSTED, ALREADY_POSTED, NOTHING_TO_POST, BLOCKED = SettlementStatus
NIL = Decimal(0)


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest, validated: Callable[..., object]) -> Shop:
    """
    A shop whose every request and answer is held against Go's description.
    """
    colour: Colour = request.param
    clock = VirtualClock()
    made = Shop(colour=colour, clock=clock, go=FakeGo(now=clock.utc_now))
    made.transport = validated(made.go.transport)
    return made


@pytest.fixture
def invoicing(shop: Shop) -> Invoicing:
    return Invoicing(shop.go, shop.store, shop.clock)


@pytest.fixture
def customer(invoicing: Invoicing) -> int:
    return invoicing.customer("c1")


def blocking(result: object) -> list[str]:
    return [finding.rule for finding in result.findings if finding.blocks]  # type: ignore[attr-defined]


def ruled(**rules: str) -> Any:
    table = "".join(f'{key} = "{value}"\n' for key, value in rules.items())
    return accounts(f"{ACCOUNTS}\n[invoices]\n{table}")


class TestTheDayOfAnInvoice:
    """
    Invoiced, paid at the till, settled: paid in Go, and all payments of the day in one voucher.
    """

    @pytest.mark.parametrize("counted", [True, False], ids=["counted as sales", "not counted"])
    def test_from_unpaid_to_paid(
        self,
        shop: Shop,
        invoicing: Invoicing,
        customer: int,
        counted: bool,  # noqa: FBT001
    ) -> None:
        """
        Go shows the invoice unpaid until the settlement, and paid after it; revenue is booked once.
        """
        number = invoicing.invoice(customer)
        assert {number: Decimal(500)} == balances(shop.go)

        result = shop.settle(a_paid_day(paid(500, order="o1", customer="c1"), counted=counted))

        assert (POSTED, {number: NIL}) == (result.status, balances(shop.go))
        [voucher] = shop.go.vouchers
        assert [
            (1900, "125.00", None),
            (1910, "500.00", None),
            (1500, "-500.00", "pos:o1"),
            (3000, "-125.00", None),
        ] == [(line.account, f"{line.amount:.2f}", line.matching_reference) for line in voucher.lines]
        assert ("CashJournal", f"invoice:{number}") == (
            voucher.voucher_type,
            voucher.lines[2].external_reference,
        )

    def test_it_costs_two_requests_more(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        Once the chart is known: what is open of all invoices, whose they are, and the voucher.
        """
        if shop.colour == "async":
            pytest.skip("each asynchronous call here has a runner of its own")
        numbers = [invoicing.invoice(customer, order) for order in ("o1", "o2", "o3")]
        shop.settle(a_paid_day())
        before = len(shop.go.requests)

        z = a_paid_day(*(paid(500, invoice_no=number, customer="c1") for number in numbers), number=2)
        assert POSTED is shop.settle(z).status

        assert ["/Customerledger/OpenItems", "/Customers", "/Vouchers/CashJournals"] == [
            request.path for request in shop.go.requests[before:]
        ]
        assert {NIL} == {*balances(shop.go).values()}

    def test_cash_is_rounded(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        The open balance is paid to the øre; what the till took more is rounding.
        """
        number = invoicing.invoice(customer, price="499.60")

        shop.settle(a_paid_day(paid(500, invoice_no=number, tender="12001")))

        assert {number: NIL} == balances(shop.go)
        assert {7740: Decimal("-0.40"), 1500: Decimal("-499.60")} == {
            line.account: line.amount for line in shop.go.vouchers[0].lines if line.account in (7740, 1500)
        }

    def test_several_customers_and_tenders(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        Each invoice is paid on its own customer's account, whatever it was paid with.
        """
        one = invoicing.invoice(customer, "o1")
        other = invoicing.invoice(invoicing.customer("c2"), "o2", price="80.00")
        z = a_paid_day(
            paid(300, invoice_no=one, customer="c1"),
            paid(200, order="o1", tender="12001"),
            paid(80, order="o2", customer="c2"),
        )

        assert POSTED is shop.settle(z).status
        assert {one: NIL, other: NIL} == balances(shop.go)

    def test_an_order_no_sync_has_followed(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        The invoice of an order is found by the reference posgo gives every order.
        """
        number = invoicing.invoice(customer, linked=False)

        assert POSTED is shop.settle(a_paid_day(paid(500, order="o1", customer="c1"))).status
        assert {number: NIL} == balances(shop.go)

    def test_an_order_with_a_comma_in_its_id(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        What separates values in Go's filters separates no orders.
        """
        number = invoicing.invoice(customer, "o,1", linked=False)

        assert POSTED is shop.settle(a_paid_day(paid(500, order="o,1", customer="c1"))).status
        assert {number: NIL} == balances(shop.go)

    def test_a_customer_the_pos_does_not_know(self, shop: Shop, invoicing: Invoicing) -> None:
        """
        An invoice made by hand is its customer's, by Go's number where the POS has no name for them.
        """
        number = invoicing.invoice(invoicing.customer("x", linked=False))
        result = shop.settle(a_paid_day(paid(500, invoice_no=number)))

        assert (POSTED, {number: NIL}) == (result.status, balances(shop.go))
        assert result.voucher is not None
        assert ["go:10000"] == [each.customer for each in result.voucher.postings if each.customer]

    def test_a_credit_note_is_paid_out(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        A credit note that is open is settled by the money paid back.
        """
        number = invoicing.invoice(customer, quantity=-1)

        assert POSTED is shop.settle(a_paid_day(paid(-500, invoice_no=number, customer="c1"))).status
        assert {number: NIL} == balances(shop.go)

    def test_a_pay_in_outside_the_tenders(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        Money the till shows as a pay-in only goes to the account of its own tender.
        """
        shop.accounts = accounts(
            ACCOUNTS + '[movements]\n"Faktura" = { to = "invoices", in_payments = false }\n'
        )
        number = invoicing.invoice(customer)
        z = attrs.evolve(
            a_paid_day(paid(500, invoice_no=number)),
            tenders=a_day().tenders,
            movements=[Movement(direction=Direction.IN, type="Faktura", amount=500)],
        )

        assert POSTED is shop.settle(z).status
        assert {number: NIL} == balances(shop.go)

    def test_a_dry_run(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        A preview reads what is open and posts nothing.
        """
        number = invoicing.invoice(customer)
        result = shop.settle(a_paid_day(paid(500, invoice_no=number)), dry_run=True)

        assert (None, {number: Decimal(500)}, 0) == (result.status, balances(shop.go), posts(shop.go))
        assert result.voucher is not None


class TestOnce:
    """
    Nothing is open any more on the second run, and still it is the same day.
    """

    @pytest.fixture
    def z(self, invoicing: Invoicing, customer: int) -> ZReport:
        number = invoicing.invoice(customer, price="499.60")
        invoicing.invoice(customer, "o2", price="80.00")
        return a_paid_day(
            paid(500, invoice_no=number, tender="12001"), paid(80, order="o2", customer="c1"), counted=False
        )

    @pytest.mark.parametrize("remembers", [True, False], ids=["with its store", "without it"])
    def test_again(self, shop: Shop, z: ZReport, remembers: bool) -> None:  # noqa: FBT001
        """
        Store or no store, the voucher itself tells what was open when it was posted.
        """
        first = shop.settle(z)
        shop.restart()
        if not remembers:
            shop.lose_state()

        second, third = shop.settle(z), shop.settle(z)

        assert [POSTED, ALREADY_POSTED, ALREADY_POSTED] == [each.status for each in (first, second, third)]
        assert [] == blocking(second)
        assert {first.voucher_no} == {each.voucher_no for each in (first, second, third)}
        assert (1, 1) == (len(shop.go.vouchers), posts(shop.go))
        assert {NIL} == {*balances(shop.go).values()}
        assert first.voucher is not None
        assert second.voucher is not None
        assert [each.amount for each in first.voucher.postings] == [
            each.amount for each in second.voucher.postings
        ]

    @pytest.mark.parametrize("remembers", [True, False], ids=["with its store", "without it"])
    @pytest.mark.parametrize("change", ["amount", "invoice", "one more", "sold"])
    def test_other_figures(self, shop: Shop, z: ZReport, remembers: bool, change: str) -> None:  # noqa: FBT001
        """
        Another payment under the same Z-number is another report.
        """
        shop.settle(z)
        if not remembers:
            shop.lose_state()
        first, second = z.invoice_payments
        other: dict[str, tuple[InvoicePayment, ...]] = {
            "amount": (attrs.evolve(first, amount=400), attrs.evolve(second, amount=180)),
            "invoice": (attrs.evolve(first, invoice_no=99), second),
            "one more": (first, attrs.evolve(second, amount=79), paid(1, invoice_no=99)),
            "sold": z.invoice_payments,
        }
        changed = attrs.evolve(z, invoice_payments=other[change])
        if change == "sold":
            bare = a_day(sold="250.00")
            changed = attrs.evolve(
                z, vat_rows=bare.vat_rows, total=250, tenders=[*bare.tenders, *z.tenders[1:]]
            )

        result = shop.settle(changed)

        assert (BLOCKED, ["reference-reused"], 1) == (
            result.status,
            blocking(result),
            len(shop.go.vouchers),
        )

    def test_nightly(self, shop: Shop, z: ZReport) -> None:
        """
        The nightly job is as safe with paid invoices as without.
        """
        shop.pos.put(z)

        assert [POSTED] == [each.status for each in shop.settle_finished()]
        assert [ALREADY_POSTED] == [each.status for each in shop.settle_finished()]
        shop.lose_state()
        assert [ALREADY_POSTED] == [each.status for each in shop.settle_finished()]

    @pytest.mark.parametrize("after_effect", [False, True], ids=["before the effect", "after it"])
    def test_a_lost_answer(self, shop: Shop, z: ZReport, after_effect: bool) -> None:  # noqa: FBT001
        """
        A voucher in doubt is looked up, although it has closed the invoices it would pay.
        """
        shop.go.fail_next(None, after_effect=after_effect, path="/Vouchers/CashJournals", method="POST")

        assert POSTED is shop.settle(z).status
        assert (1, {NIL}) == (len(shop.go.vouchers), {*balances(shop.go).values()})

    def test_posted_behind_the_back_of_a_runner(self, shop: Shop, z: ZReport) -> None:
        """
        A runner that looked through Go before another one posted the day finds that out before it blocks.
        """
        if shop.colour == "async":
            pytest.skip("each asynchronous call here has a runner of its own")
        shop.settle(attrs.evolve(a_day(2), closed_at=z.closed_at))
        other = Shop(clock=shop.clock, go=shop.go, store=shop.store)
        posted = other.settle(z)
        shop.forget_state()

        again = shop.settle(z)

        assert (ALREADY_POSTED, posted.voucher_no) == (again.status, again.voucher_no)
        assert 2 == len(shop.go.vouchers)

    def test_a_reversal_is_a_persons_decision(self, shop: Shop, z: ZReport) -> None:
        """
        The invoices are open again, and nothing is posted again.
        """
        posted = shop.settle(z)
        assert posted.voucher_no is not None
        shop.go.reverse(posted.voucher_no)
        shop.restart()

        assert ["reversed-in-go"] == blocking(shop.settle(z))
        assert {Decimal("499.60"), Decimal(80)} == {*balances(shop.go).values()}

    def test_a_balance_that_moved_before_the_voucher(
        self, shop: Shop, invoicing: Invoicing, z: ZReport
    ) -> None:
        """
        What was read is posted: money and the customer's sum are right, and what is left a person matches.
        """
        if shop.colour == "async":
            pytest.skip("the other payment is made by a transport that blocks")
        shop.transport = _Meanwhile(shop.go, lambda: _pay_by_bank(invoicing, "pos:o2", Decimal(80)))

        first, second = shop.settle(z), shop.settle(z)

        assert [POSTED, ALREADY_POSTED] == [first.status, second.status]
        assert {NIL} == {*balances(shop.go).values()}
        with invoicing.client() as go:
            assert [Decimal(-80)] == [
                each.balance for each in go.customer_ledger.open_items(on=date(2026, 3, 14))
            ]


class _Meanwhile(httpx.BaseTransport):
    """
    Lets something happen in Go just before the voucher arrives.
    """

    def __init__(self, go: FakeGo, event: Callable[[], None]) -> None:
        self._go, self._event = go, event

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path.endswith("/CashJournals"):
            self._event()
        return self._go.transport.handle_request(request)


def _pay_by_bank(invoicing: Invoicing, reference: str, amount: Decimal) -> None:
    """
    Somebody else books a payment.
    """
    with invoicing.client() as go:
        [account] = go.customers.subledger_accounts()
        [bank] = go.accounts.list(numbers=[1920])
        vat_id = next(code.id for code in go.vat_codes.list() if code.code == "0")
        lines = [
            JournalLine(account_id=bank.id, vat_id=vat_id, amount=amount),
            JournalLine(
                account_id=account.account_id, vat_id=vat_id, amount=-amount, matching_reference=reference
            ),
        ]
        go.vouchers.post(
            JournalEntry(date=date(2026, 3, 14), reference="bank", text="Innbetaling", lines=lines),
            journal=Journal.BANK,
        )


class TestHardCases:
    """
    Nothing is guessed; what the account map decides is one voucher all the same.
    """

    def test_partial(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        A part blocks; with the setting the day is a bank journal, and Go takes the part off the invoice.
        """
        number = invoicing.invoice(customer)
        invoicing.invoice(customer, "o2", price="80.00")
        z = a_paid_day(paid(200, invoice_no=number), paid(80, order="o2"))
        assert ["invoice-partial"] == blocking(shop.settle(z))

        shop.accounts = ruled(partial="bank_journal")
        shop.restart()
        first = shop.settle(z)
        shop.restart()
        again = shop.settle(z)
        shop.lose_state()
        lost = shop.settle(z)

        assert [POSTED, ALREADY_POSTED, ALREADY_POSTED] == [each.status for each in (first, again, lost)]
        [voucher] = shop.go.vouchers
        assert "BankJournal" == voucher.voucher_type
        assert [Decimal(300), NIL] == [*balances(shop.go).values()]

    def test_no_reference(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        An invoice without a matching reference is paid by its number.
        """
        number = invoicing.invoice(customer, matching_reference=None)
        z = a_paid_day(paid(500, invoice_no=number, order="o1"))

        assert [POSTED, ALREADY_POSTED] == [shop.settle(z).status, shop.settle(z).status]
        shop.restart()
        shop.lose_state()
        assert ALREADY_POSTED is shop.settle(z).status
        assert ("BankJournal", {number: NIL}) == (
            shop.go.vouchers[0].voucher_type,
            balances(shop.go),
        )

    def test_the_rest_of_what_was_credited_in_part(
        self, shop: Shop, invoicing: Invoicing, customer: int
    ) -> None:
        """
        A credit note with the reference of its invoice is open beside it, in whatever order Go lists them: the
        invoice is the one that is paid.
        """
        shop.accounts = ruled(no_reference="bank_journal")
        invoicing.invoice(
            customer, "n1", price="100.00", quantity=-1, linked=False, matching_reference="pos:o1"
        )
        number = invoicing.invoice(customer, linked=False)

        assert POSTED is shop.settle(a_paid_day(paid(400, order="o1", customer="c1"))).status
        [line] = [each for each in shop.go.vouchers[0].lines if each.customer_id is not None]
        assert (Decimal(-400), str(number)) == (line.amount, line.invoice_no)

    def test_overpaid(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        Too much blocks; with the setting the invoice is paid and the rest is the customer's.
        """
        number = invoicing.invoice(customer)
        z = a_paid_day(paid(600, invoice_no=number))
        assert ["invoice-overpaid"] == blocking(shop.settle(z))

        shop.accounts = ruled(overpaid="on_account")
        shop.restart()
        assert [POSTED, ALREADY_POSTED] == [shop.settle(z).status, shop.settle(z).status]
        shop.lose_state()
        assert ALREADY_POSTED is shop.settle(z).status
        assert {number: NIL} == balances(shop.go)

    @pytest.mark.parametrize("named", ["invoice", "order"])
    def test_paid_by_bank_meanwhile(
        self, shop: Shop, invoicing: Invoicing, customer: int, named: str
    ) -> None:
        """
        An invoice with nothing open blocks; with the setting the money is the customer's.
        """
        number = invoicing.invoice(customer, linked=False)
        _pay_by_bank(invoicing, "pos:o1", Decimal(500))
        facts: dict[str, Any] = {"invoice_no": number} if named == "invoice" else {"order": "o1"}
        z = a_paid_day(paid(500, **facts))
        result = shop.settle(z)
        assert (["invoice-not-open"], True) == (blocking(result), "paid or credited otherwise" in str(result))

        shop.accounts = ruled(not_open="on_account")
        shop.restart()
        assert [POSTED, ALREADY_POSTED] == [shop.settle(z).status, shop.settle(z).status]
        shop.restart()
        if named == "invoice":
            shop.lose_state()
        assert ALREADY_POSTED is shop.settle(z).status
        assert 1 == sum(voucher.voucher_type == "CashJournal" for voucher in shop.go.vouchers)

    def test_refund(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        Money paid back on an invoice that has no credit note blocks.
        """
        number = invoicing.invoice(customer)
        assert ["invoice-refund"] == blocking(shop.settle(a_paid_day(paid(-500, invoice_no=number))))

    def test_unknown(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        Go knows neither a number that does not exist nor an order that is not invoiced.
        """
        invoicing.link("orders", Link(pos_id="o9", go_id="x", base=Order(customer="c1")))
        z = a_paid_day(paid(500, invoice_no=4711), paid(80, order="o9", customer="c1"))
        result = shop.settle(z)

        assert ["invoice-not-open"] * 2 == blocking(result)
        assert "the invoice of order o9" in str(result)

    def test_another_customers_invoice(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        The customer is held against the link that the sync made.
        """
        invoicing.customer("c2")
        number = invoicing.invoice(customer)

        assert ["invoice-customer"] == blocking(
            shop.settle(a_paid_day(paid(500, invoice_no=number, customer="c2")))
        )

    def test_a_customer_linked_elsewhere(self, shop: Shop, invoicing: Invoicing) -> None:
        """
        So it is where the invoice's own customer has no link.
        """
        invoicing.customer("c2")
        number = invoicing.invoice(invoicing.customer("x", linked=False))
        result = shop.settle(a_paid_day(paid(500, invoice_no=number, customer="c2")))

        assert (["invoice-customer"], True) == (blocking(result), "c2 and of go:10001" in str(result))

    def test_a_customer_without_a_link_is_believed(self, shop: Shop, invoicing: Invoicing) -> None:
        """
        A POS that does not sync customers may name them.
        """
        number = invoicing.invoice(invoicing.customer("x", linked=False))

        assert POSTED is shop.settle(a_paid_day(paid(500, invoice_no=number, customer="k7"))).status

    def test_a_payment_beside_it_that_nobody_matched(
        self, shop: Shop, invoicing: Invoicing, customer: int
    ) -> None:
        """
        A part somebody booked without matching it leaves the invoice's own entry as it is.
        """
        number = invoicing.invoice(customer)
        _pay_by_bank(invoicing, "pos:o1", Decimal(100))

        assert POSTED is shop.settle(a_paid_day(paid(500, order="o1"))).status
        assert {number: NIL} == balances(shop.go)

    def test_an_account_go_does_not_show(self, shop: Shop, invoicing: Invoicing, customer: int) -> None:
        """
        Nothing is posted where a customer's account is not to be found.
        """
        number = invoicing.invoice(customer)
        shop.go.privileges -= {"Customer", "Customer_Full"}

        with pytest.raises(MissingPrivilegeError, match="Customer"):
            shop.settle(a_paid_day(paid(500, invoice_no=number)))

        assert 0 == posts(shop.go)

    def test_another_kind_of_voucher_by_profile(
        self, shop: Shop, invoicing: Invoicing, customer: int
    ) -> None:
        """
        A profile that posts bank journals names every invoice in them.
        """
        shop.profile = attrs.evolve(OPEN_ONE, journal=Journal.BANK)
        number = invoicing.invoice(customer)
        shop.settle(a_paid_day(paid(500, invoice_no=number)))

        [line] = [line for line in shop.go.vouchers[0].lines if line.account == 1500]
        assert (str(number), "pos:o1") == (line.invoice_no, line.matching_reference)
