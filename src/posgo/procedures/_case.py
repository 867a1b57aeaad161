"""
One Z-report on its way to Go, and what becomes of it.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import attrs

from posgo.bookkeeping import settle
from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.identity import fingerprint, z_number
from posgo.models.findings import Finding
from posgo.models.pos import CashCount, ZReport
from posgo.models.vouchers import Journal, Settlement, SettlementStatus, Voucher
from posgo.procedures.books import Books
from posgo.procedures.receivables import Receivables
from posgo.state import SettlementRecord, SettlementState

__all__ = ["Case", "Desk", "SettlementResult"]


@attrs.frozen(kw_only=True)
class Desk:
    """
    What settling needs beside the Z-report.

    Attributes:
        accounts: The account map.
        books: What is remembered of the ledger.
        journal: The kind of voucher to post.
        dry_run: Whether to stop before the first write.
        look_up_after: How long to wait before looking for a voucher in doubt: reads lag behind writes.
        attempts: How often to send a voucher whose answer was lost and which a look-up did not find.
        today: Norwegian date, whose balances count for paid invoices; None takes the business day.
        pos_issues: Whether the POS issues the invoices of its orders, under numbers of its own.
    """

    accounts: AccountMap
    books: Books
    journal: Journal = Journal.CASH
    dry_run: bool = False
    look_up_after: timedelta = timedelta(seconds=2)
    attempts: int = 2
    today: date | None = None
    pos_issues: bool = False


@attrs.frozen(kw_only=True)
class SettlementResult:
    """
    What became of one Z-report.

    Attributes:
        cash_point: The till.
        number: Z-number without leading zeros.
        business_day: The day it belongs to, and the voucher's date.
        status: None in a dry run that found nothing against posting.
        voucher: What was, or would be, posted; None if there is nothing or something blocks.
        voucher_id: Go's id; None if nothing is posted.
        voucher_no: Go's voucher number; None if nothing is posted.
        findings: Everything found.
    """

    cash_point: str
    number: str
    business_day: date
    status: SettlementStatus | None
    voucher: Voucher | None = None
    voucher_id: str | None = None
    voucher_no: int | None = None
    findings: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        status = self.status.value if self.status else "would be posted"
        number = f" as voucher {self.voucher_no}" if self.voucher_no is not None else ""
        head = f"Z {self.number} {self.cash_point} {self.business_day}: {status}{number}"
        return "\n  ".join((head, *(str(finding) for finding in self.findings)))


@attrs.frozen(kw_only=True)
class Case:
    """
    One Z-report on its way through the procedure.

    Attributes:
        desk: What settling needs beside it.
        z: The Z-report.
        settlement: What the pure engine made of it; no voucher as long as its paid invoices were not looked at.
        reference: The reference of its voucher.
        day: The business day, and the voucher's date.
        count: The drawer as counted; None if it was not.
        previous: The Z-report before it; None if unknown.
        customers: Ids of the customers' own accounts, by what the voucher calls the customers.
    """

    desk: Desk
    z: ZReport
    settlement: Settlement
    reference: str
    day: date
    count: CashCount | None = None
    previous: ZReport | None = None
    customers: Mapping[str, int] = attrs.Factory(dict)

    @property
    def journal(self) -> Journal:
        """
        The kind of voucher: what the day needs, else what the desk posts.
        """
        voucher = self.settlement.voucher
        return (voucher and voucher.journal) or self.desk.journal

    def settled(self, receivables: Receivables | None = None) -> "Case":
        """
        The case with what the pure engine makes of the Z-report, and of what is known of its paid invoices.
        """
        z = self.z
        if receivables is not None:
            z = attrs.evolve(z, invoice_payments=receivables.payments)
        settlement = settle(
            z,
            self.desk.accounts,
            count=self.count,
            previous=self.previous,
            open_items=receivables.items if receivables is not None else None,
        )
        customers = receivables.customers if receivables is not None else {}
        return attrs.evolve(self, settlement=settlement, customers=customers)

    def result(
        self,
        status: SettlementStatus | None,
        *findings: Finding,
        voucher_id: str | None = None,
        voucher_no: int | None = None,
    ) -> SettlementResult:
        """
        The answer, with the engine's findings before the given ones.
        """
        return SettlementResult(
            cash_point=self.desk.accounts.canonical(self.z.cash_point),
            number=z_number(self.z),
            business_day=self.day,
            status=status,
            voucher=self.settlement.voucher,
            voucher_id=voucher_id,
            voucher_no=voucher_no,
            findings=(*self.settlement.findings, *findings),
        )

    def blocked(self, *findings: Finding) -> SettlementResult:
        """
        The answer when nothing was posted.
        """
        return self.result(SettlementStatus.BLOCKED, *findings)

    def record(
        self, state: SettlementState, voucher_id: str | None = None, voucher_no: int | None = None
    ) -> SettlementRecord:
        """
        What the store remembers of it.
        """
        totals = self.z.grand_totals
        return SettlementRecord(
            reference=self.reference,
            cash_point=self.desk.accounts.canonical(self.z.cash_point),
            number=z_number(self.z),
            closed_at=self.z.closed_at,
            business_day=self.day,
            fingerprint=fingerprint(self.z),
            state=state,
            voucher_id=voucher_id,
            voucher_no=voucher_no,
            grand_sales=totals.sales if totals else None,
            grand_returns=totals.returns if totals else None,
        )
