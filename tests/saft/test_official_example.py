"""
The tax administration's own example, figure by figure.
"""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from dateutil import tz

from posgo import saft
from posgo.models.pos import Count, Counters, GrandTotals, GroupVatRow, OperatorRow, VatRow

OSLO = tz.gettz("Europe/Oslo")


@pytest.fixture
def example(official_example: Path) -> saft.AuditFile:
    return saft.read(official_example)


class TestFile:
    """
    The file as a whole.
    """

    def test_company_and_software(self, example: saft.AuditFile) -> None:
        """
        Who, by what, and when, as in the header.
        """
        assert (example.company, example.company_name) == ("999999999", "Selskapet ASA")
        assert (
            example.software,
            example.software_version,
            example.software_company,
        ) == ("Kassasystemet", "3.14.1.3", "Kassasystemer AS")
        assert (date(2020, 1, 1), date(2020, 1, 31)) == (example.first_day, example.last_day)

    def test_nothing_is_found(self, example: saft.AuditFile) -> None:
        """
        The example agrees with itself: no finding anywhere.
        """
        assert (example.findings, example.z_reports[0].findings) == ((), ())

    def test_one_z_report(self, example: saft.AuditFile) -> None:
        """
        One Z-report of one register, at its Norwegian time.
        """
        (z,) = example.z_reports

        assert (z.company, z.cash_point, z.number) == ("999999999", "11.222-33.44.567", "1")
        assert z.location == "Location A: Shop Frogner"
        assert datetime(2020, 1, 1, 23, 56, 59, tzinfo=OSLO) == z.closed_at


class TestMoney:
    """
    Section by section what the report says.
    """

    def test_vat_rows(self, example: saft.AuditFile) -> None:
        """
        Own codes 2 and 3 are standard codes 31 and 3; the dummy rows are gone.
        """
        (z,) = example.z_reports

        assert (
            VatRow(
                vat_code="31", percent=15, amount="89.38", vat="13.42", pos_code="2", description="VAT 15 %"
            ),
            VatRow(
                vat_code="3", percent=25, amount="329.12", vat="82.28", pos_code="3", description="VAT 25 %"
            ),
        ) == z.vat_rows

    def test_groups_and_tenders(self, example: saft.AuditFile) -> None:
        """
        Groups and payments by their predefined codes, the till's own kept beside.
        """
        (z,) = example.z_reports

        assert [
            ("04006", "100", Decimal("102.80"), Decimal(1)),
            ("04013", "200", Decimal("232.00"), Decimal(2)),
            ("04007", "300", Decimal("179.40"), Decimal(1)),
        ] == [(row.group, row.pos_code, row.amount, row.number) for row in z.groups]
        assert [("12001", "CASH", Decimal("295.00"), 1), ("12002", "DEBCARD", Decimal("218.80"), 1)] == [
            (row.code, row.pos_code, row.amount, row.number) for row in z.tenders
        ]

    def test_totals(self, example: saft.AuditFile) -> None:
        """
        Total, returns, float and running totals.
        """
        (z,) = example.z_reports

        assert (Decimal("514.20"), Decimal(0), Decimal(0)) == (z.total, z.tips, z.opening_float)
        assert (3, Count(number=1, amount="16.40")) == (z.receipts, z.returns)
        assert GrandTotals(sales="530.60", returns="16.40", net="514.20") == z.grand_totals
        assert z.movements == ()

    def test_operators(self, example: saft.AuditFile) -> None:
        """
        Shares by operator id; floats of nothing are dropped.
        """
        (z,) = example.z_reports

        assert (
            OperatorRow(operator="1000", code="12002", amount="132.40"),
            OperatorRow(operator="1001", code="12001", amount="295.00"),
            OperatorRow(operator="1001", code="12002", amount="86.40"),
        ) == z.operator_tenders
        assert len(z.operator_groups) == 5
        assert z.operator_floats == ()

    def test_counters(self, example: saft.AuditFile) -> None:
        """
        What is told beside the money.
        """
        (z,) = example.z_reports

        assert (
            Counters(
                zero_openings=1,
                copies=Count(number=1, amount="148.80"),
                provisional=Count(),
                discounts=Count(),
                aborted=Count(),
                line_corrections=(("Delete line", Count(number=1, amount="16.40")),),
                price_inquiries=(("100", Count(number=1, amount="27.80")),),
                deliveries=Count(),
                training=Count(),
            )
            == z.counters
        )


class TestTransactions:
    """
    What the transactions add, and what they are.
    """

    def test_totals(self, example: saft.AuditFile) -> None:
        """
        Rounding and group by rate stand only in the transactions.
        """
        totals = example.z_reports[0].transactions

        assert totals is not None
        assert (True, 1, 8, Decimal("-0.40")) == (
            totals.complete,
            totals.cash_paid,
            totals.lines,
            totals.rounding,
        )
        assert (
            GroupVatRow(
                group="04006", vat_code="31", percent=15, amount="102.80", pos_code="100", description="Food"
            ),
            GroupVatRow(
                group="04013",
                vat_code="3",
                percent=25,
                amount="232.00",
                pos_code="200",
                description="Tobacco",
            ),
            GroupVatRow(
                group="04007", vat_code="3", percent=25, amount="179.40", pos_code="300", description="Beer"
            ),
        ) == totals.group_vat

    def test_every_transaction(self, example: saft.AuditFile) -> None:
        """
        The table of the four transactions, signs included.
        """
        assert [
            (t.number, t.type, str(t.amount), str(t.net), str(t.rounding), str(p.amount), p.code)
            for t in example.transactions()
            for p in t.payments
        ] == [
            ("1000", "11001", "86.40", "75.12", "0.00", "86.40", "12002"),
            ("1001", "11001", "295.40", "236.32", "-0.40", "295.00", "12001"),
            ("1002", "11001", "148.80", "121.32", "0.00", "148.80", "12002"),
            ("1003", "11006", "-16.40", "-14.26", "0.00", "-16.40", "12002"),
        ]

    def test_one_transaction_in_full(self, example: saft.AuditFile) -> None:
        """
        Ids, time, signature and the signed text as they stood.
        """
        returned = list(example.transactions())[-1]

        assert datetime(2020, 1, 1, 10, 41, 30, tzinfo=OSLO) == returned.at
        assert returned.signed_text == "2020-01-01;10:41:30;1003;-16.40;-14.26"
        assert len(returned.signature or "") == 172
        assert (
            returned.operator,
            returned.customer,
            returned.key_version,
            returned.counts,
        ) == ("1000", None, "1", True)
        vat = saft.TransactionVat(
            vat_code="31", percent=Decimal(15), amount=Decimal("-2.14"), base=Decimal("-14.26"), pos_code="2"
        )
        (line,) = returned.lines
        assert ((vat,), vat) == (returned.vat, line.vat)
        assert (Decimal(-1), "1001", "100", "04006") == (
            line.quantity,
            line.article,
            line.pos_group,
            line.group,
        )

    def test_twice_and_interleaved(self, official_example: Path) -> None:
        """
        Two readings of one open file do not disturb each other, and the file stays open.
        """
        with official_example.open("rb") as opened:
            file = saft.read(opened)
            pairs = list(zip(file.transactions(), file.transactions(), strict=True))

            assert not opened.closed
        assert len(pairs) == 4
        assert all(one == other for one, other in pairs)
