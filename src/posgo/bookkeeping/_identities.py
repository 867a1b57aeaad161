"""
What must hold inside a Z-report: identities Z1 to Z6.

Named and toleranced as in the reference on the SAF-T format; only Z2 decides
about the voucher and blocks.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from posgo.bookkeeping._revenue import lines_sold
from posgo.bookkeeping._vat import gross_of_all, other_reading, round_half_up
from posgo.bookkeeping.accounts import AccountMap, VatRows
from posgo.models._money import NOK_0, ORE, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import OperatorRow, ZReport

__all__ = ["identities"]

_ASK = "Ask the till's vendor; posgo books the VAT rows and the tenders, which this does not touch."


def identities(z: ZReport, accounts: AccountMap) -> Iterator[Finding]:
    """
    Check Z1 to Z6 and report each that does not hold.
    """
    yield from _z1(z)
    yield from _z2(z, accounts.pos.vat_rows)
    yield from _z3(z, accounts.pos.vat_rows)
    yield from _z4(z)
    yield from _z5(z)
    yield from _z6(z)


def _sum(rows: Iterable[Decimal]) -> Decimal:
    return sum(rows, NOK_0)


def _warn(rule: str, message: str, expected: Decimal, actual: Decimal) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.WARN,
        message=f"{message}: {format_nok(actual)} instead of {format_nok(expected)}",
        remedy=_ASK,
        expected=expected,
        actual=actual,
    )


def _z1(z: ZReport) -> Iterator[Finding]:
    actual = _sum(row.amount for row in z.groups)
    if z.groups and actual != z.total:
        yield _warn("Z1", "the article groups do not sum to the total cash sales", z.total, actual)


def _z2(z: ZReport, reading: VatRows) -> Iterator[Finding]:
    """
    The VAT rows, which are booked, make up the total, which is not.
    """
    rows = [row for row in z.vat_rows if row.amount or row.vat]
    tolerance = ORE * len(rows)
    actual = gross_of_all(rows, reading)
    if abs(actual - z.total) <= tolerance:
        return
    if abs(actual + abs(z.returns.amount) - z.total) <= tolerance:
        yield _before_returns(z, actual)
        return
    other = other_reading(reading)
    remedy = "The till contradicts itself: ask its vendor which figure is right, and book this day by hand."
    if abs(gross_of_all(rows, other) - z.total) <= tolerance:
        words = "include" if other is VatRows.GROSS else "exclude"
        remedy = (
            f"Read the other way it would hold: if this till's VAT rows {words} VAT, "
            f'set [pos] vat_rows = "{other.value}" in the account map.'
        )
    yield Finding(
        rule="Z2",
        severity=Severity.BLOCK,
        message=(
            f"the VAT rows, read as {reading.value}, sum to {format_nok(actual)} including VAT; "
            f"the total cash sales are {format_nok(z.total)}"
        ),
        remedy=remedy,
        expected=z.total,
        actual=actual,
    )


def _before_returns(z: ZReport, actual: Decimal) -> Finding:
    """
    Some tills print a total before returns; the rows, which are booked, are net of them on every till.
    """
    return Finding(
        rule="Z2",
        severity=Severity.WARN,
        message=(
            f"the total cash sales of {format_nok(z.total)} are before returns of {format_nok(z.returns.amount)}; "
            f"the VAT rows, which are booked, sum to {format_nok(actual)}"
        ),
        remedy="Nothing needs to be done; the till's vendor may want to print the total net of returns.",
        expected=z.total,
        actual=actual,
    )


def _z3(z: ZReport, reading: VatRows) -> Iterator[Finding]:
    tolerance = Decimal("0.005") * lines_sold(z) + ORE
    for row in z.vat_rows:
        base = 100 + row.percent if reading is VatRows.GROSS else Decimal(100)
        expected = round_half_up(row.amount * row.percent / base)
        if abs(row.vat - expected) > tolerance:
            yield Finding(
                rule="Z3",
                severity=Severity.WARN,
                message=(
                    f"the VAT at {row.percent} % does not follow from its sales: "
                    f"{format_nok(row.vat)} instead of {format_nok(expected)}"
                ),
                remedy="Ask the till's vendor how it computes VAT; the ledger computes its own from the sales booked.",
                expected=expected,
                actual=row.vat,
                where=f"VAT row {row.pos_code or row.vat_code or f'{row.percent} %'}",
            )


def _z4(z: ZReport) -> Iterator[Finding]:
    yield from _operators("Z4", "means of payment", z.operator_tenders, _sum(row.amount for row in z.tenders))
    yield from _operators("Z4", "article groups", z.operator_groups, _sum(row.amount for row in z.groups))


def _z5(z: ZReport) -> Iterator[Finding]:
    yield from _operators("Z5", "opening floats", z.operator_floats, z.opening_float)


def _operators(rule: str, what: str, rows: tuple[OperatorRow, ...], expected: Decimal) -> Iterator[Finding]:
    actual = _sum(row.amount for row in rows)
    if rows and actual != expected:
        yield _warn(rule, f"the operators' {what} do not sum to the till's", expected, actual)


def _z6(z: ZReport) -> Iterator[Finding]:
    totals = z.grand_totals
    if totals is not None and totals.net != totals.sales - totals.returns:
        message = "the net grand total is not sales less returns"
        yield _warn("Z6", message, totals.sales - totals.returns, totals.net)
