"""Where visitors come from: the pages that they open during the conversation, and what staff are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from chatserver.domain import callbacks as callbacks_domain
from chatserver.domain import offline_messages as offline_domain
from chatserver.domain.actors import Staff
from chatserver.domain.audience import may_read
from chatserver.domain.consent import lock
from chatserver.domain.conversation import OPEN, Conversation
from chatserver.domain.hospital import Hospital, Name
from chatserver.domain.refusals import NotFound
from chatserver.domain.visits import Touch, Visit, without_words
from chatserver.hub.allowances import Spent
from chatserver.hub.connections import VisitorSession
from chatserver.hub.handlers import VisitorHandler, VisitorHandlers
from chatserver.hub.parts import Parts
from chatserver.hub.visitor_desk import VisitorDesk
from chatserver.hub.visits import page_opened
from chatserver.store import callbacks, consents, conversations, keywords, offline_messages, visits
from chatserver.wire.fields import Named
from chatserver.wire.visits import (
    EarlierConversation,
    PageSeen,
    QuestionTap,
    RegionShown,
    TouchShown,
    VisitPage,
    VisitShown,
)

WordsOf = Callable[[Touch], str]
"""The keyword of a touch: the words in the address, or those that the hospital's table has for its ids."""


async def page_seen(desk: VisitorDesk, session: VisitorSession, frame: VisitPage, spent: Spent) -> None:
    """Add the page to the trail of the visitor's open conversation. Anything else is ignored, because a page reports
    this by itself and nobody waits for an answer."""
    conversation = desk.parts.open_conversations.get(frame.conversation)
    site = desk.records.hospital.sites[session.site]
    page = page_opened(frame.page, frame.title, desk.now(), site)
    if page is None or conversation is None or conversation.visitor != session.person or conversation.phase not in OPEN:
        return
    await desk.database.write(lambda tx: visits.add_page(tx, conversation.id, page), desk.now, session.person)


async def quick_tapped(desk: VisitorDesk, session: VisitorSession, frame: QuestionTap, spent: Spent) -> None:
    """Count it, if the site has this question with an answer. A client with an older list may name another one."""
    questions = desk.records.hospital.sites[session.site].questions
    if any(each.id == frame.question and each.kind != "other" for each in questions):
        desk.parts.site_counts.add(session.site, "", "", "quick")


@dataclass(frozen=True, slots=True)
class FoundVisit:
    """A conversation's visit, with the keywords of its touches. `locked`: pages and keywords are left out, because the
    visitor has refused or withdrawn consent."""

    visit: Visit | None
    first_keyword: str = ""
    last_keyword: str = ""
    locked: bool = False


async def shown(parts: Parts, staff: Staff, id: str) -> VisitShown:
    """The visit of a conversation that the member of staff may read. Raises `NotFound`."""
    services = parts.services
    hospital, zone = services.records.hospital, services.options.zone

    def read(conn: Connection) -> VisitShown:
        conversation = conversations.load(conn, [id]).get(id)
        if conversation is None or not may_read(conversation, staff, services.now()):
            raise NotFound()
        found = find(conn, conversation, zone)
        count, latest = visits.of_visitor(conn, conversation.visitor)
        others = [each for each in conversations.load(conn, latest).values() if each.id != id]
        others.sort(key=lambda each: each.opened_at, reverse=True)
        now = services.now()
        earlier = tuple(_earlier(hospital, each, may_read(each, staff, now)) for each in others[: visits.EARLIER])
        return _shown(hospital, id, found, count, earlier)

    return await services.database.read(read)


