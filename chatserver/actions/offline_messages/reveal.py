"""显示号码: the owner of a 留言 reveals its phone number before they call."""

from chatserver.domain.offline_messages import revealed
from chatserver.domain.refusals import NotFound
from chatserver.hub.connections import StaffSession
from chatserver.hub.parts import Parts
from chatserver.hub.reveals import reveal
from chatserver.hub.unit_of_work import UnitOfWork
from chatserver.store import offline_messages


async def reveal_phone(parts: Parts, session: StaffSession, id: str) -> str:
    """The phone number. Raises `NotFound`, `Forbidden`, `RateLimited`."""

    def number(unit: UnitOfWork) -> str:
        message = offline_messages.load(unit.conn, [id]).get(id)
        if message is None:
            raise NotFound()
        return revealed(session.staff, message)

    return await reveal(parts, session, "offline_message", id, number)
