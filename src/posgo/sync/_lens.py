"""
What the narrower side can hold of a value, and how its edits go back.

A lens looks at the wide side's values through the narrow side's eyes. ``get``
says what is left of them there; ``put`` carries an edit made there back into
the wide values. Comparison is always forward: the wide side's values are
projected and compared with the narrow side's, so what cannot be held is
never mistaken for an edit.

Two laws keep a lens silent, and are tested for every one shipped:

- writing back what is already there changes nothing: ``put(w, get(w)) == w``;
- what was written back is seen: ``get(put(w, n)) == n``. A lens may break it
  for single values; the planner then writes the difference to the narrow side
  in the same plan.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

from posgo.models.parties import Address

__all__ = [
    "COMPLETE_ADDRESS",
    "FIRST_OF_MANY",
    "IDENTITY",
    "Lens",
    "Values",
    "blank_is_none",
    "covered",
    "is_blank",
    "truncated",
]

Values: TypeAlias = tuple[Any, ...]
"""The values of one unit's fields, in their order."""


def _same(wide: Values) -> Values:
    return wide


def _replaced(_wide: Values, narrow: Values) -> Values:
    return narrow


def _never(_base: Values, _narrow: Values) -> None:
    return None


@attrs.frozen(kw_only=True)
class Lens:
    """
    How a unit's values look on the side that can hold less.

    Attributes:
        get: Wide values to what the narrow side can hold of them.
        put: Wide values, and the narrow side's edited ones, to new wide values.
        restated:
            Base and narrow values to a reason why they differ although
            nobody edited anything (a VAT rate changed); None if there is none.
    """

    get: Callable[[Values], Values] = _same
    put: Callable[[Values, Values], Values] = _replaced
    restated: Callable[[Values, Values], str | None] = _never

    @property
    def keeps_more(self) -> bool:
        """
        Whether the wide side may hold something the narrow side does not show.
        """
        return self.put is not _replaced


IDENTITY = Lens()
"""Both sides can hold the same."""


def is_blank(value: object) -> bool:
    """
    Whether a value says nothing: None, an empty text, an empty collection. False says something.
    """
    return value is None or value in ("", ())


def covered(value: Any, other: Any) -> bool:
    """
    Whether everything ``value`` says is also said by ``other``: its blanks may be filled from there.
    """
    if is_blank(value) or value == other:
        return True
    if not attrs.has(type(value)) or type(value) is not type(other):
        return False
    return all(covered(getattr(value, f.name), getattr(other, f.name)) for f in attrs.fields(type(value)))


def blank_is_none(value: Any) -> Any:
    """
    The usual normaliser: texts without surrounding blanks, and what says nothing is None.
    """
    if isinstance(value, str):
        value = value.strip()
    return None if is_blank(value) else value


def _first(wide: Values) -> Values:
    return (wide[0][:1],)


def _put_first(wide: Values, narrow: Values) -> Values:
    (held,), (edited,) = wide, narrow
    if edited == held[:1]:
        return wide
    # An element the wide side has already moves to the front and nothing is
    # lost; a new one takes the place of the first.
    rest = held if edited and edited[0] in held else held[1:]
    return (edited + tuple(each for each in rest if each not in edited),)


FIRST_OF_MANY = Lens(get=_first, put=_put_first)
"""
One field holding a tuple, of which the narrow side has the first element.

Clearing it there removes the first; the next one takes its place on both sides.
"""


# ContactAddressPostDto: the longest texts Go takes.
_ADDRESS_LENGTHS = {"line1": 200, "line2": 200, "zip_code": 50, "city": 100}


def _complete(wide: Values) -> Values:
    address: Address | None = wide[0]
    if address is None or not address.zip_code or not address.city:
        return (None,)
    texts = {name: getattr(address, name) for name in _ADDRESS_LENGTHS}
    long = {
        name: text[: _ADDRESS_LENGTHS[name]]
        for name, text in texts.items()
        if text and len(text) > _ADDRESS_LENGTHS[name]
    }
    return (attrs.evolve(address, **long),) if long else wide


def _put_complete(wide: Values, narrow: Values) -> Values:
    shown, edited = _complete(wide)[0], narrow[0]
    if edited == shown:
        return wide
    if edited is None or shown is None:
        return narrow
    # A long line of which only the beginning is shown stays until its beginning is edited.
    kept = {
        name: getattr(wide[0], name)
        for name in _ADDRESS_LENGTHS
        if getattr(edited, name) == getattr(shown, name)
    }
    return (attrs.evolve(edited, **kept),)


COMPLETE_ADDRESS = Lens(get=_complete, put=_put_complete)
"""One field holding an address, which the narrow side takes only with postcode and city, and not too long."""


@attrs.frozen
class _Cut:
    """
    Texts cut to a length.
    """

    length: int

    def __call__(self, wide: Values) -> Values:
        return tuple(self._cut(value) for value in wide)

    def _cut(self, value: Any) -> Any:
        return value[: self.length].rstrip() if isinstance(value, str) else value


@attrs.frozen
class _PutCut:
    """
    Keep the long text until its beginning is edited.
    """

    cut: _Cut

    def __call__(self, wide: Values, narrow: Values) -> Values:
        return tuple(
            held if shown == edited else edited
            for held, shown, edited in zip(wide, self.cut(wide), narrow, strict=True)
        )


def truncated(length: int) -> Lens:
    """
    Texts of which the narrow side can hold the first ``length`` characters.
    """
    cut = _Cut(length)
    return Lens(get=cut, put=_PutCut(cut))
