"""
A store made after the how-to keeps the promises, and the contract finds what a vendor may get wrong.
"""

import inspect
from functools import partial
from pathlib import Path

import pytest

from posgo.exceptions import PosgoError
from posgo.testing._apart_contract import IN_A_COMPANY
from posgo.testing._store_examples import ODD_IDS, conflict
from posgo.testing.store_contract import Opener, StoreContract
from support.own_store import OwnStore


class TestOwnStore(StoreContract):
    """
    All promises but those about processes, which SQLite keeps for any store.
    """

    shared = False

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        return partial(OwnStore, str(tmp_path / "own"))


ONE_COMPANY = "what_one_company_does_leaves_anothers_alone"
LEARNT = "pos_id, go_id FROM records WHERE client = :client AND kind = :kind AND class IN ('LinkRecord', 'IntentRecord'"
MISTAKES = [
    ("the_same_keys_mean_something_else_elsewhere", "(client, class, key)", "(class, key)"),
    ("the_same_keys_mean_something_else_elsewhere", "kind = :kind AND (pos_id", "(pos_id"),
    ("settlements_are_a_companys_own", "client = :client AND class = 'SettlementRecord' AND cash", "cash"),
    (
        ONE_COMPANY,
        "FROM records WHERE client = :client AND class = :class",
        "FROM records WHERE class = :class",
    ),
    (ONE_COMPANY, "FROM records WHERE client = :client AND at <", "FROM records WHERE at <"),
    (ONE_COMPANY, "DELETE FROM records WHERE client = :client AND kind", "DELETE FROM records WHERE kind"),
    ("ids_are_compared_exactly", "key TEXT", "key TEXT COLLATE NOCASE"),
    ("ids_are_compared_exactly", "pos_id TEXT", "pos_id TEXT COLLATE NOCASE"),
    ("ids_are_compared_exactly", "pos_id TEXT", "pos_id NUMERIC"),
    ("client_companies_are_compared_exactly", "client TEXT PRIMARY", "client TEXT COLLATE NOCASE PRIMARY"),
    ("references_and_tills_are_compared_exactly", "cash_point TEXT", "cash_point TEXT COLLATE NOCASE"),
    ("exactly_what_is_named_is_dropped_and_forgotten", "AND key = :key", "AND key LIKE :key"),
    ("a_replaced_record_is_found_by_what_it_says_now", "SET at = excluded.at,", "SET"),
    ("a_replaced_record_is_found_by_what_it_says_now", "cash_point = excluded.cash_point,", ""),
    ("a_replaced_record_is_found_by_what_it_says_now", "pos_id = excluded.pos_id,", ""),
    ("texts_are_kept_whole", ":document)", "substr(:document, 1, 4000))"),
    ("many_links_are_read_at_once", "json_each(:pos))", "json_each(:pos) LIMIT 999)"),
    ("many_links_are_read_at_once", "AND kind = :kind", "AND kind = :kind LIMIT 1000"),
    ("many_references_are_read_at_once", "json_each(:keys)", "json_each(:keys) LIMIT 1000"),
    ("the_previous_settlement_is_so_by_time_alone", "ORDER BY at DESC", "ORDER BY key DESC"),
    ("the_previous_settlement_is_the_latest_before", "at < :before", "at <= :before"),
    ("history_is_newest_first_and_bounded_by_time", "at >= :since", "at > :since"),
    ("whatever_pairs_two_ids_tells_both", f"{LEARNT}, 'ConflictRecord'", LEARNT),
    ("forgetting_stops_whoever_has_read", "+ 1 WHERE client = :client", "+ 0 WHERE client = :client"),
    ("a_stale_commit_changes_nothing", "version = :expected", "version >= :expected"),
]
EXAMPLES = {"odd_ids": sorted(ODD_IDS), "known": {"pos_id": "p1"}, "pairing": conflict()}


class TestTheContract:
    """
    One mistake in a store that is right otherwise fails the promise it breaks.
    """

    @pytest.mark.parametrize(("promise", "right", "wrong"), MISTAKES)
    def test_a_mistake_is_found(self, tmp_path: Path, promise: str, right: str, wrong: str) -> None:
        """
        A forgotten condition, a lax collation, a limit, a column too short.
        """
        test = getattr(TestOwnStore(), f"test_{promise}")
        needed = inspect.signature(test).parameters

        def try_all() -> None:
            for number, act in enumerate(IN_A_COMPANY if "act" in needed else [None]):
                store = OwnStore(str(tmp_path / str(number)), (right, wrong))
                given = {"store": store, "other": store, "act": act, **EXAMPLES}
                test(**{name: value for name, value in given.items() if name in needed})

        with pytest.raises((AssertionError, PosgoError, pytest.fail.Exception)):
            try_all()
