"""
FakeGo behaves as PowerOffice Go does, quirks included.
"""

import base64
import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import httpx
import pytest

from posgo.clients.go_client import GoClient
from posgo.models.catalog import Product
from posgo.models.go_orders import SalesOrderLine
from posgo.models.ledger import JournalEntry
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Customer
from posgo.models.vouchers import Journal
from posgo.testing import NO_LIMIT, FakeGo, VirtualClock
from posgo.wire.json import dumps
from posgo.wire.ledger import journal_entry_body
from support.ledger import DAY, Line, entry
from support.validating import ValidatingTransport, description

JOURNALS = "/Vouchers/CashJournals"


@attrs.frozen
class Raw:
    """
    Bare requests to a fake, with its keys.
    """

    fake: FakeGo
    http: httpx.Client

    def token(self, **headers: str) -> httpx.Response:
        keys = self.fake.credentials
        pair = base64.b64encode(f"{keys.application_key}:{keys.client_key}".encode()).decode()
        given = {
            "Authorization": f"Basic {pair}",
            "Ocp-Apim-Subscription-Key": keys.subscription_key,
            **headers,
        }
        data = {"grant_type": "client_credentials"}
        return self.http.post("https://go/Demo/OAuth/Token", headers=given, data=data)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        given = {
            "Authorization": f"Bearer {self.token().json()['access_token']}",
            "Ocp-Apim-Subscription-Key": self.fake.credentials.subscription_key,
            "Content-Type": "application/json",
            **headers,
        }
        content = body if isinstance(body, bytes) else (dumps(body) if body is not None else None)
        return self.http.request(method, f"https://go/Demo/v2{path}", headers=given, content=content)

    def rows(self, path: str) -> list[Any]:
        response = self.send("GET", path)
        assert response.status_code in {200, 204}, response.text
        return response.json() if response.content else []


@pytest.fixture
def raw(fake: FakeGo) -> Raw:
    return Raw(fake, httpx.Client(transport=fake.transport))


@pytest.fixture
def go(fake: FakeGo, clock: VirtualClock) -> GoClient:
    return GoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT, clock=clock)


# -- keys and tokens --------------------------------------------------------------


def test_fresh_company(fake: FakeGo, raw: Raw) -> None:
    """
    A small chart, VAT codes with history, one department, one series, every privilege, and nothing booked.
    """
    numbers = {row["AccountNo"] for row in raw.rows("/GeneralLedgerAccounts")}

    assert {1500, 1900, 1920, 2400, 2910, 2990, 3000, 3030, 3050, 3100, 7740, 7770} <= numbers
    assert {"3", "31", "33", "5", "6", "0"} <= {row["Code"] for row in raw.rows("/VatCodes")}
    assert [("10", True)] == [(row["Code"], row["IsActive"]) for row in raw.rows("/Departments")]
    assert ((), (), None) == (fake.vouchers, fake.invoices, fake.lock_date)
    assert FakeGo().credentials.subscription_key != fake.credentials.subscription_key


@pytest.mark.parametrize(
    ("headers", "status", "said"),
    [
        ({"Ocp-Apim-Subscription-Key": "wrong"}, 401, "statusCode"),
        ({"Ocp-Apim-Subscription-Key": ""}, 401, "missing subscription key"),
        ({"Authorization": "Basic d3Jvbmc6d3Jvbmc="}, 400, "invalid_client"),
        ({"Authorization": "Basic %%%"}, 400, "invalid_client"),
        ({"Authorization": "Bearer x"}, 400, "invalid_client"),
    ],
)
def test_wrong_keys(raw: Raw, headers: dict[str, str], status: int, said: str) -> None:
    """
    The gateway refuses the subscription key, the token endpoint the pair of keys, each in its own shape.
    """
    answer = raw.token(**headers)

    assert status == answer.status_code
    assert said in answer.text


@pytest.mark.parametrize(
    ("form", "error"), [("", "invalid_request"), ("grant_type=password", "unsupported_grant_type")]
)
def test_wrong_grants(raw: Raw, form: str, error: str) -> None:
    """
    Only client credentials are granted.
    """
    key = {"Ocp-Apim-Subscription-Key": raw.fake.credentials.subscription_key}
    answer = raw.http.post("https://go/oauth/token", headers=key, content=form)

    assert (400, error) == (answer.status_code, answer.json()["error"])


