"""Checks every request and socket first: the exact Host, the exact Origin, and limits. Sets the headers of every
answer.

Pure ASGI, the outermost layer. It does not identify anybody; `sessions` does. An exception that no handler caught
becomes an error page and a log line here.
"""

import random
import secrets
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatserver.domain.network import network_of
from chatserver.transport.line import LINE, line_of
from chatserver.web import errors
from chatserver.web.context import Context, address_of
from chatserver.web.gate.connection_limits import PLACE, ConnectionLimits, SocketPlace, leave_it
from chatserver.web.gate.headers import ALWAYS, HSTS
from chatserver.web.gate.staff_upgrades import StaffUpgrades
from chatserver.web.options import WebOptions
from chatserver.wire.closing import CloseCode, close_reason

SUBPROTOCOL = "hchat.v1"
RETRY_AFTER_S = 3
FULL_RETRY_MS = 10_000, 20_000
"""A client that finds the server full comes back after a random time between these."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FOR_PROBERS = frozenset({"/live", "/ready"})
"""These are answered for any Host, because monitoring uses the machine's address."""

FROM_THE_SITES = frozenset({"/v1/site-counts"})
"""Pages of the hospital's websites send to these, from their own origins. Their handlers check the Origin."""

log = structlog.get_logger("web")


VISITORS, STAFF = "/ws/visitor", "/ws/staff"


