"""
Reading what a voucher is checked by and named with: chart, VAT codes, departments, lock date.
"""

from collections.abc import Iterable

from posgo.bookkeeping.ledger import LedgerView
from posgo.clients.calls import Call, Page, collect
from posgo.clients.go import accounts, departments, settings, vat_codes
from posgo.models.ledger import Department, LedgerAccount
from posgo.procedure import Procedure, ask

__all__ = ["chart_of", "departments_of", "read_view"]


def chart_of(numbers: Iterable[int]) -> Call[Page[LedgerAccount]]:
    """
    Ask for accounts by number.
    """
    return accounts.list(numbers=sorted(numbers))


def departments_of(codes: Iterable[str]) -> Call[Page[Department]]:
    """
    Ask for departments by code; there must be some, for none would mean all.
    """
    return departments.list(codes=sorted(codes))


def read_view(numbers: Iterable[int], department_codes: Iterable[str]) -> Procedure[LedgerView]:
    """
    Read a ledger as far as vouchers on these accounts and departments need it, in three or four requests.
    """
    lock_date = yield from ask(settings.lock_date())
    chart = yield from collect(chart_of(numbers))
    vat = yield from collect(vat_codes.list(include_expired=True))
    codes = [*department_codes]
    rooms = (yield from collect(departments_of(codes))) if codes else []
    return LedgerView(
        accounts={account.number: account for account in chart},
        vat_codes=tuple(vat),
        departments={room.code: room for room in rooms if room.code is not None},
        lock_date=lock_date,
    )
