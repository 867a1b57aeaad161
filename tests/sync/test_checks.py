"""
The checks and seals that ship: who is told, how heavy it weighs, and in what words.
"""

import re
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.models.catalog import Product
from posgo.models.findings import Severity
from posgo.models.orders import Order, OrderStatus
from posgo.models.parties import Address, Customer
from posgo.models.records import Snapshot
from posgo.sync import IDENTITY, Direction, Lens, Plan, Policy, Replica, plan, truncated, vat_price
from posgo.sync.policies import customers, kept_at, orders, products, with_lens
from support.sync_build import holds, pair_plan, rules, written

POS, GO = Replica.POS, Replica.GO
BLOCK, WARN = Severity.BLOCK, Severity.WARN
S = OrderStatus
SHIPPED: tuple[Policy[Any], ...] = (customers(), products(), orders(reopen_confirmed=False))

HALF = Customer(is_person=True, first_name="Kari")
WRONG_NUMBER = Customer(name="Kafe", organization_number="974760674")
NO_POSTCODE = Customer(name="Kafe", address=Address(city="Oslo"))
NO_CODE = Product(name="mug")
WRONG_CODE = Product(code="1", name="mug", gtins=("4006381333932",))


def ordered(status: OrderStatus) -> Order:
    return Order(customer="kari", status=status)


def new_in(side: Replica, policy: Policy[Any], value: Any) -> Plan[Any]:
    """
    Plan a record that is new on one side.
    """
    sides: dict[Replica, Snapshot[Any]] = {side: holds({"x": value}), side.other: holds({})}
    return plan([], pos=sides[POS], go=sides[GO], policy=policy)


class TestWhoIsTold:
    """
    A new record on either side, and what the other would not like about it.
    """

    @pytest.mark.parametrize(
        ("policy", "value", "to_go", "to_pos"),
        [
            (customers(), HALF, ["person-without-names", BLOCK], []),
            (customers(), WRONG_NUMBER, ["organization-number", WARN], ["organization-number", WARN]),
            (customers(), NO_POSTCODE, ["incomplete-address", WARN], ["incomplete-address", WARN]),
            (products(), NO_CODE, ["no-key", BLOCK], ["no-key", BLOCK]),
            (products(), WRONG_CODE, ["gtin", WARN], ["gtin", WARN]),
            (orders(), ordered(S.PAID), ["paid-before-invoice", BLOCK], []),
            (orders(), ordered(S.PART_PAID), ["paid-before-invoice", BLOCK], []),
            (orders(), ordered(S.INVOICED), ["status-ahead", BLOCK], []),
            (orders(), ordered(S.CREDITED), ["status-ahead", BLOCK], []),
            (orders(), ordered(S.DRAFT), [], []),
        ],
    )
    def test_by_direction(self, policy: Policy[Any], value: Any, to_go: list[Any], to_pos: list[Any]) -> None:
        """
        What blocks is not made there; what warns is.
        """
        for source, expected in ((POS, to_go), (GO, to_pos)):
            made = new_in(source, policy, value)

            assert expected == [
                each for finding in made.findings for each in (finding.rule, finding.severity)
            ]
            assert (BLOCK in expected) is (made.operations == ())

    @pytest.mark.parametrize(
        ("policy", "before", "after", "expected"),
        [
            (customers(), attrs.evolve(HALF, last_name="Lie"), HALF, "person-without-names"),
            (customers(), attrs.evolve(HALF, is_person=False, name="K"), HALF, "person-without-names"),
            (customers(), Customer(name="Kafe"), WRONG_NUMBER, "organization-number"),
            (products(), Product(code="1", name="mug"), NO_CODE, "no-key"),
            (products(), Product(code="1", name="mug"), WRONG_CODE, "gtin"),
        ],
    )
    def test_of_an_edit(self, policy: Policy[Any], before: Any, after: Any, expected: str) -> None:
        """
        In the POS, of a field it looks at: it is told, and only told.
        """
        (finding,) = pair_plan(policy, before, after, before).findings
        (check,) = (each for each in policy.checks if each.rule == expected)

        assert (expected, WARN) == (finding.rule, finding.severity)
        assert (check.message, check.remedy) == (finding.message, finding.remedy)


class TestWords:
    """
    A bookkeeper reads them.
    """

    @pytest.mark.parametrize("policy", SHIPPED)
    def test_each_says_what_is_wrong_and_what_to_do(self, policy: Policy[Any]) -> None:
        """
        Under a rule of its own, in a clause that starts small unless with a name, about fields of the model.
        """
        checks = [(each.rule, each.message, each.remedy) for each in policy.checks]
        seals = [(each.rule, each.message, each.remedy) for each in policy.seals if each.rule is not None]
        fields = {field.name for field in attrs.fields(policy.model)}

        assert len(checks + seals) == len({rule for rule, *_ in checks + seals})
        for rule, *words in checks + seals:
            assert re.fullmatch("[a-z]+(-[a-z]+)*", rule)
            assert all(re.fullmatch("(Go |[a-z]).* .*[A-Za-z]", each) for each in words)
        assert fields.issuperset(name for check in policy.checks for name in check.fields)


class TestFields:
    """
    Single fields with a rule of their own.
    """

    def test_an_invoice_number_comes_from_go(self) -> None:
        """
        What the POS says of it is told, and never sent.
        """
        base = Order(customer="kari")
        numbered = attrs.evolve(base, invoice_no=7)

        assert [("update", POS, {"invoice_no": 7})] == written(pair_plan(orders(), base, base, numbered))
        edited = pair_plan(orders(), base, numbered, base)
        assert ([("link", None, {})], ["one-way-edit"]) == (written(edited), rules(edited))

    def test_kept_at_leaves_the_rest_without_a_lens(self) -> None:
        """
        A price whose VAT code stays in the POS is the same price on both sides.
        """
        priced = products(vat=vat_price({"3": Decimal(25)}))
        policy = kept_at(priced, "vat_code", POS)
        base = Product(code="1", name="mug", price="80", vat_code="3")
        made = pair_plan(policy, base, attrs.evolve(base, price="99"), base)

        assert IDENTITY == policy.unit_of("price").lens
        assert [{"price": made.operations[0].changes[0].new}] == [each for *_, each in written(made)]

    @pytest.mark.parametrize("field", ["price", "vat_code", "name"])
    def test_with_lens_changes_one_unit(self, field: str) -> None:
        """
        The others keep theirs, and their places.
        """
        before, lens = products(direction=Direction.POS_TO_GO), truncated(3)
        after = with_lens(before, field, lens)
        expected: list[Lens] = [lens if field in unit.fields else unit.lens for unit in before.shared]

        assert expected == [unit.lens for unit in after.shared]
        assert [unit.fields for unit in before.shared] == [unit.fields for unit in after.shared]
