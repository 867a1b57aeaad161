"""
What a Go client offers, stated once for both colours.
"""

from typing import Generic, TypeVar

from posgo.clients.calls import Call
from posgo.clients.go import (
    account_transactions,
    accounts,
    departments,
    integration,
    settings,
    vat_codes,
    vouchers,
)
from posgo.clients.surface import AsyncSender, Many, One, Resource, SyncSender
from posgo.models.ledger import JournalEntry, PostedVoucher
from posgo.models.vouchers import Journal

__all__ = ["GoResources"]

S = TypeVar("S", bound=SyncSender | AsyncSender)


class Integration(Resource[S]):
    """
    Who we are at Go.
    """

    get = One(integration.get)


class Settings(Resource[S]):
    """
    Settings of the client company.
    """

    organization = One(settings.organization)
    lock_date = One(settings.lock_date)
    vat = One(settings.vat)
    financial = One(settings.financial)


class Accounts(Resource[S]):
    """
    The chart of accounts.
    """

    list = Many(accounts.list)
    get = One(accounts.get)


class VatCodes(Resource[S]):
    """
    VAT codes.
    """

    list = Many(vat_codes.list)


class Departments(Resource[S]):
    """
    Departments.
    """

    list = Many(departments.list)
    get = One(departments.get)


def _post(entry: JournalEntry, *, journal: Journal = Journal.CASH) -> Call[PostedVoucher]:
    return vouchers.post(journal, entry)


def _get(id: str, *, journal: Journal = Journal.CASH) -> Call[PostedVoucher]:  # noqa: A002
    return vouchers.get(journal, id)


_post.__doc__ = vouchers.post.__doc__
_get.__doc__ = vouchers.get.__doc__


class Vouchers(Resource[S]):
    """
    Vouchers posted directly to the ledger.
    """

    post = One(_post)
    get = One(_get)
    reverse = One(vouchers.reverse)


class AccountTransactions(Resource[S]):
    """
    Booked rows of the general ledger.
    """

    list = Many(account_transactions.list)


class GoResources(Generic[S]):
    """
    The resources of Go as attributes of a client.
    """

    def __init__(self, sender: S) -> None:
        self.account_transactions: AccountTransactions[S] = AccountTransactions(sender)
        self.accounts: Accounts[S] = Accounts(sender)
        self.departments: Departments[S] = Departments(sender)
        self.integration: Integration[S] = Integration(sender)
        self.settings: Settings[S] = Settings(sender)
        self.vat_codes: VatCodes[S] = VatCodes(sender)
        self.vouchers: Vouchers[S] = Vouchers(sender)
