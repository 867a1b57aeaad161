"""
First contact: who is who, and who cannot be told.
"""

from typing import Any

import attrs
import pytest

from posgo.models.parties import Customer
from posgo.models.records import Record, Snapshot, go_reference, pos_reference
from posgo.sync import Kind, Plan, Replica, plan
from posgo.sync.policies import customers
from support.sync_build import holds, linked, rules
from support.sync_world import Thing, World, thing_policy

POS, GO = Replica.POS, Replica.GO
POLICY = thing_policy(references=Replica)


def things(complete: bool = True, **values: Thing | Record[Thing]) -> Snapshot[Thing]:  # noqa: FBT001, FBT002
    records = [
        attrs.evolve(value, id=own_id) if isinstance(value, Record) else Record(id=own_id, value=value)
        for own_id, value in values.items()
    ]
    return Snapshot.of(records, complete=complete)


def refers(reference: str, **fields: Any) -> Record[Thing]:
    return Record(id="any", value=Thing(**fields), reference=reference)


def meet(pos: Snapshot[Thing], go: Snapshot[Thing]) -> Plan[Thing]:
    return plan([], pos=pos, go=go, policy=POLICY)


def pairs(made: Plan[Any]) -> list[tuple[str | None, str | None, str]]:
    return [(each.pos_id, each.go_id, each.reason) for each in made.operations if each.kind is Kind.LINK]


def created(made: Plan[Any]) -> list[str | None]:
    return [each.pos_id or each.go_id for each in made.operations if each.kind is Kind.CREATE]


