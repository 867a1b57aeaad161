"""
One cash register of the file: which transaction belongs to which Z-report.

Nothing in the file links the two. A Z-report covers everything on its
register after the Z-report before, up to itself; a transaction of the same
second belongs to it.
"""

from bisect import bisect_left
from collections.abc import Iterator

import attrs

from posgo.exceptions import MalformedFileError
from posgo.models._continuity import continuity, z_sequence
from posgo.models._money import format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import ZReport
from posgo.saft._codes import Codes
from posgo.saft._cross_checks import with_transactions
from posgo.saft._fields import Stamp, nok
from posgo.saft._period import Period
from posgo.saft._receipts import Receipt

__all__ = ["Register"]


@attrs.frozen
class _Closing:
    """
    A Z-report and the transactions up to it. ``order`` is its place in the file.
    """

    stamp: Stamp
    order: int
    z: ZReport
    period: Period


class Register:
    """
    Gathers the Z-reports of one register, then folds its transactions into them.

    Z-reports are events, and the schema puts all events of a register before
    its transactions. A register may stand in the file more than once, as long
    as its parts follow each other in time.

    Args:
        where: Name of the file.
        name: The register's id.
        codes: The file's code lists.
    """

    def __init__(self, where: str, name: str, codes: Codes) -> None:
        self._where = where
        self._name = name
        self._codes = codes
        self._waiting: list[_Closing] = []
        self._closings: list[_Closing] = []
        self._stamps: list[Stamp] = []
        self._tail = Period()
        self._numbers = _Numbers(name)

    def add_report(self, stamp: Stamp, order: int, z: ZReport) -> None:
        """
        Take a Z-report.

        Args:
            stamp: When it was made.
            order: Its place among all Z-reports of the file.
            z: As read.
        """
        self._waiting.append(_Closing(stamp, order, z, Period()))

    def add_receipt(self, receipt: Receipt) -> None:
        """
        Take a transaction. Training and void ones are outside every total.
        """
        if self._waiting:
            self._open_periods()
        self._numbers.add(receipt.nr)
        if receipt.void or receipt.training:
            return
        place = bisect_left(self._stamps, receipt.stamp)
        period = self._closings[place].period if place < len(self._closings) else self._tail
        period.add(receipt, self._codes)

    def _open_periods(self) -> None:
        """
        Order the Z-reports read so far, and find their place after what was folded before.
        """
        waiting = sorted(self._waiting, key=_moment)
        self._waiting = []
        if self._closings and waiting[0].stamp < self._closings[-1].stamp:
            raise self._overlap()
        if self._tail.transactions:
            waiting = self._adopt_tail(waiting)
        self._closings += waiting
        self._stamps = [closing.stamp for closing in self._closings]

    def _adopt_tail(self, waiting: list[_Closing]) -> list[_Closing]:
        stamps = [closing.stamp for closing in waiting]
        place = bisect_left(stamps, self._tail.first)
        if place != bisect_left(stamps, self._tail.last):
            raise self._overlap()
        if place < len(waiting):
            waiting[place] = attrs.evolve(waiting[place], period=self._tail)
            self._tail = Period()
        return waiting

    def _overlap(self) -> MalformedFileError:
        return MalformedFileError(
            self._where,
            f"the parts of register {self._name} overlap: a Z-report stands after transactions of its own period. "
            "Events must come before transactions; have the till's vendor correct the export.",
        )

    def z_reports(self) -> Iterator[tuple[int, ZReport]]:
        """
        Yield each Z-report, compared with its transactions and with the Z-report before, and its place in the file.
        """
        if self._waiting:
            self._open_periods()
        counted = bool(self._tail.transactions) or any(
            closing.period.transactions for closing in self._closings
        )
        previous: ZReport | None = None
        for closing in self._closings:
            z = closing.z
            if counted:
                z = with_transactions(z, closing.period, self._codes, first=previous is None)
            # Repeated numbers are looked for in the whole file, not only in a row.
            if previous is not None and z_sequence(previous.number) != z_sequence(z.number):
                z = attrs.evolve(z, findings=(*z.findings, *continuity(previous, z)))
            previous = z
            yield closing.order, z

    def findings(self) -> Iterator[Finding]:
        """
        Yield what is to be told about the register, and not about one of its Z-reports.
        """
        yield from self._numbers.findings()
        if self._tail.transactions:
            yield Finding(
                rule="after-last-z",
                severity=Severity.INFO,
                message=(
                    f"{self._tail.transactions} transactions of register {self._name}, cash turnover "
                    f"{format_nok(nok(self._tail.turnover))}, come after its last Z-report in the file"
                ),
                remedy="They belong to a Z-report that is still to come.",
                actual=nok(self._tail.turnover),
                where=self._name,
            )


def _moment(closing: _Closing) -> tuple[Stamp, int]:
    return closing.stamp, closing.order


class _Numbers:
    """
    X8: transaction numbers of a register follow each other.
    """

    def __init__(self, register: str) -> None:
        self._register = register
        self._last: int | None = None
        self._breaks = 0
        self._first: tuple[int, int] | None = None

    def add(self, nr: str) -> None:
        if not (nr.isascii() and nr.isdigit() and len(nr) <= 35):
            return
        number = int(nr)
        if self._last is not None and number != self._last + 1:
            self._breaks += 1
            self._first = self._first or (self._last + 1, number)
        self._last = number

    def findings(self) -> Iterator[Finding]:
        if self._first is None:
            return
        expected, actual = self._first
        yield Finding(
            rule="X8",
            severity=Severity.WARN,
            message=(
                f"the transaction numbers of register {self._register} do not follow each other, "
                f"{self._breaks} times; the first time {actual} stands where {expected} was expected"
            ),
            remedy="Registers may share one series. Else receipts are missing: ask the till's vendor.",
            expected=str(expected),
            actual=str(actual),
            where=self._register,
        )
