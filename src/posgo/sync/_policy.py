"""
What two sides share, and who decides: the policy of one kind of record, as a value.

A policy that contradicts itself, or forgets a field of its model, cannot be
built; all its problems are listed at once.
"""

import enum
import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from posgo.exceptions import ConfigurationError, ModelError
from posgo.models.findings import Severity
from posgo.sync._lens import IDENTITY, Lens, Values, blank_is_none

if TYPE_CHECKING:
    from posgo.sync._merger import Merger

__all__ = [
    "Authority",
    "Check",
    "Direction",
    "Guard",
    "Key",
    "OnDeleteChange",
    "OnReceiverEdit",
    "Policy",
    "Replica",
    "Seal",
    "Unit",
]

T = TypeVar("T")


class Replica(enum.StrEnum):
    """
    One of the two systems.
    """

    POS = "pos"
    """The point of sale."""

    GO = "go"
    """PowerOffice Go."""

    @property
    def other(self) -> "Replica":
        """
        The system on the other side.
        """
        return Replica.GO if self is Replica.POS else Replica.POS


class Authority(enum.StrEnum):
    """
    Who is right when both sides changed a field differently.
    """

    POS = "pos"
    """The POS's value is written to Go."""

    GO = "go"
    """Go's value is written to the POS."""

    NEWEST = "newest"
    """The record changed last, by each replica's own clock; held when that is not known."""

    HOLD = "hold"
    """Nobody: the field waits for a person, the rest of the record does not."""


class Direction(enum.StrEnum):
    """
    Which way a field flows.
    """

    BOTH = "both"
    POS_TO_GO = "pos-to-go"
    GO_TO_POS = "go-to-pos"

    @property
    def owner(self) -> Replica | None:
        """
        The side a one-way field flows from; None if it flows both ways.
        """
        return {Direction.POS_TO_GO: Replica.POS, Direction.GO_TO_POS: Replica.GO}.get(self)


class OnReceiverEdit(enum.StrEnum):
    """
    What becomes of a one-way field that was edited where it only arrives.
    """

    LEAVE = "leave"
    """It is told once and left until the owning side changes the field."""

    RESTORE = "restore"
    """The owning side's value is written back, as a recorded conflict."""


class OnDeleteChange(enum.StrEnum):
    """
    What becomes of a record deleted on one side and changed on the other.
    """

    HOLD = "hold"
    """It waits for a person."""

    RECREATE = "recreate"
    """It is made anew where it was deleted."""

    ARCHIVE = "archive"
    """It is archived where it was changed."""


def _to_tuple_of_names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


@attrs.frozen(kw_only=True)
class Unit:
    """
    A change unit: shared fields that change, conflict and are decided as one.

    Attributes:
        fields:
            Names in the model; ``"address.city"`` names a part of a nested value.
        direction: Which way they flow.
        authority:
            Who decides a conflict. A one-way unit is decided by its owner
            and takes no authority; None is otherwise a person (``HOLD``).
        lens: What the narrower side can hold of them; see :class:`Lens`.
        narrow: The side that can hold less. Means something only with a lens.
        normalise:
            Brings one field's value to the form in which it is compared.
            Called only where plain values differ.
        merger:
            Merges the unit where one value for all of it would be too
            coarse: lines of an order, say. It takes no lens.
    """

    fields: tuple[str, ...] = attrs.field(converter=_to_tuple_of_names)
    direction: Direction = attrs.field(default=Direction.BOTH, converter=Direction)
    authority: Authority | None = attrs.field(default=None, converter=attrs.converters.optional(Authority))
    lens: Lens = IDENTITY
    narrow: Replica = attrs.field(default=Replica.GO, converter=Replica)
    normalise: Callable[[Any], Any] = blank_is_none
    merger: "Merger | None" = None

    @property
    def name(self) -> str:
        """
        The fields as one text, for reasons and messages.
        """
        return ", ".join(self.fields)

    @property
    def owner(self) -> Replica:
        """
        The side a one-way unit flows from.
        """
        owner = self.direction.owner
        if owner is None:
            raise ModelError(f"{self.name} flows both ways: nobody owns it")
        return owner

    @property
    def one_way(self) -> str:
        """
        Which way a one-way unit flows, in words.
        """
        return f"{self.name} flows {self.direction.value.replace('-', ' ')} only"

    def flows_from(self, replica: Replica) -> bool:
        """
        Whether a change made in this replica reaches the other.
        """
        return self.direction.owner in (None, replica)

    def shared(self, values: Values) -> Values:
        """
        What both sides can hold of one side's values.
        """
        return self.lens.get(values)

    def normal(self, values: Values) -> Values:
        """
        Shared values in the form in which they are compared.
        """
        return tuple(map(self.normalise, values))


