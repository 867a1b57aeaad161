"""
Transactions: signs, kinds, and whether they agree with themselves and with their Z-report.
"""

from collections.abc import Callable
from decimal import Decimal

import attrs
import pytest

from posgo import saft
from posgo.exceptions import MalformedFileError
from posgo.models.findings import Severity
from posgo.models.pos import TransactionTotals
from support.saft_builder import BASICS, Line, Receipt
from support.saft_days import AT, SALE, only, rules, shop

Reading = Callable[..., saft.AuditFile]
CASH_SALE = Receipt(at=AT, lines=(Line(Decimal("295.40")),), tender="KONTANT")
RETURN = Receipt(at=AT, lines=(Line(Decimal("-16.40"), vat="B"),), tender="KONTANT")


class TestSigns:
    """
    Both conventions, never negated twice.
    """

    @pytest.mark.parametrize("magnitudes", [False, True])
    def test_cash_return(self, reading: Reading, magnitudes: bool) -> None:  # noqa: FBT001
        """
        A return paid out in coin: amounts, payment and rounding follow the flag.
        """
        file = reading(shop(CASH_SALE, RETURN), magnitudes=magnitudes)
        _, returned = file.transactions()

        assert () == only(file).findings
        assert (Decimal("-16.40"), Decimal("-16.00"), Decimal("0.40")) == (
            returned.amount,
            returned.payments[0].amount,
            returned.rounding,
        )
        assert (Decimal(-1), Decimal("-14.26")) == (returned.lines[0].quantity, returned.lines[0].net)
        assert Decimal("-2.14") == returned.vat[0].amount

    def test_conflict_stays_negative(self, reading: Reading) -> None:
        """
        ``C`` with a negative amount is a finding, and stays negative.
        """
        odd = attrs.evolve(RETURN, overrides={"amntTp": "C", "vatAmntTp": "C"})
        z = only(reading(shop(SALE, odd, odd)))

        assert [("sign-conflict", Severity.WARN)] == rules(z.findings)
        assert "in 2 transactions; the first is nr 2" in z.findings[0].message
        assert "nr 2 and 1 more" == z.findings[0].where
        assert Decimal("92.20") == z.total

    def test_tip_on_a_line(self, reading: Reading) -> None:
        """
        A tip stands on the transaction or on one of its lines.
        """
        tip = ("raise", [("raiseType", "TIPS"), ("raiseAmnt", "10.00")])
        other = ("raise", [("raiseType", "10999"), ("raiseAmnt", "5.00")])
        line = Line(Decimal("125.00"), extra=(tip, other))
        receipt = attrs.evolve(
            SALE, lines=(line,), paid=(("KORT", Decimal("135.00")),), overrides={"roundingAmnt": "0"}
        )
        file = reading(shop(receipt, day={"overrides": {"tipAmnt": "10.00"}}))

        assert [Decimal("10.00")] == [one.tips for one in file.transactions()]
        assert () == only(file).findings


