"""
Any shop day, in any till's manner of writing, reads as it was sold.
"""

import contextlib
import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import xmlschema
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from posgo import saft
from posgo.exceptions import FileFormatError
from posgo.models.pos import TransactionTotals, ZReport
from support import saft_demo
from support.saft_builder import BASICS, CASH, VAT_CODES, Day, Line, Receipt, Register, Shop, Style, build

DEMO = saft_demo.FILE.read_bytes()
OPENING = datetime(2026, 3, 14, 8)  # noqa: DTZ001 - tills write local time
ZERO = Decimal("0.00")
GROUPS = sorted(own for own, (kind, _, _) in BASICS.items() if kind == "04")

amounts = st.integers(1, 500_000).map(lambda ore: Decimal(ore).scaleb(-2))
lines = st.builds(Line, amounts, st.sampled_from(GROUPS), st.sampled_from(sorted(VAT_CODES)))
baskets = st.lists(lines, min_size=1, max_size=4).map(tuple)


def _taken_back(basket: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(attrs.evolve(line, amount=-line.amount) for line in basket)


@st.composite
def receipts(draw: st.DrawFn) -> dict[str, Any]:
    """
    One transaction, without its time.
    """
    kind = draw(st.sampled_from(["sale", "sale", "sale", "return", "exchange", "credit", "training", "void"]))
    sold = draw(baskets)
    if kind == "return":
        sold = _taken_back(sold)
    elif kind == "exchange":
        sold = (*sold, *_taken_back(draw(baskets)))
    facts: dict[str, Any] = {"lines": sold, "tender": draw(st.sampled_from([CASH, "KORT", "VIPPS"]))}
    if kind == "sale":
        facts["tips"] = draw(st.just(ZERO) | amounts)
    elif kind == "credit":
        facts |= {"type": "KREDITT", "paid": ()}
    elif kind in {"training", "void"}:
        facts[kind] = True
    return facts


@st.composite
def registers(draw: st.DrawFn, name: str) -> Register:
    """
    Some days of one till, which all ended after midnight.
    """
    days = []
    for number, made in enumerate(draw(st.lists(st.lists(receipts(), max_size=5), min_size=1, max_size=3))):
        start = OPENING + timedelta(days=number)
        sold = tuple(Receipt(at=start + timedelta(minutes=n), **facts) for n, facts in enumerate(made))
        days.append(Day(number=str(41 + number), closed_at=start + timedelta(hours=17), receipts=sold))
    return Register(id=name, days=tuple(days))


shops = st.builds(
    lambda one, two: Shop(locations=(("Storgata", (one,)), ("Havna", (two,)))), registers("1"), registers("2")
)
styles = st.builds(
    Style,
    prefix=st.sampled_from(["", "n1"]),
    bom=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
    indent=st.sampled_from(["", "\t"]),
    magnitudes=st.booleans(),
    vat_flags=st.booleans(),
)


def read(shop: Shop, style: Style) -> saft.AuditFile:
    return saft.read(io.BytesIO(build(shop, style)))


def days_of(shop: Shop) -> list[tuple[Register, Day]]:
    return [(register, day) for _, rows in shop.locations for register in rows for day in register.days]


def expect_day(z: ZReport, day: Day) -> None:
    """
    Hold a report to the plain sums of its day.
    """
    counted = [receipt for receipt in day.receipts if receipt.counted]
    assert sum((receipt.amount for receipt in counted), ZERO) == z.total
    assert sum((receipt.amount for receipt in counted), ZERO) == sum(
        (row.amount + row.vat for row in z.vat_rows), ZERO
    )
    assert sum((receipt.tips for receipt in counted), ZERO) == z.tips
    paid = sum((amount for receipt in counted for _, amount in receipt.payments), ZERO)
    assert paid == sum((tender.amount for tender in z.tenders), ZERO)
    sold = [line for receipt in counted for line in receipt.lines]
    assert isinstance(z.transactions, TransactionTotals)
    assert len(sold) == z.transactions.lines
    by_cash = [receipt for receipt in counted if any(t == CASH and a for t, a in receipt.payments)]
    assert len(by_cash) == z.transactions.cash_paid
    assert sum((receipt.rounding for receipt in counted), ZERO) == (z.transactions.rounding or ZERO)
    split = {(row.pos_code, row.percent): row.amount for row in z.transactions.group_vat}
    for group, own in {(line.group, line.vat) for line in sold}:
        expected = sum((line.amount for line in sold if (line.group, line.vat) == (group, own)), ZERO)
        assert expected == split.pop((group, VAT_CODES[own][1]), ZERO)
    assert {} == split


def _has_one_sign(receipt: Receipt) -> bool:
    """
    Whether magnitudes can tell the receipt: one flag serves its gross and its net.

    An exchange that comes to almost nothing may have a gross of 0.01 and a
    net of -0.01, because VAT is rounded per line. The format has no second flag.
    """
    gross, net = receipt.amount, receipt.net
    rows = [(vat or gross, base) for base, vat in receipt.vat_rows().values()]
    return all(not unflagged or flag * unflagged > 0 for flag, unflagged in ((gross, net), *rows))


class TestAnyDay:
    """
    The reader against days nobody thought of.
    """

    @settings(max_examples=60)
    @given(shop=shops, style=styles)
    def test_reads_what_was_sold(self, shop: Shop, style: Style) -> None:
        """
        Every Z-report holds its day's plain sums, without a finding, in every style.
        """
        file = read(shop, style)

        assert () == file.findings
        expected = days_of(shop)
        assert [(register.id, day.number) for register, day in expected] == [
            (z.cash_point, z.number) for z in file.z_reports
        ]
        counted = {
            register.id for register, day in expected if any(not (r.training or r.void) for r in day.receipts)
        }
        for z, (register, day) in zip(file.z_reports, expected, strict=True):
            assert () == z.findings
            if register.id in counted:
                expect_day(z, day)
            else:
                assert z.transactions is None

    @settings(max_examples=40)
    @given(shop=shops)
    def test_both_sign_conventions_read_alike(self, shop: Shop) -> None:
        """
        A till that writes magnitudes and one that writes signs tell the same day.
        """
        assume(all(_has_one_sign(receipt) for _, day in days_of(shop) for receipt in day.receipts))
        signed, magnitudes = read(shop, Style()), read(shop, Style(magnitudes=True))

        assert signed == magnitudes
        # What was signed differs between them by definition.
        assert [attrs.evolve(one, signed_text="") for one in signed.transactions()] == [
            attrs.evolve(one, signed_text="") for one in magnitudes.transactions()
        ]

    @settings(max_examples=25)
    @given(shop=shops)
    def test_vat_per_line_or_per_transaction(self, shop: Shop) -> None:
        """
        Where a till tells VAT changes nothing about the day.
        """
        both = read(shop, Style())

        assert both == read(shop, Style(own_vat=False))

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(shop=shops, style=styles)
    def test_builder_writes_valid_files(self, schema: xmlschema.XMLSchema, shop: Shop, style: Style) -> None:
        """
        The tests' own files obey the official schema.
        """
        schema.validate(io.BytesIO(build(shop, style)))

    @settings(max_examples=30)
    @given(shop=shops, first=st.booleans())
    def test_without_transactions(self, shop: Shop, first: bool) -> None:  # noqa: FBT001
        """
        A file of Z-reports alone is compared with nothing, and its reports are the same.
        """
        with_them, without = read(shop, Style()), read(shop, Style(transactions=False))

        assert [attrs.evolve(z, transactions=None) for z in with_them.z_reports] == list(without.z_reports)


def mutations(draw: st.DrawFn) -> bytes:
    data = bytearray(DEMO)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(DEMO) - 1)) % max(len(data), 1)
        match draw(st.sampled_from(["replace", "insert", "cut", "end"])):
            case "replace":
                data[place : place + 1] = bytes([draw(st.integers(0, 255))])
            case "insert":
                data[place:place] = draw(
                    st.sampled_from([b"<", b">", b"&", b"-", b",", b"9", b"9" * 50, b"\0", b"e5"])
                )
            case "cut":
                del data[place : place + draw(st.integers(1, 2000))]
            case "end":
                del data[place:]
    return bytes(data)