@attrs.frozen(kw_only=True)
class Key(Generic[T]):
    """
    How two unlinked records are known to be the same.

    Attributes:
        name: What it is, for findings: ``"organisation number"``.
        read: Its value in a record, normalised; None if the record has none.
        decisive:
            Whether two records with *different* values are different
            things, whatever a later key says.
    """

    name: str
    read: Callable[[T], Hashable | None]
    decisive: bool = False


@attrs.frozen(kw_only=True)
class Check(Generic[T]):
    """
    Something a value should be before it is written to a side.

    Attributes:
        rule: Stable id of the finding.
        holds: Whether a value is as it should be.
        message: What is wrong when it does not hold, without personal data.
        remedy: What to do about it.
        fields: The fields it looks at; an update of others does not repeat the finding.
        replica: The side that asks for it; None if both do.
        severity: ``BLOCK`` keeps the record from being created there. ``WARN`` only tells.
    """

    rule: str
    holds: Callable[[T], bool]
    message: str
    remedy: str
    fields: tuple[str, ...] = attrs.field(converter=_to_tuple_of_names)
    replica: Replica | None = None
    severity: Severity = Severity.WARN


@attrs.frozen(kw_only=True)
class Seal(Generic[T]):
    """
    A state in which a record belongs to one side: an invoice that was sent, say.

    While it holds, units flow from that side only, and the other's edits are
    told once and left.

    Attributes:
        owner: The side.
        holds:
            What the owner will say once the fields below are written, and
            what the other side says now, to whether the record is in that state.
        spares: Fields with rules of their own. They are decided first, and not sealed.
        rule: Stable id of the finding about an edit; None if edits are of no interest.
        message: What was edited in vain, after the name of the fields: ``"was changed in the POS, but …"``.
        remedy: What to do about it.
    """

    owner: Replica
    holds: Callable[[T, T], bool]
    spares: tuple[str, ...] = attrs.field(default=(), converter=_to_tuple_of_names)
    rule: str | None = None
    message: str = ""
    remedy: str = ""


@attrs.frozen(kw_only=True)
class Guard:
    """
    The brake on mass changes: a plan beyond both limits is refused until a person approves it.

    It counts pairs that would be archived, or lose a value that is not blank.

    Attributes:
        percent: Of the linked and matched pairs, 0 to 100.
        count: Pairs.
    """

    percent: int = attrs.field(default=20, validator=[attrs.validators.ge(0), attrs.validators.le(100)])
    count: int = attrs.field(default=10, validator=attrs.validators.ge(0))

    def refuses(self, count: int, pairs: int) -> bool:
        """
        Whether changing this many of so many pairs needs a person.
        """
        return count > self.count and count * 100 > self.percent * pairs