def test_tokens_end(raw: Raw, clock: VirtualClock) -> None:
    """
    A token serves for as long as it says, and an expired, unknown or missing one is a bare 401.
    """
    answer = raw.token().json()
    bearer = {"Authorization": f"bearer {answer['access_token']}"}

    assert 1200 == answer["expires_in"]
    assert 200 == raw.send("GET", "/ClientIntegrationInformation", **bearer).status_code
    clock.advance(1200)
    for wrong in (bearer, {"Authorization": "Bearer x"}, {"Authorization": ""}):
        refused = raw.send("GET", "/ClientIntegrationInformation", **wrong)
        assert (401, b"") == (refused.status_code, refused.content)


def test_privileges_live_in_the_token(raw: Raw) -> None:
    """
    A missing privilege is an empty 403; an old token keeps what it was made with.
    """
    bearer = {"Authorization": f"Bearer {raw.token().json()['access_token']}"}
    raw.fake.privileges = frozenset({"Customer"})

    assert 200 == raw.send("GET", "/VatCodes", **bearer).status_code
    refused = raw.send("GET", "/VatCodes")
    assert (403, b"") == (refused.status_code, refused.content)
    assert 204 == raw.send("GET", "/Customers").status_code
    assert ["Customer"] == raw.send("GET", "/ClientIntegrationInformation").json()["ValidPrivileges"]


# -- the gateway and lists --------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/VatCode", 404, "statusCode"),
        (f"/VatCodes?x={'y' * 2000}", 404, "statusCode"),
        ("/vatcodes", 200, "Code"),
        ("/VatCodes?$top=1", 400, "$top"),
        ("/VatCodes?PageSize=20001", 400, "PageSize"),
        ("/VatCodes?PageSize=x", 400, "PageSize"),
        ("/VatCodes?PageNumber=0", 400, "PageNumber"),
        ("/VatCodes?Fields=Id,Colour", 400, "Invalid resourceParameter"),
        ("/VatCodes?OrderBy=Colour", 400, "Invalid resourceParameter"),
        ("/VatCodes?includeExpired=maybe", 400, "includeExpired"),
        ("/GeneralLedgerAccounts?accountNos=a-b", 400, "accountNos"),
        ("/GeneralLedgerAccounts?lastChangedDateTimeOffsetGreaterThan=soon", 400, "lastChanged"),
        ("/AccountTransactions?fromDate=2026-01-01", 400, "toDate"),
        ("/Customers/abc", 404, "title"),
        ("/Customers/1", 404, "title"),
        ("/Departments?codes=99", 204, ""),
    ],
)
def test_lists_refuse_and_answer(raw: Raw, path: str, status: int, said: str) -> None:
    """
    Paths in any case; OData, unknown fields and unreadable filters refused; nothing found is 204.
    """
    answer = raw.send("GET", path)

    assert status == answer.status_code
    assert said in answer.text


def test_lists_are_paged(raw: Raw) -> None:
    """
    The header names the next page until there is none; order and fields are honoured.
    """
    first = raw.send("GET", "/GeneralLedgerAccounts?PageSize=30&Fields=accountNo&OrderBy=AccountNo desc")
    link = json.loads(first.headers["x-pagination"])["nextPageLink"]
    last = raw.send("GET", f"/GeneralLedgerAccounts?{link.partition('?')[2]}")
    numbers = [row["AccountNo"] for page in (first, last) for row in page.json()]

    assert sorted(numbers, reverse=True) == numbers
    assert {"AccountNo"} == {name for row in first.json() for name in row}
    assert json.loads(last.headers["x-pagination"])["nextPageLink"] is None


def test_blank_filters_return_everything(raw: Raw) -> None:
    """
    A blank filter is no filter: the trap posgo keeps its users out of.
    """
    assert raw.rows("/GeneralLedgerAccounts") == raw.rows("/GeneralLedgerAccounts?accountNos=")


# -- vouchers -----------------------------------------------------------------------------


