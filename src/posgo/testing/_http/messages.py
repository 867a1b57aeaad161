"""
Requests and answers as a fake sees them.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs

from posgo.wire.json import dumps

__all__ = ["Answerer", "ConnectionCutError", "Received", "RefusalError", "Reply"]


class ConnectionCutError(Exception):
    """
    The connection ends without an answer.
    """


@attrs.frozen(kw_only=True)
class Reply:
    """
    An answer on its way out.

    Attributes:
        status: HTTP status.
        content: Body.
        headers: Names and values.
        pause: Seconds between the first half of the body and the rest.
    """

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    pause: float = 0.0

    @classmethod
    def of(cls, body: Any, status: int = 200, **headers: str) -> "Reply":
        """
        Answer with a JSON document.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status=status, content=dumps(body), headers={"Content-Type": "application/json", **named})


class RefusalError(Exception):
    """
    The fake says no.
    """

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(reply.status)


@attrs.frozen(kw_only=True)
class Received:
    """
    A request a fake received.

    Attributes:
        method: In capitals.
        path: Below the API's root, such as ``/VatCodes``.
        query: Names as sent.
        headers: Names in lower case.
        content: Body as sent.
        parameters: Values of the path template; empty before routing.
    """

    method: str
    path: str
    query: Mapping[str, str] = attrs.field(factory=dict)
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    content: bytes = attrs.field(default=b"", repr=False)
    parameters: Mapping[str, Any] = attrs.field(factory=dict)


Answerer: TypeAlias = Callable[[str, str, dict[str, str], bytes], Reply]
"""Answers method, URL, headers and body. Raises :class:`ConnectionCutError` to end without an answer."""
