"""
The arrows of the architecture, and what pure code may not touch.
"""

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "posgo"

# A module imports only from lower levels, or from its own package.
# Packages of equal level never import each other.
LEVELS = {
    "exceptions": 0,
    "models": 1,
    "procedure": 1,
    "sync": 2,
    "bookkeeping": 2,
    "saft": 2,
    "wire": 2,
    "state": 3,
    "clients": 3,
    "profiles": 3,
    "procedures": 4,
    "runner": 5,
    "rendering": 5,
    "testing": 6,
    "demo": 7,
    "cli": 8,
    "__init__": 9,
    "__main__": 9,
}
PURE = {"exceptions", "models", "procedure", "sync", "bookkeeping", "saft", "wire", "profiles", "procedures"}
HTTPX = {"clients", "testing"}
WORLD = {
    "asyncio",
    "httpx",
    "os",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
    "urllib",
}
# A file is what a SAF-T reader reads; it opens the path it is given and nothing else.
READS_FILES = {"saft", "bookkeeping"}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def package_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[0]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """
    Yield line and absolute dotted name of everything a module imports.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            assert node.module is not None
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
class TestLayering:
    """
    exceptions ← models ← (sync | bookkeeping | saft | wire) ← (state | clients) ← procedures ← drivers.
    """

    def test_every_module_has_a_level(self, path: Path) -> None:
        """
        A new top-level name is placed in the table, by a person.
        """
        assert package_of(path) in LEVELS

    def test_imports_point_downwards(self, path: Path) -> None:
        """
        No module imports from its own level (outside its package) or above.
        """
        own = package_of(path)
        wrong = [
            f"line {line}: {name}"
            for line, name in imports(path)
            if name.startswith("posgo.")
            and (other := name.split(".")[1]) in LEVELS
            and other != own
            and LEVELS[other] >= LEVELS[own]
        ]

        assert wrong == []

    def test_only_the_edge_speaks_http(self, path: Path) -> None:
        """
        Httpx is imported in clients and in the fakes, nowhere else.
        """
        if package_of(path) not in HTTPX:
            assert [name for _, name in imports(path) if name.split(".")[0] == "httpx"] == []

    def test_pure_code_cannot_see_the_world(self, path: Path) -> None:
        """
        No pure module imports what reads the clock, randomness, environment or network.
        """
        if package_of(path) in PURE:
            assert [name for _, name in imports(path) if name.split(".")[0] in WORLD] == []

    def test_pure_code_reads_no_clock_and_opens_no_file(self, path: Path) -> None:
        """
        Neither ``datetime.now`` nor ``open`` hides behind an innocent import.
        """
        if package_of(path) not in PURE:
            return
        forbidden = {"now", "utcnow", "today"} | (set() if package_of(path) in READS_FILES else {"open"})
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        names = itertools.chain(
            (func.attr for func in calls if isinstance(func, ast.Attribute)),
            (func.id for func in calls if isinstance(func, ast.Name)),
        )

        assert set() == forbidden & set(names)
