"""
A record of any class is one text, and comes back from it.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from posgo import Customer, Link, Order, OrderLine, Product
from posgo.exceptions import ModelError, WireFormatError
from posgo.state import (
    CursorRecord,
    Key,
    LinkRecord,
    RunRecord,
    SettlementRecord,
    SettlementState,
    StateRecord,
    dump_record,
    instant,
    load_record,
)
from posgo.testing._store_examples import (
    NOON,
    ODD_IDS,
    conflict,
    cursor,
    intent,
    pair,
    run,
    settlement,
    tombstone,
)

BASES = {
    "customers": Customer(name="\u00c5se", number=10017),
    "products": Product(name="Te", price="10.50", gtins=["7038010000010"]),
    "orders": Order(customer="7", lines=[OrderLine(text="x", quantity="0.25")], ordered_on=date(2026, 3, 14)),
}
RECORDS: list[StateRecord] = [
    settlement(),
    settlement(
        state=SettlementState.POSTED,
        voucher_id="v",
        voucher_no=7,
        grand_sales="999999999999999999.99",
        grand_returns="0",
    ),
    *(
        LinkRecord(kind=kind, link=Link(pos_id="1", go_id="2", base=base, unagreed=["x"], noted=[("x", "y")]))
        for kind, base in BASES.items()
    ),
    cursor(" \n"),
    intent(pos_id="1", attempts=2, last_error="x"),
    conflict(field=None, base=None, chosen="go"),
    run(),
    run(ended_at=NOON, outcome="done", counts={"create go": 3}),
    tombstone(),
]


class TestDocuments:
    """
    What is written is what is read, time of day included.
    """

    @pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
    def test_every_record_comes_back(self, record: StateRecord) -> None:
        """
        Equal, with every field, and written the same again; in ASCII.
        """
        text = dump_record(record)
        again = load_record(text, record.key.of)

        assert record == again
        assert text == dump_record(again)
        assert text.isascii()

    def test_instants_are_the_same_text_in_any_zone(self) -> None:
        """
        Fixed width and UTC, so that equal records are equal texts.
        """
        oslo = NOON.astimezone(timezone(timedelta(hours=2)))

        assert dump_record(settlement()) == dump_record(settlement(closed_at=oslo))
        assert '"closed_at":"2026-03-14T12:00:00.123456Z"' in dump_record(settlement(closed_at=oslo))
        assert "2026-03-14T12:00:00.123456Z" == instant(oslo)

    def test_what_is_no_instant_is_refused(self) -> None:
        """
        A datetime without a zone is neither written nor read: whose clock would it be?
        """
        with pytest.raises(ModelError, match="time zone"):
            instant(datetime(2026, 3, 14, 12))  # noqa: DTZ001 - that is the point
        text = dump_record(run()).replace("Z", "")
        with pytest.raises(WireFormatError, match="no stored RunRecord"):
            load_record(text, RunRecord)

    @pytest.mark.parametrize(
        ("of", "text"),
        [
            (CursorRecord, "{}"),
            (CursorRecord, "[]"),
            (SettlementRecord, dump_record(settlement()).replace("sending", "lost")),
            (SettlementRecord, dump_record(settlement()).replace("-14T", "-99T")),
            (LinkRecord, '{"kind":"customers","link":{"base":{"name":["Secret"]},"go_id":"1","pos_id":"2"}}'),
            (LinkRecord, '{"kind":"customers","link":{"base":"Secret","go_id":"1","pos_id":"2"}}'),
        ],
    )
    def test_damage_is_told_without_the_value(self, of: type[Any], text: str) -> None:
        """
        One sentence names what was to be read.
        """
        with pytest.raises(WireFormatError, match="no stored") as caught:
            load_record(text, of)

        assert "Secret" not in str(caught.value)

    def test_members_of_a_newer_version_are_ignored(self) -> None:
        """
        An older posgo reads what a newer one has added to.
        """
        text = dump_record(cursor("1")).replace("{", '{"mood":7,', 1)

        assert cursor("1") == load_record(text, CursorRecord)


class TestKeys:
    """
    A key is one text, and no other key's.
    """

    def test_different_keys_are_different_texts(self) -> None:
        """
        Whatever the ids hold: one part less, one more, or the same characters cut elsewhere.
        """
        parts = [("a", "b,c"), ("a,b", "c"), ("a", "b", "c"), ('a","b', "c"), *((each,) for each in ODD_IDS)]
        texts = {Key(CursorRecord, each).text for each in parts}

        assert len(parts) == len(texts)
        assert all(text.isascii() for text in texts)

    def test_the_text_is_a_list(self) -> None:
        """
        Its parts can be read from it.
        """
        assert '["customers","p1","g1"]' == pair().key.text
        assert '["x","2026-03-14T12:00:00.123456Z"]' == RunRecord(kind="x", started_at=NOON).key.text
