"""
Vouchers posted directly to the ledger. Posted is final; a correction is a reversal and a new voucher.
"""

import re

from posgo.clients.calls import Call, Repeat
from posgo.clients.go._single import decode_nothing, post as post_, read
from posgo.models.invoices import InvoiceVoucher
from posgo.models.ledger import JournalEntry, PostedVoucher
from posgo.models.vouchers import Journal
from posgo.wire.ledger import journal_entry_body

__all__ = ["get", "get_invoice", "post", "reverse"]

_JOURNALS = {
    Journal.CASH: ("CashJournals", "CashVoucher_Full"),
    Journal.BANK: ("BankJournals", "BankVoucher_Full"),
    Journal.MANUAL: ("ManualJournals", "ManualVoucher_Full"),
    Journal.YEAR_END: ("YearEndJournals", "YearEndVoucher_Full"),
}
# Observed wording, not published: a second reversal finds the first one done.
_ALREADY_REVERSED = re.compile(r"already (been )?reversed", re.IGNORECASE)


def post(journal: Journal, entry: JournalEntry) -> Call[PostedVoucher]:
    """
    Post a voucher, at once and for good.

    In doubt the client does not repeat it: look for its reference in the
    account transactions first. Go refuses a second voucher with the same
    reference (:class:`~posgo.exceptions.DuplicateReferenceError`).
    """
    segment, role = _JOURNALS[journal]
    return post_(f"/Vouchers/{segment}", PostedVoucher, journal_entry_body(journal, entry), roles=(role,))


def get(journal: Journal, id: str) -> Call[PostedVoucher]:
    """
    Read a voucher back. Go shows only those this integration posted, and only under the journal they were posted to.
    """
    segment, role = _JOURNALS[journal]
    return read(f"/Vouchers/{segment}/{{id}}", PostedVoucher, roles=(role,), parameters={"id": id})


def get_invoice(id: str) -> Call[InvoiceVoucher]:
    """
    Read an invoice that was posted as a voucher.
    """
    return read(
        "/Vouchers/OutgoingInvoiceJournals/{id}",
        InvoiceVoucher,
        roles=("OutgoingInvoiceVoucher_Full",),
        parameters={"id": id},
    )


def reverse(id: str) -> Call[None]:
    """
    Reverse a voucher this integration posted. Its reference is free afterwards; an already reversed one counts as done.
    """
    return Call(
        method="POST",
        path="/Vouchers/Reverse/{id}",
        parameters={"id": str(id)},
        # A second reversal is refused as "already reversed", which is success.
        repeat=Repeat.SAFE,
        # The description names YearEndVoucher_Full; in practice the other one is granted.
        roles=("ReverseVoucher_Full", "YearEndVoucher_Full"),
        decode=decode_nothing,
        forgive=lambda text: _ALREADY_REVERSED.search(text) is not None,
    )
