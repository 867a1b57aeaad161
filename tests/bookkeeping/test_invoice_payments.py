"""
Invoices of Go paid at the till: what each payment becomes, and what is never guessed.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo.bookkeeping import settle
from posgo.bookkeeping.accounts import AccountMap, InvoiceCase, InvoiceRules, MovementRule, SalesAccount
from posgo.models.findings import Finding, Severity
from posgo.models.invoices import OpenItem
from posgo.models.pos import (
    CashCount,
    Count,
    Direction,
    GroupVatRow,
    InvoicePayment,
    Movement,
    Tender,
    TransactionTotals,
    VatRow,
    ZReport,
)
from posgo.models.vouchers import Journal, Settlement
from support.days import ACCOUNTS, CARD, CASH, SALE, account_map, days, sale_day, z_report

INVOICED = VatRow(vat_code="3", percent=25, amount=400, vat=100)
NIL = Decimal(0)
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "settlement.md"


def payment(amount: Decimal | int | str = 500, **facts: Any) -> InvoicePayment:
    base: dict[str, Any] = {"order": "o1", "invoice_no": 10003, "customer": "c1", "tender": CARD}
    return InvoicePayment(amount=amount, **base | facts)


def item(balance: Decimal | int | str = 500, **facts: Any) -> OpenItem:
    base: dict[str, Any] = {"invoice_no": 10003, "customer": "c1", "matching_reference": "pos:o1"}
    return OpenItem(balance=balance, **base | facts)


def ruled(**rules: Any) -> AccountMap:
    return attrs.evolve(ACCOUNTS, invoices=InvoiceRules(**rules))


def day(*payments: InvoicePayment, **facts: Any) -> ZReport:
    """
    One own sale of 125.00 by card, and payments of invoices that are in the tenders and not in the VAT rows.
    """
    tenders = [
        Tender(code=CARD, amount=125 + _paid(payments, CARD)),
        Tender(code=CASH, amount=_paid(payments, CASH), number=1),
    ]
    return sale_day(**{"tenders": tenders, "invoice_payments": payments} | facts)


def _paid(payments: Any, tender: str) -> Decimal:
    return sum((each.amount for each in payments if each.tender == tender), NIL)


def booked(settlement: Settlement) -> list[tuple[Any, ...]]:
    assert settlement.voucher is not None, settlement.findings
    return [
        (each.account, f"{each.amount:.2f}", *filter(None, (each.customer, each.matching_reference)))
        for each in settlement.voucher.postings
    ]


def told(settlement: Settlement) -> list[tuple[str, Severity]]:
    return [(each.rule, each.severity) for each in settlement.findings if each.rule.startswith("invoice")]


def the_finding(settlement: Settlement) -> Finding:
    [found] = [each for each in settlement.findings if each.blocks]
    return found


# How a till may show that an invoice of 500.00 was paid by card, beside one own sale of 125.00:
# (invoiced_sales_in_z, counted in its VAT rows, pay-in shown, in_payments, tenders hold it).
HONEST = [
    # in_z   counted  pay-in  in_payments  tenders
    (True, True, False, False, 625),
    (True, True, False, True, 625),
    (True, True, True, False, 125),
    (True, True, True, True, 625),
    (True, False, False, False, 625),
    (True, False, False, True, 625),
    (True, False, True, False, 125),
    (True, False, True, True, 625),
    (False, False, False, False, 625),
    (False, False, False, True, 625),
    (False, False, True, False, 125),
    (False, False, True, True, 625),
]


def till(
    in_z: bool,  # noqa: FBT001
    counted: bool,  # noqa: FBT001
    pay_in: bool,  # noqa: FBT001
    in_payments: bool,  # noqa: FBT001
    tenders: int,
) -> tuple[ZReport, AccountMap]:
    accounts = attrs.evolve(
        account_map(invoiced_sales_in_z=in_z),
        movements={"invoice": MovementRule(to="invoices", in_payments=in_payments)},
    )
    z = sale_day(
        vat_rows=[VatRow(vat_code="3", percent=25, amount=500, vat=125)] if counted else [SALE],
        total=625 if counted else 125,
        tenders=[Tender(code=CARD, amount=tenders)],
        movements=[Movement(direction=Direction.IN, type="invoice", amount=500)] if pay_in else (),
        invoice_payments=[payment(sales=[INVOICED] if counted else ())],
    )
    return z, accounts


def documented() -> Iterator[tuple[bool, bool, bool, bool, int]]:
    """
    The table of the page on settlements, each "either" as both.
    """
    flags = {"`true`": (True,), "`false`": (False,), "either": (False, True)}
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    for in_z, sales, pay_in, in_payments, counted, held, revenue, money in (
        row for row in rows if len(row) == 8
    ):
        if in_z in flags:
            assert (sales == "given") == (counted == "yes") == revenue.endswith(" sales")
            assert (held == "no") == (money == "means of payment, and the pay-in")
            for each in flags[in_payments]:
                tenders = 625 if held == "yes" else 125
                yield flags[in_z][0], counted == "yes", pay_in == "shown", each, tenders


class TestTruthTable:
    """
    Whatever way a till shows it: money once, customer once, own revenue only.
    """

    def test_the_page_has_the_table(self) -> None:
        """
        What is written down is what is tested here, row by row.
        """
        assert HONEST == [*documented()]

    @pytest.mark.parametrize("row", HONEST, ids=str)
    def test_honest_tills(self, row: tuple[bool, bool, bool, bool, int]) -> None:
        """
        A till that reports as its account map says books the same amounts in every row of the table.
        """
        settlement = settle(*till(*row), open_items=[item()])

        money = [(1910, "625.00")] if row[-1] == 625 else [(1910, "125.00"), (1910, "500.00")]
        assert [*money, (1500, "-500.00", "c1", "pos:o1"), (3000, "-125.00")] == booked(settlement)
        assert not settlement.blocked
        assert settlement.voucher is not None
        assert settlement.voucher.journal is None

    @pytest.mark.parametrize("row", HONEST, ids=str)
    def test_the_wrong_setting_blocks(self, row: tuple[bool, bool, bool, bool, int]) -> None:
        """
        A till that reports otherwise than its map says is blocked by P, with the setting that would explain it.
        """
        in_z, counted, pay_in, in_payments, tenders = row
        z, _ = till(*row)
        if counted:
            # The map says that nothing is counted: the sales would be booked twice.
            wrong = till(False, counted, pay_in, in_payments, tenders)
            assert "invoiced_sales_in_z = true" in the_finding(settle(*wrong, open_items=[item()])).remedy
            z = attrs.evolve(z, invoice_payments=[payment()])
            silent = settle(z, till(*row)[1], open_items=[item()])
            assert "as the payments' sales" in the_finding(silent).remedy
        elif in_z:
            stray = attrs.evolve(z, invoice_payments=[payment(sales=[INVOICED])])
            assert settle(stray, till(*row)[1], open_items=[item()]).blocked
        if pay_in:
            _, turned = till(in_z, counted, pay_in, not in_payments, tenders)
            finding = the_finding(settle(till(*row)[0], turned, open_items=[item()]))
            assert f"in_payments = {'true' if in_payments else 'false'}" in finding.remedy

    def test_sales_that_are_not_counted_are_left_alone(self) -> None:
        """
        With invoiced_sales_in_z = false nothing is taken out, whatever the payment says its sales were.
        """
        z = day(payment(sales=[INVOICED]))
        settlement = settle(z, account_map(invoiced_sales_in_z=False), open_items=[item()])

        assert (3000, "-125.00") in booked(settlement)

    def test_the_wrong_way_round(self) -> None:
        """
        Sales that are not in the VAT rows and yet taken out: the remedy names the setting.
        """
        z = attrs.evolve(day(payment(sales=[SALE])), tenders=[Tender(code=CARD, amount=625)])
        finding = the_finding(settle(z, ACCOUNTS, open_items=[item()]))

        assert ("P", True) == (finding.rule, "invoiced_sales_in_z = false" in finding.remedy)

    def test_some_counted_and_some_paid_in(self) -> None:
        """
        A till that counts today's invoices as sales and shows older ones as pay-ins: the pay-in is the latter's.
        """
        accounts = attrs.evolve(
            ACCOUNTS, movements={"invoice": MovementRule(to="invoices", in_payments=False)}
        )
        z = sale_day(
            vat_rows=[VatRow(vat_code="3", percent=25, amount=500, vat=125)],
            total=625,
            tenders=[Tender(code=CARD, amount=625)],
            movements=[Movement(direction=Direction.IN, type="invoice", amount=80)],
            invoice_payments=[
                payment(sales=[INVOICED]),
                payment(80, invoice_no=9, order=None, customer="c2", tender=CASH),
            ],
        )
        items = [item(), OpenItem(invoice_no=9, balance=80, customer="c2", matching_reference="r9")]

        assert [
            (1910, "625.00"),
            (1900, "80.00"),
            (1500, "-500.00", "c1", "pos:o1"),
            (1500, "-80.00", "c2", "r9"),
            (3000, "-125.00"),
        ] == booked(settle(z, accounts, open_items=items))


class TestPayIns:
    """
    SAF-T names no invoice: what a till took for invoices must be told by whoever supplies the report.
    """

    ACCOUNTS = attrs.evolve(ACCOUNTS, movements={"Faktura": MovementRule(to="invoices", in_payments=True)})

    @staticmethod
    def pay_in(amount: int, direction: Direction = Direction.IN) -> Movement:
        return Movement(direction=direction, type="Faktura", amount=amount)

    @pytest.mark.parametrize(
        ("payments", "words"), [((), "does not name them"), ((payment(400),), "come to 400.00")]
    )
    def test_unexplained(self, payments: tuple[InvoicePayment, ...], words: str) -> None:
        """
        A pay-in without payments, or with another sum of them, blocks alone: money is not judged then.
        """
        z = day(*payments, movements=[self.pay_in(500)], tenders=[Tender(code=CARD, amount=625)])
        settlement = settle(z, self.ACCOUNTS, open_items=[item(400)])

        assert [("invoice-pay-in", Severity.BLOCK)] == told(settlement)
        assert words in the_finding(settlement).message
        assert "invoice" in the_finding(settlement).remedy

    def test_payments_without_a_pay_in(self) -> None:
        """
        A till that shows no pay-in that day has it among its sales or tenders only, which the money tells.
        """
        assert settle(day(payment()), self.ACCOUNTS, open_items=[item()]).postable

    def test_paid_in_and_out(self) -> None:
        """
        A pay-out of a credit note is taken off the pay-ins.
        """
        z = day(
            payment(),
            payment(-80, order="o2", invoice_no=10004),
            movements=[self.pay_in(500), self.pay_in(80, Direction.OUT), self.pay_in(0)],
        )
        credit = item(-80, invoice_no=10004, matching_reference="pos:o2")
        settlement = settle(z, self.ACCOUNTS, open_items=[item(), credit])

        assert [
            (1910, "545.00"),
            (1500, "-500.00", "c1", "pos:o1"),
            (1500, "80.00", "c1", "pos:o2"),
            (3000, "-125.00"),
        ] == booked(settlement)

    def test_other_types_still_block(self) -> None:
        """
        Pay-ins of other kinds are what they were.
        """
        z = day(payment(), movements=[self.pay_in(500), Movement(direction=Direction.IN, type="x", amount=1)])

        assert "movement" == the_finding(settle(z, self.ACCOUNTS, open_items=[item()])).rule

    @pytest.mark.parametrize(("in_payments", "expected"), [(True, "500"), (False, "500")])
    def test_the_drawer_holds_what_was_paid_in(self, in_payments: bool, expected: str) -> None:  # noqa: FBT001
        """
        Cash for an invoice is in the drawer once, whether the cash tender holds it or not; card never is.
        """
        accounts = attrs.evolve(
            ACCOUNTS, movements={"Faktura": MovementRule(to="invoices", in_payments=in_payments)}
        )
        paid = [payment(tender=CASH), payment(80, order="o2", invoice_no=9)]
        z = day(*paid, movements=[self.pay_in(580)])
        if not in_payments:
            z = attrs.evolve(z, tenders=[Tender(code=CARD, amount=125)])
        items = [item(), item(80, invoice_no=9)]
        settlement = settle(z, accounts, open_items=items, count=CashCount(counted=expected, counted_by="7"))

        assert settlement.postable

    def test_an_unknown_tender_of_a_pay_in(self) -> None:
        """
        Outside the tenders the payment's own code leads to the account; a code without one is named.
        """
        accounts = attrs.evolve(
            ACCOUNTS, movements={"Faktura": MovementRule(to="invoices", in_payments=False)}
        )
        z = attrs.evolve(
            day(payment(tender="VIPPS"), movements=[self.pay_in(500)]),
            tenders=[Tender(code=CARD, amount=125), Tender(code="12011", pos_code="VIPPS", amount=0)],
        )

        assert (1912, "500.00") in booked(settle(z, accounts, open_items=[item()]))
        other = attrs.evolve(z, invoice_payments=[payment(tender="?")])
        assert "unmapped-tender" == the_finding(settle(other, accounts, open_items=[item()])).rule


class TestTender:
    """
    What the tenders should hold they must know.
    """

    @pytest.mark.parametrize("held", [0, 20], ids=["not in the tenders", "under another tender"])
    def test_that_the_z_report_does_not_have(self, held: int) -> None:
        """
        It blocks alone: the money is missing, or stands under another means of payment; a busy day's cash rounding
        could explain it, and never does.
        """
        z = sale_day(
            tenders=[Tender(code=CASH, amount=125 + held)],
            receipts=100,
            invoice_payments=[payment(20, tender="VIPPS")],
        )
        settlement = settle(z, ACCOUNTS, open_items=[item(20)])

        assert [("invoice-tender", Severity.BLOCK)] == told(settlement)
        assert ["invoice-tender"] == [each.rule for each in settlement.findings if each.blocks]
        assert "20.00" in the_finding(settlement).message
        assert "VIPPS" in the_finding(settlement).message
        assert "in_payments = false" in the_finding(settlement).remedy

    @pytest.mark.parametrize("name", ["VIPPS", "12011"])
    def test_by_either_code(self, name: str) -> None:
        """
        The till's own code and the predefined one both name the row, were its sum 0 by what was paid back that day.
        """
        z = sale_day(
            tenders=[Tender(code=CARD, amount=625), Tender(code="12011", pos_code="VIPPS", amount=0)],
            invoice_payments=[payment(tender=name)],
        )

        assert [] == told(settle(z, ACCOUNTS, open_items=[item()]))

    def test_all_at_once(self) -> None:
        """
        Payments with one such means of payment are told in one finding, and those of nothing in none.
        """
        z = sale_day(
            invoice_payments=[
                payment(20, tender="VIPPS"),
                payment(30, tender="VIPPS"),
                payment(0, tender="?"),
                payment(40, tender="GAVE"),
            ]
        )
        blocking = [each for each in settle(z, ACCOUNTS, open_items=[item(90)]).findings if each.blocks]

        assert [("invoice-tender", Decimal(50)), ("invoice-tender", Decimal(40))] == [
            (each.rule, each.actual) for each in blocking
        ]


class TestOneInvoiceOnePosting:
    """
    The open balance in Go, to the øre; the rest is rounding.
    """

    def test_an_invoice_known_by_number_and_order(self) -> None:
        """
        A payment that names the order only is of the invoice, as one that names its number.
        """
        z = day(payment(200, invoice_no=None), payment(300, order=None))
        known = [attrs.evolve(item(), order="o1")]

        assert (1500, "-500.00", "c1", "pos:o1") in booked(settle(z, ACCOUNTS, open_items=known))

    @pytest.mark.parametrize(
        ("paid", "open_", "tender", "rounding"),
        [
            ("500", "500", CARD, None),
            ("500", "499.60", CASH, "-0.40"),
            ("500", "500.50", CASH, "0.50"),
            ("500", "500.51", CASH, "0.51"),
            ("500", "499.99", CARD, "-0.01"),
            ("-80", "-79.60", CASH, "0.40"),
        ],
    )
    def test_rounding(self, paid: str, open_: str, tender: str, rounding: str | None) -> None:
        """
        Up to half a krone in cash and an øre per line goes to the rounding account; a gain is a credit.
        """
        settlement = settle(day(payment(paid, tender=tender)), ACCOUNTS, open_items=[item(open_)])

        postings = booked(settlement)
        assert (1500, f"{-Decimal(open_):.2f}", "c1", "pos:o1") in postings
        assert [(7740, rounding)] * (rounding is not None) == [each for each in postings if each[0] == 7740]

    @pytest.mark.parametrize(("open_", "lines", "exact"), [("500.03", 3, True), ("500.04", 3, False)])
    def test_an_ore_per_line(self, open_: str, lines: int, exact: bool) -> None:  # noqa: FBT001
        """
        What an invoice of several lines may differ by is known from its lines.
        """
        assert exact == settle(day(payment()), ACCOUNTS, open_items=[item(open_, lines=lines)]).postable

    def test_no_account_for_rounding(self) -> None:
        """
        Rounding of an invoice needs the account as the day's does.
        """
        accounts = attrs.evolve(ACCOUNTS, other=attrs.evolve(ACCOUNTS.other, cash_rounding=None))
        finding = the_finding(settle(day(payment()), accounts, open_items=[item("499.99")]))

        assert ("unmapped-account", Decimal("0.01")) == (finding.rule, finding.actual)

    def test_stated_rounding(self) -> None:
        """
        Transactions may count the rounding of an invoice in: that warns nobody.
        """
        totals = TransactionTotals(cash_paid=1, lines=1, rounding="0.40")
        z = day(payment(tender=CASH), transactions=totals)

        assert [] == [each.rule for each in settle(z, ACCOUNTS, open_items=[item("499.60")]).findings]

    def test_several_tenders(self) -> None:
        """
        Card and cash for one invoice is one posting.
        """
        z = day(payment(300), payment("200.40", tender=CASH))
        [posting] = [
            each
            for each in settle(z, ACCOUNTS, open_items=[item()]).voucher.postings  # type: ignore[union-attr]
            if each.account == 1500
        ]

        assert (Decimal(-500), 10003, "invoice:10003") == (
            posting.amount,
            posting.invoice_no,
            posting.reference,
        )
        assert ("invoice 10003 paid by 12002 300.00, invoice 10003 paid by 12001 200.40",) == posting.source

    def test_several_invoices(self) -> None:
        """
        One payment of several invoices is a payment of each.
        """
        z = day(payment(300), payment(200, order="o2", invoice_no=10004))
        items = [item(300), item(200, invoice_no=10004, matching_reference="pos:o2")]

        assert [(1500, "-300.00", "c1", "pos:o1"), (1500, "-200.00", "c1", "pos:o2")] == [
            each for each in booked(settle(z, ACCOUNTS, open_items=items)) if each[0] == 1500
        ]

    def test_paid_and_given_back(self) -> None:
        """
        What comes to nothing on an invoice is no posting on it.
        """
        settlement = settle(day(payment(), payment(-500)), ACCOUNTS, open_items=[item()])

        assert [(1910, "125.00"), (3000, "-125.00")] == booked(settlement)

    def test_by_order(self) -> None:
        """
        An invoice of the POS's own numbers is known by its order.
        """
        z = day(payment(invoice_no=None))
        known = item(invoice_no=None, order="o1")
        [*_, posting, _] = settle(z, ACCOUNTS, open_items=[known]).voucher.postings  # type: ignore[union-attr]

        assert (None, None, "pos:o1") == (posting.invoice_no, posting.reference, posting.matching_reference)

    def test_without_go(self) -> None:
        """
        Without open items the payment counts as the balance, under the reference posgo gives every order.
        """
        assert (1500, "-500.00", "c1", "pos:o1") in booked(settle(day(payment()), ACCOUNTS))

    def test_another_control_account(self) -> None:
        """
        Charts differ.
        """
        assert 1510 in [each[0] for each in booked(settle(day(payment()), ruled(account=1510)))]


PARTIAL = ("partial", InvoiceCase.BANK_JOURNAL)
# What was paid, what Go says, the setting that lets it pass, what it is called, and the customer's lines then.
HARD = [
    ("partial", payment(200), item(), *PARTIAL, "invoice-partial", ["-200.00 pos:o1"]),
    ("partial cash", payment("499", tender=CASH), item(), *PARTIAL, "invoice-partial", ["-499.00 pos:o1"]),
    (
        *("overpaid", payment(600), item(), "overpaid", InvoiceCase.ON_ACCOUNT, "invoice-overpaid"),
        ["-100.00 None", "-500.00 pos:o1"],
    ),
    (
        *("paid already", payment(), item(0), "not_open", InvoiceCase.ON_ACCOUNT, "invoice-not-open"),
        ["-500.00 None"],
    ),
    (
        *("reversed", payment(), item(0, reversed=True), "not_open", InvoiceCase.ON_ACCOUNT),
        *("invoice-not-open", ["-500.00 None"]),
    ),
    (
        *("paid on a credit note", payment(), item(-500), "not_open", InvoiceCase.ON_ACCOUNT),
        *("invoice-not-open", ["-500.00 None"]),
    ),
    (
        *("refund", payment(-80), item(0), "refunds", InvoiceCase.ON_ACCOUNT, "invoice-refund"),
        ["80.00 None"],
    ),
    (
        *("refund of an open one", payment(-80), item(), "refunds", InvoiceCase.ON_ACCOUNT),
        *("invoice-refund", ["80.00 None"]),
    ),
    (
        *("more than the credit note", payment(-80), item(-50), "overpaid", InvoiceCase.ON_ACCOUNT),
        *("invoice-overpaid", ["30.00 None", "50.00 pos:o1"]),
    ),
    (
        *("part of a credit note", payment(-30), item(-50), *PARTIAL),
        *("invoice-partial", ["30.00 pos:o1"]),
    ),
]


class TestHardCases:
    """
    Where money could end in the wrong place nothing is booked, unless the account map decides it.
    """

    @pytest.mark.parametrize(
        ("paid", "known", "setting", "case", "rule", "lines"),
        [row[1:] for row in HARD],
        ids=[r[0] for r in HARD],
    )
    def test_policy(
        self,
        paid: InvoicePayment,
        known: OpenItem,
        setting: str,
        case: InvoiceCase,
        rule: str,
        lines: list[str],
    ) -> None:
        """
        By default a BLOCK that names invoice, amounts and remedy; with the setting, the documented lines.
        """
        finding = the_finding(settle(day(paid), ACCOUNTS, open_items=[known]))
        assert (rule, "invoice 10003", paid.amount, known.balance) == (
            *(finding.rule, finding.where, finding.actual, finding.expected),
        )
        assert f"[invoices] {setting}" in finding.remedy

        allowed = settle(day(paid), ruled(**{setting: case}), open_items=[known])
        assert allowed.voucher is not None
        assert sorted(lines) == sorted(
            f"{each.amount:.2f} {each.matching_reference}"
            for each in allowed.voucher.postings
            if each.account == 1500
        )
        [(told_rule, severity)] = told(allowed)
        assert (rule, severity is Severity.BLOCK) == (told_rule, False)
        by_number = case is InvoiceCase.BANK_JOURNAL
        assert (Journal.BANK if by_number else None) is allowed.voucher.journal

    def test_unknown_to_go(self) -> None:
        """
        What Go does not know has no customer to book on: no setting lets it pass.
        """
        for accounts in (ACCOUNTS, ruled(not_open=InvoiceCase.ON_ACCOUNT)):
            finding = the_finding(settle(day(payment(customer=None)), accounts, open_items=()))
            assert ("invoice-not-open", None) == (finding.rule, finding.expected)
            assert "not delivered yet" in finding.message

    def test_no_reference(self) -> None:
        """
        Nothing but its number tells: the day is a bank journal, or is blocked where the map says so.
        """
        known = item(matching_reference=None)
        settlement = settle(day(payment()), ACCOUNTS, open_items=[known])
        assert settlement.voucher is not None
        assert (Journal.BANK, [10003]) == (
            settlement.voucher.journal,
            [each.invoice_no for each in settlement.voucher.postings if each.customer],
        )
        assert [("invoice-unmatched", Severity.INFO)] == told(settlement)

        blocked = settle(day(payment()), ruled(no_reference=InvoiceCase.BLOCK), open_items=[known])
        assert "invoice-unmatched" == the_finding(blocked).rule

    def test_neither_reference_nor_number(self) -> None:
        """
        Then no line could be matched at all.
        """
        known = item(matching_reference=None, invoice_no=None, order="o1")
        finding = the_finding(settle(day(payment(invoice_no=None)), ACCOUNTS, open_items=[known]))

        assert "invoice number" in finding.remedy
        over = settle(
            day(payment(600, invoice_no=None)), ruled(overpaid=InvoiceCase.ON_ACCOUNT), open_items=[known]
        )
        assert "invoice-overpaid" == the_finding(over).rule
        closed = attrs.evolve(known, balance=0)
        rules = ruled(not_open=InvoiceCase.ON_ACCOUNT)
        assert settle(day(payment(invoice_no=None)), rules, open_items=[closed]).blocked
        unmatched = settle(
            day(payment(600)),
            ruled(overpaid=InvoiceCase.ON_ACCOUNT, no_reference=InvoiceCase.BLOCK),
            open_items=[item(matching_reference=None)],
        )
        assert "invoice-unmatched" == the_finding(unmatched).rule

    @pytest.mark.parametrize(
        ("payments", "known", "words"),
        [
            ([payment(customer="c2")], item(), "c2 and of c1"),
            ([payment(200), payment(300, customer="c2")], item(), "c1 and of c2"),
            ([payment(customer=None)], item(customer=None), "has no customer"),
        ],
    )
    def test_customers(self, payments: list[InvoicePayment], known: OpenItem, words: str) -> None:
        """
        Another customer than the invoice's, or none at all, blocks, whatever the map says.
        """
        finding = the_finding(settle(day(*payments), ACCOUNTS, open_items=[known]))

        assert ("invoice-customer", True) == (finding.rule, words in finding.message)

    def test_the_customer_go_names(self) -> None:
        """
        A payment that names no customer is the invoice's customer's.
        """
        settlement = settle(day(payment(customer=None)), ACCOUNTS, open_items=[item(customer="go:10001")])

        assert (1500, "-500.00", "go:10001", "pos:o1") in booked(settlement)

    def test_no_invoice_named(self) -> None:
        """
        Each payment that names neither invoice nor order is told of.
        """
        unnamed = payment(250, order=None, invoice_no=None)
        settlement = settle(day(unnamed, unnamed), ACCOUNTS, open_items=())

        assert [("invoice-unnamed", Severity.BLOCK)] * 2 == told(settlement)

    def test_all_of_them_at_once(self) -> None:
        """
        Every payment that cannot be booked is named in one go.
        """
        z = day(
            payment(200), payment(600, invoice_no=10004, order="o2"), payment(7, invoice_no=1, order=None)
        )
        items = [item(), item(invoice_no=10004)]

        assert ["invoice-partial", "invoice-overpaid", "invoice-not-open"] == [
            rule for rule, _ in told(settle(z, ACCOUNTS, open_items=items))
        ]


class TestRevenue:
    """
    Sales that stand on an invoice are taken out of the Z-report's, per VAT code, and no more than it has.
    """

    @staticmethod
    def counted(*sales: VatRow, **facts: Any) -> ZReport:
        rows = [VatRow(vat_code="3", percent=25, amount=500, vat=125)]
        base: dict[str, Any] = {
            "vat_rows": rows,
            "total": 625,
            "tenders": [Tender(code=CARD, amount=625)],
            "invoice_payments": [payment(sales=sales)],
        }
        return sale_day(**base | facts)

    @pytest.mark.parametrize("code", [None, "3"])
    def test_a_code_left_out(self, code: str | None) -> None:
        """
        The payment's row is the Z-report's of the same rate, if either leaves out the code.
        """
        z = self.counted(attrs.evolve(INVOICED, vat_code=code))
        bare = attrs.evolve(z, vat_rows=[attrs.evolve(z.vat_rows[0], vat_code=None)])

        for report in (z, bare):
            assert (3000, "-125.00") in booked(settle(report, ACCOUNTS, open_items=[item()]))

    @pytest.mark.parametrize(
        ("code", "percent"), [("31", 15), ("33", 25), (None, 15)], ids=["other", "wrong", "rate only"]
    )
    def test_a_row_the_report_has_not(self, code: str | None, percent: int) -> None:
        """
        What was not sold cannot be taken out.
        """
        settlement = settle(
            self.counted(attrs.evolve(INVOICED, vat_code=code, percent=percent)),
            ACCOUNTS,
            open_items=[item()],
        )

        assert [("invoice-sales", Severity.BLOCK)] == told(settlement)
        assert "invoiced_sales_in_z = false" in the_finding(settlement).remedy

    def test_more_than_was_sold(self) -> None:
        """
        Taking out more than the VAT row has blocks; returns in the same row may explain it.
        """
        z = day(payment(sales=[INVOICED]))
        finding = the_finding(settle(z, ACCOUNTS, open_items=[item()]))
        assert ("invoice-sales", Decimal(125), Decimal(500)) == (
            *(finding.rule, finding.expected, finding.actual),
        )

        returned = sale_day(
            tenders=[Tender(code=CARD, amount=125)],
            returns=Count(number=1, amount=375),
            invoice_payments=[payment(sales=[INVOICED])],
        )
        assert (3000, "375.00") in booked(settle(returned, ACCOUNTS, open_items=[item()]))

    def test_nothing_left_needs_no_account(self) -> None:
        """
        A VAT code under which only invoices were sold is not looked up.
        """
        row = VatRow(vat_code="51", percent=0, amount=500, vat=0)
        z = self.counted(
            row, VatRow(vat_code="3", percent=25, amount=0, vat=0), vat_rows=[SALE, row], total=625
        )

        assert (3000, "-125.00") in booked(settle(z, ACCOUNTS, open_items=[item()]))

    def test_vat_drift_is_that_of_own_sales(self) -> None:
        """
        The invoice's VAT is the invoice's: only what is left is compared with the ledger.
        """
        drifting = attrs.evolve(INVOICED, amount="400.01", vat="99.99")
        z = self.counted(drifting, vat_rows=[VatRow(vat_code="3", percent=25, amount="500.01", vat="124.99")])
        settlement = settle(z, ACCOUNTS, open_items=[item()])

        assert [] == [each.rule for each in settlement.findings]

    def test_by_article_group(self) -> None:
        """
        Groups with accounts of their own keep them; the invoice goes off the account of the VAT code, and warns.
        """
        accounts = attrs.evolve(
            ACCOUNTS, sales_by_group={"04007": {"3": SalesAccount(account=3001, vat_code="3")}}
        )

        def sold(beer: int) -> ZReport:
            rows = [
                GroupVatRow(group="04007", vat_code="3", percent=25, amount=beer),
                GroupVatRow(group="04006", vat_code="3", percent=25, amount=625 - beer),
            ]
            return self.counted(
                INVOICED, transactions=TransactionTotals(cash_paid=0, lines=5, group_vat=rows)
            )

        little, much = (settle(sold(beer), accounts, open_items=[item()]) for beer in (25, 600))
        assert [(3000, "-100.00"), (3001, "-25.00")] == [each for each in booked(little) if each[0] < 3500][
            -2:
        ]
        assert (3000, "-125.00") in booked(much)
        assert [("invoice-groups", Severity.WARN)] == told(little) == told(much)

    def test_where_the_amount_comes_from(self) -> None:
        """
        The posting says what was taken off.
        """
        settlement = settle(self.counted(INVOICED), ACCOUNTS, open_items=[item()])
        assert settlement.voucher is not None

        assert ("VAT row 3 less invoices 500.00: 125.00",) == settlement.voucher.postings[-1].source


PAYMENTS = st.lists(
    st.tuples(
        st.integers(-(10**6), 10**7).filter(bool),
        st.sampled_from((CASH, CARD)),
        st.integers(-50, 50),
        st.booleans(),
    ),
    max_size=4,
)


Paid = tuple[ZReport, AccountMap, list[OpenItem], ZReport]


@st.composite
def paid_days(draw: st.DrawFn) -> Paid:
    """
    An honest day on which invoices were paid as well, what Go has open of them, and the day without them.
    """
    z = draw(days())
    in_z, pay_in, inside = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    payments, items = [], []
    for at, (ore, tender, rounding, counted) in enumerate(draw(PAYMENTS), start=1):
        amount = Decimal(ore).scaleb(-2)
        off = Decimal(rounding).scaleb(-2) if tender == CASH and abs(ore) > 100 else NIL
        row = VatRow(vat_code="5", percent=0, amount=amount, vat=0)
        sales = [row] if counted and in_z and not pay_in else []
        payments.append(
            payment(amount, invoice_no=at, order=None, customer=f"c{at}", tender=tender, sales=sales)
        )
        items.append(
            OpenItem(invoice_no=at, balance=amount - off, customer=f"c{at}", matching_reference=f"r{at}")
        )
    total = sum((each.amount for each in payments), NIL)
    movement = Movement(direction=Direction.IN, type="invoice", amount=total)
    tenders = list(z.tenders)
    if inside or not pay_in or not total:
        tenders += [Tender(code=each.tender, amount=each.amount) for each in payments]
    sales = [row for each in payments for row in each.sales]
    returned = sum((abs(row.amount) for row in sales), NIL)
    return (
        attrs.evolve(
            z,
            tenders=tenders,
            vat_rows=[*z.vat_rows, *sales],
            total=z.total + sum((row.amount for row in sales), NIL),
            groups=(),
            returns=attrs.evolve(z.returns, amount=abs(z.returns.amount) + returned),
            movements=[movement] if pay_in else (),
            invoice_payments=payments,
        ),
        attrs.evolve(
            account_map(invoiced_sales_in_z=in_z),
            movements={"invoice": MovementRule(to="invoices", in_payments=inside)},
        ),
        items,
        z,
    )


class TestEveryPaidDay:
    """
    What holds for every honest day with invoices paid on it.
    """

    @given(paid=paid_days())
    def test_is_booked(self, paid: Paid) -> None:
        """
        It never blocks, and every posting of a customer is what Go has open.
        """
        z, accounts, items, _ = paid
        settlement = settle(z, accounts, open_items=items)

        assert [] == [each for each in settlement.findings if each.blocks]
        postings = settlement.voucher.postings if settlement.voucher else ()
        assert {each.matching_reference: -each.balance for each in items} == {
            each.matching_reference: each.amount for each in postings if each.customer
        }

    @given(paid=paid_days())
    def test_sums(self, paid: Paid) -> None:
        """
        Zero in all; money is the Z-report's and what was paid in beside it; sales are its own less the invoiced.
        """
        z, accounts, items, _ = paid
        voucher = settle(z, accounts, open_items=items).voucher
        postings = voucher.postings if voucher else ()

        assert NIL == sum((each.amount for each in postings), NIL)
        received = sum((each.amount for each in z.tenders), NIL)
        outside = bool(z.movements) and not accounts.movements["invoice"].in_payments
        beside = sum((each.amount for each in z.invoice_payments), NIL) if outside else NIL
        money = {*ACCOUNTS.tenders.values(), ACCOUNTS.other.gift_cards}
        assert received + beside == sum((each.amount for each in postings if each.account in money), NIL)
        sold = sum((row.amount + row.vat for row in z.vat_rows), NIL)
        counted = sum((row.amount for each in z.invoice_payments for row in each.sales), NIL)
        assert sold - counted == -sum((each.amount for each in postings if each.vat_code), NIL)

    @given(paid=paid_days(), data=st.data())
    def test_order_does_not_matter(self, paid: Paid, data: st.DataObject) -> None:
        """
        Payments and open items in another order give the very same voucher.
        """
        z, accounts, items, _ = paid
        turned = attrs.evolve(z, invoice_payments=data.draw(st.permutations(z.invoice_payments)))
        shuffled = data.draw(st.permutations(items))

        assert (
            settle(z, accounts, open_items=items).voucher
            == settle(turned, accounts, open_items=shuffled).voucher
        )

    @given(paid=paid_days())
    def test_own_sales_are_those_of_the_day_without_invoices(self, paid: Paid) -> None:
        """
        Revenue, tips and VAT drift are those of the same day on which nobody paid an invoice.
        """
        z, accounts, items, bare = paid
        ours, theirs = settle(z, accounts, open_items=items), settle(bare, accounts)

        def revenue(settlement: Settlement) -> set[tuple[int, Decimal]]:
            postings = settlement.voucher.postings if settlement.voucher else ()
            return {(each.account, each.amount) for each in postings if each.vat_code or each.account == 2990}

        assert revenue(theirs) == revenue(ours)


def test_a_day_of_invoices_only() -> None:
    """
    A till that sold nothing and took money for an invoice has a voucher.
    """
    z = z_report(tenders=[Tender(code=CARD, amount=500)], invoice_payments=[payment()])

    assert [(1910, "500.00"), (1500, "-500.00", "c1", "pos:o1")] == booked(
        settle(z, ACCOUNTS, open_items=[item()])
    )