def body(fake: FakeGo, *lines: Line, **more: Any) -> dict[str, Any]:
    return {**journal_entry_body(Journal.CASH, entry(fake, *lines)), **more}


def with_line(change: dict[str, Any]) -> Callable[[FakeGo], dict[str, Any]]:
    def build(fake: FakeGo) -> dict[str, Any]:
        made = body(fake)
        made["VoucherLines"][1] |= change
        return made

    return build


def with_account(**options: Any) -> Callable[[FakeGo], dict[str, Any]]:
    def build(fake: FakeGo) -> dict[str, Any]:
        made = body(fake)
        fake.add_account(3000, **options)
        return made

    return build


def expired(fake: FakeGo) -> dict[str, Any]:
    old = fake._company.vat_on("33", date(2016, 1, 1))
    made = body(fake)
    made["VoucherLines"][1]["VatId"] = old.id
    return made


def outside_vat(fake: FakeGo) -> dict[str, Any]:
    fake._company.vat_registered = False
    return body(fake)


@pytest.mark.parametrize(
    ("build", "status", "said"),
    [
        (with_line({"CurrencyAmount": Decimal("-124.99")}), 400, "balance"),
        (with_line({"PostingDate": "2026-03-12"}), 400, "balance on posting date"),
        (with_line({"CurrencyAmount": 0}), 400, "different from 0"),
        (with_line({"CurrencyAmount": Decimal("-124.999")}), 400, "two decimals"),
        (with_line({"CurrencyAmount": "1"}), 400, "System.Double"),
        (with_line({"AccountId": 3000}), 404, "Account with id 3000"),
        (with_line({"AccountId": None}), 400, "AccountId field is required"),
        (with_line({"VatId": None}), 400, "VatId field is required"),
        (with_line({"VatId": 3}), 404, "Vat code with id 3"),
        (with_line({"VatId": 2**40}), 400, "Int32"),
        (with_line({"DepartmentId": 10}), 404, "Departments with id 10"),
        (with_line({"PostingDate": "1999-01-01"}), 400, "conversion date"),
        (with_line({"VatReturnSpecification": 1}), 400, "Enums may not be sent as integers"),
        (with_line({"CurrencyCode": "EUR"}), 400, "NOK only"),
        (with_account(vat_code="5", vat_code_locked=True), 400, "locked to 5"),
        (with_account(vat_code="3", department_required=True), 400, "requires a department"),
        (with_account(vat_code="3", project_required=True), 400, "requires a project"),
        (expired, 400, "is not valid on"),
        (outside_vat, 400, "not registered for VAT"),
        (lambda fake: body(fake, (1500, "0", "1"), (3000, "3", "-1")), 400, "sub ledger"),
        (lambda fake: body(fake, (2400, "0", "1"), (3000, "3", "-1")), 400, "sub ledger"),
        (lambda fake: body(fake, (2910, "0", "1"), (3000, "3", "-1")), 400, "sub ledger"),
        (lambda fake: body(fake, VoucherLines=[]), 400, "no lines"),
        (lambda fake: body(fake, VoucherDate=None), 400, "VoucherDate field is required"),
        (lambda fake: body(fake, SaftBatchId="x" * 36), 400, "maximum length of 35"),
        (lambda fake: body(fake, ExternalImportReference="x" * 51), 400, "maximum length of 50"),
        (lambda _fake: [], 400, "an object"),
        (lambda _fake: b'{"VoucherDate": NaN}', 400, "NaN"),
        (lambda _fake: b"", 400, "not JSON"),
    ],
)
def test_vouchers_are_checked(raw: Raw, build: Any, status: int, said: str) -> None:
    """
    Everything Go refuses is refused, in lower case, and nothing is booked.
    """
    answer = raw.send("POST", JOURNALS, build(raw.fake))

    assert (status, ()) == (answer.status_code, raw.fake.vouchers)
    assert said in answer.text
    assert {"title", "status"} <= answer.json().keys()


