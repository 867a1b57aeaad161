"""
One ``cashtransaction`` as the tills mean it: signed øre, whatever their convention.

Two conventions are in use for a return of 16.40, and the files do not say
which: the amount is signed *and* flagged (``-16.40``, ``D``), or it is a
magnitude with a flag (``16.40``, ``D``). Both are read here, and nowhere else.
"""

import enum
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from posgo.saft._codes import RAISE, TIP, TRANSACTION, Codes
from posgo.saft._fields import (
    BadFieldError,
    Fields,
    Stamp,
    amount,
    children,
    flag,
    optional,
    percentage,
    qualified,
    rate,
    required,
    stamp,
)

__all__ = ["Kind", "Line", "Paid", "Receipt", "ReceiptReader", "Vat"]

(_NR, _TRANS_TYPE, _AMOUNT, _NET, _FLAG, _DATE, _TIME, _TRAINING, _VOID) = map(
    qualified,
    (
        "nr",
        "transType",
        "transAmntIn",
        "transAmntEx",
        "amntTp",
        "transDate",
        "transTime",
        "trainingID",
        "voidTransaction",
    ),
)
_LINE, _VAT, _RAISE, _ROUNDING, _PAYMENT = map(qualified, ("ctLine", "vat", "raise", "rounding", "payment"))
_GROUP, _ARTICLE, _LINE_AMOUNT, _LINE_NET = map(
    qualified, ("artGroupID", "artID", "lineAmntIn", "lineAmntEx")
)
_VAT_CODE, _PERCENT, _VAT_AMOUNT, _VAT_FLAG, _BASE = map(
    qualified, ("vatCode", "vatPerc", "vatAmnt", "vatAmntTp", "vatBasAmnt")
)
_RAISE_TYPE, _RAISE_AMOUNT, _ROUNDED = map(qualified, ("raiseType", "raiseAmnt", "roundingAmnt"))
_PAID_TYPE, _PAID, _CURRENCY, _EXCHANGE = map(qualified, ("paymentType", "paidAmnt", "curCode", "exchRt"))


class Kind(enum.Enum):
    """
    What a transaction is to a settlement.
    """

    TURNOVER = "turnover"
    """Sold or taken back, and settled on delivery."""

    MIXED = "mixed"
    """Partly paid, the rest on credit: only the paid part is cash turnover."""

    CREDIT = "credit"
    """Sold on credit; its invoice carries the revenue."""

    MOVEMENT = "movement"
    """Money alone: into or out of the drawer, or paid on an older invoice."""

    NONE = "none"
    """Neither goods nor money."""


# Inferred from the names of the codes and the regulation. What is not here
# (11009 correction, 11999 other, no type at all) is known by its content.
_KINDS: Final = {
    "11001": Kind.TURNOVER,
    "11002": Kind.CREDIT,
    "11003": Kind.MOVEMENT,
    "11004": Kind.MOVEMENT,
    "11005": Kind.MOVEMENT,
    "11006": Kind.TURNOVER,
    "11007": Kind.MOVEMENT,
    "11008": Kind.MOVEMENT,
    "11010": Kind.MOVEMENT,
    "11011": Kind.MOVEMENT,
    "11012": Kind.TURNOVER,
    "11013": Kind.TURNOVER,
    "11014": Kind.NONE,
    "11015": Kind.MIXED,
    "11016": Kind.TURNOVER,
    "11017": Kind.CREDIT,
}


class Vat(NamedTuple):
    """
    VAT of a line or a transaction. Øre, signed; ``percent`` in thousandths; None where the till says nothing.
    """

    code: str | None
    percent: int | None
    amount: int
    base: int | None


class Line(NamedTuple):
    """
    A line sold (positive) or taken back (negative). Øre.
    """

    group: str | None
    amount: int
    net: int
    vat: Vat | None


class Paid(NamedTuple):
    """
    Money received (positive) or paid back. Øre of NOK.
    """

    type: str
    amount: int
    foreign: bool


