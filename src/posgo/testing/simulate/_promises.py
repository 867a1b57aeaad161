"""
The promises, asked of a world that has come to rest.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from posgo.models.pos import ZReport
from posgo.profiles import Invoicing
from posgo.sync import Replica
from posgo.testing.simulate._acts import Act, Delete, Enter
from posgo.testing.simulate._auditor import Auditor, held
from posgo.testing.simulate._issued_promises import broken_issued, unmatched
from posgo.testing.simulate._order_promises import broken_orders
from posgo.testing.simulate._scenario import Scenario
from posgo.testing.simulate._world import (
    CARD,
    CASH,
    CUSTOMERS,
    MODELS,
    MOST_ROUNDED,
    ROUNDING,
    SALES,
    World,
    birth_of,
)

__all__ = ["broken", "excused"]


def broken(scenario: Scenario, world: World, auditor: Auditor) -> list[str]:
    """
    Say which promises do not hold, in sentences; nothing if all do.
    """
    return [
        *auditor.problems,
        *_updates(auditor),
        *(problem for kind in MODELS for problem in _records(scenario, world, auditor, kind)),
        *auditor.orders.problems,
        *auditor.orders.unrecorded(),
        *broken_orders(world, auditor),
        *(broken_issued(world) if world.profile.invoicing is Invoicing.POS else ()),
        *_days(world),
    ]


def _updates(auditor: Auditor) -> Iterator[str]:
    for each in auditor.unrecorded():
        yield f"lost update: {each.field} of {each.birth} in {each.side} was {each.value}, and no conflict says so"


def _records(scenario: Scenario, world: World, auditor: Auditor, kind: str) -> Iterator[str]:
    """
    Nobody twice, nobody forgotten, both sides alike.
    """
    sides = {name: world.side(name).all(MODELS[kind]) for name in ("pos", "go")}
    groups = _groups(scenario.acts) if kind == "customers" else {}
    yield from _twice(sides, groups)
    deleted = {act.birth for act in scenario.acts if isinstance(act, Delete)}
    linked = {link.pos_id: link.go_id for link in world.store.links(world.client, kind).links}
    for pos_id, value in sides["pos"].items():
        birth = birth_of(value)
        go_id = linked.get(pos_id) or world.born("go", kind, birth or "")
        other = sides["go"].get(go_id or "")
        # What is out of use and was never linked is not made on the other side, nor kept alike.
        unused = value.archived and pos_id not in linked
        if unused or birth in deleted or _is_held(auditor, "pos", pos_id):
            continue
        if other is None:
            yield f"{birth} is missing in go"
        else:
            yield from _unlike(auditor, (pos_id, value), (go_id or "", other))
    makes = Replica.POS in getattr(world.profile, kind).creates
    for go_id, value in sides["go"].items():
        birth, known = birth_of(value), go_id in linked.values()
        if (
            value.archived
            or _is_held(auditor, "go", go_id)
            or world.born("pos", kind, birth or "") is not None
        ):
            continue
        if birth in deleted:
            # A store that was lost cannot tell it from a record of Go's own, which a one-way kind leaves there.
            if known and go_id not in auditor.last_held:
                yield f"{birth} was deleted in pos, is in use in go, and nobody is asked about it"
        elif makes and not known:
            yield f"{birth} is missing in pos"


def _twice(sides: dict[str, dict[str, Any]], groups: dict[str, set[str | None]]) -> Iterator[str]:
    alike = {birth for births in groups.values() for birth in births}
    for name, records in sides.items():
        for birth, count in Counter(map(birth_of, records.values())).items():
            if count > 1 and birth not in alike:
                yield f"{birth} stands {count} times in {name}"
        for number, births in groups.items():
            count = sum(value.organization_number == number for value in records.values())
            if count > len(births):
                yield f"{len(births)} customers with number {number} stand {count} times in {name}"


def _unlike(auditor: Auditor, ours: tuple[str, Any], theirs: tuple[str, Any]) -> Iterator[str]:
    """
    Fields that differ, unless the run said that it leaves them: what is edited where it only arrives.

    That is also what a one-way field is that was cleared where it is edited before the two records met: its
    owner's blank is filled from nowhere, and the receiver keeps its own.
    """
    (pos_id, pos), (go_id, go) = ours, theirs
    told = {
        field
        for finding in auditor.findings
        if finding.rule == "one-way-edit" and f" pos {pos_id} / go {go_id}" in f"{finding.where}"
        for field in re.split("[ ,]+", finding.message.partition(" was edited in ")[0])
    }
    for field, value in held(pos).items():
        other = held(go)[field]
        name = field.partition("[")[0]
        if _said(value) != _said(other) and name not in told:
            yield f"{field} of {birth_of(pos)} is {value!r} in pos and {other!r} in go"


def _is_held(auditor: Auditor, side: str, own_id: str) -> bool:
    """
    Whether the last run said that several records might be this one's counterpart, so that it touched none.

    Only customers that were given the organisation number of another can come to that: a person must tell them apart.
    """
    return any(
        finding.rule in ("ambiguous", "already-linked")
        and own_id in re.split(r"[ ,/]+", f"{finding.where}")
        and side in f"{finding.where}"
        for finding in auditor.last_findings
    )


def _said(value: object) -> object:
    return value or None if isinstance(value, (str, tuple)) else value


def _groups(acts: tuple[Act, ...]) -> dict[str, set[str | None]]:
    """
    Birth marks of customers that share an organisation number, as departments of one company do.

    Where one stands on each side they are the same customer to posgo, and one birth mark gives way to the other; so
    marks do not tell who stands twice among them, but there are never more than were entered.
    """
    numbers: dict[str, set[str | None]] = {}
    for act in acts:
        number = getattr(act.value, "organization_number", None) if isinstance(act, Enter) else None
        if isinstance(act, Enter) and number is not None:
            numbers.setdefault(number, set()).add(birth_of(act.value))
    return {number: births for number, births in numbers.items() if len(births) > 1}


def _days(world: World) -> Iterator[str]:
    """
    One unreversed voucher for each day, that says what the Z-report says; none once a person has reversed it.
    """
    for number, versions in world.closed.items():
        vouchers = world.vouchers_of(number)
        standing = [voucher for voucher in vouchers if not voucher.reversed]
        if len(standing) not in _wanted(world, number, versions):
            yield f"Z {number} has {len(standing)} unreversed vouchers"
        for voucher in vouchers:
            said = Counter[int]()
            for line in voucher.lines:
                # What an invoice comes to otherwise than its receipt, because a person edited it last.
                account = CUSTOMERS if line.account == ROUNDING else line.account
                said[account] += line.amount  # type: ignore[assignment]
            figures = [_figures(z) for z in versions]
            rounded = sum((line.amount for line in voucher.lines if line.account == ROUNDING), Decimal(0))
            if abs(rounded) > MOST_ROUNDED * max(len(z.invoice_payments) for z in versions):
                yield f"the voucher of Z {number} puts {rounded} on rounding"
            if dict(said) not in figures or sum(said.values(), Decimal(0)) != 0:
                yield f"the voucher of Z {number} says {dict(said)} instead of {figures}"
            if {line.posting_date for line in voucher.lines} != {versions[0].closed_at.date()}:
                yield f"the voucher of Z {number} is not dated {versions[0].closed_at.date()}"


def _wanted(world: World, number: int, versions: list[ZReport]) -> set[int]:
    """
    How many vouchers may stand for a number. One that was used twice is booked once, unless one of the two was a day
    of zeros: whichever was settled first keeps the other from being booked.
    """
    if number in world.reversed_numbers:
        return {0}
    # A day that waits for a person, because another one took back what was paid that day, is not booked.
    held = {0} if unmatched(world, versions[-1]) else set()
    return {int(bool(z.total)) for z in versions} | held


def _figures(z: ZReport) -> dict[int, Decimal]:
    card = sum((tender.amount for tender in z.tenders if tender.code == "12002"), Decimal(0))
    paid = sum((payment.amount for payment in z.invoice_payments), Decimal(0))
    figures = {CASH: z.total - card, CARD: card, SALES: paid - z.total, CUSTOMERS: -paid}
    return {account: amount for account, amount in figures.items() if amount}


def excused(world: World, number: int) -> set[str]:
    """
    Rules that may block a day for good, because of what people did to it.
    """
    rules = {"reversed-in-go"} if number in world.reversed_numbers else set()
    if len(world.closed[number]) > 1:
        rules.add("reference-reused")
    return rules | unmatched(world, world.closed[number][-1])
