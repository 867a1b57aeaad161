"""
Processes started and killed while people work, then quiet, then the promises.
"""

import enum
import random
import shutil
import sqlite3
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import attrs

from posgo.profiles import OPEN_ONE, PRESSIS_POS
from posgo.state import SqliteStore
from support.soak.box import Phase
from support.soak.people import People
from support.soak.process import Worker
from support.soak.promises import Told, broken
from support.soak.shop import MODELS, Meet, Shop, nobody
from support.soak.worker import Errand

__all__ = ["Outcome", "soak"]

_QUIET_ROUNDS = 4
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Outcome:
    """
    What a soak came to.

    Attributes:
        seed: Decides what people do and when a process is struck; the machine decides the rest.
        kills: How many processes were killed, by what they were doing.
        logs: How many kills left commits in the log alone, for the next process to find.
        started: How many processes were started.
        records: How many records people entered.
        vouchers: How many vouchers stand in Go.
        orders: How many orders were taken.
        invoices: How many invoices stand in Go.
        conflicts: How many values stand in recorded conflicts.
        violations: Which promises were broken, in sentences.
    """

    seed: int
    kills: Counter[str]
    logs: int
    started: int
    records: int
    vouchers: int
    orders: int
    invoices: int
    conflicts: int
    violations: tuple[str, ...]


class At(enum.Enum):
    """
    What a strike is counted by.
    """

    BEGIN = "begin"
    """The beginning of the life."""

    REQUEST = "request"
    WRITE = "write"
    COMMIT = "commit"


@attrs.frozen
class Strike:
    """
    When a process is killed.

    Attributes:
        at: What it is counted by.
        number: Which one of the life.
        before: Whether before that request is carried out; else before it is answered.
        after: Seconds after that.
    """

    at: At
    number: int
    before: bool
    after: float


def soak(
    seed: int, kills: int, folder: Path, *, bug: str | None = None, lag: timedelta = timedelta(0)
) -> Outcome:
    """
    Kill so many processes while people work, and see what holds afterwards.

    Args:
        seed: Decides what people do and when a process is struck.
        kills: How many processes are killed.
        folder: Where the store lies.
        bug: Name of a deliberate bug of the store; None for none.
        lag: How far Go's reads are behind its writes.
    """
    with _Soak(seed, folder, bug, lag) as world:
        return world.run(kills)


