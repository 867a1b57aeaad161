"""
The POS over HTTP, with both clients; what the fake answers and what is asked is held against the description.
"""

import asyncio
import itertools
import logging
import pickle
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from functools import partial
from importlib import resources
from typing import Any

import attrs
import httpx
import pytest

from posgo import AsyncPosClient, Customer, Order, PosClient, Product, RetryPolicy
from posgo.clients.events import Event, RetryPlanned, log_event
from posgo.clients.pos.keys import SigningKey
from posgo.exceptions import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    DuplicateReferenceError,
    Missing,
    MissingPrivilegeError,
    ModelError,
    NotFoundError,
    PosgoError,
    RateLimitedError,
    RejectedError,
    ServerError,
    TransportError,
    WireFormatError,
)
from posgo.testing import FakePos, VirtualClock
from support.pos_contract import PosValidatingTransport
from support.validating import MisfitError
from support.zreports import a_day

KARI = Customer(name="Kari Nordmann", email="kari@example.com", phone="99887766")


@attrs.frozen
class Shop:
    """
    A POS and a client of it, in one of the two colours.
    """

    pos: FakePos
    clock: VirtualClock
    colour: Callable[..., Any]
    events: list[Event]
    _runner: asyncio.Runner

    def client(self, **options: Any) -> Any:
        chosen = {
            "transport": PosValidatingTransport(self.pos.transport),
            "clock": self.clock,
            "on_event": self.events.append,
            **options,
        }
        return self.colour("https://pos.example/", **chosen)

    def answered_by(self, *responses: httpx.Response, **options: Any) -> Any:
        """
        A client that is given these answers, one after the other, the last one for ever.
        """
        answers = itertools.chain(responses, itertools.repeat(responses[-1]))
        return self.client(transport=httpx.MockTransport(lambda _request: _copy(next(answers))), **options)

    def do(self, result: Any) -> Any:
        return self._runner.run(result) if isinstance(result, Coroutine) else result

    def failure(self, act: Callable[[], Any], kind: type[BaseException]) -> Any:
        with pytest.raises(kind) as raised:
            self.do(act())
        return raised.value


def _copy(response: httpx.Response) -> httpx.Response:
    # A response belongs to the colour that read it first.
    return httpx.Response(response.status_code, headers=response.headers, content=response.content)


