"""`/v1/visitor/session`: `POST` makes a new visitor, from the widget's own frame, and tells the token once; `DELETE`
ends the token it is sent, because somebody else sits at that browser now.

Which pages may show the frame is the frame's own matter (`frame-ancestors`); this door asks for its own origin.
"""

from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.network import network_of
from chatserver.domain.refusals import NotFound, RateLimited, Unauthenticated
from chatserver.store import visitors
from chatserver.store.tx import VISITOR
from chatserver.web.context import Context, address_of, context_of
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import json_body
from chatserver.web.json_answer import json_answer
from chatserver.wire.decoding import BodyReader
from chatserver.wire.visitor_session import VisitorSessionStart, VisitorSessionStarted

HOUR_S = 3600
LONGEST_TOKEN = 64


START = BodyReader(VisitorSessionStart, 4 * 1024)


class VisitorSessions:
    """The endpoint, with its count of sessions, and of ends, per address."""

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
        options = context.options
        life = options.visitor_life_touch_ms if asked.touch else options.visitor_life_desktop_ms
        _, token, ends_at = await context.database.write(
            lambda tx: visitors.start(tx, asked.site, asked.language, life), context.now, VISITOR
        )
        return json_answer(VisitorSessionStarted(token, ends_at))

    async def end(self, request: Request) -> Response:
        """换人了. The answer is the same for a token that was good, had ended, or never was."""
        _spend(self._ends_allowed, request)
        await context_of(request).hub.end_visitor(_bearer(request))
        return Response(status_code=204, headers={"Cache-Control": "no-store"})


def _spend(buckets: RateLimits, request: Request) -> None:
    """One more from this network. Raises `RateLimited`."""
    wait = buckets.take(network_of(address_of(request.scope)))
    if wait:
        raise RateLimited(retry_ms=wait)


def _bearer(request: Request) -> str:
    """The token of the `Authorization` header. Raises `Unauthenticated` where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST_TOKEN:
        raise Unauthenticated()
    return token
