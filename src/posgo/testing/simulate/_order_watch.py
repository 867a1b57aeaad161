"""
What a run's writes did to orders: which values were lost, and what the POS was told too soon.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from posgo.clients.calls import Call
from posgo.clients.pos.requests import CreateRecord, UpdateRecord
from posgo.models.orders import Order
from posgo.profiles import Invoicing
from posgo.state import ConflictRecord
from posgo.sync.order_life import LEDGER
from posgo.testing.simulate._issued import vouchers_of
from posgo.testing.simulate._orders import goods, standing_in_go
from posgo.testing.simulate._world import World, birth_of

__all__ = ["LINE_FIELDS", "OrderWatch", "said_of"]

T = TypeVar("T")

LINE_FIELDS = ("product", "quantity", "unit_price", "discount_percent")
_FIELDS = ("customer", "reference", "delivered_on", "department", "location")
_ORDERS = "/SalesOrders/{id}"

Values = dict[tuple[str, str], Any]
"""Values of an order by the mark of the line ("" for the order itself) and the field."""


@attrs.define
class OrderWatch:
    """
    Compares orders before and after every write of a run.

    Attributes:
        world: Where they stand.
        lost: Values that must stand in a recorded conflict: side, order, line, field and value.
        problems: What nothing excuses.
        seen: What orders in Go said after a run's last request to change them, by id.
        brought: What runs themselves wrote last, by side and order: nobody typed it there.
        texts: Lines of invoices the POS was told without their product, which nobody had linked by then.
    """

    world: World
    lost: list[tuple[str, str, str, str, str]] = attrs.Factory(list)
    problems: list[str] = attrs.Factory(list)
    seen: dict[str, Values] = attrs.Factory(dict)
    brought: dict[tuple[str, str], Values] = attrs.Factory(dict)
    texts: set[str] = attrs.Factory(set)
    _recorded: set[tuple[str, str]] = attrs.Factory(set)

    def watched(self, request: Any, act: Callable[[], T]) -> T:
        """
        Carry a write out, and note what it did.
        """
        target = _target(request)
        if target is None:
            return act()
        side, own_id = target
        there = self.world.side(side).all(Order)
        before = there.get(own_id or "")
        if before is not None and side == "go" and request.path.endswith("/createAndSendInvoice"):
            self._look_at_sent(own_id or "", before)
        try:
            return act()
        finally:
            after = self._order(side, own_id)
            if own_id is not None and before is not None and after is not None and before != after:
                deletes = side == "go" and request.method == "DELETE"
                self._compare(side, own_id, before, after, seen=self.seen.get(own_id) if deletes else None)
            if own_id is None:
                self._remember_new(side, there)
            elif side == "go" and after is not None:
                # A line is checked by a request of its own before it is deleted.
                self.seen[own_id] = said_of(self.world, side, after)
            if side == "pos":
                self._check_news(request, before, after)
                if after is not None:
                    self._remember_texts(before, after)

    def _look_at_sent(self, own_id: str, order: Order) -> None:
        known = self.world.store.links(self.world.client, "orders", pos_ids=(), go_ids=(own_id,)).links
        said = said_of(self.world, "go", order)
        if any(said_of(self.world, "pos", link.base) != said for link in known):
            self.world.sent_otherwise.add(birth_of(order) or "")

    def _remember_new(self, side: str, before: Collection[str]) -> None:
        for own_id, order in self.world.side(side).all(Order).items():
            if own_id not in before:
                self.brought[side, own_id] = said_of(self.world, side, order)

    def recorded(self, records: Iterable[ConflictRecord]) -> None:
        """
        Note conflicts that were recorded.
        """
        for record in records:
            for told in (record.pos, record.go):
                self._recorded |= set(_parts(record.field, told))

    def has_told(self, field: str, value: object) -> bool:
        """
        Whether a value stands in a recorded conflict.
        """
        return (field, _plain(value)) in self._recorded

    def unrecorded(self) -> Iterator[str]:
        """
        What was lost and stands nowhere, in sentences.
        """
        for side, order, line, field, value in self.lost:
            if not self.has_told(field, value):
                of = f"{line} of {order}" if line else order
                yield f"lost update: {field} of {of} in {side} was {value}, and no conflict says so"

    def _order(self, side: str, own_id: str | None) -> Order | None:
        if own_id is None:
            return None
        try:
            return self.world.side(side).get(Order, own_id)
        except LookupError:
            return None

    def _compare(
        self, side: str, own_id: str, before: Order, after: Order, *, seen: Values | None = None
    ) -> None:
        """
        Note what a write overwrote.

        Args:
            side: Where.
            own_id: The order's id there.
            before: What it said.
            after: What it says.
            seen:
                For a deletion, which Go carries out without a condition: what the order said when the line was
                checked. Nobody could know of what a person has typed since. None for every other write.
        """
        ids = {f"{side}_ids": (own_id,)}
        other = {"pos_ids": (), "go_ids": ()} | ids
        known = self.world.store.links(self.world.client, "orders", **other).links
        # What both sides agreed on before the store forgot it is nobody's to lose.
        agreed = [said_of(self.world, "pos", link.base) for link in (*known, *self._forgotten(own_id))]
        brought = self.brought.setdefault((side, own_id), {})
        new, old = said_of(self.world, side, after), said_of(self.world, side, before)
        for place, value in old.items():
            if value in {None, Decimal(0)} or value == new.get(place):
                continue
            if seen is not None and value != seen.get(place):
                continue
            if value not in [each.get(place) for each in (*agreed, brought)]:
                self.lost.append((side, birth_of(before) or own_id, *place, _plain(value)))
        brought |= {place: value for place, value in new.items() if value != old.get(place)}

    def _forgotten(self, own_id: str) -> Iterator[Any]:
        return (
            link
            for kind, link in self.world.forgotten
            if kind == "orders" and own_id in (link.pos_id, link.go_id)
        )

    def _remember_texts(self, before: Order | None, after: Order) -> None:
        """
        Note which lines the POS never had arrived without a product, because its link was not there yet.
        """
        there = standing_in_go(self.world, birth_of(after) or "")
        if there is None or there.invoice_no is None:
            return
        had = {line.text for line in before.lines} if before is not None else set()
        for line in there.order.lines:
            arrived = next((each for each in after.lines if each.text == line.text), None)
            if line.product is None or line.text in had or arrived is None or arrived.product is not None:
                continue
            products = {"pos_ids": (), "go_ids": (line.product,)}
            if not self.world.store.links(self.world.client, "products", **products).links:
                self.texts.add(line.text or "")

    def _check_news(self, request: Any, before: Order | None, after: Order | None) -> None:
        after = after or (request.value if isinstance(request, CreateRecord) else None)
        if after is None or after.status not in LEDGER or (before and before.status in LEDGER):
            return
        if self.world.profile.invoicing is Invoicing.POS:
            if not vouchers_of(self.world, request.id):
                self.problems.append(f"{birth_of(after)} is {after.status.value} in pos, but not booked")
            return
        there = standing_in_go(self.world, birth_of(after) or "")
        if there is None or there.invoice_no is None:
            self.problems.append(
                f"{birth_of(after)} is {after.status.value} in pos, but its invoice is not delivered"
            )


def said_of(world: World, side: str, order: Order) -> Values:
    """
    What an order says, in the POS's words.
    """
    names = _names(world, side)
    said: Values = {("", field): getattr(order, field) for field in _FIELDS}
    said["", "customer"] = names("customers", order.customer)
    for line in goods(order):
        mark = line.text or ""
        said |= {(mark, field): getattr(line, field) for field in LINE_FIELDS}
        said[mark, "product"] = names("products", line.product)
    return said


def _names(world: World, side: str) -> Callable[[str, str | None], str | None]:
    def name(kind: str, own_id: str | None) -> str | None:
        if side == "pos" or own_id is None:
            return own_id
        return world.twin_of(kind, own_id)

    return name


def _target(request: Any) -> tuple[str, str | None] | None:
    if isinstance(request, UpdateRecord) and request.type is Order:
        return "pos", request.id
    if isinstance(request, CreateRecord) and isinstance(request.value, Order):
        return "pos", None
    if isinstance(request, Call) and request.method == "POST" and request.path == "/SalesOrders/Complete":
        return "go", None
    if isinstance(request, Call) and request.path.startswith(_ORDERS) and request.method != "GET":
        return "go", request.parameters["id"]
    return None


def _parts(field: str | None, told: str | None) -> Iterator[tuple[str, str]]:
    """
    Every value a conflict holds, by the field it belongs to.
    """
    if told is None:
        return
    value = json.loads(told)
    name = (field or "").rpartition(".")[2].partition("[")[0]
    for row in value if isinstance(value, list) else [value]:
        if isinstance(row, dict):
            yield from ((each, _plain(part)) for each, part in row.items())
            yield "quantity", _plain(row.get("quantity", "1"))
        else:
            yield name, _plain(row)


def _plain(value: Any) -> str:
    """
    A value as text, whoever writes it: 12 and 12.00 are the same.
    """
    try:
        return f"{Decimal(str(value)).normalize():f}"
    except ArithmeticError:
        return str(value)
