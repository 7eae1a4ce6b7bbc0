"""Sign-in and sign-out of staff. A wrong password, an unknown login and a disabled account get the same answer.

Cheap checks come before the password is hashed: the body, the form of the login, the rate limits, locks and waits. An
attempt that fails one of them is refused without a look at the password, whatever login it names.
"""

from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chatserver.domain.hospital import Consultant
from chatserver.domain.network import network_of
from chatserver.domain.origin import is_loopback
from chatserver.domain.refusals import Busy
from chatserver.domain.versioned_settings import SIGN_IN_POLICY, SignInPolicy
from chatserver.store import accounts, meta, sign_in_audit, sign_ins
from chatserver.store.secrets import address_hash
from chatserver.store.session_ends import SESSION_ENDS
from chatserver.store.sign_ins import SignInPlace, Verdict
from chatserver.store.tx import SYSTEM, Tx
from chatserver.web.context import Context, address_of, context_of
from chatserver.web.gate import device_cookie, headers, sessions
from chatserver.web.gate.devices import Device
from chatserver.web.gate.guards import comes_from_here
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import form_body

LONGEST_LOGIN = 64
AFTERWARDS = ("/console", "/transcripts", "/locks")
"""Pages to which a sign-in may lead; any other address leads to the first page of the role."""

TRIES_AT_ONCE = 60
TRIES_PER_S = 1.0
"""Per network: enough for a room full of people who sign in when the shift changes. An attacker gets no more."""
DEVICE_TRIES_AT_ONCE = 10
DEVICE_TRIES_PER_S = 0.2
"""Per known device: a person types no faster."""

log = structlog.get_logger("web")


async def show(request: Request) -> Response:
    """Shows the form; somebody who is signed in already is redirected."""
    wanted = request.query_params.get("next", "")
    session = await sessions.staff_session(request)
    if session is not None:
        return _onward(session.consultant, wanted)
    if not _safe_here(request):
        return _form(request, wanted, problem="insecure", status=403)
    return _form(request, wanted, why=await _why_here(request))


