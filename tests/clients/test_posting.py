"""
Posting a voucher by numbers and codes, as people name them.
"""

from datetime import date
from decimal import Decimal

import attrs

from posgo.exceptions import ConfigurationError, DuplicateReferenceError
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
