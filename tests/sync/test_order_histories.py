"""
Orders through random histories: alike in the end, nothing lost, nothing twice, neither side favoured.
"""

import attrs
from hypothesis import given, note, strategies as st

from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.sync import Conflict, Kind, Operation, Plan, Replica
from posgo.sync.order_life import LEDGER, PAYABLE
from support.order_world import PAIR, STATUSES, OrderWorld, edited, order_worlds
from support.sync_world import facts, mirrored_plan

OPEN = (OrderStatus.DRAFT, OrderStatus.CONFIRMED)


def values(world: OrderWorld) -> tuple[Order, Order]:
    return world.sides[Replica.POS]["p1"].value, world.sides[Replica.GO]["g1"].value


def by_name(lines: tuple[OrderLine, ...]) -> dict[str | None, OrderLine]:
    return {line.reference: line for line in lines if line.reference is not None}


def nameless(lines: tuple[OrderLine, ...]) -> list[OrderLine]:
    return [attrs.evolve(line, reference=None) for line in lines]


def held_paths(made: Plan[Order]) -> set[str]:
    return {conflict.field or "" for conflict in made.conflicts if conflict.is_held}


def unequal(world: OrderWorld, made: Plan[Order]) -> list[str]:
    """
    What still differs, and is neither held nor left nor waiting.
    """
    pos, go = values(world)
    if PAIR not in world.links:
        return []  # Two that were cancelled before they met: there is nothing to keep alike.
    held = held_paths(made)
    noted = {name.removesuffix("[]") for name, _ in world.links[PAIR].noted}
    found = [
        field.name
        for field in attrs.fields(Order)
        if field.name not in ("lines", "status", *held, *noted)
        and getattr(pos, field.name) != getattr(go, field.name)
    ]
    if pos.status is not go.status and not _may_stay_apart(pos, go, held, made):
        found.append("status")
    if "lines" not in noted:
        found += _unequal_lines(pos, go, held)
    return found


def _may_stay_apart(pos: Order, go: Order, held: set[str], made: Plan[Order]) -> bool:
    told = {finding.rule for finding in made.findings}
    waits = pos.status in PAYABLE and go.status in PAYABLE
    return (
        waits or "status" in held or bool(told & {"paid-before-invoice", "status-ahead", "impossible-status"})
    )


def _unequal_lines(pos: Order, go: Order, held: set[str]) -> list[str]:
    if not any(path.startswith("lines") for path in held):
        return [] if nameless(pos.lines) == nameless(go.lines) else ["lines"]
    found = []
    ours, theirs = by_name(pos.lines), by_name(go.lines)
    for name in (ours.keys() | theirs.keys()) - {path[6:-1] for path in held}:
        if name not in ours or name not in theirs:
            found.append(f"lines[{name}]")
            continue
        found += [
            path
            for field in attrs.fields(OrderLine)
            if (path := f"lines[{name}].{field.name}") not in held
            and getattr(ours[name], field.name) != getattr(theirs[name], field.name)
        ]
    return found


class TestConvergence:
    """
    One sync makes both sides alike, and the next has nothing to do.
    """

    @given(world=order_worlds())
    def test_a_second_plan_is_empty(self, world: OrderWorld) -> None:
        """
        Whatever each side says, and whatever they agreed on before.
        """
        note(str(world))
        first = world.plan()
        note(str(first))
        world.carry_out(first)
        second = world.plan()
        note(str(second))

        assert second.operations == ()
        assert unequal(world, second) == []

    @given(world=order_worlds(), data=st.data())
    def test_histories(self, world: OrderWorld, data: st.DataObject) -> None:
        """
        Edits between runs, reads that are stale, runs that stop between two operations, in one, or before its answer.
        """
        for round_ in range(data.draw(st.integers(1, 3))):
            stale = world.plan()
            for side, own_id in zip(Replica, PAIR, strict=True):
                if data.draw(st.booleans()):
                    value = world.sides[side][own_id].value
                    world.put(side, own_id, data.draw(edited(value, f"{side}{round_}", STATUSES)))
            made = stale if data.draw(st.booleans()) else world.plan()
            if data.draw(st.booleans()):
                count = data.draw(st.integers(0, len(made.operations)))
                world.stop_within(made, count, half=data.draw(st.booleans()), forget=data.draw(st.booleans()))
            else:
                world.carry_out(made)
        # A write that was refused because the record had moved on may hold back another of its pair.
        last = world.plan()
        note(f"{world}\n{last}")
        world.carry_out(last)
        settled = world.plan()
        note(f"{world}\n{settled}")

        assert settled.operations == ()
        assert unequal(world, settled) == []

    @given(world=order_worlds(), data=st.data())
    def test_half_a_plan_asks_for_the_other_half(self, world: OrderWorld, data: st.DataObject) -> None:
        """
        Stopped anywhere, the next plan ends where the first would have.
        """
        whole = OrderWorld(
            policy=world.policy,
            sides={side: dict(r) for side, r in world.sides.items()},
            links=dict(world.links),
        )
        whole.carry_out(whole.plan())
        made = world.plan()
        note(str(made))
        count = data.draw(st.integers(0, len(made.operations)))
        world.stop_within(made, count, half=True, forget=data.draw(st.booleans()))
        again = world.plan()
        note(str(again))
        world.carry_out(again)

        assert values(whole) == values(world)


