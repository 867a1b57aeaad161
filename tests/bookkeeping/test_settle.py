"""
Settlements of particular days, and what each finding does to them.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from posgo import saft
from posgo.bookkeeping import AccountMap, settle
from posgo.bookkeeping.accounts import CashPointSettings
from posgo.bookkeeping.identity import settlement_reference
from posgo.models.findings import Finding, Severity
from posgo.models.pos import (
    CashCount,
    Count,
    Direction,
    GrandTotals,
    GroupVatRow,
    Movement,
    Tender,
    TransactionTotals,
    VatRow,
    ZReport,
)
from posgo.models.vouchers import Posting, Voucher
from support.days import (
    ACCOUNTS,
    CONTRACT_TOML,
    account_map,
    official_day,
    sale_day,
    shown,
    the,
    z_report,
)

OFFICIAL = [
    (1900, None, "295.00"),
    (1910, None, "218.80"),
    (7740, None, "0.40"),
    (3000, "3", "-411.40"),
    (3030, "31", "-102.80"),
]


class TestOfficialExample:
    """
    The tax administration's example file.
    """

    def test_by_hand(self) -> None:
        """
        Its figures give the voucher that was computed from its transactions on paper.
        """
        settlement = settle(official_day(), ACCOUNTS)

        assert shown(settlement.voucher) == OFFICIAL
        assert settlement.voucher is not None
        assert settlement.voucher.total == Decimal("514.20")
        assert [(each.rule, each.severity) for each in settlement.findings] == [("vat-drift", Severity.INFO)]

    def test_whole_voucher(self) -> None:
        """
        Every word of it: date, reference, texts, sources, department.
        """
        accounts = AccountMap.from_toml(CONTRACT_TOML)
        accounts = attrs.evolve(accounts, sales_by_group={})

        def posting(account: int, amount: str, text: str, source: str, **vat: Any) -> Posting:
            return Posting(
                account=account,
                amount=amount,
                text=f"Z 1 11.222-33.44.567: {text}",
                department="10",
                source=[source],
                **vat,
            )

        assert settle(official_day(), accounts).voucher == Voucher(
            date=date(2020, 1, 1),
            # Pinned: another reference would book every Z-report a second time.
            reference="e465a575-a57a-5b80-9f7b-6ecadb75c95d",
            text="Z 1 11.222-33.44.567, closed 2020-01-01 23:56",
            imported_no=1,
            batch="Z-1-11.222-33.44.567",
            source_system="11.222-33.44.567",
            postings=[
                posting(1900, "295.00", "Kontant", "tender CASH 295.00"),
                posting(1910, "218.80", "Bankkort", "tender DEBCARD 218.80"),
                posting(7740, "0.40", "cash rounding", "cash rounding -0.40"),
                posting(
                    3000, "-411.40", "sales 25 %", "VAT row 3 411.40", vat_code="3", vat_percent=Decimal(25)
                ),
                posting(
                    3030, "-102.80", "sales 15 %", "VAT row 2 102.80", vat_code="31", vat_percent=Decimal(15)
                ),
            ],
        )

    def test_from_the_file(self, official_example: Path) -> None:
        """
        The file itself gives the same postings.
        """
        (z,) = saft.read(official_example).z_reports
        settlement = settle(z, ACCOUNTS)

        assert shown(settlement.voucher) == OFFICIAL
        assert settlement.voucher is not None
        assert settlement.voucher.reference == settlement_reference(official_day(), ACCOUNTS)
        assert [each.rule for each in settlement.findings if each.severity is not Severity.INFO] == []

    def test_from_the_file_by_article_group(self, official_example: Path) -> None:
        """
        Its transactions split beer from tobacco, both 25 %.
        """
        (z,) = saft.read(official_example).z_reports

        assert shown(settle(z, AccountMap.from_toml(CONTRACT_TOML)).voucher) == [
            *OFFICIAL[:3],
            (3000, "3", "-232.00"),
            (3001, "3", "-179.40"),
            (3030, "31", "-102.80"),
        ]


class TestWorkedDay:
    """
    The worked voucher of the accounting reference, without its gift card sold, drop and count.
    """

    ACCOUNTS = AccountMap.from_toml(
        """
