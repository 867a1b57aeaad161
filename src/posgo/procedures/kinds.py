"""
Which kinds of record are kept alike, and what each needs.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.exceptions import ConfigurationError, ModelError, StateStoreError
from posgo.models._dates import to_oslo
from posgo.models.catalog import Product
from posgo.models.parties import Customer
from posgo.procedure import Procedure, ask
from posgo.procedures.books import Books
from posgo.procedures.catalog import GoProducts, product_policy
from posgo.procedures.go_orders import CONFIRMING, GoOrders
from posgo.procedures.in_sight import SAFE, UNREAD
from posgo.procedures.order_books import Translator, the_catalog
from posgo.procedures.outcome import KindReport
from posgo.procedures.pos_orders import PosOrders
from posgo.procedures.progress import ProgressHook, log_progress
from posgo.procedures.report import SyncReport
from posgo.procedures.sides import GoCustomers, PosSide, Side
from posgo.procedures.sync import sync_kind
from posgo.procedures.sync_desk import Care, NoCare, Notes, SyncDesk
from posgo.profiles import Profile
from posgo.state import LoadProgress
from posgo.sync import Policy, Replica

__all__ = ["SyncKit", "kinds_of", "sync"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class SyncKit:
    """
    What a run needs beside the two systems.

    Attributes:
        profile: How the two systems work together.
        accounts: The account map, which knows the sales account of a VAT code; None if there is none.
        books: What is remembered of Go.
        now: The time (UTC) the run begins. It dates records of the run and chooses today's VAT rates.
        clock: Tells the time (UTC) it ends, for the record only.
        full: Whether to look at everything.
        approve: Id of a plan a person has approved; None if none.
        dry_run: Whether to stop after planning.
        look_up_after: How long to wait before looking for a creation in doubt.
        keep_history: How long conflicts and runs are remembered.
        on_progress: Hears how far the sync has got.
        notes: What is to be stored when the report is handed over.
    """

    profile: Profile
    accounts: AccountMap | None
    books: Books
    now: datetime
    clock: Callable[[], datetime]
    full: bool = False
    approve: str | None = None
    dry_run: bool = False
    look_up_after: timedelta = timedelta(seconds=2)
    keep_history: timedelta = timedelta(days=90)
    on_progress: ProgressHook = log_progress
    notes: Notes = attrs.Factory(Notes)


def kinds_of(profile: Profile) -> tuple[str, ...]:
    """
    The kinds a profile keeps alike, in the order they are taken up.
    """
    return tuple(kind for kind in _KINDS if getattr(profile, kind) is not None)


def sync(kit: SyncKit, kinds: Iterable[str]) -> Procedure[SyncReport]:
    """
    Make the kinds given alike on both sides, one after the other.

    Raises:
        ConfigurationError: If the profile has no rules for one of them.
        ModelError: If the approved plan is not one of those made now; nothing was written.
    """
    kinds = tuple(kinds)
    for kind in kinds:
        if getattr(kit.profile, kind) is None:
            problem = f"the profile {kit.profile.name!r} has no rules for {kind}"
            raise ConfigurationError("profile", (problem,))
    if kit.approve is not None:
        # Whoever approves what is out of date has approved nothing: so nothing else is written either.
        ahead = yield from _each(attrs.evolve(kit, dry_run=True), kinds)
        if not any(report.approved for report in ahead):
            raise ModelError(
                f"plan {kit.approve} is not what would be done now: something has changed since; look again"
            )
        if kit.dry_run:
            return SyncReport(kinds=ahead)
    reports = yield from _each(kit, kinds)
    with suppress(StateStoreError):
        # Noted or not: what the report tells is told by handing it over, and perhaps once more by the next run.
        yield from kit.notes.store()
    return SyncReport(kinds=reports)


def _each(kit: SyncKit, kinds: Iterable[str]) -> Procedure[tuple[KindReport, ...]]:
    reports: list[KindReport] = []
    for kind in kinds:
        reports.append((yield from _KINDS[kind](kit)))
        if reports[-1].stopped:
            break
    return tuple(reports)


def _customers(kit: SyncKit) -> Procedure[KindReport]:
    policy = kit.profile.customers
    assert policy is not None  # noqa: S101 - asked above
    desk = _desk(
        kit,
        kind="customers",
        pos=PosSide(Customer),
        go=GoCustomers(overlap=kit.profile.overlap),
        policy=policy,
    )
    return (yield from sync_kind(desk))


def _desk(  # noqa: PLR0913
    kit: SyncKit, *, kind: str, pos: Side[T], go: Side[T], policy: Policy[T], care: Care[T] | None = None
) -> SyncDesk[T]:
    return SyncDesk(
        kind=kind,
        pos=pos,
        go=go,
        policy=policy,
        care=NoCare() if care is None else care,
        now=kit.now,
        clock=kit.clock,
        full=kit.full,
        approve=kit.approve,
        dry_run=kit.dry_run,
        look_up_after=kit.look_up_after,
        keep_history=kit.keep_history,
        on_progress=kit.on_progress,
        notes=kit.notes,
    )


def _products(kit: SyncKit) -> Procedure[KindReport]:
    policy = kit.profile.products
    assert policy is not None  # noqa: S101 - asked above
    today = to_oslo(kit.now).date()
    catalog = yield from the_catalog(kit.books, kit.accounts, today, kit.profile.default_vat_code)
    desk = _desk(
        kit,
        kind="products",
        pos=PosSide(Product),
        go=GoProducts(catalog=catalog, overlap=kit.profile.overlap),
        policy=product_policy(policy, catalog),
    )
    return (yield from sync_kind(desk))


def _orders(kit: SyncKit) -> Procedure[KindReport]:
    policy = kit.profile.orders
    assert policy is not None  # noqa: S101 - asked above
    progress = yield from ask(LoadProgress("orders"))
    translator = Translator(
        books=kit.books,
        accounts=kit.accounts,
        today=to_oslo(kit.now).date(),
        default_vat_code=kit.profile.default_vat_code,
        rounding_product=kit.profile.rounding_product,
    )
    go = GoOrders(
        translator=translator,
        overlap=kit.profile.overlap,
        now=kit.now,
        sweep_every=kit.profile.sweep_drafts_every,
        makes=Replica.POS in policy.creates,
        reopens=all(seal.rule != "confirmed-order-changed" for seal in policy.seals),
        unfinished={each.go_id for each in progress.intents if each.go_id and each.operation == CONFIRMING},
        # A write that was refused has told the till nothing: what was invoiced is read again.
        unread={
            each.go_id
            for each in progress.intents
            if each.go_id and (each.operation == UNREAD or each.operation not in SAFE)
        },
    )
    desk = _desk(
        kit,
        kind="orders",
        pos=PosOrders(translator),
        go=go,
        policy=policy,
        care=go,
    )
    return (yield from sync_kind(desk))


_KINDS: Mapping[str, Callable[[SyncKit], Procedure[KindReport]]] = MappingProxyType(
    {"customers": _customers, "products": _products, "orders": _orders}
)
