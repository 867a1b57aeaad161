"""
A POS's operations as values, and feeds read to their end.
"""

from typing import Any

import attrs
import pytest

from posgo import Customer, Product, Record
from posgo.clients.pos import Feed
from posgo.clients.pos.requests import (
    CreateRecord,
    FeedRequest,
    FetchRecord,
    FindRecord,
    PosRequest,
    ReadChanges,
    ReadZReports,
    UpdateRecord,
    read_to_end,
)
from posgo.exceptions import ModelError, WireFormatError
from posgo.testing import FakePos
from support.zreports import a_day

KARI = Customer(name="Kari Nordmann")


def read(pos: Any, request: FeedRequest[Any]) -> Feed[Any]:
    """
    Answer a procedure until it is done.
    """
    procedure = read_to_end(request)
    asked: Any = next(procedure)
    try:
        while True:
            asked = procedure.send(asked.on(pos))
    except StopIteration as stop:
        result: Feed[Any] = stop.value
        return result


class TestRequests:
    """
    A request is carried out by the operation it is named for.
    """

    def test_each_does_what_it_says(self) -> None:
        """
        Answers are those of the POS.
        """
        pos = FakePos()
        made = CreateRecord(KARI, reference="go:1").on(pos)
        changed = UpdateRecord(Customer, made.id, {"phone": "1"}, expected={"phone": None}).on(pos)
        pos.put(a_day())

        assert changed == FetchRecord(Customer, made.id).on(pos) == FindRecord(Customer, "go:1").on(pos)
        assert (changed,) == ReadChanges(Customer).on(pos).items
        assert (a_day(),) == ReadZReports().on(pos).items

    @pytest.mark.parametrize(
        ("request_", "writes"),
        [
            (ReadChanges(Customer), False),
            (ReadZReports(), False),
            (FetchRecord(Customer, "1"), False),
            (FindRecord(Customer, "go:1"), False),
            (CreateRecord(KARI, reference="go:1"), True),
            (UpdateRecord(Customer, "1", {}), True),
        ],
        ids=repr,
    )
    def test_writes_are_told_from_reads(self, request_: PosRequest[Any], writes: bool) -> None:  # noqa: FBT001
        """
        A dry run refuses exactly the writes.
        """
        assert writes is request_.writes

    def test_values_are_not_shown(self) -> None:
        """
        A request may be logged.
        """
        update = UpdateRecord(Customer, "1", {"phone": "22334455"}, expected={"phone": "99887766"})
        told = repr(update) + repr(CreateRecord(KARI, reference="go:1"))

        assert not [secret for secret in ("22334455", "99887766", "Nordmann") if secret in told]
        assert "phone" in told


class TestReadingToTheEnd:
    """
    A feed is read until there is no more.
    """

    def test_everything_and_then_what_is_new(self) -> None:
        """
        From the start it is all there is; from its cursor on only what is new, in one request.
        """
        pos = FakePos(page_size=2)
        keys = [pos.put(Product(name=f"Vare {number}")) for number in range(5)]
        everything = read(pos, ReadChanges(Product))
        pos.put(Product(name="Ny"), keys[0])
        pos.requests.clear()
        news = read(pos, ReadChanges(Product, everything.cursor))

        assert (keys, True) == ([one.id for one in everything.items], everything.from_start)
        assert ([keys[0]], False) == ([one.id for one in news.items], news.from_start)
        assert 1 == len(pos.requests)

    def test_edits_between_pieces_are_seen(self) -> None:
        """
        What moves while it is read comes again, in its latest state.
        """
        pos = FakePos(page_size=2)
        keys = [pos.put(Product(name=f"Vare {number}")) for number in range(4)]
        pos.meanwhile(lambda: None, method="GET")
        pos.meanwhile(lambda: pos.put(Product(name="Ny"), keys[0]), method="GET")
        told = {one.id: one.value.name for one in read(pos, ReadChanges(Product)).items}

        assert {keys[0]: "Ny", keys[1]: "Vare 1", keys[2]: "Vare 2", keys[3]: "Vare 3"} == told

    def test_a_restored_pos_begins_again(self) -> None:
        """
        What an earlier database told before it was replaced is dropped.
        """
        before, after = FakePos(page_size=1), FakePos()
        for number in range(3):
            before.put(Product(name=f"Gammel {number}"))
        after.put(Product(name="Ny"))
        procedure = read_to_end(ReadChanges(Product))
        asked: Any = next(procedure)
        asked = procedure.send(asked.on(before))
        with pytest.raises(StopIteration) as stop:
            procedure.send(asked.on(after))

        told: Feed[Record[Product]] = stop.value.value
        assert (["Ny"], True) == ([one.value.name for one in told.items], told.from_start)

    def test_z_reports(self) -> None:
        """
        Z-reports are read alike.
        """
        pos = FakePos(page_size=1)
        for number in (1, 2, 3):
            pos.put(a_day(number))

        assert (a_day(1), a_day(2), a_day(3)) == read(pos, ReadZReports()).items

    def test_a_cursor_that_stands_still_is_refused(self) -> None:
        """
        A POS that promises more for ever does not hold the run for ever.
        """

        class Stuck(FakePos):
            def z_reports(self, cursor: str | None = None) -> Feed[Any]:
                return attrs.evolve(super().z_reports(cursor), cursor="1", more=True)

        with pytest.raises(WireFormatError, match="stands still"):
            read(Stuck(), ReadZReports())


@pytest.mark.parametrize(
    "wrong",
    [{"cursor": ""}, {"cursor": "ø"}, {"cursor": "a\n"}, {"cursor": 7}, {"more": 1}, {"from_start": None}],
)
def test_a_feed_is_checked_when_it_is_made(wrong: dict[str, Any]) -> None:
    """
    An adapter hears at once that a cursor must be printable ASCII and flags must be flags.
    """
    with pytest.raises(ModelError):
        Feed(**{"items": [], "cursor": "1", **wrong})