class SocketGuards:
    """Checks every WebSocket upgrade, then passes it to the socket of its path."""

    def __init__(self, sockets: Mapping[str, ASGIApp], context: Context) -> None:
        self.context = context
        self._sockets = sockets
        # Counted apart, so that consultants get in however many visitors there are, and however many connect to the
        # staff socket without a session.
        self._limits = {path: ConnectionLimits(context.options.limits, context.now) for path in sockets}
        self._signed_in = ConnectionLimits(context.options.limits, context.now)
        self._staff_upgrades = StaffUpgrades(context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = self._sockets.get(scope["path"])
        wrong = check_upgrade(scope, self.context.options) or (None if socket else HTTPStatus.NOT_FOUND)
        limits, key = await self._count_of(scope, wrong)
        status = self._turned_away(limits, key, wrong)
        if status is not None or socket is None:
            log.warning("upgrade_refused", path=shape(scope, self._sockets), status=status)
            await refuse_upgrade(scope, receive, send, status or HTTPStatus.NOT_FOUND)
        elif limits.full:
            log.warning("upgrade_refused", path=shape(scope, self._sockets), status=CloseCode.OVERLOADED)
            limits.count_briefly(key)
            self.context.metrics.closed(CloseCode.OVERLOADED)
            await tell_full(receive, send)
        else:
            extensions = scope.setdefault("extensions", {})
            place = extensions[PLACE] = SocketPlace(line_of(scope).abort if LINE in extensions else leave_it)
            with limits.inside(key, place):
                await socket(scope, receive, send)

    async def _count_of(self, scope: Scope, wrong: int | None) -> tuple[ConnectionLimits, str]:
        """The limits that apply and the key to count by: the staff session where there is one, else the network."""
        network = network_of(address_of(scope))
        if scope["path"] == STAFF and wrong is None and self._is_open:
            session = await self._staff_upgrades.session_of(scope, network)
            if session is not None:
                return self._signed_in, session
        return self._limits.get(scope["path"], self._limits[VISITORS]), network

    def _turned_away(self, limits: ConnectionLimits, key: str, wrong: int | None) -> int | None:
        if wrong is not None:
            return limits.too_fast(key) or wrong
        return limits.refused(key) if self._is_open else HTTPStatus.SERVICE_UNAVAILABLE

    @property
    def _is_open(self) -> bool:
        return self.context.hub.why_not_ready is None


class Guards:
    """The outermost middleware of HTTP requests. Every answer passes through it, its own refusals too."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self.app = app
        self.context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = secrets.token_hex(6)
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id, self.context.options)
        refused = check_request(scope, self.context.options)
        try:
            if refused is not None:
                log.warning("request_refused", path=shape(scope), why=refused, request=request_id)
                status = HTTPStatus.FORBIDDEN if refused == "origin" else HTTPStatus.MISDIRECTED_REQUEST
                await errors.plain(scope, self.context, status, refused)(scope, receive, answer)
                return
            await self.app(scope, receive, answer)
        except ClientDisconnect:
            # The client left before its request was complete. There is nobody to answer, and this is not a fault of
            # ours.
            log.warning("request_broken_off", path=shape(scope), request=request_id)
        except Exception:
            log.exception("request_failed", path=shape(scope), request=request_id)
            if not answer.started:
                await errors.internal(scope, self.context)(scope, receive, answer)


class _Answer:
    """`send` that adds the headers of every answer."""

    def __init__(self, send: Send, request_id: str, options: WebOptions) -> None:
        self._send = send
        self._request_id = request_id
        self._options = options
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in ALWAYS.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self._request_id
            if self._options.secure:
                headers["Strict-Transport-Security"] = HSTS
        await self._send(message)


def shape(scope: Scope, known: Iterable[str] = ()) -> str:
    """The path as it is logged: the route's pattern or `other`, because the log must not repeat what strangers
    wrote."""
    path: str = scope["path"]
    if path in known:
        return path
    routes = scope["app"].routes if scope["type"] == "http" and "app" in scope else ()
    fitting = (route.path for route in routes if isinstance(route, Route) and route.path_regex.match(path))
    return next(fitting, "other")


def check_request(scope: Scope, options: WebOptions) -> str | None:
    """Why a request is refused at once: `host` or `origin`; None when it may go on."""
    if scope["path"] in FOR_PROBERS and scope["method"] in SAFE:
        return None
    headers = Headers(scope=scope)
    if not _host_is_ours(headers, options):
        return "host"
    if scope["path"] in FROM_THE_SITES:
        return None
    if scope["method"] not in SAFE and not _origin_is_own(headers, options):
        return "origin"
    return None


def check_upgrade(scope: Scope, options: WebOptions) -> int | None:
    """The HTTP status with which a socket is refused before it opens; None when it may open."""
    headers = Headers(scope=scope)
    if not _host_is_ours(headers, options):
        return HTTPStatus.MISDIRECTED_REQUEST
    if not _origin_is_own(headers, options):
        return HTTPStatus.FORBIDDEN
    if SUBPROTOCOL not in scope.get("subprotocols", ()):
        return HTTPStatus.BAD_REQUEST
    return None


async def refuse_upgrade(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    """Refuse an upgrade with a status; with 403 where the server cannot send one."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    again = status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
    headers = [(b"retry-after", str(RETRY_AFTER_S).encode())] if again else []
    start: dict[str, Any] = {"type": "websocket.http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": b""})


async def tell_full(receive: Receive, send: Send) -> None:
    """Accept a socket and close it with a time to come back: scripts cannot see why a handshake was refused."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
    later = close_reason(random.randint(*FULL_RETRY_MS))
    await send({"type": "websocket.close", "code": int(CloseCode.OVERLOADED), "reason": later})


def own_socket(host: str, options: WebOptions) -> str:
    """The address of this server's sockets, for a Content-Security-Policy: ws://host or wss://host."""
    return f"{'wss' if options.secure else 'ws'}://{host}"


def _host_is_ours(headers: Headers, options: WebOptions) -> bool:
    hosts = headers.getlist("host")
    return len(hosts) == 1 and hosts[0] in options.hosts


def _origin_is_own(headers: Headers, options: WebOptions) -> bool:
    """Whether there is exactly one Origin, and it is the request's own. A missing Origin and `null` do not count."""
    origins = headers.getlist("origin")
    if len(origins) != 1 or origins[0] != f"{options.scheme}://{headers['host']}":
        return False
    return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "same-site")


def comes_from_here(address: str) -> bool:
    """Whether a peer is on this machine."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback
