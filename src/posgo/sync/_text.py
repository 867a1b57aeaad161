"""
Plans for people: as text for a terminal, as a table for a notebook.
"""

import enum
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from posgo.sync._merge import SYSTEM
from posgo.sync._policy import Replica

if TYPE_CHECKING:
    from posgo.sync._document import Plan
    from posgo.sync._operations import Conflict, Operation

__all__ = ["conflict", "html_table", "operation", "plan"]

SHOWN = 50
"""Rows of one heading a text shows. The plan holds them all."""


def _where(item: "Operation[Any] | Conflict") -> str:
    ids = (("pos", item.pos_id), ("go", item.go_id))
    return " = ".join(f"{side} {own_id}" for side, own_id in ids if own_id is not None)


def _value(value: Any) -> str:
    if value is None or value in ("", ()):
        return "(blank)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value.value if isinstance(value, enum.Enum) else value)


def operation(item: "Operation[Any]") -> str:
    """
    One operation: ``update go: pos 17 = go 42: phone (phone: changed in the POS)``.
    """
    what = " ".join(filter(None, (item.kind, item.replica)))
    fields = ", ".join(change.field for change in item.changes)
    parts = [what, _where(item), *([fields] if fields else [])]
    return f"{': '.join(parts)} ({item.reason})"


def conflict(item: "Conflict") -> str:
    """
    One conflict, with all values and what was chosen.
    """
    chosen = "held" if item.chosen is None else f"{SYSTEM[item.chosen]} wins"
    if item.field is None:
        return f"conflict {item.kind}: {_where(item)}: {chosen} ({item.why})"
    values = "; ".join(
        f"{name} {_value(value)}" for name, value in (("base", item.base), ("pos", item.pos), ("go", item.go))
    )
    return f"conflict {item.field}: {_where(item)}: {values}: {chosen} ({item.why})"


def plan(item: "Plan[Any]") -> str:
    """
    The whole plan, long lists cut.
    """
    if item.is_empty and not (item.conflicts or item.findings):
        return f"nothing to do: all {item.noun}s are alike"
    lines = [f"plan {item.plan_id} for {item.noun}s: {_summary(item)}"]
    for heading, rows in _headings(item):
        shown = [str(row) for row in rows[:SHOWN]]
        more = [f"... and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
        lines += [f"{heading}:", *(f"  {row}" for row in (*shown, *more))]
    return "\n".join(lines)


def _summary(item: "Plan[Any]") -> str:
    counts = ", ".join(f"{count} {name}" for name, count in item.summary().items())
    cost = item.cost()
    return f"{counts}; {cost.requests} requests, at least {cost.seconds:g} s"


def _headings(item: "Plan[Any]") -> Iterable[tuple[str, tuple[Any, ...]]]:
    sections = (
        ("operations", item.operations),
        ("withheld until approved", item.withheld),
        ("conflicts", item.conflicts),
        ("findings", item.findings),
    )
    return [(heading, rows) for heading, rows in sections if rows]


def html_table(item: "Plan[Any]") -> str:
    """
    The plan as one HTML table. All text is escaped: names are foreign input.
    """
    rows = [
        _row("th", "what", "record", "field", "base", *Replica, "why"),
        *(row for each in (*item.operations, *item.withheld)[:SHOWN] for row in _operation_rows(each)),
        *(
            _row(
                "td", "conflict", _where(c), c.field or "", _value(c.base), _value(c.pos), _value(c.go), c.why
            )
            for c in item.conflicts[:SHOWN]
        ),
        *(
            _row("td", f.severity.name, f.where or "", f.rule, "", "", "", f.message)
            for f in item.findings[:SHOWN]
        ),
    ]
    return f"<table><caption>{escape(_summary(item))}</caption>{''.join(rows)}</table>"


def _operation_rows(item: "Operation[Any]") -> Iterable[str]:
    what = " ".join(filter(None, (item.kind, item.replica)))
    if not item.changes:
        yield _row("td", what, _where(item), "", "", "", "", item.reason)
    for change in item.changes:
        told = {item.replica: f"{_value(change.old)} → {_value(change.new)}"}
        yield _row(
            "td", what, _where(item), change.field, "", *(told.get(side, "") for side in Replica), item.reason
        )


def _row(cell: str, *texts: str) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(text)}</{cell}>' for text in texts)}</tr>"
