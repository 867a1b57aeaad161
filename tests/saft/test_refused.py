"""
Files that are refused, each with one clear sentence and nothing of it used.
"""

import gzip
import io
import json
import pickle
import re
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest

from posgo import saft
from posgo.exceptions import FileFormatError, MalformedFileError, ModelError, UnsupportedFileError
from posgo.saft._codes import Codes
from posgo.saft._fields import qualified
from support import saft_demo
from support.saft_builder import NAMESPACE

DEMO = saft_demo.FILE.read_bytes()
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE auditfile [
 <!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
 <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
 <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
]>
<auditfile xmlns="urn:StandardAuditFile-Taxation-CashRegister:NO"><header><fiscalYear>&d;</fiscalYear></header></auditfile>
"""


def root(name: str, namespace: str | None) -> bytes:
    xmlns = f' xmlns="{namespace}"' if namespace else ""
    return f"<?xml version='1.0'?><!-- made by a till --><{name}{xmlns}/>".encode()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("saft.xml", DEMO)
    return buffer.getvalue()


def refusal(data: bytes) -> FileFormatError:
    with pytest.raises(FileFormatError) as caught:
        saft.read(io.BytesIO(data))
    # Job queues ship errors between processes.
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301
    return caught.value


class Pipe(io.BytesIO):
    """
    A binary file that cannot be read twice.
    """

    def seekable(self) -> bool:
        return False


class TextWithoutSaying:
    """
    A file-like object that gives text and is no ``TextIOBase``.
    """

    def read(self, _size: int = -1) -> str:
        return ""

    def seek(self, _position: int) -> int:
        return 0


class TestOtherFiles:
    """
    The message says what the file is, and what to export instead.
    """

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (
                root("auditfile", "urn:StandardAuditFile-Taxation-CashRegister:DK"),
                "Danish SAF-T Cash Register",
            ),
            (root("AuditFile", "urn:StandardAuditFile-Taxation-Financial:NO"), "SAF-T Financial"),
            (root("AuditFile", NAMESPACE), "AuditFile instead of auditfile"),
            (root("AuditFile", None), "AuditFile instead of auditfile (namespace none)"),
            (root("auditfile", None), "no namespace"),
            (root("auditfile", "urn:something"), "its namespace is urn:something"),
            (root("invoice", "urn:ubl"), "root is invoice"),
            (root("html", "http://www.w3.org/1999/xhtml"), "web page"),
            (b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
            (b"<html><body><br>Log in</body></html>", "web page"),
            (zipped(), "zip archive"),
            (b"PK\x05\x06" + bytes(18), "empty zip archive"),
            (gzip.compress(DEMO), "gzip"),
            (b"%PDF-1.7 ...", "PDF"),
            (json.dumps({"z": 1}).encode(), "JSON"),
            (b"\xef\xbb\xbf\n [1]", "JSON"),
        ],
    )
    def test_kind_is_named(self, data: bytes, words: str) -> None:
        """
        Another kind of file is unsupported, not malformed.
        """
        error = refusal(data)

        assert UnsupportedFileError is type(error)
        assert words in str(error)
        assert str(error).startswith("the file: ")


class TestMalformed:
    """
    No XML to its end, or not to be trusted.
    """

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "it is empty"),
            (b" \n", "not well-formed"),
            (b"date;amount\n2026-03-14;12", "it is not XML"),
            (DEMO.decode().encode("utf-16"), "UTF-16"),
            (DEMO.decode().encode("utf-16-le"), "UTF-16"),
            (DEMO.decode().encode("utf-32-be"), "UTF-16 or UTF-32"),
            (DEMO.replace(b"UTF-8", b"windows-1252"), "its encoding is windows-1252"),
            (DEMO.replace(b"UTF-8", b"utf-7"), "its encoding is utf-7"),
            (b"<?xml version='1.0'?>", "not well-formed"),
            (b"<!--" + b"x" * 1_100_000 + b"--><a/>", "no element begins in its first megabyte"),
            (b"<a b='" + b"x" * 1_100_000, "no element begins in its first megabyte"),
            (b"<?xml version='1.0'?><!-- <a/>", "not well-formed"),
        ],
    )
    def test_not_an_xml_file(self, data: bytes, words: str) -> None:
        """
        What cannot be XML in UTF-8 is told so.
        """
        error = refusal(data)

        assert MalformedFileError is type(error)
        assert words in str(error)

    @pytest.mark.parametrize("end", [0.2, 0.5, 0.9, 0.999])
    def test_truncated(self, end: float) -> None:
        """
        A file cut off anywhere names the place, and nothing of it is used.
        """
        error = refusal(DEMO[: int(len(DEMO) * end)])

        assert MalformedFileError is type(error)
        assert re.match(r"the file, line \d+, column \d+: it is not well-formed XML", str(error))

    def test_last_byte_missing(self) -> None:
        """
        Well-formed to its very end, or refused.
        """
        assert "not well-formed" in str(refusal(DEMO.rstrip()[:-1]))

    @pytest.mark.parametrize("trailing", [b"x", b"<a/>", b"\0", DEMO])
    def test_trailing_garbage(self, trailing: bytes) -> None:
        """
        Two files in one, or rests of another, are refused.
        """
        assert "not well-formed" in str(refusal(DEMO + trailing))

    def test_latin_1_is_read_as_declared(self) -> None:
        """
        An honest declaration of ISO 8859-1 is no reason to refuse.
        """
        data = DEMO.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")

        assert "Kafé Nordlys AS" == saft.read(io.BytesIO(data)).company_name

    def test_wrong_bytes(self) -> None:
        """
        A file that says UTF-8 and is not is refused, never misread.
        """
        assert "not well-formed" in str(refusal(DEMO.decode().encode("latin-1")))


class TestHostile:
    """
    What is built to exhaust or to fetch.
    """

    def test_bomb(self) -> None:
        """
        No entity is expanded: the document type is refused before the root.
        """
        assert "DOCTYPE" in str(refusal(BOMB))

    def test_external_entity(self, tmp_path: Path) -> None:
        """
        No file is read and no server called.
        """
        secret = tmp_path / "secret.txt"
        secret.write_text("do not read", encoding="utf-8")
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(0)
        port = listener.getsockname()[1]
        data = (
            f'<!DOCTYPE auditfile [<!ENTITY a SYSTEM "{secret.as_uri()}">'
            f'<!ENTITY % b SYSTEM "http://127.0.0.1:{port}/x.dtd"> %b;]>'
            f'<auditfile xmlns="{NAMESPACE}"><header>&a;</header></auditfile>'
        )

        error = refusal(data.encode())
        with pytest.raises(BlockingIOError), listener:
            listener.accept()

        assert "DOCTYPE" in str(error)
        assert "do not read" not in str(error)

    def test_undefined_entity(self) -> None:
        """
        An entity without a document type is simply not well-formed.
        """
        assert "not well-formed" in str(refusal(DEMO.replace(b"Dagny", b"&secret;")))

    @pytest.mark.parametrize(
        ("inner", "words"),
        [
            (b"<a>" * 100_000, "nested deeper"),
            (b"<a>" * 9_000 + b"</a>" * 9_000 + b"<b>", "not well-formed"),
            (b"<location>" * 9_000, "nested deeper"),
            (b"<location>" * 60 + b"</location>" * 60, "header is missing"),
            (b"<a>" + b"x" * 5_000_000, "longer than 4 MB"),
            (b"<a b='" + b"x" * 5_000_000, "longer than 4 MB"),
            (b"<!--" + b"x" * 5_000_000, "longer than 4 MB"),
            (b"<basics>" + b"<a><b/>" * 20, "not well-formed"),
        ],
    )
    def test_depth_and_size(self, inner: bytes, words: str) -> None:
        """
        Depth and the size of one element are bounded.
        """
        start = f'<auditfile xmlns="{NAMESPACE}"><company>'.encode()
        error = refusal(start + inner + b"</company></auditfile>")

        assert MalformedFileError is type(error)
        assert words in str(error)

    def test_code_lists_are_bounded(self) -> None:
        """
        All that is kept of a file's head is its code lists; no till lists half a million codes.
        """
        codes = Codes("till.xml", limit=3)
        article = Element("article")
        SubElement(article, qualified("artID")).text = "1"
        SubElement(article, qualified("artGroupID")).text = "1"

        for _ in range(3):
            codes.add_article(article)
        with pytest.raises(MalformedFileError, match=r"till\.xml: it lists more than 3 codes"):
            codes.add_article(article)


class TestWhatIsGiven:
    """
    Paths and file objects.
    """

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (lambda: io.StringIO(DEMO.decode()), "opened as text"),
            (lambda: 7, "a path or a binary file is expected, not int"),
            (lambda: DEMO, "a path or a binary file is expected, not bytes"),
            (TextWithoutSaying, "gives text"),
            (lambda: Pipe(DEMO), "not seekable"),
        ],
    )
    def test_no_seekable_binary_file(self, given: Callable[[], object], words: str) -> None:
        """
        One sentence says what to give instead.
        """
        with pytest.raises(ModelError, match=words):
            saft.read(given())  # type: ignore[arg-type]

    def test_missing_path(self, tmp_path: Path) -> None:
        """
        A path that is not there is the builtin error everybody knows.
        """
        with pytest.raises(FileNotFoundError):
            saft.read(tmp_path / "till.xml")

    def test_path_is_named(self, tmp_path: Path) -> None:
        """
        Of many files the message names the one.
        """
        path = tmp_path / "till 7.xml"
        path.write_bytes(b"")

        with pytest.raises(MalformedFileError, match=re.escape(str(path))):
            saft.read(path)

    def test_read_from_the_beginning(self) -> None:
        """
        Where the caller left the file's position does not matter.
        """
        file = io.BytesIO(DEMO)
        file.seek(0, io.SEEK_END)

        assert 1 == len(saft.read(file).z_reports)
