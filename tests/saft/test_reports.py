"""
Z-reports: codes, rows, where they stand, and which of them there are.
"""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo import saft
from posgo.exceptions import MalformedFileError
from posgo.models.findings import Finding, Severity
from posgo.models.pos import Count, Direction, Movement, OperatorRow
from support.saft_builder import BASICS, Day, Line, Receipt, Register, Shop, Style, build

Reading = Callable[..., saft.AuditFile]
CLOSED = datetime(2026, 3, 14, 23)  # noqa: DTZ001 - tills write local time
SALE = Receipt(at=CLOSED - timedelta(hours=2), lines=(Line(Decimal("125.00")),))


def shop(*days: Day, **facts: Any) -> Shop:
    return Shop(**{"locations": ((None, (Register(days=days),)),), **facts})


def a_day(**facts: Any) -> Day:
    return Day(**{"number": "7", "closed_at": CLOSED, "receipts": (SALE,), **facts})


def rules(findings: tuple[Finding, ...]) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in findings]


class TestCodes:
    """
    By (type, own id), then as a predefined code, then as it is.
    """

    def test_predefined_by_itself(self, reading: Reading) -> None:
        """
        A till may use predefined codes as its own, listed or not.
        """
        receipt = attrs.evolve(SALE, lines=(Line(Decimal("125.00"), group="04006"),), tender="12002")
        (z,) = reading(shop(a_day(receipts=(receipt,)))).z_reports

        assert () == z.findings
        assert [("12002", "12002")] == [(row.code, row.pos_code) for row in z.tenders]
        assert [("04006", "04006")] == [(row.group, row.pos_code) for row in z.groups]

    def test_listed_without_a_predefined_code(self, reading: Reading) -> None:
        """
        The till's own code stays, with its description, and is no finding.
        """
        receipt = attrs.evolve(SALE, lines=(Line(Decimal("125.00"), group="100"),))
        (z,) = reading(shop(a_day(receipts=(receipt,)))).z_reports

        assert () == z.findings
        assert [("100", "100", "Suvenirer")] == [
            (row.group, row.pos_code, row.description) for row in z.groups
        ]

    def test_undeclared(self, reading: Reading) -> None:
        """
        Unlisted codes are kept and told, with the amount concerned.
        """
        receipt = attrs.evolve(SALE, lines=(Line(Decimal("125.00"), group="X9"),), tender="BITCOIN")
        (z,) = reading(shop(a_day(receipts=(receipt,)))).z_reports

        assert [("undeclared-code", Severity.INFO)] * 2 == rules(z.findings)
        assert {"X9": Decimal("125.00"), "BITCOIN": Decimal("125.00")} == {
            f.where: f.actual for f in z.findings
        }
        assert [("BITCOIN", "BITCOIN")] == [(row.code, row.pos_code) for row in z.tenders]

    @pytest.mark.parametrize("predefined", ["04006", "12777", "kort"])
    def test_predefined_of_another_type_is_not_believed(self, reading: Reading, predefined: str) -> None:
        """
        A payment listed as food stays what the till calls it.
        """
        basics = BASICS | {"KORT": ("12", predefined, "Bankkort")}
        (z,) = reading(shop(a_day(), basics=basics)).z_reports

        assert [("KORT", "Bankkort")] == [(row.code, row.description) for row in z.tenders]

    def test_lost_zeros(self, reading: Reading) -> None:
        """
        A code list that went through a spreadsheet is still understood.
        """
        basics = BASICS | {"MAT": ("4", "4006", "Mat")}
        (z,) = reading(shop(a_day(), basics=basics)).z_reports

        assert ["04006"] == [row.group for row in z.groups]

    def test_same_id_in_two_types(self, reading: Reading) -> None:
        """
        ``100`` may be a group and a payment at once.
        """
        basics = {**BASICS, "KORT": ("12", "12002", "Kort")}
        receipt = attrs.evolve(SALE, lines=(Line(Decimal("125.00"), group="100"),), tender="100")
        (z,) = reading(shop(a_day(receipts=(receipt,)), basics=basics)).z_reports

        assert "Suvenirer" == z.groups[0].description
        assert ("100", None) == (z.tenders[0].code, z.tenders[0].description)

    def test_undeclared_vat_code_is_never_guessed(self, reading: Reading) -> None:
        """
        An own VAT code that is not declared keeps its rate and warns; it is not taken for a standard code.
        """
        file = reading(shop(a_day(overrides={"vatCode": "3"})))
        (z,) = file.z_reports

        assert ("undeclared-vat-code", Severity.WARN) in rules(z.findings)
        assert [(None, "3", Decimal(25))] == [(row.vat_code, row.pos_code, row.percent) for row in z.vat_rows]

    def test_vat_rows_without_codes(self, reading: Reading) -> None:
        """
        A till that reports rates only is compared by rate and gives no codes.
        """
        (z,) = reading(shop(a_day()), vat_codes=False).z_reports

        assert () == z.findings
        assert [(None, None, Decimal(25))] == [
            (row.vat_code, row.pos_code, row.percent) for row in z.vat_rows
        ]

    @pytest.mark.parametrize(
        ("entries", "expected"),
        [
            ((("2020-01-01", "3"), ("2026-01-01", "31")), "31"),
            ((("2026-01-01", "31"), ("2020-01-01", "3")), "31"),
            ((("2020-01-01", "3"), ("2026-03-15", "31")), "3"),
            ((("2026-03-14", "31"),), "31"),
            ((("2027-01-01", "3"),), "3"),
            ((("2027-01-01", "3"), ("2028-01-01", "3")), "3"),
            ((("2027-01-01", "3"), ("2028-01-01", "31")), None),
            ((("0001-01-01", "3"),), "3"),
        ],
    )
    def test_vat_code_of_the_day(
        self, reading: Reading, entries: tuple[tuple[str, str], ...], expected: str | None
    ) -> None:
        """
        The latest entry not after the report counts; codes dated after it count if they never meant anything else.
        """
        (z,) = reading(shop(a_day(), vat_entries=entries)).z_reports

        assert [expected] == [row.vat_code for row in z.vat_rows]

    def test_vat_code_without_a_standard(self, reading: Reading) -> None:
        """
        A declaration that declares nothing is none.
        """
        (z,) = reading(shop(a_day(), vat_entries=(("2020-01-01", ""),))).z_reports

        assert [None] == [row.vat_code for row in z.vat_rows]


