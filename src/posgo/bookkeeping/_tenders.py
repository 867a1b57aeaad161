"""
Money received by a Z-report's means of payment.
"""

from collections.abc import Iterable

import attrs

from posgo.bookkeeping._lines import Line, Role
from posgo.bookkeeping.accounts import AccountMap
from posgo.models._money import format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import InvoicePayment, Tender, ZReport

__all__ = ["CASH", "known_tender", "pay_in_lines", "tender_lines", "tender_of", "took_cash"]

CASH = "12001"
"""Predefined payment code of cash, in any currency."""

_SOURCES = {Role.TENDER: "tender", Role.PAY_IN: "invoices paid by"}
_FALLBACKS = {"12005": "gift_cards", "12010": "credit_notes"}


def tender_lines(z: ZReport, accounts: AccountMap) -> tuple[list[Line], list[Finding]]:
    """
    Debit every means of payment to its account; list every gap of the mapping.
    """
    return _lines(z.tenders, Role.TENDER, accounts)


def pay_in_lines(
    z: ZReport, payments: Iterable[InvoicePayment], accounts: AccountMap
) -> tuple[list[Line], list[Finding]]:
    """
    Debit what was paid on invoices outside the Z-report's tenders to the account of the payment's own tender.
    """
    paid = (attrs.evolve(tender_of(payment, z), amount=payment.amount) for payment in payments)
    return _lines(paid, Role.PAY_IN, accounts)


def tender_of(payment: InvoicePayment, z: ZReport) -> Tender:
    """
    The means of payment of an invoice, as the Z-report knows it by either of its codes; else as the payment names it.
    """
    return known_tender(payment, z) or Tender(code=payment.tender, amount=0)


def known_tender(payment: InvoicePayment, z: ZReport) -> Tender | None:
    """
    The Z-report's own row for the means of payment of an invoice; None if it has none.
    """
    return next((tender for tender in z.tenders if payment.tender in (tender.pos_code, tender.code)), None)


def _lines(tenders: Iterable[Tender], role: Role, accounts: AccountMap) -> tuple[list[Line], list[Finding]]:
    lines: list[Line] = []
    gaps: list[Finding] = []
    for tender in tenders:
        if not tender.amount:
            continue
        account = _account(tender, accounts)
        if account is None:
            gaps.append(_unmapped(tender))
        else:
            lines.append(
                Line(
                    role=role,
                    account=account,
                    amount=tender.amount,
                    text=tender.description or tender.pos_code or tender.code,
                    source=f"{_SOURCES[role]} {tender.pos_code or tender.code} {format_nok(tender.amount)}",
                )
            )
    return lines, gaps


def took_cash(z: ZReport) -> bool:
    """
    Whether notes and coin changed hands, so that there may be cash rounding.
    """
    return any(tender.code == CASH and (tender.amount or tender.number) for tender in z.tenders)


def _account(tender: Tender, accounts: AccountMap) -> int | None:
    for code in (tender.pos_code, tender.code):
        if code is not None and code in accounts.tenders:
            return accounts.tenders[code]
    fallback = _FALLBACKS.get(tender.code)
    return getattr(accounts.other, fallback) if fallback else None


def _unmapped(tender: Tender) -> Finding:
    own = tender.pos_code or tender.code
    words = f" ({tender.description})" if tender.description else ""
    predefined = f", predefined code {tender.code}," if tender.code != own else ""
    fallback = _FALLBACKS.get(tender.code)
    or_else = f", or [other] {fallback} = …" if fallback else ""
    return Finding(
        rule="unmapped-tender",
        severity=Severity.BLOCK,
        message=f"the means of payment {own}{words}{predefined} has no account; it took {format_nok(tender.amount)}",
        remedy=f'Add it to the account map: [tenders] "{tender.code}" = …{or_else}.',
        actual=tender.amount,
        where=f"tender {own}",
    )
