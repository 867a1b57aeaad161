"""
Waiting for an invoice with bounded patience, and what keeps it from arriving.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from posgo.exceptions import (
    InvoiceInProgressError,
    InvoiceNotDeliveredError,
    TransportError,
)
from posgo.models.orders import Order
from support.tills import Till, refused


@pytest.fixture
def till(validated: Callable[..., Any]) -> Till:
    till = Till()
    till.transport = validated(till.go.transport)
    till.go.replica_lag = timedelta(0)
    return till


class TestDelivery:
    """
    Waiting is bounded, and whoever asks again is not sent a second invoice.
    """

    def test_patience_ends(self, till: Till) -> None:
        """
        Go takes longer than the cashier waits; asked again, the invoice is there.
        """
        till.go.delivery_delay = timedelta(seconds=60)
        order = till.order()
        error = refused(till, order, InvoiceInProgressError, patience=timedelta(seconds=5))
        till.clock.advance(60)
        result = till.invoice(order)

        assert timedelta(seconds=5) == error.waited
        assert 1 == sum("createAndSendInvoice" in path for _, path in till.writes())
        assert [result.invoice_no] == [each.invoice_no for each in till.go.invoices]

    @pytest.mark.parametrize("delay", [0, 0.5, 2, 5, 6.5, 12])
    def test_it_returns_one_poll_after_the_delivery(self, delay: float) -> None:
        """
        The first question is asked at once; then after 1, 2 and every 4 seconds.
        """
        till = Till()
        till.go.replica_lag = timedelta(0)
        till.go.delivery_delay = timedelta(seconds=delay)
        begun = till.clock.monotonic()
        till.invoice(till.order())

        took = till.clock.monotonic() - begun
        assert delay <= took < delay + 4
        assert delay or not took

    def test_delivery_fails(self, till: Till) -> None:
        """
        Go's reason is told aside, for it may name the customer; the next call sends the same order again.
        """
        till.go.fail_deliveries("Kari Nordmann takes no EHF")
        order = till.order()
        error = refused(till, order, InvoiceNotDeliveredError)
        result = till.invoice(order)

        assert ("Kari Nordmann takes no EHF", None) == (error.reason, error.invoice_no)
        assert "Kari" not in str(error)
        assert [result.invoice_no] == [each.invoice_no for each in till.go.invoices]
        assert 1 == len(till.go.all(Order))

    def test_it_fails_twice(self, till: Till) -> None:
        """
        The same reason again is news once Go's reads have caught up.
        """
        till.go.fail_deliveries("The mailbox is full", times=2)
        order = till.order()
        refused(till, order, InvoiceNotDeliveredError)

        assert "The mailbox is full" == refused(till, order, InvoiceNotDeliveredError).reason

    def test_no_answer_while_waiting_is_no_news(self, till: Till) -> None:
        """
        The invoice was asked for; a question that is not answered is asked again.
        """
        till.go.fail_next(None, path="/SalesOrders/sentState", times=2)

        assert 10_001 == till.invoice(till.order()).invoice_no

    def test_the_pos_does_not_answer(self, till: Till) -> None:
        """
        The invoice stands, and the result says that the POS has yet to hear of it; the next call tells it.
        """
        order = till.order()
        till.pos.fail_next(503, method="PATCH")
        result = till.invoice(order)
        till.clock.advance(5)

        assert ["pos-not-told"] == [finding.rule for finding in result.findings]
        assert None is till.pos.get(Order, order).invoice_no
        assert [None] == [link.base.invoice_no for link in till.links()]
        assert () == till.invoice(order).findings
        assert result.invoice_no == till.pos.get(Order, order).invoice_no

    def test_go_does_not_answer(self, till: Till) -> None:
        """
        That is what is told, and the next call takes it up.
        """
        order = till.order()
        till.go.fail_next(None, path="/SalesOrders/Complete", method="POST", times=2)
        refused(till, order, TransportError)

        assert 10_001 == till.invoice(order).invoice_no
