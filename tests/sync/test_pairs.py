"""
What is remembered of a pair, asked for and told, beside the values that are written.
"""

from typing import Any

import attrs
import pytest

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Address, Customer
from posgo.models.records import Link, Record, Snapshot
from posgo.sync import Authority, Kind, OnReceiverEdit, Plan, Policy, Replica, Seal, advance, plan
from posgo.sync.policies import customers, orders, products
from support.order_cases import A, B, line
from support.sync_build import holds, linked, pair_plan, rules, written
from support.sync_world import Thing, thing_policy

S = OrderStatus
POS, GO = Replica.POS, Replica.GO


def order(*lines: OrderLine, **fields: Any) -> Order:
    return Order(customer=fields.pop("customer", "kari"), lines=lines, **fields)


def done(link: Link[Any] | None, made: Plan[Any], count: int | None = None) -> Link[Any]:
    """
    The link after the first operations were confirmed.
    """
    for operation in made.operations[:count]:
        link = advance(link, operation)
    assert link is not None
    return link


def met(policy: Policy[Order], pos: Order, go: Order) -> Plan[Order]:
    """
    Plan two orders that find each other by a reference.
    """
    there = Record(id="g1", value=go, reference="pos:p1")
    return plan([], pos=holds({"p1": pos}), go=Snapshot.of([there], complete=True), policy=policy)


def always(_owners: Thing, _others: Thing) -> bool:
    return True


def narrow_in_the_pos(policy: Policy[Order]) -> Policy[Order]:
    """
    Orders whose lines the POS takes first.
    """
    shared = [attrs.evolve(unit, narrow=POS) if unit.name == "lines" else unit for unit in policy.shared]
    return attrs.evolve(policy, shared=shared)


class TestHeldFromTheFirst:
    """
    Two orders that just met, and say two things nobody decides.
    """

    @pytest.mark.parametrize(
        ("field", "pos", "go"),
        [
            ("status", order(A, status=S.CONFIRMED), order(A)),
            ("reference", order(A, reference="ours"), order(A, reference="theirs")),
        ],
    )
    def test_the_link_says_that_nothing_is_agreed_on(self, field: str, pos: Order, go: Order) -> None:
        """
        So neither side's value is ever taken for an edit of the other's.
        """
        made = met(orders(authority=Authority.HOLD), pos, go)

        assert (field,) == done(None, made).unagreed
        assert [] == [operation for operation in made.operations if operation.replica]

    @pytest.mark.parametrize("narrow", list(Replica))
    def test_neither_side_is_the_first(self, narrow: Replica) -> None:
        """
        What the link remembers of it meanwhile is what the narrow side says, be that Go or the POS.
        """
        policy = thing_policy(name=Authority.HOLD, narrow=narrow)
        sides = {POS: Thing(code="1", name="ours"), GO: Thing(code="1", name="theirs")}
        made = plan([], pos=holds({"p1": sides[POS]}), go=holds({"g1": sides[GO]}), policy=policy)

        assert (("name",), sides[narrow]) == (done(None, made).unagreed, done(None, made).base)


class TestTwoWrites:
    """
    One unit written to both sides, and units written together.
    """

    @pytest.mark.parametrize(("policy", "first"), [(orders(), GO), (narrow_in_the_pos(orders()), POS)])
    def test_the_narrow_side_is_first(self, policy: Policy[Order], first: Replica) -> None:
        """
        Whichever it is; what both agree on moves with the second.
        """
        base, pos, go = order(A), order(A, line("p")), order(line("a", quantity=2))
        made = pair_plan(policy, base, pos, go)

        assert [first, first.other] == [operation.replica for operation in made.operations]
        assert base == done(linked(base), made, 1).base
        assert order(line("a", quantity=2), line("p")) == done(linked(base), made).base

    def test_a_side_is_written_once(self) -> None:
        """
        Lines and other fields that go to one side only go together, in one operation.
        """
        made = pair_plan(orders(), order(A), order(A, B, customer="ola"), order(A))

        assert [("update", GO, {"customer": "ola", "lines": (A, B)})] == written(made)


class TestOpened:
    """
    A confirmed order that is opened for a late line.
    """

    def test_confirmed_on_both_sides_meanwhile(self) -> None:
        """
        The draft both agreed on is past: confirmed is what the link says once the line is written.
        """
        pos, go = order(A, B, status=S.CONFIRMED), order(A, status=S.CONFIRMED)
        made = pair_plan(orders(), order(A), pos, go)

        assert linked(pos) == done(linked(order(A)), made)
        assert "what both agree on has moved" == made.operations[0].reason


class TestDelta:
    """
    A delta that shows one side of an order.
    """

    @pytest.mark.parametrize(("side", "needed"), [(POS, (GO, "g1")), (GO, (POS, "p1"))])
    def test_the_other_is_asked_for_by_its_own_id(self, side: Replica, needed: tuple[Replica, str]) -> None:
        """
        Whichever side has changed.
        """
        seen = {POS: "p1", GO: "g1"}[side]
        sides: dict[Replica, Snapshot[Order]] = {
            side: holds({seen: order(A, B)}, complete=False),
            side.other: holds({}, complete=False),
        }
        made = plan([linked(order(A))], pos=sides[POS], go=sides[GO], policy=orders())

        assert ((needed,), ()) == (made.needs, made.operations)


