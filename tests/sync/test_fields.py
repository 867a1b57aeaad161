"""
Reading and comparing fields: what differs is seen, what only looks different is not, and each edit has its own mark.
"""

from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.sync import FIRST_OF_MANY, Plan, Policy, Replica, Unit, truncated
from posgo.sync._fields import comparers, fingerprint, type_of
from support.sync_build import pair_plan
from support.sync_strategies import POLICIES, THINGS, edits
from support.sync_world import Place, Thing, World, thing_policy


@attrs.frozen(kw_only=True)
class Size:
    """
    A nested value of which a part is no text.
    """

    width: Decimal | None = None
    height: Decimal = Decimal(0)


@attrs.frozen(kw_only=True)
class Shelf:
    """
    A model with a part, and a field that defaults to a new value each time.
    """

    size: Size | None = None
    labels: list[str] = attrs.Factory(list)
    archived: bool = False


@attrs.frozen(kw_only=True)
class Mark:
    """
    A model with a field of two types.
    """

    text: int | str | None = None


SHELVES = Policy(
    model=Shelf,
    shared=(Unit(fields=("size.width", "size.height")), Unit(fields="archived")),
    owned={"labels": Replica.POS},
)


class TestTypes:
    """
    The declared type of a field or a part: what a stored plan is read back as.
    """

    @pytest.mark.parametrize(
        ("expected", "model", "path"),
        [
            (Decimal, Product, "price"),
            (Address, Customer, "address"),
            (str, Customer, "address.city"),
            (Decimal, Shelf, "size.width"),
            (Decimal, Shelf, "size.height"),
            (int | str | None, Mark, "text"),
            (bool, Thing, "archived"),
        ],
    )
    def test_without_none(self, expected: Any, model: Any, path: str) -> None:
        """
        One type and None is that type; several stay a choice.
        """
        assert expected == type_of(model, path)

    def test_a_part_that_is_no_text_is_stored(self) -> None:
        """
        A plan of parts comes back with their own types.
        """
        base, pos = Shelf(size=Size(width=Decimal(1))), Shelf(size=Size(width=Decimal("2.5")))
        made = pair_plan(SHELVES, base, pos, base)

        assert ["size.width"] == [change.field for change in made.operations[0].changes]
        assert made == Plan.from_json(made.to_json(), Shelf)
        assert Decimal is type(Plan.from_json(made.to_json(), Shelf).operations[0].changes[0].new)


class TestDefaults:
    """
    Owned fields stand at their default in what is sent.
    """

    def test_each_value_gets_its_own(self) -> None:
        """
        A default that is made is made, not handed on.
        """
        world = World(policy=SHELVES)
        world.put(Replica.POS, "p1", Shelf(labels=["a"]))
        (create,) = world.plan().operations

        assert Shelf() == create.value


class TestFingerprints:
    """
    A mark for what was told once.
    """

    @given(one=st.tuples(THINGS), other=st.tuples(THINGS))
    def test_equal_exactly_for_equal_values(self, one: tuple[Thing], other: tuple[Thing]) -> None:
        """
        Nested values by what they say.
        """
        assert (one == other) is (fingerprint(one) == fingerprint(other))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (Address(city="Oslo"), Address(city="Bergen")),
            (
                Customer(name="a", address=Address(city="Oslo")),
                Customer(name="a", address=Address(city="Bergen")),
            ),
            (Decimal(1), Decimal(2)),
            (None, ""),
            ((), ("",)),
        ],
    )
    def test_no_two_look_alike(self, one: Any, other: Any) -> None:
        """
        Also where repr is silent, as it is about personal data.
        """
        assert fingerprint((one,)) != fingerprint((other,))

    def test_the_order_of_a_mapping_says_nothing(self) -> None:
        """
        It may come in another one from the next listing.
        """
        assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})


@st.composite
def triples(draw: st.DrawFn) -> tuple[Policy[Thing], Thing, Thing, Thing]:
    """
    A policy, and what base and sides say: often the same.
    """
    policy, origin = draw(POLICIES), draw(THINGS)
    base = attrs.evolve(
        origin, picture=None, ledger=None, tags=origin.tags[:1], long=(origin.long or "")[:3] or None
    )
    return policy, base, draw(st.just(base) | edits(base)), draw(st.just(base) | edits(base))


class TestComparers:
    """
    The compiled comparers, against field-by-field reading.
    """

    @given(triple=triples())
    def test_the_same_is_nothing_differing(self, triple: tuple[Policy[Thing], Thing, Thing, Thing]) -> None:
        """
        One comparer says whether, the other where.
        """
        policy, *values = triple
        compare = comparers(policy.shared)

        assert bool(compare.same(*values)) is (compare.differing(*values) == ())

    @given(triple=triples())
    def test_what_differs_is_seen(self, triple: tuple[Policy[Thing], Thing, Thing, Thing]) -> None:
        """
        No unit is passed over in which a side says something else than the base, as both can hold it.
        """
        policy, base, pos, go = triple
        seen = comparers(policy.shared).differing(base, pos, go)
        for place, unit in enumerate(policy.shared):
            said = [
                unit.shared(tuple(getattr(value, field.partition(".")[0]) for field in unit.fields))
                if unit.lens is FIRST_OF_MANY
                else tuple(getattr(value, field.partition(".")[0]) for field in unit.fields)
                for value in (base, pos, go)
            ]

            assert said[0] == said[1] == said[2] or place in seen

    @pytest.mark.parametrize("narrow", list(Replica))
    def test_what_a_lens_hides_costs_no_look(self, narrow: Replica) -> None:
        """
        More codes and a longer text on the wide side are no difference, so such a record is passed by.
        """
        policy = thing_policy(narrow=narrow)
        base = Thing(tags=("a",), long="abc", place=Place(town="t"))
        wide = attrs.evolve(base, tags=("a", "b"), long="abcdef")
        pos, go = (wide, base) if narrow is Replica.GO else (base, wide)
        compare = comparers(policy.shared)

        assert compare.same(base, pos, go)
        assert () == compare.differing(base, pos, go)

    def test_a_lens_on_a_part_is_compared_by_the_whole(self) -> None:
        """
        Whoever looks then finds nothing.
        """
        shared = (Unit(fields="place.town", lens=truncated(2)), Unit(fields="archived"))
        owned = {
            field.name: Replica.POS
            for field in attrs.fields(Thing)
            if field.name not in {"place", "archived"}
        }
        policy: Policy[Thing] = Policy(model=Thing, shared=shared, owned=owned)
        base, pos = Thing(place=Place(town="ab")), Thing(place=Place(town="abc"))

        assert (0,) == comparers(shared).differing(base, pos, base)
        assert pair_plan(policy, base, pos, base).is_empty
