"""
Plans as documents: guard, approval, cost, undo, JSON, text and privacy.
"""

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import attrs
import pytest

from posgo.exceptions import ModelError
from posgo.models.catalog import Product
from posgo.models.findings import Severity
from posgo.models.parties import Address, Customer
from posgo.models.records import Link, Snapshot
from posgo.sync import Authority, Guard, Kind, Operation, Plan, Policy, Replica, Unit, plan
from posgo.sync.policies import customers, products
from support.sync_build import holds, linked, pair_plan, rules
from support.sync_world import Thing, World, thing_policy

BASE = Thing(code="1")
GUARDED = attrs.evolve(thing_policy(), guard=Guard())


def many(
    count: int, edited: int, *, policy: Policy[Thing] = GUARDED, to: str | None = "other", name: str = "thing"
) -> Plan[Thing]:
    """
    Plan pairs of which some had a name replaced in the POS.
    """
    before = attrs.evolve(BASE, name=name)
    after = attrs.evolve(before, name=to) if to else attrs.evolve(before, left="a")
    links = [linked(before, f"p{i}", f"g{i}") for i in range(count)]
    pos = holds({f"p{i}": after if i < edited else before for i in range(count)})
    return plan(links, pos=pos, go=holds({f"g{i}": before for i in range(count)}), policy=policy)


@attrs.frozen(kw_only=True)
class Offer:
    """
    A model of moments and spans.
    """

    on: date | None = None
    at: datetime | None = None
    lasts: timedelta | None = None
    archived: bool = False


class TestGuard:
    """
    A plan that changes too much waits for a person.
    """

    @pytest.mark.parametrize(
        ("count", "edited", "refused"), [(10, 10, False), (50, 11, True), (55, 11, False)]
    )
    def test_limits(self, count: int, edited: int, *, refused: bool) -> None:
        """
        More than 20 per cent and more than 10.
        """
        made = many(count, edited)

        assert refused is (rules(made) == ["mass-change"])
        assert refused is (made.operations == ())
        assert edited == len(made.operations) + len(made.withheld)
        assert not made.is_empty

    def test_the_finding_says_what(self) -> None:
        """
        Blocked, with both figures.
        """
        (finding,) = many(20, 15).findings

        assert finding.blocks
        assert "15 of 20 things would be archived or lose a value" == finding.message
        assert ("at most 20 per cent, or 10", "15") == (finding.expected, finding.actual)

    def test_filling_blanks_is_no_loss(self) -> None:
        """
        Nor is making records.
        """
        assert [] == rules(many(20, 20, to=None))
        new = plan(
            [], pos=holds({f"p{i}": Thing(code=str(i)) for i in range(50)}), go=holds({}), policy=GUARDED
        )
        assert [] == rules(new)

    def test_archiving_counts(self) -> None:
        """
        An empty listing that calls itself complete is the worst of cases.
        """
        links = [linked(BASE, f"p{i}", f"g{i}") for i in range(11)]
        made = plan(links, pos=holds({}), go=holds({f"g{i}": BASE for i in range(11)}), policy=GUARDED)

        assert ["mass-change"] == rules(made)

    def test_matched_pairs_count(self) -> None:
        """
        A first contact that would overwrite the ledger is stopped too.
        """
        pos = holds({f"p{i}": Thing(code=str(i), name="other") for i in range(11)})
        go = holds({f"g{i}": Thing(code=str(i), name="third") for i in range(11)})

        assert ["11 of 11 things would be archived or lose a value"] == [
            finding.message for finding in plan([], pos=pos, go=go, policy=GUARDED).findings
        ]

    def test_a_pair_counts_once(self) -> None:
        """
        However many of its operations take something away.
        """
        links = [linked(BASE, f"p{i}", f"g{i}") for i in range(10)]
        after = attrs.evolve(BASE, name="other", archived=True)
        made = plan(
            links,
            pos=holds({f"p{i}": after for i in range(10)}),
            go=holds({f"g{i}": BASE for i in range(10)}),
            policy=GUARDED,
        )

        assert 20 == len(made.operations)

    @pytest.mark.parametrize(
        ("totals", "refused"),
        [((None, None), False), ((100, None), False), ((None, 50), True), ((100, 50), True)],
    )
    def test_a_delta_needs_to_know_of_how_many(
        self, totals: tuple[int | None, int | None], *, refused: bool
    ) -> None:
        """
        A hundred edits of a hundred records are much, of a hundred thousand nothing. Unknown is not guessed.
        """
        links = [linked(BASE, f"p{i}", f"g{i}") for i in range(11)]
        after = attrs.evolve(BASE, name="other")
        pos = attrs.evolve(holds({f"p{i}": after for i in range(11)}, complete=False), total=totals[0])
        go: Snapshot[Thing] = attrs.evolve(holds({}, complete=False), total=totals[1])

        assert refused is (rules(plan(links, pos=pos, go=go, policy=GUARDED)) == ["mass-change"])

    def test_links_at_hand_count_at_least(self) -> None:
        """
        A total that is too small is known to be.
        """
        links = [linked(BASE, f"p{i}", f"g{i}") for i in range(60)]
        after = attrs.evolve(BASE, name="other")
        pos = attrs.evolve(holds({f"p{i}": after for i in range(11)}, complete=False), total=1)

        assert [] == rules(plan(links, pos=pos, go=holds({}, complete=False), policy=GUARDED))


