"""`/v1/visitor/line`: the frames of a visitor's socket as bodies of requests, where WebSockets are blocked."""

from typing import Annotated

from msgspec import Meta, Struct

MOST_TEXTS = 64
"""The most frames in one request."""

Count = Annotated[int, Meta(ge=0, lt=2**53)]


class VisitorPoll(Struct, frozen=True, forbid_unknown_fields=True):
    """One request of a line. `got`: how many of the server's frames the client has received on this line. `at`: how
    many frames the client had sent before `texts`, each of which is a frame as it would be sent over a WebSocket; those
    that the server has taken already are skipped."""

    got: Count
    at: Count
    texts: Annotated[list[Annotated[str, Meta(max_length=16_384)]], Meta(max_length=MOST_TEXTS)]


class LineEnd(Struct, frozen=True):
    """The line has ended, with the close code and the reason that a WebSocket would have."""

    code: int
    reason: str


class VisitorPolled(Struct, frozen=True, omit_defaults=True):
    """The answer. `taken`: how many of the client's frames the server has taken. `texts`: the server's frames after the
    first `got`. After `end` the client opens a new line or stops, as the close code says."""

    taken: int
    texts: list[str]
    end: LineEnd | None = None
