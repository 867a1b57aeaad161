"""
Sales of a Z-report by account and VAT code.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from posgo.bookkeeping._lines import Line, Role
from posgo.bookkeeping._vat import gross, vat_in
from posgo.bookkeeping.accounts import AccountMap, SalesAccount
from posgo.models._money import NOK_0, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import GroupVatRow, VatRow, ZReport
from posgo.models.vouchers import Posting

__all__ = ["lines_sold", "sales_lines", "vat_drift"]

SalesTable = Mapping[str, SalesAccount]


def sales_lines(z: ZReport, accounts: AccountMap) -> tuple[list[Line], list[Finding]]:
    """
    Credit every sale to its account; list every gap of the mapping.
    """
    lines: list[Line] = []
    findings: list[Finding] = [*_groups_unavailable(z, accounts)]
    for row in z.vat_rows:
        amount = gross(row, accounts.pos)
        if not amount and not row.amount:
            continue
        gap = _rate_gap(row, amount, accounts)
        target = _target(accounts.sales, row.vat_code, row.percent, accounts)
        shares = _shares(z, row, amount, accounts)
        if isinstance(shares, Finding):
            findings.append(shares)
            shares = ()
        if gap is None and target is None and not _all_mapped(shares, amount):
            gap = _unmapped(row, amount)
        if gap is not None:
            findings.append(gap)
            continue
        lines += _row_lines(row, amount, target, shares)
    return lines, findings


def _row_lines(
    row: VatRow,
    amount: Decimal,
    target: SalesAccount | None,
    shares: tuple[tuple[GroupVatRow, SalesAccount], ...],
) -> Iterator[Line]:
    rest = amount
    for group, account in shares:
        rest -= group.amount
        name = group.description or group.group
        yield _line(
            account, group.amount, row, f"{name} {row.percent} %", f"group {group.group} at {row.percent} %"
        )
    if rest and target is not None:
        yield _line(target, rest, row, f"sales {row.percent} %", f"VAT row {_code(row)}")


def _line(account: SalesAccount, amount: Decimal, row: VatRow, text: str, source: str) -> Line:
    return Line(
        role=Role.SALES,
        account=account.account,
        amount=-amount,
        text=text,
        source=f"{source} {format_nok(amount)}",
        vat_code=account.vat_code,
        vat_percent=row.percent,
    )


def _target(
    table: SalesTable, code: str | None, percent: Decimal, accounts: AccountMap
) -> SalesAccount | None:
    """
    The account for a code, or for a rate when the till gives no usable code.

    Standard code 0 is a purchase code, yet exporters put it on sales without
    VAT (the official example does): it tells as little as no code.
    """
    if code is not None and code != "0":
        return table.get(code)
    by_rate = table.get(f"{percent}%")
    if by_rate is not None:
        return by_rate
    if code == "0" or not percent:
        return table.get(code or "0")
    candidates = [key for key, rates in accounts.vat_rates.items() if percent in rates and key in table]
    return table[candidates[0]] if len(candidates) == 1 else None


def _rate_gap(row: VatRow, amount: Decimal, accounts: AccountMap) -> Finding | None:
    """
    A code that cannot stand for the row's rate would make the ledger compute another VAT.
    """
    if row.vat_code is None or (f"{row.percent}%" in accounts.sales and row.vat_code == "0"):
        return None
    rates = accounts.vat_rates.get(row.vat_code)
    if rates is None or row.percent in rates:
        return None
    known = " or ".join(f"{rate} %" for rate in rates)
    return Finding(
        rule="vat-rate",
        severity=Severity.BLOCK,
        message=(
            f"{_described(row)} sold {format_nok(amount)} at {row.percent} %, "
            f"but VAT code {row.vat_code} stands for {known}: the ledger would compute another VAT"
        ),
        remedy=(
            f"Correct the VAT code in the till; or, if {row.percent} % was right for code {row.vat_code} "
            f'that day, add it to the account map: [vat_rates] "{row.vat_code}" = '
            f"[{', '.join(str(rate) for rate in (*rates, row.percent))}]."
        ),
        expected=known,
        actual=f"{row.percent} %",
        where=f"VAT row {_code(row)}",
    )


def _unmapped(row: VatRow, amount: Decimal) -> Finding:
    key = f"{row.percent}%" if row.vat_code in (None, "0") else row.vat_code
    example = f'"{key}" = 3000' if key == row.vat_code else f'"{key}" = {{ vat_code = "…", account = … }}'
    return Finding(
        rule="unmapped-vat",
        severity=Severity.BLOCK,
        message=f"{_described(row)} at {row.percent} % has no sales account; {format_nok(amount)} was sold",
        remedy=f"Add it to the account map, for example [sales] {example}.",
        actual=amount,
        where=f"VAT row {_code(row)}",
    )


def _shares(
    z: ZReport, row: VatRow, amount: Decimal, accounts: AccountMap
) -> tuple[tuple[GroupVatRow, SalesAccount], ...] | Finding:
    """
    The parts of a VAT row that belong to article groups with accounts of their own.
    """
    if not accounts.sales_by_group or z.transactions is None or not z.transactions.complete:
        return ()
    groups = [
        group
        for group in z.transactions.group_vat
        if (group.vat_code, group.percent) == (row.vat_code, row.percent)
    ]
    known = sum((group.amount for group in groups), NOK_0)
    if known != amount:
        return Finding(
            rule="group-vat",
            severity=Severity.WARN,
            message=(
                f"the lines sold at {row.percent} % sum to {format_nok(known)} by article group, "
                f"the Z-report says {format_nok(amount)}; all of it goes to the account of the VAT code"
            ),
            remedy="Move it by hand if the groups' accounts matter; ask the till's vendor why they differ.",
            expected=amount,
            actual=known,
            where=f"VAT row {_code(row)}",
        )
    return tuple(
        (group, account)
        for group in groups
        if group.amount and (account := _group_target(group, accounts)) is not None
    )


def _group_target(group: GroupVatRow, accounts: AccountMap) -> SalesAccount | None:
    table = accounts.sales_by_group.get(group.pos_code or "") or accounts.sales_by_group.get(group.group)
    return None if table is None else _target(table, group.vat_code, group.percent, accounts)


def _all_mapped(shares: tuple[tuple[GroupVatRow, SalesAccount], ...], amount: Decimal) -> bool:
    return bool(shares) and sum((group.amount for group, _ in shares), NOK_0) == amount


def _groups_unavailable(z: ZReport, accounts: AccountMap) -> Iterator[Finding]:
    if z.transactions is not None and z.transactions.complete:
        return
    wanted = [
        row for row in z.groups if row.amount and {row.group, row.pos_code} & accounts.sales_by_group.keys()
    ]
    if wanted:
        yield Finding(
            rule="groups-unavailable",
            severity=Severity.WARN,
            message=(
                "sales per article group and VAT rate are known only from transactions, which are "
                f"missing; {', '.join(row.description or row.group for row in wanted)} go to the account "
                "of their VAT code"
            ),
            remedy="Export the file with the transactions of the whole day, or move the amounts by hand.",
            actual=sum((row.amount for row in wanted), NOK_0),
        )


def lines_sold(z: ZReport) -> int:
    """
    How many lines were sold; without transactions, how many receipts there were, which is fewer.
    """
    if z.transactions is not None and z.transactions.complete:
        return z.transactions.lines
    return z.receipts + z.returns.number


def vat_drift(z: ZReport, accounts: AccountMap, postings: tuple[Posting, ...]) -> Iterator[Finding]:
    """
    Report per rate how the ledger's VAT will differ from the till's.

    The till rounds per line, the ledger per posting: some øre are normal and
    are never "corrected".
    """
    till: dict[Decimal, Decimal] = {}
    for row in z.vat_rows:
        if gross(row, accounts.pos):
            till[row.percent] = till.get(row.percent, NOK_0) + row.vat
    ledger: dict[Decimal, Decimal] = {}
    for posting in postings:
        if posting.vat_percent is not None:
            vat = vat_in(-posting.amount, posting.vat_percent)
            ledger[posting.vat_percent] = ledger.get(posting.vat_percent, NOK_0) + vat
    bound = Decimal("0.005") * lines_sold(z) + Decimal("0.01")
    for percent, expected in till.items():
        actual = ledger.get(percent, NOK_0)
        if actual == expected:
            continue
        large = abs(actual - expected) > bound
        yield Finding(
            rule="vat-drift",
            severity=Severity.WARN if large else Severity.INFO,
            message=(
                f"VAT at {percent} %: the till rounded to {format_nok(expected)}, "
                f"the ledger will compute {format_nok(actual)} ({actual - expected:+})"
            ),
            remedy="Check the till's VAT: this is more than rounding per line explains." if large else "",
            expected=expected,
            actual=actual,
        )


def _code(row: VatRow) -> str:
    return row.pos_code or row.vat_code or f"{row.percent} %"


def _described(row: VatRow) -> str:
    own = f"the till's VAT code {row.pos_code}" if row.pos_code else "VAT"
    words = f" ({row.description})" if row.description else ""
    standard = f", standard code {row.vat_code}," if row.vat_code else " without a standard code"
    return f"{own}{words}{standard}"
