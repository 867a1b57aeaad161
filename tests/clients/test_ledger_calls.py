"""
What a settlement asks of Go, with both clients, every request and answer held against the description.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from posgo.exceptions import DuplicateReferenceError, LockedPeriodError, ModelError, UnbalancedVoucherError
from posgo.models.ledger import OrganizationSettings
from posgo.models.vouchers import Journal
from support.colours import Shop
from support.ledger import DAY, entry


def test_integration_says_who_we_are(shop: Shop, go: Any) -> None:
    """
    The client company's id and our privileges come from the integration information.
    """
    known = shop.do(go.integration.get())

    assert "CashVoucher_Full" in known.privileges
    assert frozenset() == known.missing_privileges


def test_organization_number_is_read(shop: Shop, go: Any) -> None:
    """
    A runner compares the organisation number before it books anything.
    """
    expected = OrganizationSettings(organization_number="999999999", name="Testbutikken AS")

    assert expected == shop.do(go.settings.organization())


@pytest.mark.parametrize("locked", [None, date(2025, 12, 31)])
def test_lock_date(shop: Shop, go: Any, locked: date | None) -> None:
    """
    Nothing locked is None, however Go says it.
    """
    shop.fake.lock_date = locked

    assert locked == shop.do(go.settings.lock_date())


def test_accounts_by_number(shop: Shop, go: Any) -> None:
    """
    Numbers and ranges may be mixed; the answer carries ids, standard VAT codes and what lines must obey.
    """
    shop.fake.add_account(3000, vat_code="3", vat_code_locked=True, department_required=True)
    accounts = {a.number: a for a in shop.do(go.accounts.list(numbers=[1900, "3000-3001"]))}

    assert {1900, 3000, 3001} == accounts.keys()
    assert (
        accounts[3000].vat_code,
        accounts[3000].vat_code_locked,
        accounts[3000].department_required,
    ) == ("3", True, True)
    assert accounts[3000] == shop.do(go.accounts.get(accounts[3000].id))


def test_vat_codes_have_their_history(shop: Shop, go: Any) -> None:
    """
    One code has a row per rate, and the rate is in per cent.
    """
    rows = [row for row in shop.do(go.vat_codes.list()) if row.code == "33"]

    assert [Decimal(8), Decimal(10), Decimal(12)] == [row.percent for row in rows]
    assert [row.covers(date(2016, 1, 1)) for row in rows] == [False, True, False]
    assert len([row for row in shop.do(go.vat_codes.list(include_expired=False)) if row.code == "33"]) == 1


def test_departments_by_code(shop: Shop, go: Any) -> None:
    """
    The department's id is what lines carry.
    """
    (department,) = shop.do(go.departments.list(codes=["10"]))

    assert (department.code, department.active) == ("10", True)
    assert shop.do(go.departments.list(codes=["11"])) == []


@pytest.mark.parametrize("journal", [Journal.CASH, Journal.BANK, Journal.MANUAL])
def test_posted_voucher_comes_back(shop: Shop, go: Any, journal: Journal) -> None:
    """
    What was posted is what is answered and what is read back.
    """
    sent = entry(shop.fake)
    posted = shop.do(go.vouchers.post(sent, journal=journal))

    assert (posted.number, posted.date, posted.reference, posted.reversed) == (1, DAY, "z-1042", False)
    assert sent.lines == posted.lines
    assert posted == shop.do(go.vouchers.get(posted.id, journal=journal))
    assert [line.amount for line in shop.fake.vouchers[0].lines] == [125, -125]


def test_reference_is_taken_until_reversed(shop: Shop, go: Any) -> None:
    """
    A second voucher with the same reference is refused; a reversal frees it, and reversing twice is done once.
    """
    posted = shop.do(go.vouchers.post(entry(shop.fake)))
    error = shop.failure(lambda: go.vouchers.post(entry(shop.fake)), DuplicateReferenceError)
    shop.do(go.vouchers.reverse(posted.id))
    shop.do(go.vouchers.reverse(posted.id))
    again = shop.do(go.vouchers.post(entry(shop.fake)))

    assert (error.may_have_happened, error.status) == (False, 400)
    assert again.number == 3
    assert [voucher.reversed for voucher in shop.fake.vouchers] == [True, False, False]


def test_locked_period_is_told_apart(shop: Shop, go: Any) -> None:
    """
    A locked period has an error of its own.
    """
    shop.fake.lock_date = DAY

    error = shop.failure(lambda: go.vouchers.post(entry(shop.fake)), LockedPeriodError)

    assert str(DAY) in str(error)


def test_vouchers_are_found_by_reference(shop: Shop, go: Any) -> None:
    """
    The ledger's rows carry the reference, and only what was asked for comes along.
    """
    posted = shop.do(go.vouchers.post(entry(shop.fake)))
    rows = shop.do(
        go.account_transactions.list(
            from_date=DAY, to_date=DAY, voucher_types=["CashJournal"], fields=["reference", "reversed"]
        )
    )

    assert {(posted.id, "z-1042", False, None)} == {
        (row.voucher_id, row.reference, row.reversed, row.amount) for row in rows
    }
    assert (
        shop.do(go.account_transactions.list(from_date=DAY, to_date=DAY, voucher_types=["BankJournal"])) == []
    )


def test_nonsense_is_refused_before_it_is_sent(shop: Shop, go: Any) -> None:
    """
    Lines that do not sum to zero, zero lines, no lines and unknown fields never leave the machine.
    """
    unbalanced = entry(shop.fake, (1900, "0", "125"), (3000, "3", "-124.99"))
    zero = entry(shop.fake, (1900, "0", "0"))

    assert (
        Decimal("0.01") == shop.failure(lambda: go.vouchers.post(unbalanced), UnbalancedVoucherError).residual
    )
    shop.failure(lambda: go.vouchers.post(zero), ModelError)
    shop.failure(
        lambda: go.account_transactions.list(from_date=DAY, to_date=DAY, fields=["colour"]), ModelError
    )
    shop.failure(lambda: go.accounts.list(numbers=[]), ModelError)
    assert shop.fake.requests == []
