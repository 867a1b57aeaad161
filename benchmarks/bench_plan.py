# /// script
# dependencies = ["diffsync>=2.2"]
# ///
"""
plan() beside a plain-dict floor and beside diffsync, on the same data.

Prints ratios of processor time: seconds differ from machine to machine, and neighbours come and go. Run it with
``nox -s bench -- plan``, or ``python benchmarks/bench_plan.py`` (``--quick``
leaves out 500 000 records and memory; without diffsync installed it is left out).
Floor and engine take turns: a ratio is the median of those of neighbouring runs, whatever the load.

Diffsync compares two sides, the engine and the floor three. It is timed for the diff alone, everybody's objects
being there, and with loading: from plain rows to its adapters and models, and to records, snapshots and links here.
The floor works on the rows themselves and has nothing to load.
"""

import argparse
import gc
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.models.records import Link, Record, Snapshot
from posgo.sync import Guard, Policy, plan, vat_price
from posgo.sync.policies import customers, products

CHANGED_EVERY = 100
RUNS = 7
BUDGET_TIME, BUDGET_MEMORY = 1.5, 1.2
BUDGET_DIFF, BUDGET_LOADED = 30, 50

Row = dict[str, Any]
Case = tuple[Callable[[int], Row], Callable[[Row], Any], Policy[Any]]


def customer_row(i: int) -> Row:
    return {
        "name": f"Kafe {i} AS",
        "is_person": False,
        "first_name": None,
        "last_name": None,
        "organization_number": f"{900_000_000 + i}",
        "email": f"post{i}@example.no",
        "invoice_email": f"faktura{i}@example.no",
        "phone": f"{20_000_000 + i}",
        "address": (f"Storgata {i}", None, "0155", "Oslo", "NO"),
        "number": 10_000 + i,
        "is_vat_free": False,
        "archived": False,
    }


def product_row(i: int) -> Row:
    return {
        "code": f"A{i}",
        "name": f"Article {i}",
        "description": f"Words about article {i}",
        "gtins": (f"{7_000_000_000_000 + i}",),
        "unit": "EA",
        "price": Decimal(1000 + i) / 100,
        "cost": Decimal(500 + i) / 100,
        "vat_code": "3",
        "group": None,
        "images": (),
        "archived": False,
    }


def to_customer(row: Row) -> Customer:
    line1, line2, zip_code, city, country = row["address"]
    address = Address(line1=line1, line2=line2, zip_code=zip_code, city=city, country=country)
    return Customer(**{**row, "address": address})


def to_product(row: Row) -> Product:
    return Product(**row)


def more_in_the_pos(row: Row, i: int) -> Row:
    """
    A POS copy that holds more than Go's: pictures, several EAN codes, a group.
    """
    if "gtins" not in row:
        return row
    extra = (f"{8_000_000_000_000 + i}", f"{9_000_000_000_000 + i}")
    return {**row, "gtins": row["gtins"] + extra, "images": (f"https://shop/{i}.jpg",), "group": "04"}


CASES: dict[str, Case] = {
    "customers": (customer_row, to_customer, customers()),
    "products": (product_row, to_product, products(vat=vat_price({"3": Decimal(25)}))),
}


def rows(case: Case, count: int, *, edited: str | None, more: bool = True) -> dict[str, Row]:
    """
    One side's plain rows, built anew: no object is shared between sides.

    Without ``more`` the POS's rows hold only what is shared, and whole rows
    can be equal: the floor is spared what makes the engine's work hard.
    """
    made = {}
    for i in range(count):
        row = case[0](i)
        if edited == "pos" and more:
            row = more_in_the_pos(row, i)
        if edited == ("pos" if i % 2 else "go") and i % CHANGED_EVERY < 2 and i % (2 * CHANGED_EVERY) < 2:
            row = {**row, "name": f"{row['name']} (edited)"}
        made[str(i)] = row
    return made


def floor(
    base: dict[str, Row], pos: dict[str, Row], go: dict[str, Row], fields: tuple[str, ...]
) -> list[Any]:
    """
    The least a three-way compare of plain dicts can do: no models, no rules, no plan.
    """
    changes: list[Any] = []
    for key, agreed in base.items():
        ours, theirs = pos.get(key), go.get(key)
        if ours is None or theirs is None:
            changes.append(key)
        elif ours != agreed or theirs != agreed:
            changes.extend(
                (key, field, agreed[field], ours[field], theirs[field])
                for field in fields
                if ours[field] != agreed[field] or theirs[field] != agreed[field]
            )
    changes.extend(pos.keys() - base.keys())
    changes.extend(go.keys() - base.keys())
    return changes


