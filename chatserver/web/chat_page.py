"""`/chat/SITE`: the chat as a page of its own. Without a script, or in a browser that is too old for it, the page is a
form for a 留言, which works by `POST`.
"""

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.hospital import UNSURE, Site
from chatserver.domain.network import network_of
from chatserver.domain.refusals import RateLimited, Refused, TextInvalid
from chatserver.store import visitors
from chatserver.store.ids import new_id
from chatserver.store.tx import VISITOR
from chatserver.store.visitor_lookup import VisitorRow
from chatserver.web.context import Context, address_of, context_of
from chatserver.web.gate import headers
from chatserver.web.gate.guards import own_socket
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import form_body
from chatserver.web.pages import WIDGET, boot_of, language_of
from chatserver.wire.offline_messages import OfflineLeave
from chatserver.wire.replies import Accepted

HOUR_S = 3600
FORM_LIMIT = 16 * 1024
"""A text of 1000 Chinese characters takes 9 KB in a form."""
LONGEST = {"name": 40, "phone": 20}
SAID: Final = frozenset({"text_invalid", "phone_invalid", "too_large", "rate_limited"})
"""Refusals with a sentence of their own."""


async def show(request: Request) -> Response:
    """The page. An unknown site is a 404."""
    return _page(request, _site(request), {})


class Left:
    """`POST /chat/SITE`, with a rate limit per address for new visitors, as for the widget's sessions."""

    def __init__(self, context: Context) -> None:
        per_hour = context.options.limits.sessions_per_hour_and_address
        self._allowed = RateLimits(per_hour / HOUR_S, per_hour, context.now)

    async def post(self, request: Request) -> Response:
        """Store the 留言 and confirm it; otherwise show the form again, with the reason and what was written."""
        site = _site(request)
        fields = await form_body(request, FORM_LIMIT)
        try:
            left = await self._leave(request, site, fields)
        except Refused as refusal:
            problem = refusal.code if refusal.code in SAID else "other"
            return _page(request, site, fields, problem=problem, status=refusal.status)
        return _page(request, site, fields, left=left)

    async def _leave(self, request: Request, site: Site, fields: dict[str, str]) -> Accepted:
        context, body = context_of(request), fields.get("body", "").replace("\r\n", "\n")
        wait = self._allowed.take(network_of(address_of(request.scope)))
        if wait:
            raise RateLimited(retry_ms=wait)
        if any(len(fields.get(name, "")) > most for name, most in LONGEST.items()):
            raise TextInvalid()
        language = language_of(request)
        frame = OfflineLeave(
            ref=new_id(),
            kind="question",
            body=body,
            department=fields.get("department") or None,
            name=fields.get("name", ""),
            phone=fields.get("phone", ""),
            language=language,
        )
        life = context.options.visitor_life_desktop_ms
        # The token is given to nobody: who comes next at this browser finds nothing.
        person, _, ends_at = await context.database.write(
            lambda tx: visitors.start(tx, site.id, language, life), context.now, VISITOR
        )
        row = VisitorRow(person, site.id, language, ends_at, life)
        return await context.hub.visitor_sends(row, frame, address_of(request.scope))


def _site(request: Request) -> Site:
    site = context_of(request).hub.hospital.sites.get(request.path_params["site"])
    if site is None:
        raise HTTPException(404)
    return site


def _page(
    request: Request,
    site: Site,
    fields: dict[str, str],
    *,
    problem: str = "",
    left: Accepted | None = None,
    status: int = 200,
) -> Response:
    context, language = context_of(request), language_of(request)
    hospital = context.hub.hospital
    campus = hospital.campuses[site.campus]
    named = [(id, hospital.departments[id].name.inside(language)) for id in site.departments if id != UNSURE]
    values: dict[str, Any] = {
        "app": context.front.entry(WIDGET),
        "boot": boot_of(request, site, language, fields.get("department")),
        "site_name": site.name.inside(language),
        "phone": campus.phone,
        "emergency_phone": campus.emergency_phone,
        "departments": named,
        "fields": fields,
        "problem": problem,
        "left": left,
    }
    policy = headers.chat(own_socket(request.headers["host"], context.options))
    return context.pages.render(request, "chat.html", values, status=status, headers=policy, language=language)
