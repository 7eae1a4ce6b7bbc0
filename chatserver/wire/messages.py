"""Messages and notes on their way to the server, and how far they were seen."""

from chatserver.wire.fields import Frame, Id, Place, Ref, Text, Whole


class MessagePost(Frame, tag="message.post", frozen=True, omit_defaults=True):
    """Say something. Answered by `accepted` after it is stored. Staff carry the `fence` they last saw, and in `draft`
    the `at` of the draft it was: the draft is forgotten with it, and one that is another by now refuses it."""

    ref: Ref
    conversation: Id
    body: Text
    fence: Place | None = None
    draft: Whole | None = None


class NotePost(Frame, tag="note.post", frozen=True, omit_defaults=True):
    """Write an internal note; the visitor can never see it. `draft` as in `message.post`."""

    ref: Ref
    conversation: Id
    body: Text
    draft: Whole | None = None


class ConversationSeen(Frame, tag="conversation.seen", frozen=True, omit_defaults=True):
    """I have this on my screen up to and with `seq`. Not answered, not stored; my other sessions are told."""

    conversation: Id
    seq: Place


class Seen(Frame, tag="seen", frozen=True, omit_defaults=True):
    """Another of my sessions has had this on its screen up to and with `seq`: it is unread here no longer."""

    conversation: str
    seq: int