class _Soak:
    def __init__(self, seed: int, folder: Path, bug: str | None, lag: timedelta) -> None:
        self.seed = seed
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrets
        self.shop = Shop(lag=lag)
        profile = self.random.choice((PRESSIS_POS, OPEN_ONE))
        both = profile is PRESSIS_POS
        asked = folder / "asked"
        self.people = People(self.shop, self.random, asked, both_ways=both)
        self.store = folder / "state.sqlite3"
        self.copy = folder / "copy"
        self.folder = folder
        self.lag = lag.total_seconds()
        self.started = self.logs = 0
        self.kills: Counter[str] = Counter()
        self.told: Told = set()
        self.violations: list[str] = []
        self._stack = ExitStack()
        self._errand = Errand(
            go="",
            keys=("", "", ""),
            pos="",
            store=str(self.store),
            box="",
            asked=str(asked),
            profile=profile.name,
            bug=bug,
        )

    def __enter__(self) -> Self:
        go, pos = self._stack.enter_context(self.shop.serve())
        keys = self.shop.go.credentials
        self._errand = attrs.evolve(
            self._errand,
            go=go,
            pos=pos,
            keys=(keys.application_key, keys.client_key, keys.subscription_key),
            look_up_after=2 * self.lag + 0.02,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, kills: int) -> Outcome:
        """
        People work and processes are killed; then nobody works, and the promises are asked.
        """
        self.people.open()
        worker = self._work(kills)
        try:
            self._rest(worker)
            self._ask("")
            self._sweep(worker)
            self._lose()
            self._rest(worker)
            self._ask(" with the store lost")
        except RuntimeError as error:
            self.violations.append(f"a run fails in quiet: {error}")
        return Outcome(
            seed=self.seed,
            kills=self.kills,
            logs=self.logs,
            started=self.started,
            records=len(self.people.everybody()),
            vouchers=len(self.shop.go.vouchers),
            orders=len(self.people.guests.bills),
            invoices=len(self.shop.go.invoices),
            conflicts=len(self.told),
            violations=tuple(dict.fromkeys(self.violations)),
        )

    def _work(self, kills: int) -> Worker:
        """
        Let processes be killed while people work; the last one is ready and idle.
        """
        operator = {kills // 4: self._back_up, kills // 2: self._restore, 3 * kills // 4: self._lose}
        worker = self._start()
        for number in range(kills):
            self.people.act()
            # Made ready meanwhile: it begins the moment the other one is gone.
            spare = self._start()
            rival = self.random.random() < 0.2 and number not in operator and number + 1 < kills
            self._live(worker, spare if rival else None)
            operator.get(number, bool)()
            worker = spare
        return worker

    def _ask(self, when: str) -> None:
        self.violations += (f"{each}{when}" for each in broken(self.shop, self.people, self.told))

    # -- one life --------------------------------------------------------------------

    def _start(self) -> Worker:
        self.started += 1
        box = str(self.folder / f"box{self.started}")
        return self._stack.enter_context(Worker(attrs.evolve(self._errand, box=box)))

    def _live(self, worker: Worker, rival: Worker | None) -> None:
        """
        Let a process work until it is struck, perhaps with a second one at its heels.
        """
        strike = self._strike()
        seen, begun = self.shop.writes, worker.box.writes
        struck = threading.Event()
        self.shop.on_request = self._meet(worker, strike, struck)
        worker.work()
        if rival is not None:
            rival.work()
        self._wait_for(worker, strike, struck)
        phase = worker.kill()
        # What was on its way to a server arrives now.
        time.sleep(0.005)
        with self.shop.lock:
            self.shop.on_request = nobody
            arrived = self.shop.writes - seen >= worker.box.writes - begun
        if worker.failure:
            self.violations.append(f"a run failed: {worker.failure}")
        self._count(phase, answer_lost=arrived and rival is None)
        if rival is None:
            self._look_at_the_store()

    def _strike(self) -> Strike:
        at = self.random.choices(list(At), (2, 2, 4, 4))[0]
        longest = {At.BEGIN: 0.6 + 4 * self.lag, At.COMMIT: 0.015}.get(at, self.random.choice((0.0, 0.004)))
        number = self.random.randint(1, {At.REQUEST: 30, At.WRITE: 6}.get(at, 4))
        return Strike(at, number, self.random.random() < 0.4, self.random.uniform(0, longest))

    def _meet(self, worker: Worker, strike: Strike, struck: threading.Event) -> Meet:
        """
        Have people act at requests, and the process struck at one.
        """
        acts = {self.random.randint(1, 25) for _ in range(self.random.randint(0, 3))}
        count: Counter[At] = Counter()

        def meet(writes: bool, before: bool) -> None:  # noqa: FBT001 - what the shop calls
            if before:
                count[At.REQUEST] += 1
                count[At.WRITE] += writes
                if count[At.REQUEST] in acts:
                    self.people.act()
            if count[strike.at] >= strike.number and strike.before == before:
                if not strike.after:
                    worker.strike()
                struck.set()

        return meet

    def _wait_for(self, worker: Worker, strike: Strike, struck: threading.Event) -> None:
        longest = 1.5 + 6 * self.lag
        if strike.at in (At.REQUEST, At.WRITE):
            struck.wait(longest)
        elif strike.at is At.COMMIT:
            end = time.monotonic() + longest
            while worker.box.commits < strike.number and worker.is_alive and time.monotonic() < end:
                time.sleep(0.0002)
        time.sleep(strike.after)

    def _count(self, phase: Phase, *, answer_lost: bool) -> None:
        lost = answer_lost and phase in (Phase.GO_WRITE, Phase.POS_WRITE)
        self.kills[f"{phase.told}, carried out" if lost else phase.told] += 1

    def _look_at_the_store(self) -> None:
        """
        Whatever was killed, the file is whole. Now and then only: looking tidies the log away.
        """
        log = self.store.with_name(f"{self.store.name}-wal")
        self.logs += log.exists() and log.stat().st_size > 0
        if self.random.random() < 0.2 and self.store.exists():
            with closing(sqlite3.connect(self.store)) as db:
                found = [row[0] for row in db.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                self.violations.append(f"the store is damaged: {found[:3]}")

    # -- what an operator does ---------------------------------------------------------

    def _back_up(self) -> None:
        SqliteStore(self.store).backup(self.copy)

    def _restore(self) -> None:
        self._lose()
        shutil.copy(self.copy, self.store)

    def _lose(self) -> None:
        self._collect_conflicts()
        for each in self.store.parent.glob(f"{self.store.name}*"):
            each.unlink()

    # -- quiet -------------------------------------------------------------------------

    def _rest(self, worker: Worker) -> None:
        """
        Run undisturbed until there is nothing left to write.
        """
        for _ in range(_QUIET_ROUNDS):
            time.sleep(2 * self.lag)
            writes = self.shop.writes
            undone = worker.ask("round")
            if self.shop.writes == writes:
                self._collect_conflicts()
                self.violations += (f"left undone in quiet: {each}" for each in undone)
                return
        self.violations.append(f"after {_QUIET_ROUNDS} quiet rounds there is still something to write")

    def _sweep(self, worker: Worker) -> None:
        """
        Look at everything: nothing was passed over by those that look at changes only.
        """
        writes = self.shop.writes
        self.violations += (f"left undone by a sweep: {each}" for each in worker.ask("sweep"))
        if self.shop.writes != writes:
            self.violations.append("a sweep finds something to write that was passed over")

    def _collect_conflicts(self) -> None:
        store = SqliteStore(self.store)
        with closing(sqlite3.connect(self.store)) as db:
            clients = [row[0] for row in db.execute("SELECT client FROM posgo_clients")]
        for client in clients:
            for kind in MODELS:
                for each in store.history(client, kind, since=_LONG_AGO).conflicts:
                    self.told |= {(kind, each.field, told) for told in (each.pos, each.go)}
