"""
The customer ledger: entries, what is matched with what, and what is still open.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal

import attrs

from posgo.testing._go.entities import BookedLine, BookedVoucher

__all__ = ["Entry", "Subledger"]

ZERO = Decimal("0.00")


@attrs.define(kw_only=True, eq=False)
class Entry:
    """
    One entry on a customer's account.

    Attributes:
        id: Go's id.
        customer_id: Whose account.
        customer_no: Customer number.
        voucher: Where it comes from.
        amount: NOK, debit positive.
        posting_date: Accounting date.
        invoice_no: Number; None if none.
        matching_reference: None if none.
        cid: None if none.
        due_date: None if none.
        match_id: Shared by entries matched with each other; None if with none.
        settled: What was taken off it: counterpart, day and amount.
        changed_at: When its matching changed.
    """

    id: int
    customer_id: int
    customer_no: int
    voucher: BookedVoucher
    amount: Decimal
    posting_date: date
    invoice_no: str | None = None
    matching_reference: str | None = None
    cid: str | None = None
    due_date: date | None = None
    match_id: int | None = None
    settled: list[tuple["Entry", date, Decimal]] = attrs.field(factory=list, repr=False)
    changed_at: datetime

    def balance(self, on: date | None = None) -> Decimal:
        """
        NOK still open, on a day or by all that is booked.
        """
        return self.amount - sum((part for _, day, part in self.settled if on is None or day <= on), ZERO)


class Subledger:
    """
    All customers' entries.

    Args:
        stamp: Gives the time of a change.
        new_id: Gives ids.
    """

    def __init__(self, stamp: Callable[[], datetime], new_id: Callable[[], int]) -> None:
        self.entries: list[Entry] = []
        self.partial_matching = False
        self._stamp = stamp
        self._new_id = new_id

    def of(self, customer_id: int) -> Iterator[Entry]:
        """
        The entries of one customer.
        """
        return (entry for entry in self.entries if entry.customer_id == customer_id)

    def has_entries(self, customer_id: int) -> bool:
        """
        Whether a customer was ever booked on.
        """
        return any(True for _ in self.of(customer_id))

    def balance_of(self, customer_id: int) -> Decimal:
        """
        What a customer owes.
        """
        return sum((entry.amount for entry in self.of(customer_id)), ZERO)

    def enter(
        self, voucher: BookedVoucher, *, invoice_no: str | None = None, due_date: date | None = None
    ) -> None:
        """
        Take the customers' lines of a voucher, and match them.
        """
        for line in voucher.lines:
            if line.customer_id is not None and line.customer_no is not None:
                entry = self._entry(voucher, line, line.customer_id, line.customer_no)
                entry.invoice_no = invoice_no or line.invoice_no
                entry.due_date = due_date
                self.entries.append(entry)
                self._match(entry, pays=line.invoice_no)

    def undo(self, voucher: BookedVoucher, reversal: BookedVoucher) -> None:
        """
        Free what a reversed voucher had matched, and match it with its reversal.
        """
        before = [entry for entry in self.entries if entry.voucher is voucher]
        for entry in before:
            self._free(entry)
        for line in reversal.lines:
            if line.customer_id is not None and line.customer_no is not None:
                entry = self._entry(reversal, line, line.customer_id, line.customer_no)
                self.entries.append(entry)
                twin = next(
                    (
                        one
                        for one in before
                        if one.amount == -entry.amount
                        and one.customer_id == entry.customer_id
                        and not one.settled
                    ),
                    None,
                )
                if twin is not None:
                    self._settle(twin, entry, entry.amount)

    def _entry(self, voucher: BookedVoucher, line: BookedLine, customer_id: int, customer_no: int) -> Entry:
        return Entry(
            id=self._new_id(),
            customer_id=customer_id,
            customer_no=customer_no,
            voucher=voucher,
            amount=line.amount,
            posting_date=line.posting_date,
            matching_reference=line.matching_reference,
            cid=line.cid,
            changed_at=self._stamp(),
        )

    def _match(self, entry: Entry, pays: str | None) -> None:
        for other in self.of(entry.customer_id):
            if other is entry or not other.balance() or other.amount * entry.balance() >= 0:
                continue
            by_number = pays is not None and other.invoice_no == pays
            by_text = _same(other.matching_reference, entry.matching_reference) or _same(other.cid, entry.cid)
            whole = other.balance() == -entry.balance()
            # Whether Go matches parts by reference is unverified.
            if by_number or (by_text and (whole or self.partial_matching)):
                part = min(abs(other.balance()), abs(entry.balance()))
                self._settle(other, entry, part if entry.amount > 0 else -part)
                return

    def _settle(self, other: Entry, entry: Entry, part: Decimal) -> None:
        day = max(other.posting_date, entry.posting_date)
        match_id = other.match_id or self._new_id()
        entry.settled.append((other, day, part))
        other.settled.append((entry, day, -part))
        for one in (entry, other):
            one.match_id = match_id
            one.changed_at = self._stamp()

    def _free(self, entry: Entry) -> None:
        for other, _, _ in entry.settled:
            other.settled = [part for part in other.settled if part[0] is not entry]
            other.match_id = other.match_id if other.settled else None
            other.changed_at = self._stamp()
        entry.settled = []
        entry.match_id = None

    def customers(self) -> Iterator[tuple[int, int, list[Entry]]]:
        """
        Id, number and entries of every customer with entries.
        """
        ordered = sorted(self.entries, key=lambda entry: entry.customer_id)
        for customer_id, group in itertools.groupby(ordered, key=lambda entry: entry.customer_id):
            entries = list(group)
            yield customer_id, entries[0].customer_no, entries


def _same(left: str | None, right: str | None) -> bool:
    return left is not None and left == right
