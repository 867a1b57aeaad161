"""
The promises, asked of a world that has come to rest.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from posgo.models.pos import ZReport
from posgo.profiles import OPEN_ONE
from posgo.testing.simulate._acts import Act, Archive, Delete, Enter
from posgo.testing.simulate._auditor import Auditor, held
from posgo.testing.simulate._scenario import Scenario
from posgo.testing.simulate._world import CARD, CASH, MODELS, SALES, World, birth_of

__all__ = ["broken"]


def broken(scenario: Scenario, world: World, auditor: Auditor) -> list[str]:
    """
    Say which promises do not hold, in sentences; nothing if all do.
    """
    return [
        *auditor.problems,
        *_updates(auditor),
        *(problem for kind in MODELS for problem in _records(scenario, world, kind)),
        *(problem for z in world.pos.all(ZReport).values() for problem in _voucher(world, z)),
    ]


def _updates(auditor: Auditor) -> Iterator[str]:
    for each in auditor.unrecorded():
        yield f"lost update: {each.field} of {each.birth} in {each.side} was {each.value}, and no conflict says so"


def _records(scenario: Scenario, world: World, kind: str) -> Iterator[str]:
    """
    Nobody twice, nobody forgotten, both sides alike.
    """
    sides: dict[str, list[Any]] = {
        name: list(world.side(name).all(MODELS[kind]).values()) for name in ("pos", "go")
    }
    groups = _groups(scenario.acts)
    alike = {birth for births in groups.values() for birth in births}
    for name, values in sides.items():
        for birth, count in Counter(map(birth_of, values)).items():
            if count > 1 and birth not in alike:
                yield f"{birth} stands {count} times in {name}"
        for number, births in groups.items():
            count = sum(value.organization_number == number for value in values) if kind == "customers" else 0
            if count > len(births):
                yield f"{len(births)} customers with number {number} stand {count} times in {name}"
    one_way = kind == "products" and scenario.profile is OPEN_ONE
    excused = {act.birth for act in scenario.acts if isinstance(act, (Delete, Archive))} | alike
    pos, go = ({birth_of(value): value for value in values} for values in sides.values())
    for birth in sorted({*pos, *go} - excused, key=str):
        if birth not in pos or birth not in go:
            yield f"{birth} is missing in {'pos' if birth not in pos else 'go'}"
            continue
        ours, theirs = held(pos[birth]), held(go[birth])
        for field, value in ours.items():
            # What a person cleared before the two had met comes back from nowhere on a one-way road: it is told, and left.
            told = one_way and _said(value) is None
            if _said(value) != _said(theirs[field]) and not told:
                yield f"{field} of {birth} is {value!r} in pos and {theirs[field]!r} in go"


def _said(value: object) -> object:
    return value or None if isinstance(value, (str, tuple)) else value


def _groups(acts: tuple[Act, ...]) -> dict[str, set[str | None]]:
    """
    Birth marks of customers that share an organisation number: told apart by a person only, and perhaps as one.
    """
    numbers: dict[str, set[str | None]] = {}
    for act in acts:
        number = getattr(act.value, "organization_number", None) if isinstance(act, Enter) else None
        if isinstance(act, Enter) and number is not None:
            numbers.setdefault(number, set()).add(birth_of(act.value))
    return {number: births for number, births in numbers.items() if len(births) > 1}


def _voucher(world: World, z: ZReport) -> Iterator[str]:
    """
    One unreversed voucher that says what the Z-report says; none once a person has reversed it.
    """
    number = int(z.number)
    vouchers = world.vouchers_of(number)
    standing = [voucher for voucher in vouchers if not voucher.reversed]
    wanted = 0 if number in world.reversed_numbers or not z.total else 1
    if len(standing) != wanted:
        yield f"Z {number} has {len(standing)} unreversed vouchers instead of {wanted}"
    for voucher in vouchers:
        sums: Counter[int] = Counter()
        for line in voucher.lines:
            sums[line.account] += line.amount  # type: ignore[assignment]
        card = next(tender.amount for tender in z.tenders if tender.code == "12002")
        figures = {CASH: z.total - card, CARD: card, SALES: -z.total}
        if dict(sums) != figures or sum(sums.values(), Decimal(0)) != 0:
            yield f"the voucher of Z {number} says {dict(sums)} instead of {figures}"
        if {line.posting_date for line in voucher.lines} != {z.closed_at.date()}:
            yield f"the voucher of Z {number} is not dated {z.closed_at.date()}"
