"""
What posgo relies on, as tests a vendor runs against their own POS.

.. code-block:: python

    import pytest
    from posgo.testing import PointOfSaleContract

    class TestOurPos(PointOfSaleContract):
        @pytest.fixture
        def pos(self):
            return OurPos(empty_database())

Each method is one promise of :class:`posgo.PointOfSale`. Nothing here needs
pytest: any runner that hands a POS to the methods will do.
"""

import asyncio
import inspect
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import attrs

from posgo.exceptions import ConflictError, DuplicateReferenceError, NotFoundError, PosgoError
from posgo.models._money import to_nok
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Address, Customer
from posgo.models.pos import ZReport
from posgo.models.records import Record

__all__ = ["PointOfSaleContract"]


def _unique() -> str:
    # A vendor's test database may have seen earlier runs.
    return uuid.uuid4().hex[:12]


def _same(expected: object, actual: object, promise: str) -> None:
    if expected != actual:
        raise AssertionError(f"{promise}\nexpected: {expected!r}\nactual:   {actual!r}")


def _said(value: Any) -> dict[str, Any]:
    """
    What a value says beyond its defaults; the rest is free for the POS to fill in.
    """
    return {
        field.name: getattr(value, field.name)
        for field in attrs.fields(type(value))
        if getattr(value, field.name) != field.default
    }


def _among(wanted: Any, value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in _said(wanted)}


