"""
SAF-T Cash Register files of any shop day, valid against the official schema.

A day is described by what was sold and how it was paid; everything a till
derives (VAT per line, cash rounding, the whole Z-report, running totals) is
derived here in plain Decimals, independently of the reader. The style says
how the till writes: the same day in two styles must read alike.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from xml.sax.saxutils import escape

import attrs

NAMESPACE = "urn:StandardAuditFile-Taxation-CashRegister:NO"
ZERO = Decimal("0.00")
ORE = Decimal("0.01")

# own code -> (standard code, rate, description)
VAT_CODES = {
    "A": ("3", Decimal(25), "MVA 25 %"),
    "B": ("31", Decimal(15), "MVA 15 %"),
    "C": ("33", Decimal(12), "MVA 12 %"),
    "D": ("5", Decimal(0), "MVA 0 %"),
}
# own code -> (type, predefined code, description)
BASICS = {
    "MAT": ("04", "04006", "Mat"),
    "OL": ("04", "04007", "Øl"),
    "DRIKKE": ("04", "04012", "Kaffe og te"),
    "BRUS": ("04", "04011", "Brus"),
    "100": ("04", None, "Suvenirer"),
    "SAL": ("05", None, "Salgslinje"),
    "TIPS": ("10", "10001", "Tips"),
    "SALG": ("11", "11001", "Kontantsalg"),
    "RETUR": ("11", "11006", "Retur"),
    "BYTTE": ("11", "11016", "Salg og retur"),
    "KREDITT": ("11", "11002", "Kredittsalg"),
    "DELVIS": ("11", "11015", "Kontant- og kredittsalg"),
    "INN": ("11", "11011", "Innskudd"),
    "KONTANT": ("12", "12001", "Kontant"),
    "KORT": ("12", "12002", "Bankkort"),
    "VIPPS": ("12", "12011", "Vipps"),
    "ZRAP": ("13", "13009", "Z-rapport"),
    "XRAP": ("13", "13008", "X-rapport"),
}
CASH = "KONTANT"


def vat_of(gross: Decimal, percent: Decimal) -> Decimal:
    """
    The VAT inside a gross amount, rounded half up in its magnitude as tills do.
    """
    return (gross * percent / (100 + percent)).quantize(ORE, ROUND_HALF_UP)


def to_whole_kroner(amount: Decimal) -> Decimal:
    """
    What is paid in coin: 50 øre and above go up.
    """
    return amount.quantize(Decimal(1), ROUND_HALF_UP)


@attrs.frozen
class Line:
    """
    ``amount`` including VAT; negative if taken back.
    """

    amount: Decimal
    group: str = "MAT"
    vat: str = "A"
    article: str | None = None
    text: str | None = None
    grouped: bool = True  # whether the article list tells the group
    extra: tuple[Any, ...] = ()  # elements after the line's VAT

    @property
    def percent(self) -> Decimal:
        return VAT_CODES[self.vat][1]

    @property
    def vat_amount(self) -> Decimal:
        return vat_of(self.amount, self.percent)

    @property
    def net(self) -> Decimal:
        return self.amount - self.vat_amount


@attrs.frozen(kw_only=True)
class Receipt:
    """
    One transaction. ``paid`` by own code; None is one payment of everything by ``tender``, rounded if cash.
    """

    at: datetime
    lines: tuple[Line, ...] = ()
    tender: str = "KORT"
    paid: tuple[tuple[str, Decimal], ...] | None = None
    tips: Decimal = ZERO
    type: str | None = None
    operator: str = "1"
    training: bool = False
    void: bool = False
    payment_extra: tuple[tuple[str, str], ...] = ()  # elements after the paid amount
    overrides: dict[str, str] = attrs.field(factory=dict)

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), ZERO)

    @property
    def kind(self) -> str:
        if self.type is not None:
            return self.type
        if any(line.amount < 0 for line in self.lines):
            return "BYTTE" if any(line.amount > 0 for line in self.lines) else "RETUR"
        return "SALG"

    @property
    def counted(self) -> bool:
        return not self.training and not self.void and self.kind not in {"KREDITT", "INN"}

    @property
    def payments(self) -> tuple[tuple[str, Decimal], ...]:
        if self.paid is not None:
            return self.paid
        due = self.amount + self.tips
        return ((self.tender, to_whole_kroner(due) if self.tender == CASH else due),)

    @property
    def rounding(self) -> Decimal:
        if self.kind in {"KREDITT", "INN", "DELVIS"} or self.payment_extra:
            return ZERO
        return sum((amount for _, amount in self.payments), ZERO) - self.amount - self.tips

    def vat_rows(self) -> dict[str, tuple[Decimal, Decimal]]:
        rows: defaultdict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        for line in self.lines:
            base, vat = rows[line.vat]
            rows[line.vat] = base + line.net, vat + line.vat_amount
        return dict(rows)


@attrs.frozen(kw_only=True)
class Day:
    """
    Everything up to one Z-report. ``overrides`` replaces elements of the report by text.
    """

    number: str
    closed_at: datetime
    receipts: tuple[Receipt, ...] = ()
    movements: tuple[tuple[str, str, int, Decimal], ...] = ()  # payIn/payOut, type, number, amount
    opening_float: Decimal = ZERO
    operator_floats: tuple[Any, ...] = ()
    overrides: dict[str, str] = attrs.field(factory=dict)
    report_type: str = "Z report"
    single_payment: bool = False


@attrs.frozen(kw_only=True)
class Register:
    id: str = "1"
    days: tuple[Day, ...] = ()
    after: tuple[Receipt, ...] = ()  # after the last Z-report
    first_nr: int = 1
    sold_before: Decimal = ZERO  # since the till was taken into use
    returned_before: Decimal = ZERO
    transactions: bool = True


@attrs.frozen(kw_only=True)
class Shop:
    company: str = "999999999"
    name: str = "Kafé Nordlys AS"
    locations: tuple[tuple[str | None, tuple[Register, ...]], ...] = ()
    currency: str = "NOK"
    basics: dict[str, tuple[str, str | None, str]] = attrs.field(factory=lambda: dict(BASICS))
    employees: tuple[tuple[str, str, str], ...] = ()  # id, first name, surname
    vat_entries: tuple[tuple[str, str], ...] | None = None  # of code A: since, standard code


@attrs.frozen(kw_only=True)
class Style:
    """
    How a till writes.

    ``magnitudes``: amounts without sign, the flag alone tells (convention B).
    ``gross_rows``: ``cashSaleAmnt`` of the report's VAT rows includes the VAT.
    ``vat_codes``: whether the report's VAT rows name the code.
    ``line_vat`` / ``own_vat``: where transactions tell VAT.
    """

    prefix: str = ""
    bom: bool = False
    newline: str = "\n"
    indent: str = "  "
    magnitudes: bool = False
    gross_rows: bool = False
    vat_codes: bool = True
    vat_flags: bool = True
    line_vat: bool = True
    own_vat: bool = True
    types: bool = True
    transactions: bool = True


Node = tuple[str, Any]


def build(shop: Shop, style: Style = Style()) -> bytes:
    """
    The file.
    """
    colon = f"{style.prefix}:" if style.prefix else ""
    xmlns = f"xmlns:{style.prefix}" if style.prefix else "xmlns"
    writer = _Writer(shop, style)
    lines = list(_render(("auditfile", [writer.header(), writer.company()]), colon, style.indent, 0))
    lines[0] = f'<{colon}auditfile {xmlns}="{NAMESPACE}">'
    text = style.newline.join(['<?xml version="1.0" encoding="UTF-8"?>', *lines, ""])
    return (b"\xef\xbb\xbf" if style.bom else b"") + text.encode()


def _render(node: Node, colon: str, indent: str, depth: int) -> Iterator[str]:
    name, content = node
    pad = indent * depth
    if isinstance(content, str):
        yield f"{pad}<{colon}{name}>{escape(content)}</{colon}{name}>"
        return
    yield f"{pad}<{colon}{name}>"
    for child in content:
        yield from _render(child, colon, indent, depth + 1)
    yield f"{pad}</{colon}{name}>"


def _nok(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _flag(amount: Decimal) -> str:
    return "D" if amount < 0 else "C"


def _replaced(nodes: list[Node], overrides: dict[str, str]) -> list[Node]:
    """
    Put texts in place of elements, also nested ones; a text ``-`` takes the element away.
    """
    found: list[Node] = []
    for name, content in nodes:
        # A VAT row of nothing stays one.
        if name in overrides and (name, content) != ("vatAmnt", "0.00"):
            if overrides[name] != "-":
                found.append((name, overrides[name]))
        elif isinstance(content, list):
            found.append((name, _replaced(content, overrides)))
        else:
            found.append((name, content))
    return found


class _Writer:
    def __init__(self, shop: Shop, style: Style) -> None:
        self.shop = shop
        self.style = style

    def header(self) -> Node:
        days = [
            day.closed_at for _, registers in self.shop.locations for one in registers for day in one.days
        ]
        days = days or [datetime(2026, 3, 14)]  # noqa: DTZ001 - tills write local time
        fields = {
            "fiscalYear": f"{min(days):%Y}",
            "startDate": f"{min(days):%Y-%m-%d}",
            "endDate": f"{max(days):%Y-%m-%d}",
            "curCode": self.shop.currency,
            "dateCreated": f"{max(days) + timedelta(days=1):%Y-%m-%d}",
            "timeCreated": "06:00:00",
            "softwareDesc": "Nordlys Kasse",
            "softwareVersion": "1.0",
            "softwareCompanyName": "Nordlys Programvare (oppdiktet)",
            "auditfileVersion": "1.0",
        }
        return "header", list(fields.items())

    def company(self) -> Node:
        content: list[Node] = [("companyIdent", self.shop.company), ("companyName", self.shop.name)]
        content.append(("vatCodeDetails", list(self._vat_details())))
        if self.shop.employees:
            content.append(("employees", [_employee(*row) for row in self.shop.employees]))
        articles = {
            line.article: line
            for _, registers in self.shop.locations
            for register in registers
            for receipt in _receipts(register)
            for line in receipt.lines
            if line.article
        }
        if articles:
            content.append(("articles", [_article(name, line) for name, line in sorted(articles.items())]))
        content.append(("basics", [_basic(own, *row) for own, row in self.shop.basics.items()]))
        content += [("location", list(self._location(name, rows))) for name, rows in self.shop.locations]
        return "company", content

    def _vat_details(self) -> Iterator[Node]:
        for own, (standard, _, description) in VAT_CODES.items():
            entries = self.shop.vat_entries if own == "A" else None
            for since, code in entries or (("2020-01-01", standard),):
                yield (
                    "vatCodeDetail",
                    [
                        ("vatCode", own),
                        ("dateOfEntry", since),
                        ("vatDesc", description),
                        ("standardVatCode", code),
                    ],
                )

    def _location(self, name: str | None, registers: Iterable[Register]) -> Iterator[Node]:
        if name is not None:
            yield "name", name
        for register in registers:
            yield "cashregister", list(self._register(register))

    def _register(self, register: Register) -> Iterator[Node]:
        yield "registerID", register.id
        sales, returns = register.sold_before, register.returned_before
        for number, day in enumerate(register.days, 1):
            counted = [receipt for receipt in day.receipts if receipt.counted]
            credit = [one for one in day.receipts if one.kind == "KREDITT" and not (one.training or one.void)]
            returned = -sum((min(receipt.amount, ZERO) for receipt in counted), ZERO)
            sales += sum((r.amount for r in counted), ZERO) + returned + sum((r.amount for r in credit), ZERO)
            returns += returned
            yield self._report_event(register, day, number, (sales, returns))
        if self.style.transactions and register.transactions:
            for nr, receipt in enumerate(_receipts(register), register.first_nr):
                yield "cashtransaction", _replaced(list(self._receipt(receipt, str(nr))), receipt.overrides)

    def _report_event(
        self, register: Register, day: Day, number: int, grand: tuple[Decimal, Decimal]
    ) -> Node:
        report = _replaced(list(self._report(register, day, grand)), day.overrides)
        return "event", [
            ("eventID", str(number)),
            ("eventType", "ZRAP" if day.report_type == "Z report" else "XRAP"),
            ("eventDate", f"{day.closed_at:%Y-%m-%d}"),
            ("eventTime", f"{day.closed_at:%H:%M:%S}"),
            ("eventReport", report),
        ]

    def _report(self, register: Register, day: Day, grand: tuple[Decimal, Decimal]) -> Iterator[Node]:
        counted = [receipt for receipt in day.receipts if receipt.counted]
        total = sum((receipt.amount for receipt in counted), ZERO)
        returned = [receipt for receipt in counted if receipt.amount < 0]
        yield "reportID", day.number
        yield "reportType", day.report_type
        yield "companyIdent", self.shop.company
        yield "companyName", self.shop.name
        yield "reportDate", f"{day.closed_at:%Y-%m-%d}"
        yield "reportTime", f"{day.closed_at:%H:%M:%S}"
        yield "registerID", register.id
        yield "reportTotalCashSales", [("totalCashSaleAmnt", _nok(total))]
        yield "reportArtGroups", _or_none("artGroup", _by_group(counted), "reportArtGroup", "artGroupID")
        yield (
            "reportEmpArtGroups",
            _by_operator("artGroup", counted, _by_group, "reportEmpArtGroup", "artGroupID"),
        )
        payments = _or_none("payment", _by_payment(counted), "reportPayment", "paymentType")
        yield "reportPayments", payments[:1] if day.single_payment else payments
        yield (
            "reportEmpPayments",
            _by_operator("payment", counted, _by_payment, "reportEmpPayment", "paymentType"),
        )
        tips = [receipt.tips for receipt in counted if receipt.tips]
        yield "reportTip", [("tipNum", str(len(tips))), ("tipAmnt", _nok(sum(tips, ZERO)))]
        yield "reportCashSalesVat", self._vat_rows(counted)
        yield "reportOpeningChangeFloat", _nok(day.opening_float)
        if day.operator_floats:
            yield "reportEmpOpeningChangeFloats", list(day.operator_floats)
        yield "reportReceiptNum", str(len(counted) - len(returned))
        yield "reportOpenCashBoxNum", "0"
        yield from _counts("reportReceiptCopy", "reportReceiptProforma")
        yield "reportReturnNum", str(len(returned))
        yield "reportReturnAmnt", _nok(-sum((receipt.amount for receipt in returned), ZERO))
        yield from _counts("reportDiscount", "reportVoidTrans")
        for plural, one, kind in (
            ("reportCorrLines", "corrLine", "corrLineType"),
            ("reportPriceInquiries", "priceInquiry", "priceInquiryGroup"),
            ("reportOtherCorrs", "otherCorr", "otherCorrType"),
        ):
            yield plural, _or_none(one, {}, plural.removesuffix("s").replace("rie", "ry"), kind)
        yield from _counts("reportReceiptDelivery", "reportTraining")
        yield from self._credit_and_movements(day)
        sales, returns = grand
        yield "reportGrandTotalSales", _nok(sales)
        yield "reportGrandTotalReturn", _nok(returns)
        yield "reportGrandTotalSalesNet", _nok(sales - returns)

    def _credit_and_movements(self, day: Day) -> Iterator[Node]:
        credit = [
            one.amount for one in day.receipts if one.kind == "KREDITT" and not (one.training or one.void)
        ]
        yield (
            "reportCreditSales",
            [("creditSalesNum", str(len(credit))), ("creditSalesAmnt", _nok(sum(credit, ZERO)))],
        )
        for name in ("payIn", "payOut"):
            rows = {kind: (number, amount) for way, kind, number, amount in day.movements if way == name}
            title = name[0].upper() + name[1:]
            yield f"report{title}s", _or_none(name, rows, f"report{title}", f"{name}Type")

    def _vat_rows(self, counted: list[Receipt]) -> list[Node]:
        sums: defaultdict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        for receipt in counted:
            for own, (base, vat) in receipt.vat_rows().items():
                sums[own] = sums[own][0] + base, sums[own][1] + vat
        rows: list[Node] = []
        for own, (_, percent, _) in VAT_CODES.items():
            base, vat = sums[own]
            row: list[Node] = [("vatCode", own)] if self.style.vat_codes else []
            row += [
                ("vatPerc", f"{percent:.2f}"),
                ("cashSaleAmnt", _nok(base + vat if self.style.gross_rows else base)),
                ("vatAmnt", _nok(vat)),
                ("vatAmntTp", _flag(vat)),
            ]
            rows.append(("reportCashSaleVat", row))
        return rows

    def _amount(self, amount: Decimal, owner: Decimal | None = None) -> str:
        """
        An amount as this till writes it; ``owner`` is the flagged amount it has no flag beside.
        """
        if not self.style.magnitudes:
            return _nok(amount)
        return _nok(abs(amount) if owner is None else -amount if owner < 0 else amount)

    def _receipt(self, receipt: Receipt, nr: str) -> Iterator[Node]:
        total = receipt.amount
        yield "nr", nr
        yield "transID", nr
        if self.style.types:
            yield "transType", receipt.kind
        yield "transAmntIn", self._amount(total)
        yield "transAmntEx", self._amount(receipt.net)
        yield "amntTp", _flag(total)
        yield "empID", receipt.operator
        yield "transDate", f"{receipt.at:%Y-%m-%d}"
        yield "transTime", f"{receipt.at:%H:%M:%S}"
        for number, line in enumerate(receipt.lines, 1):
            yield "ctLine", list(self._line(line, nr, number))
        if self.style.own_vat:
            for own, (base, vat) in receipt.vat_rows().items():
                yield self._vat(own, base, vat, flagged=self.style.vat_flags or receipt.kind == "BYTTE")
        if receipt.tips:
            yield "raise", [("raiseType", "TIPS"), ("raiseAmnt", self._amount(receipt.tips, total))]
        if receipt.rounding or receipt.tender == CASH:
            yield "rounding", [("roundingAmnt", self._amount(receipt.rounding, total))]
        for tender, paid in receipt.payments:
            yield (
                "payment",
                [("paymentType", tender), ("paidAmnt", self._amount(paid, total)), *receipt.payment_extra],
            )
        yield "signature", f"SAMPLE-{nr}"
        yield "keyVersion", "1"
        if receipt.void:
            yield "voidTransaction", "true"
        if receipt.training:
            yield "trainingID", "1"

    def _line(self, line: Line, nr: str, number: int) -> Iterator[Node]:
        yield "nr", nr
        yield "lineID", str(number)
        yield "lineType", "SAL"
        yield "artGroupID", line.group
        if line.article:
            yield "artID", line.article
        yield "qnt", self._amount(Decimal(-1) if line.amount < 0 else Decimal(1))
        yield "lineAmntIn", self._amount(line.amount)
        yield "lineAmntEx", self._amount(line.net)
        yield "amntTp", _flag(line.amount)
        if line.text:
            yield "cashTransLineDescr", line.text
        if self.style.line_vat:
            yield self._vat(line.vat, line.net, line.vat_amount, flagged=self.style.vat_flags)
        yield from line.extra

    def _vat(self, own: str, base: Decimal, vat: Decimal, *, flagged: bool) -> Node:
        row = [
            ("vatCode", own),
            ("vatPerc", f"{VAT_CODES[own][1]:.2f}"),
            ("vatAmnt", self._amount(vat)),
            ("vatAmntTp", _flag(base)),
            ("vatBasAmnt", self._amount(base)),
        ]
        return "vat", row if flagged else [part for part in row if part[0] != "vatAmntTp"]


def _receipts(register: Register) -> Iterator[Receipt]:
    for day in register.days:
        if day.report_type == "Z report":
            yield from day.receipts
    yield from register.after


def _employee(number: str, first_name: str, surname: str) -> Node:
    return "employee", [
        ("empID", number),
        ("dateOfEntry", "2026-01-01"),
        ("timeOfEntry", "00:00:00"),
        ("firstName", first_name),
        ("surName", surname),
    ]


def _article(name: str, line: Line) -> Node:
    group = [("artGroupID", line.group)] if line.grouped else []
    return "article", [("artID", name), ("dateOfEntry", "2026-01-01"), *group, ("artDesc", line.text or name)]


def _basic(own: str, kind: str, predefined: str | None, description: str) -> Node:
    row = [
        ("basicType", kind),
        ("basicID", own),
        ("predefinedBasicID", predefined),
        ("basicDesc", description),
    ]
    return "basic", [part for part in row if part[1] is not None]


def _by_group(counted: list[Receipt]) -> dict[str, tuple[int, Decimal]]:
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    times: Counter[str] = Counter()
    for receipt in counted:
        for line in receipt.lines:
            sums[line.group] += line.amount
            times[line.group] += 1
    return {group: (times[group], amount) for group, amount in sums.items()}


def _by_payment(counted: list[Receipt]) -> dict[str, tuple[int, Decimal]]:
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    times: Counter[str] = Counter()
    for receipt in counted:
        for tender, amount in receipt.payments:
            sums[tender] += amount
            times[tender] += 1
    return {tender: (times[tender], amount) for tender, amount in sums.items()}


def _by_operator(
    prefix: str,
    counted: list[Receipt],
    sums: Callable[[list[Receipt]], dict[str, tuple[int, Decimal]]],
    name: str,
    kind: str,
) -> list[Node]:
    operators = sorted({receipt.operator for receipt in counted})
    rows = [
        (
            name,
            [
                ("empID", operator),
                (kind, own),
                (f"{prefix}Num", str(number)),
                (f"{prefix}Amnt", _nok(amount)),
            ],
        )
        for operator in operators
        for own, (number, amount) in sums([one for one in counted if one.operator == operator]).items()
    ]
    return rows or [
        (name, [("empID", "NONE"), (kind, "NONE"), (f"{prefix}Num", "0"), (f"{prefix}Amnt", "0.00")])
    ]


def _or_none(prefix: str, rows: dict[str, tuple[int, Decimal]], name: str, kind: str) -> list[Node]:
    """
    The rows, or the dummy row that lists must have on quiet days.
    """
    return [
        (name, [(kind, own), (f"{prefix}Num", str(number)), (f"{prefix}Amnt", _nok(amount))])
        for own, (number, amount) in (rows or {"NONE": (0, ZERO)}).items()
    ]


def _counts(*names: str) -> Iterator[Node]:
    for name in names:
        yield f"{name}Num", "0"
        yield f"{name}Amnt", "0.00"
