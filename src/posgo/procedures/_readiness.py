"""
What stands between a shop and its first settlement: company, ledger and till held against the account map.

Pure: everything was read beforehand, and what could not be read is not judged.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

import attrs

from posgo.bookkeeping import settle
from posgo.bookkeeping.accounts import AccountMap, MappedAccount
from posgo.bookkeeping.identity import z_number
from posgo.bookkeeping.ledger import (
    OUTSIDE_VAT,
    LedgerView,
    Target,
    account_findings,
    company_findings,
    department_findings,
    period_findings,
    vat_code_findings,
)
from posgo.models.catalog import Product
from posgo.models.findings import Finding, Severity
from posgo.models.go_products import GoProduct
from posgo.models.ledger import FinancialSettings, VatSettings
from posgo.models.pos import ZReport
from posgo.models.terms import NumberSeries
from posgo.procedures.catalog import Catalog
from posgo.procedures.order_books import is_without_vat

__all__ = [
    "chart_findings",
    "company_number_findings",
    "day_findings",
    "department_code_findings",
    "number_series_findings",
    "product_findings",
    "rounding_findings",
    "vat_findings",
    "vat_registration_findings",
    "z_report_findings",
]

_MAPPING_GAPS = frozenset({"unmapped-vat", "unmapped-tender", "unmapped-account", "vat-rate"})


def company_number_findings(view: LedgerView) -> Iterator[Finding]:
    """
    A Z-report is settled only where its own organisation number stands.
    """
    if view.company is None:
        yield _finding(
            "no-organization-number",
            "the client company has no valid organisation number in Go, so no Z-report can be known to be its own",
            "Enter the organisation number under the company's settings in Go.",
        )


def day_findings(
    account_map: AccountMap,
    view: LedgerView,
    financial: FinancialSettings | None,
    today: date,
    *,
    has_pos: bool,
) -> Iterator[Finding]:
    """
    Whether today, and every day from ``settle_from`` on, may be posted to.
    """
    first = account_map.pos.settle_from
    if first is None and has_pos:
        yield _finding(
            "settle-from-missing",
            "the account map does not say from which day on Z-reports are settled, so finished ones are not",
            'Add the first day that is not booked by hand to the account map: [pos] settle_from = "…".',
        )
    locked = [*period_findings(today, view)]
    yield from locked
    if not locked and first is not None and view.lock_date is not None and first <= view.lock_date:
        yield _finding(
            "locked-period",
            f"the books are locked up to and including {view.lock_date}; days from {first} (settle_from) to then "
            "that are not booked yet cannot be posted",
            severity=Severity.INFO,
        )
    opened = financial.conversion_date if financial is not None else None
    if opened is not None:
        yield from _conversion(opened, first, today)


def _conversion(opened: date, first: date | None, today: date) -> Iterator[Finding]:
    if today < opened:
        yield _finding(
            "conversion-date",
            f"the company's books in Go begin on {opened}; nothing can be posted before",
            f"Settle from {opened} on, or ask the accountant to correct the conversion date in Go.",
            where=f"conversion date {opened}",
        )
    elif first is not None and first < opened:
        yield _finding(
            "conversion-date",
            f"the company's books in Go begin on {opened}; days from {first} (settle_from) to then cannot be posted",
            f'Set [pos] settle_from = "{opened}" in the account map.',
            severity=Severity.WARN,
            where=f"conversion date {opened}",
        )


def vat_registration_findings(account_map: AccountMap, vat: VatSettings) -> Iterator[Finding]:
    """
    A company that is not registered for VAT takes code 0 only.
    """
    codes = {line.vat_code for line in account_map.mapped() if line.vat_code is not None} - {OUTSIDE_VAT}
    if vat.is_vat_registered is False and codes:
        yield _finding(
            "not-vat-registered",
            "the client company is not registered for VAT in Go, which then takes VAT code 0 only; "
            f"the account map has {', '.join(sorted(codes))}",
            "If the company is registered, say so in Go's VAT settings; if not, give every sale in the account map "
            'vat_code = "0".',
        )


def chart_findings(account_map: AccountMap, view: LedgerView) -> Iterator[Finding]:
    """
    Whether every account of the map takes what the map sends there.
    """
    for target in _targets(account_map):
        yield from account_findings(target, view)


def vat_findings(account_map: AccountMap, view: LedgerView, today: date) -> Iterator[Finding]:
    """
    Whether every VAT code of the map is valid today, at a rate the map expects.
    """
    for target in _targets(account_map):
        yield from vat_code_findings(target, view, today)
    for line in account_map.mapped():
        vat = view.vat_code(line.vat_code or OUTSIDE_VAT, today)
        if vat is not None and line.rates and vat.percent not in line.rates:
            yield _other_rate(line, vat.percent, today)


def _other_rate(line: MappedAccount, percent: Decimal, today: date) -> Finding:
    rates = " or ".join(f"{rate} %" for rate in line.rates)
    return _finding(
        "vat-rate",
        f"{line.place} of the account map is for sales at {rates}, but VAT code {line.vat_code} is {percent} % "
        f"in Go on {today}, which would compute another VAT",
        "Correct the VAT code in the account map; or, if the rate has changed, its rates under [vat_rates].",
        where=f"account {line.account}",
    )


def department_code_findings(account_map: AccountMap, view: LedgerView) -> Iterator[Finding]:
    """
    Whether every department of the map exists.
    """
    for target in _targets(account_map):
        yield from department_findings(target, view)


def _targets(account_map: AccountMap) -> Iterator[Target]:
    """
    Everything the map may post: each account and VAT code once, with each department tills have.
    """
    lines: dict[tuple[int, str, bool], list[str]] = {}
    for line in account_map.mapped():
        target = line.account, line.vat_code or OUTSIDE_VAT, line.subledger
        lines.setdefault(target, []).append(line.place)
    tills = account_map.cash_points or ("*",)
    shops = dict.fromkeys(account_map.cash_point(till).department for till in tills)
    for (account, vat_code, subledger), places in lines.items():
        for department in shops:
            yield Target(
                what=", ".join(places),
                account=account,
                vat_code=vat_code,
                department=department,
                subledger=subledger,
            )


def number_series_findings(series: Iterable[NumberSeries]) -> Iterator[Finding]:
    """
    Whether Go can number a customer that is created there.
    """
    of_customers = [each for each in series if each.kind == "Customer"]
    if not of_customers:
        yield _finding(
            "number-series",
            "Go has no number series for customers, so no customer can be created there",
            "Make a number series for customers in Go, and make it the default.",
        )
    elif not any(each.is_default for each in of_customers):
        yield _finding(
            "number-series",
            "none of Go's number series for customers is the default, so new customers may get no number",
            "Make one of the number series for customers the default in Go.",
            severity=Severity.WARN,
        )


def product_findings(
    products: Iterable[Product], account_map: AccountMap | None, default_code: str
) -> Iterator[Finding]:
    """
    Whether every VAT code the POS's products have leads to a sales account: in Go that is all that gives them one.
    """
    known = {default_code, *(account_map.sales_accounts() if account_map is not None else ())}
    sold: dict[str, list[Product]] = {}
    for product in products:
        if not product.archived and product.vat_code is not None and product.vat_code not in known:
            sold.setdefault(product.vat_code, []).append(product)
    for code, same in sorted(sold.items()):
        yield _finding(
            "no-sales-account",
            f"VAT code {code} has no sales account; {len(same)} of the POS's products "
            f"{'has' if len(same) == 1 else 'have'} it (such as {same[0].code or same[0].name}), "
            "and Go would charge another VAT",
            f'Add it to the account map: [sales] "{code}" = ….',
            where=f"VAT code {code}",
        )


def rounding_findings(code: str | None, found: Iterable[GoProduct], catalog: Catalog) -> Iterator[Finding]:
    """
    Whether there is a product that closes the øre between Go's total of an order and the receipt.
    """
    named = [product for product in found if not product.is_archived]
    if any(is_without_vat(catalog, product) for product in named):
        return
    if code is None:
        what = "the profile names no product for øre rounding"
    elif named:
        what = f"product {code}, named for øre rounding, is sold with VAT (code {catalog.vat_code(named[0])}) in Go"
    else:
        what = f"Go has no product {code} in use, which the profile names for øre rounding"
    yield _finding(
        "rounding-product",
        f"{what}, so some orders will come to an øre more or less in Go than on the receipt",
        "Make a product in Go on a sales account without VAT, and give its code to the profile (rounding_product).",
        severity=Severity.WARN,
        where=None if code is None else f"product {code}",
    )


def z_report_findings(
    reports: Iterable[ZReport], account_map: AccountMap, view: LedgerView | None
) -> Iterator[Finding]:
    """
    Whether the account map knows every code of the POS's Z-reports, and whether they are this company's.

    A gap is told once, as the latest Z-report shows it. ``view`` is None if
    Go's organisation number is not known.
    """
    gaps: dict[tuple[str, str | None], tuple[ZReport, Finding]] = {}
    for z in sorted(reports, key=lambda each: each.closed_at.timestamp()):
        if view is not None:
            yield from company_findings(z, view)
        gaps |= {
            (finding.rule, finding.where): (z, finding)
            for finding in settle(z, account_map).findings
            if finding.rule in _MAPPING_GAPS
        }
    for z, finding in gaps.values():
        yield attrs.evolve(
            finding, where=f"{finding.where}, Z-report {z_number(z)} of cash point {z.cash_point}"
        )


def _finding(
    rule: str,
    message: str,
    remedy: str = "",
    *,
    severity: Severity = Severity.BLOCK,
    where: str | None = None,
) -> Finding:
    return Finding(rule=rule, severity=severity, message=message, remedy=remedy, where=where)
