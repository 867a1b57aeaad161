"""
The contract suite fails for a POS that breaks a promise, and names the promise.
"""

import inspect
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest

from posgo import Customer, Order, Product, Record
from posgo.clients.pos import Feed, updated
from posgo.exceptions import ConflictError, PosgoError
from posgo.testing import FakePos, PointOfSaleContract
from support.zreports import a_day


class _People(PointOfSaleContract):
    def enter(self, pos: Any, value: Any) -> str | None:
        entered: str = pos.put(value)
        return entered


def broken_promises(make: Callable[[], FakePos]) -> set[str]:
    """
    The promises a POS does not keep.
    """
    broken = set()
    for name, _ in inspect.getmembers(_People, inspect.isfunction):
        if name.startswith("test_"):
            suite, pos = _People(), make()
            pos.put(a_day())
            try:
                getattr(suite, name)(pos)
            except (AssertionError, PosgoError):
                broken.add(name)
    return broken


class CreatesTwice(FakePos):
    def create(self, value: Any, *, reference: str) -> Any:
        return super().create(value, reference=f"{reference}.{len(self.all(type(value)))}")


class OverwritesOnRepetition(FakePos):
    def create(self, value: Any, *, reference: str) -> Any:
        made = super().create(value, reference=reference)
        self.put(value, made.id)
        return self.fetch(type(value), made.id)


class ForgetsReferences(FakePos):
    def find(self, type: Any, reference: str) -> Any:  # noqa: A002
        return None


class KeepsOneBarCode(FakePos):
    def update(self, type: Any, id: str, changes: Any, *, expected: Any = None, reference: Any = None) -> Any:  # noqa: A002
        record = super().update(type, id, changes, expected=expected, reference=reference)
        if type is Product:
            self.put(attrs.evolve(record.value, gtins=record.value.gtins[:1]), id)
        return self.fetch(type, id)


class LosesPictures(FakePos):
    def update(self, type: Any, id: str, changes: Any, *, expected: Any = None, reference: Any = None) -> Any:  # noqa: A002
        record = super().update(type, id, changes, expected=expected, reference=reference)
        if type is Product:
            self.put(attrs.evolve(record.value, images=()), id)
        return self.fetch(type, id)


class IgnoresWhatWasSeen(FakePos):
    def update(self, type: Any, id: str, changes: Any, *, expected: Any = None, reference: Any = None) -> Any:  # noqa: A002
        return super().update(type, id, changes, reference=reference)


class RefusesItsOwnEcho(FakePos):
    def update(self, type: Any, id: str, changes: Any, *, expected: Any = None, reference: Any = None) -> Any:  # noqa: A002
        if id in self.all(type):
            updated(self.get(type, id), {}, expected)
        return super().update(type, id, changes, expected=expected, reference=reference)


class DoesHalf(FakePos):
    def update(self, type: Any, id: str, changes: Any, *, expected: Any = None, reference: Any = None) -> Any:  # noqa: A002
        super().update(type, id, changes)
        return super().update(type, id, changes, expected=expected, reference=reference)


class BlanksNothing(FakePos):
    def update(self, type: Any, id: str, changes: Mapping[str, Any], **options: Any) -> Any:  # noqa: A002
        said = {name: value for name, value in changes.items() if value is not None}
        return super().update(type, id, said, **options)


class CreatesOnUpdate(FakePos):
    def update(self, type: Any, id: str, changes: Any, **options: Any) -> Any:  # noqa: A002
        if self.fetch(type, id) is None:
            return None
        return super().update(type, id, changes, **options)


class ReplacesReferences(FakePos):
    def update(self, type: Any, id: str, changes: Any, *, expected: Any = None, reference: Any = None) -> Any:  # noqa: A002
        try:
            return super().update(type, id, changes, expected=expected, reference=reference)
        except ConflictError:
            if reference is None:
                raise
            return Record(id=id, value=self.get(type, id), reference=reference)


class SharesReferences(FakePos):
    def update(self, type: Any, id: str, changes: Any, *, expected: Any = None, reference: Any = None) -> Any:  # noqa: A002
        known = self.fetch(type, id)
        if known is not None and known.reference is None and reference is not None:
            return attrs.evolve(known, reference=reference)
        return super().update(type, id, changes, expected=expected, reference=reference)


class HidesArchived(FakePos):
    def changes(self, type: Any, cursor: str | None = None) -> Any:  # noqa: A002
        feed = super().changes(type, cursor)
        return attrs.evolve(
            feed, items=[one for one in feed.items if not getattr(one.value, "archived", False)]
        )


class CountsPages(FakePos):
    """
    Its cursor is a page number over a list that moves.
    """

    def changes(self, type: Any, cursor: str | None = None) -> Any:  # noqa: A002
        page = int(cursor) if cursor is not None and cursor.isdigit() else 0
        rows = [self._till.fetch(type, key) for key in self.all(type)]
        told = rows[page * 2 : page * 2 + 2]
        return Feed(items=told, cursor=str(page + 1), more=len(rows) > page * 2 + 2, from_start=page == 0)


