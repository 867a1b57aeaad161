"""
One table of what can go wrong and which of our errors it becomes.
"""

import email.utils
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from posgo.clients.calls import Answer, Call
from posgo.clients.retry import FailureKind
from posgo.exceptions import (
    ApiError,
    AuthenticationError,
    ConflictError,
    DuplicateReferenceError,
    LockedPeriodError,
    Missing,
    MissingPrivilegeError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ServerError,
    TransportError,
    WireFormatError,
)
from posgo.wire.json import loads

__all__ = [
    "Failure",
    "NoAnswer",
    "Problem",
    "no_answer",
    "read_problem",
    "refusal",
    "token_refusal",
    "understood",
]

# What the gateway answers when it names no time.
_PATIENCE = timedelta(seconds=1)
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "apim-request-id", "x-ms-request-id", "x-correlation-id")


@attrs.frozen(kw_only=True)
class NoAnswer:
    """
    A request that ended without an answer.

    Attributes:
        sent: Whether it may have reached the server.
        cause: The transport's exception.
    """

    sent: bool
    cause: Exception


@attrs.frozen(kw_only=True)
class Failure:
    """
    One failed attempt: the error it will be if it is the last, and what it leaves behind.
    """

    error: ApiError
    kind: FailureKind
    retry_after: timedelta | None = None
    cause: Exception | None = None


@attrs.frozen(kw_only=True)
class Problem:
    """
    The body of a refusal, as far as it could be read.

    Attributes:
        title: Short text; None if none.
        detail: Longer text; None if none.
        errors: Texts per field.
        gateway: Whether the gateway in front of Go answered, not Go.
        request_id: Go's id of the request in the body; None if none.
        code: The POS contract's word for the refusal; None if none.
    """

    title: str | None = None
    detail: str | None = None
    errors: tuple[str, ...] = ()
    gateway: bool = False
    request_id: str | None = None
    code: str | None = None

    @property
    def text(self) -> str:
        """
        Everything it says, in one text.
        """
        return " ".join(text for text in (self.title, self.detail, *self.errors) if text)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _field_errors(value: Any) -> tuple[str, ...]:
    if not isinstance(value, Mapping):
        return ()
    return tuple(
        f"{field}: {text}"
        for field, texts in value.items()
        for text in (texts if isinstance(texts, list) else [texts])
        if isinstance(text, str)
    )


def read_problem(answer: Answer) -> Problem:
    """
    Read the body of a refusal, whatever it is: Go's, the gateway's, the token endpoint's or garbage.
    """
    try:
        body = loads(answer.content)
    except WireFormatError:
        return Problem()
    if not isinstance(body, dict):
        return Problem()
    # Documented in PascalCase, seen in lower case.
    members = {str(name).casefold(): value for name, value in body.items()}
    gateway = "statuscode" in members and "message" in members
    return Problem(
        title=_text(members.get("title")) or _text(members.get("error")),
        detail=_text(members.get("detail"))
        or _text(members.get("error_description"))
        or _text(members.get("message")),
        errors=_field_errors(members.get("errors")),
        gateway=gateway,
        request_id=_text(members.get("traceid")),
        code=_text(members.get("code")),
    )


#: Go does not publish the texts of its refusals. These patterns are matched,
#: whatever the case, against title, detail and field errors of a 400 or 409,
#: the first that fits decides; anything else is a plain RejectedError.
#: They are the one place to adjust when a text turns out to be another.
RECOGNISED: tuple[tuple[re.Pattern[str], type[RejectedError]], ...] = (
    (
        re.compile(r"missing privilege|not (have|allowed).{0,40}send invoice", re.IGNORECASE),
        MissingPrivilegeError,
    ),
    (
        re.compile(
            r"(external\s?(import\s?)?(reference|number|code)|invoice\s?n(o|umber)\b).{0,120}"
            r"(already|exists|in use|taken|duplicate|not unique|must be unique)"
            r"|duplicate.{0,60}(external|reference)",
            re.IGNORECASE | re.DOTALL,
        ),
        DuplicateReferenceError,
    ),
    (
        # "VAT code is locked" is not about a period.
        re.compile(
            r"lock(ed|ing)?\s?-?(date|period)|(date|period)\b.{0,80}\b(is|are|been)\s(locked|closed)|låsedato",
            re.IGNORECASE | re.DOTALL,
        ),
        LockedPeriodError,
    ),
    (re.compile(r"object\(s\) not found", re.IGNORECASE), NotFoundError),
    (re.compile(r"\bconflict\b", re.IGNORECASE), ConflictError),
)

_KEYS_REMEDY = (
    "Check that application key, client key and subscription key belong together and to this environment "
    "(demo and production keys never mix), and that the integration is still active in the client company."
)
_SUBSCRIPTION_REMEDY = (
    "Check the subscription key in PowerOffice's developer portal; demo and production have different ones."
)


def _refused(problem: Problem, facts: dict[str, Any]) -> RejectedError:
    for pattern, error in RECOGNISED:
        if pattern.search(problem.text):
            if error is NotFoundError:
                return NotFoundError(missing=Missing.REFERENCED_OBJECT, **facts)
            return error(**facts)
    return RejectedError(**facts)


