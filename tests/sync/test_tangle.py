"""
Two links that turned out to be one record.
"""

import itertools

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo.models.findings import Severity
from posgo.models.records import Link, Record, Snapshot
from posgo.sync import Kind, OnDeleteChange, Plan, Policy, Replica, Tombstone, plan
from support.sync_build import holds, linked, rules
from support.sync_strategies import worlds
from support.sync_world import Thing, World, facts, mirrored_plan, thing_policy

POS, GO = Replica.POS, Replica.GO
BASE = Thing(code="1")
POLICY = thing_policy()


def merged(side: dict[str, Thing], losers: dict[str, str], *, complete: bool = True) -> Snapshot[Thing]:
    return attrs.evolve(holds(side, complete=complete), merged=losers)


def planned(
    links: list[Link[Thing]], pos: Snapshot[Thing], go: Snapshot[Thing], policy: Policy[Thing] = POLICY
) -> Plan[Thing]:
    """
    Plan, and check on the way that neither order nor side matters, and that each step says why.
    """
    made = plan(links, pos=pos, go=go, policy=policy)
    assert all(each.reason and "None" not in each.reason for each in made.operations)
    for order in itertools.permutations(links):
        assert made == plan(order, pos=pos, go=go, policy=policy)
    swapped = {side: attrs.evolve(snapshot) for side, snapshot in ((POS, pos), (GO, go))}
    assert facts(made, mirror=True) == facts(mirrored_plan(links, swapped, policy))
    return made


def steps(made: Plan[Thing]) -> list[tuple[str, str | None, str | None]]:
    return [(each.kind.value, each.pos_id, each.go_id) for each in made.operations]


