"""
A runner in a process of its own: ``python -m support.soak.worker``.

It reads its errand from its input, and waits for a word: ``work`` until it is
killed, or do one ``round`` or one ``sweep`` and tell as JSON what was left undone.
"""

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs

from posgo import profiles
from posgo.clients.credentials import GoCredentials
from posgo.clients.go_client import GoClient
from posgo.clients.limiter import NO_LIMIT
from posgo.clients.pos.client import PosClient
from posgo.exceptions import InvoiceError
from posgo.models.vouchers import SettlementStatus
from posgo.procedure import Request
from posgo.runner import Runner
from support.soak.box import BlackBox, Phase
from support.soak.stores import STORES
from support.zreports import accounts

__all__ = ["Errand"]

PROFILES = {profile.name: profile for profile in (profiles.PRESSIS_POS, profiles.OPEN_ONE)}


@attrs.frozen(kw_only=True)
class Errand:
    """
    What a process needs to know.

    Attributes:
        go: Base URL of Go.
        keys: Keys of Go.
        pos: Base URL of the POS.
        store: The store's file.
        box: Where the process notes what it is doing.
        asked: The file that lists the orders to invoice, by their ids in the POS.
        profile: Name of the profile.
        bug: Name of a deliberate bug of the store; None for none.
        look_up_after: Seconds to wait before looking for a write in doubt.
    """

    go: str
    keys: Sequence[str]
    pos: str
    store: str
    box: str
    asked: str
    profile: str
    bug: str | None = None
    look_up_after: float = 0.05


@attrs.define(kw_only=True, eq=False, repr=False, slots=False)
class WatchedRunner(Runner):
    """
    A runner that notes what it is doing.
    """

    box: BlackBox

    def _answer(self, request: Request[Any], client: str) -> Any:
        self.box.begin(request)
        try:
            return super()._answer(request, client)
        finally:
            self.box.phase = Phase.WORKING


def _runner(errand: Errand, box: BlackBox) -> Runner:
    return WatchedRunner(
        go=GoClient(GoCredentials(*errand.keys), base_url=errand.go, limiter=NO_LIMIT),
        pos=PosClient(errand.pos),
        store=STORES[errand.bug](errand.store),
        profile=PROFILES[errand.profile],
        accounts=accounts(),
        look_up_after=timedelta(seconds=errand.look_up_after),
        lease_wait=timedelta(seconds=60),
        box=box,
    )


def _round(runner: Runner, asked: Path, *, full: bool) -> list[str]:
    """
    Settle, sync and invoice; say what is left undone.
    """
    settled = runner.settle_finished()
    synced = runner.sync(full=full)
    blocked = [str(each) for each in settled if each.status is SettlementStatus.BLOCKED]
    return [*blocked, *map(str, settled.failed), *map(str, synced.failed), *_invoice_all(runner, asked)]


def _invoice_all(runner: Runner, asked: Path) -> list[str]:
    """
    Invoice every order that was ever asked for, the invoiced ones again; say what stood against it.
    """
    refused = []
    for order in asked.read_text().split():
        try:
            runner.invoice(order)
        except InvoiceError as error:
            refused.append(str(error))
    return refused


def main() -> None:
    """
    Do what the input says.
    """
    errand = Errand(**json.loads(sys.stdin.readline()))
    box = BlackBox(Path(errand.box))
    box.phase = Phase.READY
    word = sys.stdin.readline().strip()
    box.phase = Phase.OPENING
    runner = _runner(errand, box)
    while word == "work":
        runner.sync()
        _invoice_all(runner, Path(errand.asked))
        runner.settle_finished()
    while word in ("round", "sweep"):
        undone = _round(runner, Path(errand.asked), full=word == "sweep")
        print(json.dumps(undone), flush=True)  # noqa: T201 - whoever started it listens
        word = sys.stdin.readline().strip()


if __name__ == "__main__":
    main()
