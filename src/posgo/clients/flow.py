"""
How a call is sent, written once: access token, rate limit, repetition, errors.

The algorithm is a generator. It yields steps for a driver to perform (send
these bytes, wait, queue for the limit, renew the token under a lock) and is
sent their outcomes. The sync and the async client are two small drivers of
it; neither holds a rule.
"""

import random
import uuid
from collections.abc import Callable, Generator
from datetime import timedelta
from importlib.metadata import version
from typing import Any, TypeAlias, TypeVar

import attrs

from posgo.clients.auth import Token, TokenKeeper, basic_authorization, token_call
from posgo.clients.calls import Answer, BodyKind, Call, File, Priority
from posgo.clients.clock import Clock
from posgo.clients.credentials import GoCredentials
from posgo.clients.events import Event, EventHook, RequestDone, RetryPlanned, tell
from posgo.clients.failures import Failure, NoAnswer, no_answer, read_problem, refusal, token_refusal
from posgo.clients.go import integration
from posgo.clients.retry import RetryPolicy
from posgo.exceptions import ApiError, MissingPrivilegeError
from posgo.wire.json import dumps

__all__ = ["Exchange", "Flow", "Renewal", "SendingFlow", "Step", "Turn", "Wait"]

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

    steps: "Flow[Token]"


Step: TypeAlias = Exchange | Wait | Turn | Renewal
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


