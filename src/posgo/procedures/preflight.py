"""
The pre-flight: everything that would stop a shop's first day, found beforehand and all at once. It never writes.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.ledger import CONTROL_ACCOUNTS, LedgerView, key_findings
from posgo.clients.calls import Call, Page, collect
from posgo.clients.go import (
    accounts,
    integration,
    number_series,
    product_groups,
    products,
    settings,
    vat_codes,
)
from posgo.clients.go.ledger_view import chart_of, departments_of
from posgo.clients.pos.requests import FeedRequest, ReadChanges, ReadZReports, read_to_end
from posgo.exceptions import ApiError, AuthenticationError, MissingPrivilegeError, WireFormatError
from posgo.models.catalog import Product
from posgo.models.findings import Finding, Severity
from posgo.models.ledger import Department, FinancialSettings, LedgerAccount, VatCode, VatSettings
from posgo.models.terms import NumberSeries
from posgo.procedure import Procedure, ask
from posgo.procedures import _readiness as ready
from posgo.procedures._needs import Preflight, needs, privilege_findings
from posgo.procedures.catalog import read_catalog
from posgo.procedures.finished import is_before_us

__all__ = ["CheckReport", "Preflight", "check"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class CheckReport:
    """
    Whether everything is ready, and if not, what to do.

    Attributes:
        client_id: Go's id of the client company; PowerOffice's support asks for it.
        client_name: Its name; None if Go gives none.
        organization_number: Nine digits; None if Go has no valid one or did not show it.
        findings: Everything found, what blocks first.
    """

    client_id: str
    client_name: str | None = None
    organization_number: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """
        Whether nothing blocks.
        """
        return not any(finding.blocks for finding in self.findings)

    def __str__(self) -> str:
        who = self.client_name or f"client {self.client_id}"
        number = f", organisation number {self.organization_number}" if self.organization_number else ""
        blocking = sum(finding.blocks for finding in self.findings)
        state = "ready" if self.ok else f"not ready, {blocking} to mend"
        return "\n  ".join((f"{who}{number}: {state}", *(str(finding) for finding in self.findings)))


@attrs.frozen(kw_only=True)
class _Shown:
    """
    What Go showed. None stands for what it refused, or what nobody needs.
    """

    view: LedgerView
    knows_company: bool
    vat: VatSettings | None
    financial: FinancialSettings | None
    series: list[NumberSeries] | None
    chart: list[LedgerAccount] | None
    codes: list[VatCode] | None
    rooms: list[Department] | None


@attrs.define
class _Reader:
    """
    Asks Go. What is refused for want of a privilege is noted, and nothing more that needs it is asked.
    """

    refused: set[tuple[str, ...]] = attrs.Factory(set)

    def one(self, call: Call[T]) -> Procedure[T | None]:
        return (yield from self._allowed(call, ask(call)))

    def all(self, call: Call[Page[T]]) -> Procedure[list[T] | None]:
        return (yield from self._allowed(call, collect(call)))

    def _allowed(self, call: Call[Any], reading: Procedure[T]) -> Procedure[T | None]:
        if call.roles in self.refused:
            return None
        try:
            return (yield from reading)
        except MissingPrivilegeError:
            self.refused.add(call.roles)
            return None


def check(preflight: Preflight) -> Procedure[CheckReport]:
    """
    Read what Go and the POS say of themselves, and tell everything that would stop a settlement or a sync.

    Raises:
        AuthenticationError: If keys do not work.
        ApiError: If Go could not be asked. What the POS does not answer is a finding.
        WireFormatError: If Go's answer could not be read.
    """
    information = yield from ask(integration.get())
    reader = _Reader()
    books = yield from _read_books(reader, preflight)
    rounding = yield from _rounding(reader, preflight)
    findings = [
        *privilege_findings(needs(preflight), information, reader.refused),
        *_go_findings(preflight, books),
        *rounding,
        *(yield from _pos_findings(preflight, books)),
    ]
    order = list(Severity)
    unique = dict.fromkeys(findings)
    return CheckReport(
        client_id=information.client_id,
        client_name=information.client_name,
        organization_number=books.view.company,
        findings=tuple(sorted(unique, key=lambda finding: order.index(finding.severity))),
    )


def _read_books(reader: _Reader, preflight: Preflight) -> Procedure[_Shown]:
    organization = yield from reader.one(settings.organization())
    series = yield from reader.all(number_series.list())
    account_map = preflight.accounts
    chart = codes = rooms = vat = financial = lock_date = None
    if account_map is not None:
        lock_date = yield from reader.one(settings.lock_date())
        vat = yield from reader.one(settings.vat())
        financial = yield from reader.one(settings.financial())
        codes = yield from reader.all(vat_codes.list())
        chart = yield from reader.all(chart_of(account_map.account_numbers()))
        if account_map.department_codes():
            rooms = yield from reader.all(departments_of(account_map.department_codes()))
    view = LedgerView(
        organization_number=organization.organization_number if organization else None,
        lock_date=lock_date,
        accounts={account.number: account for account in chart or ()},
        vat_codes=tuple(codes or ()),
        departments={room.code: room for room in rooms or () if room.code is not None},
        # The series say which accounts stand behind a subledger in this very company.
        control_accounts=CONTROL_ACCOUNTS | {each.account for each in series or ()},
    )
    return _Shown(
        view=view,
        knows_company=organization is not None,
        vat=vat,
        financial=financial,
        series=series,
        chart=chart,
        codes=codes,
        rooms=rooms,
    )


def _rounding(reader: _Reader, preflight: Preflight) -> Procedure[list[Finding]]:
    profile = preflight.profile
    asked = (accounts.list(), product_groups.list(), vat_codes.list(), products.list())
    if profile.orders is None or any(call.roles in reader.refused for call in asked):
        return []
    code = profile.rounding_product
    try:
        catalog = yield from read_catalog(preflight.accounts, preflight.today, profile.default_vat_code)
        found = (yield from collect(products.list(codes=[code]))) if code is not None else []
    except MissingPrivilegeError:
        # Whose absence is told by itself.
        return []
    return [*ready.rounding_findings(code, found, catalog)]


def _go_findings(preflight: Preflight, books: _Shown) -> Iterator[Finding]:
    if preflight.organization_number is not None and books.knows_company:
        yield from key_findings(books.view.company, preflight.organization_number)
    if preflight.accounts is not None:
        yield from _settling(preflight, preflight.accounts, books)
    else:
        yield Finding(
            rule="no-account-map",
            severity=Severity.INFO,
            message="no account map was given, so accounts, VAT codes and departments were not looked at",
            remedy="Give one if Z-reports are to be settled.",
        )
    if preflight.profile.customers is not None and books.series is not None:
        yield from ready.number_series_findings(books.series)


def _settling(preflight: Preflight, account_map: AccountMap, books: _Shown) -> Iterator[Finding]:
    view, today = books.view, preflight.today
    if books.knows_company:
        yield from ready.company_number_findings(view)
    yield from ready.day_findings(account_map, view, books.financial, today, has_pos=preflight.has_pos)
    if books.vat is not None:
        yield from ready.vat_registration_findings(account_map, books.vat)
    if books.chart is not None:
        yield from ready.chart_findings(account_map, view)
    if books.codes is not None:
        yield from ready.vat_findings(account_map, view, today)
    if books.rooms is not None:
        yield from ready.department_code_findings(account_map, view)


def _pos_findings(preflight: Preflight, books: _Shown) -> Procedure[list[Finding]]:
    if not preflight.has_pos:
        return []
    findings: list[Finding] = []
    account_map = preflight.accounts
    if account_map is not None:
        reports = yield from _told(ReadZReports(), "Z-reports", findings)
        ours = [z for z in reports if not is_before_us(z, account_map)]
        findings += ready.z_report_findings(ours, account_map, books.view if books.knows_company else None)
    if preflight.profile.products is not None:
        records = yield from _told(ReadChanges(Product), "products", findings)
        sold = (record.value for record in records)
        findings += ready.product_findings(sold, account_map, preflight.profile.default_vat_code)
    return findings


def _told(request: FeedRequest[T], what: str, findings: list[Finding]) -> Procedure[tuple[T, ...]]:
    """
    What the POS tells. That it does not is one more thing to mend, and the rest is looked at.
    """
    try:
        feed = yield from read_to_end(request)
    except AuthenticationError:
        raise
    except (ApiError, WireFormatError) as error:
        findings.append(
            Finding(
                rule="pos-unanswered",
                severity=Severity.BLOCK,
                message=f"the POS did not tell its {what}: {error}",
                remedy="Show this to the vendor of the POS; its products and Z-reports are looked at when it answers.",
                where=what,
            )
        )
        return ()
    return feed.items
