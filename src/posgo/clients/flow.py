"""
How a call to Go is sent: whose keys and token it carries, and what Go's refusals mean.
"""

from typing import Any, TypeVar

import attrs

from posgo.clients.auth import Token, TokenKeeper, basic_authorization, token_call
from posgo.clients.calls import Answer, Call
from posgo.clients.credentials import GoCredentials
from posgo.clients.failures import Failure, NoAnswer, read_problem, refusal, token_refusal
from posgo.clients.go import integration
from posgo.clients.sending import Attempts, Flow, Renewal
from posgo.exceptions import ApiError, MissingPrivilegeError, WireFormatError

__all__ = ["SendingFlow"]

T = TypeVar("T")


@attrs.define(kw_only=True)
class SendingFlow:
    """
    The steps that turn a call into its result. One per client.

    Attributes:
        credentials: The keys.
        attempts: Sends, and tries again.
    """

    credentials: GoCredentials
    attempts: Attempts
    tokens: TokenKeeper = attrs.field(factory=TokenKeeper)
    _use_secondary: bool = False

    def send(self, call: Call[T]) -> Flow[T]:
        """
        Send one call and decode its answer.
        """
        answer = yield from self.attempts.until_answered(
            call, self._with_bearer if call.bearer else self._with_key, refusal, self._explained
        )
        return call.read(answer)

    def invalidate_token(self) -> None:
        """
        Ask for a new token before the next request, as after a change of privileges.
        """
        self.tokens.forget()

    def _explained(self, call: Call[Any], failure: Failure) -> Flow[Failure]:
        if failure.error.status == 403 and call.path != integration.PATH:
            named = yield from self._named_privileges(call, failure.error)
            return attrs.evolve(failure, error=named)
        return failure

    def _named_privileges(self, call: Call[Any], error: ApiError) -> Flow[ApiError]:
        # Go's 403 is empty. What is granted, and what the client company lacks a module for, stands elsewhere.
        try:
            known = yield from self.send(integration.get())
        except (ApiError, WireFormatError):
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
            system=error.system,
            may_have_happened=False,
            status=error.status,
            title=error.title,
            detail=error.detail,
            request_id=error.request_id,
            at=error.at,
        )

    # -- one attempt -------------------------------------------------------

    def _with_bearer(self, call: Call[Any], attempt: int) -> Flow[Answer | NoAnswer]:
        token = self.tokens.usable(self.attempts.clock.monotonic()) or (yield Renewal(self._renewed()))
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
        keys = {"Ocp-Apim-Subscription-Key": self._subscription_key()}
        if authorization:
            keys["Authorization"] = authorization
        return (yield from self.attempts.exchanged(call, attempt, keys))

    def _subscription_key(self) -> str:
        secondary = self.credentials.secondary_subscription_key
        return secondary if self._use_secondary and secondary else self.credentials.subscription_key

    # -- token -------------------------------------------------------------

    def _renewed(self) -> Flow[Token]:
        # Whoever held the lock before may have renewed it for us.
        token = self.tokens.usable(self.attempts.clock.monotonic())
        if token is not None:
            return token
        asked_at = self.attempts.clock.monotonic()
        answer = yield from self.attempts.until_answered(_TOKEN, self._with_keys, token_refusal)
        token = _TOKEN.read(answer)
        self.tokens.keep(token, asked_at)
        return token

    def _with_keys(self, call: Call[Any], attempt: int) -> Flow[Answer | NoAnswer]:
        return self._with_key(call, attempt, authorization=basic_authorization(self.credentials))


_TOKEN = token_call()
