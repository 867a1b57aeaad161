"""
How far a sync has got, for a progress bar or a log. No names, no ids, no keys.
"""

import enum
import logging
from collections.abc import Callable
from typing import TypeAlias

import attrs

__all__ = ["ProgressHook", "SyncPhase", "SyncProgress", "log_progress"]


class SyncPhase(enum.StrEnum):
    """
    What a sync is doing with one kind of record.
    """

    READING = "reading"
    """Both sides are read; how much there is, is not known yet."""

    WRITING = "writing"
    """The plan is carried out, one operation after the other."""

    DONE = "done"
    """This kind is finished, or was given up for now."""


@attrs.frozen(kw_only=True)
class SyncProgress:
    """
    How far a sync has got with one kind of record.

    Attributes:
        kind: ``"customers"`` or ``"products"``.
        phase: What it is doing.
        done: Operations tried so far, failed ones included; records read when ``READING``.
        total: Operations of the plan so far; None while that is not known. It may grow: what
            Go makes of a new record, such as its number, is written back in the same run.
    """

    kind: str
    phase: SyncPhase
    done: int = 0
    total: int | None = None


ProgressHook: TypeAlias = Callable[[SyncProgress], None]
"""Called between requests, in the runner's thread or task. What it raises is logged and changes nothing."""

_logger = logging.getLogger("posgo.sync")


def log_progress(progress: SyncProgress) -> None:
    """
    Write progress to the logger ``posgo.sync``: phases as INFO, single operations as DEBUG.
    """
    level = logging.DEBUG if progress.phase is SyncPhase.WRITING and progress.done else logging.INFO
    total = "?" if progress.total is None else progress.total
    _logger.log(level, "%s: %s, %d of %s", progress.kind, progress.phase, progress.done, total)
