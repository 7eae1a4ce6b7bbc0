"""Digests of commands: they tell a repeat from another command with the same ref, and reveal nothing.

A digest is stored beside the ref, behind a byte that names the version of this scheme.
"""

from functools import cache
from hashlib import blake2b

from msgspec import Struct

from chatserver.wire.fields import Frame

VERSION = b"\x01"
"""Change it together with what a digest covers."""
HASH_BYTES = 16

NEXT_FIELD, NEXT_ITEM, NONE = "\x00", "\x01", "\x02"
"""The decoder lets none of these characters through, so different commands never spell the same text."""


class Digests:
    """Makes this node's digests, with a key that all nodes share."""

    def __init__(self, key: bytes) -> None:
        # Copied for each hash, so that the key is not processed again.
        self._keyed = blake2b(key=key, digest_size=HASH_BYTES)

    def of(self, frame: Frame) -> bytes:
        """The digest of a frame. It covers the type and all fields except those that may differ between two tries;
        blanks around a text do not count."""
        kind = type(frame)
        parts = [str(kind.__struct_config__.tag)]
        for name in _covered(kind):
            value = getattr(frame, name)
            parts.append(value.strip() if type(value) is str else _spelled(value))
        hashed = self._keyed.copy()
        hashed.update(NEXT_FIELD.join(parts).encode("utf-8", "surrogatepass"))
        return VERSION + hashed.digest()


def is_repeat(stored: bytes | None, digest: bytes | None) -> bool:
    """Whether the stored digest is that of the same command. A row of another version of this scheme counts as a
    repeat by its ref alone: what that version covered is not known here."""
    if stored is None or len(stored) != len(VERSION) + HASH_BYTES or not stored.startswith(VERSION):
        return True
    return stored == digest


@cache
def _covered(kind: type[Frame]) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name not in kind.varies)


def _spelled(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return NONE
    if isinstance(value, Struct):
        value = tuple(getattr(value, name) for name in value.__struct_fields__)
    if isinstance(value, tuple):
        # Include the number of items, so that one blank item differs from no items.
        return NEXT_ITEM.join([str(len(value)), *map(_spelled, value)])
    return str(value)
