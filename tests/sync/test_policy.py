"""
Policies: what contradicts itself cannot be built.
"""

import enum
from datetime import timedelta
from operator import attrgetter, eq
from typing import Any

import attrs
import pytest

import posgo.sync
from posgo.exceptions import ConfigurationError, ModelError
from posgo.sync import (
    Authority,
    Check,
    ConflictKind,
    Direction,
    Guard,
    Key,
    Kind,
    OnDeleteChange,
    OnReceiverEdit,
    Policy,
    Replica,
    Seal,
    Unit,
)
from support.sync_world import Place, Thing, thing_policy

PUBLIC = [getattr(posgo.sync, name) for name in posgo.sync.__all__]
VALUES = [each for each in PUBLIC if isinstance(each, type) and attrs.has(each)]


@attrs.frozen(kw_only=True)
class Small:
    """
    A model of three fields.
    """

    name: str = ""
    picture: str | None = None
    place: Place | None = None
    archived: bool = False


def small(**changed: Any) -> Policy[Small]:
    facts: dict[str, Any] = {
        "model": Small,
        "shared": (Unit(fields="name"), Unit(fields="archived")),
        "owned": {"picture": Replica.POS, "place": Replica.GO},
    }
    return Policy(**{**facts, **changed})


class TestPolicy:
    """
    Everything wrong with a policy is told at once.
    """

    def test_a_sound_one(self) -> None:
        """
        Every field is shared or owned; texts stand for members.
        """
        policy = small(owned={"picture": "pos", "place": "go"}, creates=["go"])

        assert {"picture": Replica.POS, "place": Replica.GO} == dict(policy.owned)
        assert frozenset({Replica.GO}) == policy.creates
        assert "small" == policy.noun

    @pytest.mark.parametrize(
        ("problem", "changed"),
        [
            (
                "colour is no field of the model",
                {"owned": {"picture": "pos", "place": "go", "colour": "pos"}},
            ),
            ("picture is neither shared nor owned", {"owned": {"place": "go"}}),
            ("name is both shared and owned", {"owned": {"picture": "pos", "place": "go", "name": "pos"}}),
            ("name is shared twice", {"shared": (Unit(fields=("name", "name")), Unit(fields="archived"))}),
            (
                "name is shared twice",
                {"shared": (Unit(fields="name"), Unit(fields="name"), Unit(fields="archived"))},
            ),
            (
                "place.town is shared twice",
                {
                    "shared": (
                        Unit(fields="name"),
                        Unit(fields=("place", "place.town")),
                        Unit(fields="archived"),
                    ),
                    "owned": {"picture": "pos"},
                },
            ),
            (
                "place.town.street: a part may be one level deep",
                {
                    "shared": (
                        Unit(fields="name"),
                        Unit(fields="place.town.street"),
                        Unit(fields="archived"),
                    ),
                    "owned": {"picture": "pos"},
                },
            ),
            (
                "a unit needs a field",
                {"shared": (Unit(fields="name"), Unit(fields=()), Unit(fields="archived"))},
            ),
            (
                "name flows one way: its owner decides",
                {
                    "shared": (
                        Unit(fields="name", direction=Direction.POS_TO_GO, authority=Authority.POS),
                        Unit(fields="archived"),
                    )
                },
            ),
            ("archived must be a shared unit by itself", {"shared": (Unit(fields=("name", "archived")),)}),
            ("gone must be a shared unit by itself", {"archived": "gone"}),
            ("clock_skew must not be negative", {"clock_skew": timedelta(seconds=-1)}),
            ("the model must be an attrs class", {"model": dict}),
        ],
    )
    def test_contradictions(self, problem: str, changed: dict[str, Any]) -> None:
        """
        One sentence each, naming the field.
        """
        with pytest.raises(ConfigurationError) as caught:
            small(**changed)

        assert any(each.startswith(problem) for each in caught.value.problems)

    def test_all_at_once(self) -> None:
        """
        Nobody mends a policy one error at a time.
        """
        with pytest.raises(ConfigurationError) as caught:
            small(owned={"colour": "pos"}, clock_skew=timedelta(seconds=-1))

        assert [
            "colour is no field of the model",
            "picture is neither shared nor owned",
            "place is neither shared nor owned",
            "clock_skew must not be negative",
        ] == [each.partition(":")[0] for each in caught.value.problems]
        assert "the policy of Small has 4 problems" in str(caught.value)

    def test_a_model_need_not_be_archivable(self) -> None:
        """
        Then nothing is archived anywhere.
        """
        policy = small(archived=None)

        assert [False, False] == [policy.may_archive(side) for side in Replica]

    @pytest.mark.parametrize(
        ("direction", "expected"),
        [
            (Direction.BOTH, [True, True]),
            (Direction.POS_TO_GO, [False, True]),
            (Direction.GO_TO_POS, [True, False]),
        ],
    )
    def test_deletions_flow_as_archived_flows(self, direction: Direction, expected: list[bool]) -> None:
        """
        The direction of the field says where records may be archived.
        """
        policy = thing_policy(archived=direction)

        assert expected == [policy.may_archive(side) for side in Replica]

    def test_a_unit_both_ways_has_no_owner(self) -> None:
        """
        Asking for it is a mistake of the caller.
        """
        with pytest.raises(ModelError, match="nobody owns it"):
            _ = Unit(fields=("left", "right")).owner

    def test_values_compare(self) -> None:
        """
        Two policies of one content are one policy.
        """
        assert small() == small()
        assert thing_policy() != thing_policy(name=Authority.GO)
        assert Thing == thing_policy().model