class TestKinds:
    """
    What is cash turnover, by type or by content.
    """

    def test_drawer_movements_are_no_turnover(self, reading: Reading) -> None:
        """
        Money put into the drawer is in no sales figure.
        """
        put_in = Receipt(at=AT, type="INN", paid=(("KONTANT", Decimal("500.00")),))
        z = only(reading(shop(SALE, put_in, day={"movements": (("payIn", "veksel", 1, Decimal("500.00")),)})))

        assert ((), Decimal("125.00")) == (z.findings, z.total)
        assert [Decimal("500.00")] == [movement.amount for movement in z.movements]

    def test_movements_inside_payments(self, reading: Reading) -> None:
        """
        A till that counts a sold gift card among its payments agrees with its transactions too (X2).
        """
        card = Receipt(at=AT, type="INN", paid=(("KORT", Decimal("500.00")),))
        moved = {
            "movements": (("payIn", "gift card", 1, Decimal("500.00")),),
            "overrides": {"paymentAmnt": "625.00"},
        }
        z = only(reading(shop(SALE, card, day=moved)))

        assert () == z.findings

    def test_tips_outside_payments(self, reading: Reading) -> None:
        """
        A till that keeps tips out of its payments agrees with its transactions too (X2).
        """
        tipped = attrs.evolve(SALE, tips=Decimal("20.00"))
        z = only(reading(shop(tipped, day={"overrides": {"paymentAmnt": "125.00"}})))

        assert () == z.findings

    def test_tip_inside_the_amount(self, reading: Reading) -> None:
        """
        A till that puts the tip into the transaction's amount sold no more for it.
        """
        inside = attrs.evolve(
            SALE, tips=Decimal("20.00"), overrides={"transAmntIn": "145.00", "transAmntEx": "120.00"}
        )
        z = only(reading(shop(inside)))

        assert () == z.findings
        assert TransactionTotals(lines=1, group_vat=z.transactions.group_vat) == z.transactions  # type: ignore[union-attr]

    @pytest.mark.parametrize("training", [True, False])
    def test_training_and_void_are_outside(self, reading: Reading, training: bool) -> None:  # noqa: FBT001
        """
        They are given out, flagged, and stand in no total.
        """
        practice = attrs.evolve(SALE, training=training, void=not training)
        file = reading(shop(SALE, practice))

        assert ((), Decimal("125.00")) == (only(file).findings, only(file).total)
        assert [True, False] == [one.counts for one in file.transactions()]

    def test_without_types(self, reading: Reading) -> None:
        """
        A till without types is read by what its transactions hold.
        """
        credit = attrs.evolve(SALE, type="KREDITT", paid=())
        put_in = Receipt(at=AT, type="INN", paid=(("KONTANT", Decimal("500.00")),))
        nothing = Receipt(at=AT, type="INN", paid=())
        given = Receipt(at=AT, lines=(Line(Decimal("0.00")),), type="KREDITT", paid=())
        file = reading(shop(SALE, RETURN, credit, put_in, nothing, given), types=False)

        assert [] == rules(only(file).findings)
        assert [None] * 6 == [one.type for one in file.transactions()]

    def test_undeclared_type(self, reading: Reading) -> None:
        """
        An unlisted type warns and is read by content.
        """
        z = only(reading(shop(attrs.evolve(SALE, type="HOKUS"))))

        assert [("undeclared-transaction-type", Severity.WARN)] == rules(z.findings)
        assert "HOKUS" == z.findings[0].where

    @pytest.mark.parametrize("code", ["11009", "11999"])
    def test_types_that_say_little(self, reading: Reading, code: str) -> None:
        """
        A correction or "other" is known by its content, without a finding.
        """
        z = only(reading(shop(attrs.evolve(SALE, type=code), basics=BASICS)))

        assert () == z.findings

    def test_stock_is_nothing(self, reading: Reading) -> None:
        """
        Inventory is neither goods sold nor money.
        """
        stock = Receipt(at=AT, lines=(Line(Decimal("80.00")),), type="11014", paid=())
        z = only(reading(shop(SALE, stock, day={"receipts": (SALE, attrs.evolve(stock, type="KREDITT"))})))

        assert () == z.findings

    def test_partly_on_credit(self, reading: Reading) -> None:
        """
        Only the paid part is cash turnover; groups and rates are not divided by guess.
        """
        mixed = Receipt(
            at=AT, lines=(Line(Decimal("300.00")),), type="DELVIS", paid=(("KORT", Decimal("100.00")),)
        )
        total = {"overrides": {"totalCashSaleAmnt": "100.00"}}
        z = only(reading(shop(mixed, day=total)))

        assert [("mixed-credit", Severity.INFO)] == rules(z.findings)
        assert () == z.transactions.group_vat  # type: ignore[union-attr]

    def test_mixed_type_paid_in_full(self, reading: Reading) -> None:
        """
        Nothing is on credit when everything was paid.
        """
        paid = Receipt(
            at=AT, lines=(Line(Decimal("300.00")),), type="DELVIS", paid=(("KORT", Decimal("300.00")),)
        )
        z = only(reading(shop(paid)))

        assert () == z.findings
        assert 1 == len(z.transactions.group_vat)  # type: ignore[union-attr]


