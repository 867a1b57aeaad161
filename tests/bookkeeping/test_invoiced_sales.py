"""
Whatever way a till shows that invoices were paid: own revenue only, money once.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from posgo.bookkeeping import settle
from posgo.bookkeeping.accounts import AccountMap, MovementRule, SalesAccount
from posgo.models.findings import Severity
from posgo.models.invoices import OpenItem
from posgo.models.pos import (
    CashCount,
    Count,
    Direction,
    GroupVatRow,
    InvoicePayment,
    Movement,
    Tender,
    TransactionTotals,
    VatRow,
    ZReport,
)
from support.days import ACCOUNTS, CARD, CASH, SALE, account_map, sale_day
from support.payments import INVOICED, booked, day, item, payment, the_finding, told

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "settlement.md"


# How a till may show that an invoice of 500.00 was paid by card, beside one own sale of 125.00:
# (invoiced_sales_in_z, counted in its VAT rows, pay-in shown, in_payments, tenders hold it).
HONEST = [
    # in_z   counted  pay-in  in_payments  tenders
    (True, True, False, False, 625),
    (True, True, False, True, 625),
    (True, True, True, False, 125),
    (True, True, True, True, 625),
    (True, False, False, False, 625),
    (True, False, False, True, 625),
    (True, False, True, False, 125),
    (True, False, True, True, 625),
    (False, False, False, False, 625),
    (False, False, False, True, 625),
    (False, False, True, False, 125),
    (False, False, True, True, 625),
]


def till(
    in_z: bool,  # noqa: FBT001
    counted: bool,  # noqa: FBT001
    pay_in: bool,  # noqa: FBT001
    in_payments: bool,  # noqa: FBT001
    tenders: int,
) -> tuple[ZReport, AccountMap]:
    accounts = attrs.evolve(
        account_map(invoiced_sales_in_z=in_z),
        movements={"invoice": MovementRule(to="invoices", in_payments=in_payments)},
    )
    z = sale_day(
        vat_rows=[VatRow(vat_code="3", percent=25, amount=500, vat=125)] if counted else [SALE],
        total=625 if counted else 125,
        tenders=[Tender(code=CARD, amount=tenders)],
        movements=[Movement(direction=Direction.IN, type="invoice", amount=500)] if pay_in else (),
        invoice_payments=[payment(sales=[INVOICED] if counted else ())],
    )
    return z, accounts


def documented() -> Iterator[tuple[bool, bool, bool, bool, int]]:
    """
    The table of the page on settlements, each "either" as both.
    """
    flags = {"`true`": (True,), "`false`": (False,), "either": (False, True)}
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    for in_z, sales, pay_in, in_payments, counted, held, revenue, money in (
        row for row in rows if len(row) == 8
    ):
        if in_z in flags:
            assert (sales == "given") == (counted == "yes") == revenue.endswith(" sales")
            assert (held == "no") == (money == "means of payment, and the pay-in")
            for each in flags[in_payments]:
                tenders = 625 if held == "yes" else 125
                yield flags[in_z][0], counted == "yes", pay_in == "shown", each, tenders


class TestTruthTable:
    """
    Whatever way a till shows it: money once, customer once, own revenue only.
    """

    def test_the_page_has_the_table(self) -> None:
        """
        What is written down is what is tested here, row by row.
        """
        assert HONEST == [*documented()]

    @pytest.mark.parametrize("row", HONEST, ids=str)
    def test_honest_tills(self, row: tuple[bool, bool, bool, bool, int]) -> None:
        """
        A till that reports as its account map says books the same amounts in every row of the table.
        """
        settlement = settle(*till(*row), open_items=[item()])

        money = [(1910, "625.00")] if row[-1] == 625 else [(1910, "125.00"), (1910, "500.00")]
        assert [*money, (1500, "-500.00", "c1", "pos:o1"), (3000, "-125.00")] == booked(settlement)
        assert not settlement.blocked
        assert settlement.voucher is not None
        assert settlement.voucher.journal is None

    @pytest.mark.parametrize("row", HONEST, ids=str)
    def test_the_wrong_setting_blocks(self, row: tuple[bool, bool, bool, bool, int]) -> None:
        """
        A till that reports otherwise than its map says is blocked by P, with the setting that would explain it.
        """
        in_z, counted, pay_in, in_payments, tenders = row
        z, _ = till(*row)
        if counted:
            # The map says that nothing is counted: the sales would be booked twice.
            wrong = till(False, counted, pay_in, in_payments, tenders)
            assert "invoiced_sales_in_z = true" in the_finding(settle(*wrong, open_items=[item()])).remedy
            z = attrs.evolve(z, invoice_payments=[payment()])
            silent = settle(z, till(*row)[1], open_items=[item()])
            assert "as the payments' sales" in the_finding(silent).remedy
        elif in_z:
            stray = attrs.evolve(z, invoice_payments=[payment(sales=[INVOICED])])
            assert settle(stray, till(*row)[1], open_items=[item()]).blocked
        if pay_in:
            _, turned = till(in_z, counted, pay_in, not in_payments, tenders)
            finding = the_finding(settle(till(*row)[0], turned, open_items=[item()]))
            assert f"in_payments = {'true' if in_payments else 'false'}" in finding.remedy

    def test_sales_that_are_not_counted_are_left_alone(self) -> None:
        """
        With invoiced_sales_in_z = false nothing is taken out, whatever the payment says its sales were.
        """
        z = day(payment(sales=[INVOICED]))
        settlement = settle(z, account_map(invoiced_sales_in_z=False), open_items=[item()])

        assert (3000, "-125.00") in booked(settlement)

    def test_the_wrong_way_round(self) -> None:
        """
        Sales that are not in the VAT rows and yet taken out: the remedy names the setting.
        """
        z = attrs.evolve(day(payment(sales=[SALE])), tenders=[Tender(code=CARD, amount=625)])
        finding = the_finding(settle(z, ACCOUNTS, open_items=[item()]))

        assert ("P", True) == (finding.rule, "invoiced_sales_in_z = false" in finding.remedy)

    def test_some_counted_and_some_paid_in(self) -> None:
        """
        A till that counts today's invoices as sales and shows older ones as pay-ins: the pay-in is the latter's.
        """
        accounts = attrs.evolve(
            ACCOUNTS, movements={"invoice": MovementRule(to="invoices", in_payments=False)}
        )
        z = sale_day(
            vat_rows=[VatRow(vat_code="3", percent=25, amount=500, vat=125)],
            total=625,
            tenders=[Tender(code=CARD, amount=625)],
            movements=[Movement(direction=Direction.IN, type="invoice", amount=80)],
            invoice_payments=[
                payment(sales=[INVOICED]),
                payment(80, invoice_no=9, order=None, customer="c2", tender=CASH),
            ],
        )
        items = [item(), OpenItem(invoice_no=9, balance=80, customer="c2", matching_reference="r9")]

        assert [
            (1910, "625.00"),
            (1900, "80.00"),
            (1500, "-500.00", "c1", "pos:o1"),
            (1500, "-80.00", "c2", "r9"),
            (3000, "-125.00"),
        ] == booked(settle(z, accounts, open_items=items))


class TestPayIns:
    """
    SAF-T names no invoice: what a till took for invoices must be told by whoever supplies the report.
    """

    ACCOUNTS = attrs.evolve(ACCOUNTS, movements={"Faktura": MovementRule(to="invoices", in_payments=True)})

    @staticmethod
    def pay_in(amount: int, direction: Direction = Direction.IN) -> Movement:
        return Movement(direction=direction, type="Faktura", amount=amount)

    @pytest.mark.parametrize(
        ("payments", "words"), [((), "does not name them"), ((payment(400),), "come to 400.00")]
    )
    def test_unexplained(self, payments: tuple[InvoicePayment, ...], words: str) -> None:
        """
        A pay-in without payments, or with another sum of them, blocks alone: money is not judged then.
        """
        z = day(*payments, movements=[self.pay_in(500)], tenders=[Tender(code=CARD, amount=625)])
        settlement = settle(z, self.ACCOUNTS, open_items=[item(400)])

        assert [("invoice-pay-in", Severity.BLOCK)] == told(settlement)
        assert words in the_finding(settlement).message
        assert "invoice" in the_finding(settlement).remedy

    def test_payments_without_a_pay_in(self) -> None:
        """
        A till that shows no pay-in that day has it among its sales or tenders only, which the money tells.
        """
        assert settle(day(payment()), self.ACCOUNTS, open_items=[item()]).postable

    def test_paid_in_and_out(self) -> None:
        """
        A pay-out of a credit note is taken off the pay-ins.
        """
        z = day(
            payment(),
            payment(-80, order="o2", invoice_no=10004),
            movements=[self.pay_in(500), self.pay_in(80, Direction.OUT), self.pay_in(0)],
        )
        credit = item(-80, invoice_no=10004, matching_reference="pos:o2")
        settlement = settle(z, self.ACCOUNTS, open_items=[item(), credit])

        assert [
            (1910, "545.00"),
            (1500, "-500.00", "c1", "pos:o1"),
            (1500, "80.00", "c1", "pos:o2"),
            (3000, "-125.00"),
        ] == booked(settlement)

    def test_other_types_still_block(self) -> None:
        """
        Pay-ins of other kinds are what they were.
        """
        z = day(payment(), movements=[self.pay_in(500), Movement(direction=Direction.IN, type="x", amount=1)])

        assert "movement" == the_finding(settle(z, self.ACCOUNTS, open_items=[item()])).rule

    @pytest.mark.parametrize(("in_payments", "expected"), [(True, "500"), (False, "500")])
    def test_the_drawer_holds_what_was_paid_in(self, in_payments: bool, expected: str) -> None:  # noqa: FBT001
        """
        Cash for an invoice is in the drawer once, whether the cash tender holds it or not; card never is.
        """
        accounts = attrs.evolve(
            ACCOUNTS, movements={"Faktura": MovementRule(to="invoices", in_payments=in_payments)}
        )
        paid = [payment(tender=CASH), payment(80, order="o2", invoice_no=9)]
        z = day(*paid, movements=[self.pay_in(580)])
        if not in_payments:
            z = attrs.evolve(z, tenders=[Tender(code=CARD, amount=125)])
        items = [item(), item(80, invoice_no=9)]
        settlement = settle(z, accounts, open_items=items, count=CashCount(counted=expected, counted_by="7"))

        assert settlement.postable

    def test_an_unknown_tender_of_a_pay_in(self) -> None:
        """
        Outside the tenders the payment's own code leads to the account; a code without one is named.
        """
        accounts = attrs.evolve(
            ACCOUNTS, movements={"Faktura": MovementRule(to="invoices", in_payments=False)}
        )
        z = attrs.evolve(
            day(payment(tender="VIPPS"), movements=[self.pay_in(500)]),
            tenders=[Tender(code=CARD, amount=125), Tender(code="12011", pos_code="VIPPS", amount=0)],
        )

        assert (1912, "500.00") in booked(settle(z, accounts, open_items=[item()]))
        other = attrs.evolve(z, invoice_payments=[payment(tender="?")])
        assert "unmapped-tender" == the_finding(settle(other, accounts, open_items=[item()])).rule


class TestRevenue:
    """
    Sales that stand on an invoice are taken out of the Z-report's, per VAT code, and no more than it has.
    """

    @staticmethod
    def counted(*sales: VatRow, **facts: Any) -> ZReport:
        rows = [VatRow(vat_code="3", percent=25, amount=500, vat=125)]
        base: dict[str, Any] = {
            "vat_rows": rows,
            "total": 625,
            "tenders": [Tender(code=CARD, amount=625)],
            "invoice_payments": [payment(sales=sales)],
        }
        return sale_day(**base | facts)

    @pytest.mark.parametrize("code", [None, "3"])
    def test_a_code_left_out(self, code: str | None) -> None:
        """
        The payment's row is the Z-report's of the same rate, if either leaves out the code.
        """
        z = self.counted(attrs.evolve(INVOICED, vat_code=code))
        bare = attrs.evolve(z, vat_rows=[attrs.evolve(z.vat_rows[0], vat_code=None)])

        for report in (z, bare):
            assert (3000, "-125.00") in booked(settle(report, ACCOUNTS, open_items=[item()]))

    @pytest.mark.parametrize(
        ("code", "percent"), [("31", 15), ("33", 25), (None, 15)], ids=["other", "wrong", "rate only"]
    )
    def test_a_row_the_report_has_not(self, code: str | None, percent: int) -> None:
        """
        What was not sold cannot be taken out.
        """
        settlement = settle(
            self.counted(attrs.evolve(INVOICED, vat_code=code, percent=percent)),
            ACCOUNTS,
            open_items=[item()],
        )

        assert [("invoice-sales", Severity.BLOCK)] == told(settlement)
        assert "invoiced_sales_in_z = false" in the_finding(settlement).remedy

    def test_more_than_was_sold(self) -> None:
        """
        Taking out more than the VAT row has blocks; returns in the same row may explain it.
        """
        z = day(payment(sales=[INVOICED]))
        finding = the_finding(settle(z, ACCOUNTS, open_items=[item()]))
        assert ("invoice-sales", Decimal(125), Decimal(500)) == (
            *(finding.rule, finding.expected, finding.actual),
        )

        returned = sale_day(
            tenders=[Tender(code=CARD, amount=125)],
            returns=Count(number=1, amount=375),
            invoice_payments=[payment(sales=[INVOICED])],
        )
        assert (3000, "375.00") in booked(settle(returned, ACCOUNTS, open_items=[item()]))

    def test_nothing_left_needs_no_account(self) -> None:
        """
        A VAT code under which only invoices were sold is not looked up.
        """
        row = VatRow(vat_code="51", percent=0, amount=500, vat=0)
        z = self.counted(
            row, VatRow(vat_code="3", percent=25, amount=0, vat=0), vat_rows=[SALE, row], total=625
        )

        assert (3000, "-125.00") in booked(settle(z, ACCOUNTS, open_items=[item()]))

    def test_vat_drift_is_that_of_own_sales(self) -> None:
        """
        The invoice's VAT is the invoice's: only what is left is compared with the ledger.
        """
        drifting = attrs.evolve(INVOICED, amount="400.01", vat="99.99")
        z = self.counted(drifting, vat_rows=[VatRow(vat_code="3", percent=25, amount="500.01", vat="124.99")])
        settlement = settle(z, ACCOUNTS, open_items=[item()])

        assert [] == [each.rule for each in settlement.findings]

    def test_by_article_group(self) -> None:
        """
        Groups with accounts of their own keep them; the invoice goes off the account of the VAT code, and warns.
        """
        accounts = attrs.evolve(
            ACCOUNTS, sales_by_group={"04007": {"3": SalesAccount(account=3001, vat_code="3")}}
        )

        def sold(beer: int) -> ZReport:
            rows = [
                GroupVatRow(group="04007", vat_code="3", percent=25, amount=beer),
                GroupVatRow(group="04006", vat_code="3", percent=25, amount=625 - beer),
            ]
            return self.counted(
                INVOICED, transactions=TransactionTotals(cash_paid=0, lines=5, group_vat=rows)
            )

        little, much = (settle(sold(beer), accounts, open_items=[item()]) for beer in (25, 600))
        assert [(3000, "-100.00"), (3001, "-25.00")] == [each for each in booked(little) if each[0] < 3500][
            -2:
        ]
        assert (3000, "-125.00") in booked(much)
        assert [("invoice-groups", Severity.WARN)] == told(little) == told(much)

    def test_where_the_amount_comes_from(self) -> None:
        """
        The posting says what was taken off.
        """
        settlement = settle(self.counted(INVOICED), ACCOUNTS, open_items=[item()])
        assert settlement.voucher is not None

        assert ("VAT row 3 less invoices 500.00: 125.00",) == settlement.voucher.postings[-1].source
