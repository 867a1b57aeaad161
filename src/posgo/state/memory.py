"""
A store that forgets when the process ends: for tests, previews and the demo.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from posgo.exceptions import LeaseHeldError, StaleStateError
from posgo.state._records import Changes, Loaded, SettlementRecord

__all__ = ["MemoryStore"]


class MemoryStore:
    """
    A :class:`StateStore` in memory. Safe under threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._leases: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._versions: defaultdict[str, int] = defaultdict(int)
        self._settlements: defaultdict[str, dict[str, SettlementRecord]] = defaultdict(dict)

    def __repr__(self) -> str:
        return f"MemoryStore({len(self._versions)} client companies)"

    @contextmanager
    def lease(self, client: str, *, wait: timedelta) -> Iterator[None]:
        """
        See :meth:`StateStore.lease`.
        """
        with self._lock:
            lease = self._leases[client]
        if not lease.acquire(timeout=max(wait.total_seconds(), 0)):
            raise LeaseHeldError(
                "memory store", "another runner is at work on this client company; try again later"
            )
        try:
            yield
        finally:
            lease.release()

    def settlements(self, client: str, references: Collection[str]) -> Loaded:
        """
        See :meth:`StateStore.settlements`.
        """
        with self._lock:
            records = self._settlements[client]
            found = {key: records[key] for key in references if key in records}
            return Loaded(version=self._versions[client], settlements=found)

    def previous_settlement(self, client: str, cash_point: str, before: datetime) -> SettlementRecord | None:
        """
        See :meth:`StateStore.previous_settlement`.
        """
        with self._lock:
            earlier = (
                record
                for record in self._settlements[client].values()
                if record.cash_point == cash_point and record.closed_at < before
            )
            return max(earlier, key=lambda record: record.closed_at, default=None)

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        See :meth:`StateStore.commit`.
        """
        with self._lock:
            if self._versions[client] != expected_version:
                raise StaleStateError("memory store", "another runner committed first; run again")
            records = self._settlements[client]
            records.update((record.reference, record) for record in changes.put)
            for reference in changes.drop:
                records.pop(reference, None)
            self._versions[client] += 1
            return self._versions[client]