class TestApproval:
    """
    A person approves what was shown, and nothing else.
    """

    def test_the_same_plan_is_released(self) -> None:
        """
        Planned again on unchanged input, it has the same id, and keeps it.
        """
        shown, again = many(20, 15), many(20, 15)
        released = again.approve(shown.plan_id)

        assert 15 == len(released.operations)
        assert ((), []) == (released.withheld, rules(released))
        assert shown.plan_id == released.plan_id

    @pytest.mark.parametrize(
        "other", [many(20, 14), many(20, 15, to="yet another"), many(20, 15, name="before")]
    )
    def test_another_plan_is_refused(self, other: Plan[Thing]) -> None:
        """
        One record less, another value, or another value that is lost.
        """
        with pytest.raises(ModelError, match="something has changed since"):
            other.approve(many(20, 15).plan_id)

    def test_other_findings_stay(self) -> None:
        """
        Approving the mass is not approving the rest.
        """
        pos = {f"p{i}": Thing(code=str(i), name="other") for i in range(11)}
        go = {f"g{i}": Thing(code=str(i), name="third") for i in range(11)}
        made = plan(
            [], pos=holds({**pos, "x": Thing(mark="m"), "y": Thing(mark="m")}), go=holds(go), policy=GUARDED
        )

        assert ["mass-change", "shared-key"] == rules(made)
        assert ["shared-key"] == rules(made.approve(made.plan_id))


class TestFigures:
    """
    What a plan holds, and what it takes.
    """

    def test_summary(self) -> None:
        """
        By kind and side; nothing is counted as zero.
        """
        links = [linked(BASE), linked(BASE, "p2", "g2"), linked(BASE, "p3", "g3")]
        made = plan(
            links,
            pos=holds({"p1": attrs.evolve(BASE, name="other"), "p3": BASE, "p4": Thing(mark="m")}),
            go=holds(
                {"g1": attrs.evolve(BASE, name="third"), "g2": BASE, "g3": attrs.evolve(BASE, archived=True)}
            ),
            policy=thing_policy(name=Authority.HOLD),
        )

        assert {
            "create go": 1,
            "archive go": 1,
            "archive pos": 1,
            "unlink": 1,
            "conflicts": 1,
            "held": 1,
        } == made.summary()
        assert {"withheld": 15, "findings": 1} == many(20, 15).summary()

    def test_cost(self) -> None:
        """
        One request for each record written and each reference told; forgetting and remembering are free.
        """
        policy = thing_policy(references=Replica)
        pos = holds({"p1": Thing(code="1", mark="m"), "p2": Thing(code="2")})
        made = plan([], pos=pos, go=holds({"g1": Thing(code="1")}), policy=policy)
        cost = made.cost(requests_per_second=2)

        assert (1, 3, 4) == (cost.pos, cost.go, cost.requests)
        assert (timedelta(seconds=1.5), 1.5) == (cost.duration, cost.seconds)
        assert 0.3 == made.cost().seconds
        assert 15 == many(20, 15).cost().go
        assert 0 == Plan[Thing]().cost().requests

    def test_empty(self) -> None:
        """
        Held conflicts and findings are no work.
        """
        assert Plan[Thing]().is_empty
        assert not many(20, 15).is_empty
        assert pair_plan(
            thing_policy(name=Authority.HOLD),
            BASE,
            attrs.evolve(BASE, name="a"),
            attrs.evolve(BASE, name="b"),
        ).is_empty


