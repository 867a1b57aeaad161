"""
Z1 to Z6 and P, each as a table: what is printed, and what is found.
"""

from decimal import Decimal
from typing import Any

import pytest

from posgo.bookkeeping import settle
from posgo.models.findings import Finding, Severity
from posgo.models.pos import Count, GrandTotals, GroupRow, OperatorRow, Tender, TransactionTotals, VatRow
from support.days import account_map, z_report

NET, GROSS = account_map(), account_map(vat_rows="gross")
RULES = {"Z1", "Z2", "Z3", "Z4", "Z5", "Z6", "P", "rounding-sum"}


def found(accounts: Any = NET, **facts: Any) -> dict[str, Finding]:
    """
    Findings of the identities by rule, for 100.00 net and 25.00 VAT paid by card unless said otherwise.
    """
    facts = {
        "vat_rows": [VatRow(vat_code="3", percent=25, amount=100, vat=25)],
        "tenders": [Tender(code="12002", amount=125)],
        "total": 125,
        "receipts": 1,
    } | facts
    findings = settle(z_report(**facts), accounts).findings
    by_rule = {finding.rule: finding for finding in findings if finding.rule in RULES}
    assert len(by_rule) == sum(finding.rule in RULES for finding in findings)
    return by_rule


def operator(amount: Any, code: str = "12002") -> OperatorRow:
    return OperatorRow(operator="7", code=code, amount=amount)


def group(amount: Any) -> GroupRow:
    return GroupRow(group="04006", amount=amount)


class TestWarnings:
    """
    What does not touch the voucher warns and books.
    """

    @pytest.mark.parametrize(
        ("rule", "facts"),
        [
            ("Z1", {"groups": [group(125)]}),
            ("Z1", {"groups": []}),
            ("Z4", {"operator_tenders": [operator(100), operator(25)]}),
            ("Z4", {"groups": [group(125)], "operator_groups": [operator(125, "04006")]}),
            ("Z5", {"opening_float": 500, "operator_floats": [operator(500, "")]}),
            ("Z6", {"grand_totals": GrandTotals(sales=1000, returns=100, net=900)}),
            ("Z6", {"grand_totals": None}),
        ],
    )
    def test_holds(self, rule: str, facts: dict[str, Any]) -> None:
        """
        Rows that agree, and rows a till does not print, find nothing.
        """
        assert rule not in found(**facts)

    @pytest.mark.parametrize(
        ("rule", "facts", "expected", "actual"),
        [
            ("Z1", {"groups": [group("124.99")]}, "125.00", "124.99"),
            ("Z1", {"groups": [group(0)]}, "125.00", "0.00"),
            ("Z4", {"operator_tenders": [operator("125.01")]}, "125.00", "125.01"),
            (
                "Z4",
                {"groups": [group(125)], "operator_groups": [operator(-125, "04006")]},
                "125.00",
                "-125.00",
            ),
            ("Z5", {"opening_float": 500, "operator_floats": [operator(499, "")]}, "500.00", "499.00"),
            ("Z5", {"operator_floats": [operator(1, "")]}, "0.00", "1.00"),
            ("Z6", {"grand_totals": GrandTotals(sales=1000, returns=100, net=1000)}, "900.00", "1000.00"),
            ("Z6", {"grand_totals": GrandTotals(sales=1000, returns=-100, net=900)}, "1100.00", "900.00"),
        ],
    )
    def test_broken(self, rule: str, facts: dict[str, Any], expected: str, actual: str) -> None:
        """
        One øre is enough; both figures are named; the day is booked.
        """
        findings = found(**facts)

        assert [rule] == list(findings)
        finding = findings[rule]
        assert finding.severity is Severity.WARN
        assert (finding.expected, finding.actual) == (Decimal(expected), Decimal(actual))
        assert finding.remedy


