"""邀请: the scripts for sites whose launcher offers the chat by itself.

The rules come with `/widget-panel.js`, so that a page asks for nothing more while they are not met. When they are met,
it fetches `/widget-invitation.js`, once: only the server knows at that moment whether anybody has room. The answer is
the card, or an empty script.
"""

import gzip
import hashlib
import json
from dataclasses import asdict
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.hospital import Hospital, Site
from chatserver.domain.invitations import Invitation
from chatserver.web import parameters
from chatserver.web.context import context_of
from chatserver.web.front import Asset, Front
from chatserver.web.parameters import Names

KEPT = 50
"""Sites whose script is kept in memory."""


async def show(request: Request) -> Response:
    """The card, if somebody who serves the page's department has a free place now, otherwise an empty script."""
    context, asked = context_of(request), request.query_params
    site = context.hub.hospital.sites.get(asked.get("site", ""))
    department = asked.get("department", "")
    text = b""
    if site is not None and site.invitation is not None and context.hub.visitor_desk.has_room(site.id, department):
        text = context.front.card.plain
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(text, media_type="text/javascript; charset=utf-8", headers=headers)


def panel_for(site: Site, hospital: Hospital, front: Front) -> Asset:
    """The panel's script for this site: with its rules, if it has an invitation, and with the parameters that the
    hospital's sources name."""
    names = parameters.named_by(hospital.sources)
    if site.invitation is None and names is None:
        return front.panel
    minors = tuple(each for each in site.departments if hospital.departments[each].minors)
    return _made(front, names, site.invitation, minors)


@lru_cache(KEPT)
def _made(front: Front, names: Names | None, rules: Invitation | None, minors: tuple[str, ...]) -> Asset:
    plain = front.panel.plain if names is None else parameters.written(front.panel.plain, names)
    if rules is not None:
        told = json.dumps(asdict(rules) | {"minors": minors}, separators=(",", ":"))
        give = f'(function(h){{if(h)h.rules={told}}})(document.getElementById("hchat"));\n'
        plain = give.encode() + front.invite.plain + plain
    tag = hashlib.sha256(plain).hexdigest()[:20]
    return Asset(plain, gzip.compress(plain, 9), front.panel.kind, tag)
