"""
Account maps from TOML: read as written, or refused with every problem at once.
"""

import pickle
import tomllib
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from posgo.bookkeeping import AccountMap
from posgo.bookkeeping.accounts import (
    VAT_RATES,
    CashPointSettings,
    InvoiceCase,
    InvoiceRules,
    MappedAccount,
    MovementRule,
    OtherAccounts,
    PayoutAccounts,
    PosProperties,
    SalesAccount,
    VatRows,
)
from posgo.exceptions import ConfigurationError
from support.days import CONTRACT_TOML

LEAST = '[sales]\n"3" = 3000\n[tenders]\n"12001" = 1900\n[pos]\nvat_rows = "net"\n'


def sales(account: int, vat_code: str) -> SalesAccount:
    return SalesAccount(account=account, vat_code=vat_code)


class TestReading:
    """
    What the documented map means.
    """

    def test_documented_example(self) -> None:
        """
        Every key of the example, by value.
        """
        assert AccountMap.from_toml(CONTRACT_TOML) == AccountMap(
            sales={
                "3": sales(3000, "3"),
                "31": sales(3030, "31"),
                "33": sales(3050, "33"),
                "0%": sales(3100, "5"),
            },
            sales_by_group={"04007": {"3": sales(3001, "3")}},
            tenders={"12001": 1900, "12002": 1910, "12011": 1912},
            other=OtherAccounts(
                cash_rounding=7740,
                cash_difference=1909,
                tips=2990,
                gift_cards=2901,
                credit_notes=2902,
                cash_in_transit=1925,
            ),
            movements={
                "gift card": MovementRule(to="gift_cards", in_payments=True),
                "drop": MovementRule(to="cash_in_transit", in_payments=False),
            },
            pos=PosProperties(
                vat_rows=VatRows.NET,
                tips_in_payments=True,
                movements_in_payments=False,
                invoiced_sales_in_z=True,
                business_day_ends=time(5),
                settle_from=date(2026, 1, 1),
            ),
            cash_points={"*": CashPointSettings(department="10")},
        )

    def test_least(self) -> None:
        """
        Sales, tenders and vat_rows are enough; the rest has its documented default.
        """
        assert AccountMap.from_toml(LEAST) == AccountMap(
            sales={"3": sales(3000, "3")}, tenders={"12001": 1900}, pos=PosProperties(vat_rows="net")
        )

    def test_everything_an_account_map_may_post_to(self) -> None:
        """
        The accounts and departments to look up beforehand are complete.
        """
        accounts = AccountMap.from_toml(
            CONTRACT_TOML.replace('to = "cash_in_transit"', "to = 1926")
            + '[cash_points."2"]\ndepartment = 20\n[cash_points."3"]\n'
        )

        assert accounts.account_numbers() == {
            *(3000, 3030, 3050, 3100, 3001, 1900, 1910, 1912),
            *(7740, 1909, 2990, 2901, 2902, 1925, 1926),
            1500,
        }
        assert accounts.department_codes() == {"10", "20"}

    def test_invoices(self) -> None:
        """
        Every case of an invoice payment has its policy, and nothing is foreseen unless the map says so.
        """
        written = AccountMap.from_toml(
            LEAST + '[invoices]\naccount = 1510\npartial = "bank_journal"\noverpaid = "on_account"\n'
            'not_open = "on_account"\nrefunds = "on_account"\nno_reference = "block"\n'
        )

        assert written.invoices == InvoiceRules(
            account=1510,
            partial=InvoiceCase.BANK_JOURNAL,
            overpaid=InvoiceCase.ON_ACCOUNT,
            not_open=InvoiceCase.ON_ACCOUNT,
            refunds=InvoiceCase.ON_ACCOUNT,
            no_reference=InvoiceCase.BLOCK,
        )
        assert MappedAccount(place="[invoices] account", account=1510, subledger=True) in [*written.mapped()]
        least = AccountMap.from_toml(LEAST)
        assert (least.takes_invoices, least.invoice_rules) == (False, InvoiceRules())
        assert AccountMap.from_toml(LEAST + "[invoices]\n").invoices == InvoiceRules()
        assert AccountMap.from_toml(LEAST + '[movements]\n"invoice" = { to = "invoices" }\n').takes_invoices

    def test_payouts(self) -> None:
        """
        Each provider has its accounts; all of them are looked up beforehand.
        """
        written = AccountMap.from_toml(
            LEAST + '[payouts."Vipps"]\nclearing = 1912\nbank = 1920\nfees = 7770\nfee_vat_code = 1\n'
            "[payouts.Terminal]\nclearing = 1910\nbank = 1920\n"
        )

        assert written.payouts == {
            "Vipps": PayoutAccounts(clearing=1912, bank=1920, fees=7770, fee_vat_code="1"),
            "Terminal": PayoutAccounts(clearing=1910, bank=1920),
        }
        assert {1912, 1910, 1920, 7770} <= written.account_numbers()

    def test_survives_pickling(self) -> None:
        """
        Job queues may ship an account map.
        """
        accounts = AccountMap.from_toml(CONTRACT_TOML)

        assert pickle.loads(pickle.dumps(accounts)) == accounts  # noqa: S301 - our own bytes

    @pytest.mark.parametrize(
        ("written", "key", "target"),
        [
            ('"25.0%" = { vat_code = "3", account = 3000 }', "25%", sales(3000, "3")),
            ('"25 %" = { vat_code = 3, account = 3000 }', "25%", sales(3000, "3")),
            ('"11.110%" = { vat_code = "32", account = 3000 }', "11.11%", sales(3000, "32")),
            ('"0.00%" = { vat_code = "5", account = 3000 }', "0%", sales(3000, "5")),
            ('" 3 " = 3000', "3", sales(3000, "3")),
            ("3 = { account = 3000 }", "3", sales(3000, "3")),
            ('"3" = { vat_code = "C3", account = 3000 }', "3", sales(3000, "C3")),
        ],
    )
    def test_sales_keys(self, written: str, key: str, target: SalesAccount) -> None:
        """
        Rates are one key however they are written; blanks around a code do not count.
        """
        accounts = AccountMap.from_toml(LEAST.replace('"3" = 3000', written))

        assert accounts.sales == {key: target}

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ('business_day_ends = "05:30"', {"business_day_ends": time(5, 30)}),
            ("business_day_ends = 05:30:00", {"business_day_ends": time(5, 30)}),
            ('business_day_ends = "00:00"', {"business_day_ends": time(0)}),
            ('settle_from = "2026-01-31"', {"settle_from": date(2026, 1, 31)}),
            ("settle_from = 2026-01-31", {"settle_from": date(2026, 1, 31)}),
            ("tips_in_payments = false", {"tips_in_payments": False}),
            ("movements_in_payments = true", {"movements_in_payments": True}),
            ("invoiced_sales_in_z = false", {"invoiced_sales_in_z": False}),
        ],
    )
    def test_pos(self, written: str, expected: dict[str, Any]) -> None:
        """
        Times and dates may be TOML's own or text.
        """
        assert AccountMap.from_toml(LEAST + written).pos == PosProperties(vat_rows="net", **expected)

    def test_vat_rates_replace_and_add(self) -> None:
        """
        A list replaces what a standard code may stand for; other codes keep theirs.
        """
        accounts = AccountMap.from_toml(LEAST + '[vat_rates]\n"33" = [12, 6.0]\n"C1" = 11.11\n')

        assert accounts.vat_rates == VAT_RATES | {
            "33": (Decimal(12), Decimal(6)),
            "C1": (Decimal("11.11"),),
        }


