"""
Calls: one request to Go or a POS as a value, and what its answer means.

A call says everything a sender needs: where, with what, what the answer
becomes, and whether it may be repeated. It performs nothing, so it can be
built anywhere, sent by a client of either colour, yielded by a procedure, or
compared in a test.
"""

import enum
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import attrs

from posgo.exceptions import WireFormatError
from posgo.procedure import Procedure, Request, ask

__all__ = [
    "GO",
    "POS",
    "Answer",
    "BodyKind",
    "Call",
    "File",
    "Page",
    "Priority",
    "Query",
    "Repeat",
    "collect",
]

T = TypeVar("T")

GO = "Go"
POS = "the POS"
"""Who is asked, as errors name it."""

Query = tuple[tuple[str, str], ...]
"""Names and values of a query string, in order, not yet encoded."""


class Repeat(enum.Enum):
    """
    Whether a call may be sent again when nobody knows if it was carried out.
    """

    SAFE = "safe"
    """Twice does what once does."""

    AFTER_LOOK_UP = "after look-up"
    """Twice may do it twice: look first. The client itself never repeats it in doubt."""


class BodyKind(enum.Enum):
    """
    How a body travels. The value is its content type; a multipart one gets its boundary when sent.
    """

    NONE = ""
    FORM = "application/x-www-form-urlencoded"
    JSON = "application/json"
    JSON_PATCH = "application/json-patch+json"
    MULTIPART = "multipart/form-data"


class Priority(enum.IntEnum):
    """
    Who goes first when requests must queue for the rate limit.
    """

    IMMEDIATE = 0
    """Somebody is waiting at a till."""

    NORMAL = 1
    """Anything."""

    BACKGROUND = 2
    """Nightly polls and sweeps."""


@attrs.frozen(kw_only=True)
class Answer:
    """
    What came back, read to its end.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        content: Body, decompressed.
        unreadable: Why the body could not be decompressed; None if it could.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    content: bytes = attrs.field(default=b"", repr=False)
    unreadable: str | None = None

    @property
    def is_success(self) -> bool:
        """
        Whether the request was carried out (2xx).
        """
        return 200 <= self.status < 300


@attrs.frozen(kw_only=True)
class File:
    """
    A file to upload.

    Attributes:
        name: File name.
        content: Its bytes.
        media_type: Such as ``application/pdf``.
    """

    name: str
    content: bytes = attrs.field(repr=False)
    media_type: str = "application/pdf"


@attrs.frozen(kw_only=True, repr=False)
class Call(Request[T]):
    """
    One request. Its ``repr`` shows method and path template only.

    Attributes:
        method: HTTP method in capitals.
        path: Path template below the API's base, such as ``/Customers/{id}``.
        decode:
            Turns a successful answer into the result. Raises
            :class:`~posgo.exceptions.WireFormatError` if it cannot.
        parameters: Values for the template, by name.
        query: Query string.
        body:
            What JSON can hold, with ``Decimal`` for fractions; a text for a
            form; a :class:`File` for multipart; None without a body.
        body_kind: How the body travels.
        repeat: Whether it may be repeated in doubt.
        roles: Privileges at Go of which any one suffices; empty if none is needed.
        priority: Who goes first; None leaves it to the client.
        bearer: Whether it carries an access token. Onboarding does not.
        only_asks: Whether it changes nothing, whatever its method says: a token is asked for by a POST.
        root: What stands between the client's base address and the path.
        system: Who is asked, as errors name it.
        accept: Media types the answer may have.
        forgive:
            Tells a refusal that means "already done" by title and detail;
            it then counts as success. None: every refusal is one.
    """

    method: str
    path: str
    decode: Callable[[Answer], T] = attrs.field(eq=False)
    parameters: Mapping[str, str] = attrs.field(factory=dict)
    query: Query = ()
    body: Any = None
    body_kind: BodyKind = BodyKind.NONE
    repeat: Repeat = Repeat.SAFE
    roles: tuple[str, ...] = ()
    priority: Priority | None = None
    bearer: bool = True
    only_asks: bool = False
    root: str = "/v2"
    system: str = GO
    accept: str = "application/json"
    forgive: Callable[[str], bool] | None = attrs.field(default=None, eq=False)

    @property
    def writes(self) -> bool:
        """
        Whether it changes anything.
        """
        return not self.only_asks and self.method not in {"GET", "HEAD"}

    @property
    def target(self) -> str:
        """
        Path and query string, encoded.
        """
        path = self.path.format(**{name: quote(value, safe="") for name, value in self.parameters.items()})
        return f"{path}?{urlencode(self.query, quote_via=quote)}" if self.query else path

    def read(self, answer: Answer) -> T:
        """
        Turn a successful answer into the result.

        Raises:
            WireFormatError: Naming the request, and saying, for a write, that it was carried out.
        """
        if answer.unreadable is not None:
            raise self._unread("$", answer.unreadable)
        try:
            return self.decode(answer)
        except WireFormatError as error:
            raise self._unread(error.path, error.problem) from error

    def _unread(self, path: str, problem: str) -> WireFormatError:
        request = f"{self.system}: {self.method} {self.path}"
        return WireFormatError(path, problem, may_have_happened=self.writes, request=request)

    def __repr__(self) -> str:
        return f"<{self.method} {self.path}>"


@attrs.frozen(kw_only=True)
class Page(Generic[T]):
    """
    One page of a listing.

    Attributes:
        items: The rows, in Go's order.
        next: The call for the following page; None on the last one.
    """

    items: tuple[T, ...]
    next: "Call[Page[T]] | None" = None


def collect(call: Call[Page[T]]) -> Procedure[list[T]]:
    """
    Read a listing to its end, page by page. Use with ``yield from``.
    """
    rows: list[T] = []
    following: Call[Page[T]] | None = call
    while following is not None:
        page: Page[T] = yield from ask(following)
        rows.extend(page.items)
        following = page.next
    return rows
