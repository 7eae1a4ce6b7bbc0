"""Logs in the browser's console why a page cannot show the chat, for the people who put the script tag there.

The loader fetches this script when the frame has not appeared. A page's script cannot see why a frame was refused, but
the server can find out from what the tag asked for. The script reveals nothing that the frame's own answer does not
reveal.
"""

import json

from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.hospital import Site
from chatserver.web.context import context_of

LONGEST = 100
"""The most characters of the site's id and of the origin that are repeated in the log line."""


async def check(request: Request) -> Response:
    """A script of one line about the site and the page's origin for which the frame was requested."""
    asked = request.query_params
    id, page = asked.get("site", "")[:LONGEST], asked.get("host", "")[:LONGEST]
    site = context_of(request).hub.hospital.sites.get(id)
    return _script(f"console.error({_line(_why(site, id, page))});\n")


CALL_OR_GO = """(function (host) {
  if (!host) return;
  var kit = host.kit, phone = kit && kit[4];
  if (!phone) return host.remove();
  kit[9].textContent = phone;
  kit[8].onclick = function () { location.href = "tel:" + phone.replace(/[^0-9+]/g, ""); };
})(document.getElementById("hchat"));
"""
"""`kit`: see widget/src/loader/parts.ts."""

LOAD_ANEW = """(function (host) {
  var parts = host && host.parts;
  if (!parts) return;
  var tag = document.querySelector('script[data-site][src^="' + parts.origin + '/widget.js"]');
  var script = document.createElement("script");
  script.src = parts.origin + "/widget.js?v=2";
  script.dataset.site = parts.site;
  if (tag) for (var name in tag.dataset) script.dataset[name] = tag.dataset[name];
  host.remove();
  window.hchat = parts.api.queue;
  document.body.appendChild(script);
})(document.getElementById("hchat"));
"""


def no_launcher(id: str) -> Response:
    """A script for a page whose tag names a site that does not exist. No chat could open there: the launcher calls the
    tag's phone, and goes if there is none."""
    return _script(f"console.error({_line(_why(None, id[:LONGEST], ''))});\n{CALL_OR_GO}")


def new_loader() -> Response:
    """A script for a loader of an earlier version, which a browser may keep for five minutes and which the panel no
    longer fits: the present loader takes its place, with what the page has asked for meanwhile."""
    return _script(LOAD_ANEW)


def _line(why: str) -> str:
    return json.dumps(f"[hchat] {why} See docs/operations.md, Embedding.")


def _script(text: str) -> Response:
    return Response(
        text,
        media_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"},
    )


def _why(site: Site | None, id: str, page: str) -> str:
    if site is None:
        return f'The chat did not open: there is no site "{id}" (data-site).'
    if page not in site.origins:
        return f'The chat did not open: {page} is not among the origins of the site "{id}" (frame-ancestors).'
    return (
        "The chat did not open in time. The site and this page are known to the server: "
        "the connection is slow, or the page's own Content-Security-Policy lacks frame-src."
    )
