"""
Print the tables of the profiles page, from the profiles themselves.
"""

import sys
from collections.abc import Iterator
from typing import Any

from posgo import Policy, Profile, profiles

__all__ = ["render"]


def _rows(policy: Policy[Any]) -> Iterator[tuple[str, str, str]]:
    for unit in policy.shared:
        decides = unit.direction.owner or unit.authority or "a person"
        yield unit.name, unit.direction.value.replace("-", " "), str(decides)
    for field, replica in sorted(policy.owned.items()):
        yield field, f"stays in the {replica}", str(replica)


def _table(name: str, kind: str, policy: Policy[Any]) -> Iterator[str]:
    yield f"## {name}: {kind}"
    yield ""
    yield "| Fields | Direction | Decides a conflict |"
    yield "|---|---|---|"
    for row in _rows(policy):
        yield f"| {' | '.join(row)} |"
    made = " and ".join(sorted(policy.creates)) or "neither, by a sync"
    keys = ", ".join(key.name for key in policy.keys) or "the reference a record carries"
    yield ""
    yield f"Made in: {made}. Recognised by: {keys}."
    yield ""


def render() -> str:
    """
    Every profile's table, as Markdown.
    """
    lines: list[str] = []
    for profile in (profiles.PRESSIS_POS, profiles.OPEN_ONE):
        lines += _tables(profile)
    return "\n".join(lines)


def _tables(profile: Profile) -> Iterator[str]:
    kinds: tuple[tuple[str, Policy[Any] | None], ...] = (
        ("customers", profile.customers),
        ("products", profile.products),
        ("orders", profile.orders),
    )
    for kind, policy in kinds:
        if policy is not None:
            yield from _table(profile.name, kind, policy)


if __name__ == "__main__":
    sys.stdout.write(render())
