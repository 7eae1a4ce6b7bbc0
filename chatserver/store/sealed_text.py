"""How the text that patients and staff write is stored. Every such text is sealed before it is written and unsealed
after it is read: bodies, notes, the details of events, drafts, last lines, 留言, ratings and reasons.

No key exists yet, so a text is stored unchanged; this is called key 0. A text sealed with a later key will begin with a
header: U+0001, the number of the key, and a colon. Sealed and plain texts can be read side by side, so that rows need
not be rewritten when a key is set.
"""

import re
from typing import Any

from sqlalchemy import Text
from sqlalchemy.sql import operators

MARK = "\x01"
PLAIN = MARK + "0:"

_HEADER = re.compile(MARK + "([0-9]+):")
PLAIN_FROM = "\x02"
"""A stored text is plain if it is not less than this in a comparison of strings. Nearly every text is. The message path
makes this comparison itself, because a call would cost five times as much."""


class UnknownKey(ValueError):
    """A text was sealed with a key that this server does not have. `args[0]` is the key's number."""


class SealedText(Text):
    """The type of a column of sealed text. A statement can only write or read the whole text, because a database that
    cannot read a text cannot compare, sort or cut it. Checking for NULL is allowed (`is_`, `is_not`)."""

    class Comparator(Text.Comparator[str]):
        def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> Any:
            if op in (operators.is_, operators.is_not):
                return super().operate(op, *other, **kwargs)
            raise TypeError(f"{self.expr} is sealed text: SQL cannot look into it ({op.__name__})")

        def reverse_operate(self, op: operators.OperatorType, other: Any, **kwargs: Any) -> Any:
            return self.operate(op, other, **kwargs)

    comparator_factory = Comparator


def seal(text: str, owner: str, place: str) -> str:
    """The text as it is stored. `owner`: the id of the row whose key is used (a conversation, 留言 or consultant).
    `place`: the field that the text belongs to, so that a sealed text cannot be moved to another field unnoticed.

    A plain text that begins like a sealed one is stored behind the header of key 0.
    """
    return text if text >= PLAIN_FROM or not _HEADER.match(text) else PLAIN + text


def unseal(stored: str, owner: str, place: str) -> str:
    """The text as it was written. Raises `UnknownKey`."""
    return stored if stored >= PLAIN_FROM else _opened(stored)


def _opened(stored: str) -> str:
    header = _HEADER.match(stored)
    if header is None:
        return stored
    if header[1] == "0":
        return stored[header.end() :]
    raise UnknownKey(header[1])
