"""
The operations of a POS as requests a procedure yields, and how a feed is read to its end.
"""

import abc
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import attrs

from posgo.clients.pos.protocol import PointOfSale, Thing
from posgo.exceptions import WireFormatError
from posgo.models.feeds import Feed
from posgo.models.pos import ZReport
from posgo.models.records import Record
from posgo.procedure import Procedure, Request, ask

__all__ = [
    "CreateRecord",
    "FeedRequest",
    "FetchRecord",
    "FindRecord",
    "PosRequest",
    "ReadChanges",
    "ReadZReports",
    "UpdateRecord",
    "read_to_end",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class PosRequest(Request[T_co], abc.ABC):
    """
    Something a procedure asks of the POS.
    """

    __slots__ = ()

    @property
    def writes(self) -> bool:
        """
        Whether it changes anything.
        """
        return False

    @abc.abstractmethod
    def on(self, pos: PointOfSale) -> T_co:
        """
        Carry it out; on a POS whose methods are coroutines the answer is awaitable.
        """


class FeedRequest(PosRequest[Feed[T]]):
    """
    A request for a piece of a feed.
    """

    __slots__ = ()

    cursor: str | None

    @abc.abstractmethod
    def after(self, cursor: str) -> "FeedRequest[T]":
        """
        The request for the piece that follows.
        """


@attrs.frozen
class ReadChanges(FeedRequest[Record[Thing]]):
    """
    See :meth:`PointOfSale.changes`.
    """

    type: type[Thing]
    cursor: str | None = None

    def on(self, pos: PointOfSale) -> Feed[Record[Thing]]:
        """
        See :meth:`PosRequest.on`.
        """
        return pos.changes(self.type, self.cursor)

    def after(self, cursor: str) -> "ReadChanges[Thing]":
        """
        See :meth:`FeedRequest.after`.
        """
        return attrs.evolve(self, cursor=cursor)


@attrs.frozen
class ReadZReports(FeedRequest[ZReport]):
    """
    See :meth:`PointOfSale.z_reports`.
    """

    cursor: str | None = None

    def on(self, pos: PointOfSale) -> Feed[ZReport]:
        """
        See :meth:`PosRequest.on`.
        """
        return pos.z_reports(self.cursor)

    def after(self, cursor: str) -> "ReadZReports":
        """
        See :meth:`FeedRequest.after`.
        """
        return attrs.evolve(self, cursor=cursor)


@attrs.frozen
class FetchRecord(PosRequest[Record[Thing] | None], Generic[Thing]):
    """
    See :meth:`PointOfSale.fetch`.
    """

    type: type[Thing]
    id: str

    def on(self, pos: PointOfSale) -> Record[Thing] | None:
        """
        See :meth:`PosRequest.on`.
        """
        return pos.fetch(self.type, self.id)


@attrs.frozen
class FindRecord(PosRequest[Record[Thing] | None], Generic[Thing]):
    """
    See :meth:`PointOfSale.find`.
    """

    type: type[Thing]
    reference: str

    def on(self, pos: PointOfSale) -> Record[Thing] | None:
        """
        See :meth:`PosRequest.on`.
        """
        return pos.find(self.type, self.reference)


@attrs.frozen
class CreateRecord(PosRequest[Record[Thing]], Generic[Thing]):
    """
    See :meth:`PointOfSale.create`.
    """

    value: Thing
    reference: str = attrs.field(kw_only=True)

    @property
    def writes(self) -> bool:
        """
        It does.
        """
        return True

    def on(self, pos: PointOfSale) -> Record[Thing]:
        """
        See :meth:`PosRequest.on`.
        """
        return pos.create(self.value, reference=self.reference)


@attrs.frozen
class UpdateRecord(PosRequest[Record[Thing]], Generic[Thing]):
    """
    See :meth:`PointOfSale.update`. Its ``repr`` holds no values: they may be personal data.
    """

    type: type[Thing]
    id: str
    changes: Mapping[str, Any] = attrs.field(repr=lambda changes: f"<{', '.join(changes)}>")
    expected: Mapping[str, Any] | None = attrs.field(default=None, kw_only=True, repr=False)
    reference: str | None = attrs.field(default=None, kw_only=True)

    @property
    def writes(self) -> bool:
        """
        It does.
        """
        return True

    def on(self, pos: PointOfSale) -> Record[Thing]:
        """
        See :meth:`PosRequest.on`.
        """
        return pos.update(self.type, self.id, self.changes, expected=self.expected, reference=self.reference)


def read_to_end(request: FeedRequest[T]) -> Procedure[Feed[T]]:
    """
    Read a feed until there is no more. Use with ``yield from``.

    Returns:
        Everything told, with the last cursor. ``from_start`` says that it is
        all the POS has: it was asked from the beginning, or had forgotten
        the cursor and began again on its own.

    Raises:
        WireFormatError: If the POS promises more, but its cursor stands still.
    """
    told: list[T] = []
    from_start = False
    while True:
        piece: Feed[T] = yield from ask(request)
        if piece.from_start:
            # What came before belongs to a past the POS no longer knows.
            told, from_start = [], True
        told += piece.items
        if not piece.more:
            return Feed(items=told, cursor=piece.cursor, from_start=from_start)
        if piece.cursor == request.cursor:
            raise WireFormatError("cursor", "the POS has more to tell, but its cursor stands still")
        request = request.after(piece.cursor)
