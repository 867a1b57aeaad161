"""
The policies for customers and products.
"""

from typing import Any

import attrs
import pytest

from posgo.models.catalog import Product
from posgo.models.findings import Severity
from posgo.models.parties import Address, Customer
from posgo.sync import Authority, Direction, Kind, Replica, advance, plan
from posgo.sync._lens import Values
from posgo.sync.policies import NAMES, customers, kept_at, phone, products
from support.sync_build import holds, linked, pair_plan, rules, written

COMPANY = Customer(name="Kafe Nord AS", organization_number="974760673", phone="22225555")
KAFE: dict[str, Any] = {"name": "Kafe", "organization_number": "974760673"}
WHOLE = Address(zip_code="0155", city="Oslo")
PERSON = Customer(is_person=True, first_name="Kari", last_name="Nordmann", email="kari@example.no")
MUG = Product(code="1", name="Mug", gtins=("4006381333931",), price="80")


class TestPhone:
    """
    A telephone number is what is dialled.
    """

    @pytest.mark.parametrize(
        "written_as",
        [
            "22225555",
            "22 22 55 55",
            "+47 22 22 55 55",
            "0047 22225555",
            "(22) 22-55-55",
            "22.22.55.55",
            "22\u00a022\u00a055\u00a055",
        ],
    )
    def test_one_number(self, written_as: str) -> None:
        """
        Blanks, punctuation and Norway's prefix do not count.
        """
        assert "22225555" == phone(written_as)

    @pytest.mark.parametrize(
        ("expected", "written_as"),
        [
            (None, None),
            (None, " "),
            (None, "--"),
            ("+4670123456", "0046 70 123456"),
            ("+47123", "+47 123"),
            ("02222", "02222"),
        ],
    )
    def test_others(self, expected: str | None, written_as: str | None) -> None:
        """
        Foreign and short numbers keep what makes them.
        """
        assert expected == phone(written_as)

    def test_formats_cause_no_writes(self) -> None:
        """
        The same number written differently is no edit, and not worth a base of its own.
        """
        made = pair_plan(
            customers(),
            COMPANY,
            Customer(name="Kafe Nord AS", organization_number="974760673", phone="+47 2222 5555"),
            COMPANY,
        )

        assert made.is_empty


class TestNames:
    """
    Go holds one name of a company, or two of a person.
    """

    def test_one_unit(self) -> None:
        """
        A person who became a company moves as a whole.
        """
        company = Customer(name="Nordmann AS", email="kari@example.no")
        made = pair_plan(customers(), PERSON, company, PERSON)
        changed = {"name": "Nordmann AS", "is_person": False, "first_name": None, "last_name": None}

        assert [("update", "go", changed)] == written(made)

    def test_a_person_s_display_name_stays_in_the_pos(self) -> None:
        """
        Go does not hold it, so its absence there is no edit.
        """
        shown = Customer(
            is_person=True, name="Kari N.", first_name="Kari", last_name="Nordmann", email="kari@example.no"
        )

        assert pair_plan(customers(), PERSON, shown, PERSON).is_empty

    def test_a_display_name_follows_an_edit_in_go(self) -> None:
        """
        It would tell the old name otherwise. What it was stands in a conflict.
        """
        shown = Customer(
            is_person=True, name="Kari N.", first_name="Kari", last_name="Nordmann", email="kari@example.no"
        )
        edited = Customer(is_person=True, first_name="Kari", last_name="Hansen", email="kari@example.no")
        made = pair_plan(customers(), PERSON, shown, edited)

        assert [("update", "pos", {"name": "Kari Hansen", "last_name": "Hansen"})] == written(made)
        assert "Kari N." in {conflict.pos for conflict in made.conflicts}

    def test_a_person_of_one_text_keeps_it(self) -> None:
        """
        Nothing is taken from a name that cannot be told apart.
        """
        one = Customer(is_person=True, name="Kari Nordmann")

        assert pair_plan(customers(), one, one, one).is_empty

    @pytest.mark.parametrize(
        ("expected", "pos"),
        [
            (("Kafe", False, None, None), ("Kafe", False, "Kari", "Nordmann")),
            ((None, True, "Kari", "Nordmann"), ("Kafe", True, "Kari", "Nordmann")),
            ((None, True, "Kari", None), ("Kari N", True, "Kari", None)),
            ((None, True, None, "Nordmann"), ("K Nordmann", True, None, "Nordmann")),
            (("Kari", True, None, None), ("Kari", True, None, None)),
        ],
    )
    def test_what_go_can_hold(self, expected: Values, pos: Values) -> None:
        """
        A company's name, or a person's two; a person known by one text alone is not made nameless.
        """
        assert expected == NAMES.get(pos)

    @pytest.mark.parametrize(
        ("expected", "pos", "go"),
        [
            (
                ("Kari Lie", True, "Kari", "Lie"),
                ("Kari Dal", True, "Kari", "Dal"),
                (None, True, "Kari", "Lie"),
            ),
            (("Lie", True, None, "Lie"), ("Dal", True, None, "Dal"), (None, True, None, "Lie")),
            # A POS that keeps no such text gets none.
            ((None, True, "Kari", "Lie"), (None, True, "Kari", "Dal"), (None, True, "Kari", "Lie")),
            (("Lie AS", False, None, None), ("Dal AS", False, None, None), ("Lie AS", False, None, None)),
            (("Lie", True, None, None), ("Dal", True, None, None), ("Lie", True, None, None)),
        ],
    )
    def test_an_edit_in_go(self, expected: Values, pos: Values, go: Values) -> None:
        """
        The one text follows the two names, where it is kept.
        """
        assert expected == NAMES.put(pos, go)


