"""Drafts of replies and notes, kept for the writer's other windows."""

from chatserver.domain.refusals import BadFrame, DraftChanged
from chatserver.domain.text import shows
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffHandler, StaffHandlers
from chatserver.hub.own_tabs import keep, shown
from chatserver.hub.staff_desk import StaffDesk
from chatserver.wire.drafts import DraftSave
from chatserver.wire.replies import Accepted


async def save(desk: StaffDesk, session: StaffSession, frame: DraftSave) -> None:
    """Raises `DraftChanged` when another of the writer's windows has changed the draft that this one is based on."""
    await desk.readable(session, frame.conversation)
    if len(frame.body) > desk.records.rules.note_length:
        raise BadFrame(why="body")
    body = frame.body if shows(frame.body) else ""
    keeping = await desk.database.write(lambda tx: keep(tx, session.person, frame, body), desk.now, session.person)
    if keeping.changed:
        for draft in keeping.drafts:
            session.push(shown(draft))
        raise DraftChanged()
    session.push(Accepted(ref=frame.ref, conversation=frame.conversation, at=keeping.drafts[0].at))
    for draft in keeping.drafts:
        desk.parts.own_tabs.draft(session, draft)


STAFF: StaffHandlers = {DraftSave: StaffHandler(save)}
