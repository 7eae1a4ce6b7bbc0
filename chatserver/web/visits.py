"""`GET /v1/staff/conversations/{conversation}/visit`: where the visitor of a conversation came from; the same for a
留言 and a call-back."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from chatserver.actions import visits
from chatserver.domain.actors import Staff
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound, RateLimited
from chatserver.hub.parts import Parts
from chatserver.web.context import Context, context_of, parts_of
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.sessions import signed_in
from chatserver.web.json_answer import json_answer
from chatserver.wire.visits import VisitShown

READS_PER_SECOND, READS_BURST = 5, 50


class Visits:
    """The endpoints, with one rate limit per person."""

    def __init__(self, context: Context) -> None:
        self._reads = RateLimits(READS_PER_SECOND, READS_BURST, context.now)

    async def show(self, request: Request) -> Response:
        """200 with the visit; 404 for a conversation that this member of staff may not read."""
        id = request.path_params["conversation"]
        return await self._answer(request, id, lambda parts, staff: visits.shown(parts, staff, id))

    async def of_message(self, request: Request) -> Response:
        """200 with the visit of a 留言; 404 for one that is not in the lists of this member of staff."""
        id = request.path_params["offline_message"]
        return await self._answer(
            request, id, lambda parts, staff: visits.shown_of_request(parts, staff, "offline_message", id)
        )

    async def of_callback(self, request: Request) -> Response:
        """The same of a call-back."""
        id = request.path_params["callback"]
        return await self._answer(
            request, id, lambda parts, staff: visits.shown_of_request(parts, staff, "callback", id)
        )

    async def _answer(
        self, request: Request, id: str, read: Callable[[Parts, Staff], Awaitable[VisitShown]]
    ) -> Response:
        context = context_of(request)
        me = (await signed_in(request, Permission.READ_LIVE)).consultant
        wait = self._reads.take(me.id)
        if wait:
            raise RateLimited(retry_ms=wait)
        parts = parts_of(context)
        if "\x00" in id:
            raise NotFound()
        return json_answer(await read(parts, Staff(me.person, me.role, me.groups)))
