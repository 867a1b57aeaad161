"""
The gatekeeper: what a file is, decided before anything of it is believed.

A document type declaration is the root of every XML bomb and of every entity
that reads a file or calls a server, and the format has none. So it is refused
by a bare parser that expands nothing, before a tree is built.
"""

import codecs
from typing import Final, NoReturn
from xml.parsers import expat

from posgo.exceptions import MalformedFileError, UnsupportedFileError
from posgo.saft._source import Source

__all__ = ["NAMESPACE", "check_prolog", "not_well_formed"]

NAMESPACE: Final = "urn:StandardAuditFile-Taxation-CashRegister:NO"
_ROOT: Final = "auditfile"

# Comments may stand before the root; a megabyte of them is no export.
_PROLOG_LIMIT: Final = 1_000_000
_CHUNK: Final = 16_384

_EXPORT = "Export SAF-T Cash Register (in Norwegian: SAF-T Kassasystem) from the till instead."
_ENCODINGS = {"utf-8", "us-ascii", "iso-8859-1"}

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "it is a zip archive; unpack it and give the XML file in it"),
    (b"PK\x05\x06", "it is an empty zip archive"),
    (b"\x1f\x8b", "it is compressed with gzip; unpack it and give the XML file in it"),
    (b"%PDF", f"it is a PDF document, for people. {_EXPORT}"),
    (b"{", f"it is JSON, not XML. {_EXPORT}"),
    (b"[", f"it is JSON, not XML. {_EXPORT}"),
)
_UTF_16 = (
    "it is encoded as UTF-16 or UTF-32; the format demands UTF-8. Have the till's vendor correct the export."
)


def not_well_formed(where: str, error: expat.ExpatError | SyntaxError, reason: str) -> MalformedFileError:
    """
    The error for XML that breaks off or breaks the rules.

    Args:
        where: Name of the file.
        error: What the parser raised; its message may quote the file and is not repeated.
        reason: The parser's own short reason.
    """
    line, column = getattr(error, "position", None) or (error.lineno or 0, getattr(error, "offset", 0) or 0)
    return MalformedFileError(
        f"{where}, line {line}, column {column + 1}",
        f"it is not well-formed XML ({reason}). Nothing of it was used; export or copy the file again.",
    )


def check_prolog(source: Source) -> None:
    """
    Refuse everything but a Norwegian SAF-T Cash Register file.

    Raises:
        MalformedFileError: No XML, a document type declaration, or another encoding than UTF-8.
        UnsupportedFileError: Another kind of file; the message says which, and what to export instead.
    """
    _Gatekeeper(source).check()


class _Gatekeeper:
    def __init__(self, source: Source) -> None:
        self._where = source.name
        self._chunks = source.chunks(_CHUNK)
        self._seen: str | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._root

    def check(self) -> None:
        fed = 0
        for chunk in self._chunks:
            if not fed:
                self._sniff(chunk)
            fed += len(chunk)
            self._feed(chunk)
            if self._seen is not None:
                return
            if fed > _PROLOG_LIMIT:
                raise MalformedFileError(
                    self._where, "no element begins in its first megabyte; it is no export"
                )
        if not fed:
            raise MalformedFileError(self._where, "it is empty; export or copy the file again")
        self._feed(b"", final=True)

    def _feed(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            if self._seen is None:
                raise not_well_formed(self._where, error, expat.ErrorString(error.code)) from None
            # The root was accepted; the reader will come to the same place and say so.

    def _sniff(self, head: bytes) -> None:
        for magic, problem in _KINDS:
            if head.startswith(magic):
                raise UnsupportedFileError(self._where, problem)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head[:4]:
            raise MalformedFileError(self._where, _UTF_16)
        start = head.removeprefix(codecs.BOM_UTF8).lstrip()
        if start.startswith((b"{", b"[")):
            raise UnsupportedFileError(self._where, f"it is JSON, not XML. {_EXPORT}")
        if start and not start.startswith(b"<"):
            raise MalformedFileError(self._where, f"it is not XML. {_EXPORT}")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise MalformedFileError(
                self._where,
                f"it says that its encoding is {encoding[:40]}; the format demands UTF-8. "
                "Have the till's vendor correct the export.",
            )

    def _doctype(self, name: str, *_rest: object) -> NoReturn:
        if name.lower() == "html":
            raise UnsupportedFileError(self._where, f"it is a web page (HTML), not an export. {_EXPORT}")
        raise MalformedFileError(
            self._where,
            "it has a document type declaration (DOCTYPE), which the format does not know and which can make "
            "a reader expand or fetch things; it is refused. Export the file again from the till.",
        )

    def _root(self, name: str, _attributes: dict[str, str]) -> None:
        self._seen = name
        self._parser.StartElementHandler = None
        if name != f"{NAMESPACE} {_ROOT}":
            raise UnsupportedFileError(self._where, f"{_kind(name)} {_EXPORT}")


def _kind(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    shown = namespace[:100] or "none"
    kinds = (
        (
            "CashRegister:DK" in namespace,
            "it is a Danish SAF-T Cash Register file; posgo reads the Norwegian one.",
        ),
        (
            "Taxation-Financial" in namespace,
            "it is a SAF-T Financial file, the ledger's export, not the till's.",
        ),
        (local.lower() == "html", "it is a web page (HTML), not an export."),
        (
            local == "AuditFile",
            f"its root is AuditFile instead of auditfile (namespace {shown}): an invented or another format.",
        ),
        (local == _ROOT and not namespace, f"it has no namespace; {NAMESPACE} is expected."),
        (local == _ROOT, f"its namespace is {shown}; {NAMESPACE} is expected."),
    )
    for applies, meaning in kinds:
        if applies:
            return meaning
    return f"its root is {local[:100]} (namespace {shown}), so it is another kind of XML."
