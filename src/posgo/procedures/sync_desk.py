"""
What keeping one kind of record alike needs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import attrs

from posgo.clients.events import tell
from posgo.models.findings import Finding
from posgo.models.records import Link
from posgo.procedure import Procedure, ask
from posgo.procedures.progress import ProgressHook, SyncPhase, SyncProgress, log_progress
from posgo.procedures.sides import Side
from posgo.state import Changes, CommitChanges, IntentRecord, Key, LinkRecord
from posgo.sync import Operation, Policy, Replica

__all__ = ["Care", "Commit", "HeldRecord", "NoCare", "Notes", "SyncDesk"]

T = TypeVar("T")


class Commit(Protocol):
    """
    Stores an intent before something is written.
    """

    def __call__(self, intent: IntentRecord, *, keep: bool = False) -> Procedure[None]:
        """
        Store it; ``keep`` leaves it for the next run, whatever becomes of this one.
        """
        ...


@attrs.frozen
class HeldRecord:
    """
    A record that is left out of the plan.

    Attributes:
        reference: What it says of its counterpart; None if it says nothing.
        why: What stands against it; empty if nothing but that it is a copy of another that is left out.
    """

    reference: str | None
    why: tuple[Finding, ...] = ()


class Care(Protocol[T]):
    """
    What a kind of record needs beside its plan.
    """

    @property
    def held(self) -> Mapping[Replica, dict[str, HeldRecord]]:
        """
        Records that are left out of the plan with their counterparts, by side and id. Read again every run.
        """
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """
        What was found beside the plan.
        """
        ...

    def intent(self, operation: Operation[T]) -> str:
        """
        What the next run should know of an operation, if this one does not finish it.
        """
        ...

    def mend(self, links: Iterable[Link[T]], commit: Commit) -> Procedure[int]:
        """
        Put right what no plan speaks of, after it was carried out. Tells how many records were written.

        Args:
            links: All links of the records seen.
            commit: Stores an intent before something is written.
        """
        ...


@attrs.frozen
class NoCare(Generic[T]):
    """
    Nothing beside the plan.
    """

    held: Mapping[Replica, dict[str, HeldRecord]] = attrs.Factory(
        lambda: {replica: {} for replica in Replica}
    )
    findings: Sequence[Finding] = ()

    def intent(self, operation: Operation[T]) -> str:
        """
        See :meth:`Care.intent`.
        """
        return operation.kind.value

    def mend(self, links: Iterable[Link[T]], commit: Commit) -> Procedure[int]:  # noqa: ARG002
        """
        See :meth:`Care.mend`.
        """
        return 0
        yield


@attrs.define
class Notes:
    """
    What is stored when there is nothing left to do but hand the report over.

    That is what was told for the first time: whoever ends before has told nobody, and the next run tells it.

    Attributes:
        records: What is to be stored.
        told: What is to be dropped: the intents that kept in sight what is told now.
        version: The store's version after the last run's commits.
    """

    records: dict[Key, LinkRecord] = attrs.Factory(dict)
    told: list[Key] = attrs.Factory(list)
    version: int = 0

    def add(self, records: Iterable[LinkRecord], told: Iterable[Key], version: int) -> None:
        """
        Take more of it.
        """
        self.records |= {record.key: record for record in records}
        self.told += told
        self.version = version

    def store(self) -> Procedure[None]:
        """
        Store it.
        """
        if self.records:
            changes = Changes(put=self.records.values(), drop=self.told)
            yield from ask(CommitChanges(changes, self.version))


@attrs.frozen(kw_only=True)
class SyncDesk(Generic[T]):
    """
    What keeping one kind alike needs.

    Attributes:
        kind: ``"customers"``, ``"products"`` or ``"orders"``.
        pos: The POS's side of it.
        go: Go's side of it.
        policy: The rules.
        now: The time (UTC) the run began, for the record only; nothing is decided by it.
        clock: Tells the time (UTC) it ended, for the record only.
        full: Whether to look at everything, not only at what changed.
        approve: Id of a plan the guard refused and a person has approved; None if none.
        dry_run: Whether to stop after planning.
        look_up_after: How long to wait before looking for a creation in doubt.
        keep_history: How long conflicts and runs are remembered.
        on_progress: Hears how far the sync has got.
        care: What the kind needs beside its plan.
        notes: Takes what is to be stored when the report is handed over.
    """

    kind: str
    pos: Side[T]
    go: Side[T]
    policy: Policy[T]
    now: datetime
    clock: Callable[[], datetime]
    full: bool = False
    approve: str | None = None
    dry_run: bool = False
    look_up_after: timedelta = timedelta(seconds=2)
    keep_history: timedelta = timedelta(days=90)
    on_progress: ProgressHook = log_progress
    care: Care[T] = attrs.Factory(NoCare)
    notes: Notes = attrs.Factory(Notes)

    def side(self, replica: Replica) -> Side[T]:
        """
        The side of a replica.
        """
        return self.pos if replica is Replica.POS else self.go

    def tell(self, phase: SyncPhase, done: int = 0, total: int | None = None) -> None:
        """
        Tell how far the sync has got.
        """
        tell(self.on_progress, SyncProgress(kind=self.kind, phase=phase, done=done, total=total))
