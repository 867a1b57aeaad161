"""
The account map: which ledger account each code of a till goes to.

Charts differ from company to company, so every number is configuration.
Nothing here is guessed from a day's figures: how a till reports is a property
of the till, written down once.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import attrs

__all__ = [
    "INVOICES",
    "AccountMap",
    "CashPointSettings",
    "InvoiceCase",
    "InvoiceRules",
    "MappedAccount",
    "MovementRule",
    "OtherAccounts",
    "PayoutAccounts",
    "PosProperties",
    "SalesAccount",
    "VatRows",
]

# What the standard codes mean at a Norwegian till today. A setting, because
# rates change under the same code: [vat_rates] replaces or adds lists, and
# the ledger's own rate on the posting date has the last word.
VAT_RATES: dict[str, tuple[Decimal, ...]] = {
    "3": (Decimal(25),),
    "31": (Decimal(15),),
    "32": (Decimal("11.11"),),
    "33": (Decimal(12),),
    **dict.fromkeys(("0", "5", "51", "52", "6", "7"), (Decimal(0),)),
}


INVOICES = "invoices"
"""Where a pay-in goes that pays invoices of Go: to the customers, as the Z-report's payments say."""


class VatRows(enum.Enum):
    """
    The two ways tills fill the sales amount of a VAT row.
    """

    NET = "net"
    """Excluding VAT, as the format says."""

    GROSS = "gross"
    """Including VAT; the VAT amount beside it is information."""


@attrs.frozen(kw_only=True)
class SalesAccount:
    """
    Where sales go.

    Attributes:
        account: Number in the chart.
        vat_code: Standard VAT code the sales are posted with.
    """

    account: int
    vat_code: str


@attrs.frozen(kw_only=True)
class OtherAccounts:
    """
    Accounts that only some days need. None means not configured; a day that needs it blocks.

    Attributes:
        cash_rounding: Rounding of cash payments to whole kroner.
        cash_difference: Counted minus expected cash.
        tips: Liability for tips until payroll has paid them out.
        gift_cards: Liability for gift cards sold.
        credit_notes: Liability for store credit notes.
        cash_in_transit: Cash on its way to the bank.
    """

    cash_rounding: int | None = None
    cash_difference: int | None = None
    tips: int | None = None
    gift_cards: int | None = None
    credit_notes: int | None = None
    cash_in_transit: int | None = None


@attrs.frozen(kw_only=True)
class MovementRule:
    """
    What a type of pay-in or pay-out is.

    Attributes:
        to: Account number, a name of :class:`OtherAccounts`, or ``"invoices"``.
        in_payments: Whether the till counts it in its tenders; None leaves it to ``[pos]``.
    """

    to: int | str
    in_payments: bool | None = None


class InvoiceCase(enum.Enum):
    """
    What becomes of a payment that does not simply settle its invoice.
    """

    BLOCK = "block"
    """Nothing is booked before somebody has looked."""

    BANK_JOURNAL = "bank_journal"
    """The day becomes a bank journal, whose lines name the invoice they pay."""

    ON_ACCOUNT = "on_account"
    """It is booked on the customer, matched with nothing: a person matches it in Go."""


@attrs.frozen(kw_only=True)
class InvoiceRules:
    """
    How invoices paid at the till are booked.

    Attributes:
        account: Control account of the customers; the postings go to the customers' own accounts behind it.
        partial: Less was paid than is open. ``BLOCK`` or ``BANK_JOURNAL``.
        overpaid: More was paid than is open. ``BLOCK``, or ``ON_ACCOUNT`` for what is too much.
        not_open: Nothing is open in Go. ``BLOCK`` or ``ON_ACCOUNT``.
        refunds: Money was paid back without a credit note that is open. ``BLOCK`` or ``ON_ACCOUNT``.
        no_reference: The invoice has no matching reference. ``BLOCK`` or ``BANK_JOURNAL``.
    """

    account: int = 1500
    partial: InvoiceCase = InvoiceCase.BLOCK
    overpaid: InvoiceCase = InvoiceCase.BLOCK
    not_open: InvoiceCase = InvoiceCase.BLOCK
    refunds: InvoiceCase = InvoiceCase.BLOCK
    no_reference: InvoiceCase = InvoiceCase.BANK_JOURNAL


