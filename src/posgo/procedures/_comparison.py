"""
Is the voucher Go holds the one we would post, and does it still stand?
"""

import enum
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from posgo.bookkeeping.ledger import resolve
from posgo.clients.calls import collect
from posgo.clients.go import account_transactions, vouchers
from posgo.exceptions import NotFoundError
from posgo.models._money import NOK_0
from posgo.models.ledger import JournalEntry, PostedVoucher
from posgo.procedure import Procedure, ask
from posgo.procedures._case import Case
from posgo.procedures.books import Found, find_voucher, read_ledger
from posgo.procedures.receivables import posted_receivables
from posgo.state import SettlementRecord

__all__ = ["Held", "compare", "says_the_same", "standing"]


class Held(enum.Enum):
    """
    What a voucher of Go is to the one we would post.
    """

    SAME = enum.auto()
    OTHER = enum.auto()
    REVERSED = enum.auto()


def standing(case: Case, record: SettlementRecord) -> Procedure[Found | None]:
    """
    The recorded voucher as Go has it now.

    Asked by its id, because a reversal frees the reference.
    """
    if record.voucher_id is not None:
        try:
            posted = yield from ask(vouchers.get(case.desk.journal, record.voucher_id))
        except NotFoundError:
            pass  # posted as another kind, which answers at another address
        else:
            return Found(
                voucher_id=posted.id,
                voucher_no=posted.number,
                journal=case.desk.journal,
                posting_date=posted.date,
                reversed=posted.reversed,
            )
    return (yield from find_voucher(case.reference, record.business_day))


def compare(case: Case, entry: JournalEntry | None, found: Found) -> Procedure[tuple[Case, Held]]:
    """
    Whether a voucher of Go stands, with our date and our postings.

    Invoices that it paid are open no longer, so the Z-report is settled again
    with what the voucher says was open: the case given back knows that.

    Args:
        case: The Z-report.
        entry: What we would post; None on a day of zeros, and as long as its paid invoices were not looked at.
        found: The voucher.
    """
    if found.journal is not None and not found.reversed:
        try:
            posted = yield from ask(vouchers.get(found.journal, found.voucher_id))
        except NotFoundError:
            pass  # another integration's voucher: only its bookings can be read
        else:
            if posted.reversed:  # What was found may have been remembered; this is how it is now.
                return case, Held.REVERSED
            if case.z.invoice_payments:
                case, entry = yield from _as_posted(case, posted)
            return case, _held(entry is not None and says_the_same(entry, posted))
    if found.reversed:
        return case, Held.REVERSED
    return case, _held((yield from _booked_the_same(case, found)))


def _as_posted(case: Case, posted: PostedVoucher) -> Procedure[tuple[Case, JournalEntry | None]]:
    """
    The case and its entry, had the invoices been open with what the voucher booked on them.
    """
    receivables = yield from posted_receivables(case.z, posted, pos_issues=case.desk.pos_issues)
    case = case.settled(receivables)
    view = yield from read_ledger(case.desk.books, case.desk.accounts)
    voucher = case.settlement.voucher
    if voucher is None:
        return case, None
    return case, resolve(voucher, view, customers=case.customers, journal=case.journal).entry


def _held(same: bool) -> Held:  # noqa: FBT001
    return Held.SAME if same else Held.OTHER


def says_the_same(entry: JournalEntry, posted: PostedVoucher) -> bool:
    """
    Whether a posted voucher has the date and the lines of an entry, in whatever order and words.
    """
    ours, theirs = (
        Counter((line.account_id, line.vat_id, line.amount, line.department_id) for line in lines)
        for lines in (entry.lines, posted.lines)
    )
    return entry.date == posted.date and ours == theirs


def _booked_the_same(case: Case, found: Found) -> Procedure[bool]:
    """
    Compare per account, whether the ledger shows sales with or without their VAT.
    """
    day = found.posting_date or case.day
    rows = yield from collect(account_transactions.list(from_date=day, to_date=day))
    booked = [row for row in rows if row.voucher_id == found.voucher_id]
    voucher = case.settlement.voucher or case.settled().settlement.voucher
    if voucher is None or day != voucher.date:
        return False
    # What was open of paid invoices, and so their rounding, is not known any more: the two share what is left.
    untold = (
        (case.desk.accounts.invoice_rules.account, case.desk.accounts.other.cash_rounding)
        if case.z.invoice_payments
        else ()
    )
    ours = _per_account(
        (posting.account, posting.amount) for posting in voucher.postings if posting.account not in untold
    )
    net = _per_account((row.account, row.amount) for row in booked)
    vat = _per_account((row.account, row.vat_amount) for row in booked)
    return bool(booked) and all(
        amount in (net.get(account), net.get(account, NOK_0) + vat.get(account, NOK_0))
        for account, amount in ours.items()
    )


def _per_account(rows: Iterable[tuple[int | None, Decimal | None]]) -> dict[int | None, Decimal]:
    sums: dict[int | None, Decimal] = {}
    for account, amount in rows:
        sums[account] = sums.get(account, NOK_0) + (amount or NOK_0)
    return sums
