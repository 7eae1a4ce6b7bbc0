"""`/widget.js`, `/widget-panel.js`, `/widget-swt.js` and `/assets/*`: the built front end.

The first three keep their names, so browsers check them again soon. Every file under `/assets/` has a hash of its
content in its name, so it never changes.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chatserver.web.context import context_of
from chatserver.web.embedding import new_loader, no_launcher
from chatserver.web.front import Asset
from chatserver.web.invitations import panel_for

LOADER_CACHE = "public, max-age=300"
ASSET_CACHE = "public, max-age=31536000, immutable"


async def loader(request: Request) -> Response:
    """The script that a hospital's page embeds. Any page may fetch it; the frame decides which pages may show
    the chat."""
    return _for_any_page(request, context_of(request).front.loader)


async def panel(request: Request) -> Response:
    """The script that the loader fetches once the page is loaded. For a site that does not exist it is a script that
    says so, because no chat could open there. A loader that does not say `v=2` is an earlier one."""
    context, asked = context_of(request), request.query_params
    id, hospital = asked.get("site"), context.hub.hospital
    site = None if id is None else hospital.sites.get(id)
    if id is not None and site is None:
        return no_launcher(id)
    if asked.get("v") != "2":
        return new_loader()
    if site is None:
        return _for_any_page(request, context.front.panel)
    context.hub.site_counts.browser(site.id)
    return _for_any_page(request, panel_for(site, hospital, context.front))


async def swt(request: Request) -> Response:
    """The script for pages whose buttons were written for 商务通."""
    return _for_any_page(request, context_of(request).front.swt)


def _for_any_page(request: Request, asset: Asset) -> Response:
    response = _answer(request, asset, LOADER_CACHE)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def asset(request: Request) -> Response:
    """A built file, by its name."""
    found = context_of(request).front.assets.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return _answer(request, found, ASSET_CACHE)


def _answer(request: Request, asset: Asset, cache: str) -> Response:
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    body = asset.plain
    tag = f'"{asset.tag}"'
    if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, tag = asset.packed, f'"{asset.tag}-gz"'
        headers["Content-Encoding"] = "gzip"
    headers["ETag"] = tag
    if tag in request.headers.get("If-None-Match", ""):
        headers.pop("Content-Encoding", None)
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=asset.kind)