def timed(work: Callable[[], Any]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def peak(work: Callable[[], Any]) -> int:
    gc.collect()
    tracemalloc.start()
    work()
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest


Sides = dict[str, dict[str, Row]]


def loaded(case: Case, sides: Sides) -> Callable[[], Any]:
    """
    Plain rows to what the engine takes, and the planning of it.
    """
    build, policy = case[1], attrs.evolve(case[2], guard=Guard(percent=100))
    pos, go = (
        Snapshot(
            records={key: Record(id=key, value=build(row)) for key, row in sides[side].items()}, complete=True
        )
        for side in ("pos", "go")
    )
    links = [Link(pos_id=key, go_id=key, base=build(row)) for key, row in sides["base"].items()]
    return lambda: plan(links, pos=pos, go=go, policy=policy)


def compare(name: str, count: int) -> tuple[float, float]:
    """
    Floor and engine in turns; returns both in seconds.
    """
    case = CASES[name]
    planned = loaded(case, {side: rows(case, count, edited=side) for side in ("base", "pos", "go")})
    bare = {side: rows(case, count, edited=side, more=False) for side in ("base", "pos", "go")}
    fields = tuple(case[0](0))

    def plainly() -> list[Any]:
        return floor(bare["base"], bare["pos"], bare["go"], fields)

    found, made = plainly(), planned()
    assert count // CHANGED_EVERY == len(made.operations), (len(found), made.summary())
    turns = [(timed(plainly), timed(planned)) for _ in range(RUNS)]
    low, own = (statistics.median(times) for times in zip(*turns, strict=True))
    ratio = statistics.median(after / before for before, after in turns)
    print(
        f"{name:>9} {count:>7}: floor {low * 1e3:8.1f} ms, plan {own * 1e3:8.1f} ms = {ratio:4.2f} x (<= {BUDGET_TIME})"
    )
    return low, own


def memory(name: str, count: int) -> None:
    """
    Peak of building all data and planning, against the same with plain dicts.
    """
    case = CASES[name]

    def plainly() -> None:
        base, pos, go = (rows(case, count, edited=side) for side in ("base", "pos", "go"))
        floor(base, pos, go, tuple(case[0](0)))

    def planned() -> None:
        loaded(case, {side: rows(case, count, edited=side) for side in ("base", "pos", "go")})()

    low, own = peak(plainly), peak(planned)
    print(
        f"{name:>9} {count:>7}: floor {low / 2**20:6.0f} MB, plan {own / 2**20:6.0f} MB = {own / low:4.2f} x (<= {BUDGET_MEMORY})"
    )


def delta(count: int) -> float:
    """
    A delta of a hundred records against the links of those records.
    """
    case = CASES["customers"]
    everything = rows(case, count, edited=None)
    store = {key: Link(pos_id=key, go_id=key, base=to_customer(row)) for key, row in everything.items()}
    edited = {
        key: Record(id=key, value=to_customer({**row, "phone": "99999999"}))
        for key, row in list(everything.items())[:: count // 100][:100]
    }
    pos = Snapshot(records=edited, complete=False, total=count)
    go: Snapshot[Customer] = Snapshot(records={}, complete=False, total=count)

    def planned() -> Any:
        return plan([store[key] for key in edited], pos=pos, go=go, policy=case[2])

    assert len(planned().operations) == 100
    return min(timed(planned) for _ in range(4 * RUNS))


def diffsync_classes() -> tuple[Any, Any] | None:
    """
    Diffsync's adapter and model of a customer; None if it is not installed.
    """
    try:
        from diffsync import Adapter, DiffSyncModel  # noqa: PLC0415
        from diffsync.logging import enable_console_logging  # noqa: PLC0415
    except ImportError:
        return None
    enable_console_logging(verbosity=0)
    fields = tuple(customer_row(0))

    # Made at run time: type checkers are not asked to know a rival.
    model = type(
        "Model",
        (DiffSyncModel,),
        {
            "__module__": __name__,
            "__annotations__": {"key": str, **dict.fromkeys(fields, Any)},
            "_modelname": "customer",
            "_identifiers": ("key",),
            "_attributes": fields,
            **dict.fromkeys(fields),
        },
    )
    return type("Side", (Adapter,), {"customer": model, "top_level": ["customer"]}), model


def rival(count: int) -> None:
    """
    Customers against diffsync: the diff alone, and with loading.
    """
    classes = diffsync_classes()
    if classes is None:
        print(" diffsync: not installed; see the head of this file")
        return
    case = CASES["customers"]
    sides = {side: rows(case, count, edited=side) for side in ("base", "pos", "go")}

    def adapters() -> list[Any]:
        made = []
        for side in ("pos", "go"):
            adapter = classes[0]()
            for key, row in sides[side].items():
                adapter.add(classes[1](key=key, **row))
            made.append(adapter)
        return made

    pos, go = adapters()
    planned, fields = loaded(case, sides), tuple(case[0](0))
    turns = [
        (
            timed(lambda: pos.diff_to(go)),
            timed(planned),
            timed(lambda: floor(sides["base"], sides["pos"], sides["go"], fields)),
            timed(adapters),
            timed(lambda: loaded(case, sides)),
        )
        for _ in range(3)
    ]
    diff, own, low, loading, own_loading = (statistics.median(times) for times in zip(*turns, strict=True))
    both, own_both = diff + loading, own + own_loading
    print(
        f" diffsync {count:>7}: diff {diff:.2f} s = {diff / own:.0f} x plan (>= {BUDGET_DIFF}), {diff / low:.0f} x floor"
    )
    print(
        f"{' with loading':>17}: {both:.2f} s = {both / own:.0f} x plan (>= {BUDGET_LOADED}), {both / low:.0f} x floor;"
        f" {both / own_both:.1f} x plan with loading"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--quick", action="store_true", help="leave out 500 000 records and memory")
    quick = parser.parse_args().quick
    own: dict[tuple[str, int], float] = {}
    for name in CASES:
        for count in (10_000, 100_000) if quick else (10_000, 100_000, 500_000):
            own[name, count] = compare(name, count)[1]
    for name in CASES:
        counts = sorted(count for each, count in own if each == name)
        each = ", ".join(f"{own[name, count] / count * 1e6:.2f}" for count in counts)
        print(f"{name:>9}: {each} µs per record at {', '.join(map(str, counts))} records")
    small, large = delta(10_000), delta(100_000)
    print(
        f"    delta of 100: {small * 1e3:.2f} ms of 10 000, {large * 1e3:.2f} ms of 100 000 = {large / small:4.2f} x"
    )
    if not quick:
        for name in CASES:
            memory(name, 20_000)
    for count in (10_000,) if quick else (10_000, 100_000):
        rival(count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
