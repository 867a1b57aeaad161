"""
Payouts of card and wallet providers: the clearing account is emptied, fees are a cost, and nothing is a plug.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo.bookkeeping import settle_payout
from posgo.bookkeeping.accounts import PayoutAccounts
from posgo.bookkeeping.payouts import payout_reference
from posgo.exceptions import AmountError, ModelError
from posgo.models.findings import Finding, Severity
from posgo.models.payouts import Payout, PayoutFee, PayoutRow
from posgo.models.vouchers import Journal, Settlement
from support.days import ACCOUNTS, shown

VIPPS = PayoutAccounts(clearing=1912, bank=1920, fees=7770)
MAP = attrs.evolve(ACCOUNTS, payouts={"Vipps": VIPPS, "Terminal": PayoutAccounts(clearing=1910, bank=1920)})


def payout(**facts: Any) -> Payout:
    base: dict[str, Any] = {
        "provider": "Vipps",
        "reference": "2000123",
        "paid_on": date(2026, 3, 17),
        "first_day": date(2026, 3, 14),
        "last_day": date(2026, 3, 15),
        "gross": "12500.00",
        "refunds": "500.00",
        "fees": [PayoutFee(amount="210.00", description="transaction fee")],
        "net": "11790.00",
    }
    return Payout(**base | facts)


def the(settlement: Settlement) -> Finding:
    [finding] = settlement.findings
    return finding


class TestVoucher:
    """
    Clearing to bank and fee.
    """

    def test_whole(self) -> None:
        """
        A bank journal of the day the money came, that says whose payout it is.
        """
        voucher = settle_payout(payout(), MAP).voucher

        assert [(1920, None, "11790.00"), (7770, None, "210.00"), (1912, None, "-12000.00")] == shown(voucher)
        assert voucher is not None
        assert (date(2026, 3, 17), Journal.BANK, "Payout Vipps 2000123, 2026-03-14 to 2026-03-15") == (
            *(voucher.date, voucher.journal, voucher.text),
        )
        # Pinned: another reference would book every payout a second time.
        assert "b8072e54-95fa-50c1-adcc-26a6a5934544" == voucher.reference
        assert ("gross 12 500.00", "refunds -500.00") == voucher.postings[-1].source

    def test_fees_by_vat_code(self) -> None:
        """
        Fees are summed per VAT code: the report's, else the map's for the provider.
        """
        fees = [
            PayoutFee(amount=10),
            PayoutFee(amount=100, vat_code="1", description="terminal rent"),
            PayoutFee(amount=20, description="transactions"),
        ]
        z = payout(gross=1000, refunds=0, fees=fees, net=870)
        exempt = settle_payout(z, MAP).voucher
        assert [(1920, None, "870.00"), (7770, None, "30.00"), (7770, "1", "100.00")] == shown(exempt)[:3]

        accounts = attrs.evolve(MAP, payouts={"Vipps": attrs.evolve(VIPPS, fee_vat_code="1")})
        assert (7770, "1", "130.00") in shown(settle_payout(z, accounts).voucher)

    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            ({"gross": 0, "refunds": 300, "fees": (), "net": -300}, [(1920, "-300.00"), (1912, "300.00")]),
            ({"gross": 500, "refunds": 500, "fees": (), "net": 0}, []),
            (
                {"gross": 0, "refunds": 0, "fees": [PayoutFee(amount=50)], "net": -50},
                [(1920, "-50.00"), (7770, "50.00")],
            ),
            (
                {"gross": 100, "refunds": 0, "fees": [PayoutFee(amount=100)], "net": 0},
                [(7770, "100.00"), (1912, "-100.00")],
            ),
        ],
    )
    def test_odd_payouts(self, facts: dict[str, Any], expected: list[tuple[int, str]]) -> None:
        """
        More refunds than payments take money off the bank; what comes to nothing is no line, or no voucher.
        """
        settlement = settle_payout(payout(**facts), MAP)

        if not expected:
            assert (None, "nothing-to-post") == (settlement.voucher, the(settlement).rule)
        else:
            assert expected == [(account, amount) for account, _, amount in shown(settlement.voucher)]

    @pytest.mark.parametrize(
        ("days", "words"),
        [
            ((None, None), "2000123"),
            ((date(2026, 3, 14), None), "2000123, 2026-03-14"),
            ((None, date(2026, 3, 14)), "2000123, 2026-03-14"),
        ],
    )
    def test_days(self, days: tuple[date | None, date | None], words: str) -> None:
        """
        The voucher names the days as far as they are known.
        """
        voucher = settle_payout(payout(first_day=days[0], last_day=days[1]), MAP).voucher

        assert voucher is not None
        assert f"Payout Vipps {words}" == voucher.text


class TestFindings:
    """
    What does not add up is not booked.
    """

    @pytest.mark.parametrize(
        ("facts", "rule", "words"),
        [
            ({"net": "11789.99"}, "payout-sum", "is not 11 789.99"),
            ({"provider": "Klarna"}, "unmapped-payout", "payouts of Klarna"),
            ({"provider": "Terminal"}, "unmapped-payout", "kept 210.00"),
            ({"rows": [PayoutRow(amount=11999)]}, "payout-rows", "come to 11 999.00"),
            ({"rows": [PayoutRow(amount=12000, fee=209)]}, "payout-rows", "the fees listed"),
        ],
    )
    def test_blocks(self, facts: dict[str, Any], rule: str, words: str) -> None:
        """
        Each names figures and remedy.
        """
        settlement = settle_payout(payout(**facts), MAP)

        assert (rule, Severity.BLOCK, None) == (
            the(settlement).rule,
            the(settlement).severity,
            settlement.voucher,
        )
        assert words in the(settlement).message
        assert the(settlement).remedy

    def test_rows_that_add_up(self) -> None:
        """
        Payments and refunds one by one, with or without what each cost.
        """
        rows = [PayoutRow(amount=12500, reference="a", date=date(2026, 3, 14)), PayoutRow(amount=-500)]
        assert settle_payout(payout(rows=rows), MAP).findings == ()
        costly = [attrs.evolve(rows[0], fee=210), rows[1]]
        assert settle_payout(payout(rows=costly), MAP).findings == ()

    def test_no_fee_needs_no_account(self) -> None:
        """
        A provider that keeps nothing needs no account for it.
        """
        free = payout(provider="Terminal", fees=[PayoutFee(amount=0)], net=12000)

        assert settle_payout(free, MAP).postable

    @pytest.mark.parametrize(("balance", "left"), [("12000", None), ("12350.00", "350.00"), ("0", "-12000")])
    def test_clearing(self, balance: str, left: str | None) -> None:
        """
        What the payout leaves on the clearing account warns; the voucher stands.
        """
        settlement = settle_payout(payout(), MAP, clearing_balance=Decimal(balance))

        assert settlement.postable
        told = [(each.rule, each.severity, each.actual) for each in settlement.findings]
        assert told == ([] if left is None else [("clearing-balance", Severity.WARN, Decimal(left))])

    def test_a_name_is_needed(self) -> None:
        """
        A payout without an id could be booked twice.
        """
        for facts in ({"reference": " "}, {"provider": ""}):
            with pytest.raises(ModelError):
                payout(**facts)

    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            ({"paid_on": datetime(2026, 3, 17, 3, 0)}, "paid_on"),  # noqa: DTZ001
            ({"paid_on": "2026-03-17"}, "paid_on"),
            ({"paid_on": None}, "paid_on"),
            ({"first_day": "2026-03-14"}, "first_day"),
            ({"last_day": datetime(2026, 3, 15)}, "last_day"),  # noqa: DTZ001
            ({"first_day": date(2026, 3, 16)}, "2026-03-16 to 2026-03-15"),
            ({"refunds": "-500"}, "refunds"),
        ],
        ids=str,
    )
    def test_what_no_report_can_say(self, facts: dict[str, Any], words: str) -> None:
        """
        Days are dates, in their order, and what was paid back is a magnitude: one error names what is not so.
        """
        with pytest.raises(ModelError, match=words):
            payout(**facts)

    def test_the_day_of_a_payment_is_a_date(self) -> None:
        """
        As the payout's own.
        """
        with pytest.raises(ModelError, match=r"PayoutRow\.date"):
            PayoutRow(amount=1, date="2026-03-14")  # type: ignore[arg-type]

    def test_a_balance_is_an_amount(self) -> None:
        """
        A float is refused here as everywhere.
        """
        with pytest.raises(AmountError):
            settle_payout(payout(), MAP, clearing_balance=12000.0)  # type: ignore[arg-type]


AMOUNT = st.integers(0, 10**9).map(lambda ore: Decimal(ore).scaleb(-2))


@given(
    gross=AMOUNT,
    refunds=AMOUNT,
    fees=st.lists(st.tuples(AMOUNT, st.sampled_from([None, "1", "3"])), max_size=4),
)
def test_every_honest_payout(
    gross: Decimal, refunds: Decimal, fees: list[tuple[Decimal, str | None]]
) -> None:
    """
    It balances, clears what it says, leaves the account at zero, and its reference hangs on no figure.
    """
    kept = sum((amount for amount, _ in fees), Decimal(0))
    report = payout(
        gross=gross,
        refunds=refunds,
        fees=[PayoutFee(amount=amount, vat_code=code) for amount, code in fees],
        net=gross - refunds - kept,
    )
    settlement = settle_payout(report, MAP, clearing_balance=gross - refunds)

    assert not settlement.blocked
    assert "clearing-balance" not in {each.rule for each in settlement.findings}
    postings = settlement.voucher.postings if settlement.voucher else ()
    booked = {number: Decimal(0) for number in (1912, 1920, 7770)}
    for each in postings:
        booked[each.account] += each.amount
    assert {1912: refunds - gross, 1920: gross - refunds - kept, 7770: kept} == booked
    assert payout_reference(report) == payout_reference(payout())
    assert payout_reference(report) != payout_reference(payout(reference="2000124"))
