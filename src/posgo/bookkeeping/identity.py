"""
The identity of a settlement, as the ledger knows it.
"""

import hashlib
import uuid

from posgo.bookkeeping.accounts import AccountMap
from posgo.models._continuity import z_sequence
from posgo.models.pos import InvoicePayment, ZReport

__all__ = [
    "REVISION",
    "fingerprint",
    "line_reference",
    "paid_invoice_no",
    "settlement_reference",
    "z_number",
]

# Frozen for ever: another namespace would book every Z-report a second time.
_NAMESPACE = uuid.UUID("6f9c1a5e-3f0b-5b7e-9d50-0c4b1f0a7d1e")

_PAID, _ON_ACCOUNT = "invoice:", "on account:"

REVISION = 1
"""Revision of a settlement that was never corrected."""


def z_number(z: ZReport) -> str:
    """
    The Z-number without leading zeros: ``0042`` and ``42`` are one report.
    """
    return str(z_sequence(z.number))


def settlement_reference(z: ZReport, accounts: AccountMap, revision: int = REVISION) -> str:
    """
    The reference of a Z-report's voucher: the same report always gives the same one.

    Built from what identifies the report, never from its figures, so that a
    report that changed is noticed instead of booked beside the first.
    """
    name = "\x1f".join((z.company, accounts.canonical(z.cash_point), z_number(z), str(revision)))
    return str(uuid.uuid5(_NAMESPACE, name))


def line_reference(invoice_no: int | None, *, matched: bool = True) -> str | None:
    """
    A customer line's own reference: by it the voucher tells later which invoice was paid with how much.

    An invoice without a number has none: its matching reference tells.
    """
    if invoice_no is None:
        return None
    return f"{_PAID if matched else _ON_ACCOUNT}{invoice_no}"


def paid_invoice_no(reference: str | None) -> int | None:
    """
    The invoice a line's own reference says it pays; None if it says none.
    """
    number = (reference or "").removeprefix(_PAID)
    return int(number) if number != reference and number.isdecimal() and len(number) <= 18 else None


def fingerprint(z: ZReport) -> str:
    """
    A hash of a Z-report's figures, whatever file or order they came in.

    It tells a report that was settled before from another one under the same number.
    """
    figures = (
        z.closed_at.date().isoformat(),
        str(z.total),
        str(z.tips),
        sorted(
            f"{row.vat_code} {row.percent} {row.amount} {row.vat}"
            for row in z.vat_rows
            if row.amount or row.vat
        ),
        sorted(f"{row.code} {row.amount}" for row in z.tenders if row.amount),
        sorted(f"{row.direction.value} {row.type} {row.amount}" for row in z.movements if row.amount),
        sorted(_paid(row) for row in z.invoice_payments),
    )
    return hashlib.sha256(repr(figures).encode()).hexdigest()


def _paid(payment: InvoicePayment) -> str:
    sales = sorted(f"{row.vat_code} {row.percent} {row.amount} {row.vat}" for row in payment.sales)
    # The order, if there is one: a POS may come to know the invoice's number only later.
    name = payment.order or payment.invoice_no
    return f"{name} {payment.tender} {payment.amount} {sales}"
