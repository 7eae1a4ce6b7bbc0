"""Sign-in and sign-out of staff. A wrong password, an unknown login and a disabled account get one answer.

Each try is counted before the password is looked at, so that a hundred at once are a hundred tries.
"""

from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chatserver.domain.hospital import Consultant
from chatserver.domain.refusals import RateLimited
from chatserver.store import accounts, meta
from chatserver.store.secrets import address_hash
from chatserver.store.session_ends import SESSION_ENDS
from chatserver.web import sessions
from chatserver.web.bodies import form_body
from chatserver.web.buckets import Buckets
from chatserver.web.guards import is_loopback
from chatserver.web.house import House, house_of

LONGEST_LOGIN = 64
AFTERWARDS = ("/console", "/transcripts")
"""Where a sign-in may lead; anything else leads to the first page of the role."""

TRIES_AT_ONCE = 60
TRIES_PER_S = 1.0
"""Per address: a whole room of desks signs in at the change of shifts; a guesser is slowed to its pace."""

log = structlog.get_logger("web")


async def show(request: Request) -> Response:
    """The form; somebody signed in already goes on."""
    wanted = request.query_params.get("next", "")
    session = await sessions.staff_session(request)
    if session is not None:
        return _onward(session.consultant, wanted)
    if not _safe_here(request):
        return _form(request, wanted, problem="insecure", status=403)
    return _form(request, wanted, why=await _why_here(request))


class SignIns:
    """`POST /sign-in`, with its count of tries per address, whatever logins they name."""

    def __init__(self, house: House) -> None:
        self._tries = Buckets(TRIES_PER_S, TRIES_AT_ONCE, house.now)

    async def post(self, request: Request) -> Response:
        """`sign_in`, unless there are too many: asked before anything is written or hashed for it.

        Raises `RateLimited` for the address, `Busy` for everybody.
        """
        wait = self._tries.take(request.client.host if request.client else "")
        if wait:
            raise RateLimited(retry_ms=wait)
        house_of(request).passwords.check_room()
        return await sign_in(request)


async def sign_in(request: Request) -> Response:
    """A new session for the right password; whatever session the browser had before ends."""
    house = house_of(request)
    fields = await form_body(request)
    login, wanted = fields.get("login", "").strip(), fields.get("next", "")
    if not _safe_here(request):
        return _form(request, wanted, problem="insecure", status=403)
    locked_until = await house.database.write(lambda conn: _count_try(conn, house, request, login))
    if locked_until is not None:
        log.warning("sign_in_locked")
        minutes = -(-(locked_until - house.now()) // 60_000)
        return _form(request, wanted, login, problem="locked", minutes=minutes, status=429)
    consultant = await _right(house, login, fields.get("password", ""))
    if consultant is None:
        log.warning("sign_in_failed")
        return _form(request, wanted, login, problem="wrong", status=403)
    before = sessions.cookie(request)
    token = await house.database.write(lambda conn: _begin(conn, house, request, login, consultant, before))
    log.info("signed_in", consultant=consultant.id)
    response = _onward(consultant, wanted)
    sessions.set_cookie(response, house, token)
    return response


async def sign_out(request: Request) -> Response:
    """End this session, here and for every socket it opened."""
    house, token = house_of(request), sessions.cookie(request)
    if token:
        await house.database.write(lambda conn: accounts.revoke(conn, token, house.now()))
    response = RedirectResponse("/sign-in", status_code=303)
    sessions.drop_cookie(response, house)
    return response


async def _why_here(request: Request) -> str:
    """Why the sign-in page has come up, as a word of the fixed list: what the browser's old session tells, else what
    the console was told when it was closed. Whatever else stands in the address is not said."""
    told = await sessions.why_ended(request) or request.query_params.get("why", "")
    return told if told in SESSION_ENDS else ""


def _safe_here(request: Request) -> bool:
    """A password goes over https, or does not leave this machine."""
    return house_of(request).options.secure or is_loopback(request.headers["host"])


def _count_try(conn: Connection, house: House, request: Request, login: str) -> int | None:
    """Until when it is locked; a try that is not locked out is counted as failed until it is right."""
    address, now = _address(conn, request), house.now()
    locked_until = accounts.locked_until(conn, login, address, now)
    if locked_until is None:
        accounts.note_failure(conn, login[:LONGEST_LOGIN], address, now)
    return locked_until


async def _right(house: House, login: str, password: str) -> Consultant | None:
    """The consultant whose login and password these are."""
    account = await house.database.read(lambda conn: accounts.by_login(conn, login))
    fits = await house.passwords.fit(password, account.password if account else None)
    if account is None or not fits or account.consultant.disabled:
        return None
    return account.consultant


def _begin(
    conn: Connection, house: House, request: Request, login: str, consultant: Consultant, before: str | None
) -> str:
    """The new session's token."""
    if before:
        accounts.revoke(conn, before, house.now())
    accounts.forget_failures(conn, login, _address(conn, request))
    return accounts.start_session(conn, consultant.id, house.options.staff_session_ms, house.now())


def _address(conn: Connection, request: Request) -> bytes:
    return address_hash(meta.server_key(conn), request.client.host if request.client else "")


def _onward(consultant: Consultant, wanted: str) -> RedirectResponse:
    """To the page that was wanted, when it is one of ours that may be."""
    path = _path(wanted)
    ours = any(path == page or path.startswith(page + "/") for page in AFTERWARDS)
    safe = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    target = wanted if ours and safe and wanted.startswith(path) else sessions.first_page(consultant.role)
    response = RedirectResponse(target, status_code=303)
    response.headers["Cache-Control"] = "no-store"
    return response


def _path(wanted: str) -> str:
    """The path of an address somebody else wrote; empty for what is none."""
    try:
        return urlsplit(wanted).path
    except ValueError:
        return ""


def _form(
    request: Request,
    wanted: str,
    login: str = "",
    *,
    problem: str = "",
    minutes: int = 0,
    why: str = "",
    status: int = 200,
) -> Response:
    house = house_of(request)
    context = {"next": wanted, "login": login[:LONGEST_LOGIN], "problem": problem, "minutes": minutes, "why": why}
    return house.pages.render(request, house, "sign_in.html", context, status=status)
