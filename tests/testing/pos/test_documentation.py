"""
The adapter of the guide keeps the promises it is shown next to.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from posgo import Customer, Product
from posgo.testing import PointOfSaleContract

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "connect-a-pos.md"


def shown() -> dict[str, Any]:
    """
    What the guide's first two blocks of code define.
    """
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for block in blocks[:3]:
        exec(block, names)  # noqa: S102 - the project's own guide
    return names


class TestAdapterOfTheGuide(PointOfSaleContract):
    """
    What vendors copy is right.
    """

    kinds = (Customer, Product)

    @pytest.fixture
    def pos(self) -> Any:
        return shown()["OurPos"]()

    def enter(self, pos: Any, value: Any) -> str | None:
        entered: str = shown()["TestOurPosWithPeople"]().enter(pos, value)
        return entered
