"""
The read-only part of the client against a real demo company, if its keys are in the environment.

Run it with the variables of ``GoCredentials.from_env`` set. It leaves this
machine on purpose, writes nothing, and holds every answer against the
description. Without keys it skips.
"""

import itertools
import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from posgo.clients.credentials import GoCredentials
from posgo.clients.go_client import GoClient
from posgo.testing import NO_LIMIT, FakeGo

KEYS = ("POSGO_APPLICATION_KEY", "POSGO_CLIENT_KEY", "POSGO_SUBSCRIPTION_KEY")
TODAY = date.today()  # noqa: DTZ011 - a posting date has no zone
MONTH_AGO = TODAY - timedelta(days=30)

READS: dict[str, Callable[[GoClient], Any]] = {
    "integration": lambda go: go.integration.get(),
    "organization": lambda go: go.settings.organization(),
    "lock_date": lambda go: go.settings.lock_date(),
    "vat": lambda go: go.settings.vat(),
    "financial": lambda go: go.settings.financial(),
    "accounts": lambda go: go.accounts.list(),
    "vat_codes": lambda go: go.vat_codes.list(),
    "departments": lambda go: go.departments.list(),
    "locations": lambda go: go.locations.list(),
    "projects": lambda go: go.projects.list(),
    "payment_terms": lambda go: go.payment_terms.list(),
    "delivery_terms": lambda go: go.delivery_terms.list(),
    "branding_themes": lambda go: go.branding_themes.list(),
    "currencies": lambda go: go.currencies.list(),
    "number_series": lambda go: go.number_series.list(),
    "customers": lambda go: go.customers.list(page_size=100),
    "subledger_accounts": lambda go: go.customers.subledger_accounts(),
    "contact_persons": lambda go: go.contact_persons.list(page_size=100),
    "delivery_addresses": lambda go: go.delivery_addresses.list(page_size=100),
    "contact_groups": lambda go: go.contact_groups.list(),
    "products": lambda go: go.products.list(page_size=100),
    "product_groups": lambda go: go.product_groups.list(),
    "sales_orders": lambda go: go.sales_orders.list(page_size=100),
    "outgoing_invoices": lambda go: go.outgoing_invoices.list(from_date=MONTH_AGO, to_date=TODAY),
    "account_transactions": lambda go: go.account_transactions.list(from_date=MONTH_AGO, to_date=TODAY),
    "trial_balance": lambda go: go.trial_balance.list(on=TODAY),
    "open_items": lambda go: go.customer_ledger.open_items(on=TODAY),
    "statement": lambda go: go.customer_ledger.statement(from_date=MONTH_AGO, to_date=TODAY),
    "balances": lambda go: go.customer_ledger.balances(on=TODAY),
}


@pytest.fixture
def the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Lift the guard that keeps every other test on this machine.
    """
    monkeypatch.undo()


def read(result: Any) -> Any:
    """
    What a read gives, of a listing the first rows.
    """
    return list(itertools.islice(result, 200)) if hasattr(result, "__next__") else result


@pytest.mark.parametrize("name", READS)
def test_fake_company_is_read(name: str, validated: Callable[[Any], Any]) -> None:
    """
    Every read works on the fake; the same list is then read from a real company.
    """
    fake = FakeGo()
    read(READS[name](GoClient(fake.credentials, transport=validated(fake.transport), limiter=NO_LIMIT)))

    assert {"GET", "POST"} >= {request.method for request in fake.requests}
    assert all(request.method == "GET" or request.path == "/OAuth/Token" for request in fake.requests)


@pytest.mark.skipif(not all(os.environ.get(key) for key in KEYS), reason="no keys of a demo company are set")
@pytest.mark.parametrize("name", READS)
def test_demo_company_is_read(name: str, validated: Callable[[Any], Any], the_network: None) -> None:
    """
    A real demo company answers as the description says, and posgo can read it.
    """
    with GoClient(GoCredentials.from_env(), transport=validated(httpx.HTTPTransport())) as go:
        read(READS[name](go))
