"""
How a resource's methods are stated once and typed for both colours.

A resource is a table: each attribute names a call builder and how its call is
carried out. Read on a sync client it is a plain method, on an async client
one to be awaited; arguments and result keep their types.
"""

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from posgo.clients.calls import Call, Page
from posgo.procedure import Procedure

__all__ = ["AsyncSender", "Many", "One", "Resource", "Steps", "SyncSender"]

P = ParamSpec("P")
T = TypeVar("T")


class SyncSender(Protocol):
    """
    Carries calls out while the caller waits.
    """

    def send(self, call: Call[T]) -> T:
        """
        Send one call.
        """
        ...

    def run(self, procedure: Procedure[T]) -> T:
        """
        Send the calls of a procedure.
        """
        ...

    def iterate(self, call: Call[Page[T]]) -> Iterator[T]:
        """
        Yield the rows of a listing, asking for pages as they are needed.
        """
        ...


class AsyncSender(Protocol):
    """
    Carries calls out while the caller awaits.
    """

    async def send(self, call: Call[T]) -> T:
        """
        Send one call.
        """
        ...

    async def run(self, procedure: Procedure[T]) -> T:
        """
        Send the calls of a procedure.
        """
        ...

    def iterate(self, call: Call[Page[T]]) -> AsyncIterator[T]:
        """
        Yield the rows of a listing, asking for pages as they are needed.
        """
        ...


S = TypeVar("S", bound=SyncSender | AsyncSender)


class Resource(Generic[S]):
    """
    A group of methods that belong together, bound to a client.
    """

    def __init__(self, sender: S) -> None:
        self._sender = sender

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._sender!r}>"


class _Method(Generic[P, T]):
    # What the sender is asked to do with what the builder built.
    _verb = "send"

    def __init__(self, build: Callable[P, Any]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def _bind(self, resource: Resource[Any] | None) -> Any:
        if resource is None:
            return self
        act, build = getattr(resource._sender, self._verb), self._build  # noqa: SLF001

        @functools.wraps(build)
        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return act(build(*args, **kwargs))

        return method


class One(_Method[P, T]):
    """
    A method that sends one call.
    """

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        super().__init__(build)

    @overload
    def __get__(self, resource: Resource[SyncSender], owner: type | None = None) -> Callable[P, T]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncSender], owner: type | None = None
    ) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, resource: None, owner: type | None = None) -> "One[P, T]": ...
    def __get__(self, resource: Resource[Any] | None, owner: type | None = None) -> Any:
        return self._bind(resource)


class Steps(_Method[P, T]):
    """
    A method that needs several calls.
    """

    _verb = "run"

    def __init__(self, build: Callable[P, Procedure[T]]) -> None:
        super().__init__(build)

    @overload
    def __get__(self, resource: Resource[SyncSender], owner: type | None = None) -> Callable[P, T]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncSender], owner: type | None = None
    ) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, resource: None, owner: type | None = None) -> "Steps[P, T]": ...
    def __get__(self, resource: Resource[Any] | None, owner: type | None = None) -> Any:
        return self._bind(resource)


class Many(_Method[P, T]):
    """
    A method that iterates over a listing, lazily.
    """

    _verb = "iterate"

    def __init__(self, build: Callable[P, Call[Page[T]]]) -> None:
        super().__init__(build)

    @overload
    def __get__(
        self, resource: Resource[SyncSender], owner: type | None = None
    ) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncSender], owner: type | None = None
    ) -> Callable[P, AsyncIterator[T]]: ...
    @overload
    def __get__(self, resource: None, owner: type | None = None) -> "Many[P, T]": ...
    def __get__(self, resource: Resource[Any] | None, owner: type | None = None) -> Any:
        return self._bind(resource)
