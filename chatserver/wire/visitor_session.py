"""`/v1/visitor/session`: the body that asks for a visitor's token, and the one that contains it."""

from msgspec import Struct

from chatserver.wire.fields import Key, Language


class VisitorSessionStart(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for a token for a new visitor of a site. `touch`: this is a phone, which belongs to one person; a desktop, a
    tablet or a kiosk may be anybody's. `own`: the visitor has said that this device is their own."""

    site: Key
    language: Language
    touch: bool
    own: bool = False


class VisitorSessionStarted(Struct, frozen=True):
    """The token, which is sent only here. `ends_at`: when it ends if nothing happens (ms)."""

    token: str
    ends_at: int
