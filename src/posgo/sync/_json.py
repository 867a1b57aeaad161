"""
Plans as JSON: one text for one plan, so that it can be shown, stored, approved and compared.
"""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cattrs import Converter
from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError

from posgo.exceptions import ModelError
from posgo.sync._fields import type_of
from posgo.sync._policy import Replica

__all__ = ["dump", "load"]

FORMAT = 1
"""Written into every document. Another number is another shape."""

VALUES = ("value", "base")
"""Fields of an operation that hold a whole value."""


@lru_cache
def _converter() -> Converter:
    converter = Converter(omit_if_default=True)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
    converter.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=float(seconds)))
    # The engine writes the facts of a finding as text.
    converter.register_structure_hook(Decimal | str | None, lambda fact, _: fact)
    for stamp in (date, datetime):
        converter.register_unstructure_hook(stamp, lambda value: value.isoformat())
        converter.register_structure_hook(stamp, lambda text, cls: cls.fromisoformat(text))
    return converter


def dump(plan: Any) -> str:
    """
    Write a plan.
    """
    document = {"format": FORMAT, **_converter().unstructure(plan)}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)


def load(document: str, plan_class: Any, model: type[Any]) -> Any:
    """
    Read a plan of values of this model.
    """
    try:
        tree = json.loads(document, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise ModelError(f"a plan is JSON: {error.msg} in line {error.lineno}") from None
    if isinstance(tree, dict) and tree.get("format", FORMAT) != FORMAT:
        raise ModelError(f"this is a plan of another format than {FORMAT}")
    try:
        tree.pop("format")
        _revive(tree, model)
        return _converter().structure(tree, plan_class[Any])
    except (
        BaseValidationError,
        StructureHandlerNotFoundError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise ModelError(f"this is no plan of {model.__name__} values ({type(error).__name__})") from None


def _revive(tree: dict[str, Any], model: type[Any]) -> None:
    """
    Give the values in a tree their types back, where a plan itself does not know them.
    """
    for operation in (*tree.get("operations", ()), *tree.get("withheld", ())):
        for name in VALUES:
            if operation.get(name) is not None:
                operation[name] = _converter().structure(operation[name], model)
        for change in operation.get("changes", ()):
            for name in ("old", "new"):
                change[name] = _typed(change[name], model, change["field"])
        agreed = operation.get("agreed", {})
        operation["agreed"] = {field: _typed(value, model, field) for field, value in agreed.items()}
    for conflict in tree.get("conflicts", ()):
        for name in ("base", *Replica):
            conflict[name] = _typed(conflict.get(name), model, conflict.get("field"))


def _typed(value: Any, model: type[Any], field: str | None) -> Any:
    if value is None:
        return None
    return _converter().structure(value, model if field is None else type_of(model, field))
