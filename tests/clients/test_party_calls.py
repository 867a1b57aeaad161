"""
Customers and what belongs to them, with both clients.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.exceptions import (
    ConflictError,
    DuplicateReferenceError,
    Missing,
    ModelError,
    NotFoundError,
    PatchIgnoredError,
    RejectedError,
)
from posgo.models.contacts import ContactGroup, ContactPerson, DeliveryAddress
from posgo.models.ledger import JournalEntry
from posgo.models.parties import Address, Customer
from posgo.models.terms import PaymentTerm
from posgo.models.vouchers import Journal
from support.colours import Shop
from support.ledger import DAY, line

OSLO = Address(line1="Storgata 1", zip_code="0155", city="Oslo")
CAFE = Customer(
    name="Kafe Nord AS",
    organization_number="999888777",
    email="post@example.no",
    phone="+47 22 22 55 55",
    address=OSLO,
)
KARI = Customer(is_person=True, first_name="Kari", last_name="Nordmann")


def test_created_customer_comes_back(shop: Shop, go: Any) -> None:
    """
    Go fills in number and stamps, and nothing of what was sent is lost.
    """
    record = shop.do(go.customers.create(CAFE, reference="pos:4711"))

    assert attrs.evolve(CAFE, number=10_000) == record.value
    assert "pos:4711" == record.reference
    assert record == shop.do(go.customers.get(record.id))
    assert [record] == shop.do(go.customers.list(reference="pos:4711"))
    assert [] == shop.do(go.customers.list(reference="pos:4712"))


def test_persons_and_companies_have_their_names(shop: Shop, go: Any) -> None:
    """
    A person has first and last name, a company one name; a half address stays at home.
    """
    half = attrs.evolve(KARI, address=Address(line1="Storgata 1"))

    assert attrs.evolve(KARI, number=10_000) == shop.do(go.customers.create(half)).value
    shop.failure(lambda: go.customers.create(Customer(is_person=True, first_name="Kari")), RejectedError)


def test_change_sends_only_what_differs(shop: Shop, go: Any, fake: Any) -> None:
    """
    A change is a patch of the fields that differ; an equal value is only read.
    """
    record = shop.do(go.customers.create(CAFE))
    moved = attrs.evolve(record.value, phone="99887766", address=attrs.evolve(OSLO, line1=None, city="Moss"))
    changed = shop.do(go.customers.update(record.id, record.value, moved, reference="pos:1"))

    assert moved == changed.value
    assert "pos:1" == changed.reference
    assert {"/PhoneNumber", "/MailAddress/AddressLine1", "/MailAddress/City", "/ExternalImportReference"} == {
        operation["path"] for operation in fake.requests[-1].json()
    }
    assert changed.value == shop.do(go.customers.update(record.id, moved, moved)).value
    assert "GET" == fake.requests[-1].method


def test_address_alone_moves_no_stamp(shop: Shop, go: Any) -> None:
    """
    Go's blind spot: a delta misses a new address.
    """
    record = shop.do(go.customers.create(CAFE))
    shop.clock.advance(60)
    moved = attrs.evolve(record.value, address=attrs.evolve(OSLO, city="Moss"))
    changed = shop.do(go.customers.update(record.id, record.value, moved))

    assert record.changed_at == changed.changed_at
    assert [] == shop.do(go.customers.list(changed_after=record.changed_at))
    named = attrs.evolve(moved, name="Kafe Sør AS")
    later = shop.do(go.customers.update(record.id, moved, named))
    assert [later] == shop.do(go.customers.list(changed_after=record.changed_at))


def test_address_can_be_taken_away(shop: Shop, go: Any) -> None:
    """
    A removed address is removed, not emptied.
    """
    record = shop.do(go.customers.create(CAFE))
    without = attrs.evolve(record.value, address=None)

    assert without == shop.do(go.customers.update(record.id, record.value, without)).value


def test_ignored_change_is_noticed(shop: Shop, go: Any, fake: Any) -> None:
    """
    A success that left a field alone is an error that names it; the rest was carried out.
    """
    record = shop.do(go.customers.create(CAFE))
    fake.ignore_changes_of("PhoneNumber")
    wanted = attrs.evolve(record.value, phone="99887766", name="Kafe Sør AS")
    error = shop.failure(lambda: go.customers.update(record.id, record.value, wanted), PatchIgnoredError)

    assert (("/PhoneNumber",), True) == (error.fields, error.may_have_happened)
    assert "Kafe Sør AS" == shop.do(go.customers.get(record.id)).value.name


def test_references_are_unique(shop: Shop, go: Any) -> None:
    """
    The second customer with a reference is refused as such.
    """
    shop.do(go.customers.create(CAFE, reference="pos:1"))

    shop.failure(lambda: go.customers.create(KARI, reference="pos:1"), DuplicateReferenceError)


@pytest.mark.parametrize(
    ("value", "options"),
    [
        (attrs.evolve(KARI, number=1), {}),
        (attrs.evolve(KARI, email="kari"), {}),
        (KARI, {"delivery_type": "PdfByEmail"}),
        (KARI, {"delivery_type": "EHF"}),
        (CAFE, {"delivery_type": "AvtaleGiro"}),
    ],
)
def test_go_refuses(shop: Shop, go: Any, value: Customer, options: dict[str, Any]) -> None:
    """
    Numbers outside the series, malformed e-mail and impossible ways of delivery are refused.
    """
    error = shop.failure(lambda: go.customers.create(value, **options), RejectedError)

    assert (400, False) == (error.status, error.may_have_happened)


def test_unknown_reference_is_told_apart_from_unknown_customer(shop: Shop, go: Any) -> None:
    """
    A 404 on a creation is about what it refers to.
    """
    assert (
        Missing.REFERENCED_OBJECT
        is shop.failure(lambda: go.customers.create(KARI, payment_term_id=1), NotFoundError).missing
    )
    assert Missing.OBJECT is shop.failure(lambda: go.customers.get(1), NotFoundError).missing


def test_customer_with_history_is_archived_not_deleted(shop: Shop, go: Any, fake: Any) -> None:
    """
    Deleting is refused once something is booked, archiving while anything is owed.
    """
    record = shop.do(go.customers.create(CAFE))
    (account,) = shop.do(go.customers.subledger_accounts(numbers=[record.value.number]))
    cash = line(fake, 1920, "0", "-100")
    owed = attrs.evolve(cash, account_id=account.account_id, amount=Decimal(100))
    entry = JournalEntry(date=DAY, reference="x", text="x", lines=(cash, owed))
    shop.do(go.vouchers.post(entry, journal=Journal.BANK))
    archived = attrs.evolve(record.value, archived=True)

    shop.failure(lambda: go.customers.delete(record.id), ConflictError)
    shop.failure(lambda: go.customers.update(record.id, record.value, archived), RejectedError)
    back = (attrs.evolve(cash, amount=Decimal(100)), attrs.evolve(owed, amount=Decimal(-100)))
    shop.do(go.vouchers.post(attrs.evolve(entry, reference="y", lines=back), journal=Journal.BANK))
    assert shop.do(go.customers.update(record.id, record.value, archived)).value.archived


def test_unused_customer_is_deleted(shop: Shop, go: Any) -> None:
    """
    A customer nothing hangs on can go.
    """
    record = shop.do(go.customers.create(KARI))
    shop.do(go.customers.delete(record.id))

    assert [] == shop.do(go.customers.list())


def test_persons_at_a_company(shop: Shop, go: Any) -> None:
    """
    Contact persons live at companies, and have a life of their own.
    """
    company, person = (int(shop.do(go.customers.create(one)).id) for one in (CAFE, KARI))
    ola = ContactPerson(first_name="Ola", last_name="Nordmann", email="ola@example.no", external_code="1")
    made = shop.do(go.contact_persons.create(company, ola))
    changed = shop.do(
        go.contact_persons.update(
            made, attrs.evolve(made, title="Sjef", address=Address(zip_code="1", city="Moss"))
        )
    )

    assert (company, "Ola", True) == (made.contact_id, made.first_name, made.is_active)
    assert ("Sjef", "Moss") == (changed.title, changed.address.city)
    assert [changed] == shop.do(go.contact_persons.list(contact_ids=[company], external_codes=["1"]))
    assert changed == shop.do(go.contact_persons.get(company, made.id))
    shop.failure(lambda: go.contact_persons.create(person, ola), RejectedError)
    shop.failure(lambda: go.contact_persons.get(person, made.id), NotFoundError)
    shop.do(go.contact_persons.delete(company, made.id))
    assert [] == shop.do(go.contact_persons.list())


def test_first_delivery_address_is_primary(shop: Shop, go: Any) -> None:
    """
    One address is the primary one: the first, until another is made so.
    """
    company = int(shop.do(go.customers.create(CAFE)).id)
    first = shop.do(go.delivery_addresses.create(company, DeliveryAddress(zip_code="0150", city="Oslo")))
    second = shop.do(go.delivery_addresses.create(company, DeliveryAddress(zip_code="1500", city="Moss")))
    shop.do(go.delivery_addresses.update(second, attrs.evolve(second, is_primary=True)))

    assert (True, False) == (first.is_primary, second.is_primary)
    assert {first.id: False, second.id: True} == {
        one.id: one.is_primary for one in shop.do(go.delivery_addresses.list(contact_ids=[company]))
    }
    shop.do(go.delivery_addresses.delete(company, second.id))
    assert first.id == shop.do(go.delivery_addresses.get(company, first.id)).id


def test_groups_in_use_stay(shop: Shop, go: Any, fake: Any) -> None:
    """
    A group with contacts cannot be deleted.
    """
    group = shop.do(go.contact_groups.create(ContactGroup(name="Stamkunder")))
    renamed = shop.do(go.contact_groups.update(group, attrs.evolve(group, name="Faste kunder")))
    record = shop.do(go.customers.create(CAFE))
    fake._company.table("Customers")[int(record.id)]["ContactGroupIds"] = [group.id]

    assert [renamed] == shop.do(go.contact_groups.list(names=["faste kunder"]))
    assert [record] == shop.do(go.customers.list(group_ids=[group.id]))
    shop.failure(lambda: go.contact_groups.delete(group.id), ConflictError)


def test_long_lists_are_split_over_requests(shop: Shop, go: Any, fake: Any) -> None:
    """
    A filter too long for one address becomes several requests, whose rows follow each other.
    """
    numbers = [
        shop.do(go.customers.create(attrs.evolve(KARI, number=n))).value.number for n in (10_000, 10_999)
    ]
    fake.requests.clear()
    found = shop.do(go.customers.list(numbers=range(10_000, 11_000)))

    assert numbers == [record.value.number for record in found]
    assert 4 < len(fake.requests) < 8


def test_pages_are_followed(shop: Shop, go: Any, fake: Any) -> None:
    """
    A listing is read page by page, only as far as its reader goes.
    """
    for number in range(5):
        fake.put(attrs.evolve(KARI, number=10_000 + number))
    fake.requests.clear()
    rows = shop.do(go.customers.list(page_size=2))

    assert [10_000, 10_001, 10_002, 10_003, 10_004] == [row.value.number for row in rows]
    assert 3 == sum(request.path == "/Customers" for request in fake.requests)


def test_reads_may_lag_behind(shop: Shop, go: Any, fake: Any) -> None:
    """
    With a lagging replica a new customer is not listed at once, and is a moment later.
    """
    fake.replica_lag = timedelta(seconds=2)
    shop.do(go.customers.create(CAFE))

    assert [] == shop.do(go.customers.list())
    shop.clock.advance(3)
    assert 1 == len(shop.do(go.customers.list()))


def test_terms_with_customers_stay(shop: Shop, go: Any) -> None:
    """
    Payment terms live and are changed, and stay as long as a customer has them.
    """
    term = shop.do(go.payment_terms.create(PaymentTerm(name="14 dager", credit_days=14)))
    longer = shop.do(go.payment_terms.update(term, attrs.evolve(term, credit_days=30)))
    record = shop.do(go.customers.create(CAFE, payment_term_id=term.id))

    assert [longer] == shop.do(go.payment_terms.list())
    shop.failure(lambda: go.payment_terms.delete(term.id), ConflictError)
    shop.do(go.customers.delete(record.id))
    shop.do(go.payment_terms.delete(term.id))
    shop.failure(lambda: go.payment_terms.get(term.id), NotFoundError)


def test_different_things_do_not_replace_each_other(shop: Shop, go: Any) -> None:
    """
    A change between two ids is a mistake of the caller.
    """
    one, other = PaymentTerm(id=1, name="a", credit_days=1), PaymentTerm(id=2, name="a", credit_days=1)

    shop.failure(lambda: go.payment_terms.update(one, other), ModelError)
