"""
Render the truth table of the engine from the data its test reads.

``python docs/render_truth_table.py`` writes ``docs/reference/sync-truth-table.md``.
"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "sync" / "truth_table.toml"
PAGE = ROOT / "docs" / "reference" / "sync-truth-table.md"

INTRODUCTION = """\
# The truth table of the engine

What `plan()` does with one pair, for every state of both sides. Rows are states of the POS, columns states of Go.
This page is rendered from `tests/sync/truth_table.toml`, the data of the test, by `docs/render_truth_table.py`.

The policy behind it: the POS has the authority, and a deletion that meets a change is held for a person.
`update go phone` writes the phone to Go. `link` writes to neither side; it remembers the pair, or what both have come to agree on.
A conflict names the side that wins, or says that it is held. — is silence.
"""

SECTIONS = {
    "linked": """\
## Linked pairs

*changed* is to something else on each side, *changed alike* to the same.
*absent* is not in a delta, and means unchanged. *deleted* is not in a complete listing, and means gone.
All other states mean the same in a delta and in a complete listing.
""",
    "unlinked": """\
## Records that never met

They share an organisation number, and are *alike* in everything or *different* in the phone.
*absent* means that there is none.
""",
}


def render(table: dict[str, dict[str, dict[str, list[str]]]]) -> str:
    """
    The page, from the table's data.
    """
    parts = [INTRODUCTION]
    for section, words in SECTIONS.items():
        rows = table[section]
        columns = list(rows)
        parts += [
            words,
            f"| POS ↓ Go → | {' | '.join(f'**{column}**' for column in columns)} |",
            f"|---{'|---' * len(columns)}|",
            *(
                f"| **{name}** | {' | '.join(_cell(row[column]) for column in columns)} |"
                for name, row in rows.items()
            ),
            "",
        ]
    return "\n".join(parts)


def _cell(outcome: list[str]) -> str:
    return "<br>".join(outcome) or "—"


def current() -> str:
    """
    The page as it should be today.
    """
    return render(tomllib.loads(DATA.read_text(encoding="utf-8")))


if __name__ == "__main__":
    PAGE.write_text(current(), encoding="utf-8")
