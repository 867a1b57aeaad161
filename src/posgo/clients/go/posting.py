"""
Posting a voucher by account numbers and codes: looked up, checked, then posted.
"""

from posgo.bookkeeping.ledger import period_findings, resolve
from posgo.clients.calls import collect
from posgo.clients.go import customers, vouchers
from posgo.clients.go.ledger_view import read_view
from posgo.exceptions import ConfigurationError
from posgo.models.ledger import JournalEntry, PostedVoucher
from posgo.models.vouchers import Journal, Voucher
from posgo.procedure import Procedure, ask

__all__ = ["post"]


def post(entry: Voucher | JournalEntry, *, journal: Journal | None = None) -> Procedure[PostedVoucher]:
    """
    Post a voucher, at once and for good.

    A :class:`~posgo.Voucher` names accounts, VAT codes, departments and
    customers (by their numbers in Go) as people do; they are looked up first,
    in three to five requests. To post many, let a runner settle them: it
    remembers what it looked up. A :class:`~posgo.models.ledger.JournalEntry`
    carries Go's ids and is sent as it is.

    In doubt it is not repeated: look for its reference in the account
    transactions first. Go refuses a second voucher with the same reference
    (:class:`~posgo.exceptions.DuplicateReferenceError`).

    Args:
        entry: The voucher.
        journal: Its kind; None takes the one the voucher names, else a cash journal.

    Raises:
        ConfigurationError: If Go would refuse it: everything that stands against it, nothing was sent.
    """
    if isinstance(entry, Voucher):
        journal = journal or entry.journal
        entry = yield from _resolved(entry, journal or Journal.CASH)
    return (yield from ask(vouchers.post(journal or Journal.CASH, entry)))


def _resolved(voucher: Voucher, journal: Journal) -> Procedure[JournalEntry]:
    numbers = {posting.account for posting in voucher.postings}
    codes = {posting.department for posting in voucher.postings if posting.department}
    view = yield from read_view(numbers, codes)
    own_accounts = yield from _customers(voucher)
    resolution = resolve(voucher, view, customers=own_accounts, journal=journal)
    against = [*period_findings(voucher.date, view), *resolution.findings]
    if resolution.entry is None or any(finding.blocks for finding in against):
        raise ConfigurationError(f"voucher {voucher.text!r}", tuple(map(str, against)))
    return resolution.entry


def _customers(voucher: Voucher) -> Procedure[dict[str, int]]:
    named = {posting.customer for posting in voucher.postings if posting.customer is not None}
    numbers = sorted(name for name in named if name.isascii() and name.isdigit())
    if not numbers:
        return {}
    found = yield from collect(customers.subledger_accounts(numbers=numbers))
    return {str(each.number): each.account_id for each in found}
