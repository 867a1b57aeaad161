"""
What every store keeps as it is: ids, texts, amounts and instants, and however many there are.
"""

from datetime import timedelta, timezone
from typing import ClassVar

import attrs
import pytest

from posgo.models.parties import Customer
from posgo.models.records import Link
from posgo.state import Changes, LinkRecord, StateRecord, StateStore
from posgo.testing._store_examples import (
    NOON,
    ODD_IDS,
    add,
    as_told,
    conflict,
    cursor,
    everything,
    intent,
    pair,
    run,
    settlement,
    tombstone,
)

__all__ = ["ValuesContract"]

MANY = 2500
LONG = (" Åse a\u030a \U0001f600 \u6f22 'x' \"y\" \\ \\n % _ ? %s :a $1 {} \n\t" * 300)[:10_000] + ".\n "
ZONES = [timezone(timedelta(hours=hours)) for hours in (2, -5, 14)]


class ValuesContract:
    """
    The part of :class:`posgo.testing.store_contract.StoreContract` about what is kept as it is.

    Attributes:
        longest_id: How many characters of an id yours takes. Longer ones it must refuse, never cut.
    """

    longest_id: ClassVar[int] = 300

    @pytest.fixture
    def odd_ids(self) -> list[str]:
        """
        Ids a database may take for each other, in the order of their characters' numbers.
        """
        beginning = "x" * (self.longest_id - 1)
        return sorted([*ODD_IDS, beginning, f"{beginning}1", f"{beginning}2"])

    # Ids

    def test_ids_are_compared_exactly(self, store: StateStore, other: StateStore, odd_ids: list[str]) -> None:
        """
        Ids that differ in one character, case, accent or composition included, are two, in every class.
        """
        pairs = [pair(each, each, name=ascii(each[-9:])) for each in odd_ids]
        records: list[StateRecord] = [
            *pairs,
            *(intent(each, operation=each) for each in odd_ids),
            *(tombstone(each, f"into {number}") for number, each in enumerate(odd_ids)),
            *(conflict(pos_id=each, go_id=each) for each in odd_ids),
        ]
        add(store, *records)

        assert as_told(records) == everything(other)
        for link in (record.link for record in pairs):
            assert (link,) == other.links("c", "customers", pos_ids=[link.pos_id]).links
            assert (link,) == other.links("c", "customers", go_ids=[link.go_id]).links
        both = other.links("c", "customers", pos_ids=odd_ids[::2], go_ids=odd_ids[1::2]).links
        assert tuple(record.link for record in pairs) == both

    def test_references_and_tills_are_compared_exactly(
        self, store: StateStore, other: StateStore, odd_ids: list[str]
    ) -> None:
        """
        Settlements are found by their own reference and cash point, and by nothing that looks like it.
        """
        records = {each: settlement(each, cash_point=each) for each in odd_ids}
        add(store, *records.values())

        assert records == other.settlements("c", odd_ids).settlements
        late = NOON + timedelta(days=1)
        for each, record in records.items():
            assert {each: record} == other.settlements("c", [each]).settlements
            assert record == other.previous_settlement("c", each, late)
        assert None is other.previous_settlement("c", "x", late)

    def test_client_companies_are_compared_exactly(
        self, store: StateStore, other: StateStore, odd_ids: list[str]
    ) -> None:
        """
        Each begins at version 0 and has a memory of its own, whatever it is called.
        """
        for client in odd_ids:
            store.commit(client, Changes(put=[cursor(client)]), expected_version=0)

        read = {client: other.progress(client, "customers") for client in odd_ids}
        assert {client: (1, {"go": client}) for client in odd_ids} == {
            client: (progress.version, progress.cursors) for client, progress in read.items()
        }

    def test_exactly_what_is_named_is_dropped_and_forgotten(
        self, store: StateStore, other: StateStore, odd_ids: list[str]
    ) -> None:
        """
        Nothing goes but what bears the very id.
        """
        of_each = [
            (
                pair(each, f"go {number}"),
                intent(each, pos_id=each, operation=each),
                tombstone(each, f"into {number}", "pos"),
                conflict(pos_id=each, go_id=f"go {number}"),
            )
            for number, each in enumerate(odd_ids)
        ]
        add(store, *(record for records in of_each for record in records))

        keys = [record.key for records in of_each[::2] for record in records]
        other.commit("c", Changes(drop=keys), expected_version=1)
        assert [len(odd_ids) // 2] * 4 == [
            len(told)
            for told in (
                store.links("c", "customers").links,
                *everything(store)[2:4],
                everything(store)[4].conflicts,
            )
        ]
        for each in odd_ids[1::2]:
            assert 4 == other.forget("c", "customers", pos_id=each)
            assert 0 == other.forget("c", "customers", go_id=each)

    # Texts, amounts and instants

    def test_texts_are_kept_whole(self, store: StateStore, other: StateStore) -> None:
        """
        Ten thousand characters, of every alphabet, with blanks at both ends, in every text of every class.
        """
        link = Link(
            pos_id="p1",
            go_id="g1",
            base=Customer(name=LONG, email=LONG),
            unagreed=[LONG],
            noted=[(LONG, LONG), ("name", LONG)],
        )
        records = (
            LinkRecord(kind="customers", link=link),
            cursor(LONG),
            intent(operation=LONG, last_error=LONG),
            tombstone(winner="Åse \U0001f600"),
            run(outcome=LONG, counts={LONG: 2**40, "": 0}),
            conflict(field=LONG, base=LONG, pos=LONG, go=LONG, why=LONG),
        )
        ours = settlement(
            number=" å \U0001f600 ", fingerprint=LONG, voucher_id=LONG, cash_point=" å \U0001f600 "
        )
        add(store, *records, ours)

        assert as_told(records) == everything(other)
        assert {"r1": ours} == other.settlements("c", ["r1"]).settlements

    def test_amounts_are_kept_to_the_ore(self, store: StateStore, other: StateStore) -> None:
        """
        Amounts no binary fraction holds, in the number of digits SAF-T gives them; zero is not None.
        """
        amounts = ("999999999999999999.99", "-90071992547409.93", "0.00", None)
        records = {
            f"r{amount}": settlement(f"r{amount}", grand_sales=amount, grand_returns=amount)
            for amount in amounts
        }
        add(store, *records.values())

        assert records == other.settlements("c", list(records)).settlements

    @pytest.mark.parametrize("zone", ZONES, ids=str)
    def test_instants_are_compared_in_any_zone(
        self, store: StateStore, other: StateStore, zone: timezone
    ) -> None:
        """
        Whatever zone an instant is told in, before, since and expiry mean the same one, to the microsecond.
        """
        tick = timedelta(microseconds=1)
        whole = NOON.replace(microsecond=0)
        moments = [whole + timedelta(hours=hours) for hours in range(-15, 16, 5)]
        moments = sorted([*moments, whole - tick, whole + tick, whole + timedelta(milliseconds=500)])
        conflicts = [
            conflict(seen_at=moment.astimezone(zone), pos=str(n)) for n, moment in enumerate(moments)
        ]
        runs = [run(started_at=moment.astimezone(zone)) for moment in moments]
        closed = [settlement(f"r{n}", closed_at=moment.astimezone(zone)) for n, moment in enumerate(moments)]
        add(store, *conflicts, *runs, *closed)

        for number, moment in enumerate(moments):
            since = other.history("c", "customers", since=moment.astimezone(zone))
            newest_first = tuple(reversed(runs[number:])), tuple(reversed(conflicts[number:]))
            assert newest_first == (since.runs, since.conflicts)
            before = other.previous_settlement("c", "till 1", moment.astimezone(zone))
            assert (closed[number - 1] if number else None) == before

        middle = moments.index(whole)
        other.commit("c", Changes(expire=whole.astimezone(zone)), expected_version=1)
        left = store.history("c", "customers", since=moments[0])
        assert (len(moments) - middle,) * 2 == (len(left.runs), len(left.conflicts))

    def test_the_previous_settlement_is_so_by_time_alone(self, store: StateStore, other: StateStore) -> None:
        """
        Neither numbers, which begin anew, nor states, nor the order of writing decide.
        """
        numbers = ("100", "9", "10", "1")
        days = [
            settlement(f"r{number}", number=number, closed_at=NOON + timedelta(days=day))
            for day, number in enumerate(numbers)
        ]
        days[1] = attrs.evolve(days[1], state=type(days[1].state).POSTED, voucher_id="v", voucher_no=9)
        add(store, days[3], days[0], days[2], days[1])

        befores = [NOON + timedelta(days=day, microseconds=1) for day in range(4)]
        assert days == [other.previous_settlement("c", "till 1", before) for before in befores]

    # Numbers of records and their order

    def test_many_links_are_read_at_once(self, store: StateStore, other: StateStore) -> None:
        """
        All of a kind, or as many as are asked for by ids: none is left out, and none comes twice.
        """
        pairs = sorted((pair(f"p{n}", f"g{n}") for n in range(MANY)), key=lambda each: each.link.pos_id)
        add(store, *pairs)
        links = tuple(record.link for record in pairs)
        pos_ids, go_ids = [link.pos_id for link in links], [link.go_id for link in links]

        assert links == other.links("c", "customers").links
        assert links == other.links("c", "customers", pos_ids=pos_ids).links
        assert links == other.links("c", "customers", go_ids=go_ids).links
        assert links == other.links("c", "customers", pos_ids=pos_ids, go_ids=[*go_ids, "g1"]).links

    def test_many_records_of_every_class_are_read_and_dropped(
        self, store: StateStore, other: StateStore
    ) -> None:
        """
        Nothing is left out of progress and history either, and a commit drops as many as it is told.
        """
        numbers = range(1200)
        records: list[StateRecord] = [
            *(intent(f"{number:04}") for number in numbers),
            *(tombstone(f"{number:04}", "w") for number in numbers),
            *(run(started_at=NOON - timedelta(seconds=number)) for number in numbers),
            *(conflict(pos_id=f"{number:04}") for number in numbers),
        ]
        add(store, *records)

        assert as_told(records) == everything(other)
        other.commit("c", Changes(drop=[record.key for record in records]), expected_version=1)
        assert as_told([]) == everything(store)

    def test_records_of_one_moment_have_an_order_too(
        self, store: StateStore, other: StateStore, odd_ids: list[str]
    ) -> None:
        """
        Of the same age: intents by side and reference, conflicts by ids and digest; by characters' numbers.
        """
        conflicts = [
            conflict(pos_id=pos_id, go_id=go_id, pos=said)
            for pos_id in odd_ids[::4]
            for go_id in odd_ids[:4]
            for said in ("1", "2")
        ]
        conflicts.sort(key=lambda each: (each.pos_id, each.go_id, each.digest))
        intents = [intent(reference, side=side) for side in ("go", "pos") for reference in odd_ids]
        pairs = [pair(pos_id, go_id) for pos_id in odd_ids[::4] for go_id in odd_ids[::3]]
        add(store, *reversed([*conflicts, *intents, *pairs]))

        assert as_told([*conflicts, *intents, *pairs]) == everything(other)
