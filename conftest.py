"""
What every test may rely on: no network, no accounts of anybody, reference files if they are there.

The Python code in the README and the documentation is run as well.
"""

import contextlib
import socket
import tempfile
from importlib import resources
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

from support.colours import clock, fake, go, shop
from support.validating import validated

# A failing promise of a store shows its values.
pytest.register_assert_rewrite(
    "posgo.testing.store_contract",
    "posgo.testing._apart_contract",
    "posgo.testing._erasure_contract",
    "posgo.testing._lease_contract",
    "posgo.testing._values_contract",
    "posgo.testing._store_workers",
)

__all__ = ["clock", "fake", "go", "shop", "validated"]

REFERENCE = Path(__file__).parents[1] / "shared" / "reference"
ENGINE = Path(__file__).parent / "tests" / "sync"


def _enter_shop(namespace: dict[str, Any]) -> None:
    """
    Work in a folder of its own, which holds what the documents speak of: an export and an account map.
    """
    namespace["_left_by"] = stack = contextlib.ExitStack()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for original, name in (("kafe-nordlys.xml", "export.xml"), ("accounts.toml", "accounts.toml")):
        (folder / name).write_bytes(resources.files("posgo.demo").joinpath(original).read_bytes())
    stack.enter_context(contextlib.chdir(folder))


def _leave_shop(namespace: dict[str, Any]) -> None:
    namespace["_left_by"].close()


# One document is one program, from top to bottom.
pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/**/*.md"],
    setup=_enter_shop,
    teardown=_leave_shop,
).pytest()

# Deterministic in the test command; `--hypothesis-profile=explore` looks further.
hypothesis.settings.register_profile("default", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("default")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """
    Where only the engine's branches are counted, its own tests must reach them all: tracing slows the others down.
    """
    if config.getoption("cov_source", None) == ["posgo.sync"]:
        for item in items:
            if ENGINE not in item.path.parents:
                item.add_marker("no_cover")


class NetworkRefusedError(AssertionError):
    """
    A test tried to leave this machine.
    """


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Refuse every socket that would leave this machine.
    """
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host != "localhost" and not ip_address(host).is_loopback:
            raise NetworkRefusedError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _reference(name: str) -> Path:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"the reference file {name} is not here (expected under {REFERENCE})")
    return path


@pytest.fixture
def official_example() -> Path:
    """
    The tax administration's example of a SAF-T Cash Register file.
    """
    return _reference("saf-t/ExampleFile SAF-T Cash Register_999999999_20210330104000.xml")


@pytest.fixture
def official_schema() -> Path:
    """
    The tax administration's schema of SAF-T Cash Register 1.00.
    """
    return _reference("saf-t/Norwegian_SAF-T_Cash_Register_Schema_v_1.00.xsd")


@pytest.fixture
def go_description() -> Path:
    """
    PowerOffice's OpenAPI description of Go, the subset a POS touches.
    """
    return _reference("poweroffice-go-v2.openapi.json")


@pytest.fixture
def reference_folder() -> Path:
    """
    The folder of reference files.
    """
    return _reference("saf-t").parent
