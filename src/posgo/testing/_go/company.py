"""
A client company: its books, and the rules that everything in it keeps.
"""

import enum
import itertools
import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from posgo.testing._go import chart
from posgo.testing._go.entities import Account, BookedLine, BookedVoucher, DepartmentEntity, VatRow

__all__ = ["Company", "RowAmounts", "vat_in"]

ORE = Decimal("0.01")


class RowAmounts(enum.Enum):
    """
    What ``Amount`` of an account transaction shows where there is VAT. Which of the two Go does is unverified.
    """

    NET = "net"
    """Without VAT; the VAT has a row of its own on its account."""

    GROSS = "gross"
    """With VAT; there is no VAT row."""


class Company:
    """
    The state of one client company.

    Args:
        organization_number: Of the company.
        now: Tells the time (UTC).
    """

    def __init__(self, organization_number: str, now: Callable[[], datetime]) -> None:
        self.organization_number = organization_number
        self.name = "Testbutikken AS"
        self.id = str(uuid.uuid4())
        self._now = now
        self._last_stamp: datetime | None = None
        # Ids are far from numbers, so that taking one for the other is noticed.
        self._ids = itertools.count(100_501)
        self._voucher_numbers = itertools.count(1)
        self.privileges: frozenset[str] = frozenset()
        self.privileges_without_module: frozenset[str] = frozenset()
        self.row_amounts = RowAmounts.NET
        self.lock_date: date | None = None
        self.conversion_date = date(2005, 1, 1)
        self.vat_registered = True
        self.vat_rows = tuple(
            VatRow(id=7_000 + n, code=code, name=name, rate=rate, valid_from=first, valid_to=last)
            for n, (code, name, rate, first, last) in enumerate(chart.rates(), start=1)
        )
        self.accounts: dict[int, Account] = {}
        for number, name, vat_code in chart.ACCOUNTS:
            self.put_account(number, name=name, vat_code=vat_code)
        self.departments: dict[int, DepartmentEntity] = {}
        self.put_department("10", "Butikk")
        self.vouchers: list[BookedVoucher] = []

    # -- time and identity -------------------------------------------------

    def stamp(self) -> datetime:
        """
        The time, later than any stamp given before.
        """
        now = self._now()
        if self._last_stamp is not None and now <= self._last_stamp:
            now = self._last_stamp + timedelta(microseconds=1)
        self._last_stamp = now
        return now

    def today(self) -> date:
        """
        The date of now.
        """
        return self._now().date()

    def new_id(self) -> int:
        """
        An id never given before.
        """
        return next(self._ids)

    # -- the chart -----------------------------------------------------------

    def put_account(  # noqa: PLR0913
        self,
        number: int,
        *,
        name: str | None = None,
        vat_code: str | None = None,
        vat_code_locked: bool = False,
        department_required: bool = False,
        project_required: bool = False,
    ) -> Account:
        """
        Add an account, or replace the one with that number, which keeps its id.
        """
        old = self.account(number)
        account = Account(
            id=old.id if old else self.new_id(),
            number=number,
            name=name or (old.name if old else f"Konto {number}"),
            vat_code=self.vat_on(vat_code or "0", self.today()).code,
            vat_code_locked=vat_code_locked,
            department_required=department_required,
            project_required=project_required,
            control=number in chart.CONTROL_ACCOUNTS,
            changed_at=self.stamp(),
        )
        self.accounts[account.id] = account
        return account

    def account(self, number: int) -> Account | None:
        """
        The account with that number.
        """
        return next((account for account in self.accounts.values() if account.number == number), None)

    def put_department(self, code: str, name: str) -> DepartmentEntity:
        """
        Add a department.
        """
        stamp = self.stamp()
        department = DepartmentEntity(
            id=self.new_id(), code=code, name=name, active=True, created_at=stamp, changed_at=stamp
        )
        self.departments[department.id] = department
        return department

    def vat_on(self, code: str, day: date) -> VatRow:
        """
        The row of a VAT code that holds on a day.

        Raises:
            ValueError: If there is none; a test asked for a code that does not exist.
        """
        found = next((row for row in self.vat_rows if row.code == code and row.covers(day)), None)
        if found is None:
            raise ValueError(f"there is no VAT code {code!r} on {day}")
        return found

    # -- the books -------------------------------------------------------------

    def book(self, voucher: BookedVoucher) -> BookedVoucher:
        """
        Enter a voucher.
        """
        self.vouchers.append(voucher)
        return voucher

    def next_voucher_no(self) -> int:
        """
        The next number of the one sequence for all kinds.
        """
        return next(self._voucher_numbers)

    def voucher(self, id: str) -> BookedVoucher | None:  # noqa: A002
        """
        The voucher with that id.
        """
        return next((voucher for voucher in self.vouchers if voucher.id == id), None)

    def reference_taken(self, reference: str) -> BookedVoucher | None:
        """
        The unreversed voucher that carries a reference.
        """
        carriers = (v for v in self.vouchers if v.reference == reference and not v.reversed)
        return next(carriers, None)

    def reverse(self, voucher: BookedVoucher, *, by_integration: bool) -> BookedVoucher:
        """
        Enter the opposite of a voucher, on the same date, and free its reference.
        """
        voucher.reversed = True
        return self.book(
            BookedVoucher(
                id=str(uuid.uuid4()),
                voucher_no=self.next_voucher_no(),
                voucher_type="ReversalVoucher",
                date=voucher.date,
                created_at=self.stamp(),
                text=f"Reversal of voucher {voucher.voucher_no}",
                lines=tuple(self._opposite(voucher.lines)),
                reverses=voucher,
                by_integration=by_integration,
            )
        )

    def _opposite(self, lines: Iterable[BookedLine]) -> Iterable[BookedLine]:
        for line in lines:
            yield BookedLine(
                id=self.new_id(),
                account_id=line.account_id,
                account=line.account,
                amount=-line.amount,
                vat=line.vat,
                posting_date=line.posting_date,
                department=line.department,
                department_id=line.department_id,
                text=line.text,
                customer_no=line.customer_no,
                customer_id=line.customer_id,
            )


def vat_in(gross: Decimal, rate: Decimal) -> Decimal:
    """
    The VAT inside a gross amount, rounded half up per line.
    """
    return (gross * rate / (1 + rate)).quantize(ORE, rounding=ROUND_HALF_UP)
