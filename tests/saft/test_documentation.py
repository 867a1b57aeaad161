"""
The reference page and the code name the same findings.
"""

import re
from pathlib import Path

from posgo.saft import _identities

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "saf-t.md"


class TestReferencePage:
    """
    ``docs/reference/saf-t.md``.
    """

    def test_every_rule_is_explained(self) -> None:
        """
        No finding without an entry, and no entry without a finding.
        """
        sources = [
            *(ROOT / "src" / "posgo" / "saft").glob("*.py"),
            ROOT / "src" / "posgo" / "models" / "_continuity.py",
        ]
        code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
        raised = set(re.findall(r'rule="([^"]+)"(?: if \w+ else "([^"]+)")?', code))
        rules = {name for match in raised for name in match if name} | set(_identities._MEANINGS)
        page = PAGE.read_text(encoding="utf-8")
        documented = set(re.findall(r"^\| `([^`]+)` \| (?:BLOCK|WARN|INFO)", page, re.MULTILINE))

        assert documented == rules
