"""What the frames about 留言 do: visitors leave them; staff take and settle them, and may reveal the phone number."""

from chatserver.actions.offline_messages.live import Left, OfflineMessages
from chatserver.actions.offline_messages.reveal import reveal_phone
from chatserver.domain import offline_messages
from chatserver.domain.emergency import Finding, recognise
from chatserver.domain.offline_messages import OfflineMessage, due_without_opening
from chatserver.domain.permissions import Permission
from chatserver.domain.phone import checked_phone
from chatserver.domain.refusals import Refused, Unauthenticated, Unavailable
from chatserver.domain.text import checked_message, optional_line
from chatserver.domain.visits import Visit
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handlers import StaffHandler, StaffHandlers, VisitorHandler, VisitorHandlers
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.store.ids import new_id
from chatserver.wire.closing import CloseCode
from chatserver.wire.offline_messages import (
    OfflineLeave,
    OfflineReveal,
    OfflineSettle,
    OfflineTake,
    PhoneShown,
)
from chatserver.wire.replies import Accepted


async def take(desk: StaffDesk, session: StaffSession, frame: OfflineTake) -> None:
    await desk.parts.live.of(OfflineMessages).change(
        frame.id, lambda message, now: offline_messages.take(message, session.staff)
    )
    session.push(Accepted(ref=frame.ref, id=frame.id))


async def settle(desk: StaffDesk, session: StaffSession, frame: OfflineSettle) -> None:
    rules = desk.records.rules
    await desk.parts.live.of(OfflineMessages).change(
        frame.id,
        lambda message, now: offline_messages.settle(
            message, session.staff, frame.result, frame.note, now, rules, frame.answer
        ),
    )
    session.push(Accepted(ref=frame.ref, id=frame.id))


async def reveal(desk: StaffDesk, session: StaffSession, frame: OfflineReveal) -> None:
    """Show the full phone number, and record that it was shown."""
    number = await reveal_phone(desk.parts, session, frame.id)
    session.push(PhoneShown(frame.ref, frame.id, number))


async def leave(desk: VisitorDesk, session: VisitorSession, frame: OfflineLeave, spent: Spent) -> None:
    try:
        await _leave(desk, session, frame, spent)
    except Unauthenticated:
        session.close(CloseCode.SESSION_ENDED)
    except Refused:
        # Nothing was stored, for example because of a wrong phone number, so it does not count against the limits.
        spent.give_back()
        raise


async def _leave(desk: VisitorDesk, session: VisitorSession, frame: OfflineLeave, spent: Spent) -> None:
    try:
        message = _message(desk, session, frame)
    except Refused as refusal:
        left = await _left_before(desk, session, frame, refusal)
    else:
        left = await _store(desk, session, frame, message)
    if left.repeat:
        spent.give_back()
    session.push(
        Accepted(
            ref=frame.ref,
            conversation=left.message.conversation or "",
            id=left.message.id,
            at=left.message.left_at,
            repeat=left.repeat,
            answer_by=left.message.answer_by,
            # It may take until the next opening before anybody reads the message, so the visitor is told at once where
            # to find help.
            emergency=left.message.told,
        )
    )


async def _left_before(desk: VisitorDesk, session: VisitorSession, frame: OfflineLeave, refusal: Refused) -> Left:
    """The 留言 that an earlier try of this command stored while it was still allowed. Raises `refusal` if there is
    none."""
    digest = desk.parts.digests.of(frame)
    before = await desk.parts.live.of(OfflineMessages).left_before(session.person, frame.ref, digest)
    if before is None:
        raise refusal
    return before


async def _store(desk: VisitorDesk, session: VisitorSession, frame: OfflineLeave, message: OfflineMessage) -> Left:
    session.ending = frame.conversation
    try:
        left = await desk.parts.live.of(OfflineMessages).leave(
            message, frame.ref, desk.parts.digests.of(frame), desk.decided(frame.consent), _visit(desk, session, frame)
        )
    except Unavailable:
        # It is unknown whether the message was stored, so `ending` stays set.
        raise
    except Refused:
        session.ending = None
        raise
    session.ending = None
    return left


def _visit(desk: VisitorDesk, session: VisitorSession, frame: OfflineLeave) -> Visit | None:
    """Where the visitor comes from, unless a conversation has it."""
    if frame.conversation is not None:
        return None
    return desk.came_from(session, frame.visit, desk.decided(frame.consent))


def _message(desk: VisitorDesk, session: VisitorSession, frame: OfflineLeave) -> OfflineMessage:
    hospital, now = desk.records.hospital, desk.now()
    phone = checked_phone(frame.phone, desk.options.phone_region)
    department = desk.department(session, frame.department)
    due_at = desk.parts.opening_hours.due_at(session.site, department, now)
    body = checked_message(frame.body, desk.records.rules)
    finding = recognise(body, department, hospital.words)
    return OfflineMessage(
        id=new_id(),
        site=session.site,
        department=department,
        group=hospital.group_of(session.site, department),
        visitor=session.person,
        kind=frame.kind,
        language=frame.language,
        body=body,
        left_at=now,
        due_at=due_without_opening(now) if due_at is None else due_at,
        name=optional_line(frame.name, 40),
        phone=phone,
        conversation=frame.conversation,
        emergency=None if finding is None else finding.stored,
        level=None if finding is None else finding.level,
        told=None if finding is None else finding.told,
        crowded=finding is not None and _is_one_of_many(desk, session, finding),
    )


def _is_one_of_many(desk: VisitorDesk, session: VisitorSession, finding: Finding) -> bool:
    """Whether this address has already sent so many emergencies that one more 留言 alerts nobody."""
    if not finding.calls_for_people:
        return False
    crowd = desk.parts.sessions.neighbours(session).crowd
    if crowd.is_beyond(session.person):
        return True
    crowd.had_priority(session.person)
    return False


STAFF: StaffHandlers = {
    OfflineTake: StaffHandler(take, Permission.TAKE),
    OfflineSettle: StaffHandler(settle, Permission.TAKE),
    OfflineReveal: StaffHandler(reveal, Permission.TAKE),
}
VISITOR: VisitorHandlers = {
    OfflineLeave: VisitorHandler(
        leave,
        after_the_end=True,
        buckets=("messages", "messages per 5 min", "留言", "address: 留言"),
        department=lambda desk, session, frame: desk.department(session, frame.department),
    )
}
