"""
What changed between two runs: in Go, in the till, in the account map, or only in what Go shows.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import httpx
import pytest

from posgo.models.findings import Severity
from posgo.models.pos import ZReport
from posgo.models.vouchers import SettlementStatus
from posgo.procedures._case import SettlementResult
from support.shops import Shop, posts
from support.zreports import ACCOUNTS, a_day, accounts, zero_day

POSTED, ALREADY_POSTED, NOTHING_TO_POST, BLOCKED = SettlementStatus


def rules(result: Any, severity: Severity = Severity.BLOCK) -> list[str]:
    return [finding.rule for finding in result.findings if finding.severity is severity]


class Between(httpx.BaseTransport):
    """
    A transport that may change the answer to a request which was carried out.
    """

    def __init__(self, shop: Shop, change: Callable[[httpx.Request, httpx.Response], httpx.Response]) -> None:
        self._inner = shop.go.transport
        self._change = change

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._change(request, self._inner.handle_request(request))


class PowerCutError(Exception):
    """
    The process ends here.
    """


def stop_after_booking(shop: Shop, z: ZReport) -> None:
    """
    End a process when Go has booked the voucher and its answer is on the way.
    """

    def cut(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.method == "POST" and "/Vouchers/" in request.url.path:
            raise PowerCutError
        return response

    shop.transport = Between(shop, cut)
    with pytest.raises(PowerCutError):
        shop.settle(z)
    assert 1 == len(shop.go.vouchers)
    shop.transport = None
    shop.restart()


class TestAReportThatBecameZero:
    """
    A day whose figures vanished is not settled as nothing while Go holds them.
    """

    def test_after_a_crash(self) -> None:
        """
        The voucher in doubt is looked for before the day is called empty.
        """
        shop = Shop()
        stop_after_booking(shop, a_day())

        result = shop.settle(zero_day())

        assert (BLOCKED, ["reference-reused"]) == (result.status, rules(result))
        assert ALREADY_POSTED is shop.settle(a_day()).status

    def test_without_a_memory(self) -> None:
        """
        The same, when the store is lost.
        """
        shop = Shop()
        shop.settle(a_day())
        shop.lose_state()

        result = shop.settle(zero_day())

        assert (BLOCKED, ["reference-reused"]) == (result.status, rules(result))


class TestAReversal:
    """
    A reversal gives the reference free: Go would take the voucher again.
    """

    @pytest.mark.parametrize("adopted", [False, True])
    def test_behind_a_runner_that_remembers(self, adopted: bool) -> None:  # noqa: FBT001
        """
        What a runner posted or swept up is asked for anew, even if the store is lost meanwhile.
        """
        shop = Shop()
        shop.settle(a_day(1))
        if adopted:
            shop.lose_state()
            shop.settle(a_day(2))
        shop.go.reverse(1)
        shop.forget_state()
        sent = posts(shop.go)

        result = shop.settle(a_day(1))

        assert (BLOCKED, ["reversed-in-go"]) == (result.status, rules(result))
        assert sent == posts(shop.go)


class TestTheSameReportFromAnotherSource:
    """
    A file and the POS's own interface may print its time some seconds apart.
    """

    @pytest.mark.parametrize("later", [timedelta(seconds=-3), timedelta(seconds=3)], ids=str)
    def test_after_a_crash(self, later: timedelta) -> None:
        """
        A report does not follow itself: the voucher in doubt is found, and nothing blocks.
        """
        shop = Shop()
        stop_after_booking(shop, a_day())
        z = attrs.evolve(a_day(), closed_at=a_day().closed_at + later)

        results = [shop.settle(z), shop.settle(z)]

        assert [ALREADY_POSTED] * 2 == [result.status for result in results]
        assert [[], []] == [rules(result) for result in results]


class TestWhatGoShowsLate:
    """
    Reads lag behind writes.
    """

    @pytest.mark.parametrize("hidden", range(7))
    def test_it_is_booked_once_and_found_in_the_end(self, hidden: int) -> None:
        """
        However long a voucher stays out of sight: one voucher, and no advice to give the till a new id.
        """
        shop = Shop()
        unseen = [204] * hidden

        def hide(request: httpx.Request, response: httpx.Response) -> httpx.Response:
            late = request.url.path.endswith("/AccountTransactions") and unseen
            return httpx.Response(unseen.pop()) if late else response

        shop.transport = Between(shop, hide)
        shop.go.fail_next(None, after_effect=True, method="POST", path="/Vouchers/CashJournals")
        results: list[SettlementResult] = []
        while not results or results[-1].status is BLOCKED:
            results.append(shop.settle(a_day()))
            shop.restart()

        for blocked in results[:-1]:
            [finding] = blocked.findings
            assert "reference-reused" == finding.rule
            assert finding.remedy.startswith("Settle again in some minutes")
        assert results[-1].status in {POSTED, ALREADY_POSTED}
        assert 1 == len(shop.go.vouchers) == results[-1].voucher_no


class TestAnotherAccountMap:
    """
    What is posted stays posted, whatever the map says today.
    """

    def test_other_accounts_warn(self) -> None:
        """
        The voucher shown is today's; that Go holds another is said.
        """
        shop = Shop()
        shop.settle(a_day())
        shop.accounts = accounts(ACCOUNTS.replace("3000", "3050"))
        shop.restart()

        result = shop.settle(a_day())

        assert (ALREADY_POSTED, ["posted-otherwise"]) == (result.status, rules(result, Severity.WARN))
        assert 1 == posts(shop.go)

    def test_the_same_accounts_do_not(self) -> None:
        """
        Nothing is said where nothing changed.
        """
        shop = Shop()
        shop.settle(a_day())
        shop.restart()

        assert () == shop.settle(a_day()).findings

    def test_a_gap_does_not_undo_it(self) -> None:
        """
        A map that could not book the day any more does not call it unbooked.
        """
        shop = Shop()
        shop.settle(a_day())
        shop.accounts = accounts(ACCOUNTS.replace('"12001"', '"12002x"'))
        shop.restart()

        assert ALREADY_POSTED is shop.settle(a_day()).status
