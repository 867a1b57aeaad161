"""
What a cash register reports: the Z-report and its rows.

Signs are the shop's: sales and money received are positive, returns and
refunds negative. Every amount is NOK in whole øre. "Cash sale" is the
regulation's word for any sale settled on delivery, by card or app as well.
The letters in brackets are those of the regulation's list of what a
Z-report must hold (kassasystemforskrifta § 2-8-2).
"""

import enum
from datetime import datetime
from decimal import Decimal, InvalidOperation

import attrs
from attrs.validators import optional

from posgo.exceptions import ModelError
from posgo.models._checks import (
    identifier,
    kind,
    not_blank,
    organization_number,
    rows,
    text,
    to_optional_line,
    to_optional_text,
    to_percent,
    to_tuple,
    whole,
)
from posgo.models._dates import to_oslo
from posgo.models._fields import optional_whole_number
from posgo.models._money import NOK_0, to_nok, to_optional_nok
from posgo.models.findings import Finding

__all__ = [
    "CashCount",
    "Count",
    "Counters",
    "Direction",
    "GrandTotals",
    "GroupRow",
    "GroupVatRow",
    "InvoicePayment",
    "Movement",
    "OperatorRow",
    "Tender",
    "TransactionTotals",
    "VatRow",
    "ZReport",
]


