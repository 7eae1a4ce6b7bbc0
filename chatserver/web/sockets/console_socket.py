"""The console's socket. The session cookie of the upgrade identifies the member of staff; the Origin has been checked.

An ended session is reported by a close code after the hello: a script cannot see why a handshake was refused, and
would only try again.
"""

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from chatserver.domain.permissions import Permission, require
from chatserver.domain.refusals import Unauthenticated
from chatserver.hub.connections import StaffSession
from chatserver.web.context import Context, address_of
from chatserver.web.gate.connection_limits import place_of
from chatserver.web.gate.sessions import staff_session
from chatserver.web.sockets.socket import Socket
from chatserver.wire import decoding
from chatserver.wire.session import StaffHello


async def console_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """`/ws/staff`."""
    context: Context = scope["app"].state.context
    socket: Socket[StaffSession] = Socket(scope, receive, send, decoding.STAFF, context, context.admission.staff)

    place = place_of(scope)

    async def enter(hello: StaffHello) -> StaffSession:
        # Only now, in its turn, because this reads the database. If the database does not answer, a close code says so.
        signed_in = await staff_session(HTTPConnection(scope))
        if signed_in is None:
            raise Unauthenticated()
        require(signed_in.consultant.role, Permission.OPEN_CONSOLE)
        session = await context.hub.enter_staff(
            hello, signed_in.consultant, signed_in.hash, signed_in.ends_at, socket, address_of(scope)
        )
        place.taken(session)
        return session

    await socket.run(enter, context.hub.staff_desk)