class TestCashPoints:
    """
    Settings per till, and tills with two names.
    """

    ACCOUNTS = AccountMap.from_toml(
        LEAST
        + """
[cash_points."*"]
department = "10"
[cash_points."1"]
department = "20"
[cash_points."POS-1"]
alias_of = "1"
[cash_points."POS-9"]
alias_of = "9"
[cash_points."POS-8"]
alias_of = "8"
department = "80"
[cash_points."none"]
"""
    )

    @pytest.mark.parametrize(
        ("till", "name", "department"),
        [
            ("1", "1", "20"),
            ("POS-1", "1", "20"),
            ("9", "9", "10"),
            ("POS-9", "9", "10"),
            ("POS-8", "8", "80"),
            ("none", "none", None),
            ("anything", "anything", "10"),
        ],
    )
    def test_settings(self, till: str, name: str, department: str | None) -> None:
        """
        A till under its other name has the same name and department, or its voucher would differ by source.
        """
        assert (self.ACCOUNTS.canonical(till), self.ACCOUNTS.cash_point(till).department) == (
            name,
            department,
        )

    def test_no_settings(self) -> None:
        """
        Without any table a till goes by its own id and has no department.
        """
        accounts = AccountMap.from_toml(LEAST)

        assert (accounts.canonical("1"), accounts.cash_point("1")) == ("1", CashPointSettings())


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        AccountMap.from_toml(text)
    assert caught.value.source == "account map"
    return caught.value.problems


HUGE = "0x1" + "0" * 4000


