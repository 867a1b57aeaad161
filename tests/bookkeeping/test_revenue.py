"""
Sales: which account and VAT code each row goes to, and what is found where none is known.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.bookkeeping import AccountMap, settle
from posgo.models.findings import Finding, Severity
from posgo.models.pos import Count, GroupRow, GroupVatRow, Tender, TransactionTotals, VatRow, ZReport
from posgo.models.vouchers import Settlement
from support.days import ACCOUNTS, z_report


def accounts(sales: str, extra: str = "") -> AccountMap:
    return AccountMap.from_toml(
        f'[sales]\n{sales}\n[tenders]\n"12002" = 1910\n[pos]\nvat_rows = "net"\n{extra}'
    )


def day(*rows: VatRow, **facts: Any) -> ZReport:
    total = sum((row.amount + row.vat for row in rows), Decimal(0))
    return z_report(
        **{"vat_rows": rows, "tenders": [Tender(code="12002", amount=total)], "total": total, "receipts": 9}
        | facts
    )


def sold(code: str | None, percent: Any, gross: Any = 100, **facts: Any) -> VatRow:
    """
    A VAT row of an honest till.
    """
    rate, amount = Decimal(percent), Decimal(gross)
    vat = round(amount * rate / (100 + rate), 2)
    return VatRow(vat_code=code, percent=percent, amount=amount - vat, vat=vat, **facts)


def credited(settlement: Settlement) -> Mapping[tuple[int, str | None], Decimal]:
    assert settlement.voucher is not None, settlement.findings
    return {
        (each.account, each.vat_code): -each.amount for each in settlement.voucher.postings if each.vat_code
    }


def rules(settlement: Settlement) -> list[str]:
    return sorted(finding.rule for finding in settlement.findings if finding.rule != "vat-drift")


MAP = accounts(
    """
