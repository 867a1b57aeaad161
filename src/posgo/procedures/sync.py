"""
Keeping one kind of record alike on both sides: read, plan, carry out, remember.

Nothing pending is carried over: what is to be done is worked out anew from
what both sides say. The intent to write is stored before anything is sent,
so that the next run knows that something may be on its way, and which
records to look at again. Cursors move last, with the results they cover.

Go's reads lag behind its writes. A run that reads too soon would take what
it wrote a moment ago for somebody's edit back, so a run that wrote to Go
waits before it ends, and one that finds intents of a run that did not end
waits before it reads.
"""

from typing import TypeVar

import attrs

from posgo.procedure import Procedure, ask, pause
from posgo.procedures.in_sight import SAFE
from posgo.procedures.outcome import KindReport
from posgo.procedures.sync_desk import SyncDesk
from posgo.procedures.sync_look import (
    Look,
    beside,
    lacks_its_counterpart,
    look,
    meets_strangers,
    plan_for,
    stirs_strangers,
    unknown_links,
)
from posgo.procedures.sync_run import Run
from posgo.state import Changes, CommitChanges, LoadProgress, Progress
from posgo.sync import Kind, Plan, Replica

__all__ = ["sync_kind"]

T = TypeVar("T")


def sync_kind(desk: SyncDesk[T]) -> Procedure[KindReport]:
    """
    Make one kind of record alike on both sides.
    """
    progress = yield from ask(LoadProgress(desk.kind))
    if any(intent.operation not in SAFE for intent in progress.intents):
        progress = yield from _take_over(desk, progress)
    view, planned = yield from _look_and_plan(desk, progress)
    approved = desk.approve is not None and desk.approve == planned.plan_id
    if approved:
        planned = planned.approve(planned.plan_id)
    if desk.dry_run:
        return KindReport(
            kind=desk.kind,
            plan=planned,
            written={},
            complete=view.complete,
            approved=approved,
            dry_run=True,
            beside=beside(desk),
        )
    run = Run(desk=desk, look=view, plan=planned, approved=approved, version=progress.version)
    yield from run.carry_out()
    return run.report()


def _take_over(desk: SyncDesk[T], progress: Progress) -> Procedure[Progress]:
    """
    Go on where an earlier run ended, and see first what it may have written.

    Its process may be at work still, cut off from the lease without knowing it: after a commit of ours it makes
    nothing more, and what it has under way is seen after a while.
    """
    if not desk.dry_run:
        version = yield from ask(CommitChanges(Changes(), progress.version))
        progress = attrs.evolve(progress, version=version)
    yield from pause(desk.look_up_after, "an earlier run may have written, and Go's reads lag")
    return progress


def _look_and_plan(desk: SyncDesk[T], progress: Progress) -> Procedure[tuple[Look[T], Plan[T]]]:
    """
    Look at what changed, or at everything where that does not tell enough, and plan.
    """
    view = yield from look(desk, progress, full=desk.full)
    if not view.complete and unknown_links(view):
        # Somebody of ours has been here before and this store does not know: it is older than the data.
        view = yield from look(desk, progress, full=True)
    view, planned = yield from plan_for(desk, view)
    strange = desk.policy.keys and (meets_strangers(view, planned) or stirs_strangers(view))
    if not view.complete and (strange or lacks_its_counterpart(view, planned)):
        # Whom a record new to us belongs to, only the whole can tell: its counterpart
        # may stand there unchanged, held back because several would have fitted.
        view, planned = yield from plan_for(desk, (yield from look(desk, progress, full=True)))
    if not desk.dry_run and _may_not_see(desk, progress, planned):
        yield from pause(desk.look_up_after, "a lost store knows nothing of what was made a moment ago")
        view, planned = yield from plan_for(desk, (yield from look(desk, progress, full=True)))
    return view, planned


def _may_not_see(desk: SyncDesk[T], progress: Progress, planned: Plan[T]) -> bool:
    """
    Whether something is to be made in Go that Go would make again, by a store that knows nothing.

    It may be new, or be lost, and somebody of ours have made the same where reads do not show it yet.
    """
    knows_nothing = not (progress.cursors or progress.intents)
    makes = any(
        operation.kind is Kind.CREATE and operation.replica is Replica.GO
        for operation in (*planned.operations, *planned.withheld)
    )
    return knows_nothing and makes and Replica.GO not in desk.policy.references
