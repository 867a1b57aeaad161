"""
What happens to days and their vouchers, as values that can be left out one by one.
"""

from datetime import date

import attrs

from posgo.models.pos import ZReport
from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._world import World

__all__ = ["Close", "Disown", "Lock", "Reverse", "Unmap"]


@attrs.frozen
class Close(Act):
    """
    A day is closed at the till. A number that was used takes the place of the report that had it: the till began anew.
    """

    z: ZReport

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        number = int(self.z.number)
        had = (own_id for own_id, z in world.pos.all(ZReport).items() if int(z.number) == number)
        world.pos.put(self.z, next(had, None))
        world.closed.setdefault(number, []).append(self.z)

    def __str__(self) -> str:
        return f"closes Z {self.z.number} with {self.z.total}"


@attrs.frozen
class Reverse(Act):
    """
    A person reverses what stands for a Z-report in Go.
    """

    number: int

    def do(self, world: World) -> None:
        """
        Let it happen, if there is a voucher to be seen.
        """
        for voucher in world.vouchers_of(self.number):
            if not voucher.reversed and world.is_seen(voucher):
                world.go.reverse(voucher.id)
                world.reversed_numbers.add(self.number)

    def __str__(self) -> str:
        return f"reverses the voucher of Z {self.number} in go"


@attrs.frozen
class Disown(Act):
    """
    The integration in Go is replaced: an earlier voucher can no longer be read by its id.
    """

    number: int

    def do(self, world: World) -> None:
        """
        Let it happen, if there is a voucher.
        """
        for voucher in world.vouchers_of(self.number):
            world.go.disown(voucher.id)

    def __str__(self) -> str:
        return f"lets the voucher of Z {self.number} be another integration's"


@attrs.frozen
class Lock(Act):
    """
    The bookkeeper locks a period; it is opened again before all comes to rest.
    """

    day: date

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.go.lock_date = self.day

    def __str__(self) -> str:
        return f"locks the books up to {self.day}"


@attrs.frozen
class Unmap(Act):
    """
    The runners are given an account map that does not know cards; it is mended before all comes to rest.
    """

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.forget_cards()

    def __str__(self) -> str:
        return "takes cards out of the account map"
