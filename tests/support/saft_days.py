"""
The plainest day of a till, for tests that change one thing about it.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from posgo import saft
from posgo.models.findings import Finding, Severity
from posgo.models.pos import ZReport
from support.saft_builder import Day, Line, Receipt, Register, Shop

CLOSED = datetime(2026, 3, 14, 23)  # noqa: DTZ001 - tills write local time
AT = CLOSED - timedelta(hours=2)
SALE = Receipt(at=AT, lines=(Line(Decimal("125.00")),))


def shop(*receipts: Receipt, day: dict[str, Any] | None = None, **facts: Any) -> Shop:
    one = Day(**{"number": "7", "closed_at": CLOSED, "receipts": receipts, **(day or {})})
    return Shop(**{"locations": ((None, (Register(days=(one,)),)),), **facts})


def rules(findings: tuple[Finding, ...]) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in findings]


def only(file: saft.AuditFile) -> ZReport:
    (z,) = file.z_reports
    return z