class TestUndo:
    """
    Putting back what was overwritten.
    """

    def test_the_next_sync_takes_it_as_edits(self) -> None:
        """
        The base stays, so what was put back flows to the other side, and both agree on the old.
        """
        world = World(policy=thing_policy(), links={("p1", "g1"): linked(BASE)})
        world.put(Replica.POS, "p1", attrs.evolve(BASE, name="mistake", archived=True))
        world.put(Replica.GO, "g1", BASE)
        made = world.plan()
        world.carry_out(made)
        world.carry_out(made.undo())
        world.carry_out(world.plan())

        assert (BASE, BASE) == (world.sides[Replica.POS]["p1"].value, world.sides[Replica.GO]["g1"].value)
        assert world.plan().is_empty

    def test_it_goes_backwards_and_says_why(self) -> None:
        """
        Last done is first undone.
        """
        base = attrs.evolve(BASE, name="before")
        undo = pair_plan(thing_policy(), base, attrs.evolve(base, name="after", archived=True), base).undo()

        assert [(Kind.UPDATE, True, False), (Kind.UPDATE, "after", "before")] == [
            (each.kind, each.changes[0].old, each.changes[0].new) for each in undo.operations
        ]
        assert "undo: name: changed in the POS" == undo.operations[1].reason
        assert [{}, {}] == [each.agreed for each in undo.operations]
        assert [("p1", "g1", Replica.GO)] * 2 == [
            (each.pos_id, each.go_id, each.replica) for each in undo.operations
        ]

    def test_created_records_are_archived_by_their_id(self) -> None:
        """
        Without it they are left, and told.
        """
        made = plan(
            [],
            pos=holds({"p1": BASE, "p2": Thing(code="2")}),
            go=holds({"g9": Thing(code="9")}),
            policy=thing_policy(),
        )
        undo = made.undo(created={"pos:p1": "g1", "go:g9": "p9"})

        assert [
            (Kind.ARCHIVE, Replica.GO, "p1", "g1"),
            (Kind.UNLINK, None, "p1", "g1"),
            (Kind.ARCHIVE, Replica.POS, "p9", "g9"),
            (Kind.UNLINK, None, "p9", "g9"),
        ] == sorted(
            ((each.kind, each.replica, each.pos_id, each.go_id) for each in undo.operations),
            key=lambda fact: (str(fact[2]), fact[0]),
        )
        assert ["not-undone"] == rules(undo)
        (finding,) = undo.findings
        assert ("pos:p2", Severity.WARN) == (finding.where, finding.severity)
        assert finding.message.startswith("the thing made in go for pos:p2 is left")
        assert finding.remedy.startswith("give its id")
        assert {"undo: new in the POS", "undo: new in Go"} == {each.reason for each in undo.operations}
        assert made.noun == undo.noun
        assert [rules(made.undo())] == [["not-undone"] * 3]


