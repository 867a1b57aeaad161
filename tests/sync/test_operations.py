"""
The parts of a plan as values of their own: what must be said of them, and what may be left out.
"""

from typing import Any

import attrs
import pytest

from posgo.sync import Change, Conflict, ConflictKind, Kind, Operation, Plan, Replica, Tombstone

NOTHING: dict[str, Any] = {
    "value": None,
    "changes": (),
    "reason": "",
    "base": None,
    "unagreed": (),
    "noted": (),
    "agreed": {},
    "write_reference": (),
}


class TestOperation:
    """
    One step of a plan.
    """

    def test_texts_become_members(self) -> None:
        """
        As they are read from a stored plan.
        """
        made: Operation[Any] = Operation(kind="update", replica="go")

        assert (Kind.UPDATE, Replica.GO) == (made.kind, made.replica)
        assert [Kind, Replica] == [type(made.kind), type(made.replica)]

    def test_what_is_not_said(self) -> None:
        """
        Is nothing: on no side, of no record, for no reason.
        """
        made: Operation[Any] = Operation(kind=Kind.UNLINK)
        expected = {"kind": Kind.UNLINK, "replica": None, "pos_id": None, "go_id": None, **NOTHING}

        assert expected == attrs.asdict(made)


class TestConflict:
    """
    Two changes that exclude each other.
    """

    def test_what_is_not_said(self) -> None:
        """
        A pair alone: held, over the whole record, with nothing on either side.
        """
        expected = {
            "kind": ConflictKind.FIELD,
            "pos_id": "p1",
            "go_id": "g1",
            "field": None,
            "base": None,
            "pos": None,
            "go": None,
            "chosen": None,
            "why": "",
        }

        assert expected == attrs.asdict(Conflict(pos_id="p1", go_id="g1"))


def test_an_empty_plan() -> None:
    """
    Says nothing of nothing in particular: records are its noun.
    """
    made: Plan[Any] = Plan()

    assert made.is_empty
    assert "nothing to do: all records are alike" == str(made)


@pytest.mark.parametrize(
    ("part", "needed"),
    [
        (Change, {"field", "old", "new"}),
        (Operation, {"kind"}),
        (Conflict, {"pos_id", "go_id"}),
        (Tombstone, {"replica", "loser", "winner"}),
        (Plan, set()),
    ],
)
def test_what_must_be_said(part: type[Any], needed: set[str]) -> None:
    """
    Nothing has a default that would be a guess.
    """
    assert needed == {field.name for field in attrs.fields(part) if field.default is attrs.NOTHING}
