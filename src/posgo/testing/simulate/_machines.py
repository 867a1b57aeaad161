"""
What happens to runs, requests, computers and the store, as values that can be left out one by one.
"""

from datetime import timedelta

import attrs

from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._faults import Fault, Moment
from posgo.testing.simulate._sites import Site, is_at
from posgo.testing.simulate._world import World

__all__ = ["Backup", "CutOff", "Idle", "Jump", "Lose", "Meanwhile", "Restore", "Stall", "Start", "Strike"]


@attrs.frozen
class Start(Act):
    """
    Somebody starts a run.

    Attributes:
        errand: For what.
        machine: On which computer.
    """

    errand: str
    machine: int = 0

    def __str__(self) -> str:
        return f"starts a run on machine {self.machine}: {self.errand}"


@attrs.frozen
class Strike(Act):
    """
    A request meets a fault.

    Attributes:
        at: The step from which on it lies in wait.
        fault: What happens.
        write: Whether it waits for a write.
        on: What it waits for: a part of what a trace says of the request.
        then: What happens, or lies in wait, from then on.
        site: The place in procedures it waits for; None for any, and for what no procedure asks.
    """

    fault: Fault
    write: bool = False
    on: str = ""
    then: tuple[Act, ...] = ()
    site: Site | None = None

    @property
    def unseen(self) -> bool:
        """
        See :attr:`Act.unseen`.
        """
        return any(act.unseen for act in self.then)

    def meets(self, moment: Moment) -> bool:
        """
        Whether this is the request it waits for.
        """
        if self.site is not None and not is_at(self.site, moment.site):
            return False
        return (moment.writes or not self.write) and self.on in str(moment)

    def __str__(self) -> str:
        return f"fault: {self.fault}"


@attrs.frozen
class Meanwhile(Act):
    """
    Somebody does something just before a request is made.

    Attributes:
        at: The step from which on they lie in wait.
        on: The request: a part of what a trace says of it.
        act: What they do.
    """

    on: str
    act: Act

    @property
    def unseen(self) -> bool:
        """
        See :attr:`Act.unseen`.
        """
        return self.act.unseen

    def __str__(self) -> str:
        return f"somebody {self.act}"


@attrs.frozen
class Stall(Act):
    """
    A process is held up before a request, as by a computer that is short of memory.

    Attributes:
        at: The step from which on it lies in wait.
        on: The request: a part of what a trace says of it.
        steps: For how many steps of others.
    """

    on: str
    steps: int

    def __str__(self) -> str:
        return f"stalls for {self.steps} steps"


@attrs.frozen
class Idle(Act):
    """
    Nothing happens for a while.
    """

    seconds: int

    def __str__(self) -> str:
        return f"lets {self.seconds} s pass"


@attrs.frozen
class CutOff(Act):
    """
    The database ends the connection a lease hangs on, and whoever held it does not notice.
    """

    def do(self, world: World) -> None:
        """
        Let it happen, if anybody holds it.
        """
        world.lease.break_off()

    def __str__(self) -> str:
        return "takes the lease away from whoever holds it"


@attrs.frozen
class Jump(Act):
    """
    The clock of a computer is set.
    """

    seconds: int
    machine: int = 0

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.machines[self.machine].clock.off += timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        return f"sets the clock of machine {self.machine} {self.seconds:+} s"


@attrs.frozen
class Backup(Act):
    """
    The store is backed up.
    """

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.back_up()

    def __str__(self) -> str:
        return "backs the store up"


@attrs.frozen
class Restore(Act):
    """
    The machine ends, and comes back with the last backup of its store.
    """

    @property
    def unseen(self) -> bool:
        """
        See :attr:`Act.unseen`.
        """
        return True

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.restore()

    def __str__(self) -> str:
        return "stops everything and restores the store's last backup"


@attrs.frozen
class Lose(Act):
    """
    The machine ends, and comes back without a store.
    """

    @property
    def unseen(self) -> bool:
        """
        See :attr:`Act.unseen`.
        """
        return True

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.lose()

    def __str__(self) -> str:
        return "stops everything and loses the store"
