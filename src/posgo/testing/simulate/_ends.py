"""
Ends of a process at lines in particular: whatever asks for something there, asks for nothing more.
"""

from collections.abc import Iterator, Sequence

from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._draw import CRASHES, Draw
from posgo.testing.simulate._machines import Start, Strike
from posgo.testing.simulate._sites import yield_sites

__all__ = ["ends", "ends_in"]

_HOW_MANY = (0, 0, 0, 1, 4, 12, 36)
"""How many lie in wait in one world: few that every run comes to, or so many that one is of those few runs come to."""

_SITES = tuple(yield_sites())
_OF_ORDERS = ("order", "invoic", "receivables")


def ends(draw: Draw, errands: Sequence[str], *, orders: bool) -> Iterator[Act]:
    """
    Let processes end at some of the lines at which procedures wait; somebody starts another one.

    Args:
        draw: The source of chance.
        errands: What is started.
        orders: Whether there are orders. Without them nobody comes to most of their lines.
    """
    among = [site for site in _SITES if orders or not any(word in site[0] for word in _OF_ORDERS)]
    for site in draw.random.sample(among, draw.choice(_HOW_MANY)):
        at = draw.moment()
        again = Start(at, draw.choice(errands), draw.number(0, 1))
        yield Strike(at, draw.choice(CRASHES), site=site, then=(again,))


def ends_in(draw: Draw, at: int, *modules: str) -> Strike:
    """
    An end at one of the lines of these modules of procedures, from a step on.
    """
    return Strike(at, draw.choice(CRASHES), site=draw.choice([site for site in _SITES if site[0] in modules]))
