"""
The three-way merge of an order's status, by the transitions there are.

One side keeps the books (Go), the other the till. The books' word on an
invoice stands; the till may be ahead of it with a payment, which then waits
for the settlement. What nobody may do is told and left.
"""

from typing import Any

import attrs

from posgo.models.findings import Finding, Severity
from posgo.models.orders import OrderStatus
from posgo.sync._lens import Values
from posgo.sync._merge import SYSTEM
from posgo.sync._merger import Merged, Question
from posgo.sync._operations import Conflict
from posgo.sync._policy import Replica
from posgo.sync.order_life import LEDGER, PAYABLE, may_reach

__all__ = ["StatusMerge"]

_PAID = (OrderStatus.PART_PAID, OrderStatus.PAID)


@attrs.frozen(kw_only=True)
class StatusMerge:
    """
    Merges the status of orders.

    Attributes:
        books: The side whose ledger says what is invoiced and paid.
    """

    books: Replica = Replica.GO

    def merge(self, question: Question) -> Merged:
        """
        See :meth:`Merger.merge`.
        """
        return _Merge(question, self.books).run()

    def decided(self, base: Values | None, path: str, value: Any) -> Values:  # noqa: ARG002
        """
        See :meth:`Merger.decided`.
        """
        return (value,)

    def takes(self, old: Any, new: Any) -> bool:  # noqa: ARG002
        """
        See :meth:`Merger.takes`: only a cancellation does.
        """
        return new is OrderStatus.CANCELLED


@attrs.frozen(kw_only=True)
class _Choice:
    """
    What is to become of two statuses that differ.

    Attributes:
        winner: The side the other follows; None if both stay.
        why: The reason, if the change that follows does not say it.
        recorded: Whether the other side's status is lost, or held, in a conflict.
        finding: What a person should know.
        base: What counts as agreed on while both stay; None if nothing new.
    """

    winner: Replica | None = None
    why: str | None = None
    recorded: bool = False
    finding: Finding | None = None
    base: OrderStatus | None = None


