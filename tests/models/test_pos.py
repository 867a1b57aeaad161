"""
Z-reports and their rows, as values.
"""

import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo.exceptions import AmountError, ModelError
from posgo.models._dates import OSLO, business_day, to_oslo
from posgo.models.findings import Finding, Severity
from posgo.models.pos import (
    CashCount,
    Count,
    Direction,
    GroupRow,
    InvoicePayment,
    Movement,
    Tender,
    TransactionTotals,
    VatRow,
    ZReport,
)
from support.days import days, local, official_day, z_report


class TestZReport:
    """
    What is kept, and what cannot be one.
    """

    @given(z=days())
    def test_is_a_value(self, z: ZReport) -> None:
        """
        Equal by content, hashable, and the same after pickling.
        """
        again = pickle.loads(pickle.dumps(z))  # noqa: S301 - our own bytes

        assert (again, hash(again)) == (z, hash(z))

    def test_normalised(self) -> None:
        """
        Ids lose their blanks, amounts have two decimals, rows are tuples, time is Norwegian.
        """
        z = z_report(
            company="NO 999 999 999 MVA", cash_point=" 1 ", number=" 0 42 ", total="1.5", tenders=iter([])
        )

        assert (z.company, z.cash_point, z.number, str(z.total), z.tenders) == (
            "999999999",
            "1",
            "042",
            "1.50",
            (),
        )
        assert z.closed_at == local(2026, 3, 14, 23).replace(tzinfo=OSLO)

    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            ({"company": "99999999"}, "nine digits"),
            ({"cash_point": " "}, "ZReport.cash_point must not be blank"),
            ({"cash_point": "k" * 101}, "ZReport.cash_point is longer than 100 characters"),
            ({"number": ""}, "ZReport.number must not be blank"),
            ({"number": "9" * 101}, "ZReport.number is longer than 100 characters"),
            ({"number": 1.0}, "neither text nor a whole number"),
            ({"closed_at": "2026-03-14"}, "'2026-03-14' is not a datetime"),
            ({"closed_at": date(2026, 3, 14)}, "is not a datetime"),
            ({"closed_at": local(1, 1, 1)}, "0001-01-01 00:00:00 is not a time at which a till"),
            ({"closed_at": local(9999, 12, 31)}, "is not a time at which a till"),
            ({"total": "1.001"}, "finer than one øre"),
            ({"tips": 1.5}, "floats lose øre"),
            ({"receipts": "3"}, "is not a whole number"),
        ],
    )
    def test_refused(self, facts: dict[str, Any], words: str) -> None:
        """
        One error that names the field or the value.
        """
        with pytest.raises(ModelError, match=words):
            z_report(**facts)

    @pytest.mark.parametrize("length", [1, 100])
    def test_longest_ids(self, length: int) -> None:
        """
        A hundred characters is what the format allows.
        """
        assert len(z_report(cash_point="k" * length, number="9" * length).number) == length

    def test_whole_period(self) -> None:
        """
        Transactions of half a period add nothing.
        """
        z = official_day()

        assert z.whole_period is z.transactions
        assert z_report(transactions=TransactionTotals(complete=False)).whole_period is None
        assert z_report().whole_period is None

    def test_contract(self) -> None:
        """
        A till without SAF-T can build one from the fields everybody may rely on.
        """
        names = [field.name for field in attrs.fields(ZReport)]

        assert names[:16] == [
            *("company", "cash_point", "number", "closed_at", "vat_rows", "groups", "tenders", "tips"),
            *("movements", "opening_float", "total", "receipts", "returns", "grand_totals"),
            *("invoice_payments", "findings"),
        ]


class TestRows:
    """
    Rows refuse what they cannot hold.
    """

    @pytest.mark.parametrize(
        ("row", "facts", "error"),
        [
            (VatRow, {"percent": 25.0, "amount": 1, "vat": 0}, ModelError),
            (VatRow, {"percent": "25 %", "amount": 1, "vat": 0}, ModelError),
            (VatRow, {"percent": -1, "amount": 1, "vat": 0}, ModelError),
            (VatRow, {"percent": 25, "amount": "1,5", "vat": 0}, AmountError),
            (VatRow, {"percent": 25, "amount": 1, "vat": "0.001"}, AmountError),
            (VatRow, {"vat_code": 1.5, "percent": 25, "amount": 1, "vat": 0}, ModelError),
            (GroupRow, {"group": "a", "amount": 1, "number": "x"}, ModelError),
            (GroupRow, {"group": "a", "amount": 1, "number": None}, ModelError),
            (GroupRow, {"group": "a", "amount": 1, "number": "NaN"}, ModelError),
            (Tender, {"code": " ", "amount": 1}, ModelError),
            (Tender, {"code": "12001", "amount": 1, "number": True}, ModelError),
            (Count, {"number": "1"}, ModelError),
            (Movement, {"direction": Direction.IN, "type": None, "amount": 1}, ModelError),
            (TransactionTotals, {"cash_paid": 1.0}, ModelError),
            (TransactionTotals, {"rounding": 0.4}, AmountError),
            (InvoicePayment, {"amount": 1, "tender": None}, ModelError),
            (CashCount, {"counted": "x", "counted_by": "7"}, AmountError),
        ],
    )
    def test_refused(self, row: Any, facts: dict[str, Any], error: type[ModelError]) -> None:
        """
        Each slip is one of posgo's own errors.
        """
        with pytest.raises(error):
            row(**facts)

    def test_kept(self) -> None:
        """
        A code may be a number, a blank code is none, half articles exist.
        """
        assert VatRow(vat_code=3, percent="25.0", amount=1, vat=0) == VatRow(
            vat_code="3", percent=25, amount="1.00", vat="0.00"
        )
        assert VatRow(vat_code="", percent=25, amount=1, vat=0).vat_code is None
        assert GroupRow(group="a", amount=1, number="1.5").number == Decimal("1.5")
        assert TransactionTotals().rounding is None


