"""
Every error posgo raises, on one screen.

.. code-block:: text

    PosgoError
    ├── ModelError (also ValueError)     we were given nonsense; nothing was sent
    │   ├── AmountError                  not a whole number of øre, or a float
    │   ├── UnbalancedVoucherError       debits and credits differ
    │   └── ConfigurationError           an account map or a setting is wrong
    ├── FileFormatError                  a file is not what it should be
    │   ├── MalformedFileError           not well-formed to its end, or hostile
    │   └── UnsupportedFileError         well-formed, but another kind of file
    ├── WireFormatError                  an answer was not in the agreed shape
    ├── ApiError                         a request did not succeed
    │   ├── TransportError               no answer: not reached, cut off, timed out
    │   ├── AuthenticationError          the keys are wrong or do not belong together
    │   ├── RateLimitedError             too many requests; says when to try again
    │   ├── ServerError                  they failed (5xx)
    │   └── RejectedError                they understood, and said no
    │       ├── NotFoundError            the object, a referenced object or the endpoint is missing
    │       ├── MissingPrivilegeError    the integration may not do this
    │       ├── ConflictError            the object is in use
    │       ├── PatchIgnoredError        answered with success, but a field kept its old value
    │       ├── DuplicateReferenceError  the external reference is taken
    │       └── LockedPeriodError        the posting date is locked
    ├── InvoiceError                     an order is not invoiced, or not yet; says how to go on
    │   ├── InvoiceRefusedError          something is to be mended first; the customer got nothing
    │   │   └── CustomerNotInGoError     the customer does not exist in Go, or is out of use there
    │   ├── InvoiceNotDeliveredError     Go could not deliver it
    │   └── InvoiceInProgressError       Go is still at it; ask again
    └── StateStoreError                  our own memory failed
        ├── StaleStateError              somebody else committed first
        └── LeaseHeldError               another runner is at work on this client company

Anything a bookkeeper must decide (a conflict, an unmapped account, a reused
Z-number) is a :class:`posgo.Finding`, a value, and never raised. Only
:class:`InvoiceError` carries findings: a cashier is waiting, and there is no
result without an invoice.

Every class survives pickling, because job queues ship errors between
processes. No message holds a key, a token or personal data.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

__all__ = [
    "AmountError",
    "ApiError",
    "AuthenticationError",
    "ConfigurationError",
    "ConflictError",
    "CustomerNotInGoError",
    "DuplicateReferenceError",
    "FileFormatError",
    "InvoiceError",
    "InvoiceInProgressError",
    "InvoiceNotDeliveredError",
    "InvoiceRefusedError",
    "LeaseHeldError",
    "LockedPeriodError",
    "MalformedFileError",
    "Missing",
    "MissingPrivilegeError",
    "ModelError",
    "NotFoundError",
    "PatchIgnoredError",
    "PosgoError",
    "RateLimitedError",
    "RejectedError",
    "ServerError",
    "StaleStateError",
    "StateStoreError",
    "TransportError",
    "UnbalancedVoucherError",
    "UnsupportedFileError",
    "WireFormatError",
]


def _rebuild(cls: type[PosgoError], args: tuple[Any, ...], state: dict[str, Any]) -> PosgoError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class PosgoError(Exception):
    """
    The base of every error posgo raises.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        # BaseException.__reduce__ calls the class with self.args, which no
        # class with keyword-only arguments survives.
        return _rebuild, (type(self), self.args, dict(self.__dict__))


class ModelError(PosgoError, ValueError):
    """
    A value cannot exist as given. Nothing has been sent.
    """


class AmountError(ModelError):
    """
    An amount is a float, not a number, or finer than one øre.

    Attributes:
        value: What was given, as text.
    """

    def __init__(self, value: object, reason: str) -> None:
        self.value: str = repr(value)
        self.reason = reason
        super().__init__(self.value, reason)

    def __str__(self) -> str:
        return f"{self.value} is not an amount in NOK: {self.reason}"


