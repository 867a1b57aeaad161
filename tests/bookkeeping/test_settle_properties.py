"""
What holds for every settlement of every day.
"""

import decimal
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, settings, strategies as st

from posgo.bookkeeping import settle
from posgo.bookkeeping.accounts import AccountMap, SalesAccount, VatRows
from posgo.bookkeeping.identity import settlement_reference
from posgo.models.findings import Severity
from posgo.models.pos import Count, Tender, VatRow, ZReport
from posgo.models.vouchers import Settlement, Voucher
from support.days import ACCOUNTS, account_map, days, gross_till, negated, z_report

MONEY_ACCOUNTS = set(ACCOUNTS.tenders.values()) | {ACCOUNTS.other.gift_cards}
NIL = Decimal(0)
TILLS = st.tuples(st.sampled_from(("1", "11", "1 1", "2", "bar")), st.integers(0, 120))


def lines(voucher: Voucher) -> Counter[tuple[int, str | None, Decimal]]:
    return Counter((each.account, each.vat_code, each.amount) for each in voucher.postings)


def blocking(settlement: Settlement) -> set[str]:
    return {finding.rule for finding in settlement.findings if finding.blocks}


class TestEveryVoucher:
    """
    An honest day becomes one balanced voucher that is the Z-report again.
    """

    @given(z=days())
    def test_honest_days_never_block(self, z: ZReport) -> None:
        """
        A day whose rows follow from receipts has no blocking finding.
        """
        assert set() == blocking(settle(z, ACCOUNTS))

    @given(z=days(transactions=True))
    def test_no_warnings_either(self, z: ZReport) -> None:
        """
        Nobody is made to look at a day on which everything is right.
        """
        assert [each for each in settle(z, ACCOUNTS).findings if each.severity is Severity.WARN] == []

    @given(z=days())
    def test_balances_without_zero_lines(self, z: ZReport) -> None:
        """
        Postings sum to 0.00 and none is zero; there is no voucher exactly when there is nothing to post.
        """
        settlement = settle(z, ACCOUNTS)

        if settlement.voucher is None:
            assert sum((tender.amount for tender in z.tenders), NIL) == NIL
            return
        assert sum(posting.amount for posting in settlement.voucher.postings) == NIL
        assert all(posting.amount for posting in settlement.voucher.postings)

    @given(z=days())
    def test_tenders_are_the_reports(self, z: ZReport) -> None:
        """
        What is debited to money accounts is what the Z-report received, per means of payment.
        """
        voucher = settle(z, ACCOUNTS).voucher
        assume(voucher is not None)
        assert voucher is not None

        debited: dict[int, Decimal] = {}
        for posting in voucher.postings:
            if posting.account in MONEY_ACCOUNTS:
                debited[posting.account] = debited.get(posting.account, NIL) + posting.amount
        expected: dict[int, Decimal] = {}
        for tender in z.tenders:
            account = ACCOUNTS.tenders.get(tender.code) or ACCOUNTS.other.gift_cards or 0
            expected[account] = expected.get(account, NIL) + tender.amount
        assert {key: value for key, value in expected.items() if value} == debited

    @given(z=days())
    def test_sales_are_the_reports(self, z: ZReport) -> None:
        """
        What is credited under each VAT code is the Z-report's gross under it; 0 % without a code goes where "0%" says.
        """
        voucher = settle(z, ACCOUNTS).voucher
        assume(voucher is not None)
        assert voucher is not None

        credited: dict[str, Decimal] = {}
        for posting in voucher.postings:
            if posting.vat_code is not None:
                credited[posting.vat_code] = credited.get(posting.vat_code, NIL) - posting.amount
        expected: dict[str, Decimal] = {}
        for row in z.vat_rows:
            code = "5" if row.vat_code in (None, "0") else row.vat_code or ""
            expected[code] = expected.get(code, NIL) + row.amount + row.vat
        assert {key: value for key, value in expected.items() if value} == {
            key: value for key, value in credited.items() if value
        }

    @given(z=days())
    def test_rounding_and_tips_are_the_rest(self, z: ZReport) -> None:
        """
        Tips are credited as they are; the rounding account holds money less sales less tips, sign turned.
        """
        voucher = settle(z, ACCOUNTS).voucher
        assume(voucher is not None)
        assert voucher is not None

        by_account: defaultdict[int, Decimal] = defaultdict(Decimal)
        for posting in voucher.postings:
            by_account[posting.account] += posting.amount
        rest = sum((tender.amount for tender in z.tenders), NIL) - z.total - z.tips
        assert -z.tips == by_account[2990]
        assert -rest == by_account[7740]