class TestRows:
    """
    What a report holds beside its sales.
    """

    def test_movements(self, reading: Reading) -> None:
        """
        Pay-ins and pay-outs by the till's own words; dummy rows are dropped.
        """
        moves = (("payIn", "gift card", 2, Decimal("500.00")), ("payOut", "drop", 1, Decimal("2000.00")))
        (z,) = reading(shop(a_day(movements=moves))).z_reports

        assert (
            Movement(direction=Direction.IN, type="gift card", amount="500.00", number=2),
            Movement(direction=Direction.OUT, type="drop", amount="2000.00", number=1),
        ) == z.movements

    def test_quiet_day(self, reading: Reading) -> None:
        """
        A day of dummy rows is a day without rows, and without findings.
        """
        (z,) = reading(shop(a_day(receipts=()))).z_reports

        assert ((), (), (), (), ()) == (z.vat_rows, z.groups, z.tenders, z.movements, z.findings)
        assert z.transactions is None

    def test_sale_and_refund_of_one_tender(self, reading: Reading) -> None:
        """
        Cash that came and went leaves a row of zero: the drawer was used.
        """
        back = Receipt(at=SALE.at, lines=(Line(Decimal("-125.00")),), tender="KONTANT")
        (z,) = reading(shop(a_day(receipts=(attrs.evolve(SALE, tender="KONTANT"), back)))).z_reports

        assert [("12001", Decimal(0), 2)] == [(row.code, row.amount, row.number) for row in z.tenders]
        assert ((), Decimal(0)) == (z.findings, z.total)

    def test_float_and_credit(self, reading: Reading) -> None:
        """
        The opening float, and credit sales beside the cash sales.
        """
        credit = attrs.evolve(SALE, type="KREDITT", paid=())
        (z,) = reading(shop(a_day(receipts=(SALE, credit), opening_float=Decimal(1500)))).z_reports

        assert (Decimal(1500), Count(number=1, amount="125.00")) == (z.opening_float, z.credit_sales)
        assert (Decimal("125.00"), ()) == (z.total, z.findings)

    def test_operator_floats(self, reading: Reading) -> None:
        """
        Floats per operator, those of nothing dropped.
        """
        rows = [
            ("reportEmpOpeningChangeFloat", [("empID", "1"), ("openingChangeFloatAmnt", "700.00")]),
            ("reportEmpOpeningChangeFloat", [("empID", "2"), ("openingChangeFloatAmnt", "0.00")]),
        ]
        (z,) = reading(shop(a_day(operator_floats=tuple(rows)))).z_reports

        assert (OperatorRow(operator="1", code="float", amount="700.00"),) == z.operator_floats

    def test_second_list_of_payments(self, reading: Reading) -> None:
        """
        No money is passed over because a till writes a list in two parts.
        """
        data = build(
            shop(a_day(receipts=(SALE, attrs.evolve(SALE, tender="VIPPS")))), Style(indent="", newline="")
        )
        row = b"</reportPayment><reportPayment>"
        assert 1 == data.count(row)
        split = data.replace(row, b"</reportPayment></reportPayments><reportPayments><reportPayment>")
        (z,) = saft.read(io.BytesIO(split)).z_reports

        assert ((), ["12002", "12011"]) == (z.findings, [tender.code for tender in z.tenders])

    @pytest.mark.parametrize(
        ("missing", "words"),
        [
            ("reportPayments", "reportPayments (register 1) is missing: a Z-report must have it"),
            ("reportCashSalesVat", "reportCashSalesVat (register 1) is missing"),
            ("reportTotalCashSales", "reportTotalCashSales (register 1) is missing"),
            ("cashSaleAmnt", "cashSaleAmnt (register 1) is missing"),
            ("paymentType", "paymentType (register 1) is missing"),
        ],
    )
    def test_money_that_is_missing(self, reading: Reading, missing: str, words: str) -> None:
        """
        A report without its money is refused, never read as zero.
        """
        with pytest.raises(MalformedFileError) as caught:
            reading(shop(a_day(overrides={missing: "-"})))

        assert words in str(caught.value)

    def test_what_a_till_may_leave_out(self, reading: Reading) -> None:
        """
        Tips, groups, counters and running totals are not every till's.
        """
        left_out = (
            "reportTip reportArtGroups reportEmpArtGroups reportEmpPayments reportOpenCashBoxNum reportReceiptCopyNum "
            "reportReceiptCopyAmnt reportCreditSales reportPayIns reportOpeningChangeFloat reportCorrLines "
            "reportGrandTotalSales reportGrandTotalReturn reportGrandTotalSalesNet"
        )
        (z,) = reading(shop(a_day(overrides=dict.fromkeys(left_out.split(), "-"), receipts=()))).z_reports

        assert (None, None, None, None) == (
            z.grand_totals,
            z.credit_sales,
            z.counters.copies,
            z.counters.zero_openings,
        )
        assert (Decimal(0), ()) == (z.tips, z.groups)

    def test_rows_without_an_id(self, reading: Reading) -> None:
        """
        A group without an id tells nothing, and an operator's share without operator neither.
        """
        (z,) = reading(shop(a_day(overrides={"artGroupID": "", "empID": ""})), transactions=False).z_reports

        assert ((), (), ()) == (z.groups, z.operator_groups, z.operator_tenders)


