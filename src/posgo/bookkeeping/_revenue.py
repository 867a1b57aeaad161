"""
Sales of a Z-report by account and VAT code.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import attrs

from posgo.bookkeeping._lines import Line, Role
from posgo.bookkeeping._vat import gross, vat_in
from posgo.bookkeeping.accounts import AccountMap, SalesAccount
from posgo.models._money import NOK_0, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import GroupVatRow, VatRow, ZReport
from posgo.models.vouchers import Posting

__all__ = ["lines_sold", "sales_lines", "vat_drift"]


@attrs.frozen(kw_only=True)
class _Sold:
    """
    What was sold under one VAT code at one rate: usually one VAT row, sometimes several.

    Attributes:
        vat_code: Standard code; None if the till gives none.
        percent: Rate in per cent.
        amount: NOK including VAT.
        invoiced: NOK including VAT that was taken out of it, because invoices carry it.
        rows: The rows it came from.
    """

    vat_code: str | None
    percent: Decimal
    amount: Decimal
    invoiced: Decimal
    rows: tuple[VatRow, ...]

    @property
    def where(self) -> str:
        own = dict.fromkeys(row.pos_code for row in self.rows if row.pos_code)
        return f"VAT row {', '.join(own) or self.vat_code or f'{self.percent} %'}"

    def __str__(self) -> str:
        own = dict.fromkeys(row.pos_code for row in self.rows if row.pos_code)
        words = dict.fromkeys(row.description for row in self.rows if row.description)
        name = f"the till's VAT code {', '.join(own)}" if own else "VAT"
        described = f" ({', '.join(words)})" if words else ""
        standard = f", standard code {self.vat_code}," if self.vat_code else " without a standard code"
        return f"{name}{described}{standard}"


@attrs.frozen(kw_only=True)
class _Part:
    """
    A part of what was sold that goes to one account; ``target`` is None if no account is known.
    """

    amount: Decimal
    text: str
    source: str
    target: SalesAccount | None


def sales_lines(
    z: ZReport, accounts: AccountMap, taken: Mapping[tuple[str | None, Decimal], Decimal]
) -> tuple[list[Line], list[Finding]]:
    """
    Credit every sale to its account; list every gap of the mapping.

    Args:
        z: The Z-report with the VAT rows of its own sales.
        accounts: Where they go.
        taken: NOK including VAT that was taken out of them by VAT code and rate, because invoices carry it.
    """
    lines: list[Line] = []
    findings: list[Finding] = [*_groups_unavailable(z, accounts)]
    for sold in _sold(z, accounts, taken):
        findings += _rate_gap(sold, accounts)
        parts, doubts = _parts(z, sold, accounts)
        findings += doubts
        for part in parts:
            if part.target is None:
                findings.append(_unmapped(sold, part.amount))
            else:
                lines.append(_line(part, part.target, sold.percent))
    return lines, findings


def _sold(
    z: ZReport, accounts: AccountMap, taken: Mapping[tuple[str | None, Decimal], Decimal]
) -> Iterator[_Sold]:
    """
    Sum the VAT rows per code and rate; what comes to nothing needs no account.
    """
    rows: dict[tuple[str | None, Decimal], list[VatRow]] = {}
    for row in z.vat_rows:
        rows.setdefault((row.vat_code, row.percent), []).append(row)
    for (vat_code, percent), same in rows.items():
        amount = sum((gross(row, accounts.pos.vat_rows) for row in same), NOK_0)
        if amount:
            yield _Sold(
                vat_code=vat_code,
                percent=percent,
                amount=amount,
                invoiced=taken.get((vat_code, percent), NOK_0),
                rows=tuple(same),
            )


def _line(part: _Part, target: SalesAccount, percent: Decimal) -> Line:
    return Line(
        role=Role.SALES,
        account=target.account,
        amount=-part.amount,
        text=part.text,
        source=f"{part.source} {format_nok(part.amount)}",
        vat_code=target.vat_code,
        vat_percent=percent,
    )


def _target(
    table: Mapping[str, SalesAccount], code: str | None, percent: Decimal, accounts: AccountMap
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
    if not percent:
        return table.get("0")
    if code is not None:
        return None  # code 0 with VAT: the till contradicts itself
    candidates = [key for key, rates in accounts.vat_rates.items() if percent in rates and key in table]
    return table[candidates[0]] if len(candidates) == 1 else None


def _rate_gap(sold: _Sold, accounts: AccountMap) -> Iterator[Finding]:
    """
    A code that cannot stand for the row's rate would make the ledger compute another VAT.
    """
    code = sold.vat_code or "0"
    rates = None if code == "0" else accounts.vat_rates.get(code)
    if rates is None or sold.percent in rates:
        return
    known = " or ".join(f"{rate} %" for rate in rates)
    yield Finding(
        rule="vat-rate",
        severity=Severity.BLOCK,
        message=(
            f"{sold} sold {format_nok(sold.amount)} at {sold.percent} %, "
            f"but VAT code {sold.vat_code} stands for {known}: the ledger would compute another VAT"
        ),
        remedy=(
            f"Correct the VAT code in the till; or, if {sold.percent} % was right for code {sold.vat_code} "
            f'that day, add it to the account map: [vat_rates] "{sold.vat_code}" = '
            f"[{', '.join(str(rate) for rate in (*rates, sold.percent))}]."
        ),
        expected=known,
        actual=f"{sold.percent} %",
        where=sold.where,
    )


def _unmapped(sold: _Sold, amount: Decimal) -> Finding:
    if sold.vat_code is None or sold.vat_code == "0":
        example = f'"{sold.percent}%" = {{ vat_code = "…", account = … }}'
    else:
        example = f'"{sold.vat_code}" = …'
    return Finding(
        rule="unmapped-vat",
        severity=Severity.BLOCK,
        message=f"{sold} at {sold.percent} % has no sales account; {format_nok(amount)} was sold",
        remedy=f"Add it to the account map: [sales] {example}.",
        actual=amount,
        where=sold.where,
    )


def _parts(z: ZReport, sold: _Sold, accounts: AccountMap) -> tuple[list[_Part], list[Finding]]:
    """
    Split what was sold into article groups with accounts of their own, and the rest.
    """
    doubts: list[Finding] = []
    groups: list[GroupVatRow] = []
    if accounts.sales_by_group and z.whole_period is not None:
        groups = [group for group in z.whole_period.group_vat if _belongs(group, sold)]
        known = sum((group.amount for group in groups), NOK_0)
        if known != sold.amount + sold.invoiced:
            doubts.append(_groups_differ(sold, known))
            groups = []
    parts = [*_group_parts(groups, sold, accounts)]
    rest = sold.amount - sum((part.amount for part in parts), NOK_0)
    if parts and sold.invoiced:
        doubts.append(_invoices_by_group(sold))
        if rest * sold.amount < 0:
            # More was invoiced than the account of the VAT code holds: it was sold in those groups.
            parts, rest = [], sold.amount
    if rest:
        target = _target(accounts.sales, sold.vat_code, sold.percent, accounts)
        less = f" less invoices {format_nok(sold.invoiced)}:" if sold.invoiced else ""
        source = f"{sold.where}{less}"
        parts.append(_Part(amount=rest, text=f"sales {sold.percent} %", source=source, target=target))
    return parts, doubts


def _belongs(group: GroupVatRow, sold: _Sold) -> bool:
    """
    Same rate, and the same code where both sides give one: some tills name it only in one place.
    """
    return group.percent == sold.percent and (
        group.vat_code == sold.vat_code or group.vat_code is None or sold.vat_code is None
    )


def _group_parts(groups: Iterable[GroupVatRow], sold: _Sold, accounts: AccountMap) -> Iterator[_Part]:
    for group in groups:
        target = _group_target(group, sold, accounts)
        if target is not None and group.amount:
            yield _Part(
                amount=group.amount,
                text=f"{group.description or group.group} {sold.percent} %",
                source=f"group {group.pos_code or group.group} at {sold.percent} %",
                target=target,
            )


def _group_target(group: GroupVatRow, sold: _Sold, accounts: AccountMap) -> SalesAccount | None:
    """
    The account of the till's own group, else of the predefined one; None if neither says.
    """
    for key in (group.pos_code, group.group):
        table = accounts.sales_by_group.get(key or "", {})
        target = _target(table, sold.vat_code or group.vat_code, sold.percent, accounts)
        if target is not None:
            return target
    return None


def _groups_differ(sold: _Sold, known: Decimal) -> Finding:
    return Finding(
        rule="group-vat",
        severity=Severity.WARN,
        message=(
            f"the lines sold at {sold.percent} % sum to {format_nok(known)} by article group, "
            f"the Z-report says {format_nok(sold.amount + sold.invoiced)}; all of it goes to the account of the VAT code"
        ),
        remedy="Move it by hand if the groups' accounts matter; ask the till's vendor why they differ.",
        expected=sold.amount + sold.invoiced,
        actual=known,
        where=sold.where,
    )


def _invoices_by_group(sold: _Sold) -> Finding:
    return Finding(
        rule="invoice-groups",
        severity=Severity.WARN,
        message=(
            f"{format_nok(sold.invoiced)} sold at {sold.percent} % stands on invoices and was taken off the account "
            "of its VAT code; which article groups it was is not known"
        ),
        remedy="Move it by hand if the groups' accounts matter.",
        actual=sold.invoiced,
        where=sold.where,
    )


def _groups_unavailable(z: ZReport, accounts: AccountMap) -> Iterator[Finding]:
    if z.whole_period is not None:
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
    if z.whole_period is not None:
        return z.whole_period.lines
    return max(0, z.receipts + z.returns.number)


def vat_drift(z: ZReport, accounts: AccountMap, postings: tuple[Posting, ...]) -> Iterator[Finding]:
    """
    Report per rate how the ledger's VAT will differ from the till's.

    The till rounds per line, the ledger per posting: some øre are normal and
    are never "corrected".
    """
    till: dict[Decimal, Decimal] = {}
    for row in z.vat_rows:
        if gross(row, accounts.pos.vat_rows):
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
