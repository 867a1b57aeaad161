"""
Which privileges a company's integration needs for what the runner is to do, and which of them it lacks.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import attrs

from posgo.bookkeeping.accounts import AccountMap, InvoiceCase
from posgo.clients.go import (
    account_transactions,
    accounts,
    customer_ledger,
    customers,
    departments,
    outgoing_invoices,
    products,
    sales_orders,
    settings,
    vouchers,
)
from posgo.models.findings import Finding, Severity
from posgo.models.ledger import IntegrationInformation
from posgo.models.vouchers import Journal
from posgo.profiles import Invoicing, Profile
from posgo.sync import Direction

__all__ = ["Preflight", "needs", "privilege_findings"]

Roles = tuple[str, ...]


@attrs.frozen(kw_only=True)
class Preflight:
    """
    What is to be made ready.

    Attributes:
        profile: How the two systems work together.
        accounts: The account map; None if nothing is to be settled.
        has_pos: Whether a POS can be asked.
        today: Norwegian date.
        organization_number: Of the company the POS is of; None if the keys are not compared with it.
    """

    profile: Profile
    accounts: AccountMap | None
    has_pos: bool
    today: date
    organization_number: str | None = None


def needs(preflight: Preflight) -> dict[Roles, str]:
    """
    What must be allowed: alternatives of which any one suffices, and what for.
    """
    purposes: dict[Roles, list[str]] = {}
    for roles, purpose in _needs(preflight):
        purposes.setdefault(roles, []).append(purpose)
    return {roles: " and to ".join(texts) for roles, texts in purposes.items()}


def _needs(preflight: Preflight) -> Iterator[tuple[Roles, str]]:
    """
    The roles stand on the calls; a call that is only built is not sent.
    """
    profile, account_map, today = preflight.profile, preflight.accounts, preflight.today
    yield settings.ROLES, "read the company's settings and VAT codes"
    if account_map is not None:
        yield vouchers.get(profile.journal, "").roles, f"post settlements ({profile.journal.value})"
        yield accounts.list().roles, "read the chart of accounts"
        looked_up = account_transactions.list(from_date=today, to_date=today)
        yield looked_up.roles, "see whether a Z-report is booked already"
        if account_map.department_codes():
            yield departments.list().roles, "find the departments"
        yield from _receiving(account_map, profile, today)
    if profile.customers is not None:
        yield customers.delete(0).roles, "keep customers alike"
    if profile.products is not None:
        # Products that only come from Go are not written there. Customers are, with their counterpart's id.
        to_go = any(unit.direction is not Direction.GO_TO_POS for unit in profile.products.shared)
        yield (products.delete(0) if to_go else products.list()).roles, "keep products alike"
        yield accounts.list().roles, "tell which VAT code a product has"
    if profile.invoicing is Invoicing.POS and account_map is not None:
        journal = profile.invoice_journal
        yield vouchers.get(journal, "").roles, f"book the POS's invoices ({journal.value})"
        yield customers.recipient(0).roles, "find the accounts of those who are invoiced"
    if profile.orders is not None:
        yield sales_orders.delete("").roles, "keep orders alike"
        yield outgoing_invoices.list().roles, "follow orders to their invoices"
        yield customer_ledger.matched_entries(0).roles, "tell a payment from a credit note"
        yield accounts.list().roles, "tell the VAT of an order"
        if profile.products is None:
            yield products.list().roles, "find the product for øre rounding"


def _receiving(account_map: AccountMap, profile: Profile, today: date) -> Iterator[tuple[Roles, str]]:
    """
    What money beside the day's sales needs: paid invoices and payouts.

    Where orders are kept alike, their invoices may be paid at the till, whether or not the map foresees it.
    """
    by_number = InvoiceCase.BANK_JOURNAL in (
        account_map.invoice_rules.partial,
        account_map.invoice_rules.no_reference,
    )
    if account_map.takes_invoices or profile.orders is not None:
        yield customer_ledger.open_items(on=today).roles, "see what is open of invoices paid at the till"
        yield outgoing_invoices.list().roles, "see what became of invoices that have nothing open"
        if profile.customers is None:  # else they may be written, and so read
            yield customers.subledger_accounts().roles, "find the accounts of those who paid"
        if by_number and account_map.takes_invoices:
            yield (
                vouchers.get(Journal.BANK, "").roles,
                "post days on which an invoice is known by its number only",
            )
    if account_map.payouts:
        yield vouchers.get(Journal.BANK, "").roles, "post payouts"


def privilege_findings(
    needed: dict[Roles, str], information: IntegrationInformation, refused: Iterable[Roles]
) -> Iterator[Finding]:
    """
    What is not allowed: by Go's own list, or because it refused although the list has it.
    """
    for roles, purpose in needed.items():
        name = " or ".join(roles)
        if information.privileges.isdisjoint(roles):
            without_module = sorted(information.missing_privileges.intersection(roles))
            yield _no_module(without_module, purpose) if without_module else _not_granted(name, purpose)
        elif roles in refused:
            yield _lacks(
                "missing-privilege",
                f"Go lists the privilege {name}, needed to {purpose}, but refused to let it be used",
                f"Check again in 20 minutes; if it stays so, show this and the client id {information.client_id} "
                "to PowerOffice's support.",
                name,
            )


def _not_granted(name: str, purpose: str) -> Finding:
    return _lacks(
        "missing-privilege",
        f"the integration lacks the privilege {name}, needed to {purpose}",
        "Have the integration's vendor ask PowerOffice for it; it cannot be given inside Go.",
        name,
    )


def _no_module(roles: list[str], purpose: str) -> Finding:
    name = " or ".join(roles)
    return _lacks(
        "missing-module",
        f"the privilege {name}, needed to {purpose}, is granted, but the client company lacks the Go module for it",
        "Order the module for the client company in Go, and check again.",
        name,
    )


def _lacks(rule: str, message: str, remedy: str, name: str) -> Finding:
    return Finding(rule=rule, severity=Severity.BLOCK, message=message, remedy=remedy, expected=name)
