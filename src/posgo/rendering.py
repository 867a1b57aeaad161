"""
Values as text for people: tables of fixed width, amounts with two decimals.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from posgo.models._money import NOK_0, format_nok
from posgo.models.pos import InvoicePayment, ZReport
from posgo.models.vouchers import SettlementStatus, Voucher
from posgo.procedures._case import SettlementResult

__all__ = ["render_result", "render_voucher", "render_z_report"]

_LEFT, _RIGHT = "<", ">"


def render_z_report(z: ZReport) -> str:
    """
    A Z-report as a till would print its money part.
    """
    rows = [("total cash sales incl. VAT", z.total)]
    rows += [(f"  VAT {row.percent} %: sales {format_nok(row.amount)}, VAT", row.vat) for row in z.vat_rows]
    rows += [(f"  paid by {row.description or row.code}", row.amount) for row in z.tenders]
    rows += [("  tips", z.tips)] if z.tips else []
    rows += [(f"  {row.direction.value} {row.type}", row.amount) for row in z.movements]
    rows += [(f"  {_invoice(row)} paid by {row.tender}", row.amount) for row in z.invoice_payments]
    head = (
        f"Z-report {z.number} of cash point {z.cash_point}, closed {z.closed_at:%Y-%m-%d %H:%M}, "
        f"company {z.company}\nsales receipts {z.receipts}, returns {z.returns.number}"
    )
    return f"{head}\n{_table([(text, format_nok(amount)) for text, amount in rows], (_LEFT, _RIGHT))}"


def _invoice(payment: InvoicePayment) -> str:
    if payment.invoice_no is not None:
        return f"invoice {payment.invoice_no}"
    return f"invoice of order {payment.order}" if payment.order else "invoice"


def render_voucher(voucher: Voucher) -> str:
    """
    A voucher with a debit and a credit column.
    """
    rows = [("account", "text", "VAT code", "debit", "credit")]
    rows += [
        (
            str(posting.account),
            posting.text.partition(": ")[2] or posting.text,
            posting.vat_code or "",
            *_debit_and_credit(posting.amount),
        )
        for posting in voucher.postings
    ]
    rows.append(("", "sum", "", format_nok(voucher.total), format_nok(voucher.total)))
    table = _table(rows, (_LEFT, _LEFT, _LEFT, _RIGHT, _RIGHT), ruled=True)
    kind = f" ({voucher.journal.value})" if voucher.journal is not None else ""
    return f"voucher of {voucher.date}: {voucher.text}{kind}\n{table}"


def render_result(result: SettlementResult, *, with_voucher: bool = True) -> str:
    """
    What became of a Z-report: voucher, status, findings.
    """
    return "\n".join(_result_lines(result, with_voucher=with_voucher))


def _result_lines(result: SettlementResult, *, with_voucher: bool) -> Iterator[str]:
    if with_voucher and result.voucher is not None:
        yield render_voucher(result.voucher)
    number = f", voucher {result.voucher_no} in Go" if result.voucher_no is not None else ""
    status = "WOULD BE POSTED (dry run)" if result.status is None else result.status.name.replace("_", " ")
    yield f"Z-report {result.number} of cash point {result.cash_point}, {result.business_day}: {status}{number}"
    if result.status is SettlementStatus.BLOCKED:
        yield "Nothing was posted. What to do:"
    for finding in result.findings:
        yield f"  {finding}"


def _debit_and_credit(amount: Decimal) -> tuple[str, str]:
    return (format_nok(amount), "") if amount > NOK_0 else ("", format_nok(-amount))


def _table(rows: Sequence[tuple[str, ...]], aligned: tuple[str, ...], *, ruled: bool = False) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(aligned))]
    lines = [
        "  ".join(
            f"{cell:{align}{width}}" for cell, align, width in zip(row, aligned, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    if ruled:
        rule = "  ".join("-" * width for width in widths)
        lines = [lines[0], rule, *lines[1:-1], rule, lines[-1]]
    return "\n".join(f"  {line}" for line in lines)
