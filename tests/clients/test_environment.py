"""
What a client takes from its surroundings, and what it leaves there.
"""

import gc
import warnings

import httpx
import pytest

from posgo import AsyncGoClient, GoClient
from posgo.exceptions import ConfigurationError
from posgo.testing import NO_LIMIT, FakeGo


@pytest.mark.parametrize("make", [GoClient, AsyncGoClient])
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ALL_PROXY", "socks5://user:a-secret@localhost:1", r"httpx\[socks\]"),
        ("HTTPS_PROXY", "http://user:a-secret@proxy:port", "HTTPS_PROXY"),
        ("HTTPS_PROXY", "ftp://user:a-secret@proxy", "HTTPS_PROXY"),
        ("SSL_CERT_FILE", "/nowhere/at/all", "SSL_CERT_FILE"),
        ("SSL_CERT_FILE", __file__, "SSL_CERT_FILE"),
    ],
    ids=["socks", "port", "scheme", "missing certificates", "no certificates"],
)
def test_an_environment_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, make: type[GoClient | AsyncGoClient], name: str, value: str, says: str
) -> None:
    """
    A wrong proxy or certificate file is a configuration error, which shows no password.
    """
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError, match=says) as raised:
        make(FakeGo().credentials)

    assert "a-secret" not in str(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_a_client_that_nobody_closes() -> None:
    """
    A client used without ``with`` closes its connections when it is dropped.
    """
    go = FakeGo()
    with go.serve() as url, warnings.catch_warnings():
        warnings.simplefilter("error")
        client = GoClient(go.credentials, base_url=url, limiter=NO_LIMIT)
        client.integration.get()
        del client
        gc.collect()


def test_a_transport_that_is_shared() -> None:
    """
    A client that is dropped does not close a transport of the caller's, which others may use.
    """
    go = FakeGo()
    closed: list[bool] = []

    class Shared(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return go.transport.handle_request(request)

        def close(self) -> None:
            closed.append(True)

    client = GoClient(go.credentials, transport=Shared(), limiter=NO_LIMIT)
    client.integration.get()
    del client
    gc.collect()

    assert [] == closed
