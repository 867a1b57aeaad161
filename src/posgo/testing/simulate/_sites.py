"""
The lines at which procedures wait for an answer: what a crash test must have stopped at.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from posgo import procedures

__all__ = ["Site", "is_at", "missed", "yield_sites"]

Site = tuple[str, range]
"""A module of procedures, and the lines of one question."""

_ASKS = {"ask", "pause", "collect", "read_to_end", "update", "rewrite"}


def yield_sites() -> list[Site]:
    """
    Every place where a procedure asks something itself, read from its source.
    """
    return [site for path in sorted(Path(procedures.__file__).parent.glob("*.py")) for site in _sites(path)]


def is_at(site: Site, line: tuple[str, int] | None) -> bool:
    """
    Whether a line, of which file, belongs to a place.
    """
    return line is not None and line[0] == site[0] and line[1] in site[1]


def missed(crashed: Iterable[tuple[str, int]]) -> list[Site]:
    """
    The places none of these lines belongs to.
    """
    lines = set(crashed)
    return [(name, span) for name, span in yield_sites() if not any((name, line) in lines for line in span)]


def _sites(path: Path) -> Iterator[Site]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.YieldFrom)
            and isinstance(node.value, ast.Call)
            and _name(node.value) in _ASKS
        ):
            yield path.name, range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
