"""
The fake POS: what its handles do is what a person at the till does.
"""

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo import (
    Customer,
    Order,
    OrderLine,
    OrderStatus,
    PointOfSale,
    PosClient,
    Product,
    RetryPolicy,
    ZReport,
)
from posgo.exceptions import (
    AuthenticationError,
    ModelError,
    PosgoError,
    RateLimitedError,
    RejectedError,
    ServerError,
    TransportError,
)
from posgo.testing import FakePos, VirtualClock
from support.zreports import a_day

KARI = Customer(name="Kari Nordmann", phone="99887766")
COFFEE = Product(
    name="Kaffe",
    gtins=("7038010000010", "7038010000027"),
    images=("https://example.com/1.png",),
    price="39.90",
)


def failure(act: Callable[[], object]) -> Exception:
    with pytest.raises(PosgoError) as raised:
        act()
    return raised.value


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def pos(clock: VirtualClock) -> FakePos:
    return FakePos(now=clock.utc_now)


class TestHandles:
    """
    Models in, models out.
    """

    @pytest.mark.parametrize(
        "value", [KARI, COFFEE, a_day(), Order(customer="nobody")], ids=lambda v: type(v).__name__
    )
    def test_what_is_put_is_there(self, pos: FakePos, value: Any) -> None:
        """
        Under an id of the POS's or of one's own; references to other records are not checked.
        """
        key = pos.put(value)
        own = pos.put(value, "own")

        assert ("own", value, value) == (own, pos.get(type(value), key), pos.get(type(value), "own"))
        assert {key: value, "own": value} == pos.all(type(value))

    def test_ids_are_never_used_twice(self, pos: FakePos) -> None:
        """
        Neither across kinds nor after a deletion.
        """
        first = pos.put(KARI)
        pos.delete(Customer, first)

        assert 3 == len({first, pos.put(KARI), pos.put(COFFEE)})

    def test_archiving_is_no_deletion(self, pos: FakePos) -> None:
        """
        An archived record stays in every listing; an order is cancelled.
        """
        customer, product, order = pos.put(KARI), pos.put(COFFEE), pos.put(Order(customer="1"))
        pos.archive(Customer, customer)
        pos.archive(Product, product)
        pos.archive(Order, order)

        assert {customer: attrs.evolve(KARI, archived=True)} == pos.all(Customer)
        assert (attrs.evolve(COFFEE, archived=True),) == tuple(
            one.value for one in pos.changes(Product).items
        )
        assert OrderStatus.CANCELLED is pos.get(Order, order).status

    def test_deletion_leaves_no_trace(self, pos: FakePos) -> None:
        """
        The record is gone from everything, its reference is free, and no feed tells.
        """
        made = pos.create(KARI, reference="go:1")
        cursor = pos.changes(Customer).cursor
        pos.delete(Customer, made.id)

        assert ({}, None, None) == (
            pos.all(Customer),
            pos.fetch(Customer, made.id),
            pos.find(Customer, "go:1"),
        )
        assert () == pos.changes(Customer, cursor).items
        assert made.id != pos.create(KARI, reference="go:1").id

    def test_what_people_entered_can_be_deleted(self, pos: FakePos) -> None:
        """
        With or without a reference.
        """
        pos.delete(Customer, pos.put(KARI))

        assert {} == pos.all(Customer)

    def test_what_is_not_there(self, pos: FakePos) -> None:
        """
        Is a KeyError for a test, as with a dictionary.
        """
        for act in (pos.get, pos.archive, pos.delete):
            with pytest.raises(KeyError):
                act(Customer, "nothing")

    def test_what_it_does_not_keep(self, pos: FakePos) -> None:
        """
        Is named; and a Z-report once made cannot be unmade.
        """
        key = pos.put(a_day())
        odd: Any = pos
        errors = [
            failure(lambda: odd.put("Kari")),
            failure(lambda: odd.archive(ZReport, key)),
            failure(lambda: odd.delete(ZReport, key)),
            failure(lambda: odd.changes(ZReport)),
        ]

        assert {ModelError} == {type(error) for error in errors}
        assert all("Customer, Product and Order" in str(error) for error in errors)
        assert {key: a_day()} == pos.all(ZReport)

    def test_saving_keeps_the_reference_and_moves_the_stamp(self, pos: FakePos, clock: VirtualClock) -> None:
        """
        A person cannot lose a link; saving without a change is no change.
        """
        made = pos.create(KARI, reference="go:1")
        clock.advance(60)
        pos.put(KARI, made.id)
        untouched = pos.fetch(Customer, made.id)
        pos.put(attrs.evolve(KARI, phone="1"), made.id)
        touched = pos.fetch(Customer, made.id)

        assert made == untouched
        assert touched is not None
        assert ("go:1", clock.utc_now()) == (touched.reference, touched.changed_at)

    def test_lines_get_references(self, pos: FakePos) -> None:
        """
        Missing ones are given, those given are kept, however the order arrives.
        """
        lines = (OrderLine(text="a"), OrderLine(text="b", reference="mine"))
        put = pos.get(Order, pos.put(Order(customer="1", lines=lines)))
        made = pos.create(Order(customer="1", lines=lines), reference="go:1")
        changed = pos.update(Order, made.id, {"lines": (*made.value.lines, OrderLine(text="c"))})
        told = [line.reference for order in (put, changed.value) for line in order.lines]

        assert None not in told
        assert ["mine", "mine"] == [told[1], told[3]]
        assert 4 == len(set(told))

    def test_pictures_and_codes_survive(self, pos: FakePos) -> None:
        """
        An update of one field leaves all pictures and bar codes.
        """
        key = pos.put(COFFEE)
        pos.update(Product, key, {"name": "Kaffe, kokmalt"})

        assert attrs.evolve(COFFEE, name="Kaffe, kokmalt") == pos.get(Product, key)