class TestZ2:
    """
    The VAT rows, in the configured reading only, make up the total.
    """

    @pytest.mark.parametrize(
        ("accounts", "amount", "vat", "total", "severity", "remedy"),
        [
            (NET, 100, 25, 125, None, ""),
            (NET, 100, 25, "125.01", None, ""),  # 0.01 per rate
            (NET, 100, 25, "124.99", None, ""),
            (NET, 100, 25, "125.02", Severity.BLOCK, "contradicts itself"),
            (NET, 125, 25, 125, Severity.BLOCK, 'rows include VAT, set [pos] vat_rows = "gross"'),
            (NET, 125, 25, "124.99", Severity.BLOCK, 'vat_rows = "gross"'),
            (GROSS, 125, 25, 125, None, ""),
            (GROSS, 125, 99, 125, None, ""),  # the VAT is information there
            (GROSS, 100, 25, 125, Severity.BLOCK, 'rows exclude VAT, set [pos] vat_rows = "net"'),
            (GROSS, 100, 25, 130, Severity.BLOCK, "contradicts itself"),
            (NET, -100, -25, -125, None, ""),
            (NET, -125, -25, -125, Severity.BLOCK, 'vat_rows = "gross"'),
            (NET, 100, 25, 0, Severity.BLOCK, "contradicts itself"),
        ],
    )
    def test_readings(
        self, *, accounts: Any, amount: int, vat: int, total: Any, severity: Severity | None, remedy: str
    ) -> None:
        """
        The other reading is never taken; the remedy names it where it would hold.
        """
        row = VatRow(vat_code="3", percent=25, amount=amount, vat=vat)
        finding = found(accounts, vat_rows=[row], total=total).get("Z2")

        assert severity is (finding.severity if finding else None)
        if finding is not None:
            assert remedy in finding.remedy
            assert finding.expected == Decimal(total)

    def test_without_rows(self) -> None:
        """
        A total without VAT rows cannot be booked.
        """
        assert found(vat_rows=[])["Z2"].severity is Severity.BLOCK

    def test_zero_rows_add_no_tolerance(self) -> None:
        """
        Dummy rows do not stretch the tolerance.
        """
        dummies = [VatRow(percent=percent, amount=0, vat=0) for percent in (0, 12, 15)]
        rows = [VatRow(vat_code="3", percent=25, amount=100, vat=25), *dummies]

        assert "Z2" in found(vat_rows=rows, total="125.02")

    @pytest.mark.parametrize("printed", [25, -25])
    def test_total_before_returns(self, printed: int) -> None:
        """
        A till whose total is before returns is told from one that contradicts itself.
        """
        finding = found(total=150, returns=Count(number=1, amount=printed))["Z2"]

        assert (finding.severity, finding.expected, finding.actual) == (
            Severity.WARN,
            Decimal(150),
            Decimal(125),
        )


class TestZ3:
    """
    VAT follows from its sales, within half an øre a line.
    """

    @pytest.mark.parametrize(
        ("accounts", "amount", "vat", "lines", "warns"),
        [
            (NET, "100.00", "25.01", 0, False),
            (NET, "100.00", "25.02", 0, True),
            (NET, "100.00", "25.02", 2, False),
            (NET, "100.00", "20.00", 100, True),  # VAT taken as a share of the gross
            (NET, "0.00", "25.00", 9, True),  # VAT without sales
            (GROSS, "125.00", "25.00", 0, False),
            (GROSS, "125.00", "31.25", 0, True),
            (GROSS, "0.00", "5.00", 0, True),
        ],
    )
    def test_tolerance(self, *, accounts: Any, amount: str, vat: str, lines: int, warns: bool) -> None:
        """
        The tolerance grows with the lines sold.
        """
        row = VatRow(vat_code="3", percent=25, amount=amount, vat=vat, pos_code="A")
        totals = TransactionTotals(lines=lines)
        findings = found(accounts, vat_rows=[row], transactions=totals)

        assert warns == ("Z3" in findings)
        if warns:
            assert (findings["Z3"].severity, findings["Z3"].where) == (Severity.WARN, "VAT row A")

    def test_receipts_stand_in_for_lines(self) -> None:
        """
        Without transactions there are at least as many lines as receipts; a negative count is none.
        """
        row = VatRow(percent=25, amount="100.00", vat="25.03")

        assert "Z3" not in found(vat_rows=[row], receipts=3, returns=Count(number=1))
        assert "Z3" in found(vat_rows=[row], receipts=-30)
        assert "Z3" not in found(receipts=-30)


