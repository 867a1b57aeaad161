"""
Lenses: what the narrow side can hold, and how its edits go back.
"""

from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.sync import (
    COMPLETE_ADDRESS,
    FIRST_OF_MANY,
    IDENTITY,
    Authority,
    Direction,
    Lens,
    Replica,
    plan,
    truncated,
    vat_price,
)
from posgo.sync._lens import Values, blank_is_none, covered, is_blank
from posgo.sync.policies import NAMES, customers, products, with_lens
from support.sync_build import holds, linked, pair_plan, rules, written
from support.sync_world import Thing, thing_policy

TEXTS = st.sampled_from([None, "a", "b", "abcd", "abce", "ab cd", " abc"])
GTINS = st.tuples(st.lists(st.sampled_from("abc"), unique=True).map(tuple))
ADDRESSES = st.tuples(
    st.none()
    | st.builds(
        Address,
        line1=st.sampled_from([None, "Storgata 1", "x" * 201, "x" * 202]),
        zip_code=st.sampled_from([None, "0155", "9" * 51]),
        city=st.sampled_from([None, "Oslo", "y" * 101, "y" * 102]),
    )
)
NAME_VALUES = st.tuples(TEXTS, st.booleans(), TEXTS, TEXTS)
PRICES = st.tuples(
    st.none() | st.integers(0, 10_000).map(lambda ore: Decimal(ore) / 100),
    st.sampled_from([None, "3", "31", "x"]),
)
VAT = {"3": Decimal(25), "31": Decimal(15)}
COARSE = vat_price(VAT, decimals=2)

LENSES = [
    pytest.param(IDENTITY, st.tuples(TEXTS), id="identity"),
    pytest.param(FIRST_OF_MANY, GTINS, id="first of many"),
    pytest.param(COMPLETE_ADDRESS, ADDRESSES, id="complete address"),
    pytest.param(truncated(3), st.tuples(TEXTS, TEXTS), id="truncated"),
    pytest.param(NAMES, NAME_VALUES, id="names"),
    pytest.param(vat_price(VAT), PRICES, id="vat price"),
    pytest.param(COARSE, PRICES, id="vat price of two decimals"),
]


@pytest.mark.parametrize(("lens", "values"), LENSES)
class TestLaws:
    """
    The laws that keep a lens silent.
    """

    @given(data=st.data())
    def test_writing_back_what_is_there_changes_nothing(
        self, lens: Lens, values: st.SearchStrategy[Any], data: st.DataObject
    ) -> None:
        """
        ``put(w, get(w)) == w``.
        """
        wide = data.draw(values)

        assert wide == lens.put(wide, lens.get(wide))

    @given(data=st.data())
    def test_what_was_written_back_is_seen(
        self, lens: Lens, values: st.SearchStrategy[Any], data: st.DataObject
    ) -> None:
        """
        ``get(put(w, n)) == n``, but for a first EAN code cleared while others are there.
        """
        wide, narrow = data.draw(values), lens.get(data.draw(values))
        seen = lens.get(lens.put(wide, narrow))

        assert narrow == seen or (lens is FIRST_OF_MANY and narrow == ((),))

    @given(data=st.data())
    def test_looking_twice_shows_the_same(
        self, lens: Lens, values: st.SearchStrategy[Any], data: st.DataObject
    ) -> None:
        """
        ``get(get(w)) == get(w)``: the base says things as both can hold them.
        """
        shown = lens.get(data.draw(values))

        assert shown == lens.get(shown)


