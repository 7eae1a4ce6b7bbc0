"""The first page and the shells of the two apps: the visitor's frame and the console. The apps do the rest."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.hospital import Site
from chatserver.domain.permissions import Permission
from chatserver.web.context import context_of
from chatserver.web.gate import headers
from chatserver.web.gate.guards import own_socket
from chatserver.web.gate.sessions import at_home
from chatserver.web.i18n import LANGUAGES
from chatserver.wire.fields import Language

WIDGET = "widget/src/frame/main.tsx"
CONSOLE = "dashboard/src/console/main.tsx"


async def home(request: Request) -> Response:
    """The first page: it leads to the sign-in or the console, or shows administrators how accounts are managed."""
    session = await at_home(request, Permission.SEE_ACCOUNT_COMMANDS)
    context = context_of(request)
    return context.pages.render(request, "administrator.html", {"me": session.consultant})


async def audit(request: Request) -> Response:
    """An auditor's first page: how the server is checked. It will show the audit log."""
    session = await at_home(request, Permission.READ_AUDIT)
    context = context_of(request)
    return context.pages.render(request, "audit.html", {"me": session.consultant})


async def console(request: Request) -> Response:
    """The console's shell."""
    await at_home(request, Permission.OPEN_CONSOLE)
    context = context_of(request)
    t = context.texts.for_reader(request)
    boot = {
        "language": t.language,
        "version": context.options.version,
        "title": context.options.hospital.inside(t.language),
        "zone": context.options.zone.key,
    }
    values = {"app": context.front.entry(CONSOLE), "boot": boot}
    policy = headers.console(own_socket(request.headers["host"], context.options))
    return context.pages.render(request, "console.html", values, headers=policy)


async def frame(request: Request) -> Response:
    """The page of the widget, for one site. An unknown site is a 404; an unknown department counts as none."""
    context, asked = context_of(request), request.query_params
    site = context.hub.hospital.sites.get(asked.get("site", ""))
    if site is None:
        raise HTTPException(404)
    language = language_of(request)
    boot = boot_of(request, site, language, asked.get("department"))
    values = {"app": context.front.entry(WIDGET), "boot": boot, "site_name": site.name.inside(language)}
    policy = headers.frame(own_socket(request.headers["host"], context.options), site.origins)
    return context.pages.render(request, "frame.html", values, headers=policy, language=language)


def language_of(request: Request) -> Language:
    """The language that a page of the widget is asked for, or else the hospital's own."""
    asked = request.query_params.get("language")
    language = asked if asked in LANGUAGES else context_of(request).options.language
    return "en" if language == "en" else "zh"


def boot_of(request: Request, site: Site, language: str, department: str | None) -> dict[str, Any]:
    """What the widget must know when it starts. An unknown department counts as none."""
    context = context_of(request)
    boot: dict[str, Any] = {
        "site": site.id,
        "language": language,
        "department": department if department in site.departments else None,
        "origins": site.origins,
        "version": context.options.version,
        "zone": context.options.zone.key,
        # The widget measures from this how long nobody has touched the chat, because the device's own clock can be set.
        "now": context.now(),
    }
    if site.leave_to:
        boot["leave_to"] = site.leave_to
    return boot


async def favicon(request: Request) -> Response:
    """There is no icon. An empty answer, which browsers cache, avoids an error page for each request."""
    return Response(status_code=204, headers={"Cache-Control": "public, max-age=86400"})