class TestP:
    """
    What money exceeds sales by is cash rounding, or it blocks.
    """

    @pytest.mark.parametrize(
        ("rest", "cash", "receipts", "returns", "cash_paid", "blocks"),
        [
            # rest, number in the cash row (None: no such row), counts, cash-paid transactions (None: none in the file)
            ("0.50", 1, 1, 0, None, False),
            ("-0.50", 1, 1, 0, None, False),
            ("0.51", 1, 1, 0, None, True),
            ("-0.51", 1, 1, 0, None, True),
            ("1.00", 1, 1, 1, None, False),
            ("1.01", 1, 1, 1, None, True),
            ("0.01", None, 9, 0, None, True),
            ("-0.01", None, 9, 0, None, True),
            ("0.00", None, 9, 0, None, False),
            ("0.00", None, -9, 0, None, False),
            ("0.00", 1, -9, 0, None, False),
            ("0.50", 1, 9, 0, 1, False),
            ("0.51", 1, 9, 0, 1, True),
            ("0.50", 1, 9, 0, 0, True),
            ("0.01", None, 9, 0, 3, True),  # no cash row, no rounding, whatever the transactions say
            ("0.40", 0, 9, 0, None, True),  # a dummy cash row is no cash
            ("0.40", 0, 9, 0, 2, False),  # but a sale and a refund in cash may cancel out
        ],
    )
    def test_bound(
        self,
        *,
        rest: str,
        cash: int | None,
        receipts: int,
        returns: int,
        cash_paid: int | None,
        blocks: bool,
    ) -> None:
        """
        Half a krone a cash payment: cash-paid transactions, else receipts and returns, and nothing without cash.
        """
        amount = 25 if cash else 0
        tenders = [Tender(code="12002", amount=Decimal(125) + Decimal(rest) - amount)]
        if cash is not None:
            tenders.append(Tender(code="12001", amount=amount, number=cash))
        totals = None if cash_paid is None else TransactionTotals(cash_paid=cash_paid)
        finding = found(
            tenders=tenders, receipts=receipts, returns=Count(number=returns), transactions=totals
        ).get("P")

        assert blocks == (finding is not None)
        if finding is not None:
            assert finding.severity is Severity.BLOCK
            assert (finding.expected, finding.actual) == (Decimal(125), Decimal(125) + Decimal(rest))

    @pytest.mark.parametrize(
        ("settings", "facts", "remedy"),
        [
            ({}, {"tips": 20}, "tips_in_payments = false"),
            (
                {"tips_in_payments": False},
                {"tips": 20, "tenders": [Tender(code="12002", amount=145)]},
                "tips_in_payments = true",
            ),
            ({}, {"vat_rows": [VatRow(vat_code="3", percent=25, amount=125, vat=25)]}, "see the finding Z2"),
            ({"vat_rows": "gross"}, {}, "see the finding Z2"),
            ({}, {"tenders": [Tender(code="KONTANT", amount="125.40")]}, "declare it as 12001"),
            ({}, {"tenders": [Tender(code="VISA", amount=900)]}, "Compare the Z-report"),
            ({}, {"tenders": [Tender(code="12001", amount=126, number=1)]}, "Compare the Z-report"),
            ({}, {"tenders": []}, "Compare the Z-report"),
        ],
    )
    def test_remedy(self, settings: dict[str, Any], facts: dict[str, Any], remedy: str) -> None:
        """
        The remedy names the setting that would explain the rest, and only where it would.
        """
        assert remedy in found(account_map(**settings), **facts)["P"].remedy

    @pytest.mark.parametrize(
        ("payments", "words"),
        [(1, "1 cash payment can explain 0.50"), (2, "2 cash payments can explain 1.00")],
    )
    def test_message(self, payments: int, words: str) -> None:
        """
        The message says by how much, and what would be allowed.
        """
        tenders = [Tender(code="12001", amount=100, number=payments)]
        finding = found(tenders=tenders, receipts=payments, tips=5)["P"]

        assert "100.00, 30.00 less than sales and tips" in finding.message
        assert words in finding.message

    @pytest.mark.parametrize(
        ("stated", "complete", "warns"),
        [("-0.40", True, False), ("0.00", True, True), (None, True, False), ("0.00", False, False)],
    )
    def test_stated_rounding_is_a_cross_check(
        self, *, stated: str | None, complete: bool, warns: bool
    ) -> None:
        """
        What transactions state is compared, never booked.
        """
        tenders = [Tender(code="12001", amount="124.60", number=1)]
        totals = TransactionTotals(cash_paid=1, rounding=stated, complete=complete, lines=1)
        findings = found(tenders=tenders, transactions=totals)

        assert warns == ("rounding-sum" in findings)
        if warns:
            finding = findings["rounding-sum"]
            assert (finding.severity, finding.expected, finding.actual) == (
                Severity.WARN,
                Decimal("-0.40"),
                Decimal(stated or 0),
            )
