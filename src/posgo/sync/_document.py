"""
A plan and its parts: operations, conflicts, and what they cost.

All of it is values. ``repr`` shows ids and field names only; ``str``, HTML
and JSON hold the values themselves, personal data included, because they are
made for the person who approves the plan.
"""

import enum
import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import attrs

from posgo.exceptions import ModelError
from posgo.models.findings import Finding, Severity
from posgo.models.records import go_reference, pos_reference
from posgo.sync import _json, _text
from posgo.sync._policy import Replica

__all__ = ["Change", "Conflict", "ConflictKind", "Cost", "Kind", "Operation", "Plan", "Tombstone"]

T = TypeVar("T")


class Kind(enum.StrEnum):
    """
    What an operation does.
    """

    LINK = "link"
    """Remember a pair, or what it has come to agree on. Writes no value to either side."""

    CREATE = "create"
    """Make a record on the side named."""

    UPDATE = "update"
    """Change fields of a record."""

    ARCHIVE = "archive"
    """Take a record out of use."""

    UNLINK = "unlink"
    """Forget a pair."""


@attrs.frozen(kw_only=True)
class Change:
    """
    One field of an update.

    Attributes:
        field: Its name; ``"address.city"`` is a part of a nested value.
        old: What the record says now, as far as was seen.
        new: What it is to say.
    """

    field: str
    old: Any = attrs.field(repr=False)
    new: Any = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Operation(Generic[T]):
    """
    One step of a plan.

    Operations are carried out in their order. When one fails, those of the
    same pair that follow are left to the next plan; others go on.

    Attributes:
        kind: What it does.
        replica: The side it is carried out on; None for the link store.
        pos_id: The record's id in the POS; None if it is to be made there.
        go_id: The record's id in Go; None if it is to be made there.
        value:
            Create: what the new record says. Update and archive: what the
            record says afterwards, as far as was seen; write ``changes``,
            not this. None for link and unlink.
        changes: Fields of an update or archive, each with the value it had.
        reason: Why, in words.
        base: Link and create: what the link's base becomes.
        unagreed: Link: see ``Link.unagreed``.
        noted: Link and create: see ``Link.noted``.
        agreed: Update and archive: what the base becomes for these fields once it is done.
        write_reference: Link: sides whose record is to be told its counterpart, because it names none.
    """

    kind: Kind = attrs.field(converter=Kind)
    replica: Replica | None = attrs.field(default=None, converter=attrs.converters.optional(Replica))
    pos_id: str | None = None
    go_id: str | None = None
    value: T | None = attrs.field(default=None, repr=False)
    changes: tuple[Change, ...] = ()
    reason: str = ""
    base: T | None = attrs.field(default=None, repr=False)
    unagreed: tuple[str, ...] = ()
    noted: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    agreed: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    write_reference: tuple[Replica, ...] = ()

    @property
    def id(self) -> str | None:
        """
        The record's id on the side the operation is carried out on; None before it has one.
        """
        return self.pos_id if self.replica is Replica.POS else self.go_id

    @property
    def reference(self) -> str | None:
        """
        What a created record carries to name its counterpart, and what makes a repetition recognisable.
        """
        if self.replica is Replica.GO and self.pos_id is not None:
            return pos_reference(self.pos_id)
        if self.replica is Replica.POS and self.go_id is not None:
            return go_reference(self.go_id)
        return None

    def __str__(self) -> str:
        return _text.operation(self)


class ConflictKind(enum.StrEnum):
    """
    What collided.
    """

    FIELD = "field"
    """Both sides say something different."""

    DELETE_CHANGE = "delete/change"
    """One side deleted what the other changed."""


@attrs.frozen(kw_only=True)
class Conflict:
    """
    Two changes that exclude each other, and what was chosen.

    Attributes:
        kind: What collided.
        pos_id: The record's id in the POS.
        go_id: The record's id in Go.
        field: The field; None when a whole record was deleted.
        base: What both last agreed on; None also when they never did.
        pos: What the POS says; None if it was deleted there.
        go: What Go says; None if it was deleted there.
        chosen: The side that wins; None while it is held for a person.
        why: The rule that chose, in words.
    """

    kind: ConflictKind = ConflictKind.FIELD
    pos_id: str
    go_id: str
    field: str | None = None
    base: Any = attrs.field(default=None, repr=False)
    pos: Any = attrs.field(default=None, repr=False)
    go: Any = attrs.field(default=None, repr=False)
    chosen: Replica | None = None
    why: str = ""

    @property
    def is_held(self) -> bool:
        """
        Whether it waits for a person.
        """
        return self.chosen is None

    def __str__(self) -> str:
        return _text.conflict(self)


@attrs.frozen(kw_only=True)
class Tombstone:
    """
    Two records turned out to be one: what is said of the loser is meant of the winner.

    Attributes:
        replica: The side they live on.
        loser: The id that is no longer used.
        winner: The id that lives on.
    """

    replica: Replica
    loser: str
    winner: str


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
