"""
One linked or just matched pair: what its change units come to, and what is written for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Generic, TypeVar

import attrs

from posgo.models.findings import Finding
from posgo.models.records import Link, Record, go_reference, pos_reference
from posgo.sync._draft import Draft, Phase
from posgo.sync._fields import fingerprint, read, replace, shared_part
from posgo.sync._lens import Values
from posgo.sync._links import OPENED
from posgo.sync._merge import SYSTEM, Moment, Verdict, VerdictKind, judge
from posgo.sync._merger import Merged, Merger, Question
from posgo.sync._operations import Conflict, Operation
from posgo.sync._policy import Direction, OnReceiverEdit, Replica, Seal, Unit
from posgo.sync._single import DELETED
from posgo.sync._writes import Case, Writes

__all__ = ["merge_pair"]

T = TypeVar("T")


def merge_pair(
    draft: Draft[T], link: Link[T], records: Mapping[Replica, Record[T] | None], *, met: str | None = None
) -> None:
    """
    Plan one pair.

    Args:
        draft: Takes the result.
        link: The pair. For two records that just met, its base means nothing.
        records: What was seen of each side; None for what a delta did not hold.
        met: How two records that just met were recognised; None for a linked pair.
    """
    pair = _Pair(draft, link, records, met=met)
    units, mergers = draft.policy.shared, draft.compare.mergers
    if met is None and not link.unagreed and not link.noted:
        values = pair.values
        differing = draft.compare.differing(link.base, values[Replica.POS], values[Replica.GO])
        if mergers and differing:
            differing = tuple(sorted(mergers.union(differing)))
        units = tuple(units[place] for place in differing)
    if mergers and units and pair.ask_for_missing():
        return
    pair.run(units)


@lru_cache
def _owned(unit: Unit, owner: Replica) -> Unit:
    """
    The unit as it flows from its owner only.
    """
    way = Direction.POS_TO_GO if owner is Replica.POS else Direction.GO_TO_POS
    return attrs.evolve(unit, direction=way, authority=None)


class _Pair(Generic[T]):
    """
    Works one pair out; nothing reaches the draft before all of it is sound.
    """

    def __init__(
        self, draft: Draft[T], link: Link[T], records: Mapping[Replica, Record[T] | None], *, met: str | None
    ) -> None:
        self.draft = draft
        self.link = link
        self.records = records
        self.met = met
        self.values = {side: record.value if record else link.base for side, record in records.items()}
        self.moment = Moment(
            changed_at={side: record.changed_at if record else None for side, record in records.items()},
            clock_skew=draft.policy.clock_skew,
            on_receiver_edit=draft.policy.on_receiver_edit,
        )
        self.base: dict[str, Any] = {}
        self.unagreed = set(link.unagreed)
        # Both records are there, so a deletion that was told has been undone.
        self.noted = {name: told for name, told in link.noted if name != DELETED}
        self.writes = Writes(draft.policy, link, self.values)
        self.conflicts: list[Conflict] = []
        self.left: list[tuple[Unit, str]] = []
        self.unheld: dict[Replica, set[str]] = {side: set() for side in Replica}
        self.findings: list[Finding] = []
        self.locks: list[tuple[Unit, Replica]] = []
        self.seal: Seal[T] | None = None

    def run(self, units: Iterable[Unit]) -> None:
        """
        Work the units out and plan what comes of them.
        """
        try:
            for unit in self._sealed(units):
                self.judge(unit)
            self._open()
            link, steps = self._link(), self.writes.steps()
        except ValueError as error:
            # A rule of the model across fields. Its words may quote values, so only its kind is told.
            self.draft.impossible(self._where(), error)
            return
        self.commit(link, steps)

    def _sealed(self, units: Iterable[Unit]) -> Iterator[Unit]:
        """
        The units as they flow, those first that say which state the record is in.
        """
        seals = self.draft.policy.seals
        if not seals:
            yield from units
            return
        spares = {field for seal in seals for field in seal.spares}
        others = []
        for unit in units:
            if spares.isdisjoint(unit.fields):
                others.append(unit)
            else:
                yield unit
        self.seal = next(filter(self._holds, seals), None)
        if self.seal is not None:
            self.moment = attrs.evolve(self.moment, on_receiver_edit=OnReceiverEdit.LEAVE)
        for unit in others:
            yield unit if self.seal is None else _owned(unit, self.seal.owner)

    def _holds(self, seal: Seal[T]) -> bool:
        after = replace(self.values[seal.owner], self.writes.changes(seal.owner))
        return seal.holds(after, self.values[seal.owner.other])

    def ask_for_missing(self) -> bool:
        """
        Ask for a record a delta did not hold: what is held or waits there stands in no base.
        """
        missing = [side for side, record in self.records.items() if record is None]
        for side in missing:
            self.draft.need(side, self.link.pos_id if side is Replica.POS else self.link.go_id)
        return bool(missing)

    def judge(self, unit: Unit) -> None:
        """
        Work one unit out.
        """
        raw = {side: tuple(read(self.values[side], field) for field in unit.fields) for side in Replica}
        known = self.met is None and self.unagreed.isdisjoint(unit.fields)
        base = tuple(read(self.link.base, field) for field in unit.fields) if known else None
        if unit.merger is not None:
            self._merge(unit, unit.merger, base, raw)
            return
        shared = {side: unit.shared(own) for side, own in raw.items()}
        told = (
            unit.direction.owner is not None
            and unit.fields[0] in self.noted
            and self.noted[unit.fields[0]] == self._mark(unit, shared)
        )
        case = Case(unit, base, raw, shared, judge(unit, base, shared, self.moment, told=told))
        if case.verdict.kind is VerdictKind.AGREED:
            self._agree(case)
        elif case.verdict.kind is VerdictKind.LEFT:
            self._leave(case)
        else:
            if case.verdict.kind is VerdictKind.DISPUTED:
                self._record(case, case.base, case.verdict.winner, case.verdict.why)
            self._follow(case)
        if case.verdict.restated:
            self.draft.restated.add(case.verdict.why)

    def _merge(self, unit: Unit, merger: Merger, base: Values | None, raw: dict[Replica, Values]) -> None:
        """
        Let a unit merge itself.
        """
        opened = self.noted.pop(unit.fields[0], None) == OPENED
        question = Question(
            unit=unit,
            pos_id=self.link.pos_id,
            go_id=self.link.go_id,
            base=base,
            sides=raw,
            moment=self.moment,
            opened=opened,
        )
        merged = merger.merge(question)
        self.conflicts.extend(merged.conflicts)
        self.findings.extend(merged.findings)
        if merged.opens is not None:
            self.locks.append((unit, merged.opens))
        # Other parts of it may be written, and agreed on, while this note stands.
        parts = f"{unit.fields[0]}[]"
        told = self.noted.pop(parts, None)
        if merged.left:
            self.noted[parts] = mark = fingerprint(merged.says[unit.owner.other])
            if mark != told:
                self.left.append((unit, unit.one_way))
        self._say(unit, base, raw, merged)

    def _say(self, unit: Unit, base: Values | None, raw: dict[Replica, Values], merged: Merged) -> None:
        """
        Write what the sides are to say. The base moves when the last of them says it.
        """
        targets = [side for side in (unit.narrow, unit.narrow.other) if merged.says[side] != raw[side]]
        if merged.base is None or (targets and base is None):
            self._set_base(unit, raw[unit.narrow])
            self.unagreed.update(unit.fields)
        elif not targets and merged.base != base:
            self._set_base(unit, merged.base)
        for place, side in enumerate(targets):
            why = merged.why or f"changed in {SYSTEM[side.other]}"
            case = Case(unit, base, raw, raw, Verdict(VerdictKind.FOLLOW, side.other, why))
            phase = Phase.SETTLE if place else Phase.UPDATE
            last = place == len(targets) - 1
            self.writes.at(side, phase).add(case, side, merged.says[side], merged.base if last else None)

    def _open(self) -> None:
        """
        Remember which sides are opened for what is written there, until that is confirmed.
        """
        for unit, side in self.locks:
            last = self.writes.last(side)
            if last is not None:
                self.noted[unit.fields[0]] = OPENED
                for field in unit.fields:
                    if field not in self.unagreed:
                        last.agreed.setdefault(field, self.base.get(field, read(self.link.base, field)))

    def _set_base(self, unit: Unit, values: Values) -> None:
        self.base.update(zip(unit.fields, values, strict=True))
        self.unagreed.difference_update(unit.fields)

    def _agree(self, case: Case) -> None:
        narrow, wide = case.unit.narrow, case.unit.narrow.other
        agreed = case.shared[narrow]
        if self.met is not None and case.raw[wide] != case.shared[wide]:
            # Alike from the first only because the narrow side cannot hold all: nothing is written to tell of it.
            self.unheld[narrow].update(case.unit.fields)
        if case.base is None or case.unit.normal(case.base) != case.unit.normal(agreed):
            self._set_base(case.unit, agreed)
        self.noted.pop(case.unit.fields[0], None)

    def _leave(self, case: Case) -> None:
        unit, owner = case.unit, case.unit.owner
        if case.base is None:
            self._set_base(unit, case.shared[owner])
        mark = self._mark(unit, case.shared)
        if self.noted.get(unit.fields[0]) != mark:
            self.noted[unit.fields[0]] = mark
            self.left.append((unit, case.verdict.why))

    def _mark(self, unit: Unit, shared: dict[Replica, Values]) -> str:
        return fingerprint(unit.normal(shared[unit.owner.other]))

    def _record(self, case: Case, base: Values | None, chosen: Replica | None, why: str) -> None:
        for place, field in enumerate(case.unit.fields):
            before = None if base is None else base[place]
            pos, go = case.raw[Replica.POS][place], case.raw[Replica.GO][place]
            if not before == pos == go:
                self.conflicts.append(
                    Conflict(
                        pos_id=self.link.pos_id,
                        go_id=self.link.go_id,
                        field=field,
                        base=before,
                        pos=pos,
                        go=go,
                        chosen=chosen,
                        why=why,
                    )
                )

    def _follow(self, case: Case) -> None:
        unit, winner = case.unit, case.verdict.winner
        if winner is None:
            if case.base is None:
                self._set_base(unit, case.shared[unit.narrow])
                self.unagreed.update(unit.fields)
            return
        if case.base is None:
            # Until the write is confirmed the losing side counts as unchanged: a new plan asks for the same.
            self._set_base(unit, case.shared[winner.other])
        if winner is unit.narrow:
            self._carry_back(case)
        else:
            wide = case.shared[winner]
            self.writes.at(unit.narrow, Phase.UPDATE).add(case, unit.narrow, wide, wide)

    def _carry_back(self, case: Case) -> None:
        """
        Bring the narrow side's edit into what the wide side holds.
        """
        unit, narrow, wide = case.unit, case.unit.narrow, case.unit.narrow.other
        if unit.lens.keeps_more and self.records[wide] is None:
            self.draft.need(wide, self.link.pos_id if wide is Replica.POS else self.link.go_id)
            return
        new = unit.lens.put(case.raw[wide], case.shared[narrow])
        seen = unit.lens.get(new)
        if (
            case.verdict.kind is VerdictKind.FOLLOW
            and unit.lens.put(new, case.shared[wide]) != case.raw[wide]
        ):
            why = f"{SYSTEM[wide]} held more than {SYSTEM[narrow]} can; {case.verdict.why}"
            self._record(case, case.shared[wide], narrow, why)
        if unit.normal(seen) == unit.normal(case.shared[narrow]):
            self.writes.at(wide, Phase.UPDATE).add(case, wide, new, seen)
            return
        # Both sides move. Stopped half-way, the narrow side's new value is one the wide side has.
        both = new != case.raw[wide]
        self.writes.at(narrow, Phase.UPDATE).add(case, narrow, seen, None if both else seen)
        self.writes.at(wide, Phase.SETTLE).add(case, wide, new, seen)

    def commit(self, link: Link[T], steps: Iterable[tuple[Phase, Operation[T]]]) -> None:
        """
        Write the pair's operations, conflicts and findings into the draft.
        """
        if self.met is not None:
            self.draft.link(link, self.met, self._write_reference())
        elif link != self.link:
            self.draft.link(link, "what both agree on has moved")
        for phase, operation in steps:
            self.draft.do(phase, operation)
        for side in Replica:
            self.draft.check(self.values[side.other], side, self._where(), self._reached(side))
        self.draft.dispute(self.conflicts)
        for finding in self.findings:
            self.draft.tell(
                finding.rule, finding.severity, finding.message, finding.remedy, where=self._where()
            )
        for unit, why in self.left:
            if self.seal is None:
                self.draft.one_way_edit(unit, why, self._where())
            else:
                self.draft.sealed_edit(unit, self.seal, self._where())

    def _reached(self, side: Replica) -> set[str]:
        """
        The fields in which something reaches a side, or is first kept from it.
        """
        return self.unheld[side].union(self.writes.changes(side))

    def _where(self) -> str:
        return self.draft.where(self.link.pos_id, self.link.go_id)

    def _link(self) -> Link[T]:
        """
        The link as it is to be remembered.
        """
        if (
            self.met is None
            and not self.base
            and self.unagreed == set(self.link.unagreed)
            and self.noted == dict(self.link.noted)
        ):
            return self.link
        start = self.link.base if self.met is None else self._blank_base()
        return attrs.evolve(
            self.link,
            base=replace(start, self.base),
            unagreed=sorted(self.unagreed),
            noted=sorted(self.noted.items()),
        )

    def _blank_base(self) -> T:
        """
        A base that says nothing of the shared fields yet: owned fields at their default, or as their owner has them.
        """
        owned = {name: read(self.values[owner], name) for name, owner in self.draft.policy.owned.items()}
        return shared_part(self.draft.policy, replace(self.values[Replica.POS], owned))

    def _write_reference(self) -> tuple[Replica, ...]:
        expected = {Replica.GO: pos_reference(self.link.pos_id), Replica.POS: go_reference(self.link.go_id)}
        blank = []
        for side in sorted(self.draft.policy.references):
            record = self.records[side]
            held = record.reference if record else None
            if held is None:
                blank.append(side)
            elif held != expected[side]:
                self.draft.foreign_reference(side, self._where())
        return tuple(blank)
