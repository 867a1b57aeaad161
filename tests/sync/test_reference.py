"""
The planner against a second one that is slow and obvious.
"""

from typing import Any

from hypothesis import given, note

from posgo.sync import Kind, Plan
from support.reference_planner import Reference
from support.sync_regressions import once_broken
from support.sync_strategies import worlds
from support.sync_world import Thing, World


def plain_facts(made: Plan[Thing], world: World) -> set[tuple[Any, ...]]:
    """
    A plan as the reference planner would tell it: by first field of a unit, links only where they are new.
    """
    units = {field: unit.fields[0] for unit in world.policy.shared for field in unit.fields}
    facts: set[tuple[Any, ...]] = set()
    for each in made.operations:
        pair = (each.pos_id, each.go_id)
        if each.kind is Kind.UNLINK:
            facts.add(("unlink", *pair))
        elif each.kind is Kind.LINK and pair not in world.links:
            facts.add(("link", *pair))
        elif each.kind is Kind.CREATE:
            facts.add(("create", each.replica, each.pos_id or each.go_id))
        else:
            facts |= {("write", *pair, each.replica, units[change.field]) for change in each.changes}
    for conflict in made.conflicts:
        if "held more than" not in conflict.why:
            field = conflict.field and units[conflict.field]
            facts.add(("conflict", conflict.pos_id, conflict.go_id, field, conflict.chosen))
    return facts


class TestReference:
    """
    Two planners, one opinion.
    """

    @once_broken
    @given(world=worlds())
    def test_both_planners_say_the_same(self, world: World) -> None:
        """
        Every write, link, creation and conflict, in every world.
        """
        made = world.plan()
        note(str(made))

        assert Reference(world).run() == plain_facts(made, world)