"3" = 3000
"31" = 3030
"32" = 3032
"5" = 3100
"0%" = { vat_code = "6", account = 3200 }
"""
)


class TestMapping:
    """
    VAT code, rate and map decide account and code, or a finding.
    """

    @pytest.mark.parametrize(
        ("table", "code", "percent", "target"),
        [
            (MAP, "3", 25, (3000, "3")),
            (MAP, "3", "25.00", (3000, "3")),
            (MAP, "31", 15, (3030, "31")),
            (MAP, "32", "11.11", (3032, "32")),
            (MAP, "32", "11.110", (3032, "32")),
            (MAP, "5", 0, (3100, "5")),
            (MAP, "5", "0.00", (3100, "5")),
            # Code 0 tells as little as no code: the map says what 0 % is.
            (MAP, "0", 0, (3200, "6")),
            (MAP, None, 0, (3200, "6")),
            (accounts('"0" = 3201'), "0", 0, (3201, "0")),
            (accounts('"0" = 3201'), None, 0, (3201, "0")),
            (accounts('"0" = 3201\n"0%" = { vat_code = "5", account = 3100 }'), "0", 0, (3100, "5")),
            # Without a code the rate decides, if only one mapped code has it.
            (MAP, None, 25, (3000, "3")),
            (MAP, None, "11.11", (3032, "32")),
            (accounts('"3" = 3000\n"25%" = { vat_code = "3", account = 3009 }'), None, 25, (3009, "3")),
            (accounts('"3" = 3000\n"25.00%" = { vat_code = "3", account = 3009 }'), None, 25, (3009, "3")),
            (accounts('"3" = 3000\n"25%" = { vat_code = "3", account = 3009 }'), "0", 25, (3009, "3")),
            # A code may be booked under another, for instance a code of the company's own.
            (accounts('"3" = { vat_code = "C3", account = 3000 }'), "3", 25, (3000, "C3")),
            # Rates change under the same code; the map may say so.
            (accounts('"33" = 3050', '[vat_rates]\n"33" = [12, 6]'), "33", 6, (3050, "33")),
            # Codes posgo knows no rate of are left to the ledger.
            (accounts('"C1" = 3000'), "C1", 25, (3000, "C1")),
        ],
    )
    def test_mapped(self, table: AccountMap, code: str | None, percent: Any, target: tuple[int, str]) -> None:
        """
        The row goes to this account under this code.
        """
        assert credited(settle(day(sold(code, percent)), table)) == {target: 100}

    @pytest.mark.parametrize(
        ("table", "code", "percent", "rule", "remedy"),
        [
            (MAP, "33", 12, "unmapped-vat", '[sales] "33" = …'),
            (MAP, "6", 0, "unmapped-vat", '[sales] "6" = …'),
            (MAP, "1", 25, "unmapped-vat", '[sales] "1" = …'),
            (MAP, None, 12, "unmapped-vat", '"12%" = { vat_code = "…", account = … }'),
            (MAP, None, "11.1", "unmapped-vat", '"11.1%" = {'),
            (accounts('"3" = 3000'), "0", 0, "unmapped-vat", '"0%" = { vat_code = "…", account = … }'),
            (accounts('"5" = 3100'), None, 0, "unmapped-vat", '"0%" = {'),
            (MAP, "0", 25, "unmapped-vat", '"25%" = {'),
            (MAP, "3", 15, "vat-rate", '[vat_rates] "3" = [25, 15]'),
            (MAP, "3", 0, "vat-rate", '[vat_rates] "3" = [25, 0]'),
            (MAP, "5", 25, "vat-rate", '[vat_rates] "5" = [0, 25]'),
            (
                accounts('"3" = 3000\n"4" = 3001', '[vat_rates]\n"4" = 25'),
                None,
                25,
                "unmapped-vat",
                '"25%" = {',
            ),
        ],
    )
    def test_gap(self, table: AccountMap, code: str | None, percent: Any, rule: str, remedy: str) -> None:
        """
        The row blocks, and the remedy can be pasted into the map.
        """
        settlement = settle(day(sold(code, percent)), table)
        (finding,) = [each for each in settlement.findings if each.blocks]

        assert (finding.rule, settlement.voucher) == (rule, None)
        assert remedy in finding.remedy
        assert "100.00" in finding.message

    def test_gaps_are_listed_with_the_tills_words(self) -> None:
        """
        All gaps at once, each with the till's own code and description; a wrong rate hides no unmapped code.
        """
        rows = (
            sold("33", 12, 10, pos_code="1", description="Lav sats"),
            sold("33", 6, 20, pos_code="1b"),
            sold("3", 15, 30, pos_code="A"),
            sold(None, 12, 40),
        )
        findings = [each for each in settle(day(*rows), MAP).findings if each.blocks]

        assert [(each.rule, each.where) for each in findings] == [
            ("unmapped-vat", "VAT row 1"),
            ("vat-rate", "VAT row 1b"),
            ("unmapped-vat", "VAT row 1b"),
            ("vat-rate", "VAT row A"),
            ("unmapped-vat", "VAT row 12 %"),
        ]
        assert findings[0].message == (
            "the till's VAT code 1 (Lav sats), standard code 33, at 12 % has no sales account; 10.00 was sold"
        )
        assert findings[4].message.startswith("VAT without a standard code at 12 %")

    def test_two_rows_at_one_rate_are_one(self) -> None:
        """
        Two own codes under one standard code are one posting, and name both sources.
        """
        settlement = settle(day(sold("3", 25, 100, pos_code="A"), sold("3", 25, 50, pos_code="B")), MAP)

        assert credited(settlement) == {(3000, "3"): 150}
        assert settlement.voucher is not None
        assert settlement.voucher.postings[-1].source == ("VAT row A, B 150.00",)

    def test_rows_that_cancel_need_no_account(self) -> None:
        """
        What sums to nothing under a code is nothing to map.
        """
        settlement = settle(day(sold("33", 12, 100), sold("33", 12, -100), sold("3", 25)), MAP)

        assert credited(settlement) == {(3000, "3"): 100}

    def test_two_codes_on_one_account_stay_apart(self) -> None:
        """
        Postings are per account and VAT code, or the ledger would report the wrong VAT.
        """
        table = accounts('"3" = 3000\n"31" = 3000')

        assert credited(settle(day(sold("3", 25, 100), sold("31", 15, 50)), table)) == {
            (3000, "3"): 100,
            (3000, "31"): 50,
        }

    def test_two_rates_under_one_code_stay_apart(self) -> None:
        """
        So are they per rate, so that the ledger's rate is compared with each.
        """
        table = accounts('"33" = 3050', '[vat_rates]\n"33" = [12, 10]')
        voucher = settle(day(sold("33", 12, 100), sold("33", 10, 50)), table).voucher

        assert voucher is not None
        assert [(each.vat_percent, each.amount) for each in voucher.postings[1:]] == [
            (Decimal(10), Decimal(-50)),
            (Decimal(12), Decimal(-100)),
        ]


def group(name: str, code: str | None, percent: Any, amount: Any, **facts: Any) -> GroupVatRow:
    return GroupVatRow(group=name, vat_code=code, percent=percent, amount=amount, **facts)


GROUPED = accounts(
    '"3" = 3000\n"31" = 3030\n[sales.groups."04007"]\n"3" = 3001\n[sales.groups."wine"]\n"3" = 3002'
)


class TestGroups:
    """
    Article groups with accounts of their own, known from transactions only.
    """

    def settled(
        self, *groups: GroupVatRow, table: AccountMap = GROUPED, code: str | None = "3"
    ) -> Settlement:
        totals = TransactionTotals(lines=9, group_vat=groups)
        return settle(day(sold(code, 25, 100), transactions=totals), table)

    def test_groups_and_the_rest(self) -> None:
        """
        Mapped groups go to their accounts, by own id first, the rest to that of the VAT code.
        """
        settlement = self.settled(
            group("04007", "3", 25, 50, description="Øl"),
            group("04007", "3", 25, 20, pos_code="wine"),
            group("04006", "3", 25, 30),
        )

        assert credited(settlement) == {(3001, "3"): 50, (3002, "3"): 20, (3000, "3"): 30}
        assert settlement.voucher is not None
        assert [each.text for each in settlement.voucher.postings if each.vat_code] == [
            "Z 42 1: sales 25 %",
            "Z 42 1: Øl 25 %",
            "Z 42 1: 04007 25 %",
        ]

    def test_own_table_without_the_code_falls_back_to_the_predefined_group(self) -> None:
        """
        An own id's table that lacks the code does not hide the predefined group's.
        """
        table = accounts('"3" = 3000\n[sales.groups."04007"]\n"3" = 3001\n[sales.groups."keg"]\n"31" = 3031')

        assert credited(self.settled(group("04007", "3", 25, 100, pos_code="keg"), table=table)) == {
            (3001, "3"): 100
        }

    def test_partly_mapped_group(self) -> None:
        """
        A group sold at a rate its table lacks goes to the account of the VAT code there.
        """
        totals = TransactionTotals(
            lines=9, group_vat=[group("04007", "3", 25, 100), group("04007", "31", 15, 50)]
        )
        settlement = settle(day(sold("3", 25, 100), sold("31", 15, 50), transactions=totals), GROUPED)

        assert credited(settlement) == {(3001, "3"): 100, (3030, "31"): 50}

    def test_groups_alone_may_cover_a_code(self) -> None:
        """
        A VAT code needs no account of its own where every group sold under it has one; else the rest blocks.
        """
        table = accounts('"31" = 3030\n[sales.groups."04007"]\n"3" = 3001')

        assert credited(self.settled(group("04007", "3", 25, 100), table=table)) == {(3001, "3"): 100}
        settlement = self.settled(group("04007", "3", 25, 70), group("04006", "3", 25, 30), table=table)
        (finding,) = [each for each in settlement.findings if each.blocks]
        assert (finding.rule, finding.actual) == ("unmapped-vat", Decimal(30))

    @pytest.mark.parametrize(("row_code", "line_code"), [(None, "3"), ("3", None)])
    def test_code_given_in_one_place_only(self, row_code: str | None, line_code: str | None) -> None:
        """
        Tills that name the VAT code in the report or in the lines only still split by group.
        """
        settlement = self.settled(group("04007", line_code, 25, 100), code=row_code)

        assert credited(settlement) == {(3001, "3"): 100}

    def test_one_code_at_two_rates(self) -> None:
        """
        Groups are split per rate too, where a code stands for several.
        """
        table = accounts('"33" = 3050\n[sales.groups.hotel]\n"33" = 3051', '[vat_rates]\n"33" = [12, 10]')
        totals = TransactionTotals(
            lines=9, group_vat=[group("hotel", "33", 12, 100), group("cinema", "33", 10, 50)]
        )
        settlement = settle(day(sold("33", 12, 100), sold("33", 10, 50), transactions=totals), table)

        assert credited(settlement) == {(3051, "33"): 100, (3050, "33"): 50}
        assert rules(settlement) == []

    def test_negative_group(self) -> None:
        """
        A group with more returns than sales is debited.
        """
        settlement = self.settled(group("04007", "3", 25, -50), group("04006", "3", 25, 150))

        assert credited(settlement) == {(3001, "3"): -50, (3000, "3"): 150}

    def test_groups_that_do_not_sum_are_not_used(self) -> None:
        """
        Lines that disagree with the report warn, and the account of the VAT code takes all.
        """
        settlement = self.settled(group("04007", "3", 25, 99))
        (finding,) = [each for each in settlement.findings if each.rule == "group-vat"]

        assert credited(settlement) == {(3000, "3"): 100}
        assert (finding.severity, finding.expected, finding.actual) == (
            Severity.WARN,
            Decimal(100),
            Decimal(99),
        )

    @pytest.mark.parametrize(
        "totals", [None, TransactionTotals(complete=False, group_vat=[group("04007", "3", 25, 100)])]
    )
    def test_groups_without_transactions(self, totals: TransactionTotals | None) -> None:
        """
        Without the whole period's transactions one finding says what is not split, in the till's words.
        """
        groups = [
            GroupRow(group="04007", amount=60, pos_code="300", description="Øl"),
            GroupRow(group="04008", amount=40, pos_code="wine"),
            GroupRow(group="04007", amount=0),
            GroupRow(group="04006", amount=0),
        ]
        settlement = settle(day(sold("3", 25), groups=groups, transactions=totals), GROUPED)
        (finding,) = [each for each in settlement.findings if each.rule == "groups-unavailable"]

        assert credited(settlement) == {(3000, "3"): 100}
        assert (finding.severity, finding.actual) == (Severity.WARN, Decimal(100))
        assert "Øl, 04008 go" in finding.message

    def test_maps_without_groups_need_no_transactions(self) -> None:
        """
        Nothing is said of groups where the map has none.
        """
        groups = [GroupRow(group="04007", amount=100)]

        assert rules(settle(day(sold("3", 25), groups=groups), ACCOUNTS)) == []


class TestVatDrift:
    """
    The ledger computes VAT from the posting; the difference is told, never booked.
    """

    def drift(self, amount: str, vat: str, lines: int, percent: Any = 15, code: str = "31") -> list[Finding]:
        row = VatRow(vat_code=code, percent=percent, amount=amount, vat=vat)
        settlement = settle(day(row, transactions=TransactionTotals(lines=lines)), MAP)
        return [each for each in settlement.findings if each.rule == "vat-drift"]

    def test_none(self) -> None:
        """
        No drift, no finding.
        """
        assert self.drift("89.39", "13.41", 4) == []

    def test_within_half_an_ore_a_line(self) -> None:
        """
        The øre of the official example is information.
        """
        (finding,) = self.drift("89.38", "13.42", 4)

        assert (finding.severity, finding.expected, finding.actual) == (
            Severity.INFO,
            Decimal("13.42"),
            Decimal("13.41"),
        )
        assert "(-0.01)" in finding.message

    def test_beyond_it(self) -> None:
        """
        More than rounding explains is a warning.
        """
        (finding,) = self.drift("89.30", "13.50", 4)

        assert finding.severity is Severity.WARN
        assert finding.remedy

    def test_rows_without_sales_are_left_to_z3(self) -> None:
        """
        A row whose gross is nothing is not booked and drifts from nothing.
        """
        z = day(VatRow(vat_code="3", percent=25, amount=-5, vat=5), sold("5", 0), returns=Count(number=1))

        assert rules(settle(z, MAP)) == ["Z3"]
        assert "vat-drift" not in [each.rule for each in settle(z, MAP).findings]

    def test_per_rate_not_per_posting(self) -> None:
        """
        Postings at one rate are summed before they are compared.
        """
        table = attrs.evolve(GROUPED, sales=MAP.sales)
        totals = TransactionTotals(
            lines=9, group_vat=[group("04007", "3", 25, "0.02"), group("x", "3", 25, "0.02")]
        )
        z = day(VatRow(vat_code="3", percent=25, amount="0.04", vat=0), transactions=totals)
        drift = [each for each in settle(z, table).findings if each.rule == "vat-drift"]

        # 0.02 * 25/125 is 0.004: nothing on each posting, though 0.01 on their sum.
        assert drift == []