class TestJson:
    """
    Plans are stored and read again.
    """

    PRODUCT = Product(code="1", name="Mug", gtins=("4006381333931",), price="80", vat_code="3")

    def test_models_with_money_and_parts(self) -> None:
        """
        Decimals, tuples and nested values keep their types; conflicts too.
        """
        go = attrs.evolve(self.PRODUCT, price=Decimal("90.50"), gtins=())
        made = pair_plan(products(), self.PRODUCT, attrs.evolve(self.PRODUCT, price="70"), go)
        customer = Customer(name="Kafe", address=Address(zip_code="0155", city="Oslo"))
        new = plan([], pos=holds({"p1": customer}), go=holds({}), policy=customers())

        assert made == Plan.from_json(made.to_json(), Product)
        assert new == Plan.from_json(new.to_json(), Customer)
        assert customer == Plan.from_json(new.to_json(), Customer).operations[0].value

    def test_withheld_and_deleted(self) -> None:
        """
        Withheld operations, and conflicts that hold whole values.
        """
        made = plan(
            [linked(BASE)], pos=holds({}), go=holds({"g1": attrs.evolve(BASE, name="other")}), policy=GUARDED
        )

        assert made == Plan.from_json(made.to_json(), Thing)
        assert many(20, 15) == Plan.from_json(many(20, 15).to_json(), Thing)
        assert many(20, 15).plan_id == Plan.from_json(many(20, 15).to_json(), Thing).plan_id

    def test_moments_and_spans_keep_their_types(self) -> None:
        """
        A model of one's own may have them.
        """
        policy = Policy(model=Offer, shared=tuple(Unit(fields=each.name) for each in attrs.fields(Offer)))
        base = Offer()
        pos = Offer(on=date(2026, 5, 17), at=datetime(2026, 5, 17, 12, tzinfo=UTC), lasts=timedelta(hours=36))
        made = pair_plan(policy, base, pos, base)

        assert made == Plan.from_json(made.to_json(), Offer)
        assert {"on", "at", "lasts"} == {change.field for change in made.operations[0].changes}

    def test_an_amount_written_as_a_number_is_exact(self) -> None:
        """
        Whoever writes a plan by another hand may leave the quotes out.
        """
        made = pair_plan(products(), self.PRODUCT, attrs.evolve(self.PRODUCT, price="70.10"), self.PRODUCT)
        document = made.to_json().replace('"70.10"', "70.10")

        assert document != made.to_json()
        assert made == Plan.from_json(document, Product)

    @pytest.mark.parametrize(
        ("field", "model"), [("price", Product), ("on", Offer), ("at", Offer), ("lasts", Offer)]
    )
    def test_a_wrong_value_is_refused(self, field: str, model: type[Any]) -> None:
        """
        In a sentence, whatever its type makes of it, and without the value.
        """
        change = {"field": field, "old": None, "new": "nonsense"}
        document = json.dumps({"format": 1, "operations": [{"kind": "update", "changes": [change]}]})
        with pytest.raises(ModelError, match=f"no plan of {model.__name__} values") as caught:
            Plan.from_json(document, model)

        assert "nonsense" not in str(caught.value)

    def test_letters_are_letters(self) -> None:
        """
        The person who approves reads them.
        """
        made = pair_plan(
            products(), self.PRODUCT, attrs.evolve(self.PRODUCT, name="Blåbærkopp"), self.PRODUCT
        )

        assert "Blåbærkopp" in made.to_json()

    def test_stable(self) -> None:
        """
        The text is the same wherever it is written: keys are sorted, defaults left out.
        """
        made = pair_plan(products(), self.PRODUCT, attrs.evolve(self.PRODUCT, price="70"), self.PRODUCT)
        tree = json.loads(made.to_json())

        assert {"field": "price", "old": "80.00", "new": "70.00"} == tree["operations"][0]["changes"][0]
        assert ["findings", "format", "noun", "operations"] == sorted({*tree, "findings"})
        assert list(tree) == sorted(tree)

    @pytest.mark.parametrize(
        ("words", "document"),
        [
            ("a plan is JSON", "{"),
            ("another format than 1", '{"format": 2}'),
            ("no plan of Thing values", "{}"),
            ("no plan of Thing values", "[]"),
            ("no plan of Thing values", "null"),
            ("no plan of Thing values", '{"format": 1, "operations": [{"kind": "explode"}]}'),
            (
                "no plan of Thing values",
                '{"format": 1, "operations": [{"kind": "create", "value": {"name": 7, "archived": "x", "tags": 1}}]}',
            ),
            (
                "no plan of Thing values",
                '{"format": 1, "operations": [{"changes": [{"field": "colour", "old": 1, "new": 2}]}]}',
            ),
            ("no plan of Thing values", '{"format": 1, "operations": [{"changes": [{"field": "name"}]}]}'),
            ("no plan of Thing values", '{"format": 1, "operations": 7}'),
        ],
    )
    def test_nonsense_is_refused(self, words: str, document: str) -> None:
        """
        In one sentence, and never half-read.
        """
        with pytest.raises(ModelError, match=words):
            Plan.from_json(document, Thing)