@pytest.fixture(params=[PosClient, AsyncPosClient], ids=["sync", "async"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    clock = VirtualClock()
    with asyncio.Runner() as runner:
        yield Shop(FakePos(now=clock.utc_now), clock, request.param, [], runner)


class TestRepetition:
    """
    A write whose answer is lost is sent again, and happens once.
    """

    @pytest.mark.parametrize("status", [None, 503])
    def test_creation_happens_once(self, shop: Shop, status: int | None) -> None:
        """
        The reference makes a second creation find the first.
        """
        shop.pos.fail_next(status, after_effect=True, times=2)
        made = shop.do(shop.client().create(KARI, reference="go:1"))

        assert {made.id: KARI} == shop.pos.all(Customer)
        assert [200] == [event.status for event in shop.events if event.attempt == 3]
        assert 2 == sum(isinstance(event, RetryPlanned) for event in shop.events)

    def test_update_does_not_collide_with_itself(self, shop: Shop) -> None:
        """
        An expected field that holds the new value already is as good.
        """
        key = shop.pos.put(KARI)
        shop.pos.fail_next(after_effect=True, method="PATCH")
        change = {"phone": "22334455"}
        updated = shop.do(
            shop.client().update(Customer, key, change, expected={"phone": "99887766"}, reference="go:1")
        )

        assert "22334455" == updated.value.phone == shop.pos.get(Customer, key).phone
        assert "go:1" == updated.reference

    def test_a_person_between_two_attempts_is_not_overwritten(self, shop: Shop) -> None:
        """
        The lost update took effect, then a person changed the field again: the repetition refuses.
        """
        key = shop.pos.put(KARI)
        shop.pos.fail_next(after_effect=True, method="PATCH")
        client = shop.client()
        shop.pos.meanwhile(lambda: None, method="PATCH")
        shop.pos.meanwhile(lambda: shop.pos.put(attrs.evolve(KARI, phone="1"), key), method="PATCH")
        change = {"phone": "22334455"}
        shop.failure(
            lambda: client.update(Customer, key, change, expected={"phone": "99887766"}), ConflictError
        )

        assert "1" == shop.pos.get(Customer, key).phone

    def test_giving_up_says_what_is_unknown(self, shop: Shop) -> None:
        """
        After the last attempt a write may have happened; a read cannot have.
        """
        client = shop.client(retry=RetryPolicy(attempts=2))
        shop.pos.fail_next(times=4)
        write = shop.failure(lambda: client.create(KARI, reference="go:1"), TransportError)
        read = shop.failure(lambda: client.changes(Customer), TransportError)

        assert (True, False) == (write.may_have_happened, read.may_have_happened)

    def test_throttling_is_waited_for(self, shop: Shop) -> None:
        """
        Retry-After is obeyed.
        """
        shop.pos.fail_next(429)
        start = shop.clock.utc_now()
        shop.do(shop.client().changes(Customer))

        assert shop.clock.utc_now() - start >= timedelta(seconds=1)


def problem(status: int, code: str | None = None, **more: Any) -> httpx.Response:
    body = {"title": "No", "status": status, **({} if code is None else {"code": code}), **more}
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json"})


class TestRefusals:
    """
    Every refusal becomes the error that says what to do.
    """

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (problem(401, "unauthorized"), AuthenticationError),
            (problem(403), MissingPrivilegeError),
            (problem(404, "not-found"), NotFoundError),
            (httpx.Response(404, text="<html>"), NotFoundError),
            (problem(405, "method-not-allowed"), RejectedError),
            (problem(409, "changed-meanwhile"), ConflictError),
            (problem(409, "reference-taken"), DuplicateReferenceError),
            (problem(409), ConflictError),
            (problem(412), ConflictError),
            (problem(422, "invalid"), RejectedError),
            (problem(429), RateLimitedError),
            (problem(500), ServerError),
            (httpx.Response(302, headers={"Location": "https://elsewhere.example"}), ApiError),
        ],
        ids=lambda value: str(getattr(value, "status_code", "")),
    )
    def test_kinds(self, shop: Shop, answer: httpx.Response, kind: type[ApiError]) -> None:
        """
        Status and code decide; the error names the path without ids, and survives a job queue.
        """
        client = shop.answered_by(answer, retry=RetryPolicy(attempts=1))
        error = shop.failure(lambda: client.update(Customer, "secret-id", {"phone": "1"}), PosgoError)

        assert kind is type(error)
        assert ("/customers/{id}", answer.status_code) == (error.path, error.status)
        assert str(error) == str(pickle.loads(pickle.dumps(error)))  # noqa: S301 - our own
        assert (answer.status_code in {500, 302}) == error.may_have_happened

    def test_only_the_contracts_404_is_none(self, shop: Shop) -> None:
        """
        A wrong base address must not pass for an empty POS.
        """
        wrong = shop.answered_by(httpx.Response(404, text="Not Found"))
        for act in (lambda: wrong.fetch(Customer, "1"), lambda: wrong.find(Customer, "go:1")):
            assert Missing.ENDPOINT is shop.failure(act, NotFoundError).missing

        right = shop.answered_by(problem(404, "not-found"))
        assert None is shop.do(right.fetch(Customer, "1"))
        assert None is shop.do(right.find(Customer, "go:1"))

    def test_texts_of_the_pos_are_passed_on(self, shop: Shop) -> None:
        """
        What the POS says is wrong with a field reaches the report.
        """
        refused = shop.answered_by(problem(422, "invalid", detail="no", errors={"phone": ["too long"]}))
        error = shop.failure(lambda: refused.update(Customer, "1", {"phone": "1"}), RejectedError)

        assert (("phone: too long",), "no") == (error.errors, error.detail)
        assert "the POS: PATCH /customers/{id} was refused (422): No: no: phone: too long" == str(error)


class TestHostileAnswers:
    """
    A success that cannot be read is told as such.
    """

    @pytest.mark.parametrize(
        ("content", "path"),
        [
            (b"", "$"),
            (b"<html>", "$"),
            (b"\xff", "$"),
            (b"[" * 10_000, "$"),
            (b'{"id": "1", "id": "2", "value": {"name": "x"}}', "$"),
            (b'{"id": "1", "value": {"name": 1.5}}', "$.value.name"),
        ],
    )
    def test_writes_say_that_they_happened(self, shop: Shop, content: bytes, path: str) -> None:
        """
        The record is there; only its answer is lost. A read says nothing of the kind.
        """
        client = shop.answered_by(httpx.Response(200, content=content))
        write = shop.failure(lambda: client.create(KARI, reference="go:1"), WireFormatError)
        read = shop.failure(lambda: client.fetch(Customer, "1"), WireFormatError)

        assert (path, True) == (write.path, write.may_have_happened)
        assert (path, False) == (read.path, read.may_have_happened)
        assert "the POS: POST /customers" == write.request
        assert str(read).startswith(f"the POS: GET /customers/{{id}}: {path}: ")


