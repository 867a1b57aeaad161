"""
How any call is sent, written once: turn in the rate limit, request, repetition.

The algorithm is a generator. It yields steps for a driver to perform (send
these bytes, wait, queue for the limit, renew the token under a lock) and is
sent their outcomes. Whose keys a request carries, and what a refusal means,
is said by whoever uses it.
"""

import random
import uuid
from collections.abc import Callable, Generator, Mapping
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any, TypeAlias, TypeVar

import attrs

from posgo.clients.calls import Answer, BodyKind, Call, File, Priority
from posgo.clients.clock import Clock
from posgo.clients.events import EventHook, RequestDone, RetryPlanned, tell
from posgo.clients.failures import Failure, NoAnswer, no_answer, read_problem
from posgo.clients.retry import FailureKind, RetryPolicy
from posgo.wire.json import dumps

__all__ = ["Attempts", "Exchange", "Flow", "Renewal", "Step", "Throttled", "Turn", "Wait"]

T = TypeVar("T")

USER_AGENT = f"posgo/{version('posgo')}"


@attrs.frozen(kw_only=True)
class Exchange:
    """
    Send this request and answer with what came back: an :class:`Answer` or a :class:`NoAnswer`.
    """

    method: str
    url: str
    headers: dict[str, str] = attrs.field(repr=False)
    content: bytes | None = attrs.field(default=None, repr=False)


@attrs.frozen
class Wait:
    """
    Sleep that long.
    """

    duration: timedelta


@attrs.frozen
class Throttled:
    """
    Tell the limiter that the server wants this much patience, from everybody.
    """

    patience: timedelta


@attrs.frozen
class Turn:
    """
    Wait for the rate limit.
    """

    priority: Priority


@attrs.frozen
class Renewal:
    """
    Perform these steps while holding the client's lock, and answer with their result.
    """

    steps: "Flow[Any]"


Step: TypeAlias = Exchange | Wait | Throttled | Turn | Renewal
Flow: TypeAlias = Generator[Step, Any, T]


def _multipart(file: File) -> tuple[str, bytes]:
    boundary = uuid.uuid4().hex
    name = file.name.replace('"', "").replace("\r", "").replace("\n", "")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {file.media_type}\r\n\r\n"
    )
    return (
        f"{BodyKind.MULTIPART.value}; boundary={boundary}",
        head.encode() + file.content + f"\r\n--{boundary}--\r\n".encode(),
    )


def _body(call: Call[Any]) -> tuple[dict[str, str], bytes | None]:
    if call.body_kind is BodyKind.NONE:
        # Gateways refuse a POST without a length (411).
        return ({"Content-Length": "0"}, b"") if call.method in {"POST", "PUT"} else ({}, None)
    if call.body_kind is BodyKind.FORM:
        return {"Content-Type": call.body_kind.value}, str(call.body).encode()
    if call.body_kind is BodyKind.MULTIPART:
        content_type, content = _multipart(call.body)
        return {"Content-Type": content_type}, content
    return {"Content-Type": call.body_kind.value}, dumps(call.body)


def _succeeded(call: Call[Any], answer: Answer) -> bool:
    if answer.is_success:
        return True
    return call.forgive is not None and 400 <= answer.status < 500 and call.forgive(read_problem(answer).text)


@attrs.frozen(kw_only=True)
class Attempts:
    """
    Sends a call as often as the policy allows.

    Attributes:
        base_url: What the calls stand below, without a slash at the end.
        policy: When to try again.
        clock: Read for durations.
        priority: For calls that name none.
        hook: Hears of every request and repetition.
        jitter: Draws a number from 0 to 1 for the retry policy.
    """

    base_url: str
    policy: RetryPolicy
    clock: Clock
    priority: Priority
    hook: EventHook
    # Spreading retries needs no cryptography.
    jitter: Callable[[], float] = random.random

    def until_answered(
        self,
        call: Call[Any],
        once: Callable[[Call[Any], int], Flow[Answer | NoAnswer]],
        refused: Callable[[Call[Any], Answer, datetime], Failure],
        explained: Callable[[Call[Any], Failure], Flow[Failure]] | None = None,
    ) -> Flow[Answer]:
        """
        Send a call until it succeeds or must not be sent again.

        Args:
            call: What is asked.
            once: Makes one attempt; it is given the call and the number of the attempt, 1 for the first.
            refused: Says what an answer other than success means.
            explained: Finds out more about a failure; None takes it as it is.

        Raises:
            ApiError: That of the last attempt.
        """
        attempt = 0
        while True:
            attempt += 1
            outcome: Answer | NoAnswer = yield from once(call, attempt)
            if isinstance(outcome, Answer) and _succeeded(call, outcome):
                return outcome
            if isinstance(outcome, NoAnswer):
                failure = no_answer(call, outcome)
            else:
                failure = refused(call, outcome, self.clock.utc_now())
            if explained is not None:
                failure = yield from explained(call, failure)
            if failure.kind is FailureKind.THROTTLED and failure.retry_after is not None:
                yield Throttled(failure.retry_after)
            delay = self._delay(call, failure, attempt)
            if delay is None:
                raise failure.error from failure.cause
            yield Wait(delay)

    def _delay(self, call: Call[Any], failure: Failure, attempt: int) -> timedelta | None:
        delay = self.policy.delay(
            attempt,
            failure.kind,
            jitter=self.jitter(),
            retry_after=failure.retry_after,
            repeatable=call.repeat is call.repeat.SAFE,
        )
        if delay is not None:
            status = failure.error.status
            planned = RetryPlanned(
                method=call.method, path=call.path, status=status, attempt=attempt, delay=delay
            )
            tell(self.hook, planned)
        return delay

    def exchanged(
        self,
        call: Call[Any],
        attempt: int,
        headers: Mapping[str, str] | Callable[[Exchange], Mapping[str, str]],
    ) -> Flow[Answer | NoAnswer]:
        """
        Send a call once, when its turn has come.

        Args:
            call: What is asked.
            attempt: 1 for the first.
            headers: Headers that carry the keys, or what makes them for a finished request.
        """
        exchange = self._exchange(call)
        yield Turn(self.priority if call.priority is None else call.priority)
        keys = headers(exchange) if callable(headers) else headers
        started = self.clock.monotonic()
        outcome: Answer | NoAnswer = yield attrs.evolve(exchange, headers={**exchange.headers, **keys})
        done = RequestDone(
            method=call.method,
            path=call.path,
            status=outcome.status if isinstance(outcome, Answer) else None,
            duration=timedelta(seconds=self.clock.monotonic() - started),
            attempt=attempt,
        )
        tell(self.hook, done)
        return outcome

    def _exchange(self, call: Call[Any]) -> Exchange:
        body_headers, content = _body(call)
        return Exchange(
            method=call.method,
            url=f"{self.base_url}{call.root}{call.target}",
            headers={"Accept": call.accept, "User-Agent": USER_AGENT, **body_headers},
            content=content,
        )
