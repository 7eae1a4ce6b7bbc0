"""Where visitors come from: the pages that a visitor opens during the conversation."""

from chatserver.hub.allowances import Spent
from chatserver.hub.connections import VisitorSession
from chatserver.hub.handlers import VisitorHandler, VisitorHandlers
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.wire.visits import VisitPage


async def page_opened(desk: VisitorDesk, session: VisitorSession, frame: VisitPage, spent: Spent) -> None:
    """Nothing is stored yet."""


VISITOR: VisitorHandlers = {VisitPage: VisitorHandler(page_opened, buckets=("pages",))}
