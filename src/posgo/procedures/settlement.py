"""
Posting one Z-report to Go exactly once, whatever stops in between.

The intent is stored before the voucher is sent. What was sent without an
answer is *in doubt* and is looked up, by its reference, before it is sent
again; Go refuses a second voucher with the same reference in any case. A
voucher that Go already holds counts as posted only if it says the same.
"""

import attrs

from posgo.bookkeeping.identity import fingerprint, settlement_reference
from posgo.bookkeeping.ledger import company_findings, period_findings, resolve
from posgo.clients.go import vouchers
from posgo.exceptions import (
    ApiError,
    DuplicateReferenceError,
    LockedPeriodError,
    MissingPrivilegeError,
    RejectedError,
    WireFormatError,
)
from posgo.models._dates import business_day
from posgo.models._money import NOK_0
from posgo.models.findings import Finding
from posgo.models.ledger import JournalEntry
from posgo.models.pos import CashCount, GrandTotals, ZReport
from posgo.models.vouchers import Settlement, SettlementStatus
from posgo.procedure import Procedure, ask, pause
from posgo.procedures._case import Case, Desk, SettlementResult
from posgo.procedures._comparison import Held, compare, standing
from posgo.procedures._messages import (
    not_shown_by_go,
    posted_otherwise,
    reference_reused,
    refused_by_go,
    reversed_in_go,
    voucher_missing,
)
from posgo.procedures.books import Found, find_voucher, read_ledger, swept_voucher
from posgo.procedures.receivables import read_receivables
from posgo.state import (
    Changes,
    CommitChanges,
    Key,
    LoadPreviousSettlement,
    LoadSettlements,
    SettlementRecord,
    SettlementState,
)

__all__ = ["Desk", "SettlementResult", "settle_z_report"]


@attrs.frozen(kw_only=True)
class _Prepared:
    """
    A voucher held against the ledger.
    """

    entry: JournalEntry | None
    company: tuple[Finding, ...]
    refusals: tuple[Finding, ...]
    period: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        return any(finding.blocks for finding in (*self.company, *self.refusals, *self.period))


def settle_z_report(
    desk: Desk, z: ZReport, *, count: CashCount | None = None, previous: ZReport | None = None
) -> Procedure[SettlementResult]:
    """
    Post one Z-report, or say why not.

    Args:
        desk: Account map, ledger memory and settings.
        z: The Z-report.
        count: The drawer as counted; None if it was not.
        previous: The Z-report before it; None asks the store.
    """
    if previous is None:
        previous = yield from _previous(desk, z)
    case = _opened(desk, z, count, previous)
    prepared = yield from _prepare(case)
    if prepared.company:
        return case.blocked(*prepared.company)
    loaded = yield from ask(LoadSettlements((case.reference,)))
    record = loaded.settlements.get(case.reference)
    if record is not None and record.state is not SettlementState.SENDING:
        return (yield from _settled_before(case, record, prepared.entry))
    if case.settlement.blocked or prepared.refusals:
        return case.blocked(*prepared.refusals)
    return (yield from _settle_once(case, prepared, loaded.version, in_doubt=record is not None))


def _opened(desk: Desk, z: ZReport, count: CashCount | None, previous: ZReport | None) -> Case:
    """
    The case with its voucher, unless that hangs on what Go says of invoices.
    """
    case = Case(
        desk=desk,
        z=z,
        settlement=Settlement(voucher=None, findings=z.findings),
        reference=settlement_reference(z, desk.accounts),
        day=business_day(z.closed_at, desk.accounts.pos.business_day_ends),
        count=count,
        previous=previous,
    )
    return case if z.invoice_payments else case.settled()


