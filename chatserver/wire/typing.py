"""Who is writing at the moment."""

from chatserver.wire.fields import Frame, Id
from chatserver.wire.people import Person


class Typing(Frame, tag="typing", frozen=True, omit_defaults=True):
    """I am, or am no longer, writing; never what. Not answered, not stored."""

    conversation: Id
    on: bool


class TypingShown(Frame, tag="typing", frozen=True, omit_defaults=True):
    """The other side is, or is no longer, writing. Forget it after 6 s by yourself."""

    conversation: str
    on: bool
    by: Person | None = None
