"""
Any honest day on which invoices were paid: balanced, matched, and no revenue of theirs.
"""

from decimal import Decimal

import attrs
from hypothesis import given, strategies as st

from posgo.bookkeeping import settle
from posgo.bookkeeping.accounts import AccountMap, MovementRule
from posgo.models.invoices import OpenItem
from posgo.models.pos import (
    Direction,
    Movement,
    Tender,
    VatRow,
    ZReport,
)
from posgo.models.vouchers import Settlement
from support.days import ACCOUNTS, CARD, CASH, account_map, days, z_report
from support.payments import NIL, booked, item, payment

PAYMENTS = st.lists(
    st.tuples(
        st.integers(-(10**6), 10**7).filter(bool),
        st.sampled_from((CASH, CARD)),
        st.integers(-50, 50),
        st.booleans(),
    ),
    max_size=4,
)


Paid = tuple[ZReport, AccountMap, list[OpenItem], ZReport]


@st.composite
def paid_days(draw: st.DrawFn) -> Paid:
    """
    An honest day on which invoices were paid as well, what Go has open of them, and the day without them.
    """
    z = draw(days())
    in_z, pay_in, inside = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    payments, items = [], []
    for at, (ore, tender, rounding, counted) in enumerate(draw(PAYMENTS), start=1):
        amount = Decimal(ore).scaleb(-2)
        off = Decimal(rounding).scaleb(-2) if tender == CASH and abs(ore) > 100 else NIL
        row = VatRow(vat_code="5", percent=0, amount=amount, vat=0)
        sales = [row] if counted and in_z and not pay_in else []
        payments.append(
            payment(amount, invoice_no=at, order=None, customer=f"c{at}", tender=tender, sales=sales)
        )
        items.append(
            OpenItem(invoice_no=at, balance=amount - off, customer=f"c{at}", matching_reference=f"r{at}")
        )
    total = sum((each.amount for each in payments), NIL)
    movement = Movement(direction=Direction.IN, type="invoice", amount=total)
    tenders = list(z.tenders)
    if inside or not pay_in or not total:
        tenders += [Tender(code=each.tender, amount=each.amount) for each in payments]
    sales = [row for each in payments for row in each.sales]
    returned = sum((abs(row.amount) for row in sales), NIL)
    return (
        attrs.evolve(
            z,
            tenders=tenders,
            vat_rows=[*z.vat_rows, *sales],
            total=z.total + sum((row.amount for row in sales), NIL),
            groups=(),
            returns=attrs.evolve(z.returns, amount=abs(z.returns.amount) + returned),
            movements=[movement] if pay_in else (),
            invoice_payments=payments,
        ),
        attrs.evolve(
            account_map(invoiced_sales_in_z=in_z),
            movements={"invoice": MovementRule(to="invoices", in_payments=inside)},
        ),
        items,
        z,
    )


class TestEveryPaidDay:
    """
    What holds for every honest day with invoices paid on it.
    """

    @given(paid=paid_days())
    def test_is_booked(self, paid: Paid) -> None:
        """
        It never blocks, and every posting of a customer is what Go has open.
        """
        z, accounts, items, _ = paid
        settlement = settle(z, accounts, open_items=items)

        assert [] == [each for each in settlement.findings if each.blocks]
        postings = settlement.voucher.postings if settlement.voucher else ()
        assert {each.matching_reference: -each.balance for each in items} == {
            each.matching_reference: each.amount for each in postings if each.customer
        }

    @given(paid=paid_days())
    def test_sums(self, paid: Paid) -> None:
        """
        Zero in all; money is the Z-report's and what was paid in beside it; sales are its own less the invoiced.
        """
        z, accounts, items, _ = paid
        voucher = settle(z, accounts, open_items=items).voucher
        postings = voucher.postings if voucher else ()

        assert NIL == sum((each.amount for each in postings), NIL)
        received = sum((each.amount for each in z.tenders), NIL)
        outside = bool(z.movements) and not accounts.movements["invoice"].in_payments
        beside = sum((each.amount for each in z.invoice_payments), NIL) if outside else NIL
        money = {*ACCOUNTS.tenders.values(), ACCOUNTS.other.gift_cards}
        assert received + beside == sum((each.amount for each in postings if each.account in money), NIL)
        sold = sum((row.amount + row.vat for row in z.vat_rows), NIL)
        counted = sum((row.amount for each in z.invoice_payments for row in each.sales), NIL)
        assert sold - counted == -sum((each.amount for each in postings if each.vat_code), NIL)

    @given(paid=paid_days(), data=st.data())
    def test_order_does_not_matter(self, paid: Paid, data: st.DataObject) -> None:
        """
        Payments and open items in another order give the very same voucher.
        """
        z, accounts, items, _ = paid
        turned = attrs.evolve(z, invoice_payments=data.draw(st.permutations(z.invoice_payments)))
        shuffled = data.draw(st.permutations(items))

        assert (
            settle(z, accounts, open_items=items).voucher
            == settle(turned, accounts, open_items=shuffled).voucher
        )

    @given(paid=paid_days())
    def test_own_sales_are_those_of_the_day_without_invoices(self, paid: Paid) -> None:
        """
        Revenue, tips and VAT drift are those of the same day on which nobody paid an invoice.
        """
        z, accounts, items, bare = paid
        ours, theirs = settle(z, accounts, open_items=items), settle(bare, accounts)

        def revenue(settlement: Settlement) -> set[tuple[int, Decimal]]:
            postings = settlement.voucher.postings if settlement.voucher else ()
            return {(each.account, each.amount) for each in postings if each.vat_code or each.account == 2990}

        assert revenue(theirs) == revenue(ours)


def test_a_day_of_invoices_only() -> None:
    """
    A till that sold nothing and took money for an invoice has a voucher.
    """
    z = z_report(tenders=[Tender(code=CARD, amount=500)], invoice_payments=[payment()])

    assert [(1910, "500.00"), (1500, "-500.00", "c1", "pos:o1")] == booked(
        settle(z, ACCOUNTS, open_items=[item()])
    )
