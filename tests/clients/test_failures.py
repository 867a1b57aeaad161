"""
What a refusal says, and which error it becomes.
"""

import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from posgo.clients.calls import Answer, Call
from posgo.clients.failures import NoAnswer, no_answer, read_problem, refusal, token_refusal
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
)

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def call(method: str = "POST", path: str = "/Vouchers/CashJournals", **more: Any) -> Call[None]:
    return Call(method=method, path=path, decode=lambda _answer: None, **more)


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else (json.dumps(body).encode() if body is not None else b"")
    return Answer(
        status=status,
        headers={name.replace("_", "-"): text for name, text in headers.items()},
        content=content,
    )


@pytest.mark.parametrize(
    ("status", "detail", "kind"),
    [
        (400, "ExternalImportReference 'a' is already used by voucher 7", DuplicateReferenceError),
        (400, "The external import reference must be unique", DuplicateReferenceError),
        (400, "External number 12 already exists on contact id 3", DuplicateReferenceError),
        (400, "InvoiceNo 10001 is in use", DuplicateReferenceError),
        (409, "Duplicate value for ExternalImportReference", DuplicateReferenceError),
        (400, "Posting date 2025-12-31 is before the lock date", LockedPeriodError),
        (400, "The period is locked", LockedPeriodError),
        (400, "Cannot post in locked period", LockedPeriodError),
        (400, "The posting date is in a period that has been closed", LockedPeriodError),
        (400, "LockDate must be before PostingDate", LockedPeriodError),
        (400, "Vat code 5 is not allowed: account 3000 is locked to 3", RejectedError),
        (400, "The account's VAT code is locked", RejectedError),
        (400, "The lines sum to 0.01", RejectedError),
        (400, "Missing privilege: the integration is not allowed to send invoices", MissingPrivilegeError),
        (400, "Object(s) not found: Department with code 10", NotFoundError),
        (409, "The customer has transactions", ConflictError),
        (422, "Nonsense", RejectedError),
    ],
)
def test_texts_are_recognised(status: int, detail: str, kind: type[ApiError]) -> None:
    """
    Go publishes no texts; the table knows these, whatever the case, and takes nothing else for them.
    """
    for text in (detail, detail.upper()):
        failure = refusal(
            call(), answer(status, {"title": "Voucher validation error(s)", "detail": text}), NOW
        )

        assert (kind, FailureKind.REFUSED) == (type(failure.error), failure.kind)
        assert not failure.error.may_have_happened


