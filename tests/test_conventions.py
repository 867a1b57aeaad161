"""
What we agreed on and a reader relies on, held by the machine.
"""

import ast
import importlib
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import posgo

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = (".ci", "benchmarks", "changelog.d", "docs", "src", "tests")
WRITTEN = {".cfg", ".ini", ".jinja", ".json", ".md", ".py", ".sql", ".toml", ".typed", ".yaml", ".yml", ""}

UNFINISHED = re.compile(
    r"\b(?:TODO|FIXME|XXX|NotImplementedError|[Pp]laceholder (?:for|implementation|text|until))"
)
# The start of an absolute path on somebody's machine, not of a URL or a path template.
MACHINE_PATH = re.compile(r"(?<![\w.:/}>*])/(?:home|mnt|opt|root|tmp|Users|work)/\w")
FRAGMENT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.(?P<kind>[a-z]+)\.md")
# Where everything is caught, and why that is right there and nowhere else.
CATCHES_ALL = {
    "src/posgo/clients/events.py": "a hook of the caller's must not hide whether a voucher was booked",
    "src/posgo/state/postgres.py": "a session that may hold a lock must not outlive what ended its lease; it goes on",
}
DIRECTIVE = re.compile(
    r"^\.\. auto(?P<kind>class|data|exception|function|module):: (?P<name>[\w.]+)$", re.MULTILINE
)


def files() -> list[Path]:
    """
    Every text of the project, generated ones left out.
    """
    nested = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return sorted(
        path
        for path in (*ROOT.glob("[!.]*"), *nested)
        if path.is_file() and path.suffix in WRITTEN and not {"__pycache__", "_build"} & set(path.parts)
    )


def python_files(*folders: str) -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def is_public(path: Path) -> bool:
    """
    Whether no part of the module's dotted name begins with an underscore.
    """
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return not any(part.startswith("_") and part != "__init__" for part in parts)


def defined(tree: ast.Module) -> set[str]:
    """
    Names a module binds: its own, those it passes on, and those it passes on when they are first used.
    """
    names: set[str] = set()
    later = [node for block in tree.body if isinstance(block, ast.If) for node in block.body]
    for node in (*tree.body, *later):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def exported(tree: ast.Module) -> list[str] | None:
    """
    The value of ``__all__``; None without one.
    """
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
            ):
                names: list[str] = ast.literal_eval(value)
                return names
    return None


def _rank(name: str) -> tuple[bool, bool, str]:
    """
    The order of names in a list: constants, classes, functions.
    """
    return not name.isupper(), not name[0].isupper(), name