def _not_found(call: Call[Any], problem: Problem, facts: dict[str, Any]) -> NotFoundError:
    if problem.gateway:
        missing = Missing.ENDPOINT
    elif call.method == "POST" and (not call.parameters or "object(s)" in problem.text.casefold()):
        missing = Missing.REFERENCED_OBJECT
    else:
        missing = Missing.OBJECT
    return NotFoundError(missing=missing, **facts)


def _retry_after(answer: Answer, problem: Problem, at: datetime) -> timedelta:
    header = answer.headers.get("retry-after", "").strip()
    said = re.search(r"again in (\d{1,6}) second", problem.detail or "")
    if re.fullmatch(r"\d{1,6}", header):
        return timedelta(seconds=int(header))
    if header:
        try:
            return max(email.utils.parsedate_to_datetime(header).astimezone(UTC) - at, timedelta(0))
        except (ValueError, OverflowError):
            pass  # Not a date either: what the body says, or the default, holds.
    return timedelta(seconds=int(said[1])) if said else _PATIENCE


def refusal(call: Call[Any], answer: Answer, at: datetime) -> Failure:
    """
    Turn an answer of Go other than success into a failure.

    Args:
        call: What was asked.
        answer: Any answer whose status is not 2xx.
        at: When it came (UTC).
    """
    return understood(call, answer, at, _clear_no)


def understood(
    call: Call[Any],
    answer: Answer,
    at: datetime,
    clear_no: Callable[[Call[Any], Problem, dict[str, Any]], ApiError],
) -> Failure:
    """
    Turn an answer other than success into a failure, whoever gave it.

    Args:
        call: What was asked.
        answer: Any answer whose status is not 2xx.
        at: When it came (UTC).
        clear_no: Makes the error of a refusal that would be repeated; it is given what all errors know.
    """
    problem = read_problem(answer)
    in_headers = (answer.headers[name] for name in _REQUEST_ID_HEADERS if answer.headers.get(name))
    facts: dict[str, Any] = {
        "method": call.method,
        "path": call.path,
        "system": call.system,
        "may_have_happened": False,
        "status": answer.status,
        "title": problem.title,
        "detail": problem.detail,
        "errors": problem.errors,
        "request_id": next(in_headers, problem.request_id),
        "at": at,
    }
    status = answer.status
    if status == 429:
        patience = _retry_after(answer, problem, at)
        return Failure(
            error=RateLimitedError(retry_after=patience, **facts),
            kind=FailureKind.THROTTLED,
            retry_after=patience,
        )
    # 408: a gateway gave up waiting for the rest of a request, or for Go.
    if status >= 500 or status == 408:
        error = ServerError(**{**facts, "may_have_happened": call.writes})
        return Failure(error=error, kind=FailureKind.IN_DOUBT)
    return Failure(error=clear_no(call, problem, facts), kind=FailureKind.REFUSED)


def _clear_no(call: Call[Any], problem: Problem, facts: dict[str, Any]) -> ApiError:
    match facts["status"]:
        case 401:
            remedy = _SUBSCRIPTION_REMEDY if problem.gateway else _KEYS_REMEDY
            return AuthenticationError(remedy=remedy, **facts)
        case 403:
            return MissingPrivilegeError(privileges=call.roles, **facts)
        case 404:
            return _not_found(call, problem, facts)
        case 409:
            refused = _refused(problem, facts)
            return refused if type(refused) is not RejectedError else ConflictError(**facts)
        case status if 400 <= status < 500:
            return _refused(problem, facts)
        case _:
            # 1xx and 3xx: whoever answered was not Go. Nothing is known of a write.
            return ApiError(**{**facts, "may_have_happened": call.writes})


def token_refusal(call: Call[Any], answer: Answer, at: datetime) -> Failure:
    """
    As :func:`refusal`, for the token endpoint, which refuses keys with 400 and OAuth's error body.
    """
    failure = refusal(call, answer, at)
    if failure.kind is not FailureKind.REFUSED or isinstance(failure.error, AuthenticationError):
        return failure
    error = failure.error
    keys = AuthenticationError(
        remedy=_KEYS_REMEDY,
        method=error.method,
        path=error.path,
        system=error.system,
        may_have_happened=False,
        status=error.status,
        title=error.title,
        detail=error.detail,
        request_id=error.request_id,
        at=at,
    )
    return Failure(error=keys, kind=FailureKind.REFUSED)


def no_answer(call: Call[Any], outcome: NoAnswer) -> Failure:
    """
    Turn a missing answer into a failure.
    """
    error = TransportError(
        method=call.method,
        path=call.path,
        system=call.system,
        may_have_happened=outcome.sent and call.writes,
        # The type says enough; the text may hold the address with its ids.
        detail=type(outcome.cause).__name__,
    )
    kind = FailureKind.IN_DOUBT if outcome.sent else FailureKind.NOT_SENT
    return Failure(error=error, kind=kind, cause=outcome.cause)
