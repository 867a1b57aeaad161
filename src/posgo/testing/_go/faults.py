"""
Faults on demand.
"""

from collections.abc import Mapping

import attrs

from posgo.testing._go.http import Received, Reply, gateway

__all__ = ["Fault", "faulty_reply"]


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


_TITLES: Mapping[int, str] = {
    500: "An error occurred while processing your request.",
    503: "Service unavailable",
}


def faulty_reply(status: int) -> Reply:
    """
    What a request that fails on demand is answered.
    """
    if status == 429:
        return gateway(429, "Rate limit is exceeded. Try again in 1 seconds.", Retry_After="1")
    if status == 403:
        return Reply(status=403)
    if status == 401:
        return Reply(status=401, headers={"WWW-Authenticate": "Bearer"})
    return Reply.of({"title": _TITLES.get(status, "Fault on demand"), "status": status}, status)
