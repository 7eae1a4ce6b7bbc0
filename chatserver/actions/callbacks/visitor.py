"""What the frames of visitors about 回电 do: ask for a call, look at what was promised, and withdraw it."""

from collections.abc import Sequence

from chatserver.actions.callbacks.live import Callbacks, Requested
from chatserver.domain.callbacks import ASKED, NAME_LENGTH, TOPIC_LENGTH, Callback, Wish, promise, withdraw
from chatserver.domain.consent import Said
from chatserver.domain.emergency import recognise
from chatserver.domain.masking import masked_phone
from chatserver.domain.phone import checked_phone
from chatserver.domain.refusals import PhoneInvalid, Refused, Unauthenticated
from chatserver.domain.text import optional_line
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import VisitorSession
from chatserver.hub.handlers import VisitorHandler, VisitorHandlers
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.store.ids import new_id
from chatserver.wire.callbacks import CallbackGet, CallbackRequest, CallbackTold, CallbackWithdraw
from chatserver.wire.closing import CloseCode
from chatserver.wire.replies import Accepted


async def request(desk: VisitorDesk, session: VisitorSession, frame: CallbackRequest, spent: Spent) -> None:
    try:
        await _request(desk, session, frame, spent)
    except Unauthenticated:
        session.close(CloseCode.SESSION_ENDED)
    except Refused:
        # Nothing was stored, for example because of a wrong phone number, so it does not count against the limits.
        spent.give_back()
        raise


async def _request(desk: VisitorDesk, session: VisitorSession, frame: CallbackRequest, spent: Spent) -> None:
    held, digest = desk.parts.live.of(Callbacks), desk.parts.digests.of(frame)
    try:
        callback = _callback(desk, session, frame)
    except Refused:
        # An earlier try may have been stored while it was still allowed.
        before = await held.asked_before(session.person, frame.ref, digest)
        if before is None:
            raise
        requested = before
    else:
        said = _said(desk, frame)
        # A conversation has the visit already.
        visit = None if frame.conversation is not None else desk.came_from(session, frame.visit, said)
        requested = await held.request(callback, frame.ref, digest, said, visit)
    if requested.repeat:
        spent.give_back()
    session.push(_accepted(frame.ref, requested))


def _accepted(ref: str, requested: Requested) -> Accepted:
    callback = requested.callback
    start, end = callback.promised or (None, None)
    return Accepted(
        ref=ref,
        conversation=callback.conversation or "",
        id=callback.id,
        at=callback.asked_at,
        repeat=requested.repeat,
        call_from=start,
        answer_by=end,
        # The call may come only after the next opening, so the visitor is told at once where to find help. Of suspected
        # abuse the screen says nothing, because somebody else may be looking at it.
        emergency=callback.told,
    )


def _callback(desk: VisitorDesk, session: VisitorSession, frame: CallbackRequest) -> Callback:
    hospital, now = desk.records.hospital, desk.now()
    phone = checked_phone(frame.phone, desk.options.phone_region)
    if not phone:
        raise PhoneInvalid(why="number")
    department = desk.department(session, frame.department)
    group = hospital.group_of(session.site, department)
    hours = desk.parts.opening_hours.doors(session.site, department)
    within = desk.records.rulebook.of(group).offline_due_ms
    promised = promise(hours, now, Wish(frame.day, frame.part), within)
    topic = optional_line(frame.body, TOPIC_LENGTH)
    finding = recognise(topic, department, hospital.words)
    return Callback(
        id=new_id(),
        site=session.site,
        department=department,
        group=group,
        visitor=session.person,
        language=frame.language,
        phone=phone,
        asked_at=now,
        from_at=promised.start,
        due_at=promised.end,
        day=frame.day,
        part=frame.part,
        may_name=frame.may_name,
        name=optional_line(frame.name, NAME_LENGTH),
        topic=topic,
        conversation=frame.conversation,
        emergency=None if finding is None else finding.stored,
        level=None if finding is None else finding.level,
        told=None if finding is None else finding.told,
    )


def _said(desk: VisitorDesk, frame: CallbackRequest) -> Sequence[Said]:
    """The decisions that came with it, and the consent to the call."""
    asked = None if frame.asked is None else ASKED.get(frame.asked)
    return (*desk.decided(frame.consent), *(() if asked is None else (Said("given", asked),)))


async def take_back(desk: VisitorDesk, session: VisitorSession, frame: CallbackWithdraw, spent: Spent) -> None:
    await desk.parts.live.of(Callbacks).change(
        frame.id, lambda callback, lock, now: withdraw(callback, session.person, now)
    )
    session.push(Accepted(ref=frame.ref, id=frame.id))


async def get(desk: VisitorDesk, session: VisitorSession, frame: CallbackGet, spent: Spent) -> None:
    callback = await desk.parts.live.of(Callbacks).open_of(session.person)
    if callback is None:
        session.push(CallbackTold(frame.ref))
        return
    start, end = callback.promised or (None, None)
    session.push(CallbackTold(frame.ref, callback.id, masked_phone(callback.phone), start, end))


VISITOR: VisitorHandlers = {
    CallbackRequest: VisitorHandler(
        request,
        after_the_end=True,
        # The same buckets as those of 留言: both are work that is left for later.
        buckets=("messages", "messages per 5 min", "留言", "address: 留言"),
        department=lambda desk, session, frame: desk.department(session, frame.department),
    ),
    CallbackWithdraw: VisitorHandler(take_back),
    CallbackGet: VisitorHandler(get, buckets=("acts", "address: reads")),
}
