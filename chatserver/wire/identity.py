"""Who the visitor is, by the hospital's own website."""

from msgspec import Struct

from chatserver.wire.fields import EventBase, Frame, Id, Ref, Text


class VisitorIdentify(Frame, tag="visitor.identify", frozen=True, omit_defaults=True):
    """The hospital's own website says who its visitor is. `token`: a JWT of at most 2,048 characters that it has
    signed. Staff see the name and the
    patient number from then on; it opens no earlier conversation and gives no right."""

    ref: Ref
    conversation: Id
    token: Text


class IdentityShown(Struct, frozen=True, omit_defaults=True):
    """The visitor's name and patient number, verified by the hospital's own website since `at` (ms). Without `number`
    the reader may see only the row. `doubted_at`: when the website named somebody else; from then on it is not certain
    who writes."""

    name: str
    at: int
    number: str | None = None
    doubted_at: int | None = None


class IdentifiedEvent(EventBase, tag="identified", frozen=True, omit_defaults=True):
    """The hospital's own website says that the visitor has this name and this patient number."""

    visitor_name: str
    visitor_number: str


class IdentityDoubtedEvent(EventBase, tag="identity_doubted", frozen=True, omit_defaults=True):
    """The hospital's own website has named somebody else during the same conversation."""
