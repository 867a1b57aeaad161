"""
The reference of findings: every rule, with a severity it can have.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from posgo.models.findings import Severity

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "findings.md"
# The demonstration tells stories, not findings, and has words of its own for it.
SOURCES = [
    ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "src" / "posgo").rglob("*.py"))
    if "demo" not in path.parts
]
ROW = re.compile(r"^\| `([\w-]+)` \| ([A-Z, ]+) \| (.+) \| (.+) \|$", re.MULTILINE)


def positions() -> dict[str, int]:
    """
    Functions that take a rule, and where among their arguments.
    """
    found = {"Finding": 0, "Check": 0, "Seal": 0}
    for tree in SOURCES:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [arg.arg for arg in node.args.args if arg.arg != "self"]
                if "rule" in names:
                    found[node.name] = names.index("rule")
    return found


def emitted() -> Iterator[str]:
    """
    Every literal given as a rule anywhere in the source.
    """
    takes_rule = positions()
    for tree in SOURCES:
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name not in takes_rule:
                continue
            given = [keyword.value for keyword in call.keywords if keyword.arg == "rule"]
            given += call.args[takes_rule[name] : takes_rule[name] + 1]
            for value in given:
                yield from (
                    node.value
                    for node in ast.walk(value)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                )


@pytest.fixture(scope="module")
def page() -> dict[str, set[str]]:
    """
    Rules of the page with the severities it gives them.
    """
    rules: dict[str, set[str]] = defaultdict(set)
    for rule, severities, *_ in ROW.findall(PAGE.read_text(encoding="utf-8")):
        rules[rule] |= set(severities.split(", "))
    return rules


class TestFindingsPage:
    """
    A program that decides by rule finds every rule in one place.
    """

    def test_every_rule_is_documented(self, page: dict[str, set[str]]) -> None:
        """
        A rule that the source emits stands on the page.
        """
        assert not set(emitted()) - page.keys()

    def test_no_rule_is_invented(self, page: dict[str, set[str]]) -> None:
        """
        A rule on the page is emitted somewhere.
        """
        assert not page.keys() - set(emitted())

    def test_severities_exist(self, page: dict[str, set[str]]) -> None:
        """
        The page knows no other severities than the code.
        """
        assert set().union(*page.values()) == {severity.name for severity in Severity}

    def test_the_search_finds_what_it_should(self) -> None:
        """
        Literals, helpers with a position of their own and choices between two rules are all seen.
        """
        assert {"P", "Z1", "unmapped-tender", "account-missing", "refused-by-go", "T1", "no-z-report"} <= {
            *emitted()
        }