class TestSameDaySameVoucher:
    """
    The voucher follows from the day, not from how it happens to be written down.
    """

    @given(z=days(), data=st.data())
    def test_order_of_rows_does_not_matter(self, z: ZReport, data: st.DataObject) -> None:
        """
        Shuffled rows give the very same voucher, texts and sources included.
        """
        shuffled = attrs.evolve(
            z,
            vat_rows=data.draw(st.permutations(z.vat_rows)),
            tenders=data.draw(st.permutations(z.tenders)),
            groups=data.draw(st.permutations(z.groups)),
        )

        assert settle(z, ACCOUNTS).voucher == settle(shuffled, ACCOUNTS).voucher

    @given(z=days(transactions=True), data=st.data())
    def test_order_of_group_rows_does_not_matter(self, z: ZReport, data: st.DataObject) -> None:
        """
        So do shuffled rows of the transactions, with accounts per article group.
        """
        assert z.transactions is not None
        accounts = attrs.evolve(
            ACCOUNTS, sales_by_group={"04007": {"3": SalesAccount(account=3001, vat_code="3")}}
        )
        rows = data.draw(st.permutations(z.transactions.group_vat))
        shuffled = attrs.evolve(z, transactions=attrs.evolve(z.transactions, group_vat=rows))

        assert settle(z, accounts).voucher == settle(shuffled, accounts).voucher

    @given(z=days(), data=st.data())
    def test_split_rows_do_not_matter(self, z: ZReport, data: st.DataObject) -> None:
        """
        A till that prints a tender or a rate in two rows books the same amounts.
        """
        assume(z.tenders and z.vat_rows)
        part = Decimal(data.draw(st.integers(-(10**6), 10**6))).scaleb(-2)
        tender, *tenders = z.tenders
        row, *rows = z.vat_rows
        split = attrs.evolve(
            z,
            tenders=[
                attrs.evolve(tender, amount=part),
                *tenders,
                attrs.evolve(tender, amount=tender.amount - part),
            ],
            vat_rows=[
                attrs.evolve(row, amount=part, vat=0),
                *rows,
                attrs.evolve(row, amount=row.amount - part),
            ],
        )
        one, other = settle(z, ACCOUNTS).voucher, settle(split, ACCOUNTS).voucher

        assert (one and lines(one)) == (other and lines(other))

    @given(z=days())
    def test_settling_is_pure(self, z: ZReport) -> None:
        """
        The same input gives an equal settlement, whatever the caller's decimal context is.
        """
        once = settle(z, ACCOUNTS)
        with decimal.localcontext() as context:
            context.prec, context.rounding = 3, decimal.ROUND_UP
            context.traps[decimal.Inexact] = False
            again = settle(z, ACCOUNTS)

        assert once == again

    @settings(max_examples=25)
    @given(z=days(), figures=days())
    def test_figures_do_not_matter_for_the_reference(self, z: ZReport, figures: ZReport) -> None:
        """
        The same report with other figures has the same reference, so that a change is noticed.
        """
        changed = attrs.evolve(figures, company=z.company, cash_point=z.cash_point, number=z.number)

        assert settlement_reference(z, ACCOUNTS) == settlement_reference(changed, ACCOUNTS)

    @given(one=TILLS, other=TILLS)
    def test_another_report_has_another_reference(self, one: tuple[str, int], other: tuple[str, int]) -> None:
        """
        References differ when, and only when, till or number do.
        """
        first, second = (z_report(cash_point=till, number=number) for till, number in (one, other))

        assert (one == other) == (
            settlement_reference(first, ACCOUNTS) == settlement_reference(second, ACCOUNTS)
        )


class TestSymmetry:
    """
    Nothing is special about the sign of a day, nor about how its till writes it.
    """

    @given(z=days())
    def test_a_negated_day_is_the_negated_voucher(self, z: ZReport) -> None:
        """
        A day of returns only is booked as the mirror image of the day of sales.
        """
        one, other = settle(z, ACCOUNTS), settle(negated(z), ACCOUNTS)

        assert set() == blocking(other)
        assert (one.voucher is None) == (other.voucher is None)
        if one.voucher is not None and other.voucher is not None:
            mirrored = Counter((each.account, each.vat_code, -each.amount) for each in one.voucher.postings)
            assert mirrored == lines(other.voucher)

    @given(z=days())
    def test_net_and_gross_tills_book_alike(self, z: ZReport) -> None:
        """
        The same day in either reading gives the same voucher under the right setting.
        """
        assert settle(z, ACCOUNTS).voucher == settle(gross_till(z), account_map(vat_rows="gross")).voucher

    @given(z=days())
    def test_the_wrong_reading_blocks_and_says_so(self, z: ZReport) -> None:
        """
        Where VAT is more than the tolerance, Z2 blocks either way and its remedy names the right setting.
        """
        assume(abs(sum((row.vat for row in z.vat_rows), NIL)) > len(z.vat_rows) * Decimal("0.01"))
        # A total before returns is another honest reading, which may hold by chance.
        z = attrs.evolve(z, returns=Count())

        for report, reading, right in ((z, "gross", "net"), (gross_till(z), "net", "gross")):
            settlement = settle(report, account_map(vat_rows=reading))
            (z2,) = [each for each in settlement.findings if each.rule == "Z2"]
            assert (settlement.voucher, z2.severity) == (None, Severity.BLOCK)
            assert f'[pos] vat_rows = "{right}"' in z2.remedy


