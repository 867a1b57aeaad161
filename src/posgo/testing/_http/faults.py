"""
What is to happen when certain requests come: faults on demand, and people at work meanwhile.
"""

from typing import Generic, TypeVar

import attrs

from posgo.testing._http.messages import Received

__all__ = ["Fault", "Match", "Script"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Fault:
    """
    How a request fails.

    Attributes:
        status: What is answered; None cuts the connection.
        after_effect: Whether the request is carried out first.
    """

    status: int | None
    after_effect: bool


@attrs.frozen(kw_only=True)
class Match:
    """
    Which requests are meant.

    Attributes:
        method: Only requests with this method; None for any.
        path:
            Only requests to this path or template, or below it, whatever stands
            before it: ``CashJournals``, ``/Vouchers/CashJournals`` and
            ``/v2/Vouchers/CashJournals`` are one path. None for any.
    """

    method: str | None
    path: str | None

    def hits(self, request: Received, template: str) -> bool:
        """
        Whether this request is meant.
        """
        if self.method is not None and self.method.upper() != request.method:
            return False
        if self.path is None:
            return True
        wanted = _steps(self.path)
        return any(_within(wanted, _steps(path)) for path in (request.path, template))


def _steps(path: str) -> list[str]:
    steps = [step for step in path.casefold().split("/") if step]
    return steps[1:] if steps[:1] == ["v2"] else steps


def _within(wanted: list[str], given: list[str]) -> bool:
    """
    Whether the wanted steps stand in a row among the given ones.
    """
    return any(given[start : start + len(wanted)] == wanted for start in range(len(given)))


class Script(Generic[T]):
    """
    What is still to happen, in the order it was asked for.
    """

    def __init__(self) -> None:
        self._scenes: list[tuple[Match, T]] = []

    def add(self, match: Match, what: T, times: int = 1) -> None:
        """
        Let something happen at the next so many matching requests.
        """
        self._scenes += [(match, what)] * times

    def take(self, request: Received, template: str) -> T | None:
        """
        What is to happen at this request, which uses it up; None if nothing.
        """
        for index, (match, what) in enumerate(self._scenes):
            if match.hits(request, template):
                del self._scenes[index]
                return what
        return None
