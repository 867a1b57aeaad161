"""
Answers that come in pieces, or do not come to their end.
"""

from datetime import timedelta

import pytest

from posgo.clients.drivers import Timeouts
from posgo.clients.go_client import GoClient
from posgo.clients.retry import RetryPolicy
from posgo.exceptions import TransportError
from posgo.models.vouchers import Journal, Posting, Voucher
from posgo.testing import NO_LIMIT, FakeGo
from support.colours import Shop
from support.zreports import a_day

IMPATIENT = Timeouts(read=timedelta(seconds=0.2))


def a_voucher() -> Voucher:
    day = a_day().closed_at.date()
    postings = [Posting(account=1900, amount=5), Posting(account=1910, amount=-5)]
    return Voucher(date=day, reference="slow", text="slow", postings=postings)


class TestSlowBody:
    """
    A server that stops in the middle of an answer has carried the request out.
    """

    def test_a_write_is_in_doubt(self, shop: Shop) -> None:
        """
        The error says that the voucher may be there, and it is.
        """
        shop.fake.slow_next(timedelta(seconds=5), method="POST", path="/Vouchers/CashJournals")
        client = shop.client(timeout=IMPATIENT)

        error = shop.failure(lambda: client.vouchers.post(a_voucher()), TransportError)

        assert error.may_have_happened
        assert 1 == len(shop.fake.vouchers)

    def test_a_read_is_asked_again(self, shop: Shop) -> None:
        """
        Reading twice does no harm.
        """
        shop.fake.slow_next(timedelta(seconds=5), path="/VatCodes")

        assert shop.do(shop.client(timeout=IMPATIENT).vat_codes.list())

    def test_over_real_http(self) -> None:
        """
        A patient client gets the whole answer, an impatient one gives up.
        """
        fake = FakeGo()
        with fake.serve() as url:
            options = {"base_url": url, "limiter": NO_LIMIT, "retry": RetryPolicy(attempts=1)}
            with GoClient(fake.credentials, **options) as patient:  # type: ignore[arg-type]
                fake.slow_next(timedelta(seconds=0.05), path="/VatCodes")
                assert list(patient.vat_codes.list())
            with GoClient(fake.credentials, timeout=IMPATIENT, **options) as impatient:  # type: ignore[arg-type]
                fake.slow_next(timedelta(seconds=0.6), method="POST", path="/Vouchers/ManualJournals")
                with pytest.raises(TransportError) as raised:
                    impatient.vouchers.post(a_voucher(), journal=Journal.MANUAL)
        assert raised.value.may_have_happened
        assert 1 == len(fake.vouchers)
