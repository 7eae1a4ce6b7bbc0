"""`GET /v1/staff/conversations/{conversation}/visit`: where the visitor of a conversation came from."""

from starlette.requests import Request
from starlette.responses import Response

from chatserver.actions import visits
from chatserver.domain.actors import Staff
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound, RateLimited
from chatserver.web.context import Context, context_of, parts_of
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.sessions import signed_in
from chatserver.web.json_answer import json_answer

READS_PER_SECOND, READS_BURST = 5, 50


class Visits:
    """The endpoint, with its rate limit per person."""

    def __init__(self, context: Context) -> None:
        self._reads = RateLimits(READS_PER_SECOND, READS_BURST, context.now)

    async def show(self, request: Request) -> Response:
        """200 with the visit; 404 for a conversation that this member of staff may not read."""
        context = context_of(request)
        me = (await signed_in(request, Permission.READ_LIVE)).consultant
        wait = self._reads.take(me.id)
        if wait:
            raise RateLimited(retry_ms=wait)
        parts = parts_of(context)
        id = request.path_params["conversation"]
        if "\x00" in id:
            raise NotFound()
        staff = Staff(me.person, me.role, me.groups)
        return json_answer(await visits.shown(parts, staff, id))
