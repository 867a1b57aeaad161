"""
What a person is told: each rule of the engine with its weight, its record and a remedy.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.models.catalog import Product
from posgo.models.findings import Severity
from posgo.models.records import Record, Snapshot, go_reference
from posgo.sync import Direction, Guard, Plan, Policy, Replica, Unit, plan, vat_price
from posgo.sync.policies import products
from support.sync_build import holds, linked, pair_plan
from support.sync_world import Thing, thing_policy

BASE = Thing(code="1")
POLICY = thing_policy()


@attrs.frozen(kw_only=True)
class Range:
    """
    A model of two fields that depend on each other.
    """

    low: int = 0
    high: int = 9
    archived: bool = False

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError


def ambiguous() -> Plan[Any]:
    return plan([], pos=holds({"p1": BASE, "p2": BASE}), go=holds({"g1": BASE}), policy=POLICY)


def shared_key() -> Plan[Any]:
    return plan([], pos=holds({"p1": BASE, "p2": BASE}), go=holds({}), policy=POLICY)


def already_linked() -> Plan[Any]:
    claimant = Record(id="p2", value=Thing(), reference=go_reference("g1"))
    pos = Snapshot.of([Record(id="p1", value=BASE), claimant], complete=True)
    return plan([linked(BASE)], pos=pos, go=holds({"g1": BASE}), policy=POLICY)


def duplicate_link() -> Plan[Any]:
    links = [linked(BASE), linked(BASE, "p1", "g2")]
    return plan(links, pos=holds({"p1": BASE}), go=holds({"g1": BASE, "g2": BASE}), policy=POLICY)


def foreign_reference() -> Plan[Any]:
    go = Snapshot.of([Record(id="g1", value=BASE, reference="another system's")], complete=True)
    return plan([], pos=holds({"p1": BASE}), go=go, policy=thing_policy(references=[Replica.GO]))


def impossible_value() -> Plan[Any]:
    policy: Policy[Range] = Policy(
        model=Range, shared=(Unit(fields="low"), Unit(fields="high"), Unit(fields="archived"))
    )
    return pair_plan(policy, Range(), Range(low=8), Range(high=5))


def one_way_edit() -> Plan[Any]:
    return pair_plan(POLICY, BASE, BASE, attrs.evolve(BASE, note="mine"))


def one_way_delete() -> Plan[Any]:
    policy = thing_policy(archived=Direction.POS_TO_GO)
    return plan([linked(BASE)], pos=holds({"p1": BASE}), go=holds({}), policy=policy)


def restated() -> Plan[Any]:
    policy = products(vat=vat_price({"31": Decimal(12)}, before={"31": Decimal(15)}))
    mug = Product(code="1", name="Mug", price="11.50", vat_code="31")
    return pair_plan(policy, mug, mug, attrs.evolve(mug, price="11.20"))


def mass_change() -> Plan[Any]:
    links = [linked(BASE), linked(BASE, "p2", "g2")]
    policy = attrs.evolve(POLICY, guard=Guard(percent=20, count=1))
    return plan(links, pos=holds({}), go=holds({"g1": BASE, "g2": BASE}), policy=policy)


BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO


class TestFindings:
    """
    One row per rule, as the reference of findings has them.
    """

    @pytest.mark.parametrize(
        ("case", "severity", "where", "remedy"),
        [
            (ambiguous, BLOCK, "thing pos p1, p2 and go g1", "tell them apart"),
            (shared_key, WARN, "thing pos p1, p2", "merge them"),
            (already_linked, BLOCK, "thing pos p2", "archive pos p2"),
            (duplicate_link, BLOCK, "thing pos p1 / go g1", "remove the link"),
            (foreign_reference, WARN, "thing pos p1 / go g1", "nothing:"),
            (impossible_value, BLOCK, "range pos p1 / go g1", "put the fields"),
            (one_way_edit, INFO, "thing pos p1 / go g1", "edit it in the POS"),
            (one_way_delete, WARN, "thing pos p1 / go g1", "archive it in the POS"),
            (restated, INFO, None, "look at the plan"),
            (mass_change, BLOCK, None, "look at the plan"),
        ],
    )
    def test_weight_record_and_remedy(
        self, case: Callable[[], Plan[Any]], severity: Severity, where: str | None, remedy: str
    ) -> None:
        """
        Who reads it knows how bad it is, which record it is about, and what to do.
        """
        finding, *more = case().findings

        assert case.__name__ == finding.rule.replace("-", "_")
        assert (severity, where) == (finding.severity, finding.where)
        assert finding.remedy.startswith(remedy)
        assert {finding.rule}.issuperset(each.rule for each in more)
