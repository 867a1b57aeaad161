"""
The states of the tables of lines and statuses, as orders: how each word of them is brought about.
"""

from decimal import Decimal
from typing import Any

import attrs

from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.records import Link, Record, Snapshot
from posgo.sync import Authority, Plan, Replica, plan
from posgo.sync.policies import orders

POLICY = orders(authority=Authority.POS)
NOBODY = "-"
"""The base of two records that never agreed on a status."""


def line(reference: str | None, **changes: Any) -> OrderLine:
    return attrs.evolve(OrderLine(text="a line", reference=reference), **changes)


A, B, C = line("a"), line("b"), line("c")
KNOWN_BASE = (A, B, C)
NEW_BASE = (A, C)

KNOWN = (
    "unchanged",
    "changed",
    "changed alike",
    "changed in another field",
    "removed",
    "moved",
    "moved alike",
)
"""What became of a line both sides know; "in another field" and "moved" are something else on each side."""

NEW = ("absent", "added", "added alike", "added without a reference", "added another")
"""What became of a line the base does not have; "another" has a reference of its own on each side."""


def known(side: Replica, state: str) -> tuple[OrderLine, ...]:
    """
    One side's lines: something happened to ``b``.
    """
    mine = side is Replica.POS
    return {
        "unchanged": (A, B, C),
        "changed": (A, line("b", quantity=2 if mine else 3), C),
        "changed alike": (A, line("b", quantity=4), C),
        "changed in another field": (
            A,
            line("b", text="words") if mine else line("b", discount_percent=5),
            C,
        ),
        "removed": (A, C),
        "moved": (B, A, C) if mine else (A, C, B),
        "moved alike": (C, A, B),
    }[state]


def new(side: Replica, state: str) -> tuple[OrderLine, ...]:
    """
    One side's lines: ``b`` came between the others.
    """
    mine = side is Replica.POS
    return {
        "absent": (A, C),
        "added": (A, line("b", quantity=2 if mine else 3), C),
        "added alike": (A, B, C),
        "added without a reference": (A, line(None), C),
        "added another": (A, line("x" if mine else "y", quantity=2 if mine else 3), C),
    }[state]


def ordered(base: Order, pos: Order, go: Order, *, unagreed: tuple[str, ...] = ()) -> Plan[Order]:
    """
    Plan one pair.
    """
    return plan(
        [Link(pos_id="p1", go_id="g1", base=base, unagreed=unagreed)],
        pos=Snapshot.of([Record(id="p1", value=pos)], complete=True),
        go=Snapshot.of([Record(id="g1", value=go)], complete=True),
        policy=POLICY,
    )


def lines_cell(section: str, pos: str, go: str) -> list[str]:
    """
    One cell of the lines' table: conflicts, who is written, and what both say afterwards.
    """
    of, base = (known, KNOWN_BASE) if section == "known" else (new, NEW_BASE)
    lines = {side: of(side, state) for side, state in zip(Replica, (pos, go), strict=True)}
    made = ordered(*(Order(customer="kari", lines=each) for each in (base, *lines.values())))
    for operation in made.operations:
        for change in operation.changes:
            assert operation.replica is not None
            lines[operation.replica] = change.new
    assert lines[Replica.POS] == lines[Replica.GO], "nothing is held in the table"
    written = [f"write {operation.replica}" for operation in made.operations if operation.replica]
    conflicts = [f"conflict {each.field}: {each.chosen}" for each in made.conflicts]
    return [*written, *conflicts, ", ".join(map(_shown, lines[Replica.POS]))]


def _shown(each: OrderLine) -> str:
    parts = [
        each.reference or "(no reference)",
        *([f"x{each.quantity}"] if each.quantity != Decimal(1) else []),
        *([f"“{each.text}”"] if each.text != "a line" else []),
        *([f"-{each.discount_percent}%"] if each.discount_percent else []),
    ]
    return " ".join(parts)


def status_cell(base: str, pos: OrderStatus, go: OrderStatus) -> list[str]:
    """
    One cell of the status's table: who is written what, who is told what; ``waits`` is for the settlement.
    """
    agreed = OrderStatus.DRAFT if base == NOBODY else OrderStatus(base)
    made = ordered(
        *(Order(customer="kari", status=status) for status in (agreed, pos, go)),
        unagreed=("status",) if base == NOBODY else (),
    )
    written = [f"{each.replica} {change.new.value}" for each in made.operations for change in each.changes]
    conflicts = [f"conflict: {each.chosen or 'held'}" for each in made.conflicts]
    findings = [finding.rule for finding in made.findings]
    waits = ["waits"] if pos is not go and not (written or conflicts or findings) else []
    return [*written, *conflicts, *findings, *waits]


def lines_table() -> dict[str, dict[str, dict[str, list[str]]]]:
    """
    The lines' table as the engine has it today.
    """
    return {
        section: {pos: {go: lines_cell(section, pos, go) for go in states} for pos in states}
        for section, states in (("known", KNOWN), ("new", NEW))
    }


def status_table() -> dict[str, dict[str, dict[str, list[str]]]]:
    """
    The status's table as the engine has it today.
    """
    return {
        base: {pos.value: {go.value: status_cell(base, pos, go) for go in OrderStatus} for pos in OrderStatus}
        for base in (*(status.value for status in OrderStatus), NOBODY)
    }
