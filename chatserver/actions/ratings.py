"""Visitors' ratings: stars and a comment."""

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.ratings import Rate
from chatserver.domain.refusals import Refused
from chatserver.domain.text import optional_line, optional_text
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import VisitorSession
from chatserver.hub.handlers import VisitorAsk, VisitorHandler, VisitorHandlers
from chatserver.hub.inbox import Done
from chatserver.hub.replies import telling
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.wire.ratings import ConversationRate


def rate(desk: VisitorDesk, session: VisitorSession, frame: ConversationRate, spent: Spent) -> VisitorAsk:
    comment = optional_text(frame.comment, 500)
    tags = tuple(tag for each in frame.tags if (tag := optional_line(each, 20)))
    command = Rate(Visitor(session.person), frame.stars, tags, comment, frame.part)
    tell = telling(session, frame.ref)

    def then(answer: Done | Refused) -> None:
        if not isinstance(answer, Done) or answer.repeat:
            spent.give_back()
        tell(answer)

    return VisitorAsk(frame.conversation, command, then)


VISITOR: VisitorHandlers = {
    ConversationRate: VisitorHandler(rate, after_the_end=True, buckets=("acts", "ratings", "address: ratings"))
}
