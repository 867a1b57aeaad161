"""
The file, read once: its Z-reports with what its transactions add, and what is to be told about it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from operator import itemgetter
from typing import BinaryIO
from xml.etree.ElementTree import Element

import attrs

from posgo.exceptions import MalformedFileError, ModelError
from posgo.models._checks import organization_number, to_tuple
from posgo.models.findings import Finding
from posgo.models.pos import ZReport
from posgo.saft._codes import Codes
from posgo.saft._fields import BadFieldError, Fields, children, day, optional, qualified, required, stamp
from posgo.saft._findings import Z_REPORT, report_findings, shared_registers, with_repeats
from posgo.saft._locate import line_of
from posgo.saft._prolog import check_prolog
from posgo.saft._receipts import Receipt, ReceiptReader
from posgo.saft._registers import Register
from posgo.saft._reports import Shop, read_report
from posgo.saft._source import PathLike, Source
from posgo.saft._stream import elements
from posgo.saft._transactions import Transaction, transaction

__all__ = ["AuditFile", "read"]

_Q: Callable[[str], str] = qualified
(
    _HEADER,
    _COMPANY,
    _COMPANY_IDENT,
    _COMPANY_NAME,
    _VAT_CODE_DETAIL,
    _BASIC,
    _ARTICLE,
    _LOCATION,
    _NAME,
    _REGISTER,
    _REGISTER_ID,
    _EVENT,
    _EVENT_REPORT,
    _REPORT_TYPE,
    _TRANSACTION,
) = map(
    qualified,
    (
        "header",
        "company",
        "companyIdent",
        "companyName",
        "vatCodeDetail",
        "basic",
        "article",
        "location",
        "name",
        "cashregister",
        "registerID",
        "event",
        "eventReport",
        "reportType",
        "cashtransaction",
    ),
)


@attrs.frozen(kw_only=True)
class AuditFile:
    """
    A Norwegian SAF-T Cash Register file, read and checked to its end.

    Attributes:
        company: Organisation number of the shop, nine digits.
        company_name: Its name.
        z_reports:
            Its Z-reports in file order, each with the findings about it.
            X-reports are never among them.
        findings:
            What was found about the file as a whole. ``x-report-only`` and
            ``no-z-report`` say that there is nothing to settle.
        software: Name of the cash register system; None if blank.
        software_version: Its version; None if blank.
        software_company: Who makes it; None if blank.
        first_day: First day the header names. Not the period of any Z-report.
        last_day: Last day the header names.
    """

    company: str
    company_name: str
    z_reports: tuple[ZReport, ...] = attrs.field(converter=to_tuple)
    findings: tuple[Finding, ...] = attrs.field(converter=to_tuple)
    software: str | None
    software_version: str | None
    software_company: str | None
    first_day: date
    last_day: date
    _source: Source = attrs.field(repr=False, eq=False, alias="source")

    def transactions(self) -> Iterator[Transaction]:
        """
        Yield every transaction in file order: a second reading, in flat memory.

        Void and training transactions are among them, flagged; see
        :attr:`Transaction.counts`. A file object must still be open; it is
        read from its beginning and may be read by others meanwhile.

        Raises:
            MalformedFileError: The file is no longer what it was.
        """
        return _Reading(self._source).transactions()


def read(path_or_file: str | PathLike | BinaryIO) -> AuditFile:
    """
    Read a Norwegian SAF-T Cash Register file (version 1.00).

    The file is read as a stream, in flat memory, and to its very end before
    anything of it is given out.

    Args:
        path_or_file:
            A path, or a seekable binary file, which is read from its
            beginning and stays open.

    Raises:
        MalformedFileError: It is no well-formed XML to its end, is hostile, or
            a value in it cannot be read. The message names line, element and remedy.
        UnsupportedFileError: It is another kind of file, such as SAF-T
            Financial or its Danish sibling.
        ModelError: What was given is no seekable binary file.
        OSError: The file cannot be opened or read.
    """
    source = Source(path_or_file)
    check_prolog(source)
    return _Reading(source).audit_file()


class _Reading:
    """
    One pass over the file.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._codes = Codes(source.name)
        self._header: Fields | None = None
        self._company: Fields = {}
        self._number: str | None = None
        self._location: str | None = None
        self._register: str | None = None
        self._receipts = ReceiptReader(self._codes, "NOK")
        self._registers: dict[tuple[str | None, str], Register] = {}
        self._reports: Counter[str] = Counter()
        self._transactions = 0
        self._handlers: dict[str, Callable[[Element], None]] = {
            _HEADER: self._read_header,
            _COMPANY_IDENT: self._read_company,
            _COMPANY_NAME: self._read_company,
            _VAT_CODE_DETAIL: self._codes.add_vat,
            _BASIC: self._codes.add_basic,
            _ARTICLE: self._codes.add_article,
            _NAME: self._enter_location,
            _LOCATION: self._leave_location,
            _REGISTER_ID: self._enter_register,
            _REGISTER: self._leave_register,
        }

    def audit_file(self) -> AuditFile:
        with self._telling_where():
            for element, receipt in self._walk():
                if receipt is None:
                    self._read_event(element)
                else:
                    self._transactions += 1
                    self._open_register().add_receipt(receipt)
            return self._result()

    def transactions(self) -> Iterator[Transaction]:
        with self._telling_where():
            for element, receipt in self._walk():
                if receipt is not None:
                    yield transaction(
                        element,
                        receipt,
                        cash_point=self._register_id(),
                        location=self._location,
                        codes=self._codes,
                    )

    def _walk(self) -> Iterator[tuple[Element, Receipt | None]]:
        """
        Yield events (with None) and transactions; keep track of everything else.
        """
        for element in elements(self._source):
            tag = element.tag
            if tag == _TRANSACTION:
                yield element, self._receipts.read(element)
            elif tag == _EVENT:
                yield element, None
            elif tag in self._handlers:
                self._handlers[tag](element)

    @contextmanager
    def _telling_where(self) -> Iterator[None]:
        try:
            yield
        except BadFieldError as bad:
            raise self._malformed(bad) from None

    def _malformed(self, bad: BadFieldError) -> MalformedFileError:
        line = line_of(self._source, bad.tag, bad.text or "")
        where = self._source.name if line is None else f"{self._source.name}, line {line}"
        register = f" (register {self._register})" if self._register else ""
        name = bad.tag.rpartition("}")[2]
        held = repr(bad.text.strip()[:40]) if bad.text else "missing" if line is None else "empty"
        return MalformedFileError(where, f"{name}{register} is {held}: {bad.problem}")

    def _read_header(self, element: Element) -> None:
        self._header = children(element)
        self._receipts = ReceiptReader(self._codes, required(self._header, _Q("curCode")))

    def _read_company(self, element: Element) -> None:
        self._company.setdefault(element.tag, element.text)
        if element.tag == _COMPANY_IDENT:
            stated = required(self._company, _COMPANY_IDENT)
            try:
                self._number = organization_number(stated)
            except ModelError:
                raise BadFieldError(
                    _COMPANY_IDENT,
                    element.text,
                    "an organisation number of nine digits is expected. Correct it in the till's settings.",
                ) from None

    def _enter_location(self, element: Element) -> None:
        self._location = (element.text or "").strip() or None

    def _leave_location(self, _element: Element) -> None:
        self._location = None

    def _enter_register(self, element: Element) -> None:
        self._register = required({element.tag: element.text}, _REGISTER_ID)

    def _leave_register(self, _element: Element) -> None:
        self._register = None

    def _register_id(self) -> str:
        if self._register is None:
            raise BadFieldError(_REGISTER_ID, None, "it must come first in its cash register.")
        return self._register

    def _open_register(self) -> Register:
        name = self._register_id()
        key = self._location, name
        if key not in self._registers:
            self._registers[key] = Register(self._source.name, name, self._codes)
        return self._registers[key]

    def _read_event(self, element: Element) -> None:
        report = element.find(_EVENT_REPORT)
        if report is None:
            return
        fields = children(report)
        kind = fields.get(_REPORT_TYPE) or ""
        self._reports[kind[:40]] += 1
        if kind == Z_REPORT:
            z = read_report(report, self._shop(), self._codes)
            at = stamp(_Q("reportDate"), fields, _Q("reportTime"))
            self._open_register().add_report(at, self._reports[Z_REPORT], z)

    def _shop(self) -> Shop:
        header, number = self._head()
        return Shop(
            company=number,
            location=self._location,
            register=self._register_id(),
            currency=required(header, _Q("curCode")),
        )

    def _result(self) -> AuditFile:
        header, number = self._head()
        first_day, last_day = day(_Q("startDate"), header), day(_Q("endDate"), header)
        numbered = sorted(
            (found for register in self._registers.values() for found in register.z_reports()),
            key=itemgetter(0),
        )
        return AuditFile(
            company=number,
            company_name=optional(self._company, _COMPANY_NAME) or "",
            z_reports=with_repeats(z for _, z in numbered),
            findings=(
                *report_findings(self._reports, self._transactions),
                *shared_registers(self._registers),
                *(finding for register in self._registers.values() for finding in register.findings()),
            ),
            software=optional(header, _Q("softwareDesc")),
            software_version=optional(header, _Q("softwareVersion")),
            software_company=optional(header, _Q("softwareCompanyName")),
            first_day=first_day,
            last_day=last_day,
            source=self._source,
        )

    def _head(self) -> tuple[Fields, str]:
        if self._header is None:
            raise BadFieldError(_HEADER, None, "a file must have it.")
        if self._number is None:
            raise BadFieldError(_COMPANY_IDENT, None, "a file must have it.")
        return self._header, self._number
