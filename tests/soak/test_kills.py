"""
Real processes, really killed. ``nox -s soak`` kills two hundred; here it is a handful.
"""

from pathlib import Path

import pytest

from support.soak.killing import soak

# The same code thousands of times: tracing it shows nothing more and takes as long again.
pytestmark = pytest.mark.no_cover

KILLS = 5


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_or_booked_twice(tmp_path: Path, seed: int) -> None:
    """
    Processes killed at work, while people edit on both sides and close days, leave nothing that quiet runs do not mend.
    """
    outcome = soak(seed, KILLS, tmp_path)

    assert () == outcome.violations
    assert KILLS == outcome.kills.total()
    assert 0 < outcome.vouchers