def test_locked_period(raw: Raw) -> None:
    """
    The lock date itself is locked, the day after is not.
    """
    raw.fake.lock_date = DAY
    refused = raw.send("POST", JOURNALS, body(raw.fake))
    raw.fake.lock_date = DAY - timedelta(days=1)

    assert (400, 201) == (refused.status_code, raw.send("POST", JOURNALS, body(raw.fake)).status_code)
    assert {"LockDate": str(DAY - timedelta(days=1))} == raw.send("GET", "/LockDateSettings").json()


def test_names_in_any_case_and_unknown_ones_dropped(raw: Raw) -> None:
    """
    Members are bound whatever their case; one with a typing error is dropped without a word.
    """
    made = {name[0].lower() + name[1:]: value for name, value in body(raw.fake).items()}
    made["Descripton"] = made.pop("description")

    assert 201 == raw.send("POST", JOURNALS, made).status_code
    assert raw.fake.vouchers[0].text is None


def test_vouchers_are_read_where_they_were_posted(raw: Raw, go: GoClient) -> None:
    """
    A voucher is shown only under its own kind of journal.
    """
    posted = go.vouchers.post(entry(raw.fake))

    assert 200 == raw.send("GET", f"{JOURNALS}/{posted.id}").status_code
    assert 404 == raw.send("GET", f"/Vouchers/BankJournals/{posted.id}").status_code
    assert 404 == raw.send("GET", f"{JOURNALS}/not-a-uuid").status_code


def test_reversal_in_a_locked_period(raw: Raw, go: GoClient) -> None:
    """
    Refused by the fake (unverified in Go); a person in Go may do what the integration may not.
    """
    posted = go.vouchers.post(entry(raw.fake))
    raw.fake.lock_date = DAY

    assert 400 == raw.send("POST", f"/Vouchers/Reverse/{posted.id}").status_code
    reversal = raw.fake.reverse(posted.id)
    assert [-line.amount for line in posted.lines] == [line.amount for line in reversal]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("net", {(1900, "125.00", "0"), (3000, "-100.00", "-25.00"), (2701, "-25.00", "0")}),
        ("gross", {(1900, "125.00", "0"), (3000, "-125.00", "-25.00")}),
    ],
)
def test_row_amounts_are_a_setting(shown: str, expected: set[tuple[int, str, str]]) -> None:
    """
    Whether rows hold VAT is unverified: the fake shows either.
    """
    fake = FakeGo(row_amounts=shown)
    go = GoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT)
    go.vouchers.post(entry(fake))
    rows = go.account_transactions.list(from_date=DAY, to_date=DAY)

    assert {(account, Decimal(amount), Decimal(vat)) for account, amount, vat in expected} == {
        (row.account, row.amount, row.vat_amount) for row in rows
    }


def test_transactions_are_filtered(raw: Raw, go: GoClient) -> None:
    """
    Dates are inclusive, stamps exclusive, and kinds, numbers and codes narrow down.
    """
    go.vouchers.post(entry(raw.fake))
    days = f"fromDate={DAY}&toDate={DAY}"
    (first, *_) = raw.rows(f"/AccountTransactions?{days}")

    def count(query: str) -> int:
        return len(raw.rows(f"/AccountTransactions?{query}"))

    assert 3 == count(days)
    assert 3 == count(f"fromDate={DAY}T23:00:00&toDate={DAY}")
    assert 0 == count("fromDate=2026-03-14&toDate=2026-03-15")
    assert 1 == count(f"{days}&accountNos=1000-1999")
    assert 2 == count(f"{days}&vatCodes=3")
    assert 3 == count(f"{days}&departmentCodes=-1&projectCodes=-1&productCodes=-1&voucherNos=1-")
    assert 0 == count(f"{days}&departmentCodes=10")
    assert 0 == count(f"{days}&voucherTypes=BankJournal")
    created = first["CreatedDateTimeOffset"].replace("+", "%2B")
    assert 0 == count(f"{days}&createdDateTimeOffsetGreaterThan={created}")


# -- patches ------------------------------------------------------------------------------------


@pytest.fixture
def customer(raw: Raw) -> str:
    return raw.fake.put(Customer(name="Kafe Nord AS"))


