"""
What a POS offers posgo, in-process: a protocol to implement, and its operations as requests.
"""

import abc
from collections.abc import Awaitable, Iterable
from typing import Protocol, TypeVar

import attrs

from posgo.models.pos import ZReport
from posgo.procedure import Request

__all__ = ["AsyncPointOfSale", "FinishedZReports", "PointOfSale", "PosRequest"]

T_co = TypeVar("T_co", covariant=True)


class PointOfSale(Protocol):
    """
    A POS. A vendor implements it on top of their own database.
    """

    def z_reports(self) -> Iterable[ZReport]:
        """
        Finished Z-reports, in any order.

        posgo may be given again what it has seen before, and tells
        repetitions by number and figures; nothing needs to be remembered here.
        """
        ...


class AsyncPointOfSale(Protocol):
    """
    As :class:`PointOfSale`, with coroutines.
    """

    def z_reports(self) -> Awaitable[Iterable[ZReport]]:
        """
        See :meth:`PointOfSale.z_reports`.
        """
        ...


class PosRequest(Request[T_co], abc.ABC):
    """
    Something a procedure asks of the POS.
    """

    __slots__ = ()

    @abc.abstractmethod
    def on(self, pos: PointOfSale) -> T_co:
        """
        Carry it out; on a POS whose methods are coroutines the answer is awaitable.
        """


@attrs.frozen
class FinishedZReports(PosRequest[Iterable[ZReport]]):
    """
    Read finished Z-reports.
    """

    def on(self, pos: PointOfSale) -> Iterable[ZReport]:
        """
        See :meth:`PointOfSale.z_reports`.
        """
        return pos.z_reports()
