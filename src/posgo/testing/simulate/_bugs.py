"""
Deliberate bugs: what a driver does to the requests of a sound procedure, to show that the promises notice.
"""

from collections.abc import Iterable
from typing import Any

import attrs

from posgo.clients.calls import Call, Page, Repeat
from posgo.clients.pos.requests import ReadChanges, UpdateRecord
from posgo.models.orders import Order, OrderStatus
from posgo.models.parties import Customer
from posgo.procedure import Request
from posgo.state import (
    Changes,
    CommitChanges,
    ConflictRecord,
    CursorRecord,
    IntentRecord,
    LinkRecord,
    Loaded,
    LoadedLinks,
    LoadLinks,
    MemoryStore,
    Progress,
)

__all__ = ["BUGS", "Bug", "bug"]


class Bug:
    """
    Changes nothing: the procedures as they are.
    """

    name = "none"
    ignores_lease = False

    def before(self, request: Request[Any], store: MemoryStore, client: str) -> Iterable[Request[Any]]:
        """
        Requests to be made before this one.
        """
        return ()

    def changed(self, request: Request[Any], store: MemoryStore, client: str) -> Request[Any]:
        """
        The request to be made instead of this one.
        """
        return request

    def answered(self, request: Request[Any], answer: Any) -> Any:
        """
        The answer the procedure is given.
        """
        return answer


class LeaseIgnored(Bug):
    """
    Two runners work on one client company at the same time.
    """

    name = "lease ignored"
    ignores_lease = True


class _Unstored(Bug):
    """
    Records of one class never reach the store.
    """

    of: type = object

    def changed(self, request: Request[Any], store: MemoryStore, client: str) -> Request[Any]:
        if not isinstance(request, CommitChanges):
            return request
        kept = [record for record in request.changes.put if not self.is_left_out(record, store, client)]
        return attrs.evolve(request, changes=attrs.evolve(request.changes, put=kept))

    def is_left_out(self, record: Any, store: MemoryStore, client: str) -> bool:
        return isinstance(record, self.of)


class IntentsNotStored(_Unstored):
    """
    Nobody knows after a crash that something may be on its way.
    """

    name = "intents not stored"
    of = IntentRecord


class ConflictsNotRecorded(_Unstored):
    """
    The losing value is nowhere.
    """

    name = "conflicts not recorded"
    of = ConflictRecord


class BaseNotMoved(_Unstored):
    """
    What both sides agreed on first is taken for what they agree on now.
    """

    name = "base not updated"

    def is_left_out(self, record: Any, store: MemoryStore, client: str) -> bool:
        if not isinstance(record, LinkRecord):
            return False
        known = store.links(client, record.kind, pos_ids=(record.link.pos_id,)).links
        return any(link.go_id == record.link.go_id for link in known)


class CursorFirst(Bug):
    """
    The cursors move as soon as the changes were read.
    """

    name = "cursor saved before results"

    def __init__(self) -> None:
        self._cursors: dict[str, CursorRecord] = {}
        self._commits = 0

    def answered(self, request: Request[Any], answer: Any) -> Any:
        if isinstance(request, ReadChanges):
            kind = "customers" if request.type is Customer else "products"
            self._cursors["pos"] = CursorRecord(kind=kind, side="pos", position=answer.cursor)
        elif isinstance(answer, Page) and request.path in ("/Customers", "/Products"):  # type: ignore[attr-defined]
            stamps = [row.changed_at for row in answer.items if getattr(row, "changed_at", None)]
            if stamps:
                kind = request.path[1:].lower()  # type: ignore[attr-defined]
                self._cursors["go"] = CursorRecord(kind=kind, side="go", position=max(stamps).isoformat())
        elif isinstance(answer, (Progress, LoadedLinks, Loaded)):
            return attrs.evolve(answer, version=answer.version - self._commits)
        elif isinstance(request, CommitChanges):
            return answer - self._commits
        return answer

    def before(self, request: Request[Any], store: MemoryStore, client: str) -> Iterable[Request[Any]]:
        if not isinstance(request, LoadLinks):
            return
        put = [each for each in self._cursors.values() if each.kind == request.kind]
        self._cursors = {}
        if put:
            yield CommitChanges(Changes(put=put), store.progress(client, request.kind).version)
            self._commits += 1

    def changed(self, request: Request[Any], store: MemoryStore, client: str) -> Request[Any]:
        if isinstance(request, CommitChanges):
            # The procedure knows nothing of the commits before its own.
            return attrs.evolve(request, expected_version=request.expected_version + self._commits)
        return request


