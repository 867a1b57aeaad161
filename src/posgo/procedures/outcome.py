"""
What became of the operations of a plan, in words a person can act on.
"""

from typing import Any

import attrs

from posgo.exceptions import ConflictError, PatchIgnoredError, PosgoError, RejectedError
from posgo.models.findings import Finding
from posgo.sync import Conflict, Kind, Operation, Plan, Replica

__all__ = ["Failed", "KindReport", "remedy"]


@attrs.frozen(kw_only=True)
class Failed:
    """
    An operation that did not succeed. The next run takes it up again.

    Attributes:
        operation: What was to be done.
        error: What stood against it.
        remedy: What to do, as a sentence.
    """

    operation: Operation[Any]
    error: PosgoError
    remedy: str

    def __str__(self) -> str:
        # What others said may end in a full stop already.
        return f"failed {self.operation}: {str(self.error).rstrip('.')}. {self.remedy}"


@attrs.frozen(kw_only=True)
class KindReport:
    """
    What a run did about one kind of record.

    Attributes:
        kind: Which.
        plan: What was planned.
        written: How many operations were carried out, by kind and side, such as ``"create go"``.
        failed: What did not succeed.
        complete: Whether everything was looked at.
        approved: Whether this was the plan a person had approved.
        stopped: Whether the run ended early, because the next request would have met the same error.
        dry_run: Whether it ended after planning.
        beside: What was found beside the plan.
        followed: What was planned of the records that were made: a system may say something else of them.
    """

    kind: str
    plan: Plan[Any]
    written: dict[str, int]
    failed: tuple[Failed, ...] = ()
    complete: bool = False
    approved: bool = False
    stopped: bool = False
    dry_run: bool = False
    beside: tuple[Finding, ...] = ()
    followed: tuple[Plan[Any], ...] = ()

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """
        Every conflict, with both values and the choice.
        """
        return tuple(conflict for plan in (self.plan, *self.followed) for conflict in plan.conflicts)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """
        Everything a person should know or decide.
        """
        planned = (finding for plan in (self.plan, *self.followed) for finding in plan.findings)
        return (*planned, *self.beside)

    @property
    def is_clean(self) -> bool:
        """
        Whether nothing is left for a person or for the next run.
        """
        return not (
            self.failed
            or self.stopped
            or self.plan.withheld
            or any(conflict.is_held for conflict in self.conflicts)
            or any(finding.blocks for finding in self.findings)
        )


def remedy(operation: Operation[Any], error: PosgoError) -> str:
    """
    What a person should do about an operation that did not succeed, as a sentence.
    """
    if not isinstance(error, RejectedError):
        return "Nothing is lost; run again."
    if operation.kind is Kind.ARCHIVE and operation.replica is Replica.GO:
        return (
            "Go archives nobody who has a balance: settle what is open, or take the record into use again "
            "in the POS; the next run tries again."
        )
    if isinstance(error, PatchIgnoredError):
        return (
            f"Change {', '.join(error.fields)} by hand on that side, or put the old value back on the other."
        )
    if isinstance(error, ConflictError):
        return "It is in use, or was changed meanwhile; look at it on that side, the next run tries again."
    return "Correct the value that is refused, on either side; the next run tries again."
