"""`POST /v1/site-counts`: what a page of the hospital counted, without anything that identifies the visitor.

The page sends it with `navigator.sendBeacon`, from another origin, without cookies. Nobody is told whether it was
counted: the answer is the same for a page that is not the site's, and for an address that sends too much.
"""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.network import network_of
from chatserver.domain.site_counts import path_of
from chatserver.domain.sources import Sources
from chatserver.domain.visits import LONGEST_VALUE, one_line, referrer_host
from chatserver.web.context import Context, address_of, context_of
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import plain_json_body
from chatserver.wire.decoding import BodyReader
from chatserver.wire.visits import SiteCountsPost

PER_SECOND, BURST = 2, 120
"""From one network, which may be a mobile carrier's."""

POST = BodyReader(SiteCountsPost, 4 * 1024)


class SiteCounting:
    """The endpoint, with its rate limit per network."""

    def __init__(self, context: Context) -> None:
        self._allowed = RateLimits(PER_SECOND, BURST, context.now)

    async def post(self, request: Request) -> Response:
        """204, whether it was counted or not; 400 for a body of another shape, 422 for one with control characters."""
        context = context_of(request)
        is_allowed = not self._allowed.take(network_of(address_of(request.scope)))
        posted = await plain_json_body(request, POST)
        if is_allowed and context.hub.ready and _is_from_the_site(request, context, posted.site):
            _count(context, posted)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Cross-Origin-Resource-Policy": "cross-origin"})


def _is_from_the_site(request: Request, context: Context, site: str) -> bool:
    known = context.hub.hospital.sites.get(site)
    origins = request.headers.getlist("Origin")
    return known is not None and len(origins) == 1 and origins[0] in known.origins


def _count(context: Context, posted: SiteCountsPost) -> None:
    site = context.hub.hospital.sites[posted.site]
    sources: Sources = context.hub.hospital.sources
    host = referrer_host(f"https://{posted.referrer}/", site.origins) if posted.referrer else ""
    parameters = {name: one_line(value, LONGEST_VALUE) for name, value in sources.kept(posted.parameters).items()}
    source = sources.recognise(host, parameters).source
    page, counts = path_of(posted.page), context.hub.site_counts
    if posted.counts.shown:
        counts.add(site.id, page, source, "shown", posted.counts.shown)
    if posted.counts.opened:
        counts.add(site.id, page, source, "opened", posted.counts.opened)
    if posted.counts.invited:
        counts.add(site.id, page, source, "invited", posted.counts.invited)
    if posted.counts.accepted:
        counts.add(site.id, page, source, "accepted", posted.counts.accepted)