class TestZReports:
    """
    Finished Z-reports come in JSON or as SAF-T.
    """

    def test_in_json(self, shop: Shop) -> None:
        """
        Piece by piece.
        """
        shop.pos.put(a_day(1))
        shop.pos.put(a_day(2))
        client = shop.client(page_size=1)
        first = shop.do(client.z_reports())
        second = shop.do(client.z_reports(first.cursor))

        assert ((a_day(1),), True, True) == (first.items, first.more, first.from_start)
        assert ((a_day(2),), False, False) == (second.items, second.more, second.from_start)

    def saf_t(self, content: bytes, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Response(
            200, content=content, headers={"Content-Type": "text/xml; charset=utf-8", **named}
        )

    def test_as_saf_t(self, shop: Shop, demo_day: bytes) -> None:
        """
        The file is read as files are; the position stands in the headers.
        """
        told = shop.do(
            shop.answered_by(
                self.saf_t(demo_day, Pos_Cursor="7", Pos_More="TRUE", Pos_From_Start="true")
            ).z_reports()
        )

        assert ("7", True, True) == (told.cursor, told.more, told.from_start)
        assert told.items
        assert not shop.do(shop.answered_by(self.saf_t(demo_day, Pos_Cursor="7")).z_reports("6")).more

    def test_what_is_no_saf_t_is_refused(self, shop: Shop, demo_day: bytes) -> None:
        """
        A damaged file, a missing cursor and a flag that is none each have their sentence.
        """
        damaged = shop.answered_by(self.saf_t(demo_day[:-9], Pos_Cursor="7"))
        lost = shop.answered_by(self.saf_t(demo_day))
        odd = shop.answered_by(self.saf_t(demo_day, Pos_Cursor="7", Pos_More="1"))

        assert "$" == shop.failure(damaged.z_reports, WireFormatError).path
        assert "Pos-Cursor" == shop.failure(lost.z_reports, WireFormatError).path
        assert "pos-more" == shop.failure(odd.z_reports, WireFormatError).path


@pytest.fixture(scope="module")
def demo_day() -> bytes:
    return resources.files("posgo.demo").joinpath("kafe-nordlys.xml").read_bytes()


class TestKeys:
    """
    A POS knows who asks.
    """

    def test_token(self, shop: Shop) -> None:
        """
        The right token opens; none and a wrong one do not, and the error says what to check.
        """
        shop.pos.token = "secret-token"

        assert () == shop.do(shop.client(token="secret-token").changes(Customer)).items
        for client in (shop.client(), shop.client(token="other")):
            error = shop.failure(partial(client.changes, Customer), AuthenticationError)
            assert "Check the token" in str(error)

    def test_signature(self, shop: Shop) -> None:
        """
        A signature covers method, address, time and body, and opens for five minutes.
        """
        key = SigningKey("shop-7", "a secret of some length")
        shop.pos.signing_key = key
        client = shop.client(signing_key=key)
        made = shop.do(client.create(KARI, reference="go:1/a"))
        sent = shop.pos.requests[-1]

        assert made == shop.do(client.find(Customer, "go:1/a"))
        answer = shop.pos.answer
        url = "https://pos.example/customers"
        replayed = dict(sent.headers)
        assert 200 == answer("POST", url, replayed, sent.content).status
        assert 401 == answer("POST", url, replayed, sent.content + b" ").status
        created = int(shop.clock.utc_now().timestamp())
        later = replayed["pos-signature"].replace(f"created={created}", f"created={created + 1}")
        assert 401 == answer("POST", url, {**replayed, "pos-signature": later}, sent.content).status
        assert 401 == answer("PATCH", url, replayed, sent.content).status
        assert 401 == answer("POST", f"{url}?limit=1", replayed, sent.content).status
        assert 401 == answer("POST", url, {**replayed, "pos-signature": "?"}, sent.content).status
        shop.clock.advance(301)
        assert 401 == answer("POST", url, replayed, sent.content).status

    def test_another_key_does_not_open(self, shop: Shop) -> None:
        """
        Neither another secret nor another id.
        """
        shop.pos.signing_key = SigningKey("shop-7", "a secret of some length")
        for key in (
            SigningKey("shop-7", "another secret, as long"),
            SigningKey("shop-8", "a secret of some length"),
        ):
            client = shop.client(signing_key=key)
            shop.failure(partial(client.changes, Customer), AuthenticationError)

    @pytest.mark.parametrize(
        "options",
        [
            {"token": ""},
            {"token": "two words"},
            {"token": "line\nbreak"},
            {"token": "tøken"},
            {"token": "t", "signing_key": SigningKey("a", "0123456789abcdef")},
            {"page_size": 0},
            {"page_size": 10_001},
        ],
        ids=str,
    )
    def test_settings_are_checked_at_once(self, shop: Shop, options: dict[str, Any]) -> None:
        """
        What cannot work is refused before anything is sent, without repeating a key.
        """
        with pytest.raises(ConfigurationError) as raised:
            shop.client(**options)

        assert "break" not in str(raised.value)

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "pos.example",
            "ftp://pos.example",
            "https://kari:hemmelig@pos.example",
            "https://a?b=c",
            "https://pos.example:port",
        ],
    )
    def test_addresses_are_checked_at_once(self, shop: Shop, address: str) -> None:
        """
        An address that cannot be meant is refused; one with a password is not repeated.
        """
        with pytest.raises(ConfigurationError) as raised:
            shop.colour(address)

        assert "hemmelig" not in str(raised.value)

    @pytest.mark.parametrize(
        ("id", "secret"), [("", "0123456789abcdef"), ('a"b', "0123456789abcdef"), ("a", "short")]
    )
    def test_signing_keys_are_checked(self, id: str, secret: str) -> None:  # noqa: A002
        """
        An id must fit into a header, and a secret must not be guessed.
        """
        with pytest.raises(ConfigurationError):
            SigningKey(id, secret)


