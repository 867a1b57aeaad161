"""
Faults on demand: which requests they hit.
"""

import httpx
import pytest

from posgo.testing import FakeGo

CASH_JOURNALS = "/v2/Vouchers/CashJournals"
ONE_JOURNAL = "/v2/Vouchers/CashJournals/7a1c2b3e-0000-4000-8000-000000000000"


def hit(path: str | None, sent: str, method: str = "POST") -> bool:
    """
    Whether a fault for ``path`` is what a request to ``sent`` is answered with.
    """
    go = FakeGo()
    go.fail_next(418, path=path)
    with httpx.Client(transport=go.transport, base_url="https://goapi.poweroffice.net/Demo") as client:
        return 418 == client.request(method, sent).status_code


@pytest.mark.parametrize(
    "path",
    [
        None,
        "/Vouchers/CashJournals",
        "Vouchers/CashJournals",
        "/Vouchers/CashJournals/",
        "CashJournals",
        "/CashJournals",
        "/v2/Vouchers/CashJournals",
        "v2/Vouchers/CashJournals",
        "/vouchers/cashjournals",
        "/Vouchers",
    ],
)
def test_a_path_is_known_however_much_of_it_is_given(path: str | None) -> None:
    """
    With or without slashes, the version or the steps before it; and what lies below it is hit too.
    """
    assert hit(path, CASH_JOURNALS)
    assert hit(path, ONE_JOURNAL, "GET")


@pytest.mark.parametrize("path", ["/Vouchers/BankJournals", "Journals", "/Vouchers/Cash", "CashJournals/x"])
def test_another_path_is_left_alone(path: str) -> None:
    """
    Steps are compared whole: a part of a name is another path.
    """
    assert not hit(path, CASH_JOURNALS)


@pytest.mark.parametrize("path", ["/OAuth/Token", "OAuth/Token", "Token"])
def test_the_token_endpoint(path: str) -> None:
    """
    The token endpoint stands outside the version.
    """
    assert hit(path, "/OAuth/Token")
    assert not hit(path, CASH_JOURNALS)


@pytest.mark.parametrize("path", ["/Vouchers/CashJournals/{id}", "CashJournals/{id}"])
def test_a_template(path: str) -> None:
    """
    A template hits the requests it stands for, and no others.
    """
    assert hit(path, ONE_JOURNAL, "GET")
    assert not hit(path, CASH_JOURNALS)
