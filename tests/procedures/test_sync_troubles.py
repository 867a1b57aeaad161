"""
One record in trouble leaves the others done, and a report entry that says what, where and the remedy.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo import profiles
from posgo.clients.go_client import GoClient
from posgo.exceptions import AuthenticationError, ModelError, TransportError
from posgo.models.catalog import Product
from posgo.models.ledger import JournalEntry, JournalLine
from posgo.models.parties import Address, Customer
from posgo.models.vouchers import Journal
from posgo.sync import Authority
from posgo.sync.policies import customers, products
from posgo.testing import NO_LIMIT, FakeGo
from support.shops import Shop

NORD = Customer(name="Kafe Nord AS", organization_number="974760673", email="post@kafenord.example")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MUG = Product(code="M-1", name="Mug", price=Decimal("149.90"), vat_code="3")


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest, validated: Any) -> Shop:
    made = Shop(colour=request.param, profile=profiles.PRESSIS_POS)
    made.transport = validated(made.go.transport)
    return made


def a_customer(number: int, **more: Any) -> Customer:
    return Customer(name=f"Customer {number}", email=f"c{number}@example.no", **more)


def names(values: dict[str, Any]) -> set[str]:
    return {each.full_name for each in values.values()}


def only(values: dict[str, Any]) -> tuple[str, Any]:
    [item] = values.items()
    return item


def owe(shop: Shop, go_id: str, amount: str) -> None:
    """
    Book a debt of a customer, or its payment.
    """
    with GoClient(shop.go.credentials, transport=shop.go.transport, limiter=NO_LIMIT) as go:
        number = shop.go.get(Customer, go_id).number
        assert number is not None
        [theirs] = go.customers.subledger_accounts(numbers=[number])
        [cash] = go.accounts.list(numbers=[1900])
        vat = next(code for code in go.vat_codes.list() if code.code == "0")
        assert theirs.account_id is not None
        lines = (
            JournalLine(account_id=theirs.account_id, vat_id=vat.id, amount=Decimal(amount)),
            JournalLine(account_id=cash.id, vat_id=vat.id, amount=-Decimal(amount)),
        )
        entry = JournalEntry(date=date(2026, 3, 14), reference=f"{go_id}{amount}", text="debt", lines=lines)
        go.vouchers.post(entry, journal=Journal.MANUAL)


class TestOneInTrouble:
    """
    The others are done.
    """

    def test_a_400_on_one_among_many(self, shop: Shop) -> None:
        """
        One record is refused; all others arrive; the next run tries it again and only it.
        """
        for number in range(1000):
            shop.pos.put(a_customer(number))
        shop.go.fail_next(400, method="POST", path="/Customers")

        report = shop.sync()

        assert 999 == len(shop.go.all(Customer))
        [failed] = report.failed
        assert "customer-" in str(failed)
        assert "Correct the value that is refused" in str(failed)
        assert not report.is_clean
        before = len([request for request in shop.go.requests if request.method == "POST"])
        again = shop.sync()
        assert ({"create go": 1, "update pos": 1}, 1000) == (again.written, len(shop.go.all(Customer)))
        sent = [request.path for request in shop.go.requests if request.method == "POST"][before:]
        assert 1 == sent.count("/Customers")

    def test_nothing_written_is_not_nothing_to_do(self, shop: Shop) -> None:
        """
        A run that wrote nothing because something stands against it does not say that nothing was to be done.
        """
        shop.pos.put(Customer(is_person=True, first_name="Kari"))
        blocked = shop.sync()
        shop.pos.put(a_customer(1))
        shop.go.fail_next(400, method="POST", path="/Customers")
        refused = shop.sync()
        shop.go.fail_next(503, times=9, method="POST", path="/Customers")
        stopped = shop.sync()

        for report in (blocked, refused, stopped):
            assert "customers: nothing written" == str(report).splitlines()[0]
            assert not report.is_clean

    def test_an_invalid_email(self, shop: Shop) -> None:
        """
        Go refuses a malformed address; the entry carries its words and not the address.
        """
        pos_id = shop.pos.put(attrs.evolve(NORD, email="not-an-address"))
        shop.pos.put(a_customer(1))

        report = shop.sync()

        assert {"Customer 1"} == names(shop.go.all(Customer))
        [failed] = report.failed
        assert f"pos {pos_id}" in str(failed)
        assert "mail" in str(failed).casefold()
        assert "not-an-address" not in str(failed)

    def test_a_person_without_last_name(self, shop: Shop) -> None:
        """
        Go wants both names of a person: a finding says so, and the person waits.
        """
        pos_id = shop.pos.put(Customer(is_person=True, first_name="Kari"))
        shop.pos.put(a_customer(1))

        report = shop.sync()

        assert {"Customer 1"} == names(shop.go.all(Customer))
        [finding] = [each for each in report.findings if each.rule == "person-without-names"]
        assert pos_id in str(finding.where)
        assert "both names" in finding.remedy

    def test_a_number_outside_every_series(self, shop: Shop) -> None:
        """
        A customer number Go has no series for is not sent: the entry names number and series; the others go on.
        """
        pos_id = shop.pos.put(attrs.evolve(NORD, number=77))
        shop.pos.put(a_customer(1))

        report = shop.sync()

        assert {"Customer 1"} == names(shop.go.all(Customer))
        [failed] = report.failed
        for told in (f"pos {pos_id}", "customer number 77", "Kunder 10000-"):
            assert told in str(failed)
        assert 1 == sum(
            request.method == "POST" and request.path == "/Customers" for request in shop.go.requests
        )

    def test_a_number_inside_a_series_is_kept(self, shop: Shop) -> None:
        """
        The till's own number becomes Go's.
        """
        shop.pos.put(attrs.evolve(NORD, number=10500))

        assert shop.sync().is_clean
        assert 10500 == only(shop.go.all(Customer))[1].number

    def test_a_refused_archive(self, shop: Shop) -> None:
        """
        Go does not archive a customer who owes something: the POS's wish stays open, the rest is done.
        """
        pos_id = shop.pos.put(NORD)
        shop.sync()
        go_id, _ = only(shop.go.all(Customer))
        owe(shop, go_id, "100.00")
        shop.pos.archive(Customer, pos_id)
        shop.pos.put(a_customer(1))

        report = shop.sync()

        assert not shop.go.get(Customer, go_id).archived
        assert "Customer 1" in names(shop.go.all(Customer))
        [failed] = report.failed
        assert str(failed).startswith(f"failed archive go: pos {pos_id} = go {go_id}: archived")
        assert "has a balance" in str(failed)
        assert "settle what is open" in failed.remedy
        owe(shop, go_id, "-100.00")
        assert shop.sync().is_clean
        assert shop.go.get(Customer, go_id).archived

    def test_an_ambiguous_match(self, shop: Shop) -> None:
        """
        Two candidates in Go: named, never guessed, and nobody is made or linked.
        """
        ids = [
            shop.pos.put(NORD),
            shop.go.put(NORD),
            shop.go.put(attrs.evolve(NORD, name="Kafe Nord, avd. 2")),
        ]
        shop.pos.put(a_customer(1))

        report = shop.sync()

        assert 3 == len(shop.go.all(Customer))
        assert 2 == len(shop.pos.all(Customer))
        assert "ambiguous" in str(report)
        [finding] = [each for each in report.findings if "ambiguous" in each.rule]
        assert all(each in str(finding) for each in ids)
        assert finding.remedy

    def test_an_ambiguity_that_is_sorted_out(self, shop: Shop) -> None:
        """
        One too many is archived, or called something else: the poll that sees it links those it kept from meeting.
        """
        shop.pos.put(NORD)
        second = shop.pos.put(attrs.evolve(NORD, name="Kafe Nord, avd. 2"))
        shop.go.put(NORD)
        shop.go.put(a_customer(1))
        shop.profile = attrs.evolve(shop.profile, overlap=timedelta(0))
        shop.sync()

        shop.pos.archive(Customer, second)

        assert 1 == shop.sync().written["link"]
        assert () == shop.sync(full=True).plans["customers"].operations

    def test_an_archived_stranger_costs_one_look(self, shop: Shop) -> None:
        """
        Everything is read when it changes, and not again because Go's polls overlap.
        """
        shop.go.put(Customer(name="Old", archived=True))
        shop.sync()
        shop.sync()
        shop.go.requests.clear()
        shop.sync()

        assert 1 == sum(each.path == "/Customers" for each in shop.go.requests)

    def test_a_held_conflict(self, shop: Shop) -> None:
        """
        With the authority to hold, both keep theirs until a person decides; other fields go on.
        """
        shop.profile = attrs.evolve(shop.profile, customers=customers(authority=Authority.HOLD))
        pos_id = shop.pos.put(attrs.evolve(NORD, phone="11111111"))
        shop.sync()
        go_id, in_go = only(shop.go.all(Customer))
        shop.go.put(attrs.evolve(in_go, phone="22222222", is_vat_free=True), go_id)
        shop.pos.put(attrs.evolve(shop.pos.get(Customer, pos_id), phone="33333333"), pos_id)

        report = shop.sync()

        assert ("33333333", "22222222") == (
            shop.pos.get(Customer, pos_id).phone,
            shop.go.get(Customer, go_id).phone,
        )
        assert shop.pos.get(Customer, pos_id).is_vat_free
        [conflict] = report.conflicts
        assert ("phone", None) == (conflict.field, conflict.chosen)
        assert not report.is_clean
        for told in ("conflict phone", pos_id, go_id, "pos 33333333", "go 22222222", "base 11111111", "held"):
            assert told in str(conflict)
        assert "33333333" not in repr(report)

    def test_an_incomplete_address_stays_in_the_pos(self, shop: Shop) -> None:
        """
        Go takes an address only with postcode and city.
        """
        pos_id = shop.pos.put(attrs.evolve(NORD, address=Address(line1="Storgata 1")))

        report = shop.sync()

        assert None is only(shop.go.all(Customer))[1].address
        assert Address(line1="Storgata 1") == shop.pos.get(Customer, pos_id).address
        assert report.is_clean
        assert {} == shop.sync(full=True).written

    def test_an_article_without_a_sales_account(self, shop: Shop) -> None:
        """
        Without an account for its VAT code Go would charge another VAT: it waits, and is named.
        """
        shop.pos.put(attrs.evolve(MUG, vat_code="32"))
        shop.pos.put(attrs.evolve(MUG, code="M-2"))

        report = shop.sync()

        assert {"M-2"} == {each.code for each in shop.go.all(Product).values()}
        assert "no-sales-account" in {finding.rule for finding in report.findings}

    def test_a_unit_of_the_tills_own_stays_there(self, shop: Shop) -> None:
        """
        Go takes only units of its list: the article goes without, the finding says so, and nothing is overwritten.
        """
        pos_id = shop.pos.put(attrs.evolve(MUG, unit="stk"))

        report = shop.sync()

        assert None is only(shop.go.all(Product))[1].unit
        assert "stk" == shop.pos.get(Product, pos_id).unit
        assert "unit" in {finding.rule for finding in report.findings}
        assert report.is_clean
        assert {} == shop.sync(full=True).written


class TestLostAnswers:
    """
    Nobody is made twice.
    """

    @pytest.mark.parametrize("path", ["/Customers", "/Products"])
    @pytest.mark.parametrize("status", [None, 500], ids=["no answer", "500"])
    @pytest.mark.parametrize("after_effect", [False, True], ids=["before the effect", "after it"])
    def test_a_creation_in_doubt_in_go(
        self,
        shop: Shop,
        path: str,
        status: int | None,
        after_effect: bool,  # noqa: FBT001
    ) -> None:
        """
        It is looked up before it is repeated.
        """
        shop.pos.put(NORD)
        shop.pos.put(MUG)
        shop.go.fail_next(status, after_effect=after_effect, method="POST", path=path)

        report = shop.sync()

        assert report.is_clean or "organization-number" in str(report)
        assert (1, 1) == (len(shop.go.all(Customer)), len(shop.go.all(Product)))
        assert {} == shop.sync(full=True).written

    @pytest.mark.parametrize("authority", [Authority.POS, Authority.GO, Authority.HOLD])
    def test_what_is_found_was_not_sent(self, shop: Shop, authority: Authority) -> None:
        """
        Somebody else's record, found where ours was to be made, meets ours: what they say differently is told.
        """
        shop.profile = attrs.evolve(shop.profile, products=products(authority=authority))
        shop.go, shop.transport = FakeGo(now=shop.clock.utc_now), None
        shop.sync()
        shop.go.replica_lag = timedelta(seconds=1)
        go_id = shop.go.put(attrs.evolve(MUG, name="Krus"))
        pos_id = shop.pos.put(MUG)
        shop.go.fail_next(None, method="POST", path="/Products")

        report = shop.sync()

        chosen = None if authority is Authority.HOLD else authority.value
        told = {"pos": ("Mug", "Mug"), "go": ("Krus", "Krus"), None: ("Mug", "Krus")}[chosen]
        assert told == (shop.pos.get(Product, pos_id).name, shop.go.get(Product, go_id).name)
        [conflict] = report.conflicts
        assert (pos_id, go_id, "name", chosen) == (
            conflict.pos_id,
            conflict.go_id,
            conflict.field,
            conflict.chosen,
        )
        assert str(conflict) in str(report)
        assert (chosen is not None) is report.is_clean
        with GoClient(shop.go.credentials, transport=shop.go.transport, limiter=NO_LIMIT) as go:
            client = go.integration.get().client_id
        remembered = shop.store.history(client, "products", since=LONG_AGO).conflicts
        assert [("name", chosen)] == [(each.field, each.chosen) for each in remembered]

    @pytest.mark.parametrize("path", ["/Customers", "/Products"])
    def test_go_stays_away_after_a_creation(self, shop: Shop, path: str) -> None:
        """
        The next run looks first.
        """
        shop.pos.put(NORD)
        shop.pos.put(MUG)
        shop.go.fail_next(None, after_effect=True, method="POST", path=path)
        shop.go.fail_next(None, method="GET", path=path, times=0)
        shop.sync()
        shop.restart()
        shop.sync()

        assert (1, 1) == (len(shop.go.all(Customer)), len(shop.go.all(Product)))

    def test_a_side_that_cannot_be_read(self, shop: Shop) -> None:
        """
        Nothing is planned on half of what there is.
        """
        shop.pos.put(NORD)
        shop.sync()
        shop.go.fail_next(None, method="GET", path="/Customers", times=9)

        with pytest.raises(TransportError):
            shop.sync(full=True)

        assert 1 == len(shop.go.all(Customer))

    def test_wrong_keys(self, shop: Shop) -> None:
        """
        An error about keys, and nothing written.
        """
        shop.pos.put(NORD)
        shop.credentials = attrs.evolve(shop.go.credentials, client_key="another")

        with pytest.raises(AuthenticationError):
            shop.sync()

    def test_the_store_is_lost(self, shop: Shop) -> None:
        """
        Everything is linked again from what both sides say; nobody is made twice.
        """
        for number in range(5):
            shop.pos.put(a_customer(number))
            shop.go.put(a_customer(number + 10))
        shop.pos.put(MUG)
        shop.sync()
        shop.lose_state()

        report = shop.sync()

        assert (10, 10, 1) == (
            len(shop.pos.all(Customer)),
            len(shop.go.all(Customer)),
            len(shop.go.all(Product)),
        )
        assert report.is_clean
        assert {} == shop.sync(full=True).written


class TestTooMuchAtOnce:
    """
    The guard.
    """

    def test_a_mass_change_waits_for_approval(self, shop: Shop) -> None:
        """
        An import gone wrong in the POS is not carried to Go before a person has seen it.
        """
        ids = [shop.pos.put(a_customer(number, phone="11111111")) for number in range(20)]
        shop.sync()
        for number, pos_id in enumerate(ids):
            shop.pos.put(a_customer(number, phone="99999999"), pos_id)

        refused = shop.sync()

        assert {"11111111"} == {each.phone for each in shop.go.all(Customer).values()}
        assert not refused.is_clean
        mug = shop.pos.put(MUG)
        assert "customers: nothing written" == str(refused).splitlines()[0]
        with pytest.raises(ModelError, match="not what would be done"):
            shop.sync(approve="0" * 16)
        assert {} == shop.go.all(Product)
        shop.pos.delete(Product, mug)
        approved = shop.sync(approve=refused.plans["customers"].plan_id)
        assert {"99999999"} == {each.phone for each in shop.go.all(Customer).values()}
        assert approved.is_clean