class Receipt(NamedTuple):
    """
    One transaction. Amounts are øre, sales and money received positive.

    Attributes:
        nr: Number printed on the receipt.
        type: The till's own transaction type; None if it gives none.
        undeclared: Whether the file does not say what that type means.
        kind: What it is to a settlement.
        stamp: When.
        amount: Including VAT.
        net: Excluding VAT.
        lines: What was sold.
        vat: VAT rows of the transaction itself.
        paid: Money by means of payment.
        rounding: Cash rounding; None if the element is absent.
        tips: Gratuities, on the transaction and its lines.
        void: Cancelled: outside every total.
        training: Made in training mode: outside every total.
        conflicts: How many amounts are negative although flagged as an increase.
    """

    nr: str
    type: str | None
    undeclared: bool
    kind: Kind
    stamp: Stamp
    amount: int
    net: int
    lines: tuple[Line, ...]
    vat: tuple[Vat, ...]
    paid: tuple[Paid, ...]
    rounding: int | None
    tips: int
    void: bool
    training: bool
    conflicts: int

    @property
    def vat_rows(self) -> tuple[Vat, ...]:
        """
        The transaction's own VAT rows; without them those of its lines.
        """
        return self.vat or tuple([line.vat for line in self.lines if line.vat is not None])

    @property
    def sold(self) -> int:
        """
        Goods including VAT. Some tills put the tip into the transaction's amount, most beside it.
        """
        if self.tips and self.lines and self.amount == sum([line.amount for line in self.lines]) + self.tips:
            return self.amount - self.tips
        return self.amount


class ReceiptReader:
    """
    Reads transactions of one file.

    Args:
        codes: The file's code lists.
        currency: The file's currency, against which a payment is foreign.
    """

    def __init__(self, codes: Codes, currency: str) -> None:
        self._codes = codes
        self._currency = currency

    def read(self, element: Element) -> Receipt:
        """
        Read one ``cashtransaction``.

        Raises:
            BadFieldError: A value is not of its type, or mandatory and missing.
        """
        fields, parts = _sorted(element)
        gross, net = amount(_AMOUNT, fields.get(_AMOUNT)), amount(_NET, fields.get(_NET))
        owner = _sign(_FLAG, fields.get(_FLAG))
        # Payments, rounding and raises have no flag of their own. Where the
        # till writes magnitudes they follow their transaction.
        turn = -1 if owner < 0 < gross else 1
        lines, line_tips, conflicts = self._lines(parts[_LINE])
        tips = line_tips + turn * self._tips(parts[_RAISE])
        rounding = _rounding(parts[_ROUNDING], turn)
        total = _signed(gross, owner)
        kind, undeclared = self._kind(fields, lines, parts, total)
        return Receipt(
            nr=required(fields, _NR),
            type=optional(fields, _TRANS_TYPE),
            undeclared=undeclared,
            kind=kind,
            stamp=stamp(_DATE, fields, _TIME),
            amount=total,
            net=_signed(net, owner),
            lines=lines,
            vat=tuple([_vat(children(row), owner) for row in parts[_VAT]]),
            paid=self._paid(parts[_PAYMENT], turn, total + (rounding or 0), tips),
            rounding=rounding,
            tips=tips,
            void=_is_set(fields, _VOID),
            training=_is_set(fields, _TRAINING),
            conflicts=conflicts + (gross < 0 < owner),
        )

    def _kind(
        self, fields: Fields, lines: tuple[Line, ...], parts: dict[str, list[Element]], total: int
    ) -> tuple[Kind, bool]:
        own = optional(fields, _TRANS_TYPE)
        code = self._codes.resolve(TRANSACTION, own) if own is not None else None
        kind = None if code is None else _KINDS.get(code.code)
        undeclared = code is not None and not code.declared
        if kind is not None:
            return kind, undeclared
        sold = bool(lines or parts[_VAT])
        if parts[_PAYMENT]:
            return (Kind.TURNOVER if sold else Kind.MOVEMENT), undeclared
        return (Kind.CREDIT if sold and total else Kind.NONE), undeclared

    def _lines(self, elements: list[Element]) -> tuple[tuple[Line, ...], int, int]:
        """
        The lines, the tips on them, and how many signs are in conflict with their flag.
        """
        lines, tips, conflicts = [], 0, 0
        for element in elements:
            fields = children(element)
            gross = amount(_LINE_AMOUNT, fields.get(_LINE_AMOUNT))
            net = amount(_LINE_NET, fields.get(_LINE_NET))
            sign = _sign(_FLAG, fields.get(_FLAG))
            conflicts += gross < 0 < sign
            vat = None
            if _VAT in fields:
                row = element.find(_VAT)
                vat = None if row is None else _vat(children(row), sign)
            if _RAISE in fields:
                tips += (-1 if sign < 0 < gross else 1) * self._tips(element.findall(_RAISE))
            group = optional(fields, _GROUP) or self._codes.group_of(optional(fields, _ARTICLE))
            lines.append(Line(group, _signed(gross, sign), _signed(net, sign), vat))
        return tuple(lines), tips, conflicts

    def _tips(self, elements: list[Element]) -> int:
        total = 0
        for element in elements:
            fields = children(element)
            raised = amount(_RAISE_AMOUNT, fields.get(_RAISE_AMOUNT))
            own = optional(fields, _RAISE_TYPE)
            if raised and own is not None and self._codes.resolve(RAISE, own).code == TIP:
                total += raised
        return total

    def _paid(self, elements: list[Element], turn: int, due: int, tips: int) -> tuple[Paid, ...]:
        """
        The payments in NOK.

        The format does not say whether an amount paid in another currency is
        in that currency. The transaction knows: the reading that adds up to
        what was due is the right one, and as written if neither does.
        """
        stated, converted = [], []
        foreign = False
        for element in elements:
            fields = children(element)
            paid = turn * amount(_PAID, fields.get(_PAID))
            own = required(fields, _PAID_TYPE)
            nok = self._in_nok(fields, paid)
            foreign = foreign or nok != paid
            stated.append(Paid(own, paid, nok != paid))
            converted.append(Paid(own, nok, False))
        if foreign and (dues := {due, due + tips}):
            if sum([row.amount for row in stated]) in dues:
                return tuple([row._replace(foreign=False) for row in stated])
            if sum([row.amount for row in converted]) in dues:
                return tuple(converted)
        return tuple(stated)

    def _in_nok(self, fields: Fields, paid: int) -> int:
        currency = fields.get(_CURRENCY)
        if currency is None or currency == self._currency or not (text := fields.get(_EXCHANGE)):
            return paid
        # Half a whole øre goes away from zero, as tills round.
        magnitude = (abs(paid) * rate(_EXCHANGE, text) * 2 + 1_000_000) // 2_000_000
        return magnitude if paid >= 0 else -magnitude


