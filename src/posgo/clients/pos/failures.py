"""
What the refusals of the POS contract mean, by their ``code``.
"""

import enum
from datetime import datetime
from typing import Any

from posgo.clients.calls import Answer, Call
from posgo.clients.failures import Failure, Problem, understood
from posgo.exceptions import (
    ApiError,
    AuthenticationError,
    ConflictError,
    DuplicateReferenceError,
    Missing,
    MissingPrivilegeError,
    NotFoundError,
    RejectedError,
)

__all__ = ["Code", "pos_refusal"]


class Code(enum.Enum):
    """
    The contract's words for refusals.
    """

    INVALID = "invalid"
    """The request is not as agreed, or holds what the POS cannot."""

    UNAUTHORIZED = "unauthorized"
    """The token or the signature is missing or wrong."""

    NOT_FOUND = "not-found"
    """There is no such record."""

    CHANGED_MEANWHILE = "changed-meanwhile"
    """A field is not as expected, or the record carries another reference."""

    REFERENCE_TAKEN = "reference-taken"
    """Another record carries the reference."""

    METHOD_NOT_ALLOWED = "method-not-allowed"
    """The path does not take this method."""


_KEYS_REMEDY = (
    "Check the token, or the key of the signature, that the POS gave out for posgo, and its base address."
)


def pos_refusal(call: Call[Any], answer: Answer, at: datetime) -> Failure:
    """
    Turn an answer of the POS other than success into a failure.
    """
    return understood(call, answer, at, _clear_no)


def _clear_no(call: Call[Any], problem: Problem, facts: dict[str, Any]) -> ApiError:
    match facts["status"]:
        case 401:
            return AuthenticationError(remedy=_KEYS_REMEDY, **facts)
        case 403:
            return MissingPrivilegeError(**facts)
        case 404:
            # Without the contract's own word a wrong base address would pass for an empty POS.
            known = problem.code == Code.NOT_FOUND.value
            return NotFoundError(missing=Missing.OBJECT if known else Missing.ENDPOINT, **facts)
        case 409 | 412:
            taken = problem.code == Code.REFERENCE_TAKEN.value
            return DuplicateReferenceError(**facts) if taken else ConflictError(**facts)
        case status if 400 <= status < 500:
            return RejectedError(**facts)
        case _:
            # 1xx and 3xx: whoever answered was not the POS. Nothing is known of a write.
            return ApiError(**{**facts, "may_have_happened": call.writes})
