"""
Keys, tokens and privileges.
"""

import base64
import binascii
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import attrs

from posgo.clients.credentials import GoCredentials
from posgo.testing._go.company import Company
from posgo.testing._go.http import Received, Reply, gateway
from posgo.testing._go.routing import Endpoint, endpoint

__all__ = ["ENDPOINTS", "PRIVILEGES", "Gate"]

_PLAIN = [
    "AccountTransaction",
    "BankVoucher",
    "CashVoucher",
    "CommonServices",
    "ContactDeliveryAddress",
    "ContactGroup",
    "ContactPerson",
    "Customer",
    "CustomerLedger",
    "Department",
    "GeneralLedgerAccount",
    "JournalEntryVoucher",
    "Location",
    "ManualVoucher",
    "OutgoingInvoice",
    "OutgoingInvoiceVoucher",
    "Product",
    "Project",
    "ReverseVoucher",
    "SalesOrderAttachment",
    "SalesOrders",
    "TrialBalance",
    "VoucherDocumentation",
    "YearEndVoucher",
]
PRIVILEGES = frozenset(_PLAIN) | frozenset(f"{name}_Full" for name in _PLAIN)


@attrs.frozen(kw_only=True)
class _Issued:
    until: datetime
    privileges: frozenset[str]


class Gate:
    """
    The gateway and the token endpoint.

    Args:
        credentials: The keys that open the company.
        now: Tells the time (UTC).
    """

    def __init__(self, credentials: GoCredentials, now: Callable[[], datetime]) -> None:
        self.credentials = credentials
        self.token_lifetime = timedelta(minutes=20)
        self._now = now
        self._issued: dict[str, _Issued] = {}

    def refuses_subscription(self, request: Received) -> Reply | None:
        """
        What the gateway answers to a missing or wrong subscription key; None lets the request in.
        """
        given = request.headers.get("ocp-apim-subscription-key") or request.query.get("subscription-key")
        keys = {self.credentials.subscription_key, self.credentials.secondary_subscription_key} - {None}
        if given in keys:
            return None
        problem = "invalid" if given else "missing"
        return gateway(
            401,
            f"Access denied due to {problem} subscription key. "
            "Make sure to provide a valid key for an active subscription.",
        )

    def issue(self, request: Received, privileges: frozenset[str]) -> Reply:
        """
        Answer the token endpoint.
        """
        grant = parse_qs(request.content.decode("utf-8", "replace")).get("grant_type", [""])[0]
        if grant != "client_credentials":
            return self._refused("unsupported_grant_type" if grant else "invalid_request")
        if not self._keys_fit(request.headers.get("authorization", "")):
            return self._refused("invalid_client")
        token = f"fake-{uuid.uuid4().hex}"
        self._issued[token] = _Issued(until=self._now() + self.token_lifetime, privileges=privileges)
        seconds = int(self.token_lifetime.total_seconds())
        return Reply.of({"access_token": token, "token_type": "bearer", "expires_in": seconds})

    def privileges(self, request: Received) -> frozenset[str] | None:
        """
        The privileges in the request's token; None if the token is missing, unknown or expired.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        issued = self._issued.get(token.strip()) if scheme.casefold() == "bearer" else None
        return issued.privileges if issued is not None and self._now() < issued.until else None

    def revoke_tokens(self) -> None:
        """
        Make every token given out so far invalid.
        """
        self._issued.clear()

    def _keys_fit(self, authorization: str) -> bool:
        scheme, _, pair = authorization.partition(" ")
        try:
            keys = base64.b64decode(pair, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        expected = f"{self.credentials.application_key}:{self.credentials.client_key}"
        return scheme.casefold() == "basic" and keys == expected

    @staticmethod
    def _refused(error: str) -> Reply:
        description = {"invalid_client": "The integration was not found for this pair of keys"}
        return Reply.of({"error": error, "error_description": description.get(error, error)}, 400)


@endpoint("GET", "/ClientIntegrationInformation")
def integration_information(company: Company, _request: Received) -> Reply:
    """
    The client company and the integration's privileges in it.
    """
    return Reply.of(
        {
            "ClientId": company.id,
            "ClientName": company.name,
            "ActiveClientSubscriptions": ["Accounting", "Invoicing", "Products"],
            "ValidPrivileges": sorted(company.privileges - company.privileges_without_module),
            "InvalidPrivileges": sorted(company.privileges_without_module),
        }
    )


ENDPOINTS: tuple[Endpoint, ...] = (integration_information,)
