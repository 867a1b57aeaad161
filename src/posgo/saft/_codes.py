"""
The till's own codes, and what they mean to everybody else.
"""

from bisect import insort
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

import attrs

from posgo.exceptions import MalformedFileError
from posgo.saft._fields import children, day, optional, qualified, required

__all__ = ["ARTICLE_GROUP", "CASH", "PAYMENT", "RAISE", "TIP", "TRANSACTION", "Code", "Codes", "VatCode"]

ARTICLE_GROUP: Final = "04"
RAISE: Final = "10"
TRANSACTION: Final = "11"
PAYMENT: Final = "12"

CASH: Final = "12001"
TIP: Final = "10001"

# Skatteetaten's lists, basic types 04 and 10 to 12. Type 13 (events) is not
# needed: a report is known by its reportType.
_PREDEFINED: Final = {
    ARTICLE_GROUP: frozenset({f"040{n:02}" for n in range(1, 22)} | {"04999"}),
    RAISE: frozenset({TIP, "10999"}),
    TRANSACTION: frozenset({f"110{n:02}" for n in range(1, 18)} | {"11999"}),
    PAYMENT: frozenset({f"120{n:02}" for n in range(1, 12)} | {"12999"}),
}

# A real file lists thousands of articles and tens of codes.
_LIST_LIMIT: Final = 500_000

_BASIC_TYPE, _BASIC_ID, _PREDEFINED_ID, _BASIC_DESC = map(
    qualified, ("basicType", "basicID", "predefinedBasicID", "basicDesc")
)
_VAT_CODE, _DATE_OF_ENTRY, _VAT_DESC, _STANDARD = map(
    qualified, ("vatCode", "dateOfEntry", "vatDesc", "standardVatCode")
)
_ART_ID, _ART_GROUP = map(qualified, ("artID", "artGroupID"))


@attrs.frozen
class Code:
    """
    What one of the till's own codes means.

    Attributes:
        own: The till's own code.
        code: The predefined code; the own one if there is none.
        declared: Whether the file lists it, or it is a predefined code itself.
        description: The till's own words for it; None if unknown.
    """

    own: str
    code: str
    declared: bool
    description: str | None


@attrs.frozen(order=True)
class VatCode:
    """
    One declaration of the till's own VAT code, in force from a day on.

    Attributes:
        since: ISO date. ``0001-01-01`` when the till does not know.
        standard: Skatteetaten's code.
        description: The till's own words; None if unknown.
    """

    since: str
    standard: str
    description: str | None = attrs.field(default=None, order=False)


class Codes:
    """
    The code lists of one file, filled while its head is read.

    Args:
        where: Name of the file.
        limit: Rows after which the file is refused.
    """

    def __init__(self, where: str, *, limit: int = _LIST_LIMIT) -> None:
        self._limit = limit
        self._where = where
        self._basics: dict[tuple[str, str], tuple[str | None, str | None]] = {}
        self._vat: dict[str, list[VatCode]] = {}
        self._groups: dict[str, str] = {}
        self._resolved: dict[tuple[str, str], Code] = {}
        self._rows = 0

    def add_basic(self, element: Element) -> None:
        """
        Take a ``basic`` row. The key is type and id: ``100`` may be a group and a payment at once.
        """
        fields = children(element)
        key = required(fields, _BASIC_TYPE).zfill(2), required(fields, _BASIC_ID)
        predefined = (optional(fields, _PREDEFINED_ID) or "").zfill(5)
        known = predefined if predefined in _PREDEFINED.get(key[0], ()) else None
        self._count()
        # A second row with the same key validates; the first one stands.
        self._basics.setdefault(key, (known, optional(fields, _BASIC_DESC)))
        self._resolved.pop(key, None)

    def add_vat(self, element: Element) -> None:
        """
        Take a ``vatCodeDetail`` row. A code may have several, each from its day on.
        """
        fields = children(element)
        standard = optional(fields, _STANDARD)
        if standard is None:
            return
        since = day(_DATE_OF_ENTRY, fields).isoformat()
        self._count()
        insort(
            self._vat.setdefault(required(fields, _VAT_CODE), []),
            VatCode(since, standard, optional(fields, _VAT_DESC)),
        )

    def add_article(self, element: Element) -> None:
        """
        Take an ``article`` row: a sold line may name only its article.
        """
        fields = children(element)
        group, article = optional(fields, _ART_GROUP), optional(fields, _ART_ID)
        if group is not None and article is not None:
            self._count()
            self._groups.setdefault(article, group)

    def _count(self) -> None:
        self._rows += 1
        if self._rows > self._limit:
            raise MalformedFileError(
                self._where, f"it lists more than {self._limit} codes and articles; no till does"
            )

    def group_of(self, article: str | None) -> str | None:
        """
        The till's own group of an article; None if unknown.
        """
        return None if article is None else self._groups.get(article)

    def resolve(self, kind: str, own: str) -> Code:
        """
        What an own code of a basic type means.

        First by (type, own id), then as a predefined code itself; else it
        stays what it is.
        """
        found = self._resolved.get((kind, own))
        if found is None:
            found = self._resolved[kind, own] = self._resolve(kind, own)
        return found

    def _resolve(self, kind: str, own: str) -> Code:
        listed = self._basics.get((kind, own))
        predefined, description = listed or (None, None)
        if predefined is None and own in _PREDEFINED[kind]:
            predefined = own
        return Code(own, predefined or own, listed is not None or predefined is not None, description)

    def vat(self, own: str, on: date) -> VatCode | None:
        """
        What an own VAT code meant on a day; None if the file does not declare it.

        A till may date all its codes with the day of the export. Then the
        only meaning it ever declared stands.
        """
        declared = self._vat.get(own)
        if not declared:
            return None
        in_force = [entry for entry in declared if entry.since <= on.isoformat()]
        if in_force:
            return in_force[-1]
        return declared[0] if len({entry.standard for entry in declared}) == 1 else None
