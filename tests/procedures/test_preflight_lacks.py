"""
A pre-flight where it may not read, has nothing to read, or gets no answer.
"""

from collections.abc import Callable

import attrs
import pytest

from posgo.exceptions import AuthenticationError, ServerError, TransportError
from posgo.models.catalog import Product
from posgo.models.vouchers import Journal
from posgo.profiles import OPEN_ONE, PRESSIS_POS, Profile
from posgo.sync import Direction
from posgo.sync.policies import products
from posgo.testing import FakeGo
from support.preflights import (
    SUPPLIERS,
    a_ready_shop,
    lacking,
    mapped,
    series,
    told,
    without_vat_code,
)
from support.shops import Shop
from support.zreports import ACCOUNTS, accounts

SETTLING = Profile(name="settling")


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest, validated: Callable[..., object]) -> Shop:
    return a_ready_shop(request.param, validated)


class TestPrivileges:
    """
    What may not be read does not hide what may.
    """

    def test_a_refused_read_does_not_end_the_check(self, shop: Shop) -> None:
        """
        Without the chart and the departments, VAT codes are still looked at.
        """
        lacking("GeneralLedgerAccount", "Department")(shop)
        without_vat_code("33")(shop)

        report = shop.check()

        assert ["missing-privilege", "missing-privilege", "vat-code-missing"] == [
            f.rule for f in report.findings
        ]
        assert [
            "GeneralLedgerAccount or GeneralLedgerAccount_Full",
            "Department or Department_Full",
            None,
        ] == [finding.expected for finding in report.findings]

    def test_what_is_refused_once_is_not_asked_for_again(self, shop: Shop) -> None:
        """
        Six reads need CommonServices; one is tried, and the client asks once why it was refused.
        """
        lacking("CommonServices")(shop)

        report = shop.check()

        assert report.organization_number is None
        assert str(report).startswith("Testbutikken AS: not ready, 1 to mend")
        assert 6 == len(shop.go.requests)

    @pytest.mark.parametrize("has", ["Customer", "Product"])
    def test_reading_alone_is_too_little(self, shop: Shop, has: str) -> None:
        """
        A kind that is written to Go needs the privilege to write.
        """
        shop.go.privileges -= {f"{has}_Full"}

        (finding,) = shop.check().findings

        assert finding.expected == f"{has}_Full"

    def test_reading_suffices_for_products_that_only_come_from_go(self, shop: Shop) -> None:
        """
        What is never written needs no privilege to write.
        """
        shop.profile = attrs.evolve(OPEN_ONE, products=products(direction=Direction.GO_TO_POS))
        shop.go.privileges -= {"Product_Full"}

        assert [] == told(shop)

    @pytest.mark.parametrize("journal", Journal)
    def test_the_journal_decides(self, shop: Shop, journal: Journal) -> None:
        """
        Each kind of voucher needs its own privilege.
        """
        shop.profile = attrs.evolve(SETTLING, journal=journal)
        shop.go.privileges -= {name for name in shop.go.privileges if name.endswith("Voucher_Full")}

        (finding,) = shop.check().findings

        assert journal.value.removesuffix("Journal") + "Voucher_Full" == finding.expected


