# /// script
# dependencies = []
# ///
"""
How many requests a sync makes, and how long it takes, over real HTTP on this machine.

A shop's first sync, a delta of edits and a quiet poll, against both fakes.
The requests are counted and compared with the formula of
``docs/reference/requests.md``. Go's rate limit is switched off; what it
would add is printed.

Run it with ``nox -s bench -- sync``, or ``python benchmarks/bench_sync.py [customers products edits]``.
"""

import math
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import attrs

from posgo import AccountMap, Customer, GoClient, PosClient, Product, Runner, SqliteStore, profiles
from posgo.clients.events import Event, RequestDone
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock

SWEEP_PAGE, POS_PAGE = 20_000, 1000
LATER = 3600  # Seconds between runs: the token and what is remembered of Go's settings are asked for anew.
TOKEN, IDENTITY, SETTINGS = 1, 1, 3
ORDERS = 2  # Drafts, and invoices whose balance changed.

ACCOUNTS = AccountMap.from_toml("""
[sales]
"3" = 3000
[tenders]
"12001" = 1900
[pos]
vat_rows = "net"
""")


class Requests(NamedTuple):
    """
    How many went to either side.
    """

    go: int
    pos: int


class Counter:
    """
    Counts requests as a client sends them.
    """

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, event: Event) -> None:
        self.count += isinstance(event, RequestDone)


def pages(count: int, size: int) -> int:
    """
    Requests for a listing; an empty one takes one as well.
    """
    return max(1, math.ceil(count / size))


def first_sync(customers: int, products: int) -> Requests:
    """
    One request per record made on the other side, and one per number Go gave to a customer of the POS.

    Products are read twice before any is made in Go.
    """
    ours, theirs = customers // 2, products // 2
    looks = 2 if theirs else 1
    go_pages = pages(customers - ours, SWEEP_PAGE) + looks * pages(products - theirs, SWEEP_PAGE)
    pos_pages = pages(ours, POS_PAGE) + looks * pages(theirs, POS_PAGE)
    made_in_pos = (customers - ours) + (products - theirs)
    return Requests(
        go=TOKEN + IDENTITY + SETTINGS + go_pages + ORDERS + ours + theirs,
        pos=pos_pages + pages(0, POS_PAGE) + made_in_pos + ours,
    )


def quiet() -> Requests:
    """
    One request per kind and side, two for orders in Go; token and settings when they are due.
    """
    return Requests(go=TOKEN + SETTINGS + 2 + ORDERS, pos=3)


def delta(edits: int) -> Requests:
    """
    A quiet poll, and per edit one request at the POS, or at Go two: a look, and the change.
    """
    return Requests(go=quiet().go + edits // 2 * 2, pos=quiet().pos + edits // 2)


@attrs.define
class Shop:
    """
    A till, a ledger and a runner between them.
    """

    till: FakePos
    ledger: FakeGo
    runner: Runner
    sent: tuple[Counter, Counter]
    clock: VirtualClock
    sound: bool = True

    def fill(self, customers: int, products: int) -> None:
        """
        Give half of everything to each side.
        """
        sides: tuple[Any, ...] = (self.ledger, self.till)
        for number in range(customers):
            sides[number % 2].put(Customer(name=f"Customer {number}", email=f"c{number}@example.no"))
        for number in range(products):
            sides[number % 2].put(
                Product(code=f"P-{number}", name=f"Product {number}", price=Decimal("149.90"), vat_code="3")
            )

    def edit(self, edits: int, text: str) -> None:
        """
        Change customers and products, a quarter of the edits each, on both sides.
        """
        quarter = edits // 4
        for model, change in ((Customer, {"phone": text}), (Product, {"description": text})):
            sides: tuple[Any, ...] = (self.till, self.ledger)
            names = {getattr(value, "name", "") for value in self.till.all(model).values()}
            ordered = sorted(names)[: 2 * quarter]
            for side, chosen in zip(sides, (ordered[:quarter], ordered[quarter:]), strict=True):
                for own_id, value in side.all(model).items():
                    if value.name in chosen:
                        side.put(attrs.evolve(value, **change), own_id)

    def sync(self, name: str, expected: Requests) -> None:
        """
        Sync once and compare the requests with the formula.
        """
        self.clock.advance(LATER)
        before = [counter.count for counter in self.sent]
        began = time.perf_counter()
        report = self.runner.sync()
        took = time.perf_counter() - began
        made = Requests(*(counter.count - old for counter, old in zip(self.sent, before, strict=True)))
        print(
            f"{name + ':':12}{made.go:7} requests to Go and {made.pos:6} to the POS "
            f"(formula {expected.go} and {expected.pos}) in {took:.1f} s; "
            f"at ten a second Go alone takes {made.go / 10:.0f} s"
        )
        self.sound = self.sound and report.is_clean and made == expected


def main(customers: int = 10_000, products: int = 20_000, edits: int = 100) -> int:
    """
    Print requests and times; fail where they are not those of the formula.
    """
    clock = VirtualClock()
    till, ledger = FakePos(), FakeGo(now=clock.utc_now)
    to_go, to_pos = Counter(), Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        ledger.serve() as go_url,
        till.serve() as pos_url,
        GoClient(ledger.credentials, base_url=go_url, limiter=NO_LIMIT, clock=clock, on_event=to_go) as go,
        PosClient(pos_url, clock=clock, on_event=to_pos) as pos,
    ):
        runner = Runner(
            go=go,
            pos=pos,
            store=SqliteStore(str(Path(folder) / "state.sqlite3")),
            profile=profiles.PRESSIS_POS,
            accounts=ACCOUNTS,
            clock=clock,
        )
        shop = Shop(till, ledger, runner, (to_go, to_pos), clock)
        shop.fill(customers, products)
        shop.sync("first sync", first_sync(customers, products))
        # A poll begins a little before the last stamp seen. Here no time passed while all those records
        # were made, so they all come back until something is newer.
        clock.advance(LATER)
        shop.edit(4, "22225555")
        runner.sync()
        shop.edit(edits, "22226666")
        shop.sync("delta", delta(edits))
        shop.sync("quiet", quiet())
    return 0 if shop.sound else 1


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
