"""The queue: a conversation enters it, moves forward in it, or goes back to it."""

from typing import Annotated, ClassVar

from msgspec import Meta

from chatserver.domain.quick_questions import MOST
from chatserver.wire.consent import SentConsents
from chatserver.wire.fields import EventBase, Frame, Id, Key, Language, Place, Ref, Text
from chatserver.wire.people import Person
from chatserver.wire.quick_questions import QuickAnswer
from chatserver.wire.visits import VisitTold


class ConversationOpen(Frame, tag="conversation.open", frozen=True, omit_defaults=True):
    """The first message of a new conversation. If the visitor has an open one, the message goes there. Without a
    `department`, or with one that the site no longer offers, the department is `unsure`. `consent`: what the visitor
    decided with it. `answered`: the ids of the quick questions that the widget answered before. `visit`: where the
    visitor comes from; a malformed one is ignored, and a repeat may bring a longer trail."""

    varies: ClassVar[frozenset[str]] = Frame.varies | {"language", "visit"}
    droppable: ClassVar[frozenset[str]] = frozenset({"visit"})

    ref: Ref
    body: Text
    department: Key | None = None
    language: Language = "zh"
    consent: SentConsents = ()
    answered: Annotated[tuple[Key, ...], Meta(max_length=MOST)] = ()
    visit: VisitTold | None = None


class ConversationForward(Frame, tag="conversation.forward", frozen=True, omit_defaults=True):
    """优先接待: a supervisor moves a waiting conversation forward in the queue."""

    ref: Ref
    conversation: Id


class ConversationRelease(Frame, tag="conversation.release", frozen=True, omit_defaults=True):
    """The owner gives the conversation back to the head of the queue, with a note for the next owner."""

    ref: Ref
    conversation: Id
    fence: Place
    note: Text


class OpenedEvent(EventBase, tag="opened", frozen=True, omit_defaults=True, kw_only=True):
    """The visitor asked, and the conversation waits in its group's queue."""

    department: str
    group: str | None = None
    language: str
    greeting: str
    preferred: str | None = None
    closes_at: int | None = None
    answered: tuple[QuickAnswer, ...] = ()


class ReturnedToQueueEvent(EventBase, tag="returned_to_queue", frozen=True, omit_defaults=True, kw_only=True):
    """The conversation lost its owner and waits again."""

    consultant: Person | None = None
    reason: str
    note: str | None = None
    fence: int | None = None


class MovedForwardEvent(EventBase, tag="moved_forward", frozen=True, omit_defaults=True):
    """A supervisor moved the conversation forward in the queue."""

    by: Person


class OverflowedEvent(EventBase, tag="overflowed", frozen=True, omit_defaults=True):
    """The conversation waited too long and moved to the group that helps out."""

    group: str
    previous_group: str
