"""Following a conversation live, reading its history, and asking for the heads of conversations."""

from collections.abc import Awaitable

from chatserver.domain.audience import may_read
from chatserver.domain.conversation import Conversation
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handlers import StaffHandler, StaffHandlers, VisitorHandler, VisitorHandlers
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.store import conversations
from chatserver.wire.entries import HistoryGet
from chatserver.wire.following import ConversationFollow, ConversationUnfollow, Followed, HeadsGet, Position


async def follow(desk: StaffDesk, session: StaffSession, frame: ConversationFollow) -> None:
    await desk.readable(session.staff, frame.conversation)
    replay = await desk.replay(session, Position(frame.conversation, frame.epoch, frame.after))
    if replay is None:
        raise NotFound()
    session.push(Followed(frame.ref, replay.following))
    await desk.parts.resume.send(session, replay)


def unfollow(desk: StaffDesk, session: StaffSession, frame: ConversationUnfollow) -> None:
    desk.parts.delivery.unsubscribe(session, frame.conversation)


async def history_of_staff(desk: StaffDesk, session: StaffSession, frame: HistoryGet) -> None:
    await desk.readable(session.staff, frame.conversation)
    session.push(await desk.parts.resume.history(session, frame))


async def heads_of_staff(desk: StaffDesk, session: StaffSession, frame: HeadsGet) -> None:
    found = await _named(desk, frame)
    now = desk.now()
    readable = [each for each in found if may_read(each, session.staff, now)]
    await desk.parts.followers.send_heads(session, frame.ref, readable)


async def history_of_visitor(desk: VisitorDesk, session: VisitorSession, frame: HistoryGet, spent: Spent) -> None:
    """Raises `NotFound` when the conversation belongs to another visitor."""
    found = await desk.database.read(lambda conn: conversations.load(conn, [frame.conversation]))
    if frame.conversation not in found or found[frame.conversation].visitor != session.person:
        raise NotFound()
    session.push(await desk.parts.resume.history(session, frame))


async def heads_of_visitor(desk: VisitorDesk, session: VisitorSession, frame: HeadsGet, spent: Spent) -> None:
    own = [each for each in await _named(desk, frame) if each.visitor == session.person]
    await desk.parts.followers.send_heads(session, frame.ref, own)


def _named(desk: StaffDesk | VisitorDesk, frame: HeadsGet) -> Awaitable[list[Conversation]]:
    """The conversations that the frame names, as the store has them."""
    asked = [each.conversation for each in frame.at]
    return desk.database.read(lambda conn: [*conversations.load(conn, asked).values()])


STAFF: StaffHandlers = {
    ConversationFollow: StaffHandler(follow, Permission.READ_LIVE, buckets=("staff: reads",)),
    ConversationUnfollow: StaffHandler(unfollow, buckets=()),
    HistoryGet: StaffHandler(history_of_staff, Permission.READ_LIVE, buckets=("staff: reads",)),
    HeadsGet: StaffHandler(heads_of_staff, buckets=("staff: reads",)),
}
VISITOR: VisitorHandlers = {
    HistoryGet: VisitorHandler(history_of_visitor, buckets=("reads", "address: reads")),
    HeadsGet: VisitorHandler(heads_of_visitor, buckets=("reads", "address: reads")),
}
