"""
The store of a soak, sound or with a deliberate bug: a soak that cannot fail proves nothing.
"""

import abc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import attrs

from posgo.state import (
    Changes,
    ConflictRecord,
    IntentRecord,
    SettlementRecord,
    SettlementState,
    SqliteStore,
)

__all__ = ["STORES"]


class _Unstored(SqliteStore, abc.ABC):
    """
    Some records never reach the file.
    """

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        Leave them out.
        """
        kept = [record for record in changes.put if not self.leaves_out(record)]
        return super().commit(client, attrs.evolve(changes, put=kept), expected_version=expected_version)

    @abc.abstractmethod
    def leaves_out(self, record: object) -> bool:
        """
        Whether a record is one of them.
        """


class IntentsNotStored(_Unstored):
    """
    Nobody knows after a kill that something may be on its way.
    """

    def leaves_out(self, record: object) -> bool:
        """
        Intents, and settlements about to be sent.
        """
        sending = isinstance(record, SettlementRecord) and record.state is SettlementState.SENDING
        return sending or isinstance(record, IntentRecord)


class ConflictsNotRecorded(_Unstored):
    """
    The losing value is nowhere.
    """

    def leaves_out(self, record: object) -> bool:
        """
        Conflicts.
        """
        return isinstance(record, ConflictRecord)


class LeaseIgnored(SqliteStore):
    """
    Two runners work on one client company, and neither is told.
    """

    @contextmanager
    def lease(self, client: str, *, wait: timedelta) -> Iterator[Callable[[], None]]:
        """
        Keep nobody off.
        """
        yield lambda: None

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        """
        Commit against whatever version there is.
        """
        version = self.progress(client, "customers").version
        return super().commit(client, changes, expected_version=version)


STORES: dict[str | None, type[SqliteStore]] = {
    None: SqliteStore,
    "intents not stored": IntentsNotStored,
    "conflicts not recorded": ConflictsNotRecorded,
    "lease ignored": LeaseIgnored,
}
"""Stores by the name of their bug."""
