"""
The plan while it is being made: a local notebook, turned into a value at the end.
"""

import enum
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from posgo.models.findings import Finding, Severity
from posgo.models.records import Link, Record, Snapshot
from posgo.sync._document import Plan
from posgo.sync._fields import comparers
from posgo.sync._lens import is_blank
from posgo.sync._merge import SYSTEM
from posgo.sync._merger import Merger
from posgo.sync._operations import Conflict, Kind, Operation, Tombstone
from posgo.sync._policy import Policy, Replica, Seal, Unit

__all__ = ["Draft", "Phase"]

T = TypeVar("T")


class Phase(enum.IntEnum):
    """
    When an operation's turn comes, so that stopping between any two leaves nothing wrong.
    """

    FORGET = 0
    """Pairs that stand in the way of new ones. What is forgotten too early is matched again."""

    LINK = 1
    CREATE = 2
    UPDATE = 3

    SETTLE = 4
    """The second half of a change both sides take; the narrow side's half comes first."""

    ARCHIVE = 5

    UNLINK = 6
    """After the archiving it depends on: a record still in use without a link would be made anew."""


class Draft(Generic[T]):
    """
    Gathers what the planner decides.
    """

    def __init__(self, policy: Policy[T], pos: Snapshot[T], go: Snapshot[T]) -> None:
        self.policy = policy
        self.snapshots = {Replica.POS: pos, Replica.GO: go}
        self.compare = comparers(policy.shared)
        self.tombstones: list[Tombstone] = []
        self.pairs = 0
        self.restated: set[str] = set()
        self._steps: list[tuple[Phase, Operation[T]]] = []
        self._conflicts: list[Conflict] = []
        self._findings: list[Finding] = []
        self._needs: set[tuple[Replica, str]] = set()

    def record(self, replica: Replica, own_id: str) -> Record[T] | None:
        """
        What was seen of a record; None if it was not.
        """
        return self.snapshots[replica].records.get(own_id)

    def is_gone(self, replica: Replica, own_id: str) -> bool:
        """
        Whether a record is known not to exist any more.
        """
        snapshot = self.snapshots[replica]
        return own_id in snapshot.merged or (snapshot.complete and own_id not in snapshot.records)

    def living(self, replica: Replica, own_id: str) -> str:
        """
        The record an id means today: the winner, if it was merged away.
        """
        merged, passed = self.snapshots[replica].merged, {own_id}
        while (winner := merged.get(own_id)) is not None and winner not in passed:
            passed.add(winner)
            own_id = winner
        return own_id

    def do(self, phase: Phase, operation: Operation[T]) -> None:
        """
        Plan an operation.
        """
        self._steps.append((phase, operation))

    def forget(self, link: Link[T], phase: Phase, reason: str) -> None:
        """
        Plan to forget a pair.
        """
        self.do(phase, Operation(kind=Kind.UNLINK, pos_id=link.pos_id, go_id=link.go_id, reason=reason))

    def link(self, link: Link[T], reason: str, write_reference: tuple[Replica, ...] = ()) -> None:
        """
        Plan to remember a pair.
        """
        self.do(
            Phase.LINK,
            Operation(
                kind=Kind.LINK,
                pos_id=link.pos_id,
                go_id=link.go_id,
                reason=reason,
                base=link.base,
                unagreed=link.unagreed,
                noted=link.noted,
                write_reference=write_reference,
            ),
        )

    def dispute(self, conflicts: Iterable[Conflict]) -> None:
        """
        Record conflicts.
        """
        self._conflicts.extend(conflicts)

    def need(self, replica: Replica, own_id: str) -> None:
        """
        Ask for a record a delta did not hold.
        """
        self._needs.add((replica, own_id))

    def tell(
        self,
        rule: str,
        severity: Severity,
        message: str,
        remedy: str,
        *,
        where: str | None = None,
        **facts: Any,
    ) -> None:
        """
        Tell a person something.
        """
        self._findings.append(
            Finding(rule=rule, severity=severity, message=message, remedy=remedy, where=where, **facts)
        )

    def check(self, value: T, replica: Replica, where: str, fields: set[str] | None = None) -> bool:
        """
        Tell what a side would not like about a value that is to reach it.

        Args:
            value: What the other side says, before the lenses.
            replica: The side.
            where: The record, for findings.
            fields: The fields that change; None if all are new.

        Returns:
            Whether the record may be made there.
        """
        sound = True
        for check in self.policy.checks:
            if check.replica in (None, replica) and (fields is None or fields.intersection(check.fields)):
                if check.holds(value):
                    continue
                severity = check.severity if fields is None else Severity.WARN
                self.tell(check.rule, severity, check.message, check.remedy, where=where)
                sound = sound and severity is not Severity.BLOCK
        return sound

    def one_way_edit(self, unit: Unit, why: str, where: str) -> None:
        """
        Tell of an edit on the receiving side of a one-way unit.
        """
        owner, receiver = SYSTEM[unit.owner], SYSTEM[unit.owner.other]
        self.tell(
            "one-way-edit",
            Severity.INFO,
            f"{unit.name} was edited in {receiver}, but {why}",
            f"edit it in {owner}; until then {receiver} keeps its own",
            where=where,
        )

    def sealed_edit(self, unit: Unit, seal: Seal[T], where: str) -> None:
        """
        Tell of an edit on a record that belongs to the other side by now.
        """
        if seal.rule is not None:
            self.tell(seal.rule, Severity.WARN, f"{unit.name} {seal.message}", seal.remedy, where=where)

    def foreign_reference(self, side: Replica, where: str) -> None:
        """
        Tell of a record that names another counterpart than the one it was linked with.
        """
        self.tell(
            "foreign-reference",
            Severity.WARN,
            f"the record in {SYSTEM[side]} carries somebody else's reference",
            "nothing: it is left as it is, and the link is remembered here alone",
            where=where,
        )

    def impossible(self, where: str, error: Exception) -> None:
        """
        Tell of a merged value its model refuses.
        """
        self.tell(
            "impossible-value",
            Severity.BLOCK,
            f"the {self.policy.noun} the two sides come to cannot exist ({type(error).__name__})",
            "put the fields that depend on each other into one change unit, or edit one of the records",
            where=where,
        )

    def where(self, pos_id: str | None, go_id: str | None) -> str:
        """
        The record a finding is about: ``customer pos 17 / go 42``.
        """
        sides = [
            f"{side} {own_id}" for side, own_id in (("pos", pos_id), ("go", go_id)) if own_id is not None
        ]
        return f"{self.policy.noun} {' / '.join(sides)}"

    def plan(self) -> Plan[T]:
        """
        The plan, in its order, braked by the guard.
        """
        for why in self.restated:
            self.tell(
                "restated", Severity.INFO, why, "look at the plan: it rewrites every record this concerns"
            )
        steps = sorted(self._steps, key=_turn)
        operations = tuple(operation for _, operation in steps)
        refused = self._guard(operations)
        return Plan(
            operations=() if refused else operations,
            withheld=operations if refused else (),
            conflicts=tuple(sorted(self._conflicts, key=lambda c: (c.pos_id, c.go_id, c.field or ""))),
            findings=tuple(sorted(self._findings, key=lambda f: (f.rule, f.where or "", f.message))),
            tombstones=tuple(sorted(self.tombstones, key=lambda t: (t.replica, t.loser))),
            needs=tuple(sorted(self._needs)),
            noun=self.policy.noun,
        )

    def _guard(self, operations: Iterable[Operation[T]]) -> bool:
        pairs = self._known_pairs()
        mergers = {field: unit.merger for unit in self.policy.shared if unit.merger for field in unit.fields}
        struck = {(o.pos_id, o.go_id) for o in operations if _strikes(o, mergers)}
        if pairs is None or not self.policy.guard.refuses(len(struck), pairs):
            return False
        self.tell(
            "mass-change",
            Severity.BLOCK,
            f"{len(struck)} of {pairs} {self.policy.noun}s would be archived or lose a value",
            "look at the plan; if it is meant, approve it by its id",
            expected=f"at most {self.policy.guard.percent} per cent, or {self.policy.guard.count}",
            actual=str(len(struck)),
        )
        return True

    def _known_pairs(self) -> int | None:
        """
        How many pairs there are; None if a delta does not say of how many records it is one.
        """
        if all(snapshot.complete for snapshot in self.snapshots.values()):
            return self.pairs
        totals = [snapshot.total for snapshot in self.snapshots.values() if snapshot.total is not None]
        return max(self.pairs, min(totals)) if totals else None


def _turn(step: tuple[Phase, Operation[Any]]) -> tuple[Any, ...]:
    phase, operation = step
    return (phase, operation.pos_id or "", operation.go_id or "", operation.replica or "")


def _strikes(operation: Operation[Any], mergers: Mapping[str, Merger]) -> bool:
    """
    Whether an operation takes something away: a record out of use, or a value that was there.
    """
    return operation.kind is Kind.ARCHIVE or any(
        mergers[change.field].takes(change.old, change.new)
        if change.field in mergers
        else not is_blank(change.old)
        for change in operation.changes
    )
