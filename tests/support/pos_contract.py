"""
Holds every request and every answer of a test against the description of the POS contract.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from support.validating import Description, MisfitError

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "pos-contract.openapi.json"


class PosDescription(Description):
    """
    The description of the POS contract, ready to judge.
    """

    def check_response(self, operation: dict[str, Any], response: httpx.Response, what: str) -> None:
        responses = operation["responses"]
        described = responses.get(
            str(response.status_code), {} if response.is_success else responses["default"]
        )
        media = response.headers.get("content-type", "").partition(";")[0]
        if media not in described.get("content", {}):
            raise MisfitError(f"{what}: an answer {response.status_code} of {media!r} is not described")
        if media != "application/xml":
            schema = described["content"][media]["schema"]
            self.check(schema, json.loads(response.content), f"answer {response.status_code} to {what}")


@cache
def pos_description() -> PosDescription:
    return PosDescription(json.loads(DOCUMENT.read_text(encoding="utf-8")))


class PosValidatingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """
    Passes everything on to a fake, and refuses what does not fit the description.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        operation = pos_description().check_request(request, _path(request), request.read())
        response: httpx.Response = self._inner.handle_request(request)
        response.read()
        return self._judged(operation, request, response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        operation = pos_description().check_request(request, _path(request), await request.aread())
        response: httpx.Response = await self._inner.handle_async_request(request)
        await response.aread()
        return self._judged(operation, request, response)

    def _judged(
        self, operation: dict[str, Any], request: httpx.Request, response: httpx.Response
    ) -> httpx.Response:
        pos_description().check_response(operation, response, f"{request.method} {request.url.path}")
        return response


def _path(request: httpx.Request) -> str:
    # As sent: an id may hold an encoded slash.
    return request.url.raw_path.decode().partition("?")[0]