class NoLookUp(Bug):
    """
    What is in doubt is sent again without looking.
    """

    name = "no look-up before repeat"

    def answered(self, request: Request[Any], answer: Any) -> Any:
        if not isinstance(answer, Page) or not isinstance(request, Call):
            return answer
        names = {name for name, _ in request.query}
        looks = request.path == "/AccountTransactions" or (
            request.path in ("/Products", "/Customers") and names & {"codes", "externalImportReference"}
        )
        return Page(items=()) if looks else answer


class PostRepeated(Bug):
    """
    The client repeats a timed-out POST by itself.
    """

    name = "timed-out POST repeated"

    def changed(self, request: Request[Any], store: MemoryStore, client: str) -> Request[Any]:
        return attrs.evolve(request, repeat=Repeat.SAFE) if isinstance(request, Call) else request


class OrderUnnamed(Bug):
    """
    Go is not told whose order it is, so that it takes the same one again.
    """

    name = "invoice created twice"

    def changed(self, request: Request[Any], store: MemoryStore, client: str) -> Request[Any]:
        if isinstance(request, Call) and (request.method, request.path) == ("POST", "/SalesOrders/Complete"):
            return _without(request, "ExternalImportReference", "CustomMatchingReference")
        return request


class PaymentUnmatched(Bug):
    """
    What was paid at the till is booked on the customer, and refers to no invoice.
    """

    name = "payment without reference"

    def changed(self, request: Request[Any], store: MemoryStore, client: str) -> Request[Any]:
        if isinstance(request, Call) and request.method == "POST" and request.path.startswith("/Vouchers/"):
            return _without(request, "CustomMatchingReference")
        return request


class StatusTooSoon(Bug):
    """
    The POS is told of an invoice as soon as Go was asked for it.
    """

    name = "status before delivery"

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def answered(self, request: Request[Any], answer: Any) -> Any:
        if isinstance(request, Call) and request.path.endswith("/createAndSendInvoice"):
            self._asked.add(request.parameters["id"])
        return answer

    def before(self, request: Request[Any], store: MemoryStore, client: str) -> Iterable[Request[Any]]:
        asked, self._asked = self._asked, set()
        for link in store.links(client, "orders", pos_ids=(), go_ids=tuple(asked)).links if asked else ():
            yield UpdateRecord(Order, link.pos_id, {"status": OrderStatus.INVOICED})


def _without(request: Call[Any], *members: str) -> Call[Any]:
    """
    The same, with members left out of its body, wherever they stand.
    """

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: cut(part) for name, part in value.items() if name not in members}
        return [cut(part) for part in value] if isinstance(value, list) else value

    return attrs.evolve(request, body=cut(request.body))


BUGS: dict[str, type[Bug]] = {
    each.name: each
    for each in (
        CursorFirst,
        NoLookUp,
        BaseNotMoved,
        PostRepeated,
        LeaseIgnored,
        IntentsNotStored,
        ConflictsNotRecorded,
        OrderUnnamed,
        PaymentUnmatched,
        StatusTooSoon,
    )
}
"""Every deliberate bug, by name."""


def bug(name: str | None) -> Bug:
    """
    A bug by name, fresh; none without one.
    """
    return BUGS[name]() if name else Bug()
