"""
Reading what a settlement needs of Go's ledger, once, and remembering it for a while.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.ledger import LedgerView, company_number, key_findings
from posgo.clients.calls import collect
from posgo.clients.go import account_transactions, integration, settings
from posgo.clients.go.ledger_view import read_view
from posgo.exceptions import ConfigurationError
from posgo.models.ledger import (
    AccountTransaction,
    Department,
    IntegrationInformation,
    PostedVoucher,
)
from posgo.models.terms import Location
from posgo.models.vouchers import Journal
from posgo.procedure import Procedure, ask
from posgo.procedures.catalog import Catalog

__all__ = [
    "Books",
    "Found",
    "confirm_company",
    "find_voucher",
    "read_identity",
    "read_ledger",
    "read_lock_date",
    "swept_voucher",
]

_FIELDS = ("voucher_id", "voucher_no", "voucher_type", "reference", "reversed", "posting_date")

# A sweep reads ahead, so that the days to come cost no further look-up.
_AHEAD = timedelta(days=366)


@attrs.frozen(kw_only=True)
class Found:
    """
    A voucher of Go that carries one of our references.

    Attributes:
        voucher_id: Go's id.
        voucher_no: Go's number; None if Go gave none.
        journal: Its kind; None if it is one we never post.
        posting_date: Accounting date; None if Go gave none.
        reversed: Whether it was reversed.
    """

    voucher_id: str
    voucher_no: int | None
    journal: Journal | None
    posting_date: date | None
    reversed: bool


@attrs.define
class Books:
    """
    A runner's working memory of one client company's ledger.

    Nothing blocks on what is remembered here: before a day is blocked, it is
    read again.

    Attributes:
        identity: Who we are there; None before it was read.
        company: Organisation number the keys were seen to belong to; None before that.
        view: Chart and settings; None before they were read.
        catalog: What translates products; None before it was read.
        departments: All departments; None before they were read.
        locations: All locations; likewise.
        rounding: Go's id of the product of øre rounding lines, 0 if there is none; None before it was looked for.
        locked: The lock date, alone in a tuple; None before it was read by itself.
        swept_from: First posting date whose vouchers were looked through; None before the first sweep.
        swept_to: Last such date.
        ours: Vouchers found by sweeps, by reference.
    """

    identity: IntegrationInformation | None = None
    company: str | None = None
    view: LedgerView | None = None
    catalog: Catalog | None = None
    departments: tuple[Department, ...] | None = None
    locations: tuple[Location, ...] | None = None
    rounding: int | None = None
    locked: tuple[date | None] | None = None
    swept_from: date | None = None
    swept_to: date | None = None
    ours: dict[str, Found] = attrs.Factory(dict)

    def forget(self) -> None:
        """
        Read everything anew when next asked, except who we are.
        """
        self.view = None
        self.catalog = None
        self.departments = self.locations = None
        self.rounding = None
        self.locked = None
        self.swept_from = self.swept_to = None
        self.ours = {}

    def remember(self, reference: str, posted: PostedVoucher, journal: Journal) -> None:
        """
        Know a voucher we posted after the sweep: were it reversed and the store lost, Go would take it again.
        """
        self.ours[reference] = Found(
            voucher_id=posted.id,
            voucher_no=posted.number,
            journal=journal,
            posting_date=posted.date,
            reversed=posted.reversed,
        )


def read_identity(books: Books) -> Procedure[IntegrationInformation]:
    """
    Learn which client company the keys belong to.
    """
    if books.identity is None:
        books.identity = yield from ask(integration.get())
    return books.identity


def confirm_company(books: Books, expected: str) -> Procedure[None]:
    """
    Make sure that the keys belong to the company the POS is of: records of one must not come into another's ledger.

    Args:
        books: What is remembered of Go.
        expected: Organisation number, nine digits.

    Raises:
        ConfigurationError: If they do not.
    """
    if books.company == expected:
        return
    organization = yield from ask(settings.organization())
    problems = key_findings(company_number(organization.organization_number), expected)
    if problems:
        raise ConfigurationError("runner", tuple(f"{each.message}. {each.remedy}" for each in problems))
    books.company = expected


def read_lock_date(books: Books) -> Procedure[date | None]:
    """
    Read the lock date; None means that nothing is locked.
    """
    if books.view is not None:
        return books.view.lock_date
    if books.locked is None:
        books.locked = ((yield from ask(settings.lock_date())),)
    return books.locked[0]


def read_ledger(books: Books, account_map: AccountMap) -> Procedure[LedgerView]:
    """
    Read chart, VAT codes, departments, lock date and organisation number.
    """
    if books.view is None:
        organization = yield from ask(settings.organization())
        view = yield from read_view(account_map.account_numbers(), account_map.department_codes())
        books.view = attrs.evolve(view, organization_number=organization.organization_number)
    return books.view


def swept_voucher(books: Books, reference: str, day: date) -> Procedure[Found | None]:
    """
    Look a reference up among the vouchers Go held when this runner began.

    One sweep serves all days to come; it is what makes a lost or older state
    store harmless. What is posted later by somebody else is refused by Go as
    a duplicate.
    """
    if books.swept_from is None or books.swept_to is None:
        yield from _sweep(books, day, day + _AHEAD)
        books.swept_from, books.swept_to = day, day + _AHEAD
    elif day < books.swept_from:
        yield from _sweep(books, day, books.swept_from - timedelta(days=1))
        books.swept_from = day
    elif day > books.swept_to:
        yield from _sweep(books, books.swept_to + timedelta(days=1), day + _AHEAD)
        books.swept_to = day + _AHEAD
    return books.ours.get(reference)


def find_voucher(reference: str, day: date) -> Procedure[Found | None]:
    """
    Look a reference up in Go as it is now, among the vouchers of one day.
    """
    rows = yield from _transactions(day, day)
    return _by_reference(rows).get(reference)


def _sweep(books: Books, first: date, last: date) -> Procedure[None]:
    rows = yield from _transactions(first, last)
    books.ours.update(_by_reference(rows))


def _transactions(first: date, last: date) -> Procedure[list[AccountTransaction]]:
    kinds = tuple(journal.value for journal in Journal)
    rows = yield from collect(
        account_transactions.list(from_date=first, to_date=last, voucher_types=kinds, fields=_FIELDS)
    )
    return rows


def _by_reference(rows: Iterable[AccountTransaction]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for row in rows:
        # A reversed voucher gives its reference free: the one that stands goes first.
        if row.reference is not None and (row.reference not in found or not row.reversed):
            kinds = {journal.value: journal for journal in Journal}
            found[row.reference] = Found(
                voucher_id=row.voucher_id,
                voucher_no=row.voucher_no,
                journal=kinds.get(row.voucher_type or ""),
                posting_date=row.posting_date,
                reversed=row.reversed,
            )
    return found
