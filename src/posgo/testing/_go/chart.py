"""
What a fresh client company holds: a small NS 4102 chart, VAT codes with their history, one department.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

__all__ = ["ACCOUNTS", "CONTROL_ACCOUNTS", "VAT_ACCOUNTS", "VAT_CODES", "account_type"]

# Behind a subledger: they take no direct postings.
CONTROL_ACCOUNTS = frozenset({1500, 2400, 2910})

# number, name, SAF-T VAT code
ACCOUNTS: tuple[tuple[int, str, str], ...] = (
    (1500, "Kundefordringer", "0"),
    (1579, "Andre kortsiktige fordringer", "0"),
    (1900, "Kontanter, kasse", "0"),
    (1901, "Visa oppgjørskonto", "0"),
    (1902, "Mastercard oppgjørskonto", "0"),
    (1903, "Vipps oppgjørskonto", "0"),
    (1905, "Valutakasse", "0"),
    (1909, "Kassedifferanser", "0"),
    (1910, "Kortoppgjør", "0"),
    (1911, "BankAxept oppgjørskonto", "0"),
    (1912, "Mobilbetaling oppgjørskonto", "0"),
    (1920, "Bankinnskudd", "0"),
    (1921, "Bankinnskudd, sparekonto", "0"),
    (1925, "Kontanter under transport", "0"),
    (2400, "Leverandørgjeld", "0"),
    (2701, "Utgående merverdiavgift, høy sats", "0"),
    (2702, "Utgående merverdiavgift, middels sats", "0"),
    (2703, "Utgående merverdiavgift, lav sats", "0"),
    (2704, "Utgående merverdiavgift, råfisk", "0"),
    (2711, "Inngående merverdiavgift, høy sats", "0"),
    (2712, "Inngående merverdiavgift, middels sats", "0"),
    (2713, "Inngående merverdiavgift, lav sats", "0"),
    (2900, "Forskudd fra kunder", "0"),
    (2901, "Gavekort", "0"),
    (2902, "Tilgodelapper", "0"),
    (2910, "Gjeld til ansatte", "0"),
    (2990, "Annen kortsiktig gjeld", "0"),
    (3000, "Salgsinntekt, høy sats", "3"),
    (3001, "Salgsinntekt, høy sats, avdeling 2", "3"),
    (3010, "Salgsinntekt, øl", "3"),
    (3020, "Salgsinntekt, vin", "3"),
    (3030, "Salgsinntekt, middels sats", "31"),
    (3040, "Salgsinntekt, middels sats, avdeling 2", "31"),
    (3050, "Salgsinntekt, lav sats", "33"),
    (3100, "Salgsinntekt, avgiftsfri", "5"),
    (3105, "Salgsinntekt, utførsel", "52"),
    (3200, "Salgsinntekt, unntatt avgiftsplikt", "6"),
    (3900, "Annen driftsrelatert inntekt", "7"),
    (7740, "Øredifferanser", "0"),
    (7770, "Bank- og kortgebyrer", "0"),
)

# Where Go books the VAT it takes out of a gross amount.
VAT_ACCOUNTS = {"3": 2701, "31": 2702, "33": 2703, "32": 2704, "1": 2711, "11": 2712, "13": 2713}

_FIRST = date(2005, 1, 1)

# code, name, rate in per cent, first day, last day. The windows follow the rates Parliament
# set; the low rate of 6 % from 2020 to 2021 is left out, for whether Go holds it is unverified.
VAT_CODES: tuple[tuple[str, str, str, date, date | None], ...] = (
    ("0", "Ingen mva-behandling (anskaffelser)", "0", _FIRST, None),
    ("1", "Inngående mva, høy sats", "25", _FIRST, None),
    ("11", "Inngående mva, middels sats", "14", _FIRST, date(2011, 12, 31)),
    ("11", "Inngående mva, middels sats", "15", date(2012, 1, 1), None),
    ("13", "Inngående mva, lav sats", "8", _FIRST, date(2015, 12, 31)),
    ("13", "Inngående mva, lav sats", "10", date(2016, 1, 1), date(2017, 12, 31)),
    ("13", "Inngående mva, lav sats", "12", date(2018, 1, 1), None),
    ("3", "Utgående mva, høy sats", "25", _FIRST, None),
    ("31", "Utgående mva, middels sats", "14", _FIRST, date(2011, 12, 31)),
    ("31", "Utgående mva, middels sats", "15", date(2012, 1, 1), None),
    ("32", "Utgående mva, råfisk", "11.11", _FIRST, None),
    ("33", "Utgående mva, lav sats", "8", _FIRST, date(2015, 12, 31)),
    ("33", "Utgående mva, lav sats", "10", date(2016, 1, 1), date(2017, 12, 31)),
    ("33", "Utgående mva, lav sats", "12", date(2018, 1, 1), None),
    ("5", "Innenlands omsetning, nullsats", "0", _FIRST, None),
    ("51", "Innenlands omsetning med omvendt avgiftsplikt", "0", _FIRST, None),
    ("52", "Utførsel av varer og tjenester", "0", _FIRST, None),
    ("6", "Omsetning utenfor merverdiavgiftsloven", "0", _FIRST, None),
    ("7", "Ingen mva-behandling (inntekter)", "0", _FIRST, None),
)


def account_type(number: int) -> str:
    """
    The kind of an account by its first digit, as NS 4102 orders them.
    """
    if number < 2000:
        return "Asset"
    if number < 3000:
        return "Equity" if number < 2100 else "Liability"
    return "Income" if number < 4000 else "Expense"


def rates() -> Iterator[tuple[str, str, Decimal, date, date | None]]:
    """
    The VAT codes with their rates as fractions, as Go holds them.
    """
    for code, name, percent, first, last in VAT_CODES:
        yield code, name, Decimal(percent) / 100, first, last