def _sorted(element: Element) -> tuple[Fields, dict[str, list[Element]]]:
    fields: Fields = {}
    parts: dict[str, list[Element]] = {_LINE: [], _VAT: [], _RAISE: [], _ROUNDING: [], _PAYMENT: []}
    for child in element:
        tag = child.tag
        if tag in parts:
            parts[tag].append(child)
        else:
            fields[tag] = child.text
    return fields, parts


_SIGNS: Final = {"C": 1, "D": -1}


def _sign(tag: str, text: str | None) -> int:
    sign = _SIGNS.get(text or "")
    if sign is None:
        raise BadFieldError(
            tag, text, "C (increase) or D (decrease) is expected. Have the till's vendor correct the export."
        )
    return sign


def _signed(value: int, sign: int) -> int:
    """
    Both conventions at once: never negated twice, and negative stays negative.
    """
    return -abs(value) if sign < 0 else value


def _vat(fields: Fields, owner: int) -> Vat:
    own_flag = fields.get(_VAT_FLAG)
    sign = owner if own_flag is None else _sign(_VAT_FLAG, own_flag)
    percent, base = fields.get(_PERCENT), fields.get(_BASE)
    return Vat(
        optional(fields, _VAT_CODE),
        None if percent is None else percentage(_PERCENT, percent),
        _signed(amount(_VAT_AMOUNT, fields.get(_VAT_AMOUNT)), sign),
        None if base is None else _signed(amount(_BASE, base), sign),
    )


def _rounding(elements: list[Element], turn: int) -> int | None:
    texts = [text for element in elements if (text := children(element).get(_ROUNDED)) is not None]
    return turn * amount(_ROUNDED, texts[-1]) if texts else None


def _is_set(fields: Fields, tag: str) -> bool:
    text = fields.get(tag)
    return text is not None and flag(tag, text)
