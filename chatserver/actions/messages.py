"""Messages, notes, typing signs, and how far somebody has read."""

from collections.abc import Awaitable

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.messages import PostMessage, Service, WriteNote
from chatserver.domain.permissions import Permission
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers, VisitorAsk, VisitorHandler, VisitorHandlers
from chatserver.hub.inbox import SentDraft
from chatserver.hub.replies import telling
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.store import conversations, drafts
from chatserver.wire.messages import ConversationSeen, MessagePost, NotePost
from chatserver.wire.typing import Typing


def post(desk: StaffDesk, session: StaffSession, frame: MessagePost) -> StaffAsk:
    """A reply to the visitor."""
    command = PostMessage(session.staff, frame.body, frame.fence)
    return StaffAsk(frame.conversation, command, _draft(session, frame, "reply"))


def write_note(desk: StaffDesk, session: StaffSession, frame: NotePost) -> StaffAsk:
    """Write an internal note, which visitors never see."""
    command = WriteNote(session.staff, frame.body)
    return StaffAsk(frame.conversation, command, _draft(session, frame, "note"))


def staff_types(desk: StaffDesk, session: StaffSession, frame: Typing) -> None:
    desk.parts.typing.consultant(session, frame)


def staff_has_seen(desk: StaffDesk, session: StaffSession, frame: ConversationSeen) -> None:
    desk.parts.own_tabs.seen(session, frame)


def visitor_posts(
    desk: VisitorDesk, session: VisitorSession, frame: MessagePost, spent: Spent
) -> VisitorAsk | Awaitable[VisitorAsk]:
    """Reads from the store only if this node does not hold the conversation, because it ended a while ago; the message
    may reopen it."""
    known = desk.parts.open_conversations.get(frame.conversation)
    if known is None:
        return _post_into_stored(desk, session, frame)
    return _ask(
        desk, session, frame, desk.parts.opening_hours.service(known.site, known.subject.department, desk.now())
    )


async def _post_into_stored(desk: VisitorDesk, session: VisitorSession, frame: MessagePost) -> VisitorAsk:
    read = await desk.database.read(lambda conn: conversations.load(conn, [frame.conversation]))
    # Another node's commit may have been announced here during the read.
    known = desk.parts.open_conversations.get(frame.conversation) or read.get(frame.conversation)
    # A conversation that does not exist, or belongs to another visitor, is refused when the command is decided.
    if known is None:
        return _ask(desk, session, frame, Service())
    return _ask(
        desk, session, frame, desk.parts.opening_hours.service(known.site, known.subject.department, desk.now())
    )


def _ask(desk: VisitorDesk, session: VisitorSession, frame: MessagePost, service: Service) -> VisitorAsk:
    hospital = desk.records.hospital
    said = desk.decided(frame.consent) if frame.consent else ()
    command = PostMessage(Visitor(session.person), frame.body, service=service, words=hospital.words, consents=said)
    return VisitorAsk(frame.conversation, command, telling(session, frame.ref))


def department_of(desk: VisitorDesk, session: VisitorSession, frame: MessagePost) -> str | None:
    """The department of the conversation, if this node holds it."""
    known = desk.parts.open_conversations.get(frame.conversation)
    return None if known is None else known.subject.department


def visitor_types(desk: VisitorDesk, session: VisitorSession, frame: Typing, spent: Spent) -> None:
    desk.parts.typing.visitor(session, frame)


def visitor_has_seen(desk: VisitorDesk, session: VisitorSession, frame: ConversationSeen, spent: Spent) -> None:
    desk.parts.own_tabs.seen(session, frame)


def _draft(session: StaffSession, frame: MessagePost | NotePost, mode: str) -> SentDraft | None:
    """The draft that became this text, if the client names one."""
    if frame.draft is None:
        return None
    return SentDraft(drafts.DraftKey(session.person, frame.conversation, mode), frame.draft)


STAFF: StaffHandlers = {
    MessagePost: StaffHandler(post, Permission.REPLY, at_once=True, buckets=("staff: messages",)),
    NotePost: StaffHandler(write_note, Permission.WRITE_NOTE, at_once=True, buckets=("staff: messages",)),
    Typing: StaffHandler(staff_types, at_once=True, buckets=("staff: signs",)),
    ConversationSeen: StaffHandler(staff_has_seen, at_once=True, buckets=("staff: signs",)),
}
VISITOR: VisitorHandlers = {
    MessagePost: VisitorHandler(visitor_posts, buckets=("messages", "messages per 5 min"), department=department_of),
    Typing: VisitorHandler(visitor_types, buckets=("signs",)),
    ConversationSeen: VisitorHandler(visitor_has_seen, buckets=("signs",)),
}
