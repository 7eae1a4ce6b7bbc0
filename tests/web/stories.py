"""Conversations that happened: played through the domain event by event, and stored as the hub would store them."""

from msgspec.structs import replace
from sqlalchemy import Connection

from chatserver.domain.audience import visible_to_visitor
from chatserver.domain.changes.table import apply
from chatserver.domain.conversation import Conversation, start
from chatserver.domain.entry import SYSTEM, Author, AuthorKind, Entry
from chatserver.domain.events.assignment import Assigned, How
from chatserver.domain.events.base import Event
from chatserver.domain.events.ending import Closed
from chatserver.domain.events.messages import MessagePosted
from chatserver.domain.events.queue import Opened
from chatserver.domain.hospital import Person
from chatserver.store import conversations, entries, participants, visitors
from chatserver.store.ids import new_id
from chatserver.store.message_path import write
from tests.transactions import tx_at

SECOND = 1_000


class Story:
    """Plays one conversation. Every event comes ten seconds after the one before."""

    def __init__(self, conn: Connection, at: int, department: str = "gynecology", group: str = "general") -> None:
        self._conn = conn
        self._visitor = visitors.start(tx_at(conn, at), "demo", "zh", SECOND)[0]
        self._at = at
        opened = Opened(department, group, "zh", "您好，这里是康宁医院在线咨询。")
        self.conversation = start(opened, id=new_id(), site="demo", visitor=self._visitor, at=at)
        conversations.add(tx_at(conn), self.conversation, new_id())
        self._add(opened, self.visitor)

    @property
    def visitor(self) -> Author:
        return Author(AuthorKind.VISITOR, self._visitor)

    @property
    def id(self) -> str:
        return self.conversation.id

    def asks(self, words: str) -> "Story":
        return self.happens(MessagePosted(words, from_visitor=True), self.visitor)

    def given_to(self, person: Person, how: How = "automatic") -> "Story":
        fence = self.conversation.serving.fence + 1
        return self.happens(Assigned(person, self.conversation.queue.group, how, "", fence))

    def answered_by(self, person: Person, words: str) -> "Story":
        return self.happens(MessagePosted(words, from_visitor=False), by(person))

    def ended_by(self, person: Person, outcome: str | None) -> "Story":
        return self.happens(Closed("consultant", "ended", outcome), by(person))

    def happens(self, event: Event, author: Author = SYSTEM) -> "Story":
        self._at += 10 * SECOND
        before, self.conversation = self.conversation, apply(self.conversation, event, self._at)
        participants.add(tx_at(self._conn), participants.newcomers(before, self.conversation, author))
        self._add(event, author)
        return self

    def _add(self, event: Event, author: Author) -> None:
        before = self.conversation
        shown = before.last_visitor_seq + 1 if visible_to_visitor(event) else None
        entry = Entry(before.id, before.last_seq + 1, shown, new_id(), self._at, author, event)
        write(tx_at(self._conn), entries.new([(entry, None)]))
        self.conversation = _counted(before, entry)
        conversations.save(tx_at(self._conn), [self.conversation])


def by(person: Person) -> Author:
    return Author(AuthorKind.CONSULTANT, person.id, person)


def _counted(conversation: Conversation, entry: Entry) -> Conversation:
    return replace(
        conversation,
        last_seq=entry.seq,
        last_visitor_seq=entry.visitor_seq or conversation.last_visitor_seq,
    )
