"""
Transactions for the library's users: typed, frozen, in NOK.
"""

from datetime import datetime
from decimal import Decimal
from xml.etree.ElementTree import Element

import attrs

from posgo.saft._codes import ARTICLE_GROUP, PAYMENT, TRANSACTION, Codes
from posgo.saft._fields import children, instant, nok, optional, qualified, quantity, thousandths
from posgo.saft._receipts import Line, Paid, Receipt, Vat

__all__ = ["Payment", "Transaction", "TransactionLine", "TransactionVat", "transaction"]


@attrs.frozen(kw_only=True)
class TransactionVat:
    """
    VAT at one rate, of a line or of a whole transaction.

    Attributes:
        vat_code: Standard VAT code; None if the till gives none or does not declare its own.
        percent: VAT rate in per cent; None if the till gives none.
        amount: VAT in NOK; negative on returns.
        base: What it is computed of, in NOK; None if the till gives none.
        pos_code: The till's own code.
    """

    vat_code: str | None
    percent: Decimal | None
    amount: Decimal
    base: Decimal | None
    pos_code: str | None


@attrs.frozen(kw_only=True)
class TransactionLine:
    """
    One line of a receipt.

    Attributes:
        amount: NOK including VAT; negative if taken back.
        net: NOK excluding VAT, signed alike.
        group: Predefined article group; else the till's own; None if the till gives none.
        pos_group: The till's own group.
        article: The till's id of the article; None if it gives none.
        quantity: Signed as the amount; None if the till gives none.
        text: What the receipt says; None if the till gives none.
        vat: VAT of the line; None if the till gives it per transaction only.
    """

    amount: Decimal
    net: Decimal
    group: str | None
    pos_group: str | None
    article: str | None
    quantity: Decimal | None
    text: str | None
    vat: TransactionVat | None


@attrs.frozen(kw_only=True)
class Payment:
    """
    Money of one transaction by one means of payment.

    Attributes:
        code: Predefined payment code; else the till's own.
        amount: NOK; negative if paid back.
        pos_code: The till's own code.
    """

    code: str
    amount: Decimal
    pos_code: str


@attrs.frozen(kw_only=True)
class Transaction:
    """
    One receipt, signs as in a Z-report: sales and money received are positive.

    Attributes:
        cash_point: Register it was made on.
        location: Name of the shop; None if unknown.
        number: As printed on the receipt.
        at: When, Norwegian time.
        type: Predefined transaction type such as ``"11001"``; else the till's own; None if it gives none.
        pos_type: The till's own type.
        amount: NOK including VAT.
        net: NOK excluding VAT.
        lines: What was sold or taken back.
        vat: VAT per rate, of the transaction itself; empty if only its lines tell.
        payments: Money by means of payment.
        rounding: Cash rounding in NOK, negative is a loss for the shop; None if the till does not tell.
        tips: NOK of tips.
        void: Cancelled: it stands in no total.
        training: Made in training mode: it stands in no total.
        operator: The till's id of the operator; None if it gives none. Never a name.
        customer: The till's id of the customer; None if it gives none.
        signature: As exported; ``NA`` if the till need not sign.
        key_version: Which key signed it.
        signed_text:
            What the till signed after the signature before it: date, time,
            number and both amounts as they stood, joined by semicolons.
    """

    cash_point: str
    location: str | None
    number: str
    at: datetime
    type: str | None
    pos_type: str | None
    amount: Decimal
    net: Decimal
    lines: tuple[TransactionLine, ...]
    vat: tuple[TransactionVat, ...]
    payments: tuple[Payment, ...]
    rounding: Decimal | None
    tips: Decimal
    void: bool
    training: bool
    operator: str | None
    customer: str | None = attrs.field(repr=False)
    signature: str | None = attrs.field(repr=False)
    key_version: str | None
    signed_text: str = attrs.field(repr=False)

    @property
    def counts(self) -> bool:
        """
        Whether it stands in the totals: neither void nor training.
        """
        return not (self.void or self.training)


_SIGNED = tuple(map(qualified, ("transDate", "transTime", "nr", "transAmntIn", "transAmntEx")))
_EMPLOYEE, _CUSTOMER, _SIGNATURE, _KEY = map(qualified, ("empID", "custSupID", "signature", "keyVersion"))
_LINE, _ARTICLE, _QUANTITY, _TEXT = map(qualified, ("ctLine", "artID", "qnt", "cashTransLineDescr"))


def transaction(
    element: Element, receipt: Receipt, *, cash_point: str, location: str | None, codes: Codes
) -> Transaction:
    """
    The public value of one ``cashtransaction``.

    Args:
        element: The transaction, for what a settlement does not need.
        receipt: The same transaction, as read.
        cash_point: Register it stands under.
        location: Location it stands under.
        codes: The file's code lists.
    """
    fields = children(element)
    at = instant(receipt.stamp)
    return Transaction(
        cash_point=cash_point,
        location=location,
        number=receipt.nr,
        at=at,
        type=None if receipt.type is None else codes.resolve(TRANSACTION, receipt.type).code,
        pos_type=receipt.type,
        amount=nok(receipt.amount),
        net=nok(receipt.net),
        lines=tuple(
            _line(part, line, at, codes)
            for part, line in zip(element.findall(_LINE), receipt.lines, strict=True)
        ),
        vat=tuple(_vat(row, at, codes) for row in receipt.vat),
        payments=tuple(_payment(row, codes) for row in receipt.paid),
        rounding=None if receipt.rounding is None else nok(receipt.rounding),
        tips=nok(receipt.tips),
        void=receipt.void,
        training=receipt.training,
        operator=optional(fields, _EMPLOYEE),
        customer=optional(fields, _CUSTOMER),
        signature=optional(fields, _SIGNATURE),
        key_version=optional(fields, _KEY),
        signed_text=";".join((fields.get(tag) or "").strip() for tag in _SIGNED),
    )


def _line(element: Element, line: Line, at: datetime, codes: Codes) -> TransactionLine:
    fields = children(element)
    sold = quantity(_QUANTITY, fields[_QUANTITY]) if _QUANTITY in fields else None
    return TransactionLine(
        amount=nok(line.amount),
        net=nok(line.net),
        group=None if line.group is None else codes.resolve(ARTICLE_GROUP, line.group).code,
        pos_group=line.group,
        article=optional(fields, _ARTICLE),
        # A till that writes magnitudes writes them here too.
        quantity=-abs(sold) if sold is not None and line.amount < 0 else sold,
        text=optional(fields, _TEXT),
        vat=None if line.vat is None else _vat(line.vat, at, codes),
    )


def _vat(vat: Vat, at: datetime, codes: Codes) -> TransactionVat:
    known = None if vat.code is None else codes.vat(vat.code, at.date())
    return TransactionVat(
        vat_code=known.standard if known else None,
        percent=None if vat.percent is None else thousandths(vat.percent),
        amount=nok(vat.amount),
        base=None if vat.base is None else nok(vat.base),
        pos_code=vat.code,
    )


def _payment(paid: Paid, codes: Codes) -> Payment:
    return Payment(code=codes.resolve(PAYMENT, paid.type).code, amount=nok(paid.amount), pos_code=paid.type)