def patch(raw: Raw, customer: str, body: Any) -> httpx.Response:
    return raw.send("PATCH", f"/Customers/{customer}", body)


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([{"op": "replace", "path": "/phonenumber", "value": "1"}], {"PhoneNumber": "1"}),
        (
            [
                {"op": "add", "path": "/ContactGroupIds/-", "value": 7},
                {"op": "remove", "path": "/ContactGroupIds/0"},
            ],
            {},
        ),
        (
            [
                {"op": "add", "path": "/Name", "value": "a"},
                {"op": "copy", "from": "/Name", "path": "/LegalName"},
            ],
            {"LegalName": "a"},
        ),
        (
            [
                {"op": "replace", "path": "/PhoneNumber", "value": "1"},
                {"op": "move", "from": "/PhoneNumber", "path": "/WebsiteUrl"},
            ],
            {"WebsiteUrl": "1"},
        ),
        (
            [
                {"op": "test", "path": "/Name", "value": "Kafe Nord AS"},
                {"op": "replace", "path": "/IsVatFree", "value": True},
            ],
            {"IsVatFree": True},
        ),
        (
            [
                {"op": "replace", "path": "/MailAddress/City", "value": "Oslo"},
                {"op": "replace", "path": "/MailAddress/ZipCode", "value": "0155"},
            ],
            {},
        ),
    ],
)
def test_patches_are_applied(
    raw: Raw, customer: str, operations: list[Any], expected: dict[str, Any]
) -> None:
    """
    The six operations, on members, lists and nested objects, by names in any case.
    """
    answer = patch(raw, customer, operations)

    assert 200 == answer.status_code
    assert expected.items() <= answer.json().items()


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "replace", "path": "/DepartmentCode", "value": "10"}],
        [{"op": "replace", "path": "/Nonsense/Deep", "value": 1}],
        [{"op": "replace", "path": "/Name/Deep", "value": 1}],
        [{"op": "replace", "path": "/ContactGroupIds/9", "value": 1}],
        [{"op": "remove", "path": "/ContactGroupIds/0"}],
        [{"op": "test", "path": "/Name", "value": "other"}],
        [{"op": "copy", "path": "/Name"}],
        [{"op": "dance", "path": "/Name"}],
        [{"op": "replace", "path": "/IsVatFree", "value": "yes"}],
        [{"op": "replace", "path": "/Name", "value": None}],
        [7],
        "x",
    ],
)
def test_bad_patches_are_refused(raw: Raw, customer: str, operations: Any) -> None:
    """
    Members a patch does not have, failed tests and wrong types change nothing.
    """
    before = raw.fake.get(Customer, customer)

    assert 400 == patch(raw, customer, operations).status_code
    assert before == raw.fake.get(Customer, customer)


def test_object_instead_of_patch_is_ignored(raw: Raw, customer: str) -> None:
    """
    Go has been seen to accept a plain object and ignore it.
    """
    answer = patch(raw, customer, {"Name": "Kafe Sør AS"})

    assert (200, "Kafe Nord AS") == (answer.status_code, answer.json()["Name"])


# -- handles and faults ----------------------------------------------------------------------------


def test_handles_refuse_nonsense(fake: FakeGo) -> None:
    """
    What Go does not hold cannot be put, found or archived.
    """
    order = fake.put(Order(customer="1", lines=(OrderLine(text="x"),)))

    for act in (
        lambda: fake.put(7),
        lambda: fake.all(int),
        lambda: fake.get(Product, "1"),
        lambda: fake.archive(Order, order),
        lambda: fake.archive(Product, "1"),
        lambda: fake.put(Product(name="a", vat_code="99")),
    ):
        with pytest.raises((LookupError, ValueError)):
            act()


def test_order_can_be_put_again(fake: FakeGo) -> None:
    """
    A person changes an order: its lines become the new ones.
    """
    mug = fake.put(Product(name="Krus", price=Decimal(100), vat_code="3"))
    customer = fake.put(Customer(name="Kafe"))
    order = fake.put(Order(customer=customer, lines=(OrderLine(product=mug),)))
    fake.put(Order(customer=customer, lines=(OrderLine(product=mug, quantity=3, text="Tre krus"),)), order)

    assert (OrderLine(product=mug, quantity=3, text="Tre krus", unit_price=Decimal(100)),) == fake.get(
        Order, order
    ).lines


