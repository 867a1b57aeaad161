"""
Random worlds: correlated records, so that sides overlap, collide and diverge.
"""

from typing import Any

import attrs
from hypothesis import strategies as st

from posgo.models.records import Link, Record, go_reference, pos_reference
from posgo.sync import Authority, Direction, OnDeleteChange, OnReceiverEdit, Replica
from support.sync_world import CHECK, Place, Thing, World, thing_policy

WORDS = st.sampled_from([None, "a", "b", " a "])
TAGS = st.lists(st.sampled_from("xyz"), unique=True, max_size=3).map(tuple)

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "code": st.sampled_from([None, "1", "2", "3"]),
    "mark": st.sampled_from([None, "m", "n"]),
    "name": st.sampled_from(["thing", "other", "third"]),
    "left": WORDS,
    "right": WORDS,
    "tags": TAGS,
    "long": st.sampled_from([None, "abc", "abcd", "abce", "xyz"]),
    "place": st.sampled_from(
        [None, Place(street="s"), Place(town="t"), Place(street="s", town="t"), Place(town="u")]
    ),
    "note": WORDS,
    "picture": WORDS,
    "ledger": WORDS,
    "archived": st.booleans(),
}

THINGS: st.SearchStrategy[Thing] = st.builds(
    Thing, **{**FIELDS, "archived": st.sampled_from([False, False, True])}
)

AUTHORITIES = st.sampled_from(list(Authority))

POLICIES = st.builds(
    thing_policy,
    name=AUTHORITIES,
    pair=AUTHORITIES,
    tags=AUTHORITIES,
    place=AUTHORITIES,
    note=st.sampled_from([Direction.POS_TO_GO, Direction.GO_TO_POS]),
    archived=st.sampled_from(list(Direction)),
    narrow=st.sampled_from(list(Replica)),
    by_part=st.booleans(),
    creates=st.sets(st.sampled_from(list(Replica))) | st.just(set(Replica)),
    references=st.sets(st.sampled_from(list(Replica))),
    checks=st.sampled_from([(), (CHECK,)]),
    on_receiver_edit=st.sampled_from(list(OnReceiverEdit)),
    on_delete_change=st.sampled_from(list(OnDeleteChange)),
)


@st.composite
def edits(draw: st.DrawFn, value: Thing) -> Thing:
    """
    A thing after somebody changed some of its fields.
    """
    names = draw(st.lists(st.sampled_from(list(FIELDS)), max_size=3))
    return attrs.evolve(value, **{name: draw(FIELDS[name]) for name in names})


@st.composite
def worlds(draw: st.DrawFn, policies: st.SearchStrategy[Any] = POLICIES) -> World:
    """
    One set of things, bent twice into two sides and their links, as a history would leave them.
    """
    world = World(policy=draw(policies))
    for number in range(draw(st.integers(0, 4))):
        origin = draw(THINGS)
        ids = {side: f"{side}{number}" for side in Replica}
        there = {side: draw(st.sampled_from([True, True, True, False])) for side in Replica}
        for side in Replica:
            if there[side]:
                world.put(side, ids[side], draw(edits(origin)), at=draw(st.integers(0, 3)))
        if draw(st.sampled_from([True, True, False])):
            world.links[ids[Replica.POS], ids[Replica.GO]] = draw(links(world, ids, origin))
        elif draw(st.booleans()):
            refer(world, draw(st.sampled_from(list(Replica))), number, draw(st.integers(0, 4)))
    return world


@st.composite
def links(draw: st.DrawFn, world: World, ids: dict[Replica, str], origin: Thing) -> Link[Thing]:
    """
    A pair whose base both sides can hold, perhaps with fields never agreed on.
    """
    bare = attrs.evolve(
        origin, picture=None, ledger=None, tags=origin.tags[:1], long=(origin.long or "")[:3] or None
    )
    unagreed = draw(st.sampled_from([(), (), (), ("name",), ("left", "right"), ("note",)]))
    return Link(pos_id=ids[Replica.POS], go_id=ids[Replica.GO], base=bare, unagreed=unagreed)


def refer(world: World, side: Replica, number: int, other: int) -> None:
    """
    Let one record name a counterpart, right or wrong.
    """
    record: Record[Any] | None = world.sides[side].get(f"{side}{number}")
    if record is not None:
        make = pos_reference if side is Replica.GO else go_reference
        world.sides[side][record.id] = attrs.evolve(record, reference=make(f"{side.other}{other}"))
