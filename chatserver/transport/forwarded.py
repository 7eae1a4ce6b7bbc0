"""`X-Forwarded-For` is trusted from listed proxies only. From anybody else it is ignored, and logged once.

Behind a proxy that is not listed, all clients share one address in every limit and lock, and nobody notices until a
limit is reached; hence the log line. Any client can send the header, so the line has no address and comes only once.
"""

from collections.abc import Sequence

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from chatserver.domain.network import Networks

HEADER = b"x-forwarded-for"

log = structlog.get_logger()


class Forwarded:
    """The application, called with the address of the client behind a listed proxy."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str]) -> None:
        # Without a proxy nothing has to be looked up for each request.
        self._app: ASGIApp = ProxyHeadersMiddleware(app, list(proxies)) if proxies else app  # type: ignore[assignment,arg-type]  # two spellings of ASGI
        self._proxies = Networks(proxies)
        self._is_told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_told and scope["type"] != "lifespan" and self._is_by_a_stranger(scope):
            self._is_told = True
            log.warning("forwarded_ignored", setting="CHATSERVER_FORWARDED_ALLOW_IPS")
        await self._app(scope, receive, send)

    def _is_by_a_stranger(self, scope: Scope) -> bool:
        if all(name != HEADER for name, _ in scope["headers"]):
            return False
        return not scope.get("client") or scope["client"][0] not in self._proxies
