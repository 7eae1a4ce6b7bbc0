"""Which conversations a session follows, and how far it has read them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatserver.wire.fields import Frame, Id, Place, Ref

UnfollowedWhy = Literal["closed", "given", "queued", "left", "not_found"]


class Position(Struct, frozen=True):
    """How far a client has read one conversation: every entry up to and including `after`, under `epoch`."""

    conversation: Id
    epoch: Annotated[str, Meta(max_length=43)]
    after: Place


class Following(Struct, frozen=True, omit_defaults=True):
    """A conversation whose entries follow. `recovered`: they complete the client's copy. When false, the client drops
    its copy and starts from these entries; `why` is the reason: epoch, ahead, or gap_too_big (then page backwards)."""

    conversation: str
    epoch: str
    head: int
    recovered: bool
    why: str | None = None


class ConversationFollow(Frame, tag="conversation.follow", frozen=True, omit_defaults=True):
    """Ask for the entries after `after`, and for all later ones as they come. Answered by `following`."""

    ref: Ref
    conversation: Id
    epoch: Annotated[str, Meta(max_length=43)] = ""
    after: Place = 0


class ConversationUnfollow(Frame, tag="conversation.unfollow", frozen=True, omit_defaults=True):
    """Stop following a conversation."""

    conversation: Id


class Followed(Frame, tag="following", frozen=True, omit_defaults=True):
    """The answer to `conversation.follow`; the entries follow, ended by `live`."""

    ref: str
    following: Following


class Unfollowed(Frame, tag="unfollowed", frozen=True, omit_defaults=True):
    """The session may no longer read the conversation; `last` is the seq of the last entry that was sent. If it may
    again on this connection, the entries continue from there, ended by `live`. `why`: closed; given (it has another
    owner); queued (it waits again); left (the reader no longer takes part); not_found (named in `resume`, but not
    readable)."""

    conversation: str
    why: UnfollowedWhy
    last: int = 0


class Head(Struct, frozen=True):
    """The last seq of one conversation, in this reader's count."""

    conversation: str
    epoch: str
    head: int


class Heads(Frame, tag="heads", frozen=True, omit_defaults=True):
    """The answer to `heads.get`. Conversations that the session may not read are left out."""

    ref: str
    heads: tuple[Head, ...]


class HeadsGet(Frame, tag="heads.get", frozen=True, omit_defaults=True):
    """Ask whether anything was missed, for instance after the computer slept. Answered by `heads` and the missing
    entries."""

    ref: Ref
    at: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()
