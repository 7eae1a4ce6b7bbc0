"""Conversations that change hands without an offer: claimed, assigned, moved forward, given back."""

from chatserver.wire.fields import Frame, Id, Place, Ref, Text


class ConversationClaim(Frame, tag="conversation.claim", frozen=True, omit_defaults=True):
    """接入: take it from the queue. Exactly one wins; the others get `offer_gone` with who."""

    ref: Ref
    conversation: Id


class ConversationAssign(Frame, tag="conversation.assign", frozen=True, omit_defaults=True):
    """A supervisor gives a waiting conversation to somebody by hand; beyond what he could claim himself only with
    `above`, else refused with `no_room`."""

    ref: Ref
    conversation: Id
    fence: Place
    consultant: Id
    above: bool = False


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
