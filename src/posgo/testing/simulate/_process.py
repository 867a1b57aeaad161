"""
The third driver: a runner's process that stops before every request it makes.
"""

from collections.abc import Callable, Generator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias, TypeVar

import attrs

from posgo import procedures
from posgo.clients.calls import Answer, Call, Priority
from posgo.clients.failures import NoAnswer
from posgo.clients.flow import SendingFlow
from posgo.clients.pos.requests import PosRequest
from posgo.clients.retry import RetryPolicy
from posgo.clients.sending import Attempts, Exchange, Flow, Renewal, Wait
from posgo.exceptions import LeaseHeldError, PosgoError
from posgo.procedure import Pause, Procedure, Request
from posgo.runner import _Core
from posgo.state import CommitChanges, StoreRequest
from posgo.state._operations import HELD
from posgo.testing.simulate._auditor import Auditor
from posgo.testing.simulate._bugs import bug
from posgo.testing.simulate._errands import Errand
from posgo.testing.simulate._faults import (
    CRASHES,
    DELAY,
    CrashedError,
    Fault,
    Moment,
    answered,
    at_the_pos,
    at_the_store,
)
from posgo.testing.simulate._world import COMPANY, Machine, World

__all__ = ["Knobs", "Process", "Steps", "begin"]

T = TypeVar("T")

_SLICE = 0.25
"""Seconds after which others may do something while one waits."""

Steps: TypeAlias = Generator[Moment, Fault | None, T]
"""Yields what is about to be asked, and is sent what goes wrong with it."""

_PROCEDURES = str(Path(procedures.__file__).parent)


@attrs.frozen(kw_only=True)
class Knobs:
    """
    How runs are made.

    Attributes:
        jitter: Decides how long to wait between attempts: from 0 to 1.
        bug: Name of a deliberate bug; None for none.
        lease_wait: Seconds to wait for the lease.
        keeps_runners: Whether runners are kept from one run to the next.
        names_company: Whether they are told whose POS it is.
    """

    jitter: Callable[[], float]
    bug: str | None = None
    lease_wait: float = 0.0
    keeps_runners: bool = False
    names_company: bool = False


@attrs.define(eq=False)
class Process:
    """
    One run of a runner, from start to end, error or crash.

    Attributes:
        name: For traces.
        world: Where it runs.
        driver: What answers it.
        steps: Where it stands.
        next: What it is about to do; None once it has ended.
        stalled_until: The step before which it is held up.
        result: What the run returned, or had only to say when it crashed; None if it did not get that far.
        error: What ended it; None if nothing did.
    """

    name: str
    world: World
    driver: "_Driver"
    steps: Steps[Any]
    next: Moment | None = None
    stalled_until: int = 0
    result: Any = None
    error: PosgoError | None = None

    @property
    def is_cut_off(self) -> bool:
        """
        Whether it has lost its lease, and does not know.
        """
        return self.world.lease.is_cut_off(self.driver)

    def step(self, fault: Fault | None = None) -> None:
        """
        Carry out what it is about to do, and go on to the next.
        """
        try:
            self.next = self.steps.send(fault)
        except StopIteration as end:
            self.next, self.result = None, end.value
        except CrashedError:
            self.next = None
        except PosgoError as error:
            self.next, self.error = None, error

    def kill(self) -> None:
        """
        End it where it stands.
        """
        self.steps.close()
        self.next = None


def begin(  # noqa: PLR0913
    name: str, errand: Errand, machine: Machine, world: World, auditor: Auditor, *, knobs: Knobs
) -> Process:
    """
    Start a process and let it come to its first request.
    """
    driver = _Driver(world, machine, auditor, knobs)
    process = Process(name, world, driver, driver.run(errand))
    process.next = next(process.steps)
    return process


