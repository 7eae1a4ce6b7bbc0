"""Drafts of replies and notes, kept for the writer's other windows."""

from chatserver.domain.actors import Staff
from chatserver.domain.refusals import BadFrame, DraftChanged
from chatserver.domain.text import shows
from chatserver.hub.connections import StaffSession
from chatserver.hub.handlers import StaffHandler, StaffHandlers
from chatserver.hub.own_tabs import Keeping, keep, shown
from chatserver.hub.staff_desk import StaffDesk
from chatserver.wire.drafts import DraftSave
from chatserver.wire.replies import Accepted


async def keep_draft(desk: StaffDesk, staff: Staff, frame: DraftSave) -> Keeping:
    """Keep the draft, unless another of the writer's windows has changed the one that it is based on. Raises
    `NotFound`, `BadFrame`."""
    await desk.readable(staff, frame.conversation)
    if len(frame.body) > desk.records.rules.note_length:
        raise BadFrame(why="body")
    body = frame.body if shows(frame.body) else ""
    return await desk.database.write(lambda tx: keep(tx, staff.person.id, frame, body), desk.now, staff.person.id)


async def save(desk: StaffDesk, session: StaffSession, frame: DraftSave) -> None:
    """Raises `DraftChanged` when another of the writer's windows has changed the draft that this one is based on."""
    keeping = await keep_draft(desk, session.staff, frame)
    if keeping.changed:
        for draft in keeping.drafts:
            session.push(shown(draft))
        raise DraftChanged()
    session.push(Accepted(ref=frame.ref, conversation=frame.conversation, at=keeping.drafts[0].at))
    for draft in keeping.drafts:
        desk.parts.own_tabs.draft(session.person, draft, but=session)


async def put(desk: StaffDesk, staff: Staff, frame: DraftSave) -> Keeping:
    """Like `save`, for a page that is closed while it has no socket: all windows of the writer are sent the draft."""
    keeping = await keep_draft(desk, staff, frame)
    if not keeping.changed:
        for draft in keeping.drafts:
            desk.parts.own_tabs.draft(staff.person.id, draft)
    return keeping


STAFF: StaffHandlers = {DraftSave: StaffHandler(save, buckets=("staff: drafts",))}