class UnbalancedVoucherError(ModelError):
    """
    The postings of a voucher do not sum to zero.

    Raised while the voucher is being built, so nothing has been sent.

    Attributes:
        residual: Sum of all postings in NOK. Positive if debits exceed credits.
    """

    def __init__(self, residual: Decimal) -> None:
        self.residual = residual
        super().__init__(residual)

    def __str__(self) -> str:
        return f"postings must sum to 0.00 NOK, but are off by {self.residual:+}"


class ConfigurationError(ModelError):
    """
    A setting is missing or wrong.

    Attributes:
        source: Where the settings came from, such as a file name.
        problems: Every problem found, each naming its place and its remedy.
    """

    def __init__(self, source: str, problems: tuple[str, ...]) -> None:
        self.source = source
        self.problems = problems
        super().__init__(source, problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return f"{self.source}: {self.problems[0]}"
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        return f"{self.source} has {len(self.problems)} problems:{lines}"


class FileFormatError(PosgoError, ValueError):
    """
    A file cannot be read as what it should be. Nothing of it was used.

    Attributes:
        where: File name, with line and column where known.
        problem: What is wrong, as a sentence.
    """

    def __init__(self, where: str, problem: str) -> None:
        self.where = where
        self.problem = problem
        super().__init__(where, problem)

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


class MalformedFileError(FileFormatError):
    """
    The file is not well-formed to its end, or holds what we refuse to read.
    """


class UnsupportedFileError(FileFormatError):
    """
    The file is well-formed, but of another kind than asked for.
    """


class WireFormatError(PosgoError):
    """
    An answer is not in the agreed shape.

    Attributes:
        path: Where in the document, for example ``$[3].VoucherNo``.
        problem: What is wrong there.
        request: Whose answer to what, for example ``Go: GET /Vouchers``; None if it was no answer to a request.
        may_have_happened:
            True if the request was a write that was answered with success:
            it was carried out, only its answer cannot be read.
    """

    def __init__(
        self, path: str, problem: str, *, may_have_happened: bool = False, request: str | None = None
    ) -> None:
        self.path = path
        self.problem = problem
        self.may_have_happened = may_have_happened
        self.request = request
        super().__init__(path, problem)

    def __str__(self) -> str:
        where = f"{self.request}: {self.path}" if self.request else self.path
        return f"{where}: {self.problem}"


class ApiError(PosgoError):
    """
    A request did not succeed.

    Attributes:
        method: HTTP method.
        path: Path template, for example ``/Vouchers/CashJournals/{id}``. It never holds ids.
        system: Who was asked, ``Go`` or ``the POS``; None if whoever raised it did not say.
        may_have_happened:
            True if the request was a write and may have been carried out
            although it failed here. Look before repeating it.
        status: HTTP status; None if there was no answer.
        title: Short text of the answering system; None if it gave none.
        detail: Longer text of the answering system; None if it gave none.
        errors: Texts per field, as the answering system gave them.
        request_id: The answering system's id of the request, for its support; None if it gave none.
        at: When the answer came (UTC); None if there was no answer.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        method: str,
        path: str,
        may_have_happened: bool,
        status: int | None = None,
        title: str | None = None,
        detail: str | None = None,
        errors: tuple[str, ...] = (),
        request_id: str | None = None,
        at: datetime | None = None,
        system: str | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.system = system
        self.may_have_happened = may_have_happened
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.request_id = request_id
        self.at = at
        super().__init__(method, path)

    def _meaning(self) -> str:
        return "did not succeed"

    def __str__(self) -> str:
        said = ": ".join(text for text in (self.title, self.detail, "; ".join(self.errors)) if text)
        asked = f"{self.system}: " if self.system else ""
        parts = [f"{asked}{self.method} {self.path} {self._meaning()}"]
        if self.status is not None:
            parts.append(f" ({self.status})")
        if said:
            parts.append(f": {said}")
        if self.may_have_happened:
            parts.append("; it may have been carried out: look before repeating it")
        if self.request_id:
            parts.append(f" [request {self.request_id}]")
        return "".join(parts)


class TransportError(ApiError):
    """
    There was no answer: the server was not reached, cut us off, or was too late.
    """

    def _meaning(self) -> str:
        return "got no answer"


class AuthenticationError(ApiError):
    """
    The keys are wrong, or do not belong to each other or to this environment.

    Attributes:
        remedy: What to check, as a sentence.
    """

    def __init__(self, *, remedy: str = "", **facts: Any) -> None:
        self.remedy = remedy
        super().__init__(**facts)

    def _meaning(self) -> str:
        return "was refused because of the keys"

    def __str__(self) -> str:
        return f"{super().__str__()}. {self.remedy}" if self.remedy else super().__str__()


class RateLimitedError(ApiError):
    """
    Too many requests.

    Attributes:
        retry_after: How long to wait before the next request.
    """

    def __init__(self, *, retry_after: timedelta, **facts: Any) -> None:
        self.retry_after = retry_after
        super().__init__(**facts)

    def _meaning(self) -> str:
        return f"came too soon; wait {self.retry_after.total_seconds():g} s"


class ServerError(ApiError):
    """
    The answering system failed (5xx).
    """

    def _meaning(self) -> str:
        return "failed on their side"


class RejectedError(ApiError):
    """
    The request was understood and refused. It was not carried out.
    """

    def _meaning(self) -> str:
        return "was refused"


class Missing(enum.Enum):
    """
    What a 404 of Go means.
    """

    OBJECT = "the object does not exist"
    """The object in the path does not exist, or not for this integration."""

    REFERENCED_OBJECT = "an object it refers to does not exist"
    """What was sent names something, such as a department, that does not exist."""

    ENDPOINT = "the endpoint does not exist, or the address was too long"
    """The gateway knows no such path. It also says so of addresses beyond some 2 000 characters."""


class NotFoundError(RejectedError):
    """
    Something does not exist.

    Attributes:
        missing: What does not exist.
    """

    def __init__(self, *, missing: Missing = Missing.OBJECT, **facts: Any) -> None:
        self.missing = missing
        super().__init__(**facts)

    def _meaning(self) -> str:
        return f"found nothing: {self.missing.value}"


class MissingPrivilegeError(RejectedError):
    """
    The integration, or the client company's subscription, does not allow this.

    Attributes:
        privileges: Privileges of which any one would do; empty if unknown.
        without_module: Those of them that the integration has, but the client company lacks the Go module for.
    """

    def __init__(
        self, *, privileges: tuple[str, ...] = (), without_module: tuple[str, ...] = (), **facts: Any
    ) -> None:
        self.privileges = privileges
        self.without_module = without_module
        super().__init__(**facts)

    def _meaning(self) -> str:
        needed = f" {' or '.join(self.privileges)}" if self.privileges else ""
        module = (
            f" ({' and '.join(self.without_module)} is granted, but the client company lacks the Go module for it)"
            if self.without_module
            else ""
        )
        return f"needs a privilege{needed} that this integration does not have here{module}"


class ConflictError(RejectedError):
    """
    The object is in use, or in a state that forbids this.
    """


class PatchIgnoredError(RejectedError):
    """
    A change was answered with success, but some fields kept their old value.

    The other fields of the same change were carried out.

    Attributes:
        fields: Names of the fields that kept their old value.
    """

    def __init__(self, *, fields: tuple[str, ...], **facts: Any) -> None:
        self.fields = fields
        super().__init__(**facts)

    def _meaning(self) -> str:
        return f"was answered with success, but left unchanged: {', '.join(self.fields)}"


class DuplicateReferenceError(RejectedError):
    """
    The external reference is taken: the same thing was sent before.
    """


class LockedPeriodError(RejectedError):
    """
    The posting date lies in a locked period.
    """


class _Told(Protocol):
    """
    What an error needs of a :class:`posgo.Finding`, which every member of ``findings`` is.
    """

    @property
    def rule(self) -> str:
        """
        Stable id, made for programs.
        """

    @property
    def message(self) -> str:
        """
        What was found, as a sentence.
        """

    @property
    def remedy(self) -> str:
        """
        What to do about it, as a sentence.
        """


class InvoiceError(PosgoError):
    """
    An order is not invoiced, or not yet. Invoicing it again is safe at any time: there is never a second invoice.

    Attributes:
        order: Id of the order in the POS.
        findings: Everything that stands against it, each a :class:`posgo.Finding`; empty if it only takes time.
        remedy: What to do, as one or more sentences.
    """

    def __init__(self, order: str, remedy: str, findings: tuple[_Told, ...] = ()) -> None:
        self.order = order
        self.remedy = remedy
        self.findings = findings
        super().__init__(order)

    def _meaning(self) -> str:
        return "is not invoiced"

    def __str__(self) -> str:
        return f"order {self.order} {self._meaning()}. {self.remedy}"


class InvoiceRefusedError(InvoiceError):
    """
    Something is to be mended first. Nothing went to the customer, and nothing is booked.
    """

    def __init__(self, order: str, findings: tuple[_Told, ...]) -> None:
        remedies = " ".join(dict.fromkeys(finding.remedy for finding in findings if finding.remedy))
        super().__init__(order, remedies, findings)

    def _meaning(self) -> str:
        return f"is not invoiced: {'; '.join(finding.message for finding in self.findings)}"


class CustomerNotInGoError(InvoiceRefusedError):
    """
    The customer does not exist in Go, or is out of use there.

    Other things to be mended, if any, are among the findings as well.

    Attributes:
        customer: Id of the customer in the POS.
    """

    def __init__(self, order: str, customer: str, findings: tuple[_Told, ...]) -> None:
        self.customer = customer
        super().__init__(order, findings)


class InvoiceNotDeliveredError(InvoiceError):
    """
    Go could not deliver the invoice. The order stays in Go, and invoicing it again sends it again.

    Attributes:
        reason: Why, in Go's words. They may name the customer: for the cashier, not for logs.
        invoice_no: The invoice's number; None if it has none, because it was not booked.
    """

    def __init__(self, order: str, *, reason: str, invoice_no: int | None, remedy: str) -> None:
        self.reason = reason
        self.invoice_no = invoice_no
        super().__init__(order, remedy)

    def _meaning(self) -> str:
        if self.invoice_no is None:
            return "is not invoiced: Go could not deliver it (reason says why)"
        return f"is booked as invoice {self.invoice_no}, but Go could not deliver it (reason says why)"


class InvoiceInProgressError(InvoiceError):
    """
    Go has taken the invoice and has not delivered it yet. Invoicing the order again takes it up where it is.

    Attributes:
        waited: How long it was waited for.
    """

    def __init__(self, order: str, *, waited: timedelta) -> None:
        self.waited = waited
        super().__init__(order, "Invoice it again in a minute: it is not sent a second time.")

    def _meaning(self) -> str:
        return f"is being invoiced: Go was still at it after {self.waited.total_seconds():g} s"


class StateStoreError(PosgoError):
    """
    The state store could not be read or written.

    Attributes:
        store: Which store, such as a file name.
        problem: What is wrong, and the remedy, as a sentence.
    """

    def __init__(self, store: str, problem: str) -> None:
        self.store = store
        self.problem = problem
        super().__init__(store, problem)

    def __str__(self) -> str:
        return f"{self.store}: {self.problem}"


class StaleStateError(StateStoreError):
    """
    Somebody else committed first. Nothing was written; load again and retry.
    """


class LeaseHeldError(StateStoreError):
    """
    Another runner is at work on this client company. Nothing was done.
    """