class _Driver:
    """
    Answers the requests of one run against the world.
    """

    def __init__(self, world: World, machine: Machine, auditor: Auditor, knobs: Knobs) -> None:
        self.world = world
        self.machine = machine
        self.auditor = auditor
        self.bug = bug(knobs.bug)
        self.knobs = knobs
        kept: tuple[_Core, SendingFlow] = machine.kept or (self._new_core(), self._new_flow())
        self.core, self.flow = kept
        # It is kept again if the run comes to an end: what a crash leaves is a new process.
        machine.kept = None
        self.client = ""
        self.may_write = True
        self.procedure: Any = None

    def _new_core(self) -> _Core:
        return _Core(
            store=self.world.store,
            profile=self.world.profile,
            accounts=self.world.accounts,
            organization_number=COMPANY if self.knobs.names_company else None,
            clock=self.machine.clock,
        )

    def _new_flow(self) -> SendingFlow:
        attempts = Attempts(
            base_url="https://go.example/Demo",
            policy=RetryPolicy(attempts=3),
            clock=self.machine.clock,
            priority=Priority.NORMAL,
            hook=lambda _: None,
            jitter=self.knobs.jitter,
        )
        return SendingFlow(credentials=self.world.go.credentials, attempts=attempts)

    def run(self, errand: Errand) -> Steps[Any]:
        """
        As :meth:`Runner.sync` and its sisters: learn who we are, take the lease, do it.
        """
        try:
            result = yield from self._run(errand)
        except PosgoError:
            self._keep()
            raise
        self._keep()
        return result

    def _keep(self) -> None:
        if self.knobs.keeps_runners and self.core.accounts is self.world.accounts:
            self.machine.kept = self.core, self.flow

    def _run(self, errand: Errand) -> Steps[Any]:
        self.client = yield from self._drive(self.core._identity())
        self.world.client = self.client
        self.may_write = errand.writes
        if not errand.needs_lease or self.bug.ignores_lease:
            return (yield from self._drive(errand.begin(self.core, self.world, self.auditor.reported)))
        try:
            yield from self._take_lease()
            return (yield from self._drive(errand.begin(self.core, self.world, self.auditor.reported)))
        finally:
            self.world.lease.free(self)

    def _take_lease(self) -> Steps[None]:
        """
        Wait for the lease as the stores do: asking again until it is free, or until waited long enough.
        """
        give_up = self.world.clock.monotonic() + self.knobs.lease_wait
        moment = Moment("store", "lease", writes=True)
        while True:
            fault = yield from self._moment(moment, _nothing)
            if at_the_store(fault, lambda: self.world.lease.take(self)):
                return
            if self.world.clock.monotonic() >= give_up:
                raise LeaseHeldError("simulated store", HELD)
            self.world.pass_time(_SLICE)

    def _drive(self, procedure: Procedure[T]) -> Steps[T]:
        self.procedure = procedure
        advance: Callable[[Any], Request[Any]] = procedure.send
        answer: Any = None
        while True:
            try:
                request = advance(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result
            try:
                answer, advance = (yield from self._answer(request)), procedure.send
            except PosgoError as error:
                answer, advance = error, procedure.throw

    def _answer(self, request: Any) -> Steps[Any]:
        if self.may_write:
            for asked in self.bug.before(request, self.world.store, self.client):
                yield from self._carry_out(asked)
        elif getattr(request, "writes", False):
            self.auditor.problems.append(f"a run that only looks asks for {_told(request)}")
        request = self.bug.changed(request, self.world.store, self.client)
        try:
            answer = yield from self._carry_out(request)
        except CrashedError as crash:
            if isinstance(request, StoreRequest) and crash.answer is not None:
                self._end_with(crash.answer)
            raise
        return self.bug.answered(request, answer)

    def _end_with(self, answer: Any) -> None:
        """
        Have a run that crashed on the answer to its very last question hand its report over.

        What it was to tell once it will not tell again: no memory can know whether somebody heard it.
        """
        with suppress(StopIteration, PosgoError):  # What it would have complained of, nobody hears.
            self.procedure.send(answer)

    def _carry_out(self, request: Any) -> Steps[Any]:
        site = _site(self.procedure)
        match request:
            case Call():
                return (yield from self._perform(self.flow.send(request), request, site))
            case StoreRequest():
                return (yield from self._ask_store(request, site))
            case PosRequest():
                return (yield from self._ask_pos(request, site))
            case Pause():
                return (yield from self._wait("pause", request.duration, site))
        raise TypeError(f"this driver cannot answer {request!r}")

    # -- the three places ----------------------------------------------------------

    def _perform(self, flow: Flow[T], call: Call[T], site: tuple[str, int] | None) -> Steps[T]:
        outcome: Any = None
        while True:
            try:
                step = flow.send(outcome)
            except StopIteration as stop:
                result: T = stop.value
                return result
            outcome = None
            match step:
                case Exchange():
                    outcome = yield from self._exchange(step, call, site)
                case Wait():
                    yield from self._wait("waits before the next attempt", step.duration, site)
                case Renewal():
                    outcome = yield from self._perform(step.steps, call, site)

    def _exchange(
        self, step: Exchange, call: Call[Any], site: tuple[str, int] | None
    ) -> Steps[Answer | NoAnswer]:
        token = step.url.endswith("/OAuth/Token")
        moment = Moment(
            "go", "POST token" if token else f"{call.method} {call.path}", call.writes and not token, site
        )

        def send() -> Any:
            def ask() -> Any:
                return self.world.go.answer(step.method, step.url, dict(step.headers), step.content or b"")

            if moment.writes:
                return self.auditor.watched(call, ask)
            return ask()

        fault = yield from self._moment(moment, send)
        blindly = call.method == "POST" and call.path == "/Products"
        return answered(fault, self.world, send, creates_blindly=blindly)

    def _ask_pos(self, request: PosRequest[T], site: tuple[str, int] | None) -> Steps[T]:
        moment = Moment("pos", _told(request), request.writes, site)

        def ask() -> T:
            def plain() -> T:
                return request.on(self.world.pos)

            return self.auditor.watched(request, plain) if request.writes else plain()

        fault = yield from self._moment(moment, ask)
        return at_the_pos(fault, self.world, ask)

    def _ask_store(self, request: StoreRequest[T], site: tuple[str, int] | None) -> Steps[T]:
        moment = Moment("store", _told(request), request.writes, site)

        def ask() -> T:
            answer = request.on(self.world.store, self.client)
            if isinstance(request, CommitChanges):
                self.auditor.committed(request.changes)
            return answer

        fault = yield from self._moment(moment, ask)
        return at_the_store(fault, ask)

    def _wait(self, what: str, duration: timedelta, site: tuple[str, int] | None) -> Steps[None]:
        """
        Let time pass; bit by bit where others are at work meanwhile.
        """
        moment = Moment("clock", f"{what} {duration.total_seconds():g} s", site=site)
        until = self.world.clock.monotonic() + duration.total_seconds()
        while (left := until - self.world.clock.monotonic()) > 0:
            yield from self._moment(moment, _nothing)
            self.world.pass_time(min(left, _SLICE) if self.world.crowded else left)

    def _moment(self, moment: Moment, effect: Callable[[], object]) -> Steps[Fault | None]:
        """
        Stop before a request, and perhaps for good.
        """
        fault = yield moment
        if fault not in CRASHES:
            return fault
        answer: object = None
        try:
            if fault is Fault.CRASH_AFTER or (
                fault is Fault.CRASH_LATE and moment.place in ("store", "clock")
            ):
                answer = effect()
            elif fault is Fault.CRASH_LATE:
                self.world.arrive_later(DELAY, effect)
        except PosgoError:
            pass  # Whom a refusal would have been told is gone.
        raise CrashedError(answer)


def _nothing() -> None:
    pass


def _told(request: Any) -> str:
    name = type(request).__name__
    model = getattr(request, "type", None) or (type(request.value) if hasattr(request, "value") else None)
    kind = getattr(request, "kind", None) or (model.__name__ if model else "")
    if isinstance(request, CommitChanges):
        parts = [type(record).__name__.removesuffix("Record") for record in request.changes.put]
        parts += [f"-{key.of.__name__.removesuffix('Record')}" for key in request.changes.drop]
        kind = " ".join(parts)
    return f"{name} {kind}".strip()


def _site(procedure: Any) -> tuple[str, int] | None:
    """
    The innermost line of a procedure that is waiting for an answer.
    """
    found: tuple[str, int] | None = None
    while procedure is not None:
        frame: FrameType | None = getattr(procedure, "gi_frame", None)
        if frame is None:
            break
        if frame.f_code.co_filename.startswith(_PROCEDURES):
            found = frame.f_code.co_filename[len(_PROCEDURES) + 1 :], frame.f_lineno
        procedure = procedure.gi_yieldfrom
    return found