class Vague(tzinfo):
    """
    A zone that does not know its offset.
    """

    def utcoffset(self, _when: datetime | None) -> None:
        return None

    def dst(self, _when: datetime | None) -> None:
        return None

    def tzname(self, _when: datetime | None) -> None:
        return None


class TestDates:
    """
    Norwegian time.
    """

    @pytest.mark.parametrize(
        ("given_", "utc"),
        [
            (local(2026, 1, 1, 12), datetime(2026, 1, 1, 11, tzinfo=UTC)),
            (local(2026, 7, 1, 12), datetime(2026, 7, 1, 10, tzinfo=UTC)),
            (local(2026, 7, 1, 12).replace(tzinfo=Vague()), datetime(2026, 7, 1, 10, tzinfo=UTC)),
            (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)),
            (
                datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=-5))),
                datetime(2026, 7, 1, 17, tzinfo=UTC),
            ),
        ],
    )
    def test_to_oslo(self, given_: datetime, utc: datetime) -> None:
        """
        Without a zone it is Norwegian local time, summer time included.
        """
        assert to_oslo(given_) == utc
        assert to_oslo(given_).tzinfo is OSLO

    @given(
        st.datetimes(local(1900, 1, 1), local(9998, 12, 30)),
        st.times().map(lambda each: each.replace(fold=0)),
    )
    def test_business_day_is_today_or_yesterday(self, closed_at: datetime, ends: time) -> None:
        """
        No cut-off moves a report further than to the day before, and midnight moves none.
        """
        day = closed_at.date()

        assert business_day(closed_at, ends) in {day, day - timedelta(days=1)}
        assert (business_day(closed_at, ends) == day) == (closed_at.time() >= ends)
        assert business_day(closed_at, time(0)) == day


class TestFinding:
    """
    One sentence, its remedy, and what it does.
    """

    @pytest.mark.parametrize(
        ("facts", "shown"),
        [
            ({}, "WARN Z1: it differs"),
            ({"where": "row 3"}, "WARN Z1: it differs (row 3)"),
            ({"remedy": "Ask."}, "WARN Z1: it differs. Ask."),
            ({"remedy": "ask them; or wait"}, "WARN Z1: it differs. Ask them; or wait."),
            ({"message": "Go says: No.", "remedy": "Ask."}, "WARN Z1: Go says: No. Ask."),
            ({"remedy": "Is it meant?"}, "WARN Z1: it differs. Is it meant?"),
            ({"severity": Severity.BLOCK, "where": "a", "remedy": "Ask."}, "BLOCK Z1: it differs (a). Ask."),
        ],
    )
    def test_str(self, facts: dict[str, Any], shown: str) -> None:
        """
        Severity and rule first; message and remedy are two sentences, however the remedy was given.
        """
        base: dict[str, Any] = {"rule": "Z1", "severity": Severity.WARN, "message": "it differs"}
        finding = Finding(**base | facts)

        assert str(finding) == shown
        assert finding.blocks == (finding.severity is Severity.BLOCK)


class TestRowsOfAnotherKind:
    """
    A POS adapter that hands over the wrong thing is told at once, not by the nightly job.
    """

    @pytest.mark.parametrize(
        "field",
        [
            "vat_rows",
            "groups",
            "tenders",
            "movements",
            "invoice_payments",
            "findings",
            "operator_tenders",
            "operator_groups",
            "operator_floats",
        ],
    )
    @pytest.mark.parametrize(
        "value", [5, None, [1], [None], "Kari", [("12001", 100)], {"code": "12001"}], ids=repr
    )
    def test_rows(self, field: str, value: Any) -> None:
        """
        Rows are refused that are not of their own kind; what they hold is not repeated.
        """
        with pytest.raises(ModelError) as refused:
            z_report(**{field: value})

        assert "Kari" not in str(refused.value)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("returns", 3),
            ("returns", None),
            ("grand_totals", 5),
            ("credit_sales", Decimal(100)),
            ("credit_memos", "100"),
            ("counters", {}),
            ("transactions", ()),
        ],
    )
    def test_parts(self, field: str, value: Any) -> None:
        """
        So are parts that are not of theirs.
        """
        with pytest.raises(ModelError, match=f"ZReport.{field} takes"):
            z_report(**{field: value})

    def test_a_direction_by_name(self) -> None:
        """
        A pay-in is a Direction, not a word.
        """
        with pytest.raises(ModelError, match=r"Movement\.direction takes Direction"):
            Movement(direction="IN", type="drop", amount=100)  # type: ignore[arg-type]
