"""
The file as a stream of finished elements, in flat memory.

The tree is built in C, a chunk at a time. After each chunk the path of
elements still open is walked, and everything finished beside it is handed
out and cut off. So Python runs once per transaction, not once per element,
and no more is kept than one chunk and one unfinished element.
"""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers import expat

from posgo.exceptions import MalformedFileError
from posgo.saft._fields import qualified
from posgo.saft._prolog import not_well_formed
from posgo.saft._source import Source

__all__ = ["elements"]

_CHUNK: Final = 65_536

# The longest element of a real file is a Z-report of some hundred kilobytes.
_ELEMENT_LIMIT: Final = 4_000_000
_DEPTH_LIMIT: Final = 64

_LISTS: Final = (
    "customersSuppliers",
    "generalLedger",
    "vatCodeDetails",
    "periods",
    "employees",
    "articles",
    "basics",
)

# Which elements, in which parent, are taken apart. Everything else is handed out whole.
_TAKEN_APART: Final = {
    "document": frozenset({qualified("auditfile")}),
    qualified("auditfile"): frozenset({qualified("company")}),
    qualified("company"): frozenset(map(qualified, (*_LISTS, "location"))),
    qualified("location"): frozenset({qualified("cashregister")}),
}
_NOTHING: Final[frozenset[str]] = frozenset()


def elements(source: Source) -> Iterator[Element]:
    """
    Yield every finished element that is not a container, in document order, and each container when it closes.

    A yielded element is complete and is dropped when the next one is asked
    for. The elements are those directly inside the root, the company, its
    lists, a location or a cash register.

    Raises:
        MalformedFileError: Not well-formed to the end, or built to exhaust memory.
    """
    builder = TreeBuilder()
    document = builder.start("document", {})
    # The gatekeeper has refused document type declarations, and with them every entity.
    parser = XMLParser(target=builder)  # noqa: S314
    pending = 0
    for chunk in source.chunks(_CHUNK):
        try:
            parser.feed(chunk)
        except ParseError as error:
            raise _broken(source, error) from None
        pending += len(chunk)
        for finished in _finished(document, source):
            pending = 0
            yield finished
        if pending > _ELEMENT_LIMIT:
            raise MalformedFileError(
                source.name, f"one element is longer than {_ELEMENT_LIMIT // 10**6} MB; no till writes that"
            )
    try:
        parser.close()
    except ParseError as error:
        raise _broken(source, error) from None
    yield from _drain(document)


def _broken(source: Source, error: ParseError) -> MalformedFileError:
    return not_well_formed(source.name, error, expat.ErrorString(error.code) or "syntax error")


def _finished(document: Element, source: Source) -> Iterator[Element]:
    """
    Hand out and cut off what is finished beside the path of open elements.
    """
    node, depth, apart = document, 0, True
    while len(node):
        last = node[-1]
        if apart:
            inside = _TAKEN_APART.get(node.tag, _NOTHING)
            if len(node) > 1:
                for child in node[:-1]:
                    yield from _handed_out(child, apart=child.tag in inside)
                del node[:-1]
            apart = last.tag in inside
        node = last
        depth += 1
        if depth > _DEPTH_LIMIT:
            raise MalformedFileError(
                source.name, f"elements are nested deeper than {_DEPTH_LIMIT}; no till writes that"
            )


def _handed_out(element: Element, *, apart: bool) -> Iterator[Element]:
    if apart:
        yield from _drain(element)
    yield element


def _drain(container: Element) -> Iterator[Element]:
    inside = _TAKEN_APART.get(container.tag, _NOTHING)
    for child in container:
        yield from _handed_out(child, apart=child.tag in inside)
    container.clear()
