"""
What a shop sells.
"""

from decimal import Decimal

import attrs

from posgo.models._checks import not_blank, text, to_optional_text
from posgo.models._fields import flag, to_texts
from posgo.models._money import to_optional_nok

__all__ = ["Product"]


@attrs.frozen(kw_only=True)
class Product:
    """
    An article.

    Attributes:
        code: Article number, the key both sides know it by; None keeps it on its own side.
        name: What it is called on receipts and invoices.
        description: More words.
        gtins:
            Bar codes (EAN, UPC). The first is the primary one, the only one
            Go can hold. Blanks and repetitions are left out; a wrong check
            digit is a finding of the engine, not an error.
        unit: Unit of measure, such as ``EA`` (piece) or ``KGM``; None if not told.
        price: Shelf price in NOK **including** VAT; None is inherited from the group.
        cost: Cost in NOK excluding VAT; None is inherited from the group.
        vat_code: Standard (SAF-T) code, such as ``"3"``; Go finds it through the sales account.
        group: Article group of the POS; None if none.
        images: Addresses of pictures. The POS owns them: they are never sent to Go and never lost.
        archived: Whether it is out of use.
    """

    code: str | None = attrs.field(default=None, converter=to_optional_text)
    name: str = attrs.field(converter=text, validator=not_blank)
    description: str | None = attrs.field(default=None, converter=to_optional_text)
    gtins: tuple[str, ...] = attrs.field(default=(), converter=to_texts)
    unit: str | None = attrs.field(default=None, converter=to_optional_text)
    price: Decimal | None = attrs.field(default=None, converter=to_optional_nok)
    cost: Decimal | None = attrs.field(default=None, converter=to_optional_nok)
    vat_code: str | None = attrs.field(default=None, converter=to_optional_text)
    group: str | None = attrs.field(default=None, converter=to_optional_text)
    images: tuple[str, ...] = attrs.field(default=(), converter=to_texts)
    archived: bool = attrs.field(default=False, validator=flag)
