"""
What can go wrong with one request, and how it is told to those who asked.
"""

import enum
from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from posgo.clients.calls import Answer
from posgo.clients.failures import NoAnswer
from posgo.exceptions import PosgoError, StateStoreError
from posgo.testing._http.messages import ConnectionCutError, Reply
from posgo.testing._pos import FakePos
from posgo.testing.simulate._world import World

__all__ = ["CrashedError", "Fault", "Moment", "answered", "at_the_pos", "at_the_store"]

T = TypeVar("T")

DELAY = 0.8
"""Seconds a delayed request is under way after its sender gave up; with the replica's lag less than a look-up waits."""


class Fault(enum.StrEnum):
    """
    What happens to one request.
    """

    CRASH = "crash before"
    """The process ends; the request was never sent."""

    CRASH_AFTER = "crash after"
    """The process ends; the request takes its effect."""

    CRASH_LATE = "crash, arrives late"
    """The process ends; the request is still under way and takes its effect after a while."""

    LOST = "lost"
    """It never arrives, and nobody can tell."""

    UNANSWERED = "answer lost"
    """It takes its effect, and nobody can tell."""

    LATE = "late"
    """It takes its effect after its sender has given up."""

    TWICE = "twice"
    """It arrives twice, and the second answer is the one that comes back."""

    THROTTLED = "429"
    FAILED = "500"
    FAILED_AFTER = "500 after its effect"
    GARBLED = "garbage"
    """It takes its effect, and the answer cannot be read."""


CRASHES = frozenset({Fault.CRASH, Fault.CRASH_AFTER, Fault.CRASH_LATE})


class CrashedError(BaseException):
    """
    The process ends here. Nothing in it may catch this.

    Args:
        answer: What the request it ended on was answered, and nobody heard; None if it was not carried out, or later.
    """

    def __init__(self, answer: object = None) -> None:
        super().__init__()
        self.answer = answer


@attrs.frozen
class Moment:
    """
    A request about to be carried out: where a driver may be stopped, and a request be harmed.

    Attributes:
        place: ``"go"``, ``"pos"``, ``"store"`` or ``"clock"``.
        what: The request, without ids that differ from run to run.
        writes: Whether it changes anything.
        site: The line of the procedure that asked: file and number; None outside procedures.
    """

    place: str
    what: str
    writes: bool = False
    site: tuple[str, int] | None = None

    def __str__(self) -> str:
        return f"{self.place} {self.what}"


def answered(  # noqa: PLR0911 - a table of outcomes
    fault: Fault | None, world: World, send: Callable[[], Reply], *, creates_blindly: bool
) -> Answer | NoAnswer:
    """
    What comes back from Go.

    Args:
        fault: What happens; None if all goes well.
        world: Keeps what is under way.
        send: Carries the request out.
        creates_blindly: Whether Go has nothing to recognise a repetition by, so that the network must not repeat it.
    """
    match fault:
        case Fault.LOST:
            return _cut()
        case Fault.UNANSWERED:
            send()
            return _cut()
        case Fault.LATE:
            world.arrive_later(DELAY, send)
            return _cut()
        case Fault.THROTTLED:
            return _read(Reply.of({"message": "Rate limit is exceeded."}, 429, Retry_After="1"))
        case Fault.FAILED | Fault.FAILED_AFTER:
            if fault is Fault.FAILED_AFTER:
                send()
            return _read(Reply.of({"title": "An error occurred", "status": 500}, 500))
        case Fault.GARBLED:
            return attrs.evolve(_read(send()), content=b"<html>")
        case Fault.TWICE if not creates_blindly:
            send()
    return _read(send())


def at_the_pos(fault: Fault | None, world: World, ask: Callable[[], T]) -> T:
    """
    What comes back from the POS.
    """
    script: dict[Fault, tuple[int | None, bool]] = {
        Fault.LOST: (None, False),
        Fault.UNANSWERED: (None, True),
        Fault.THROTTLED: (429, False),
        Fault.FAILED: (500, False),
        Fault.FAILED_AFTER: (500, True),
        Fault.GARBLED: (500, True),
    }
    pos: FakePos = world.pos
    if fault is Fault.LATE:
        world.arrive_later(DELAY, lambda: _quietly(ask))
        pos.fail_next(None)
    elif fault is Fault.TWICE:
        ask()
    elif fault in script:
        status, after = script[fault]
        pos.fail_next(status, after_effect=after)
    return ask()


def at_the_store(fault: Fault | None, ask: Callable[[], T]) -> T:
    """
    What comes back from the store: a disk that is full, a database that is gone before it has answered.
    """
    if fault in (Fault.LOST, Fault.LATE, Fault.THROTTLED, Fault.FAILED):
        raise StateStoreError("simulated store", "the disk is full; nothing was written")
    answer = ask()
    if fault in (Fault.UNANSWERED, Fault.FAILED_AFTER, Fault.GARBLED):
        raise StateStoreError("simulated store", "the connection ended before the answer came")
    return answer


def _quietly(ask: Callable[[], Any]) -> None:
    # Nobody is there any more to hear a refusal.
    try:
        ask()
    except PosgoError:
        return


def _cut() -> NoAnswer:
    return NoAnswer(sent=True, cause=ConnectionCutError())


def _read(reply: Reply) -> Answer:
    headers = {name.lower(): text for name, text in reply.headers.items()}
    return Answer(status=reply.status, headers=headers, content=reply.content)
