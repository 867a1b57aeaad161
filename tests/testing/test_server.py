"""
A fake over real HTTP: whoever hangs up is no fault of the server's.
"""

import socket
import struct
import threading
from urllib.parse import urlsplit

import pytest

from posgo.testing._http.messages import Reply
from posgo.testing._http.server import serve

REQUEST = b"GET /anything HTTP/1.1\r\nHost: x\r\n\r\n"


def hang_up(url: str, said: bytes) -> None:
    """
    Say something and break the connection, as a killed process does.
    """
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 0)) as client:
        client.sendall(said)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("said", [b"", REQUEST[:20], REQUEST])
def test_hanging_up_is_no_news(capfd: pytest.CaptureFixture[str], said: bytes) -> None:
    """
    A client that is gone, before or after it has asked, leaves no traceback and blocks nobody.
    """
    with serve(lambda *_: Reply(status=200, content=b"x" * 100_000)) as url:
        alone = threading.active_count()
        for _ in range(5):
            hang_up(url, said)
        while threading.active_count() > alone:
            threading.Event().wait(0.001)

    assert ("", "") == tuple(capfd.readouterr())


def test_a_fault_of_the_fake_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    """
    What fails in answering is on the standard error stream, with its traceback.
    """

    def answer(*_: object) -> Reply:
        raise ZeroDivisionError

    with serve(answer) as url:
        where = urlsplit(url)
        with socket.create_connection((where.hostname or "", where.port or 0)) as client:
            client.sendall(REQUEST)
            assert b"" == client.recv(10)

    assert "ZeroDivisionError" in capfd.readouterr().err
