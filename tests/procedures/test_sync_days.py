"""
A day in each profile, as those who asked for it tell it.
"""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo import profiles
from posgo.clients.go_client import GoClient
from posgo.models.catalog import Product
from posgo.models.go_products import ProductGroup
from posgo.models.parties import Address, Customer
from posgo.sync import Authority
from posgo.sync.policies import customers
from posgo.testing import NO_LIMIT
from support.shops import Shop

KAFE = Customer(
    name="Kafe Nord AS",
    organization_number="974760673",
    email="post@kafenord.example",
    phone="22 22 55 55",
    address=Address(line1="Storgata 1", zip_code="0155", city="Oslo"),
)
KARI = Customer(is_person=True, first_name="Kari", last_name="Nordmann", email="kari@example.no")
MUG = Product(
    code="M-1",
    name="Mug",
    gtins=("7038010000010", "7038010000027"),
    unit="EA",
    price=Decimal("149.90"),
    vat_code="3",
    images=("https://pos.example/mug.png",),
)


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest, validated: Any) -> Shop:
    made = Shop(colour=request.param, profile=profiles.PRESSIS_POS)
    made.transport = validated(made.go.transport)
    return made


def only(values: dict[str, Any]) -> tuple[str, Any]:
    [item] = values.items()
    return item


def writes(shop: Shop) -> int:
    return sum(1 for request in shop.go.requests if request.method != "GET" and "OAuth" not in request.path)


