"""
The engine: two-way, three-way, pure.

:func:`plan` takes what both sides last agreed on and what each says now, and
answers what is to be done. It reads no clock, no network and no store, so
the same input gives the same plan, which can be shown, stored, approved and
undone like any other value.
"""

from posgo.sync._document import Cost, Plan
from posgo.sync._keyed import Keyed
from posgo.sync._lens import COMPLETE_ADDRESS, FIRST_OF_MANY, IDENTITY, Lens, blank_is_none, truncated
from posgo.sync._links import advance, resolve
from posgo.sync._merger import Merged, Merger, Question
from posgo.sync._operations import Change, Conflict, ConflictKind, Kind, Operation, Tombstone
from posgo.sync._plan import plan
from posgo.sync._policy import (
    Authority,
    Check,
    Direction,
    Guard,
    Key,
    OnDeleteChange,
    OnReceiverEdit,
    Policy,
    Replica,
    Seal,
    Unit,
)
from posgo.sync._status import StatusMerge
from posgo.sync._vat import vat_price

__all__ = [
    "COMPLETE_ADDRESS",
    "FIRST_OF_MANY",
    "IDENTITY",
    "Authority",
    "Change",
    "Check",
    "Conflict",
    "ConflictKind",
    "Cost",
    "Direction",
    "Guard",
    "Key",
    "Keyed",
    "Kind",
    "Lens",
    "Merged",
    "Merger",
    "OnDeleteChange",
    "OnReceiverEdit",
    "Operation",
    "Plan",
    "Policy",
    "Question",
    "Replica",
    "Seal",
    "StatusMerge",
    "Tombstone",
    "Unit",
    "advance",
    "blank_is_none",
    "plan",
    "resolve",
    "truncated",
    "vat_price",
]
