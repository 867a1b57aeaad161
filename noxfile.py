"""
The gates: ``nox`` runs what every change must pass, ``nox --list`` names the rest.
"""

from pathlib import Path

import nox
from packaging.requirements import Requirement

nox.needs_version = ">=2025.10.14"
# One backend everywhere. Its pip obeys the index, proxy and certificates this machine is set up for.
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
# A Python that is not installed is skipped, with a word, also on a build server.
nox.options.error_on_missing_interpreters = False

BENCHMARKS = Path("benchmarks")
PROJECT = nox.project.load_toml("pyproject.toml")
EVERYTHING = ("--numprocesses", "auto", "--dist", "worksteal")
# Every branch of the engine, by its own tests, at every run; of the rest in a session of its own, because tracing it
# takes as long again.
ENGINE = ("--cov=posgo.sync", "--cov-fail-under=100")
PYTHONS = nox.project.python_versions(PROJECT)

# Sources on PYTHONPATH would be tested and typed instead of what was installed.
CLEAN = {"PYTHONPATH": None}


def group(name: str) -> tuple[str, ...]:
    return nox.project.dependency_groups(PROJECT, name)


def floor(requirement: str) -> str:
    """
    Pin a requirement to the lowest version it allows.
    """
    parsed = Requirement(requirement)
    (lowest,) = (bound.version for bound in parsed.specifier if bound.operator == ">=")
    return f"{parsed.name}=={lowest}"


@nox.session
def lint(session: nox.Session) -> None:
    """
    Style, and what a linter can know of correctness.
    """
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def mypy(session: nox.Session) -> None:
    """
    Types of everything: library, tests, benchmarks, configuration.
    """
    session.install(".", *group("typing"))
    session.run("mypy", env=CLEAN)


@nox.session
def pyright(session: nox.Session) -> None:
    """
    Types of the public names, as an editor of our users sees them.
    """
    session.install(".", *group("pyright"))
    # The node of the package index, whatever node this machine may have.
    env = CLEAN | {"PYRIGHT_PYTHON_GLOBAL_NODE": "0", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    session.run("pyright", "--pythonpath", str(Path(session.bin, "python")), env=env)


@nox.session
def docs(session: nox.Session) -> None:
    """
    The documentation and the next changelog can be built, without a warning.
    """
    session.install(".", *group("docs"))
    session.run("towncrier", "build", "--draft", "--version", "next", silent=True)
    # Everything is read anew: a warning must not hide behind an earlier build.
    session.run("sphinx-build", "-EaqW", "--keep-going", "docs", "docs/_build/html", env=CLEAN)


@nox.session
def contract(session: nox.Session) -> None:
    """
    Generated requests to the fakes are answered as their descriptions say: the POS contract's, and PowerOffice's.

    The environment variable POSGO_EXAMPLES says how many per operation.
    """
    session.install(".", *group("contract"))
    files = ("tests/testing/pos/test_schemathesis.py", "tests/testing/go/test_schemathesis.py")
    session.run("pytest", *files, *session.posargs, env=CLEAN)


def _run_tests(session: nox.Session) -> None:
    """
    Tests of the installed wheel; all of them on every processor, or those picked: ``-- -k word``.
    """
    session.install(".", *group("tests"))
    session.run("pytest", *(session.posargs or (*EVERYTHING, *ENGINE)), env=CLEAN)


@nox.session(default=False)
def coverage(session: nox.Session) -> None:
    """
    All tests, and what of the library they reach. Takes about twice as long as the tests alone.
    """
    session.install(".", *group("tests"))
    session.run("pytest", "--cov=posgo", *EVERYTHING, env=CLEAN)


# By default last, so that its summary is the last word.
nox.session(name="tests")(_run_tests)
for _python in PYTHONS:
    nox.session(name=f"tests-{_python}", python=_python, default=False)(_run_tests)


@nox.session(python=PYTHONS[0], default=False)
def oldest(session: nox.Session) -> None:
    """
    Tests with the oldest Python and the oldest dependencies the metadata allows.
    """
    floors = [floor(requirement) for requirement in PROJECT["project"]["dependencies"]]
    session.install(".", *floors, *group("tests"))
    session.run("pytest", *session.posargs, env=CLEAN)


@nox.session(default=False)
def simulate(session: nox.Session) -> None:
    """
    Whole worlds decided by one integer each: ``-- --seeds 2000 --start 0``.
    """
    session.install(".")
    session.run("python", "-m", "posgo.testing.simulate", *session.posargs, env=CLEAN)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """
    Ratios to the floor of each promised speed. Pick benchmarks by name: ``-- import``.
    """
    scripts = sorted(BENCHMARKS.glob("bench_*.py"))
    picked = [script for script in scripts if not session.posargs or script.stem[6:] in session.posargs]
    needs = {need for script in picked for need in nox.project.load_toml(script).get("dependencies", [])}
    session.install(".", *sorted(needs))
    for script in picked:
        session.run("python", str(script), env=CLEAN)


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """
    Two hundred processes killed at work, and the stores' contract in full measure. Minutes; ``-- --kills 1000 --seed 50``.
    """
    session.install(".", *group("tests"))
    stores = ("tests/state", "-k", "processes_lose or killed_process")
    session.run("pytest", *stores, env=CLEAN | {"POSGO_SOAK": "1"})
    # Only the tests' own helpers: the library is the one installed.
    session.run("python", "-m", "support.soak", *session.posargs, env={"PYTHONPATH": "tests"})