def cells(table: str) -> list[list[str]]:
    """
    The texts of a table, row by row.
    """
    rows = re.findall("<tr>(.*?)</tr>", table)
    return [[unescape(text) for text in re.findall("<t[hd]>(.*?)</t[hd]>", row)] for row in rows]


class TestText:
    """
    Plans for people.
    """

    POLICY = customers(authority=Authority.HOLD)
    OLD = Customer(name="<b>Kafe</b>", email="old@example.no", phone="11111111")
    POS = Customer(name="<b>Kafe</b>", email="pos@example.no", phone="22222222")
    GO = Customer(name="<b>Kafe</b>", email="go@example.no", phone="11111111")

    def made(self) -> Plan[Customer]:
        return pair_plan(self.POLICY, self.OLD, self.POS, self.GO)

    def test_str(self) -> None:
        """
        What, where, why; conflicts with all three values.
        """
        made = self.made()

        assert [
            f"plan {made.plan_id} for customers: 1 update go, 1 conflicts, 1 held; 1 requests, at least 0.1 s",
            "operations:",
            "  update go: pos p1 = go g1: phone (phone: changed in the POS)",
            "conflicts:",
            (
                "  conflict email: pos p1 = go g1: base old@example.no; pos pos@example.no; go go@example.no: "
                "held (both changed it; it is held for a person)"
            ),
        ] == str(made).splitlines()

    def test_nothing_to_do(self) -> None:
        """
        In a sentence, which speaks of no conflict.
        """
        assert "nothing to do: all customers are alike" == str(
            pair_plan(self.POLICY, self.OLD, self.OLD, self.OLD)
        )

    def test_no_word_of_conflicts_where_there_are_none(self) -> None:
        """
        A reader who searches for the word finds it only where it matters.
        """
        made = pair_plan(self.POLICY, self.OLD, self.POS, self.OLD)

        assert "conflict" not in str(made)
        assert "ambiguous" not in str(made)

    def test_long_plans_are_cut(self) -> None:
        """
        The rest is counted.
        """
        made = many(300, 55)

        assert "  ... and 5 more" in str(made).splitlines()
        assert "more" not in str(many(300, 50))

    def test_findings_and_blanks(self) -> None:
        """
        Blank is written as such, several values with commas, deletions without values.
        """
        base = Thing(code="1", tags=("a",))
        links = [linked(base), linked(base, "p2", "g2")]
        made = plan(
            links,
            pos=holds({"p1": attrs.evolve(base, tags=("b", "c"), left="x", note="y")}),
            go=holds({"g1": attrs.evolve(base, tags=()), "g2": attrs.evolve(base, name="other")}),
            policy=thing_policy(tags=Authority.HOLD),
        )
        text = str(made)

        assert "base a; pos b, c; go (blank): held" in text
        assert "conflict delete/change: pos p2 = go g2: held (deleted in the POS, changed in Go" in text
        assert "findings:\n  BLOCK mass-change" in str(many(20, 15))
        assert "withheld until approved:" in str(many(20, 15))

    def test_html(self) -> None:
        """
        One table, all text escaped: names are foreign input.
        """
        made = plan(
            [linked(self.OLD)],
            pos=holds(
                {
                    "p1": attrs.evolve(self.OLD, name="<script>"),
                    "p2": Customer(name="K", organization_number="974760670"),
                }
            ),
            go=holds({"g1": self.GO}),
            policy=self.POLICY,
        )
        table = made._repr_html_()

        assert "<script>" not in table
        assert "&lt;b&gt;Kafe&lt;/b&gt; → &lt;script&gt;" in table
        assert table.startswith("<table><caption>") and table.endswith("</table>")  # noqa: PT018
        assert "<td>create go</td><td>pos p2</td>" in table
        assert "<td>WARN</td><td>customer pos p2</td><td>organization-number</td>" in table
        assert "<td>conflict</td>" in self.made()._repr_html_()
        assert {7} == {row.count("<td>") for row in table.split("<tr>")[2:]}

    def test_html_of_a_conflict(self) -> None:
        """
        Under the heading of each column stands what it says.
        """
        head, *rows = cells(self.made()._repr_html_())

        assert ["what", "record", "field", "base", "pos", "go", "why"] == head
        assert [
            [
                "update go",
                "pos p1 = go g1",
                "phone",
                "",
                "",
                "11111111 → 22222222",
                "phone: changed in the POS",
            ],
            [
                *("conflict", "pos p1 = go g1", "email"),
                *("old@example.no", "pos@example.no", "go@example.no"),
                "both changed it; it is held for a person",
            ],
        ] == rows

    def test_html_of_a_deletion_and_a_finding(self) -> None:
        """
        What concerns no field names none.
        """
        made = plan(
            [linked(self.OLD)],
            pos=holds({"p2": Customer(is_person=True, first_name="Kari")}),
            go=holds({"g1": self.GO}),
            policy=self.POLICY,
        )
        _, conflict, finding = cells(made._repr_html_())

        assert ["conflict", "pos p1 = go g1", ""] == conflict[:3]
        assert ["BLOCK", "customer pos p2", "person-without-names", "", "", ""] == finding[:6]
        assert made.findings[0].message == finding[6]

    @pytest.mark.parametrize("held", [True, False])
    def test_news_without_operations_is_news(self, *, held: bool) -> None:
        """
        A conflict alone, or a finding alone, is not "nothing to do".
        """
        edited = attrs.evolve(self.OLD, email="go@example.no")
        conflict = pair_plan(self.POLICY, self.OLD, attrs.evolve(self.OLD, email="pos@example.no"), edited)
        finding = plan(
            [],
            pos=holds({"p1": Customer(is_person=True, first_name="Kari")}),
            go=holds({}),
            policy=self.POLICY,
        )
        made = conflict if held else finding

        assert made.is_empty
        assert "nothing to do" not in str(made)
        assert ("conflicts:" if held else "findings:") in str(made)

    def test_who_wins(self) -> None:
        """
        A conflict that is decided says so, and several fields are one list.
        """
        made = pair_plan(
            customers(authority=Authority.GO),
            self.OLD,
            attrs.evolve(self.POS, invoice_email="new@example.no"),
            self.GO,
        )

        assert "go go@example.no: Go wins (both changed it; Go has the authority)" in str(made)
        assert "update go: pos p1 = go g1: invoice_email, phone (" in str(made)

    def test_operations_and_conflicts_print_alone(self) -> None:
        """
        As lines of a log of one's own.
        """
        made = self.made()

        assert "update go: pos p1 = go g1: phone (phone: changed in the POS)" == str(made.operations[0])
        assert str(made.conflicts[0]).startswith("conflict email: pos p1 = go g1: ")
        assert "create pos: go g1 (new in Go)" == str(
            plan([], pos=holds({}), go=holds({"g1": self.GO}), policy=self.POLICY).operations[0]
        )


