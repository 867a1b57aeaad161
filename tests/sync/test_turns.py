"""
In which order a plan says what it has to say, whatever order it was asked in.
"""

from collections.abc import Iterable

import attrs

from posgo.models.records import Snapshot
from posgo.sync import Direction, Plan, Policy, Replica, plan
from support.sync_build import holds, linked, written
from support.sync_world import Thing, thing_policy

POS, GO = Replica.POS, Replica.GO
BASE = Thing(code="1")


def planned(
    policy: Policy[Thing], pos: Snapshot[Thing], go: Snapshot[Thing], ids: Iterable[int]
) -> Plan[Thing]:
    """
    Plan pairs of ``p1`` and ``g1``, ``p2`` and ``g2``, and so on.
    """
    return plan([linked(BASE, f"p{n}", f"g{n}") for n in ids], pos=pos, go=go, policy=policy)


def test_new_records_by_their_ids() -> None:
    """
    Those of Go first, for they have no id in the POS yet; then the POS's. Nothing depends on who was listed first.
    """
    pos, go = ({each: Thing(name=each) for each in ids} for ids in (("A1", "A2"), ("B1", "B2")))
    backwards = [dict(reversed(side.items())) for side in (pos, go)]
    plans = [
        plan([], pos=holds(ours), go=holds(theirs), policy=thing_policy())
        for ours, theirs in ((pos, go), backwards)
    ]

    assert plans[0] == plans[1]
    assert [(None, "B1"), (None, "B2"), ("A1", None), ("A2", None)] == [
        (each.pos_id, each.go_id) for each in plans[0].operations
    ]


def test_both_sides_of_a_pair() -> None:
    """
    Go is written before the POS, in whichever order the policy has the fields.
    """
    policy = thing_policy()
    turned = attrs.evolve(policy, shared=reversed(policy.shared))
    pos, go = (holds({"p1": attrs.evolve(BASE, name="n")}), holds({"g1": attrs.evolve(BASE, code="2")}))

    for each in (policy, turned):
        assert [GO, POS] == [operation.replica for operation in planned(each, pos, go, [1]).operations]


def test_out_of_use_at_last() -> None:
    """
    Archived in the POS while Go cleared the first of its codes, which moves both: the archiving waits for that.
    """
    tagged = attrs.evolve(BASE, tags=("a",))
    made = plan(
        [linked(tagged)],
        pos=holds({"p1": attrs.evolve(BASE, tags=("a", "b"), archived=True)}),
        go=holds({"g1": BASE}),
        policy=thing_policy(),
    )

    assert [
        ("update", GO, {"tags": ("b",)}),
        ("update", POS, {"tags": ("b",)}),
        ("archive", GO, {"archived": True}),
    ] == written(made)


def test_findings_by_record() -> None:
    """
    Of one rule, by the record they are about, and by their words only after that.
    """
    policy = thing_policy(note=Direction.POS_TO_GO, archived=Direction.POS_TO_GO)
    pos = holds({f"p{n}": BASE for n in (1, 2)})
    edits = {"g1": attrs.evolve(BASE, note="n"), "g2": attrs.evolve(BASE, archived=True, note="n")}
    made = planned(policy, pos, holds(edits), [2, 1])

    assert [
        ("thing pos p1 / go g1", "note"),
        ("thing pos p2 / go g2", "archived"),
        ("thing pos p2 / go g2", "note"),
    ] == [(finding.where, finding.message.split()[0]) for finding in made.findings]
