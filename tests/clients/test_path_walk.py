"""
Walks the OpenAPI description: every operation has a call, and every call fits its operation.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import httpx
import pytest

from posgo.clients.calls import BodyKind, Call, File
from posgo.clients.go import (
    account_transactions,
    accounts,
    branding_themes,
    contact_groups,
    contact_persons,
    currencies,
    customer_ledger,
    customers,
    delivery_addresses,
    delivery_terms,
    departments,
    integration,
    locations,
    number_series,
    onboarding,
    outgoing_invoices,
    payment_terms,
    product_groups,
    products,
    projects,
    sales_orders,
    settings,
    trial_balance,
    vat_codes,
    voucher_documentation,
    vouchers,
)
from posgo.models.catalog import Product
from posgo.models.contacts import ContactGroup, ContactPerson, DeliveryAddress
from posgo.models.go_orders import SalesOrder, SalesOrderLine
from posgo.models.go_products import GoProduct, ProductGroup
from posgo.models.ledger import Department, JournalEntry, JournalLine, LedgerAccount
from posgo.models.parties import Address, Customer
from posgo.models.terms import DeliveryTerm, Location, PaymentTerm, Project
from posgo.models.vouchers import Journal
from posgo.procedure import Procedure
from posgo.wire.json import dumps
from support.validating import Description, description

DAY = date(2026, 3, 14)
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
UUID = "0d3c8c1e-7d0c-5d0e-9a86-3a1d2b7c9f10"
PDF = File(name="z.pdf", content=b"%PDF-1.7")
ADDRESS = Address(line1="Storgata 1", line2="2. etg.", zip_code="0155", city="Oslo")
CUSTOMER = Customer(
    name="Kafe Nord AS",
    organization_number="999888777",
    email="post@example.no",
    invoice_email="faktura@example.no",
    phone="22225555",
    address=ADDRESS,
    number=10001,
)
ENTRY = JournalEntry(
    date=DAY,
    reference=UUID,
    text="Z 1042",
    imported_no=1042,
    batch="Z-1-1042",
    source_system="POS-1",
    lines=(
        JournalLine(account_id=501, vat_id=70, amount=Decimal("125.50"), text="Kort", department_id=9),
        JournalLine(account_id=601, vat_id=73, amount=Decimal("-125.50"), matching_reference="ORDER-991"),
    ),
)
LINE = SalesOrderLine(
    id=UUID,
    line_type="Normal",
    product_id=7,
    quantity=Decimal("2.5"),
    unit_price=Decimal("79.841270"),
    unit_cost=Decimal(30),
    discount_percent=Decimal("12.5"),
    unit="EA",
    sort_order=0,
    use_standard_sales_account=True,
    reference="1",
    department_id=9,
    project_id=3,
    location_id=4,
)
ORDER = SalesOrder(
    id=UUID,
    customer_id=12345,
    status="Draft",
    order_date=DAY,
    delivery_date=DAY,
    reference="pos-7-991",
    matching_reference="ORDER-991",
    customer_reference="Kari",
    purchase_order="PO 1",
    imported_order_no=991,
    payment_term_id=55,
    delivery_address_id=66,
    department_id=9,
    project_id=3,
    location_id=4,
    lines=(attrs.evolve(LINE, id=""),),
)
PRODUCT = GoProduct(
    id=7,
    code="BA-12",
    name="Krus",
    description="Blått",
    gtin="7038010000065",
    product_type="Product",
    group_id=2,
    sales_account_id=601,
    optional_sales_account_id=602,
    unit_price=Decimal("79.84127"),
    unit_cost=Decimal(30),
    unit="EA",
    is_stock_item=True,
    stock_on_hand=Decimal(12),
)
PERSON = ContactPerson(
    id=3, contact_id=12345, first_name="Kari", last_name="Nordmann", email="k@example.no", address=ADDRESS
)
PLACE = DeliveryAddress(id=4, contact_id=12345, line1="Kaia 1", zip_code="0150", city="Oslo", country="NO")
ACCOUNT = LedgerAccount(id=501, number=1900, name="Kasse")


def patched(procedure: Procedure[Any]) -> Call[Any]:
    """
    The first call of a change.
    """
    call = next(procedure)
    assert isinstance(call, Call)
    return call


CALLS: tuple[Call[Any], ...] = (
    account_transactions.list(
        from_date=DAY,
        to_date=DAY,
        voucher_types=["CashJournal"],
        account_numbers=["1000-1999", 2500],
        voucher_numbers=["9-"],
        vat_codes=["3"],
        department_codes=["-1"],
        project_codes=["1"],
        product_codes=["1"],
        created_after=NOW,
        changed_after=NOW,
        fields=["voucher_no", "reference", "reversed", "account"],
        page_size=20_000,
    ),
    accounts.list(numbers=[1900, 3000], changed_after=NOW),
    accounts.create(number=3011, name="Salg", vat_code="3", vat_code_locked=True),
    accounts.get(501),
    patched(accounts.update(ACCOUNT, attrs.evolve(ACCOUNT, name="Kasse 2", vat_id=7, active=False))),
    accounts.delete(501),
    branding_themes.list(),
    branding_themes.get(1),
    contact_groups.list(names=["Stamkunder"], created_after=NOW, changed_after=NOW),
    contact_groups.create(ContactGroup(name="Stamkunder")),
    contact_groups.get(1),
    patched(contact_groups.update(ContactGroup(id=1, name="a"), ContactGroup(id=1, name="b"))),
    contact_groups.delete(1),
    contact_persons.list(contact_ids=[1], external_codes=["x"], created_after=NOW, changed_after=NOW),
    contact_persons.create(12345, PERSON),
    contact_persons.get(12345, 3),
    patched(
        contact_persons.update(
            PERSON, attrs.evolve(PERSON, email=None, address=attrs.evolve(ADDRESS, city="Moss"))
        )
    ),
    contact_persons.delete(12345, 3),
    currencies.list(code="NOK", is_active=True),
    currencies.rate(from_currency="EUR", to_currency="NOK", on=DAY),
    customer_ledger.open_items(
        on=DAY,
        customer_numbers=[10001],
        invoice_numbers=["1"],
        matching_references=["A"],
        voucher_types=["OutgoingInvoice"],
        created_after=NOW,
        changed_after=NOW,
        only_ours=True,
    ),
    customer_ledger.statement(from_date=DAY, to_date=DAY),
    customer_ledger.matched_entries(1),
    customer_ledger.balances(on=DAY, group_ids=[1], only_open=True),
    customers.list(
        numbers=["10000-19999"],
        reference="pos:1",
        external_numbers=[1],
        group_ids=[1],
        created_after=NOW,
        changed_after=NOW,
    ),
    customers.subledger_accounts(numbers=[10001]),
    customers.create(
        CUSTOMER,
        reference="pos:1",
        delivery_type="EHF",
        payment_term_id=1,
        department_id=9,
        number_series_id=UUID,
    ),
    customers.get("12345"),
    patched(
        customers.update(
            12345,
            CUSTOMER,
            Customer(
                is_person=True, first_name="Kari", last_name="Nordmann", is_vat_free=True, archived=True
            ),
            reference="pos:2",
        )
    ),
    patched(
        customers.update(
            1, CUSTOMER, attrs.evolve(CUSTOMER, address=attrs.evolve(ADDRESS, line2=None, city="Moss"))
        )
    ),
    customers.delete(12345),
    delivery_addresses.list(contact_ids=[1], external_codes=["x"], created_after=NOW, changed_after=NOW),
    delivery_addresses.create(12345, PLACE),
    delivery_addresses.get(12345, 4),
    patched(delivery_addresses.update(PLACE, attrs.evolve(PLACE, line1=None, is_primary=True))),
    delivery_addresses.delete(12345, 4),
    delivery_terms.list(),
    delivery_terms.create(DeliveryTerm(name="Henting")),
    delivery_terms.get(1),
    patched(
        delivery_terms.update(DeliveryTerm(id=1, name="a"), DeliveryTerm(id=1, name="b", is_default=True))
    ),
    delivery_terms.delete(1),
    departments.list(codes=["10"], name="Butikk", is_active=True, created_after=NOW, changed_after=NOW),
    departments.create(Department(id=0, code="20", name="Lager")),
    departments.get(9),
    patched(departments.update(Department(id=9, name="a"), Department(id=9, name="b", active=False))),
    departments.delete(9),
    integration.get(),
    locations.list(codes=["1"], created_after=NOW),
    locations.create(Location(name="Kiosk")),
    locations.get(4),
    patched(locations.update(Location(id=4, name="a"), Location(id=4, name="b", code="2"))),
    locations.delete(4),
    number_series.list(kind="Customer", is_default=True, account_numbers=[1500]),
    number_series.get(UUID),
    onboarding.initiate(
        application_key=UUID, organization_number="999999999", redirect_url="https://example.no/a"
    ),
    onboarding.finalize("token"),
    outgoing_invoices.list(
        balance_changed_after=NOW,
        sent_after=NOW,
        from_date=DAY,
        to_date=DAY,
        ids=[UUID],
        invoice_numbers=[1],
        voucher_numbers=[1],
        customer_numbers=[10001],
        matching_references=["A"],
        department_codes=["10"],
        project_codes=["1"],
        only_unpaid=True,
        only_ours=True,
    ),
    outgoing_invoices.get(UUID),
    outgoing_invoices.lines(UUID),
    payment_terms.list(page_size=100),
    payment_terms.create(PaymentTerm(name="14 dager", credit_days=14)),
    payment_terms.get(1),
    patched(
        payment_terms.update(
            PaymentTerm(id=1, name="a", credit_days=1),
            PaymentTerm(id=1, name="b", credit_days=2, is_active=False),
        )
    ),
    payment_terms.delete(1),
    product_groups.list(
        codes=["1"],
        names=["a"],
        product_type="Product",
        is_archived=False,
        created_after=NOW,
        changed_after=NOW,
    ),
    product_groups.create(ProductGroup(name="Krus", code="K")),
    product_groups.get(1),
    patched(product_groups.update(ProductGroup(id=1, name="a"), ProductGroup(id=1, name="b", unit="EA"))),
    product_groups.delete(1),
    products.list(
        codes=["1"],
        names=["a"],
        group_codes=["1"],
        product_type="Service",
        is_archived=False,
        created_after=NOW,
        changed_after=NOW,
        stock_changed_after=NOW,
    ),
    products.create(PRODUCT),
    products.get(7),
    patched(products.update(PRODUCT, GoProduct(id=7, name="b", is_archived=True))),
    products.delete(7),
    projects.list(
        codes=["1"],
        name="a",
        customer_numbers=[1],
        department_codes=["1"],
        status="Active",
        without_archived=True,
        created_after=NOW,
        changed_after=NOW,
    ),
    projects.create(Project(name="Festival", code="F", start_date=DAY, status="Active")),
    projects.get(3),
    patched(projects.update(Project(id=3, name="a"), Project(id=3, name="b", end_date=DAY, customer_id=1))),
    projects.delete(3),
    sales_orders.list(
        customer_numbers=[1],
        department_codes=["1"],
        project_codes=["1"],
        status="Draft",
        changed_after=NOW,
        only_ours=True,
    ),
    sales_orders.create(ORDER),
    sales_orders.get(UUID),
    sales_orders.get_header(UUID),
    patched(sales_orders.update(ORDER, SalesOrder(id=UUID, lines=ORDER.lines, status="Confirmed"))),
    sales_orders.delete(UUID),
    sales_orders.lines(UUID),
    sales_orders.get_line(UUID, UUID),
    sales_orders.create_line(UUID, LINE),
    patched(sales_orders.update_line(UUID, LINE, SalesOrderLine(id=UUID, description="Tekst"))),
    sales_orders.delete_line(UUID, UUID),
    sales_orders.attachments(UUID),
    sales_orders.attach(UUID, PDF),
    sales_orders.download_attachment(UUID, 1),
    sales_orders.delete_attachment(UUID, 1),
    sales_orders.send(UUID, delivery_type="Auto", email="a@example.no", due_date=DAY, voucher_date=DAY),
    sales_orders.sent_state(UUID),
    settings.organization(),
    settings.lock_date(),
    settings.vat(),
    settings.financial(),
    trial_balance.list(on=DAY, account_numbers=[1900], department_codes=["10"], hide_zero=True),
    vat_codes.list(include_expired=True, is_active=True),
    voucher_documentation.list(id=UUID),
    voucher_documentation.list(voucher_no=1),
    voucher_documentation.upload(UUID, PDF),
    voucher_documentation.download(UUID, kind="Pdf"),
    *(vouchers.post(journal, ENTRY) for journal in Journal),
    *(vouchers.get(journal, UUID) for journal in Journal),
    vouchers.get_invoice(UUID),
    vouchers.reverse(UUID),
)


@pytest.fixture
def described() -> Description:
    known = description()
    if known is None:
        pytest.skip("the description of Go is not here (../shared/reference/poweroffice-go-v2.openapi.json)")
    return known


def test_every_operation_has_a_call(described: Description) -> None:
    """
    Nothing in the description is left out, and nothing is made up.
    """
    stated = {(call.method, call.path) for call in CALLS}

    assert {(method, path) for method, path, _ in described.operations()} == stated


@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_call_fits_its_operation(described: Description, call: Call[Any]) -> None:
    """
    Path, query and body are valid, and a body holds every required member.
    """
    multipart = call.body_kind is BodyKind.MULTIPART
    content = b'name="file"' if multipart else (dumps(call.body) if call.body is not None else b"")
    headers = {"content-type": call.body_kind.value} if call.body is not None else {}
    request = httpx.Request(call.method, f"https://go/v2{call.target}", headers=headers, content=content)

    described.check_request(request, request.url.path.removeprefix("/v2"), content)


@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_call_knows_its_privileges(described: Description, call: Call[Any]) -> None:
    """
    The privileges a missing one is named by are those of the description.
    """
    _, operation = described.find(call.method, call.path)
    roles = set(operation.get("x-auth-roles") or ())

    assert roles <= set(call.roles)
    # In practice a reversal needs a privilege the description does not name.
    assert set(call.roles) - roles <= {"ReverseVoucher_Full"}


@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_call_shows_no_personal_data(call: Call[Any]) -> None:
    """
    A call in a log or a traceback shows method and path template only.
    """
    assert f"<{call.method} {call.path}>" == repr(call)


def test_domain_products_are_not_sent_as_they_are() -> None:
    """
    Go's prices are without VAT: the two kinds of product are different types.
    """
    assert not issubclass(Product, GoProduct)