class TestWhoseReport:
    """
    Company, register and currency.
    """

    def test_another_company(self, reading: Reading) -> None:
        """
        A report of another company in the file blocks.
        """
        file = reading(shop(a_day(overrides={"companyIdent": "888888888"})))
        (z,) = file.z_reports

        assert "999999999" == z.company
        assert [("company-mismatch", Severity.BLOCK)] == rules(z.findings)
        assert ("999999999", "888888888") == (z.findings[0].expected, z.findings[0].actual)

    @pytest.mark.parametrize(
        ("stated", "expected"),
        [("NO 999 999 999 MVA", []), ("", ["company-mismatch"]), ("x", ["company-mismatch"])],
    )
    def test_company_as_printed(self, reading: Reading, stated: str, expected: list[str]) -> None:
        """
        The number may be written as on a receipt, but must be there.
        """
        (z,) = reading(shop(a_day(overrides={"companyIdent": stated}))).z_reports

        assert expected == [finding.rule for finding in z.findings]

    def test_another_register(self, reading: Reading) -> None:
        """
        The register the report stands under counts: its transactions stand there too.
        """
        (z,) = reading(shop(a_day(overrides={"registerID": "2"}))).z_reports

        assert ("1", [("register-mismatch", Severity.WARN)]) == (z.cash_point, rules(z.findings))

    def test_another_currency(self, reading: Reading) -> None:
        """
        Amounts in another currency are never booked as NOK.
        """
        (z,) = reading(shop(a_day(), currency="EUR")).z_reports

        assert [("currency", Severity.BLOCK)] == rules(z.findings)

    def test_locations_and_registers(self, reading: Reading) -> None:
        """
        Each report knows its shop and its till, in file order.
        """
        one, two, three = (Register(id=name, days=(a_day(),)) for name in "123")
        file = reading(shop(locations=(("Storgata", (one, two)), (None, (three,)))))

        assert [("Storgata", "1"), ("Storgata", "2"), (None, "3")] == [
            (z.location, z.cash_point) for z in file.z_reports
        ]
        assert () == file.findings

    def test_shared_register_id(self, reading: Reading) -> None:
        """
        Two shops whose tills bear one id would be taken for each other.
        """
        one, two = Register(days=(a_day(),)), Register(days=(a_day(number="8"),))
        file = reading(shop(locations=(("Storgata", (one,)), ("Havna", (two,)))))

        assert [("shared-register-id", Severity.WARN)] == rules(file.findings)
        assert [(), ()] == [z.findings for z in file.z_reports]


