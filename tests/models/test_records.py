"""
Records, snapshots and links.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from posgo.exceptions import ModelError
from posgo.models.records import Link, Record, Snapshot, go_reference, pos_reference


class TestRecord:
    """
    One copy of one thing.
    """

    def test_normalised(self) -> None:
        """
        Ids are texts, instants are UTC, a blank reference is none.
        """
        noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))

        record = Record(id=17, value="v", changed_at=noon, reference=" ")

        assert ("17", datetime(2026, 7, 1, 10, tzinfo=UTC), None) == (
            record.id,
            record.changed_at,
            record.reference,
        )
        assert UTC is record.changed_at.tzinfo  # type: ignore[union-attr]

    @pytest.mark.parametrize("instant", [datetime(2026, 1, 1), "2026-01-01"])  # noqa: DTZ001
    def test_instants_have_a_zone(self, instant: Any) -> None:
        """
        A naive datetime would be read as somebody's local time.
        """
        with pytest.raises(ModelError, match="time zone"):
            Record(id="1", value="v", changed_at=instant)

    def test_an_id_is_not_blank(self) -> None:
        """
        Nothing can be linked to nothing.
        """
        with pytest.raises(ModelError, match="id must not be blank"):
            Record(id=" ", value="v")


class TestSnapshot:
    """
    What was seen of one replica.
    """

    def test_of_keeps_the_later_copy(self) -> None:
        """
        Overlapping pages may bring a record twice.
        """
        first, later = Record(id="1", value="a"), Record(id="1", value="b")

        assert {"1": later} == Snapshot.of([first, later], complete=True).records

    def test_keys_are_ids(self) -> None:
        """
        A record under another's id would be merged into the wrong thing.
        """
        with pytest.raises(ModelError, match="'1' stands under the key '2'"):
            Snapshot(records={"2": Record(id="1", value="a")}, complete=True)

    def test_completeness_is_said(self) -> None:
        """
        Absence means deletion only to those who vouch for the whole listing.
        """
        with pytest.raises(ModelError, match="complete"):
            Snapshot(records={}, complete=None)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            Snapshot(records={})  # type: ignore[call-arg]


class TestLink:
    """
    A pair of ids and what both agreed on.
    """

    def test_ids_are_texts(self) -> None:
        """
        Go's numeric ids become texts.
        """
        assert Link(pos_id="p", go_id="7", base="b") == Link(pos_id="p", go_id=7, base="b")

    def test_both_ids_are_needed(self) -> None:
        """
        Half a link is none.
        """
        with pytest.raises(ModelError, match="go_id must not be blank"):
            Link(pos_id="p", go_id="", base="b")


class TestReferences:
    """
    What each copy says of the other.
    """

    def test_short_ids_are_readable(self) -> None:
        """
        A person reading Go sees the POS's id.
        """
        assert (pos_reference("17"), go_reference("42")) == ("pos:17", "go:42")

    def test_go_takes_fifty_characters(self) -> None:
        """
        46 characters of id fit; longer ones are hashed to 50, and stay apart.
        """
        longest, longer, other = "x" * 46, "x" * 47, "x" * 46 + "y"

        assert "pos:" + longest == pos_reference(longest)
        assert {50} == {len(pos_reference(longer)), len(go_reference(longer * 2))}
        assert pos_reference(longer) != pos_reference(other)

    def test_nothing_a_filter_would_take_apart(self) -> None:
        """
        Go separates the values of a filter by commas, so an id with one is hashed as well, and can be asked for.
        """
        assert {50} == {len(pos_reference("a,b")), len(go_reference("a,b"))}
        assert "," not in pos_reference("a,b")
        assert pos_reference("a,b") != pos_reference("a,c")
