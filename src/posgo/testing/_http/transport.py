"""
A fake as an httpx transport, sync and async.
"""

import httpx

from posgo.testing._http.messages import Answerer, ConnectionCutError

__all__ = ["FakeTransport"]


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """
    Leads every request to a function. A cut connection shows as a timeout of the answer.
    """

    def __init__(self, answer: Answerer) -> None:
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """
        Answer for a sync client.
        """
        return self._respond(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """
        Answer for an async client.
        """
        return self._respond(request, await request.aread())

    def _respond(self, request: httpx.Request, content: bytes) -> httpx.Response:
        try:
            reply = self._answer(request.method, str(request.url), dict(request.headers), content)
        except ConnectionCutError as cut:
            raise httpx.ReadTimeout("the fake does not answer", request=request) from cut
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and reply.pause > patience:
            raise httpx.ReadTimeout("the fake pauses in the middle of its answer", request=request)
        return httpx.Response(
            reply.status, headers=dict(reply.headers), content=reply.content, request=request
        )
