"""
A client company: its books, and the rules that everything in it keeps.
"""

import copy
import enum
import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from posgo.testing._go import chart
from posgo.testing._go.entities import Account, BookedLine, BookedVoucher, VatRow
from posgo.testing._go.http import bad_request, referenced_not_found
from posgo.testing._go.subledger import Subledger

__all__ = ["Company", "Row", "RowAmounts", "vat_in"]

ORE = Decimal("0.01")

Row = dict[str, Any]
"""An object in Go's own names; dates and decimals as Python has them."""

_CUSTOMER_NUMBERS = range(10_000, 20_000)


class RowAmounts(enum.Enum):
    """
    What ``Amount`` of an account transaction shows where there is VAT. Which of the two Go does is unverified.
    """

    NET = "net"
    """Without VAT; the VAT has a row of its own on its account."""

    GROSS = "gross"
    """With VAT; there is no VAT row."""


class _Counter:
    """
    Numbers in a row. Unlike those of itertools it can be copied with what it counts for.
    """

    def __init__(self, first: int) -> None:
        self._next = first

    def __next__(self) -> int:
        self._next += 1
        return self._next - 1


class Company:
    """
    The state of one client company.

    Args:
        organization_number: Of the company.
        now: Tells the time (UTC).
        new_uuid: Gives ids of what has no numbers.
    """

    def __init__(
        self,
        organization_number: str,
        now: Callable[[], datetime],
        new_uuid: Callable[[], uuid.UUID] = uuid.uuid4,
    ) -> None:
        self._new_uuid = new_uuid
        self.organization_number = organization_number
        self.name = "Testbutikken AS"
        self.id = self.new_uuid()
        self._now = now
        self._last_stamp: datetime | None = None
        # Ids are far from numbers, so that taking one for the other is noticed.
        self._ids = _Counter(100_501)
        self._voucher_numbers = _Counter(1)
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
        self.vouchers: list[BookedVoucher] = []
        self.subledger = Subledger(self.stamp, self.new_id)
        self.invoiced_products: set[int] = set()
        self.may_send_invoices = True
        self.delivery_delay = timedelta(0)
        self.delivery_failures: list[str] = []
        self.onboarding_tokens: dict[str, str] = {}
        self.checks_references = True
        self.ignored_members: set[str] = set()
        self.line_rounding = ROUND_HALF_UP
        self.line_edits_move_orders = True
        self.sending_moves_balances = True
        self._tables: dict[str, dict[Any, Row]] = {}
        self._series_id = self.new_uuid()
        self._invoice_numbers = _Counter(10_001)
        self._order_numbers = _Counter(1)
        self.founded = self.stamp()

    def __deepcopy__(self, memo: dict[int, Any]) -> "Company":
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        # The clock is the world's, not the company's.
        memo[id(self._now)] = self._now
        memo[id(self._new_uuid)] = self._new_uuid
        # What never changes is shared, and an account holds nothing that could be.
        memo[id(self.vat_rows)] = self.vat_rows
        memo |= {id(row): row for row in self.vat_rows}
        memo |= {id(line): line for voucher in self.vouchers for line in voucher.lines}
        memo |= {id(account): copy.copy(account) for account in self.accounts.values()}
        twin.__dict__.update({name: copy.deepcopy(value, memo) for name, value in self.__dict__.items()})
        return twin

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

    def now(self) -> datetime:
        """
        The time (UTC).
        """
        return self._now()

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

    def new_uuid(self) -> str:
        """
        An id of the other kind.
        """
        return str(self._new_uuid())

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

    # -- objects with the usual life ---------------------------------------

    def table(self, name: str) -> dict[Any, Row]:
        """
        All objects of one kind, by id.
        """
        return self._tables.setdefault(name, {})

    def by(self, table: str, member: str, value: Any) -> Any:
        """
        The id of the object whose member has a value, or a refusal.
        """
        found = next((row["Id"] for row in self.table(table).values() if row[member] == value), None)
        if found is None:
            referenced_not_found(f"{table} with {member} {value!r} was not found")
        return found

    def refuse_unknown(self, row: Row, **tables: str) -> None:
        """
        Refuse a row that names an object that does not exist.
        """
        for member, table in tables.items():
            value = row.get(member)
            # -1 says explicitly: none.
            if value not in {None, -1} and value not in self.table(table) and self.checks_references:
                referenced_not_found(f"{table} with id {value} was not found")

    def series_rows(self) -> list[Row]:
        """
        The number series: one, for customers.
        """
        account = self.account(1500)
        return [
            {
                "Id": self._series_id,
                "Name": "Kunder",
                "SubLedgerNumberSeriesType": "Customer",
                "FromInclusive": _CUSTOMER_NUMBERS.start,
                "ToInclusive": _CUSTOMER_NUMBERS.stop - 1,
                "GeneralLedgerAccountNo": 1500,
                "GeneralLedgerAccountId": account.id if account else 0,
                "IsDefault": True,
                "IsClientTrust": False,
            }
        ]

    def next_customer_number(self) -> int:
        """
        The next free number of the series.
        """
        taken = {row["Number"] for row in self.table("Customers").values()}
        free = next((number for number in _CUSTOMER_NUMBERS if number not in taken), None)
        if free is None:
            bad_request("Customer validation error(s)", "The number series is used up")
        return free

    def next_invoice_no(self) -> int:
        """
        The next invoice number.
        """
        return next(self._invoice_numbers)

    def next_order_no(self) -> int:
        """
        The next order number.
        """
        return next(self._order_numbers)

    def touch_order(self, order: Row) -> None:
        """
        Note a change of an order's lines. Whether that moves the order's stamp is unverified.
        """
        if self.line_edits_move_orders:
            order["LastChangedDateTimeOffset"] = self.stamp()

    def reserved(self, product_id: int) -> Decimal:
        """
        How much of a product confirmed orders hold back.
        """
        return sum(
            (
                line["Quantity"] or Decimal(0)
                for order in self.table("SalesOrders").values()
                if order["SalesOrderStatus"] == "Confirmed"
                for line in order["SalesOrderLines"]
                if line["ProductId"] == product_id
            ),
            Decimal(0),
        )

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

    def book(
        self, voucher: BookedVoucher, *, invoice_no: str | None = None, due_date: date | None = None
    ) -> BookedVoucher:
        """
        Enter a voucher, and what it does to customers' accounts.
        """
        self.vouchers.append(voucher)
        if voucher.reverses is None:
            self.subledger.enter(voucher, invoice_no=invoice_no, due_date=due_date)
        else:
            self.subledger.undo(voucher.reverses, voucher)
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
                id=self.new_uuid(),
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
