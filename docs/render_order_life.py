"""
Render the page on the life of orders from the transitions themselves, and from the data its tests read.

``python docs/render_order_life.py`` writes ``docs/reference/order-life.md``.
"""

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path

from posgo import OrderStatus
from posgo.sync import Replica
from posgo.sync.order_life import TRANSITIONS, Transition

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "sync"
PAGE = ROOT / "docs" / "reference" / "order-life.md"

# Column and row of each status in the drawing.
PLACES = {
    OrderStatus.DRAFT: (0, 0),
    OrderStatus.CONFIRMED: (1, 1),
    OrderStatus.CANCELLED: (0, 2),
    OrderStatus.INVOICED: (2, 0),
    OrderStatus.PART_PAID: (3, 1),
    OrderStatus.PAID: (4, 0),
    OrderStatus.CREDITED: (3, 2),
}
COLUMN, ROW, MARGIN, WIDTH, HEIGHT = 180, 130, 70, 100, 36

INTRODUCTION = """\
# The life of an order

Which status may follow which, who may make it so, and what becomes of an order that both sides changed.
This page is rendered from `posgo.sync.order_life.TRANSITIONS` and from the data of the tests, `tests/sync/status_table.toml`
and `tests/sync/lines_table.toml`, by `docs/render_order_life.py`. What is behind it stands in [the engine](../explanation/sync.md).
"""

DRAWING = """\
## Transitions

Whole lines are for both sides, broken ones for Go alone. What the POS does between *invoiced*, *part-paid* and *paid* is ahead of
Go's ledger: it is neither written to Go nor taken back in the POS, but waits for the settlement.
Where the till took less than is open in Go, the settlement tells what is left (`invoice-partial`), and the POS keeps its word until
somebody corrects it there or the rest is paid.
"""

STATUS = """\
## Status, by what both agreed on

Rows are what the POS says, columns what Go says. `pos paid` writes *paid* to the POS. A conflict names the side that wins; the
policy gives the POS the authority. A rule is a [finding](findings.md) that is told, while both sides stay as they are. *waits* stays
as it is, silently. — is silence. All of it is pure of time: in a later run the same three statuses have the same outcome.
"""

LINES = {
    "known": """\
## A line both sides know

Rows are states of the POS, columns of Go. Both know the lines a, b and c; something happened to b. *alike* is the same on both sides,
everything else differs by side. A cell tells who is written, what collided and who won, and the lines both sides have afterwards.
""",
    "new": """\
## A new line

Both know a and c; b came between them. *another* line has a reference of its own on each side.
""",
}

Table = dict[str, dict[str, list[str]]]


def render() -> str:
    """
    The whole page.
    """
    return "\n".join(
        [
            INTRODUCTION,
            DRAWING,
            "```{raw} html",
            *_drawing(),
            "```",
            "",
            "| From | To | May be made by | What happened |",
            "|---|---|---|---|",
            *map(_row, TRANSITIONS),
            "",
            STATUS,
            *_statuses(),
            *_lines(),
        ]
    )


def _row(step: Transition) -> str:
    makers = " and ".join(
        "the POS" if side is Replica.POS else "Go" for side in Replica if side in step.sides
    )
    ahead = ", the POS ahead of the ledger" if step.waits else ""
    return f"| {step.before.value} | {step.after.value} | {makers}{ahead} | {step.why} |"


def _statuses() -> Iterator[str]:
    table: dict[str, Table] = tomllib.loads((CASES / "status_table.toml").read_text(encoding="utf-8"))
    for base, rows in table.items():
        yield f"### {'Nothing agreed on yet' if base == '-' else base.capitalize()}"
        yield ""
        yield from _matrix(rows)


def _lines() -> Iterator[str]:
    table: dict[str, Table] = tomllib.loads((CASES / "lines_table.toml").read_text(encoding="utf-8"))
    for section, words in LINES.items():
        yield words
        yield from _matrix(table[section])


def _matrix(rows: Table) -> Iterator[str]:
    yield f"| POS ↓ Go → | {' | '.join(f'**{column}**' for column in rows)} |"
    yield f"|---{'|---' * len(rows)}|"
    for name, row in rows.items():
        yield f"| **{name}** | {' | '.join('<br>'.join(row[column]) or '—' for column in rows)} |"
    yield ""


def _drawing() -> Iterator[str]:
    """
    The transitions as a picture: plain SVG, so that nothing but a browser is needed.
    """
    columns, rows = (max(place[n] for place in PLACES.values()) for n in range(2))
    width, height = columns * COLUMN + 2 * MARGIN, rows * ROW + 2 * MARGIN
    label = "Transitions between the statuses of an order, as listed in the table below"
    yield f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}" fill="none" stroke="currentColor">'
    yield '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    yield '<path d="M0 0 L8 4 L0 8 z" fill="currentColor" stroke="none"/></marker></defs>'
    yield from map(_arrow, TRANSITIONS)
    for status in PLACES:
        x, y = _centre(status)
        yield f'<rect x="{x - WIDTH / 2:g}" y="{y - HEIGHT / 2:g}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        yield (
            f'<text x="{x}" y="{y + 5}" text-anchor="middle" fill="currentColor" stroke="none" '
            f'font-size="15">{status.value}</text>'
        )
    yield "</svg>"


def _arrow(step: Transition) -> str:
    """
    One transition, bent to its right so that the way back is drawn beside it.
    """
    (x1, y1), (x2, y2) = _centre(step.before), _centre(step.after)
    bend = 0.12
    bend_x, bend_y = (x1 + x2) / 2 - bend * (y2 - y1), (y1 + y2) / 2 + bend * (x2 - x1)
    (x1, y1), (x2, y2) = _edge((x1, y1), (bend_x, bend_y)), _edge((x2, y2), (bend_x, bend_y))
    broken = "" if len(step.sides) > 1 else ' stroke-dasharray="5 4"'
    path = f"M{x1:.0f} {y1:.0f} Q{bend_x:.0f} {bend_y:.0f} {x2:.0f} {y2:.0f}"
    return f'<path d="{path}" marker-end="url(#tip)"{broken}/>'


def _centre(status: OrderStatus) -> tuple[float, float]:
    column, row = PLACES[status]
    return MARGIN + column * COLUMN, MARGIN + row * ROW


def _edge(centre: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
    """
    Where a line from the middle of a box leaves it.
    """
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    reach = min(
        (WIDTH / 2 + 3) / abs(dx) if dx else math.inf,
        (HEIGHT / 2 + 3) / abs(dy) if dy else math.inf,
    )
    return centre[0] + dx * reach, centre[1] + dy * reach


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
