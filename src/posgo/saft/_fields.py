"""
The text of an element, as a typed value.

The schema's rules for numbers and times, and nothing wider: no exponents, no
decimal comma, no digits of other scripts. Amounts become whole øre in an
``int``, because a file holds millions of them and sums must be exact whatever
the caller's decimal context says.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, TypeVar
from xml.etree.ElementTree import Element

from dateutil import tz

from posgo.models._dates import OSLO
from posgo.saft._prolog import NAMESPACE

__all__ = [
    "BadFieldError",
    "Fields",
    "Stamp",
    "amount",
    "children",
    "count",
    "day",
    "flag",
    "instant",
    "local",
    "nok",
    "optional",
    "percentage",
    "qualified",
    "quantity",
    "rate",
    "required",
    "stamp",
    "thousandths",
]

V = TypeVar("V")

Fields = dict[str, str | None]
"""Qualified name and text of an element's children."""

Stamp = str
"""Norwegian local time as sortable text, ``2026-03-14T23:59:59``, with a fraction if the till gives one."""


class BadFieldError(Exception):
    """
    An element holds what its type does not allow. Never leaves this package:
    the reader adds file, line and register and raises a ``MalformedFileError``.

    Attributes:
        tag: Qualified name of the element.
        text: What it holds; None if it is missing.
        problem: What is wrong, and the remedy.
    """

    def __init__(self, tag: str, text: str | None, problem: str) -> None:
        self.tag = tag
        self.text = text
        self.problem = problem
        super().__init__(tag, text, problem)


class _WrongError(Exception):
    """
    A text is not of its type; the argument says why.
    """


class Memo(dict[str, V]):
    """
    Texts already converted. A day repeats the same few thousand prices, rates and dates.

    Bounded: at most ``limit`` texts, none of them longer than any honest value.
    """

    LONGEST: Final = 40

    def __init__(self, convert: Callable[[str], V], *, limit: int = 20_000) -> None:
        super().__init__()
        self._convert = convert
        self._limit = limit

    def __missing__(self, text: str) -> V:
        value = self._convert(text)
        if len(self) >= self._limit:
            self.clear()
        if len(text) <= self.LONGEST:
            self[text] = value
        return value


def qualified(name: str) -> str:
    """
    The name as ElementTree writes it, namespace in braces.
    """
    return f"{{{NAMESPACE}}}{name}"


_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_VENDOR = "Have the till's vendor correct the export."


def _scaled(text: str, places: int) -> int:
    """
    A decimal times ten to the power of ``places``, which it may not be finer than.
    """
    stripped = text.strip(" \t\r\n")
    match = _DECIMAL.fullmatch(stripped)
    if match is None or not (match[2] or match[3]):
        if "," in stripped:
            raise _WrongError(
                f"it has a decimal comma; the format has a decimal point, as in 1234.50. {_VENDOR}"
            )
        raise _WrongError(f"a number such as 1234.50 is expected. {_VENDOR}")
    sign, whole, fraction = match[1], match[2].lstrip("0"), (match[3] or "").rstrip("0")
    if len(fraction) > places:
        raise _WrongError(f"it has more than {places} decimals. {_VENDOR}")
    if len(whole) > 18:
        raise _WrongError(f"it has more than 18 digits before the point. {_VENDOR}")
    value = int((whole + fraction.ljust(places, "0")) or "0")
    return -value if sign == "-" else value


def _whole(text: str) -> int:
    if not re.fullmatch(r"[ \t\r\n]*\+?[0-9]{1,18}[ \t\r\n]*", text):
        raise _WrongError(f"a whole number such as 12 is expected. {_VENDOR}")
    return int(text)


def _percentage(text: str) -> int:
    value = _scaled(text, 3)
    if not 0 <= value <= 100_000:
        raise _WrongError(f"a VAT rate from 0 to 100 is expected. {_VENDOR}")
    return value


def _rate(text: str) -> int:
    value = _scaled(text, 6)
    if value <= 0:
        raise _WrongError(f"an exchange rate above zero is expected. {_VENDOR}")
    return value


_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def _flag(text: str) -> bool:
    value = _FLAGS.get(text.strip(" \t\r\n"))
    if value is None:
        raise _WrongError(f"true or false is expected. {_VENDOR}")
    return value


_amounts = Memo(lambda text: _scaled(text, 2))
_thousandths = Memo(_percentage)
_rates = Memo(_rate)
_counts = Memo(_whole)
_flags = Memo(_flag)


def _reader(memo: Memo[V]) -> Callable[[str, str | None], V]:
    def read(tag: str, text: str | None) -> V:
        try:
            return memo[text or ""]
        except _WrongError as wrong:
            raise BadFieldError(tag, text, str(wrong)) from None

    return read


amount = _reader(_amounts)
"""Øre of an amount (``Amount2decimals``), as it stands, sign included."""

percentage = _reader(_thousandths)
"""Thousandths of a per cent of a VAT rate: 25 % is 25000."""

