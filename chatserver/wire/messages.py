"""Messages and notes on their way to the server, and how far they were seen."""

from chatserver.wire.consent import SentConsents
from chatserver.wire.fields import Frame, Id, Place, Ref, Text, Whole


class MessagePost(Frame, tag="message.post", frozen=True, omit_defaults=True):
    """Send a message. Answered by `accepted` after it is stored. Staff give the `fence` they last saw, and in `draft`
    the `at` of the draft that the message was: that draft is deleted in the same transaction, and if it has changed
    since, the message is refused. A visitor's may bring decisions on `consent`."""

    ref: Ref
    conversation: Id
    body: Text
    fence: Place | None = None
    draft: Whole | None = None
    consent: SentConsents = ()


class NotePost(Frame, tag="note.post", frozen=True, omit_defaults=True):
    """Write an internal note, which the visitor never sees. `draft` as in `message.post`."""

    ref: Ref
    conversation: Id
    body: Text
    draft: Whole | None = None


class ConversationSeen(Frame, tag="conversation.seen", frozen=True, omit_defaults=True):
    """My screen has shown the conversation up to and including `seq`. Not answered, not stored; sent on to my other
    sessions."""

    conversation: Id
    seq: Place


class Seen(Frame, tag="seen", frozen=True, omit_defaults=True):
    """Another session of mine has shown the conversation up to and including `seq`, so it is no longer unread here."""

    conversation: str
    seq: int
