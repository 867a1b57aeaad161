"""
What implementing a POS takes: the one rule of updates, and refusals in posgo's words.

No refusal repeats a value: it may be personal data.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import attrs

from posgo.clients.calls import POS
from posgo.exceptions import ConflictError, DuplicateReferenceError, ModelError, NotFoundError, RejectedError
from posgo.wire.pos_values import canonical

__all__ = ["changed_meanwhile", "missing", "other_reference", "reference_taken", "refused", "updated"]

T = TypeVar("T")


def _facts(operation: str, type: type, detail: str) -> dict[str, Any]:  # noqa: A002
    return {
        "method": operation,
        "path": type.__name__,
        "system": POS,
        "may_have_happened": False,
        "detail": detail,
    }


def missing(type: type, *, operation: str = "update") -> NotFoundError:  # noqa: A002
    """
    Say that there is no record with that id.
    """
    return NotFoundError(**_facts(operation, type, "the POS has no record with this id"))


def changed_meanwhile(type: type, fields: Iterable[str]) -> ConflictError:  # noqa: A002
    """
    Say that fields are no longer as the caller saw them.
    """
    return ConflictError(**_facts("update", type, f"changed in the meantime: {', '.join(fields)}"))


def other_reference(type: type) -> ConflictError:  # noqa: A002
    """
    Say that the record carries another reference, which is kept.
    """
    return ConflictError(**_facts("update", type, "the record carries another reference"))


def reference_taken(type: type) -> DuplicateReferenceError:  # noqa: A002
    """
    Say that another record carries the reference.
    """
    return DuplicateReferenceError(**_facts("update", type, "another record carries this reference"))


def refused(type: type, why: str, *, operation: str = "update") -> RejectedError:  # noqa: A002
    """
    Say that the POS cannot do it, and why, in words without personal data.
    """
    return RejectedError(**_facts(operation, type, why))


def updated(value: T, changes: Mapping[str, Any], expected: Mapping[str, Any] | None = None) -> T:
    """
    Apply a change as :meth:`posgo.PointOfSale.update` promises it.

    Args:
        value: What the record says now.
        changes: New values by field name.
        expected: Values the caller saw.

    Returns:
        What the record shall say.

    Raises:
        ConflictError: If an expected field holds neither the expected nor the new value.
        RejectedError: If the fields are possible one by one, but not together.
        ModelError: For a name that is no field, and for a value no field of this name can hold.
    """
    model = type(value)
    wanted, seen = canonical(changes, model), canonical(expected or {}, model)
    stale = [
        name
        for name, known in seen.items()
        if getattr(value, name) not in ((known, wanted[name]) if name in wanted else (known,))
    ]
    if stale:
        raise changed_meanwhile(model, stale)
    try:
        return attrs.evolve(value, **wanted)  # type: ignore[misc]
    except ModelError as error:
        raise refused(model, f"it cannot hold these values together: {', '.join(wanted)}") from error