def test_faults_hit_whom_they_are_meant_for(raw: Raw) -> None:
    """
    By method, path, template or below it, as often as asked for.
    """
    fake = raw.fake
    fake.fail_next(500, path="/Customers/{id}")
    fake.fail_next(503, method="POST", path="/Vouchers", times=2)
    fake.fail_next(401, path="/Departments")
    fake.fail_next(403, path="/Departments")

    assert 204 == raw.send("GET", "/Customers").status_code
    assert [500, 404] == [raw.send("GET", "/Customers/1").status_code for _ in range(2)]
    assert [503, 503, 400] == [raw.send("POST", JOURNALS, {}).status_code for _ in range(3)]
    assert [401, 403, 200] == [raw.send("GET", "/Departments").status_code for _ in range(3)]


def test_part_payments_match_if_told_to() -> None:
    """
    Whether Go matches parts by reference is unverified: a setting.
    """
    fake = FakeGo(partial_matching=True)
    company = fake._company
    go = GoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT)
    go.customers.create(Customer(name="Kafe"))
    (account,) = go.customers.subledger_accounts()
    for reference, amount in (("a", 100), ("b", -40)):
        cash: JournalEntry = entry(
            fake, (1920, "0", str(-amount)), (1920, "0", str(amount)), reference=reference
        )
        own = attrs.evolve(cash.lines[1], account_id=account.account_id, matching_reference="ORDER-1")
        go.vouchers.post(attrs.evolve(cash, lines=(cash.lines[0], own)))

    assert [60, 0] == [item.balance() for item in company.subledger.entries]


def test_lines_need_not_move_orders() -> None:
    """
    Whether a changed line moves its order's stamp is unverified: a setting.
    """
    fake = FakeGo(line_edits_move_orders=False)
    customer = fake.put(Customer(name="Kafe"))
    order = fake.put(Order(customer=customer))
    go = GoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT)
    before = go.sales_orders.get(order)
    go.sales_orders.create_line(order, SalesOrderLine(description="x"))

    assert before.changed_at == go.sales_orders.get(order).changed_at


def test_a_line_put_in_between_leaves_the_others_their_ids() -> None:
    """
    A person in Go types one line more; what stood there stays what it was.
    """
    fake = FakeGo()
    mug = fake.put(Product(code="M", name="Mug", price="10.00", vat_code="3"))
    lines = [OrderLine(product=mug, quantity=number) for number in (1, 2)]
    order = fake.put(Order(customer=fake.put(Customer(name="Kafe")), lines=lines))
    go = GoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT)
    before = {line.quantity: line.id for line in go.sales_orders.get(order).lines}
    fake.put(
        attrs.evolve(fake.get(Order, order), lines=[lines[0], OrderLine(product=mug, quantity=9), lines[1]]),
        order,
    )
    after = {line.quantity: line.id for line in go.sales_orders.get(order).lines}

    assert before == {quantity: after[quantity] for quantity in before}


def test_misfits_are_noticed(fake: FakeGo) -> None:
    """
    The validating transport itself refuses what does not fit.
    """
    known = description()
    if known is None:
        pytest.skip("the description of Go is not here (../shared/reference/poweroffice-go-v2.openapi.json)")
    http = httpx.Client(transport=ValidatingTransport(fake.transport, known))
    key = {"Ocp-Apim-Subscription-Key": fake.credentials.subscription_key}
    for method, path, content in (
        ("GET", "/Nonsense", None),
        ("GET", "/VatCodes?colour=red", None),
        ("GET", "/VatCodes?includeExpired=maybe", None),
        ("GET", "/AccountTransactions?fromDate=2026-01-01", None),
        ("GET", "/Customers/abc", None),
        ("POST", "/Customers", b'{"Nam": "x"}'),
        ("POST", JOURNALS, b"{}"),
    ):
        with pytest.raises(AssertionError):
            http.request(
                method,
                f"https://go/v2{path}",
                content=content,
                headers={**key, "Content-Type": "application/json"},
            )
    with pytest.raises(AssertionError):
        http.get("https://go/v2/VatCodes")
