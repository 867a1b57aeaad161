"""
A voucher against the ledger: ids, or everything that would be refused.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.bookkeeping import settle
from posgo.bookkeeping.ledger import LedgerView, company_findings, period_findings, resolve
from posgo.models.ledger import Department, JournalEntry, JournalLine, LedgerAccount, VatCode
from posgo.models.vouchers import Journal, Posting, Voucher
from support.days import ACCOUNTS, official_day, z_report

DAY = date(2026, 3, 14)


def account(number: int, **facts: Any) -> LedgerAccount:
    return LedgerAccount(id=number + 500_000, number=number, **facts)


def vat(id_: int, code: str, percent: int, **facts: Any) -> VatCode:
    return VatCode(id=id_, code=code, percent=Decimal(percent), **facts)


def view(*accounts: LedgerAccount, **facts: Any) -> LedgerView:
    known = {each.number: each for each in (account(1910), account(3000), *accounts)}
    base: dict[str, Any] = {
        "accounts": known,
        "vat_codes": (vat(70, "0", 0), vat(73, "3", 25)),
        "departments": {"10": Department(id=9, code="10")},
    }
    return LedgerView(**base | facts)


def voucher(**sales: Any) -> Voucher:
    """
    125.00 by card for sales at 25 %; ``sales`` changes the sales posting.
    """
    sale: dict[str, Any] = {"account": 3000, "amount": -125, "vat_code": "3", "vat_percent": Decimal(25)}
    card = Posting(account=1910, amount=125, text="card", department=sales.get("department"))
    postings = [card, Posting(**sale | sales)]
    return Voucher(date=DAY, reference="r", text="Z 42", postings=postings)


class TestResolution:
    """
    Numbers and codes become ids.
    """

    def test_entry(self) -> None:
        """
        Everything goes along; lines without VAT carry the id of code 0.
        """
        booked = attrs.evolve(
            voucher(department="10", matching_reference="m"),
            imported_no=42,
            batch="Z-42-1",
            source_system="1",
        )

        assert resolve(booked, view()).entry == JournalEntry(
            date=DAY,
            reference="r",
            text="Z 42",
            lines=[
                JournalLine(account_id=501910, vat_id=70, amount=125, text="card", department_id=9),
                JournalLine(
                    account_id=503000, vat_id=73, amount=-125, department_id=9, matching_reference="m"
                ),
            ],
            imported_no=42,
            batch="Z-42-1",
            source_system="1",
        )

    @pytest.mark.parametrize(
        ("rule", "sales", "ledger", "message"),
        [
            (None, {}, view(), ""),
            (
                "account-missing",
                {"account": 3009},
                view(),
                "account 3009 does not exist in Go; -125.00 should go to it",
            ),
            ("vat-code-missing", {"vat_code": "33"}, view(), "VAT code 33 is not valid in Go on 2026-03-14"),
            # Validity windows, both ends inclusive.
            (None, {}, view(vat_codes=(vat(70, "0", 0), vat(73, "3", 25, valid_from=DAY, valid_to=DAY))), ""),
            (
                "vat-code-missing",
                {},
                view(vat_codes=(vat(70, "0", 0), vat(73, "3", 25, valid_to=date(2026, 3, 13)))),
                "VAT code 3 is not valid",
            ),
            (
                "vat-code-missing",
                {},
                view(vat_codes=(vat(70, "0", 0), vat(73, "3", 25, valid_from=date(2026, 3, 15)))),
                "VAT code 3 is not valid",
            ),
            ("vat-code-missing", {}, view(vat_codes=(vat(73, "3", 25),)), "VAT code 0 is not valid"),
            # The rate on the day has the last word.
            (
                "vat-rate",
                {},
                view(vat_codes=(vat(70, "0", 0), vat(73, "3", 24))),
                "the till sold at 25 %, but on 2026-03-14 VAT code 3 is 24 % in Go",
            ),
            ("vat-rate", {"vat_percent": Decimal(0)}, view(), "sold at 0 %"),
            (None, {"vat_percent": None}, view(), ""),
            (None, {"vat_percent": Decimal("25.00")}, view(), ""),
            # Locks of the account.
            (None, {}, view(account(3000, vat_code="3", vat_code_locked=True)), ""),
            (None, {}, view(account(3000, vat_code="31")), ""),
            (
                "locked-vat-code",
                {},
                view(account(3000, vat_code="31", vat_code_locked=True)),
                "account 3000 is locked to VAT code 31 in Go; -125.00 should be posted with code 3",
            ),
            (
                "locked-vat-code",
                {},
                view(account(3000, vat_code_locked=True)),
                "account 3000 is locked to VAT code 0",
            ),
            ("locked-vat-code", {}, view(account(1910, vat_code="3", vat_code_locked=True)), "with code 0"),
            (None, {}, view(account(1910, vat_code="0", vat_code_locked=True)), ""),
            (None, {}, view(account(1910, vat_code_locked=True)), ""),
            # Dimensions.
            ("department-missing", {"department": "20"}, view(), "department 20 does not exist in Go"),
            (
                "department-required",
                {},
                view(account(3000, department_required=True)),
                "account 3000 wants a department",
            ),
            (None, {"department": "10"}, view(account(3000, department_required=True)), ""),
            (
                "project-required",
                {},
                view(account(3000, project_required=True)),
                "account 3000 wants a project",
            ),
            # An account that is only hidden from people takes postings.
            (None, {}, view(account(3000, active=False)), ""),
            # Subledgers.
            (
                "control-account",
                {"account": 2910},
                view(account(2910)),
                "account 2910 belongs to a subledger",
            ),
            (
                "customer-missing",
                {"account": 1500, "customer": "7"},
                view(account(1500)),
                "customer 7, to whose account -125.00 should go",
            ),
            (None, {"account": 2910}, view(account(2910), control_accounts=frozenset({1500})), ""),
        ],
    )
    def test_table(self, rule: str | None, sales: dict[str, Any], ledger: LedgerView, message: str) -> None:
        """
        Each refusal Go would give is one blocking finding, with a remedy, before anything is sent.
        """
        resolution = resolve(voucher(**sales), ledger)

        assert [each.rule for each in resolution.findings] == ([rule] if rule else [])
        assert (resolution.entry is None) == bool(rule)
        for finding in resolution.findings:
            assert finding.blocks
            assert message in finding.message
            assert finding.remedy
            assert finding.where

    @pytest.mark.parametrize(("journal", "number"), [(Journal.CASH, None), (Journal.BANK, "10003")])
    def test_a_customers_line(self, journal: Journal, number: str | None) -> None:
        """
        A customer's own account stands on the line, and the invoice's number where the kind of voucher takes it.
        """
        paid = {"account": 1500, "vat_code": None, "vat_percent": None, "customer": "7", "invoice_no": 10003}
        posted = voucher(**paid, reference="invoice:10003", matching_reference="pos:o1")
        resolution = resolve(posted, view(account(1500)), customers={"7": 88001}, journal=journal)

        assert resolution.entry is not None
        assert resolution.entry.lines[1] == JournalLine(
            account_id=88001,
            vat_id=70,
            amount=-125,
            matching_reference="pos:o1",
            invoice_no=number,
            reference="invoice:10003",
        )

    def test_history_of_a_code(self) -> None:
        """
        Of several rates under one code that of the day is taken, and of several then the one in use.
        """
        codes = (
            vat(1, "33", 10, valid_to=date(2017, 12, 31)),
            vat(2, "33", 12, valid_from=date(2018, 1, 1), valid_to=date(2020, 3, 31)),
            vat(3, "33", 6, valid_from=date(2020, 4, 1), valid_to=date(2021, 9, 30)),
            vat(4, "33", 12, valid_from=date(2021, 10, 1), active=False),
            vat(5, "33", 12, valid_from=date(2021, 10, 1)),
        )
        ledger = view(vat_codes=codes)
        days = [date(2017, 12, 31), date(2018, 1, 1), date(2020, 4, 1), date(2021, 9, 30), DAY]

        assert [each.id for day in days if (each := ledger.vat_code("33", day))] == [1, 2, 3, 3, 5]
        assert view(vat_codes=codes[3:4]).vat_code("33", DAY) == codes[3]
        assert ledger.vat_code("3", DAY) is None

    def test_everything_at_once_and_once(self) -> None:
        """
        An empty ledger is one finding per thing that is missing, not one per refusal.
        """
        booked = settle(official_day(), ACCOUNTS).voucher
        assert booked is not None
        empty = LedgerView(accounts={}, vat_codes=(), departments={})
        found = [(each.rule, each.where) for each in resolve(booked, empty).findings]

        assert found == [
            (rule, f"account {number}")
            for number in (1900, 1910, 7740, 3000, 3030)
            for rule in ("account-missing", "vat-code-missing")
        ]

    def test_one_department_is_missing_once(self) -> None:
        """
        The same department on every line is one finding.
        """
        findings = resolve(voucher(department="20"), view()).findings

        assert [each.rule for each in findings] == ["department-missing"]


class TestPeriod:
    """
    Nothing is posted on or before the lock date.
    """

    @pytest.mark.parametrize(
        ("lock_date", "locked"),
        [(None, False), (date(2026, 3, 13), False), (DAY, True), (date(2026, 3, 15), True)],
    )
    def test_lock_date(self, lock_date: date | None, *, locked: bool) -> None:
        """
        The lock date itself is locked; the finding names it.
        """
        findings = [*period_findings(DAY, view(lock_date=lock_date))]

        assert locked == bool(findings)
        for finding in findings:
            assert (finding.rule, finding.blocks) == ("locked-period", True)
            assert f"up to and including {lock_date}; this day is 2026-03-14" in finding.message


class TestCompany:
    """
    One merchant's day never stands in another's ledger.
    """

    @pytest.mark.parametrize("theirs", ["999999999", "999 999 999", "NO999999999MVA", " no 999 999 999 mva "])
    def test_same(self, theirs: str) -> None:
        """
        The number is the same however Go writes it.
        """
        assert company_findings(z_report(), view(organization_number=theirs)) == ()

    @pytest.mark.parametrize(
        ("theirs", "told"),
        [("888888888", "888888888"), (None, "none"), ("", "none"), ("01017012345", "no valid one")],
    )
    def test_another(self, theirs: str | None, told: str) -> None:
        """
        Another number, none, and one that cannot be right block; a national identity number is not repeated.
        """
        (finding,) = company_findings(z_report(), view(organization_number=theirs))

        assert (finding.rule, finding.blocks) == ("wrong-company", True)
        assert (finding.expected, finding.actual) == (told, "999999999")
        assert "01017012345" not in str(finding)
