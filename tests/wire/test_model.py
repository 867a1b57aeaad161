"""
Answers of Go as models: what is tolerated, and where a fault is said to be.
"""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from posgo.exceptions import ModelError, PosgoError, WireFormatError
from posgo.models.documents import Onboarding, VoucherDocumentation
from posgo.models.go_orders import SalesOrder, SentState
from posgo.models.go_products import GoProduct, ProductGroup
from posgo.models.invoices import LedgerEntry, OutgoingInvoice
from posgo.models.ledger import (
    AccountTransaction,
    Department,
    IntegrationInformation,
    JournalEntry,
    JournalLine,
    LedgerAccount,
    PostedVoucher,
    VatCode,
)
from posgo.models.parties import Address, Customer
from posgo.models.terms import NumberSeries, PaymentTerm, Project
from posgo.models.vouchers import Journal
from posgo.wire.json import dumps, loads
from posgo.wire.ledger import journal_entry_body, read_lock_date
from posgo.wire.model import member_names, structure, structure_record, structure_records, structure_rows
from posgo.wire.writing import changes, kept_old_value, post_body
from support.validating import Description, description

MODELS: dict[str, type[Any]] = {
    "AccountTransactionDto": AccountTransaction,
    "CashVoucherDto": PostedVoucher,
    "ClientIntegrationInformationDto": IntegrationInformation,
    "CustomerDto": Customer,
    "CustomerLedgerEntryDto": LedgerEntry,
    "DepartmentDto": Department,
    "FinalizeOnboardingResponseDto": Onboarding,
    "GeneralLedgerAccountDto": LedgerAccount,
    "InvoiceSentStateDto": SentState,
    "OutgoingInvoiceDto": OutgoingInvoice,
    "PaymentTermDto": PaymentTerm,
    "ProductDto": GoProduct,
    "ProductGroupDto": ProductGroup,
    "ProjectDto": Project,
    "SalesOrderCompleteDto": SalesOrder,
    "SubLedgerNumberSeriesDto": NumberSeries,
    "VatCodeDto": VatCode,
    "VoucherDocumentationDto": VoucherDocumentation,
}


@pytest.fixture
def described() -> Description:
    known = description()
    if known is None:
        pytest.skip("the description of Go is not here (../shared/reference/poweroffice-go-v2.openapi.json)")
    return known


@pytest.mark.parametrize("name", MODELS)
def test_published_examples_are_read(described: Description, name: str) -> None:
    """
    PowerOffice's own example of an answer becomes a model.
    """
    example = loads(json.dumps(described.schemas[name]["example"]).encode())

    assert isinstance(structure(example, MODELS[name]), MODELS[name])


@pytest.mark.parametrize("name", MODELS)
def test_names_are_those_of_the_description(described: Description, name: str) -> None:
    """
    No field of a model waits for a member Go does not have.
    """
    model = MODELS[name]
    names = member_names(model, [field.name for field in attrs.fields(model)])

    assert set() == set(names) - set(described.schemas[name]["properties"])


def mutations(value: Any) -> Iterator[Any]:
    """
    The document with one value after the other replaced by nonsense.
    """
    nonsense: tuple[Any, ...] = (
        None,
        True,
        -1,
        10**30,
        Decimal("1.5"),
        "",
        "x",
        [],
        [None],
        {},
        {"a": {}},
        "0001-13-45",
    )
    if isinstance(value, dict):
        for name in value:
            for other in (*nonsense, *mutations(value[name])):
                yield {**value, name: other}
            yield {key: member for key, member in value.items() if key != name}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for other in (*nonsense, *mutations(item)):
                yield [*value[:index], other, *value[index + 1 :]]


def refusal(read: Callable[[Any, Any], object], document: Any, model: type[Any]) -> WireFormatError | None:
    """
    What reading a document was refused with; None if it was read.
    """
    try:
        read(document, model)
    except WireFormatError as error:
        return error
    return None