[sales]
"3" = 3000
"31" = 3030
[sales.groups.served]
"3" = 3020
[tenders]
"12001" = 1900
"12002" = 1921
"12011" = 1922
[other]
cash_rounding = 7740
tips = 2990
gift_cards = 2901
[pos]
vat_rows = "net"
"""
    )
    DAY = z_report(
        vat_rows=[
            VatRow(vat_code="3", percent=25, amount="6400.00", vat="1600.00"),
            VatRow(vat_code="31", percent=15, amount="2000.35", vat="300.05"),
        ],
        tenders=[
            Tender(code="12001", amount="3000.00", number=40, description="Kontant"),
            Tender(code="12002", amount="7250.00", number=60, description="Kort"),
            # 500.00 less: the gift card sold needs a pay-in, which is not booked yet.
            Tender(code="12011", amount="0.00", number=0, description="Vipps"),
            Tender(code="12005", amount="300.00", number=1, description="Gavekort"),
        ],
        tips=250,
        total="10300.40",
        receipts=101,
        credit_sales=Count(number=1, amount=1200),
        transactions=TransactionTotals(
            cash_paid=40,
            lines=200,
            rounding="-0.40",
            group_vat=[
                GroupVatRow(group="beer", vat_code="3", percent=25, amount=3000),
                GroupVatRow(group="served", vat_code="3", percent=25, amount=5000),
                GroupVatRow(group="takeaway", vat_code="31", percent=15, amount="2300.40"),
            ],
        ),
    )

    def test_voucher(self) -> None:
        """
        Tenders, rounding loss, sales by group and rate, gift cards used, tips.
        """
        settlement = settle(self.DAY, self.ACCOUNTS)

        assert shown(settlement.voucher) == [
            (1900, None, "3000.00"),
            (1921, None, "7250.00"),
            (2901, None, "300.00"),
            (7740, None, "0.40"),
            (3000, "3", "-3000.00"),
            (3020, "3", "-5000.00"),
            (3030, "31", "-2300.40"),
            (2990, None, "-250.00"),
        ]
        assert [(each.rule, each.actual) for each in settlement.findings] == [("credit-sales", Decimal(1200))]

    @pytest.mark.parametrize(
        ("facts", "rule"),
        [
            (
                {
                    "movements": [Movement(direction=Direction.IN, type="gift card", amount=500)],
                    "tenders": [
                        *DAY.tenders,
                        Tender(code="12011", amount=500),
                    ],
                },
                "movement",
            ),
            ({"movements": [Movement(direction=Direction.OUT, type="drop", amount=2000)]}, "movement"),
        ],
    )
    def test_what_is_not_booked_yet_blocks(self, facts: dict[str, Any], rule: str) -> None:
        """
        One finding with its amount and remedy; nothing else is blamed for the money that is left over.
        """
        settlement = settle(attrs.evolve(self.DAY, **facts), self.ACCOUNTS)

        assert settlement.voucher is None
        assert [each.rule for each in settlement.findings if each.severity is not Severity.INFO] == [rule]
        assert "by hand" in the(rule, attrs.evolve(self.DAY, **facts), self.ACCOUNTS).remedy

    def test_empty_movements_are_dummies(self) -> None:
        """
        A pay-in of nothing is a row every quiet day has.
        """
        z = sale_day(movements=[Movement(direction=Direction.IN, type="NONE", amount=0)])

        assert settle(z, ACCOUNTS).postable


class TestTipsAndRounding:
    """
    What is neither sale nor tender.
    """

    @pytest.mark.parametrize("tips", [20, -20])
    def test_tips(self, tips: int) -> None:
        """
        Tips are a liability; tips given back reduce it.
        """
        z = sale_day(tenders=[Tender(code="12002", amount=125 + tips)], tips=tips)

        assert shown(settle(z, ACCOUNTS).voucher)[-1] == (2990, None, f"{-tips:.2f}")

    def test_tips_outside_the_tenders_are_told(self) -> None:
        """
        With tips_in_payments = false they are shown, not booked, and need no account.
        """
        accounts = attrs.evolve(
            account_map(tips_in_payments=False), other=attrs.evolve(ACCOUNTS.other, tips=None)
        )
        settlement = settle(sale_day(tips=20), accounts)

        assert len(shown(settlement.voucher)) == 2
        assert [(each.rule, each.severity, each.actual) for each in settlement.findings] == [
            ("tips", Severity.INFO, Decimal(20))
        ]

    @pytest.mark.parametrize(("paid", "amount"), [("124.60", "0.40"), ("125.40", "-0.40")])
    def test_rounding(self, paid: str, amount: str) -> None:
        """
        A loss is a debit, a gain a credit.
        """
        z = sale_day(tenders=[Tender(code="12001", amount=paid, number=1)])

        assert shown(settle(z, ACCOUNTS).voucher)[1] == (7740, None, amount)

    @pytest.mark.parametrize(
        ("missing", "facts"),
        [
            ("cash_rounding", {"tenders": [Tender(code="12001", amount="124.60", number=1)]}),
            ("tips", {"tenders": [Tender(code="12002", amount="125.40")], "tips": "0.40"}),
        ],
    )
    def test_missing_account(self, missing: str, facts: dict[str, Any]) -> None:
        """
        A day that needs an account that is not configured blocks and names its key.
        """
        accounts = attrs.evolve(ACCOUNTS, other=attrs.evolve(ACCOUNTS.other, **{missing: None}))
        finding = the("unmapped-account", sale_day(**facts), accounts)

        assert (finding.severity, finding.actual, finding.where) == (
            Severity.BLOCK,
            Decimal("0.40"),
            f"[other] {missing}",
        )
        assert f"[other] {missing} = …" in finding.remedy


class TestFindingsOfOthers:
    """
    Findings of the file and of the report before go along, and block if they block.
    """

    @pytest.mark.parametrize(("severity", "postable"), [(Severity.BLOCK, False), (Severity.WARN, True)])
    def test_the_files_findings(self, severity: Severity, *, postable: bool) -> None:
        """
        What the reader found about this report is part of its settlement.
        """
        finding = Finding(rule="X1", severity=severity, message="…")
        settlement = settle(sale_day(findings=[finding]), ACCOUNTS)

        assert (finding in settlement.findings, settlement.postable) == (True, postable)

    def test_the_previous_report(self) -> None:
        """
        A missing day warns, a repeated number blocks.
        """
        previous = sale_day(number=40)

        assert the("X7", sale_day(), previous=previous).severity is Severity.WARN
        assert the("X7", sale_day(number="040"), previous=previous).severity is Severity.BLOCK
        assert settle(sale_day(number=41), ACCOUNTS, previous=previous).findings == ()

    def test_the_previous_report_under_another_name(self) -> None:
        """
        A till's two names are one series of Z-numbers.
        """
        accounts = attrs.evolve(ACCOUNTS, cash_points={"POS-1": CashPointSettings(alias_of="1")})
        previous = sale_day(number=41, cash_point="POS-1")

        assert settle(sale_day(), accounts, previous=previous).findings == ()

    def test_the_previous_report_of_another_company(self) -> None:
        """
        Another company's till of the same name is another till.
        """
        finding = the("X7", sale_day(), previous=sale_day(company="888888888"))

        assert finding.severity is Severity.WARN
        assert "888888888" in finding.message

    def test_grand_totals(self) -> None:
        """
        X6 reaches the settlement.
        """
        before = sale_day(number=41, grand_totals=GrandTotals(sales=0, returns=0, net=0))
        z = sale_day(grand_totals=GrandTotals(sales=999, returns=0, net=999))

        assert the("X6", z, previous=before).severity is Severity.WARN


class TestCount:
    """
    The drawer against what it should hold.
    """

    @pytest.mark.parametrize(
        ("counted", "severity", "words"),
        [("1124.60", Severity.INFO, "right"), ("1104.60", Severity.BLOCK, "a difference of -20.00")],
    )
    def test_count(self, counted: str, severity: Severity, words: str) -> None:
        """
        Float and cash make what is expected; a difference is not booked yet and blocks.
        """
        z = sale_day(tenders=[Tender(code="12001", amount="124.60", number=1)], opening_float=1000)
        count = CashCount(counted=counted, counted_by="Kari", note="mynt i veska")
        finding = the("cash-count", z, count=count)

        assert (finding.severity, finding.expected) == (severity, Decimal("1124.60"))
        assert words in finding.message
        assert "Kari" not in f"{finding} {count!r}"
        assert "veska" not in f"{finding} {count!r}"

    def test_movements_are_counted(self) -> None:
        """
        Pay-ins and pay-outs move what is expected, though they block the voucher.
        """
        z = sale_day(
            tenders=[Tender(code="12001", amount=125, number=1)],
            movements=[
                Movement(direction=Direction.OUT, type="drop", amount=100),
                Movement(direction=Direction.IN, type="change", amount=30),
            ],
        )

        assert the("cash-count", z, count=CashCount(counted=55, counted_by="7")).severity is Severity.INFO


class TestOddDays:
    """
    Input that no honest till prints ends in findings.
    """

    def test_credit_notes_are_told(self) -> None:
        """
        Credit sales and their credit notes are shown, and empty ones are not.
        """
        z = sale_day(credit_sales=Count(number=1, amount=80), credit_memos=Count(number=1, amount=30))
        told = [each.message for each in settle(z, ACCOUNTS).findings if each.rule == "credit-sales"]

        assert told == [
            "80.00 of credit sales is not booked here: the invoices carry it",
            "30.00 of credit notes is not booked here: the invoices carry it",
        ]
        assert settle(sale_day(credit_sales=Count()), ACCOUNTS).findings == ()

    @pytest.mark.parametrize("amount", ["10000000000000", "-10000000000000", "999999999999999999.99"])
    def test_amounts_no_ledger_holds(self, amount: str) -> None:
        """
        Beyond what Go's JSON holds to the øre there is no voucher, and no exception.
        """
        z = sale_day(
            vat_rows=[VatRow(vat_code="5", percent=0, amount=amount, vat=0)] * 2,
            tenders=[Tender(code="12002", amount=amount)] * 2,
            total=0,
        )
        assert the("amount-too-large", z).severity is Severity.BLOCK
        assert settle(z, ACCOUNTS).voucher is None

    def test_large_amounts_are_booked_to_the_ore(self) -> None:
        """
        Just below it everything is.
        """

        def day_of(amount: str) -> ZReport:
            return sale_day(
                vat_rows=[VatRow(vat_code="5", percent=0, amount=amount, vat=0)],
                tenders=[Tender(code="12002", amount=amount)],
                total=amount,
            )

        z = day_of("4999999999999.99")

        assert the("amount-too-large", day_of("5000000000000.00")).blocks
        assert shown(settle(z, ACCOUNTS).voucher)[0] == (1910, None, "4999999999999.99")

    def test_money_without_sales(self) -> None:
        """
        Tenders without VAT rows are nobody's rounding.
        """
        settlement = settle(sale_day(vat_rows=[], total=0), ACCOUNTS)

        assert [each.rule for each in settlement.findings if each.blocks] == ["P"]

    def test_sales_without_money(self) -> None:
        """
        Nor are VAT rows without tenders.
        """
        settlement = settle(sale_day(tenders=[]), ACCOUNTS)

        assert [each.rule for each in settlement.findings if each.blocks] == ["P"]
