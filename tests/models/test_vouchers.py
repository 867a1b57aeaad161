"""
Vouchers and what the ledger tells, as values.
"""

import decimal
import pickle
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from posgo.exceptions import AmountError, ModelError, UnbalancedVoucherError
from posgo.models.findings import Finding, Severity
from posgo.models.ledger import Department, JournalEntry, JournalLine, LedgerAccount, PostedVoucher, VatCode
from posgo.models.vouchers import Posting, Settlement, SettlementStatus, Voucher

ORE = st.integers(-(10**14), 10**14).filter(bool).map(lambda ore: Decimal(ore).scaleb(-2))
DAY = date(2026, 3, 14)


def voucher(*amounts: Any, **facts: Any) -> Voucher:
    base: dict[str, Any] = {"date": DAY, "reference": "r", "text": "t"}
    return Voucher(postings=[Posting(account=1900, amount=amount) for amount in amounts], **base | facts)


class TestVoucher:
    """
    An unbalanced voucher cannot exist.
    """

    @given(st.lists(ORE, min_size=1))
    def test_balanced_or_refused(self, amounts: list[Decimal]) -> None:
        """
        Any postings with their counterparts are a voucher; one øre off, they are an error that says by how much.
        """
        balanced = voucher(*amounts, *(-amount for amount in amounts))
        assert balanced.total == sum(abs(amount) for amount in amounts)

        with pytest.raises(UnbalancedVoucherError) as caught:
            voucher(*amounts, *(-amount for amount in amounts), "0.01")
        assert caught.value.residual == Decimal("0.01")

    def test_the_callers_decimal_context_does_not_matter(self) -> None:
        """
        A program that computes with few digits elsewhere can neither break nor smuggle in a voucher.
        """
        with decimal.localcontext() as context:
            context.prec = 3
            assert voucher("1234.56", "0.01", "-1234.57").total == Decimal("1234.57")
            with pytest.raises(UnbalancedVoucherError):
                voucher("1234.56", "-1234.57")

    @pytest.mark.parametrize(
        ("amounts", "facts", "words"),
        [
            ((), {}, "a voucher needs postings"),
            ((1, -1), {"reference": " "}, "Voucher.reference must not be blank"),
            ((1, -1), {"reference": "r" * 51}, "longer than Go's 50 characters"),
            ((1, -1), {"date": "2026-03-14"}, "Voucher.date must be a date"),
            ((1, -1), {"date": datetime(2026, 3, 14, 3, 10)}, "Voucher.date must be a date"),  # noqa: DTZ001
            ((1, 0, -1), {}, "amount must not be zero"),
            (("0.001", "-0.001"), {}, "finer than one øre"),
        ],
    )
    def test_refused(self, amounts: tuple[Any, ...], facts: dict[str, Any], words: str) -> None:
        """
        Neither can one without postings, without a usable reference, or with lines of nothing.
        """
        with pytest.raises(ModelError, match=words):
            voucher(*amounts, **facts)

    def test_longest_reference(self) -> None:
        """
        Fifty characters fit.
        """
        assert len(voucher(1, -1, reference="r" * 50).reference) == 50

    def test_is_a_value(self) -> None:
        """
        Equal by content, hashable, and the same after pickling.
        """
        one = voucher(1, -1, batch=" ", source_system=" till ")

        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own bytes
        assert hash(one) == hash(voucher(1, -1, source_system="till"))


class TestSettlement:
    """
    A voucher, or the reasons why not.
    """

    def test_properties(self) -> None:
        """
        Postable means a voucher; blocked means a blocking finding; a day of zeros is neither.
        """
        block = Finding(rule="P", severity=Severity.BLOCK, message="…")
        warn = Finding(rule="Z1", severity=Severity.WARN, message="…")
        states = [
            Settlement(voucher=voucher(1, -1), findings=[warn]),
            Settlement(voucher=None, findings=[warn, block]),
            Settlement(voucher=None, findings=[]),
        ]

        assert [(each.postable, each.blocked) for each in states] == [
            (True, False),
            (False, True),
            (False, False),
        ]

    def test_statuses(self) -> None:
        """
        Four things can become of a Z-report.
        """
        names = [status.name for status in SettlementStatus]

        assert names == ["POSTED", "ALREADY_POSTED", "NOTHING_TO_POST", "BLOCKED"]


class TestLedger:
    """
    What the ledger says of itself.
    """

    @pytest.mark.parametrize(
        ("valid_from", "valid_to", "covered"),
        [
            (None, None, True),
            (DAY, DAY, True),
            (date(2026, 3, 15), None, False),
            (None, date(2026, 3, 13), False),
            (date(2026, 3, 1), date(2026, 3, 31), True),
        ],
    )
    def test_window(self, valid_from: date | None, valid_to: date | None, *, covered: bool) -> None:
        """
        Both ends of a VAT code's validity are inclusive; None is open.
        """
        code = VatCode(id=1, code="3", percent=Decimal(25), valid_from=valid_from, valid_to=valid_to)

        assert code.covers(DAY) == covered

    def test_blank_codes_are_none(self) -> None:
        """
        Go writes an empty text where it has no code.
        """
        assert LedgerAccount(id=1, number=3000, vat_code="").vat_code is None
        assert Department(id=1, code=" ").code is None

    def test_lines(self) -> None:
        """
        Lines are amounts in whole øre, in tuples.
        """
        line = JournalLine(account_id=1, vat_id=2, amount="1.5")
        entry = JournalEntry(date=DAY, reference="r", text="t", lines=[line])

        assert (entry.lines, str(line.amount)) == ((line,), "1.50")
        assert PostedVoucher(id="x", lines=[line]).lines == (line,)
        with pytest.raises(AmountError):
            JournalLine(account_id=1, vat_id=2, amount="0.001")
