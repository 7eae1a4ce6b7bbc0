"""New ids and secrets. Ids are UUIDv7 (RFC 9562 §5.7), because time-ordered keys keep an index local."""

import os
import secrets
import time

AT_ONCE = 512
"""Random numbers fetched with one system call. Every such call releases the interpreter's lock, so with one call per id
the writer thread waited once for every message of a batch."""

_numbers: list[int] = []
# A forked process must not reuse its parent's numbers.
os.register_at_fork(after_in_child=_numbers.clear)


def new_id() -> str:
    """A UUIDv7 as 36 characters. Python 3.11 does not have them."""
    milliseconds = time.time_ns() // 1_000_000
    random = _random()
    value = milliseconds << 80 | 0x7 << 76 | random >> 62 << 64 | 0b10 << 62 | random & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _random() -> int:
    """74 random bits. Safe to call from several threads."""
    try:
        return _numbers.pop()
    except IndexError:
        fetched = secrets.token_bytes(10 * AT_ONCE)
        first, *others = [int.from_bytes(fetched[at : at + 10], "big") >> 6 for at in range(0, len(fetched), 10)]
        _numbers.extend(others)
        return first


def new_token() -> str:
    """A secret of 256 bits, as 43 characters of base64url."""
    return secrets.token_urlsafe(32)