def _number(value: Decimal | int | str) -> Decimal:
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise ModelError(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise ModelError(f"{value!r} is not a number")
    return number


def _z_number(value: object) -> str:
    return "".join(text(value).split())


@attrs.frozen(kw_only=True)
class Count:
    """
    How often something happened, and the sum of it.

    Attributes:
        number: How often.
        amount: NOK, as the till prints it: returns and discounts are magnitudes, not negative.
    """

    number: int = attrs.field(default=0, converter=whole)
    amount: Decimal = attrs.field(default=NOK_0, converter=to_nok)


@attrs.frozen(kw_only=True)
class VatRow:
    """
    Cash sales at one VAT rate [j].

    Attributes:
        vat_code:
            Standard (SAF-T) VAT code such as ``"3"``; None if the till gives
            none. Never the till's own code.
        percent: VAT rate in per cent, for example 25.
        amount:
            NOK net of returns. **Excluding** VAT, except on tills whose
            account map says ``vat_rows = "gross"``.
        vat: VAT in NOK, as the till rounded it.
        pos_code: The till's own code, for messages.
        description: The till's own words for the code.
    """

    vat_code: str | None = attrs.field(default=None, converter=to_optional_text)
    percent: Decimal = attrs.field(converter=to_percent)
    amount: Decimal = attrs.field(converter=to_nok)
    vat: Decimal = attrs.field(converter=to_nok)
    pos_code: str | None = attrs.field(default=None, converter=to_optional_text)
    description: str | None = attrs.field(default=None, converter=to_optional_line)


@attrs.frozen(kw_only=True)
class GroupRow:
    """
    Cash sales of one article group [f].

    Attributes:
        group: Predefined group code such as ``"04006"``; else the till's own id.
        amount: NOK **including** VAT, net of returns.
        number: Number of cash sales as the till counts them. Not a quantity.
        pos_code: The till's own id.
        description: The till's own words for the group.
    """

    group: str = attrs.field(converter=text)
    amount: Decimal = attrs.field(converter=to_nok)
    number: Decimal = attrs.field(default=Decimal(0), converter=_number)
    pos_code: str | None = attrs.field(default=None, converter=to_optional_text)
    description: str | None = attrs.field(default=None, converter=to_optional_line)


@attrs.frozen(kw_only=True)
class Tender:
    """
    Money received by one means of payment [g].

    Attributes:
        code: Predefined payment code such as ``"12001"`` (cash); else the till's own code.
        amount: NOK net of refunds; negative if more was refunded than received.
        number: Number of cash sales paid so.
        pos_code: The till's own code.
        description: The till's own words for the means of payment.
    """

    code: str = attrs.field(converter=text, validator=not_blank)
    amount: Decimal = attrs.field(converter=to_nok)
    number: int = attrs.field(default=0, converter=whole)
    pos_code: str | None = attrs.field(default=None, converter=to_optional_text)
    description: str | None = attrs.field(default=None, converter=to_optional_line)


class Direction(enum.Enum):
    """
    Which way money moved through the drawer.
    """

    IN = "pay-in"
    OUT = "pay-out"


@attrs.frozen(kw_only=True)
class Movement:
    """
    Money in or out that is no cash sale: gift cards sold, drops, petty cash.

    Attributes:
        direction: In or out of the drawer.
        type: The till's own word for it, matched with ``[movements]`` of the account map.
        amount: NOK, positive for the direction given.
        number: How many.
    """

    direction: Direction = attrs.field(validator=kind(Direction))
    type: str = attrs.field(converter=text)
    amount: Decimal = attrs.field(converter=to_nok)
    number: int = attrs.field(default=0, converter=whole)


@attrs.frozen(kw_only=True)
class GrandTotals:
    """
    Running totals since the till was taken into use, cash and credit, including VAT [x, y, z].

    Attributes:
        sales: NOK, sales before returns.
        returns: NOK, a magnitude.
        net: NOK, sales less returns.
    """

    sales: Decimal = attrs.field(converter=to_nok)
    returns: Decimal = attrs.field(converter=to_nok)
    net: Decimal = attrs.field(converter=to_nok)


@attrs.frozen(kw_only=True)
class OperatorRow:
    """
    One operator's share of a tender or an article group [h]; kept for payroll and own drawers.

    Attributes:
        operator: The till's id of the operator. Never a name.
        code: As :attr:`Tender.code` or :attr:`GroupRow.group`.
        amount: NOK, signs as in the row it is a share of.
    """

    operator: str = attrs.field(converter=text)
    code: str = attrs.field(converter=text)
    amount: Decimal = attrs.field(converter=to_nok)


@attrs.frozen(kw_only=True)
class Counters:
    """
    What a Z-report tells beside the money. Nothing of it is posted.

    None means that the till does not report it.

    Attributes:
        zero_openings: Drawer openings without a sale or refund [m].
        copies: Copy receipts [n].
        provisional: Provisional (pro forma) receipts [o].
        discounts: Discounts given by hand; already inside the sales [q].
        aborted: Sales aborted before completion [r].
        line_corrections: Line corrections by type [s].
        price_inquiries: Price look-ups by article group [t].
        other_corrections: Other corrections by type [u].
        deliveries: Delivery receipts, that is credit sales [v].
        training: Training receipts; outside every total [w].
    """

    zero_openings: int | None = None
    copies: Count | None = None
    provisional: Count | None = None
    discounts: Count | None = None
    aborted: Count | None = None
    line_corrections: tuple[tuple[str, Count], ...] = attrs.field(default=(), converter=to_tuple)
    price_inquiries: tuple[tuple[str, Count], ...] = attrs.field(default=(), converter=to_tuple)
    other_corrections: tuple[tuple[str, Count], ...] = attrs.field(default=(), converter=to_tuple)
    deliveries: Count | None = None
    training: Count | None = None


@attrs.frozen(kw_only=True)
class GroupVatRow:
    """
    Cash sales of one article group at one VAT rate, known only from transactions.

    Attributes:
        group: As :attr:`GroupRow.group`.
        vat_code: As :attr:`VatRow.vat_code`.
        percent: As :attr:`VatRow.percent`.
        amount: NOK **including** VAT, net of returns.
        pos_code: The till's own id of the group.
        description: The till's own words for the group.
    """

    group: str = attrs.field(converter=text)
    vat_code: str | None = attrs.field(default=None, converter=to_optional_text)
    percent: Decimal = attrs.field(converter=to_percent)
    amount: Decimal = attrs.field(converter=to_nok)
    pos_code: str | None = attrs.field(default=None, converter=to_optional_text)
    description: str | None = attrs.field(default=None, converter=to_optional_line)


@attrs.frozen(kw_only=True)
class TransactionTotals:
    """
    What the transactions of a Z-report's period add to it.

    Attributes:
        complete:
            Whether the file holds the whole period, so that the figures may
            be used. False for the first Z-report of a file that begins in
            the middle of it.
        cash_paid: Number of transactions with a cash payment. It bounds the cash rounding.
        lines: Number of lines sold. It bounds the VAT drift.
        rounding: Sum of the stated cash rounding in NOK; negative is a loss for the shop.
        group_vat: Sales by article group and VAT rate.
    """

    complete: bool = True
    cash_paid: int = attrs.field(default=0, converter=whole)
    lines: int = attrs.field(default=0, converter=whole)
    rounding: Decimal | None = attrs.field(default=None, converter=to_optional_nok)
    group_vat: tuple[GroupVatRow, ...] = attrs.field(
        default=(), converter=to_tuple, validator=rows(GroupVatRow)
    )


@attrs.frozen(kw_only=True)
class InvoicePayment:
    """
    An invoice of Go paid at the till, with one means of payment.

    An invoice paid with several has as many; money that pays several invoices is divided among them.

    Attributes:
        order: The POS's id of the order; None if it has none. It or ``invoice_no`` must be given to settle.
        invoice_no:
            Go's invoice number; None if the POS does not know it. An invoice the POS issued itself is known
            by its order, whatever stands here.
        customer: The POS's id of the customer; None takes the invoice's, unasked.
        amount: NOK received, cash rounding included; negative if it was paid out.
        tender: Payment code, as :attr:`Tender.code` or :attr:`Tender.pos_code` of a row of the Z-report.
        sales:
            The invoice's sales as the till counts them in its VAT rows of that day, if it does: signs and
            reading as there, each sale with one payment only. Empty if they do not stand there.
    """

    order: str | None = attrs.field(default=None, converter=to_optional_text)
    invoice_no: int | None = attrs.field(default=None, validator=optional_whole_number)
    customer: str | None = attrs.field(default=None, converter=to_optional_text)
    amount: Decimal = attrs.field(converter=to_nok)
    tender: str = attrs.field(converter=text)
    sales: tuple[VatRow, ...] = attrs.field(default=(), converter=to_tuple, validator=rows(VatRow))


@attrs.frozen(kw_only=True)
class CashCount:
    """
    The drawer, counted after closing (bokføringsforskriften § 5-3-14).

    Attributes:
        counted: NOK in the drawer, opening float included.
        counted_by: Who counted.
        reconciled_by: Who compared the count with the Z-report.
        note: Explanation of the difference.
    """

    counted: Decimal = attrs.field(converter=to_nok)
    counted_by: str = attrs.field(repr=False)
    reconciled_by: str | None = attrs.field(default=None, repr=False)
    note: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class ZReport:
    """
    The daily report of one cash point, numbered and final.

    Attributes:
        company: Organisation number of the shop, nine digits [b].
        cash_point: The till's id, as printed on receipts [d].
        number: Z-number as printed. Numbers of one cash point follow each other.
        closed_at:
            When the report was made [c]; without a zone it is Norwegian
            local time. Often after midnight: the business day is not its date.
        vat_rows: Sales and VAT per rate [j].
        groups: Sales per article group [f].
        tenders: Money per means of payment [g].
        tips: NOK received as tips [i].
        movements: Pay-ins and pay-outs that are no cash sales.
        opening_float: NOK in the drawer at the start of the day [k].
        total: NOK of cash sales including VAT [e].
        receipts: Number of sales receipts [l].
        returns: Returns [p]; the amount is a magnitude, already inside the sales.
        grand_totals: Running totals; None if the till has none.
        invoice_payments: Invoices paid at the till, which a SAF-T file cannot name.
        findings: What the reader found about this report.
        location: Name of the shop; None if unknown.
        credit_sales: Sales on credit. Their invoices carry the revenue.
        credit_memos: Credit notes on such sales.
        counters: What is told beside the money.
        operator_tenders: Tenders per operator [h]; empty if the till does not split.
        operator_groups: Article groups per operator; empty if the till does not split.
        operator_floats: Opening floats per operator; empty if the till does not split.
        transactions: What the transactions add; None without transactions.
    """

    company: str = attrs.field(converter=organization_number)
    cash_point: str = attrs.field(converter=text, validator=identifier)
    number: str = attrs.field(converter=_z_number, validator=identifier)
    closed_at: datetime = attrs.field(converter=to_oslo)
    vat_rows: tuple[VatRow, ...] = attrs.field(converter=to_tuple, validator=rows(VatRow))
    groups: tuple[GroupRow, ...] = attrs.field(default=(), converter=to_tuple, validator=rows(GroupRow))
    tenders: tuple[Tender, ...] = attrs.field(converter=to_tuple, validator=rows(Tender))
    tips: Decimal = attrs.field(default=NOK_0, converter=to_nok)
    movements: tuple[Movement, ...] = attrs.field(default=(), converter=to_tuple, validator=rows(Movement))
    opening_float: Decimal = attrs.field(default=NOK_0, converter=to_nok)
    total: Decimal = attrs.field(converter=to_nok)
    receipts: int = attrs.field(default=0, converter=whole)
    returns: Count = attrs.field(default=Count(), validator=kind(Count))
    grand_totals: GrandTotals | None = attrs.field(default=None, validator=optional(kind(GrandTotals)))
    invoice_payments: tuple[InvoicePayment, ...] = attrs.field(
        default=(), converter=to_tuple, validator=rows(InvoicePayment)
    )
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=to_tuple, validator=rows(Finding))
    location: str | None = None
    credit_sales: Count | None = attrs.field(default=None, validator=optional(kind(Count)))
    credit_memos: Count | None = attrs.field(default=None, validator=optional(kind(Count)))
    counters: Counters = attrs.field(default=Counters(), validator=kind(Counters))
    operator_tenders: tuple[OperatorRow, ...] = attrs.field(
        default=(), converter=to_tuple, validator=rows(OperatorRow)
    )
    operator_groups: tuple[OperatorRow, ...] = attrs.field(
        default=(), converter=to_tuple, validator=rows(OperatorRow)
    )
    operator_floats: tuple[OperatorRow, ...] = attrs.field(
        default=(), converter=to_tuple, validator=rows(OperatorRow)
    )
    transactions: TransactionTotals | None = attrs.field(
        default=None, validator=optional(kind(TransactionTotals))
    )

    @property
    def whole_period(self) -> TransactionTotals | None:
        """
        What the transactions add, if they are those of the whole period; else None.
        """
        return self.transactions if self.transactions is not None and self.transactions.complete else None
