"""
Processes that settle one day and may be stopped.
"""

from typing import Any

from posgo.bookkeeping import AccountMap
from posgo.clients.go_client import GoClient
from posgo.clients.retry import RetryPolicy
from posgo.models.pos import ZReport
from posgo.procedures._case import Desk, SettlementResult
from posgo.procedures.books import Books
from posgo.procedures.settlement import settle_z_report
from posgo.state import StateStore
from posgo.testing import NO_LIMIT, FakeGo, VirtualClock
from support.driving import Driver, StoppedError

Stop = tuple[int, bool]
"""The request to stop at, counted from 1, and whether it still takes effect."""


def settled(
    go: FakeGo, store: StateStore, transport: Any, accounts: AccountMap, z: ZReport, stop: Stop | None
) -> tuple[SettlementResult | None, int]:
    """
    Begin a process that settles one day; say what it answered, None if it was stopped, and how many requests it made.
    """
    client = GoClient(
        go.credentials,
        transport=transport,
        limiter=NO_LIMIT,
        retry=RetryPolicy(attempts=1),
        clock=VirtualClock(),
    )
    at, carried_out = stop or (None, False)
    driver = Driver(client, store, at, carried_out)
    desk = Desk(accounts=accounts, books=Books())
    try:
        return driver.drive(settle_z_report(desk, z)), len(driver.asked)
    except StoppedError:
        return None, len(driver.asked)
