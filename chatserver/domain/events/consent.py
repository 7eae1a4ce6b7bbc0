"""What visitors agree to."""

from dataclasses import dataclass

from chatserver.domain.consent import ConsentKind, Decision
from chatserver.domain.events.base import Event, SilentEvent
from chatserver.domain.hospital import Person


@dataclass(frozen=True, slots=True)
class ConsentChanged(Event):
    """A decision on one kind of consent, about the text with this `sha256`. `by`: the member of staff who recorded it;
    None: the visitor."""

    consent: ConsentKind
    decision: Decision
    version: str
    sha256: str
    language: str
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class GuardianAsked(SilentEvent):
    """A guardian is asked for consent, because the visitor's words or the department are about a child. It leaves no
    entry: staff see it at the conversation, and the visitor sees the question."""

    version: str
    sha256: str
    language: str


@dataclass(frozen=True, slots=True)
class NoticeAgreed(SilentEvent):
    """The visitor agreed to the privacy notice by sending a message. It leaves no entry, so that conversations do not
    all begin with the same line."""

    version: str
    sha256: str
    language: str
