"""
The keys of a client company, and the two worlds they may belong to.
"""

import enum
import os
from collections.abc import Mapping

import attrs

from posgo.exceptions import ConfigurationError

__all__ = ["Environment", "GoCredentials"]

_VARIABLES = {
    "application_key": "POSGO_APPLICATION_KEY",
    "client_key": "POSGO_CLIENT_KEY",
    "subscription_key": "POSGO_SUBSCRIPTION_KEY",
}
_OPTIONAL_VARIABLE = "POSGO_SECONDARY_SUBSCRIPTION_KEY"


class Environment(enum.Enum):
    """
    Which PowerOffice Go. Data and keys of the two are wholly separate.

    The value is the address that token (``/OAuth/Token``) and API (``/v2``) stand below.
    """

    DEMO = "https://goapi.poweroffice.net/Demo"
    """For development and tests."""

    PRODUCTION = "https://goapi.poweroffice.net"
    """Real companies' books."""


def _usable_key(_instance: object, attribute: "attrs.Attribute[str]", value: object) -> None:
    # The value itself must not be told.
    if (
        not isinstance(value, str)
        or not value
        or not (value.isascii() and value.isprintable())
        or " " in value
    ):
        raise ConfigurationError(
            "GoCredentials",
            (f"{attribute.name} must be printable text without blanks, as PowerOffice gave it",),
        )


def _strip(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


@attrs.frozen
class GoCredentials:
    """
    The keys that open one client company to one integration. They never show in a ``repr``.

    Attributes:
        application_key: One per integration and environment.
        client_key: One per client company and integration; Go shows it once.
        subscription_key: One per developer subscription; the limit of ten requests a second counts per this key.
        secondary_subscription_key: Its second value, tried when Go refuses the first; None if not used.
    """

    application_key: str = attrs.field(repr=False, converter=_strip, validator=_usable_key)
    client_key: str = attrs.field(repr=False, converter=_strip, validator=_usable_key)
    subscription_key: str = attrs.field(repr=False, converter=_strip, validator=_usable_key)
    secondary_subscription_key: str | None = attrs.field(
        default=None, repr=False, converter=_strip, validator=attrs.validators.optional(_usable_key)
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "GoCredentials":
        """
        Read the keys from ``POSGO_APPLICATION_KEY``, ``POSGO_CLIENT_KEY``, ``POSGO_SUBSCRIPTION_KEY`` and, if set,
        ``POSGO_SECONDARY_SUBSCRIPTION_KEY``.

        Args:
            environ: Where to read from; None means the environment of this process.

        Raises:
            ConfigurationError: Naming every variable that is missing.
        """
        source = os.environ if environ is None else environ
        missing = tuple(f"set {name}" for name in _VARIABLES.values() if not source.get(name, "").strip())
        if missing:
            raise ConfigurationError("the environment", missing)
        keys = {field: source[name] for field, name in _VARIABLES.items()}
        return cls(**keys, secondary_subscription_key=source.get(_OPTIONAL_VARIABLE, "").strip() or None)
