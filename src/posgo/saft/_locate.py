"""
The line of a value that could not be read: looked up only when it is needed.
"""

from xml.parsers import expat

from posgo.saft._prolog import NAMESPACE
from posgo.saft._source import Source

__all__ = ["line_of"]


def line_of(source: Source, tag: str, text: str) -> int | None:
    """
    The line of the first element of a name with exactly a text.

    Args:
        source: The file, read again from its beginning.
        tag: Qualified name.
        text: What it holds.

    Returns:
        The line the element begins on; None if there is none, or the file
        breaks off before.
    """
    return _Finder(tag, text).search(source)


class _Finder:
    def __init__(self, tag: str, text: str) -> None:
        self._name = f"{NAMESPACE} {tag.rpartition('}')[2]}"
        self._text = text
        self._parts: list[str] | None = None
        self._began = 0
        self._line: int | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data

    def search(self, source: Source) -> int | None:
        try:
            for chunk in source.chunks(65_536):
                self._parser.Parse(chunk, False)
                if self._line is not None:
                    return self._line
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            return None
        return self._line

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._parts = [] if name == self._name else None
        self._began = self._parser.CurrentLineNumber

    def _data(self, text: str) -> None:
        if self._parts is not None:
            self._parts.append(text)

    def _end(self, name: str) -> None:
        if (
            self._line is None
            and self._parts is not None
            and name == self._name
            and "".join(self._parts) == self._text
        ):
            self._line = self._began
        self._parts = None