@pytest.mark.parametrize(
    ("status", "kind", "left"),
    [
        (302, ApiError, FailureKind.REFUSED),
        (400, RejectedError, FailureKind.REFUSED),
        (401, AuthenticationError, FailureKind.REFUSED),
        (403, MissingPrivilegeError, FailureKind.REFUSED),
        (404, NotFoundError, FailureKind.REFUSED),
        (408, ServerError, FailureKind.IN_DOUBT),
        (409, ConflictError, FailureKind.REFUSED),
        (418, RejectedError, FailureKind.REFUSED),
        (429, RateLimitedError, FailureKind.THROTTLED),
        (500, ServerError, FailureKind.IN_DOUBT),
        (599, ServerError, FailureKind.IN_DOUBT),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_statuses_have_their_errors(
    method: str, status: int, kind: type[ApiError], left: FailureKind
) -> None:
    """
    A status means one error; in doubt only a write, and only where nobody said no.
    """
    failure = refusal(call(method), answer(status), NOW)
    doubtful = method != "GET" and (left is FailureKind.IN_DOUBT or status < 400)

    assert (kind, left, doubtful) == (type(failure.error), failure.kind, failure.error.may_have_happened)
    assert (status, NOW) == (failure.error.status, failure.error.at)


def test_facts_are_kept() -> None:
    """
    Title, detail, field errors, request id and time travel with the error, also through a pickle.
    """
    body = {
        "Title": "T",
        "Detail": "D",
        "Errors": {"$.VoucherDate": ["bad", 1], "x": "y"},
        "traceId": "in body",
    }
    error = refusal(call(), answer(400, body, x_request_id="4711"), NOW).error
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    for one in (error, twin):
        assert ("T", "D", ("$.VoucherDate: bad", "x: y"), "4711", 400, NOW) == (
            one.title,
            one.detail,
            one.errors,
            one.request_id,
            one.status,
            one.at,
        )
    assert (
        "Go: POST /Vouchers/CashJournals was refused (400): T: D: $.VoucherDate: bad; x: y [request 4711]"
        == str(error)
    )
    assert "in body" == refusal(call(), answer(400, body), NOW).error.request_id


@pytest.mark.parametrize(
    ("asked", "body", "missing"),
    [
        (call("GET", "/Customers/{id}", parameters={"id": "1"}), {"title": "Not found"}, Missing.OBJECT),
        (call("GET", "/Customer"), {"statusCode": 404, "message": "Resource not found"}, Missing.ENDPOINT),
        (call("POST", "/Customers"), {"title": "Object(s) not found"}, Missing.REFERENCED_OBJECT),
        (call("POST", "/Customers"), None, Missing.REFERENCED_OBJECT),
        (call("POST", "/Vouchers/Reverse/{id}", parameters={"id": "1"}), None, Missing.OBJECT),
        (
            call("POST", "/SalesOrders/{id}/Lines", parameters={"id": "1"}),
            {"title": "Object(s) not found"},
            Missing.REFERENCED_OBJECT,
        ),
        (call("PATCH", "/Customers/{id}", parameters={"id": "1"}), None, Missing.OBJECT),
    ],
)
def test_three_meanings_of_404(asked: Call[None], body: Any, missing: Missing) -> None:
    """
    The object, what it refers to, or the endpoint.
    """
    error = refusal(asked, answer(404, body), NOW).error

    assert isinstance(error, NotFoundError)
    assert missing is error.missing
    assert missing.value in str(error)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry_after": "7"}, None, 7),
        ({"retry_after": "Sat, 14 Mar 2026 12:00:30 GMT"}, None, 30),
        ({"retry_after": "Sat, 14 Mar 2026 11:00:00 GMT"}, None, 0),
        ({"retry_after": "soon"}, None, 1),
        ({"retry_after": "soon"}, {"statusCode": 429, "message": "Try again in 3 seconds."}, 3),
        ({}, {"statusCode": "429", "message": "Rate limit is exceeded. Try again in 12 seconds."}, 12),
        ({}, None, 1),
        ({"retry_after": "9" * 40}, None, 1),
    ],
)
def test_patience_asked_for(headers: dict[str, str], body: Any, seconds: int) -> None:
    """
    Seconds, a date, a sentence, or nothing: one second then.
    """
    failure = refusal(call(), answer(429, body, **headers), NOW)

    assert timedelta(seconds=seconds) == failure.retry_after


def test_token_endpoint_speaks_oauth() -> None:
    """
    Its 400 is about the keys; its 429 and 500 are not.
    """
    body = {"error": "invalid_client", "error_description": "Integration not found"}
    refused = token_refusal(call(path="/OAuth/Token"), answer(400, body), NOW).error

    assert isinstance(refused, AuthenticationError)
    assert ("invalid_client", "Integration not found") == (refused.title, refused.detail)
    assert "demo and production keys never mix" in str(refused)
    assert isinstance(token_refusal(call(), answer(429), NOW).error, RateLimitedError)
    assert isinstance(token_refusal(call(), answer(401), NOW).error, AuthenticationError)


@given(st.binary(max_size=200), st.integers(300, 599), st.text(max_size=40))
def test_any_body_is_understood_somehow(content: bytes, status: int, header: str) -> None:
    """
    A refusal with a garbage body is still that refusal.
    """
    failure = refusal(call(), Answer(status=status, headers={"retry-after": header}, content=content), NOW)

    assert status == failure.error.status
    assert str(failure.error)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["title", "Detail", "errors", "message", "statusCode"]), inner, max_size=4
            )
        ),
    )
)
def test_any_document_is_a_problem(body: Any) -> None:
    """
    Whatever shape a problem has, its texts are texts.
    """
    problem = read_problem(answer(400, body))

    assert isinstance(problem.text, str)
    assert all(isinstance(text, str) for text in problem.errors)


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_missing_answer(method: str, *, sent: bool) -> None:
    """
    Only a write that may have left is in doubt; the cause is told by its type, for its text may hold an address.
    """
    failure = no_answer(call(method), NoAnswer(sent=sent, cause=TimeoutError("https://host/secret")))

    assert (sent and method == "POST") == failure.error.may_have_happened
    assert (FailureKind.IN_DOUBT if sent else FailureKind.NOT_SENT) is failure.kind
    assert "secret" not in str(failure.error)
    assert "TimeoutError" in str(failure.error)
