"""
The pre-flight tells everything that would stop a shop, with its remedy, and touches nothing.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from posgo.exceptions import AuthenticationError, ServerError, TransportError
from posgo.models.catalog import Product
from posgo.models.findings import Severity
from posgo.models.pos import Tender, VatRow
from posgo.models.vouchers import Journal
from posgo.profiles import OPEN_ONE, PRESSIS_POS, Profile
from posgo.sync import Direction
from posgo.sync.policies import products
from posgo.testing import FakeGo
from posgo.testing._go.ledger import vat_row
from posgo.wire.json import dumps
from support.shops import Shop
from support.zreports import ACCOUNTS, a_day, accounts

World = Callable[[Shop], object]

SETTLING = Profile(name="settling")


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest, validated: Callable[..., object]) -> Shop:
    """
    A shop that is ready: a day on the till, a product, and an account map for both.
    """
    made = Shop(colour=request.param)
    made.transport = validated(made.go.transport)
    made.pos.put(a_day())
    made.pos.put(Product(code="K-10", name="Kaffe", vat_code="31"))
    made.pos.put(Product(code="K-11", name="Te"))
    made.go.put(Product(code="OREAVRUNDING", name="Øreavrunding", vat_code="5"))
    return made


def told(shop: Shop) -> list[tuple[str, str]]:
    return [(finding.severity.name, finding.rule) for finding in shop.check().findings]


def lacking(*privileges: str) -> World:
    def world(shop: Shop) -> None:
        shop.go.privileges -= {name for each in privileges for name in (each, f"{each}_Full")}

    return world


def rounding(**changes: Any) -> World:
    """
    Another product for øre rounding.
    """

    def world(shop: Shop) -> None:
        own_id = next(iter(shop.go.all(Product)), None)
        product = Product(code="OREAVRUNDING", name="Øreavrunding", vat_code="5")
        shop.go.put(attrs.evolve(product, **changes), own_id)

    return world


def unrounded(shop: Shop) -> None:
    """
    No product for øre rounding.
    """
    shop.profile = attrs.evolve(shop.profile, rounding_product=None)


def mapped(*changes: tuple[str, str]) -> World:
    """
    Another account map.
    """

    def world(shop: Shop) -> None:
        text = ACCOUNTS
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        shop.accounts = accounts(text)

    return world


def account(number: int, **facts: Any) -> World:
    return lambda shop: shop.go.add_account(number, **facts)


def company(**facts: Any) -> World:
    """
    Another company in Go, or another state of it.
    """

    def world(shop: Shop) -> None:
        for name, value in facts.items():
            setattr(shop.go._company, name, value)

    return world


def without_vat_code(code: str) -> World:
    """
    A Go that does not show a VAT code.
    """

    def world(shop: Shop) -> None:
        rows = [vat_row(row) for row in shop.go._company.vat_rows if row.code != code]
        shop.go.garble_next(dumps(rows), path="/VatCodes")

    return world


def series(*rows: dict[str, Any]) -> World:
    """
    Other number series than the one for customers.
    """

    def world(shop: Shop) -> None:
        (usual,) = shop.go._company.series_rows()
        shop.go.garble_next(dumps([usual | row for row in rows]), path="/SubLedgerNumberSeries")

    return world


def day(**facts: Any) -> World:
    return lambda shop: shop.pos.put(attrs.evolve(a_day(2), **facts))


SUPPLIERS = {"SubLedgerNumberSeriesType": "Supplier", "GeneralLedgerAccountNo": 2400}

WORLDS: list[tuple[str, World, list[tuple[str, str]]]] = [
    # Privileges and modules.
    ("no ledger rows", lacking("AccountTransaction"), [("BLOCK", "missing-privilege")]),
    ("no journal", lacking("CashVoucher"), [("BLOCK", "missing-privilege")]),
    ("no chart", lacking("GeneralLedgerAccount"), [("BLOCK", "missing-privilege")]),
    ("no departments", lacking("Department"), [("BLOCK", "missing-privilege")]),
    ("no settings", lacking("CommonServices"), [("BLOCK", "missing-privilege")]),
    ("no customers", lacking("Customer"), [("BLOCK", "missing-privilege")]),
    ("no products", lacking("Product"), [("BLOCK", "missing-privilege")]),
    ("no orders", lacking("SalesOrders"), [("BLOCK", "missing-privilege")]),
    ("no invoices", lacking("OutgoingInvoice"), [("BLOCK", "missing-privilege")]),
    ("no customer ledger", lacking("CustomerLedger"), [("BLOCK", "missing-privilege")]),
    ("no rounding product", rounding(archived=True), [("WARN", "rounding-product")]),
    ("a taxed rounding product", rounding(vat_code="3"), [("WARN", "rounding-product")]),
    ("no rounding product named", unrounded, [("WARN", "rounding-product")]),
    ("another journal", lacking("BankVoucher", "ManualVoucher", "TrialBalance"), []),
    (
        "no module",
        company(privileges_without_module=frozenset({"CashVoucher_Full"})),
        [("BLOCK", "missing-module")],
    ),
    (
        "listed, but refused",
        lambda shop: shop.go.fail_next(403, path="/VatCodes"),
        [("BLOCK", "missing-privilege")],
    ),
    # The company.
    (
        "another company",
        company(organization_number="974760673"),
        [("BLOCK", "wrong-company")],
    ),
    (
        "a company without a number",
        company(organization_number=""),
        [("BLOCK", "no-organization-number"), ("BLOCK", "wrong-company")],
    ),
    ("not registered for VAT", company(vat_registered=False), [("BLOCK", "not-vat-registered")]),
    # Days.
    ("today is locked", company(lock_date=date(2026, 3, 14)), [("BLOCK", "locked-period")]),
    ("earlier days are locked", company(lock_date=date(2026, 3, 13)), [("INFO", "locked-period")]),
    ("days before ours are locked", company(lock_date=date(2019, 12, 31)), []),
    ("the books begin later", company(conversion_date=date(2026, 3, 15)), [("BLOCK", "conversion-date")]),
    ("the books begin today", company(conversion_date=date(2026, 3, 14)), [("WARN", "conversion-date")]),
    ("the books begin with us", company(conversion_date=date(2020, 1, 1)), []),
    (
        "no first day",
        mapped(('settle_from = "2020-01-01"', "")),
        [("BLOCK", "settle-from-missing")],
    ),
    # Accounts.
    ("no such account", mapped(("1912", "1917")), [("BLOCK", "account-missing")]),
    ("two lines to no account", mapped(("1912", "1917"), ("1910", "1917")), [("BLOCK", "account-missing")]),
    ("a control account", mapped(("1912", "2400")), [("BLOCK", "control-account")]),
    (
        "a control account of this company",
        series({}, SUPPLIERS | {"GeneralLedgerAccountNo": 1912}),
        [("BLOCK", "control-account")],
    ),
    ("locked", account(1912, vat_code="3", vat_code_locked=True), [("BLOCK", "locked-vat-code")]),
    ("locked to ours", account(3000, vat_code="3", vat_code_locked=True), []),
    ("department given", account(1912, department_required=True), []),
    (
        "department wanted",
        lambda shop: (
            account(1912, department_required=True)(shop),
            mapped(('department = "10"', ""))(shop),
        ),
        [("BLOCK", "department-required")],
    ),
    (
        "one till without department",
        lambda shop: (
            account(1912, department_required=True)(shop),
            mapped(('[cash_points."*"]', '[cash_points."bar"]\n[cash_points."shop"]'))(shop),
        ),
        [("BLOCK", "department-required")],
    ),
    (
        "every named till with one",
        lambda shop: (
            account(1912, department_required=True)(shop),
            mapped(('[cash_points."*"]', '[cash_points."till 1"]'))(shop),
        ),
        [],
    ),
    ("project wanted", account(3050, project_required=True), [("BLOCK", "project-required")]),
    ("no such department", mapped(('department = "10"', 'department = "11"')), [("BLOCK", "department-missing")]),
    # VAT codes.
    ("no such VAT code", without_vat_code("33"), [("BLOCK", "vat-code-missing")]),
    ("no VAT code for lines without VAT", without_vat_code("0"), [("BLOCK", "vat-code-missing")] * 5),
    (
        "another rate than the map's",
        mapped(("[pos]", '[vat_rates]\n"33" = [10]\n[pos]')),
        [("BLOCK", "vat-rate")],
    ),
    ("one of the map's rates", mapped(("[pos]", '[vat_rates]\n"33" = [10, 12]\n[pos]')), []),
    ("a rate with a code of another", mapped(('vat_code = "5"', 'vat_code = "3"')), [("BLOCK", "vat-rate")]),
    ("an account of a group", mapped(("[tenders]", '[sales.groups."7"]\n"3" = 3009\n[tenders]')), [("BLOCK", "account-missing")]),
    ("a movement's account", mapped(("[pos]", "[movements]\ndrop = {to = 1, in_payments = false}\n[pos]")), [("BLOCK", "account-missing")]),
    ("a movement to another's account", mapped(("[pos]", '[movements]\ndrop = {to = "tips", in_payments = false}\n[pos]')), []),
    # Number series.
    ("no number series", series(SUPPLIERS), [("BLOCK", "number-series")]),
    ("no default number series", series({"IsDefault": False}), [("WARN", "number-series")]),
    # What the POS shows.
    (
        "a means of payment without account",
        day(tenders=[Tender(code="12099", amount="125.00", number=1, description="Gavekort")]),
        [("BLOCK", "unmapped-tender")],
    ),
    (
        "sales without account",
        day(vat_rows=[VatRow(vat_code="32", percent="11.11", amount="112.50", vat="12.50")]),
        [("BLOCK", "unmapped-vat")],
    ),
    ("tips without account", lambda shop: (mapped(("tips = 2990", ""))(shop), day(tips="5.00")(shop)), [("BLOCK", "unmapped-account")]),
    (
        "a till with another rate",
        day(vat_rows=[VatRow(vat_code="3", percent=24, amount="100.00", vat="24.00")]),
        [("BLOCK", "vat-rate")],
    ),
    ("a day of another company", day(company="974760673"), [("BLOCK", "wrong-company")]),
    (
        "a gap before us",
        lambda shop: (
            mapped(("2020-01-01", "2020-01-02"))(shop),
            shop.pos.put(attrs.evolve(a_day(), cash_point="till 2", tenders=[Tender(code="12099", amount="125.00", number=1)])),
        ),
        [],
    ),
    ("a product without account", lambda shop: shop.pos.put(Product(code="F-1", name="Sei", vat_code="32")), [("BLOCK", "no-sales-account")]),
    ("an archived product", lambda shop: shop.pos.put(Product(code="F-1", name="Sei", vat_code="32", archived=True)), []),
    ("a product of a mapped rate", lambda shop: shop.pos.put(Product(code="B-1", name="Bok", vat_code="5")), []),
]  # fmt: skip


class TestTheShopThatIsReady:
    """
    Nothing to tell is told as that.
    """

    def test_a_clean_world_has_no_findings(self, shop: Shop) -> None:
        """
        The report names the company, and is fine.
        """
        report = shop.check()

        assert () == report.findings
        assert report.ok
        assert "Testbutikken AS, organisation number 999999999: ready" == str(report)
        assert shop.go._company.id == report.client_id

    def test_what_is_ready_settles(self, shop: Shop) -> None:
        """
        The check asks no more than a settlement does: the day it passed is posted.
        """
        assert shop.check().ok
        assert shop.settle_finished().is_clean

    def test_requests_are_few_and_only_read(self, shop: Shop) -> None:
        """
        A token and thirteen reads in Go, one read of each feed of the POS; the store is not asked at all.
        """
        shop.store = None  # type: ignore[assignment]

        shop.check()

        assert ["POST", *["GET"] * 13] == [request.method for request in shop.go.requests]
        assert ["GET"] * 2 == [request.method for request in shop.pos.requests]

    def test_it_runs_beside_a_settlement(self, shop: Shop) -> None:
        """
        Somebody else's lease does not stop it.
        """
        with shop.store.lease(shop.go._company.id, wait=timedelta(0)):
            assert shop.check().ok

    def test_nothing_is_remembered(self, shop: Shop) -> None:
        """
        What was mended since the last look is seen by the next one, privileges included.
        """
        granted = shop.go.privileges
        lacking("GeneralLedgerAccount")(shop)
        mapped(("1912", "1917"))(shop)
        assert [("BLOCK", "missing-privilege")] == told(shop)

        shop.go.privileges = granted
        assert [("BLOCK", "account-missing")] == told(shop)

        shop.go.add_account(1917)
        assert [] == told(shop)


class TestEveryWorld:
    """
    One thing is wrong, and that one thing is told.
    """

    @pytest.mark.parametrize(
        ("world", "expected"), [row[1:] for row in WORLDS], ids=[row[0] for row in WORLDS]
    )
    def test_what_is_wrong_is_told(self, shop: Shop, world: World, expected: list[tuple[str, str]]) -> None:
        """
        Rule and severity are those of the table, and nothing else is told.
        """
        world(shop)

        report = shop.check()

        assert expected == [(finding.severity.name, finding.rule) for finding in report.findings]
        assert report.ok is not any(finding.blocks for finding in report.findings)

    @pytest.mark.parametrize(
        "world", [row[1] for row in WORLDS if row[2]], ids=[row[0] for row in WORLDS if row[2]]
    )
    def test_every_remedy_is_a_sentence(self, world: World) -> None:
        """
        Whoever reads a finding is told what to do, in words that begin and end; INFO may say nothing.
        """
        shop = Shop()
        shop.pos.put(a_day())
        world(shop)

        for finding in shop.check().findings:
            assert finding.severity is Severity.INFO or finding.remedy.endswith(".")
            assert finding.rule in str(finding)

    def test_everything_wrong_is_told_at_once(self, shop: Shop) -> None:
        """
        What blocks comes first, and the head counts it.
        """
        mapped(("1912", "1917"))(shop)
        company(vat_registered=False, conversion_date=date(2026, 3, 14))(shop)

        report = shop.check()

        assert ["not-vat-registered", "account-missing", "conversion-date"] == [
            f.rule for f in report.findings
        ]
        head, *lines = str(report).splitlines()
        assert head.endswith(": not ready, 2 to mend")
        assert 3 == len(lines)

    def test_the_place_in_the_map_is_named(self, shop: Shop) -> None:
        """
        Every line that leads to the account is named, once.
        """
        mapped(("1912", "1917"), ("1910", "1917"))(shop)

        (finding,) = shop.check().findings

        assert (
            finding.message
            == 'account 1917 does not exist in Go; [tenders] "12002", [tenders] "12011" should go to it'
        )

    def test_a_gap_is_told_once_by_the_latest_day(self, shop: Shop) -> None:
        """
        A hundred days with Vipps are one line to add.
        """
        for number in (4, 2, 3):
            tenders = [Tender(code="12099", amount="125.00", number=1)]
            shop.pos.put(attrs.evolve(a_day(number), tenders=tenders))

        (finding,) = shop.check().findings

        assert finding.where == "tender 12099, Z-report 4 of cash point till 1"

    def test_products_are_counted(self, shop: Shop) -> None:
        """
        One finding per VAT code says how many products have it, and names one.
        """
        shop.pos.put(Product(code="F-1", name="Sei", vat_code="32"))
        shop.pos.put(Product(code="F-2", name="Torsk", vat_code="32"))

        (finding,) = shop.check().findings

        assert "2 of the POS's products have it (such as F-1)" in finding.message


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
