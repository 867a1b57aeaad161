"""
The state store: what a vendor implements to keep posgo's memory in their own database.
"""

import abc
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, TypeVar

import attrs

from posgo.procedure import Request
from posgo.state._records import Changes, History, Loaded, LoadedLinks, Progress, SettlementRecord

__all__ = [
    "AsyncStateStore",
    "CommitChanges",
    "ForgetRecord",
    "LoadHistory",
    "LoadLinks",
    "LoadPreviousSettlement",
    "LoadProgress",
    "LoadSettlements",
    "StateStore",
    "StoreRequest",
]

T_co = TypeVar("T_co", covariant=True)


class StateStore(Protocol):
    """
    The memory of a runner. State is kept per client company, named by Go's ``ClientId``.

    Losing it is survivable: a voucher is found again in Go by its reference,
    and a pair by the reference its records carry. It makes runs cheap, and
    tells an edit on one side from an edit on the other.

    ``kind`` is ``"customers"``, ``"products"``, ``"orders"``, or
    ``"invoices"`` the POS issued itself, and says which model the base of a
    link is read as.

    Every method may raise :class:`posgo.exceptions.StateStoreError`.
    ``posgo.testing.store_contract`` proves an implementation.
    """

    def lease(self, client: str, *, wait: timedelta) -> AbstractContextManager[Callable[[], object] | None]:
        """
        Keep other runners off this client company while the context is open.

        The lease must end with the process that holds it, however that dies.
        It may give a function, which a runner calls before every write to Go
        and the POS, and which raises if the lease was lost meanwhile. Give
        None if that cannot be, or cannot be told.

        Args:
            client: Go's id of the client company.
            wait: How long to wait for a runner that is at work.

        Raises:
            LeaseHeldError: On entering, if the other one is still at work after ``wait``.
            StateStoreError: By the function, if the lease was lost.
        """
        ...

    def settlements(self, client: str, references: Collection[str]) -> Loaded:
        """
        Read settlements by reference, with the version they were read at.
        """
        ...

    def previous_settlement(self, client: str, cash_point: str, before: datetime) -> SettlementRecord | None:
        """
        Read the settlement of a cash point with the latest ``closed_at`` before an instant.

        Raises:
            ModelError: If the instant has no time zone.
        """
        ...

    def links(
        self,
        client: str,
        kind: str,
        *,
        pos_ids: Collection[str] | None = None,
        go_ids: Collection[str] | None = None,
    ) -> LoadedLinks:
        """
        Read links that hold any of the ids given; all of the kind if none are asked for.

        Reading some must not cost more when there are many.

        Args:
            client: Go's id of the client company.
            kind: Kind of record.
            pos_ids: Ids in the POS; None asks for none by it, or for all links if ``go_ids`` is None too.
            go_ids: Ids in Go; None likewise.
        """
        ...

    def progress(self, client: str, kind: str) -> Progress:
        """
        Read how far the work on a kind has come: cursors, pending intents and tombstones.
        """
        ...

    def history(self, client: str, kind: str, *, since: datetime) -> History:
        """
        Read runs begun, and conflicts last seen, at an instant or later.

        Raises:
            ModelError: If posgo has no such kind, or the instant no time zone.
        """
        ...

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        Write all changes or none, durably, before returning.

        Args:
            client: Go's id of the client company.
            changes: What to write, in any mix: a cursor moves with the results it covers.
            expected_version: The version the changes were worked out from.

        Returns:
            The new version: the expected one and 1.

        Raises:
            StaleStateError: If somebody committed since; nothing was written.
        """
        ...

    def forget(self, client: str, kind: str, *, pos_id: str | None = None, go_id: str | None = None) -> int:
        """
        Erase a record's every trace: links, intents, conflicts and tombstones, by both its ids.

        Ids that were merged into its own, however many merges ago, are its own.

        Counts as a commit of the client company, so that a runner at work
        does not write back what it has read. Delete the record on both sides
        first: what a later run finds there is linked anew.

        Args:
            client: Go's id of the client company.
            kind: Kind of record.
            pos_id: Its id in the POS; None if not known.
            go_id: Its id in Go; None if not known.

        Returns:
            How many records of the store were erased.

        Raises:
            ModelError: If posgo has no such kind, or neither id is given: nothing would be erased.
        """
        ...


class AsyncStateStore(Protocol):
    """
    :class:`StateStore` with coroutines; the lease is an asynchronous context manager.
    """

    def lease(
        self, client: str, *, wait: timedelta
    ) -> AbstractAsyncContextManager[Callable[[], object] | None]:
        """
        See :meth:`StateStore.lease`. The function may be one with coroutines.
        """
        ...

    async def settlements(self, client: str, references: Collection[str]) -> Loaded:
        """
        See :meth:`StateStore.settlements`.
        """
        ...

    async def previous_settlement(
        self, client: str, cash_point: str, before: datetime
    ) -> SettlementRecord | None:
        """
        See :meth:`StateStore.previous_settlement`.
        """
        ...

    async def links(
        self,
        client: str,
        kind: str,
        *,
        pos_ids: Collection[str] | None = None,
        go_ids: Collection[str] | None = None,
    ) -> LoadedLinks:
        """
        See :meth:`StateStore.links`.
        """
        ...

    async def progress(self, client: str, kind: str) -> Progress:
        """
        See :meth:`StateStore.progress`.
        """
        ...

    async def history(self, client: str, kind: str, *, since: datetime) -> History:
        """
        See :meth:`StateStore.history`.
        """
        ...

    async def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        See :meth:`StateStore.commit`.
        """
        ...

    async def forget(
        self, client: str, kind: str, *, pos_id: str | None = None, go_id: str | None = None
    ) -> int:
        """
        See :meth:`StateStore.forget`.
        """
        ...


