"""
How far orders in Go have been read, written down and read again.
"""

from datetime import timedelta

from posgo.procedures.order_position import Position
from support.ordering import World


class TestPosition:
    """
    Where a poll of Go reads on.
    """

    def test_round_trip(self) -> None:
        """
        A cursor says all of it.
        """
        world = World()
        now = world.clock.utc_now()
        for position in (
            Position(swept_at=now),
            Position(swept_at=now, orders=now, invoices=now, recent={"a": now}),
        ):
            assert position == Position.read(position.write())

    def test_remembers_what_will_be_told_again(self) -> None:
        """
        Stamps within the overlap are kept, older ones are not.
        """
        now = World().clock.utc_now()
        second = timedelta(seconds=1)
        first = Position(swept_at=now).moved({"a": now, "b": now - 31 * second}, {}, 30 * second)
        later = first.moved({"c": now + 60 * second}, {"d": now}, 30 * second)

        assert {"a": now} == first.recent
        assert {"c": now + 60 * second, "d": now, "a": now} == later.recent
