"""
How far orders in Go have been read: two stamps of Go's, and when all drafts were last looked at.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import attrs

__all__ = ["Position"]

Stamps = Mapping[str, datetime]


@attrs.frozen(kw_only=True)
class Position:
    """
    Where to read on.

    Attributes:
        orders: The latest change of an order seen; None if none was.
        invoices: The latest change of an invoice's balance seen; None if none was.
        swept_at: When all open orders were last looked at, by our clock.
        recent:
            Stamps of what a poll will be told again, because it begins some
            time before the latest. With the same stamp it is known already.
    """

    orders: datetime | None = None
    invoices: datetime | None = None
    swept_at: datetime
    recent: Stamps = attrs.Factory(dict)

    @classmethod
    def read(cls, cursor: str) -> "Position":
        """
        Read a cursor.
        """
        told = json.loads(cursor)
        return cls(
            orders=_instant(told["orders"]),
            invoices=_instant(told["invoices"]),
            swept_at=datetime.fromisoformat(told["swept_at"]),
            recent={own_id: datetime.fromisoformat(stamp) for own_id, stamp in told["recent"].items()},
        )

    def write(self) -> str:
        """
        Write a cursor.
        """
        told = {
            "orders": self.orders.isoformat() if self.orders else None,
            "invoices": self.invoices.isoformat() if self.invoices else None,
            "swept_at": self.swept_at.isoformat(),
            "recent": {own_id: stamp.isoformat() for own_id, stamp in sorted(self.recent.items())},
        }
        return json.dumps(told)

    def moved(self, orders: Stamps, invoices: Stamps, overlap: timedelta) -> "Position":
        """
        The position after these were seen.
        """
        newest_order = _newest(self.orders, orders.values())
        newest_invoice = _newest(self.invoices, invoices.values())
        told_again = {
            own_id: stamp
            for stamps, newest in ((orders, newest_order), (invoices, newest_invoice))
            for own_id, stamp in stamps.items()
            if newest is not None and stamp > newest - overlap
        }
        still = {own_id: stamp for own_id, stamp in self.recent.items() if own_id not in {*orders, *invoices}}
        return attrs.evolve(
            self,
            orders=newest_order,
            invoices=newest_invoice,
            recent={
                **{
                    own_id: stamp
                    for own_id, stamp in still.items()
                    if any(
                        newest is not None and stamp > newest - overlap
                        for newest in (newest_order, newest_invoice)
                    )
                },
                **told_again,
            },
        )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _newest(known: datetime | None, stamps: Iterable[datetime]) -> datetime | None:
    return max([*([known] if known else []), *stamps], default=None)
