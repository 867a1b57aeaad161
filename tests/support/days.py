"""
Shop days for tests: from receipts to the Z-report an honest till prints of them.

A day is drawn receipt by receipt. VAT is rounded per line and cash per
payment, as tills do, so what holds between the rows of a real Z-report holds
here by construction.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

import attrs
from hypothesis import strategies as st

from posgo.bookkeeping import AccountMap, settle
from posgo.models.findings import Finding
from posgo.models.pos import (
    Count,
    GrandTotals,
    GroupRow,
    GroupVatRow,
    Tender,
    TransactionTotals,
    VatRow,
    ZReport,
)
from posgo.models.vouchers import Voucher

__all__ = [
    "ACCOUNTS",
    "ACCOUNTS_TOML",
    "CONTRACT_TOML",
    "SALE",
    "Receipt",
    "account_map",
    "days",
    "gross_till",
    "local",
    "negated",
    "official_day",
    "receipts",
    "report",
    "sale_day",
    "shown",
    "the",
    "z_report",
]

CONTRACT_TOML = """\
[sales]                     # SAF-T VAT code -> ledger account; "0%" applies when the code is 0 or missing and the rate is 0
"3"  = 3000
"31" = 3030
"33" = 3050
"0%" = { vat_code = "5", account = 3100 }
[sales.groups."04007"]      # article group overrides (need transactions)
"3" = 3001
[tenders]                   # predefined or own payment code -> account; 12005/12010 fall back to gift_cards/credit_notes
"12001" = 1900
"12002" = 1910
"12011" = 1912
[other]
cash_rounding = 7740
cash_difference = 1909
tips = 2990
gift_cards = 2901
credit_notes = 2902
cash_in_transit = 1925
[movements]                 # pay-in / pay-out types of the POS
"gift card" = { to = "gift_cards", in_payments = true }
"drop" = { to = "cash_in_transit", in_payments = false }
[pos]                       # how this POS reports; never guessed per day
vat_rows = "net"            # or "gross"
tips_in_payments = true     # false: tips are shown (INFO), not booked
movements_in_payments = false   # for movement types that do not say; pay-ins outside payments are debited to cash
invoiced_sales_in_z = true  # whether sales invoiced in Go also stand in the Z's VAT rows
business_day_ends = "05:00"
settle_from = "2026-01-01"  # needed by settle_finished; earlier Z-reports are listed as skipped
[cash_points."*"]           # or one table per cash point id; alias_of joins a till's names in different sources
department = "10"
"""

ACCOUNTS_TOML = """\
[sales]
"3" = 3000
"31" = 3030
"32" = 3032
"33" = 3050
"5" = 3100
"6" = 3200
"0%" = { vat_code = "5", account = 3100 }
[tenders]
"12001" = 1900
"12002" = 1910
"12011" = 1912
[other]
cash_rounding = 7740
tips = 2990
gift_cards = 2901
credit_notes = 2902
[pos]
vat_rows = "net"
"""

ACCOUNTS = AccountMap.from_toml(ACCOUNTS_TOML)

CASH, CARD, APP, GIFT_CARD = "12001", "12002", "12011", "12005"

# (standard code, rate) as tills report sales; 0 % under code 0 and without any code too.
RATES = (
    ("3", Decimal(25)),
    ("31", Decimal(15)),
    ("32", Decimal("11.11")),
    ("33", Decimal(12)),
    ("5", Decimal(0)),
    ("6", Decimal(0)),
    ("0", Decimal(0)),
    (None, Decimal(0)),
)
GROUPS = ("04006", "04007", "04013")


def local(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0
) -> datetime:
    """
    A time as tills print it: Norwegian local time without a zone.
    """
    return datetime(year, month, day, hour, minute, second, microsecond)  # noqa: DTZ001


def account_map(**pos: Any) -> AccountMap:
    """
    ``ACCOUNTS`` with other properties of the till.
    """
    return attrs.evolve(ACCOUNTS, pos=attrs.evolve(ACCOUNTS.pos, **pos))


def z_report(**facts: Any) -> ZReport:
    """
    An empty Z-report, with what a test is about.
    """
    base: dict[str, Any] = {
        "company": "999999999",
        "cash_point": "1",
        "number": "42",
        "closed_at": local(2026, 3, 14, 23, 0),
        "vat_rows": (),
        "tenders": (),
        "total": 0,
    }
    return ZReport(**base | facts)


SALE = VatRow(vat_code="3", percent=25, amount=100, vat=25)


def sale_day(**facts: Any) -> ZReport:
    """
    One sale of 125.00 by card, and what a test is about.
    """
    base: dict[str, Any] = {
        "vat_rows": [SALE],
        "tenders": [Tender(code="12002", amount=125)],
        "total": 125,
        "receipts": 1,
    }
    return z_report(**base | facts)


def shown(voucher: Voucher | None) -> list[tuple[int, str | None, str]]:
    assert voucher is not None
    return [(each.account, each.vat_code, f"{each.amount:.2f}") for each in voucher.postings]


def the(rule: str, z: ZReport, accounts: AccountMap = ACCOUNTS, **options: Any) -> Finding:
    (finding,) = [each for each in settle(z, accounts, **options).findings if each.rule == rule]
    return finding


@attrs.frozen(kw_only=True)
class Receipt:
    """
    One receipt: its lines (index into ``RATES``, index into ``GROUPS``, gross amount), and how it was paid.
    """

    lines: tuple[tuple[int, int, Decimal], ...]
    tender: str
    refund: bool
    tip: Decimal

    @property
    def sign(self) -> int:
        return -1 if self.refund else 1

    @property
    def gross(self) -> Decimal:
        return sum((amount for _, _, amount in self.lines), Decimal(0)) * self.sign

    @property
    def rounding(self) -> Decimal:
        """
        What cash rounding adds to the price; half a krone goes up, refunds like sales.
        """
        if self.tender != CASH:
            return Decimal(0)
        whole = (abs(self.gross) + Decimal("0.5")).to_integral_value(rounding=ROUND_FLOOR)
        return (whole - abs(self.gross)) * self.sign

    @property
    def paid(self) -> Decimal:
        return self.gross + self.rounding + self.tip


def _vat(amount: Decimal, percent: Decimal) -> Decimal:
    return (amount * percent / (100 + percent)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


ORE = st.integers(1, 5_000_00).map(lambda ore: Decimal(ore).scaleb(-2))


def receipts(rates: int = len(RATES), *, tips: bool = True) -> st.SearchStrategy[Receipt]:
    """
    Receipts over the first ``rates`` of ``RATES``.
    """
    return st.builds(
        Receipt,
        lines=st.lists(
            st.tuples(st.integers(0, rates - 1), st.integers(0, len(GROUPS) - 1), ORE), min_size=1, max_size=3
        ).map(tuple),
        tender=st.sampled_from((CASH, CARD, APP, GIFT_CARD)),
        refund=st.sampled_from((False, False, False, True)),
        tip=st.just(Decimal(0)),
    ).flatmap(lambda each: st.just(each) if not tips or each.tender != CARD else _tipped(each))


def _tipped(receipt: Receipt) -> st.SearchStrategy[Receipt]:
    return st.one_of(st.just(Decimal(0)), ORE).map(lambda tip: attrs.evolve(receipt, tip=tip))


def report(sold: list[Receipt], *, transactions: bool, **facts: Any) -> ZReport:
    """
    The Z-report of a till that reports VAT rows net, tips inside the tenders, and rows in the order they came.
    """
    gross: dict[int, Decimal] = defaultdict(Decimal)
    vat: dict[int, Decimal] = defaultdict(Decimal)
    by_group: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for receipt in sold:
        for rate, group, amount in receipt.lines:
            gross[rate] += amount * receipt.sign
            vat[rate] += _vat(amount, RATES[rate][1]) * receipt.sign
            by_group[rate, group] += amount * receipt.sign
    tenders: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in sold:
        tenders[receipt.tender].append(receipt)
    returned = -sum((receipt.gross for receipt in sold if receipt.refund), Decimal(0))
    total = sum((receipt.gross for receipt in sold), Decimal(0))
    return z_report(
        vat_rows=[
            VatRow(
                vat_code=RATES[rate][0], percent=RATES[rate][1], amount=gross[rate] - vat[rate], vat=vat[rate]
            )
            for rate in gross
        ],
        groups=[
            GroupRow(group=name, amount=sum(by_group[key] for key in by_group if GROUPS[key[1]] == name))
            for name in dict.fromkeys(GROUPS[group] for _, group in by_group)
        ],
        tenders=[
            Tender(code=code, amount=sum(each.paid for each in paid), number=len(paid))
            for code, paid in tenders.items()
        ],
        tips=sum((receipt.tip for receipt in sold), Decimal(0)),
        total=total,
        receipts=sum(not receipt.refund for receipt in sold),
        returns=Count(number=sum(receipt.refund for receipt in sold), amount=returned),
        grand_totals=GrandTotals(sales=total + returned, returns=returned, net=total),
        transactions=_transactions(sold, by_group) if transactions else None,
        **facts,
    )


def _transactions(sold: list[Receipt], by_group: dict[tuple[int, int], Decimal]) -> TransactionTotals:
    return TransactionTotals(
        cash_paid=sum(receipt.tender == CASH for receipt in sold),
        lines=sum(len(receipt.lines) for receipt in sold),
        rounding=sum((receipt.rounding for receipt in sold), Decimal(0)),
        group_vat=[
            GroupVatRow(
                group=GROUPS[group],
                vat_code=RATES[rate][0],
                percent=RATES[rate][1],
                amount=by_group[rate, group],
            )
            for rate, group in by_group
        ],
    )


@st.composite
def days(
    draw: st.DrawFn, *, max_receipts: int = 5, tips: bool = True, transactions: bool | None = None
) -> ZReport:
    """
    Z-reports of honest tills; from no receipt at all to more returns than sales.

    Args:
        draw: Given by hypothesis.
        max_receipts: At most this many receipts.
        tips: Whether card payments may hold tips.
        transactions: Whether the transactions are known; None for either.
    """
    sold = draw(st.lists(receipts(tips=tips), max_size=max_receipts))
    opened = local(2026, 1, 1)
    return report(
        sold,
        transactions=draw(st.booleans()) if transactions is None else transactions,
        cash_point=draw(st.sampled_from(("1", "2", "bar 3"))),
        number=str(draw(st.integers(0, 99999))),
        closed_at=opened + timedelta(minutes=draw(st.integers(0, 365 * 24 * 60))),
    )


def gross_till(z: ZReport) -> ZReport:
    """
    The same day on a till that writes the gross into the sales amount of its VAT rows.
    """
    return attrs.evolve(z, vat_rows=[attrs.evolve(row, amount=row.amount + row.vat) for row in z.vat_rows])


def negated(z: ZReport) -> ZReport:
    """
    The same day with every sale a return and every return a sale.
    """
    totals = z.transactions
    if totals is not None:
        totals = attrs.evolve(
            totals,
            rounding=-(totals.rounding or 0),
            group_vat=[attrs.evolve(row, amount=-row.amount) for row in totals.group_vat],
        )
    return attrs.evolve(
        z,
        vat_rows=[attrs.evolve(row, amount=-row.amount, vat=-row.vat) for row in z.vat_rows],
        groups=[attrs.evolve(row, amount=-row.amount) for row in z.groups],
        tenders=[attrs.evolve(row, amount=-row.amount) for row in z.tenders],
        tips=-z.tips,
        total=-z.total,
        grand_totals=None,
        transactions=totals,
    )


def official_day(**facts: Any) -> ZReport:
    """
    The tax administration's example of a Z-report, by hand, as posgo's reader should give it.
    """
    base: dict[str, Any] = {
        "cash_point": "11.222-33.44.567",
        "number": "1",
        "closed_at": local(2020, 1, 1, 23, 56, 59),
        "vat_rows": [
            VatRow(vat_code="0", percent=0, amount=0, vat=0, pos_code="0"),
            VatRow(vat_code="33", percent=12, amount=0, vat=0, pos_code="1"),
            VatRow(vat_code="31", percent=15, amount="89.38", vat="13.42", pos_code="2"),
            VatRow(vat_code="3", percent=25, amount="329.12", vat="82.28", pos_code="3"),
        ],
        "groups": [
            GroupRow(group="04006", amount="102.80", number=1, pos_code="100"),
            GroupRow(group="04013", amount="232.00", number=2, pos_code="200"),
            GroupRow(group="04007", amount="179.40", number=1, pos_code="300"),
        ],
        "tenders": [
            Tender(code="12001", amount="295.00", number=1, pos_code="CASH", description="Kontant"),
            Tender(code="12002", amount="218.80", number=1, pos_code="DEBCARD", description="Bankkort"),
        ],
        "total": "514.20",
        "receipts": 3,
        "returns": Count(number=1, amount="16.40"),
        "grand_totals": GrandTotals(sales="530.60", returns="16.40", net="514.20"),
        "transactions": TransactionTotals(cash_paid=1, lines=6, rounding="-0.40"),
    }
    return z_report(**base | facts)
