"""
Which Z-report a transaction belongs to.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from posgo import saft
from posgo.exceptions import MalformedFileError
from posgo.models.findings import Severity
from posgo.models.pos import TransactionTotals
from support.saft_builder import Day, Register, Shop
from support.saft_days import CLOSED, SALE, only, rules, shop

Reading = Callable[..., saft.AuditFile]


class TestPeriods:
    """
    Which Z-report a transaction belongs to.
    """

    def test_up_to_and_after(self, reading: Reading) -> None:
        """
        The second of the report is still its own; the next second is the next report's.
        """
        at_closing, after = (
            attrs.evolve(SALE, at=CLOSED),
            attrs.evolve(SALE, at=CLOSED + timedelta(seconds=1)),
        )
        one = Day(number="7", closed_at=CLOSED, receipts=(SALE, at_closing))
        two = Day(number="8", closed_at=CLOSED + timedelta(days=1), receipts=(after,))
        file = reading(Shop(locations=((None, (Register(days=(one, two)),)),)))

        assert [(), ()] == [z.findings for z in file.z_reports]
        assert [2, 1] == [z.transactions.lines for z in file.z_reports]  # type: ignore[union-attr]

    def test_reports_in_any_order(self, reading: Reading) -> None:
        """
        Events may stand in any order; periods go by time, the reports come in file order.
        """
        one = Day(number="7", closed_at=CLOSED, receipts=(SALE,))
        two = Day(number="8", closed_at=CLOSED + timedelta(days=1), receipts=())
        file = reading(
            Shop(locations=((None, (Register(days=(two, one)),)),)),
        )

        assert ["8", "7"] == [z.number for z in file.z_reports]
        assert [0, 1] == [z.transactions.lines for z in file.z_reports]  # type: ignore[union-attr]

    def test_begins_in_the_middle(self, reading: Reading) -> None:
        """
        A file may begin inside the first period: a warning, and its transactions are not used.
        """
        z = only(reading(shop(SALE, day={"overrides": {"totalCashSaleAmnt": "1000.00"}})))

        assert [("incomplete-period", Severity.WARN)] == rules(z.findings)
        assert TransactionTotals(complete=False) == z.transactions

    def test_only_the_first_may_be_incomplete(self, reading: Reading) -> None:
        """
        A later report with too few transactions blocks.
        """
        one = Day(number="7", closed_at=CLOSED, receipts=(SALE,))
        two = Day(number="8", closed_at=CLOSED + timedelta(days=1), overrides={"totalCashSaleAmnt": "10.00"})
        file = reading(Shop(locations=((None, (Register(days=(one, two)),)),)))

        assert [[], [("X1", Severity.BLOCK), ("X6", Severity.WARN)]] == [
            rules(z.findings) for z in file.z_reports
        ]

    def test_after_the_last(self, reading: Reading) -> None:
        """
        What comes after the last report is told with number and amount.
        """
        one = Day(number="7", closed_at=CLOSED, receipts=(SALE,))
        later = attrs.evolve(SALE, at=CLOSED + timedelta(hours=1))
        file = reading(Shop(locations=((None, (Register(days=(one,), after=(later, later)),)),)))

        (finding,) = file.findings
        assert ("after-last-z", Severity.INFO, Decimal("250.00")) == (
            finding.rule,
            finding.severity,
            finding.actual,
        )
        assert "2 transactions of register 1" in finding.message

    def test_gaps_in_numbers(self, reading: Reading) -> None:
        """
        X8 tells once per register how often the numbers break; numbers in letters are not compared.
        """
        numbers = ("1", "2", "4", "9", "A10", "10")
        receipts = [attrs.evolve(SALE, overrides={"nr": number}) for number in numbers]
        file = reading(shop(*receipts))

        (finding,) = file.findings
        assert ("X8", Severity.WARN, "3", "4") == (
            finding.rule,
            finding.severity,
            finding.expected,
            finding.actual,
        )
        assert "2 times" in finding.message


class TestPartsOfARegister:
    """
    One register in several parts of a file.
    """

    ONE = Day(number="7", closed_at=CLOSED, receipts=(SALE,))
    NEXT = CLOSED + timedelta(days=1)
    LATER = attrs.evolve(SALE, at=CLOSED + timedelta(hours=12))

    def file(self, reading: Reading, *parts: Register) -> saft.AuditFile:
        return reading(Shop(locations=(("Storgata", parts),)))

    def test_following_each_other(self, reading: Reading) -> None:
        """
        Parts are joined: numbers and totals go on.
        """
        two = Day(number="8", closed_at=self.NEXT, receipts=(self.LATER,))
        file = self.file(
            reading,
            Register(days=(self.ONE,)),
            Register(days=(two,), first_nr=2, sold_before=Decimal("125.00")),
        )

        assert ((), [(), ()]) == (file.findings, [z.findings for z in file.z_reports])

    def test_report_in_the_next_part(self, reading: Reading) -> None:
        """
        Transactions after the last report of a part belong to the first of the next.
        """
        two = Day(number="8", closed_at=self.NEXT, receipts=(self.LATER,))
        first = Register(days=(self.ONE,), after=(self.LATER,))
        second = attrs.evolve(Register(days=(two,)), sold_before=Decimal("125.00"), transactions=False)
        file = self.file(reading, first, second)

        assert ((), [(), ()]) == (file.findings, [z.findings for z in file.z_reports])

    def test_tail_stays_a_tail(self, reading: Reading) -> None:
        """
        A report in the next part that is older than the rest leaves it without a report.
        """
        quiet = Day(number="8", closed_at=CLOSED + timedelta(hours=1))
        first = Register(days=(self.ONE,), after=(self.LATER,))
        second = Register(days=(quiet,), sold_before=Decimal("125.00"), transactions=False)
        file = self.file(reading, first, second)

        assert ["after-last-z"] == [finding.rule for finding in file.findings]
        assert [(), ()] == [z.findings for z in file.z_reports]

    @pytest.mark.parametrize(
        "closed_at", [CLOSED - timedelta(hours=1), CLOSED + timedelta(hours=12, minutes=30)]
    )
    def test_overlap(self, reading: Reading, closed_at: datetime) -> None:
        """
        A report after transactions of its own period cannot be assigned any more.
        """
        afterwards = attrs.evolve(SALE, at=CLOSED + timedelta(hours=13))
        first = Register(days=(self.ONE,), after=(self.LATER, afterwards))
        second = Register(days=(Day(number="8", closed_at=closed_at),), transactions=False)

        with pytest.raises(MalformedFileError, match="the parts of register 1 overlap"):
            self.file(reading, first, second)
