"""
What a soak asks afterwards: each promise, broken by hand, is told.
"""

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import attrs
import pytest

from posgo.clients.go_client import GoClient
from posgo.clients.pos.client import PosClient
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderStatus
from posgo.models.parties import Customer
from posgo.profiles import PRESSIS_POS
from posgo.runner import Runner
from posgo.state import MemoryStore
from posgo.testing import NO_LIMIT, VirtualClock
from support.soak.people import People
from support.soak.promises import broken
from support.soak.shop import Shop
from support.zreports import a_day, accounts


class Place:
    """
    A shop at rest, its people, and a runner without a process of its own.
    """

    def __init__(self, asked: Path) -> None:
        self.shop = Shop()
        self.people = People(self.shop, random.Random(4), asked, both_ways=True)  # noqa: S311
        self.people.open()
        while not asked.read_text():
            self.people.guests.act()
        self.run(asked.read_text().split())

    def run(self, orders: Iterable[str] = ()) -> None:
        clock = VirtualClock()
        go = GoClient(
            self.shop.go.credentials, transport=self.shop.go.transport, limiter=NO_LIMIT, clock=clock
        )
        runner = Runner(
            go=go,
            pos=self.shop.pos,
            store=MemoryStore(),
            profile=PRESSIS_POS,
            accounts=accounts(),
            clock=clock,
        )
        runner.sync()
        runner.settle_finished()
        for order in orders:
            runner.invoice(order)

    def one_of(self, side: str, model: type[Any]) -> tuple[str, Any]:
        return next(iter(self.shop.side(side).all(model).items()))


def duplicated(place: Place) -> None:
    _, value = place.one_of("go", Customer)
    place.shop.go.put(attrs.evolve(value, number=None))


def gone(place: Place) -> None:
    own_id, _ = place.one_of("pos", Customer)
    place.shop.pos.delete(Customer, own_id)


def invented(place: Place) -> None:
    place.shop.pos.put(Customer(name="x", invoice_email="nobody@born.no"))


def differing(place: Place) -> None:
    own_id, value = place.one_of("go", Customer)
    place.shop.go.put(attrs.evolve(value, phone="1"), own_id)


def without_pictures(place: Place) -> None:
    for own_id, value in place.shop.pos.all(Product).items():
        place.shop.pos.put(attrs.evolve(value, images=()), own_id)


def booked_twice(place: Place) -> None:
    place.shop.pos.put(a_day(1, cash_point="till 9", sold=f"{place.people.days[1]}.00"))
    place.run()


def not_booked(place: Place) -> None:
    place.people.days[2] = place.people.days[1]


def ordered_twice(place: Place) -> None:
    _, order = place.one_of("go", Order)
    place.shop.go.put(attrs.evolve(order, status=OrderStatus.DRAFT, invoice_no=None))


def not_invoiced(place: Place) -> None:
    for bill in place.people.guests.bills.values():
        bill.asked = True


def invoiced_for_less(place: Place) -> None:
    for bill in place.people.guests.bills.values():
        bill.dishes += 1


@pytest.mark.parametrize(
    ("breaking", "says"),
    [
        (duplicated, "stands 2 times in go"),
        (gone, "stands 0 times in pos"),
        (invented, "nobody entered"),
        (differing, "differs: {'phone'"),
        (without_pictures, "lost a picture"),
        (booked_twice, "1 days were closed, and 2 vouchers stand in Go"),
        (not_booked, "2 days were closed, and 1 vouchers stand in Go"),
        (ordered_twice, "stands 2 times in Go"),
        (not_invoiced, "invoices were asked for, and 1 stand in Go"),
        (invoiced_for_less, "has invoice"),
    ],
)
def test_a_broken_promise_is_told(breaking: Callable[[Place], None], says: str, tmp_path: Path) -> None:
    """
    Nothing is told of a shop that is sound, and each thing of one that is not.
    """
    place = Place(tmp_path / "asked")
    assert [] == broken(place.shop, place.people, set())

    breaking(place)

    assert any(says in each for each in broken(place.shop, place.people, set()))


def test_an_overwritten_value_is_told_unless_it_is_recorded(tmp_path: Path) -> None:
    """
    What a request wrote over, and the other side never held, must stand in a conflict.
    """
    shop = Shop()
    shop.enter("pos", Customer(name="A", invoice_email="a@born.no", phone="1"))
    people = People(shop, random.Random(4), tmp_path / "asked", both_ways=True)  # noqa: S311
    with shop.serve() as (_, pos), PosClient(pos) as client:
        (own_id,) = shop.pos.all(Customer)
        client.update(Customer, own_id, {"phone": "2"})

    lost = [each for each in broken(shop, people, set()) if each.startswith("lost update")]
    recorded = broken(shop, people, {("customers", "phone", '"1"')})

    assert ['lost update: phone of a@born.no in pos was "1", and no conflict says so'] == lost
    assert [] == [each for each in recorded if each.startswith("lost update")]