class TestReferences:
    """
    What a record says of its counterpart comes first.
    """

    @pytest.mark.parametrize(
        ("pos", "go"),
        [
            (things(p1=Thing()), things(g1=refers("pos:p1"))),
            (things(p1=refers("go:g1")), things(g1=Thing())),
            (things(p1=refers("go:g1")), things(g1=refers("pos:p1"))),
        ],
    )
    def test_either_side_may_say_it(self, pos: Snapshot[Thing], go: Snapshot[Thing]) -> None:
        """
        Both saying it is the same thing.
        """
        assert [("p1", "g1", "same reference")] == pairs(meet(pos, go))

    def test_it_goes_before_every_key(self) -> None:
        """
        A code shared with another record does not count then.
        """
        made = meet(things(p1=Thing(code="1"), p2=Thing(code="2")), things(g1=refers("pos:p2", code="1")))

        assert [("p2", "g1", "same reference")] == pairs(made)
        assert ["p1"] == created(made)

    def test_hashed_references_are_recognised(self) -> None:
        """
        An id too long for Go is found by its hash, among others.
        """
        long = "x" * 60
        pos = Snapshot.of(
            [Record(id=own_id, value=Thing()) for own_id in ("a", "y" * 60, long)], complete=True
        )
        made = meet(pos, things(g1=refers(pos_reference(long))))

        assert [(long, "g1", "same reference")] == pairs(made)

    @pytest.mark.parametrize(("length", "hashed"), [(46, False), (47, True), (48, True)])
    def test_either_way_round_and_at_the_limit(self, length: int, *, hashed: bool) -> None:
        """
        Fifty characters, prefix included; of Go's ids in the POS too.
        """
        own = "x" * length
        pos_side = meet(
            things(p1=refers(go_reference(own + "y"))),
            Snapshot.of([Record(id=own + "y", value=Thing())], complete=True),
        )
        go_side = meet(
            Snapshot.of([Record(id=own, value=Thing())], complete=True), things(g1=refers(pos_reference(own)))
        )

        assert hashed is (own not in pos_reference(own))
        assert [("p1", own + "y", "same reference")] == pairs(pos_side)
        assert [(own, "g1", "same reference")] == pairs(go_side)

    def test_a_widow_that_claims_another_s_counterpart_is_left(self) -> None:
        """
        It is not archived before a person has looked.
        """
        base = Thing(code="1")
        made = plan(
            [linked(base), linked(base, "p2", "g2")],
            pos=things(p1=base),
            go=things(g1=base, g2=refers("pos:p1", code="1")),
            policy=POLICY,
        )

        assert ["already-linked"] == rules(made)
        assert made.is_empty

    @pytest.mark.parametrize("reference", ["shop-99", "p1", "pos:nobody", "go:p1", pos_reference("z" * 60)])
    def test_somebody_else_s_reference_says_nothing(self, reference: str) -> None:
        """
        Neither a bare id nor a record that does not exist.
        """
        made = meet(things(p1=Thing()), things(g1=refers(reference)))

        assert [] == pairs(made)
        assert {"p1", "g1"} == set(created(made))

    def test_only_blank_references_are_written(self) -> None:
        """
        Somebody else's is left, and told.
        """
        made = meet(things(p1=Thing(code="1")), things(g1=refers("shop-99", code="1")))

        assert (POS,) == made.operations[0].write_reference
        assert ["foreign-reference"] == rules(made)
        assert "Go" in made.findings[0].message

    def test_a_right_reference_is_left_in_silence(self) -> None:
        """
        What is there need not be written.
        """
        made = meet(things(p1=refers("go:g1")), things(g1=refers("pos:p1")))

        assert () == made.operations[0].write_reference
        assert [] == rules(made)

    def test_what_has_a_counterpart_is_not_given_a_second(self) -> None:
        """
        The claimant is left alone; the linked pair lives on.
        """
        base = Thing(code="1")
        made = plan(
            [linked(base)],
            pos=things(p1=attrs.evolve(base, name="other")),
            go=things(g1=base, g2=refers("pos:p1", code="2")),
            policy=POLICY,
        )

        assert ["already-linked"] == rules(made)
        assert "thing go g2 says it is pos p1, which is spoken for" == made.findings[0].message
        assert [Kind.UPDATE] == [operation.kind for operation in made.operations]

    def test_nor_is_who_claims_it(self) -> None:
        """
        A record that names a claimant is held with it.
        """
        base = Thing(code="1")
        made = plan(
            [linked(base)],
            pos=things(p1=base, p2=refers("go:g2")),
            go=things(g1=base, g2=refers("pos:p1")),
            policy=POLICY,
        )

        assert ["already-linked", "already-linked"] == rules(made)
        assert made.is_empty

    def test_a_chain_is_ambiguous_as_a_whole(self) -> None:
        """
        Three that name each other crosswise cannot be paired.
        """
        made = meet(things(p1=refers("go:g1"), p2=Thing()), things(g1=refers("pos:p2")))

        assert ["ambiguous"] == rules(made)
        assert "things pos p1, p2 and go g1 share one reference" == made.findings[0].message
        assert made.is_empty

    def test_references_are_made_as_they_are_read(self) -> None:
        """
        A created record is recognised by what it was given.
        """
        world = World(policy=POLICY)
        world.put(POS, "p1", Thing(code="1"))
        (create,) = world.plan().operations
        world.do(create, remember=False)

        assert pos_reference("p1") == create.reference
        assert [Kind.LINK] == [operation.kind for operation in world.plan().operations]

    def test_links_and_updates_have_no_reference(self) -> None:
        """
        Only what is made carries one.
        """
        made = meet(things(p1=Thing(code="1")), things(g1=Thing(code="1")))

        assert None is made.operations[0].reference
        assert go_reference("g1") == attrs.evolve(made.operations[0], replica=POS).reference


