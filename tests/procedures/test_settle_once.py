"""
A Z-report is booked exactly once, whatever happens on the way.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import attrs
import pytest

from posgo import saft
from posgo.clients.go_client import GoClient
from posgo.exceptions import (
    ApiError,
    AuthenticationError,
    LeaseHeldError,
    MissingPrivilegeError,
    RateLimitedError,
    ServerError,
    TransportError,
)
from posgo.models.pos import CashCount
from posgo.models.vouchers import Journal, SettlementStatus
from posgo.profiles import OPEN_ONE
from posgo.state import SqliteStore
from support.shops import Colour, Shop, posts
from support.zreports import ACCOUNTS, a_day, accounts, zero_day

POSTED, ALREADY_POSTED, NOTHING_TO_POST, BLOCKED = SettlementStatus
CASH_JOURNALS = "/Vouchers/CashJournals"


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest, validated: Callable[..., object]) -> Shop:
    """
    A shop whose every request and answer is held against Go's description.
    """
    colour: Colour = request.param
    made = Shop(colour=colour)
    made.transport = validated(made.go.transport)
    return made


def rules(result: object) -> list[str]:
    return [finding.rule for finding in result.findings if finding.blocks]  # type: ignore[attr-defined]


class TestTheEverydayDay:
    """
    Posted once, and never again.
    """

    def test_the_official_example_is_posted_as_the_page_says(
        self, shop: Shop, official_example: Path
    ) -> None:
        """
        The tax administration's file gives exactly the voucher recomputed in section 9 of the reference.
        """
        [z] = saft.read(official_example).z_reports

        result = shop.settle(z)

        assert (POSTED, shop.go.vouchers[0].voucher_no) == (result.status, result.voucher_no)
        [voucher] = shop.go.vouchers
        assert [
            (1900, "295.00", "0"),
            (1910, "218.80", "0"),
            (7740, "0.40", "0"),
            (3000, "-411.40", "3"),
            (3030, "-102.80", "31"),
        ] == [(line.account, f"{line.amount:.2f}", line.vat_code) for line in voucher.lines]
        assert date(2020, 1, 1) == voucher.date

    def test_a_second_run_posts_nothing(self, shop: Shop) -> None:
        """
        Settling again answers ALREADY_POSTED with the same voucher.
        """
        first = shop.settle(a_day())
        second = shop.settle(a_day())
        shop.restart()
        third = shop.settle(a_day())

        assert [POSTED, ALREADY_POSTED, ALREADY_POSTED] == [each.status for each in (first, second, third)]
        assert {first.voucher_no} == {each.voucher_no for each in (first, second, third)}
        assert (1, 1) == (len(shop.go.vouchers), posts(shop.go))

    def test_a_lost_store_is_harmless(self, shop: Shop) -> None:
        """
        Without any memory the voucher is found in Go, by its reference, before anything is sent.
        """
        first = shop.settle(a_day())
        shop.lose_state()

        again = shop.settle(a_day())

        assert (ALREADY_POSTED, first.voucher_no) == (again.status, again.voucher_no)
        assert (1, 1) == (len(shop.go.vouchers), posts(shop.go))

    def test_a_month_locked_since_is_still_posted(self, shop: Shop) -> None:
        """
        Locking the books afterwards does not turn what was posted into a problem, store or no store.
        """
        shop.settle(a_day())
        shop.go.lock_date = date(2020, 1, 31)
        remembered = shop.settle(a_day())
        shop.lose_state()

        assert [ALREADY_POSTED] * 2 == [remembered.status, shop.settle(a_day()).status]

    def test_a_day_of_zeros_is_settled_without_a_voucher(self, shop: Shop) -> None:
        """
        A used till without sales gives a Z-report of zeros: recorded, nothing posted.
        """
        assert [NOTHING_TO_POST] * 2 == [shop.settle(zero_day()).status, shop.settle(zero_day()).status]
        assert 0 == len(shop.go.vouchers)

    def test_a_dry_run_writes_nothing(self, shop: Shop) -> None:
        """
        A preview shows the voucher and leaves Go and the store as they were.
        """
        preview = shop.settle(a_day(), dry_run=True)
        zeros = shop.settle(zero_day(2), dry_run=True)

        assert (None, NOTHING_TO_POST) == (preview.status, zeros.status)
        assert preview.voucher is not None
        assert 0 == posts(shop.go)
        assert 0 == shop.store.settlements(_client(shop), [preview.voucher.reference]).version

    def test_a_settlement_costs_one_request(self, shop: Shop) -> None:
        """
        Once chart and VAT codes are known, the next day is one POST.
        """
        if shop.colour == "async":
            pytest.skip("each asynchronous call here has a runner of its own")
        shop.settle(a_day(1))
        before = len(shop.go.requests)

        shop.settle(a_day(2))

        assert ["POST"] == [request.method for request in shop.go.requests[before:]]

    def test_the_voucher_says_where_it_comes_from(self, shop: Shop) -> None:
        """
        Z-number, till and batch are on the voucher, the department on every line.
        """
        shop.settle(a_day(42))

        [voucher] = shop.go.vouchers
        assert ("Z-42-till 1", "till 1", 42) == (
            voucher.batch,
            voucher.source_system,
            voucher.imported_no,
        )
        assert {"10"} == {line.department for line in voucher.lines}

    def test_another_kind_of_voucher_can_be_chosen(self, shop: Shop) -> None:
        """
        Privileges are granted per kind: a profile may post manual journals instead.
        """
        shop.profile = attrs.evolve(OPEN_ONE, journal=Journal.MANUAL)

        assert [POSTED, ALREADY_POSTED] == [shop.settle(a_day()).status, shop.settle(a_day()).status]
        shop.lose_state()
        assert ALREADY_POSTED is shop.settle(a_day()).status

    def test_a_changed_kind_of_voucher_does_not_post_twice(self, shop: Shop) -> None:
        """
        What was posted as one kind is found when the profile now posts another.
        """
        shop.settle(a_day())
        shop.profile = attrs.evolve(OPEN_ONE, journal=Journal.MANUAL)
        shop.restart()
        remembered = shop.settle(a_day())
        shop.lose_state()

        assert [ALREADY_POSTED] * 2 == [remembered.status, shop.settle(a_day()).status]

    def test_a_missing_day_is_noticed_across_runs(self, shop: Shop) -> None:
        """
        The store remembers yesterday's number: a gap warns tonight.
        """
        shop.settle(a_day(1))
        shop.restart()

        result = shop.settle(a_day(3))

        assert POSTED is result.status
        assert ["X7"] == [finding.rule for finding in result.findings]


def _client(shop: Shop) -> str:
    with GoClient(shop.go.credentials, transport=shop.go.transport) as go:
        return go.integration.get().client_id


class TestWhatBlocks:
    """
    A clear finding, and nothing booked.
    """

    def test_another_companys_report(self, shop: Shop) -> None:
        """
        One merchant's day never reaches another's ledger.
        """
        result = shop.settle(a_day(company="888888888"))

        assert (BLOCKED, ["wrong-company"], 0) == (result.status, rules(result), posts(shop.go))

    def test_an_account_missing_in_go(self, shop: Shop) -> None:
        """
        Every account the chart does not have is named at once.
        """
        shop.accounts = accounts(ACCOUNTS.replace("3000", "3999").replace("1900", "1999"))

        result = shop.settle(a_day())

        assert (BLOCKED, ["account-missing"] * 2, 0) == (result.status, rules(result), posts(shop.go))

    def test_what_is_mended_in_go_is_seen_at_once(self, shop: Shop) -> None:
        """
        Nothing stays blocked by what was remembered.
        """
        shop.accounts = accounts(ACCOUNTS.replace("3000", "3999"))
        assert BLOCKED is shop.settle(a_day()).status
        shop.go.add_account(3999, vat_code="3")

        assert POSTED is shop.settle(a_day()).status

    def test_a_locked_vat_code(self, shop: Shop) -> None:
        """
        An account locked to another VAT code is said before Go would refuse it.
        """
        shop.go.add_account(3000, vat_code="31", vat_code_locked=True)

        result = shop.settle(a_day())

        assert (BLOCKED, ["locked-vat-code"], 0) == (result.status, rules(result), posts(shop.go))

    def test_a_locked_period(self, shop: Shop) -> None:
        """
        The lock date is named; the day is not moved to an open one.
        """
        shop.go.lock_date = date(2020, 1, 31)

        result = shop.settle(a_day())

        assert (BLOCKED, ["locked-period"], 0) == (result.status, rules(result), posts(shop.go))
        assert "2020-01-31" in result.findings[0].message

    def test_a_period_locked_behind_our_back(self, shop: Shop) -> None:
        """
        A lock date set since it was read: Go refuses, and the finding names the new date.
        """
        if shop.colour == "async":
            pytest.skip("each asynchronous call here has a runner of its own")
        shop.settle(a_day(1))
        shop.go.lock_date = date(2020, 1, 31)

        result = shop.settle(a_day(2))

        assert (BLOCKED, ["locked-period"], 1) == (result.status, rules(result), len(shop.go.vouchers))
        shop.go.lock_date = None
        assert POSTED is shop.settle(a_day(2)).status

    @pytest.mark.parametrize("control", [1500, 2400, 2910])
    def test_a_control_account(self, shop: Shop, control: int) -> None:
        """
        Go refuses direct postings on accounts that back a subledger.
        """
        shop.accounts = accounts(ACCOUNTS.replace("2990", str(control)))
        tipped = a_day()
        cash = attrs.evolve(tipped.tenders[0], amount=tipped.total + 10)

        result = shop.settle(attrs.evolve(tipped, tips=10, tenders=[cash]))

        assert (BLOCKED, 1, 0) == (result.status, len(rules(result)), len(shop.go.vouchers))
        assert str(control) in str(result)

    @pytest.mark.parametrize("remembers", [True, False], ids=["with its store", "without it"])
    def test_the_same_number_with_other_figures(self, shop: Shop, remembers: bool) -> None:  # noqa: FBT001
        """
        A till that restarted its numbers is noticed instead of taken for posted.
        """
        shop.settle(a_day())
        if not remembers:
            shop.lose_state()

        result = shop.settle(a_day(sold="250.00"))

        assert (BLOCKED, ["reference-reused"], 1) == (result.status, rules(result), len(shop.go.vouchers))

    @pytest.mark.parametrize("remembers", [True, False], ids=["with its store", "without it"])
    def test_the_same_number_on_another_day(self, shop: Shop, remembers: bool) -> None:  # noqa: FBT001
        """
        Equal figures do not make it the same report.
        """
        shop.settle(a_day())
        if not remembers:
            shop.lose_state()
        later = attrs.evolve(a_day(), closed_at=a_day().closed_at + timedelta(days=400))

        result = shop.settle(later)

        assert (BLOCKED, 1) == (result.status, len(shop.go.vouchers))
        assert "reference-reused" in rules(result)

    @pytest.mark.parametrize("remembers", [True, False], ids=["with its store", "without it"])
    def test_reversed_in_go(self, shop: Shop, remembers: bool) -> None:  # noqa: FBT001
        """
        What a person reversed is never posted again silently, although the reference is free.
        """
        posted = shop.settle(a_day())
        assert posted.voucher_no is not None
        shop.go.reverse(posted.voucher_no)
        if not remembers:
            shop.lose_state()

        result = shop.settle(a_day())

        assert (BLOCKED, ["reversed-in-go"], 1) == (result.status, rules(result), posts(shop.go))

    def test_two_reports_under_one_number(self, shop: Shop) -> None:
        """
        Neither of two different reports with the same number is posted.
        """
        report = shop.settle_all([a_day(), a_day(sold="250.00")])

        assert [BLOCKED, BLOCKED] == [result.status for result in report]
        assert 0 == len(shop.go.vouchers)

    def test_a_wrong_count(self, shop: Shop) -> None:
        """
        A difference in the drawer, which cannot be booked yet, blocks and says so.
        """
        result = shop.settle(a_day(), count=CashCount(counted="120.00", counted_by="Ola"))

        assert (BLOCKED, ["cash-count"]) == (result.status, rules(result))


class TestWhatFails:
    """
    A clear error, nothing lost, nothing twice.
    """

    @pytest.mark.parametrize("status", [None, 500, 503], ids=["timeout", "500", "503"])
    @pytest.mark.parametrize("after_effect", [False, True], ids=["before the effect", "after it"])
    def test_one_lost_answer(self, shop: Shop, status: int | None, after_effect: bool) -> None:  # noqa: FBT001
        """
        A voucher in doubt is looked up before it is sent again, and is posted once.
        """
        shop.go.fail_next(status, after_effect=after_effect, path=CASH_JOURNALS, method="POST")

        result = shop.settle(a_day())

        assert (POSTED, 1) == (result.status, len(shop.go.vouchers))
        assert shop.go.vouchers[0].voucher_no == result.voucher_no
        assert 1 + (not after_effect) == posts(shop.go)
        assert shop.clock.monotonic() >= 2, "the look-up waits for Go's replica"

    @pytest.mark.parametrize(("status", "error"), [(None, TransportError), (500, ServerError)])
    @pytest.mark.parametrize("after_effect", [False, True], ids=["before the effect", "after it"])
    def test_go_stays_away(
        self,
        shop: Shop,
        status: int | None,
        error: type[ApiError],
        after_effect: bool,  # noqa: FBT001
    ) -> None:
        """
        When even the look-up fails, the error is raised; the next run looks first and posts once.
        """
        shop.go.fail_next(status, after_effect=after_effect, path=CASH_JOURNALS, method="POST")
        sweeping = a_day(2)
        shop.settle(sweeping)  # chart and sweep are read; only the look-up remains
        shop.go.fail_next(status, after_effect=after_effect, path=CASH_JOURNALS, method="POST")
        if shop.colour == "sync":
            shop.go.fail_next(status, path="/AccountTransactions", times=3)
            with pytest.raises(error):
                shop.settle(a_day(3))
        shop.restart()

        assert shop.settle(a_day(3)).status in (POSTED, ALREADY_POSTED)
        assert 2 == len(shop.go.vouchers)

    def test_too_many_requests(self, shop: Shop) -> None:
        """
        A 429 was not carried out: it is sent again after the wait, without a look-up.
        """
        shop.go.fail_next(429, path=CASH_JOURNALS)

        assert POSTED is shop.settle(a_day()).status
        assert 1 == len(shop.go.vouchers)

    def test_too_many_requests_for_long(self, shop: Shop) -> None:
        """
        A limit that does not end is an error that says when to come back; nothing stays in doubt.
        """
        shop.go.fail_next(429, path=CASH_JOURNALS, times=50)

        with pytest.raises(RateLimitedError):
            shop.settle(a_day())

        assert 0 == len(shop.go.vouchers)

    def test_wrong_keys(self, shop: Shop) -> None:
        """
        Keys that do not open this company are an error about keys.
        """
        shop.credentials = attrs.evolve(shop.go.credentials, client_key="another")

        with pytest.raises(AuthenticationError):
            shop.settle(a_day())

    def test_a_missing_privilege(self, shop: Shop) -> None:
        """
        The error names the privilege; the report is settled once it is granted.
        """
        shop.go.privileges -= {"CashVoucher_Full"}

        with pytest.raises(MissingPrivilegeError, match="CashVoucher_Full"):
            shop.settle(a_day())

    def test_another_runner_at_work(self, shop: Shop, tmp_path: Path) -> None:
        """
        A second runner on the same company is told, and asks nothing of the ledger.
        """
        store = SqliteStore(tmp_path / "s")
        shop.store = store
        shop.settle(a_day())
        client = _client(shop)

        with store.lease(client, wait=timedelta(0)), pytest.raises(LeaseHeldError):
            shop.settle(a_day(2))

        assert 1 == len(shop.go.vouchers)


class TestTheNightlyJob:
    """
    settle_finished: every finished Z-report that is not booked yet.
    """

    def test_it_books_what_is_new(self, shop: Shop) -> None:
        """
        Run every night, it books each day once and says what it did.
        """
        shop.pos.put(a_day(1))
        first = shop.settle_finished()
        shop.pos.put(a_day(2))
        second = shop.settle_finished()

        assert [POSTED] == [result.status for result in first]
        assert [ALREADY_POSTED, POSTED] == [result.status for result in second]
        assert 2 == len(shop.go.vouchers)
        assert second.is_clean

    def test_what_is_done_costs_nothing(self, shop: Shop) -> None:
        """
        A night without news sends no voucher and reads no chart: one look tells that all still stands.
        """
        for number in range(1, 30):
            shop.pos.put(a_day(number))
        shop.settle_finished()
        shop.restart()
        before = len(shop.go.requests)

        shop.settle_finished()

        paths = [request.path for request in shop.go.requests[before:]]
        assert ["/AccountTransactions"] == [
            path for path in paths if path not in {"/OAuth/Token", "/ClientIntegrationInformation"}
        ]

    def test_years_booked_by_hand_are_left_alone(self, shop: Shop) -> None:
        """
        Days before settle_from are listed as skipped and never posted.
        """
        shop.accounts = accounts(ACCOUNTS.replace('"2020-01-01"', '"2020-01-03"'))
        for number in range(1, 5):
            shop.pos.put(a_day(number))

        report = shop.settle_finished()

        assert ["1", "2"] == [z.number for z in report.skipped]
        assert ["3", "4"] == [result.number for result in report]
        assert 2 == len(shop.go.vouchers)

    def test_a_blocked_day_does_not_stop_the_others(self, shop: Shop) -> None:
        """
        What a bookkeeper must look at waits; the rest is posted, and a later run takes it up.
        """
        odd = attrs.evolve(a_day(2), tenders=[attrs.evolve(a_day(2).tenders[0], code="12999")])
        for z in (a_day(1), odd, a_day(3)):
            shop.pos.put(z)

        report = shop.settle_finished()

        assert [POSTED, BLOCKED, POSTED] == [result.status for result in report]
        assert not report.is_clean
        shop.accounts = accounts(ACCOUNTS.replace("[other]", '"12999" = 1903\n[other]'))
        shop.restart()
        assert shop.settle_finished().is_clean
        assert 3 == len(shop.go.vouchers)

    def test_every_answer_lost(self, shop: Shop) -> None:
        """
        A night in which no voucher's answer arrives still books each day once, and knows it.
        """
        for number in range(1, 4):
            shop.pos.put(a_day(number))
        shop.go.fail_next(None, after_effect=True, path=CASH_JOURNALS, method="POST", times=3)

        assert [POSTED] * 3 == [result.status for result in shop.settle_finished()]
        assert (3, 3) == (len(shop.go.vouchers), posts(shop.go))

    def test_go_going_away_leaves_the_rest_for_later(self, shop: Shop) -> None:
        """
        What failed and what was not tried are listed apart; the next run books each once.
        """
        for number in range(1, 4):
            shop.pos.put(a_day(number))
        shop.go.fail_next(503, path=CASH_JOURNALS, method="POST", times=2)

        report = shop.settle_finished()

        assert (["1"], ["2", "3"]) == (
            [each.z.number for each in report.failed],
            [z.number for z in report.untried],
        )
        assert not report.is_clean
        assert "look before repeating" in str(report)
        shop.restart()
        assert [POSTED] * 3 == [result.status for result in shop.settle_finished()]
        assert 3 == len(shop.go.vouchers)

    def test_a_report_given_twice_is_one(self, shop: Shop) -> None:
        """
        Overlapping pages of a POS repeat reports; a repetition is no second report.
        """
        shop.pos.put(a_day(1))
        shop.pos.put(a_day(1))

        assert [POSTED] == [result.status for result in shop.settle_finished()]

    def test_a_till_with_two_names_is_one_till(self, shop: Shop) -> None:
        """
        alias_of joins a till's names: the same report from another source is not booked again.
        """
        shop.accounts = accounts(ACCOUNTS + '[cash_points."POS-7"]\nalias_of = "till 1"\ndepartment = "10"\n')
        shop.settle(a_day())

        assert ALREADY_POSTED is shop.settle(a_day(cash_point="POS-7")).status
