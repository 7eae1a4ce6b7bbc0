"""Joining the queue, moving a conversation forward in it, and releasing one back into it."""

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.messages import PostMessage
from chatserver.domain.commands.queue import MoveForward, Release
from chatserver.domain.events.queue import Opened
from chatserver.domain.permissions import Permission
from chatserver.domain.quick_questions import answered
from chatserver.domain.refusals import Refused, Unauthenticated
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers, VisitorAsk, VisitorHandler, VisitorHandlers
from chatserver.hub.inbox import Done, Held, Opening
from chatserver.hub.replies import telling
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.hub.visits import first_message
from chatserver.store.ids import new_id
from chatserver.wire.closing import CloseCode
from chatserver.wire.queue import ConversationForward, ConversationOpen, ConversationRelease


def open_conversation(desk: VisitorDesk, session: VisitorSession, frame: ConversationOpen, spent: Spent) -> VisitorAsk:
    """The visitor's first message. Raises `NotFound` when the hospital has no group at all."""
    hospital = desk.records.hospital
    site = hospital.sites[session.site]
    try:
        department = desk.department(session, frame.department)
    except Refused:
        spent.give_back()
        raise
    group = hospital.group_of(site.id, department)
    greeting = site.greeting.inside(frame.language)
    service = desk.parts.opening_hours.service(site.id, department, desk.now())
    replies = answered(site.questions, frame.answered, frame.language)
    opened = Opened(department, group, frame.language, greeting, closes_at=service.closes_at, answered=replies)
    crowd = desk.parts.sessions.neighbours(session).crowd
    held = Held(crowd.waiting_in(group), session.is_shared)
    wait_ms = desk.parts.visitor_status.wait_of_the_next(group)
    opening = Opening(new_id(), site.id, opened, wait_ms, held, desk.came_from(session, frame.visit))
    crowd.asks(opening.id, group)
    said = desk.decided(frame.consent)
    command = PostMessage(Visitor(session.person), frame.body, service=service, words=hospital.words, consents=said)
    tell = telling(session, frame.ref)

    def then(answer: Done | Refused) -> None:
        is_new = isinstance(answer, Done) and not answer.repeat and answer.conversation.id == opening.id
        crowd.answered(opening.id, opened=is_new)
        if is_new:
            desk.parts.services.metrics.answered_before(each.kind for each in replies)
            first_message(desk.parts.site_counts, site.id, opening.visit)
        if not is_new:
            spent.give_back()
        if isinstance(answer, Unauthenticated):
            session.close(CloseCode.SESSION_ENDED)
        else:
            tell(answer)

    return VisitorAsk(opening.id, command, then, opening=opening)


def move_forward(desk: StaffDesk, session: StaffSession, frame: ConversationForward) -> StaffAsk:
    return StaffAsk(frame.conversation, MoveForward(session.staff))


def release(desk: StaffDesk, session: StaffSession, frame: ConversationRelease) -> StaffAsk:
    """Put the conversation back into the queue, with a note for the next consultant."""
    return StaffAsk(frame.conversation, Release(session.staff, frame.fence, frame.note))


STAFF: StaffHandlers = {
    ConversationForward: StaffHandler(move_forward, Permission.DIRECT),
    ConversationRelease: StaffHandler(release, Permission.TRANSFER),
}
VISITOR: VisitorHandlers = {
    ConversationOpen: VisitorHandler(
        open_conversation,
        after_the_end=True,
        buckets=("messages", "messages per 5 min", "opens", "address: opens"),
        department=lambda desk, session, frame: desk.department(session, frame.department),
    ),
}
