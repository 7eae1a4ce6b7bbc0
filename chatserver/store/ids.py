"""New ids and secrets. UUIDv7 as RFC 9562 §5.7 lays it out, because time-ordered keys keep an index local."""

import secrets
import time


def new_id() -> str:
    """A UUIDv7 as its 36-character text. Python 3.11 has none of its own."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    value = milliseconds << 80 | 0x7 << 76 | random >> 62 << 64 | 0b10 << 62 | random & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_token() -> str:
    """A secret of 256 bits, 43 characters of base64url."""
    return secrets.token_urlsafe(32)
