"""
Records that stand alone, new or left behind: why each operation is planned, and what a person is told.
"""

import attrs
import pytest

from posgo.exceptions import ModelError
from posgo.models.findings import Severity
from posgo.models.records import Link, Snapshot
from posgo.sync import (
    Authority,
    Direction,
    OnDeleteChange,
    OnReceiverEdit,
    Plan,
    Policy,
    Replica,
    Unit,
    plan,
    resolve,
)
from support.sync_build import holds, linked, rules
from support.sync_world import CHECK, Thing, thing_policy

POS, GO = Replica.POS, Replica.GO
BASE = Thing(code="1", name="thing")
OTHER = attrs.evolve(BASE, name="other")
ARCHIVED = attrs.evolve(BASE, archived=True)


def left_behind(policy: Policy[Thing], survivor: Replica, value: Thing, base: Thing = BASE) -> Plan[Thing]:
    """
    Plan a pair whose other record was deleted.
    """
    own_id = "p1" if survivor is POS else "g1"
    sides: dict[Replica, Snapshot[Thing]] = {survivor: holds({own_id: value}), survivor.other: holds({})}
    return plan([linked(base)], pos=sides[POS], go=sides[GO], policy=policy)


def reasons(made: Plan[Thing]) -> list[str]:
    return [f"{each.kind.value}: {each.reason}" for each in made.operations]


class TestDeleted:
    """
    A pair one side of which is gone.
    """

    @pytest.mark.parametrize(
        ("policy", "survivor", "value", "expected"),
        [
            (thing_policy(), GO, BASE, ["archive: deleted in the POS", "unlink: deleted in the POS"]),
            (thing_policy(), POS, ARCHIVED, ["unlink: deleted in Go, archived in the POS"]),
            (
                thing_policy(on_delete_change=OnDeleteChange.ARCHIVE),
                GO,
                OTHER,
                [
                    "archive: deleted in the POS, changed in Go; the policy archives it",
                    "unlink: deleted in the POS, changed in Go; the policy archives it",
                ],
            ),
            (
                thing_policy(on_delete_change=OnDeleteChange.RECREATE),
                POS,
                OTHER,
                [
                    "unlink: deleted in Go, changed in the POS; the policy makes it anew",
                    "create: deleted in Go, changed in the POS; the policy makes it anew",
                ],
            ),
            (
                thing_policy(archived=Direction.POS_TO_GO, on_receiver_edit=OnReceiverEdit.RESTORE),
                POS,
                BASE,
                [
                    "unlink: deleted in Go, which is not where it is decided; restored",
                    "create: deleted in Go, which is not where it is decided; restored",
                ],
            ),
            (thing_policy(archived=Direction.POS_TO_GO), POS, BASE, ["link: deleted in Go; told once"]),
        ],
    )
    def test_why(self, policy: Policy[Thing], survivor: Replica, value: Thing, expected: list[str]) -> None:
        """
        Every operation of it says what happened where, and what rule followed.
        """
        assert expected == reasons(left_behind(policy, survivor, value))

    def test_on_both_sides(self) -> None:
        """
        Nothing is left to be kept alike.
        """
        made = plan([linked(BASE)], pos=holds({}), go=holds({}), policy=thing_policy())

        assert ["unlink: deleted on both sides"] == reasons(made)

    def test_made_anew(self) -> None:
        """
        The old pair is forgotten because the record was made again, and meets its counterpart once more.
        """
        made = plan([linked(BASE)], pos=holds({"p1": BASE}), go=holds({"g2": BASE}), policy=thing_policy())

        assert ["unlink: its counterpart was deleted and made anew", "link: same code"] == reasons(made)

    def test_taken_back_into_use_where_it_is_not_decided(self) -> None:
        """
        Archived by the owner, taken into use on the other side, then deleted by the owner: recorded, with the rule.
        """
        policy = thing_policy(archived=Direction.POS_TO_GO)
        (conflict,) = left_behind(policy, GO, BASE, base=ARCHIVED).conflicts

        assert ("archived", True, None, False, POS, "deleted in the POS; the POS owns it") == (
            conflict.field,
            conflict.base,
            conflict.pos,
            conflict.go,
            conflict.chosen,
            conflict.why,
        )

    @pytest.mark.parametrize("unagreed", [(), ("name",)])
    def test_decided_by_a_person(self, unagreed: tuple[str, ...]) -> None:
        """
        The deletion stands: what was never agreed on asks no second time.
        """
        policy, sides = thing_policy(), {"pos": holds({"p1": OTHER}), "go": holds({})}
        link = Link(pos_id="p1", go_id="g1", base=BASE, unagreed=unagreed)
        decided = resolve(link, plan([link], policy=policy, **sides).conflicts, choose=GO, policy=policy)
        assert decided is not None
        made = plan([decided], policy=policy, **sides)

        assert ((), ["archive: deleted in Go", "unlink: deleted in Go"]) == (made.conflicts, reasons(made))

    def test_a_deletion_that_does_not_flow(self) -> None:
        """
        It is told by its pair, with what can be done.
        """
        (finding,) = left_behind(thing_policy(archived=Direction.POS_TO_GO), POS, BASE).findings

        assert (
            "one-way-delete",
            "deleted in Go, but deletions do not flow to the POS",
            "archive it in the POS too, or make it anew in Go",
            "thing pos p1 / go g1",
        ) == (finding.rule, finding.message, finding.remedy, finding.where)


