"""
A plan as a document: approved by its id, counted, costed, undone and stored.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Generic, TypeVar

import attrs

from posgo.exceptions import ModelError
from posgo.models.findings import Finding, Severity
from posgo.sync import _json, _text
from posgo.sync._operations import Change, Conflict, Kind, Operation, Tombstone
from posgo.sync._policy import Replica

__all__ = ["Cost", "Plan"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Cost:
    """
    What carrying out a plan takes.

    Attributes:
        pos: Requests to the POS.
        go: Requests to Go, of which there are ten a second for everybody.
        duration: How long Go's requests take at the rate given.
    """

    pos: int
    go: int
    duration: timedelta

    @property
    def requests(self) -> int:
        """
        Requests to both.
        """
        return self.pos + self.go

    @property
    def seconds(self) -> float:
        """
        The duration in seconds.
        """
        return self.duration.total_seconds()


@attrs.frozen(kw_only=True)
class Plan(Generic[T]):
    """
    What is to be done so that both sides are alike, and what a person should know.

    Attributes:
        operations: In the order they are carried out. Empty if the guard refused the plan.
        conflicts: Each is told in every plan until it is settled.
        findings: What a person should know or decide.
        withheld: The operations of a plan the guard refused.
        tombstones: Ids that turned out to mean another record.
        needs:
            Records a delta did not hold and without which something was left
            undone: side and id. Plan again with them.
        noun: What the records are called.
    """

    operations: tuple[Operation[T], ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    findings: tuple[Finding, ...] = ()
    withheld: tuple[Operation[T], ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    needs: tuple[tuple[Replica, str], ...] = ()
    noun: str = "record"

    @property
    def is_empty(self) -> bool:
        """
        Whether there is nothing to carry out or approve. Held conflicts and findings may remain.
        """
        return not (self.operations or self.withheld)

    @cached_property
    def plan_id(self) -> str:
        """
        A fingerprint of everything this plan would do and decide.

        It covers each operation with the values it overwrites, so a plan
        made later has the same id only if it would do the same to records
        that still say the same.
        """
        document = attrs.evolve(self, operations=(*self.operations, *self.withheld), withheld=(), findings=())
        return hashlib.sha256(document.to_json().encode()).hexdigest()[:16]

    def approve(self, plan_id: str) -> "Plan[T]":
        """
        Release the operations the guard withheld.

        Args:
            plan_id: The id of the plan a person has seen.

        Raises:
            ModelError: If this is another plan: something has changed since.
        """
        if plan_id != self.plan_id:
            raise ModelError(
                f"plan {plan_id} is not this plan ({self.plan_id}): something has changed since; look again"
            )
        findings = tuple(finding for finding in self.findings if finding.rule != "mass-change")
        return attrs.evolve(
            self, operations=(*self.operations, *self.withheld), withheld=(), findings=findings
        )

    def summary(self) -> dict[str, int]:
        """
        Count operations by kind and side (``"create go"``, ``"link"``), conflicts, held ones and findings.

        Nothing is counted as zero.
        """
        counts = Counter(
            " ".join(filter(None, (operation.kind, operation.replica))) for operation in self.operations
        )
        counts["conflicts"] = len(self.conflicts)
        counts["held"] = sum(conflict.is_held for conflict in self.conflicts)
        counts["withheld"] = len(self.withheld)
        counts["findings"] = len(self.findings)
        return {name: count for name, count in counts.items() if count}

    def cost(self, *, requests_per_second: float = 10) -> Cost:
        """
        Count the requests this plan takes, one per record written.

        Args:
            requests_per_second: The share of Go's limit this client company may use.
        """
        written: Counter[Replica] = Counter()
        for operation in (*self.operations, *self.withheld):
            if operation.kind is Kind.LINK:
                written.update(operation.write_reference)
            elif operation.replica is not None:
                written[operation.replica] += 1
        go = written[Replica.GO]
        return Cost(pos=written[Replica.POS], go=go, duration=timedelta(seconds=go / requests_per_second))

    def undo(self, created: Mapping[str, str] = MappingProxyType({})) -> "Plan[T]":
        """
        Make the plan that puts back what this one overwrote.

        It changes records, not the base: the next sync sees the restored
        values as edits and carries them to the other side. Carry out an
        operation only if its record still says ``old``: what somebody has
        edited since is theirs.

        Args:
            created:
                Ids of the records that were made, by
                :attr:`Operation.reference`. A record made without its id
                here is left and told as a finding.
        """
        reversed_: list[Operation[T]] = []
        findings: list[Finding] = []
        for operation in reversed(self.operations):
            if operation.kind is Kind.CREATE:
                made = created.get(operation.reference or "")
                if made is None:
                    findings.append(_not_undone(operation, self.noun))
                else:
                    reversed_.extend(_uncreate(operation, made))
            elif operation.changes:
                reversed_.append(_reverse(operation))
        return Plan(operations=tuple(reversed_), findings=tuple(findings), noun=self.noun)

    def to_json(self) -> str:
        """
        Write the plan as JSON: the same text for the same plan, whatever the machine.
        """
        return _json.dump(self)

    @classmethod
    def from_json(cls, document: str, model: type[T]) -> "Plan[T]":
        """
        Read what :meth:`to_json` wrote.

        Args:
            document: The text.
            model: The class of the values.

        Raises:
            ModelError: If it is no plan of such values.
        """
        plan: Plan[T] = _json.load(document, cls, model)
        return plan

    def __str__(self) -> str:
        return _text.plan(self)

    def _repr_html_(self) -> str:
        return _text.html_table(self)


def _reverse(operation: Operation[T]) -> Operation[T]:
    changes = tuple(Change(field=c.field, old=c.new, new=c.old) for c in operation.changes)
    return Operation(
        kind=Kind.UPDATE,
        replica=operation.replica,
        pos_id=operation.pos_id,
        go_id=operation.go_id,
        changes=changes,
        reason=f"undo: {operation.reason}",
    )


def _uncreate(operation: Operation[T], made: str) -> tuple[Operation[T], Operation[T]]:
    archive: Operation[T] = Operation(
        kind=Kind.ARCHIVE,
        replica=operation.replica,
        pos_id=operation.pos_id or made,
        go_id=operation.go_id or made,
        reason=f"undo: {operation.reason}",
    )
    return archive, attrs.evolve(archive, kind=Kind.UNLINK, replica=None)


def _not_undone(operation: Operation[T], noun: str) -> Finding:
    return Finding(
        rule="not-undone",
        severity=Severity.WARN,
        message=f"the {noun} made in {operation.replica} for {operation.reference} is left: its id was not given",
        remedy="give its id, or archive it by hand",
        where=operation.reference,
    )
