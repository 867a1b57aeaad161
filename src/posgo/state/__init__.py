"""
What posgo remembers between runs, and where.
"""

from posgo.state._records import Changes, Loaded, SettlementRecord, SettlementState
from posgo.state._store import (
    CommitChanges,
    LoadPreviousSettlement,
    LoadSettlements,
    StateStore,
    StoreRequest,
)
from posgo.state.memory import MemoryStore
from posgo.state.sqlite import SqliteStore

__all__ = [
    "Changes",
    "CommitChanges",
    "LoadPreviousSettlement",
    "LoadSettlements",
    "Loaded",
    "MemoryStore",
    "SettlementRecord",
    "SettlementState",
    "SqliteStore",
    "StateStore",
    "StoreRequest",
]
