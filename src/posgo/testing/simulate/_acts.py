"""
What people, networks and machines do to the world, as values that can be left out one by one.
"""

from typing import Any, Protocol

import attrs

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.models.pos import ZReport
from posgo.testing.simulate._faults import Fault
from posgo.testing.simulate._world import MODELS, World, birth_of

__all__ = [
    "Act",
    "Archive",
    "Backup",
    "Close",
    "Delete",
    "Edit",
    "Enter",
    "Jump",
    "Lose",
    "Restore",
    "Reverse",
    "Start",
    "Strike",
]


class Act(Protocol):
    """
    Something that happens at a moment.
    """

    @property
    def at(self) -> int:
        """
        The step before which it happens.
        """
        ...


@attrs.frozen
class Enter:
    """
    A person enters a record on one side.
    """

    at: int
    side: str
    value: Any

    def do(self, world: World) -> None:
        """
        Let it happen, unless the record is there.
        """
        kind = "customers" if isinstance(self.value, Customer) else "products"
        if world.born(self.side, kind, birth_of(self.value) or "") is None:
            world.side(self.side).put(self.value)

    def __str__(self) -> str:
        said = {
            field.name: getattr(self.value, field.name)
            for field in attrs.fields(type(self.value))
            if getattr(self.value, field.name) != field.default
        }
        return f"enters a {type(self.value).__name__} in {self.side}: {_told(said)}"


@attrs.frozen
class Edit:
    """
    A person edits one field of a record on one side.
    """

    at: int
    side: str
    kind: str
    birth: str
    field: str
    value: Any

    def do(self, world: World) -> None:
        """
        Let it happen, if the record is there.
        """
        own_id = world.born(self.side, self.kind, self.birth)
        if own_id is None:
            return
        side = world.side(self.side)
        side.put(attrs.evolve(side.get(MODELS[self.kind], own_id), **{self.field: self.value}), own_id)

    def __str__(self) -> str:
        return f"edits {self.birth} in {self.side}: {_told({self.field: self.value})}"


@attrs.frozen
class Archive:
    """
    A person takes a record out of use.
    """

    at: int
    side: str
    kind: str
    birth: str

    def do(self, world: World) -> None:
        """
        Let it happen, if the record is there.
        """
        own_id = world.born(self.side, self.kind, self.birth)
        if own_id is not None:
            world.side(self.side).archive(MODELS[self.kind], own_id)

    def __str__(self) -> str:
        return f"archives {self.birth} in {self.side}"


@attrs.frozen
class Delete:
    """
    A person deletes a record in the POS.
    """

    at: int
    kind: str
    birth: str

    def do(self, world: World) -> None:
        """
        Let it happen, if the record is there.
        """
        own_id = world.born("pos", self.kind, self.birth)
        if own_id is not None:
            world.pos.delete(MODELS[self.kind], own_id)

    def __str__(self) -> str:
        return f"deletes {self.birth} in pos"


@attrs.frozen
class Close:
    """
    A day is closed at the till.
    """

    at: int
    z: ZReport

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.pos.put(self.z)

    def __str__(self) -> str:
        return f"closes Z {self.z.number} with {self.z.total}"


@attrs.frozen
class Reverse:
    """
    A person reverses what stands for a Z-report in Go.
    """

    at: int
    number: int

    def do(self, world: World) -> None:
        """
        Let it happen, if there is a voucher.
        """
        for voucher in world.vouchers_of(self.number):
            if not voucher.reversed:
                world.go.reverse(voucher.id)
                world.reversed_numbers.add(self.number)

    def __str__(self) -> str:
        return f"reverses the voucher of Z {self.number} in go"


@attrs.frozen
class Start:
    """
    Somebody starts a run.
    """

    at: int
    errand: str

    def __str__(self) -> str:
        return f"starts a run: {self.errand}"


@attrs.frozen
class Strike:
    """
    A request meets a fault.

    Attributes:
        at: The step from which on it lies in wait.
        fault: What happens.
        write: Whether it waits for a write.
    """

    at: int
    fault: Fault
    write: bool = False

    def __str__(self) -> str:
        return f"fault: {self.fault}"


@attrs.frozen
class Backup:
    """
    The store is backed up.
    """

    at: int

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.back_up()

    def __str__(self) -> str:
        return "backs the store up"


@attrs.frozen
class Restore:
    """
    The machine ends, and comes back with the last backup of its store.
    """

    at: int

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.restore()

    def __str__(self) -> str:
        return "stops everything and restores the store's last backup"


@attrs.frozen
class Lose:
    """
    The machine ends, and comes back without a store.
    """

    at: int

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.lose()

    def __str__(self) -> str:
        return "stops everything and loses the store"


@attrs.frozen
class Jump:
    """
    The clock of the runners' machine is set.
    """

    at: int
    seconds: int

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.set_clock(self.seconds)

    def __str__(self) -> str:
        return f"sets the runners' clock {self.seconds:+} s"


def _told(said: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in said.items())


def _short(value: Any) -> str:
    if isinstance(value, Address):
        return f"{value.line1}/{value.zip_code}/{value.city}"
    return repr(value) if not isinstance(value, Product) else "…"
