"""The visitor's socket. The token is in the hello, never in the URL; the Origin has been checked already."""

from starlette.types import Receive, Scope, Send

from chatserver.hub.connections import VisitorSession
from chatserver.web.context import Context, address_of
from chatserver.web.gate.connection_limits import place_of
from chatserver.web.sockets.socket import Socket
from chatserver.wire import decoding
from chatserver.wire.session import VisitorHello


async def visitor_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """`/ws/visitor`."""
    context: Context = scope["app"].state.context
    socket: Socket[VisitorSession] = Socket(scope, receive, send, decoding.VISITOR, context, context.admission.visitors)

    place = place_of(scope)

    async def enter(hello: VisitorHello) -> VisitorSession:
        session = await context.hub.enter_visitor(hello, socket, address_of(scope))
        place.taken(session, idle=lambda: not session.readers)
        return session

    await socket.run(enter, context.hub.visitor_desk)