class TestPressisPos:
    """
    Customers and products both ways, whichever side changed.
    """

    def test_customers_made_in_either_place_appear_in_both(self, shop: Shop) -> None:
        """
        With their contact data, and the second run writes nothing.
        """
        shop.pos.put(KAFE)
        shop.go.put(KARI)

        report = shop.sync()

        names = {"Kafe Nord AS", "Kari Nordmann"}
        assert names == {each.full_name for each in shop.pos.all(Customer).values()}
        assert names == {each.full_name for each in shop.go.all(Customer).values()}
        in_go = next(each for each in shop.go.all(Customer).values() if each.name == "Kafe Nord AS")
        assert (KAFE.address, KAFE.email, KAFE.organization_number) == (
            in_go.address,
            in_go.email,
            in_go.organization_number,
        )
        in_pos = next(each for each in shop.pos.all(Customer).values() if each.is_person)
        assert ("Kari", "Nordmann", "kari@example.no") == (in_pos.first_name, in_pos.last_name, in_pos.email)
        assert report.is_clean

    def test_the_second_run_is_silent(self, shop: Shop) -> None:
        """
        Our own writes come back in the next delta and cause nothing.
        """
        shop.pos.put(KAFE)
        shop.pos.put(MUG)
        shop.go.put(KARI)
        shop.sync()
        before = writes(shop)

        second, third = shop.sync(), shop.sync(full=True)

        assert ({}, {}) == (second.written, third.written)
        assert before == writes(shop)

    def test_an_edit_on_either_side_reaches_the_other(self, shop: Shop) -> None:
        """
        A phone changed in Go and an e-mail changed in the POS: both sides have both.
        """
        pos_id = shop.pos.put(KAFE)
        shop.sync()
        go_id, in_go = only(shop.go.all(Customer))
        shop.go.put(attrs.evolve(in_go, phone="99 99 99 99"), go_id)
        shop.pos.put(attrs.evolve(shop.pos.get(Customer, pos_id), email="ny@kafenord.example"), pos_id)

        report = shop.sync()

        for each in (shop.pos.get(Customer, pos_id), shop.go.get(Customer, go_id)):
            assert ("99 99 99 99", "ny@kafenord.example") == (each.phone, each.email)
        assert () == report.conflicts

    def test_bar_codes_and_pictures_survive(self, shop: Shop) -> None:
        """
        Go holds one bar code and no pictures; the POS keeps all of them through every round trip.
        """
        pos_id = shop.pos.put(MUG)
        shop.sync()
        go_id, in_go = only(shop.go.all(Product))
        assert ("7038010000010",) == in_go.gtins
        shop.go.put(attrs.evolve(in_go, name="Mug, large"), go_id)
        shop.sync()

        kept = shop.pos.get(Product, pos_id)
        assert ("Mug, large", MUG.gtins, MUG.images) == (kept.name, kept.gtins, kept.images)

    def test_a_new_product_is_filed_by_its_group(self, shop: Shop) -> None:
        """
        Under the group of Go with that code, else with that name; one Go does not know is left to Go.
        """
        with GoClient(shop.go.credentials, transport=shop.go.transport, limiter=NO_LIMIT) as go:
            by_code = go.product_groups.create(ProductGroup(code="KOPP", name="Kopper"))
            by_name = go.product_groups.create(ProductGroup(code="7", name="Mat"))
            for number, group in enumerate(("KOPP", "Mat", "Ukjent")):
                shop.pos.put(attrs.evolve(MUG, code=f"M-{number}", gtins=(), group=group))
            shop.sync()

            filed = {product.code: product.group_id for product in go.products.list()}

        assert (by_code.id, by_name.id) == (filed["M-0"], filed["M-1"])
        assert filed["M-2"] not in (by_code.id, by_name.id)
        assert {"KOPP", "Mat", "Ukjent"} == {each.group for each in shop.pos.all(Product).values()}
        assert {} == shop.sync(full=True).written

    def test_a_bar_code_changed_in_go_replaces_the_first(self, shop: Shop) -> None:
        """
        The others are kept.
        """
        pos_id = shop.pos.put(MUG)
        shop.sync()
        go_id, in_go = only(shop.go.all(Product))
        shop.go.put(attrs.evolve(in_go, gtins=("7038010000034",)), go_id)
        shop.sync()

        assert ("7038010000034", "7038010000027") == shop.pos.get(Product, pos_id).gtins

    @pytest.mark.parametrize(
        ("code", "price"), [("3", "149.90"), ("31", "49.99"), ("33", "0.01"), ("3", "1999.99")]
    )
    def test_shelf_prices_are_equal_to_the_ore(self, shop: Shop, code: str, price: str) -> None:
        """
        Through Go's price without VAT and back, and no run after it writes anything.
        """
        shop.pos.put(attrs.evolve(MUG, vat_code=code, price=Decimal(price)))
        shop.sync()

        _, in_go = only(shop.go.all(Product))
        assert (Decimal(price), code) == (in_go.price, in_go.vat_code)
        assert {} == shop.sync(full=True).written

    def test_a_price_changed_in_go_reaches_the_shelf(self, shop: Shop) -> None:
        """
        As a price including VAT.
        """
        pos_id = shop.pos.put(MUG)
        shop.sync()
        go_id, in_go = only(shop.go.all(Product))
        shop.go.put(attrs.evolve(in_go, price=Decimal("99.50")), go_id)
        shop.sync()

        assert Decimal("99.50") == shop.pos.get(Product, pos_id).price

    def test_archived_here_is_archived_there(self, shop: Shop) -> None:
        """
        Both ways, for both kinds.
        """
        customer, product = shop.pos.put(KAFE), shop.pos.put(MUG)
        shop.sync()
        shop.pos.archive(Customer, customer)
        shop.go.archive(Product, only(shop.go.all(Product))[0])
        shop.sync()

        assert only(shop.go.all(Customer))[1].archived
        assert shop.pos.get(Product, product).archived

    def test_a_conflict_is_decided_and_told(self, shop: Shop) -> None:
        """
        Both changed the phone: the authority wins, and the losing value is in the report.
        """
        pos_id = shop.pos.put(KAFE)
        shop.sync()
        go_id, in_go = only(shop.go.all(Customer))
        shop.go.put(attrs.evolve(in_go, phone="11111111"), go_id)
        shop.pos.put(attrs.evolve(shop.pos.get(Customer, pos_id), phone="22222222"), pos_id)

        report = shop.sync()

        [conflict] = report.conflicts
        assert ("phone", "22222222", "11111111", "pos") == (
            conflict.field,
            conflict.pos,
            conflict.go,
            conflict.chosen,
        )
        assert "conflict" in str(report)
        assert "22222222" == shop.go.get(Customer, go_id).phone
        assert {} == shop.sync().written

    @pytest.mark.parametrize("side", ["pos", "go"])
    def test_a_held_conflict_stays_held_when_one_side_is_seen_alone(self, shop: Shop, side: str) -> None:
        """
        A delta that shows one side only must not take the other one's half of the conflict for unchanged.
        """
        shop.profile = attrs.evolve(
            profiles.PRESSIS_POS, customers=customers(authority=Authority.HOLD), orders=None
        )
        own_id = shop.pos.put(KAFE)
        shop.sync()
        go_id, _ = only(shop.go.all(Customer))
        for where, at, phone in ((shop.pos, own_id, "11111111"), (shop.go, go_id, "33333333")):
            where.put(attrs.evolve(where.get(Customer, at), phone=phone), at)
        assert [None] == [conflict.chosen for conflict in shop.sync().conflicts]

        shop.clock.advance(3600)
        where, at = (shop.pos, own_id) if side == "pos" else (shop.go, go_id)
        where.put(attrs.evolve(where.get(Customer, at), email="ny@kafenord.example"), at)
        told = shop.sync()

        assert () == told.failed
        assert [("phone", None)] == [(conflict.field, conflict.chosen) for conflict in told.conflicts]
        assert ("11111111", "33333333") == (
            shop.pos.get(Customer, own_id).phone,
            shop.go.get(Customer, go_id).phone,
        )
        assert ["ny@kafenord.example"] * 2 == [
            shop.pos.get(Customer, own_id).email,
            shop.go.get(Customer, go_id).email,
        ]
        assert () == shop.sync().failed

        # A person decides, and that is the end of it.
        shop.pos.put(attrs.evolve(shop.pos.get(Customer, own_id), phone="33333333"), own_id)
        assert shop.sync().is_clean
        quiet = shop.sync()
        assert ((), {}) == (quiet.conflicts, quiet.written)

    def test_both_had_the_same_customer_before(self, shop: Shop) -> None:
        """
        Matched by organisation number; blanks are filled; nobody is made twice.
        """
        shop.pos.put(attrs.evolve(KAFE, address=None))
        shop.go.put(attrs.evolve(KAFE, phone=None))

        shop.sync()

        assert (1, 1) == (len(shop.pos.all(Customer)), len(shop.go.all(Customer)))
        assert KAFE.address == only(shop.pos.all(Customer))[1].address
        assert KAFE.phone == only(shop.go.all(Customer))[1].phone

    def test_a_preview_writes_nothing(self, shop: Shop) -> None:
        """
        The plan can be read before anything happens.
        """
        shop.pos.put(KAFE)

        report = shop.sync(dry_run=True)

        assert {"create go": 1} == report.plans["customers"].summary()
        assert "customers (dry run): plan" in str(report)
        assert 0 == writes(shop)
        assert {} == shop.go.all(Customer)

    def test_a_quiet_poll_is_one_request_per_kind(self, shop: Shop) -> None:
        """
        Nothing new costs one request for customers, one for products and two for orders.
        """
        if shop.colour == "async":
            pytest.skip("each asynchronous call here has a runner of its own")
        shop.pos.put(KAFE)
        shop.pos.put(MUG)
        shop.sync()
        shop.clock.advance(3600)
        shop.sync()
        before = len(shop.go.requests)
        shop.sync()

        asked = [request.path for request in shop.go.requests[before:] if "OAuth" not in request.path]
        assert ["/Customers", "/Products", "/SalesOrders", "/OutgoingInvoices"] == asked


