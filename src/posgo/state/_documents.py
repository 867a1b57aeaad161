"""
Records as one text each: for stores that keep documents instead of columns.
"""

from typing import TypeVar

import attrs

from posgo.state._records import LinkRecord, StateRecord
from posgo.wire import stored

__all__ = ["dump_record", "load_record"]

R = TypeVar("R", bound=StateRecord)


def dump_record(record: StateRecord) -> str:
    """
    Write a record of any class as JSON in ASCII: the same text for equal records. It may hold personal data.
    """
    return stored.dump(record)


def load_record(text: str, of: type[R]) -> R:
    """
    Read what :func:`dump_record` wrote, in this version of posgo or another.

    Args:
        text: The document.
        of: The class of the record, as its ``key.of`` said.

    Raises:
        WireFormatError: If it is no such record. The text is not repeated.
    """
    record = stored.load(text, of)
    if isinstance(record, LinkRecord):
        # What class the base is of is for the kind to say.
        base = stored.load(stored.dump(record.link.base), stored.model_of(record.kind))
        return attrs.evolve(record, link=attrs.evolve(record.link, base=base))
    return record
