"""
What a request that fails on demand is answered.
"""

from collections.abc import Mapping

from posgo.testing._go.http import Reply, gateway

__all__ = ["faulty_reply"]

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