class TestProblems:
    """
    Each mistake is named with its place and what would be right.
    """

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("\n", "[sales] is missing"),
            ("\n", "[tenders] is missing"),
            ("\n", "[pos] vat_rows is missing"),
            ("sales = 3\n", "[sales] must be a table, not 3"),
            (LEAST + "other = 5", '[pos] "other" is not known here'),
            ("x = 1\n" + LEAST, '"x" is not known here; known are cash_points, invoices, movements, other'),
            ("pos = 1\n", "[pos] must be a table, not 1"),
            (
                LEAST + '[invoices]\npartial = "on_account"',
                "'on_account' is neither 'block' nor 'bank_journal'",
            ),
            (LEAST + "[invoices]\nrefunds = true", '[invoices] "refunds": True is neither'),
            (LEAST + "[invoices]\naccount = 0", '[invoices] "account": 0 is not an account number'),
            (
                LEAST + '[invoices]\npart = "block"',
                '[invoices] "part" is not known here; known are account, no',
            ),
            (LEAST + "[payouts.Vipps]\nfees = 1", '[payouts] "Vipps": bank and clearing are missing'),
            (LEAST + "[payouts]\nVipps = 1", '[payouts] "Vipps": 1 is not a table of bank, clearing'),
            ("invoices = 1\n" + LEAST, "[invoices] must be a table, not 1"),
            (
                LEAST + '[movements]\na = { to = "invoices" }\nb = { to = "invoices", in_payments = true }',
                '[movements] a, b: in_payments must be the same for every type with to = "invoices"',
            ),
            ("[sales]\ngroups = 5\n", "[sales.groups] must be a table, not 5"),
            ('[sales.groups."04007"]\n"3" = 3000\n', "[sales] has only groups"),
            ("[sales.groups]\nbeer = 3000\n", '[sales.groups] "beer": 3000 is not a table'),
            ('[sales.groups.beer]\n"3" = "x"\n', '[sales.groups."beer"] "3": \'x\' is not an account number'),
            (
                '[sales]\n"3" = "3000"\n',
                "[sales] \"3\": '3000' is not an account number; give a whole number",
            ),
            ('[sales]\n"3" = true\n', '[sales] "3": True is not an account number'),
            ('[sales]\n"3" = 3000.0\n', '[sales] "3": 3000.0 is not an account number'),
            ('[sales]\n"3" = -1\n', '[sales] "3": -1 is not an account number'),
            ('[sales]\n"3" = 0\n', '[sales] "3": 0 is not an account number'),
            ('[sales]\n"3" = 999999999\n', "is not an account number"),
            (
                f'[sales]\n"3" = {HUGE}\n',
                '[sales] "3": a number of thousands of digits is not an account number',
            ),
            ('[sales]\n"3" = 1' + "0" * 5000 + "\n", "not valid TOML"),
            ('[sales]\n"3" = {}\n', '[sales] "3": account is missing'),
            (
                '[sales]\n"3" = { account = 1, vat = 2 }\n',
                "vat is not known here; known are account, vat_code",
            ),
            ('[sales]\n"3" = { account = 1, vat_code = "" }\n', "'' is not a code"),
            ('[sales]\n"3" = { account = 1, vat_code = true }\n', "True is not a code"),
            (f'[sales]\n"3" = {{ account = 1, vat_code = {HUGE} }}\n', "digits is not a code"),
            ('[sales]\n"0%" = 3100\n', '[sales] "0%": a rate does not tell the VAT code'),
            ('[sales]\n"x%" = 3100\n', 'a key by rate is written like "0%"'),
            ('[sales]\n"-5%" = 3100\n', 'a key by rate is written like "0%"'),
            ('[sales]\n"nan%" = 3100\n', 'a key by rate is written like "0%"'),
            ('[sales]\n"101%" = 3100\n', 'a key by rate is written like "0%"'),
            ('[sales]\n" " = 3100\n', '[sales] " ": a key must not be blank'),
            ('[sales]\n"3" = 1\n" 3" = 1\n', '[sales] " 3": is given twice: it means the same as "3"'),
            (
                '[sales]\n"0%" = { vat_code = "5", account = 1 }\n"0.0%" = { vat_code = "5", account = 1 }\n',
                'means the same as "0%"',
            ),
            ('[tenders]\n"12001" = ""\n', "[tenders] \"12001\": '' is not an account number"),
            ('[tenders]\n"12001 " = 1\n"12001" = 2\n', 'means the same as "12001"'),
            ("[other]\nrounding = 7740\n", '[other] "rounding" is not known here; known are cash_difference'),
            ('[other]\ntips = "2990"\n', "[other] \"tips\": '2990' is not an account number"),
            ("[movements]\ndrop = 1\n", '[movements] "drop": 1 is not a table of in_payments, to'),
            ("[movements]\ndrop = {}\n", '[movements] "drop": to is missing: an account number, or one of'),
            ('[movements]\ndrop = { to = "safe" }\n', "to = 'safe' is no name of [other]"),
            ('[movements]\ndrop = { to = "tips" }\n', "to = 'tips' needs [other] tips, which is missing"),
            ("[movements]\ndrop = { to = -1 }\n", '[movements] "drop": -1 is not an account number'),
            ("[movements]\ndrop = { to = 1, in_payments = 1 }\n", "1 is neither true nor false"),
            ("[movements]\ndrop = { to = 1, out = true }\n", "out is not known here"),
            ('[pos]\nvat_rows = "Net"\n', "[pos] \"vat_rows\": 'Net' is neither"),
            ("[pos]\nvat_rows = []\n", '[pos] "vat_rows": [] is neither'),
            ('[pos]\ntips_in_payments = "yes"\n', "'yes' is neither true nor false"),
            ('[pos]\nbusiness_day_ends = "5 am"\n', "'5 am' is not a time of day"),
            ('[pos]\nbusiness_day_ends = "25:00"\n', "'25:00' is not a time of day"),
            ("[pos]\nbusiness_day_ends = 5\n", "5 is not a time of day"),
            ('[pos]\nbusiness_day_ends = "05:00+01:00"\n', "names a zone"),
            ('[pos]\nsettle_from = "1.1.2026"\n', "'1.1.2026' is not a date"),
            ("[pos]\nsettle_from = 2026-01-01T00:00:00\n", "2026-01-01 00:00:00 is not a date"),
            ("[pos]\nsettle_from = 2026\n", "2026 is not a date"),
            ("[pos]\nsettle_form = 2026-01-01\n", '[pos] "settle_form" is not known here'),
            ('[cash_points."1"]\ndept = "1"\n', "dept is not known here; known are alias_of, department"),
            ('[cash_points]\n"1" = "10"\n', "[cash_points] \"1\": '10' is not a table"),
            ('[cash_points."1"]\ndepartment = ""\n', "'' is not a code"),
            ('[cash_points."*"]\nalias_of = "1"\n', '[cash_points] "*": every till not named cannot be one'),
            ('[cash_points."1"]\nalias_of = "1"\n', "alias_of names 1, which is itself another name"),
            (
                '[cash_points.a]\nalias_of = "b"\n[cash_points.b]\nalias_of = "c"\n',
                '[cash_points] "a": alias_of names b, which is itself another name',
            ),
            (
                '[cash_points.a]\nalias_of = "b"\ndepartment = 1\n[cash_points.b]\ndepartment = 2\n',
                '[cash_points] "a": department 1 differs from 2 of b, which is the same till',
            ),
            ('[vat_rates]\n"3" = "25"\n', "is no list of rates in per cent such as [12, 10]"),
            ('[vat_rates]\n"3" = []\n', "[] is no list of rates"),
            ('[vat_rates]\n"3" = [nan]\n', "is no list of rates"),
            ('[vat_rates]\n"3" = inf\n', "Infinity is no list of rates"),
            ('[vat_rates]\n"3" = [-1]\n', "[-1] is no list of rates"),
            ('[vat_rates]\n"3" = [true]\n', "[True] is no list of rates"),
            ('[vat_rates]\n"3" = ["25"]\n', "['25'] is no list of rates"),
            ('[vat_rates]\n"3" = [[25]]\n', "[[25]] is no list of rates"),
            ("[sales\n", "not valid TOML"),
            ("a=" + "[" * 5000 + "\n", "not valid TOML"),
            ("[sales]\n3 = 3000 3\n", "not valid TOML"),
            ("a = " + '"' + "x" * 400 + '"\n' + "sales = " + '"' + "y" * 400 + '"\n', "yyy…"),
        ],
    )
    def test_named(self, text: str, problem: str) -> None:
        """
        The message names place, value and remedy.
        """
        assert [each for each in problems(text) if problem in each], problems(text)

    def test_all_at_once(self) -> None:
        """
        One reading names every mistake of a file, once.
        """
        text = (
            'sale = {}\n[tenders]\n"12001" = "x"\n[pos]\nvat_rows = 1\ntips = true\n'
            '[other]\ntips = 0\n[movements]\ndrop = { to = "tips" }\n'
        )

        assert problems(text) == (
            (
                '"sale" is not known here; known are cash_points, invoices, movements, other, payouts, pos, '
                "sales, tenders, vat_rates"
            ),
            "[sales] is missing: without it nothing can be settled",
            (
                '[pos] "tips" is not known here; known are business_day_ends, invoiced_sales_in_z, '
                "movements_in_payments, settle_from, tips_in_payments, vat_rows"
            ),
            '[pos] "vat_rows": 1 is neither "net" nor "gross"',
            '[other] "tips": 0 is not an account number; give a whole number such as 3000',
            "[tenders] \"12001\": 'x' is not an account number; give a whole number such as 3000",
        )

    def test_nothing_long_is_echoed(self) -> None:
        """
        A file that is something else altogether does not fill the screen.
        """
        (problem, *_) = problems(f'[pos]\nvat_rows = "{"x" * 10_000}"\n"{"k" * 10_000}" = 1\n')

        assert len(problem) < 300


