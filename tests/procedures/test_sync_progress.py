"""
How far a sync has got, and what it costs in commits.
"""

import logging
from typing import Any

import pytest

from posgo import profiles
from posgo.clients.go_client import GoClient
from posgo.models.parties import Customer
from posgo.procedures.progress import SyncPhase, SyncProgress
from posgo.runner import Runner
from posgo.state import Changes, MemoryStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from support.zreports import accounts


class Counting(MemoryStore):
    """
    A store that counts its commits.
    """

    def __init__(self) -> None:
        super().__init__()
        self.commits = 0

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        self.commits += 1
        return super().commit(client, changes, expected_version=expected_version)


def a_runner(pos: FakePos, go: FakeGo, **options: Any) -> Runner:
    client = GoClient(go.credentials, transport=go.transport, limiter=NO_LIMIT)
    made = {"store": MemoryStore(), "clock": VirtualClock(), "accounts": accounts(), **options}
    return Runner(go=client, pos=pos, profile=profiles.PRESSIS_POS, **made)


def a_shop(count: int) -> FakePos:
    pos = FakePos()
    for number in range(count):
        pos.put(Customer(name=f"Secret {number}", email=f"secret{number}@example.no"))
    return pos


def test_progress_counts_what_is_done() -> None:
    """
    Each operation is told before it begins; numbers Go gave are written back in the same run and counted.
    """
    told: list[SyncProgress] = []

    a_runner(a_shop(2), FakeGo(), on_progress=told.append).sync_customers()

    writing = [(each.done, each.total) for each in told if each.phase is SyncPhase.WRITING]
    assert [(0, 2), (1, 2), (2, 4), (3, 4)] == writing
    assert SyncProgress(kind="customers", phase=SyncPhase.DONE, done=4, total=4) == told[-1]


def test_a_preview_only_reads() -> None:
    """
    Nothing is told to be written that is not.
    """
    told: list[SyncProgress] = []

    a_runner(a_shop(2), FakeGo(), on_progress=told.append).sync_customers(dry_run=True)

    assert {SyncPhase.READING} == {each.phase for each in told}


def test_a_hook_that_fails_stops_nothing() -> None:
    """
    A broken progress bar must not keep a shop from being synced.
    """
    go = FakeGo()

    def broken(_: SyncProgress) -> None:
        raise RuntimeError("no terminal")

    assert a_runner(a_shop(2), go, on_progress=broken).sync().is_clean
    assert 2 == len(go.all(Customer))


def test_the_log_is_silent_about_persons(caplog: pytest.LogCaptureFixture) -> None:
    """
    By default progress goes to a log: kinds and counts, no names.
    """
    with caplog.at_level(logging.DEBUG, logger="posgo"):
        a_runner(a_shop(1), FakeGo()).sync_customers()

    assert "customers: writing, 0 of 1" in caplog.text
    assert "ecret" not in caplog.text


def test_new_pairs_share_commits() -> None:
    """
    A first sync of a hundred customers is a handful of durable commits, not two hundred.
    """
    store = Counting()

    a_runner(a_shop(100), FakeGo(), store=store).sync_customers()

    assert 10 > store.commits
