"""
Nights after the first: what was settled is held against what Go shows today.
"""

from datetime import UTC, datetime
from typing import Any

import attrs

from posgo.models._continuity import repeated
from posgo.models.vouchers import SettlementStatus
from posgo.procedures.finished import SettlementReport
from support.shops import Shop, posts
from support.zreports import ACCOUNTS, a_day, accounts

ALREADY_POSTED, BLOCKED = SettlementStatus.ALREADY_POSTED, SettlementStatus.BLOCKED


def rules(result: Any) -> list[str]:
    return [finding.rule for finding in result.findings if finding.blocks]


class TestAReversalAtNight:
    """
    A person undid what the nightly job had posted.
    """

    def settled(self) -> Shop:
        shop = Shop()
        for number in (1, 2, 3):
            shop.pos.put(a_day(number))
        assert shop.settle_finished().is_clean
        shop.go.reverse(2)
        shop.restart()
        return shop

    def test_it_is_said_and_not_posted_again(self) -> None:
        """
        The next night says so of that day, and of no other.
        """
        shop = self.settled()

        report: SettlementReport = shop.settle_finished()

        assert [ALREADY_POSTED, BLOCKED, ALREADY_POSTED] == [result.status for result in report]
        assert ["reversed-in-go"] == rules(report)
        assert 3 == posts(shop.go)

    def test_an_error_in_that_look_stops_nothing_for_good(self) -> None:
        """
        What could not be looked at is listed as failed or untried, and is there the next night.
        """
        shop = self.settled()
        shop.go.fail_next(503, path="/AccountTransactions", times=3)

        report = shop.settle_finished()

        assert (0, 1, 2) == (len(report.results), len(report.failed), len(report.untried))
        shop.restart()
        assert ["reversed-in-go"] == rules(shop.settle_finished())


class TestOrder:
    """
    Many reports at once.
    """

    def test_a_number_used_twice_is_told_once(self) -> None:
        """
        A file that holds a number twice says so itself; two files that do are told here.
        """
        shop = Shop()
        other = a_day(1, sold="250.00")
        told = [attrs.evolve(z, findings=[repeated(a_day(1), z)]) for z in (a_day(1), other)]

        assert ["X7"] * 2 == rules(shop.settle_all([a_day(1), other]))
        assert ["X7"] * 2 == rules(shop.settle_all(told))

    def test_the_hour_that_comes_twice(self) -> None:
        """
        Two reports in the night the clock is put back follow each other in time, not on the wall clock.
        """
        shop = Shop()
        first = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 02:50 in summer time
        second = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 in winter time
        reports = [attrs.evolve(a_day(2), closed_at=second), attrs.evolve(a_day(1), closed_at=first)]

        report = shop.settle_all(reports)

        assert ["1", "2"] == [result.number for result in report]
        assert () == report.findings

    def test_what_lies_before_settle_from_is_not_looked_up(self) -> None:
        """
        Years booked by hand ask nothing of the store.
        """
        shop = Shop()
        asked: list[str] = []
        shop.store = Listening(shop.store, asked)
        shop.accounts = accounts(ACCOUNTS.replace('"2020-01-01"', '"2020-01-03"'))

        report = shop.settle_all([a_day(1), a_day(2), a_day(3)])

        assert (1, 2) == (len(report), len(report.skipped))
        assert 1 == len(set(asked))


class Listening:
    """
    A store that tells which settlements were asked for.
    """

    def __init__(self, inner: Any, asked: list[str]) -> None:
        self._inner = inner
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def settlements(self, client: str, references: Any) -> Any:
        self._asked += references
        return self._inner.settlements(client, references)
