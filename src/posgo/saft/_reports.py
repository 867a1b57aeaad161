"""
One ``eventReport`` as a Z-report.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import organization_number
from posgo.models.findings import Finding, Severity
from posgo.models.pos import (
    Count,
    Counters,
    Direction,
    GrandTotals,
    GroupRow,
    Movement,
    OperatorRow,
    Tender,
    VatRow,
    ZReport,
)
from posgo.saft._codes import ARTICLE_GROUP, PAYMENT, Codes
from posgo.saft._fields import (
    BadFieldError,
    Fields,
    amount,
    children,
    count,
    local,
    nok,
    optional,
    percentage,
    qualified,
    quantity,
    required,
    thousandths,
)

__all__ = ["Shop", "read_report"]

_Q: Callable[[str], str] = qualified
_VENDOR: Final = "Have the till's vendor correct the export."


@attrs.frozen(kw_only=True)
class Shop:
    """
    Where a report stands in the file.

    Attributes:
        company: Organisation number of the file's company.
        location: Name of the location; None if it has none.
        register: Id of the cash register.
        currency: The file's currency.
    """

    company: str
    location: str | None
    register: str
    currency: str


def read_report(report: Element, shop: Shop, codes: Codes) -> ZReport:
    """
    Read one ``eventReport``.

    The company and the register are those of the place it stands in: its
    transactions hang there too. What the report itself says about them is
    compared, and a difference is a finding.

    Raises:
        BadFieldError: A value is not of its type, or mandatory and missing.
    """
    fields = children(report)
    number = required(fields, _Q("reportID"))
    closed_at = local(_Q("reportDate"), fields, _Q("reportTime"))
    reader = _ReportReader(report, codes, closed_at.date())
    totals = _one(report, "reportTotalCashSales")
    return ZReport(
        company=shop.company,
        cash_point=shop.register,
        number=number,
        closed_at=closed_at,
        vat_rows=reader.vat_rows(),
        groups=reader.groups(),
        tenders=reader.tenders(),
        tips=nok(_amount_if_any(_optional_one(report, "reportTip"), "tipAmnt")),
        movements=reader.movements(),
        opening_float=nok(_amount_if_any(fields, "reportOpeningChangeFloat")),
        total=nok(_amount(totals, "totalCashSaleAmnt")),
        receipts=_number(fields, "reportReceiptNum"),
        returns=_counted(fields, "reportReturn"),
        grand_totals=_grand_totals(fields),
        findings=(*_identity(fields, shop, number), *reader.findings),
        location=shop.location,
        credit_sales=_nested_count(report, "reportCreditSales", "creditSales"),
        credit_memos=_nested_count(report, "reportCreditMemos", "creditMemos"),
        counters=_counters(report, fields),
        operator_tenders=reader.operators("reportEmpPayments", "paymentType", "paymentAmnt", PAYMENT),
        operator_groups=reader.operators("reportEmpArtGroups", "artGroupID", "artGroupAmnt", ARTICLE_GROUP),
        operator_floats=_operator_floats(report),
    )


class _ReportReader:
    """
    The rows whose codes need the file's code lists. Undeclared codes become findings.
    """

    def __init__(self, report: Element, codes: Codes, day: date) -> None:
        self._report = report
        self._codes = codes
        self._day = day
        self._undeclared: dict[str, Finding] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(self._undeclared.values())

    def vat_rows(self) -> tuple[VatRow, ...]:
        rows = []
        for fields in _rows(self._report, "reportCashSalesVat", mandatory=True):
            sale, vat = _amount(fields, "cashSaleAmnt"), _amount(fields, "vatAmnt")
            percent = percentage(_Q("vatPerc"), fields.get(_Q("vatPerc")))
            if not sale and not vat:
                continue
            own = optional(fields, _Q("vatCode"))
            known = None if own is None else self._codes.vat(own, self._day)
            if own is not None and known is None:
                self._note_vat(own, percent, sale)
            rows.append(
                VatRow(
                    vat_code=known.standard if known else None,
                    percent=thousandths(percent),
                    amount=nok(sale),
                    vat=nok(vat),
                    pos_code=own,
                    description=known.description if known else None,
                )
            )
        return tuple(rows)

    def groups(self) -> tuple[GroupRow, ...]:
        rows = []
        for fields in _rows(self._report, "reportArtGroups"):
            total, number = (
                _amount(fields, "artGroupAmnt"),
                quantity(_Q("artGroupNum"), fields.get(_Q("artGroupNum"))),
            )
            own = optional(fields, _Q("artGroupID"))
            if own is None or (not total and not number):
                continue
            code = self._codes.resolve(ARTICLE_GROUP, own)
            if not code.declared:
                self._note(own, "article group", "04", total)
            rows.append(
                GroupRow(
                    group=code.code,
                    amount=nok(total),
                    number=number,
                    pos_code=own,
                    description=code.description,
                )
            )
        return tuple(rows)

    def tenders(self) -> tuple[Tender, ...]:
        rows = []
        for fields in _rows(self._report, "reportPayments", mandatory=True):
            total, number = _amount(fields, "paymentAmnt"), _number(fields, "paymentNum")
            # Zero with a number stays: a sale and its refund cancel, but the
            # tender was used, and cash that was used is rounded.
            if not total and not number:
                continue
            own = required(fields, _Q("paymentType"))
            code = self._codes.resolve(PAYMENT, own)
            if not code.declared:
                self._note(own, "payment", "12", total)
            rows.append(
                Tender(
                    code=code.code,
                    amount=nok(total),
                    number=number,
                    pos_code=own,
                    description=code.description,
                )
            )
        return tuple(rows)

    def movements(self) -> tuple[Movement, ...]:
        return (
            *self._movements("reportPayIns", "payIn", Direction.IN),
            *self._movements("reportPayOuts", "payOut", Direction.OUT),
        )

    def _movements(self, container: str, name: str, direction: Direction) -> Iterator[Movement]:
        for fields in _rows(self._report, container):
            total, number = _amount(fields, f"{name}Amnt"), _number(fields, f"{name}Num")
            if total or number:
                kind = required(fields, _Q(f"{name}Type"))
                yield Movement(direction=direction, type=kind, amount=nok(total), number=number)

    def operators(
        self, container: str, code_name: str, amount_name: str, kind: str
    ) -> tuple[OperatorRow, ...]:
        rows = []
        for fields in _rows(self._report, container):
            total = _amount(fields, amount_name)
            operator, own = optional(fields, _Q("empID")), optional(fields, _Q(code_name))
            if total and operator is not None and own is not None:
                code = self._codes.resolve(kind, own).code
                rows.append(OperatorRow(operator=operator, code=code, amount=nok(total)))
        return tuple(rows)

    def _note(self, own: str, what: str, kind: str, ore: int) -> None:
        self._undeclared[f"{kind} {own}"] = Finding(
            rule="undeclared-code",
            severity=Severity.INFO,
            message=f"the file does not say what the till's {what} code {own!r} means; it is kept as it is",
            remedy=f"Use {own!r} itself in the account map, or have the till list it (basics, type {kind}).",
            actual=nok(ore),
            where=own,
        )

    def _note_vat(self, own: str, percent: int, ore: int) -> None:
        self._undeclared[f"vat {own} {percent}"] = Finding(
            rule="undeclared-vat-code",
            severity=Severity.WARN,
            message=(
                f"the file does not say what the till's VAT code {own!r} ({thousandths(percent).normalize():f} %) "
                "means; only its rate is known"
            ),
            remedy="Have the till list the code with its standard code (vatCodeDetails).",
            actual=nok(ore),
            where=own,
        )


def _identity(fields: Fields, shop: Shop, number: str) -> Iterator[Finding]:
    stated = optional(fields, _Q("companyIdent")) or ""
    try:
        same = organization_number(stated) == shop.company
    except ModelError:
        same = False
    if not same:
        yield Finding(
            rule="company-mismatch",
            severity=Severity.BLOCK,
            message=f"Z-report {number} names the company {stated[:35] or '(none)'}, the file {shop.company}",
            remedy=f"A file holds one company. {_VENDOR}",
            expected=shop.company,
            actual=stated[:35],
            where=f"Z {number}",
        )
    register = optional(fields, _Q("registerID")) or ""
    if register != shop.register:
        yield Finding(
            rule="register-mismatch",
            severity=Severity.WARN,
            message=f"Z-report {number} names the register {register!r}, but stands under {shop.register!r}",
            remedy=f"The register it stands under was used. {_VENDOR}",
            expected=shop.register,
            actual=register,
            where=f"Z {number}",
        )
    if shop.currency != "NOK":
        yield Finding(
            rule="currency",
            severity=Severity.BLOCK,
            message=f"the file's amounts are in {shop.currency}, not in NOK",
            remedy="Have the till export in NOK.",
            expected="NOK",
            actual=shop.currency,
            where=f"Z {number}",
        )


def _rows(report: Element, container: str, *, mandatory: bool = False) -> Iterator[Fields]:
    found = report.findall(_Q(container))
    if mandatory and not found:
        raise BadFieldError(_Q(container), None, f"a Z-report must have it. {_VENDOR}")
    # The schema allows one; if a till writes a second, its money counts too.
    for rows in found:
        for row in rows:
            yield children(row)


def _one(report: Element, container: str) -> Fields:
    found = report.find(_Q(container))
    if found is None:
        raise BadFieldError(_Q(container), None, f"a Z-report must have it. {_VENDOR}")
    return children(found)


def _optional_one(report: Element, container: str) -> Fields:
    found = report.find(_Q(container))
    return {} if found is None else children(found)


def _amount(fields: Fields, name: str) -> int:
    tag = _Q(name)
    return amount(tag, fields.get(tag))


def _amount_if_any(fields: Fields, name: str) -> int:
    return _amount(fields, name) if _Q(name) in fields else 0


def _number(fields: Fields, name: str) -> int:
    tag = _Q(name)
    return count(tag, fields[tag]) if tag in fields else 0


def _counted(fields: Fields, prefix: str) -> Count:
    return Count(number=_number(fields, f"{prefix}Num"), amount=nok(_amount_if_any(fields, f"{prefix}Amnt")))


def _optional_count(fields: Fields, prefix: str) -> Count | None:
    return _counted(fields, prefix) if _Q(f"{prefix}Num") in fields or _Q(f"{prefix}Amnt") in fields else None


def _nested_count(report: Element, container: str, prefix: str) -> Count | None:
    return _optional_count(_optional_one(report, container), prefix)


def _typed_counts(
    report: Element, container: str, type_name: str, prefix: str
) -> tuple[tuple[str, Count], ...]:
    rows = []
    for fields in _rows(report, container):
        counted = _counted(fields, prefix)
        if counted.number or counted.amount:
            rows.append((optional(fields, _Q(type_name)) or "", counted))
    return tuple(rows)


def _counters(report: Element, fields: Fields) -> Counters:
    openings = _Q("reportOpenCashBoxNum")
    return Counters(
        zero_openings=count(openings, fields[openings]) if openings in fields else None,
        copies=_optional_count(fields, "reportReceiptCopy"),
        provisional=_optional_count(fields, "reportReceiptProforma"),
        discounts=_optional_count(fields, "reportDiscount"),
        aborted=_optional_count(fields, "reportVoidTrans"),
        line_corrections=_typed_counts(report, "reportCorrLines", "corrLineType", "corrLine"),
        price_inquiries=_typed_counts(report, "reportPriceInquiries", "priceInquiryGroup", "priceInquiry"),
        other_corrections=_typed_counts(report, "reportOtherCorrs", "otherCorrType", "otherCorr"),
        deliveries=_optional_count(fields, "reportReceiptDelivery"),
        training=_optional_count(fields, "reportTraining"),
    )


def _grand_totals(fields: Fields) -> GrandTotals | None:
    names = ("reportGrandTotalSales", "reportGrandTotalReturn", "reportGrandTotalSalesNet")
    if not any(_Q(name) in fields for name in names):
        return None
    sales, returns, net = (nok(_amount(fields, name)) for name in names)
    return GrandTotals(sales=sales, returns=returns, net=net)


def _operator_floats(report: Element) -> tuple[OperatorRow, ...]:
    rows = []
    for fields in _rows(report, "reportEmpOpeningChangeFloats"):
        total, operator = _amount(fields, "openingChangeFloatAmnt"), optional(fields, _Q("empID"))
        if total and operator is not None:
            rows.append(OperatorRow(operator=operator, code="float", amount=nok(total)))
    return tuple(rows)
