"""删除申请: supervisors see which conversations and 留言 of their groups visitors want deleted. Changes nothing."""

from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import Unavailable
from chatserver.store import lookup_codes
from chatserver.store.browsing import TooSlow
from chatserver.web.context import context_of
from chatserver.web.formatting import moment
from chatserver.web.gate.disconnects import until_disconnect
from chatserver.web.gate.sessions import at_home

NEWEST = 200


async def show(request: Request) -> Response:
    """The newest requests."""
    me = (await at_home(request, Permission.READ_TRANSCRIPTS)).consultant
    context = context_of(request)
    t, groups = context.texts.for_reader(request), context.hub.hospital.groups
    reading = context.database.browse(
        lambda conn: lookup_codes.requests(conn, me.groups, NEWEST), context.options.page_s
    )
    try:
        found = await until_disconnect(request, reading)
    except TooSlow:
        raise Unavailable() from None
    rows = [
        {
            "at": moment(each.asked_at, context.now(), context.options.zone, t),
            "kind": each.subject.kind,
            "id": each.subject.id,
            "group": groups[each.group].name.inside(t.language) if each.group in groups else each.group,
        }
        for each in found
    ]
    return context.pages.render(request, "deletions.html", {"me": me, "rows": rows})