@attrs.frozen(kw_only=True)
class PayoutAccounts:
    """
    Where the payouts of one provider of cards or wallets go.

    Attributes:
        clearing: The account its payments were debited to.
        bank: The account its payouts come to.
        fees: Account for what it keeps; None if it keeps nothing.
        fee_vat_code: Standard VAT code of its fees; None if outside VAT. Its report may say another.
    """

    clearing: int
    bank: int
    fees: int | None = None
    fee_vat_code: str | None = None


@attrs.frozen(kw_only=True)
class PosProperties:
    """
    How this POS reports. Never guessed per day.

    Attributes:
        vat_rows: Whether the sales amount of a VAT row excludes VAT (``"net"``) or includes it (``"gross"``).
        tips_in_payments: Whether tips are inside the tenders. False: they are shown, not booked.
        movements_in_payments: The same for movement types that do not say.
        invoiced_sales_in_z: Whether sales invoiced in Go also stand in the Z's VAT rows.
        business_day_ends: Norwegian local time at which the business day ends.
        settle_from: First business day posgo settles; None if not given. Earlier days were booked by hand.
    """

    vat_rows: VatRows = attrs.field(converter=VatRows)
    tips_in_payments: bool = True
    movements_in_payments: bool = False
    invoiced_sales_in_z: bool = True
    business_day_ends: time = time(5)
    settle_from: date | None = None


@attrs.frozen(kw_only=True)
class CashPointSettings:
    """
    What differs from till to till.

    Attributes:
        department: Department code on every line; None if none.
        alias_of: The id this till goes by in posgo, when sources name it differently; None if its own.
    """

    department: str | None = None
    alias_of: str | None = None


@attrs.frozen(kw_only=True)
class MappedAccount:
    """
    One line of an account map that leads to an account.

    Attributes:
        place: Where it stands, such as ``[sales] "3"``.
        account: Number in the chart.
        vat_code: Standard VAT code it is posted with; None if outside VAT.
        rates: Per cent that may be sold there; empty if the map does not say.
        subledger: Whether it stands for the accounts of customers behind it.
    """

    place: str
    account: int
    vat_code: str | None = None
    rates: tuple[Decimal, ...] = ()
    subledger: bool = False