class NeverSaysWhereItBegins(FakePos):
    def changes(self, type: Any, cursor: str | None = None) -> Any:  # noqa: A002
        return attrs.evolve(super().changes(type, cursor), from_start=False)

    def z_reports(self, cursor: str | None = None) -> Any:
        return attrs.evolve(super().z_reports(cursor), from_start=False)


class StandsStill(FakePos):
    def changes(self, type: Any, cursor: str | None = None) -> Any:  # noqa: A002
        return attrs.evolve(super().changes(type, cursor), cursor=cursor or "1", more=True)


class TellsOldNews(FakePos):
    def changes(self, type: Any, cursor: str | None = None) -> Any:  # noqa: A002
        feed = super().changes(type, cursor)
        old = {Customer: {"phone": "0"}, Product: {"name": "Gammel"}, Order: {"note": "Gammel"}}[type]
        return attrs.evolve(
            feed, items=[attrs.evolve(one, value=attrs.evolve(one.value, **old)) for one in feed.items]
        )


class RoundsPrices(FakePos):
    def create(self, value: Any, *, reference: str) -> Any:
        rounded = attrs.evolve(value, price="40.00") if isinstance(value, Product) else value
        return super().create(rounded, reference=reference)


class RenamesLines(FakePos):
    def update(self, type: Any, id: str, changes: Any, **options: Any) -> Any:  # noqa: A002
        if "lines" in changes:
            nameless = [attrs.evolve(line, reference=None) for line in changes["lines"]]
            return super().update(type, id, {**changes, "lines": nameless}, **options)
        return super().update(type, id, changes, **options)


class GoesBackInTime(FakePos):
    def update(self, type: Any, id: str, changes: Any, **options: Any) -> Any:  # noqa: A002
        record: Record[Any] = super().update(type, id, changes, **options)
        before = record.changed_at.replace(year=2000) if record.changed_at else None
        return attrs.evolve(record, changed_at=before)


_NUMBERS = itertools.count(1000)


class RenumbersZReports(FakePos):
    def z_reports(self, cursor: str | None = None) -> Any:
        feed = super().z_reports(cursor)
        return attrs.evolve(feed, items=[attrs.evolve(z, number=str(next(_NUMBERS))) for z in feed.items])


class AnswersUnknownWithSomething(FakePos):
    def fetch(self, type: Any, id: str) -> Any:  # noqa: A002
        return super().fetch(type, id) or next(iter(super().changes(type).items), "nothing")


@pytest.mark.parametrize(
    ("pos", "promise"),
    [
        (CreatesTwice, "test_a_reference_is_created_once"),
        (OverwritesOnRepetition, "test_a_reference_is_created_once"),
        (ForgetsReferences, "test_what_is_created_is_kept"),
        (KeepsOneBarCode, "test_the_shops_own_data_survives"),
        (LosesPictures, "test_the_shops_own_data_survives"),
        (IgnoresWhatWasSeen, "test_who_comes_late_changes_nothing"),
        (RefusesItsOwnEcho, "test_who_comes_late_changes_nothing"),
        (DoesHalf, "test_who_comes_late_changes_nothing"),
        (BlanksNothing, "test_an_update_can_blank_a_field"),
        (CreatesOnUpdate, "test_an_unknown_record_cannot_be_updated"),
        (ReplacesReferences, "test_a_reference_is_never_overwritten"),
        (SharesReferences, "test_what_people_enter_can_be_linked"),
        (HidesArchived, "test_archived_records_are_records"),
        (CountsPages, "test_a_cursor_leads_to_what_is_new"),
        (NeverSaysWhereItBegins, "test_the_beginning_is_everything"),
        (NeverSaysWhereItBegins, "test_a_forgotten_cursor_begins_again"),
        (NeverSaysWhereItBegins, "test_z_reports_are_told"),
        (StandsStill, "test_a_cursor_leads_to_what_is_new"),
        (TellsOldNews, "test_nothing_is_skipped_while_people_work"),
        (RoundsPrices, "test_what_is_created_is_kept"),
        (RenamesLines, "test_lines_are_told_apart_by_reference"),
        (GoesBackInTime, "test_an_update_changes_what_it_names"),
        (RenumbersZReports, "test_z_reports_are_told"),
        (AnswersUnknownWithSomething, "test_what_is_unknown_is_none"),
    ],
)
def test_a_broken_promise_is_found(pos: type[FakePos], promise: str) -> None:
    """
    The promise a POS was made to break is among those that fail.
    """
    assert promise in broken_promises(pos)


def test_every_promise_can_be_broken() -> None:
    """
    No test of the suite passes whatever a POS does.
    """
    promises = {name for name in dir(PointOfSaleContract) if name.startswith("test_")}
    table = test_a_broken_promise_is_found.pytestmark[0].args[1]  # type: ignore[attr-defined]

    assert promises == {promise for _, promise in table}


def test_a_good_pos_breaks_none() -> None:
    """
    The fake itself keeps them all.
    """
    assert set() == broken_promises(FakePos)
