"""
A second merge of lines: slow, obvious, and written from the rules alone.

It knows nothing of order, of lines without references, and of one-way units.
For every line and field it answers what each side is to say, and what collides.
"""

from typing import Any

import attrs

from posgo.models.orders import OrderLine
from posgo.sync import Authority, Replica

Lines = dict[str, OrderLine]


def merge(
    base: Lines, pos: Lines, go: Lines, authority: Authority
) -> tuple[dict[Replica, Lines], dict[str, Replica | None]]:
    """
    What each side is to have, and who wins each conflict by its path.

    Args:
        base: What both last agreed on, by reference.
        pos: What the POS has.
        go: What Go has.
        authority: The POS, Go, or nobody.
    """
    winner = {Authority.POS: Replica.POS, Authority.GO: Replica.GO}.get(authority)
    sides: dict[Replica, Lines] = {side: {} for side in Replica}
    conflicts: dict[str, Replica | None] = {}
    for name in sorted({*base, *pos, *go}):
        three = [facts(lines.get(name)) for lines in (base, pos, go)]
        if {} in three:
            # Not everywhere: the line is one thing.
            ours, theirs = decide(three, f"lines[{name}]", winner, conflicts)
        else:
            ours, theirs = {}, {}
            for key in sorted(three[0]):
                parts = [each[key] for each in three]
                ours[key], theirs[key] = decide(parts, f"lines[{name}].{key}", winner, conflicts)
        for side, says in ((Replica.POS, ours), (Replica.GO, theirs)):
            if says:
                sides[side][name] = OrderLine(**says)
    return sides, conflicts


def decide(
    three: list[Any], path: str, winner: Replica | None, conflicts: dict[str, Replica | None]
) -> tuple[Any, Any]:
    """
    What the POS and Go are to say of one thing, of which base, POS and Go are given.
    """
    before, ours, theirs = three
    if ours == before:
        return theirs, theirs
    if theirs in (before, ours):
        return ours, ours
    conflicts[path] = winner
    return {Replica.POS: (ours, ours), Replica.GO: (theirs, theirs), None: (ours, theirs)}[winner]


def facts(line: OrderLine | None) -> dict[str, Any]:
    """
    What a line says; nothing if there is none.
    """
    return {} if line is None else attrs.asdict(line)
