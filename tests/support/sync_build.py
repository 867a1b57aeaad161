"""
Short words for building what the planner reads.
"""

from collections.abc import Mapping
from typing import TypeVar

from posgo.models.records import Link, Record, Snapshot
from posgo.sync import Plan, Policy, plan

T = TypeVar("T")


def holds(values: Mapping[str, T], *, complete: bool = True) -> Snapshot[T]:
    """
    A side that holds these values by id, or a delta of them.
    """
    return Snapshot.of(
        [Record(id=own_id, value=value) for own_id, value in values.items()], complete=complete
    )


def linked(base: T, pos_id: str = "p1", go_id: str = "g1") -> Link[T]:
    """
    A pair that agreed on this.
    """
    return Link(pos_id=pos_id, go_id=go_id, base=base)


def pair_plan(policy: Policy[T], base: T, pos: T, go: T) -> Plan[T]:
    """
    Plan one linked pair.
    """
    return plan([linked(base)], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=policy)


def written(made: Plan[T]) -> list[tuple[str, str | None, dict[str, object]]]:
    """
    What a plan does: kind, side, and the new values.
    """
    return [
        (each.kind.value, each.replica, {change.field: change.new for change in each.changes})
        for each in made.operations
    ]


def rules(made: Plan[T]) -> list[str]:
    """
    The rules of a plan's findings.
    """
    return [finding.rule for finding in made.findings]
