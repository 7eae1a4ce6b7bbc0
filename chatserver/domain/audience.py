"""What each audience may see of an entry. Sockets, transcripts and exports all use `view`.

A visitor sees only the events named in `VISITORS_FIELDS`, only those fields of them, and nobody's id.
"""

from dataclasses import fields, replace
from enum import StrEnum
from typing import Any

from msgspec import Struct, structs

from chatserver.domain.actors import Staff
from chatserver.domain.conversation import Conversation, Offer, Phase
from chatserver.domain.entry import SYSTEM, Author, AuthorKind, Entry
from chatserver.domain.events.alarms import EmergencyNoticed
from chatserver.domain.events.assignment import Assigned
from chatserver.domain.events.base import Event
from chatserver.domain.events.callbacks import CallbackRequested
from chatserver.domain.events.colleagues import ColleagueJoined, ColleagueLeft
from chatserver.domain.events.consent import ConsentChanged
from chatserver.domain.events.departments import DepartmentChosen
from chatserver.domain.events.ending import Closed, Reopened
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.messages import MessagePosted, NoteWritten
from chatserver.domain.events.offers import Transferred
from chatserver.domain.events.queue import Opened, ReturnedToQueue
from chatserver.domain.events.time import IdleWarned
from chatserver.domain.files import File
from chatserver.domain.hospital import Person, Role
from chatserver.domain.rules import HOUR


class Audience(StrEnum):
    """The readers for whom an entry is encoded; one encoding per audience serves all its sessions."""

    VISITOR = "visitor"
    STAFF = "staff"


VISITORS_FIELDS: dict[type[Event], tuple[str, ...]] = {
    MessagePosted: (),
    FilePosted: (),
    Opened: ("department", "language", "greeting", "answered"),
    DepartmentChosen: ("department",),
    Assigned: ("consultant", "group"),
    Transferred: ("consultant", "group"),
    ReturnedToQueue: ("reason",),
    EmergencyNoticed: ("emergency",),
    ColleagueJoined: ("consultant", "group"),
    ColleagueLeft: ("consultant",),
    ConsentChanged: ("consent", "decision"),
    CallbackRequested: ("phone", "from_at", "due_at"),
    IdleWarned: ("ends_at",),
    Closed: ("by", "reason"),
    Reopened: ("by",),
}
"""The events that visitors may see, and the fields of each. They see nothing that is not listed here."""


SOMETIMES = (ColleagueLeft, EmergencyNoticed)
"""Kinds of which visitors see only some events; `visible_to_visitor` says which."""


class Seen(Struct, frozen=True):
    """An entry as one audience sees it. `seq` is that audience's own count; `details` the event's fields. `file` of a
    file's entry, whose `body` is for clients that do not know files."""

    conversation: str
    seq: int
    id: str
    kind: str
    at: int
    author: Author
    body: str | None
    event: str | None
    details: dict[str, Any]
    ref: str | None
    file: File | None = None


OWN_CLOSED_MS = 7 * 24 * HOUR
"""For how long after the end the last owner may read a conversation, and staff may record or correct its outcome."""


def may_read(conversation: Conversation, staff: Staff, now: int) -> bool:
    """Who may read its entries: the owner, participants, those it is offered to, and the group's supervisors; after the
    end, the last owner for a week. While it waits, the other consultants of the group see its row (with the last line),
    but not its entries.
    """
    serving = conversation.serving
    if staff.role is Role.SUPERVISOR and conversation.queue.group in staff.groups:
        return True
    if serving.offer is not None and is_held_out(conversation, serving.offer, staff):
        return True
    if conversation.participant(staff.person.id) is not None:
        return True
    if conversation.phase is not Phase.CLOSED:
        return serving.owner is not None and serving.owner.id == staff.person.id
    own = serving.last_owner is not None and serving.last_owner.id == staff.person.id
    return own and now - (conversation.ending.at or 0) <= OWN_CLOSED_MS


def is_held_out(conversation: Conversation, offer: Offer, staff: Staff) -> bool:
    """Whether this person may accept the offer: it is addressed to them, they have not declined, and are not the
    owner."""
    owns_it = conversation.serving.owner is not None and conversation.serving.owner.id == staff.person.id
    return offered_to(offer, staff) and staff.person.id not in offer.declined and not owns_it


def offered_to(offer: Offer, staff: Staff) -> bool:
    """Whether the offer is addressed to this person: by name, or to a group of theirs (unless they made the offer)."""
    if offer.to is not None:
        return offer.to.id == staff.person.id
    return offer.group in staff.groups and (offer.by is None or offer.by.id != staff.person.id)


def visible_to_visitor(event: Event) -> bool:
    """Whether the event gets a `visitor_seq`. This is decided once, when the event is written. Later versions keep
    the stored number, because a number without an entry would be a gap in the visitor's count.

    A colleague who only helped in notes stays unknown to the visitor. So do emergencies that are a mark for staff:
    those of level attention, and `protect`, because somebody else may be looking at the visitor's screen.
    """
    if isinstance(event, ColleagueLeft) and not event.joined:
        return False
    if isinstance(event, EmergencyNoticed) and (event.level == "attention" or event.emergency == "protect"):
        return False
    return type(event) in VISITORS_FIELDS


def view(entry: Entry, audience: Audience) -> Seen | None:
    """The entry as `audience` may see it; None when it may not."""
    if audience is Audience.STAFF:
        return _seen(entry, entry.seq, entry.author, entry.ref)
    if entry.visitor_seq is None or type(entry.event) not in VISITORS_FIELDS:
        return None
    allowed = VISITORS_FIELDS[type(entry.event)]
    ref = entry.ref if entry.author.kind is AuthorKind.VISITOR else None
    seen = _seen(entry, entry.visitor_seq, _author_for_visitor(entry), ref)
    if seen.file is not None:
        return structs.replace(seen, file=replace(seen.file, intimate=False))
    if not seen.details:
        return seen
    details = {name: _without_id(value) for name, value in seen.details.items() if name in allowed}
    return structs.replace(seen, details=details)


def _seen(entry: Entry, seq: int, author: Author, ref: str | None) -> Seen:
    event = entry.event
    if isinstance(event, MessagePosted | NoteWritten):
        return Seen(entry.conversation, seq, entry.id, entry.kind, entry.at, author, event.body, None, {}, ref)
    if isinstance(event, FilePosted):
        line = event.file.line
        return Seen(entry.conversation, seq, entry.id, entry.kind, entry.at, author, line, None, {}, ref, event.file)
    details = _details(event)
    return Seen(entry.conversation, seq, entry.id, entry.kind, entry.at, author, None, entry.name, details, ref)


def _details(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event)}


def _author_for_visitor(entry: Entry) -> Author:
    """The author for visitors, who do not see which supervisor assigned a conversation."""
    author = entry.author
    if isinstance(entry.event, Assigned) and entry.event.how == "hand":
        return SYSTEM
    if author.kind is not AuthorKind.CONSULTANT or author.person is None:
        return Author(author.kind, "", author.person)
    return Author(author.kind, "", person_for_visitor(author.person))


def person_for_visitor(person: Person) -> Person:
    """Name, number and badge, without the id."""
    return Person("", person.name, person.number, person.title)


def _without_id(value: Any) -> Any:
    return person_for_visitor(value) if isinstance(value, Person) else value
