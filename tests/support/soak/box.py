"""
A few bytes a process shares with whoever kills it: what it was doing is known afterwards.
"""

import enum
import mmap
import struct
from pathlib import Path

from posgo.clients.calls import Call
from posgo.clients.pos.requests import PosRequest
from posgo.procedure import Request
from posgo.state import StoreRequest

__all__ = ["BlackBox", "Phase"]


class Phase(enum.IntEnum):
    """
    What a process is doing.
    """

    STARTING = 0
    READY = 1
    OPENING = 2
    WORKING = 3
    STORE_READ = 4
    STORE_COMMIT = 5
    GO_READ = 6
    GO_WRITE = 7
    POS_READ = 8
    POS_WRITE = 9
    PAUSE = 10
    LEASE = 11
    ENDED = 12

    @property
    def told(self) -> str:
        """
        As a table says it.
        """
        return self.name.lower().replace("_", " ")


class BlackBox:
    """
    The bytes; the kernel keeps them when the process is gone.

    Args:
        path: Their file; it is made when missing.
    """

    _SHAPE = struct.Struct("<III")

    def __init__(self, path: Path) -> None:
        with path.open("a+b") as file:
            if path.stat().st_size < self._SHAPE.size:
                file.truncate(self._SHAPE.size)
        with path.open("r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), self._SHAPE.size)

    @property
    def phase(self) -> Phase:
        """
        What the process is doing, or was when it ended.
        """
        return Phase(self._SHAPE.unpack_from(self._bytes)[0])

    @phase.setter
    def phase(self, phase: Phase) -> None:
        self._set(0, phase)

    @property
    def commits(self) -> int:
        """
        How many commits it has begun.
        """
        return int(self._SHAPE.unpack_from(self._bytes)[1])

    @property
    def writes(self) -> int:
        """
        How many writes to Go or the POS it has begun.
        """
        return int(self._SHAPE.unpack_from(self._bytes)[2])

    def begin(self, request: Request[object]) -> None:
        """
        Note that a request is about to be answered.
        """
        match request:
            case StoreRequest():
                phase = Phase.STORE_COMMIT if request.writes else Phase.STORE_READ
            case Call():
                phase = Phase.GO_WRITE if request.writes else Phase.GO_READ
            case PosRequest():
                phase = Phase.POS_WRITE if request.writes else Phase.POS_READ
            case _:
                phase = Phase.PAUSE
        self.phase = phase
        if phase is Phase.STORE_COMMIT:
            self._set(1, self.commits + 1)
        if phase in (Phase.GO_WRITE, Phase.POS_WRITE):
            self._set(2, self.writes + 1)

    def _set(self, place: int, number: int) -> None:
        struct.pack_into("<I", self._bytes, 4 * place, number)