class TestOpenOne:
    """
    Customers both ways, articles from the POS to Go.
    """

    @pytest.fixture(autouse=True)
    def _open_one(self, shop: Shop) -> None:
        shop.profile = profiles.OPEN_ONE

    def test_articles_flow_to_go(self, shop: Shop) -> None:
        """
        New and changed articles appear in Go.
        """
        pos_id = shop.pos.put(MUG)
        shop.sync()
        shop.pos.put(attrs.evolve(MUG, name="Cup"), pos_id)
        shop.sync()

        assert "Cup" == only(shop.go.all(Product))[1].name

    def test_an_article_edited_in_go_is_reported_not_copied(self, shop: Shop) -> None:
        """
        Once; and the next change in the POS wins.
        """
        pos_id = shop.pos.put(MUG)
        shop.sync()
        go_id, in_go = only(shop.go.all(Product))
        shop.go.put(attrs.evolve(in_go, name="Edited in Go"), go_id)

        first, second = shop.sync(), shop.sync(full=True)

        assert ["one-way-edit"] == [finding.rule for finding in first.findings]
        assert () == second.findings
        assert ("Mug", "Edited in Go") == (
            shop.pos.get(Product, pos_id).name,
            shop.go.get(Product, go_id).name,
        )
        shop.pos.put(attrs.evolve(MUG, name="Cup"), pos_id)
        shop.sync()
        assert "Cup" == shop.go.get(Product, go_id).name

    def test_an_article_made_in_go_stays_there(self, shop: Shop) -> None:
        """
        Go does not make articles for the till.
        """
        shop.go.put(MUG)
        shop.sync()

        assert {} == shop.pos.all(Product)

    def test_an_article_the_till_makes_later_meets_the_one_in_go(self, shop: Shop) -> None:
        """
        By its code, in a delta too: nothing is made twice.
        """
        shop.go.put(MUG)
        shop.sync()
        shop.pos.put(MUG)
        shop.sync()

        assert 1 == len(shop.go.all(Product))
