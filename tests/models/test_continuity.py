"""
Two Z-reports in a row.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from posgo.models._continuity import continuity, z_sequence
from posgo.models.findings import Severity
from posgo.models.pos import Count, GrandTotals, ZReport

AMOUNTS = st.integers(0, 10**8).map(lambda ore: Decimal(ore).scaleb(-2))


def report(number: str, *, sales: Decimal | None = None, **facts: Any) -> ZReport:
    base: dict[str, Any] = {
        "company": "999999999",
        "cash_point": "1",
        "number": number,
        "closed_at": datetime(2026, 3, 14, 23, 0),  # noqa: DTZ001 - local time is what tills print
        "vat_rows": (),
        "tenders": (),
        "total": Decimal(0),
        "grand_totals": None if sales is None else GrandTotals(sales=sales, returns=0, net=sales),
    }
    return ZReport(**base | facts)


class TestContinuity:
    """
    X6 and X7 between a Z-report and the one before.
    """

    @given(before=AMOUNTS, sold=AMOUNTS, returned=AMOUNTS, credit=AMOUNTS)
    def test_days_in_a_row_are_silent(
        self, before: Decimal, sold: Decimal, returned: Decimal, credit: Decimal
    ) -> None:
        """
        Consecutive numbers whose grand total grew by the turnover before returns find nothing.
        """
        z = report(
            "8",
            sales=before + sold + credit,
            total=sold - returned,
            returns=Count(number=1, amount=returned),
            credit_sales=Count(number=1, amount=credit),
        )

        assert continuity(report("007", sales=before), z) == ()

    def test_total_before_returns_is_read_too(self) -> None:
        """
        A till whose total is before returns is no suspect.
        """
        z = report("8", sales=Decimal(100), total=100, returns=Count(number=1, amount=Decimal(10)))

        assert continuity(report("7", sales=Decimal(0)), z) == ()

    def test_lost_sales_warn(self) -> None:
        """
        X6 names what was reported and what the grand total says.
        """
        (finding,) = continuity(report("7", sales=Decimal(50)), report("8", sales=Decimal(180), total=100))

        assert (finding.rule, finding.severity) == ("X6", Severity.WARN)
        assert (Decimal(100), Decimal(130)) == (finding.expected, finding.actual)

    @pytest.mark.parametrize(
        ("before", "now", "severity", "words"),
        [
            ("7", "07", Severity.BLOCK, "used twice"),
            ("7", "9", Severity.WARN, "Z-report 8 is missing"),
            ("7", "11", Severity.WARN, "Z-report 8 to 10 is missing"),
            ("7", "1", Severity.WARN, "step back from 7 to 1"),
        ],
    )
    def test_numbers_out_of_step(self, before: str, now: str, severity: Severity, words: str) -> None:
        """
        X7 blocks a repeated number and warns of a gap or a restart.
        """
        (finding,) = continuity(report(before), report(now))

        assert ("X7", severity) == (finding.rule, finding.severity)
        assert words in finding.message

    def test_gap_tells_what_was_sold_meanwhile(self) -> None:
        """
        The grand totals measure the missing days.
        """
        (finding,) = continuity(report("7", sales=Decimal(50)), report("9", sales=Decimal(1250), total=200))

        assert "1 000.00 was sold meanwhile" in finding.message

    def test_another_till_is_not_compared(self) -> None:
        """
        A previous report of another till says nothing about this one.
        """
        (finding,) = continuity(report("7", cash_point="2"), report("8"))

        assert (
            finding.rule,
            finding.severity,
            finding.expected,
            finding.actual,
        ) == ("X7", Severity.WARN, "1", "2")

    @pytest.mark.parametrize(("before", "now"), [("A1", "A2"), ("7", "A8"), ("7", "8")])
    def test_nothing_to_compare(self, before: str, now: str) -> None:
        """
        Numbers in letters and absent grand totals are no findings.
        """
        assert continuity(report(before), report(now)) == ()

    def test_sequence(self) -> None:
        """
        Leading zeros do not count; letters stay text, and so does what no till numbers.
        """
        assert z_sequence("9" * 5000) == "9" * 5000
        assert (z_sequence("007"), z_sequence("A7"), z_sequence("७")) == (7, "A7", "७")
