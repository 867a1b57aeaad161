"""
The front door: what every request passes before it is answered, and how it fails on demand.
"""

import copy
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs

from posgo.testing._go import (
    accounts,
    auth,
    documents,
    goods,
    invoices,
    journals,
    ledger,
    orders,
    parties,
    receivables,
    sending,
    terms,
    transactions,
)
from posgo.testing._go.company import Company
from posgo.testing._go.faults import faulty_reply
from posgo.testing._go.http import (
    ConnectionCutError,
    Received,
    RefusalError,
    Reply,
    bad_request,
    gateway,
    not_found,
)
from posgo.testing._go.routing import Endpoint, Router
from posgo.testing._http.faults import Fault, Script

__all__ = ["Door", "Garbled", "Slow"]

_SUBJECTS = (
    accounts,
    auth,
    documents,
    goods,
    invoices,
    journals,
    ledger,
    orders,
    parties,
    receivables,
    sending,
    terms,
    transactions,
)
_ROUTER = Router(endpoint for subject in _SUBJECTS for endpoint in subject.ENDPOINTS)
_TOKEN_PATH = "/OAuth/Token"  # noqa: S105
# Beyond this the real gateway finds no such endpoint.
_LONGEST_URL = 2000


@attrs.frozen(kw_only=True)
class Garbled(Fault):
    """
    Coming requests are carried out, and answered with another body.

    Attributes:
        content: The body.
    """

    content: bytes


@attrs.frozen(kw_only=True)
class Slow(Fault):
    """
    Coming requests are carried out, and answered with a pause in the middle of the body.

    Attributes:
        pause: Seconds.
    """

    pause: float


class Door:
    """
    Answers requests on behalf of a company.

    Args:
        company: Whose books are served.
        gate: Knows keys and tokens.
        now: Tells the time (UTC).
        sleep: Passes the time that latency takes.

    Attributes:
        requests: Every request received, in order.
        faults: How coming requests fail.
        latency: How long every answer takes.
        requests_per_second: More than so many in one second are refused with 429; None lets all pass.
        replica_lag: How far reads are behind writes.
    """

    def __init__(
        self, company: Company, gate: auth.Gate, now: Callable[[], datetime], sleep: Callable[[float], None]
    ) -> None:
        self.requests: list[Received] = []
        self.faults: Script[Fault] = Script()
        self.lock = threading.RLock()
        self.latency = timedelta(0)
        self.requests_per_second: int | None = None
        self.replica_lag = timedelta(0)
        self._company = company
        self._gate = gate
        self._now = now
        self._sleep = sleep
        self._arrivals: list[datetime] = []
        self._history: list[tuple[datetime, Company]] = []

    def answer(self, method: str, url: str, headers: dict[str, str], content: bytes) -> Reply:
        """
        Answer one request. For transports of one's own.

        Raises:
            ConnectionCutError: If the connection is to end without an answer.
        """
        split = urlsplit(url)
        request = Received(
            method=method.upper(),
            path=_api_path(split.path),
            query=dict(parse_qsl(split.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in headers.items()},
            content=content,
        )
        if self.latency:
            self._sleep(self.latency.total_seconds())
        with self.lock:
            self.requests.append(request)
            if self._too_many():
                return faulty_reply(429)
            return self._faulted(request, len(url))

    def remember(self) -> None:
        """
        Keep the state of now for reads that lag behind.
        """
        if not self.replica_lag:
            return
        then = self._now() - self.replica_lag
        # Of what is too old to lag behind, the last is still seen.
        seen = sum(at <= then for at, _ in self._history)
        self._history = [*self._history[max(seen - 1, 0) :], (self._now(), copy.deepcopy(self._company))]

    def _too_many(self) -> bool:
        if self.requests_per_second is None:
            return False
        now = self._now()
        self._arrivals = [one for one in self._arrivals if now - one < timedelta(seconds=1)]
        if len(self._arrivals) >= self.requests_per_second:
            return True
        self._arrivals.append(now)
        return False

    def _faulted(self, request: Received, url_length: int) -> Reply:
        found = _ROUTER.find(request)
        fault = self.faults.take(request, found[0].path if found else request.path)
        if fault is None:
            return self._answered(request, url_length)
        if isinstance(fault, Garbled):
            return attrs.evolve(self._answered(request, url_length), content=fault.content)
        if isinstance(fault, Slow):
            return attrs.evolve(self._answered(request, url_length), pause=fault.pause)
        if fault.after_effect:
            self._answered(request, url_length)
        if fault.status is None:
            raise ConnectionCutError
        return faulty_reply(fault.status)

    def _answered(self, request: Received, url_length: int) -> Reply:
        refused = self._gate.refuses_subscription(request)
        if refused is not None:
            return refused
        if request.path.casefold() == _TOKEN_PATH.casefold() and request.method == "POST":
            return self._gate.issue(request, self._company.privileges)
        found = _ROUTER.find(request)
        if found is None or url_length > _LONGEST_URL:
            return gateway(404, "Resource not found")
        try:
            return self._served(*found)
        except RefusalError as refusal:
            return refusal.reply
        finally:
            if request.method != "GET":
                self.remember()

    def _served(self, endpoint: Endpoint, request: Received) -> Reply:
        if endpoint.bearer:
            privileges = self._gate.privileges(request)
            if privileges is None:
                return Reply(status=401, headers={"WWW-Authenticate": "Bearer"})
            if endpoint.roles and privileges.isdisjoint(endpoint.roles):
                return Reply(status=403)
        if odata := next((name for name in request.query if name.startswith("$")), None):
            bad_request("Invalid query", f"The query parameter '{odata}' is not supported")
        if None in request.parameters.values():
            not_found("The id is not valid")
        self.deliver_due(sending.asked_about(request))
        return endpoint.answer(self._seen_by(request), request)

    def deliver_due(self, polled: str | None = None) -> None:
        """
        Finish sending what has been under way for long enough.
        """
        if sending.deliver_due(self._company, polled):
            self.remember()

    def _seen_by(self, request: Received) -> Company:
        if request.method != "GET" or not self.replica_lag:
            return self._company
        then = self._now() - self.replica_lag
        seen = [company for at, company in self._history if at <= then]
        return seen[-1] if seen else (self._history[0][1] if self._history else self._company)


def _api_path(path: str) -> str:
    path = unquote(path)
    lowered = path.casefold()
    if lowered.endswith(_TOKEN_PATH.casefold()):
        return _TOKEN_PATH
    start = lowered.find("/v2/")
    return path[start + 3 :] if start >= 0 else path
