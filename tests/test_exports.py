"""
The public face: which names there are, and what importing them costs.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import posgo

# A name enters or leaves this list by decision, never by accident.
PUBLIC = {
    "AccountMap",
    "Address",
    "AsyncGoClient",
    "AsyncPointOfSale",
    "AsyncPosClient",
    "AsyncRunner",
    "CashCount",
    "Conflict",
    "Customer",
    "Environment",
    "Finding",
    "GoClient",
    "GoCredentials",
    "InvoicePayment",
    "Link",
    "MemoryStore",
    "Operation",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Plan",
    "PointOfSale",
    "Policy",
    "PosClient",
    "Posting",
    "Product",
    "Profile",
    "Record",
    "RetryPolicy",
    "Runner",
    "Settlement",
    "SettlementStatus",
    "Severity",
    "Snapshot",
    "SqliteStore",
    "StateStore",
    "Voucher",
    "ZReport",
    "exceptions",
    "plan",
    "profiles",
    "saft",
}
RUNTIME = "import attrs, cattrs, dateutil.tz, httpx"


def loaded_by(statement: str) -> set[str]:
    """
    Top-level names of everything public a fresh interpreter holds after a statement.
    """
    code = f"{statement}; import json, sys; print(json.dumps(list(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in json.loads(ran.stdout) if not name.startswith("_")}


def test_public_names_are_those_promised() -> None:
    """
    ``posgo.__all__`` holds the promised names, sorted, each once.
    """
    assert sorted(PUBLIC) == posgo.__all__


def test_nothing_public_is_left_out() -> None:
    """
    Whatever can be reached as ``posgo.name`` is promised, or is a module, or is private.
    """
    reachable = {
        name
        for name, value in vars(posgo).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert set() == reachable - PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_names_exist(name: str) -> None:
    """
    Every promised name can be imported.
    """
    assert hasattr(posgo, name)


def test_import_loads_nothing_optional() -> None:
    """
    Whatever of posgo is used, the standard library and what its four dependencies load anyway is loaded.
    """
    extra = loaded_by("from posgo import *") - loaded_by(RUNTIME) - sys.stdlib_module_names

    assert {"posgo"} == extra


def test_every_name_has_the_home_its_importers_see() -> None:
    """
    What is loaded on first use is what type checkers are told, from the same modules.
    """
    tree = ast.parse(Path(posgo.__file__).read_text(encoding="utf-8"))
    [checked] = [node for node in tree.body if isinstance(node, ast.If)]
    told = {
        alias.name: f"posgo.{alias.name}" if node.module == "posgo" else node.module
        for node in checked.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert posgo._HOMES == told
    assert set(posgo.__all__) <= set(dir(posgo))


def test_an_unknown_name_is_no_attribute() -> None:
    """
    A typo fails as it does in any module.
    """
    with pytest.raises(AttributeError, match="Runer"):
        posgo.Runer  # noqa: B018 - the access is the test
