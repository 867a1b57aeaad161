"""
Access tokens: how they are asked for, read and kept.
"""

import base64
from datetime import timedelta

import attrs

from posgo.clients.calls import Answer, BodyKind, Call, Repeat
from posgo.clients.credentials import GoCredentials
from posgo.exceptions import WireFormatError
from posgo.wire.json import loads

__all__ = ["Token", "TokenKeeper", "basic_authorization", "token_call"]

# A token renewed this long before it ends never ends on the way.
_MARGIN = timedelta(seconds=90)


@attrs.frozen(kw_only=True)
class Token:
    """
    An access token.

    Attributes:
        secret: What the ``Authorization`` header carries.
        lifetime: As Go gave it.
    """

    secret: str = attrs.field(repr=False)
    lifetime: timedelta


def _read_token(answer: Answer) -> Token:
    body = loads(answer.content)
    if not isinstance(body, dict):
        raise WireFormatError("$", "an object with an access token expected")
    secret, seconds = body.get("access_token"), body.get("expires_in")
    # It goes into a header: nothing may end the line there.
    if not isinstance(secret, str) or not secret or not (secret.isascii() and secret.isprintable()):
        raise WireFormatError("$.access_token", "a text expected")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 10**8:
        raise WireFormatError("$.expires_in", "a number of seconds expected")
    return Token(secret=secret, lifetime=timedelta(seconds=seconds))


def token_call() -> Call[Token]:
    """
    Ask for an access token. It changes nothing, although it is a POST.
    """
    return Call(
        method="POST",
        root="",
        path="/OAuth/Token",
        body="grant_type=client_credentials",
        body_kind=BodyKind.FORM,
        decode=_read_token,
        repeat=Repeat.SAFE,
        bearer=False,
        only_asks=True,
    )


def basic_authorization(credentials: GoCredentials) -> str:
    """
    Write the header that asks for a token.
    """
    pair = f"{credentials.application_key}:{credentials.client_key}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


class TokenKeeper:
    """
    The token in force, and when to ask for the next.

    Renewal is proactive: before the token ends, by the smaller of 90 seconds
    and half its lifetime.
    """

    def __init__(self) -> None:
        # One value, replaced whole: threads see either the old pair or the new.
        self._kept: tuple[Token, float] | None = None

    def usable(self, now: float) -> Token | None:
        """
        The token, if it will hold for a request sent now. ``now`` is in seconds of a monotonic clock.
        """
        kept = self._kept
        return kept[0] if kept is not None and now < kept[1] else None

    def keep(self, token: Token, asked_at: float) -> None:
        """
        Take a new token; its life began no earlier than when it was asked for.
        """
        until = token.lifetime - min(_MARGIN, token.lifetime / 2)
        self._kept = (token, asked_at + until.total_seconds())

    def forget(self, token: Token | None = None) -> None:
        """
        Drop the token; with ``token`` only if that is the one in force.
        """
        kept = self._kept
        if kept is not None and (token is None or token is kept[0]):
            self._kept = None