class TestSources:
    """
    A path, or a text: a ``str`` without a newline is a path.
    """

    @pytest.mark.parametrize("as_text", [False, True])
    def test_path(self, tmp_path: Path, *, as_text: bool) -> None:
        """
        A file is read either way, with or without a byte-order mark.
        """
        file = tmp_path / "accounts.toml"
        for mark in ("", "\ufeff"):
            file.write_text(mark + LEAST, encoding="utf-8")

            assert AccountMap.from_toml(str(file) if as_text else file) == AccountMap.from_toml(LEAST)

    def test_byte_order_mark_in_a_text(self) -> None:
        """
        So is a text that was read with its mark.
        """
        assert AccountMap.from_toml("\ufeff" + LEAST) == AccountMap.from_toml(LEAST)

    @pytest.mark.parametrize(
        ("source", "problem"),
        [
            ("no/such/accounts.toml", "No such file or directory"),
            ("", "Is a directory"),
            (Path("no/such"), "No such file or directory"),
            ("nul\0byte", "this is no file name"),
            ("x" * 5000, "File name too long"),
            ('sales = { "3" = 3000 }', "a text of one line is taken as a path; end it with a newline"),
        ],
    )
    def test_unreadable(self, source: str | Path, problem: str) -> None:
        """
        What cannot be read is named, and is a configuration error too.
        """
        with pytest.raises(ConfigurationError, match="the account map cannot be read") as caught:
            AccountMap.from_toml(source)

        assert problem in str(caught.value)
        assert len(str(caught.value)) < 300

    def test_not_utf8(self, tmp_path: Path) -> None:
        """
        A file in another encoding is refused, not guessed.
        """
        file = tmp_path / "accounts.toml"
        file.write_bytes(LEAST.encode() + "# bokført av Åse".encode("latin-1"))

        with pytest.raises(ConfigurationError, match="it is not UTF-8 text") as caught:
            AccountMap.from_toml(file)
        assert caught.value.source.endswith("accounts.toml")


