"""
What a POS offers posgo: six operations, to be implemented on top of a vendor's own database.

Everything posgo relies on is written on the methods. ``posgo.testing.PointOfSaleContract``
holds an implementation to it.
"""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol, TypeVar

from posgo.models.catalog import Product
from posgo.models.feeds import Feed
from posgo.models.orders import Order
from posgo.models.parties import Customer
from posgo.models.pos import ZReport
from posgo.models.records import Record

__all__ = ["AsyncPointOfSale", "PointOfSale", "Thing"]

Thing = TypeVar("Thing", bound=Customer | Product | Order)
"""What is kept alike on both sides."""


class PointOfSale(Protocol):
    """
    A POS. A vendor implements it on top of their own database; :class:`posgo.PosClient` does so over HTTP.

    ``type`` is always :class:`posgo.Customer`, :class:`posgo.Product` or
    :class:`posgo.Order`; posgo asks only for kinds the profile names. Ids are
    the POS's own and never used again for something else. Archived records
    are records like others. A refusal is a :class:`posgo.exceptions.RejectedError`
    or one of its children, made by the functions of ``posgo.clients.pos``: the run goes on with
    other records. Any other exception ends the run.
    """

    def changes(self, type: type[Thing], cursor: str | None = None) -> Feed[Record[Thing]]:  # noqa: A002
        """
        Tell what was created or changed after a cursor, whoever did it, oldest change first.

        **Nothing is skipped.** Going on from the cursor of each answer until
        one has no ``more`` leads past every record changed meanwhile, however
        busy the shop is. A record may come more than once; its state is the
        current one. What posgo itself wrote comes as well.

        Without a cursor it begins with the first record, archived ones
        included, and says so by ``from_start``. A cursor the POS no longer
        knows (a restored database) begins there too: no error is needed.

        Args:
            type: What is asked for.
            cursor: That of an earlier answer for the same type; None for the beginning.
        """
        ...

    def fetch(self, type: type[Thing], id: str) -> Record[Thing] | None:  # noqa: A002
        """
        Read one record as it is now; None if there is none.

        What was written is seen at once.
        """
        ...

    def find(self, type: type[Thing], reference: str) -> Record[Thing] | None:  # noqa: A002
        """
        Read the record that carries a reference; None if there is none.

        What was written is seen at once.
        """
        ...

    def create(self, value: Thing, *, reference: str) -> Record[Thing]:
        """
        Create a record that carries a reference, **once**.

        If a record of this type carries the reference already, that record
        is returned as it is and nothing is created or changed: posgo repeats
        a creation whose answer was lost.

        Args:
            value: What the record says.
            reference: The counterpart in Go, such as ``go:1234``: at most 100 ASCII characters, no blanks.

        Raises:
            RejectedError: If the POS cannot hold the value.
        """
        ...

    def update(
        self,
        type: type[Thing],  # noqa: A002
        id: str,  # noqa: A002
        changes: Mapping[str, Any],
        *,
        expected: Mapping[str, Any] | None = None,
        reference: str | None = None,
    ) -> Record[Thing]:
        """
        Change the named fields of a record, and nothing else. All of it happens, or nothing.

        Repeating an update changes nothing more.

        Args:
            type: What is changed.
            id: Its id.
            changes: New values by field name; an archived record is one whose ``archived`` is True.
            expected:
                Values the caller saw. If one of these fields holds neither
                that nor the new value, a person was faster: nothing is changed.
            reference: Written where the record has none. A record that has another one refuses.

        Raises:
            NotFoundError: If there is no such record.
            ConflictError: If a field is not as expected, or the record carries another reference.
            DuplicateReferenceError: If another record carries the reference.
            RejectedError: If the POS cannot hold a value.
        """
        ...

    def z_reports(self, cursor: str | None = None) -> Feed[ZReport]:
        """
        Tell the finished Z-reports after a cursor, in any order.

        Cursors behave as in :meth:`changes`. A Z-report is told when it is
        final. It may be told again: posgo knows it by number and figures.

        Args:
            cursor: That of an earlier answer; None for the beginning.
        """
        ...


class AsyncPointOfSale(Protocol):
    """
    As :class:`PointOfSale`, with coroutines.
    """

    def changes(self, type: type[Thing], cursor: str | None = None) -> Awaitable[Feed[Record[Thing]]]:  # noqa: A002
        """
        See :meth:`PointOfSale.changes`.
        """
        ...

    def fetch(self, type: type[Thing], id: str) -> Awaitable[Record[Thing] | None]:  # noqa: A002
        """
        See :meth:`PointOfSale.fetch`.
        """
        ...

    def find(self, type: type[Thing], reference: str) -> Awaitable[Record[Thing] | None]:  # noqa: A002
        """
        See :meth:`PointOfSale.find`.
        """
        ...

    def create(self, value: Thing, *, reference: str) -> Awaitable[Record[Thing]]:
        """
        See :meth:`PointOfSale.create`.
        """
        ...

    def update(
        self,
        type: type[Thing],  # noqa: A002
        id: str,  # noqa: A002
        changes: Mapping[str, Any],
        *,
        expected: Mapping[str, Any] | None = None,
        reference: str | None = None,
    ) -> Awaitable[Record[Thing]]:
        """
        See :meth:`PointOfSale.update`.
        """
        ...

    def z_reports(self, cursor: str | None = None) -> Awaitable[Feed[ZReport]]:
        """
        See :meth:`PointOfSale.z_reports`.
        """
        ...