class TestForeignCurrency:
    """
    Whether an amount is in the payment's currency is known by the transaction alone.
    """

    @pytest.mark.parametrize(
        ("paid", "rate", "expected", "findings"),
        [
            ("12.50", "10.000000", "125.00", []),
            ("125.00", "10.000000", "125.00", []),
            ("10.95", "11.415525", "125.00", []),
            ("125.00", None, "125.00", []),
            ("12.50", "9.000000", "12.50", ["foreign-currency", "X2"]),
        ],
    )
    def test_reading_that_adds_up(
        self, reading: Reading, paid: str, rate: str | None, expected: str, findings: list[str]
    ) -> None:
        """
        As written, or times the rate; neither is a finding and stays as written.
        """
        extra = (("curCode", "EUR"),) + ((("exchRt", rate),) if rate else ())
        abroad = attrs.evolve(SALE, paid=(("KORT", Decimal(paid)),), payment_extra=extra)
        file = reading(shop(abroad, day={"overrides": {"paymentAmnt": "125.00"}}))

        assert [Decimal(expected)] == [one.payments[0].amount for one in file.transactions()]
        assert sorted(findings) == sorted(rule for rule, _ in rules(only(file).findings))

    def test_own_currency(self, reading: Reading) -> None:
        """
        NOK at a rate of 1 is NOK.
        """
        extra = (("curCode", "NOK"), ("exchRt", "1.000000"))

        assert () == only(reading(shop(attrs.evolve(SALE, payment_extra=extra)))).findings

    def test_refund_in_another_currency(self, reading: Reading) -> None:
        """
        What was paid back is converted with its sign.
        """
        extra = (("curCode", "EUR"), ("exchRt", "10.000000"))
        back = Receipt(
            at=AT, lines=(Line(Decimal("-125.00")),), paid=(("KORT", Decimal("-12.50")),), payment_extra=extra
        )
        file = reading(shop(back, day={"overrides": {"paymentAmnt": "-125.00"}}))

        assert [Decimal("-125.00")] == [one.payments[0].amount for one in file.transactions()]
        assert () == only(file).findings

    def test_rate_of_nothing(self, reading: Reading) -> None:
        """
        A rate must be above zero.
        """
        extra = (("curCode", "EUR"), ("exchRt", "0"))

        with pytest.raises(MalformedFileError, match="exchange rate above zero"):
            reading(shop(attrs.evolve(SALE, payment_extra=extra)))


