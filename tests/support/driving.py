"""
A driver that can stop for good at any request a procedure yields.
"""

from typing import Any, TypeVar

import attrs

from posgo.clients.calls import Call
from posgo.clients.go_client import GoClient
from posgo.clients.pos.protocol import PointOfSale
from posgo.clients.pos.requests import PosRequest
from posgo.exceptions import PosgoError
from posgo.procedure import Pause, Procedure
from posgo.state import StateStore, StoreRequest
from posgo.testing import VirtualClock

T = TypeVar("T")


class StoppedError(Exception):
    """
    The process ended here.
    """


@attrs.define
class Driver:
    """
    Answers requests against a client and a store.

    Attributes:
        go: The client.
        store: The store.
        clock: What pauses move.
        pos: The POS; None if nothing is asked of it.
        stop_at: The request to stop at, counted from 1; None runs to the end.
        carried_out: Whether that request still takes effect, its answer alone being lost.
        asked: What was asked so far.
    """

    go: GoClient
    store: StateStore
    pos: PointOfSale | None = attrs.field(default=None, kw_only=True)
    clock: VirtualClock = attrs.field(factory=VirtualClock, kw_only=True)
    stop_at: int | None = None
    carried_out: bool = False
    asked: list[Any] = attrs.Factory(list)

    def drive(self, procedure: Procedure[T]) -> T:
        """
        Run a procedure to its end, or to where it is stopped.
        """
        advance: Any = procedure.send
        value: Any = None
        while True:
            try:
                request = advance(value)
            except StopIteration as stop:
                result: T = stop.value
                return result
            try:
                advance, value = procedure.send, self._answer(request)
            except PosgoError as error:
                advance, value = procedure.throw, error

    def _answer(self, request: Any) -> Any:
        self.asked.append(request)
        stop = len(self.asked) == self.stop_at
        if stop and not self.carried_out:
            raise StoppedError
        answer = self._carry_out(request)
        if stop:
            raise StoppedError
        return answer

    def _carry_out(self, request: Any) -> Any:
        match request:
            case Call():
                return self.go.send(request)
            case StoreRequest():
                return request.on(self.store, "client")
            case PosRequest() if self.pos is not None:
                return request.on(self.pos)
            case Pause():
                return self.clock.advance(request.duration.total_seconds())
        raise TypeError(f"{request!r} is not answered here")
