"""
What a POS tells since somebody last asked.
"""

from typing import Any, Generic, TypeVar

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import to_tuple
from posgo.models._fields import flag

__all__ = ["Feed"]

T = TypeVar("T")


def _cursor(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
        raise ModelError(
            f"{type(instance).__name__}.{attribute.name} must be a text of printable ASCII characters"
        )


@attrs.frozen(kw_only=True)
class Feed(Generic[T]):
    """
    A piece of what a POS has to tell, oldest change first, and where the next piece begins.

    Attributes:
        items: What is told in this piece.
        cursor:
            Where to go on: the POS's own words, kept and handed back as they
            are. Printable ASCII, never blank.
        more: Whether there is more to tell right now.
        from_start:
            Whether this piece begins with the very first the POS has. Pieces
            from there to one without ``more`` are all there is.
    """

    items: tuple[T, ...] = attrs.field(converter=to_tuple)
    cursor: str = attrs.field(validator=_cursor)
    more: bool = attrs.field(default=False, validator=flag)
    from_start: bool = attrs.field(default=False, validator=flag)
