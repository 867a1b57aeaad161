"""
What Go already holds is ours only if it says the same, however little of it can be read.
"""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from posgo.exceptions import WireFormatError
from posgo.models.pos import ZReport
from posgo.models.vouchers import SettlementStatus
from posgo.testing import FakeGo, VirtualClock
from support.invoices import Invoicing, a_paid_day, paid
from support.shops import Shop, posts
from support.zreports import a_day

POSTED, ALREADY_POSTED, BLOCKED = (
    SettlementStatus.POSTED,
    SettlementStatus.ALREADY_POSTED,
    SettlementStatus.BLOCKED,
)
CASH_JOURNALS = "/Vouchers/CashJournals"


def by_another_integration(shop: Shop) -> None:
    """
    Go shows a voucher by its id only to the integration that posted it.
    """
    [voucher] = shop.go.vouchers
    voucher.by_integration = False


def rules(result: Any) -> list[str]:
    return [finding.rule for finding in result.findings if finding.blocks]


@pytest.mark.parametrize("row_amounts", ["net", "gross"])
class TestAnotherIntegrationsVoucher:
    """
    Only the bookings can be read, and whether they show sales with their VAT is not stated.
    """

    def test_the_same_bookings_are_ours(self, row_amounts: str) -> None:
        """
        Equal sums per account on the same day: it is posted.
        """
        shop = Shop(go=FakeGo(row_amounts=row_amounts))
        shop.settle(a_day())
        by_another_integration(shop)
        remembered = shop.settle(a_day())
        shop.lose_state()

        assert [ALREADY_POSTED] * 2 == [remembered.status, shop.settle(a_day()).status]
        assert 1 == posts(shop.go)

    def test_other_bookings_are_not(self, row_amounts: str) -> None:
        """
        Another sum on any account: the number is used by another report.
        """
        shop = Shop(go=FakeGo(row_amounts=row_amounts))
        shop.settle(a_day())
        by_another_integration(shop)
        shop.lose_state()

        assert ["reference-reused"] == rules(shop.settle(a_day(sold="250.00")))

    @pytest.mark.parametrize(("amount", "rule"), [("500", []), ("400", ["reference-reused"])])
    def test_paid_invoices(self, row_amounts: str, amount: str, rule: list[str]) -> None:
        """
        What was open is not told then: money and sales decide, for customer and rounding share what is left.
        """
        clock = VirtualClock()
        shop = Shop(go=FakeGo(row_amounts=row_amounts, now=clock.utc_now), clock=clock)
        invoicing = Invoicing(shop.go, shop.store, clock)
        number = invoicing.invoice(invoicing.customer("c1"), price="499.60")

        def day(paid_in_cash: str) -> ZReport:
            return a_paid_day(paid(paid_in_cash, invoice_no=number, customer="c1", tender="12001"))

        assert POSTED is shop.settle(day("500")).status
        by_another_integration(shop)
        shop.lose_state()

        assert rule == rules(shop.settle(day(amount)))

    def test_another_day_is_not(self, row_amounts: str) -> None:
        """
        Equal sums on another day are another report.
        """
        shop = Shop(go=FakeGo(row_amounts=row_amounts))
        shop.settle(attrs.evolve(a_day(), closed_at=a_day().closed_at + timedelta(days=3)))
        by_another_integration(shop)
        shop.lose_state()

        assert ["reference-reused"] == rules(shop.settle(a_day()))


class TestWhatIsGone:
    """
    Go no longer shows what it confirmed.
    """

    def test_a_voucher_that_cannot_be_found(self) -> None:
        """
        Keys of another environment, say: nothing is posted on top of a memory that does not fit.
        """
        shop = Shop()
        shop.settle(a_day())
        before = shop.go
        shop.go = FakeGo()
        shop.go._company.id = before._company.id
        shop.restart()

        result = shop.settle(a_day())

        assert (BLOCKED, ["voucher-missing"], 0) == (result.status, rules(result), posts(shop.go))

    def test_a_reference_no_voucher_of_the_day_carries(self) -> None:
        """
        Go refuses the reference, but what carries it is years away: the till restarted its numbers.
        """
        shop = Shop()
        shop.settle(a_day())
        shop.lose_state()
        years_later = attrs.evolve(a_day(), closed_at=a_day().closed_at + timedelta(days=800))

        results = [shop.settle(years_later), shop.settle(years_later)]

        assert [["reference-reused"]] * 2 == [rules(result) for result in results]
        assert 1 == len(shop.go.vouchers)


class TestAnswersThatCannotBeRead:
    """
    A voucher that was booked and answered with garbage is booked.
    """

    @pytest.mark.parametrize("body", [b"", b"{", b"<html>", b'{"Id": 7}', b"[]"], ids=repr)
    def test_garbage_after_the_effect(self, body: bytes) -> None:
        """
        The voucher is looked up and adopted, not sent again.
        """
        shop = Shop()
        shop.transport = Garbling(shop.go.transport, body)

        result = shop.settle(a_day())

        assert (POSTED, shop.go.vouchers[0].voucher_no) == (result.status, result.voucher_no)
        assert 1 == posts(shop.go)

    def test_garbage_in_a_look_up_posts_nothing(self) -> None:
        """
        If Go cannot be understood when asked what it holds, nothing is sent.
        """
        shop = Shop()
        shop.transport = Garbling(shop.go.transport, b"[{}]", path="/AccountTransactions", method="GET")

        with pytest.raises(WireFormatError, match="VoucherId"):
            shop.settle(a_day())

        assert 0 == posts(shop.go)


class Garbling:
    """
    A transport that carries requests out and spoils the answers to some.
    """

    def __init__(self, inner: Any, body: bytes, *, path: str = CASH_JOURNALS, method: str = "POST") -> None:
        self._inner = inner
        self._body = body
        self._path = path
        self._method = method

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def handle_request(self, request: Any) -> Any:
        response = self._inner.handle_request(request)
        if request.method == self._method and self._path in str(request.url):
            return type(response)(response.status_code if response.content else 200, content=self._body)
        return response
