"""留言: messages that visitors leave for when somebody serves again."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from chatserver.wire.consent import SentConsents
from chatserver.wire.fields import EventBase, Frame, Id, Key, Language, Ref, Text
from chatserver.wire.people import Person
from chatserver.wire.visits import VisitTold

OfflineKind = Literal["question", "suggestion", "complaint"]
OfflineResult = Literal["answered", "unreachable", "nothing_to_do"]


class OfflineLeave(Frame, tag="offline.leave", frozen=True, omit_defaults=True):
    """留言: leave a message that is answered later. With `conversation` it is linked to that one, which ends if it is
    still waiting. `department` as in `conversation.open`; `consent` as in `message.post`; `visit` as in
    `conversation.open`, kept if there is no conversation. Answered by `accepted` with `answer_by`."""

    varies: ClassVar[frozenset[str]] = Frame.varies | {"visit"}
    droppable: ClassVar[frozenset[str]] = frozenset({"visit"})

    ref: Ref
    kind: OfflineKind
    body: Text
    department: Key | None = None
    name: Annotated[str, Meta(max_length=40)] = ""
    phone: Annotated[str, Meta(max_length=20)] = ""
    language: Language = "zh"
    conversation: Id | None = None
    consent: SentConsents = ()
    visit: VisitTold | None = None


class OfflineTake(Frame, tag="offline.take", frozen=True, omit_defaults=True):
    """Take this 留言: I answer it."""

    ref: Ref
    id: Id


class OfflineSettle(Frame, tag="offline.settle", frozen=True, omit_defaults=True):
    """Mark a 留言 as done, with its result and a note for staff. `answer`: what the visitor reads with the 查询码."""

    ref: Ref
    id: Id
    result: OfflineResult
    note: Text
    answer: Text = ""


class OfflineReveal(Frame, tag="offline.reveal", frozen=True, omit_defaults=True):
    """Ask for the complete phone number of a 留言 that I have taken. Answered by `phone`. Each request is recorded, and
    their number per hour is limited."""

    ref: Ref
    id: Id


class OfflineShown(Struct, frozen=True, omit_defaults=True):
    """留言: a message that a visitor left. `phone` is masked; its owner gets the complete number by `offline.reveal`.
    `due_at`: when it should be answered (ms). `emergency` and `level`: the kind of emergency its words sound like, and
    how urgent; `crowded`: many emergencies came from one address."""

    id: str
    site: str
    department: str
    group: str
    kind: OfflineKind
    language: str
    body: str
    left_at: int
    due_at: int
    name: str = ""
    phone: str = ""
    owner: Person | None = None
    conversation: str | None = None
    settled_at: int | None = None
    settled_by: Person | None = None
    result: OfflineResult | None = None
    note: str = ""
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None
    crowded: bool = False
    answer: str = ""


class OfflineList(Frame, tag="offline", frozen=True, omit_defaults=True):
    """The 留言 of my groups: the open ones, and those settled today. The list works like `conversations`."""

    version: int
    whole: bool = False
    put: tuple[OfflineShown, ...] = ()
    gone: tuple[str, ...] = ()


class PhoneShown(Frame, tag="phone", frozen=True, omit_defaults=True):
    """The answer to `offline.reveal`."""

    ref: str
    id: str
    phone: str


class ComplaintLeftEvent(EventBase, tag="complaint_left", frozen=True):
    """The visitor left a complaint as a 留言, and is not asked to rate this conversation."""


class EmergencyLeftEvent(EventBase, tag="emergency_left", frozen=True):
    """The visitor left a 留言 that speaks of an emergency, and is not asked to rate this conversation."""
