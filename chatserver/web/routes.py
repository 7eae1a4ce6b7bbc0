"""Every door there is, in one table, and the application that serves them."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Lifespan, Receive, Scope, Send

from chatserver.domain.refusals import Refused
from chatserver.web import errors, health, login, pages, static, transcripts
from chatserver.web.console_socket import console_socket
from chatserver.web.guards import Guards
from chatserver.web.house import House
from chatserver.web.visitor_session import VisitorSessions
from chatserver.web.visitor_socket import visitor_socket

ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]


class _Bare:
    """An ASGI function as Starlette wants it, lest it is handed a WebSocket object instead of its three parts."""

    def __init__(self, app: ASGI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def routes(house: House) -> list[BaseRoute]:
    """The doors of this house."""
    return [
        WebSocketRoute("/ws/visitor", _Bare(visitor_socket)),
        WebSocketRoute("/ws/staff", _Bare(console_socket)),
        Route("/v1/visitor/session", VisitorSessions(house).start, methods=["POST"]),
        Route("/widget.js", static.loader),
        Route("/frame", pages.frame),
        Route("/assets/{name}", static.asset),
        Route("/", pages.home),
        Route("/sign-in", login.show),
        Route("/sign-in", login.SignIns(house).post, methods=["POST"]),
        Route("/sign-out", login.sign_out, methods=["POST"]),
        Route("/console", pages.console),
        Route("/transcripts", transcripts.show_list),
        Route("/transcripts/{id}", transcripts.show_one),
        Route("/live", health.live),
        Route("/ready", health.ready),
        Route("/favicon.ico", pages.favicon),
    ]


def application(house: House, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """The doors with the guards before them."""
    app = Starlette(
        routes=routes(house),
        middleware=[Middleware(Guards, house=house)],
        exception_handlers={
            Refused: errors.on_refused,
            HTTPException: errors.on_http,
            errors.SignInNeeded: errors.on_sign_in_needed,
        },
        lifespan=lifespan,
    )
    app.state.house = house
    return app
