"""
Reading an account map from TOML: strict, and all problems at once.

A key that is not known is a problem, not a comment: a typo in ``tips`` would
otherwise be found on the first day with tips.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import attrs

from posgo.bookkeeping.accounts import (
    VAT_RATES,
    AccountMap,
    CashPointSettings,
    MovementRule,
    OtherAccounts,
    PosProperties,
    SalesAccount,
    VatRows,
)
from posgo.exceptions import ConfigurationError

__all__ = ["read_account_map"]

T = TypeVar("T")
Table = Mapping[str, Any]

_MISSING: Any = object()


class _Problem(Exception):  # noqa: N818 - a message on its way to the list, never seen outside
    pass


def read_account_map(source: str | Path) -> AccountMap:
    """
    See :meth:`posgo.AccountMap.from_toml`.
    """
    name, text = _load(source)
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(name, (f"not valid TOML: {error}",)) from None
    reader = _Reader()
    account_map = reader.account_map(document)
    if reader.problems or account_map is None:
        raise ConfigurationError(name, tuple(reader.problems))
    return account_map


def _load(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and "\n" in source:
        return "account map", source
    try:
        return str(source), Path(source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigurationError(str(source), (f"the account map cannot be read: {reason}",)) from None


class _Reader:
    """
    One pass over the document, gathering problems with their places.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def account_map(self, document: Table) -> AccountMap | None:
        known = {"sales", "tenders", "other", "movements", "pos", "cash_points", "vat_rates"}
        self._unknown_keys(document, known, "")
        sales = self._table(document, "sales", required=True)
        by_group = self._table(sales, "groups", at="sales")
        pos = self._pos(self._table(document, "pos", required=True))
        other = self._other(self._table(document, "other"))
        own_sales = {key: value for key, value in sales.items() if key != "groups"}
        if by_group and not own_sales:
            self.problems.append("[sales] has only groups; a code without a group needs an account too")
        tables: dict[str, Any] = {
            "sales": self._sales(own_sales, "sales"),
            "sales_by_group": {
                group: self._sales(self._table(by_group, group, at="sales.groups"), f'sales.groups."{group}"')
                for group in by_group
            },
            "tenders": self._each(self._table(document, "tenders", required=True), "tenders", _account),
            "movements": self._each(self._table(document, "movements"), "movements", _movement(other)),
            "cash_points": self._each(self._table(document, "cash_points"), "cash_points", _cash_point),
            "vat_rates": VAT_RATES | self._each(self._table(document, "vat_rates"), "vat_rates", _rates),
        }
        return None if pos is None or self.problems else AccountMap(pos=pos, other=other, **tables)

    def _sales(self, table: Table, at: str) -> dict[str, SalesAccount]:
        return dict(self._pairs(table, at, _sales_account))

    def _other(self, table: Table) -> OtherAccounts:
        names = {field.name for field in attrs.fields(OtherAccounts)}
        self._unknown_keys(table, names, "other")
        return OtherAccounts(**self._each({k: v for k, v in table.items() if k in names}, "other", _account))

    def _pos(self, table: Table) -> PosProperties | None:
        kinds: dict[str, Callable[[Any], Any]] = {
            "vat_rows": _vat_rows,
            "tips_in_payments": _flag,
            "movements_in_payments": _flag,
            "invoiced_sales_in_z": _flag,
            "business_day_ends": _time,
            "settle_from": _date,
        }
        self._unknown_keys(table, set(kinds), "pos")
        values = dict(
            self._pairs({k: v for k, v in table.items() if k in kinds}, "pos", lambda k, v: kinds[k](v))
        )
        if "vat_rows" not in table:
            self.problems.append(
                '[pos] vat_rows is missing: "net" if the VAT rows of the Z-report exclude VAT, else "gross"'
            )
        return PosProperties(**values) if "vat_rows" in values else None

    def _table(self, parent: Table, key: str, *, at: str = "", required: bool = False) -> Table:
        place = f"[{at}.{key}]" if at else f"[{key}]"
        value = parent.get(key, _MISSING)
        if value is _MISSING or value == {}:
            if required:
                self.problems.append(f"{place} is missing: without it nothing can be settled")
            return {}
        if not isinstance(value, dict):
            self.problems.append(f"{place} must be a table, not {value!r}")
            return {}
        return value

    def _each(self, table: Table, at: str, read: Callable[[Any], T]) -> dict[str, T]:
        return dict(self._pairs(table, at, lambda _, value: read(value)))

    def _pairs(self, table: Table, at: str, read: Callable[[str, Any], T]) -> Iterator[tuple[str, T]]:
        for key, value in table.items():
            try:
                yield key, read(key, value)
            except _Problem as problem:
                self.problems.append(f'[{at}] "{key}": {problem}')

    def _unknown_keys(self, table: Table, known: set[str], at: str) -> None:
        place = f"[{at}] " if at else ""
        self.problems += [
            f'{place}"{key}" is not known here; known are {", ".join(sorted(known))}'
            for key in table
            if key not in known
        ]


