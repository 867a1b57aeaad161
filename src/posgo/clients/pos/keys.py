"""
How requests to a POS say who asks: by a token, or by a signature.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias
from urllib.parse import urlsplit

import attrs

from posgo.clients.sending import Exchange
from posgo.exceptions import ConfigurationError

__all__ = ["Keys", "SigningKey", "bearer", "nobody", "signature", "signed"]

Keys: TypeAlias = Callable[[Exchange, datetime], Mapping[str, str]]
"""Makes the headers that say who asks, for a request that is otherwise finished and the time it is sent."""


def _plain(value: str) -> bool:
    # It goes into a header: nothing may end the line, or the value, there.
    return bool(value) and value.isascii() and value.isprintable() and " " not in value


@attrs.frozen
class SigningKey:
    """
    A key shared with the POS, for requests that are signed instead of carrying a token.

    Attributes:
        id: Which key it is; sent along.
        secret: What it is; never sent and never shown.

    Raises:
        ConfigurationError: If the id cannot stand in a header, or the secret is shorter than 16 characters.
    """

    id: str
    secret: str = attrs.field(repr=lambda _: "'***'")

    def __attrs_post_init__(self) -> None:
        if not _plain(self.id) or '"' in self.id:
            raise ConfigurationError("signing key", ("give its id in printable characters, without blanks",))
        if len(self.secret) < 16:
            raise ConfigurationError("signing key", ("give a secret of at least 16 characters",))


def nobody(_exchange: Exchange, _at: datetime) -> Mapping[str, str]:
    """
    Say nothing, to a POS that knows its callers otherwise.
    """
    return {}


def bearer(token: str) -> Keys:
    """
    Send a token.

    Raises:
        ConfigurationError: If it cannot stand in a header.
    """
    if not _plain(token):
        raise ConfigurationError("token", ("give the token as the POS gave it: printable, without blanks",))
    return lambda _exchange, _at: {"Authorization": f"Bearer {token}"}


def signature(secret: str, method: str, target: str, created: int, content: bytes) -> str:
    """
    Sign a request: HMAC-SHA256, in hexadecimal.

    Args:
        secret: The shared key.
        method: In capitals.
        target: Path and query string as they are sent.
        created: Seconds since 1970 (UTC).
        content: The body; empty if there is none.
    """
    text = f"{method}\n{target}\n{created}\n{hashlib.sha256(content).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(key: SigningKey) -> Keys:
    """
    Sign every request.
    """

    def sign(exchange: Exchange, at: datetime) -> Mapping[str, str]:
        url, created = urlsplit(exchange.url), int(at.timestamp())
        target = f"{url.path}?{url.query}" if url.query else url.path
        proof = signature(key.secret, exchange.method, target, created, exchange.content or b"")
        return {"Pos-Signature": f'key="{key.id}", created={created}, hmac="{proof}"'}

    return sign