@attrs.frozen(kw_only=True)
class Half:
    """
    A model that needs one of its fields.
    """

    mine: str | None = None
    shared: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.mine is None and self.shared is None:
            raise ModelError("one of them is needed")


HALF: Policy[Half] = Policy(
    model=Half,
    shared=(Unit(fields="shared", authority=Authority.POS),),
    owned={"mine": GO},
    archived=None,
    references=(),
)


class TestNew:
    """
    A record without a counterpart.
    """

    @pytest.mark.parametrize(
        ("source", "where", "why"),
        [(POS, "thing pos x", "new in the POS"), (GO, "thing go x", "new in Go")],
    )
    def test_it_is_named(self, source: Replica, where: str, why: str) -> None:
        """
        By the only id it has: why it is made, or which record is in the way.
        """
        sides: dict[Replica, Snapshot[Thing]] = {source: holds({"x": Thing()}), source.other: holds({})}
        made = plan([], pos=sides[POS], go=sides[GO], policy=thing_policy())
        refused = plan([], pos=sides[POS], go=sides[GO], policy=thing_policy(checks=(CHECK,)))

        assert [f"create: {why}"] == reasons(made)
        assert ((), [("no-key", where)]) == (
            refused.operations,
            [(finding.rule, finding.where) for finding in refused.findings],
        )

    def test_what_cannot_be_without_its_owned_fields(self) -> None:
        """
        Nothing is made; the finding names the record and the kind of error, never a value.
        """
        made = plan([], pos=holds({}), go=holds({"x": Half(mine="secret")}), policy=HALF)
        (finding,) = made.findings

        assert () == made.operations
        assert ("impossible-value", Severity.BLOCK, "half go x") == (
            finding.rule,
            finding.severity,
            finding.where,
        )
        assert "the half the two sides come to cannot exist (ModelError)" == finding.message


class TestToldOnce:
    """
    What was told of a pair stands in its link.
    """

    def test_a_deletion_undone_is_told_again(self) -> None:
        """
        The note goes when the record is back.
        """
        link = Link(pos_id="p1", go_id="g1", base=BASE, noted=(("deleted", "go"),))
        policy = thing_policy(archived=Direction.POS_TO_GO)
        gone = plan([link], pos=holds({"p1": BASE}), go=holds({}), policy=policy)
        back = plan([link], pos=holds({"p1": BASE}), go=holds({"g1": BASE}), policy=policy)

        assert ((), []) == (gone.operations, rules(gone))
        assert [()] == [operation.noted for operation in back.operations]
