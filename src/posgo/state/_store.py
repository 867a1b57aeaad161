"""
The state store: what a vendor implements to keep posgo's memory in their own database.
"""

import abc
from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import attrs

from posgo.procedure import Request
from posgo.state._records import Changes, Loaded, SettlementRecord

__all__ = [
    "CommitChanges",
    "LoadPreviousSettlement",
    "LoadSettlements",
    "StateStore",
    "StoreRequest",
]

T_co = TypeVar("T_co", covariant=True)


class StateStore(Protocol):
    """
    The memory of a runner. State is kept per client company, named by Go's ``ClientId``.

    Losing it is survivable: a voucher is found again in Go by its reference.
    It makes runs cheap and tells a repetition from a reused number.

    Every method may raise :class:`posgo.exceptions.StateStoreError`.
    """

    def lease(self, client: str, *, wait: timedelta) -> AbstractContextManager[None]:
        """
        Keep other runners off this client company while the context is open.

        The lease must end with the process that holds it, however that dies.

        Args:
            client: Go's id of the client company.
            wait: How long to wait for a runner that is at work.

        Raises:
            LeaseHeldError: On entering, if the other one is still at work after ``wait``.
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
        """
        ...

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        Write all changes or none, durably, before returning.

        Args:
            client: Go's id of the client company.
            changes: What to write.
            expected_version: The version the changes were worked out from.

        Returns:
            The new version.

        Raises:
            StaleStateError: If somebody committed since; nothing was written.
        """
        ...


class StoreRequest(Request[T_co], abc.ABC):
    """
    A store operation a procedure asks for.
    """

    __slots__ = ()

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
class CommitChanges(StoreRequest[int]):
    """
    Write changes against an expected version.
    """

    changes: Changes
    expected_version: int

    def on(self, store: StateStore, client: str) -> int:
        """
        See :meth:`StateStore.commit`.
        """
        return store.commit(client, self.changes, expected_version=self.expected_version)
