"""
What a sync did, as a value that prints well.
"""

from collections import Counter
from collections.abc import Iterator

import attrs

from posgo.models.findings import Finding
from posgo.procedures.outcome import Failed, KindReport
from posgo.sync import Conflict, Plan

__all__ = ["SyncReport"]


@attrs.frozen(kw_only=True)
class SyncReport:
    """
    What a run did.

    Attributes:
        kinds: One report per kind of record, in the order they were taken up.
    """

    kinds: tuple[KindReport, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """
        Every conflict, with both values and the choice.
        """
        return tuple(conflict for kind in self.kinds for conflict in kind.conflicts)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """
        Everything a person should know or decide.
        """
        return tuple(finding for kind in self.kinds for finding in kind.findings)

    @property
    def failed(self) -> tuple[Failed, ...]:
        """
        Operations that did not succeed; the next run takes them up again.
        """
        return tuple(failed for kind in self.kinds for failed in kind.failed)

    @property
    def written(self) -> dict[str, int]:
        """
        How many operations were carried out, by kind and side; nothing is counted as zero.
        """
        counts: Counter[str] = Counter()
        for kind in self.kinds:
            counts.update(kind.written)
        return dict(counts)

    @property
    def plans(self) -> dict[str, Plan[object]]:
        """
        What was planned, by kind of record.
        """
        return {kind.kind: kind.plan for kind in self.kinds}

    @property
    def is_clean(self) -> bool:
        """
        Whether nothing is left for a person or for the next run.
        """
        return all(kind.is_clean for kind in self.kinds)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for kind in self.kinds:
            if kind.dry_run:
                yield f"{kind.kind} (dry run): {kind.plan}"
                continue
            done = ", ".join(f"{count} {name}" for name, count in kind.written.items())
            yield f"{kind.kind}: {done or ('nothing to do' if kind.is_clean else 'nothing written')}"
            for told in (*kind.conflicts, *kind.failed, *kind.findings):
                yield f"  {told}"
            if kind.plan.withheld:
                yield f"  held back until plan {kind.plan.plan_id} is approved"
            if kind.stopped:
                yield "  stopped early; nothing is lost, run again"
