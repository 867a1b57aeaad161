"""
The fake itself: one POS with handles for tests, reached in process or over HTTP.
"""

import contextlib
import hmac
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import attrs

from posgo.clients.calls import Answer, Call
from posgo.clients.failures import NoAnswer, no_answer
from posgo.clients.pos import calls
from posgo.clients.pos.failures import Code, pos_refusal
from posgo.clients.pos.keys import SigningKey, signature
from posgo.clients.pos.protocol import Thing
from posgo.models.feeds import Feed
from posgo.models.pos import ZReport
from posgo.models.records import Record
from posgo.testing._http.faults import Fault, Match, Script
from posgo.testing._http.messages import ConnectionCutError, Received, Reply
from posgo.testing._http.server import serve
from posgo.testing._http.transport import FakeTransport
from posgo.testing._pos.door import Door, problem
from posgo.testing._pos.till import Till

__all__ = ["FakePos"]

T = TypeVar("T")

_SIGNATURE = re.compile(r'key="([^"]+)", created=([0-9]{1,12}), hmac="([0-9a-f]{64})"')
_SIGNATURE_LIFETIME = timedelta(minutes=5)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FakePos:
    """
    A point of sale in memory: what is put in is what a person did there.

    It implements :class:`posgo.PointOfSale`, so it can be handed to a runner
    as it is, and serves the POS contract for :class:`posgo.PosClient`. Fresh,
    it is empty.

    Args:
        token: The bearer token requests must carry; None lets any in, and those without one.
        signing_key: The key requests must be signed with; None asks for no signature.
        page_size: The most it tells in one piece of a feed.
        now: Tells the time (UTC); None for the computer's clock.

    Attributes:
        requests: Every request received, in process or over HTTP, in order.
        transport: An httpx transport, sync and async, that leads here.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        signing_key: SigningKey | None = None,
        page_size: int = 1000,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.token = token
        self.signing_key = signing_key
        self.page_size = page_size
        self.requests: list[Received] = []
        self.transport = FakeTransport(self.answer)
        self._now = now or _utc_now
        self._till = Till(self._now)
        self._door = Door(self._till)
        self._faults: Script[Fault] = Script()
        self._edits: Script[Callable[[], object]] = Script()
        self._lock = threading.RLock()

    # -- what a person at the till sees and does ------------------------------

    def put(self, value: Thing | ZReport, id: str | None = None) -> str:  # noqa: A002
        """
        Enter a value, or save the record with that id as a whole, and return the id.

        Saving moves the record's stamp only if something changed. It keeps
        the record's reference. Lines of an order without a reference get one.
        """
        with self._lock:
            return self._till.put(value, id)

    def get(self, type: type[T], id: str) -> T:  # noqa: A002
        """
        What the record with an id says.

        Raises:
            KeyError: If there is none.
        """
        with self._lock:
            value: T = self._till.value(type, id)
            return value

    def all(self, type: type[T]) -> dict[str, T]:  # noqa: A002
        """
        What all records say, by id, archived ones included.
        """
        with self._lock:
            return self._till.values(type)

    def archive(self, type: type[Thing], id: str) -> None:  # noqa: A002
        """
        Take a record out of use; an order is cancelled.

        Raises:
            KeyError: If there is none.
        """
        with self._lock:
            self._till.archive(type, id)

    def delete(self, type: type[Thing], id: str) -> None:  # noqa: A002
        """
        Delete a record for good, as a person with the database can. No feed tells of it.

        Raises:
            KeyError: If there is none.
        """
        with self._lock:
            self._till.delete(type, id)

    # -- faults, and people at work meanwhile ----------------------------------

    def fail_next(
        self,
        status: int | None = None,
        *,
        after_effect: bool = False,
        times: int = 1,
        method: str | None = None,
        path: str | None = None,
    ) -> None:
        """
        Let the next matching requests fail, in process (with the error a client would raise) or over HTTP.

        Args:
            status: What they are answered; None means no answer: a timeout, or a cut connection over real HTTP.
            after_effect: Whether they are carried out first.
            times: How many of them fail.
            method: Only requests with this method of the contract, such as ``POST``; None for any.
            path: Only requests to this path (``/customers``), its template, or below it; None for any.
        """
        with self._lock:
            self._faults.add(
                Match(method=method, path=path), Fault(status=status, after_effect=after_effect), times
            )

    def meanwhile(
        self, edit: Callable[[], object], *, method: str | None = None, path: str | None = None
    ) -> None:
        """
        Let a person do something just before the next matching request is carried out.

        Args:
            edit: What they do, with the handles of this fake.
            method: Only before a request with this method of the contract; None for any.
            path: Only before a request to this path, its template, or below it; None for any.
        """
        with self._lock:
            self._edits.add(Match(method=method, path=path), edit)

    # -- in process ---------------------------------------------------------------

    def changes(self, type: type[Thing], cursor: str | None = None) -> Feed[Record[Thing]]:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.changes`.
        """
        call = calls.changes(type, cursor, self.page_size)
        return self._did(call, lambda: self._till.changes(type, cursor, self.page_size))

    def fetch(self, type: type[Thing], id: str) -> Record[Thing] | None:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.fetch`.
        """
        return self._did(calls.fetch(type, id), lambda: self._till.fetch(type, id))

    def find(self, type: type[Thing], reference: str) -> Record[Thing] | None:  # noqa: A002
        """
        See :meth:`posgo.PointOfSale.find`.
        """
        return self._did(calls.find(type, reference), lambda: self._till.find(type, reference))

    def create(self, value: Thing, *, reference: str) -> Record[Thing]:
        """
        See :meth:`posgo.PointOfSale.create`.
        """
        return self._did(calls.create(value, reference), lambda: self._till.create(value, reference))

    def update(
        self,
        type: type[Thing],  # noqa: A002
        id: str,  # noqa: A002
        changes: Mapping[str, Any],
        *,
        expected: Mapping[str, Any] | None = None,
        reference: str | None = None,
    ) -> Record[Thing]:
        """
        See :meth:`posgo.PointOfSale.update`.
        """
        call = calls.update(type, id, changes, expected, reference)
        return self._did(call, lambda: self._till.update(type, id, changes, expected, reference))

    def z_reports(self, cursor: str | None = None) -> Feed[ZReport]:
        """
        See :meth:`posgo.PointOfSale.z_reports`.
        """
        call = calls.z_reports(cursor, self.page_size)
        return self._did(call, lambda: self._till.z_reports(cursor, self.page_size))

    def _did(self, call: Call[Any], act: Callable[[], T]) -> T:
        split = urlsplit(call.target)
        request = Received(method=call.method, path=split.path, query=dict(call.query))
        with self._lock:
            fault = self._met(request, call.path)
            if fault is None:
                return act()
            if fault.after_effect:
                act()
            if fault.status is None:
                raise no_answer(call, NoAnswer(sent=True, cause=ConnectionCutError())).error
            reply = _faulty(fault.status)
            answer = Answer(
                status=reply.status,
                headers={name.lower(): text for name, text in reply.headers.items()},
                content=reply.content,
            )
            raise pos_refusal(call, answer, self._now()).error

    # -- the front door -----------------------------------------------------------

    @contextlib.contextmanager
    def serve(self, token: str | None = None) -> Iterator[str]:
        """
        Serve the POS contract over real HTTP on this machine, as long as the block lasts.

        Args:
            token: The bearer token requests must carry from now on; None changes nothing.

        Yields:
            The base URL for a client.
        """
        self.token = token or self.token
        with serve(self.answer) as url:
            yield url

    def answer(self, method: str, url: str, headers: dict[str, str], content: bytes) -> Reply:
        """
        Answer one request of the contract. For transports of one's own.

        Raises:
            ConnectionCutError: If the connection is to end without an answer.
        """
        split = urlsplit(url)
        request = Received(
            method=method.upper(),
            path=split.path,
            query=dict(parse_qsl(split.query, keep_blank_values=True)),
            headers={name.lower(): text for name, text in headers.items()},
            content=content,
        )
        with self._lock:
            fault = self._met(request, self._door.template(split.path))
            target = f"{split.path}?{split.query}" if split.query else split.path
            if fault is None:
                return self._answered(request, target)
            if fault.after_effect:
                self._answered(request, target)
            if fault.status is None:
                raise ConnectionCutError
            return _faulty(fault.status)

    def _met(self, request: Received, template: str) -> Fault | None:
        edit = self._edits.take(request, template)
        if edit is not None:
            edit()
        self.requests.append(request)
        return self._faults.take(request, template)

    def _answered(self, request: Received, target: str) -> Reply:
        if not self._lets_in(request, target):
            return problem(Code.UNAUTHORIZED, WWW_Authenticate="Bearer")
        return self._door.answer(request, self.page_size)

    def _lets_in(self, request: Received, target: str) -> bool:
        if self.signing_key is not None:
            return self._signed(self.signing_key, request, target)
        if self.token is None:
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return scheme.casefold() == "bearer" and hmac.compare_digest(given.encode(), self.token.encode())

    def _signed(self, key: SigningKey, request: Received, target: str) -> bool:
        found = _SIGNATURE.fullmatch(request.headers.get("pos-signature", ""))
        if found is None or found[1] != key.id:
            return False
        created = int(found[2])
        if abs(self._now().timestamp() - created) > _SIGNATURE_LIFETIME.total_seconds():
            return False
        proof = signature(key.secret, request.method, target, created, request.content)
        return hmac.compare_digest(found[3], proof)


def _faulty(status: int) -> Reply:
    if status == 401:
        return problem(Code.UNAUTHORIZED, WWW_Authenticate="Bearer")
    headers = {"Retry_After": "1"} if status == 429 else {}
    reply = Reply.of({"type": "about:blank", "title": "Fault on demand", "status": status}, status, **headers)
    return attrs.evolve(reply, headers={**reply.headers, "Content-Type": "application/problem+json"})
