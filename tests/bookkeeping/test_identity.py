"""
Which day a Z-report belongs to, and which reference its voucher bears.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given

from posgo.bookkeeping import settle
from posgo.bookkeeping.accounts import CashPointSettings
from posgo.bookkeeping.identity import fingerprint, settlement_reference
from posgo.models.pos import (
    Direction,
    InvoicePayment,
    Movement,
    Tender,
    VatRow,
    ZReport,
)
from support.days import (
    ACCOUNTS,
    SALE,
    account_map,
    days,
    local,
    sale_day,
    z_report,
)


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

    def test_fingerprint_of_payments(self) -> None:
        """
        A payment is known by its order, so that a number the POS learns later changes nothing; else by the number.
        """
        named, learned, other, numbered = (
            fingerprint(sale_day(invoice_payments=[InvoicePayment(amount=1, tender="12002", **name)]))
            for name in ({"order": "o"}, {"order": "o", "invoice_no": 7}, {"order": "p"}, {"invoice_no": 7})
        )

        assert named == learned
        assert 3 == len({named, other, numbered})

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