class TestFeeds:
    """
    Whoever follows a feed knows what the POS knows.
    """

    @given(
        st.integers(1, 3),
        st.integers(0, 5),
        st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=12),
    )
    def test_nothing_is_skipped(self, size: int, before: int, edits: list[tuple[bool, int]]) -> None:
        """
        Whatever people enter and change between any two pieces, the follower ends with every record as it is.
        """
        pos = FakePos(page_size=size)
        for number in range(before):
            pos.put(Customer(name=f"Kunde {number}"), str(number))
        told: dict[str, Customer] = {}
        cursor, more = None, True
        while more or edits:
            piece = pos.changes(Customer, cursor)
            told.update({one.id: one.value for one in piece.items})
            cursor, more = piece.cursor, piece.more
            for _ in range(min(2, len(edits))):
                renamed, number = edits.pop()
                name = f"Kunde {number}, ny {len(edits)}" if renamed else f"Kunde {number}"
                pos.put(Customer(name=name), str(number))
                more = True

        assert pos.all(Customer) == told


class TestFaults:
    """
    Faults come on demand, and are the same in process and over HTTP.
    """

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (None, TransportError),
            (401, AuthenticationError),
            (422, RejectedError),
            (429, RateLimitedError),
            (500, ServerError),
        ],
    )
    def test_in_process_as_over_http(self, pos: FakePos, status: int | None, kind: type[Exception]) -> None:
        """
        The same error, with the same doubt.
        """
        client = PosClient("https://pos.example", transport=pos.transport, retry=RetryPolicy(attempts=1))
        told = []
        points_of_sale: list[PointOfSale] = [pos, client]
        for one in points_of_sale:
            pos.fail_next(status)
            with pytest.raises(kind) as raised:
                one.create(KARI, reference="go:1")
            error: Any = raised.value
            told.append((type(error), error.status, error.may_have_happened, error.path, error.title))

        assert told[0] == told[1]
        assert {} == pos.all(Customer)

    def test_after_effect(self, pos: FakePos) -> None:
        """
        The effect is there, its answer is lost.
        """
        pos.fail_next(after_effect=True, method="POST")
        with pytest.raises(TransportError) as raised:
            pos.create(KARI, reference="go:1")

        assert raised.value.may_have_happened
        assert [KARI] == list(pos.all(Customer).values())

    def test_only_what_is_meant(self, pos: FakePos) -> None:
        """
        Method, path and template choose; so often, and no more.
        """
        key = pos.put(KARI)
        pos.fail_next(500, times=2, method="PATCH", path="/customers/{id}")
        pos.fail_next(503, path="/products")

        assert pos.changes(Customer).items
        for _ in range(2):
            with pytest.raises(ServerError):
                pos.update(Customer, key, {})
        pos.update(Customer, key, {})
        with pytest.raises(ServerError):
            pos.find(Product, "go:1")

    def test_cut_over_real_http(self, pos: FakePos) -> None:
        """
        A cut connection is a lost answer.
        """
        with pos.serve() as url, PosClient(url, retry=RetryPolicy(attempts=1)) as client:
            pos.fail_next()
            with pytest.raises(TransportError):
                client.changes(Customer)

            assert client.changes(Customer).from_start

    def test_people_meanwhile(self, pos: FakePos) -> None:
        """
        They act once, just before the request that was named.
        """
        key = pos.put(KARI)
        pos.meanwhile(lambda: pos.put(attrs.evolve(KARI, phone="1"), key), path="/customers/{id}")

        assert "99887766" == pos.changes(Customer).items[0].value.phone
        read = pos.fetch(Customer, key)
        assert read is not None
        assert "1" == read.value.phone

    def test_requests_are_remembered(self, pos: FakePos) -> None:
        """
        In process and over HTTP, each with method and path; handles are no requests.
        """
        key = pos.put(KARI)
        pos.update(Customer, key, {})
        PosClient("https://pos.example", transport=pos.transport).fetch(Customer, key)

        assert [("PATCH", f"/customers/{key}"), ("GET", f"/customers/{key}")] == [
            (one.method, one.path) for one in pos.requests
        ]