@attrs.frozen(kw_only=True)
class AccountMap:
    """
    Which ledger account each code of a till goes to, and how the till reports.

    Attributes:
        sales:
            By standard VAT code, for example ``"3"``. A key such as ``"0%"``
            applies when the row's code is 0 or missing and its rate is that.
        tenders: Account number by the till's own payment code or the predefined one.
        pos: How the till reports.
        sales_by_group: Article group (own id or predefined code) to overrides of ``sales``.
        other: Accounts that only some days need.
        movements: What each type of pay-in and pay-out is.
        cash_points: Per till; ``"*"`` is every till not named.
        vat_rates: Per cent that each standard code may stand for.
        invoices: How invoices paid at the till are booked; None if the map does not say.
        payouts: Accounts of each provider of cards or wallets, by its name.
    """

    sales: Mapping[str, SalesAccount]
    tenders: Mapping[str, int]
    pos: PosProperties
    sales_by_group: Mapping[str, Mapping[str, SalesAccount]] = attrs.Factory(dict)
    other: OtherAccounts = OtherAccounts()
    movements: Mapping[str, MovementRule] = attrs.Factory(dict)
    cash_points: Mapping[str, CashPointSettings] = attrs.Factory(dict)
    vat_rates: Mapping[str, tuple[Decimal, ...]] = VAT_RATES
    invoices: InvoiceRules | None = None
    payouts: Mapping[str, PayoutAccounts] = attrs.Factory(dict)

    @classmethod
    def from_toml(cls, source: str | Path) -> AccountMap:
        """
        Read an account map.

        Args:
            source: A path; or a text. A ``str`` without a newline is a path.

        Raises:
            ConfigurationError: Naming every problem found, with its place and its remedy.
        """
        # Imported here: the reader knows this class, and only this method knows the reader.
        from posgo.bookkeeping._toml import read_account_map  # noqa: PLC0415

        return read_account_map(source)

    def cash_point(self, cash_point: str) -> CashPointSettings:
        """
        The settings of a till, those of ``"*"`` if it is not named.

        A till under another name has the settings of its own name, except what it states itself.
        """
        named = self.cash_points.get(cash_point, self.cash_points.get("*", CashPointSettings()))
        if named.alias_of is None or named.department is not None:
            return named
        own = self.cash_points.get(named.alias_of, self.cash_points.get("*", CashPointSettings()))
        return attrs.evolve(named, department=own.department)

    def canonical(self, cash_point: str) -> str:
        """
        The id a till goes by, whatever its source calls it.
        """
        return self.cash_point(cash_point).alias_of or cash_point

    def mapped(self) -> Iterator[MappedAccount]:
        """
        Every line of this map that leads to an account, in the map's order.
        """
        yield from self._mapped_sales("[sales]", self.sales)
        for group, table in self.sales_by_group.items():
            yield from self._mapped_sales(f'[sales.groups."{group}"]', table)
        for code, account in self.tenders.items():
            yield MappedAccount(place=f'[tenders] "{code}"', account=account)
        for name, number in attrs.asdict(self.other).items():
            if number is not None:
                yield MappedAccount(place=f"[other] {name}", account=number)
        for name, rule in self.movements.items():
            if isinstance(rule.to, int):
                yield MappedAccount(place=f'[movements] "{name}"', account=rule.to)
        if self.takes_invoices:
            yield MappedAccount(
                place="[invoices] account", account=self.invoice_rules.account, subledger=True
            )
        for provider, accounts in self.payouts.items():
            yield from _mapped_payouts(f'[payouts."{provider}"]', accounts)

    @property
    def invoice_rules(self) -> InvoiceRules:
        """
        How invoices paid at the till are booked; as by default, if the map does not say.
        """
        return self.invoices or InvoiceRules()

    @property
    def takes_invoices(self) -> bool:
        """
        Whether the map foresees that invoices are paid at the till.
        """
        return self.invoices is not None or any(rule.to == INVOICES for rule in self.movements.values())

    def sales_accounts(self) -> dict[str, int]:
        """
        Sales account by the standard VAT code of what is sold, article groups aside.
        """
        return {
            target.vat_code if key.endswith("%") else key: target.account
            for key, target in self.sales.items()
        }

    def account_numbers(self) -> frozenset[int]:
        """
        Every account number this map may post to.
        """
        return frozenset((*(line.account for line in self.mapped()), self.invoice_rules.account))

    def department_codes(self) -> frozenset[str]:
        """
        Every department code this map may post with.
        """
        return frozenset(till.department for till in self.cash_points.values() if till.department)

    def _mapped_sales(self, table_name: str, table: Mapping[str, SalesAccount]) -> Iterator[MappedAccount]:
        for key, target in table.items():
            by_rate = key.endswith("%")
            rates = (Decimal(key.removesuffix("%")),) if by_rate else self.vat_rates.get(key, ())
            yield MappedAccount(
                place=f'{table_name} "{key}"', account=target.account, vat_code=target.vat_code, rates=rates
            )


def _mapped_payouts(table: str, accounts: PayoutAccounts) -> Iterator[MappedAccount]:
    yield MappedAccount(place=f"{table} clearing", account=accounts.clearing)
    yield MappedAccount(place=f"{table} bank", account=accounts.bank)
    if accounts.fees is not None:
        yield MappedAccount(place=f"{table} fees", account=accounts.fees, vat_code=accounts.fee_vat_code)