class PointOfSaleContract:
    """
    Tests of a POS adapter, sync or async. Inherit, and say which POS is tested by a fixture ``pos``.

    The tests add records under references of their own and change only
    those, so the POS need not be empty. Give each test a POS whose calls
    belong to no event loop yet.

    Attributes:
        kinds: What the POS keeps. Orders need customers and products.
    """

    kinds: tuple[type, ...] = (Customer, Product, Order)
    _loop: asyncio.Runner | None = None

    def enter(self, pos: Any, value: Any) -> str | None:  # noqa: ARG002
        """
        Enter a value as a person at the till does, without a reference, and return its id.

        Override it; as it stands, None, promises about what people enter are not tested.
        """
        return None

    def teardown_method(self) -> None:
        """
        Close the event loop, if there was need of one. Called by pytest.
        """
        if self._loop is not None:
            self._loop.close()

    # -- creating -----------------------------------------------------------------

    def test_what_is_created_is_kept(self, pos: Any) -> None:
        """
        A created record says what was asked for, to the øre and the letter, and is found at once.
        """
        for value, reference in self._samples(pos):
            made = self._do(pos.create(value, reference=reference))

            _same(_said(value), _among(value, made.value), "create returns what it was given")
            _same(reference, made.reference, "create keeps the reference")
            _same(made, self._do(pos.fetch(type(value), made.id)), "fetch reads what create returned")
            _same(made, self._do(pos.find(type(value), reference)), "find reads what create returned")

    def test_a_reference_is_created_once(self, pos: Any) -> None:
        """
        A repeated creation returns the first record and changes nothing.
        """
        for value, reference in self._samples(pos):
            made = self._do(pos.create(value, reference=reference))
            again = self._do(pos.create(attrs.evolve(value, **self._edit(value)), reference=reference))

            _same(made, again, "create returns the record that carries the reference")
            told = [one.id for one in self._all(pos, type(value)) if one.reference == reference]
            _same({made.id}, set(told), "one reference is carried by one record")

    def test_what_is_unknown_is_none(self, pos: Any) -> None:
        """
        Reading what is not there is no error.
        """
        for kind in self.kinds:
            _same(None, self._do(pos.fetch(kind, f"none-{_unique()}")), "fetch of an unknown id is None")
            _same(None, self._do(pos.find(kind, f"go:{_unique()}")), "find of an unknown reference is None")

    # -- updating -----------------------------------------------------------------

    def test_an_update_changes_what_it_names(self, pos: Any) -> None:
        """
        Other fields keep their values; stamps do not go back; a repetition changes nothing more.
        """
        for made in self._made(pos):
            edit = self._edit(made.value)
            changed = self._do(pos.update(type(made.value), made.id, edit))

            _same(attrs.evolve(made.value, **edit), changed.value, "update changes the named fields only")
            _same((made.id, made.reference), (changed.id, changed.reference), "update keeps id and reference")
            _same(changed, self._fetch(pos, made), "fetch reads what update returned")
            if made.changed_at is not None:
                _same(True, changed.changed_at >= made.changed_at, "changed_at does not go back")
            self._do(pos.update(type(made.value), made.id, edit))
            _same(changed.value, self._fetch(pos, made).value, "a repeated update changes nothing more")

    def test_an_update_can_blank_a_field(self, pos: Any) -> None:
        """
        None is a value.
        """
        for made in self._made(pos):
            field = self._note(made.value)
            self._do(pos.update(type(made.value), made.id, {field: "kari@example.com"}))
            blanked = self._do(pos.update(type(made.value), made.id, {field: None}))

            _same(None, getattr(blanked.value, field), f"None blanks {field}")

    def test_who_comes_late_changes_nothing(self, pos: Any) -> None:
        """
        An update refuses as a whole if an expected field holds neither the expected nor the new value.
        """
        for made in self._made(pos):
            edit, note = self._edit(made.value), self._note(made.value)
            (name,) = edit
            seen = {name: getattr(made.value, name)}
            stale = {note: "what nobody ever wrote"}
            self._refused(
                ConflictError,
                "update refuses when a field is not as expected",
                pos.update,
                type(made.value),
                made.id,
                edit,
                expected=stale,
            )
            _same(made.value, self._fetch(pos, made).value, "a refused update changes nothing at all")

            for _ in range(2):
                changed = self._do(pos.update(type(made.value), made.id, edit, expected=seen))
                _same(edit[name], getattr(changed.value, name), "update may find the new value there already")

    def test_an_unknown_record_cannot_be_updated(self, pos: Any) -> None:
        """
        There is nothing to change.
        """
        for kind in self.kinds:
            self._refused(
                NotFoundError,
                "update of an unknown id is NotFoundError",
                pos.update,
                kind,
                f"none-{_unique()}",
                {},
            )

    def test_archived_records_are_records(self, pos: Any) -> None:
        """
        Archiving is an update: the record stays where it is, is told, and can come back.
        """
        for made in self._made(pos):
            if isinstance(made.value, Order):
                continue
            archived = self._do(pos.update(type(made.value), made.id, {"archived": True}))

            _same(True, archived.value.archived, "update can archive")
            _same(archived, self._fetch(pos, made), "fetch reads archived records")
            told = {one.id: one.value.archived for one in self._all(pos, type(made.value))}
            _same(True, told.get(made.id), "changes tells archived records")
            back = self._do(pos.update(type(made.value), made.id, {"archived": False}))
            _same(False, back.value.archived, "update can take a record back into use")

    def test_the_shops_own_data_survives(self, pos: Any) -> None:
        """
        Pictures and further bar codes of a product stay when something else is changed.
        """
        for made in self._made(pos, Product):
            before = made.value
            self._do(pos.update(Product, made.id, {"name": "Nytt navn"}))
            after = self._fetch(pos, made).value

            _same(
                (before.gtins, before.images), (after.gtins, after.images), "gtins and images stay, in order"
            )

    def test_lines_are_told_apart_by_reference(self, pos: Any) -> None:
        """
        Lines keep order and references when one is added, and when the status moves on.
        """
        for made in self._made(pos, Order):
            extra = OrderLine(text="Gravering", quantity="2", unit_price="49.50", reference=f"go:{_unique()}")
            lines = (*made.value.lines, extra)
            self._do(pos.update(Order, made.id, {"lines": lines}, expected={"lines": made.value.lines}))
            self._do(pos.update(Order, made.id, {"status": OrderStatus.CONFIRMED}))
            after = self._fetch(pos, made).value

            _same((lines, OrderStatus.CONFIRMED), (after.lines, after.status), "lines and status are kept")

    # -- references ---------------------------------------------------------------

    def test_a_reference_is_never_overwritten(self, pos: Any) -> None:
        """
        A record keeps its first reference; writing the same again is no error.
        """
        for made in self._made(pos):
            kind = type(made.value)
            self._refused(
                ConflictError,
                "update refuses to replace a reference",
                pos.update,
                kind,
                made.id,
                {},
                reference=f"go:{_unique()}",
            )
            same = self._do(pos.update(kind, made.id, {}, reference=made.reference))
            _same(made.reference, same.reference, "a record keeps its reference")

    def test_what_people_enter_can_be_linked(self, pos: Any) -> None:
        """
        A record without a reference takes one, if no other record carries it.
        """
        for value, reference in self._samples(pos):
            entered, other = self.enter(pos, value), self.enter(pos, attrs.evolve(value, **self._edit(value)))
            if entered is None or other is None:
                continue
            kind = type(value)
            linked = self._do(pos.update(kind, entered, {}, reference=reference))

            _same(reference, linked.reference, "update writes a reference where there is none")
            _same(linked, self._do(pos.find(kind, reference)), "find reads it by that reference")
            self._refused(
                DuplicateReferenceError,
                "a reference is carried by one record",
                pos.update,
                kind,
                other,
                {},
                reference=reference,
            )

    # -- feeds ----------------------------------------------------------------------

    def test_the_beginning_is_everything(self, pos: Any) -> None:
        """
        Without a cursor a feed begins at the start, says so, ends, and tells every record as it is.
        """
        for made in self._made(pos):
            first = self._do(pos.changes(type(made.value)))
            told = {one.id: one for one in self._all(pos, type(made.value))}

            _same(True, first.from_start, "a feed without a cursor says from_start")
            _same(made, told.get(made.id), "a feed from the start tells every record as it is")

    def test_a_cursor_leads_to_what_is_new(self, pos: Any) -> None:
        """
        From a cursor on, everything created or changed since is told: by posgo or by people.
        """
        for made in self._made(pos):
            kind = type(made.value)
            *_, last = self._pieces(pos, kind)
            self._do(pos.update(kind, made.id, self._edit(made.value)))
            created = [self._do(pos.create(value, reference=ref)) for value, ref in self._samples(pos, kind)]
            entered = [self.enter(pos, value) for value, _ in self._samples(pos, kind)]
            wanted = {made.id, *(one.id for one in created), *entered} - {None}
            pieces = list(self._pieces(pos, kind, last.cursor))

            told = {one.id: one for piece in pieces for one in piece.items}
            _same(set(), wanted - told.keys(), "changes tells everything created or changed since the cursor")
            _same(False, any(piece.from_start for piece in pieces), "a known cursor does not begin again")
            _same(self._fetch(pos, made), told[made.id], "changes tells records as they are now")

    def test_nothing_is_skipped_while_people_work(self, pos: Any) -> None:
        """
        A record changed between two pieces is told in its latest state before the feed ends.
        """
        for kind in self.kinds:
            made = [one for _ in range(3) for one in self._made(pos, kind)]
            first = self._do(pos.changes(kind))
            told = {one.id: one for one in first.items}
            for one in made:
                self._do(pos.update(kind, one.id, self._edit(one.value)))
            for piece in self._pieces(pos, kind, first.cursor):
                told.update({one.id: one for one in piece.items})

            for one in made:
                _same(self._fetch(pos, one), told.get(one.id), "nothing is skipped while people work")

    def test_a_forgotten_cursor_begins_again(self, pos: Any) -> None:
        """
        A cursor the POS does not know is no error.
        """
        for made in self._made(pos):
            pieces = list(self._pieces(pos, type(made.value), f"forgotten-{_unique()}"))

            _same(True, pieces[0].from_start, "an unknown cursor begins at the start, and says so")
            ids = {one.id for piece in pieces for one in piece.items}
            _same(True, made.id in ids, "a feed from the start tells every record")

    def test_z_reports_are_told(self, pos: Any) -> None:
        """
        Finished Z-reports come from the start, the same ones every time; the last cursor may be read from.
        """
        pieces = list(self._pieces(pos, ZReport))
        told = [z for piece in pieces for z in piece.items]
        again = [z for piece in self._pieces(pos, ZReport) for z in piece.items]
        later = [z for piece in self._pieces(pos, ZReport, pieces[-1].cursor) for z in piece.items]

        _same(True, pieces[0].from_start, "Z-reports without a cursor begin at the start, and say so")
        _same([], [one for one in (*told, *later) if not isinstance(one, ZReport)], "items are posgo.ZReport")
        _same(
            [], [z.number for z in told if z not in again], "a Z-report is final: it is told the same again"
        )

    # -- how the tests speak to a POS -----------------------------------------------

    def _do(self, answer: Any) -> Any:
        if not inspect.isawaitable(answer):
            return answer
        if self._loop is None:
            self._loop = asyncio.Runner()
        return self._loop.run(_awaited(answer))

    def _refused(
        self, kind: type[PosgoError], promise: str, operation: Callable[..., Any], *args: Any, **options: Any
    ) -> None:
        try:
            self._do(operation(*args, **options))
        except kind as error:
            _same(False, getattr(error, "may_have_happened", None), f"{promise}, and nothing has happened")
        else:
            raise AssertionError(f"{promise}\nexpected: {kind.__name__}\nactual:   no error")

    def _fetch(self, pos: Any, made: Record[Any]) -> Any:
        return self._do(pos.fetch(type(made.value), made.id))

    def _pieces(self, pos: Any, kind: type, cursor: str | None = None) -> Iterator[Any]:
        """
        A feed, piece by piece, to its end.
        """
        while True:
            read = pos.z_reports(cursor) if kind is ZReport else pos.changes(kind, cursor)
            piece = self._do(read)
            yield piece
            if not piece.more:
                return
            if piece.cursor == cursor:
                raise AssertionError("the cursor moves while there is more to tell")
            cursor = piece.cursor

    def _all(self, pos: Any, kind: type) -> list[Any]:
        return [one for piece in self._pieces(pos, kind) for one in piece.items]

    # -- what the tests create --------------------------------------------------------

    def _samples(self, pos: Any, kind: type | None = None) -> Iterator[tuple[Any, str]]:
        """
        One new value of each kind the POS keeps, or of one, with a reference nobody carries.
        """
        for one in self.kinds:
            if kind is None or one is kind:
                yield self._sample(pos, one), f"go:{_unique()}"

    def _made(self, pos: Any, kind: type | None = None) -> Iterator[Record[Any]]:
        for value, reference in self._samples(pos, kind):
            yield self._do(pos.create(value, reference=reference))

    def _sample(self, pos: Any, kind: type) -> Any:
        name = f"Blåbær & Søn {_unique()}"
        if kind is Customer:
            address = Address(line1="Storgata 1", zip_code="0155", city="Oslo")
            return Customer(name=name, email="ola@example.com", phone="99887766", address=address)
        if kind is Product:
            return Product(
                code=_unique(),
                name=name,
                gtins=("7038010000010", "7038010000027"),
                price="39.90",
                vat_code="3",
                images=("https://example.com/1.png", "https://example.com/2.png"),
            )
        customer, product = (next(self._made(pos, one)).id for one in (Customer, Product))
        line = OrderLine(product=product, quantity="1.5", unit_price="39.90", reference=f"go:{_unique()}")
        return Order(customer=customer, lines=(line,))

    def _edit(self, value: Any) -> dict[str, Any]:
        """
        A change of one field that people change.
        """
        match value:
            case Customer():
                return {"phone": "22334455"}
            case Product():
                return {"price": to_nok("49.50")}
            case _:
                return {"purchase_order": "4711"}

    def _note(self, value: Any) -> str:
        """
        A field that takes any text, other than that of :meth:`_edit`.
        """
        match value:
            case Customer():
                return "email"
            case Product():
                return "description"
            case _:
                return "note"


async def _awaited(answer: Awaitable[Any]) -> Any:
    return await answer
