"""
What is to be told about the file as a whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from posgo.models._continuity import z_sequence
from posgo.models.findings import Finding, Severity
from posgo.models.pos import ZReport

__all__ = ["X_REPORT", "Z_REPORT", "report_findings", "shared_registers", "with_repeats"]

Z_REPORT: Final = "Z report"
X_REPORT: Final = "X report"


def report_findings(reports: Mapping[str, int], transactions: int) -> Iterator[Finding]:
    """
    Tell if there is nothing to settle, or if a report was passed over.

    Args:
        reports: How many reports of each ``reportType`` there are.
        transactions: How many transactions there are.
    """
    for kind in sorted(reports.keys() - {Z_REPORT, X_REPORT}):
        yield Finding(
            rule="unknown-report-type",
            severity=Severity.WARN,
            message=f"{reports[kind]} reports of the type {kind!r} were not read",
            remedy=f"The format knows exactly {Z_REPORT!r} and {X_REPORT!r}. Have the till's vendor correct the export.",
            expected=Z_REPORT,
            actual=kind,
        )
    if not reports.get(Z_REPORT):
        xs = reports.get(X_REPORT, 0)
        yield Finding(
            rule="x-report-only" if xs else "no-z-report",
            severity=Severity.BLOCK,
            message=f"the file holds no Z-report, only {xs} X-reports and {transactions} transactions",
            remedy="Close the day on the till (Z-report), then export again. An X-report is never settled.",
        )


def shared_registers(registers: Iterable[tuple[str | None, str]]) -> Iterator[Finding]:
    """
    Tell of one register id at several locations.

    Args:
        registers: Location and id of each register.
    """
    for name, times in sorted(Counter(name for _, name in registers).items()):
        if times > 1:
            yield Finding(
                rule="shared-register-id",
                severity=Severity.WARN,
                message=f"{times} locations have a register with the id {name}",
                remedy=(
                    "A Z-report is known by its register and number: give each register of the company "
                    "its own id, or their reports will be taken for each other."
                ),
                where=name,
            )


def with_repeats(z_reports: Iterable[ZReport]) -> tuple[ZReport, ...]:
    """
    Block every Z-report whose register and number another one in the file has too (X7).
    """
    reports = list(z_reports)
    same: defaultdict[tuple[str, int | str], list[ZReport]] = defaultdict(list)
    for z in reports:
        same[z.cash_point, z_sequence(z.number)].append(z)
    return tuple(
        _repeated(z, others) for z in reports for others in [same[z.cash_point, z_sequence(z.number)]]
    )


def _repeated(z: ZReport, same: list[ZReport]) -> ZReport:
    if len(same) == 1:
        return z
    finding = Finding(
        rule="X7",
        severity=Severity.BLOCK,
        message=(
            f"the file holds {len(same)} Z-reports with the number {z.number} of register {z.cash_point}: "
            + ", ".join(f"{one.closed_at:%Y-%m-%d %H:%M:%S}" for one in same[:5])
        ),
        remedy="A Z-number may be used once. Ask the till's vendor which of the reports is the real one.",
        where=f"Z {z.number}",
    )
    return attrs.evolve(z, findings=(*z.findings, finding))
