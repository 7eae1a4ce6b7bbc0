"""Who sends a staff request: the session of its cookie, read from the database every time.

The cookie holds only a random token; `permissions` decides what the session may do.
"""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from chatserver.domain.hospital import AT_CONSOLE, Role
from chatserver.domain.permissions import Permission, allowed, require
from chatserver.store import accounts, session_ends
from chatserver.store.accounts import SignInSession
from chatserver.store.session_ends import SessionEnd
from chatserver.web.context import Context, context_of
from chatserver.web.errors import OwnPage, SignInNeeded
from chatserver.web.options import WebOptions


def cookie_name(options: WebOptions) -> str:
    """The cookie's name. Over https it begins with `__Host-`, so that neither another host nor a page without TLS can
    set it."""
    return "__Host-session" if options.secure else "session"


def cookie(connection: HTTPConnection) -> str | None:
    """The session's token, if the browser sent one."""
    return connection.cookies.get(cookie_name(context_of(connection).options))


async def staff_session(connection: HTTPConnection) -> SignInSession | None:
    """The valid session of a request or socket; None when it is missing, ended, revoked, or its account disabled."""
    context, token = context_of(connection), cookie(connection)
    if not token:
        return None
    return await context.database.read(lambda conn: accounts.session(conn, token, context.now()))


async def why_ended(connection: HTTPConnection) -> SessionEnd | None:
    """Why the session of the browser's token has ended; None without a token."""
    context, token = context_of(connection), cookie(connection)
    if not token:
        return None
    return await context.database.read(lambda conn: session_ends.why_token_ended(conn, token, context.now()))


async def signed_in(connection: HTTPConnection, action: Permission) -> SignInSession:
    """The session of somebody who may do `action`. Raises `SignInNeeded` or `Forbidden`."""
    session = await staff_session(connection)
    if session is None:
        raise SignInNeeded
    require(session.consultant.role, action)
    return session


async def at_home(connection: HTTPConnection, action: Permission) -> SignInSession:
    """Like `signed_in`, for the first page of a role: people of other roles are redirected to their own. Raises
    `SignInNeeded` or `OwnPage`."""
    session = await staff_session(connection)
    if session is None:
        raise SignInNeeded
    role = session.consultant.role
    if not allowed(role, action).allowed:
        raise OwnPage(first_page(role))
    return session


def first_page(role: Role) -> str:
    """The first page of a role after the sign-in."""
    if role in AT_CONSOLE:
        return "/console"
    return "/" if role is Role.ADMINISTRATOR else "/audit"


def set_cookie(response: Response, context: Context, token: str) -> None:
    """Set the cookie with the token; scripts cannot read it."""
    response.set_cookie(
        cookie_name(context.options),
        token,
        max_age=context.options.staff_session_ms // 1000,
        path="/",
        secure=context.options.secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, context: Context) -> None:
    """Delete the cookie."""
    response.delete_cookie(
        cookie_name(context.options), path="/", secure=context.options.secure, httponly=True, samesite="lax"
    )
