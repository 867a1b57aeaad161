"""
What a store remembers of runs: what was done, when, and how it ended.
"""

from datetime import UTC, datetime, timedelta
from functools import partial

import attrs
import httpx
import pytest

from posgo import profiles
from posgo.clients.go_client import GoClient
from posgo.exceptions import ApiError
from posgo.models.parties import Customer
from posgo.state import RunRecord
from posgo.testing import NO_LIMIT
from support.shops import Shop

BEFORE = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest) -> Shop:
    return Shop(colour=request.param, profile=profiles.PRESSIS_POS)


def runs(shop: Shop, kind: str = "customers") -> tuple[RunRecord, ...]:
    with GoClient(shop.go.credentials, transport=shop.go.transport, limiter=NO_LIMIT) as go:
        client = go.integration.get().client_id
    return shop.store.history(client, kind, since=BEFORE).runs


def test_a_run_that_wrote_is_remembered(shop: Shop) -> None:
    """
    With its counts (Go gave the customer a number) and both times: it waited for Go's reads before it ended.
    """
    began = shop.clock.utc_now()
    shop.pos.put(Customer(name="Anna"))
    shop.sync()

    (run,) = runs(shop)
    assert ("done", {"create go": 1, "update pos": 1}) == (run.outcome, run.counts)
    assert began == run.started_at
    assert run.ended_at is not None
    assert timedelta(seconds=2) <= run.ended_at - began


def test_a_run_with_nothing_to_do_leaves_nothing(shop: Shop) -> None:
    """
    A poll every few seconds would fill the store otherwise.
    """
    shop.pos.put(Customer(name="Anna"))
    shop.sync()
    shop.clock.advance(60)
    shop.sync()
    shop.sync(full=True)
    shop.sync(dry_run=True)

    assert 1 == len(runs(shop))
    assert () == runs(shop, "products")


def test_history_ends(shop: Shop) -> None:
    """
    A runner forgets what is older than it was told: with anything it stores, and in full runs of a shop at rest.
    """
    shop.keep_history = timedelta(days=30)
    # The position in Go's orders moves with every day.
    shop.profile = attrs.evolve(profiles.PRESSIS_POS, orders=None)
    for name, days, kept in (("Anna", 29, 1), ("Berit", 2, 2), ("Carl", 0, 2)):
        shop.pos.put(Customer(name=name))
        shop.sync()
        assert kept == len(runs(shop))
        shop.clock.advance(days * 86400)
    shop.sync()  # sees what the last run wrote, and moves the cursors

    shop.clock.advance(31 * 86400)
    shop.sync()
    assert 2 == len(runs(shop))
    shop.sync(full=True)
    assert () == runs(shop)


def test_a_record_that_is_refused(shop: Shop) -> None:
    """
    The others are written, and the run says that not all were.
    """
    shop.pos.put(Customer(name="Anna"))
    shop.pos.put(Customer(name="Berit"))
    shop.go.fail_next(400, method="POST", path="/Customers")
    shop.sync()

    (run,) = runs(shop)
    assert ("some failed", {"create go": 1, "update pos": 1}) == (run.outcome, run.counts)


def test_a_run_that_had_to_stop(shop: Shop) -> None:
    """
    What would meet every other record as well ends the run.
    """
    shop.pos.put(Customer(name="Anna"))
    shop.go.fail_next(503, times=9, method="POST", path="/Customers")
    shop.sync()

    (run,) = runs(shop)
    assert ("stopped", {}) == (run.outcome, run.counts)


def test_a_later_kind_that_cannot_be_read(shop: Shop) -> None:
    """
    Ends the run, and what was done before it is remembered.
    """
    shop.pos.put(Customer(name="Anna"))
    shop.go.fail_next(503, times=9, path="/Products")
    with pytest.raises(ApiError):
        shop.sync()

    (run,) = runs(shop)
    assert ("done", {"create go": 1, "update pos": 1}) == (run.outcome, run.counts)


@pytest.mark.parametrize("again", [False, True])
def test_a_run_that_was_killed(shop: Shop, again: bool) -> None:  # noqa: FBT001
    """
    It began, and nobody knows when it ended; one that finds its intents says so of itself as well.
    """
    shop.pos.put(Customer(name="Anna"))
    shop.transport = httpx.MockTransport(partial(_cut_off, shop))
    for _ in range(1 + again):
        with pytest.raises(PowerCutError):
            shop.sync()
        shop.clock.advance(60)
    shop.transport = None

    assert [("begun", None, {})] * (1 + again) == [
        (run.outcome, run.ended_at, run.counts) for run in runs(shop)
    ]
    shop.restart()
    shop.sync()
    assert "done" == max(runs(shop), key=lambda run: run.started_at).outcome


class PowerCutError(Exception):
    """
    The process ends here.
    """


def _cut_off(shop: Shop, request: httpx.Request) -> httpx.Response:
    if request.method == "POST" and request.url.path.endswith("/Customers"):
        raise PowerCutError
    return shop.go.transport.handle_request(request)


def test_old_runs_are_forgotten(shop: Shop) -> None:
    """
    With the conflicts, after ninety days.
    """
    shop.pos.put(Customer(name="Anna"))
    shop.sync()
    shop.clock.advance(timedelta(days=91).total_seconds())
    shop.pos.put(Customer(name="Berit"))
    shop.sync()

    assert 1 == len(runs(shop))