class TestDiscretion:
    """
    Keys and personal data stay where they belong.
    """

    def test_nothing_is_told_in_passing(self, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
        """
        Neither logs nor reprs nor errors hold the token, a name, an address or an id.
        """
        caplog.set_level(logging.DEBUG)
        shop.pos.token = "secret-token"
        from_log = shop.client(token="secret-token", on_event=log_event, retry=RetryPolicy(attempts=1))
        made = shop.do(from_log.create(KARI, reference="go:31337"))
        shop.pos.fail_next(500)
        error = shop.failure(lambda: from_log.update(Customer, made.id, {"phone": "22334455"}), ServerError)
        told = "\n".join(
            [caplog.text, repr(from_log), repr(error), str(error), repr(made), repr(shop.pos.requests)]
        )

        for secret in ("secret-token", "Nordmann", "kari@", "99887766", "22334455"):
            assert secret not in told
        assert "31337" not in caplog.text
        assert "POST /customers: 201" in caplog.text

    def test_signing_keys_are_masked(self) -> None:
        """
        The secret of a key is not in its repr.
        """
        assert "0123456789abcdef" not in repr(SigningKey("a", "0123456789abcdef"))


class TestNonsense:
    """
    What cannot be meant is refused before it is sent.
    """

    @pytest.mark.parametrize(
        "act",
        [
            lambda pos: pos.fetch(Customer, ""),
            lambda pos: pos.fetch(Customer, ".."),
            lambda pos: pos.fetch(str, "1"),
            lambda pos: pos.find(Customer, "two words"),
            lambda pos: pos.create(KARI, reference=""),
            lambda pos: pos.create("Kari", reference="go:1"),
            lambda pos: pos.update(Customer, "1", {"colour": "black"}),
            lambda pos: pos.update(Product, "1", {"price": 39.9}),
            lambda pos: pos.update(Customer, "1", {"is_person": "yes"}),
            lambda pos: pos.update(Order, "1", {"ordered_on": "2026-03-14"}),
            lambda pos: pos.update(Product, "1", {}, expected={"name": ""}),
            lambda pos: pos.update(Customer, "1", {}, reference="x" * 101),
        ],
    )
    def test_is_a_model_error(self, shop: Shop, act: Callable[[Any], Any]) -> None:
        """
        Nothing is asked, whether the POS is behind HTTP or in process.
        """
        shop.failure(lambda: act(shop.client()), ModelError)
        shop.failure(lambda: act(shop.pos), ModelError)

        assert [] == shop.pos.requests

    def test_ids_are_not_paths(self, shop: Shop) -> None:
        """
        A slash, a question mark or a per cent sign in an id leads nowhere else.
        """
        for key in ("a/b", "a?b", "a%2Fb", "a b", "blåbær", "by-reference"):
            shop.pos.put(KARI, key)
            assert key == shop.do(shop.client().fetch(Customer, key)).id


class TestLife:
    """
    Clients can be closed, and used with and without a block.
    """

    def test_block(self) -> None:
        """
        Leaving the block closes the connections.
        """
        with PosClient("https://pos.example", transport=FakePos().transport) as client:
            assert client.changes(Customer).from_start
        with pytest.raises(RuntimeError):
            client.changes(Customer)

    def test_async_block(self) -> None:
        """
        As above, awaited.
        """

        async def use() -> None:
            async with AsyncPosClient("https://pos.example", transport=FakePos().transport) as client:
                assert (await client.changes(Customer)).from_start
            with pytest.raises(RuntimeError):
                await client.changes(Customer)

        asyncio.run(use())

    def test_the_judge_is_awake(self, shop: Shop) -> None:
        """
        What the description does not know is found by the transport these tests use.
        """
        broken = httpx.MockTransport(lambda _request: httpx.Response(200, json={"records": [], "more": "no"}))
        client = shop.client(transport=PosValidatingTransport(broken))
        shop.failure(lambda: client.changes(Order), MisfitError)
