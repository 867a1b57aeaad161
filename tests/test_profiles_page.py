"""
The page on profiles, held to the profiles.
"""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_page_shows_the_profiles_as_they_are() -> None:
    """
    Its tables are those ``docs/render_profiles.py`` prints: run it when this fails.
    """
    spec = importlib.util.spec_from_file_location("render_profiles", ROOT / "docs" / "render_profiles.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.render() in (ROOT / "docs" / "reference" / "profiles.md").read_text(encoding="utf-8")
