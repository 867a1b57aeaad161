"""
Faults on demand.
"""

import attrs

from posgo.testing._http.messages import Received

__all__ = ["Fault", "FaultPlan"]


@attrs.define(kw_only=True)
class Fault:
    """
    How coming requests fail.

    Attributes:
        status: What is answered; None cuts the connection.
        after_effect: Whether the request is carried out first.
        times: How many requests it still hits.
        method: Only requests with this method; None for any.
        path: Only requests to this path, template, or below it; None for any.
    """

    status: int | None
    after_effect: bool
    times: int
    method: str | None
    path: str | None

    def hits(self, request: Received, template: str) -> bool:
        """
        Whether it is meant for this request.
        """
        if self.times < 1 or (self.method is not None and self.method.upper() != request.method):
            return False
        if self.path is None:
            return True
        wanted = self.path.casefold().rstrip("/")
        given = request.path.casefold()
        return wanted in {given, template.casefold()} or given.startswith(f"{wanted}/")


class FaultPlan:
    """
    The faults still to come, in the order they were asked for.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """
        Let requests fail.
        """
        self._faults.append(fault)

    def take(self, request: Received, template: str) -> Fault | None:
        """
        The fault meant for a request, used up by it; None lets the request pass.
        """
        fault = next((one for one in self._faults if one.hits(request, template)), None)
        if fault is not None:
            fault.times -= 1
        return fault
