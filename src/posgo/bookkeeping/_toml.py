"""
Reading an account map from TOML: strict, and all problems at once.

A key that is not known is a problem, not a comment: a typo in ``tips`` would
otherwise be found on the first day with tips.
"""

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import attrs

from posgo.bookkeeping.accounts import (
    INVOICES,
    VAT_RATES,
    AccountMap,
    CashPointSettings,
    InvoiceCase,
    InvoiceRules,
    MovementRule,
    OtherAccounts,
    PayoutAccounts,
    PosProperties,
    SalesAccount,
    VatRows,
)
from posgo.exceptions import ConfigurationError, ModelError
from posgo.models._checks import to_percent

__all__ = ["read_account_map"]

T = TypeVar("T")
Table = Mapping[str, Any]

_MISSING: Any = object()


# Charts have four to six digits; anything like a bank account or an organisation number is a slip.
_LAST_ACCOUNT = 99_999_999
_SHOWN = 60


class _Problem(Exception):  # noqa: N818 - a message on its way to the list, never seen outside
    pass


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _shown(value: Any) -> str:
    """
    A value as it stands in the file, cut to a length one can read.
    """
    try:
        return _cut(str(value) if isinstance(value, (Decimal, time, date)) else repr(value))
    except ValueError:  # Python writes out no number of more than 4300 digits
        return "a number of thousands of digits"


def _key(written: str) -> str:
    key = written.strip()
    if not key:
        raise _Problem("a key must not be blank")
    return key


def _once(key: str, seen: set[str]) -> str:
    if key in seen:
        raise _Problem(f'is given twice: it means the same as "{key}"')
    seen.add(key)
    return key


def _rate_or_code(written: str) -> str:
    """
    ``"25.0 %"`` and ``"25%"`` are one key, written as VAT rows print their rate.
    """
    key = _key(written)
    if not key.endswith("%"):
        return key
    try:
        return f"{to_percent(key.removesuffix('%').strip())}%"
    except ModelError:
        raise _Problem('a key by rate is written like "0%"') from None


def read_account_map(source: str | Path) -> AccountMap:
    """
    See :meth:`posgo.AccountMap.from_toml`.
    """
    name, text = _load(source)
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:  # ValueError also for numbers of thousands of digits
        raise ConfigurationError(name, (f"not valid TOML: {error}",)) from None
    reader = _Reader()
    account_map = reader.account_map(document)
    if reader.problems or account_map is None:
        raise ConfigurationError(name, tuple(reader.problems))
    return account_map


