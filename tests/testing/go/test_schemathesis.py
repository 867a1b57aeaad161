"""
The fake answers generated requests, good and bad, as PowerOffice's description says.

Bodies of 4xx are the gateway's, or not described at all, and are left out of
the schema check; everything the fake answers with success is held against it.
"""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import hypothesis
import pytest

from posgo.clients.auth import basic_authorization
from posgo.clients.go_client import GoClient
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Address, Customer
from posgo.testing import NO_LIMIT, FakeGo
from posgo.testing._go.http import Received
from support.generated import EXAMPLES
from support.ledger import SALE, entry
from support.validating import DESCRIPTION, description

schemathesis = pytest.importorskip("schemathesis", reason="it is in a dependency group of its own: contract")
if not DESCRIPTION.exists():
    pytest.skip(f"the description of Go is not here (expected at {DESCRIPTION})", allow_module_level=True)

_document = json.loads(DESCRIPTION.read_text(encoding="utf-8"))


def _flattened(document: dict[str, Any]) -> dict[str, Any]:
    """
    The description as requests are really made: page parameters are flat query members, and keys are in headers.
    """
    document["security"] = []
    flat = document["components"]["schemas"]["ResourceParameters"]["properties"]
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
            given = operation.get("parameters", [])
            kept = [one for one in given if one["name"] != "resourceParameter"]
            if len(kept) < len(given):
                kept += [
                    {"in": "query", "name": name, "schema": schema}
                    for name, schema in flat.items()
                    if name != "MaxPageSize"
                ]
            operation["parameters"] = kept
    return document


schema = schemathesis.openapi.from_dict(_flattened(_document))


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[str, dict[str, str]]]:
    fake = FakeGo()
    customer = fake.put(
        Customer(name="Kafe", email="a@example.no", address=Address(zip_code="1", city="Oslo"))
    )
    mug = fake.put(Product(code="1", name="Krus", price=Decimal(100), vat_code="3"))
    lines = (OrderLine(product=mug), OrderLine(text="x"))
    draft = Order(customer=customer, ordered_on=date(2026, 3, 1), lines=lines)
    fake.put(draft)
    order = fake.put(draft)
    go = GoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT)
    go.vouchers.post(entry(fake, *SALE))
    go.sales_orders.send(order)
    go.sales_orders.sent_state(order)
    go.accounts.create(number=4000, name="x")
    token = fake._gate.issue(_token_request(fake), fake.privileges)
    keys = {
        "Authorization": f"Bearer {json.loads(token.content)['access_token']}",
        "Ocp-Apim-Subscription-Key": fake.credentials.subscription_key,
    }
    with fake.serve() as base:
        yield f"{base}/v2", keys


def _token_request(fake: FakeGo) -> Received:
    return Received(
        method="POST",
        path="/OAuth/Token",
        headers={"authorization": basic_authorization(fake.credentials)},
        content=b"grant_type=client_credentials",
    )


@schema.parametrize()  # type: ignore[untyped-decorator]
@hypothesis.settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
def test_answers_are_those_described(case: Any, shop: tuple[str, dict[str, str]]) -> None:
    """
    No request ends in a 5xx, in an undescribed success, or in a body beside its schema.
    """
    base, keys = shop
    response = case.call(base_url=base, headers=keys)
    known = description()
    assert known is not None
    assert response.status_code < 500
    method, path = case.operation.method.upper(), case.operation.path
    if case.method.upper() != method and response.status_code == 404:
        # The gateway knows no such method there, and no description tells of it.
        return
    known.check_answer(
        known.find(method, path)[1], response.status_code, response.content, f"{method} {path}"
    )