class TestFirstOfMany:
    """
    EAN codes: Go holds the first, the POS keeps the rest.
    """

    @pytest.mark.parametrize(
        ("expected", "edited"),
        [
            (("x", "b", "c"), ("x",)),  # a new one takes the place of the first
            (("b", "a", "c"), ("b",)),  # one that is there moves to the front, and nothing is lost
            (("b", "c"), ()),  # cleared: the next one comes up
            (("a", "b", "c"), ("a",)),
        ],
    )
    def test_edits_in_go(self, expected: tuple[str, ...], edited: tuple[str, ...]) -> None:
        """
        The rest stays in its order.
        """
        assert (expected,) == FIRST_OF_MANY.put((("a", "b", "c"),), (edited,))

    def test_a_code_held_twice_stays(self) -> None:
        """
        What Go shows was not edited, so nothing is put in order either.
        """
        held = (("a", "b", "a"),)

        assert held == FIRST_OF_MANY.put(held, (("a",),))

    def test_an_edit_in_go_reaches_the_first_code(self) -> None:
        """
        Pictures and further codes are not touched.
        """
        base, pos = Product(code="1", name="m", gtins=("a",)), Product(code="1", name="m", gtins=("a", "b"))
        made = pair_plan(products(), base, pos, Product(code="1", name="m", gtins=("x",)))

        assert [("update", "pos", {"gtins": ("x", "b")})] == written(made)
        assert {"gtins": ("x",)} == made.operations[0].agreed
        assert () == made.conflicts

    def test_a_reorder_in_the_pos_reaches_go(self) -> None:
        """
        The first code is the one both share.
        """
        base, pos = Product(code="1", name="m", gtins=("a",)), Product(code="1", name="m", gtins=("b", "a"))

        assert [("update", "go", {"gtins": ("b",)})] == written(pair_plan(products(), base, pos, base))

    def test_clearing_in_go_moves_both_sides_and_go_first(self) -> None:
        """
        Stopped half-way, Go has a code the POS has too; the base moves with the second half.
        """
        base, pos = Product(code="1", name="m", gtins=("a",)), Product(code="1", name="m", gtins=("a", "b"))
        made = pair_plan(products(), base, pos, Product(code="1", name="m"))

        assert [("update", "go", {"gtins": ("b",)}), ("update", "pos", {"gtins": ("b",)})] == written(made)
        assert [{}, {"gtins": ("b",)}] == [operation.agreed for operation in made.operations]

    @pytest.mark.parametrize("narrow", list(Replica))
    def test_the_narrow_side_s_half_comes_first(self, narrow: Replica) -> None:
        """
        Whichever side that is.
        """
        base, wide = Thing(tags=("a",)), Thing(tags=("a", "b"))
        pos, go = (Thing(), wide) if narrow is Replica.POS else (wide, Thing())
        made = pair_plan(thing_policy(narrow=narrow, tags=Authority.HOLD), base, pos, go)

        assert [("update", side, {"tags": ("b",)}) for side in (narrow, narrow.other)] == written(made)


class TestHiddenLoss:
    """
    What Go could not see is not lost silently when Go's edit replaces it.
    """

    def test_it_stands_in_a_conflict(self) -> None:
        """
        The end of a long name goes with its beginning.
        """
        policy = with_lens(products(), "name", truncated(4))
        base, pos = Product(code="1", name="abcd"), Product(code="1", name="abcdefgh")
        made = pair_plan(policy, base, pos, Product(code="1", name="xyz"))
        (conflict,) = made.conflicts

        assert [("update", "pos", {"name": "xyz"})] == written(made)
        assert ("abcdefgh", "xyz", Replica.GO) == (conflict.pos, conflict.go, conflict.chosen)
        assert "the POS held more than Go can" in conflict.why

    def test_the_conflict_has_the_base_go_could_see(self) -> None:
        """
        So that a person can tell what changed.
        """
        policy = with_lens(products(), "name", truncated(4))
        made = pair_plan(
            policy,
            Product(code="1", name="abcd"),
            Product(code="1", name="abcdef"),
            Product(code="1", name="x"),
        )

        assert ["abcd"] == [conflict.base for conflict in made.conflicts]

    def test_a_wide_side_that_will_not_move_wins(self) -> None:
        """
        A lens that takes no edits has the narrow side written back, and the base moves with that.
        """

        def unmoved(wide: Values, _narrow: Values) -> Values:
            return wide

        policy = with_lens(products(), "name", Lens(put=unmoved))
        base, edited = Product(code="1", name="abcd"), Product(code="1", name="x")
        made = pair_plan(policy, base, base, edited)

        assert [("update", "go", {"name": "abcd"})] == written(made)
        assert {"name": "abcd"} == made.operations[0].agreed

    def test_a_long_text_stays_while_its_beginning_does(self) -> None:
        """
        A long name in the POS and its beginning in Go are alike.
        """
        policy = with_lens(products(), "name", truncated(4))
        base, pos = Product(code="1", name="abc"), Product(code="1", name="abc defgh")

        assert pair_plan(policy, base, pos, base).is_empty


