"""What visitors agree to, refuse and withdraw."""

from chatserver.domain.actors import Visitor
from chatserver.domain.commands.consent import SetConsent
from chatserver.domain.consent import asked_for
from chatserver.domain.permissions import Permission
from chatserver.domain.refusals import NotFound
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import StaffSession, VisitorSession
from chatserver.hub.handlers import StaffAsk, StaffHandler, StaffHandlers, VisitorAsk, VisitorHandler, VisitorHandlers
from chatserver.hub.replies import telling
from chatserver.hub.staff_desk import StaffDesk
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.wire.consent import ConsentSet


def visitor_sets(desk: VisitorDesk, session: VisitorSession, frame: ConsentSet, spent: Spent) -> VisitorAsk:
    """Raises `NotFound` for a text that nobody was shown here."""
    text = None if frame.text is None else desk.records.hospital.consent_texts.get(frame.text)
    if frame.text is not None and text is None:
        raise NotFound(what="text")
    command = SetConsent(Visitor(session.person), frame.kind, frame.decision, text)
    return VisitorAsk(frame.conversation, command, telling(session, frame.ref))


def staff_asks(desk: StaffDesk, session: StaffSession, frame: ConsentSet) -> StaffAsk:
    """The visitor is shown the built-in question, in their language."""
    known = desk.parts.open_conversations.get(frame.conversation)
    language = "zh" if known is None else known.language
    text = None if frame.kind == "notice" else asked_for(frame.kind, language)
    return StaffAsk(frame.conversation, SetConsent(session.staff, frame.kind, frame.decision, text))


STAFF: StaffHandlers = {ConsentSet: StaffHandler(staff_asks, Permission.REPLY)}
VISITOR: VisitorHandlers = {ConsentSet: VisitorHandler(visitor_sets)}