def _to_units(units: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple(units)


def _to_owned(owned: Mapping[str, Replica]) -> Mapping[str, Replica]:
    return MappingProxyType({field: Replica(replica) for field, replica in owned.items()})


def _to_keys(keys: "Iterable[Key[Any]]") -> "tuple[Key[Any], ...]":
    return tuple(keys)


def _to_checks(checks: "Iterable[Check[Any]]") -> "tuple[Check[Any], ...]":
    return tuple(checks)


def _to_seals(seals: "Iterable[Seal[Any]]") -> "tuple[Seal[Any], ...]":
    return tuple(seals)


def _to_replicas(replicas: Iterable[Replica]) -> frozenset[Replica]:
    return frozenset(map(Replica, replicas))


@attrs.frozen(kw_only=True)
class Policy(Generic[T]):
    """
    How one kind of record is kept alike.

    Attributes:
        model: The attrs class of the values.
        shared: The change units. A field belongs to one unit, or is owned.
        owned: Fields that live on one side alone, and on which. They are never written to the other.
        keys:
            How unlinked records meet, in order, after the references they
            carry. None of them is needed when every record is linked.
        checks: What a value should be before it is written.
        creates: Sides on which records may be made.
        archived:
            The shared field that says a record is out of use; None if the
            model has none. Its direction also says which way deletions go.
        ended:
            Whether a value has come to its end in another way than by that
            field: a cancelled order. Like an archived record it is never
            made anew, and what ends it is written last.
        seals: States in which one side owns the record. The first that holds counts.
        references: Sides whose records can carry a reference to their counterpart.
        on_receiver_edit: What becomes of an edit on the receiving side of a one-way field.
        on_delete_change: What becomes of a record deleted here and changed there.
        clock_skew: How far apart two changes must be for the newest to win.
        guard: The brake on mass changes.

    Raises:
        ConfigurationError: With everything that contradicts itself.
    """

    model: type[T]
    shared: tuple[Unit, ...] = attrs.field(converter=_to_units)
    owned: Mapping[str, Replica] = attrs.field(factory=dict, converter=_to_owned)
    keys: tuple[Key[T], ...] = attrs.field(default=(), converter=_to_keys)
    checks: tuple[Check[T], ...] = attrs.field(default=(), converter=_to_checks)
    creates: frozenset[Replica] = attrs.field(default=frozenset(Replica), converter=_to_replicas)
    archived: str | None = "archived"
    ended: Callable[[T], bool] | None = None
    seals: tuple[Seal[T], ...] = attrs.field(default=(), converter=_to_seals)
    references: frozenset[Replica] = attrs.field(default=frozenset({Replica.GO}), converter=_to_replicas)
    on_receiver_edit: OnReceiverEdit = attrs.field(default=OnReceiverEdit.LEAVE, converter=OnReceiverEdit)
    on_delete_change: OnDeleteChange = attrs.field(default=OnDeleteChange.HOLD, converter=OnDeleteChange)
    clock_skew: timedelta = timedelta(0)
    guard: Guard = Guard()

    def __attrs_post_init__(self) -> None:
        problems = tuple(_problems(self))
        if problems:
            named = getattr(self.model, "__name__", type(self.model).__name__)
            raise ConfigurationError(f"the policy of {named}", problems)

    @property
    def noun(self) -> str:
        """
        What the records are called in findings.
        """
        return self.model.__name__.lower()

    def unit_of(self, field: str) -> Unit:
        """
        The change unit of a shared field.
        """
        return next(unit for unit in self.shared if field in unit.fields)

    def may_archive(self, replica: Replica) -> bool:
        """
        Whether records may be archived on this side.
        """
        return self.archived is not None and self.unit_of(self.archived).flows_from(replica.other)


def _problems(policy: Policy[Any]) -> Iterator[str]:
    # A value of an attrs class has its fields too, and what it says is nobody's business here.
    if not attrs.has(policy.model) or attrs.has(type(policy.model)):
        yield "the model must be an attrs class"
        return
    names = {field.name for field in attrs.fields(policy.model)}
    listed = [field.split(".")[0] for unit in policy.shared for field in dict.fromkeys(unit.fields)]
    yield from (f"{name} is no field of the model" for name in sorted({*listed, *policy.owned} - names))
    yield from (f"{name} is both shared and owned" for name in sorted({*listed} & {*policy.owned}))
    yield from (f"{name} is neither shared nor owned" for name in sorted(names - {*listed} - {*policy.owned}))
    yield from _twice(policy)
    for unit in policy.shared:
        yield from _unit_problems(unit)
    if policy.archived is not None and [policy.archived] not in [list(unit.fields) for unit in policy.shared]:
        yield f"{policy.archived} must be a shared unit by itself: it says what is archived"
    if policy.clock_skew < timedelta(0):
        yield "clock_skew must not be negative"


def _twice(policy: Policy[Any]) -> Iterator[str]:
    paths = sorted(field for unit in policy.shared for field in unit.fields)
    for path, following in itertools.pairwise(paths):
        if following == path or following.startswith(path + "."):
            yield f"{following} is shared twice"


def _unit_problems(unit: Unit) -> Iterator[str]:
    if not unit.fields:
        yield "a unit needs a field"
    if unit.direction.owner is not None and unit.authority is not None:
        yield f"{unit.name} flows one way: its owner decides, so it takes no authority"
    if unit.merger is not None and unit.lens is not IDENTITY:
        yield f"{unit.name} merges itself, so it takes no lens"
    if any(field.count(".") > 1 for field in unit.fields):
        yield f"{unit.name}: a part may be one level deep, such as address.city"
