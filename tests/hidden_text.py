"""A codec of stored text that really hides it, in place of the product's: with it no word is found in the database."""

import hashlib
import sys
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, select

from chatserver.store import sealed_text
from chatserver.store.sealed_text import MARK

HEADER = f"{MARK}9:"
TAG_BYTES = 8


def hidden(text: str, owner: str, place: str) -> str:
    """The text under key 9: a tag of text, owner and place, and the text, encrypted with a stream of hashes."""
    plain = text.encode("utf-8", "surrogatepass")
    tag = _hash("tag", owner, place, plain.hex())[:TAG_BYTES]
    return HEADER + (tag + _encrypted(plain, tag)).hex()


def shown(stored: str, owner: str, place: str) -> str:
    """The text again. Fails for a text that was sealed for another place. A plain one is read as it is."""
    if not stored.startswith(HEADER):
        return stored
    sealed = bytes.fromhex(stored.removeprefix(HEADER))
    tag, rest = sealed[:TAG_BYTES], sealed[TAG_BYTES:]
    plain = _encrypted(rest, tag)
    assert tag == _hash("tag", owner, place, plain.hex())[:TAG_BYTES], f"was not sealed for {owner}, {place}"
    return plain.decode("utf-8", "surrogatepass")


def hide_everything(patch: pytest.MonkeyPatch) -> None:
    """Use this codec wherever the product uses its own."""
    instead = ((sealed_text.seal, hidden), (sealed_text.unseal, shown))
    modules = [each for name, each in sys.modules.items() if name.startswith("chatserver.")]
    for original, test_codec in instead:
        for module in modules:
            for name in [name for name, value in vars(module).items() if value is original]:
                patch.setattr(module, name, test_codec)


def everything(conn: Connection) -> list[tuple[str, str, str]]:
    """Every value of every column of every table as text, bytes in hex, with the names of table and column."""
    known = MetaData()
    known.reflect(conn)
    return [
        (name, column, _text(value))
        for name, table in known.tables.items()
        for row in conn.execute(select(table)).mappings()
        for column, value in row.items()
    ]


def forms(word: str) -> set[str]:
    """What a word looks like in a dump: as it is, in JSON, in bytes."""
    return {word, ascii(word)[1:-1], word.encode().hex()}


def _text(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _encrypted(data: bytes, nonce: bytes) -> bytes:
    stream = b"".join(_hash("stream", nonce.hex(), str(block)) for block in range(len(data) // 32 + 1))
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(("a key of the tests", *parts)).encode("utf-8", "surrogatepass")).digest()
