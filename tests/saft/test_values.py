"""
Texts as values: what is accepted, and what one clear error says about the rest.
"""

import io
from datetime import datetime
from decimal import Decimal, localcontext

import pytest
from dateutil import tz
from hypothesis import given, strategies as st

from posgo import saft
from posgo.exceptions import MalformedFileError
from posgo.saft import _fields
from support import saft_demo

DEMO = saft_demo.FILE.read_text(encoding="utf-8")
OSLO = tz.gettz("Europe/Oslo")


def read(text: str) -> saft.AuditFile:
    return saft.read(io.BytesIO(text.encode()))


def replaced(old: str, new: str) -> str:
    assert old in DEMO
    return DEMO.replace(old, new, 1)


class TestAmounts:
    """
    ``Amount2decimals``, by value.
    """

    @pytest.mark.parametrize(
        ("text", "ore"),
        [
            ("514.20", 51420),
            (" +514.20\n", 51420),
            ("-0.400", -40),
            ("5", 500),
            (".5", 50),
            ("5.", 500),
            ("-.05", -5),
            ("0000000000000000000000001", 100),
            ("999999999999999999.99", 99999999999999999999),
            ("-0", 0),
        ],
    )
    def test_accepted(self, text: str, ore: int) -> None:
        """
        Blanks, a plus sign and zeros beyond the øre change no value.
        """
        assert ore == _fields.amount("a", text)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("1234,50", "decimal comma"),
            ("1.234,50", "decimal comma"),
            ("0.401", "more than 2 decimals"),
            ("1e5", "a number such as 1234.50"),
            ("NaN", "a number such as 1234.50"),
            ("INF", "a number such as 1234.50"),
            ("1_000", "a number such as 1234.50"),
            ("١٢", "a number such as 1234.50"),
            ("1 000.00", "a number such as 1234.50"),
            ("--1", "a number such as 1234.50"),
            (".", "a number such as 1234.50"),
            ("1000000000000000000", "more than 18 digits"),
        ],
    )
    def test_refused_with_place_and_remedy(self, text: str, words: str) -> None:
        """
        The error names file, line, element, register, the text and the remedy.
        """
        total = "<totalCashSaleAmnt>2301.30</totalCashSaleAmnt>"
        data = replaced(total, f"<totalCashSaleAmnt>{text}</totalCashSaleAmnt>")
        line = 1 + DEMO[: DEMO.index(total)].count("\n")

        with pytest.raises(MalformedFileError) as caught:
            read(data)

        assert f"the file, line {line}" == caught.value.where
        assert f"totalCashSaleAmnt (register NORDLYS-1) is '{text}': " in caught.value.problem
        assert words in caught.value.problem
        assert caught.value.problem.endswith("Have the till's vendor correct the export.")

    @given(st.integers(-(10**20) + 1, 10**20 - 1))
    def test_there_and_back(self, ore: int) -> None:
        """
        Every amount the schema allows is read exactly, whatever the caller's decimal context.
        """
        text = f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02}"
        with localcontext(prec=3):
            read_back = _fields.amount("a", text)

        assert ore == read_back
        assert Decimal(text) == _fields.nok(ore)

    def test_memory_of_conversions_is_bounded(self) -> None:
        """
        A file of ever new texts does not make the reader remember them all.
        """
        memo = _fields.Memo(len, limit=3)

        assert [1, 2, 3, 4, 5] == [memo["x" * n] for n in range(1, 6)]
        assert 2 == len(memo)

    def test_absurd_texts_are_not_remembered(self) -> None:
        """
        A number in a megabyte of blanks is read, and forgotten.
        """
        memo = _fields.Memo(len)

        assert [40, 41] == [memo["x" * 40], memo["x" * 41]]
        assert ["x" * 40] == list(memo)


class TestWhere:
    """
    The line of a value, looked up when it is needed.
    """

    def test_file_that_breaks_off_later(self) -> None:
        """
        The first trouble is told, even if the rest of the file is no better.
        """
        with pytest.raises(MalformedFileError) as caught:
            read(replaced("<nr>5121</nr>", "")[:-100])

        assert "the file" == caught.value.where
        assert "nr (register NORDLYS-1) is missing" in caught.value.problem

    def test_equal_text_elsewhere(self) -> None:
        """
        The same text under another name is not mistaken for it.
        """
        data = replaced("<fiscalYear>2026<", "<fiscalYear>1,50<").replace(
            "<reportOpeningChangeFloat>1000.00<", "<reportOpeningChangeFloat>1,50<"
        )
        with pytest.raises(MalformedFileError) as caught:
            read(data)

        line = 1 + data[: data.index("<reportOpeningChangeFloat>")].count("\n")
        assert f"the file, line {line}" == caught.value.where


