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
from posgo.profiles import Invoicing
from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._auditor import Auditor
from posgo.testing.simulate._draw import BEFORE
from posgo.testing.simulate._errands import ERRANDS, Refusals
from posgo.testing.simulate._faults import CRASHES, Fault, Moment
from posgo.testing.simulate._issued_promises import excused_issued
from posgo.testing.simulate._machines import Idle, Lose, Meanwhile, Restore, Stall, Start, Strike
from posgo.testing.simulate._process import Knobs, Process, begin
from posgo.testing.simulate._promises import broken, excused
from posgo.testing.simulate._scenario import Scenario, scenario
from posgo.testing.simulate._world import World

__all__ = ["Outcome", "replay", "run"]

_UNRECOGNISED = ("go POST /Products", "go POST /SalesOrders")
"""Creations that Go carries out as often as it is asked to."""

_QUIET_ROUNDS = 5
"""Clean runs within which everything must have come to rest; the last of them has nothing left to do."""


@attrs.frozen(kw_only=True)
class Outcome:
    """
    What a simulation came to.

    Attributes:
        scenario: What happened.
        violations: Which promises were broken, in sentences; none if all held.
        trace: Every step, in lines; those that only read are left out once nothing happens any more.
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
        self.knobs = Knobs(
            jitter=self.random.random,
            bug=with_bug,
            lease_wait=what.lease_wait,
            keeps_runners=what.keeps_runners,
            names_company=what.names_company,
        )
        self.processes: list[Process] = []
        self.mover: Process | None = None
        self.pending: list[Strike | Stall | Meanwhile] = []
        self.soon: list[Act] = []
        self.started = 0
        self.at_rest = False
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
        while acts or self.soon or self.processes:
            while self.soon:
                self._act(self.soon.pop(0))
            while acts and acts[0].at <= self.step:
                self._act(acts.pop(0))
            if self.processes:
                self._move()
                self.step += 1
            elif acts:
                self.step = max(self.step, acts[0].at)
                self.world.pass_time(5)

    def _act(self, act: Act) -> None:
        if isinstance(act, (Strike, Stall, Meanwhile)):
            self.pending.append(act)
            return
        self.trace.append(f"{self.step:4} {act}")
        if isinstance(act, Start):
            self._start(act.errand, act.machine)
        if isinstance(act, Idle) and not self._somebody_is_cut_off():
            self.world.pass_time(act.seconds)
        if isinstance(act, (Restore, Lose)):
            for process in self.processes:
                process.kill()
            self.processes = []
        act.do(self.world)

    def _start(self, errand: str, machine: int) -> Process:
        self.started += 1
        process = begin(
            f"run {self.started}",
            ERRANDS[errand],
            self.world.machines[machine],
            self.world,
            self.auditor,
            knobs=self.knobs,
        )
        self.processes.append(process)
        return process

    def _move(self) -> None:
        process = self._next()
        moment = process.next
        assert moment is not None  # noqa: S101 - ended ones are taken off the list
        self._meanwhile(moment)
        fault = self._fault_at(moment)
        if fault is not None:
            self.faults[f"{moment.place}: {fault}"] += 1
            if fault in CRASHES and moment.site is not None:
                self.crashed.add(moment.site)
        if moment.writes or not self.at_rest:
            line = f"{self.step:4} {process.name}: {moment}"
            self.trace.append(f"{line}  <- {fault}" if fault else line)
        self.world.crowded = len(self.processes) > 1
        self.world.pass_time(self.random.choice((0.01, 0.05, 0.2)))
        process.step(fault)
        if process.next is None:
            self._ended(process)

    def _next(self) -> Process:
        """
        Who moves: often the one that moved last, so that others fall behind, and nobody that is held up.
        """
        asked = [process for process in self.processes if self._has_just_asked(process)]
        awake = [process for process in self.processes if not self._stalls(process)]
        among = asked or awake or self.processes
        if self.mover not in among or self.random.random() >= self.scenario.runs_on:
            self.mover = self.random.choice(among)
        return self.mover

    def _has_just_asked(self, process: Process) -> bool:
        """
        Whether it is about to make something, while somebody works on that has lost the lease.

        It has just asked whether it still may. Nobody could tell a request sent long after that question from a new
        one: what posgo promises while two work at once, it promises of those that are not held up there.
        """
        return str(process.next) in _UNRECOGNISED and self._somebody_is_cut_off()

    def _somebody_is_cut_off(self) -> bool:
        return any(process.is_cut_off for process in self.processes)

    def _stalls(self, process: Process) -> bool:
        for act in self.pending:
            if isinstance(act, Stall) and act.on in str(process.next):
                self.pending.remove(act)
                self.trace.append(f"{self.step:4} {process.name} {act}")
                process.stalled_until = self.step + act.steps
        return process.stalled_until > self.step

    def _meanwhile(self, moment: Moment) -> None:
        for act in self.pending:
            if isinstance(act, Meanwhile) and act.on in str(moment):
                self.pending.remove(act)
                self._act(act.act)
                return

    def _fault_at(self, moment: Moment) -> Fault | None:
        for act in self.pending:
            # Whoever is told to wait before a creation is held up there: see _has_just_asked.
            waits = isinstance(act, Strike) and act.fault is Fault.THROTTLED and self._somebody_is_cut_off()
            if isinstance(act, Strike) and act.meets(moment) and not waits:
                self.pending.remove(act)
                self.soon.extend(act.then)
                return act.fault
        return None

    def _ended(self, process: Process) -> None:
        self.processes.remove(process)
        told = type(process.error).__name__ if process.error else "ends"
        self.trace.append(f"     {process.name}: {told}")

    # -- when nothing happens any more --------------------------------------------

    def _quiet(self) -> None:
        self.trace.append("     quiet")
        self.at_rest = True
        self.pending = []
        self.world.open_everything()
        # One runner is enough for what is undisturbed, and it need not learn the chart time and again.
        self.knobs = attrs.evolve(self.knobs, keeps_runners=True)
        unseen = any(act.unseen for act in self.scenario.acts) or not self.scenario.line_edits_move_orders
        errand = "approve" if unseen else "sync"
        for _ in range(_QUIET_ROUNDS):
            self.world.come_to_rest(120)
            written = self.auditor.writes
            reports = [self._alone("settle"), self._alone(errand)]
            if self.world.profile.invoicing is Invoicing.POS:
                reports.append(self._alone("invoices"))
            if self.violations:
                return
            if any(kind.plan.withheld for kind in reports[1].kinds):
                errand = "approve"
            elif self.auditor.writes == written and not _has_more(reports[1]):
                break
        else:
            self.violations.append(
                f"after {_QUIET_ROUNDS} undisturbed rounds there is still something to write"
            )
            return
        for report in reports:
            self.violations += _unsettled(report, self.world)
        # What a delta does not tell of is seen by a full look, which also tells again whom nobody may touch.
        look = self._alone("full preview")
        self.violations += [
            f"a full look finds left undone: {each.plan}" for each in look.kinds if each.plan.operations
        ]

    def _alone(self, errand: str) -> Any:
        process = self._start(errand, 0)
        while process.next is not None:
            self._move()
            self.step += 1
        if process.error is not None:
            self.violations.append(
                f"{errand} fails in quiet: {type(process.error).__name__}: {process.error}"
            )
        return process.result


def _has_more(report: SyncReport) -> bool:
    """
    Whether a run linked something, which the next settlement may go by, or says that the next run sees more.
    """
    return bool(report.written) or any(each.rule == "order-on-its-way" for each in report.findings)


def _unsettled(report: Any, world: World) -> Iterator[str]:
    """
    What a last run leaves undone without anybody to blame.
    """
    if isinstance(report, SettlementReport):
        for failed in report.failed:
            yield f"Z {failed.z.number} still fails in quiet: {failed.error}"
        for result in report:
            rules = {finding.rule for finding in result.findings if finding.blocks}
            if rules - excused(world, int(result.number)):
                yield f"Z {result.number} is blocked in quiet: {sorted(rules)}"
    if isinstance(report, Refusals):
        for own_id, why in report.rules.items():
            if why - excused_issued(world, own_id):
                yield f"the invoice of {own_id} is refused in quiet: {sorted(why)}"
    if isinstance(report, SyncReport):
        for each in report.failed:
            yield f"{each} still fails in quiet"