SCALARS = st.one_of(
    st.integers(-5, 99999),
    st.booleans(),
    st.text(max_size=5),
    st.sampled_from(("net", "gross", "05:00", "2026-01-01", "tips")),
)
WORDS = st.sampled_from(
    (
        *(
            "sales",
            "groups",
            "tenders",
            "other",
            "movements",
            "pos",
            "cash_points",
            "vat_rates",
            "*",
            "3",
            "0%",
        ),
        *("25.0%", "12001", "tips", "gift_cards", "to", "in_payments", "vat_rows", "alias_of", "department"),
        *("account", "vat_code", "business_day_ends", "settle_from", "", "04007"),
    )
)
TABLES = st.recursive(
    SCALARS,
    lambda inner: st.dictionaries(WORDS, inner, max_size=5) | st.lists(inner, max_size=2),
    max_leaves=25,
)


def toml(value: object) -> str:
    """
    Any value of ``TABLES`` as inline TOML.
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return '"' + "".join(f"\\U{ord(char):08x}" for char in str(value)) + '"'


class TestFuzz:
    """
    Whatever is given, the answer is a map or a configuration error.
    """

    @given(document=st.dictionaries(WORDS, TABLES, max_size=8))
    def test_tables(self, document: dict[str, Any]) -> None:
        """
        Tables of the right words in the wrong places.
        """
        text = "".join(f"{toml(key)} = {toml(value)}\n" for key, value in document.items()) + "\n"
        assert tomllib.loads(text) == document
        try:
            complete = bool(AccountMap.from_toml(text).sales)
        except ConfigurationError as error:
            complete = bool(error.problems and str(error))

        assert complete

    @given(text=st.text(max_size=60))
    def test_texts(self, text: str) -> None:
        """
        Text that is no TOML at all.
        """
        with pytest.raises(ConfigurationError):
            AccountMap.from_toml(text + "\n")