@attrs.define(kw_only=True)
class SendingFlow:
    """
    The steps that turn a call into its result. One per client.

    Attributes:
        credentials: The keys.
        base_url: What token and API stand below, without a slash at the end.
        policy: When to try again.
        clock: Read for tokens and durations.
        priority: For calls that name none.
        hook: Hears of every request and repetition.
        jitter: Draws a number from 0 to 1 for the retry policy.
    """

    credentials: GoCredentials
    base_url: str
    policy: RetryPolicy
    clock: Clock
    priority: Priority
    hook: EventHook
    # Spreading retries needs no cryptography.
    jitter: Callable[[], float] = random.random
    tokens: TokenKeeper = attrs.field(factory=TokenKeeper)
    _use_secondary: bool = False

    def send(self, call: Call[T]) -> Flow[T]:
        """
        Send one call and decode its answer.
        """
        answer = yield from self._attempts(
            call, self._with_bearer if call.bearer else self._with_key, refusal
        )
        return call.read(answer)

    def invalidate_token(self) -> None:
        """
        Ask for a new token before the next request, as after a change of privileges.
        """
        self.tokens.forget()

    def _attempts(self, call: Call[Any], send: Any, refused: Any) -> Flow[Answer]:
        attempt = 0
        while True:
            attempt += 1
            outcome: Answer | NoAnswer = yield from send(call, attempt)
            if isinstance(outcome, Answer) and self._succeeded(call, outcome):
                return outcome
            failure = yield from self._understood(call, outcome, refused)
            delay = self.policy.delay(
                attempt,
                failure.kind,
                jitter=self.jitter(),
                retry_after=failure.retry_after,
                repeatable=call.repeat is call.repeat.SAFE,
            )
            if delay is None:
                raise failure.error from failure.cause
            self._tell_retry(call, failure.error.status, attempt, delay)
            yield Wait(delay)

    def _succeeded(self, call: Call[Any], answer: Answer) -> bool:
        if answer.is_success:
            return True
        return (
            call.forgive is not None
            and 400 <= answer.status < 500
            and call.forgive(read_problem(answer).text)
        )

    def _understood(self, call: Call[Any], outcome: Answer | NoAnswer, refused: Any) -> Flow[Failure]:
        if isinstance(outcome, NoAnswer):
            return no_answer(call, outcome)
        failure: Failure = refused(call, outcome, self.clock.utc_now())
        if outcome.status == 403 and call.path != integration.PATH:
            named = yield from self._named_privileges(call, failure.error)
            return attrs.evolve(failure, error=named)
        return failure

    def _named_privileges(self, call: Call[Any], error: ApiError) -> Flow[ApiError]:
        # Go's 403 is empty. What is granted, and what the client company lacks a module for, stands elsewhere.
        try:
            known = yield from self.send(integration.get())
        except ApiError:
            return error
        if not known.privileges.isdisjoint(call.roles):
            # Granted since the token was made, which carries the old ones: the next request asks for a new one.
            self.tokens.forget()
        without_module = tuple(role for role in call.roles if role in known.missing_privileges)
        return MissingPrivilegeError(
            privileges=call.roles,
            without_module=without_module,
            method=error.method,
            path=error.path,
            may_have_happened=False,
            status=error.status,
            title=error.title,
            detail=error.detail,
            request_id=error.request_id,
            at=error.at,
        )

    # -- one attempt -------------------------------------------------------

    def _with_bearer(self, call: Call[Any], attempt: int) -> Flow[Answer | NoAnswer]:
        token = self.tokens.usable(self.clock.monotonic()) or (yield Renewal(self._renewed()))
        outcome = yield from self._with_key(call, attempt, authorization=f"Bearer {token.secret}")
        if isinstance(outcome, Answer) and outcome.status == 401 and not read_problem(outcome).gateway:
            # The token ended early: privileges changed, or the keys were withdrawn.
            self.tokens.forget(token)
            token = yield Renewal(self._renewed())
            outcome = yield from self._with_key(call, attempt, authorization=f"Bearer {token.secret}")
        return outcome

    def _with_key(
        self, call: Call[Any], attempt: int, authorization: str | None = None
    ) -> Flow[Answer | NoAnswer]:
        tried_secondary = self._use_secondary
        outcome = yield from self._exchanged(call, attempt, authorization)
        refused_by_gateway = (
            isinstance(outcome, Answer) and outcome.status == 401 and read_problem(outcome).gateway
        )
        if refused_by_gateway and self.credentials.secondary_subscription_key:
            # Keys are rotated one at a time: the other one holds.
            self._use_secondary = not tried_secondary
            outcome = yield from self._exchanged(call, attempt, authorization)
        return outcome

    def _exchanged(self, call: Call[Any], attempt: int, authorization: str | None) -> Flow[Answer | NoAnswer]:
        exchange = self._exchange(call, authorization)
        yield Turn(self.priority if call.priority is None else call.priority)
        started = self.clock.monotonic()
        outcome: Answer | NoAnswer = yield exchange
        done = RequestDone(
            method=call.method,
            path=call.path,
            status=outcome.status if isinstance(outcome, Answer) else None,
            duration=timedelta(seconds=self.clock.monotonic() - started),
            attempt=attempt,
        )
        tell(self.hook, done)
        return outcome

    def _exchange(self, call: Call[Any], authorization: str | None) -> Exchange:
        body_headers, content = _body(call)
        headers = {
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
            "Ocp-Apim-Subscription-Key": self._subscription_key(),
            **body_headers,
        }
        if authorization:
            headers["Authorization"] = authorization
        url = f"{self.base_url}{call.root}{call.target}"
        return Exchange(method=call.method, url=url, headers=headers, content=content)

    def _subscription_key(self) -> str:
        secondary = self.credentials.secondary_subscription_key
        return secondary if self._use_secondary and secondary else self.credentials.subscription_key

    # -- token -------------------------------------------------------------

    def _renewed(self) -> Flow[Token]:
        # Whoever held the lock before may have renewed it for us.
        token = self.tokens.usable(self.clock.monotonic())
        if token is not None:
            return token
        asked_at = self.clock.monotonic()
        answer = yield from self._attempts(_TOKEN, self._with_keys, token_refusal)
        token = _TOKEN.read(answer)
        self.tokens.keep(token, asked_at)
        return token

    def _with_keys(self, call: Call[Any], attempt: int) -> Flow[Answer | NoAnswer]:
        return self._with_key(call, attempt, authorization=basic_authorization(self.credentials))

    def _tell_retry(self, call: Call[Any], status: int | None, attempt: int, delay: timedelta) -> None:
        event: Event = RetryPlanned(
            method=call.method, path=call.path, status=status, attempt=attempt, delay=delay
        )
        tell(self.hook, event)


_TOKEN = token_call()