class TestOtherValues:
    """
    Rates, numbers, flags and moments.
    """

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("<vatPerc>25.00<", "<vatPerc>-25<", "from 0 to 100"),
            ("<vatPerc>25.00<", "<vatPerc>100.001<", "from 0 to 100"),
            ("<vatPerc>25.00<", "<vatPerc>11.1111<", "more than 3 decimals"),
            ("<paymentNum>3<", "<paymentNum>-3<", "whole number"),
            ("<reportReceiptNum>11<", "<reportReceiptNum>11.0<", "whole number"),
            ("<amntTp>C<", "<amntTp>K<", "C (increase) or D (decrease)"),
            ("<amntTp>C</amntTp>", "", "amntTp (register NORDLYS-1) is missing"),
            (
                "<keyVersion>1</keyVersion>",
                "<keyVersion>1</keyVersion><voidTransaction>ja</voidTransaction>",
                "true or",
            ),
            ("<reportDate>2026-03-15<", "<reportDate>15.03.2026<", "a date such as"),
            ("<reportDate>2026-03-15<", "<reportDate>2026-02-30<", "a date such as"),
            ("<reportTime>00:40:00<", "<reportTime>0:40<", "a time such as"),
            ("<reportTime>00:40:00<", "<reportTime>24:00:01<", "a time such as"),
            ("<transDate>2026-03-14<", "<transDate>2026-03-14+25:00<", "no such moment"),
            ("<transDate>2026-03-14<", "<transDate>20260314__<", "a date such as"),
            ("<transTime>08:12:00<", "<transTime>08:12:60<", "a time such as"),
            (
                "<reportDate>2026-03-15</reportDate>",
                "<reportDate>0001-01-01+14:00</reportDate>",
                "no such moment",
            ),
            ("<dateOfEntry>2020-01-01<", "<dateOfEntry>2020<", "a date such as"),
            ("<startDate>2026-03-15<", "<startDate/><!--<", "is empty"),
            ("<companyIdent>999999999<", "<companyIdent>99999999<", "nine digits"),
            ("<reportID>73<", "<reportID> <", "mandatory"),
            ("<nr>5121</nr>", "", "nr (register NORDLYS-1) is missing"),
            ("<curCode>NOK</curCode>", "", "curCode is missing"),
            ("<registerID>NORDLYS-1</registerID>", "", "registerID is missing"),
            ("<companyIdent>999999999</companyIdent>", "", "companyIdent (register NORDLYS-1) is missing"),
        ],
    )
    def test_refused(self, old: str, new: str, words: str) -> None:
        """
        One sentence that names the element.
        """
        text = replaced(old, new).replace("<!--</startDate>", "")

        with pytest.raises(MalformedFileError) as caught:
            read(text)

        assert words in str(caught.value)

    @pytest.mark.parametrize(
        ("day", "clock", "expected"),
        [
            ("2026-03-15", "00:40:00", (15, 0, 40, 0, 0)),
            ("2026-03-14", "24:00:00", (15, 0, 0, 0, 0)),
            ("2026-03-14", "24:00:00.000", (15, 0, 0, 0, 0)),
            ("2026-03-14", "23:59:59.9999999", (14, 23, 59, 59, 999999)),
            ("2026-03-14Z", "23:30:00", (15, 0, 30, 0, 0)),
            ("2026-03-14", "23:30:00Z", (15, 0, 30, 0, 0)),
            ("2026-03-15+01:00", "00:40:00+01:00", (15, 0, 40, 0, 0)),
            (" 2026-03-14 ", "22:10:00-02:30", (15, 1, 40, 0, 0)),
        ],
    )
    def test_moments(self, day: str, clock: str, expected: tuple[int, ...]) -> None:
        """
        Zones, fractions and 24:00:00 are legal; without a zone it is Norwegian time.
        """
        data = replaced("<reportDate>2026-03-15<", f"<reportDate>{day}<").replace(
            "<reportTime>00:40:00<", f"<reportTime>{clock}<"
        )
        (z,) = read(data).z_reports

        date, hour, minute, second, microsecond = expected
        assert datetime(2026, 3, date, hour, minute, second, microsecond, tzinfo=OSLO) == z.closed_at

    @pytest.mark.parametrize(
        ("text", "counts"), [("true", False), (" 1 ", False), ("false", True), ("0", True)]
    )
    def test_flags(self, text: str, counts: bool) -> None:  # noqa: FBT001
        """
        Booleans in both spellings.
        """
        data = replaced(
            "<keyVersion>1</keyVersion>", f"<keyVersion>1</keyVersion><trainingID>{text}</trainingID>"
        )

        assert counts == next(iter(read(data).transactions())).counts

    def test_transaction_with_a_zone_finds_its_period(self) -> None:
        """
        A transaction in another notation than its report still belongs to it.
        """
        data = replaced("<transTime>00:10:00<", "<transTime>00:10:00.25+01:00<")
        file = read(data)

        assert ((), ()) == (file.findings, file.z_reports[0].findings)
        last = list(file.transactions())[-1]
        assert datetime(2026, 3, 15, 0, 10, 0, 250000, tzinfo=OSLO) == last.at

    def test_bad_value_only_transactions_need(self) -> None:
        """
        What a settlement does not need is refused where it is asked for.
        """
        file = read(replaced("<qnt>1.00<", "<qnt>en<"))

        with pytest.raises(MalformedFileError, match="qnt"):
            list(file.transactions())
