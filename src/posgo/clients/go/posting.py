"""
Posting a voucher by account numbers and codes: looked up, checked, then posted.
"""

from posgo.bookkeeping.ledger import LedgerView, period_findings, resolve
from posgo.clients.calls import collect
from posgo.clients.go import accounts, departments, settings, vat_codes, vouchers
from posgo.exceptions import ConfigurationError
from posgo.models.ledger import JournalEntry, PostedVoucher
from posgo.models.vouchers import Journal, Voucher
from posgo.procedure import Procedure, ask

__all__ = ["post"]


def post(entry: Voucher | JournalEntry, *, journal: Journal = Journal.CASH) -> Procedure[PostedVoucher]:
    """
    Post a voucher, at once and for good.

    A :class:`~posgo.Voucher` names accounts, VAT codes and departments as
    people do; they are looked up first, in three or four requests. To post
    many, let a runner settle them: it remembers what it looked up. A
    :class:`~posgo.models.ledger.JournalEntry` carries Go's ids and is sent as it is.

    In doubt it is not repeated: look for its reference in the account
    transactions first. Go refuses a second voucher with the same reference
    (:class:`~posgo.exceptions.DuplicateReferenceError`).

    Raises:
        ConfigurationError: If Go would refuse it: everything that stands against it, nothing was sent.
    """
    if isinstance(entry, Voucher):
        entry = yield from _resolved(entry)
    return (yield from ask(vouchers.post(journal, entry)))


def _resolved(voucher: Voucher) -> Procedure[JournalEntry]:
    numbers = sorted({posting.account for posting in voucher.postings})
    codes = sorted({posting.department for posting in voucher.postings if posting.department})
    lock_date = yield from ask(settings.lock_date())
    chart = yield from collect(accounts.list(numbers=numbers))
    vat = yield from collect(vat_codes.list(include_expired=True))
    rooms = (yield from collect(departments.list(codes=codes))) if codes else []
    view = LedgerView(
        accounts={account.number: account for account in chart},
        vat_codes=tuple(vat),
        departments={room.code: room for room in rooms if room.code is not None},
        lock_date=lock_date,
    )
    resolution = resolve(voucher, view)
    against = [*period_findings(voucher.date, view), *resolution.findings]
    if resolution.entry is None or any(finding.blocks for finding in against):
        raise ConfigurationError(f"voucher {voucher.text!r}", tuple(map(str, against)))
    return resolution.entry
