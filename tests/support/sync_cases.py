"""
The states of the truth table, as records: how each word of it is brought about.
"""

from typing import Any

import attrs

from posgo.models.parties import Customer
from posgo.models.records import Link, Record, Snapshot
from posgo.sync import Authority, Plan, Policy, Replica, plan
from posgo.sync.policies import customers

BASE = Customer(name="Kafe Nord AS", organization_number="974760673", phone="base")

LINKED: dict[str, dict[str, Any]] = {
    "unchanged": {},
    "changed": {"phone": None},  # to something else on each side
    "changed alike": {"phone": "alike"},
    "archived": {"archived": True},
    "archived and changed": {"phone": None, "archived": True},
}
"""States of a linked record that was seen, as what differs from the base."""

UNLINKED: dict[str, dict[str, Any]] = {
    "alike": {},
    "different": {"phone": None},
    "archived": {"archived": True},
    "archived and different": {"phone": None, "archived": True},
}
"""States of an unlinked record that was seen; the organisation number is the same."""

POLICY: Policy[Customer] = customers(authority=Authority.POS)


def record(side: Replica, state: dict[str, Any]) -> Record[Customer]:
    """
    One side's copy: a change to None is a change to the side's own text.
    """
    changes: dict[str, Any] = {name: side.value if value is None else value for name, value in state.items()}
    return Record(id=f"{side}1", value=attrs.evolve(BASE, **changes))


def snapshot(side: Replica, state: dict[str, Any] | None, *, complete: bool) -> Snapshot[Customer]:
    """
    A side that holds one record, or none.
    """
    return Snapshot.of([] if state is None else [record(side, state)], complete=complete)


def outcome(result: Plan[Customer]) -> list[str]:
    """
    A plan in the words of the table.
    """
    operations = [
        " ".join(filter(None, (each.kind, each.replica, *(change.field for change in each.changes))))
        for each in result.operations
    ]
    conflicts = [f"conflict {each.field or each.kind}: {each.chosen or 'held'}" for each in result.conflicts]
    return [*operations, *conflicts, *(f"finding {finding.rule}" for finding in result.findings)]


def cell(
    *,
    linked: bool,
    pos: dict[str, Any] | None,
    go: dict[str, Any] | None,
    complete: tuple[bool, bool],
    policy: Policy[Customer] = POLICY,
) -> Plan[Customer]:
    """
    Plan one cell.
    """
    links = [Link(pos_id="pos1", go_id="go1", base=BASE)] if linked else []
    return plan(
        links,
        pos=snapshot(Replica.POS, pos, complete=complete[0]),
        go=snapshot(Replica.GO, go, complete=complete[1]),
        policy=policy,
    )