class TestAddress:
    """
    Go takes an address with postcode and city, or none.
    """

    FULL = Address(line1="Storgata 1", zip_code="0155", city="Oslo")

    @pytest.mark.parametrize(
        "incomplete", [Address(line1="x"), Address(zip_code="0155"), Address(city="Oslo"), None]
    )
    def test_incomplete_is_none(self, incomplete: Address | None) -> None:
        """
        Half an address is not sent.
        """
        assert (None,) == COMPLETE_ADDRESS.get((incomplete,))

    def test_long_lines_are_cut_and_kept(self) -> None:
        """
        An edit of the city in Go keeps the long line the POS has.
        """
        long = Address(line1="x" * 300, zip_code="0155", city="Oslo")
        (shown,) = COMPLETE_ADDRESS.get((long,))
        edited = Address(line1=shown.line1, zip_code="0155", city="Bergen")

        assert 200 == len(shown.line1)
        assert (Address(line1="x" * 300, zip_code="0155", city="Bergen"),) == COMPLETE_ADDRESS.put(
            (long,), (edited,)
        )

    @pytest.mark.parametrize(
        ("name", "length"), [("line1", 200), ("line2", 200), ("city", 100), ("zip_code", 50)]
    )
    def test_exactly_as_long_as_go_takes(self, name: str, length: int) -> None:
        """
        200 characters of a line, 100 of a city, 50 of a postcode are whole; one more is cut.
        """
        whole = attrs.evolve(self.FULL, **{name: "9" * length})

        assert (whole,) == COMPLETE_ADDRESS.get((whole,))
        assert (whole,) == COMPLETE_ADDRESS.get((attrs.evolve(whole, **{name: "9" * (length + 1)}),))

    def test_what_only_the_pos_held_is_recorded_when_go_fills_it(self) -> None:
        """
        Two records that meet: Go's whole address replaces half a one, and what that said stands in a conflict.
        """
        half = Address(line1="Gamle vei 7")
        pos, go = (Customer(name="K", email="k@x.no", address=each) for each in (half, self.FULL))
        made = plan([], pos=holds({"p1": pos}), go=holds({"g1": go}), policy=customers())

        assert ("update", "pos", {"address": self.FULL}) in written(made)
        assert [(half, self.FULL, Replica.GO)] == [(c.pos, c.go, c.chosen) for c in made.conflicts]


class TestTruncated:
    """
    Texts of which Go holds the beginning.
    """

    @pytest.mark.parametrize(
        ("expected", "text"), [("ab", "ab cd"), (" ab", " abc"), ("abc", "abc"), (None, None)]
    )
    def test_a_cut_leaves_no_blank_at_the_end(self, expected: str | None, text: str | None) -> None:
        """
        Go would strip it, and call it an edit.
        """
        assert (expected,) == truncated(3).get((text,))