class TestAuthorities:
    """
    Who decides, and what Go can hold.
    """

    @pytest.mark.parametrize("authority", [Authority.POS, Authority.GO])
    @pytest.mark.parametrize("kind", ["customers", "products"])
    def test_the_authority_given_decides(self, kind: str, authority: Authority) -> None:
        """
        For products as for customers.
        """
        policy: Any = (customers if kind == "customers" else products)(authority=authority)
        base: Any = COMPANY if kind == "customers" else MUG
        pos, go = (attrs.evolve(base, name=name) for name in ("In the POS", "In Go"))

        assert [Replica(authority)] == [
            conflict.chosen for conflict in pair_plan(policy, base, pos, go).conflicts
        ]

    @pytest.mark.parametrize(("field", "length"), [("code", 100), ("name", 400)])
    def test_as_long_as_go_takes(self, field: str, length: int) -> None:
        """
        Longer ones are cut for Go, and stay whole in the POS.
        """
        (lens,) = (unit.lens for unit in products().shared if unit.fields == (field,))

        assert ("x" * length,) == lens.get(("x" * (length + 1),))

    @pytest.mark.parametrize(
        ("rule", "changed"),
        [
            ("person-without-names", {"is_person": True}),
            ("organization-number", {"organization_number": "974760670"}),
        ],
    )
    def test_an_edit_of_what_a_check_looks_at_is_told(self, rule: str, changed: dict[str, Any]) -> None:
        """
        Each check names its fields.
        """
        base = Customer(name="K", first_name="Kari", email="k@example.no")
        made = pair_plan(customers(), base, attrs.evolve(base, **changed), base)

        assert [rule] == rules(made)


