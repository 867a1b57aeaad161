# /// script
# dependencies = []
# ///
"""
What settling one Z-report costs, beside adding up its rows.

The day is the tax administration's example, held here so that the benchmark
runs without the file. The floor adds the same rows with plain Decimals: what
anybody must do who wants to know whether the day balances.

Run it with ``nox -s bench``, or ``python benchmarks/bench_settle.py``.
"""

import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from posgo.bookkeeping import AccountMap, settle
from posgo.models.pos import Count, GrandTotals, GroupRow, Tender, TransactionTotals, VatRow, ZReport

BUDGET_MS = 1.0

ACCOUNTS = AccountMap.from_toml("""
[sales]
"3" = 3000
"31" = 3030
[tenders]
"12001" = 1900
"12002" = 1910
[other]
cash_rounding = 7740
[pos]
vat_rows = "net"
""")

DAY = ZReport(
    company="999999999",
    cash_point="11.222-33.44.567",
    number="1",
    closed_at=datetime(2020, 1, 1, 22, 56, 59, tzinfo=UTC),
    vat_rows=[
        VatRow(vat_code="0", percent=0, amount=0, vat=0, pos_code="0"),
        VatRow(vat_code="33", percent=12, amount=0, vat=0, pos_code="1"),
        VatRow(vat_code="31", percent=15, amount="89.38", vat="13.42", pos_code="2"),
        VatRow(vat_code="3", percent=25, amount="329.12", vat="82.28", pos_code="3"),
    ],
    groups=[
        GroupRow(group="04006", amount="102.80", number=1, pos_code="100"),
        GroupRow(group="04013", amount="232.00", number=2, pos_code="200"),
        GroupRow(group="04007", amount="179.40", number=1, pos_code="300"),
    ],
    tenders=[
        Tender(code="12001", amount="295.00", number=1, pos_code="CASH"),
        Tender(code="12002", amount="218.80", number=1, pos_code="DEBCARD"),
    ],
    total="514.20",
    receipts=3,
    returns=Count(number=1, amount="16.40"),
    grand_totals=GrandTotals(sales="530.60", returns="16.40", net="514.20"),
    transactions=TransactionTotals(cash_paid=1, lines=6, rounding="-0.40"),
)


def floor() -> Decimal:
    """
    Add up the rows, and nothing else.
    """
    received = sum((tender.amount for tender in DAY.tenders), Decimal(0))
    sold = sum((row.amount + row.vat for row in DAY.vat_rows), Decimal(0))
    grouped = sum((row.amount for row in DAY.groups), Decimal(0))
    return received - sold + (grouped - DAY.total)


def milliseconds(work: Callable[[], object]) -> float:
    """
    The best of several runs: what the work costs when nothing else disturbs it.
    """
    rounds = 500
    return min(timeit.repeat(work, number=rounds, repeat=7)) / rounds * 1000


def main() -> int:
    """
    Print milliseconds and ratio; fail beyond the budget.
    """
    settled, bare = milliseconds(lambda: settle(DAY, ACCOUNTS)), milliseconds(floor)
    print(f"settle() of one Z-report: {settled:.3f} ms (budget {BUDGET_MS:.0f} ms)")
    print(f"adding up its rows:       {bare:.4f} ms; ratio {settled / bare:.0f}")
    return 0 if settled < BUDGET_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
