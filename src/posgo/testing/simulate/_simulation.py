"""
One simulation: acts and steps in the order a seed gives them, then quiet, then the promises.
"""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import attrs

from posgo.procedures.finished import SettlementReport
from posgo.procedures.report import SyncReport
from posgo.testing.simulate._acts import Act, Lose, Restore, Start, Strike
from posgo.testing.simulate._auditor import Auditor
from posgo.testing.simulate._bugs import bug
from posgo.testing.simulate._faults import CRASHES, Fault, Moment
from posgo.testing.simulate._process import Process, begin
from posgo.testing.simulate._promises import broken
from posgo.testing.simulate._scenario import BEFORE, Scenario, scenario

__all__ = ["Outcome", "replay", "run"]

_QUIET_ROUNDS = 4
"""Clean runs within which everything must have come to rest; the last of them has nothing left to do."""


@attrs.frozen(kw_only=True)
class Outcome:
    """
    What a simulation came to.

    Attributes:
        scenario: What happened.
        violations: Which promises were broken, in sentences; none if all held.
        trace: Every step, in lines.
        faults: How often each kind of fault was met, by place and name.
        crashed: Lines of procedures a process was killed at.
    """

    scenario: Scenario
    violations: tuple[str, ...]
    trace: tuple[str, ...]
    faults: Counter[str]
    crashed: frozenset[tuple[str, int]]

    def __str__(self) -> str:
        told = (f"  {line}" for line in (*self.trace, "", *self.violations))
        return "\n".join((f"seed {self.scenario.seed}", *told))


def run(seed: int, *, with_bug: str | None = None) -> Outcome:
    """
    Simulate what a seed means.

    Args:
        seed: Decides everything.
        with_bug: Name of a deliberate bug; None for none.
    """
    return replay(scenario(seed), with_bug=with_bug)


def replay(what: Scenario, *, with_bug: str | None = None) -> Outcome:
    """
    Simulate a scenario, perhaps one of which something was left out.
    """
    return _Simulation(what, with_bug).run()


class _Simulation:
    def __init__(self, what: Scenario, with_bug: str | None) -> None:
        self.scenario = what
        self.with_bug = with_bug
        self.world = what.world()
        self.auditor = Auditor(self.world)
        # Of its own, so that leaving an act out does not change who moves when.
        self.random = random.Random(~what.seed)
        self.processes: list[Process] = []
        self.pending: list[Strike] = []
        self.started = 0
        self.step = BEFORE
        self.trace: list[str] = []
        self.violations: list[str] = []
        self.faults: Counter[str] = Counter()
        self.crashed: set[tuple[str, int]] = set()

    def run(self) -> Outcome:
        self._noise()
        if not self.violations:
            self._quiet()
        if not self.violations:
            self.violations += broken(self.scenario, self.world, self.auditor)
        return Outcome(
            scenario=self.scenario,
            violations=tuple(self.violations),
            trace=tuple(self.trace),
            faults=self.faults,
            crashed=frozenset(self.crashed),
        )

    # -- while things happen ------------------------------------------------------

    def _noise(self) -> None:
        acts = list(self.scenario.acts)
        while acts or self.processes:
            while acts and acts[0].at <= self.step:
                self._act(acts.pop(0))
            if self.processes:
                self._move(faulty=True)
                self.step += 1
            elif acts:
                self.step = max(self.step, acts[0].at)
                self.world.pass_time(5)

    def _act(self, act: Act) -> None:
        if isinstance(act, Strike):
            self.pending.append(act)
            return
        self.trace.append(f"{self.step:4} {act}")
        if isinstance(act, Start):
            self._start(act.errand)
            return
        if isinstance(act, (Restore, Lose)):
            for process in self.processes:
                process.kill()
            self.processes = []
        act.do(self.world)  # type: ignore[attr-defined]

    def _start(self, errand: str) -> Process:
        self.started += 1
        process = begin(
            f"run {self.started}",
            errand,
            self.world,
            self.auditor,
            jitter=self.random.random,
            bug=bug(self.with_bug),
        )
        self.processes.append(process)
        return process

    def _fault_at(self, moment: Moment) -> Fault | None:
        for strike in self.pending:
            if moment.writes or not strike.write:
                self.pending.remove(strike)
                return strike.fault
        return None

    def _move(self, *, faulty: bool = False) -> None:
        process = self.random.choice(self.processes)
        moment = process.next
        assert moment is not None  # noqa: S101 - ended ones are taken off the list
        fault = self._fault_at(moment) if faulty else None
        if fault is not None:
            self.faults[f"{moment.place}: {fault}"] += 1
            if fault in CRASHES and moment.site is not None:
                self.crashed.add(moment.site)
        line = f"{self.step:4} {process.name}: {moment.place} {moment.what}"
        self.trace.append(f"{line}  <- {fault}" if fault else line)
        self.world.pass_time(self.random.choice((0.01, 0.05, 0.2)))
        process.step(fault)
        if process.next is None:
            self._ended(process)

    def _ended(self, process: Process) -> None:
        self.processes.remove(process)
        told = type(process.error).__name__ if process.error else "ends"
        self.trace.append(f"     {process.name}: {told}")
        if isinstance(process.result, SyncReport):
            for report in process.result.kinds:
                self.auditor.reported(report.kind, report.plan.conflicts)

    # -- when nothing happens any more --------------------------------------------

    def _quiet(self) -> None:
        self.trace.append("     quiet")
        errand = "sweep" if self.scenario.needs_sweep else "sync"
        for _ in range(_QUIET_ROUNDS):
            self.world.pass_time(120)
            written = self.auditor.writes
            reports = [self._alone("settle"), self._alone(errand)]
            if self.violations or self.auditor.writes == written:
                break
        else:
            self.violations.append(
                f"after {_QUIET_ROUNDS} undisturbed rounds there is still something to write"
            )
            return
        for report in reports:
            self.violations += _unsettled(report, self.world.reversed_numbers)

    def _alone(self, errand: str) -> Any:
        process = self._start(errand)
        while process.next is not None:
            self._move()
            self.step += 1
        if process.error is not None:
            self.violations.append(
                f"{errand} fails in quiet: {type(process.error).__name__}: {process.error}"
            )
        return process.result


def _unsettled(report: Any, reversed_numbers: set[int]) -> Iterator[str]:
    """
    What a last run leaves undone without anybody to blame.
    """
    if isinstance(report, SettlementReport):
        for failed in report.failed:
            yield f"Z {failed.z.number} still fails in quiet: {failed.error}"
        for result in report:
            rules = {finding.rule for finding in result.findings if finding.blocks}
            if rules - ({"reversed-in-go"} if int(result.number) in reversed_numbers else set()):
                yield f"Z {result.number} is blocked in quiet: {sorted(rules)}"
    if isinstance(report, SyncReport):
        for each in report.failed:
            yield f"{each} still fails in quiet"
