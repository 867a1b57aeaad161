"""
A change unit that merges itself: what it is asked, and what it answers.

Most units are one value: the table of :mod:`posgo.sync._merge` decides them
whole. Some are not: lines of an order are many things in one field, and a
status has rules of its own. Such a unit carries a merger.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from posgo.models.findings import Finding
from posgo.sync._lens import Values
from posgo.sync._merge import Moment, Verdict, dispute
from posgo.sync._operations import Conflict
from posgo.sync._policy import Replica, Unit

__all__ = ["Merged", "Merger", "Question"]


@attrs.frozen(kw_only=True)
class Question:
    """
    One unit of one pair, as found.

    Attributes:
        unit: Its fields and rules. Direction and authority bind the merger too.
        pos_id: The record's id in the POS.
        go_id: The record's id in Go.
        base: What both last agreed on; None if they never did.
        sides: What each side says.
        moment: What decides between two changes, beside the values.
        opened: Whether a side was opened for a change, and that change is not known to be complete.
    """

    unit: Unit
    pos_id: str
    go_id: str
    base: Values | None
    sides: Mapping[Replica, Values]
    moment: Moment
    opened: bool = False

    def dispute(self, what: str) -> Verdict:
        """
        Whose change wins, by the unit's direction and authority; nobody's if it is held.
        """
        return dispute(self.unit, self.moment, what)

    def conflict(
        self, path: str, base: Any, says: Mapping[Replica, Any], *, chosen: Replica | None, why: str
    ) -> Conflict:
        """
        A conflict in this unit, or in a part of it.
        """
        return Conflict(
            pos_id=self.pos_id,
            go_id=self.go_id,
            field=path,
            base=base,
            pos=says[Replica.POS],
            go=says[Replica.GO],
            chosen=chosen,
            why=why,
        )


@attrs.frozen(kw_only=True)
class Merged:
    """
    What is to become of a unit.

    Attributes:
        says: What each side is to say. They differ where something is held, left or waits.
        base: What both have agreed on once each says so; None if that is still nothing.
        conflicts: What excluded each other in it.
        findings: What a person should know, without the record they are about.
        left: Whether edits on the receiving side of a one-way unit are left as they are.
        opens:
            A side that takes changes to its other fields only after having
            been opened. The link remembers it beforehand, so that a write
            stopped half-way is not taken for somebody's edit.
        why: Why a side is written; what changed on the other side if it is not said.
    """

    says: Mapping[Replica, Values]
    base: Values | None
    conflicts: tuple[Conflict, ...] = ()
    findings: tuple[Finding, ...] = ()
    left: bool = False
    opens: Replica | None = None
    why: str | None = None


class Merger(Protocol):
    """
    The three-way merge of one unit: a frozen value that keeps these laws.

    - Sides that say the same agree, whatever the base says.
    - A side that says what the base says yields, unless the unit does not flow from the other.
    - Exchanging the sides, in question and rules, exchanges them in the answer.
    - Half of an answer written, the same question has the same answer.
    """

    def merge(self, question: Question) -> Merged:
        """
        Merge the unit.
        """
        ...

    def decided(self, base: Values | None, path: str, value: Any) -> Values:
        """
        The base after a person decided a conflict: it says what the losing side says at its path.

        Raises:
            ModelError: If the base has no such part any more.
        """
        ...

    def takes(self, old: Any, new: Any) -> bool:
        """
        Whether writing ``new`` over ``old`` takes something away, which the guard counts.
        """
        ...
