"""
The three-way merge of one change unit: a table, and nothing that writes.

Each side is unchanged, or changed, against the base:

=========  =========  ==============================================
POS        Go         verdict
=========  =========  ==============================================
alike                 agreed, whatever the base says
changed    unchanged  follow the POS, if the unit flows that way
unchanged  changed    follow Go, if the unit flows that way
changed    changed    disputed: the owner or the authority decides
=========  =========  ==============================================

Without a base (two records that just met) the side that says more is
followed, and only two different things said are disputed.
"""

import enum
from datetime import datetime, timedelta

import attrs

from posgo.sync._lens import Values, covered
from posgo.sync._policy import Authority, OnReceiverEdit, Replica, Unit

__all__ = ["SYSTEM", "Moment", "Verdict", "VerdictKind", "dispute", "judge"]

SYSTEM = {Replica.POS: "the POS", Replica.GO: "Go"}


class VerdictKind(enum.Enum):
    """
    What is to become of a unit.
    """

    AGREED = "agreed"
    """Both sides say the same."""

    FOLLOW = "follow"
    """One side is written to the other; nothing but the base is lost."""

    DISPUTED = "disputed"
    """Both changed. One side wins and the other's value is recorded, or the unit is held."""

    LEFT = "left"
    """The receiving side of a one-way unit was edited; it is told and left."""


@attrs.frozen
class Verdict:
    """
    What is to become of a unit.

    Attributes:
        kind: In a word.
        winner: The side that is written to the other; None if nothing is written.
        why: The rule, in words.
        restated: Whether the narrow side only looks different, and is rewritten for that.
    """

    kind: VerdictKind
    winner: Replica | None
    why: str
    restated: bool = False


@attrs.frozen
class Moment:
    """
    What decides between two changes, beside the values.

    Attributes:
        changed_at: When each side changed its record, by its own clock; None if it does not say.
        clock_skew: How far apart the two must be.
        on_receiver_edit: What becomes of edits on a receiving side.
    """

    changed_at: dict[Replica, datetime | None]
    clock_skew: timedelta
    on_receiver_edit: OnReceiverEdit


def judge(
    unit: Unit, base: Values | None, sides: dict[Replica, Values], moment: Moment, *, told: bool = False
) -> Verdict:
    """
    Decide one unit.

    Args:
        unit: The fields concerned and their rules.
        base: What both last agreed on, as both can hold it; None if they never did.
        sides: What each side says, as both can hold it.
        moment: Stamps and settings.
        told: Whether this very edit on the receiving side was told before, and left.
    """
    normal = {replica: unit.normal(values) for replica, values in sides.items()}
    if normal[Replica.POS] == normal[Replica.GO]:
        return Verdict(VerdictKind.AGREED, None, "both sides say the same")
    if base is None:
        return _first_contact(unit, normal, moment)
    agreed = unit.normal(base)
    changed = [replica for replica in Replica if normal[replica] != agreed]
    restated = None
    if unit.narrow in changed and unit.flows_from(unit.narrow.other):
        restated = unit.lens.restated(base, sides[unit.narrow])
    if restated is not None:
        changed.remove(unit.narrow)
        if not changed:
            return Verdict(VerdictKind.FOLLOW, unit.narrow.other, restated, restated=True)
    if len(changed) == 2:
        return dispute(unit, moment, "both changed it")
    if unit.flows_from(changed[0]):
        return Verdict(VerdictKind.FOLLOW, changed[0], f"changed in {SYSTEM[changed[0]]}")
    return _receiver_edit(unit, moment, told=told)


def _first_contact(unit: Unit, normal: dict[Replica, Values], moment: Moment) -> Verdict:
    for replica in Replica:
        pairs = zip(normal[replica.other], normal[replica], strict=True)
        if all(covered(theirs, ours) for theirs, ours in pairs):
            if unit.flows_from(replica):
                return Verdict(VerdictKind.FOLLOW, replica, f"blank filled from {SYSTEM[replica]}")
            return Verdict(VerdictKind.LEFT, None, unit.one_way)
    return dispute(unit, moment, "they differed when the two records met")


def _receiver_edit(unit: Unit, moment: Moment, *, told: bool) -> Verdict:
    if moment.on_receiver_edit is OnReceiverEdit.RESTORE and not told:
        return Verdict(
            VerdictKind.DISPUTED, unit.direction.owner, "edited where it only arrives, and restored"
        )
    return Verdict(VerdictKind.LEFT, None, unit.one_way)


def dispute(unit: Unit, moment: Moment, what: str) -> Verdict:
    """
    Decide between two changes that exclude each other.
    """
    owner = unit.direction.owner
    if owner is not None:
        return Verdict(VerdictKind.DISPUTED, owner, f"{what}; {SYSTEM[owner]} owns it")
    if unit.authority is Authority.NEWEST:
        newest = _newest(moment)
        if newest is None:
            return Verdict(VerdictKind.DISPUTED, None, f"{what}; which is newest is not known, so it is held")
        return Verdict(VerdictKind.DISPUTED, newest, f"{what}; the newest is {SYSTEM[newest]}'s")
    if unit.authority in (Authority.POS, Authority.GO):
        winner = Replica(unit.authority)
        return Verdict(VerdictKind.DISPUTED, winner, f"{what}; {SYSTEM[winner]} has the authority")
    return Verdict(VerdictKind.DISPUTED, None, f"{what}; it is held for a person")


def _newest(moment: Moment) -> Replica | None:
    pos, go = moment.changed_at[Replica.POS], moment.changed_at[Replica.GO]
    if pos is None or go is None or pos == go or abs(pos - go) < moment.clock_skew:
        return None
    return Replica.POS if pos > go else Replica.GO
