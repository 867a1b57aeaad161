"""
Where the bytes come from: a path, or a file opened by the caller.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from posgo.exceptions import ModelError

__all__ = ["PathLike", "Source"]


@runtime_checkable
class PathLike(Protocol):
    """
    A path that is no text, such as a :class:`pathlib.Path`.
    """

    def __fspath__(self) -> str: ...


class Source:
    """
    A file that can be read from its beginning any number of times.

    A path is opened for each reading and closed after it. A file object stays
    the caller's: every read seeks first, so that readings may be interleaved.

    Attributes:
        name: What to call it in messages: the path, or the file object's name.
    """

    def __init__(self, given: str | PathLike | BinaryIO) -> None:
        self._given: Path | BinaryIO
        if isinstance(given, (str, PathLike)):
            self._given = Path(given)
            self.name = str(given)
        else:
            self._given = _checked(given)
            name = getattr(given, "name", None)
            self.name = name if isinstance(name, str) else "the file"

    def chunks(self, size: int) -> Iterator[bytes]:
        """
        Yield the bytes from the beginning, in pieces of at most ``size``.
        """
        if isinstance(self._given, Path):
            with self._given.open("rb") as opened:
                yield from _pieces(opened, size)
        else:
            yield from _pieces(self._given, size)


def _checked(given: BinaryIO) -> BinaryIO:
    if isinstance(given, io.TextIOBase):
        raise ModelError("the file is opened as text; open it as binary, open(path, 'rb')")
    if not callable(getattr(given, "read", None)) or not callable(getattr(given, "seek", None)):
        raise ModelError(f"a path or a binary file is expected, not {type(given).__name__}")
    seekable = getattr(given, "seekable", None)
    if callable(seekable) and not seekable():
        raise ModelError(
            "the file cannot be read twice (it is not seekable); give a path, or io.BytesIO(file.read())"
        )
    if not isinstance(given.read(0), bytes):
        raise ModelError("the file gives text; open it as binary, open(path, 'rb')")
    return given


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    position = 0
    while True:
        file.seek(position)
        piece = file.read(size)
        if not piece:
            return
        position += len(piece)
        yield piece