class TestWhatIsNotThere:
    """
    Half a shop is checked by halves.
    """

    def test_invoices_and_payouts_need_their_privileges(self, shop: Shop) -> None:
        """
        A map that foresees paid invoices asks for the customer ledger, and for bank journals if it may post them.
        """
        roles = ("CustomerLedger", "OutgoingInvoice", "Customer")
        lacking(*roles, "BankVoucher")(shop)
        shop.profile = SETTLING
        told_of = {}
        for name, table in (
            ("none", ""),
            ("invoices", "[invoices]\n"),
            ("by reference only", '[invoices]\nno_reference = "block"\n'),
            ("pay-ins", '[movements]\n"Faktura" = { to = "invoices" }\n'),
            ("payouts", "[payouts.Vipps]\nclearing = 1912\nbank = 1920\n"),
        ):
            shop.accounts = accounts(f"{ACCOUNTS}\n{table}")
            shop.restart()
            told_of[name] = {str(each.expected).partition(" ")[0] for each in shop.check().findings}

        assert {
            "none": set(),
            "invoices": {*roles, "BankVoucher_Full"},
            "by reference only": {*roles},
            "pay-ins": {*roles, "BankVoucher_Full"},
            "payouts": {"BankVoucher_Full"},
        } == told_of

    def test_the_control_account_of_customers(self, shop: Shop) -> None:
        """
        It takes postings through the customers' accounts, so it is looked for and not blamed.
        """
        shop.accounts = accounts(ACCOUNTS + "\n[invoices]\n")
        assert [] == told(shop)

        shop.accounts = accounts(ACCOUNTS + "\n[invoices]\naccount = 1511\n")
        shop.restart()
        [finding] = shop.check().findings
        assert ("account-missing", True) == (finding.rule, "[invoices] account" in finding.message)

    def test_without_a_pos(self, shop: Shop) -> None:
        """
        A runner for settlement alone is checked without asking any till.
        """
        shop.pos = None
        mapped(('settle_from = "2020-01-01"', ""))(shop)

        assert [] == told(shop)

    def test_without_an_account_map(self, shop: Shop) -> None:
        """
        It says what was not looked at; the default VAT code is all that products can have.
        """
        shop.accounts = None
        shop.pos.put(Product(code="K-12", name="Krus", vat_code=shop.profile.default_vat_code))
        lacking("CashVoucher", "AccountTransaction")(shop)

        findings = shop.check().findings

        assert [("no-sales-account", "VAT code 31"), ("no-account-map", None)] == [
            (finding.rule, finding.where) for finding in findings
        ]

    def test_without_anything(self, shop: Shop) -> None:
        """
        Keys and company alone are a check too.
        """
        shop.accounts = shop.pos = None
        shop.profile = SETTLING

        report = shop.check()

        assert report.ok
        assert "999999999" == report.organization_number
        assert 4 == len(shop.go.requests)

    def test_number_series_are_for_those_who_keep_customers(self, shop: Shop) -> None:
        """
        Who only settles needs none.
        """
        shop.profile = SETTLING
        series(SUPPLIERS)(shop)

        assert [] == told(shop)

    def test_a_map_without_departments_asks_for_none(self, shop: Shop) -> None:
        """
        Nor does it need the privilege.
        """
        mapped(('department = "10"', ""))(shop)
        lacking("Department")(shop)

        assert [] == told(shop)
        assert not [request for request in shop.go.requests if "Departments" in request.path]

    def test_both_profiles_are_ready(self, shop: Shop) -> None:
        """
        The other profile asks for nothing this shop has not.
        """
        shop.profile = PRESSIS_POS

        assert [] == told(shop)


class TestErrors:
    """
    What ends the check, and what does not.
    """

    def test_wrong_keys_are_raised(self, shop: Shop) -> None:
        """
        Nothing can be looked at with them.
        """
        shop.credentials = FakeGo().credentials

        with pytest.raises(AuthenticationError):
            shop.check()

    def test_keys_withdrawn_since_are_noticed(self, shop: Shop) -> None:
        """
        The check does not lean on an older token.
        """
        shop.check()
        shop.check()

        assert 2 == sum(request.path.endswith("/OAuth/Token") for request in shop.go.requests)

    @pytest.mark.parametrize(("status", "error"), [(500, ServerError), (None, TransportError)])
    def test_a_go_that_is_away_is_raised(
        self, shop: Shop, status: int | None, error: type[Exception]
    ) -> None:
        """
        That is no finding about the shop.
        """
        shop.go.fail_next(status, times=3, path="/VatSettings")

        with pytest.raises(error):
            shop.check()

    @pytest.mark.parametrize(("path", "what"), [("/z-reports", "Z-reports"), ("/products", "products")])
    def test_a_pos_that_is_away_is_a_finding(self, shop: Shop, path: str, what: str) -> None:
        """
        What Go shows is told all the same.
        """
        shop.pos.fail_next(503, times=9, path=path)
        mapped(("1912", "1917"))(shop)

        report = shop.check()

        assert ["account-missing", "pos-unanswered"] == [finding.rule for finding in report.findings]
        assert what == report.findings[1].where

    def test_wrong_keys_of_the_pos_are_raised(self, shop: Shop) -> None:
        """
        The same as Go's.
        """
        shop.pos.fail_next(401, path="/z-reports")

        with pytest.raises(AuthenticationError):
            shop.check()
