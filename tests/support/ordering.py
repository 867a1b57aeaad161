"""
A shop and its books, whose orders are kept alike by processes that come and go.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs

from posgo import profiles
from posgo.clients.go_client import GoClient
from posgo.clients.retry import RetryPolicy
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.models.records import Link
from posgo.procedures.books import Books
from posgo.procedures.kinds import SyncKit, sync
from posgo.procedures.report import SyncReport
from posgo.state import Changes, LinkRecord, MemoryStore
from posgo.testing import NO_LIMIT, FakeGo, FakePos, VirtualClock
from support.driving import Driver, StoppedError
from support.zreports import accounts

ORE = "ORE"


class World:
    """
    A POS, a Go and a store that live on. Both know one customer and three products, and the rounding product.

    Args:
        lag: How far Go's reads are behind its writes.
        profile: Overrides of the profile.
        settings: Of :class:`FakeGo`.
    """

    def __init__(self, *, lag: int = 1, profile: dict[str, Any] | None = None, **settings: Any) -> None:
        self.clock = VirtualClock()
        self.clock.advance((datetime(2026, 3, 14, tzinfo=UTC) - self.clock.utc_now()).total_seconds())
        self.go = FakeGo(now=self.clock.utc_now, **settings)
        self.pos = FakePos()
        self.books = Books()
        self.profile = attrs.evolve(
            profiles.PRESSIS_POS,
            **{"rounding_product": ORE, **(profile or {})},
        )
        self._links: list[LinkRecord] = []
        self.buyer = self._known("customers", Customer(name="Buyer", email="buyer@example.no"))
        self.mug = self._known(
            "products", Product(code="MUG", name="Mug", price=Decimal("99.90"), vat_code="3")
        )
        self.bun = self._known(
            "products", Product(code="BUN", name="Bun", price=Decimal("33.00"), vat_code="31")
        )
        self.pen = self._known(
            "products", Product(code="PEN", name="Pen", price=Decimal("0.02"), vat_code="3")
        )
        self.go.put(Product(code=ORE, name="Øreavrunding", vat_code="5"))
        self.store = MemoryStore()
        self.lose_store()
        self.go.replica_lag = timedelta(seconds=lag)
        self.clock.advance(5)

    def _known(self, kind: str, value: Any) -> str:
        pos_id = self.pos.put(value)
        link = Link(pos_id=pos_id, go_id=self.go.put(value), base=value)
        self._links.append(LinkRecord(kind=kind, link=link))
        return pos_id

    def lose_store(self, other: MemoryStore | None = None) -> None:
        """
        Another store, which knows customers and products, and nothing of orders.
        """
        self.store = other or MemoryStore()
        self.know_again()

    def know_again(self) -> None:
        """
        Let the store know customers and products.
        """
        version = self.store.progress("client", "orders").version
        self.store.commit("client", Changes(put=self._links), expected_version=version)

    def process(
        self,
        stop: tuple[int, bool] | None = None,
        *,
        full: bool = False,
        kinds: tuple[str, ...] = ("orders",),
    ) -> tuple[SyncReport | None, int]:
        """
        Begin a process that syncs once and may be stopped; say how many requests it made.
        """
        client = GoClient(
            self.go.credentials,
            transport=self.go.transport,
            limiter=NO_LIMIT,
            retry=RetryPolicy(attempts=1),
            clock=self.clock,
        )
        at, carried_out = stop or (None, False)
        driver = Driver(client, self.store, at, carried_out, pos=self.pos, clock=self.clock)
        kit = SyncKit(
            profile=self.profile,
            accounts=accounts(),
            books=self.books,
            now=self.clock.utc_now(),
            clock=self.clock.utc_now,
            full=full,
        )
        try:
            return driver.drive(sync(kit, kinds)), len(driver.asked)
        except StoppedError:
            return None, len(driver.asked)

    def sync(self, *, full: bool = False) -> SyncReport:
        """
        A process that comes to its end.
        """
        report, _ = self.process(full=full)
        assert report is not None
        return report

    # -- people ------------------------------------------------------------------

    def order(self, *lines: OrderLine, **more: Any) -> Order:
        """
        An order as somebody at the till types it.
        """
        return Order(**{"customer": self.buyer, "lines": lines or (self.line(),), **more})

    def line(self, **more: Any) -> OrderLine:
        return OrderLine(**{"product": self.mug, "text": "Mug", "unit_price": "99.90", **more})

    def in_go(self, model: type[Any], own_id: str) -> str:
        """
        Go's id of a customer or product of the POS.
        """
        kind = {Customer: "customers", Product: "products"}[model]
        known = (record.link for record in self._links if record.kind == kind)
        return next(link.go_id for link in known if link.pos_id == own_id)

    def edit_in_pos(self, own_id: str, **changes: Any) -> None:
        self.pos.put(attrs.evolve(self.pos.get(Order, own_id), **changes), own_id)

    def edit_in_go(self, own_id: str, **changes: Any) -> None:
        """
        What a person in Go does, long enough ago to be seen.
        """
        self.go.put(attrs.evolve(self.go.get(Order, own_id), **changes), own_id)
        self.clock.advance(5)

    def put_in_go(self, *lines: OrderLine, **more: Any) -> str:
        """
        An order a person in Go makes.
        """
        made = self.go.put(
            Order(
                **{
                    "customer": self.in_go(Customer, self.buyer),
                    "lines": lines or (self.go_line(),),
                    **more,
                }
            )
        )
        self.clock.advance(5)
        return made

    def go_line(self, **more: Any) -> OrderLine:
        return OrderLine(
            **{"product": self.in_go(Product, self.bun), "text": "Bun", "unit_price": "33.00", **more}
        )

    # -- what is seen --------------------------------------------------------------

    @property
    def in_pos(self) -> Order:
        """
        The one order of the POS.
        """
        [order] = self.pos.all(Order).values()
        return order

    @property
    def go_id(self) -> str:
        """
        Go's id of the one order, or of the invoice it became.
        """
        [own_id] = self.go.all(Order)
        return own_id

    def said(self, order: Order) -> Any:
        """
        What both sides can hold of an order, in the POS's words; the øre rounding line is nobody's.
        """
        names = {
            self.in_go(model, own_id): own_id
            for model, own_ids in ((Customer, [self.buyer]), (Product, [self.mug, self.bun, self.pen]))
            for own_id in own_ids
        }
        lines = [
            attrs.evolve(
                line,
                product=names.get(line.product or "", line.product),
                # Lines without a name of their own get another id on the invoice.
                reference=None if (line.reference or "go:").startswith("go:") else line.reference,
            )
            for line in order.lines
            if line.reference != "posgo:rounding"
        ]
        return attrs.evolve(
            order,
            customer=names.get(order.customer, order.customer),
            lines=lines,
            number=None,
            note=None,
        )

    def check(self) -> None:
        """
        No order twice, both sides equal but for what is cancelled, Go's totals those of the receipts, and silence.
        """
        ours = {self.said(order) for order in self.pos.all(Order).values()}
        open_ones = {order for order in ours if order.status is not OrderStatus.CANCELLED}
        theirs = [self.said(order) for order in self.go.all(Order).values()]
        assert len(theirs) == len(set(theirs))
        assert open_ones == set(theirs)
        # What a person sent before the øre was put right stands as it is.
        totals = sorted(sum_of(order) for order in open_ones if order.invoice_no is None)
        shown = self._rows()
        assert totals == sorted(row["TotalAmount"] for row in shown)
        for row in shown:
            assert row["ExternalImportReference"] == row["CustomMatchingReference"]
            assert row["ExternalImportReference"].startswith("pos:")
        quiet = self.sync(full=True)
        assert {} == quiet.written
        assert () == quiet.findings

    def _rows(self) -> list[dict[str, Any]]:
        from posgo.testing._go.order_rules import order_row  # noqa: PLC0415 - what the fake itself computes

        company = self.go._company
        return [
            order_row(company, order)
            for order in company.table("SalesOrders").values()
            if not order.get("invoiced")
        ]


def sum_of(order: Order) -> Decimal:
    """
    The receipt of an order whose prices are all said.
    """
    return sum(
        (
            ((line.unit_price or Decimal(0)) * line.quantity * (1 - line.discount_percent / 100)).quantize(
                Decimal("0.01"), "ROUND_HALF_UP"
            )
            for line in order.lines
        ),
        Decimal("0.00"),
    )


def with_a_draft(world: World) -> World:
    """
    The same world, after both sides came to know a draft.
    """
    world.pos.put(world.order(world.line(quantity=2)))
    world.sync()
    world.sync()
    return world
