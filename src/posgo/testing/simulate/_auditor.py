"""
Who watches every write, to see what was overwritten and whether anybody was told.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from posgo.clients.calls import Call
from posgo.clients.pos.requests import UpdateRecord
from posgo.models.catalog import Product
from posgo.models.findings import Finding
from posgo.models.orders import Order
from posgo.models.parties import Customer
from posgo.procedures.report import SyncReport
from posgo.state import Changes, ConflictRecord
from posgo.sync import Conflict
from posgo.testing.simulate._order_watch import OrderWatch
from posgo.testing.simulate._world import MODELS, World, birth_of
from posgo.wire.stored import dump

__all__ = ["Auditor", "Overwritten", "held"]

T = TypeVar("T")

_OWNED = ("images", "group")


@attrs.frozen
class Overwritten:
    """
    A value a run wrote over, that was not what both sides had agreed on.

    Attributes:
        side: Where.
        kind: Of the record.
        own_id: Its id there.
        birth: Its birth mark.
        field: Which field.
        value: What was lost, as text.
    """

    side: str
    kind: str
    own_id: str
    birth: str | None
    field: str
    value: str


class Auditor:
    """
    Compares the sides before and after every write of a run.

    Attributes:
        overwritten: Values that must stand in a recorded conflict.
        problems: What no conflict excuses.
        orders: Who watches orders.
        findings: What runs told their callers.
        last_findings: What the last run told.
        last_held: Go's ids of the records it told to be held for a person.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._recorded: set[tuple[str, str | None, str | None, str | None]] = set()
        self.overwritten: list[Overwritten] = []
        self.problems: list[str] = []
        self.findings: list[Finding] = []
        self.last_findings: tuple[Finding, ...] = ()
        self.last_held: set[str] = set()
        self.writes = 0
        self.orders = OrderWatch(world)

    def watched(self, request: Any, act: Callable[[], T]) -> T:
        """
        Carry a write out, and note what it overwrote.
        """
        target = _target(request)
        self.writes += 1
        if target is None:
            return self.orders.watched(request, act)
        side, kind, own_id = target
        before = self._world.side(side).all(MODELS[kind]).get(own_id)
        try:
            return act()
        finally:
            after = self._world.side(side).all(MODELS[kind]).get(own_id)
            if before is not None and after is not None and before != after:
                self._compare(side, kind, own_id, before, after)

    def committed(self, changes: Changes) -> None:
        """
        Note the conflicts a commit records.
        """
        for record in changes.put:
            if isinstance(record, ConflictRecord):
                self._record(record.kind, record, (record.pos, record.go))
        self.orders.recorded(
            each for each in changes.put if isinstance(each, ConflictRecord) and each.kind == "orders"
        )

    def reported(self, report: SyncReport) -> None:
        """
        Note the conflicts and findings a run told its caller.
        """
        self.last_findings = report.findings
        self.last_held = {conflict.go_id for conflict in report.conflicts if conflict.is_held}
        for each in report.kinds:
            self.findings.extend(each.findings)
            for conflict in () if each.dry_run else each.conflicts:
                self._record(each.kind, conflict, (dump(conflict.pos), dump(conflict.go)))

    def unrecorded(self) -> list[Overwritten]:
        """
        What was overwritten and stands nowhere.
        """
        return [
            each
            for each in self.overwritten
            if (each.kind, each.own_id, each.field, each.value) not in self._recorded
        ]

    def _record(self, kind: str, conflict: Conflict | ConflictRecord, values: tuple[str | None, ...]) -> None:
        for own_id in (conflict.pos_id, conflict.go_id):
            self._recorded |= {(kind, own_id, conflict.field, value) for value in values}

    def _compare(self, side: str, kind: str, own_id: str, before: Any, after: Any) -> None:
        ids = {f"{side}_ids": (own_id,)}
        known = [*self._world.store.links(self._client(), kind, **ids).links]
        # A run that was under way when the store forgot still knows what was agreed on.
        known += [
            link for of, link in self._world.forgotten if of == kind and own_id in (link.pos_id, link.go_id)
        ]
        for field, value in held(before).items():
            if value in (None, "", ()) or value == held(after)[field]:
                continue
            agreed = [held(link.base)[field] for link in known if field not in link.unagreed]
            if value not in agreed:
                name = field.partition("[")[0]
                told = dump(getattr(before, name))
                self.overwritten.append(Overwritten(side, kind, own_id, birth_of(before), name, told))
        if side == "pos" and isinstance(before, Product):
            lost = set(before.gtins[1:]) - set(after.gtins)
            lost |= {name for name in _OWNED if getattr(before, name) != getattr(after, name)}
            if lost:
                self.problems.append(f"{own_id} in the POS lost {sorted(lost)}, which Go has no say in")

    def _client(self) -> str:
        return self._world.client


def held(value: Any) -> dict[str, Any]:
    """
    What both sides can hold of a value, by field.
    """
    if isinstance(value, Customer):
        return {field.name: getattr(value, field.name) for field in attrs.fields(Customer)}
    shown = {
        name: getattr(value, name)
        for name in ("code", "name", "description", "unit", "price", "cost", "archived")
    }
    return {**shown, "gtins[0]": value.gtins[:1]}


def _target(request: Any) -> tuple[str, str, str] | None:
    if isinstance(request, UpdateRecord) and request.type is not Order:
        return "pos", "customers" if request.type is Customer else "products", request.id
    if isinstance(request, Call) and request.method == "PATCH":
        kind = request.path.split("/")[1].lower()
        return ("go", kind, request.parameters["id"]) if kind in MODELS else None
    return None
