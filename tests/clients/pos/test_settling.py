"""
Finished Z-reports of a POS behind HTTP are settled like any others.
"""

from typing import Any

import pytest

from posgo import AsyncPosClient, PosClient, SettlementStatus
from posgo.testing import FakePos
from support.pos_contract import PosValidatingTransport
from support.shops import Colour, Shop
from support.zreports import a_day


@pytest.mark.parametrize(
    ("colour", "client"), [("sync", PosClient), ("async", AsyncPosClient), ("async", PosClient)]
)
def test_every_finished_report_is_posted_once(colour: Colour, client: Any) -> None:
    """
    Piece by piece, with a client of either colour, and again the night after.
    """
    pos = FakePos(page_size=1)
    for number in (1, 2, 3):
        pos.put(a_day(number))
    shop = Shop(
        colour=colour, pos=client("https://pos.example", transport=PosValidatingTransport(pos.transport))
    )
    first, second = shop.settle_finished(), shop.settle_finished()

    assert [SettlementStatus.POSTED] * 3 == [result.status for result in first]
    assert [SettlementStatus.ALREADY_POSTED] * 3 == [result.status for result in second]
    assert 3 == len(shop.go.vouchers)