class TestModel:
    """
    What records are described by.
    """

    @pytest.mark.parametrize(
        ("model", "named"), [(Thing(name="Kari Nordmann"), "Thing"), ("Kari Nordmann", "str"), (dict, "dict")]
    )
    def test_a_value_is_no_model(self, model: Any, named: str) -> None:
        """
        One problem and the name of its class are told, and nothing of what it says.
        """
        with pytest.raises(ConfigurationError) as caught:
            Policy(model=model, shared=(Unit(fields="name"),))

        assert f"the policy of {named}: the model must be an attrs class" == str(caught.value)


class TestValues:
    """
    Policies and plans are values: named, fixed, and of the members their texts stand for.
    """

    @pytest.mark.parametrize(
        ("expected", "members"),
        [
            ("pos go", Replica),
            ("pos go newest hold", Authority),
            ("both pos-to-go go-to-pos", Direction),
            ("leave restore", OnReceiverEdit),
            ("hold recreate archive", OnDeleteChange),
            ("link create update archive unlink", Kind),
            ("field delete/change", ConflictKind),
        ],
    )
    def test_texts_are_fixed(self, expected: str, members: type[enum.StrEnum]) -> None:
        """
        They stand in stored plans and in settings.
        """
        assert expected == " ".join(members)

    @pytest.mark.parametrize("value", VALUES)
    def test_everything_is_given_by_name(self, value: type[Any]) -> None:
        """
        So that a field may be added between others.
        """
        assert all(field.kw_only for field in attrs.fields(value))

    def test_texts_become_members(self) -> None:
        """
        In a unit as in a policy.
        """
        unit = Unit(fields="name", direction="pos-to-go", narrow="pos")
        decided = Unit(fields="name", authority="newest")
        policy = small(
            creates=["go"], references=["pos"], on_receiver_edit="restore", on_delete_change="archive"
        )
        made = (
            *(unit.fields, unit.direction, unit.narrow, unit.authority, decided.authority),
            *(policy.creates, policy.references, policy.on_receiver_edit, policy.on_delete_change),
        )

        assert repr(
            (
                *(("name",), Direction.POS_TO_GO, Replica.POS, None, Authority.NEWEST),
                *(frozenset({Replica.GO}), frozenset({Replica.POS})),
                *(OnReceiverEdit.RESTORE, OnDeleteChange.ARCHIVE),
            )
        ) == repr(made)

    def test_what_is_given_cannot_be_changed_afterwards(self) -> None:
        """
        Lists become tuples, and a mapping is copied.
        """
        key: Key[Small] = Key(name="name", read=attrgetter("name"))
        check: Check[Small] = Check(
            rule="r",
            holds=attrgetter("name"),
            message="m",
            remedy="r",
            fields=["name"],
        )
        seal: Seal[Small] = Seal(owner=Replica.GO, holds=eq, spares=["name"])
        owned = {"picture": Replica.POS, "place": Replica.GO}
        policy = small(
            keys=[key],
            checks=[check],
            seals=[seal],
            shared=[Unit(fields=["name"]), Unit(fields="archived")],
            owned=owned,
        )
        owned.clear()

        assert ((key,), (check,), (seal,)) == (policy.keys, policy.checks, policy.seals)
        assert (("name",), ("name",)) == (policy.checks[0].fields, policy.seals[0].spares)
        assert (("name",), ("archived",)) == tuple(unit.fields for unit in policy.shared)
        assert {"picture": Replica.POS, "place": Replica.GO} == dict(policy.owned)
        with pytest.raises(TypeError):
            policy.owned["name"] = Replica.POS  # type: ignore[index]

    def test_what_is_not_said(self) -> None:
        """
        The careful choice: a person decides, nothing is undone, no key rules another out.
        """
        policy = small()

        assert (OnReceiverEdit.LEAVE, OnDeleteChange.HOLD) == (
            policy.on_receiver_edit,
            policy.on_delete_change,
        )
        assert (frozenset(Replica), frozenset({Replica.GO})) == (policy.creates, policy.references)
        assert (timedelta(0), Guard(percent=20, count=10)) == (policy.clock_skew, policy.guard)
        assert False is Key(name="name", read=attrgetter("name")).decisive
        unit = Unit(fields=("left", "right"))
        assert (Direction.BOTH, None, Replica.GO) == (unit.direction, unit.authority, unit.narrow)
        assert "left, right" == unit.name


class TestGuard:
    """
    Both limits must be passed.
    """

    @pytest.mark.parametrize(
        ("count", "pairs", "refused"),
        [
            (10, 10, False),
            (11, 11, True),
            (11, 55, False),
            (11, 54, True),
            (20, 100, False),
            (21, 100, True),
            (0, 0, False),
        ],
    )
    def test_more_than_twenty_per_cent_and_more_than_ten(
        self, count: int, pairs: int, *, refused: bool
    ) -> None:
        """
        Exactly at a limit is within it.
        """
        assert refused is Guard().refuses(count, pairs)

    @pytest.mark.parametrize("limits", [{"percent": -1}, {"percent": 101}, {"count": -1}])
    def test_limits_are_limits(self, limits: dict[str, int]) -> None:
        """
        A guard of 101 per cent guards nothing.
        """
        with pytest.raises(ValueError, match="must be"):
            Guard(**limits)

    def test_the_ends_are_allowed(self) -> None:
        """
        Nothing at all, and everything.
        """
        assert (0, 100) == (Guard(percent=0, count=0).percent, Guard(percent=100).percent)