class TestKeys:
    """
    Keys in their order.
    """

    def test_a_match_is_one_on_each_side(self) -> None:
        """
        Who is matched by the first key is not asked for the second.
        """
        made = meet(
            things(p1=Thing(code="1", mark="m"), p2=Thing(mark="m")),
            things(g1=Thing(code="1", mark="x"), g2=Thing(mark="m")),
        )

        assert [("p1", "g1", "same code"), ("p2", "g2", "same mark")] == pairs(made)

    @pytest.mark.parametrize(
        ("pos", "go", "named"),
        [
            (
                things(p1=Thing(code="1"), p2=Thing(code="1")),
                things(g1=Thing(code="1")),
                "pos p1, p2 and go g1",
            ),
            (
                things(p1=Thing(code="1")),
                things(g1=Thing(code="1"), g2=Thing(code="1")),
                "pos p1 and go g1, g2",
            ),
        ],
    )
    def test_ambiguity_names_everybody_and_touches_nobody(
        self, pos: Snapshot[Thing], go: Snapshot[Thing], named: str
    ) -> None:
        """
        Not even by a later key that could tell them apart.
        """
        made = meet(pos, go)

        assert ["ambiguous"] == rules(made)
        assert f"things {named} share one code" == made.findings[0].message
        assert f"thing {named}" == made.findings[0].where
        assert made.findings[0].blocks
        assert made.is_empty

    def test_one_sided_and_archived_groups_stop_nobody(self) -> None:
        """
        Whichever group comes first.
        """
        made = meet(
            things(p1=Thing(code="1"), p2=Thing(code="2", archived=True), p3=Thing(code="3")),
            things(g2=Thing(code="2", archived=True), g3=Thing(code="3")),
        )

        assert [("p3", "g3", "same code")] == pairs(made)
        assert ["p1"] == created(made)

    def test_others_go_on(self) -> None:
        """
        One ambiguity stops nobody else.
        """
        made = meet(
            things(p1=Thing(code="1"), p2=Thing(code="1"), p3=Thing(code="3")), things(g1=Thing(code="1"))
        )

        assert ["p3"] == created(made)

    def test_a_key_shared_on_one_side_is_a_warning(self) -> None:
        """
        Departments share organisation numbers: each gets its counterpart.
        """
        made = meet(things(p1=Thing(code="1"), p2=Thing(code="1")), things())

        assert ["shared-key"] == rules(made)
        assert "things p1, p2 in the POS share one code" == made.findings[0].message
        assert not made.findings[0].blocks
        assert ["p1", "p2"] == created(made)

    def test_not_where_nothing_is_made_anyway(self) -> None:
        """
        Nor of records out of use.
        """
        alike = {"p1": Thing(code="1"), "p2": Thing(code="1")}
        archived = {own_id: attrs.evolve(value, archived=True) for own_id, value in alike.items()}

        assert [] == rules(plan([], pos=holds(alike), go=holds({}), policy=thing_policy(creates=[POS])))
        assert [] == rules(plan([], pos=holds(archived), go=holds({}), policy=POLICY))

    def test_archived_records_step_back(self) -> None:
        """
        A duplicate is often archived; then the other one is meant.
        """
        made = meet(
            things(p1=Thing(code="1"), p2=Thing(code="1", archived=True)),
            things(g1=Thing(code="1", archived=True), g2=Thing(code="1")),
        )

        assert [("p1", "g2", "same code")] == pairs(made)
        assert [] == created(made)

    def test_two_out_of_use_are_each_other_s(self) -> None:
        """
        Alike by one key and archived on both sides, neither is taken for what shares a later key with it.
        """
        old = Thing(code="1", mark="m", archived=True)
        other = Thing(code="2", mark="m")

        for pos, go in (
            (things(p1=old), things(g1=Thing(code="1", archived=True), g2=other)),
            (things(p1=Thing(code="1", archived=True), p2=other), things(g1=old)),
            (things(p1=old), things(g1=refers("pos:p1", archived=True), g2=other)),
        ):
            made = meet(pos, go)
            assert ([], []) == (pairs(made), [each for each in made.operations if each.kind is Kind.UPDATE])

    def test_two_organisation_numbers_are_two_companies(self) -> None:
        """
        Whatever else is equal; what it means, a person says.
        """
        pos = Customer(name="Kafe", email="post@example.no", organization_number="974760673")
        go = Customer(name="Kafe", email="post@example.no", organization_number="889640782")
        made = plan([], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=customers())

        assert ["ambiguous"] == rules(made)
        assert "share one e-mail and name, but not their organisation number" in made.findings[0].message
        assert made.is_empty

    def test_an_unknown_organisation_number_contradicts_nothing(self) -> None:
        """
        It is filled from the other side.
        """
        pos = Customer(name="Kafe", email="post@example.no", organization_number="974760673")
        go = Customer(name="Kafe", email="post@example.no")
        made = plan([], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=customers())

        assert [("p1", "g1", "same e-mail and name")] == pairs(made)
        assert () == made.conflicts
        assert ["organization_number"] == [
            change.field for each in made.operations for change in each.changes
        ]

    def test_two_of_one_decisive_number_are_one(self) -> None:
        """
        Equal numbers that did not match by themselves contradict nothing either.
        """
        one = Customer(name="Kafe", email="post@example.no", organization_number="974760673")
        made = plan([], pos=holds({"p1": one}), go=holds({"g1": one}), policy=customers())

        assert [("p1", "g1", "same organisation number")] == pairs(made)


