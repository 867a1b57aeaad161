"""
Settlements of particular days, and what each finding does to them.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given

from posgo import saft
from posgo.bookkeeping import AccountMap, settle
from posgo.bookkeeping.accounts import CashPointSettings
from posgo.bookkeeping.identity import fingerprint, settlement_reference
from posgo.models.findings import Finding, Severity
from posgo.models.pos import (
    CashCount,
    Count,
    Direction,
    GrandTotals,
    GroupVatRow,
    InvoicePayment,
    Movement,
    Tender,
    TransactionTotals,
    VatRow,
    ZReport,
)
from posgo.models.vouchers import Posting, Voucher
from support.days import (
    ACCOUNTS,
    ACCOUNTS_TOML,
    CONTRACT_TOML,
    account_map,
    days,
    local,
    official_day,
    z_report,
)

SALE = VatRow(vat_code="3", percent=25, amount=100, vat=25)


def sale_day(**facts: Any) -> ZReport:
    """
    One sale of 125.00 by card, and what a test is about.
    """
    base: dict[str, Any] = {
        "vat_rows": [SALE],
        "tenders": [Tender(code="12002", amount=125)],
        "total": 125,
        "receipts": 1,
    }
    return z_report(**base | facts)


def shown(voucher: Voucher | None) -> list[tuple[int, str | None, str]]:
    assert voucher is not None
    return [(each.account, each.vat_code, f"{each.amount:.2f}") for each in voucher.postings]


def the(rule: str, z: ZReport, accounts: AccountMap = ACCOUNTS, **options: Any) -> Finding:
    (finding,) = [each for each in settle(z, accounts, **options).findings if each.rule == rule]
    return finding


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
            (
                {"invoice_payments": [InvoicePayment(invoice_no=7, amount=100, tender="12002")]},
                "invoice-payment",
            ),
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


class TestTenders:
    """
    Payment code and own code decide the account, or a finding.
    """

    MAP = AccountMap.from_toml(
        ACCOUNTS_TOML.replace("[tenders]", '[tenders]\n"VISA" = 1913\n"12003" = 1911\n"12010" = 2999')
    )

    @pytest.mark.parametrize(
        ("code", "own", "account"),
        [
            ("12001", None, 1900),
            ("12001", "CASH", 1900),
            ("12003", "VISA", 1913),  # the till's own code goes first
            ("12003", "MC", 1911),
            ("VISA", None, 1913),
            ("12005", None, 2901),  # gift cards fall back to [other]
            ("12005", "GC", 2901),
            ("12010", None, 2999),  # unless they are mapped
        ],
    )
    def test_mapped(self, code: str, own: str | None, account: int) -> None:
        """
        The tender is debited here.
        """
        z = sale_day(tenders=[Tender(code=code, pos_code=own, amount=125, number=1)])

        assert shown(settle(z, self.MAP).voucher)[0] == (account, None, "125.00")

    @pytest.mark.parametrize(
        ("code", "own", "words", "remedy"),
        [
            (
                "12999",
                None,
                "means of payment 12999 has no account; it took 125.00",
                '[tenders] "12999" = ….',
            ),
            (
                "12006",
                "KONTO",
                "means of payment KONTO (Kundekort), predefined code 12006, has no account",
                '[tenders] "12006" = ….',
            ),
            ("12005", None, "12005", '[tenders] "12005" = …, or [other] gift_cards = ….'),
            ("12010", None, "12010", '[tenders] "12010" = …, or [other] credit_notes = ….'),
            ("EUR", "EUR", "means of payment EUR has no account", '[tenders] "EUR" = ….'),
        ],
    )
    def test_unmapped(self, code: str, own: str | None, words: str, remedy: str) -> None:
        """
        A gap blocks, in the till's words.
        """
        accounts = AccountMap.from_toml(ACCOUNTS_TOML.split("[other]")[0] + '[pos]\nvat_rows = "net"\n')
        described = "Kundekort" if own == "KONTO" else None
        z = sale_day(tenders=[Tender(code=code, pos_code=own, amount=125, description=described)])
        finding = the("unmapped-tender", z, accounts)

        assert finding.blocks
        assert words in finding.message
        assert remedy in finding.remedy

    def test_refunds_beyond_sales(self) -> None:
        """
        A tender may be negative: its account is credited.
        """
        z = sale_day(tenders=[Tender(code="12002", amount=225), Tender(code="12011", amount=-100)])

        assert shown(settle(z, ACCOUNTS).voucher)[:2] == [(1910, None, "225.00"), (1912, None, "-100.00")]

    def test_tenders_on_one_account_are_one_posting(self) -> None:
        """
        The ledger gets one line per account, which names what it sums up.
        """
        accounts = attrs.evolve(ACCOUNTS, tenders={"12002": 1910, "12003": 1910})
        z = sale_day(
            tenders=[
                Tender(code="12003", amount=25, description="Kredittkort"),
                Tender(code="12002", amount=100, description="Bankkort"),
            ]
        )
        voucher = settle(z, accounts).voucher

        assert voucher is not None
        assert voucher.postings[0] == Posting(
            account=1910,
            amount=125,
            text="Z 42 1: Bankkort, Kredittkort",
            source=["tender 12002 100.00", "tender 12003 25.00"],
        )

    def test_gift_cards_used_and_tips_on_one_account_stay_apart(self) -> None:
        """
        Amounts of different kinds are never netted.
        """
        accounts = attrs.evolve(ACCOUNTS, other=attrs.evolve(ACCOUNTS.other, tips=2901))
        z = sale_day(tenders=[Tender(code="12005", amount=135)], tips=10)

        assert shown(settle(z, accounts).voucher) == [
            (2901, None, "135.00"),
            (3000, "3", "-125.00"),
            (2901, None, "-10.00"),
        ]


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


class TestBusinessDay:
    """
    The business day, not the clock, dates the voucher.
    """

    @pytest.mark.parametrize(
        ("closed_at", "ends", "day"),
        [
            (local(2026, 3, 15, 4, 59, 59, 999999), "05:00", date(2026, 3, 14)),
            (local(2026, 3, 15, 5, 0), "05:00", date(2026, 3, 15)),
            (local(2026, 3, 15, 23, 59), "05:00", date(2026, 3, 15)),
            (local(2026, 3, 15, 0, 0), "00:00", date(2026, 3, 15)),
            (local(2026, 1, 1, 3, 10), "05:00", date(2025, 12, 31)),
            (local(2024, 3, 1, 0, 0), "05:00", date(2024, 2, 29)),
            # Summer time begins at 02:00 on 29 March 2026 and ends at 03:00 on 25 October.
            (local(2026, 3, 29, 2, 30), "05:00", date(2026, 3, 28)),
            (local(2026, 3, 29, 3, 0), "03:00", date(2026, 3, 29)),
            (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "03:00", date(2026, 3, 28)),
            (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "03:00", date(2026, 3, 29)),
            (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "03:00", date(2026, 10, 24)),
            (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "03:00", date(2026, 10, 24)),
            (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "03:00", date(2026, 10, 25)),
            # Other zones are turned into Norwegian time first.
            (datetime(2026, 3, 14, 23, 30, tzinfo=UTC), "00:00", date(2026, 3, 15)),
            (datetime(2026, 3, 15, 5, 0, tzinfo=timezone(timedelta(hours=9))), "00:00", date(2026, 3, 14)),
        ],
    )
    def test_date(self, closed_at: datetime, ends: str, day: date) -> None:
        """
        Before the cut-off it is the day before, at the cut-off the day itself.
        """
        accounts = account_map(business_day_ends=time.fromisoformat(ends))
        voucher = settle(sale_day(closed_at=closed_at), accounts).voucher

        assert voucher is not None
        assert voucher.date == day
        assert type(voucher.date) is date


class TestIdentity:
    """
    One Z-report, one reference; its numbers as tills print them.
    """

    @pytest.mark.parametrize(
        ("printed", "imported_no"),
        [
            ("42", 42),
            ("0042", 42),
            (" 4 2 ", 42),
            ("00\N{NO-BREAK SPACE}42", 42),
            (42, 42),
            ("0", 0),
            ("000", 0),
            ("9" * 18, 10**18 - 1),
            ("9" * 19, None),
            ("1" * 100, None),
            ("Z42", None),
            ("42A", None),
            ("٤٢", None),
        ],
    )
    def test_number(self, printed: Any, imported_no: int | None) -> None:
        """
        A number that is one goes along as the number of the source document.
        """
        voucher = settle(sale_day(number=printed), ACCOUNTS).voucher

        assert voucher is not None
        assert voucher.imported_no == imported_no

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ({"number": "42"}, {"number": "00 42"}, True),
            ({"number": "0A1"}, {"number": "A1"}, True),
            ({"number": "0" * 60 + "42"}, {"number": "42"}, True),
            ({"number": "42"}, {"number": "43"}, False),
            ({"number": "42"}, {"number": "420"}, False),
            ({"cash_point": "1"}, {"cash_point": " 1 "}, True),
            ({"cash_point": "1"}, {"cash_point": "01"}, False),
            ({"cash_point": "a"}, {"cash_point": "A"}, False),
            ({"company": "999999999"}, {"company": "NO 999 999 999 MVA"}, True),
            ({"company": "999999999"}, {"company": "888888888"}, False),
            ({"cash_point": "1", "number": "2\x1f3"}, {"cash_point": "1\x1f2", "number": "3"}, False),
            ({"closed_at": local(2026, 1, 1, 12)}, {"closed_at": local(2026, 2, 1, 12)}, True),
            ({"total": 1}, {"total": 2}, True),
        ],
    )
    def test_reference(self, one: dict[str, Any], other: dict[str, Any], *, same: bool) -> None:
        """
        Company, till and number make the reference; nothing else does.
        """
        first, second = (settlement_reference(z_report(**facts), ACCOUNTS) for facts in (one, other))

        assert same == (first == second)
        assert len(first) == 36

    def test_revisions_differ(self) -> None:
        """
        A corrected settlement is another voucher.
        """
        z = z_report()

        assert len({settlement_reference(z, ACCOUNTS, revision) for revision in (1, 2, 3)}) == 3

    def test_alias(self) -> None:
        """
        A till under its other name settles into the same voucher.
        """
        accounts = attrs.evolve(ACCOUNTS, cash_points={"POS-1": CashPointSettings(alias_of="1")})

        assert (
            settle(sale_day(cash_point="POS-1"), accounts).voucher
            == settle(sale_day(cash_point="1"), accounts).voucher
        )

    def test_long_names_fit_the_ledger(self) -> None:
        """
        A cash point of a hundred characters and endless descriptions are cut, the reference is not.
        """
        z = sale_day(cash_point="k" * 100, tenders=[Tender(code="12002", amount=125, description="æ" * 9999)])
        voucher = settle(z, ACCOUNTS).voucher

        assert voucher is not None
        assert (len(voucher.batch or ""), len(voucher.source_system or "")) == (35, 35)
        assert {len(each.text) <= 255 for each in voucher.postings} == {True}
        assert voucher.postings[0].text.endswith("æ…")
        assert len(voucher.text) <= 255

    @given(z=days())
    def test_fingerprint_ignores_order(self, z: ZReport) -> None:
        """
        The same figures have one fingerprint whatever order they came in.
        """
        turned = attrs.evolve(z, vat_rows=z.vat_rows[::-1], tenders=z.tenders[::-1])

        assert fingerprint(turned) == fingerprint(z)

    @pytest.mark.parametrize(
        "facts",
        [
            {"total": 126},
            {"tips": 1},
            {"closed_at": local(2026, 3, 13, 23, 0)},
            {"tenders": [Tender(code="12001", amount=125)]},
            {"vat_rows": [SALE, VatRow(percent=25, amount=0, vat="0.01")]},
            {"movements": [Movement(direction=Direction.OUT, type="drop", amount=1)]},
            {"invoice_payments": [InvoicePayment(invoice_no=1, amount=1, tender="12001")]},
        ],
    )
    def test_fingerprint_sees_figures(self, facts: dict[str, Any]) -> None:
        """
        Another figure that would be booked is another fingerprint.
        """
        assert fingerprint(sale_day(**facts)) != fingerprint(sale_day())


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