class TestWhichReports:
    """
    Only Z-reports are settled, each number once.
    """

    def test_x_report_only(self, reading: Reading) -> None:
        """
        A file of X-reports says what to do.
        """
        file = reading(shop(a_day(report_type="X report")))

        assert () == file.z_reports
        assert [("x-report-only", Severity.BLOCK)] == rules(file.findings)
        assert "1 X-reports and 0 transactions" in file.findings[0].message
        assert "Close the day" in file.findings[0].remedy

    def test_no_report_at_all(self, reading: Reading) -> None:
        """
        A file of transactions alone has nothing to settle yet.
        """
        file = reading(shop(locations=((None, (Register(after=(SALE,)),)),)))

        assert [("no-z-report", Severity.BLOCK), ("after-last-z", Severity.INFO)] == rules(file.findings)

    def test_x_reports_between(self, reading: Reading) -> None:
        """
        X-reports beside Z-reports are passed over silently.
        """
        x = a_day(number="0", report_type="X report", closed_at=CLOSED - timedelta(hours=3))
        file = reading(shop(x, a_day()))

        assert (["7"], ()) == ([z.number for z in file.z_reports], file.findings)

    @pytest.mark.parametrize("kind", ["Z-report", "z report", "Z report ", "", "Z" * 100])
    def test_unknown_type(self, reading: Reading, kind: str) -> None:
        """
        Anything but the schema's two words is told, not guessed.
        """
        file = reading(shop(a_day(overrides={"reportType": kind})))

        assert [
            ("unknown-report-type", Severity.WARN),
            ("no-z-report", Severity.BLOCK),
            ("after-last-z", Severity.INFO),
        ] == rules(file.findings)

    def test_repeated_number(self, reading: Reading) -> None:
        """
        A number used twice blocks both reports (X7).
        """
        later = a_day(number="07", closed_at=CLOSED + timedelta(days=1), receipts=())
        file = reading(shop(a_day(), later))

        assert [[("X7", Severity.BLOCK)]] * 2 == [rules(z.findings) for z in file.z_reports]

    def test_repeated_number_in_two_shops(self, reading: Reading) -> None:
        """
        The same register id and number in two shops would be one Z-report to the ledger.
        """
        one = Register(days=(a_day(),))
        file = reading(shop(locations=(("Storgata", (one,)), ("Havna", (one,)))))

        assert [[("X7", Severity.BLOCK)]] * 2 == [rules(z.findings) for z in file.z_reports]

    def test_gap(self, reading: Reading) -> None:
        """
        A missing number warns on the later report (X7).
        """
        later = a_day(number="9", closed_at=CLOSED + timedelta(days=1), receipts=())
        first, second = reading(shop(a_day(), later)).z_reports

        assert ([], [("X7", Severity.WARN)]) == (rules(first.findings), rules(second.findings))

    def test_lost_sales(self, reading: Reading) -> None:
        """
        A grand total that grew by more than the day warns (X6).
        """
        later = a_day(number="8", closed_at=CLOSED + timedelta(days=1), receipts=())
        later = attrs.evolve(later, overrides={"reportGrandTotalSales": "500.00"})
        _, second = reading(shop(a_day(), later)).z_reports

        assert [("X6", Severity.WARN)] == rules(second.findings)
