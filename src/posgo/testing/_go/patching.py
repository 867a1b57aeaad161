"""
JSON patches as Go applies them: by the names of the patch, in any case.
"""

import copy
from collections.abc import Mapping
from typing import Any, NoReturn

from posgo.testing._go.binding import BindingError, Dto, any_text, list_of, one_of
from posgo.testing._go.http import bad_request

__all__ = ["patched"]

_OPERATION = Dto(
    {
        "op": one_of("add", "remove", "replace", "move", "copy", "test"),
        "path": any_text,
        "from": any_text,
        "value": lambda value: value,
    },
    ("op", "path"),
)


class _TargetError(Exception):
    """
    A pointer leads nowhere.
    """


def _refuse(detail: str) -> NoReturn:
    bad_request("One or more validation errors occurred.", detail, {"$": [detail]})


def _steps(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("/").split("/")]


def _key(container: Any, step: str, known: Mapping[str, str]) -> Any:
    if isinstance(container, list):
        if step == "-":
            return len(container)
        if not (step.isascii() and step.isdigit() and len(step) < 6 and int(step) <= len(container)):
            raise _TargetError(step)
        return int(step)
    if not isinstance(container, dict):
        raise _TargetError(step)
    return next(
        (name for name in container if name.casefold() == step.casefold()), known.get(step.casefold())
    )


def _find(document: dict[str, Any], pointer: str, known: Mapping[str, str]) -> tuple[Any, Any]:
    steps = _steps(pointer)
    container: Any = document
    for step in steps[:-1]:
        key = _key(container, step, known)
        if key is None or (isinstance(container, list) and key >= len(container)):
            raise _TargetError(step)
        if container.get(key) is None if isinstance(container, dict) else False:
            # Go fills in an object that was not there.
            container[key] = {}
        container = container[key]
    key = _key(container, steps[-1], known)
    if key is None:
        raise _TargetError(steps[-1])
    return container, key


def _value(container: Any, key: Any) -> Any:
    if isinstance(container, list):
        if key >= len(container):
            raise _TargetError(str(key))
        return container[key]
    return container.get(key)


def _set(container: Any, key: Any, value: Any, *, insert: bool) -> None:
    if not isinstance(container, list):
        container[key] = value
    elif insert or key == len(container):
        container.insert(key, value)
    else:
        container[key] = value


def _remove(container: Any, key: Any) -> None:
    if isinstance(container, list):
        _value(container, key)
        del container[key]
    else:
        container[key] = None


def _apply(document: dict[str, Any], operation: Mapping[str, Any], known: Mapping[str, str]) -> None:
    op, pointer = operation["op"], operation["path"]
    if op in {"move", "copy"} and "from" not in operation:
        _refuse(f"'{op}' needs 'from'")
    container, key = _find(document, pointer, known)
    match op:
        case "add" | "replace":
            _set(container, key, operation.get("value"), insert=op == "add")
        case "remove":
            _remove(container, key)
        case "test":
            if _value(container, key) != operation.get("value"):
                _refuse(f"The test of '{pointer}' failed")
        case _:
            source, source_key = _find(document, operation["from"], known)
            value = copy.deepcopy(_value(source, source_key))
            if op == "move":
                _remove(source, source_key)
            _set(container, key, value, insert=True)


def patched(document: Mapping[str, Any], body: Any, dto: Dto, name: str) -> dict[str, Any]:
    """
    Apply a patch and answer the members it changed, bound.

    Args:
        document: The object as Go shows it.
        body: The parsed patch. An object instead of a list of operations is ignored, as Go does.
        dto: What a patch may touch.
        name: Of the patch, for messages.
    """
    if isinstance(body, dict):
        return {}
    known = {member.casefold(): member for member in (*dto.members, *dto.nested_members)}
    before = {member: copy.deepcopy(document.get(member)) for member in dto.members}
    after = copy.deepcopy(before)
    try:
        for operation in list_of(_OPERATION.bind)(body):
            _apply(after, operation, known)
        changed = {member: value for member, value in after.items() if value != before[member]}
        bound = {m: None if v is None else dto.members[m](v) for m, v in changed.items()}
    except _TargetError as error:
        _refuse(f"The target location specified by path segment '{error}' was not found on {name}PatchDto.")
    except BindingError as error:
        problems = {path.lstrip(".") or "$": texts for path, texts in error.problems.items()}
        bad_request("Unable to cast object(s)", None, problems)
    for member in dto.required:
        if member in bound and bound[member] is None:
            _refuse(f"The {member} field is required.")
    return bound
