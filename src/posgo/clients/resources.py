"""
What a Go client offers, stated once for both colours.
"""

from typing import Generic, TypeVar

from posgo.clients.calls import Call
from posgo.clients.go import (
    account_transactions,
    accounts,
    branding_themes,
    contact_groups,
    contact_persons,
    currencies,
    customer_ledger,
    customers,
    delivery_addresses,
    delivery_terms,
    departments,
    integration,
    journal_drafts,
    locations,
    number_series,
    onboarding,
    outgoing_invoices,
    payment_terms,
    posting,
    product_groups,
    products,
    projects,
    sales_orders,
    settings,
    trial_balance,
    vat_codes,
    voucher_documentation,
    vouchers,
)
from posgo.clients.surface import AsyncSender, Many, One, Resource, Steps, SyncSender
from posgo.models.ledger import PostedVoucher
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
    create = One(accounts.create)
    update = Steps(accounts.update)
    delete = One(accounts.delete)


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
    create = One(departments.create)
    update = Steps(departments.update)
    delete = One(departments.delete)


class Projects(Resource[S]):
    """
    Projects.
    """

    list = Many(projects.list)
    get = One(projects.get)
    create = One(projects.create)
    update = Steps(projects.update)
    delete = One(projects.delete)


class Locations(Resource[S]):
    """
    Locations.
    """

    list = Many(locations.list)
    get = One(locations.get)
    create = One(locations.create)
    update = Steps(locations.update)
    delete = One(locations.delete)


class PaymentTerms(Resource[S]):
    """
    Payment terms.
    """

    list = Many(payment_terms.list)
    get = One(payment_terms.get)
    create = One(payment_terms.create)
    update = Steps(payment_terms.update)
    delete = One(payment_terms.delete)


class DeliveryTerms(Resource[S]):
    """
    Delivery terms.
    """

    list = Many(delivery_terms.list)
    get = One(delivery_terms.get)
    create = One(delivery_terms.create)
    update = Steps(delivery_terms.update)
    delete = One(delivery_terms.delete)


class ContactPersons(Resource[S]):
    """
    Persons at companies.
    """

    list = Many(contact_persons.list)
    get = One(contact_persons.get)
    create = One(contact_persons.create)
    update = Steps(contact_persons.update)
    delete = One(contact_persons.delete)


class DeliveryAddresses(Resource[S]):
    """
    Delivery addresses.
    """

    list = Many(delivery_addresses.list)
    get = One(delivery_addresses.get)
    create = One(delivery_addresses.create)
    update = Steps(delivery_addresses.update)
    delete = One(delivery_addresses.delete)


class ContactGroups(Resource[S]):
    """
    Groups of contacts.
    """

    list = Many(contact_groups.list)
    get = One(contact_groups.get)
    create = One(contact_groups.create)
    update = Steps(contact_groups.update)
    delete = One(contact_groups.delete)


class Products(Resource[S]):
    """
    Products.
    """

    list = Many(products.list)
    get = One(products.get)
    create = One(products.create)
    update = Steps(products.update)
    delete = One(products.delete)


class ProductGroups(Resource[S]):
    """
    Product groups.
    """

    list = Many(product_groups.list)
    get = One(product_groups.get)
    create = One(product_groups.create)
    update = Steps(product_groups.update)
    delete = One(product_groups.delete)


class Customers(Resource[S]):
    """
    Customers.
    """

    list = Many(customers.list)
    get = One(customers.get)
    create = One(customers.create)
    update = Steps(customers.update)
    delete = One(customers.delete)
    subledger_accounts = Many(customers.subledger_accounts)


class SalesOrders(Resource[S]):
    """
    Sales orders, their lines and attachments, and how they become invoices.
    """

    list = Many(sales_orders.list)
    get = One(sales_orders.get)
    get_header = One(sales_orders.get_header)
    create = One(sales_orders.create)
    update = Steps(sales_orders.update)
    delete = One(sales_orders.delete)
    lines = Many(sales_orders.lines)
    get_line = One(sales_orders.get_line)
    create_line = One(sales_orders.create_line)
    update_line = Steps(sales_orders.update_line)
    current_line = One(sales_orders.current_line)
    delete_line = One(sales_orders.delete_line)
    attachments = Many(sales_orders.attachments)
    attach = One(sales_orders.attach)
    download_attachment = One(sales_orders.download_attachment)
    delete_attachment = One(sales_orders.delete_attachment)
    send = One(sales_orders.send)
    sent_state = One(sales_orders.sent_state)


