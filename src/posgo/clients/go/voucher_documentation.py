"""
Documents of vouchers.
"""

from posgo.clients.calls import BodyKind, Call, File, Page
from posgo.clients.go._listing import listing
from posgo.clients.go._single import decode_nothing
from posgo.exceptions import ModelError
from posgo.models.documents import VoucherDocumentation

__all__ = ["download", "list", "upload"]

_PATH = "/VoucherDocumentation"
_READ = ("VoucherDocumentation", "VoucherDocumentation_Full")
_LARGEST = 30 * 1024 * 1024


def list(
    *,
    id: str | None = None,
    voucher_no: int | None = None,
) -> Call[Page[VoucherDocumentation]]:
    """
    Tell what documents a voucher has.

    Args:
        id: Go's id of the voucher.
        voucher_no: Its number, instead.
    """
    if (id is None) == (voucher_no is None):
        raise ModelError("give either the id or the number of a voucher")
    return listing(_PATH, VoucherDocumentation, roles=_READ, filters={"id": id, "voucherNo": voucher_no})


def upload(id: str, pdf: File) -> Call[None]:
    """
    Attach a PDF to a voucher this integration posted, replacing the one before. Safe to repeat.

    Right after posting Go may not know the voucher yet (404): try again a second later.

    Raises:
        ModelError: If it is no PDF, or larger than 30 MB: Go takes neither.
    """
    if not pdf.content.startswith(b"%PDF-"):
        raise ModelError("Go takes only PDF files as documentation")
    if len(pdf.content) > _LARGEST:
        raise ModelError("Go takes documentation of up to 30 MB")
    return Call(
        method="PUT",
        path=_PATH,
        query=(("id", str(id)),),
        body=pdf,
        body_kind=BodyKind.MULTIPART,
        roles=("VoucherDocumentation_Full",),
        decode=decode_nothing,
    )


def download(id: str, *, kind: str = "All") -> Call[bytes]:
    """
    Read the documents of a voucher as a zip file; no bytes if it has none.

    Args:
        id: Go's id of the voucher.
        kind: ``"Ehf"``, ``"Pdf"``, ``"Images"`` or ``"All"``.
    """
    return Call(
        method="GET",
        path=f"{_PATH}/Download",
        query=(("id", str(id)), ("documentationType", kind)),
        roles=_READ,
        decode=lambda answer: answer.content,
    )
