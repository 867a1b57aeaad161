"""
What SAF-T tests share.
"""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import xmlschema

from posgo import saft
from support.saft_builder import Shop, Style, build


@pytest.fixture(scope="session")
def schema() -> xmlschema.XMLSchema:
    """
    The official schema; the tests that hold our own files to it skip without it.
    """
    folder = Path(__file__).parents[3] / "shared" / "reference" / "saf-t"
    path = folder / "Norwegian_SAF-T_Cash_Register_Schema_v_1.00.xsd"
    if not path.exists():
        pytest.skip(f"the official schema is not here (expected at {path})")
    return xmlschema.XMLSchema(path)


@pytest.fixture
def reading() -> Callable[..., saft.AuditFile]:
    """
    Read a shop as a till of some style exports it.
    """

    def read(shop: Shop, **style: object) -> saft.AuditFile:
        return saft.read(io.BytesIO(build(shop, Style(**style))))  # type: ignore[arg-type]

    return read