async def shown_of_request(parts: Parts, staff: Staff, kind: visits.Request, id: str) -> VisitShown:
    """The visit of a 留言 or a call-back that is in the lists of this member of staff, or of the conversation that it
    belongs to, where they may read that. Raises `NotFound`."""
    services = parts.services
    hospital, zone = services.records.hospital, services.options.zone

    def read(conn: Connection) -> VisitShown:
        request = _request(conn, staff, kind, id)
        if request is None:
            raise NotFound()
        of = (
            None
            if request.conversation is None
            else conversations.load(conn, [request.conversation]).get(request.conversation)
        )
        if of is not None and may_read(of, staff, services.now()):
            return _shown(hospital, of.id, find(conn, of, zone), 0, ())
        visit = visits.load_request(conn, id)
        locked = visit is not None and consents.refuses(conn, request.visitor)
        return _shown(hospital, "", _found(conn, visit, locked, request.site, request.at, zone), 0, ())

    return await services.database.read(read)


class _Request(NamedTuple):
    visitor: str
    site: str
    at: int
    conversation: str | None


def _request(conn: Connection, staff: Staff, kind: visits.Request, id: str) -> _Request | None:
    if kind == "callback":
        asked = callbacks.load(conn, [id]).get(id)
        if asked is None or not callbacks_domain.sees(staff, asked):
            return None
        return _Request(asked.visitor, asked.site, asked.asked_at, asked.conversation)
    left = offline_messages.load(conn, [id]).get(id)
    if left is None or not offline_domain.sees(staff, left):
        return None
    return _Request(left.visitor, left.site, left.left_at, left.conversation)


def find(conn: Connection, conversation: Conversation, zone: ZoneInfo) -> FoundVisit:
    """The visit of a conversation, with its keywords."""
    visit, locked = visits.load(conn, conversation.id), lock(conversation.agreed.consents) is not None
    return _found(conn, visit, locked, conversation.site, conversation.opened_at, zone)


def _found(conn: Connection, visit: Visit | None, locked: bool, site: str, at: int, zone: ZoneInfo) -> FoundVisit:
    """`at`: when it was stored (ms)."""
    if visit is None:
        return FoundVisit(None)
    if locked:
        return FoundVisit(without_words(visit), locked=True)
    day = datetime.fromtimestamp(at / 1000, zone).date().isoformat()

    def keyword(touch: Touch | None) -> str:
        if touch is None:
            return ""
        return touch.recognised.keyword or keywords.words_of(conn, site, touch.recognised, day)

    return FoundVisit(visit, keyword(visit.first), keyword(visit.last))


def _shown(
    hospital: Hospital,
    conversation: str,
    found: FoundVisit,
    count: int,
    earlier: tuple[EarlierConversation, ...],
) -> VisitShown:
    visit = found.visit
    if visit is None:
        return VisitShown(conversation, count, earlier=earlier)
    region = visit.region
    return VisitShown(
        conversation,
        count,
        first=_touch(hospital, visit.first, found.first_keyword),
        last=None if visit.last is None else _touch(hospital, visit.last, found.last_keyword),
        pages=tuple(PageSeen(each.page, each.at, each.title) for each in visit.pages),
        device=visit.device,
        region=None if region is None else RegionShown(region.province, region.city, region.data_date),
        earlier=earlier,
        locked=found.locked,
    )


def _touch(hospital: Hospital, touch: Touch, keyword: str) -> TouchShown:
    landing, source = touch.landing, touch.recognised.source
    named = Named(source, *hospital.sources.name(source))
    return TouchShown(landing.at, named, landing.page, landing.title, touch.referrer, keyword, touch.entry)


def _earlier(hospital: Hospital, each: Conversation, readable: bool) -> EarlierConversation:
    id = each.subject.department
    name = hospital.departments[id].name if id in hospital.departments else Name(id, id)
    return EarlierConversation(
        each.id, each.opened_at, Named(id, name.zh, name.en), each.ending.outcome, readable=readable
    )


VISITOR: VisitorHandlers = {
    VisitPage: VisitorHandler(page_seen, buckets=("pages",)),
    QuestionTap: VisitorHandler(quick_tapped, buckets=("quick questions", "address: reads")),
}
