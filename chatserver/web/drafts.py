"""`/v1/staff/drafts/{conversation}/{mode}`: `PUT` saves the unsent text of a page that is closed while it has no
socket.

Everything else about drafts goes through the socket, in order with the messages that they become (decision 18).
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from chatserver.actions import drafts
from chatserver.domain.actors import Staff
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import DraftChanged, NotFound, RateLimited, Unavailable
from chatserver.hub.allowances import DRAFTS_BURST, DRAFTS_PER_SECOND
from chatserver.web.context import Context, context_of
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import json_body
from chatserver.web.gate.sessions import signed_in
from chatserver.web.json_answer import json_answer
from chatserver.wire.decoding import BodyReader
from chatserver.wire.drafts import Draft, DraftConflict, DraftPut, DraftSave
from chatserver.wire.replies import HttpRefusal

PUT = BodyReader(DraftPut, 64 * 1024)


class Drafts:
    """The endpoint, with its rate limit per person."""

    def __init__(self, context: Context) -> None:
        self._allowed = RateLimits(DRAFTS_PER_SECOND, DRAFTS_BURST, context.now)

    async def put(self, request: Request) -> Response:
        """200 with the saved draft, or 409 with the one that was saved meanwhile."""
        context = context_of(request)
        me = (await signed_in(request, Permission.OPEN_CONSOLE)).consultant
        wait = self._allowed.take(me.id)
        if wait:
            raise RateLimited(retry_ms=wait)
        if context.hub.why_not_ready is not None:
            raise Unavailable()
        asked = await json_body(request, PUT)
        frame = _as_frame(request.path_params, asked)
        keeping = await drafts.put(context.hub.staff_desk, Staff(me.person, me.role, me.groups), frame)
        kept = keeping.drafts[0]
        current = Draft(frame.conversation, frame.mode, kept.body, kept.at)
        if keeping.changed:
            refusal = HttpRefusal(DraftChanged.code, DraftChanged.retry, {})
            return json_answer(DraftConflict(refusal, current), DraftChanged.status)
        return json_answer(current)


def _as_frame(place: dict[str, str], asked: DraftPut) -> DraftSave:
    """The request as the frame that means the same. Raises `NotFound` for an address that cannot belong to a draft."""
    fields = {"ref": "0" * 22, **place, "body": asked.body, "after": asked.version}
    try:
        return msgspec.convert(fields, DraftSave)
    except msgspec.ValidationError:
        raise NotFound() from None
