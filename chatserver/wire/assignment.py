"""A waiting conversation is claimed, or assigned by a supervisor."""

from chatserver.wire.fields import Frame, Id, Place, Ref


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