class TestAnew:
    """
    Deleted and made anew.
    """

    def test_the_new_record_takes_the_old_one_s_place(self) -> None:
        """
        Nothing is archived and nothing made; blanks of the new record are filled.
        """
        base = Thing(code="1", left="a")
        world = World(policy=thing_policy(), links={("p1", "g1"): linked(base)})
        world.put(POS, "p9", Thing(code="1"))
        world.put(GO, "g1", base)
        made = world.plan()
        world.carry_out(made)

        assert [Kind.UNLINK, Kind.LINK, Kind.UPDATE] == [operation.kind for operation in made.operations]
        assert [("p9", "g1")] == list(world.links)
        assert "a" == world.sides[POS]["p9"].value.left
        assert world.plan().is_empty

    def test_two_widows_find_each_other(self) -> None:
        """
        Each lost its counterpart, and both are the same thing.
        """
        base = Thing(code="1")
        links = [linked(base), linked(base, "p2", "g2")]
        made = plan(links, pos=things(p1=base), go=things(g2=base), policy=POLICY)

        assert [Kind.UNLINK, Kind.UNLINK, Kind.LINK] == [operation.kind for operation in made.operations]

    def test_an_ambiguous_widow_is_not_archived(self) -> None:
        """
        Nobody named in an ambiguity is touched.
        """
        base = Thing(code="1")
        made = plan([linked(base)], pos=things(p8=base, p9=base), go=things(g1=base), policy=POLICY)

        assert ["ambiguous"] == rules(made)
        assert made.is_empty


class TestFirstMerge:
    """
    What is merged when two records meet.
    """

    def test_blanks_are_filled_whatever_the_authority(self) -> None:
        """
        From both sides; nothing is a conflict.
        """
        made = meet(things(p1=Thing(code="1", left="a")), things(g1=Thing(code="1", mark="m")))

        assert () == made.conflicts
        assert {("go", "left"), ("pos", "mark")} == {
            (each.replica, change.field) for each in made.operations for change in each.changes
        }

    def test_two_things_said_need_the_authority(self) -> None:
        """
        The losing value stands in the conflict, without a base.
        """
        made = meet(things(p1=Thing(code="1", mark="m")), things(g1=Thing(code="1", mark="n")))

        assert [("mark", None, "m", "n", POS)] == [
            (c.field, c.base, c.pos, c.go, c.chosen) for c in made.conflicts
        ]
        assert "they differed when the two records met" in made.conflicts[0].why

    def test_stopped_after_the_link_the_next_plan_asks_for_the_same(self) -> None:
        """
        The loser counts as unchanged until it was written.
        """
        world = World(policy=thing_policy())
        world.put(POS, "p1", Thing(code="1", mark="m", left="a"))
        world.put(GO, "g1", Thing(code="1", mark="n", right="b"))
        first = world.plan()
        world.do(first.operations[0])
        second = world.plan()

        assert [each.changes for each in first.operations[1:]] == [each.changes for each in second.operations]

    def test_what_is_owned_is_no_part_of_the_base(self) -> None:
        """
        Nor of any write.
        """
        made = meet(things(p1=Thing(code="1", picture="x")), things(g1=Thing(code="1", ledger="y")))

        assert [Thing(code="1")] == [operation.base for operation in made.operations]
