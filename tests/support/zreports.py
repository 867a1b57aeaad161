"""
Z-reports and an account map to settle them by, small enough to check in the head.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from posgo.bookkeeping import AccountMap
from posgo.models.pos import Count, GrandTotals, Tender, VatRow, ZReport

ACCOUNTS = """
[sales]
"3"  = 3000
"31" = 3030
"33" = 3050
"0%" = { vat_code = "5", account = 3100 }

[tenders]
"12001" = 1900
"12002" = 1910
"12011" = 1912

[other]
cash_rounding = 7740
tips = 2990

[pos]
vat_rows = "net"
settle_from = "2020-01-01"

[cash_points."*"]
department = "10"
"""


def accounts(text: str = ACCOUNTS) -> AccountMap:
    return AccountMap.from_toml(text)


def a_day(
    number: int = 1, *, cash_point: str = "till 1", company: str = "999999999", sold: str = "125.00"
) -> ZReport:
    """
    A day that sold for ``sold`` at 25 % and was paid in cash; Z ``number`` closed that many days into 2020.
    """
    total = Decimal(sold)
    vat = (total / 5).quantize(Decimal("0.01"))
    return ZReport(
        company=company,
        cash_point=cash_point,
        number=number,
        closed_at=datetime(2020, 1, 1, 21, 30) + timedelta(days=number - 1),  # noqa: DTZ001 - Norwegian local time
        vat_rows=[VatRow(vat_code="3", percent=25, amount=total - vat, vat=vat)],
        tenders=[Tender(code="12001", amount=total, number=1, description="Cash")],
        total=total,
        receipts=1,
        returns=Count(),
        grand_totals=GrandTotals(sales=total * number, returns=0, net=total * number),
    )


def zero_day(number: int = 1) -> ZReport:
    return ZReport(
        company="999999999",
        cash_point="till 1",
        number=number,
        closed_at=datetime(2020, 1, number, 21, 30),  # noqa: DTZ001 - Norwegian local time
        vat_rows=(),
        tenders=(),
        total=0,
    )