class TestDoor:
    """
    What the contract does not describe is refused.
    """

    @pytest.mark.parametrize(
        ("method", "path", "content", "status"),
        [
            ("GET", "/", b"", 404),
            ("GET", "/suppliers", b"", 404),
            ("GET", "/customers/1/2/3", b"", 404),
            ("DELETE", "/customers", b"", 405),
            ("POST", "/z-reports", b"", 405),
            ("PUT", "/customers/1", b"", 405),
            ("POST", "/customers", b"{", 422),
            ("POST", "/customers", b'{"reference": "go:1"}', 422),
            ("PATCH", "/customers/1", b"{}", 404),
            ("GET", "/customers?limit=0", b"", 422),
            ("GET", "/customers?limit=x", b"", 422),
            ("GET", "/customers/by-reference/go:1", b"", 404),
        ],
    )
    def test_refusals(self, pos: FakePos, method: str, path: str, content: bytes, status: int) -> None:
        """
        Each with its status; those of the contract with its code.
        """
        reply = pos.answer(
            method, f"https://pos.example{path}", {"Content-Type": "application/json"}, content
        )

        assert status == reply.status

    def test_bodies_are_json(self, pos: FakePos) -> None:
        """
        A form is not guessed at.
        """
        reply = pos.answer("POST", "https://pos.example/customers", {"Content-Type": "text/plain"}, b"{}")

        assert 422 == reply.status
        assert b"application/json" in reply.content

    def test_any_token_unless_given_one(self, pos: FakePos) -> None:
        """
        A fresh fake lets everybody in; one with a token only those who have it.
        """
        with pos.serve() as url, PosClient(url, token="any") as client, PosClient(url) as bare:
            assert client.changes(Customer) == bare.changes(Customer)
        with pos.serve(token="right") as url, PosClient(url, token="any") as client:
            error = failure(lambda: client.changes(Customer))

        assert isinstance(error, AuthenticationError)
