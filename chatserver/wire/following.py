"""Which conversations a session follows, and how far it has read them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatserver.wire.fields import Frame, Id, Place, Ref

UnfollowedWhy = Literal["closed", "given", "queued", "left", "not_found"]


class Position(Struct, frozen=True):
    """How far a client has read one conversation: every entry up to and with `after`, under `epoch`."""

    conversation: Id
    epoch: Annotated[str, Meta(max_length=43)]
    after: Place


class Following(Struct, frozen=True, omit_defaults=True):
    """One conversation whose entries will come. `recovered`: what follows completes what you hold; else drop
    your copy and take what comes as the whole; `why`: epoch, ahead, or gap_too_big (then page backwards)."""

    conversation: str
    epoch: str
    head: int
    recovered: bool
    why: str | None = None


class ConversationFollow(Frame, tag="conversation.follow", frozen=True, omit_defaults=True):
    """Send me this conversation's entries from after `after` on, and what comes. Answered by `following`."""

    ref: Ref
    conversation: Id
    epoch: Annotated[str, Meta(max_length=43)] = ""
    after: Place = 0


class ConversationUnfollow(Frame, tag="conversation.unfollow", frozen=True, omit_defaults=True):
    """No more of it."""

    conversation: Id


class Followed(Frame, tag="following", frozen=True, omit_defaults=True):
    """The answer to `conversation.follow`; the entries follow, ended by `live`."""

    ref: str
    following: Following


class Unfollowed(Frame, tag="unfollowed", frozen=True, omit_defaults=True):
    """It may not be read any more; `last` is the seq of the last entry that was sent. If it may be read again on this
    connection, the entries go on from there, ended by `live`. `why`: closed; given (somebody else has it); queued (it
    waits again); left (its reader takes no part any more); not_found (named in `resume`, and not to be read)."""

    conversation: str
    why: UnfollowedWhy
    last: int = 0


class Head(Struct, frozen=True):
    """The last place of one conversation, as this reader counts."""

    conversation: str
    epoch: str
    head: int


class Heads(Frame, tag="heads", frozen=True, omit_defaults=True):
    """The answer to `heads.get`; conversations that may not be read are not named."""

    ref: str
    heads: tuple[Head, ...]


class HeadsGet(Frame, tag="heads.get", frozen=True, omit_defaults=True):
    """Ask "am I current?", after a wake-up. Answered by `heads`, and by what is missing."""

    ref: Ref
    at: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()
