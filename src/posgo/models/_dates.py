"""
Time as a Norwegian shop and its ledger see it.

A till prints Norwegian local time, summer time included; the ledger knows
only dates. Instants are timezone-aware; dates are dates.
"""

from datetime import UTC, date, datetime, time, timedelta

from dateutil import tz

from posgo.exceptions import ModelError

__all__ = ["OSLO", "business_day", "to_oslo", "to_utc"]

# dateutil carries its own copy of the tz database for machines without one.
OSLO = tz.gettz("Europe/Oslo")


# Beyond them lie only placeholders, such as SAF-T's 0001-01-01, and dates that cannot be reckoned with.
_FIRST_YEAR, _LAST_YEAR = 1900, 9998


def to_oslo(value: datetime) -> datetime:
    """
    Take an instant; one without a zone is Norwegian local time.
    """
    if not isinstance(value, datetime):
        raise ModelError(f"{value!r} is not a datetime")
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ModelError(f"{value} is not a time at which a till can have been used")
    return value.replace(tzinfo=OSLO) if value.utcoffset() is None else value.astimezone(OSLO)


def to_utc(value: datetime) -> datetime:
    """
    Take an instant.

    Raises:
        ModelError: If it is none, or has no time zone.
    """
    if getattr(value, "tzinfo", None) is None or value.utcoffset() is None:
        raise ModelError(f"{value!r} is not an instant: give a datetime with a time zone")
    return value.astimezone(UTC)


def business_day(closed_at: datetime, ends: time) -> date:
    """
    The day a Z-report belongs to.

    Args:
        closed_at: When the Z-report was made.
        ends:
            Norwegian local time at which a business day gives way to the
            next. A bar's Z-report of 03:10 belongs to the day before when
            the day ends at 05:00. ``time(0)`` makes it the calendar day.
    """
    local = to_oslo(closed_at)
    return local.date() - timedelta(days=1) if local.time() < ends else local.date()
