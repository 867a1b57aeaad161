"""
What a process may be started for, composed as the runners do.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

import attrs

from posgo.exceptions import InvoiceRefusedError, ModelError
from posgo.models.orders import Order, OrderStatus
from posgo.models.pos import ZReport
from posgo.procedure import Procedure
from posgo.procedures.report import SyncReport
from posgo.profiles import Invoicing
from posgo.runner import _Core
from posgo.testing.simulate._world import World

__all__ = ["ERRANDS", "Errand", "Hear", "Refusals"]

Hear: TypeAlias = Callable[[SyncReport], None]
"""Takes each report in the moment a runner hands it over, whatever becomes of the process then."""

_OPEN = frozenset({OrderStatus.DRAFT, OrderStatus.CONFIRMED})


@attrs.frozen(kw_only=True)
class Errand:
    """
    Something a runner is asked to do.

    Attributes:
        begin: Makes the procedure.
        needs_lease: Whether it works alone on the client company.
        writes: Whether it may write; what only looks must not.
    """

    begin: Callable[[_Core, World, Hear], Procedure[Any]]
    needs_lease: bool = True
    writes: bool = True


@attrs.frozen
class Refusals:
    """
    What became of a call for the invoices of all orders.

    Attributes:
        rules: What stood against those that were refused, by the POS's id of the order.
    """

    rules: dict[str, frozenset[str]]


def _sync(core: _Core, world: World, hear: Hear, *kinds: str, **how: Any) -> Procedure[SyncReport]:
    plainly = {"full": False, "approve": None, "dry_run": False}
    report = yield from core._sync(world.pos, kinds or None, **(plainly | how))
    hear(report)
    return report


def _approved(core: _Core, world: World, hear: Hear) -> Procedure[SyncReport]:
    """
    Sweep, and let a person approve what was held back because it is so much at once.
    """
    report = yield from _sync(core, world, hear, full=True)
    for kind in report.kinds:
        if kind.plan.withheld:
            # Somebody edits meanwhile: the person is told to look again.
            with suppress(ModelError):
                yield from _sync(core, world, hear, kind.kind, full=True, approve=kind.plan.plan_id)
    return report


def _last_day(core: _Core, world: World, _: Hear) -> Procedure[Any]:
    """
    Settle the report the till closed last, given by hand.
    """
    reports = list(world.pos.all(ZReport).values())
    if not reports:
        return (yield from core._settlements(world.pos, dry_run=None))
    return (yield from core._settlement(reports[-1], None, None, dry_run=None))


def _invoice(core: _Core, world: World, _: Hear) -> Procedure[Any]:
    """
    Invoice the order that was taken last at the till and is not invoiced; if there is none, one that is.
    """
    orders = world.pos.all(Order)
    issued = world.profile.invoicing is Invoicing.POS
    waiting = [
        own_id
        for own_id, order in orders.items()
        if order.status in _OPEN and (issued or order.invoice_no is None)
    ]
    return (yield from core._invoice(world.pos, (waiting or [*orders] or ["nobody's"])[-1]))


def _invoices(core: _Core, world: World, _: Hear) -> Procedure[Refusals]:
    """
    Invoice every order, whether or not it was asked for before, as a POS does at night.
    """
    refused = {}
    for own_id in world.pos.all(Order):
        try:
            yield from core._invoice(world.pos, own_id)
        except InvoiceRefusedError as error:
            refused[own_id] = frozenset(finding.rule for finding in error.findings)
    return Refusals(refused)


ERRANDS: dict[str, Errand] = {
    "sync": Errand(begin=_sync),
    "sweep": Errand(begin=lambda core, world, hear: _sync(core, world, hear, full=True)),
    "customers": Errand(begin=lambda core, world, hear: _sync(core, world, hear, "customers")),
    "invoice": Errand(begin=_invoice),
    "invoices": Errand(begin=_invoices),
    "orders": Errand(begin=lambda core, world, hear: _sync(core, world, hear, "orders")),
    "products": Errand(begin=lambda core, world, hear: _sync(core, world, hear, "products")),
    "approve": Errand(begin=_approved),
    "preview": Errand(begin=lambda core, world, hear: _sync(core, world, hear, dry_run=True), writes=False),
    "full preview": Errand(
        begin=lambda core, world, hear: _sync(core, world, hear, full=True, dry_run=True), writes=False
    ),
    "settle": Errand(begin=lambda core, world, _: core._settlements(world.pos, dry_run=None)),
    "settle the last": Errand(begin=_last_day),
    "preview of days": Errand(
        begin=lambda core, world, _: core._settlements(world.pos, dry_run=True), writes=False
    ),
    "check": Errand(begin=lambda core, world, _: core._check(world.pos), needs_lease=False, writes=False),
}
"""Every errand, by name."""
