"""
JSON as bytes: strict on the way in, exact on the way out.
"""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from posgo.exceptions import ModelError, WireFormatError
from posgo.wire.json import dumps, loads, to_number

amounts = st.integers(-(10**15) + 1, 10**15 - 1).map(lambda ore: Decimal(ore).scaleb(-2))
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(amounts)
def test_every_amount_of_fifteen_digits_is_exact(amount: Decimal) -> None:
    """
    The one float on the way out prints every whole-øre amount of up to 15 digits exactly.
    """
    sent = dumps({"CurrencyAmount": amount}).decode()

    assert amount == Decimal(sent.removeprefix('{"CurrencyAmount":').removesuffix("}"))
    assert amount == loads(sent.encode())["CurrencyAmount"]


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_what_a_double_cannot_carry_is_refused(value: Decimal) -> None:
    """
    Either exact or refused; never rounded in silence.
    """
    try:
        number = to_number(value)
    except ModelError:
        return

    assert Decimal(repr(number)) == value


@given(documents)
def test_round_trip(document: Any) -> None:
    """
    What is written is read.
    """
    assert document == loads(dumps(document))


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}])
def test_floats_do_not_leave(value: Any) -> None:
    """
    A float in a body is a fault, wherever it sits.
    """
    with pytest.raises(ModelError, match="float"):
        dumps(value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        b'{"a": 1',
        b"[1, 2",
        b'{"a": NaN}',
        b"[Infinity]",
        b"-Infinity",
        b'{"a": 1, "a": 2}',
        b"\xff\xfe[\x00]\x00",
        b"\xe6",
        '{"a": "æ"}'.encode("latin-1"),
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 10_000,
        b"{} {}",
        b"{'a': 1}",
        b"\x00",
        b"<html>",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_document_is_refused(content: bytes) -> None:
    """
    Truncated, doubled, misencoded, endless, infinite: one error, with a path.
    """
    with pytest.raises(WireFormatError) as raised:
        loads(content)

    assert raised.value.path.startswith("$")


def test_numbers_are_decimals() -> None:
    """
    A fraction never passes through a float; a byte-order mark is nothing.
    """
    assert {"a": Decimal("0.1"), "b": 1, "c": Decimal("1E+2")} == loads(
        b'\xef\xbb\xbf{"a": 0.1, "b": 1, "c": 1e2}'
    )


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """
    Nothing but a document or a WireFormatError comes of any bytes.
    """
    try:
        loads(content)
    except WireFormatError:
        return

    json.loads(content)