class OutgoingInvoices(Resource[S]):
    """
    Invoices Go has sent.
    """

    list = Many(outgoing_invoices.list)
    get = One(outgoing_invoices.get)
    lines = Many(outgoing_invoices.lines)


class CustomerLedger(Resource[S]):
    """
    What customers owe and have paid.
    """

    open_items = Many(customer_ledger.open_items)
    statement = Many(customer_ledger.statement)
    matched_entries = Many(customer_ledger.matched_entries)
    balances = Many(customer_ledger.balances)


class VoucherDocumentation(Resource[S]):
    """
    Documents of vouchers.
    """

    list = Many(voucher_documentation.list)
    upload = One(voucher_documentation.upload)
    download = One(voucher_documentation.download)


class TrialBalance(Resource[S]):
    """
    Balances of ledger accounts.
    """

    list = Many(trial_balance.list)


class Currencies(Resource[S]):
    """
    Currencies and their rates.
    """

    list = Many(currencies.list)
    rate = One(currencies.rate)


class BrandingThemes(Resource[S]):
    """
    How invoices look.
    """

    list = Many(branding_themes.list)
    get = One(branding_themes.get)


class NumberSeries(Resource[S]):
    """
    Number series of customers, suppliers and employees.
    """

    list = Many(number_series.list)
    get = One(number_series.get)


class Onboarding(Resource[S]):
    """
    Connecting client companies.
    """

    initiate = One(onboarding.initiate)
    finalize = One(onboarding.finalize)


class JournalDrafts(Resource[S]):
    """
    Drafts of journal entries, for somebody to approve.
    """

    create = One(journal_drafts.create)
    add_page = One(journal_drafts.add_page)
    submit = One(journal_drafts.submit)
    delete = One(journal_drafts.delete)


def _get(id: str, *, journal: Journal = Journal.CASH) -> Call[PostedVoucher]:  # noqa: A002
    return vouchers.get(journal, id)


_get.__doc__ = vouchers.get.__doc__


class Vouchers(Resource[S]):
    """
    Vouchers posted directly to the ledger.
    """

    post = Steps(posting.post)
    get = One(_get)
    get_invoice = One(vouchers.get_invoice)
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
        self.branding_themes: BrandingThemes[S] = BrandingThemes(sender)
        self.contact_groups: ContactGroups[S] = ContactGroups(sender)
        self.contact_persons: ContactPersons[S] = ContactPersons(sender)
        self.currencies: Currencies[S] = Currencies(sender)
        self.customer_ledger: CustomerLedger[S] = CustomerLedger(sender)
        self.customers: Customers[S] = Customers(sender)
        self.delivery_addresses: DeliveryAddresses[S] = DeliveryAddresses(sender)
        self.delivery_terms: DeliveryTerms[S] = DeliveryTerms(sender)
        self.departments: Departments[S] = Departments(sender)
        self.integration: Integration[S] = Integration(sender)
        self.journal_drafts: JournalDrafts[S] = JournalDrafts(sender)
        self.locations: Locations[S] = Locations(sender)
        self.number_series: NumberSeries[S] = NumberSeries(sender)
        self.onboarding: Onboarding[S] = Onboarding(sender)
        self.outgoing_invoices: OutgoingInvoices[S] = OutgoingInvoices(sender)
        self.payment_terms: PaymentTerms[S] = PaymentTerms(sender)
        self.product_groups: ProductGroups[S] = ProductGroups(sender)
        self.products: Products[S] = Products(sender)
        self.projects: Projects[S] = Projects(sender)
        self.sales_orders: SalesOrders[S] = SalesOrders(sender)
        self.settings: Settings[S] = Settings(sender)
        self.trial_balance: TrialBalance[S] = TrialBalance(sender)
        self.vat_codes: VatCodes[S] = VatCodes(sender)
        self.voucher_documentation: VoucherDocumentation[S] = VoucherDocumentation(sender)
        self.vouchers: Vouchers[S] = Vouchers(sender)
