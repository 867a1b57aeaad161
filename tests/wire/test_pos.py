"""
Models in the JSON of the POS contract: nothing is lost, nothing is guessed, faults have a place.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from posgo import Customer, InvoicePayment, Order, OrderLine, OrderStatus, Product, Record, ZReport
from posgo.exceptions import ModelError, WireFormatError
from posgo.models.feeds import Feed
from posgo.models.pos import (
    Count,
    Counters,
    Direction,
    GrandTotals,
    GroupRow,
    GroupVatRow,
    Movement,
    OperatorRow,
    Tender,
    TransactionTotals,
    VatRow,
)
from posgo.wire.json import dumps, loads
from posgo.wire.pos import (
    Change,
    change_json,
    creation_json,
    feed_json,
    read_change,
    read_creation,
    read_feed,
    read_record,
    read_z_reports,
    record_json,
    to_reference,
)
from posgo.wire.pos_values import read, to_json
from support.days import days
from support.pos_contract import pos_description
from support.things import customers, products, things

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "pos-contract.openapi.json"
SCHEMAS = json.loads(DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]

FULL_DAY = ZReport(
    company="999999999",
    cash_point="1",
    number="42",
    closed_at=datetime(2026, 3, 14, 22, 55, tzinfo=UTC),
    vat_rows=[
        VatRow(vat_code="3", percent="25", amount="100.00", vat="25.00", pos_code="A", description="Høy")
    ],
    groups=[GroupRow(group="04006", amount="125.00", number="2", pos_code="7", description="Mat")],
    tenders=[Tender(code="12001", amount="125.00", number=2, pos_code="K", description="Kontant")],
    tips="5.00",
    movements=[Movement(direction=Direction.OUT, type="drop", amount="50.00", number=1)],
    opening_float="1000.00",
    total="125.00",
    receipts=2,
    returns=Count(number=1, amount="10.00"),
    grand_totals=GrandTotals(sales="135.00", returns="10.00", net="125.00"),
    invoice_payments=[
        InvoicePayment(
            order="o",
            invoice_no=7,
            customer="c",
            amount="12.50",
            tender="12001",
            sales=[VatRow(percent="25", amount="10.00", vat="2.50")],
        )
    ],
    location="Grønland",
    credit_sales=Count(number=1, amount="99.00"),
    credit_memos=Count(number=0, amount="0.00"),
    counters=Counters(zero_openings=3, copies=Count(number=1), line_corrections=[("void", Count(number=2))]),
    operator_tenders=[OperatorRow(operator="1", code="12001", amount="125.00")],
    transactions=TransactionTotals(
        complete=False,
        cash_paid=1,
        lines=3,
        rounding="-0.25",
        group_vat=[GroupVatRow(group="04006", percent="25", amount="125.00")],
    ),
)


def through_json(value: Any) -> Any:
    """
    What arrives when a value is sent.
    """
    return loads(dumps(to_json(value)))


class TestRoundTrip:
    """
    Whatever is sent arrives as it was.
    """

    @given(things)
    def test_things(self, thing: Any) -> None:
        """
        Customers, products and orders lose nothing, and are as the document describes them.
        """
        body = through_json(thing)
        pos_description().check(SCHEMAS[type(thing).__name__], body, "what is written")

        assert thing == read(body, type(thing))

    @given(days())
    def test_z_reports(self, z: ZReport) -> None:
        """
        Z-reports lose nothing, and are as the document describes them.
        """
        body = through_json(z)
        pos_description().check(SCHEMAS["ZReport"], body, "what is written")

        assert z == read(body, ZReport)

    def test_z_report_with_everything(self) -> None:
        """
        Every row a till can report travels.
        """
        body = through_json(FULL_DAY)
        pos_description().check(SCHEMAS["ZReport"], body, "what is written")

        assert FULL_DAY == read(body, ZReport)

    @given(
        customers, st.none() | st.datetimes(timezones=st.just(UTC)), st.none() | st.text("abc:1", min_size=1)
    )
    def test_records(self, customer: Customer, changed_at: datetime | None, reference: str | None) -> None:
        """
        A record keeps its id, stamp and reference beside its value.
        """
        record = Record(id="7", value=customer, changed_at=changed_at, reference=reference)
        feed: Feed[Record[Customer]] = Feed(items=[record], cursor="a 1", more=True, from_start=True)

        assert record == read_record(loads(dumps(record_json(record))), Customer)
        assert feed == read_feed(loads(dumps(feed_json(feed, "records", record_json))), Customer)

    @given(products)
    def test_creations(self, product: Product) -> None:
        """
        A creation carries value and reference.
        """
        body = loads(dumps(creation_json(product, "go:1")))

        assert (product, "go:1") == read_creation(body, Product)

    def test_changes_tell_none_from_absent(self) -> None:
        """
        What is set to None is blanked; what is not named is not sent.
        """
        change = Change(
            changes={"note": None, "status": OrderStatus.CONFIRMED, "lines": (OrderLine(text="Gravering"),)},
            expected={"purchase_order": "4711"},
            reference="go:1",
        )
        body = loads(dumps(change_json(change, Order)))

        assert {"note", "status", "lines"} == body["changes"].keys()
        assert change == read_change(body, Order)
        assert Change(changes={}) == read_change({}, Order)


def fault(reader: Callable[[], object]) -> str | None:
    """
    Where reading stops; None if it does not.
    """
    try:
        reader()
    except WireFormatError as error:
        return error.path
    return None


class TestTolerance:
    """
    Either side may grow first.
    """

    def test_unknown_members_are_passed_over(self) -> None:
        """
        A member posgo does not know changes nothing, at any depth.
        """
        body = {"name": "Kaffe", "colour": "black", "price": None}
        change = {"changes": {"colour": "black", "name": "Te"}}

        assert Product(name="Kaffe") == read(body, Product)
        assert Change(changes={"name": "Te"}) == read_change(change, Product)

    def test_findings_are_not_for_the_pos(self) -> None:
        """
        What posgo found about a report is neither sent nor read.
        """
        body = {**through_json(FULL_DAY), "findings": [{"rule": "Z2"}]}

        assert "findings" not in through_json(FULL_DAY)
        assert FULL_DAY == read(body, ZReport)


RECORD: dict[str, Any] = {"id": "7", "value": {"name": "Ola"}}
FEED: dict[str, Any] = {"records": [RECORD], "cursor": "1", "more": False}
ORDER: dict[str, Any] = {"customer": "1", "lines": [{"text": "a"}]}


class TestHostileAnswers:
    """
    What a POS says is not believed before it is read.
    """

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ([], "$"),
            (None, "$"),
            ("feed", "$"),
            ({**FEED, "records": {}}, "$.records"),
            ({**FEED, "records": None}, "$.records"),
            ({**FEED, "cursor": None}, "$.cursor"),
            ({**FEED, "cursor": ""}, "$.cursor"),
            ({**FEED, "cursor": "a\nb"}, "$.cursor"),
            ({**FEED, "cursor": 7}, "$.cursor"),
            ({**FEED, "more": "yes"}, "$.more"),
            ({**FEED, "from_start": 1}, "$.from_start"),
            ({**FEED, "records": [7]}, "$.records[0]"),
            ({**FEED, "records": [RECORD, {"id": "8"}]}, "$.records[1].value"),
            ({**FEED, "records": [{**RECORD, "id": 7}]}, "$.records[0].id"),
            ({**FEED, "records": [{**RECORD, "id": "  "}]}, "$.records[0].id"),
            (
                {**FEED, "records": [{**RECORD, "changed_at": "2026-03-14T10:00:00"}]},
                "$.records[0].changed_at",
            ),
            (
                {**FEED, "records": [{**RECORD, "changed_at": "0001-01-01T00:00:00+14:00"}]},
                "$.records[0].changed_at",
            ),
            (
                {**FEED, "records": [{**RECORD, "changed_at": "2026-W11-6T10:00:00Z"}]},
                "$.records[0].changed_at",
            ),
            ({**FEED, "records": [{**RECORD, "reference": 7}]}, "$.records[0].reference"),
            ({**FEED, "records": [{**RECORD, "value": {}}]}, "$.records[0].value"),
            ({**FEED, "records": [{**RECORD, "value": {"name": 7}}]}, "$.records[0].value.name"),
            (
                {**FEED, "records": [{**RECORD, "value": {"name": "Kari \ud800 Nordmann"}}]},
                "$.records[0].value.name",
            ),
            (
                {**FEED, "records": [{**RECORD, "value": {"name": "x", "number": "7"}}]},
                "$.records[0].value.number",
            ),
            (
                {**FEED, "records": [{**RECORD, "value": {"name": "x", "is_person": 1}}]},
                "$.records[0].value.is_person",
            ),
            (
                {**FEED, "records": [{**RECORD, "value": {"name": "x", "address": "x"}}]},
                "$.records[0].value.address",
            ),
            (
                {
                    **FEED,
                    "records": [
                        {**RECORD, "value": {"name": "x", "address": {"line1": "x", "country": "Norge"}}}
                    ],
                },
                "$.records[0].value.address.country",
            ),
            (
                {
                    **FEED,
                    "records": [{**RECORD, "value": {"name": "x", "organization_number": "01017012345"}}],
                },
                "$.records[0].value.organization_number",
            ),
        ],
    )
    def test_feeds_have_a_place_for_every_fault(self, body: Any, path: str) -> None:
        """
        One error names the path, and never repeats a value.
        """
        with pytest.raises(WireFormatError) as raised:
            read_feed(body, Customer)

        assert path == raised.value.path
        assert not [one for one in ("Norge", "01017012345", "Nordmann") if one in raised.value.problem]

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({}, "$.customer"),
            ({**ORDER, "status": "sent"}, "$.status"),
            ({**ORDER, "status": ["draft"]}, "$.status"),
            ({**ORDER, "ordered_on": "14.03.2026"}, "$.ordered_on"),
            ({**ORDER, "ordered_on": "2026-02-30"}, "$.ordered_on"),
            ({**ORDER, "lines": "a"}, "$.lines"),
            ({**ORDER, "lines": [{"text": "a"}, {}]}, "$.lines[1]"),
            ({**ORDER, "lines": [{"text": "a", "quantity": 1.5}]}, "$.lines[0].quantity"),
            ({**ORDER, "lines": [{"text": "a", "quantity": "1e9"}]}, "$.lines[0].quantity"),
            ({**ORDER, "lines": [{"text": "a", "quantity": "NaN"}]}, "$.lines[0].quantity"),
            ({**ORDER, "lines": [{"text": "a", "quantity": "٣"}]}, "$.lines[0].quantity"),
            ({**ORDER, "lines": [{"text": "a", "unit_price": "1.005"}]}, "$.lines[0].unit_price"),
            ({**ORDER, "lines": [{"text": "a", "discount_percent": "101"}]}, "$.lines[0].discount_percent"),
            ({**ORDER, "lines": [{"text": "a", "reference": "1"}, {"text": "b", "reference": "1"}]}, "$"),
        ],
    )
    def test_orders_have_a_place_for_every_fault(self, body: Any, path: str) -> None:
        """
        Floats, exponents, foreign digits and more than øre are refused where they stand.
        """
        with pytest.raises(WireFormatError) as raised:
            read(body, Order)

        assert path == raised.value.path

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"tenders": [{"code": "12001", "amount": 12.5}]}, "$.z_reports[0].tenders[0].amount"),
            (
                {"movements": [{"direction": "up", "type": "x", "amount": "1"}]},
                "$.z_reports[0].movements[0].direction",
            ),
            ({"counters": {"line_corrections": [["void"]]}}, "$.z_reports[0].counters.line_corrections[0]"),
            (
                {"counters": {"line_corrections": [["void", 7]]}},
                "$.z_reports[0].counters.line_corrections[0][1]",
            ),
            ({"closed_at": "2026-03-14"}, "$.z_reports[0].closed_at"),
            ({"closed_at": "0200-03-14T10:00:00Z"}, "$.z_reports[0].closed_at"),
            ({"company": None}, "$.z_reports[0].company"),
        ],
    )
    def test_z_reports_have_a_place_for_every_fault(self, change: dict[str, Any], path: str) -> None:
        """
        What reaches the books is read strictly.
        """
        body = {"z_reports": [{**through_json(FULL_DAY), **change}], "cursor": "1", "more": False}

        with pytest.raises(WireFormatError) as raised:
            read_z_reports(body)

        assert path == raised.value.path

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(["id", "value", "records", "cursor", "more", "name", "lines"]), inner
                )
            ),
        )
    )
    def test_nothing_else_is_raised(self, body: Any) -> None:
        """
        Whatever JSON says, it is read or it is a WireFormatError.
        """
        readers: list[Callable[[], object]] = [
            lambda: read_feed(body, Order),
            lambda: read_record(body, Customer),
            lambda: read_z_reports(body),
            lambda: read_creation(body, Product),
            lambda: read_change(body, Customer),
        ]
        paths = [fault(reader) for reader in readers]

        assert [] == [path for path in paths if path is not None and not path.startswith("$")]

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"value": {"name": "x"}}, "$.reference"),
            ({"reference": "", "value": {"name": "x"}}, "$.reference"),
            ({"reference": "a b", "value": {"name": "x"}}, "$.reference"),
            ({"reference": "go:1"}, "$.value"),
            ([], "$"),
        ],
    )
    def test_creations_are_read_strictly(self, body: Any, path: str) -> None:
        """
        Without its reference a creation could be made twice.
        """
        with pytest.raises(WireFormatError) as raised:
            read_creation(body, Product)

        assert path == raised.value.path

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"changes": []}, "$.changes"),
            ({"changes": {"name": None}}, "$.changes.name"),
            ({"changes": {"gtins": "7038"}}, "$.changes.gtins"),
            ({"expected": {"price": "1.005"}}, "$.expected.price"),
            ({"reference": 7}, "$.reference"),
        ],
    )
    def test_changes_are_read_strictly(self, body: Any, path: str) -> None:
        """
        A change that cannot be meant is refused.
        """
        with pytest.raises(WireFormatError) as raised:
            read_change(body, Product)

        assert path == raised.value.path


class TestWriting:
    """
    Nonsense never leaves.
    """

    @pytest.mark.parametrize(
        "changes",
        [{"colour": "black"}, {"price": 39.9}, {"price": "1.005"}, {"gtins": "7038"}, {"name": 1.5}],
    )
    def test_changes_are_checked_before_they_are_sent(self, changes: dict[str, Any]) -> None:
        """
        An unknown field, a float, more than øre and a single text for several are the caller's error.
        """
        with pytest.raises(ModelError):
            change_json(Change(changes=changes), Product)

    def test_amounts_are_written_to_the_ore(self) -> None:
        """
        One amount has one spelling, whatever it was given as.
        """
        body = change_json(Change(changes={"price": Decimal("39.900"), "cost": 12}), Product)

        assert {"changes": {"price": "39.90", "cost": "12.00"}} == body

    @pytest.mark.parametrize("text", ["", " ", "go 1", "gø:1", "x" * 101, 7, None])
    def test_references_are_plain(self, text: Any) -> None:
        """
        A reference stands in addresses, files and other people's databases.
        """
        with pytest.raises(ModelError):
            to_reference(text)


MODELS = [Customer, Product, Order, OrderLine, ZReport, VatRow, GroupRow, Tender, Movement, GrandTotals]
MODELS += [OperatorRow, Counters, GroupVatRow, TransactionTotals, InvoicePayment, Count]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_document_has_every_field(model: type) -> None:
    """
    The description names the fields the models have, and requires those without a default.
    """
    fields = {field.name: field for field in attrs.fields(model)}
    fields.pop("findings", None)
    required = {name for name, field in fields.items() if field.default is attrs.NOTHING}
    described = SCHEMAS[model.__name__]

    assert fields.keys() == described["properties"].keys()
    assert required == set(described.get("required", ()))