class TestChecks:
    """
    What a side would not like about a new record.
    """

    @pytest.mark.parametrize(
        ("rule", "severity", "customer"),
        [
            ("person-without-names", Severity.BLOCK, Customer(is_person=True, first_name="Kari")),
            ("person-without-names", Severity.BLOCK, Customer(is_person=True, last_name="Nordmann")),
            ("organization-number", Severity.WARN, Customer(name="K", organization_number="974760670")),
            ("incomplete-address", Severity.WARN, Customer(name="K", address=Address(line1="Storgata 1"))),
            ("incomplete-address", Severity.WARN, Customer(name="K", address=Address(zip_code="0155"))),
        ],
    )
    def test_customers(self, rule: str, severity: Severity, customer: Customer) -> None:
        """
        A person without both names is not made in Go; the rest is told.
        """
        made = plan([], pos=holds({"p1": customer}), go=holds({}), policy=customers())
        (finding,) = made.findings

        assert (rule, severity, "customer pos p1") == (finding.rule, finding.severity, finding.where)
        assert (severity is Severity.WARN) == bool(made.operations)

    @pytest.mark.parametrize("side", list(Replica))
    def test_a_product_without_a_code_stays_at_home(self, side: Replica) -> None:
        """
        It could not be found again.
        """
        sides: dict[Replica, dict[str, Product]] = {Replica.POS: {}, Replica.GO: {}}
        sides[side] = {"1": Product(name="Mug")}
        made = plan([], pos=holds(sides[Replica.POS]), go=holds(sides[Replica.GO]), policy=products())

        assert ["no-key"] == rules(made)
        assert made.is_empty

    def test_a_wrong_bar_code_is_told(self) -> None:
        """
        And does no harm.
        """
        made = plan(
            [],
            pos=holds({"p": Product(code="1", name="Mug", gtins=("123",))}),
            go=holds({}),
            policy=products(),
        )

        assert ["gtin"] == rules(made)
        assert [Kind.CREATE] == [operation.kind for operation in made.operations]

    def test_an_update_tells_of_its_own_fields_alone(self) -> None:
        """
        An old mistake is not told again with every edit, and never stops one.
        """
        base = Product(code="1", name="Mug", gtins=("123",))
        renamed = pair_plan(products(), base, Product(code="1", name="Cup", gtins=("123",)), base)
        bare = pair_plan(products(), base, Product(name="Mug", gtins=("123",)), base)

        assert [] == rules(renamed)
        assert [("no-key", Severity.WARN)] == [(finding.rule, finding.severity) for finding in bare.findings]
        assert [("update", "go", {"code": None})] == written(bare)

    @pytest.mark.parametrize(
        ("told", "base", "go"),
        [
            pytest.param(True, None, None, id="created"),
            pytest.param(True, None, Customer(**KAFE), id="met without one"),
            pytest.param(False, None, Customer(**KAFE, address=WHOLE), id="met and filled from Go"),
            pytest.param(True, Customer(**KAFE, address=WHOLE), Customer(**KAFE, address=WHOLE), id="cut"),
            pytest.param(False, Customer(**KAFE), Customer(**KAFE), id="known to stay"),
        ],
    )
    def test_an_address_that_stays_is_told_once(
        self, base: Customer | None, go: Customer | None, *, told: bool
    ) -> None:
        """
        When Go first has to do without: with the record, when two records meet, or when a whole one is cut.
        """
        made = plan(
            [linked(base)] if base else [],
            pos=holds({"p1": Customer(**KAFE, address=Address(zip_code="0155"))}),
            go=holds({"g1": go} if go else {}),
            policy=customers(),
        )

        assert ["incomplete-address"] * told == rules(made)

    def test_each_edit_of_an_address_that_only_arrives_is_told(self) -> None:
        """
        Once each: what stands in an address is not shown, and still tells one from another.
        """
        policy = customers(direction=Direction.POS_TO_GO)
        link, told = linked(Customer(**KAFE, address=WHOLE)), []
        for city in ("Bergen", "Bergen", "Bodø"):
            go = Customer(**KAFE, address=Address(zip_code="0155", city=city))
            made = plan(
                [link],
                pos=holds({"p1": Customer(**KAFE, address=WHOLE)}),
                go=holds({"g1": go}),
                policy=policy,
            )
            told.append(rules(made))
            for operation in made.operations:
                link = advance(link, operation) or link

        assert [["one-way-edit"], [], ["one-way-edit"]] == told

    def test_sound_records_are_not_talked_about(self) -> None:
        """
        Nothing to say is nothing said.
        """
        sound = Customer(
            name="K", organization_number="974760673", address=Address(zip_code="0155", city="Oslo")
        )
        made = plan([], pos=holds({"p1": sound, "p2": PERSON}), go=holds({}), policy=customers())

        assert [] == rules(made)
        assert 2 == len(made.operations)