class TestNothingIsDropped:
    """
    What cannot be booked blocks, with its amount, and all of it at once.
    """

    @given(z=days())
    def test_all_gaps_at_once(self, z: ZReport) -> None:
        """
        With an empty map every row that holds money is named, with its amount, and so are tips and rounding.
        """
        bare = AccountMap(sales={}, tenders={}, pos=ACCOUNTS.pos)
        settlement = settle(z, bare)
        gaps = Counter(
            (each.rule, each.actual) for each in settlement.findings if each.rule.startswith("unmapped")
        )
        rest = sum((tender.amount for tender in z.tenders), NIL) - z.total - z.tips
        expected = Counter(
            [
                *(("unmapped-tender", each.amount) for each in z.tenders if each.amount),
                *(("unmapped-vat", row.amount + row.vat) for row in z.vat_rows if row.amount + row.vat),
                *(("unmapped-account", abs(amount)) for amount in (z.tips, rest) if amount),
            ]
        )

        assert expected == gaps
        assert (not expected) == (not settlement.blocked)

    @given(z=days(), code=st.sampled_from(("VISA", "12006", "12999", "?")))
    def test_one_unmapped_tender_blocks(self, z: ZReport, code: str) -> None:
        """
        One code without an account is enough, however small.
        """
        extra = Tender(code=code, amount="0.01")

        assert "unmapped-tender" in blocking(settle(attrs.evolve(z, tenders=[*z.tenders, extra]), ACCOUNTS))

    @given(z=days(), code=st.sampled_from(("1", "51", "C3")))
    def test_one_unmapped_vat_code_blocks(self, z: ZReport, code: str) -> None:
        """
        So is one VAT code.
        """
        extra = VatRow(vat_code=code, percent=0, amount="0.01", vat=0)

        assert "unmapped-vat" in blocking(settle(attrs.evolve(z, vat_rows=[*z.vat_rows, extra]), ACCOUNTS))

    @given(z=days(), beyond=st.integers(1, 10**9), sign=st.sampled_from((1, -1)))
    def test_a_residual_beyond_the_bound_is_never_a_plug(self, z: ZReport, beyond: int, sign: int) -> None:
        """
        Money that sales and rounding do not explain blocks, in either direction, by a single øre too.
        """
        payments = z.transactions.cash_paid if z.transactions else z.receipts + z.returns.number
        if z.transactions is None and not any(each.code == "12001" for each in z.tenders):
            payments = 0
        rest = sum((tender.amount for tender in z.tenders), NIL) - z.total - z.tips
        aim = sign * (Decimal("0.50") * payments + Decimal(beyond).scaleb(-2))
        stray = Tender(code="12002", amount=aim - rest)
        settlement = settle(attrs.evolve(z, tenders=[*z.tenders, stray]), ACCOUNTS)

        assert "P" in blocking(settlement)
        assert settlement.voucher is None

    @given(z=days(), facts=st.fixed_dictionaries({"receipts": st.integers(0, 3), "tips": st.integers(-5, 5)}))
    def test_postable_means_a_voucher(self, z: ZReport, facts: dict[str, Any]) -> None:
        """
        ``postable`` ⇔ a voucher; blocked ⇒ none; a day that is neither says that it holds nothing.
        """
        settlement = settle(attrs.evolve(z, **facts), ACCOUNTS)

        assert settlement.postable == (settlement.voucher is not None)
        assert not (settlement.blocked and settlement.postable)
        if not settlement.blocked and not settlement.postable:
            assert "nothing-to-post" in {each.rule for each in settlement.findings}


@pytest.mark.parametrize("reading", list(VatRows))
def test_a_day_of_zeros_is_settled_without_a_voucher(reading: VatRows) -> None:
    """
    Dummy rows of quiet days need no mapping and block nothing.
    """
    z = z_report(
        vat_rows=[VatRow(percent=25, amount=0, vat=0, pos_code="None")],
        tenders=[Tender(code="NONE", amount=0)],
    )
    settlement = settle(z, account_map(vat_rows=reading))

    assert [finding.rule for finding in settlement.findings] == ["nothing-to-post"]
    assert (settlement.postable, settlement.blocked) == (False, False)
