"""A25, A28: frames that RFC 6455 forbids, and texts that are not UTF-8, end only their own connection, with the right
code."""

import pytest

from tests.attack.peer import BINARY, CLOSE, CONTINUED, PING, PONG, TEXT, Port, frame
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

FORBIDDEN = {
    "a frame without a mask": (frame(TEXT, b"{}", mask=None), 1002),
    "the first reserved bit": (frame(TEXT, b"{}", rsv=4), 1002),
    "the second reserved bit": (frame(TEXT, b"{}", rsv=2), 1002),
    "the third reserved bit": (frame(TEXT, b"{}", rsv=1), 1002),
    "a reserved bit on a ping": (frame(PING, rsv=4), 1002),
    **{f"opcode {opcode}": (frame(opcode, b"x"), 1002) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "a ping of 126 bytes": (frame(PING, b"x" * 126), 1002),
    "a pong of 126 bytes": (frame(PONG, b"x" * 126), 1002),
    "a close of 126 bytes": (frame(CLOSE, b"\x03\xe8" + b"x" * 124), 1002),
    "a ping in pieces": (frame(PING, b"x", fin=False), 1002),
    "a close in pieces": (frame(CLOSE, b"\x03\xe8", fin=False), 1002),
    "a close of one byte": (frame(CLOSE, b"\x03"), 1002),
    "a piece of nothing": (frame(CONTINUED, b"x"), 1002),
    "a text inside of a text": (frame(TEXT, b"x", fin=False) + frame(TEXT, b"x"), 1002),
    "a binary frame inside of a text": (frame(TEXT, b"x", fin=False) + frame(BINARY, b"x"), 1002),
    "a length with the highest bit": (b"\x81\xff" + (2**63).to_bytes(8, "big") + bytes(4), 1009),
    "a text that is no UTF-8": (frame(TEXT, b"\xff\xfe"), 1007),
    "a text that ends within a character": (frame(TEXT, "号".encode()[:2]), 1007),
    "a surrogate in UTF-8": (frame(TEXT, b"\xed\xa0\x80"), 1007),
    "an overlong slash": (frame(TEXT, b"\xc0\xaf"), 1007),
    "beyond U+10FFFF": (frame(TEXT, b"\xf4\x90\x80\x80"), 1007),
    "no UTF-8 in the second piece": (frame(TEXT, b"x", fin=False) + frame(CONTINUED, b"\xff"), 1007),
    "a reason that is no UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), 1007),
    "65,537 bytes": (frame(TEXT, b"x" * 65_537), 1009),
    "the head of 17 MB": (frame(TEXT, b"")[:1] + b"\xff" + (17 * 2**20).to_bytes(8, "big") + bytes(4), 1009),
    **{
        f"a close with {code}": (frame(CLOSE, code.to_bytes(2, "big")), 1002)
        for code in (0, 999, 1004, 1005, 1006, 1015, 2_999, 5_000, 65_535)
    },
}


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_a_forbidden_frame_ends_its_own_connection_only(quarters: Quarters, port: Port, name: str) -> None:
    sent, code = FORBIDDEN[name]
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        peer.send(sent)
        assert await peer.closed() == code
        assert await peer.ended() == b""


@pytest.mark.parametrize("code", [1_000, 1_001, 3_000, 4_999])
async def test_a_valid_close_is_answered_with_the_same_code(quarters: Quarters, port: Port, code: int) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        peer.send(frame(CLOSE, code.to_bytes(2, "big") + "再见".encode()))
        assert await peer.closed() == code
        assert await peer.ended() == b""