rate = _reader(_rates)
"""Millionths of an exchange rate."""

count = _reader(_counts)
"""A whole number from 0."""

flag = _reader(_flags)
"""An ``xsd:boolean``."""


_quantities = Memo(lambda text: Decimal(_scaled(text, 6)).scaleb(-6))

quantity = _reader(_quantities)
"""A quantity (``Amount6decimals``), sign included."""


def required(fields: Fields, tag: str) -> str:
    """
    The text of a child, without surrounding blanks, which must be there.
    """
    text = (fields.get(tag) or "").strip()
    if not text:
        raise BadFieldError(tag, fields.get(tag), f"it is mandatory. {_VENDOR}")
    return text


def optional(fields: Fields, tag: str) -> str | None:
    """
    The text of a child, without surrounding blanks; None if missing or blank.
    """
    return (fields.get(tag) or "").strip() or None


def nok(ore: int) -> Decimal:
    """
    Øre as an amount.
    """
    return Decimal(ore).scaleb(-2)


def thousandths(value: int) -> Decimal:
    """
    Thousandths of a per cent as a rate in per cent.
    """
    return Decimal(value).scaleb(-3)


_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_DATE = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_ZONE}")
_TIME = re.compile(rf"([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})(?:\.([0-9]+))?{_ZONE}")
_MIDNIGHT = "24:00:00"


def _date_parts(text: str) -> tuple[date, str | None]:
    match = _DATE.fullmatch(text.strip(" \t\r\n"))
    try:
        if match is not None:
            return date.fromisoformat(match[1]), match[2]
    except ValueError:
        pass
    raise _WrongError(f"a date such as 2026-03-14 is expected. {_VENDOR}")


def _time_parts(text: str) -> tuple[time, bool, str | None]:
    """
    Time, whether it is the 24:00:00 that ends a day, and zone.
    """
    match = _TIME.fullmatch(text.strip(" \t\r\n"))
    try:
        if match is not None:
            if match[1] == _MIDNIGHT and not (match[2] or "").strip("0"):
                return time(0), True, match[3]
            fraction = (match[2] or "")[:6].ljust(6, "0")
            return time.fromisoformat(f"{match[1]}.{fraction}"), False, match[3]
    except ValueError:
        pass
    raise _WrongError(f"a time such as 23:59:59 is expected. {_VENDOR}")


def _zone(text: str) -> "tz.tzoffset":
    hours, minutes = (0, 0) if text == "Z" else (int(text[:3]), int(text[0] + text[4:]))
    return tz.tzoffset(None, timedelta(hours=hours, minutes=minutes))


def day(tag: str, fields: Fields) -> date:
    """
    The date of a child, without its zone.
    """
    text = required(fields, tag)
    try:
        return _date_parts(text)[0]
    except _WrongError as wrong:
        raise BadFieldError(tag, text, str(wrong)) from None


def local(date_tag: str, fields: Fields, time_tag: str) -> datetime:
    """
    Norwegian local time of two children, without a zone.

    A zone on either of them is honoured; without one the till's clock is Norwegian.
    """
    date_text, time_text = required(fields, date_tag), required(fields, time_tag)
    tag, text = date_tag, date_text
    try:
        day, date_zone = _date_parts(date_text)
        tag, text = time_tag, time_text
        clock, ends_day, time_zone = _time_parts(time_text)
        moment = datetime.combine(day, clock) + timedelta(days=ends_day)
        zone = time_zone or date_zone
        if zone is None:
            return moment
        return moment.replace(tzinfo=_zone(zone)).astimezone(OSLO).replace(tzinfo=None)
    except _WrongError as wrong:
        raise BadFieldError(tag, text, str(wrong)) from None
    except (OverflowError, ValueError):
        raise BadFieldError(tag, text, f"no such moment can be told in Norwegian time. {_VENDOR}") from None


def instant(stamp: Stamp) -> datetime:
    """
    The moment of a stamp, Norwegian time.
    """
    return datetime.fromisoformat(stamp).replace(tzinfo=OSLO)


def _plain(text: str, whole: int, convert: Callable[[str], object]) -> bool:
    """
    Whether a text is in the preferred form and means what it says.
    """
    if len(text) != whole or text == _MIDNIGHT:
        return False
    try:
        convert(text)
    except _WrongError:
        return False
    return True


_plain_dates = Memo(lambda text: _plain(text, 10, _date_parts))
_plain_times = Memo(lambda text: _plain(text, 8, _time_parts))


def stamp(date_tag: str, fields: Fields, time_tag: str) -> Stamp:
    """
    As :func:`local`, as sortable text; the preferred form is not parsed twice.
    """
    day, clock = fields.get(date_tag) or "", fields.get(time_tag) or ""
    if _plain_dates[day] and _plain_times[clock]:
        return f"{day}T{clock}"
    return local(date_tag, fields, time_tag).isoformat()


def children(element: Element) -> Fields:
    """
    The texts of an element's children. Of a repeated one the last counts.
    """
    return {child.tag: child.text for child in element}
