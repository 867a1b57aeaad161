"""
From one integer to everything that is going to happen.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

import attrs

from posgo.profiles import OPEN_ONE, PRESSIS_POS, Invoicing, Profile
from posgo.sync import Replica
from posgo.sync.policies import customers, orders
from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._draw import CRASHES, MISHAPS, RUN, Draw
from posgo.testing.simulate._ends import ends
from posgo.testing.simulate._issued_draw import ISSUED_ERRANDS, ISSUED_PLOTS, IssuedDraw, issued_acts
from posgo.testing.simulate._machines import Backup, Lose, Restore, Start, Strike
from posgo.testing.simulate._order_draw import OrderDraw
from posgo.testing.simulate._order_plots import ORDER_PLOTS
from posgo.testing.simulate._plots import PLOTS, days
from posgo.testing.simulate._world import World

__all__ = ["Scenario", "scenario"]

D = TypeVar("D", bound=Draw)

_ORDER_ERRANDS = (
    ("orders",) * 5
    + ("invoice",) * 3
    + ("sync",) * 2
    + ("sweep",) * 2
    + ("settle",) * 2
    + ("preview", "check")
)
_ERRANDS = ("sync",) * 6 + ("sweep",) * 2 + ("settle",) * 2 + ("preview", "preview of days", "approve")


_CUSTOMERS = customers()
_PRESSIS_POS, _OPEN_ONE = (attrs.evolve(each, orders=None) for each in (PRESSIS_POS, OPEN_ONE))
_PROFILES = (
    _PRESSIS_POS,
    _OPEN_ONE,
    # A POS that keeps our reference of a customer it had before us, as Go does.
    attrs.evolve(_PRESSIS_POS, name="both refer", customers=attrs.evolve(_CUSTOMERS, references=Replica)),
)
_WITH_ORDERS = (
    PRESSIS_POS,
    attrs.evolve(PRESSIS_POS, name="locked is locked", orders=orders(reopen_confirmed=False)),
    OPEN_ONE,
)
_DELIVERIES = (1, 1, 5, 20)

_ISSUED = tuple(
    attrs.evolve(each, name=f"{each.name}, issuing invoices", invoicing=Invoicing.POS)
    for each in (_PRESSIS_POS, _OPEN_ONE)
)

_SHARE_WITH_ORDERS = 0.4
"""How many worlds hold orders. Those hold few other records, so that a world stays small."""

_SHARE_ISSUED = 0.08
"""How many worlds have a POS that issues invoices itself."""


_SHARE_NAMING = 0.3
"""In how many worlds runners are told the organisation number of the company they are for."""


@attrs.frozen(kw_only=True)
class Scenario:
    """
    Everything that is going to happen.

    Attributes:
        seed: Where it came from.
        profile: How the two systems work together.
        lag: How far Go's reads are behind its writes.
        go_ahead: How far Go's clock is ahead.
        pos_ahead: How far the POS's clock is ahead.
        machines_ahead: How far the clocks of the runners' computers are ahead.
        lease_wait: Seconds a runner waits for the lease.
        keeps_runners: Whether runners are kept from one run to the next.
        runs_on: How often the process that moved last moves again, from 0 to 1.
        acts: What happens, in order.
        delivery: How long Go takes to deliver an invoice.
        line_edits_move_orders: Whether a changed line moves what Go tells of an order.
        names_company: Whether runners are told whose POS it is, and compare.
    """

    seed: int
    profile: Profile
    lag: timedelta
    go_ahead: timedelta
    pos_ahead: timedelta
    machines_ahead: tuple[timedelta, ...]
    lease_wait: float
    keeps_runners: bool
    runs_on: float
    acts: tuple[Act, ...]
    delivery: timedelta = timedelta(0)
    line_edits_move_orders: bool = True
    names_company: bool = False

    def world(self) -> World:
        """
        A fresh world for it to happen in.
        """
        return World(
            profile=self.profile,
            lag=self.lag,
            go_ahead=self.go_ahead,
            pos_ahead=self.pos_ahead,
            machines_ahead=self.machines_ahead,
            delivery=self.delivery,
            line_edits_move_orders=self.line_edits_move_orders,
        )


def scenario(seed: int) -> Scenario:
    """
    Work out what a seed means. The same seed always means the same.
    """
    source = random.Random(seed)
    kind = random.Random(f"kinds of {seed}").random()
    if kind < _SHARE_WITH_ORDERS:
        return _with_orders(seed, source)
    if kind < _SHARE_WITH_ORDERS + _SHARE_ISSUED:
        return _issued(seed, source)
    profile = source.choices(_PROFILES, (5, 3, 2))[0]
    both = ("pos", "go")
    draw = Draw(source, {"customers": both, "products": ("pos",) if profile is _OPEN_ONE else both})
    return _scenario(seed, profile, draw, _acts)


def _with_orders(seed: int, source: random.Random) -> Scenario:
    profile = source.choices(_WITH_ORDERS, (6, 1, 2))[0]
    draw = OrderDraw(source, {"customers": ("pos", "go"), "products": ("pos",)})
    draw.order_sides = ("pos",) if profile is OPEN_ONE else ("pos", "go")
    plain = _scenario(seed, profile, draw, _order_acts)
    return attrs.evolve(
        plain,
        delivery=timedelta(seconds=draw.choice(_DELIVERIES)),
        line_edits_move_orders=draw.chance(0.8),
    )


def _issued(seed: int, source: random.Random) -> Scenario:
    profile = source.choices(_ISSUED, (2, 1))[0]
    draw = IssuedDraw(source, {"customers": ("pos", "go"), "products": ("pos",)})
    return _scenario(seed, profile, draw, _issued_acts)


def _scenario(seed: int, profile: Profile, draw: D, acts: Callable[[D], Iterable[Act]]) -> Scenario:
    off = [timedelta(seconds=draw.choice((0, 0, 0, -7, 90, -5000))) for _ in range(4)]
    return Scenario(
        seed=seed,
        profile=profile,
        lag=timedelta(seconds=draw.choice((0, 0, 0.3, 1))),
        go_ahead=off[0],
        pos_ahead=off[1],
        machines_ahead=(off[2], off[3]),
        lease_wait=draw.choice((0.0, 0.0, 1.0, 10.0)),
        keeps_runners=draw.chance(0.4),
        runs_on=draw.choice((0.0, 0.5, 0.9)),
        acts=tuple(sorted(acts(draw), key=lambda act: act.at)),
        names_company=random.Random(f"company of {seed}").random() < _SHARE_NAMING,
    )


def _acts(draw: Draw) -> Iterator[Act]:
    starts = list(_starts(draw))
    draw.end = starts[-1].at + RUN
    for kind in draw.sides:
        for _ in range(draw.number(0, 3)):
            yield from draw.enters(kind)
    yield from starts
    if draw.births:
        for _ in range(draw.number(0, 6)):
            yield draw.touches()
    yield from days(draw)
    yield from _faults(draw)
    for plot in draw.random.choices(list(PLOTS), list(PLOTS.values()), k=draw.choice((0, 1, 1, 2))):
        yield from plot(draw, draw.moment())
    yield from _operator(draw)
    yield from ends(draw, _ERRANDS, orders=False)


def _order_acts(draw: OrderDraw) -> Iterator[Act]:
    starts = [Start(0, "sync"), *_starts(draw, _ORDER_ERRANDS, after=2 * RUN)]
    draw.end = starts[-1].at + RUN
    yield from draw.stock()
    yield from starts
    for _ in range(draw.number(1, 3)):
        yield from draw.takes()
    for _ in range(draw.number(0, 10)):
        yield draw.does()
    yield from draw.days()
    yield from _faults(draw)
    for plot in draw.random.choices(
        list(ORDER_PLOTS), list(ORDER_PLOTS.values()), k=draw.choice((0, 1, 1, 2))
    ):
        yield from plot(draw, draw.moment())
    yield from _operator(draw)
    yield from ends(draw, _ORDER_ERRANDS, orders=True)


def _issued_acts(draw: IssuedDraw) -> Iterator[Act]:
    starts = [Start(0, "sync"), *_starts(draw, ISSUED_ERRANDS, after=2 * RUN)]
    draw.end = starts[-1].at + RUN
    yield from draw.stock()
    yield from starts
    yield from issued_acts(draw)
    yield from _faults(draw)
    for plot in draw.random.choices(
        list(ISSUED_PLOTS), list(ISSUED_PLOTS.values()), k=draw.choice((0, 1, 1, 2))
    ):
        yield from plot(draw, draw.moment())
    yield from _operator(draw)
    yield from ends(draw, ISSUED_ERRANDS, orders=True)


def _starts(draw: Draw, errands: Sequence[str] = _ERRANDS, *, after: int = 0) -> Iterator[Start]:
    at = after
    for _ in range(draw.number(1, 4)):
        yield Start(at, draw.choice(errands), draw.number(0, 1))
        # Now and then before the run before has ended: on another machine, or on the same.
        at += draw.number(0, RUN) if draw.chance(0.25) else draw.number(RUN, 2 * RUN)


def _faults(draw: Draw) -> Iterator[Act]:
    for _ in range(draw.choice((0, 0, 1, 1, 2, 5))):
        yield Strike(draw.moment(), draw.choice(MISHAPS), write=draw.chance(0.6))
    for _ in range(draw.choice((0, 0, 0, 1, 2))):
        at = draw.moment()
        yield Strike(at, draw.choice(CRASHES), write=draw.chance(0.4))
        # Whoever watches it starts it again, soon or later.
        yield Start(at + draw.choice((1, 2, 30)), draw.choice(("sync", "sync", "settle")), draw.number(0, 1))


def _operator(draw: Draw) -> Iterator[Act]:
    if draw.chance(0.12):
        yield Backup(draw.moment())
        yield Restore(draw.moment())
    if draw.chance(0.08):
        yield Lose(draw.moment())
