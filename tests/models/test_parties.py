"""
Customers and addresses.
"""

from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo.exceptions import ModelError
from posgo.models._check_digits import gtin_is_valid, organization_number_is_valid
from posgo.models.parties import Address, Customer


class TestCustomer:
    """
    A customer is normalised, refused with one sentence, and private.
    """

    def test_blank_is_none(self) -> None:
        """
        Blank texts, and an address that says nothing, are None.
        """
        expected = Customer(name="Kafe Nord AS")

        assert expected == Customer(
            name=" Kafe Nord AS ", email=" ", phone="", organization_number=" ", address=Address(city=" ")
        )

    @pytest.mark.parametrize(
        "written", ["999 888 777", "NO999888777MVA", "no 999 888 777 mva", "999888777", 999888777]
    )
    def test_organization_number_is_nine_digits(self, written: Any) -> None:
        """
        Blanks, NO and MVA are stripped; a wrong check digit is kept.
        """
        assert Customer(name="K", organization_number=written).organization_number == "999888777"

    @pytest.mark.parametrize(
        ("words", "fields"),
        [
            ("nine digits", {"name": "K", "organization_number": "12345"}),
            ("nine digits", {"name": "K", "organization_number": "12345678X"}),
            ("neither text nor", {"name": "K", "organization_number": 9.99888777e8}),
            ("needs a name", {}),
            ("needs a name", {"name": " "}),
            ("needs a name", {"first_name": "Kari", "last_name": "Nordmann"}),
            ("needs a name", {"is_person": True}),
            ("is_person must be True or False", {"name": "K", "is_person": 1}),
            ("is_vat_free must be True or False", {"name": "K", "is_vat_free": "false"}),
            ("archived must be True or False", {"name": "K", "archived": None}),
            ("number must be a whole number above zero", {"name": "K", "number": 10001.0}),
            ("number must be a whole number above zero", {"name": "K", "number": 0}),
            ("number must be a whole number above zero", {"name": "K", "number": True}),
            ("address must be an Address", {"name": "K", "address": {"city": "Oslo"}}),
        ],
    )
    def test_nonsense_is_refused_in_one_sentence(self, words: str, fields: dict[str, Any]) -> None:
        """
        The sentence names the field; nothing half-made remains.
        """
        with pytest.raises(ModelError, match=words):
            Customer(**fields)

    @pytest.mark.parametrize(
        ("expected", "customer"),
        [
            ("Kari Nordmann", Customer(is_person=True, first_name="Kari", last_name="Nordmann")),
            ("Nordmann", Customer(is_person=True, last_name="Nordmann")),
            ("Kari N", Customer(is_person=True, name="Kari N")),
            ("Kafe Nord AS", Customer(name="Kafe Nord AS")),
        ],
    )
    def test_full_name(self, expected: str, customer: Customer) -> None:
        """
        A person may have one name or two, a company has one.
        """
        assert expected == customer.full_name

    def test_personal_data_is_not_in_repr(self) -> None:
        """
        What is shown identifies the record to those who keep it, and nobody to others.
        """
        customer = Customer(
            is_person=True,
            name="Qname",
            first_name="Qfirst",
            last_name="Qlast",
            email="Q@example.no",
            invoice_email="Qinvoice@example.no",
            phone="Q55",
            address=Address(line1="Qline1", line2="Qline2", zip_code="Q0155", city="Qcity"),
            number=10001,
        )

        assert "Q" not in repr(customer)
        assert "Q" not in repr(customer.address)
        assert "10001" in repr(customer)

    def test_a_value(self) -> None:
        """
        Customers are compared and hashed by what they say, and never change.
        """
        customer = Customer(name="K", address=Address(city="Oslo"))

        assert {customer} == {Customer(name="K", address=Address(city="Oslo"))}
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            customer.name = "L"  # type: ignore[misc]


class TestAddress:
    """
    An address in a country.
    """

    @pytest.mark.parametrize(("expected", "country"), [("NO", None), ("NO", ""), ("SE", " se ")])
    def test_country(self, expected: str, country: Any) -> None:
        """
        Two capitals; Norway when nothing is said.
        """
        assert expected == Address(city="Oslo", country=country).country

    @pytest.mark.parametrize("country", ["Norge", "N1", "ÅÅ"])
    def test_a_country_is_two_letters(self, country: str) -> None:
        """
        A country's name is not its code.
        """
        with pytest.raises(ModelError, match="two letters"):
            Address(country=country)


class TestCheckDigits:
    """
    Check digits by the rules of their registers.
    """

    @pytest.mark.parametrize(
        ("expected", "number"),
        [
            (True, "889640782"),
            (True, "974760673"),
            (True, "999999999"),
            (False, "999888770"),
            (False, "12345678"),
            (False, "12345678x"),
        ],
    )
    def test_organization_numbers(self, *, expected: bool, number: str) -> None:
        """
        Modulus 11; the first two are public bodies of Norway.
        """
        assert expected is organization_number_is_valid(number)

    @pytest.mark.parametrize(
        ("expected", "number"),
        [
            (True, "96385074"),
            (True, "036000291452"),
            (True, "4006381333931"),
            (True, "10614141000415"),
            (False, "4006381333930"),
            (False, "400638133393"),
            (False, "123"),
            (False, "400638133393a"),
        ],
    )
    def test_gtins(self, *, expected: bool, number: str) -> None:
        """
        Modulus 10 on 8, 12, 13 and 14 digits, with the examples of GS1.
        """
        assert expected is gtin_is_valid(number)

    @given(digits=st.integers(10**7, 10**8 - 1))
    def test_at_most_one_check_digit_is_right(self, digits: int) -> None:
        """
        No two organisation numbers differ in their check digit alone.
        """
        assert sum(organization_number_is_valid(f"{digits}{check}") for check in range(10)) <= 1