class TestVatPrice:
    """
    Prices through the rate of their VAT code.
    """

    MUG = Product(code="1", name="Mug", price="11.50", vat_code="31")

    def test_a_changed_rate_keeps_the_shelf_price(self) -> None:
        """
        Go's net price of 10.00 is 11.20 at 12 per cent; nobody edited it, so Go is written anew, and it is told.
        """
        policy = products(vat=vat_price({"31": Decimal(12)}, before={"31": Decimal(15)}))
        restated = Product(code="1", name="Mug", price="11.20", vat_code="31")
        made = pair_plan(policy, self.MUG, self.MUG, restated)

        assert [("update", "go", {"price": Decimal("11.50")})] == written(made)
        assert ["restated"] == rules(made)
        assert "from 15 to 12 per cent" in made.findings[0].message
        assert () == made.conflicts

    def test_an_edit_in_the_pos_goes_through_a_changed_rate(self) -> None:
        """
        One side changed, whatever the rate did to the other.
        """
        policy = products(vat=vat_price({"31": Decimal(12)}, before={"31": Decimal(15)}))
        pos = Product(code="1", name="Mug", price="13.00", vat_code="31")
        made = pair_plan(policy, self.MUG, pos, Product(code="1", name="Mug", price="11.20", vat_code="31"))

        assert [("update", "go", {"price": Decimal("13.00")})] == written(made)
        assert () == made.conflicts

    @pytest.mark.parametrize(
        ("price", "code", "before"),
        [
            ("11.30", "31", {"31": Decimal(15)}),  # somebody edited it as well
            ("11.20", "3", {"31": Decimal(15)}),  # the code changed, not the rate
            ("11.20", "31", None),  # nothing is known of a change
            ("11.20", "31", {"3": Decimal(25)}),
            ("11.20", "31", {"31": Decimal(12)}),
            (None, "31", {"31": Decimal(15)}),
        ],
    )
    def test_a_real_edit_in_go_is_one(
        self, price: str | None, code: str, before: dict[str, Decimal] | None
    ) -> None:
        """
        It is carried to the POS as ever.
        """
        policy = products(vat=vat_price({"31": Decimal(12), "3": Decimal(25)}, before=before))
        made = pair_plan(
            policy, self.MUG, self.MUG, Product(code="1", name="Mug", price=price, vat_code=code)
        )

        assert ["pos"] == [operation.replica for operation in made.operations]
        assert [] == rules(made)

    @pytest.mark.parametrize(
        ("told", "base", "seen"),
        [
            (True, ("11.50", "31"), ("11.20", "31")),
            (False, ("11.50", "31"), ("11.30", "31")),  # edited as well
            (False, ("11.50", "31"), ("11.20", "3")),  # another code
            (False, (None, "31"), ("11.20", "31")),  # no price before
            (False, ("11.50", "31"), (None, "31")),  # no price now
            (False, ("12.50", "3"), ("12.50", "3")),  # the same rate as ever
            (False, ("11.50", "gone"), ("11.20", "gone")),  # no rate today
            (False, ("11.20", "new"), ("11.50", "new")),  # no rate before
            (False, ("11.50", None), ("11.20", None)),
        ],
    )
    def test_what_a_changed_rate_explains(
        self, base: tuple[str | None, str | None], seen: tuple[str | None, str | None], *, told: bool
    ) -> None:
        """
        A code whose rate changed, and exactly the price that follows from it; everything else is an edit.
        """
        before = {"31": Decimal(15), "3": Decimal(25), "gone": Decimal(15)}
        lens = vat_price({"31": Decimal(12), "3": Decimal(25), "new": Decimal(15)}, before=before)
        old, now = ((price and Decimal(price), code) for price, code in (base, seen))

        assert told is (lens.restated(old, now) is not None)

    def test_a_changed_rate_goes_through_the_decimals_go_keeps(self) -> None:
        """
        0.03 is 0.02 net of two decimals, and 0.02 at the new rate; of six it is 0.024, and 0.03.
        """
        base, seen = (Decimal("0.03"), "3"), (Decimal("0.02"), "3")
        coarse, fine = (
            vat_price({"3": Decimal(12)}, before={"3": Decimal(25)}, decimals=decimals) for decimals in (2, 6)
        )

        assert coarse.restated(base, seen) is not None
        assert fine.restated(base, seen) is None

    def test_a_changed_rate_is_no_edit_of_the_receiver_s(self) -> None:
        """
        Where the price flows to Go only, Go is written anew as everywhere else, and nobody is blamed.
        """
        vat = vat_price({"31": Decimal(12)}, before={"31": Decimal(15)})
        restated = Product(code="1", name="Mug", price="11.20", vat_code="31")
        made = pair_plan(products(direction=Direction.POS_TO_GO, vat=vat), self.MUG, self.MUG, restated)

        assert [("update", "go", {"price": Decimal("11.50")})] == written(made)
        assert ["restated"] == rules(made)

    @pytest.mark.parametrize(("price", "held"), [("11.20", False), ("11.30", True)])
    def test_a_changed_rate_is_no_change_that_stops_a_deletion(self, price: str, *, held: bool) -> None:
        """
        A real edit is.
        """
        policy = products(vat=vat_price({"31": Decimal(12)}, before={"31": Decimal(15)}))
        go = Product(code="1", name="Mug", price=price, vat_code="31")
        made = plan([linked(self.MUG)], pos=holds({}), go=holds({"g1": go}), policy=policy)

        assert held is bool(made.conflicts)
        assert held is made.is_empty

    def test_what_go_decides_follows_the_rate(self) -> None:
        """
        Where the price flows from Go only, its net price is the truth, and the shelf price moves.
        """
        vat = vat_price({"31": Decimal(12)}, before={"31": Decimal(15)})
        policy = products(direction=Direction.GO_TO_POS, vat=vat)
        made = pair_plan(
            policy, self.MUG, self.MUG, Product(code="1", name="Mug", price="11.20", vat_code="31")
        )

        assert [("update", "pos", {"price": Decimal("11.20")})] == written(made)

    def test_a_go_of_two_decimals_causes_no_echo(self) -> None:
        """
        19.99 through 15.99 net comes back as 19.99; 0.01 comes back as 0.01: what differs is compared forward.
        """
        policy = products(vat=COARSE)
        pos = Product(code="1", name="Mug", price="0.07", vat_code="3")
        (shown, _) = COARSE.get((pos.price, "3"))
        go = Product(code="1", name="Mug", price=shown, vat_code="3")

        assert shown != pos.price
        assert pair_plan(policy, go, pos, go).is_empty

    def test_without_a_rate_a_price_is_what_it_is(self) -> None:
        """
        Whoever writes it says that it cannot be translated.
        """
        assert (Decimal("9.99"), "x") == vat_price(VAT).get((Decimal("9.99"), "x"))


