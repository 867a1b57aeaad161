"""
A fake over real HTTP on this machine.
"""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from posgo.testing._http.messages import Answerer, ConnectionCutError

__all__ = ["serve"]


def _handler(answer: Answerer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave together: one after the other, the second waits 40 ms for a receipt of the first.
        wbufsize = -1

        def _serve(self) -> None:
            length = self.headers.get("Content-Length", "0")
            content = self.rfile.read(int(length)) if length.isdigit() else b""
            host = self.headers.get("Host", "localhost")
            try:
                reply = answer(self.command, f"http://{host}{self.path}", dict(self.headers.items()), content)
            except ConnectionCutError:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            if reply.pause:
                half = len(reply.content) // 2
                self.wfile.write(reply.content[:half])
                self.wfile.flush()
                time.sleep(reply.pause)
                self.wfile.write(reply.content[half:])
            else:
                self.wfile.write(reply.content)

        def __getattr__(self, name: str) -> Callable[[], None]:
            # Whatever the method, the fake decides: the server itself would answer 501.
            if name.startswith("do_"):
                return self._serve
            raise AttributeError(name)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """
            Keep quiet: a fake's log would drown a test's.
            """

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Whoever hung up, or was killed, needs no answer; anything else is a fault of the fake.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def serve(answer: Answerer) -> Iterator[str]:
    """
    Serve as long as the block lasts. Yields the base URL.
    """
    server = _Server(("127.0.0.1", 0), _handler(answer))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
