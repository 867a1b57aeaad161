"""
The third driver: a runner's process that stops before every request it makes.
"""

from collections.abc import Callable, Generator
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
from posgo.exceptions import PosgoError
from posgo.procedure import Pause, Procedure, Request
from posgo.runner import _Core
from posgo.state import CommitChanges, StoreRequest
from posgo.testing.simulate._auditor import Auditor
from posgo.testing.simulate._bugs import Bug
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
from posgo.testing.simulate._world import World

__all__ = ["ERRANDS", "Process", "Steps", "begin"]

T = TypeVar("T")

Steps: TypeAlias = Generator[Moment, Fault | None, T]
"""Yields what is about to be asked, and is sent what goes wrong with it."""

ERRANDS: dict[str, Callable[[_Core, World], Procedure[Any]]] = {
    "sync": lambda core, world: core._sync(world.pos, None, full=False, approve=None, dry_run=None),
    "sweep": lambda core, world: core._sync(world.pos, None, full=True, approve=None, dry_run=None),
    "settle": lambda core, world: core._settlements(world.pos, dry_run=None),
}
"""What a process may be started for, composed as the runners do."""

_PROCEDURES = str(Path(procedures.__file__).parent)


@attrs.define(eq=False)
class Process:
    """
    One run of a runner, from start to end, error or crash.

    Attributes:
        name: For traces.
        errand: What it was started for.
        steps: Where it stands.
        next: What it is about to do; None once it has ended.
        result: What the run returned; None if it did not get that far.
        error: What ended it; None if nothing did.
    """

    name: str
    errand: str
    steps: Steps[Any]
    next: Moment | None = None
    result: Any = None
    error: PosgoError | None = None

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
    name: str, errand: str, world: World, auditor: Auditor, *, jitter: Callable[[], float], bug: Bug
) -> Process:
    """
    Start a process and let it come to its first request.
    """
    process = Process(name, errand, _Driver(world, auditor, jitter, bug).run(ERRANDS[errand]))
    process.next = next(process.steps)
    return process


class _Driver:
    """
    Answers the requests of one run against the world.
    """

    def __init__(self, world: World, auditor: Auditor, jitter: Callable[[], float], bug: Bug) -> None:
        self.world = world
        self.auditor = auditor
        self.bug = bug
        self.core = _Core(
            store=world.store,
            profile=world.profile,
            accounts=world.accounts,
            lease_wait=timedelta(0),
            clock=world.runners,
        )
        attempts = Attempts(
            base_url="https://go.example/Demo",
            policy=RetryPolicy(attempts=3),
            clock=world.runners,
            priority=Priority.NORMAL,
            hook=lambda _: None,
            jitter=jitter,
        )
        self.flow = SendingFlow(credentials=world.go.credentials, attempts=attempts)
        self.client = ""
        self.procedure: Any = None

    def run(self, errand: Callable[[_Core, World], Procedure[T]]) -> Steps[T]:
        """
        As :meth:`Runner.sync` and its sisters: learn who we are, take the lease, do it.
        """
        self.client = yield from self._drive(self.core._identity())
        self.world.client = self.client
        if self.bug.ignores_lease:
            return (yield from self._drive(errand(self.core, self.world)))
        with self.world.store.lease(self.client, wait=timedelta(0)):
            return (yield from self._drive(errand(self.core, self.world)))

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

    def _answer(self, request: Request[Any]) -> Steps[Any]:
        for asked in self.bug.before(request, self.world.store, self.client):
            yield from self._carry_out(asked)
        request = self.bug.changed(request, self.world.store, self.client)
        answer = yield from self._carry_out(request)
        return self.bug.answered(request, answer)

    def _carry_out(self, request: Request[Any]) -> Steps[Any]:
        site = _site(self.procedure)
        match request:
            case Call():
                return (yield from self._perform(self.flow.send(request), request, site))
            case StoreRequest():
                return (yield from self._ask_store(request, site))
            case PosRequest():
                return (yield from self._ask_pos(request, site))
            case Pause():
                yield from self._moment(
                    Moment("clock", f"pause {request.duration.total_seconds():g} s", site=site), _nothing
                )
                return self.world.pass_time(request.duration.total_seconds())
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
                    self.world.pass_time(step.duration.total_seconds())
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

            return self.auditor.watched(call, ask) if moment.writes else ask()

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

    def _moment(self, moment: Moment, effect: Callable[[], object]) -> Steps[Fault | None]:
        """
        Stop before a request, and perhaps for good.
        """
        fault = yield moment
        if fault not in CRASHES:
            return fault
        try:
            if fault is Fault.CRASH_AFTER or (
                fault is Fault.CRASH_LATE and moment.place in ("store", "clock")
            ):
                effect()
            elif fault is Fault.CRASH_LATE:
                self.world.arrive_later(DELAY, effect)
        except PosgoError:
            pass  # Whom a refusal would have been told is gone.
        raise CrashedError


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