@pytest.mark.parametrize("name", MODELS)
def test_mutilated_answers_are_read_or_located(described: Description, name: str) -> None:
    """
    Any value of any other type gives a model or a WireFormatError whose path leads there, never anything else.
    """
    example = loads(json.dumps(described.schemas[name]["example"]).encode())
    for document in mutations(example):
        refused = refusal(structure, document, MODELS[name])

        assert refused is None or (refused.path.startswith("$") and refused.problem)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Id", "Name", "Number", "MailAddress", "City"]), inner, max_size=4
            )
        ),
    )
)
@settings(max_examples=150)
def test_any_document_is_read_or_located(document: Any) -> None:
    """
    The same for documents of any shape, as one object, as rows and as records.
    """
    for read in (structure, structure_rows, structure_record, structure_records):
        refused = refusal(read, document, Customer)

        assert refused is None or refused.path.startswith("$")


@pytest.mark.parametrize(
    ("document", "model", "path", "problem"),
    [
        ([{"Id": 1, "AccountNo": 2}, {"Id": 1}], LedgerAccount, "$[1].AccountNo", "the member is missing"),
        (
            [{"Id": "1", "AccountNo": 2}],
            LedgerAccount,
            "$[0].Id",
            "a whole number expected, but there is a text",
        ),
        ([{"AccountNo": 2}], LedgerAccount, "$[0].Id", "the member is missing"),
        ([7], LedgerAccount, "$[0]", "an object expected, but there is a number"),
        ({"a": 1}, LedgerAccount, "$", "a list expected, but there is an object"),
        (
            [
                {
                    "Id": "v",
                    "VoucherLines": [
                        {"AccountId": 1, "VatId": 1, "CurrencyAmount": 1},
                        {"AccountId": 1, "VatId": 1, "CurrencyAmount": "1"},
                    ],
                }
            ],
            PostedVoucher,
            "$[0].VoucherLines[1].CurrencyAmount",
            "a number expected, but there is a text",
        ),
        (
            [{"Id": "v", "VoucherDate": "14.03.2026"}],
            PostedVoucher,
            "$[0].VoucherDate",
            "a date YYYY-MM-DD expected",
        ),
        ([{"Name": "a", "CreditDays": 1}], PaymentTerm, "$[0].Id", "the member is missing"),
    ],
)
def test_faults_are_located(document: Any, model: type[Any], path: str, problem: str) -> None:
    """
    The path leads to the fault, and the problem says what is wrong without repeating the value.
    """
    with pytest.raises(WireFormatError) as raised:
        structure_rows(document, model)

    assert path == raised.value.path
    assert raised.value.problem.startswith(problem)


def test_customers_are_read_tolerantly() -> None:
    """
    Unknown members and enum members, nulls and foreign organisation numbers do not keep a customer away.
    """
    row = {
        "Id": 7,
        "Name": "Svensk Kund AB",
        "OrganizationNumber": "SE556677889901",
        "InvoiceDeliveryType": "Pigeon",
        "MailAddress": {
            "ZipCode": "11122",
            "City": "Stockholm",
            "CountryCode": "Sweden",
            "AddressLine1": None,
        },
        "PhoneNumber": None,
        "SomethingNew": {"deep": [1]},
        "LastChangedDateTimeOffset": "2021-09-30 08:03:00.123456+00:00",
        "ExternalImportReference": "pos:1",
    }
    record = structure_record(row, Customer)

    assert (
        Customer(name="Svensk Kund AB", address=Address(zip_code="11122", city="Stockholm")) == record.value
    )
    assert ("7", "pos:1", datetime(2021, 9, 30, 8, 3, 0, 123456, UTC)) == (
        record.id,
        record.reference,
        record.changed_at,
    )