class _Merge:
    """
    Works one question out.
    """

    def __init__(self, question: Question, books: Replica) -> None:
        self.question = question
        self.books, self.till = books, books.other
        self.base: OrderStatus | None = question.base[0] if question.base else None
        seen: OrderStatus = question.sides[books][0]
        # A draft that was opened here for a late change is still a confirmed order.
        reopened = question.opened and seen is OrderStatus.DRAFT
        self.booked = OrderStatus.CONFIRMED if reopened else seen
        self.told: OrderStatus = question.sides[self.till][0]

    def run(self) -> Merged:
        if self.told is self.booked:
            again = _Choice(why="locked again after a late change")
            return self._answer(self.told, self.told, self.told, again)
        choice = self._invoiced() if self.booked in LEDGER else self._open()
        says = {self.till: self.told, self.books: self.booked}
        if choice.winner is not None:
            status = says[choice.winner]
            return self._answer(status, status, status, choice)
        return self._answer(self.told, self.booked, choice.base or self.base, choice)

    def _answer(
        self,
        told: OrderStatus,
        booked: OrderStatus,
        base: OrderStatus | None,
        choice: _Choice,
    ) -> Merged:
        conflicts: tuple[Conflict, ...] = ()
        if choice.recorded:
            seen = {self.till: self.told, self.books: self.booked}
            unit = self.question.unit.fields[0]
            conflicts = (
                self.question.conflict(unit, self.base, seen, chosen=choice.winner, why=choice.why or ""),
            )
        # Without a status agreed on there is none to go back to.
        locked = base is not None and self.booked is OrderStatus.CONFIRMED is booked
        return Merged(
            says={self.till: (told,), self.books: (booked,)},
            base=None if base is None else (base,),
            conflicts=conflicts,
            findings=() if choice.finding is None else (choice.finding,),
            opens=self.books if locked else None,
            why=choice.why,
        )

    # -- before the invoice ------------------------------------------------------------

    def _open(self) -> _Choice:
        """
        The books know of no invoice.
        """
        base = self.base
        if base in LEDGER:
            return self._impossible(base, self.books, self.booked)
        if self.told in LEDGER:
            return self._ahead()
        if base is None:
            return self._dispute("they differed when the two records met")
        for side, status, other in (
            (self.till, self.told, self.booked),
            (self.books, self.booked, self.told),
        ):
            if not _is_open_step(base, status):
                return self._impossible(base, side, status)
            if other is base:
                return _Choice(winner=side, why=f"{status.value} in {SYSTEM[side]}")
        return self._dispute("both changed it")

    def _dispute(self, what: str) -> _Choice:
        verdict = self.question.dispute(what)
        if verdict.winner is None or OrderStatus.CANCELLED not in (self.told, self.booked):
            return _Choice(winner=verdict.winner, why=verdict.why, recorded=True)
        winner = self.till if self.told is OrderStatus.CANCELLED else self.books
        return _Choice(winner=winner, why=f"{what}; what is cancelled is not taken up again", recorded=True)

    def _impossible(self, before: OrderStatus, side: Replica, status: OrderStatus) -> _Choice:
        return _Choice(
            finding=Finding(
                rule="impossible-status",
                severity=Severity.WARN,
                message=f"the order went from {before.value} to {status.value} in {SYSTEM[side]}, which cannot be",
                remedy="make a new order if it is wanted again; this one is left as each side has it",
            )
        )

    # -- from the invoice on -----------------------------------------------------------

    def _invoiced(self) -> _Choice:
        """
        The books say what the invoice is.
        """
        follow = _Choice(winner=self.books, why=f"{self.booked.value} in {SYSTEM[self.books]}")
        taken = attrs.evolve(
            follow,
            recorded=True,
            why=f"{self.told.value} in {SYSTEM[self.till]}; the ledger of {SYSTEM[self.books]} decides",
        )
        if self.told is self.base:
            return follow
        if self.told not in LEDGER:
            return follow if self._on_the_way() else taken
        if self.told is OrderStatus.CREDITED:
            return self._ahead()
        # The till cannot have invoiced it by itself: it was told so, and the answer was lost.
        start = self.base if self.base in PAYABLE else OrderStatus.INVOICED
        if self.told is start:
            return follow
        if self.booked is OrderStatus.CREDITED:
            return taken
        return self._paid(start, follow, taken)

    def _ahead(self) -> _Choice:
        """
        The till says what only the books can; until it is so, what they say counts.
        """
        finding = _ahead(self.told, self.till, self.books)
        return _Choice(finding=finding, base=self.booked if self.base is None else None)

    def _on_the_way(self) -> bool:
        """
        Whether the till only did what comes before an invoice anyway.
        """
        if self.told is OrderStatus.CANCELLED:
            return False
        return self.base is None or _is_open_step(self.base, self.told)

    def _paid(self, start: OrderStatus, follow: _Choice, taken: _Choice) -> _Choice:
        """
        Both say how much is paid. Who has come further in one direction is ahead.
        """
        told, booked = (PAYABLE.index(status) - PAYABLE.index(start) for status in (self.told, self.booked))
        if told * booked < 0:
            return taken
        if abs(told) > abs(booked):
            return _Choice(base=None if self.base in LEDGER else start)
        return follow


def _is_open_step(before: OrderStatus, after: OrderStatus) -> bool:
    """
    Whether an order may have gone from one status to the other without its invoice's doing.
    """
    # Whose books they are does not matter before the invoice: both sides may make the same steps.
    return may_reach(Replica.POS, before, after)


def _ahead(told: OrderStatus, till: Replica, books: Replica) -> Finding:
    """
    The till says of an order what only the books can.
    """
    if told in _PAID:
        return Finding(
            rule="paid-before-invoice",
            severity=Severity.WARN,
            message=f"the order is {told.value} in {SYSTEM[till]}, but {SYSTEM[books]} has not invoiced it",
            remedy="invoice it, or cancel the order if it was rung up as a cash sale",
        )
    return Finding(
        rule="status-ahead",
        severity=Severity.WARN,
        message=f"the order is {told.value} in {SYSTEM[till]}, but not in {SYSTEM[books]}",
        remedy=f"see to it in {SYSTEM[books]}, or set the status back in {SYSTEM[till]}",
    )
