"""
Worlds that once broke a promise of the engine, as small as they came out: every property meets them first.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import attrs
from hypothesis import example

from posgo.models.records import Link, go_reference
from posgo.sync import Direction, Replica
from support.sync_world import Thing, World, thing_policy

Test = TypeVar("Test", bound=Callable[..., Any])
POS, GO = Replica.POS, Replica.GO


def once_broken(test: Test) -> Test:
    """
    Let a property of worlds meet all of them.
    """
    for world in _worlds():
        test = example(world=world)(test)
    return test


def _worlds() -> Iterator[World]:
    yield _an_archived_claimant()
    yield _an_archived_claimant(of_two=True)
    yield _taken_back_and_deleted()
    yield _recognised_by_another_key()


def _an_archived_claimant(*, of_two: bool = False) -> World:
    """
    It steps back behind the record in use that names the same counterpart, and then met another by its code.
    """
    world = World(policy=thing_policy())
    world.put(POS, "pos0", Thing(name="in use"))
    world.put(POS, "pos1", Thing(code="1", archived=True))
    world.put(GO, "go0", Thing(name="named"))
    world.put(GO, "go1", Thing(code="1"))
    if of_two:
        world.put(GO, "go2", Thing(code="1"))
    for claimant in ("pos0", "pos1"):
        world.sides[POS][claimant] = attrs.evolve(world.sides[POS][claimant], reference=go_reference("go0"))
    return world


def _taken_back_and_deleted() -> World:
    """
    Taken back into use in the POS, where that is not decided, and deleted in Go: archived again without a word.
    """
    world = World(policy=thing_policy(archived=Direction.GO_TO_POS))
    world.put(POS, "pos0", Thing())
    world.links["pos0", "go0"] = Link(pos_id="pos0", go_id="go0", base=Thing(archived=True))
    return world


def _recognised_by_another_key() -> World:
    """
    Two share a code nobody else has, and one of them is met by its mark: it was told of as if both were new.
    """
    world = World(policy=thing_policy())
    world.put(POS, "pos0", Thing(code="1", mark="m"))
    world.put(POS, "pos1", Thing(code="1"))
    world.put(GO, "go0", Thing(mark="m"))
    return world
