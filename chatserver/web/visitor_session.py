"""`/v1/visitor/session`: `POST` creates a visitor and returns the token, only this once; `PUT` keeps one for longer,
because the device is the visitor's own; `DELETE` ends one, because another person is using that browser now.

Only the widget's frame may call it, so the Origin must be the server's own. Which pages may embed the frame is checked
there (`frame-ancestors`).
"""

from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.network import network_of
from chatserver.domain.refusals import NotFound, RateLimited, Unauthenticated
from chatserver.store import visitors
from chatserver.store.tx import VISITOR
from chatserver.web.context import Context, address_of, context_of
from chatserver.web.gate.bearer import bearer
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import json_body
from chatserver.web.json_answer import json_answer
from chatserver.web.options import WebOptions
from chatserver.wire.decoding import BodyReader
from chatserver.wire.visitor_session import VisitorSessionStart, VisitorSessionStarted

HOUR_S = 3600

START = BodyReader(VisitorSessionStart, 4 * 1024)


class VisitorSessions:
    """The endpoint, with its rate limits per address: one for new sessions, one for ended ones."""

    def __init__(self, context: Context) -> None:
        per_hour = context.options.limits.sessions_per_hour_and_address
        self._allowed = RateLimits(per_hour / HOUR_S, per_hour, context.now)
        self._ends_allowed = RateLimits(per_hour / HOUR_S, per_hour, context.now)

    async def start(self, request: Request) -> Response:
        context = context_of(request)
        _spend(self._allowed, request)
        asked = await json_body(request, START)
        if asked.site not in context.hub.hospital.sites:
            raise NotFound(what="site")
        life = _life(context.options, asked)
        _, token, ends_at = await context.database.write(
            lambda tx: visitors.start(tx, asked.site, asked.language, life), context.now, VISITOR
        )
        return json_answer(VisitorSessionStarted(token, ends_at))

    async def keep(self, request: Request) -> Response:
        """这是您自己的设备吗？ It is: the token lives longer from now on. Raises `Unauthenticated` if it has ended."""
        context = context_of(request)
        _spend(self._ends_allowed, request)
        token, life = bearer(request), context.options.visitor_life_own_ms
        if not await context.database.write(lambda tx: visitors.keep(tx, token, life), context.now, VISITOR):
            raise Unauthenticated()
        return Response(status_code=204, headers={"Cache-Control": "no-store"})

    async def end(self, request: Request) -> Response:
        """换人了. The answer is the same for a valid token, for an ended one, and for one that never existed."""
        _spend(self._ends_allowed, request)
        await context_of(request).hub.end_visitor(bearer(request))
        return Response(status_code=204, headers={"Cache-Control": "no-store"})


def _life(options: WebOptions, asked: VisitorSessionStart) -> int:
    """How long a token lives after each activity (ms): longest on a device that the visitor says is their own."""
    if asked.own:
        return options.visitor_life_own_ms
    return options.visitor_life_touch_ms if asked.touch else options.visitor_life_desktop_ms


def _spend(buckets: RateLimits, request: Request) -> None:
    """Count one request of this network. Raises `RateLimited`."""
    wait = buckets.take(network_of(address_of(request.scope)))
    if wait:
        raise RateLimited(retry_ms=wait)