def _settle_once(
    case: Case, prepared: _Prepared, version: int, *, in_doubt: bool
) -> Procedure[SettlementResult]:
    """
    Look whether Go has the voucher; only then send it.

    A day of zeros is looked up as well: under its number Go may hold the day
    as the till reported it first.
    """
    if in_doubt:
        found = yield from _find_after_doubt(case)
    else:
        found = yield from swept_voucher(case.desk.books, case.reference, case.day)
    if found is not None:
        return (yield from _held_by_go(case, prepared.entry, found, version))
    if case.z.invoice_payments:
        on = max(case.day, case.desk.today or case.day)
        case = case.settled((yield from read_receivables(case.z, on, pos_issues=case.desk.pos_issues)))
        prepared = yield from _prepare(case)
        if case.settlement.blocked or prepared.refusals:
            return (yield from _blocked_unless_posted(case, prepared, version))
    if prepared.entry is None:
        return (yield from _nothing_to_post(case, version))
    if prepared.period:
        return case.blocked(*prepared.period)
    if case.desk.dry_run:
        return case.result(None)
    return (yield from _post(case, prepared.entry, version))


def _blocked_unless_posted(case: Case, prepared: _Prepared, version: int) -> Procedure[SettlementResult]:
    """
    Invoices may have nothing open because this very Z-report was posted since Go was last looked through.
    """
    found = yield from find_voucher(case.reference, case.day)
    if found is not None:
        return (yield from _held_by_go(case, prepared.entry, found, version))
    return case.blocked(*prepared.refusals)


def _previous(desk: Desk, z: ZReport) -> Procedure[ZReport | None]:
    """
    As much of the Z-report before this one as continuity is checked by.
    """
    cash_point = desk.accounts.canonical(z.cash_point)
    record = yield from ask(LoadPreviousSettlement(cash_point, z.closed_at))
    # Another source of the same report may give it a later time: it does not follow itself.
    if record is None or record.reference == settlement_reference(z, desk.accounts):
        return None
    totals = None
    if record.grand_sales is not None and record.grand_returns is not None:
        net = record.grand_sales - record.grand_returns
        totals = GrandTotals(sales=record.grand_sales, returns=record.grand_returns, net=net)
    return ZReport(
        company=z.company,
        cash_point=cash_point,
        number=record.number,
        closed_at=record.closed_at,
        vat_rows=(),
        tenders=(),
        total=NOK_0,
        grand_totals=totals,
    )


def _prepare(case: Case) -> Procedure[_Prepared]:
    """
    Hold the voucher against the ledger; against the ledger as it is now, before anything blocks.
    """
    remembered = case.desk.books.view is not None
    prepared = yield from _prepare_once(case)
    if prepared.blocks and remembered:
        case.desk.books.forget()
        prepared = yield from _prepare_once(case)
    return prepared


def _prepare_once(case: Case) -> Procedure[_Prepared]:
    view = yield from read_ledger(case.desk.books, case.desk.accounts)
    company = company_findings(case.z, view)
    voucher = case.settlement.voucher
    if voucher is None:
        return _Prepared(entry=None, company=company, refusals=(), period=())
    resolution = resolve(voucher, view, customers=case.customers, journal=case.journal)
    return _Prepared(
        entry=resolution.entry,
        company=company,
        refusals=resolution.findings,
        period=tuple(period_findings(voucher.date, view)),
    )


def _settled_before(
    case: Case, record: SettlementRecord, entry: JournalEntry | None
) -> Procedure[SettlementResult]:
    """
    The store says it is settled: check that it is the same report, and that it still stands in Go.
    """
    if record.fingerprint != fingerprint(case.z):
        return case.blocked(reference_reused(case, "was settled before with other figures"))
    if record.state is SettlementState.NOTHING:
        return case.result(SettlementStatus.NOTHING_TO_POST)
    found = yield from standing(case, record)
    if found is None:
        return case.blocked(voucher_missing(record))
    if found.reversed:
        return case.blocked(reversed_in_go(found.voucher_no))
    held = Held.SAME
    # Without an entry there is nothing to compare: the map has a gap since.
    if entry is not None or case.z.invoice_payments:
        compared, held = yield from compare(case, entry, found)
        case = case if held is Held.OTHER else compared
    return case.result(
        SettlementStatus.ALREADY_POSTED,
        *((posted_otherwise(found.voucher_no),) if held is Held.OTHER else ()),
        voucher_id=record.voucher_id,
        voucher_no=record.voucher_no,
    )


