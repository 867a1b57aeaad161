"""
Both systems, served over real HTTP, with somebody who sees every request and what it overwrote.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import attrs

from posgo.models.catalog import Product
from posgo.models.parties import Customer
from posgo.testing import FakeGo, FakePos
from posgo.testing._http.messages import Answerer, Reply
from posgo.testing._http.server import serve
from posgo.wire.stored import dump

__all__ = ["MODELS", "Meet", "Overwritten", "Shop", "birth_of", "nobody", "said"]

Meet = Callable[[bool, bool], None]

MODELS: dict[str, Any] = {"customers": Customer, "products": Product}
_SHARED = ("code", "name", "description", "unit", "price", "cost", "gtins", "archived")


def birth_of(value: Any) -> str:
    """
    The mark a record got when it was entered and that nobody edits: it tells duplicates from strangers.
    """
    return str(value.invoice_email if isinstance(value, Customer) else value.description)


def said(value: Any) -> dict[str, str]:
    """
    What a record says that both sides can hold, as texts by field; blanks are left out.
    """
    names = [field.name for field in attrs.fields(Customer)] if isinstance(value, Customer) else _SHARED
    told = {name: getattr(value, name) for name in names}
    if told.get("gtins"):
        told["gtins"] = told["gtins"][:1]
    return {name: dump(each) for name, each in told.items() if each not in (None, "", (), False)}


def nobody(_writes: bool, _before: bool) -> None:  # noqa: FBT001 - what the shop calls
    """
    Take no notice of a request.
    """


@attrs.frozen
class Overwritten:
    """
    A value a runner wrote over that had never reached the other side: a recorded conflict must hold it.

    Attributes:
        side: Where it stood.
        kind: Of the record.
        birth: Mark of the record.
        field: Which field.
        value: What was overwritten, as text.
    """

    side: str
    kind: str
    birth: str
    field: str
    value: str


class Shop:
    """
    A POS and a Go that live on while processes come and go.

    Args:
        lag: How far Go's reads are behind its writes.

    Attributes:
        lock: Held while a request is carried out, and by whoever edits.
        writes: How many requests were meant to change something.
        overwritten: Values that must stand in a recorded conflict.
        on_request: Called with whether a request writes, before (True) and after (False) it is carried out.
    """

    def __init__(self, *, lag: timedelta = timedelta(0)) -> None:
        self.go, self.pos = FakeGo(), FakePos()
        if lag:
            self.go.replica_lag = lag
        self.lock = threading.RLock()
        self.writes = 0
        self.overwritten: list[Overwritten] = []
        self.on_request: Meet = nobody
        self._ever: dict[str, set[tuple[str, str, str]]] = {"go": set(), "pos": set()}

    def side(self, name: str) -> FakeGo | FakePos:
        """
        A side by its name.
        """
        return self.go if name == "go" else self.pos

    @contextmanager
    def serve(self) -> Iterator[tuple[str, str]]:
        """
        Serve both, as their own ``serve()`` does; yields their base URLs.
        """
        with serve(self._watched("go")) as go, serve(self._watched("pos")) as pos:
            yield go, pos

    def enter(self, side: str, value: Any, own_id: str | None = None) -> None:
        """
        Let a person enter or save a record.
        """
        with self.lock:
            fake = self.side(side)
            made = fake.put(value, own_id)
            self._remember(side, fake.get(type(value), made))

    def born(self, side: str, kind: str, birth: str) -> str | None:
        """
        Id of the record with a birth mark on one side; None if it is not there.
        """
        records = self.side(side).all(MODELS[kind])
        return next((own_id for own_id, value in records.items() if birth_of(value) == birth), None)

    def _watched(self, side: str) -> Answerer:
        def answer(method: str, url: str, headers: dict[str, str], content: bytes) -> Reply:
            with self.lock:
                # A token changes nothing anybody agrees on.
                writes = method not in ("GET", "HEAD") and not url.endswith("/Token")
                self.on_request(writes, True)
                before = self._records(side) if writes else {}
                reply = self.side(side).answer(method, url, headers, content)
                if writes:
                    self.writes += 1
                    self._compare(side, before, self._records(side))
                self.on_request(writes, False)
                return reply

        return answer

    def _records(self, side: str) -> dict[tuple[str, str], Any]:
        fake = self.side(side)
        return {
            (kind, own_id): value
            for kind, model in MODELS.items()
            for own_id, value in fake.all(model).items()
        }

    def _compare(
        self, side: str, before: dict[tuple[str, str], Any], after: dict[tuple[str, str], Any]
    ) -> None:
        other = self._ever["pos" if side == "go" else "go"]
        for key, value in after.items():
            self._remember(side, value)
            if key not in before or before[key] == value:
                continue
            birth, now = birth_of(value), said(value)
            for field, text in said(before[key]).items():
                if now.get(field) != text and (birth, field, text) not in other:
                    told = dump(getattr(before[key], field))
                    self.overwritten.append(Overwritten(side, key[0], birth, field, told))

    def _remember(self, side: str, value: Any) -> None:
        self._ever[side] |= {(birth_of(value), field, text) for field, text in said(value).items()}
