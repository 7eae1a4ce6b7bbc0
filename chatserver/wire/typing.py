"""Who is writing at the moment."""

from chatserver.wire.fields import Frame, Id
from chatserver.wire.people import Person


class Typing(Frame, tag="typing", frozen=True, omit_defaults=True):
    """I have started or stopped typing. The text itself is not sent. Not answered, not stored."""

    conversation: Id
    on: bool


class TypingShown(Frame, tag="typing", frozen=True, omit_defaults=True):
    """The other side has started or stopped typing. Clients drop it by themselves after 6 s."""

    conversation: str
    on: bool
    by: Person | None = None
