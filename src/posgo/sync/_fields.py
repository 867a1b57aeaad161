"""
Reading, replacing and comparing the fields a policy names.

One comparer is compiled per set of change units, as attrs compiles
``__eq__``: a hundred thousand unchanged pairs cost one attribute look-up and
one comparison per field and side, and no call unless a lens has to look.
"""

import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import attrs

from posgo.sync._lens import IDENTITY
from posgo.sync._policy import Policy, Unit

__all__ = [
    "comparers",
    "default_of",
    "fingerprint",
    "is_archived",
    "read",
    "replace",
    "shared_part",
    "type_of",
]

T = TypeVar("T")

_FACTORY: Any = attrs.Factory


def read(value: Any, path: str) -> Any:
    """
    The field of a value, or the part of a nested one; None if there is nothing to have that part.
    """
    head, _, part = path.partition(".")
    held = getattr(value, head)
    return getattr(held, part, None) if part else held


def replace(value: T, fields: Mapping[str, Any]) -> T:
    """
    A copy that says something else in the fields named.
    """
    whole = {path: new for path, new in fields.items() if "." not in path}
    parts: dict[str, dict[str, Any]] = {}
    for path, new in fields.items():
        head, _, part = path.partition(".")
        if part:
            parts.setdefault(head, {})[part] = new
    for head, changes in parts.items():
        held = getattr(value, head)
        if held is None:
            whole[head] = type_of(type(value), head)(
                **{part: new for part, new in changes.items() if new is not None}
            )
        else:
            whole[head] = attrs.evolve(held, **changes)
    changed: T = attrs.evolve(value, **whole)  # type: ignore[misc]
    return changed


def type_of(model: Any, path: str) -> Any:
    """
    The declared type of a field or part, without ``None``; ``"lines[a1]"`` is an element, and may have parts.
    """
    return _type_of(model, path)


@lru_cache
def _type_of(model: Any, path: str) -> Any:
    head, bracket, named = path.partition("[")
    if bracket:
        # A name may hold any character, a field none of these.
        element = typing.get_args(typing.get_type_hints(model)[head])[0]
        part = named.rpartition("]")[2].removeprefix(".")
        return type_of(element, part) if part else element
    head, _, part = path.partition(".")
    declared = typing.get_type_hints(model)[head]
    if typing.get_origin(declared) in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(declared) if option is not type(None)]
        declared = options[0] if len(options) == 1 else declared
    return type_of(declared, part) if part else declared


def shared_part(policy: Policy[T], value: T) -> T:
    """
    What a value says in the shared fields, as both sides can hold it; the rest at its default.
    """
    fields = {
        name: default
        for name in policy.owned
        if (default := default_of(policy.model, name)) is not attrs.NOTHING
    }
    for unit in policy.shared:
        if unit.lens is not IDENTITY:
            values = tuple(read(value, field) for field in unit.fields)
            fields.update(zip(unit.fields, unit.shared(values), strict=True))
    return replace(value, fields)


def default_of(model: Any, name: str) -> Any:
    """
    The default of a field; ``attrs.NOTHING`` if it must be given.
    """
    default = getattr(attrs.fields(model), name).default
    return default.factory() if isinstance(default, _FACTORY) else default


def is_archived(policy: Policy[T], value: T) -> bool:
    """
    Whether a record is out of use: archived, or at its end.
    """
    if policy.ended is not None and policy.ended(value):
        return True
    return policy.archived is not None and bool(read(value, policy.archived))


def fingerprint(values: object) -> str:
    """
    A short text that is the same for the same values, on any machine.
    """
    return hashlib.sha256(json.dumps(values, default=_plain, sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    # By its fields: the repr of a value leaves out what is personal, and two addresses would look alike.
    return attrs.asdict(value, recurse=False) if attrs.has(type(value)) else repr(value)


@attrs.frozen
class Comparers:
    """
    What is compiled for one set of change units.

    Attributes:
        same: Base, POS's and Go's value to whether all three plainly say the same.
        differing: The same three to the units that do not, by their place.
        mergers: Units that merge themselves, by their place: they are asked whenever anything differs.
    """

    same: Callable[[Any, Any, Any], bool]
    differing: Callable[[Any, Any, Any], tuple[int, ...]]
    mergers: frozenset[int]


@lru_cache
def comparers(units: tuple[Unit, ...]) -> Comparers:
    """
    Compile the comparers of these units.

    Plainly: a difference means that somebody has to look; normalisers may still find nothing.
    """
    lenses: dict[str, Any] = {}
    terms = [_term(place, unit, lenses) for place, unit in enumerate(units)]
    places = [f"(() if {term} else ({place},))" for place, term in enumerate(terms)]
    return Comparers(
        same=_compiled(" and ".join(terms), lenses),
        differing=_compiled(" + ".join(places), lenses),
        mergers=frozenset(place for place, unit in enumerate(units) if unit.merger is not None),
    )


def _compiled(expression: str, lenses: dict[str, Any]) -> Callable[[Any, Any, Any], Any]:
    # The names are fields of an attrs class, checked by the policy: nothing foreign is compiled.
    function: Callable[[Any, Any, Any], Any] = eval(f"lambda base, pos, go: {expression}", lenses)  # noqa: S307
    return function


def _term(place: int, unit: Unit, lenses: dict[str, Any]) -> str:
    heads = dict.fromkeys(field.partition(".")[0] for field in unit.fields)
    if unit.lens is IDENTITY or any("." in field for field in unit.fields):
        return " and ".join(f"pos.{head} == base.{head} == go.{head}" for head in heads)
    wide, narrow = unit.narrow.other, unit.narrow
    lenses[f"get{place}"] = unit.lens.get
    base, seen = (f"({', '.join(f'{side}.{head}' for head in heads)},)" for side in ("base", wide))
    plainly = " and ".join(f"{wide}.{head} == base.{head}" for head in heads)
    shown = " and ".join(f"base.{head} == {narrow}.{head}" for head in heads)
    return f"{shown} and ({plainly} or get{place}({seen}) == {base})"
