"""
From method and path to the function that answers.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from posgo.testing._go.company import Company
from posgo.testing._go.http import Received, Reply, path_value

__all__ = ["Endpoint", "Handler", "Router", "endpoint"]

Handler = Callable[[Company, Received], Reply]

_PLACEHOLDER = re.compile(r"\{(\w+):(int|uuid)\}")


@attrs.frozen(kw_only=True)
class Endpoint:
    """
    One method on one path.

    Attributes:
        method: In capitals.
        template: Such as ``/Customers/{id:int}``.
        roles: Privileges of which any one suffices; empty if none is needed.
        answer: The function that answers.
        bearer: Whether an access token is needed.
    """

    method: str
    template: str
    roles: tuple[str, ...]
    answer: Handler
    bearer: bool = True

    @property
    def path(self) -> str:
        """
        The template without kinds: ``/Customers/{id}``.
        """
        return _PLACEHOLDER.sub(r"{\1}", self.template)

    def match(self, path: str) -> Mapping[str, Any] | None:
        """
        The values of the template in a path; None if it does not fit. Values of another kind are None.
        """
        pattern, kinds = _compiled(self.template)
        found = pattern.fullmatch(path)
        if found is None:
            return None
        return {name: path_value(kinds[name], text) for name, text in found.groupdict().items()}


@functools.cache
def _compiled(template: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """
    A template as a pattern, and the kinds of its values.
    """
    pattern = re.compile(_PLACEHOLDER.sub(r"(?P<\1>[^/]+)", template), re.IGNORECASE)
    return pattern, dict(_PLACEHOLDER.findall(template))


def endpoint(method: str, template: str, *roles: str, bearer: bool = True) -> Callable[[Handler], Endpoint]:
    """
    State an endpoint above the function that answers it.
    """

    def state(answer: Handler) -> Endpoint:
        return Endpoint(method=method, template=template, roles=roles, answer=answer, bearer=bearer)

    return state


class Router:
    """
    All endpoints. Fixed paths go before those with placeholders.
    """

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._endpoints = sorted(endpoints, key=lambda one: one.template.count("{"))

    def find(self, request: Received) -> tuple[Endpoint, Received] | None:
        """
        The endpoint of a request, and the request with the values of its path.
        """
        for one in self._endpoints:
            if one.method == request.method:
                parameters = one.match(request.path)
                if parameters is not None:
                    return one, attrs.evolve(request, parameters=parameters)
        return None