class Later(Exception):
    """The password is not checked now, because of a lock, a wait or an empty bucket. The person may try again after
    `wait_ms`."""

    def __init__(self, problem: str, wait_ms: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.wait_ms = wait_ms


class SignIns:
    """`POST /sign-in`, with its rate limits per network and per known device, which count attempts for all logins
    together."""

    def __init__(self, context: Context) -> None:
        self._of_networks = RateLimits(TRIES_PER_S, TRIES_AT_ONCE, context.now)
        self._of_devices = RateLimits(DEVICE_TRIES_PER_S, DEVICE_TRIES_AT_ONCE, context.now)

    async def post(self, request: Request) -> Response:
        """Starts a session if the password is right; otherwise shows the form again, with what to do. Refusals are
        answered at once, never delayed."""
        fields = await form_body(request)
        login, wanted = fields.get("login", "").strip(), fields.get("next", "")
        if not _safe_here(request):
            return _form(request, wanted, problem="insecure", status=403)
        device = _known_device(request, login)
        try:
            self._spend(request, device)
            if not accounts.LOGIN.fullmatch(login):
                return _form(request, wanted, login, problem="wrong", status=403)
            return await _sign_in(request, login, fields.get("password", ""), wanted, device)
        except Later as later:
            return _not_now(request, wanted, login, later.problem, later.wait_ms)
        except Busy as busy:
            return _not_now(request, wanted, login, "busy", int(busy.details["retry_ms"]), status=503)

    def _spend(self, request: Request, device: Device | None) -> None:
        """Count one attempt. A known device has its own bucket, which others behind the same address cannot empty."""
        if device is not None:
            wait = self._of_devices.take(device.id)
        else:
            wait = self._of_networks.take(_network(request))
        if wait:
            log.warning("sign_in_delayed")
            raise Later("delayed", wait)


async def _sign_in(request: Request, login: str, password: str, wanted: str, device: Device | None) -> Response:
    """Start a session if the password is right, and end the browser's earlier one. Raises `Later`, `Busy`."""
    context = context_of(request)
    hash = None if device is None else context.devices.hash(device)
    # Read first, because a flood of refused attempts must neither occupy the writer nor store anything.
    policy = context.hub.versioned_settings.value(SIGN_IN_POLICY)
    place, found = await context.database.read(
        lambda conn: _look(conn, context, login, _network(request), hash, policy)
    )
    _check_due(context, found)
    lane = context.passwords.lane(known=found.known)
    with lane.place():
        # Counted last, when only the hash is left to check, because a right password that is not checked must not count
        # as a failure.
        account = await context.database.read(lambda conn: accounts.by_login(conn, login))
        counted = await context.database.write(
            lambda tx: sign_ins.note_try(tx, login, place, policy), context.now, SYSTEM
        )
        _check_due(context, counted)
        fits = await lane.fit(password, account.password if account else None)
    if account is None or not fits or account.consultant.disabled:
        log.warning("sign_in_failed")
        await context.database.write(lambda tx: sign_in_audit.failed(tx, account, login, place), context.now, SYSTEM)
        return _form(request, wanted, login, problem="wrong", status=403)
    before = sessions.cookie(request)
    token = await context.database.write(
        lambda tx: _begin(tx, context, login, account.consultant, before, place), context.now, account.consultant.id
    )
    log.info("signed_in", consultant=account.consultant.id)
    response = _onward(account.consultant, wanted)
    device_cookie.remember(response, context, device_cookie.device_of(request), login)
    sessions.set_cookie(response, context, token)
    return response


def _check_due(context: Context, found: Verdict) -> None:
    """Raises `Later` if there is a lock or a wait."""
    if found.until is not None:
        log.warning(f"sign_in_{found.kind}")
        raise Later(found.kind, max(1, found.until - context.now()))


async def sign_out(request: Request) -> Response:
    """End this session, and all sockets that it has opened."""
    context, token = context_of(request), sessions.cookie(request)
    if token:
        await context.database.write(lambda tx: sign_in_audit.signed_out(tx, token), context.now, SYSTEM)
    response = RedirectResponse("/sign-in", status_code=303)
    sessions.drop_cookie(response, context)
    response.headers.update(headers.SIGNED_OUT)
    return response


async def _why_here(request: Request) -> str:
    """Why the sign-in page is shown, as one of `SESSION_ENDS`: why the browser's last session ended, or else the reason
    in the address. The console puts it there when the server closes its socket with a reason. Other words in the
    address are ignored."""
    reason = await sessions.why_ended(request) or request.query_params.get("why", "")
    return reason if reason in SESSION_ENDS else ""


def _safe_here(request: Request) -> bool:
    """Whether a password may be sent: over https, or within this machine. The peer's address decides, because a client
    can send any `Host`."""
    return context_of(request).options.secure or (
        is_loopback(urlsplit(f"//{request.headers['host']}").hostname or "")
        and comes_from_here(address_of(request.scope))
    )


def _known_device(request: Request, login: str) -> Device | None:
    """The device that sent this request, if it has signed in to this account before."""
    context, device = context_of(request), device_cookie.device_of(request)
    return device if device is not None and context.devices.knows(device, login, context.now()) else None


def _begin(tx: Tx, context: Context, login: str, consultant: Consultant, before: str | None, place: SignInPlace) -> str:
    """End the browser's earlier session, start a new one, and record the sign-in. Returns the new session's token."""
    if before:
        accounts.revoke(tx, before)
    sign_ins.succeeded(tx, login, place)
    token = accounts.start_session(tx, consultant.id, context.options.staff_session_ms)
    sign_in_audit.signed_in(tx, consultant, place)
    return token


def _network(request: Request) -> str:
    return network_of(address_of(request.scope))


def _look(
    conn: Connection, context: Context, login: str, network: str, device: bytes | None, policy: SignInPolicy
) -> tuple[SignInPlace, Verdict]:
    place = SignInPlace(address_hash(meta.server_key(conn), network), device)
    return place, sign_ins.verdict(conn, login, place, context.now(), policy)


def _onward(consultant: Consultant, wanted: str) -> RedirectResponse:
    """Redirect to the requested page if it is one of `AFTERWARDS`."""
    path = _path(wanted)
    ours = any(path == page or path.startswith(page + "/") for page in AFTERWARDS)
    safe = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    target = wanted if ours and safe and wanted.startswith(path) else sessions.first_page(consultant.role)
    response = RedirectResponse(target, status_code=303)
    response.headers["Cache-Control"] = "no-store"
    return response


def _path(wanted: str) -> str:
    """The path of an address from the request; empty if it cannot be parsed."""
    try:
        return urlsplit(wanted).path
    except ValueError:
        return ""


def _not_now(request: Request, wanted: str, login: str, problem: str, wait_ms: int, *, status: int = 429) -> Response:
    """The form again, saying when to come back: in minutes for a lock, in seconds for a wait."""
    seconds = -(-wait_ms // 1000)
    count = -(-seconds // 60) if problem == "locked" else seconds
    response = _form(request, wanted, login, problem=problem, count=count, status=status)
    response.headers["Retry-After"] = str(seconds)
    return response


def _form(
    request: Request,
    wanted: str,
    login: str = "",
    *,
    problem: str = "",
    count: int = 0,
    why: str = "",
    status: int = 200,
) -> Response:
    context = context_of(request)
    values = {"next": wanted, "login": login[:LONGEST_LOGIN], "problem": problem, "count": count, "why": why}
    return context.pages.render(request, "sign_in.html", values, status=status)
