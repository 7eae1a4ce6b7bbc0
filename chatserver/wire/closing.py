"""Why a socket is closed. 4000 to 4499: come back, with backoff; 4500 to 4999: do not come back by yourself."""

from enum import IntEnum

import msgspec


class CloseCode(IntEnum):
    """The codes this server uses; unknown ones follow their range, so an old client behaves."""

    NORMAL = 1000
    NOT_TEXT = 1003
    TOO_BIG = 1009
    RESTART = 1012
    DRAINED = 4001
    NO_PONG = 4003
    LATE_HELLO = 4005
    SLOW_CONSUMER = 4008
    RESYNC = 4010
    OVERLOADED = 4013
    RATE_LIMITED = 4029
    SESSION_ENDED = 4401
    BAD_FRAMES = 4500
    NO_HELLO = 4501
    SUPERSEDED = 4503
    REVOKED = 4510
    UNSUPPORTED_VERSION = 4511
    FORBIDDEN = 4512


MEANING: dict[CloseCode, str] = {
    CloseCode.NORMAL: "ended by both sides; nothing to do",
    CloseCode.NOT_TEXT: "a binary frame came; a programmer's error, stop",
    CloseCode.TOO_BIG: "a frame over the size limit came; a programmer's error, stop",
    CloseCode.RESTART: "the server stops; come back after a random 0 to 5 s",
    CloseCode.DRAINED: "this node is leaving, others go on; come back at once and resume",
    CloseCode.NO_PONG: "no pong came; come back and resume",
    CloseCode.LATE_HELLO: "hello did not come in time; come back",
    CloseCode.SLOW_CONSUMER: "you read too slowly; come back and resume",
    CloseCode.RESYNC: "what you hold may be wrong; come back without `resume`, and drop it when you are welcomed",
    CloseCode.OVERLOADED: "too much at once; come back, not before `retry_ms` in the reason",
    CloseCode.RATE_LIMITED: "too many frames; come back, not before `retry_ms` in the reason",
    CloseCode.SESSION_ENDED: "the token or session has ended; drop all, get a new one once, or sign in; `why` may be "
    "in the reason",
    CloseCode.BAD_FRAMES: "six frames could not be understood; stop",
    CloseCode.NO_HELLO: "the first frame was not hello, hello came twice, or a frame came before `welcome`; stop",
    CloseCode.SUPERSEDED: "opened in too many tabs, or again from this very page; this one stops",
    CloseCode.REVOKED: "signed out, disabled, password or role changed; go to the sign-in page with `why`",
    CloseCode.UNSUPPORTED_VERSION: "this version of the protocol is not spoken here; reload the page",
    CloseCode.FORBIDDEN: "not allowed here; stop",
}


def close_reason(retry_ms: int | None = None, why: str | None = None) -> str:
    """The text of a close frame: when to come back, and a word of a fixed list for the screen that comes next; empty
    without either."""
    held = {name: value for name, value in (("retry_ms", retry_ms), ("why", why)) if value is not None}
    return msgspec.json.encode(held).decode() if held else ""