numbers = ["", " ", "-", ".", "NaN", "Infinity", "1e5", "1,50", "0.001", "٣", "1_0", "-1", "9" * 40, "0x1"]
moments = [
    "24:00:00",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01Z",
    "9999-12-31-14:00",
    "00:00:00+14:00",
]
texts = st.sampled_from([*numbers, *moments, "true", "C", "D", "X", "Z report", "12001"])


class TestAnyBytes:
    """
    Damage is told as damage, never as a traceback of something inside.
    """

    @settings(max_examples=150)
    @given(data=st.composite(mutations)())
    def test_mutated(self, data: bytes) -> None:
        """
        A damaged file is refused with our error, or read; nothing else comes out.
        """
        self._read_or_refuse(data)

    @settings(max_examples=150)
    @given(place=st.integers(0, 10_000), text=texts)
    def test_absurd_values(self, place: int, text: str) -> None:
        """
        Any element's text may become anything.
        """
        parts = DEMO.decode().split("</")
        number = place % (len(parts) - 1)
        head, _, _ = parts[number].rpartition(">")
        parts[number] = f"{head}>{text}"

        self._read_or_refuse("</".join(parts).encode())

    def _read_or_refuse(self, data: bytes) -> None:
        with contextlib.suppress(FileFormatError):
            # What a settlement does not need is read, and refused, only here.
            list(saft.read(io.BytesIO(data)).transactions())
