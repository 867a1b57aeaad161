"""
Two Z-reports in a row: the cheap proof that no day is missing between them.

X6 and X7 of the SAF-T identities. They need no transactions, so a till
without SAF-T is held to them as well.
"""

from decimal import Decimal

from posgo.models._money import NOK_0, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import ZReport

__all__ = ["continuity", "repeated", "z_sequence"]


def z_sequence(number: str) -> int | str:
    """
    A Z-number for comparison: ``"007"`` and ``"7"`` are one number.

    Returns:
        The number; or the text without leading zeros if it is not written in digits.
    """
    stripped = number.lstrip("0") or "0"
    # The format allows 35 characters; what is longer is no number of a report.
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) <= 35 else stripped


def continuity(previous: ZReport, z: ZReport) -> tuple[Finding, ...]:
    """
    Compare a Z-report with the one before it on the same cash point.

    Args:
        previous: The Z-report before.
        z: The Z-report the findings are about.

    Returns:
        X7 (numbers follow each other): a repeated number blocks, a gap or a
        step back warns. X6 (the grand total grew by the day's turnover) is
        compared only when the numbers do follow each other, and warns.
        Nothing is found where the numbers are no numbers, or a till gives no
        grand totals.
    """
    if (previous.company, previous.cash_point) != (z.company, z.cash_point):
        return (_another_till(previous, z),)
    before, now = z_sequence(previous.number), z_sequence(z.number)
    if before == now:
        return (repeated(previous, z),)
    if not isinstance(before, int) or not isinstance(now, int):
        return ()
    if now != before + 1:
        return (_out_of_step(previous, z, before + 1, now),)
    return _turnover(previous, z)


def _another_till(previous: ZReport, z: ZReport) -> Finding:
    return Finding(
        rule="X7",
        severity=Severity.WARN,
        message=(
            f"the Z-report given as the previous one is of cash point {previous.cash_point} "
            f"of company {previous.company}; it was not compared"
        ),
        remedy="Give the previous Z-report of the same cash point.",
        expected=z.cash_point,
        actual=previous.cash_point,
        where=f"Z {z.number}",
    )


def repeated(previous: ZReport, z: ZReport) -> Finding:
    """
    X7 for a Z-number that two different reports carry.
    """
    return Finding(
        rule="X7",
        severity=Severity.BLOCK,
        message=(
            f"the Z-number {z.number} is used twice on cash point {z.cash_point}: "
            f"{previous.closed_at:%Y-%m-%d %H:%M:%S} and {z.closed_at:%Y-%m-%d %H:%M:%S}"
        ),
        remedy="A Z-number may be used once. Ask the till's vendor which of the reports is the real one.",
        where=f"Z {z.number}",
    )


def _out_of_step(previous: ZReport, z: ZReport, expected: int, actual: int) -> Finding:
    if actual > expected:
        span = str(expected) if actual == expected + 1 else f"{expected} to {actual - 1}"
        message = f"Z-report {span} is missing before {z.number} on cash point {z.cash_point}"
        message += _grown_meanwhile(previous, z)
        remedy = "Find the missing report and settle it too; its sales are booked nowhere."
    else:
        message = f"the Z-numbers of cash point {z.cash_point} step back from {previous.number} to {z.number}"
        remedy = "If the till was replaced or reset, give it a new id; else ask its vendor."
    return Finding(
        rule="X7",
        severity=Severity.WARN,
        message=message,
        remedy=remedy,
        expected=str(expected),
        actual=z.number,
        where=f"Z {z.number}",
    )


def _grown_meanwhile(previous: ZReport, z: ZReport) -> str:
    if previous.grand_totals is None or z.grand_totals is None:
        return ""
    unseen = z.grand_totals.sales - previous.grand_totals.sales - _day(z)
    return f"; the grand total says that {format_nok(unseen)} was sold meanwhile"


def _day(z: ZReport) -> Decimal:
    credit = z.credit_sales.amount if z.credit_sales else NOK_0
    return z.total + z.returns.amount + credit


def _turnover(previous: ZReport, z: ZReport) -> tuple[Finding, ...]:
    if previous.grand_totals is None or z.grand_totals is None:
        return ()
    grown = z.grand_totals.sales - previous.grand_totals.sales
    # Some tills print a total that is before returns already.
    if grown in (_day(z), _day(z) - z.returns.amount):
        return ()
    return (
        Finding(
            rule="X6",
            severity=Severity.WARN,
            message=(
                f"the grand total of cash point {z.cash_point} grew by {format_nok(grown)} since Z-report "
                f"{previous.number}, but sales of {format_nok(_day(z))} are reported"
            ),
            remedy="A report may be missing between the two, or the till was replaced; ask its vendor.",
            expected=_day(z),
            actual=grown,
            where=f"Z {z.number}",
        ),
    )
