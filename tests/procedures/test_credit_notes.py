"""
Credit notes made at the till: of an invoice, of no more than it was, and once.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from posgo.models.parties import Customer
from support.tills import Till, refused, rules


@pytest.fixture
def till(validated: Callable[..., Any]) -> Till:
    till = Till()
    till.transport = validated(till.go.transport)
    till.go.replica_lag = timedelta(0)
    return till


class TestCreditNotes:
    """
    Goods that come back take their invoice back.
    """

    def sold(self, till: Till) -> int:
        number = till.invoice(till.order()).invoice_no
        till.clock.advance(5)
        return number

    def back(self, till: Till, credits_: int | None, quantity: int = -3) -> str:
        return till.order(till.line(quantity=quantity, reference="1"), credits=credits_)

    def test_an_order_that_credits_becomes_a_credit_note(self, till: Till) -> None:
        """
        It names the invoice, and Go matches the two by itself.
        """
        number = self.sold(till)
        result = till.invoice(self.back(till, number))
        till.clock.advance(5)
        note = till.client().outgoing_invoices.get(result.go_id)

        assert result.is_credit_note
        assert "credit note" in str(result)
        assert ("OutgoingCreditNote", number) == (note.voucher_type, note.related_invoice_no)
        assert [Decimal(0), Decimal(0)] == [each.balance for each in till.go.invoices]

    @pytest.mark.parametrize(
        ("wrong", "quantity", "rule"),
        [
            (0, -3, "credits-nothing"),
            (99, -3, "credited-missing"),
            (None, 3, "credit-not-negative"),
            (None, -4, "credit-too-large"),
        ],
    )
    def test_what_no_credit_note_can_be(
        self, till: Till, wrong: int | None, quantity: int, rule: str
    ) -> None:
        """
        It takes back something, of an invoice that Go has, and no more than that was.
        """
        number = self.sold(till)
        order = self.back(till, number if wrong is None else wrong or None, quantity)

        assert [rule] == rules(refused(till, order))

    @pytest.mark.parametrize("quantities", [(-3, -1), (-1, -1, -2)])
    def test_nothing_is_taken_back_twice(self, till: Till, quantities: tuple[int, ...]) -> None:
        """
        What other credit notes took back cannot be taken back again.
        """
        number = self.sold(till)
        for quantity in quantities[:-1]:
            till.invoice(self.back(till, number, quantity))
            till.clock.advance(5)

        assert ["credit-too-large"] == rules(refused(till, self.back(till, number, quantities[-1])))

    def test_what_was_credited_in_go_is_not_credited_again(self, till: Till) -> None:
        """
        Nor what a person took back.
        """
        number = self.sold(till)
        till.go.credit(number)
        till.clock.advance(5)

        assert ["credit-too-large"] == rules(refused(till, self.back(till, number)))

    def test_somebody_elses_invoice(self, till: Till) -> None:
        """
        A credit note goes to whom the invoice went.
        """
        number = self.sold(till)
        till.buyer = till.introduce("customers", Customer(name="Annen AS", email="annen@example.no"))
        till.clock.advance(5)

        assert ["credited-other-customer"] == rules(refused(till, self.back(till, number)))

    def test_a_reversed_invoice(self, till: Till) -> None:
        """
        What was undone is not credited as well; asked for, it is answered with a warning.
        """
        order = till.order()
        result = till.invoice(order)
        till.go.reverse(result.go_id)
        till.clock.advance(5)

        assert ["credited-reversed"] == rules(refused(till, self.back(till, result.invoice_no)))
        assert ["invoice-reversed"] == [finding.rule for finding in till.invoice(order).findings]