def promises(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """
    Test functions and methods.
    """
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            yield node


def resolve(dotted: str) -> object:
    """
    The object a dotted name leads to.
    """
    try:
        return importlib.import_module(dotted)
    except ModuleNotFoundError:
        parent, _, name = dotted.rpartition(".")
        return getattr(resolve(parent), name)


def promised() -> dict[str, object]:
    """
    Every public name with its object: those of posgo, and of the modules it promises.
    """
    modules = [posgo, *map(importlib.import_module, ("posgo.bookkeeping", "posgo.testing"))]
    modules += [value for name in posgo.__all__ if isinstance(value := getattr(posgo, name), ModuleType)]
    return {
        f"{module.__name__}.{name}": getattr(module, name) for module in modules for name in module.__all__
    }


def described() -> list[object]:
    """
    Every object the reference describes.
    """
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").rglob("*.md")]
    found: list[object] = []
    for match in DIRECTIVE.finditer("\n".join(pages)):
        value = resolve(match["name"])
        found.append(value)
        if isinstance(value, ModuleType):
            found += [getattr(value, name) for name in value.__all__]
    return found


class TestTests:
    """
    Tests are read as promises.
    """

    @pytest.mark.parametrize("path", python_files("tests"), ids=relative)
    def test_every_test_says_what_it_promises(self, path: Path) -> None:
        """
        Every test has a docstring.
        """
        silent = [
            f"{node.lineno}: {node.name}" for node in promises(parse(path)) if not ast.get_docstring(node)
        ]

        assert [] == silent

    @pytest.mark.parametrize("path", python_files("tests"), ids=relative)
    def test_nothing_is_patched_into_place(self, path: Path) -> None:
        """
        Fakes and injected clocks, never mocks.
        """
        imported = {
            alias.name.partition(".")[2] or alias.name
            for node in ast.walk(parse(path))
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        }

        assert set() == imported & {"mock", "patch", "MagicMock", "Mock"}


class TestSource:
    """
    Modules are read from their first lines.
    """

    @pytest.mark.parametrize("path", [path for path in python_files("src") if is_public(path)], ids=relative)
    def test_public_modules_list_their_names(self, path: Path) -> None:
        """
        A public module that holds names has ``__all__``: sorted, each name once, each defined.
        """
        tree = parse(path)
        names = exported(tree)
        has_none = defined(tree) == set() or path.name == "__main__.py"

        assert has_none or (
            names is not None and sorted(set(names), key=_rank) == names and set(names) <= defined(tree)
        )

    @pytest.mark.parametrize("path", python_files("src"), ids=relative)
    def test_no_error_is_swallowed(self, path: Path) -> None:
        """
        Nothing catches everything, but for the places that say why.
        """
        broad = [
            node.lineno
            for node in ast.walk(parse(path))
            if isinstance(node, ast.ExceptHandler)
            and (
                node.type is None
                or {"Exception", "BaseException"} & set(re.findall(r"\w+", ast.unparse(node.type)))
            )
        ]

        assert (relative(path) in CATCHES_ALL) == bool(broad)

    @pytest.mark.parametrize("path", python_files("src"), ids=relative)
    def test_modules_and_functions_stay_readable(self, path: Path) -> None:
        """
        No module grows beyond 600 lines, no function beyond 60.
        """
        functions = [
            node
            for node in ast.walk(parse(path))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]
        lengths = {node.name: (node.end_lineno or 0) - _first_statement(node) for node in functions}

        assert {} == {name: length for name, length in lengths.items() if length > 60}
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 600


def _first_statement(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """
    Line of the first statement behind the docstring: a good docstring makes no function long.
    """
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return body[0].lineno - 1


class TestPublicNames:
    """
    What users import is explained to them.
    """

    @pytest.mark.parametrize("name", promised())
    def test_has_a_docstring(self, name: str) -> None:
        """
        Every public class, function and module has a docstring of its own.
        """
        value = promised()[name]
        explains_itself = isinstance(value, (type, ModuleType)) or inspect.isroutine(value)

        assert not explains_itself or getattr(value, "__doc__", None)

    @pytest.mark.parametrize("name", promised())
    def test_has_an_entry_in_the_reference(self, name: str) -> None:
        """
        Every public name has a directive in ``docs/reference``: add one where this fails.
        """
        value = promised()[name]

        assert any(value is other for other in described())

    @pytest.mark.parametrize("name", posgo.__all__)
    def test_is_typed_by_example(self, name: str) -> None:
        """
        Every name of posgo is imported in ``tests/typing/api.py``, so that two type checkers see it used.
        """
        tree = parse(ROOT / "tests" / "typing" / "api.py")
        imported = {
            alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "posgo"
            for alias in node.names
        }

        assert name in imported


# All but this one, which must name what it forbids.
TEXTS = [path for path in files() if path != Path(__file__)]


class TestTexts:
    """
    What is in the tree is finished, and speaks of this project alone.
    """

    @pytest.mark.parametrize("path", TEXTS, ids=relative)
    def test_nothing_is_left_for_later(self, path: Path) -> None:
        """
        No note of unfinished work is handed in.
        """
        assert None is UNFINISHED.search(path.read_text(encoding="utf-8"))

    @pytest.mark.parametrize("path", TEXTS, ids=relative)
    def test_no_machine_is_named(self, path: Path) -> None:
        """
        No path leads to a place on the author's machine.
        """
        assert None is MACHINE_PATH.search(path.read_text(encoding="utf-8"))

    @pytest.mark.parametrize("path", sorted((ROOT / "changelog.d").glob("*.md")), ids=relative)
    def test_changelog_fragments_are_named_for_the_changelog(self, path: Path) -> None:
        """
        A fragment is ``<slug>.<kind>.md`` of a kind the changelog has a heading for.
        """
        kinds = {kind["directory"] for kind in PROJECT["tool"]["towncrier"]["type"]}
        named = FRAGMENT.fullmatch(path.name)

        assert path.name == "README.md" or (named is not None and named["kind"] in kinds)


class TestCommands:
    """
    The README's commands are those that are run.
    """

    def test_readme_has_one_command_for_the_demo_and_one_for_the_gates(self) -> None:
        """
        Two shell blocks, each one line that can be copied.
        """
        blocks = re.findall(
            r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )

        demo, gates = (block.splitlines() for block in blocks)
        assert (1, 1) == (len(demo), len(gates))
        assert demo[0].endswith(".venv/bin/python -m posgo demo")
        assert gates[0].endswith(".venv/bin/nox")

    def test_build_server_runs_the_readme(self) -> None:
        """
        ``.ci/run`` takes its command from the README: its pattern finds exactly one line there.
        """
        script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
        (pattern,) = re.findall(r"grep -E '(.*)' README\.md", script)

        assert 1 == len(re.findall(pattern, (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
