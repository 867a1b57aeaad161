"""
What people do to records, as values that can be left out one by one.
"""

from typing import Any

import attrs

from posgo.models.catalog import Product
from posgo.models.parties import Address, Customer
from posgo.testing.simulate._world import MODELS, World, birth_of

__all__ = ["Act", "Archive", "Delete", "Edit", "Enter", "Forget", "Ignore"]


@attrs.frozen
class Act:
    """
    Something that happens at a moment.

    Attributes:
        at: The step before which it happens.
    """

    at: int

    @property
    def unseen(self) -> bool:
        """
        Whether no delta tells of it, so that it takes a sweep to make both sides alike.
        """
        return False

    def do(self, world: World) -> None:
        """
        Let it happen to the world. What happens to processes and requests is the simulation's affair.
        """


@attrs.frozen
class Enter(Act):
    """
    A person enters a record on one side.
    """

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
class Edit(Act):
    """
    A person edits one field of a record on one side.
    """

    side: str
    kind: str
    birth: str
    field: str
    value: Any

    @property
    def unseen(self) -> bool:
        """
        Go's stamp does not move when an address changes.
        """
        return self.side == "go" and self.field == "address"

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
class Archive(Act):
    """
    A person takes a record out of use.
    """

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
class Delete(Act):
    """
    A person deletes a record in the POS.
    """

    kind: str
    birth: str

    @property
    def unseen(self) -> bool:
        """
        See :attr:`Act.unseen`.
        """
        return True

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
class Ignore(Act):
    """
    Go says yes to changes of names and does not carry them out; it does again before all comes to rest.
    """

    def do(self, world: World) -> None:
        """
        Let it happen.
        """
        world.go.ignore_changes_of("Name")

    def __str__(self) -> str:
        return "lets Go ignore changes of names"


@attrs.frozen
class Forget(Act):
    """
    An operator erases what the store holds of a record.
    """

    kind: str
    birth: str

    @property
    def unseen(self) -> bool:
        """
        See :attr:`Act.unseen`.
        """
        return True

    def do(self, world: World) -> None:
        """
        Let it happen, if the record is in the POS.
        """
        own_id = world.born("pos", self.kind, self.birth)
        if own_id is not None:
            agreed = world.store.links(world.client, self.kind, pos_ids=(own_id,)).links
            world.forgotten.extend((self.kind, link) for link in agreed)
            world.store.forget(world.client, self.kind, pos_id=own_id)

    def __str__(self) -> str:
        return f"lets the store forget {self.birth}"


def _told(said: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in said.items())


def _short(value: Any) -> str:
    if isinstance(value, Address):
        return f"{value.line1}/{value.zip_code}/{value.city}"
    return repr(value) if not isinstance(value, Product) else "…"