class TestNoLostUpdate:
    """
    What is overwritten was the base, or stands in a conflict.
    """

    @given(world=order_worlds())
    def test_every_overwritten_value_is_accounted_for(self, world: OrderWorld) -> None:
        """
        For every field, every line and every field of a line.
        """
        made = world.plan()
        note(str(made))
        for operation in made.operations:
            if operation.kind in (Kind.UPDATE, Kind.ARCHIVE):
                assert lost(world, operation, made.conflicts) == []

    @given(world=order_worlds())
    def test_every_conflict_is_told_once(self, world: OrderWorld) -> None:
        """
        No path comes twice, and nothing is decided both whole and in parts.
        """
        paths = [conflict.field or "" for conflict in world.plan().conflicts]

        assert len(paths) == len(set(paths))
        assert not [path for path in paths for other in paths if path.startswith(f"{other}.")]


def lost(world: OrderWorld, operation: Operation[Order], conflicts: tuple[Conflict, ...]) -> list[str]:
    """
    Paths an operation overwrites although their value was nobody's base, and is recorded nowhere.
    """
    link = world.links.get(PAIR)
    base = link.base if link else None
    unagreed = link.unagreed if link else ()
    recorded = {c.field: getattr(c, operation.replica or "") for c in conflicts}
    found = []
    for change in operation.changes:
        if change.field == "lines":
            before = base.lines if base and "lines" not in unagreed else ()
            found += _lost_lines(change.old, change.new, before, recorded)
        elif change.field == "status":
            if not _is_accounted_for(base, unagreed, change.old, change.new, recorded):
                found.append("status")
        elif recorded.get(change.field, getattr(base, change.field, None)) != change.old:
            found.append(change.field)
    return found


def _lost_lines(
    old: tuple[OrderLine, ...],
    new: tuple[OrderLine, ...],
    base: tuple[OrderLine, ...],
    recorded: dict[str | None, object],
) -> list[str]:
    found = []
    now, before = by_name(new), by_name(base)
    for line in old:
        name = line.reference
        if (
            line in new
            or line in base
            or any(line == attrs.evolve(each, reference=name) for each in (*new, *base))
        ):
            continue
        if name in now and name in before:
            found += [
                path
                for field in attrs.fields(OrderLine)
                if (was := getattr(line, field.name))
                not in (
                    getattr(now[name], field.name),
                    getattr(before[name], field.name),
                )
                and recorded.get(path := f"lines[{name}].{field.name}", recorded.get(f"lines[{name}]"))
                not in (was, line)
            ]
        elif recorded.get(f"lines[{name}]") != line:
            found.append(f"lines[{name}]")
    return found


def _is_accounted_for(
    base: Order | None,
    unagreed: tuple[str, ...],
    old: OrderStatus,
    new: OrderStatus,
    recorded: dict[str | None, object],
) -> bool:
    if recorded.get("status") is old or (base is not None and base.status is old):
        return True
    on_the_way = old in OPEN and new in LEDGER
    paid_further = old in PAYABLE and new in LEDGER
    reopened = old is OrderStatus.DRAFT and new is OrderStatus.CONFIRMED
    return on_the_way or paid_further or reopened


class TestSymmetry:
    """
    Neither side is favoured but by the policy.
    """

    @given(world=order_worlds())
    def test_mirror(self, world: OrderWorld) -> None:
        """
        Exchanging the sides of everything exchanges the sides of the plan.
        """
        made = world.plan()
        note(str(made))
        sides = {side: world.snapshot(side) for side in Replica}
        mirrored = mirrored_plan(world.links.values(), sides, world.policy)
        note(str(mirrored))

        assert facts(made, mirror=True) == facts(mirrored)


class TestDocument:
    """
    Plans of orders are documents like any other.
    """

    @given(world=order_worlds())
    def test_json_round_trip(self, world: OrderWorld) -> None:
        """
        Lines, statuses and conflicts on paths are read back, value for value.
        """
        made = world.plan()

        assert made == Plan.from_json(made.to_json(), Order)

    @given(world=order_worlds())
    def test_undo_puts_back_what_was_overwritten(self, world: OrderWorld) -> None:
        """
        Every field of both orders says again what it said.
        """
        before = values(world)
        made = world.plan()
        world.carry_out(made)
        for operation in made.undo().operations:
            world._update(operation)

        assert before == values(world)