class StoreRequest(Request[T_co], abc.ABC):
    """
    A store operation a procedure asks for.

    Attributes:
        writes: Whether it changes the store: a dry run must not ask for it.
    """

    __slots__ = ()

    writes: ClassVar[bool] = False

    @abc.abstractmethod
    def on(self, store: StateStore, client: str) -> T_co:
        """
        Carry it out; on a store whose methods are coroutines the answer is awaitable.
        """


@attrs.frozen
class LoadSettlements(StoreRequest[Loaded]):
    """
    Read settlements by reference.
    """

    references: tuple[str, ...]

    def on(self, store: StateStore, client: str) -> Loaded:
        """
        See :meth:`StateStore.settlements`.
        """
        return store.settlements(client, self.references)


@attrs.frozen
class LoadPreviousSettlement(StoreRequest[SettlementRecord | None]):
    """
    Read the settlement before an instant on one cash point.
    """

    cash_point: str
    before: datetime

    def on(self, store: StateStore, client: str) -> SettlementRecord | None:
        """
        See :meth:`StateStore.previous_settlement`.
        """
        return store.previous_settlement(client, self.cash_point, self.before)


@attrs.frozen
class LoadLinks(StoreRequest[LoadedLinks]):
    """
    Read links by ids, or all of a kind.
    """

    kind: str
    pos_ids: tuple[str, ...] | None = None
    go_ids: tuple[str, ...] | None = None

    def on(self, store: StateStore, client: str) -> LoadedLinks:
        """
        See :meth:`StateStore.links`.
        """
        return store.links(client, self.kind, pos_ids=self.pos_ids, go_ids=self.go_ids)


@attrs.frozen
class LoadProgress(StoreRequest[Progress]):
    """
    Read cursors, pending intents and tombstones of a kind.
    """

    kind: str

    def on(self, store: StateStore, client: str) -> Progress:
        """
        See :meth:`StateStore.progress`.
        """
        return store.progress(client, self.kind)


@attrs.frozen
class LoadHistory(StoreRequest[History]):
    """
    Read runs and conflicts of a kind.
    """

    kind: str
    since: datetime

    def on(self, store: StateStore, client: str) -> History:
        """
        See :meth:`StateStore.history`.
        """
        return store.history(client, self.kind, since=self.since)


@attrs.frozen
class CommitChanges(StoreRequest[int]):
    """
    Write changes against an expected version.
    """

    changes: Changes
    expected_version: int

    writes: ClassVar[bool] = True

    def on(self, store: StateStore, client: str) -> int:
        """
        See :meth:`StateStore.commit`.
        """
        return store.commit(client, self.changes, expected_version=self.expected_version)


@attrs.frozen
class ForgetRecord(StoreRequest[int]):
    """
    Erase a record's every trace.
    """

    kind: str
    pos_id: str | None = None
    go_id: str | None = None

    writes: ClassVar[bool] = True

    def on(self, store: StateStore, client: str) -> int:
        """
        See :meth:`StateStore.forget`.
        """
        return store.forget(client, self.kind, pos_id=self.pos_id, go_id=self.go_id)
