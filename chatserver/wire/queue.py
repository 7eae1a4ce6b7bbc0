"""The queue: a conversation enters it, moves forward in it, or goes back to it."""

from chatserver.wire.fields import Frame, Id, Key, Language, Place, Ref, Text


class ConversationOpen(Frame, tag="conversation.open", frozen=True, omit_defaults=True):
    """The first message of a new conversation. When one is open already, the message goes into that. Without a
    `department`, or with one that the site no longer offers, it is for `unsure`."""

    ref: Ref
    body: Text
    department: Key | None = None
    language: Language = "zh"


class ConversationForward(Frame, tag="conversation.forward", frozen=True, omit_defaults=True):
    """优先接待: a supervisor puts a waiting conversation further ahead."""

    ref: Ref
    conversation: Id


class ConversationRelease(Frame, tag="conversation.release", frozen=True, omit_defaults=True):
    """The owner gives it back, to the head of the queue, with a note for whoever comes next."""

    ref: Ref
    conversation: Id
    fence: Place
    note: Text
