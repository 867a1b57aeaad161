"""
The fake answers generated requests, good and bad, as the description of the contract says.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from posgo import Address, Customer, Order, OrderLine, Product
from posgo.testing import FakePos
from support.generated import EXAMPLES
from support.zreports import a_day

schemathesis = pytest.importorskip("schemathesis", reason="it is in a dependency group of its own: contract")

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "pos-contract.openapi.json"
schema = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    pos = FakePos(token="secret", page_size=3)
    customer = pos.put(Customer(name="Blåbær AS", address=Address(line1="Storgata 1")), "1")
    product = pos.put(Product(name="Kaffe", gtins=("1", "2"), images=("https://example.com/1.png",)), "1")
    pos.put(Order(customer=customer, lines=(OrderLine(product=product),)), "1")
    pos.put(a_day())
    with pos.serve() as base:
        yield base


@schema.parametrize()  # type: ignore[untyped-decorator]
@hypothesis.settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
def test_answers_are_those_described(case: Any, url: str) -> None:
    """
    No request ends in a 5xx, in an undescribed status or content type, or in a body beside its schema.
    """
    case.call_and_validate(
        base_url=url,
        headers={"Authorization": "Bearer secret"},
        checks=[
            schemathesis.checks.not_a_server_error,
            schemathesis.checks.status_code_conformance,
            schemathesis.checks.content_type_conformance,
            schemathesis.checks.response_headers_conformance,
            schemathesis.checks.response_schema_conformance,
        ],
    )
