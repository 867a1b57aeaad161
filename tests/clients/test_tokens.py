"""
Access tokens, keys and privileges, with both clients.
"""

import asyncio
import threading
from typing import Any

import attrs
import pytest

from posgo.clients.go_client import AsyncGoClient, GoClient
from posgo.clients.limiter import NO_LIMIT
from posgo.exceptions import (
    ApiError,
    AuthenticationError,
    MissingPrivilegeError,
    WireFormatError,
)
from posgo.testing import FakeGo
from support.colours import Shop, copied, paths
from support.ledger import entry

INFO = "/ClientIntegrationInformation"
JOURNALS = "/Vouchers/CashJournals"


def test_token_is_renewed_before_it_ends(shop: Shop, go: Any, fake: Any) -> None:
    """
    One token serves until shortly before its end; a request never meets its end.
    """
    for _ in range(19):
        shop.do(go.integration.get())
        shop.clock.advance(60)
    shop.do(go.integration.get())

    assert 2 == paths(fake).count("/OAuth/Token")
    assert 20 == paths(fake).count(INFO)


def test_withdrawn_token_is_replaced_once(shop: Shop, go: Any, fake: Any) -> None:
    """
    A refused token costs one renewal, and the write goes through once.
    """
    shop.do(go.integration.get())
    fake.revoke_tokens()
    shop.do(go.vouchers.post(entry(fake)))

    assert (2, 2, 1) == (paths(fake).count("/OAuth/Token"), paths(fake).count(JOURNALS), len(fake.vouchers))


@pytest.mark.parametrize("status", [503, None])
def test_a_token_that_is_not_given_changes_nothing(shop: Shop, fake: Any, status: int | None) -> None:
    """
    It is asked for by a POST, and nobody need look whether it was carried out.
    """
    fake.fail_next(status, after_effect=status is None, times=9, path="/OAuth/Token")
    error = shop.failure(shop.client().integration.get, ApiError)

    assert not error.may_have_happened
    assert "carried out" not in str(error)


def test_token_can_be_thrown_away(shop: Shop, go: Any, fake: Any) -> None:
    """
    After a change of privileges a new token is asked for.
    """
    shop.do(go.integration.get())
    go.invalidate_token()
    shop.do(go.integration.get())

    assert 2 == paths(fake).count("/OAuth/Token")


def test_refused_access_ends(shop: Shop, go: Any, fake: Any) -> None:
    """
    A token refused twice is not fought over.
    """
    fake.fail_next(401, times=2, path=INFO)

    assert 401 == shop.failure(go.integration.get, AuthenticationError).status
    assert 2 == paths(fake).count(INFO)


def test_second_subscription_key_takes_over(shop: Shop, fake: Any) -> None:
    """
    While keys are rotated one of the two holds, and is used from then on.
    """
    keys = fake.credentials
    rotated = attrs.evolve(keys, subscription_key="old-key", secondary_subscription_key=keys.subscription_key)
    go = shop.client(credentials=rotated)
    shop.do(go.integration.get())
    shop.do(go.integration.get())

    assert ["/OAuth/Token", "/OAuth/Token", INFO, INFO] == paths(fake)


def test_two_wrong_subscription_keys(shop: Shop, fake: Any) -> None:
    """
    Both refused by the gateway: the error names the portal, and none of the keys.
    """
    wrong = attrs.evolve(fake.credentials, subscription_key="one", secondary_subscription_key="two")
    error = shop.failure(shop.client(credentials=wrong).integration.get, AuthenticationError)

    assert "developer portal" in error.remedy
    assert 2 == len(fake.requests)


def test_privilege_is_named(shop: Shop, go: Any, fake: Any) -> None:
    """
    An empty 403 becomes the name of what is missing, and whether the module is what lacks.
    """
    fake.privileges -= {"CashVoucher_Full"}
    error = shop.failure(lambda: go.vouchers.post(entry(fake)), MissingPrivilegeError)
    fake._company.privileges_without_module = frozenset({"CashVoucher_Full"})
    without_module = shop.failure(lambda: go.vouchers.post(entry(fake)), MissingPrivilegeError)

    assert (("CashVoucher_Full",), ()) == (error.privileges, error.without_module)
    assert ("CashVoucher_Full",) == without_module.without_module
    assert "lacks the Go module" in str(without_module)
    assert str(without_module) == str(copied(without_module))


def test_privilege_granted_meanwhile_is_used(shop: Shop, go: Any, fake: Any) -> None:
    """
    The token carries old privileges; after a refusal the next request asks for a new one.
    """
    everything = fake.privileges
    fake.privileges -= {"CashVoucher_Full"}
    shop.do(go.integration.get())
    fake.privileges = everything
    shop.failure(lambda: go.vouchers.post(entry(fake)), MissingPrivilegeError)
    shop.do(go.vouchers.post(entry(fake)))

    assert 1 == len(fake.vouchers)


def test_privileges_that_cannot_be_looked_up(shop: Shop, fake: Any) -> None:
    """
    If even the look-up fails, the refusal itself is told.
    """
    go = shop.client(transport=fake.transport)
    fake.fail_next(403, path="/VatCodes")
    fake.garble_next(b"{", path=INFO)
    error = shop.failure(go.vat_codes.list, MissingPrivilegeError)

    assert ("CommonServices", "CommonServices_Full") == error.privileges


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"access_token": 1, "expires_in": 1}',
        b'{"access_token": "a\\n", "expires_in": 5}',
        b'{"access_token": "a", "expires_in": true}',
        b'{"access_token": "a", "expires_in": -5}',
    ],
)
def test_nonsense_instead_of_a_token(shop: Shop, go: Any, fake: Any, body: bytes) -> None:
    """
    A token that is none is told as such.
    """
    fake.garble_next(body, path="/OAuth/Token")

    shop.failure(go.integration.get, WireFormatError)


def test_threads_renew_once(fake: FakeGo) -> None:
    """
    Thirty-two threads sharing a client ask for one token.
    """
    go = GoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT)
    barrier = threading.Barrier(32)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            barrier.wait()
            go.integration.get()
        except BaseException as error:  # noqa: BLE001 - the main thread must hear of it
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ([], 1, 32) == (failures, paths(fake).count("/OAuth/Token"), paths(fake).count(INFO))


def test_tasks_renew_once(fake: FakeGo) -> None:
    """
    Two hundred tasks sharing a client ask for one token, also after it was withdrawn.
    """
    go = AsyncGoClient(fake.credentials, transport=fake.transport, limiter=NO_LIMIT)

    async def work() -> None:
        await asyncio.gather(*(go.integration.get() for _ in range(200)))

    asyncio.run(work())
    assert (1, 200) == (paths(fake).count("/OAuth/Token"), paths(fake).count(INFO))