class TestOwnIdentities:
    """
    T1 to T7: one finding per identity, however many transactions break it.
    """

    @pytest.mark.parametrize(
        ("overrides", "findings"),
        [
            ({"lineAmntIn": "120.00"}, {"T1"}),
            ({"lineAmntEx": "90.00"}, {"T2"}),
            ({"lineAmntEx": "100.01"}, set()),
            ({"vatAmnt": "24.00"}, {"T3", "T5"}),
            ({"transAmntEx": "98.00"}, {"T2", "T3", "T4"}),
            ({"vatAmnt": "24.99"}, set()),
            ({"vatBasAmnt": "125.00"}, {"T4", "T5"}),
            ({"vatBasAmnt": "-"}, set()),
            ({"vatPerc": "-"}, set()),
            ({"paidAmnt": "200.00"}, {"T6"}),
        ],
    )
    def test_broken(self, reading: Reading, overrides: dict[str, str], findings: set[str]) -> None:
        """
        Each identity finds its own break, with what was expected.
        """
        receipts = (attrs.evolve(SALE, overrides=overrides),) * 2
        z = only(reading(shop(SALE, *receipts)))
        found = {finding.rule: finding for finding in z.findings if finding.rule[0] == "T"}

        assert findings == set(found)
        assert all(Severity.WARN is finding.severity for finding in found.values())
        assert all("in 2 transactions; the first is nr 2" in finding.message for finding in found.values())
        assert all(finding.expected != finding.actual for finding in found.values())

    @pytest.mark.parametrize(
        ("tender", "amount", "paid", "expected"),
        [
            ("KONTANT", "295.40", "295.00", []),
            ("KONTANT", "295.50", "296.00", []),
            ("KORT", "295.40", "295.00", ["T7"]),
            ("KONTANT", "295.40", "294.00", ["T7"]),
        ],
    )
    def test_rounding(
        self, reading: Reading, tender: str, amount: str, paid: str, expected: list[str]
    ) -> None:
        """
        Only cash is rounded, by at most half a krone.
        """
        receipt = Receipt(
            at=AT, lines=(Line(Decimal(amount)),), paid=((tender, Decimal(paid)),), tender=tender
        )

        assert expected == [rule for rule, _ in rules(only(reading(shop(receipt))).findings)]

    def test_without_vat(self, reading: Reading) -> None:
        """
        A till that tells no VAT in transactions is compared without it.
        """
        z = only(reading(shop(SALE), own_vat=False, line_vat=False))

        assert [("X3", Severity.BLOCK)] == rules(z.findings)
        assert () == z.transactions.group_vat  # type: ignore[union-attr]

    def test_line_without_vat_at_one_rate(self, reading: Reading) -> None:
        """
        A single rate on the transaction is the rate of its lines.
        """
        z = only(reading(shop(SALE), line_vat=False))

        assert [Decimal(25)] == [row.percent for row in z.transactions.group_vat]  # type: ignore[union-attr]

    def test_line_without_tax(self, reading: Reading) -> None:
        """
        A line with nothing between gross and net is at zero per cent.
        """
        free = attrs.evolve(SALE, lines=(Line(Decimal("125.00"), vat="D"),))
        z = only(reading(shop(free), line_vat=False, own_vat=False))

        assert [(None, Decimal(0))] == [(r.vat_code, r.percent) for r in z.transactions.group_vat]  # type: ignore[union-attr]

    def test_vat_by_rate_alone(self, reading: Reading) -> None:
        """
        A till that names no VAT codes has its rates, and no standard codes.
        """
        file = reading(shop(attrs.evolve(SALE, overrides={"vatCode": "-"})), vat_codes=False)

        assert () == only(file).findings
        assert [(None, None, Decimal(25))] == [
            (row.vat_code, row.pos_code, row.percent) for one in file.transactions() for row in one.vat
        ]

    def test_group_from_the_article(self, reading: Reading) -> None:
        """
        A line may name only its article; the article list knows the group.
        """
        line = Line(Decimal("125.00"), group="OL", article="O1")
        z = only(reading(shop(attrs.evolve(SALE, lines=(line,), overrides={"artGroupID": "-"}))))

        assert () == z.findings
        assert ["04007"] == [row.group for row in z.transactions.group_vat]  # type: ignore[union-attr]

    def test_article_without_a_group(self, reading: Reading) -> None:
        """
        An article list need not group its articles.
        """
        line = Line(Decimal("125.00"), article="O1", grouped=False)
        z = only(reading(shop(attrs.evolve(SALE, lines=(line,)))))

        assert () == z.findings

    def test_group_nobody_knows(self, reading: Reading) -> None:
        """
        Without any group the split by group is not given, rather than given wrongly.
        """
        z = only(reading(shop(attrs.evolve(SALE, overrides={"artGroupID": "-"}))))

        assert [("X4", Severity.WARN)] == rules(z.findings)
        assert () == z.transactions.group_vat  # type: ignore[union-attr]

    def test_rates_by_transaction_alone(self, reading: Reading) -> None:
        """
        Two rates on the transaction and none on its lines cannot be divided among groups.
        """
        two = attrs.evolve(SALE, lines=(Line(Decimal("100.00")), Line(Decimal("50.00"), vat="B")))
        z = only(reading(shop(two), line_vat=False))

        assert ((), ()) == (z.findings, z.transactions.group_vat)  # type: ignore[union-attr]


