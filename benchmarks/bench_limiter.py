# /// script
# dependencies = []
# ///
"""
How much of Go's ten requests a second the limiter uses, in real time.

A fake Go that refuses the eleventh request of any second is asked by four
threads sharing one limiter. The floor of waiting is the limit itself.

Run it with ``nox -s bench``, or ``python benchmarks/bench_limiter.py``.
"""

import threading
import time

from posgo.clients.events import Event, RetryPlanned
from posgo.clients.go_client import GoClient
from posgo.clients.limiter import RateLimiter
from posgo.testing import FakeGo

BUDGET = 0.95
SECONDS = 8
LIMIT = 10


def main() -> int:
    """
    Print the share of the limit used and the refusals; fail below the budget.
    """
    fake = FakeGo()
    fake.requests_per_second = LIMIT
    refused: list[Event] = []
    limiter = RateLimiter()

    def hear(event: Event) -> None:
        if isinstance(event, RetryPlanned):
            refused.append(event)

    ends = time.monotonic() + SECONDS

    def work() -> None:
        go = GoClient(fake.credentials, transport=fake.transport, limiter=limiter, on_event=hear)
        while time.monotonic() < ends:
            go.integration.get()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = len(fake.requests) / (time.monotonic() - ends + SECONDS) / LIMIT
    print(f"{used:.1%} of {LIMIT} requests/s used by 4 threads in {SECONDS} s (budget {BUDGET:.0%})")
    print(f"refused with 429: {len(refused)}")
    return 0 if used >= BUDGET and not refused else 1


if __name__ == "__main__":
    raise SystemExit(main())