class TestKeys:
    """
    Who is who at first contact.
    """

    @pytest.mark.parametrize(
        ("why", "pos", "go"),
        [
            (
                "same organisation number",
                COMPANY,
                Customer(name="Annet navn", organization_number="974760673"),
            ),
            ("same e-mail and name", PERSON, Customer(name=" KARI  Nordmann ", email="Kari@Example.no")),
        ],
    )
    def test_customers(self, why: str, pos: Customer, go: Customer) -> None:
        """
        Case and blanks do not count in names and addresses.
        """
        made = plan([], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=customers())

        assert ("link", why, (Replica.GO,)) == (
            made.operations[0].kind,
            made.operations[0].reason,
            made.operations[0].write_reference,
        )

    @pytest.mark.parametrize(
        ("why", "go"),
        [
            ("same product code", Product(code="1", name="Cup")),
            ("same bar code", Product(code="2", name="Mug", gtins=("4006381333931",))),
        ],
    )
    def test_products(self, why: str, go: Product) -> None:
        """
        The code, then the first bar code; Go's products carry no reference.
        """
        made = plan([], pos=holds({"p1": MUG}), go=holds({"g1": go}), policy=products())

        assert (why, ()) == (made.operations[0].reason, made.operations[0].write_reference)

    @pytest.mark.parametrize(
        "go", [Customer(name="Kari Nordmann"), Customer(name="Kari", email="kari@example.no")]
    )
    def test_half_a_key_is_none(self, go: Customer) -> None:
        """
        Neither a name nor an address alone makes two people one.
        """
        made = plan([], pos=holds({"p1": PERSON}), go=holds({"g1": go}), policy=customers())

        assert [Kind.CREATE, Kind.CREATE] == [operation.kind for operation in made.operations]


class TestDirections:
    """
    Which way records flow.
    """

    def test_products_to_go_only(self) -> None:
        """
        New ones are made in Go alone; an edit there is told and left; nothing is archived in the POS.
        """
        policy = products(direction=Direction.POS_TO_GO)
        made = plan(
            [linked(MUG)],
            pos=holds({"p1": MUG, "p2": Product(code="2", name="Cup")}),
            go=holds(
                {
                    "g1": Product(code="1", name="Edited", gtins=MUG.gtins, price="80"),
                    "g3": Product(code="3", name="Born in Go"),
                }
            ),
            policy=policy,
        )

        assert [(Kind.LINK, None), (Kind.CREATE, Replica.GO)] == [
            (each.kind, each.replica) for each in made.operations
        ]
        assert ["one-way-edit"] == rules(made)
        assert not policy.may_archive(Replica.POS)

    def test_customers_from_go_only(self) -> None:
        """
        The mirror of it.
        """
        policy = customers(direction=Direction.GO_TO_POS)

        assert frozenset({Replica.POS}) == policy.creates
        assert {Direction.GO_TO_POS} == {unit.direction for unit in policy.shared}
        assert {None} == {unit.authority for unit in policy.shared}

    def test_go_decides_about_customer_numbers(self) -> None:
        """
        Whoever decides about the rest.
        """
        policy = customers(authority=Authority.HOLD)

        assert Authority.GO is policy.unit_of("number").authority
        assert Authority.HOLD is policy.unit_of("phone").authority

    def test_what_the_pos_owns_is_never_sent(self) -> None:
        """
        Pictures and groups stay, and are no difference.
        """
        pos = Product(code="1", name="Mug", images=("https://example.no/1.jpg",), group="04")
        base = Product(code="1", name="Mug")
        (create,) = plan([], pos=holds({"p1": pos}), go=holds({}), policy=products()).operations

        assert base == create.value
        assert pair_plan(products(), base, pos, base).is_empty


class TestChanged:
    """
    Policies are changed like any value.
    """

    def test_kept_at(self) -> None:
        """
        A field leaves its unit and stays at home; the rest of the unit is shared as before.
        """
        policy = kept_at(products(), "vat_code", Replica.POS)

        assert Replica.POS is policy.owned["vat_code"]
        assert ("price",) == policy.unit_of("price").fields

    def test_kept_at_takes_a_whole_unit(self) -> None:
        """
        A unit of one field is gone without it.
        """
        policy = kept_at(products(), "description", Replica.GO)

        assert "description" not in [field for unit in policy.shared for field in unit.fields]
        assert {"images": Replica.POS, "group": Replica.POS, "description": Replica.GO} == dict(policy.owned)

    @pytest.mark.parametrize("policy", [customers(), products()])
    def test_archived_is_shared(self, policy: Any) -> None:
        """
        Out of use here is out of use there.
        """
        assert policy.may_archive(Replica.POS)
        assert policy.may_archive(Replica.GO)
