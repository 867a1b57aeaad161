"""
Settling every finished Z-report that is not booked yet: the nightly job.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.identity import fingerprint, settlement_reference, z_number
from posgo.clients.pos.requests import ReadZReports, read_to_end
from posgo.exceptions import (
    ApiError,
    ConfigurationError,
    MissingPrivilegeError,
    PosgoError,
    RejectedError,
    WireFormatError,
)
from posgo.models._continuity import repeated, z_sequence
from posgo.models._dates import business_day
from posgo.models.findings import Finding
from posgo.models.pos import ZReport
from posgo.models.vouchers import SettlementStatus
from posgo.procedure import Procedure, ask
from posgo.procedures._case import Desk, SettlementResult
from posgo.procedures.books import swept_voucher
from posgo.procedures.settlement import settle_z_report
from posgo.state import LoadSettlements, SettlementRecord, SettlementState

__all__ = ["FailedSettlement", "SettlementReport", "is_before_us", "settle_all", "settle_finished"]


@attrs.frozen(kw_only=True)
class FailedSettlement:
    """
    A Z-report whose settlement stopped with an error. The next run takes it up where it stopped.

    Attributes:
        z: The Z-report.
        error: What stopped it.
    """

    z: ZReport
    error: PosgoError


@attrs.frozen(kw_only=True)
class SettlementReport:
    """
    What a run over finished Z-reports did.

    Attributes:
        results: One per Z-report taken up, in the order of cash points and closing times.
        skipped: Z-reports of business days before ``settle_from``, left to those who booked them by hand.
        failed: Z-reports stopped by an error.
        untried: Z-reports not taken up, because an earlier error would have stopped them as well.
    """

    results: tuple[SettlementResult, ...] = ()
    skipped: tuple[ZReport, ...] = ()
    failed: tuple[FailedSettlement, ...] = ()
    untried: tuple[ZReport, ...] = ()

    def __iter__(self) -> Iterator[SettlementResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """
        Everything found about the Z-reports taken up.
        """
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def is_clean(self) -> bool:
        """
        Whether nothing is left for a person to do: nothing blocked, failed or untried.
        """
        blocked = any(result.status is SettlementStatus.BLOCKED for result in self.results)
        return not (blocked or self.failed or self.untried)

    def __str__(self) -> str:
        lines = [str(result) for result in self.results]
        lines += [f"Z {each.z.number} {each.z.cash_point}: failed: {each.error}" for each in self.failed]
        lines += [f"Z {z.number} {z.cash_point}: not tried" for z in self.untried]
        if self.skipped:
            lines.append(f"{len(self.skipped)} Z-reports before settle_from were skipped")
        return "\n".join(lines) or "nothing to settle"


def settle_finished(desk: Desk) -> Procedure[SettlementReport]:
    """
    Post every finished Z-report of the POS that is not booked yet. Safe to run again.

    Raises:
        ConfigurationError: If the account map has no ``settle_from``: without
            it the first run would book years that were booked by hand.
    """
    if desk.accounts.pos.settle_from is None:
        problem = '[pos] settle_from is missing: the first business day to settle, such as "2026-01-01"'
        raise ConfigurationError("account map", (problem,))
    finished = yield from read_to_end(ReadZReports())
    return (yield from settle_all(desk, finished.items))


def settle_all(desk: Desk, reports: Iterable[ZReport]) -> Procedure[SettlementReport]:
    """
    Post the given Z-reports, except those before ``settle_from`` if the account map has it.
    """
    ordered = _in_order(reports, desk.accounts)
    references = tuple(
        settlement_reference(z, desk.accounts) for z in ordered if not is_before_us(z, desk.accounts)
    )
    loaded = yield from ask(LoadSettlements(references))
    run = _Run(desk=desk, records=loaded.settlements)
    yield from run.settle_all(ordered)
    return SettlementReport(
        results=tuple(run.results),
        skipped=tuple(run.skipped),
        failed=tuple(run.failed),
        untried=tuple(run.untried),
    )


@attrs.define(kw_only=True)
class _Run:
    desk: Desk
    records: dict[str, SettlementRecord]
    results: list[SettlementResult] = attrs.Factory(list)
    skipped: list[ZReport] = attrs.Factory(list)
    failed: list[FailedSettlement] = attrs.Factory(list)
    untried: list[ZReport] = attrs.Factory(list)

    def settle_all(self, ordered: Iterable[ZReport]) -> Procedure[None]:
        previous: ZReport | None = None
        for z in ordered:
            before = previous if previous is not None and self._comes_before(previous, z) else None
            previous = z
            if is_before_us(z, self.desk.accounts):
                self.skipped.append(z)
            elif self.failed and _stops_the_rest(self.failed[-1].error):
                self.untried.append(z)
            else:
                yield from self._settle(z, before)

    def _settle(self, z: ZReport, before: ZReport | None) -> Procedure[None]:
        try:
            result = yield from self._known(z)
            if result is None:
                result = yield from settle_z_report(self.desk, z, previous=before)
        except (ApiError, WireFormatError) as error:
            self.failed.append(FailedSettlement(z=z, error=error))
        else:
            self.results.append(result)

    def _comes_before(self, previous: ZReport, z: ZReport) -> bool:
        """
        Whether they are two reports of one till; two under one number are told of already.
        """
        one, other = (self.desk.accounts.canonical(each.cash_point) for each in (previous, z))
        return one == other and z_number(previous) != z_number(z)

    def _known(self, z: ZReport) -> Procedure[SettlementResult | None]:
        """
        What the store remembers as done and Go still shows; one look at Go serves all days of a year.
        """
        record = self.records.get(settlement_reference(z, self.desk.accounts))
        if record is None or record.state is SettlementState.SENDING or record.fingerprint != fingerprint(z):
            return None
        posted = record.state is SettlementState.POSTED
        if posted:
            found = yield from swept_voucher(self.desk.books, record.reference, record.business_day)
            if found is None or found.reversed:
                return None  # Undone by a person, or out of sight: it is asked for by its id.
        return SettlementResult(
            cash_point=record.cash_point,
            number=record.number,
            business_day=record.business_day,
            status=SettlementStatus.ALREADY_POSTED if posted else SettlementStatus.NOTHING_TO_POST,
            voucher_id=record.voucher_id,
            voucher_no=record.voucher_no,
        )


def _in_order(reports: Iterable[ZReport], accounts: AccountMap) -> list[ZReport]:
    """
    Per cash point by closing time; a report given twice once; a number given to two reports blocks both.
    """
    unique = {(settlement_reference(z, accounts), fingerprint(z)): z for z in reports}
    by_number: dict[str, list[ZReport]] = {}
    for (reference, _), z in unique.items():
        by_number.setdefault(reference, []).append(z)
    marked = [_marked(z, twins) for twins in by_number.values() for z in twins]
    return sorted(
        marked,
        # In UTC: two times of one zone are compared by the clock on the wall, which is put back in autumn.
        key=lambda z: (
            accounts.canonical(z.cash_point),
            z.closed_at.astimezone(UTC),
            str(z_sequence(z_number(z))).zfill(20),
        ),
    )


def _marked(z: ZReport, twins: list[ZReport]) -> ZReport:
    """
    The report with the finding that its number is used twice, unless its file told so already.
    """
    told = any(finding.rule == "X7" and finding.blocks for finding in z.findings)
    if len(twins) == 1 or told:
        return z
    return attrs.evolve(z, findings=(*z.findings, repeated(*twins[:2])))


def is_before_us(z: ZReport, accounts: AccountMap) -> bool:
    """
    Whether a Z-report is left to those who booked by hand, before ``settle_from``.
    """
    pos = accounts.pos
    return pos.settle_from is not None and business_day(z.closed_at, pos.business_day_ends) < pos.settle_from


def _stops_the_rest(error: PosgoError) -> bool:
    """
    Whether the next Z-report would meet the same: Go is away, or the keys or privileges are wrong.
    """
    return isinstance(error, ApiError) and (
        not isinstance(error, RejectedError) or isinstance(error, MissingPrivilegeError)
    )
