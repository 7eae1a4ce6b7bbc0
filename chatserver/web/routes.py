"""All routes in one table, and the application that serves them."""

from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from chatserver.domain.refusals import Refused
from chatserver.web import (
    chat_page,
    deletions,
    drafts,
    embedding,
    errors,
    health,
    invitations,
    pages,
    site_counts,
    site_words,
    static,
    transcripts,
    versioned_settings,
    visit_counts,
    visits,
)
from chatserver.web.context import Context
from chatserver.web.files.endpoints import Files
from chatserver.web.gate import sign_in_locks, sign_ins
from chatserver.web.gate.disconnects import ClientLeft
from chatserver.web.gate.guards import STAFF, VISITORS, Guards, SocketGuards
from chatserver.web.lookup_codes import LookupCodes
from chatserver.web.sockets.console_socket import console_socket
from chatserver.web.sockets.visitor_socket import visitor_socket
from chatserver.web.visitor_polling import VisitorPolling
from chatserver.web.visitor_session import VisitorSessions


class Doors(Starlette):
    """Passes sockets around Starlette's middleware and router, which do nothing for them, but would cost a quarter of
    each handshake, and 2.6 KiB for as long as the socket is open."""

    def __init__(self, context: Context, sockets: Mapping[str, ASGIApp], **starlette: Any) -> None:
        super().__init__(**starlette)
        self.state.context = context
        self.sockets = SocketGuards(sockets, context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            scope["app"] = self
            await self.sockets(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


SOCKETS: Mapping[str, ASGIApp] = {VISITORS: visitor_socket, STAFF: console_socket}


def routes(context: Context) -> list[BaseRoute]:
    """All routes of HTTP."""
    files = Files(context)
    visitor_sessions, settings = VisitorSessions(context), versioned_settings.Settings(context)
    codes, seen = LookupCodes(context), visits.Visits(context)
    return [
        Route("/v1/visitor/session", visitor_sessions.start, methods=["POST"]),
        Route("/v1/visitor/session", visitor_sessions.keep, methods=["PUT"]),
        Route("/v1/visitor/session", visitor_sessions.end, methods=["DELETE"]),
        Route("/v1/visitor/line", VisitorPolling().post, methods=["POST"]),
        Route("/v1/visitor/files/{ref}", files.visitor_puts, methods=["PUT"]),
        Route("/v1/visitor/files/{file}", files.visitor_gets),
        Route("/v1/staff/conversations/{conversation}/files/{ref}", files.staff_puts, methods=["PUT"]),
        Route("/v1/staff/files/{file}", files.staff_gets),
        Route("/v1/staff/conversations/{conversation}/visit", seen.show),
        Route("/v1/staff/offline-messages/{offline_message}/visit", seen.of_message),
        Route("/v1/staff/callbacks/{callback}/visit", seen.of_callback),
        Route("/v1/site-counts", site_counts.SiteCounting(context).post, methods=["POST"]),
        Route("/v1/visitor/words", site_words.show),
        Route("/v1/visitor/lookup-code", codes.make, methods=["POST"]),
        Route("/answers", codes.show),
        Route("/answers", codes.open, methods=["POST"]),
        Route("/answers/deletion", codes.ask_deletion, methods=["POST"]),
        Route("/v1/staff/drafts/{conversation}/{mode}", drafts.Drafts(context).put, methods=["PUT"]),
        Route("/v1/staff/settings/{name}", settings.show),
        Route("/v1/staff/settings/{name}", settings.put, methods=["PUT"]),
        Route("/widget.js", static.loader),
        Route("/widget-panel.js", static.panel),
        Route("/widget-swt.js", static.swt),
        Route("/widget-invitation.js", invitations.show),
        Route("/frame", pages.frame),
        Route("/embed-check.js", embedding.check),
        Route("/chat/{site}", chat_page.show),
        Route("/chat/{site}", chat_page.Left(context).post, methods=["POST"]),
        Route("/assets/{name}", static.asset),
        Route("/", pages.home),
        Route("/sign-in", sign_ins.show),
        Route("/sign-in", sign_ins.SignIns(context).post, methods=["POST"]),
        Route("/sign-out", sign_ins.sign_out, methods=["POST"]),
        Route("/console", pages.console),
        Route("/audit", pages.audit),
        Route("/locks", sign_in_locks.show),
        Route("/locks", sign_in_locks.end, methods=["POST"]),
        Route("/transcripts", transcripts.show_list),
        Route("/transcripts/{id}", transcripts.show_one),
        Route("/deletions", deletions.show),
        Route("/deletions", deletions.settle, methods=["POST"]),
        Route("/visits", visit_counts.show),
        Route("/live", health.live),
        Route("/ready", health.ready),
        Route("/favicon.ico", pages.favicon),
    ]


def application(context: Context, lifespan: Lifespan[Starlette] | None = None) -> Doors:
    """The application: the guards, and the routes behind them."""
    return Doors(
        context,
        SOCKETS,
        routes=routes(context),
        middleware=[Middleware(Guards, context=context)],
        exception_handlers={
            Refused: errors.on_refused,
            HTTPException: errors.on_http,
            errors.SignInNeeded: errors.on_sign_in_needed,
            errors.OwnPage: errors.on_own_page,
            ClientLeft: errors.on_client_left,
        },
        lifespan=lifespan,
    )
