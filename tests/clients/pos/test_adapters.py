"""
The one rule of updates, for adapters to build on.
"""

from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo import Customer, Order, OrderStatus, Product
from posgo.clients.pos import changed_meanwhile, missing, other_reference, reference_taken, refused, updated
from posgo.exceptions import (
    ConflictError,
    DuplicateReferenceError,
    ModelError,
    NotFoundError,
    RejectedError,
)
from support.things import products

FIELDS = [field.name for field in attrs.fields(Product)]


class TestUpdated:
    """
    All of a change, or nothing; and not if a person was faster.
    """

    @given(products, products, products, st.sets(st.sampled_from(FIELDS)), st.sets(st.sampled_from(FIELDS)))
    def test_rule(
        self, now: Product, seen: Product, wanted: Product, changed: set[str], expected: set[str]
    ) -> None:
        """
        It applies exactly if every expected field holds the expected or the new value; twice is once.
        """
        changes = {name: getattr(wanted, name) for name in changed}
        known = {name: getattr(seen, name) for name in expected}
        late = {
            name
            for name in expected
            if getattr(now, name) != known[name]
            and not (name in changed and getattr(now, name) == changes[name])
        }
        if late:
            with pytest.raises(ConflictError) as raised:
                updated(now, changes, known)
            assert all(name in str(raised.value) for name in late)
        else:
            after = updated(now, changes, known)
            assert attrs.evolve(now, **changes) == after
            repeatable = {name: value for name, value in known.items() if name in changes}
            assert after == updated(after, changes, repeatable)

    def test_values_are_compared_as_the_model_writes_them(self) -> None:
        """
        39.9 and 39.90 are one price; a blank e-mail is none.
        """
        product = Product(name="Kaffe", price="39.90")

        assert "10.00" == str(updated(product, {"price": 10}, {"price": "39.9"}).price)
        assert "b" == updated(Customer(name="A"), {"email": "b"}, {"email": " "}).email

    @pytest.mark.parametrize("members", [{"colour": "black"}, {"price": 1.5}, {"gtins": "7038"}])
    def test_nonsense_is_the_callers(self, members: dict[str, Any]) -> None:
        """
        A name that is no field, or a value no field can hold, is a model error, expected or new.
        """
        for changes, expected in ((members, {}), ({}, members)):
            with pytest.raises(ModelError):
                updated(Product(name="Kaffe"), changes, expected)

    def test_values_that_do_not_go_together_are_refused(self) -> None:
        """
        A customer without any name cannot be: the run goes on, and the name is not repeated.
        """
        with pytest.raises(RejectedError) as raised:
            updated(Customer(name="Kari Nordmann"), {"name": None})

        assert "Nordmann" not in str(raised.value)
        assert not raised.value.may_have_happened

    def test_orders_move_on(self) -> None:
        """
        A status is a value like others.
        """
        draft = Order(customer="1")

        assert OrderStatus.PAID is updated(draft, {"status": "paid"}, {"status": "draft"}).status


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (missing(Customer), NotFoundError),
        (changed_meanwhile(Customer, ["phone"]), ConflictError),
        (other_reference(Customer), ConflictError),
        (reference_taken(Customer), DuplicateReferenceError),
        (refused(Customer, "the number is outside every series", operation="create"), RejectedError),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_refusals_read_well(error: RejectedError, kind: type[RejectedError]) -> None:
    """
    They name whose they are, operation and kind, and say that nothing has happened.
    """
    assert kind is type(error)
    assert str(error).startswith(("the POS: update Customer", "the POS: create Customer"))
    assert error.detail is not None
    assert error.detail in str(error)
    assert not error.may_have_happened
