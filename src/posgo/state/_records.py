"""
What posgo remembers about the settlements of one client company.
"""

import enum
from datetime import UTC, date, datetime
from decimal import Decimal

import attrs

from posgo.models._checks import to_tuple
from posgo.models._money import to_optional_nok

__all__ = ["Changes", "Loaded", "SettlementRecord", "SettlementState"]


class SettlementState(enum.Enum):
    """
    How far a settlement got.
    """

    SENDING = "sending"
    """The intent is stored. The voucher may be in Go: look before sending it again."""

    POSTED = "posted"
    """Go confirmed the voucher."""

    NOTHING = "nothing"
    """A day of zeros, settled without a voucher."""


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


@attrs.frozen(kw_only=True)
class SettlementRecord:
    """
    One Z-report's settlement. It holds no personal data and no secrets.

    Attributes:
        reference: The voucher's reference in Go, and the key of this record.
        cash_point: The till, by the id posgo knows it by.
        number: Z-number without leading zeros.
        closed_at: When the Z-report was made (UTC).
        business_day: The day it belongs to.
        fingerprint:
            Hash of the Z-report's figures. The same reference with another
            fingerprint is another report under a used number.
        state: How far it got.
        voucher_id: Go's id of the voucher; None before it is known.
        voucher_no: Its number in Go; None before it is known.
        grand_sales: Running total of sales in NOK; None if the till has none.
        grand_returns: Running total of returns in NOK, a magnitude; None if the till has none.
    """

    reference: str
    cash_point: str
    number: str
    closed_at: datetime = attrs.field(converter=_to_utc)
    business_day: date
    fingerprint: str
    state: SettlementState
    voucher_id: str | None = None
    voucher_no: int | None = None
    grand_sales: Decimal | None = attrs.field(default=None, converter=to_optional_nok)
    grand_returns: Decimal | None = attrs.field(default=None, converter=to_optional_nok)


@attrs.frozen(kw_only=True)
class Changes:
    """
    What one commit changes. All of it, or nothing.

    Attributes:
        put: Records to write, replacing those with the same reference.
        drop: References of records to forget.
    """

    put: tuple[SettlementRecord, ...] = attrs.field(default=(), converter=to_tuple)
    drop: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


@attrs.frozen(kw_only=True)
class Loaded:
    """
    What a store answers, and the version it was true at.

    Attributes:
        version: Number of commits of this client company so far; the next commit expects it.
        settlements: The records asked for, by reference; those that do not exist are missing.
    """

    version: int
    settlements: dict[str, SettlementRecord]