class TestBlank:
    """
    What says nothing.
    """

    @pytest.mark.parametrize("value", [None, "", ()])
    def test_blank(self, value: Any) -> None:
        """
        None, an empty text, an empty tuple.
        """
        assert is_blank(value)
        assert None is blank_is_none(value)

    @pytest.mark.parametrize("value", [False, 0, Decimal(0), "x", ("",)])
    def test_not_blank(self, value: Any) -> None:
        """
        No and nought say something.
        """
        assert not is_blank(value)
        assert value == blank_is_none(value)

    def test_surrounding_blanks_do_not_count(self) -> None:
        """
        A text of blanks is blank.
        """
        assert ("a", None) == (blank_is_none(" a "), blank_is_none("  "))

    @pytest.mark.parametrize(
        ("value", "other", "expected"),
        [
            (None, "x", True),
            ("x", "x", True),
            ("x", "y", False),
            (Address(city="Oslo"), Address(city="Oslo", zip_code="0155"), True),
            (Address(city="Oslo"), Address(city="Bergen", zip_code="0155"), False),
            (Address(city="Oslo"), "Oslo", False),
            ("Oslo", Address(city="Oslo"), False),
        ],
    )
    def test_covered(self, value: Any, other: Any, *, expected: bool) -> None:
        """
        Blanks may be filled from one that says the same and more, part by part.
        """
        assert expected is covered(value, other)
