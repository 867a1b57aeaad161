"""
The pre-flight tells everything that would stop a shop, with its remedy, and touches nothing.
"""

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest

from posgo.models.catalog import Product
from posgo.models.findings import Severity
from posgo.models.pos import Tender, VatRow
from support.preflights import (
    SUPPLIERS,
    World,
    a_ready_shop,
    account,
    company,
    day,
    lacking,
    mapped,
    rounding,
    series,
    told,
    unrounded,
    without_vat_code,
)
from support.shops import Shop
from support.zreports import a_day


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest, validated: Callable[..., object]) -> Shop:
    return a_ready_shop(request.param, validated)


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
