"""
Drafts of journal entries, for companies whose accountant approves first.

Go takes no reference with a draft, so it cannot refuse a second one: a
repetition in doubt must be decided by a person.
"""

from posgo.clients.calls import BodyKind, Call, File, Repeat
from posgo.clients.go._single import decode_nothing, delete as delete_, post
from posgo.exceptions import ModelError
from posgo.models.documents import DraftEntry, DraftVoucher
from posgo.models.vouchers import Journal
from posgo.wire.documents import draft_body

__all__ = ["add_page", "create", "delete", "submit"]

_PATH = "/JournalEntryVouchers"
_WRITE = ("JournalEntryVoucher_Full",)
# The names of the lines differ, and differ from those of direct posting.
_LINES = {
    Journal.MANUAL: ("ManualJournals", "ManualVoucherLines"),
    Journal.BANK: ("BankJournals", "BankJournalLines"),
}


def create(entry: DraftEntry, *, journal: Journal = Journal.MANUAL) -> Call[DraftVoucher]:
    """
    Create a draft.

    Raises:
        ModelError: For a journal Go has no drafts of.
    """
    if journal not in _LINES:
        raise ModelError(f"Go has no drafts of a {journal.value}; use MANUAL or BANK")
    segment, lines_name = _LINES[journal]
    return post(f"{_PATH}/{segment}", DraftVoucher, draft_body(entry, lines_name), roles=_WRITE)


def add_page(id: str, file: File) -> Call[None]:
    """
    Add a page of documentation to a draft.
    """
    return Call(
        method="POST",
        path=f"{_PATH}/{{id}}/VoucherPages",
        parameters={"id": str(id)},
        body=file,
        body_kind=BodyKind.MULTIPART,
        repeat=Repeat.AFTER_LOOK_UP,
        roles=_WRITE,
        decode=decode_nothing,
    )


def submit(id: str) -> Call[None]:
    """
    Hand a draft over for approval. Its id persists when it is posted.
    """
    return Call(
        method="POST",
        path=f"{_PATH}/{{id}}/submitForApproval",
        parameters={"id": str(id)},
        repeat=Repeat.AFTER_LOOK_UP,
        roles=_WRITE,
        decode=decode_nothing,
    )


def delete(id: str) -> Call[None]:
    """
    Delete a draft that is not posted yet.
    """
    return delete_(f"{_PATH}/{{id}}", roles=_WRITE, parameters={"id": id})
