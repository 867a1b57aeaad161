"""
Runners beside the test: one in a process of its own, which can be killed, and one that waits in a thread.

They stand in a module that a fresh process can import: a test module cannot be.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from posgo.state import SqliteStore, StateStore

__all__ = ["entered_and_left", "hold_and_die"]


def hold_and_die(path: Path, told: Callable[[], None]) -> None:
    """
    Take the lease, say so, and hold it until killed.
    """
    with SqliteStore(path).lease("c", wait=timedelta(0)):
        told()
        time.sleep(60)


def entered_and_left(store: StateStore, wait: timedelta) -> bool:
    """
    Take the lease, waiting for it, and leave again.
    """
    with store.lease("c", wait=wait):
        return True
