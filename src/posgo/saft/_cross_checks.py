"""
X1 to X5: does the Z-report agree with the transactions of its period?
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

import attrs

from posgo.models._money import format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import GroupVatRow, TransactionTotals, ZReport
from posgo.saft._codes import ARTICLE_GROUP, PAYMENT, Codes
from posgo.saft._fields import nok, thousandths
from posgo.saft._period import Period

__all__ = ["with_transactions"]

_COVERAGE: Final = (
    "Do not book it before the till's vendor has explained it: the period may be cut wrongly, "
    "or training or cancelled receipts are counted."
)
_LOOK: Final = "Show it to the till's vendor if it happens every day."


def with_transactions(z: ZReport, period: Period, codes: Codes, *, first: bool) -> ZReport:
    """
    Give a Z-report what its transactions add, and compare the two.

    Args:
        z: As read from its report.
        period: The sums of its transactions.
        codes: The file's code lists.
        first: Whether it is its register's first in the file, so that the file may begin inside its period.
    """
    turnover = nok(period.turnover)
    if first and turnover < z.total and not _before_returns(z, period):
        return attrs.evolve(
            z,
            findings=(*z.findings, _incomplete(z, turnover), *period.breaks.findings()),
            transactions=TransactionTotals(complete=False),
        )
    findings = (*_differences(z, period, codes), *_undeclared(period), *period.breaks.findings())
    return attrs.evolve(z, findings=(*z.findings, *findings), transactions=_totals(z, period, codes))


def _before_returns(z: ZReport, period: Period) -> bool:
    """
    Whether the report's total is that of the sales alone. Some tills print it so.
    """
    return nok(period.turnover + period.returned) == z.total


def _totals(z: ZReport, period: Period, codes: Codes) -> TransactionTotals:
    rounding = None if period.rounding is None else nok(period.rounding)
    split = () if period.unsplit else tuple(_group_vat(z, period, codes))
    return TransactionTotals(
        cash_paid=period.cash_paid, lines=period.lines, rounding=rounding, group_vat=split
    )


def _group_vat(z: ZReport, period: Period, codes: Codes) -> Iterator[GroupVatRow]:
    day = z.closed_at.date()
    for (group, vat_code, percent), ore in period.group_vat.items():
        if not ore:
            continue
        code = codes.resolve(ARTICLE_GROUP, group)
        known = None if vat_code is None else codes.vat(vat_code, day)
        yield GroupVatRow(
            group=code.code,
            vat_code=known.standard if known else None,
            percent=thousandths(percent),
            amount=nok(ore),
            pos_code=group,
            description=code.description,
        )


def _incomplete(z: ZReport, turnover: Decimal) -> Finding:
    return Finding(
        rule="incomplete-period",
        severity=Severity.WARN,
        message=(
            f"the file holds transactions of {format_nok(turnover)} of the {format_nok(z.total)} that Z-report "
            f"{z.number} reports: it begins in the middle of that period"
        ),
        remedy="The Z-report itself is used. Export from an earlier date to have it compared with its transactions.",
        expected=z.total,
        actual=turnover,
        where=f"Z {z.number}",
    )


def _undeclared(period: Period) -> Iterator[Finding]:
    for own, times in sorted(period.undeclared.items()):
        yield Finding(
            rule="undeclared-transaction-type",
            severity=Severity.WARN,
            message=f"the file does not say what the till's transaction type {own!r} means ({times} transactions)",
            remedy=(
                "They were read by what they hold: lines and payments are cash turnover. "
                "Have the till list the type (basics, type 11)."
            ),
            where=own,
        )


def _differences(z: ZReport, period: Period, codes: Codes) -> Iterator[Finding]:
    yield from _turnover(z, period)
    yield from _payments(z, period, codes)
    if period.mixed:
        yield _mixed(period)
    else:
        yield from _vat(z, period)
        yield from _groups(z, period, codes)
    yield from _returns(z, period)


def _turnover(z: ZReport, period: Period) -> Iterator[Finding]:
    turnover = nok(period.turnover)
    if z.total != turnover:
        yield Finding(
            rule="X1",
            severity=Severity.BLOCK,
            message=(
                f"Z-report {z.number} reports {format_nok(z.total)}, "
                f"its {period.transactions} transactions sum to {format_nok(turnover)}"
                + ("; before returns they are equal" if _before_returns(z, period) else "")
            ),
            remedy=_COVERAGE,
            expected=turnover,
            actual=z.total,
            where=f"Z {z.number}",
        )


def _payments(z: ZReport, period: Period, codes: Codes) -> Iterator[Finding]:
    stated: defaultdict[str, int] = defaultdict(int)
    for tender in z.tenders:
        stated[tender.pos_code or tender.code] += _ore(tender.amount)
    readings = list(_payment_readings(period))
    if any(_same(stated, reading) for reading in readings):
        return
    # The report may sum the till's own codes up under one of them.
    meant = _by_meaning(stated, codes)
    for reading in readings:
        if _same(meant, _by_meaning(reading, codes)):
            return
    paid = _by_meaning(readings[0], codes)
    for code in sorted(meant.keys() | paid.keys()):
        if meant[code] != paid[code]:
            yield Finding(
                rule="X2",
                severity=Severity.BLOCK,
                message=(
                    f"Z-report {z.number} reports {format_nok(nok(meant[code]))} by payment {code}, "
                    f"its transactions {format_nok(nok(paid[code]))}"
                ),
                remedy=_COVERAGE,
                expected=nok(paid[code]),
                actual=nok(meant[code]),
                where=code,
            )


def _payment_readings(period: Period) -> Iterator[Mapping[str, int]]:
    """
    What a till may mean by its payments: tips and money movements inside them or not.
    """
    for tips_inside in (True, False):
        for movements_inside in (False, True):
            reading = defaultdict(int, period.paid)
            for code, ore in period.tipped.items() if not tips_inside else ():
                reading[code] -= ore
            for code, ore in period.moved.items() if movements_inside else ():
                reading[code] += ore
            yield reading


def _same(ours: Mapping[str, int], theirs: Mapping[str, int]) -> bool:
    return all(ours.get(code, 0) == theirs.get(code, 0) for code in ours.keys() | theirs.keys())


def _by_meaning(own: Mapping[str, int], codes: Codes) -> defaultdict[str, int]:
    meant: defaultdict[str, int] = defaultdict(int)
    for code, ore in own.items():
        meant[codes.resolve(PAYMENT, code).code] += ore
    return meant


def _vat(z: ZReport, period: Period) -> Iterator[Finding]:
    coded = all(row.pos_code is not None for row in z.vat_rows) and all(
        code is not None for code, _ in period.vat
    )
    key: Callable[[str | None, Decimal], str] = _code_and_percent if coded else _percent_only
    stated: defaultdict[str, int] = defaultdict(int)
    for row in z.vat_rows:
        stated[key(row.pos_code, row.percent)] += _ore(row.vat)
    summed: defaultdict[str, int] = defaultdict(int)
    for (code, percent), ore in period.vat.items():
        if percent is None:
            return
        summed[key(code, thousandths(percent))] += ore
    for rate in sorted(stated.keys() | summed.keys()):
        drift = abs(stated[rate] - summed[rate])
        if drift > 1:
            yield _vat_difference(z, rate, stated[rate], summed[rate], blocks=2 * drift > period.lines + 2)


def _code_and_percent(code: str | None, percent: Decimal) -> str:
    return f"{code} ({_percent_only(code, percent)})"


def _percent_only(_code: str | None, percent: Decimal) -> str:
    return f"{percent.normalize():f} %"


def _vat_difference(z: ZReport, rate: str, stated: int, summed: int, *, blocks: bool) -> Finding:
    return Finding(
        rule="X3",
        # Half an øre per line is rounding: the till sums up before it rounds.
        severity=Severity.BLOCK if blocks else Severity.WARN,
        message=(
            f"Z-report {z.number} reports VAT {format_nok(nok(stated))} at {rate}, "
            f"its transactions {format_nok(nok(summed))}"
        ),
        remedy=_COVERAGE if blocks else "It is within the rounding of the lines. Nothing is to be done.",
        expected=nok(summed),
        actual=nok(stated),
        where=rate,
    )


def _groups(z: ZReport, period: Period, codes: Codes) -> Iterator[Finding]:
    if not period.lines:
        return
    stated: defaultdict[str, int] = defaultdict(int)
    for row in z.groups:
        stated[row.group] += _ore(row.amount)
    summed: defaultdict[str, int] = defaultdict(int)
    for own, ore in period.groups.items():
        summed[codes.resolve(ARTICLE_GROUP, own).code] += ore
    wrong = [group for group in sorted(stated.keys() | summed.keys()) if stated[group] != summed[group]]
    if wrong:
        yield Finding(
            rule="X4",
            severity=Severity.WARN,
            message=(
                f"Z-report {z.number} and its transactions differ on {len(wrong)} article groups: "
                + "; ".join(
                    f"{group} {format_nok(nok(stated[group]))} against {format_nok(nok(summed[group]))}"
                    for group in wrong[:5]
                )
            ),
            remedy=f"Revenue by group is uncertain; the total is not. {_LOOK}",
            expected=nok(summed[wrong[0]]),
            actual=nok(stated[wrong[0]]),
            where=wrong[0],
        )


def _mixed(period: Period) -> Finding:
    return Finding(
        rule="mixed-credit",
        severity=Severity.INFO,
        message=(
            f"{period.mixed} transactions are partly on credit; which groups and VAT rates the paid part "
            "belongs to is written nowhere, so X3 and X4 were not compared"
        ),
    )


def _returns(z: ZReport, period: Period) -> Iterator[Finding]:
    # On a receipt with both, the returned lines count, or only the receipt's sum.
    if _ore(z.returns.amount) not in (period.returned, period.returned_lines):
        yield Finding(
            rule="X5",
            severity=Severity.WARN,
            message=(
                f"Z-report {z.number} reports returns of {format_nok(z.returns.amount)}, "
                f"its transactions {format_nok(nok(period.returned))}"
            ),
            remedy=f"Returns on receipts with sales may be counted otherwise; nothing is booked from it. {_LOOK}",
            expected=nok(period.returned),
            actual=z.returns.amount,
            where=f"Z {z.number}",
        )
    if z.receipts != period.receipts:
        yield Finding(
            rule="X5",
            severity=Severity.WARN,
            message=f"Z-report {z.number} reports {z.receipts} sales receipts, its transactions {period.receipts}",
            remedy=f"Nothing is booked from it. {_LOOK}",
            expected=str(period.receipts),
            actual=str(z.receipts),
            where=f"Z {z.number}",
        )


def _ore(amount: Decimal) -> int:
    return int(amount.scaleb(2))
