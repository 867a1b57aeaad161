"""
Orders on both sides, bent by people between runs, and what may differ once both are alike.
"""

from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st

from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.records import Link
from posgo.sync import Authority, Guard, Operation, Plan, Policy, Replica
from posgo.sync.policies import orders
from support.sync_world import StaleError, World

PAIR = ("p1", "g1")
STATUSES = st.sampled_from(list(OrderStatus))
OPEN_STATUSES = st.sampled_from([OrderStatus.DRAFT, OrderStatus.CONFIRMED, OrderStatus.CANCELLED])

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "product": st.sampled_from([None, "mug", "cup"]),
    "text": st.sampled_from(["hot", "cold"]),
    "quantity": st.integers(1, 3).map(Decimal),
}


@st.composite
def lines(draw: st.DrawFn, references: tuple[str | None, ...] = ("a", "b", "c")) -> tuple[OrderLine, ...]:
    """
    A few lines, each with a reference of its own.
    """
    chosen = draw(st.lists(st.sampled_from(references), unique=True, max_size=3))
    return tuple(
        OrderLine(reference=each, **{name: draw(values) for name, values in FIELDS.items()})
        for each in chosen
    )


@st.composite
def edited_lines(draw: st.DrawFn, held: tuple[OrderLine, ...], new: str) -> tuple[OrderLine, ...]:
    """
    Lines after somebody added, changed, moved or removed some of them.
    """
    result = list(held)
    for number in range(draw(st.integers(0, 2))):
        what = draw(st.sampled_from(["add", "change", "move", "remove"]))
        if what == "add":
            reference = draw(st.sampled_from([f"{new}{number}", f"{new}{number}", None]))
            line = OrderLine(reference=reference, **{name: draw(each) for name, each in FIELDS.items()})
            if reference is None or reference not in [each.reference for each in result]:
                result.insert(draw(st.integers(0, len(result))), line)
        elif result:
            at = draw(st.integers(0, len(result) - 1))
            line = result.pop(at)
            if what == "change":
                field = draw(st.sampled_from(list(FIELDS)))
                result.insert(at, attrs.evolve(line, **{field: draw(FIELDS[field])}))
            elif what == "move":
                result.insert(draw(st.integers(0, len(result))), line)
    return tuple(result)


@st.composite
def edited(draw: st.DrawFn, order: Order, new: str, statuses: st.SearchStrategy[OrderStatus]) -> Order:
    """
    An order after somebody worked on it.
    """
    changes: dict[str, Any] = {"lines": draw(edited_lines(order.lines, new))}
    if draw(st.booleans()):
        changes["status"] = draw(statuses)
    if draw(st.booleans()):
        changes["customer"] = draw(st.sampled_from(["kari", "ola"]))
    return attrs.evolve(order, **changes)


POLICIES: st.SearchStrategy[Policy[Order]] = st.builds(
    orders,
    authority=st.sampled_from(list(Authority)),
    creates=st.sampled_from([tuple(Replica), ()]),
    reopen_confirmed=st.booleans(),
).map(lambda policy: attrs.evolve(policy, guard=Guard(percent=100)))


@attrs.define
class OrderWorld(World):
    """
    Two systems with orders. Go locks what is confirmed, and has no draft of what was cancelled.
    """

    def __str__(self) -> str:
        unit = self.policy.unit_of("lines")
        sides = {str(side): self.sides[side][own_id] for side, own_id in zip(Replica, PAIR, strict=True)}
        seals = [seal.rule for seal in self.policy.seals]
        return f"{unit.authority}, {seals}\n{sides}\n{self.links}".replace("None", "-")

    def do_half(self, operation: Operation[Any]) -> None:
        """
        A change of a confirmed order in Go that stopped after the order was opened.
        """
        record = self.sides[Replica.GO][operation.id or ""]
        if record.value.status is OrderStatus.CONFIRMED:
            value = attrs.evolve(record.value, status=OrderStatus.DRAFT)
            self.sides[Replica.GO][record.id] = attrs.evolve(record, value=value)

    def stop_within(self, made: Plan[Any], count: int, *, half: bool, forget: bool) -> None:
        """
        Carry out the first operations, and perhaps half of the next, or one whose confirmation is lost.
        """
        for operation in made.operations[:count]:
            try:
                self.do(operation)
            except StaleError:
                return
        for operation in made.operations[count : count + 1]:
            if half and operation.kind == "update" and operation.replica is Replica.GO:
                self.do_half(operation)
            elif forget:
                try:
                    self.do(operation, remember=False)
                except StaleError:
                    return


@st.composite
def order_worlds(draw: st.DrawFn, statuses: st.SearchStrategy[OrderStatus] = STATUSES) -> OrderWorld:
    """
    One order, bent twice; linked, or met for the first time.
    """
    world = OrderWorld(policy=draw(POLICIES))
    origin = Order(customer="kari", lines=draw(lines()), status=draw(statuses))
    for side, own_id in zip(Replica, PAIR, strict=True):
        at = draw(st.integers(0, 3))
        world.put(side, own_id, draw(edited(origin, side.value, statuses)), at=at)
    if draw(st.sampled_from([True, True, True, False])):
        unagreed = draw(st.sampled_from([(), (), ("status",), ("lines",)]))
        world.links[PAIR] = Link(pos_id="p1", go_id="g1", base=origin, unagreed=unagreed)
    else:
        record = world.sides[Replica.GO]["g1"]
        world.sides[Replica.GO]["g1"] = attrs.evolve(record, reference="pos:p1")
    return world