class TestTold:
    """
    What a person is told of a pair.
    """

    def test_another_edit_is_told_again(self) -> None:
        """
        The note is of this very edit of the lines.
        """
        invoiced = order(A, status=S.INVOICED, invoice_no=7)
        first, second = (attrs.evolve(invoiced, lines=(A, line("x", quantity=n))) for n in (1, 2))
        link = done(linked(invoiced), pair_plan(orders(), invoiced, first, invoiced))
        told = {
            each.lines[-1].quantity: rules(
                plan([link], pos=holds({"p1": each}), go=holds({"g1": invoiced}), policy=orders())
            )
            for each in (first, second)
        }

        assert {1: [], 2: ["invoiced-order-changed"]} == told

    def test_a_seal_may_say_nothing(self) -> None:
        """
        Given its side and its state alone, it leaves edits where they are without a word.
        """
        seal: Seal[Thing] = Seal(owner=GO, holds=always)
        base = Thing(code="1")
        policy = attrs.evolve(thing_policy(), seals=(seal,))
        made = pair_plan(policy, base, attrs.evolve(base, name="other"), base)

        assert ((), None, "", "") == (seal.spares, seal.rule, seal.message, seal.remedy)
        assert ([("link", None, {})], []) == (written(made), rules(made))

    def test_a_finding_about_a_pair_names_both(self) -> None:
        """
        As the bookkeeper finds them.
        """
        base = Product(code="1", name="mug")
        wrong = attrs.evolve(base, gtins=("7038010000004",))
        (finding,) = pair_plan(products(), base, wrong, base).findings

        assert ("gtin", "product pos p1 / go g1") == (finding.rule, finding.where)

    def test_so_does_one_about_a_sealed_record(self) -> None:
        """
        With what the seal says of it.
        """
        invoiced = order(A, status=S.INVOICED, invoice_no=7)
        edited = attrs.evolve(invoiced, customer="ola")
        (finding,) = pair_plan(orders(), invoiced, edited, invoiced).findings

        assert (
            "order pos p1 / go g1",
            "customer was changed in the POS after the order had been invoiced",
        ) == (
            finding.where,
            finding.message,
        )

    def test_what_go_cannot_hold_is_told_when_it_is_met_only(self) -> None:
        """
        An address Go cannot take is told when the two meet, and not again while something else is looked at.
        """
        policy = customers()
        go = Customer(number=1, name="Kari")
        pos = attrs.evolve(go, address=Address(line1="Storgata 1"))
        there = Record(id="g1", value=go, reference="pos:p1")
        first = plan([], pos=holds({"p1": pos}), go=Snapshot.of([there], complete=True), policy=policy)
        link = attrs.evolve(done(None, first), unagreed=("email",))
        again = plan([link], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=policy)

        assert ["incomplete-address"] == rules(first)
        assert [Kind.LINK] == [operation.kind for operation in again.operations]
        assert [] == rules(again)


NOTE = Thing(code="1", note="words")
BARE = Thing(code="1")
FLOWS = "note flows pos to go only"


class TestOneWay:
    """
    A field that flows from the POS only.
    """

    @pytest.mark.parametrize(
        ("pos", "go", "reasons", "told"),
        [
            (NOTE, BARE, ["same code", "note: blank filled from the POS"], []),
            (BARE, NOTE, ["same code"], [f"note was edited in Go, but {FLOWS}"]),
        ],
    )
    def test_first_contact(self, pos: Thing, go: Thing, reasons: list[str], told: list[str]) -> None:
        """
        What the owner says fills a blank; what only the other says is left, and told.
        """
        made = plan([], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=thing_policy())

        assert reasons == [operation.reason for operation in made.operations]
        assert told == [finding.message for finding in made.findings]

    def test_restored(self) -> None:
        """
        Where the policy restores, the edit is recorded with the rule.
        """
        policy = thing_policy(on_receiver_edit=OnReceiverEdit.RESTORE)
        made = pair_plan(policy, BARE, BARE, NOTE)

        assert [("note", POS, "edited where it only arrives, and restored")] == [
            (conflict.field, conflict.chosen, conflict.why) for conflict in made.conflicts
        ]

    def test_two_that_differ_from_the_first(self) -> None:
        """
        The owner's value is written, and why the other's is recorded.
        """
        other = attrs.evolve(NOTE, note="other")
        made = plan([], pos=holds({"p1": NOTE}), go=holds({"g1": other}), policy=thing_policy())

        assert [("note", POS, "they differed when the two records met; the POS owns it")] == [
            (conflict.field, conflict.chosen, conflict.why) for conflict in made.conflicts
        ]
