"""
The truth table: every state of both sides, and what becomes of it.
"""

import importlib.util
import itertools
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from support.sync_cases import LINKED, UNLINKED, cell, outcome

TABLE = tomllib.loads((Path(__file__).parent / "truth_table.toml").read_text(encoding="utf-8"))
DOCS = Path(__file__).parents[2] / "docs"

CELLS = [
    pytest.param(section, pos, go, id=f"{section}: pos {pos}, go {go}")
    for section, rows in TABLE.items()
    for pos, row in rows.items()
    for go in row
]


def states(section: str) -> dict[str, Any]:
    return (
        {**LINKED, "absent": None, "deleted": None} if section == "linked" else {**UNLINKED, "absent": None}
    )


def completeness(section: str, state: str) -> tuple[bool, ...]:
    """
    In which listings a state can be: only what is not there depends on it.
    """
    if section == "linked" and state in ("absent", "deleted"):
        return (state == "deleted",)
    return (True, False)


@pytest.mark.parametrize(("section", "pos", "go"), CELLS)
class TestTruthTable:
    """
    The table holds in complete listings, in deltas, and where one side is either.
    """

    def test_cell(self, section: str, pos: str, go: str) -> None:
        """
        The plan says what the table says.
        """
        for complete in itertools.product(completeness(section, pos), completeness(section, go)):
            plan = cell(
                linked=section == "linked",
                pos=states(section)[pos],
                go=states(section)[go],
                complete=complete,
            )

            assert TABLE[section][pos][go] == outcome(plan)


class TestTable:
    """
    The table is whole, and the documents show it.
    """

    @pytest.mark.parametrize("section", ["linked", "unlinked"])
    def test_no_cell_is_missing(self, section: str) -> None:
        """
        Every state of the POS meets every state of Go.
        """
        expected = list(states(section))

        assert dict.fromkeys(expected, expected) == {pos: list(row) for pos, row in TABLE[section].items()}

    def test_the_page_is_current(self) -> None:
        """
        The rendered page says what the test proves; run docs/render_truth_table.py when this fails.
        """
        renderer = _module(DOCS / "render_truth_table.py")

        assert renderer.current() == (DOCS / "reference" / "sync-truth-table.md").read_text(encoding="utf-8")


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
