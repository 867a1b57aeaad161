"""
What the two sides of a pair are to be told, gathered unit by unit and made into operations.
"""

from typing import Any, Generic, TypeVar

import attrs

from posgo.models.records import Link
from posgo.sync._draft import Phase
from posgo.sync._fields import replace
from posgo.sync._lens import Values
from posgo.sync._merge import Verdict
from posgo.sync._operations import Change, Kind, Operation
from posgo.sync._policy import Policy, Replica, Unit

__all__ = ["Case", "Write", "Writes"]

T = TypeVar("T")


@attrs.frozen
class Case:
    """
    One unit of the pair, as found: plain values, what both can hold of them, and the verdict.
    """

    unit: Unit
    base: Values | None
    raw: dict[Replica, Values]
    shared: dict[Replica, Values]
    verdict: Verdict


@attrs.define
class Write:
    """
    What one side is to be told, and what the base becomes once it was.
    """

    changes: list[Change] = attrs.Factory(list)
    agreed: dict[str, Any] = attrs.Factory(dict)
    reasons: dict[str, list[str]] = attrs.Factory(dict)

    def add(self, case: Case, target: Replica, new: Values, agreed: Values | None) -> None:
        """
        Add a unit; ``agreed`` is None while the other half of the change is still to come.
        """
        for field, before, after in zip(case.unit.fields, case.raw[target], new, strict=True):
            if case.unit.normalise(before) != case.unit.normalise(after):
                self.changes.append(Change(field=field, old=before, new=after))
                self.reasons.setdefault(case.verdict.why, []).append(field)
        if agreed is not None:
            self.agreed.update(zip(case.unit.fields, agreed, strict=True))

    def reason(self, fields: set[str]) -> str:
        """
        Why these fields are written.
        """
        parts = {why: [name for name in names if name in fields] for why, names in self.reasons.items()}
        return "; ".join(f"{', '.join(names)}: {why}" for why, names in parts.items() if names)


class Writes(Generic[T]):
    """
    All that is written for one pair, by side and turn.
    """

    def __init__(self, policy: Policy[T], link: Link[T], values: dict[Replica, T]) -> None:
        self.policy = policy
        self.link = link
        self.values = values
        self._writes: dict[tuple[Replica, Phase], Write] = {}

    def at(self, side: Replica, phase: Phase) -> Write:
        """
        What a side is told in a phase, to be added to.
        """
        return self._writes.setdefault((side, phase), Write())

    def changes(self, side: Replica) -> dict[str, Any]:
        """
        What a side is to say anew, by field.
        """
        written = (write.changes for (target, _), write in self._writes.items() if target is side)
        return {change.field: change.new for changes in written for change in changes}

    def last(self, side: Replica) -> Write | None:
        """
        The last that is written to a side; None if nothing is.
        """
        phases = [
            phase for (target, phase), write in self._writes.items() if target is side and write.changes
        ]
        return self._writes[side, max(phases)] if phases else None

    def steps(self) -> list[tuple[Phase, Operation[T]]]:
        """
        The operations, each with its turn.

        Raises:
            ValueError: If a side is to say what its model refuses.
        """
        return [
            step for (side, phase), write in self._writes.items() for step in self._steps(side, phase, write)
        ]

    def _steps(self, side: Replica, phase: Phase, write: Write) -> list[tuple[Phase, Operation[T]]]:
        archiving = {change.field for change in write.changes if self._ends(side, change)}
        parts = (
            (Kind.UPDATE, phase, {change.field for change in write.changes} - archiving),
            (Kind.ARCHIVE, Phase.ARCHIVE, archiving),
        )
        value, steps = self.values[side], []
        for kind, turn, fields in parts:
            if not fields:
                continue
            changes = tuple(change for change in write.changes if change.field in fields)
            value = replace(value, {change.field: change.new for change in changes})
            operation = Operation(
                kind=kind,
                replica=side,
                pos_id=self.link.pos_id,
                go_id=self.link.go_id,
                value=value,
                changes=changes,
                reason=write.reason(fields),
                agreed={f: v for f, v in write.agreed.items() if (f in archiving) is (kind is Kind.ARCHIVE)},
            )
            steps.append((turn, operation))
        return steps

    def _ends(self, side: Replica, change: Change) -> bool:
        """
        Whether a change takes the record out of use.
        """
        if change.field == self.policy.archived:
            return bool(change.new)
        before, ended = self.values[side], self.policy.ended
        return ended is not None and not ended(before) and ended(replace(before, {change.field: change.new}))