class TestAgainstTheReport:
    """
    X1 to X5.
    """

    @pytest.mark.parametrize(
        ("overrides", "expected"),
        [
            ({"totalCashSaleAmnt": "100.00"}, [("X1", Severity.BLOCK)]),
            ({"paymentAmnt": "125.01"}, [("X2", Severity.BLOCK)]),
            ({"paymentType": "VIPPS"}, [("X2", Severity.BLOCK), ("X2", Severity.BLOCK)]),
            ({"vatAmnt": "25.01"}, []),
            ({"vatAmnt": "25.02"}, [("X3", Severity.BLOCK)]),
            ({"vatCode": "B"}, [("X3", Severity.BLOCK), ("X3", Severity.BLOCK)]),
            ({"artGroupAmnt": "120.00"}, [("X4", Severity.WARN)]),
            ({"reportReturnAmnt": "5.00"}, [("X5", Severity.WARN)]),
            ({"reportReceiptNum": "2"}, [("X5", Severity.WARN)]),
        ],
    )
    def test_differences(
        self, reading: Reading, overrides: dict[str, str], expected: list[tuple[str, Severity]]
    ) -> None:
        """
        Each identity finds its own difference.
        """
        z = only(reading(shop(SALE, day={"overrides": overrides})))

        assert expected == rules(z.findings)
        assert all(finding.remedy for finding in z.findings)

    def test_vat_rounded_once(self, reading: Reading) -> None:
        """
        A till that rounds VAT on the sum drifts by half an øre per line: a warning, no block.
        """
        lines = (Line(Decimal("9.97")),) * 8
        z = only(reading(shop(attrs.evolve(SALE, lines=lines), day={"overrides": {"vatAmnt": "15.95"}})))

        assert [("X3", Severity.WARN)] == rules(z.findings)
        assert (Decimal("15.92"), Decimal("15.95")) == (z.findings[0].expected, z.findings[0].actual)

    def test_total_before_returns_is_named(self, reading: Reading) -> None:
        """
        The message says when the total is only before returns.
        """
        z = only(reading(shop(CASH_SALE, RETURN, day={"overrides": {"totalCashSaleAmnt": "295.40"}})))

        assert [("X1", Severity.BLOCK)] == rules(z.findings)
        assert z.findings[0].message.endswith("before returns they are equal")

    def test_own_codes_summed_up(self, reading: Reading) -> None:
        """
        A report may name one of several own codes that mean the same.
        """
        basics = {**BASICS, "VISA": ("12", "12002", "Visa")}
        both = (attrs.evolve(SALE, tender="VISA"), SALE)
        one_row = {"overrides": {"paymentType": "KORT", "paymentAmnt": "250.00"}, "single_payment": True}
        z = only(reading(shop(*both, basics=basics, day=one_row)))

        assert () == z.findings

    def test_even_exchange_is_a_receipt(self, reading: Reading) -> None:
        """
        A receipt of nothing on the whole is no return.
        """
        even = Receipt(at=AT, lines=(Line(Decimal("100.00")), Line(Decimal("-100.00"))))

        assert () == only(reading(shop(SALE, even))).findings

    def test_returned_lines_count_as_returns(self, reading: Reading) -> None:
        """
        A till may count returned lines of mixed receipts as returns (X5).
        """
        exchange = Receipt(at=AT, lines=(Line(Decimal("100.00")), Line(Decimal("-40.00"))))
        z = only(reading(shop(exchange, day={"overrides": {"reportReturnAmnt": "40.00"}})))

        assert () == z.findings
