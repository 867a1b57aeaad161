"""
Posting a voucher by numbers and codes, as people name them.
"""

from datetime import date
from decimal import Decimal

import attrs

from posgo.exceptions import ConfigurationError, DuplicateReferenceError
from posgo.models.parties import Customer
from posgo.models.vouchers import Journal, Posting, Voucher
from support.colours import Shop

SALE = Voucher(
    date=date(2026, 3, 14),
    reference="sale-1",
    text="A sale",
    postings=[
        Posting(account=1900, amount=125, department="10"),
        Posting(account=3000, amount=-125, vat_code="3", department="10"),
    ],
)


class TestPost:
    """
    Looked up, checked, posted.
    """

    def test_numbers_and_codes_become_ids(self, shop: Shop) -> None:
        """
        The voucher in Go says what was given, under the journal asked for.
        """
        posted = shop.do(shop.client().vouchers.post(SALE, journal=Journal.MANUAL))

        [voucher] = shop.fake.vouchers
        assert (posted.number, "ManualJournal") == (voucher.voucher_no, voucher.voucher_type)
        assert [(1900, Decimal(125), "0", "10"), (3000, Decimal(-125), "3", "10")] == [
            (line.account, line.amount, line.vat_code, line.department) for line in voucher.lines
        ]

    def test_what_go_would_refuse_is_said_at_once(self, shop: Shop) -> None:
        """
        Every problem in one error, and nothing sent.
        """
        shop.fake.lock_date = date(2026, 3, 31)
        odd = attrs.evolve(
            SALE,
            postings=[Posting(account=1999, amount=1), Posting(account=3000, amount=-1, department="99")],
        )

        error = shop.failure(lambda: shop.client().vouchers.post(odd), ConfigurationError)

        for words in ("locked-period", "account 1999", "department 99"):
            assert words in str(error)
        assert () == shop.fake.vouchers

    def test_a_second_one_is_refused(self, shop: Shop) -> None:
        """
        Go knows the reference.
        """
        client = shop.client()
        shop.do(client.vouchers.post(SALE))

        shop.failure(lambda: client.vouchers.post(SALE), DuplicateReferenceError)

        assert 1 == len(shop.fake.vouchers)

    def test_the_kind_a_voucher_names(self, shop: Shop) -> None:
        """
        A voucher that must be a bank journal is one, unless another kind is asked for.
        """
        payout = attrs.evolve(SALE, journal=Journal.BANK)
        shop.do(shop.client().vouchers.post(payout))
        shop.do(shop.client().vouchers.post(attrs.evolve(payout, reference="r2"), journal=Journal.MANUAL))

        assert ["BankJournal", "ManualJournal"] == [each.voucher_type for each in shop.fake.vouchers]

    def test_a_customer_by_number(self, shop: Shop) -> None:
        """
        A posting on a customer goes to the customer's own account; one Go does not have is said at once.
        """
        shop.fake.put(Customer(name="Kafe Nord AS", email="post@example.no"))

        def paid(customer: str) -> Voucher:
            paying = Posting(account=1500, amount=-125, customer=customer, invoice_no=7)
            return attrs.evolve(SALE, journal=Journal.BANK, postings=[SALE.postings[0], paying])

        shop.do(shop.client().vouchers.post(paid("10000")))
        [voucher] = shop.fake.vouchers
        assert [(None, None), (10_000, "7")] == [
            (line.customer_no, line.invoice_no) for line in voucher.lines
        ]

        for customer in ("10001", "c7"):
            error = shop.failure(lambda c=customer: shop.client().vouchers.post(paid(c)), ConfigurationError)  # type: ignore[misc]
            assert f"customer {customer}" in str(error)