def _account(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise _Problem(f"{value!r} is not an account number; give a whole number such as 3000")
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise _Problem(f'{value!r} is not a code; give a text such as "10"')
    return str(value).strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Problem(f"{value!r} is neither true nor false")
    return value


def _vat_rows(value: Any) -> VatRows:
    try:
        return VatRows(value)
    except ValueError:
        raise _Problem(f'{value!r} is neither "net" nor "gross"') from None


def _time(value: Any) -> time:
    try:
        return value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Problem(f'{value!r} is not a time of day such as "05:00"') from None


def _date(value: Any) -> date:
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Problem(f'{value!r} is not a date such as "2026-01-01"') from None


def _rates(value: Any) -> tuple[Decimal, ...]:
    rates = value if isinstance(value, list) else [value]
    if not all(isinstance(rate, (int, Decimal)) and not isinstance(rate, bool) for rate in rates):
        raise _Problem(f"{value!r} is no list of rates in per cent such as [12, 10]")
    return tuple(Decimal(rate) for rate in rates)


def _keys(value: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Problem(f"{value!r} is not a table of {', '.join(sorted(known))}")
    if unknown := sorted(set(value) - known):
        raise _Problem(f"{', '.join(unknown)} is not known here; known are {', '.join(sorted(known))}")
    return value


def _sales_account(key: str, value: Any) -> SalesAccount:
    by_rate = key.endswith("%")
    if by_rate:
        try:
            Decimal(key.removesuffix("%"))
        except ArithmeticError:
            raise _Problem('a key by rate is written like "0%"') from None
    if isinstance(value, dict):
        table = _keys(value, {"account", "vat_code"})
        if "account" not in table:
            raise _Problem("account is missing")
        code = _text(table["vat_code"]) if "vat_code" in table else None
    else:
        table, code = {"account": value}, None
    if by_rate and code is None:
        raise _Problem(
            'a rate does not tell the VAT code; write { vat_code = "5", account = 3100 }'
            " (0 % is 5 zero-rated, 6 outside the VAT act, 52 export or 7)"
        )
    return SalesAccount(account=_account(table["account"]), vat_code=code or key)


def _movement(other: OtherAccounts) -> Callable[[Any], MovementRule]:
    names = sorted(field.name for field in attrs.fields(OtherAccounts))

    def read(value: Any) -> MovementRule:
        table = _keys(value, {"to", "in_payments"})
        to = table.get("to")
        if not isinstance(to, str):
            to = _account(to)
        elif to not in names:
            raise _Problem(f"to = {to!r} is no name of [other]; known are {', '.join(names)}")
        elif getattr(other, to) is None:
            raise _Problem(f"to = {to!r} needs [other] {to}, which is missing")
        return MovementRule(
            to=to, in_payments=_flag(table["in_payments"]) if "in_payments" in table else None
        )

    return read


def _cash_point(value: Any) -> CashPointSettings:
    table = _keys(value, {"department", "alias_of"})
    return CashPointSettings(**{key: _text(code) for key, code in table.items()})