class TestMerged:
    """
    A system says which record it merged into which.
    """

    def test_the_loser_s_counterpart_goes_the_way_of_a_deleted_one_s(self) -> None:
        """
        It is archived, the pair forgotten, and what is said of it is meant of the winner.
        """
        links = [linked(BASE), linked(BASE, "p2", "g2")]
        made = planned(links, merged({"p1": BASE}, {"p2": "p1"}), holds({"g1": BASE, "g2": BASE}))

        assert [("archive", "p2", "g2"), ("unlink", "p2", "g2")] == steps(made)
        assert (Tombstone(replica=GO, loser="g2", winner="g1"),) == made.tombstones
        assert "merged into another in the POS" == made.operations[0].reason

    def test_a_change_there_is_held(self) -> None:
        """
        Even where deletions are answered by making records anew: the winner lives.
        """
        links = [linked(BASE), linked(BASE, "p2", "g2")]
        policy = thing_policy(on_delete_change=OnDeleteChange.RECREATE)
        go = holds({"g1": BASE, "g2": attrs.evolve(BASE, name="other")})
        made = planned(links, merged({"p1": BASE}, {"p2": "p1"}), go, policy)

        assert [] == steps(made)
        assert [None] == [conflict.chosen for conflict in made.conflicts]

    def test_still_listed_losers_are_not_made_anew(self) -> None:
        """
        Some systems go on listing them.
        """
        made = planned([linked(BASE)], merged({"p1": BASE, "p2": BASE}, {"p2": "p1"}), holds({"g1": BASE}))

        assert [] == steps(made)
        assert [] == rules(made)

    def test_a_link_follows_to_a_free_winner(self) -> None:
        """
        With its base, and however many merges later.
        """
        links = [linked(BASE, "p3", "g1")]
        pos = merged({"p1": attrs.evolve(BASE, name="other")}, {"p3": "p2", "p2": "p1"})
        made = planned(links, pos, holds({"g1": BASE}))

        assert [("unlink", "p3", "g1"), ("link", "p1", "g1"), ("update", "p1", "g1")] == steps(made)
        assert BASE == made.operations[1].base

    def test_two_losers_of_one_free_winner(self) -> None:
        """
        One link follows, the other's record is one too many.
        """
        links = [linked(BASE, "p2", "g2"), linked(BASE, "p3", "g3")]
        pos = merged({"p1": BASE}, {"p2": "p1", "p3": "p1"})
        made = planned(links, pos, holds({"g2": BASE, "g3": BASE}))

        assert [
            ("unlink", "p2", "g2"),
            ("link", "p1", "g2"),
            ("archive", "p3", "g3"),
            ("unlink", "p3", "g3"),
        ] == steps(made)
        assert (Tombstone(replica=GO, loser="g3", winner="g2"),) == made.tombstones

    def test_merged_on_both_sides(self) -> None:
        """
        Then only the pair is one too many.
        """
        links = [linked(BASE), linked(BASE, "p2", "g2")]
        new = Thing(code="new")
        pos = merged({"p1": BASE, "p3": new}, {"p2": "p1"})
        made = planned(links, pos, merged({"g1": BASE}, {"g2": "g1"}))

        assert [("unlink", "p2", "g2"), ("create", "p3", None)] == steps(made)

    def test_the_counterpart_is_gone_too(self) -> None:
        """
        There is nothing left to archive.
        """
        links = [linked(BASE), linked(BASE, "p2", "g2")]
        made = planned(links, merged({"p1": BASE}, {"p2": "p1"}), holds({"g1": BASE}))

        assert [("unlink", "p2", "g2")] == steps(made)

    def test_a_free_winner_does_not_pay_for_the_loser_s_counterpart(self) -> None:
        """
        That one was deleted in Go. The winner was never paired with it: it is new, and not archived.
        """
        pos = merged({"p1": Thing(code="2")}, {"p2": "p1"})
        made = planned([linked(BASE, "p2", "g2")], pos, holds({}))

        assert [("unlink", "p2", "g2"), ("create", "p1", None)] == steps(made)

    def test_a_winner_that_is_gone_too_was_deleted(self) -> None:
        """
        The pair has lost a side, as any other may.
        """
        made = planned([linked(BASE, "p2", "g2")], merged({}, {"p2": "p1"}), holds({"g2": BASE}))

        assert [("archive", "p2", "g2"), ("unlink", "p2", "g2")] == steps(made)

    @given(world=worlds(), data=st.data())
    def test_neither_side_nor_order_matters(self, world: World, data: st.DataObject) -> None:
        """
        Whatever was merged into what, the mirrored plan is the plan of the mirror, and the order of links says nothing.
        """
        sides = {}
        for side in Replica:
            ids = [f"{side}{number}" for number in range(5)]
            losers = data.draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(ids), max_size=2))
            sides[side] = attrs.evolve(world.snapshot(side), merged=losers)
        links = data.draw(st.permutations(list(world.links.values())))
        made = plan(world.links.values(), pos=sides[POS], go=sides[GO], policy=world.policy)

        assert made == plan(links, pos=sides[POS], go=sides[GO], policy=world.policy)
        assert facts(made, mirror=True) == facts(mirrored_plan(links, sides, world.policy))

    def test_references_to_the_loser_mean_the_winner(self) -> None:
        """
        Go's record was given the loser's id long ago.
        """
        go = Snapshot.of([Record(id="g1", value=Thing(), reference="pos:p2")], complete=True)
        made = plan([], pos=merged({"p1": Thing()}, {"p2": "p1"}), go=go, policy=POLICY)

        assert [("link", "p1", "g1")] == steps(made)

    @pytest.mark.parametrize(
        "losers",
        [{"p1": "p1"}, {"p1": "p2", "p2": "p1"}, {"p1": "p2", "p2": "p3", "p3": "p2"}],
        ids=["itself", "a circle", "into a circle"],
    )
    def test_a_circle_ends(self, losers: dict[str, str]) -> None:
        """
        Nonsense from a system is no endless loop.
        """
        made = plan([linked(BASE)], pos=merged({}, losers), go=holds({"g1": BASE}), policy=POLICY)

        assert Kind.UNLINK in [operation.kind for operation in made.operations]

    def test_tombstones_come_in_one_order(self) -> None:
        """
        By side, then by the id that is gone: the same plan is the same text.
        """
        links = [linked(BASE, f"p{i}", f"g{i}") for i in range(4)]
        pos = merged({"p0": BASE, "p2": BASE, "p3": BASE}, {"p1": "p0"})
        go = merged({"g0": BASE, "g1": BASE, "g2": BASE}, {"g3": "g2"})
        made = planned(links, pos, go)

        assert [(GO, "g1", "g0"), (POS, "p3", "p2")] == [
            (each.replica, each.loser, each.winner) for each in made.tombstones
        ]

    def test_in_a_delta(self) -> None:
        """
        A record the delta does not hold is unchanged, and archived unseen.
        """
        links = [linked(BASE), linked(BASE, "p2", "g2")]
        made = planned(links, merged({}, {"p2": "p1"}, complete=False), holds({}, complete=False))

        assert [("archive", "p2", "g2"), ("unlink", "p2", "g2")] == steps(made)


