"""
What posgo remembers between runs, and where.
"""

from posgo.state._documents import dump_record, load_record
from posgo.state._records import (
    Changes,
    ConflictRecord,
    CursorRecord,
    History,
    IntentRecord,
    Key,
    LinkRecord,
    Loaded,
    LoadedLinks,
    Progress,
    RunRecord,
    SettlementRecord,
    SettlementState,
    StateRecord,
    TombstoneRecord,
    history_of,
    progress_of,
)
from posgo.state._store import (
    AsyncStateStore,
    CommitChanges,
    ForgetRecord,
    LoadHistory,
    LoadLinks,
    LoadPreviousSettlement,
    LoadProgress,
    LoadSettlements,
    StateStore,
    StoreRequest,
)
from posgo.state.memory import MemoryStore
from posgo.state.sqlite import SqliteStore
from posgo.wire.stored import instant

__all__ = [
    "AsyncStateStore",
    "Changes",
    "CommitChanges",
    "ConflictRecord",
    "CursorRecord",
    "ForgetRecord",
    "History",
    "IntentRecord",
    "Key",
    "LinkRecord",
    "LoadHistory",
    "LoadLinks",
    "LoadPreviousSettlement",
    "LoadProgress",
    "LoadSettlements",
    "Loaded",
    "LoadedLinks",
    "MemoryStore",
    "Progress",
    "RunRecord",
    "SettlementRecord",
    "SettlementState",
    "SqliteStore",
    "StateRecord",
    "StateStore",
    "StoreRequest",
    "TombstoneRecord",
    "dump_record",
    "history_of",
    "instant",
    "load_record",
    "progress_of",
]