def test_problem_tells_no_personal_data() -> None:
    """
    What a model refuses is told without the value.
    """
    with pytest.raises(WireFormatError) as raised:
        structure_rows([{"Id": 1, "Name": "Kari", "Number": -5, "EmailAddress": "kari@example.no"}], Customer)

    assert "$[0]" in raised.value.path
    assert "Kari" not in str(raised.value)
    assert "kari@" not in str(raised.value)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, None),
        ({"LockDate": None}, None),
        ({"LockDate": "0001-01-01"}, None),
        ({"LockDate": "2025-12-31"}, date(2025, 12, 31)),
        ({"LockDate": "2025-12-31T00:00:00"}, date(2025, 12, 31)),
    ],
)
def test_nothing_locked_is_none(document: Any, expected: date | None) -> None:
    """
    However Go says that nothing is locked.
    """
    assert expected == read_lock_date(document)


@pytest.mark.parametrize("document", [[], {"LockDate": "soon"}, {"LockDate": 7}])
def test_unreadable_lock_date(document: Any) -> None:
    """
    A lock date that cannot be read must not be taken for none.
    """
    with pytest.raises(WireFormatError):
        read_lock_date(document)


# -- writing -----------------------------------------------------------------------


ore = st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-2))


@given(st.lists(ore, min_size=1, max_size=8), st.sampled_from(list(Journal)))
def test_journal_entries_travel_whole(amounts: list[Decimal], journal: Journal) -> None:
    """
    Whatever balances is written, and comes back with the same amounts and no member that says nothing.
    """
    lines = tuple(JournalLine(account_id=1, vat_id=2, amount=amount) for amount in (*amounts, -sum(amounts)))
    entry = JournalEntry(date=date(2026, 3, 14), reference="r", text="t", lines=lines)
    body = loads(dumps(journal_entry_body(journal, entry)))

    assert [line.amount for line in lines] == [
        Decimal(line["CurrencyAmount"]) for line in body["VoucherLines"]
    ]
    assert None not in body.values()
    answered = structure({**body, "Id": "x", "VoucherNo": 1}, PostedVoucher)
    assert lines == answered.lines


def test_changes_are_minimal() -> None:
    """
    Equal values change nothing; nested ones change by member; what Go cannot change is refused.
    """
    old = Customer(name="a", address=Address(zip_code="1", city="Oslo", line1="x"))
    new = attrs.evolve(old, email="a@b.no", address=Address(zip_code="1", city="Moss"))

    assert () == changes(old, old)
    assert [
        {"op": "replace", "path": "/EmailAddress", "value": "a@b.no"},
        {"op": "replace", "path": "/MailAddress/AddressLine1", "value": None},
        {"op": "replace", "path": "/MailAddress/City", "value": "Moss"},
    ] == sorted((change.operation for change in changes(old, new)), key=lambda one: str(one["path"]))
    with pytest.raises(ModelError):
        changes(old, PaymentTerm(name="a", credit_days=1))


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"PhoneNumber": "99887766"}, ()),
        ({"phonenumber": "+47 998 87 766"}, ()),
        ({"PhoneNumber": "22 22 55 55"}, ("/PhoneNumber",)),
        ({"PhoneNumber": "22225555"}, ("/PhoneNumber",)),
        ({}, ()),
    ],
)
def test_old_values_are_noticed(answer: dict[str, Any], kept: tuple[str, ...]) -> None:
    """
    Another spelling of the new value is the new value; the old one in another spelling is the old one.
    """
    asked = changes(Customer(name="a", phone="22225555"), Customer(name="a", phone="99887766"))

    assert kept == kept_old_value(asked, answer)


def test_incomplete_address_stays_at_home() -> None:
    """
    Go holds only addresses with postcode and city.
    """
    body = post_body(Customer(name="a", address=Address(line1="x", city="Oslo")))

    assert body is not None
    assert "MailAddress" not in body


def test_examples_are_not_changed_by_reading(described: Description) -> None:
    """
    Reading leaves the parsed document as it was.
    """
    example = loads(json.dumps(described.schemas["CustomerDto"]["example"]).encode())
    before = copy.deepcopy(example)
    structure(example, Customer)

    assert before == example
    assert issubclass(WireFormatError, PosgoError)
