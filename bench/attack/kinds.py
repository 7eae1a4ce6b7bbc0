"""The kinds of attack, one row each: how a hostile socket begins, what it sends on each of its turns, and how fast.

Rates are fixed, for all hostile sockets together: what the server does not accept in time is not sent faster later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.attack.octets import full, masked, refs, request, text, upgrade

SOCKETS = 2_000

Stage = Literal["connected", "upgraded", "welcomed"]


@dataclass(frozen=True)
class Part:
    """What one hostile socket needs: the server's port, a visitor's token with an ended conversation, the path of a
    large asset, and its own number."""

    port: int
    number: int = 0
    token: str = ""
    conversation: str = ""
    asset: str = ""


Says = Callable[[Part], bytes]


@dataclass(frozen=True)
class Kind:
    """`begins` is sent on connecting, `says` on each turn once the socket is `ready`. `reads`: whether it reads
    answers. `turns`: after so many it drops the connection; 0: it stays. `wide`: from eight addresses instead of
    one."""

    name: str
    what: str
    begins: Says
    opens_per_s: float
    says: Says | None = None
    says_per_s: float = 0.0
    ready: Stage = "connected"
    reads: bool = True
    turns: int = 0
    wide: bool = True
    signs_in: bool = False
    """Whether an honest person signs in meanwhile."""


_ref = refs("e")
LARGE_TEXT = masked(0x81, b"x" * 65_537)
ENDLESS_TEXT = b"\x81\xff" + (17 * 2**20).to_bytes(8, "big") + b"\0\0\0\0" + b"x" * 60_000
SMALL = (
    full(masked(0x81, b"{}")),
    full(masked(0x8A)),
    full(masked(0x83)),
    full(masked(0x88, b"\x03\xe8")),
    full(masked(0x81)),
)
PINGS = full(masked(0x89))
PIECES = masked(0x01, b"x") + full(masked(0x00))
TRAILERS = b"".join(b"X-%07d: x\r\n" % number for number in range(4_000))
ONE_TRAILER = b"x" * len(TRAILERS)
PIPELINED = 200


def _upgraded(part: Part) -> bytes:
    return upgrade(part.port)


def _slow_head(part: Part) -> bytes:
    return request(part.port, "GET /")[:-2] + b"X: "


def _trailers_begin(part: Part) -> bytes:
    ended = request(part.port, "GET /live", "Transfer-Encoding: chunked") + b"0\r\n"
    return ended + (b"X: " if part.number % 2 else b"")


def _rest(part: Part) -> bytes:
    """Refused at once for lack of an Origin, while most of the body is still to come."""
    return request(part.port, "POST /v1/visitor/session", "Content-Type: application/json", "Content-Length: 1000000")


def _sign_in(part: Part) -> bytes:
    login = f"c{part.number % 10}" if part.number % 2 else f"nobody{part.number}"
    form = f"login={login}&password=wrong-password-{part.number}".encode()
    head = request(
        part.port,
        "POST /sign-in",
        f"Origin: http://127.0.0.1:{part.port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
    )
    return head + form


def _session(part: Part) -> bytes:
    body = b'{"site":"demo","language":"zh","touch":false}'
    head = request(
        part.port,
        "POST /v1/visitor/session",
        f"Origin: http://127.0.0.1:{part.port}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return head + body


def _compressing(part: Part) -> bytes:
    return upgrade(part.port, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")


def _rating(part: Part) -> bytes:
    stars = 1 + part.number % 5
    return text({"type": "conversation.rate", "ref": _ref(), "conversation": part.conversation, "stars": stars})


def _offline(part: Part) -> bytes:
    frame = {
        "type": "offline.leave",
        "ref": _ref(),
        "kind": "question",
        "body": "请给我回电话。",
        "phone": "13800138000",
    }
    return text(frame)


def _history(part: Part) -> bytes:
    return text({"type": "history.get", "ref": _ref(), "conversation": part.conversation, "after": 0, "limit": 100})


def _pipelined(part: Part) -> bytes:
    return request(part.port, "GET /live") * PIPELINED


KINDS = {
    kind.name: kind
    for kind in (
        Kind("slow-heads", "a request head, one byte a second", _slow_head, 400, lambda _: b"x", 2_000),
        Kind("half-open", "connections that say nothing", lambda _: b"", 400),
        Kind("silent", "sockets that never say hello", _upgraded, 200, ready="upgraded"),
        Kind(
            "huge",
            "frames of 65,537 bytes, and the beginning of 17 MB",
            _upgraded,
            160,
            lambda part: LARGE_TEXT if part.number % 2 else ENDLESS_TEXT,
            100,
            ready="welcomed",
        ),
        Kind(
            "compressed",
            "deflate offered, then frames that say they are compressed",
            _compressing,
            160,
            lambda _: masked(0xC1, b"\x4a\x4c\x04\x00"),
            160,
            ready="upgraded",
        ),
        Kind(
            "bad-frames",
            "frames that nobody understands",
            _upgraded,
            160,
            lambda _: masked(0x81, b"?"),
            1_000,
            ready="welcomed",
        ),
        Kind("churn", "sockets that enter and are gone", _upgraded, 200, lambda _: b"", 200, ready="welcomed", turns=1),
        Kind(
            "small-frames",
            "reads of 256 KB full of texts before hello, pongs, bad opcodes, closes",
            _upgraded,
            40,
            lambda part: SMALL[part.number % len(SMALL)],
            20,
            ready="upgraded",
            turns=1,
        ),
        Kind("pings", "256 KB of pings in one read", _upgraded, 40, lambda _: PINGS, 20, ready="welcomed", turns=1),
        Kind(
            "fragments", "256 KB of empty continuations", _upgraded, 40, lambda _: PIECES, 20, ready="welcomed", turns=1
        ),
        Kind(
            "trailers",
            "chunked trailers without end",
            _trailers_begin,
            200,
            lambda part: ONE_TRAILER if part.number % 2 else TRAILERS,
            200,
            wide=False,
        ),
        Kind("rest", "the rest of a body behind its answer, one byte a second", _rest, 400, lambda _: b"x", 2_000),
        Kind(
            "large-upgrades", "upgrades with a line of 9 KB", lambda part: upgrade(part.port, f"X: {'x' * 9_000}"), 200
        ),
        Kind(
            "unread",
            "assets that are asked for and never read",
            lambda part: request(part.port, f"GET {part.asset}"),
            200,
            reads=False,
            wide=False,
        ),
        Kind(
            "pipelining", f"{PIPELINED} requests at once, answers unread", _pipelined, 20, _pipelined, 10, reads=False
        ),
        Kind("sign-ins", "wrong passwords", _sign_in, 50, signs_in=True),
        Kind("sessions", "new visitors who never come in", _session, 400),
        Kind("ratings", "ratings of an ended conversation", _upgraded, 160, _rating, 1_000, ready="welcomed"),
        Kind("offline", "留言", _upgraded, 160, _offline, 1_000, ready="welcomed"),
        Kind("history", "pages of history", _upgraded, 160, _history, 1_000, ready="welcomed"),
    )
}
