"""
The page on requests, held to what is sent.
"""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def bench() -> Any:
    """
    The benchmark that counts requests over real HTTP.
    """
    path = ROOT / "benchmarks" / "bench_sync.py"
    spec = importlib.util.spec_from_file_location("bench_sync", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_requests_are_those_of_the_formula(bench: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A small shop's first sync, its edits and a quiet poll send what the formula says, over real HTTP.
    """
    assert 0 == bench.main(12, 24, 8)

    assert 3 == capsys.readouterr().out.count("(formula")


def test_the_page_shows_the_formula(bench: Any) -> None:
    """
    The figures of the page's example are those the formula gives.
    """
    page = (ROOT / "docs" / "reference" / "requests.md").read_text(encoding="utf-8")
    rows = {
        "first sync": bench.first_sync(10_000, 20_000),
        "100 edits": bench.delta(100),
        "quiet poll": bench.quiet(),
    }

    for name, requests in rows.items():
        assert f"| {name} | {requests.go} | {requests.pos} |" in page