def _nothing_to_post(case: Case, version: int) -> Procedure[SettlementResult]:
    if not case.desk.dry_run:
        yield from _commit(version, put=case.record(SettlementState.NOTHING))
    return case.result(SettlementStatus.NOTHING_TO_POST)


def _find_after_doubt(case: Case) -> Procedure[Found | None]:
    yield from pause(case.desk.look_up_after, "Go's reads lag behind its writes")
    return (yield from find_voucher(case.reference, case.day))


def _held_by_go(
    case: Case,
    entry: JournalEntry | None,
    found: Found,
    version: int,
    status: SettlementStatus = SettlementStatus.ALREADY_POSTED,
) -> Procedure[SettlementResult]:
    """
    Go holds a voucher with our reference: it is ours only if it says the same.
    """
    compared, held = yield from compare(case, entry, found)
    if held is Held.REVERSED:
        return case.blocked(reversed_in_go(found.voucher_no))
    if held is Held.OTHER:
        return case.blocked(
            reference_reused(case, f"is in Go as voucher {found.voucher_no} with other postings")
        )
    case = compared
    if not case.desk.dry_run:
        posted = case.record(SettlementState.POSTED, found.voucher_id, found.voucher_no)
        yield from _commit(version, put=posted)
    return case.result(status, voucher_id=found.voucher_id, voucher_no=found.voucher_no)


def _post(case: Case, entry: JournalEntry, version: int) -> Procedure[SettlementResult]:
    """
    Send the voucher; look before sending it again.

    Raises:
        ApiError: If it is still in doubt after all attempts, or was not carried
            out for a reason no bookkeeper can mend. The stored intent makes the
            next run look first.
        WireFormatError: The same, when Go's answer could not be read.
    """
    version = yield from _commit(version, put=case.record(SettlementState.SENDING))
    attempt = 0
    while True:
        attempt += 1
        try:
            posted = yield from ask(vouchers.post(case.journal, entry))
        except DuplicateReferenceError:
            return (yield from _refused_as_duplicate(case, entry, version, sent_before=attempt > 1))
        except (ApiError, WireFormatError) as error:
            if not error.may_have_happened:
                return (yield from _not_carried_out(case, error, version, sent_before=attempt > 1))
            found = yield from _find_after_doubt(case)
            if found is not None:
                return (yield from _held_by_go(case, entry, found, version, SettlementStatus.POSTED))
            if attempt >= case.desk.attempts:
                raise
        else:
            case.desk.books.remember(case.reference, posted, case.journal)
            yield from _commit(version, put=case.record(SettlementState.POSTED, posted.id, posted.number))
            return case.result(SettlementStatus.POSTED, voucher_id=posted.id, voucher_no=posted.number)


def _refused_as_duplicate(
    case: Case, entry: JournalEntry, version: int, *, sent_before: bool
) -> Procedure[SettlementResult]:
    """
    Go knows the reference: our own late voucher, one of an earlier life, or a reused number.
    """
    found = yield from _find_after_doubt(case)
    if found is None:
        return case.blocked(not_shown_by_go(case))
    status = SettlementStatus.POSTED if sent_before else SettlementStatus.ALREADY_POSTED
    return (yield from _held_by_go(case, entry, found, version, status))


def _not_carried_out(
    case: Case, error: ApiError | WireFormatError, version: int, *, sent_before: bool
) -> Procedure[SettlementResult]:
    """
    This attempt booked nothing. What a bookkeeper can mend is a finding; the rest is raised.
    """
    if not sent_before:
        yield from _commit(version, drop=case.reference)
    case.desk.books.forget()
    if isinstance(error, LockedPeriodError):
        prepared = yield from _prepare(case)
        if prepared.period:
            return case.blocked(*prepared.period)
    if isinstance(error, RejectedError) and not isinstance(error, MissingPrivilegeError):
        return case.blocked(refused_by_go(error))
    raise error


def _commit(version: int, *, put: SettlementRecord | None = None, drop: str | None = None) -> Procedure[int]:
    keys = () if drop is None else (Key(SettlementRecord, (drop,)),)
    changes = Changes(put=() if put is None else (put,), drop=keys)
    return (yield from ask(CommitChanges(changes, version)))