class TestDuplicates:
    """
    One record in two links: an accident.
    """

    @pytest.mark.parametrize("complete", [True, False])
    def test_a_person_has_to_say(self, *, complete: bool) -> None:
        """
        Everybody concerned is told and left, and others go on.
        """
        links = [linked(BASE), linked(BASE, "p1", "g2"), linked(BASE, "p3", "g3")]
        other = attrs.evolve(BASE, name="other")
        pos = holds({"p1": other, "p3": other}, complete=complete)
        go = holds({"g1": BASE, "g2": BASE, "g3": BASE}, complete=complete)
        made = planned(links, pos, go)

        assert [("update", "p3", "g3")] == steps(made)
        assert ["duplicate-link", "duplicate-link"] == rules(made)
        assert ["thing pos p1 / go g1", "thing pos p1 / go g2"] == [
            finding.where for finding in made.findings
        ]

    def test_other_pairs_are_not_concerned(self) -> None:
        """
        One that lost a side beside them goes its own way.
        """
        links = [linked(BASE), linked(BASE, "p1", "g2"), linked(BASE, "p3", "g3"), linked(BASE, "p4", "g4")]
        pos, go = holds({"p1": BASE, "p4": BASE}), holds({f"g{i}": BASE for i in range(1, 5)})
        made = planned(links, pos, go)

        assert ["duplicate-link"] * 2 == rules(made)
        assert [("archive", "p3", "g3"), ("unlink", "p3", "g3")] == steps(made)

    def test_unseen_in_a_delta(self) -> None:
        """
        Also where the shared record was not handed in.
        """
        links = [linked(BASE), linked(BASE, "p1", "g2")]
        other = attrs.evolve(BASE, name="other")
        made = planned(links, holds({}, complete=False), holds({"g1": other, "g2": other}, complete=False))

        assert [] == steps(made)
        assert ["duplicate-link", "duplicate-link"] == rules(made)

    def test_the_one_with_both_records_stands(self) -> None:
        """
        The other's record is gone; it was the same thing.
        """
        links = [linked(BASE), linked(BASE, "p2", "g1")]
        other = attrs.evolve(BASE, name="other")
        made = planned(links, holds({"p1": other}), holds({"g1": BASE}))

        assert [("unlink", "p2", "g1"), ("update", "p1", "g1")] == steps(made)
        assert "its other record is gone, and this one has another counterpart" == made.operations[0].reason
        assert (Tombstone(replica=POS, loser="p2", winner="p1"),) == made.tombstones

    def test_the_same_pair_twice(self) -> None:
        """
        With two opinions about the base, a person has to say.
        """
        links = [linked(BASE), linked(attrs.evolve(BASE, name="other"))]
        made = planned(links, holds({"p1": BASE}), holds({"g1": BASE}))

        assert ["duplicate-link", "duplicate-link"] == rules(made)
        assert [] == steps(made)

    def test_it_is_told_in_full(self) -> None:
        """
        Which pair, what is wrong with it, and what to do.
        """
        links = [linked(BASE), linked(BASE, "p1", "g2")]
        made = planned(links, holds({"p1": BASE}), holds({"g1": BASE, "g2": BASE}))

        assert (
            Severity.BLOCK,
            "thing pos p1 and go g1 are linked, and one of them to another as well",
            "remove the link that is wrong; until then none of them is touched",
        ) == (made.findings[0].severity, made.findings[0].message, made.findings[0].remedy)

    def test_nobody_is_left_to_say_which(self) -> None:
        """
        Two pairs of one record, and both counterparts gone: both are told, nothing is archived.
        """
        links = [linked(BASE), linked(BASE, "p1", "g2")]
        made = planned(links, holds({"p1": BASE}), holds({}))

        assert ([], ["duplicate-link", "duplicate-link"]) == (steps(made), rules(made))
