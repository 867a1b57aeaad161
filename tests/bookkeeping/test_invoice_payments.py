"""
Invoices of Go paid at the till: what each payment becomes, and what is never guessed.
"""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.bookkeeping import settle
from posgo.bookkeeping.accounts import AccountMap, InvoiceCase, InvoiceRules
from posgo.models.findings import Severity
from posgo.models.invoices import OpenItem
from posgo.models.pos import (
    InvoicePayment,
    Tender,
    TransactionTotals,
)
from posgo.models.vouchers import Journal
from support.days import ACCOUNTS, CARD, CASH, sale_day
from support.payments import booked, day, item, payment, the_finding, told


def ruled(**rules: Any) -> AccountMap:
    return attrs.evolve(ACCOUNTS, invoices=InvoiceRules(**rules))


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