class TestPrivacy:
    """
    Promise 8: what ends in logs names no person.
    """

    def test_repr_and_findings(self) -> None:
        """
        Of plans, operations, conflicts, links and records; ids and field names are enough there.
        """
        secret = Customer(
            is_person=True,
            first_name="Qkari",
            email="qkari@example.no",
            phone="Q22225555",
            address=Address(line1="Qgata"),
        )
        other = attrs.evolve(secret, phone="Q99999999", email="qother@example.no", last_name="Qhansen")
        made = plan(
            [linked(secret)],
            pos=holds({"p1": other, "p2": secret, "p3": secret}),
            go=holds({"g1": attrs.evolve(secret, phone="Q1"), "g4": secret}),
            policy=customers(),
        )

        assert made.operations
        assert made.conflicts
        assert made.findings
        assert "q" not in repr(made).lower().replace("request", "")
        assert "Q" not in "".join(map(str, made.findings))
        assert "Q" not in repr(linked(secret))

    def test_wrong_values_are_not_repeated(self) -> None:
        """
        Nor in errors about plans that cannot be read.
        """
        document = '{"format": 1, "operations": [{"kind": "create", "value": {"name": "Qname", "organization_number": "Qno"}}]}'

        with pytest.raises(ModelError) as caught:
            Plan.from_json(document, Customer)
        assert "Q" not in str(caught.value)

    def test_repr_of_a_plan_has_no_values(self) -> None:
        """
        Whatever the model's own repr shows: ids and names of fields, no more.
        """
        base, pos = Thing(code="1", name="private"), Thing(code="1", name="also private", note="private too")
        go = attrs.evolve(base, note="private as well")
        made = pair_plan(thing_policy(name=Authority.HOLD), base, pos, attrs.evolve(go, name="private, too"))
        new = plan([], pos=holds({"p1": base}), go=holds({}), policy=thing_policy())
        told = pair_plan(thing_policy(), base, base, go)

        assert made.conflicts
        assert "private" not in f"{made!r}{new!r}{told!r}"
        assert told.operations[0].noted[0][1] not in repr(told)


