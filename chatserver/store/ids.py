"""New ids and secrets. UUIDv7 as RFC 9562 §5.7 lays it out, because time-ordered keys keep an index local."""

import os
import secrets
import time

AT_ONCE = 512
"""Random numbers fetched with one call of the kernel. Every such call releases the interpreter's lock, so that with one
call for each id the writer thread waited once for every message of a batch."""

_numbers: list[int] = []
# A forked process must not use the numbers of its parent.
os.register_at_fork(after_in_child=_numbers.clear)


def new_id() -> str:
    """A UUIDv7 as its 36-character text. Python 3.11 has none of its own."""
    milliseconds = time.time_ns() // 1_000_000
    random = _random()
    value = milliseconds << 80 | 0x7 << 76 | random >> 62 << 64 | 0b10 << 62 | random & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _random() -> int:
    """74 bits; several threads may ask at once."""
    try:
        return _numbers.pop()
    except IndexError:
        fetched = secrets.token_bytes(10 * AT_ONCE)
        first, *others = [int.from_bytes(fetched[at : at + 10], "big") >> 6 for at in range(0, len(fetched), 10)]
        _numbers.extend(others)
        return first


def new_token() -> str:
    """A secret of 256 bits, 43 characters of base64url."""
    return secrets.token_urlsafe(32)
