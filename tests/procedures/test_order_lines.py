"""
Lines of orders kept alike, and the øre between Go's total and the receipt.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from support.ordering import World, sum_of, with_a_draft

HOUR = 3600


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def linked(world: World) -> World:
    return with_a_draft(world)


class TestLines:
    """
    Of a line no more is written than what differs.
    """

    @pytest.mark.parametrize(
        ("changes", "members"),
        [
            ({"quantity": 5}, {"/Quantity"}),
            ({"unit_price": "80.00"}, {"/ProductUnitPrice"}),
            ({"discount_percent": 10}, {"/Allowance"}),
            ({"text": "Blue mug"}, {"/Description"}),
            ({"text": None}, set()),
            ({"unit_price": None}, set()),
            ({"product": "product-3", "text": "Bun"}, {"/ProductId", "/Description", "/ProductUnitPrice"}),
            (
                {"product": None, "text": "Sold out", "unit_price": None, "quantity": 1},
                {"/LineType", "/ProductId", "/Description", "/ProductUnitPrice", "/Quantity"},
            ),
        ],
        ids=lambda names: ", ".join(sorted(names)),
    )
    def test_edited(self, linked: World, changes: dict[str, Any], members: set[str]) -> None:
        """
        Each field of a line edited at the till arrives in Go, and no other is touched.
        """
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, lines=[attrs.evolve(linked.in_pos.lines[0], **changes)])
        patched = Patches(linked)
        report = linked.sync()

        assert members == patched.members
        assert () == report.failed
        assert attrs.evolve(linked.in_pos.lines[0], **changes) == linked.in_pos.lines[0]
        assert {} == linked.sync(full=True).written

    def test_moved(self, world: World) -> None:
        """
        Lines that change places are told their places, and nothing else.
        """
        own_id = world.pos.put(world.order(*(world.line(text=text) for text in "ABC")))
        world.sync()
        world.sync()
        first, *rest = world.in_pos.lines
        world.edit_in_pos(own_id, lines=[*rest, first])
        patched = Patches(world)
        world.sync()

        assert {"/SortOrder"} == patched.members
        assert ["B", "C", "A"] == [line.text for line in world.go.get(Order, world.go_id).lines]


class Patches:
    """
    Which members of lines Go is told to change from now on.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.since = len(world.go.requests)

    @property
    def members(self) -> set[str]:
        return {
            operation["path"]
            for request in self.world.go.requests[self.since :]
            if request.method == "PATCH" and "/Lines/" in request.path
            for operation in request.json()
        }


class TestOre:
    """
    Go's total is the receipt to the øre.
    """

    def pens(self, world: World, count: int) -> Iterator[OrderLine]:
        return (world.line(product=world.pen, text="Pen", unit_price="0.02") for _ in range(count))

    def go_total(self, world: World) -> Decimal:
        [row] = world._rows()
        total: Decimal = row["TotalAmount"]
        return total

    def rounding(self, world: World) -> list[OrderLine]:
        return [line for line in world.go.get(Order, world.go_id).lines if line.reference == "posgo:rounding"]

    def test_line_follows_every_change(self, world: World) -> None:
        """
        The rounding line is made, changed and taken away as lines come and go; it stays the last.
        """
        own_id = world.pos.put(world.order(*self.pens(world, 2)))
        seen = []
        for lines in (
            list(self.pens(world, 2)),
            list(self.pens(world, 5)),
            [world.line()],
            [*self.pens(world, 1)],
        ):
            world.edit_in_pos(own_id, lines=lines)
            world.sync()
            world.clock.advance(5)
            assert sum_of(world.in_pos) == self.go_total(world)
            seen.append([line.quantity * (line.unit_price or 0) for line in self.rounding(world)])
            assert (
                self.rounding(world)
                == list(world.go.get(Order, world.go_id).lines)[
                    len(world.go.get(Order, world.go_id).lines) - len(self.rounding(world)) :
                ]
            )

        assert [[Decimal("-0.02")], [Decimal("-0.05")], [], [Decimal("-0.01")]] == seen
        world.check()

    def test_without_a_product_for_it(self) -> None:
        """
        A shop that names no product, or one that is taxed, hears of the difference.
        """
        for code in (None, "MUG", "nothing"):
            world = World(profile={"rounding_product": code})
            world.pos.put(world.order(*self.pens(world, 4)))
            report = world.sync()
            [finding] = [each for each in report.findings if each.rule == "ore-difference"]

            assert (Decimal("0.08"), Decimal("0.12")) == (finding.expected, finding.actual)
            assert report.is_clean

    def test_of_go_when_it_rounds_otherwise(self) -> None:
        """
        Where Go rounds in a way nobody told, the order is put right after it was made, locked or not.
        """
        for status in ("draft", "confirmed"):
            world = World(line_rounding="ROUND_UP")
            world.pos.put(world.order(world.line(unit_price="10.01"), status=status))
            report = world.sync()

            assert {"create go": 1, "mend go": 1} == report.written
            assert sum_of(world.in_pos) == self.go_total(world)
            world.check()

    def test_more_than_rounding_explains(self, linked: World) -> None:
        """
        Half a krone is nobody's rounding: it is told, and hidden by no line.
        """
        linked.go.replica_lag = timedelta(0)
        row = linked.go._company.table("SalesOrders")[linked.go_id]
        row["SalesOrderLines"][0] |= {"ProductUnitPrice": Decimal("0.3333"), "Quantity": Decimal(1000)}
        linked.clock.advance(HOUR)
        report = linked.sync()

        assert ["ore-difference"] == [finding.rule for finding in report.findings]
        assert [] == self.rounding(linked)

    def test_another_rate_than_reckoned_with(self, linked: World) -> None:
        """
        Where Go charges another VAT on a product than it did, the price without it is put right, not the receipt.
        """
        mug = linked.in_go(Product, linked.mug)
        linked.go.put(attrs.evolve(linked.go.get(Product, mug), vat_code="31"), mug)
        linked.clock.advance(HOUR)
        report = linked.sync()

        assert {"mend go": 1} == report.written
        assert Decimal("199.80") == sum_of(linked.in_pos) == self.go_total(linked)
        linked.check()

    @settings(max_examples=25, deadline=None)
    @given(data=st.data())
    def test_whatever_is_ordered(self, data: st.DataObject) -> None:
        """
        Random goods, prices, quantities and discounts, changed once: Go's total is the receipt each time.
        """
        world = World(lag=0)
        lines = st.lists(
            st.builds(
                lambda product, ore, quantity, discount: world.line(
                    product=product,
                    text="Goods",
                    unit_price=Decimal(ore).scaleb(-2),
                    quantity=quantity,
                    discount_percent=discount,
                ),
                st.sampled_from([world.mug, world.bun, world.pen]),
                st.integers(1, 500_000),
                st.one_of(
                    st.integers(-3, 12).map(Decimal),
                    st.integers(1, 4000).map(lambda n: Decimal(n).scaleb(-3)),
                ),
                st.sampled_from([Decimal(0), Decimal(0), Decimal(10), Decimal("33.33")]),
            ),
            min_size=1,
            max_size=7,
        )
        own_id = world.pos.put(
            world.order(*data.draw(lines), status=data.draw(st.sampled_from(["draft", "confirmed"])))
        )
        world.sync()
        first = sum_of(world.in_pos), self.go_total(world)
        world.edit_in_pos(own_id, lines=data.draw(lines))
        world.sync()

        assert first[0] == first[1]
        assert sum_of(world.in_pos) == self.go_total(world)
