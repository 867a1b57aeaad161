"""
A runner in a process of its own, which can be killed.

It stands in a module that a fresh process can import: a test module cannot be.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from posgo.state import SqliteStore

__all__ = ["hold_and_die"]


def hold_and_die(path: Path, told: Callable[[], None]) -> None:
    """
    Take the lease, say so, and hold it until killed.
    """
    with SqliteStore(path).lease("c", wait=timedelta(0)):
        told()
        time.sleep(60)