class TestDelta:
    """
    Deltas touch what they name.
    """

    def test_what_is_not_held_is_unchanged(self) -> None:
        """
        The other side's copy is taken as the base says.
        """
        changed = attrs.evolve(BASE, name="other")
        made = plan(
            [linked(BASE)],
            pos=holds({"p1": changed}, complete=False),
            go=holds({}, complete=False),
            policy=GUARDED,
        )

        assert [("name", "thing", "other")] == [(c.field, c.old, c.new) for c in made.operations[0].changes]
        assert made.operations[0].replica is Replica.GO

    def test_an_edit_that_needs_the_fuller_copy_asks_for_it(self) -> None:
        """
        The first of several EAN codes cannot be replaced in a copy that was not seen; the rest flows.
        """
        edited = attrs.evolve(BASE, tags=("x",), name="other")
        link: Link[Thing] = linked(BASE)
        made = plan(
            [link], pos=holds({}, complete=False), go=holds({"g1": edited}, complete=False), policy=GUARDED
        )
        again = plan(
            [link],
            pos=holds({"p1": attrs.evolve(BASE, picture="p")}, complete=False),
            go=holds({"g1": edited}, complete=False),
            policy=GUARDED,
        )

        assert ((Replica.POS, "p1"),) == made.needs
        assert ["name"] == [change.field for each in made.operations for change in each.changes]
        assert () == again.needs
        assert {"name", "tags"} == {change.field for each in again.operations for change in each.changes}

    def test_the_narrow_side_may_be_the_pos(self) -> None:
        """
        Then Go's copy is asked for.
        """
        policy = thing_policy(narrow=Replica.POS)
        pos = holds({"p1": attrs.evolve(BASE, tags=("x",))}, complete=False)

        assert ((Replica.GO, "g1"),) == plan(
            [linked(BASE)], pos=pos, go=holds({}, complete=False), policy=policy
        ).needs

    def test_own_writes_come_back_in_silence(self) -> None:
        """
        A delta of what we wrote ourselves is equal to the base.
        """
        world = World(policy=GUARDED, links={("p1", "g1"): linked(BASE)})
        world.put(Replica.POS, "p1", attrs.evolve(BASE, name="other"))
        world.put(Replica.GO, "g1", BASE)
        world.carry_out(world.plan())
        echo = plan(
            world.links.values(),
            pos=world.snapshot(Replica.POS, only=[]),
            go=world.snapshot(Replica.GO, only=["g1"]),
            policy=GUARDED,
        )

        assert Plan(noun="thing") == echo


class TestOperation:
    """
    Small facts.
    """

    def test_id_is_that_of_its_side(self) -> None:
        """
        None before the record has one.
        """
        operation: Operation[Thing] = Operation(kind=Kind.CREATE, replica=Replica.GO, pos_id="p1")

        assert (None, "p1") == (operation.id, attrs.evolve(operation, replica=Replica.POS).id)