def _load(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and "\n" in source:
        return "account map", source
    # The end of a long path says which file it is.
    name = str(source) if len(str(source)) <= _SHOWN else f"…{str(source)[-_SHOWN:]}"
    try:
        return name, Path(source).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    except OSError as error:
        reason = str(error.strerror)
    except ValueError:
        reason = "this is no file name"
    hint = ""
    if isinstance(source, str) and "=" in source:
        hint = " (a text of one line is taken as a path; end it with a newline)"
    raise ConfigurationError(name, (f"the account map cannot be read: {reason}{hint}",))


class _Reader:
    """
    One pass over the document, gathering problems with their places.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def account_map(self, document: Table) -> AccountMap | None:
        known = {
            *("sales", "tenders", "other", "movements", "invoices", "payouts"),
            *("pos", "cash_points", "vat_rates"),
        }
        self._unknown_keys(document, known, "")
        sales = self._table(document, "sales", required=True)
        by_group = self._table(sales, "groups", at="sales")
        pos = self._pos(self._table(document, "pos"))
        accounts = self._table(document, "other")
        other = self._other(accounts)
        movements = self._each(self._table(document, "movements"), "movements", _movement(accounts.keys()))
        if pos is not None:
            self.problems += _invoice_movements(movements, pos)
        own_sales = {key: value for key, value in sales.items() if key != "groups"}
        if by_group and not own_sales:
            self.problems.append("[sales] has only groups; a code without a group needs an account too")
        tables: dict[str, Any] = {
            "sales": self._sales(own_sales, "sales"),
            "sales_by_group": dict(self._pairs(by_group, "sales.groups", self._group)),
            "tenders": self._each(self._table(document, "tenders", required=True), "tenders", _account),
            "movements": movements,
            "invoices": self._invoices(document),
            "payouts": self._each(self._table(document, "payouts"), "payouts", _payout),
            "cash_points": self._cash_points(self._table(document, "cash_points")),
            "vat_rates": VAT_RATES | self._each(self._table(document, "vat_rates"), "vat_rates", _rates),
        }
        return None if pos is None or self.problems else AccountMap(pos=pos, other=other, **tables)

    def _sales(self, table: Table, at: str) -> dict[str, SalesAccount]:
        return dict(self._pairs(table, at, _sales_account, _rate_or_code))

    def _group(self, name: str, table: Any) -> dict[str, SalesAccount]:
        if not isinstance(table, dict):
            raise _Problem(f"{_shown(table)} is not a table of VAT codes and accounts")
        return self._sales(table, f'sales.groups."{_cut(name)}"')

    def _cash_points(self, table: Table) -> dict[str, CashPointSettings]:
        tills = self._each(table, "cash_points", _cash_point)
        for name in tills:
            self.problems += [
                f'[cash_points] "{name}": {problem}' for problem in _alias_problems(name, tills)
            ]
        return tills

    def _other(self, table: Table) -> OtherAccounts:
        names = {field.name for field in attrs.fields(OtherAccounts)}
        self._unknown_keys(table, names, "other")
        return OtherAccounts(**self._each({k: v for k, v in table.items() if k in names}, "other", _account))

    def _invoices(self, document: Table) -> InvoiceRules | None:
        if "invoices" not in document:
            return None
        table = self._table(document, "invoices")
        self._unknown_keys(table, {"account", *_INVOICE_CASES}, "invoices")
        known = {key: value for key, value in table.items() if key == "account" or key in _INVOICE_CASES}
        return InvoiceRules(**dict(self._pairs(known, "invoices", _invoice_rule)))

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
            self.problems.append(f"{place} must be a table, not {_shown(value)}")
            return {}
        return value

    def _each(self, table: Table, at: str, read: Callable[[Any], T]) -> dict[str, T]:
        return dict(self._pairs(table, at, lambda _, value: read(value)))

    def _pairs(
        self, table: Table, at: str, read: Callable[[str, Any], T], name: Callable[[str], str] = _key
    ) -> Iterator[tuple[str, T]]:
        seen: set[str] = set()
        for written, value in table.items():
            try:
                key = _once(name(written), seen)
                yield key, read(key, value)
            except _Problem as problem:
                self.problems.append(f'[{at}] "{_cut(written)}": {problem}')

    def _unknown_keys(self, table: Table, known: set[str], at: str) -> None:
        place = f"[{at}] " if at else ""
        self.problems += [
            f'{place}"{_cut(key)}" is not known here; known are {", ".join(sorted(known))}'
            for key in table
            if key not in known
        ]


def _account(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LAST_ACCOUNT:
        raise _Problem(f"{_shown(value)} is not an account number; give a whole number such as 3000")
    return value


def _text(value: Any) -> str:
    code = str(value) if isinstance(value, int) and abs(value) <= _LAST_ACCOUNT else value
    if isinstance(value, bool) or not isinstance(code, str) or not code.strip():
        raise _Problem(f'{_shown(value)} is not a code; give a text such as "10"')
    return code.strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Problem(f"{_shown(value)} is neither true nor false")
    return value


def _vat_rows(value: Any) -> VatRows:
    try:
        return VatRows(value)
    except ValueError:
        raise _Problem(f'{_shown(value)} is neither "net" nor "gross"') from None


def _time(value: Any) -> time:
    try:
        ends = value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Problem(f'{_shown(value)} is not a time of day such as "05:00"') from None
    if ends.tzinfo is not None:
        raise _Problem(f"{_shown(value)} names a zone; the time is always Norwegian local time")
    return ends


def _date(value: Any) -> date:
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Problem(f'{_shown(value)} is not a date such as "2026-01-01"') from None


def _rates(value: Any) -> tuple[Decimal, ...]:
    rates = value if isinstance(value, list) else [value]
    try:
        if rates and not any(isinstance(rate, str) for rate in rates):
            return tuple(to_percent(rate) for rate in rates)
    except ModelError:
        pass
    raise _Problem(f"{_shown(value)} is no list of rates in per cent such as [12, 10]")


def _keys(value: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Problem(f"{_shown(value)} is not a table of {', '.join(sorted(known))}")
    if unknown := sorted(set(value) - known):
        raise _Problem(f"{_cut(', '.join(unknown))} is not known here; known are {', '.join(sorted(known))}")
    return value


def _sales_account(key: str, value: Any) -> SalesAccount:
    by_rate = key.endswith("%")
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


def _movement(declared: Collection[str]) -> Callable[[Any], MovementRule]:
    names = [*sorted(field.name for field in attrs.fields(OtherAccounts)), INVOICES]

    def read(value: Any) -> MovementRule:
        table = _keys(value, {"to", "in_payments"})
        if "to" not in table:
            raise _Problem(f"to is missing: an account number, or one of {', '.join(names)}")
        to = table["to"]
        if not isinstance(to, str):
            to = _account(to)
        elif to not in names:
            raise _Problem(f"to = {_shown(to)} is no name of [other]; known are {', '.join(names)}")
        elif to not in declared and to != INVOICES:
            raise _Problem(f"to = {_shown(to)} needs [other] {to}, which is missing")
        return MovementRule(
            to=to, in_payments=_flag(table["in_payments"]) if "in_payments" in table else None
        )

    return read


def _invoice_movements(movements: Mapping[str, MovementRule], pos: PosProperties) -> Iterator[str]:
    """
    A payment says which invoice it pays, not which type of pay-in it was: all types must mean the same.
    """
    of_invoices = {
        name: pos.movements_in_payments if rule.in_payments is None else rule.in_payments
        for name, rule in movements.items()
        if rule.to == INVOICES
    }
    if len({*of_invoices.values()}) > 1:
        names = ", ".join(_cut(name) for name in of_invoices)
        yield f'[movements] {names}: in_payments must be the same for every type with to = "{INVOICES}"'


_INVOICE_CASES = {
    "partial": InvoiceCase.BANK_JOURNAL,
    "overpaid": InvoiceCase.ON_ACCOUNT,
    "not_open": InvoiceCase.ON_ACCOUNT,
    "refunds": InvoiceCase.ON_ACCOUNT,
    "no_reference": InvoiceCase.BANK_JOURNAL,
}


def _invoice_rule(key: str, value: Any) -> Any:
    if key == "account":
        return _account(value)
    allowed = {case.value: case for case in (InvoiceCase.BLOCK, _INVOICE_CASES[key])}
    if not isinstance(value, str) or value not in allowed:
        raise _Problem(f"{_shown(value)} is neither {' nor '.join(map(repr, allowed))}")
    return allowed[value]


def _payout(value: Any) -> PayoutAccounts:
    table = _keys(value, {"clearing", "bank", "fees", "fee_vat_code"})
    if missing := sorted({"clearing", "bank"} - table.keys()):
        raise _Problem(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    return PayoutAccounts(
        clearing=_account(table["clearing"]),
        bank=_account(table["bank"]),
        fees=_account(table["fees"]) if "fees" in table else None,
        fee_vat_code=_text(table["fee_vat_code"]) if "fee_vat_code" in table else None,
    )


def _cash_point(value: Any) -> CashPointSettings:
    table = _keys(value, {"department", "alias_of"})
    return CashPointSettings(**{key: _text(code) for key, code in table.items()})


def _alias_problems(name: str, tills: Mapping[str, CashPointSettings]) -> Iterator[str]:
    till = tills[name]
    if till.alias_of is None:
        return
    if name == "*":
        # All tills would share their Z-numbers, and so their vouchers' references.
        yield "every till not named cannot be one and the same; give alias_of to one till's table"
        return
    own = tills.get(till.alias_of)
    if own is not None and own.alias_of is not None:
        yield f"alias_of names {till.alias_of}, which is itself another name; name the till's own id"
    elif (
        own is not None
        and None not in (own.department, till.department)
        and own.department != till.department
    ):
        yield f"department {till.department} differs from {own.department} of {till.alias_of}, which is the same till"
